//! Bounds on two runs: how a figure changed.

use super::figure::FIGURES;
use super::{Bound, Limit};
use crate::record::{BoundCheck, Figures, Phase, Run};
use crate::units::Unit;

impl Bound {
    /// Checks two runs; a value only bounds the later one. Of several phases with one name, the worst counts,
    /// each compared with the one in the same place.
    pub(crate) fn check_pair(&self, before: &Run, after: &Run) -> BoundCheck {
        let Limit::Ratio(_) = self.limit else { return self.check(after) };
        let Some(name) = &self.phase else {
            return self.judge_change((self.figure.of_run)(before), (self.figure.of_run)(after));
        };
        let figures = |run: &Run| -> Vec<Option<f64>> {
            let phases = run.phases.iter().filter(|phase| phase.name == *name);
            phases.map(self.figure.of_phase).collect()
        };
        let (was, is) = (figures(before), figures(after));
        if was.is_empty() || was.len() != is.len() {
            return self.judge_change(None, None);
        }
        let mut checks = was.into_iter().zip(is).map(|(was, is)| self.judge_change(was, is));
        let first = checks.next().unwrap_or_else(|| self.judge_change(None, None));
        checks.fold(first, |worst, check| if worst.kept { check } else { worst })
    }

    /// Checks a change.
    fn judge_change(&self, was: Option<f64>, is: Option<f64>) -> BoundCheck {
        let ratio = |(was, is): (f64, f64)| if was == is { 1.0 } else { is / was };
        self.judge_ratio(was, is, was.zip(is).map(ratio))
    }

    /// Checks a ratio that was computed elsewhere from these two figures; a value only bounds the later one.
    pub(crate) fn judge_ratio(
        &self,
        was: Option<f64>,
        is: Option<f64>,
        ratio: Option<f64>,
    ) -> BoundCheck {
        let (bound, name) = (self.given.clone(), self.figure.name);
        let most = match self.limit {
            Limit::Ratio(most) => most,
            Limit::Value { .. } => return self.judge(is, &Figures::default(), "here"),
        };
        let (Some(was), Some(is), Some(ratio)) = (was, is, ratio.filter(|it| !it.is_nan())) else {
            let words = format!("{name} was not measured in both");
            return BoundCheck { bound, measured: None, kept: false, words };
        };
        let words = |value| self.figure.unit.words(value);
        let change = match ratio {
            ratio if !ratio.is_finite() => "from nothing".to_owned(),
            ratio if ratio >= 2.0 => format!("{ratio:.2} times"),
            ratio => format!("{:+.1} %", (ratio - 1.0) * 100.0),
        };
        let words = format!("{name} was {} and is {} ({change})", words(was), words(is));
        // JSON has no infinity; a growth from zero has no finite ratio.
        let measured = ratio.is_finite().then_some(ratio);
        BoundCheck { bound, measured, kept: !self.operator.holds(ratio, most), words }
    }

    /// The name of the bound's figure, if the bound is about this phase.
    pub(crate) fn figure_in(&self, phase: &str) -> Option<&'static str> {
        self.phase.as_deref().is_none_or(|name| name == phase).then_some(self.figure.name)
    }
}

/// The unit of a figure.
pub(crate) fn unit_of(name: &str) -> Option<Unit> {
    FIGURES.iter().find(|figure| figure.name == name).map(|figure| figure.unit)
}

/// A figure of a phase.
pub(crate) fn measured_in(name: &str, phase: &Phase) -> Option<f64> {
    FIGURES.iter().find(|figure| figure.name == name).and_then(|figure| (figure.of_phase)(phase))
}

#[cfg(test)]
mod tests {
    use crate::bound::Bound;
    use crate::record::example;

    fn bound(text: &str) -> Bound {
        text.parse().expect("a bound")
    }

    #[test]
    fn a_change_is_held_against_a_bound() {
        let (before, mut after) = (example::held(), example::held());
        after.total.latency.p99 = before.total.latency.p99 * 1.2;
        after.total.deliveries_per_second = before.total.deliveries_per_second * 0.9;
        for (text, kept) in [
            ("p99>+10%", false),
            ("p99>10%", false),
            ("p99 > +30 %", true),
            ("p99>1.1x", false),
            ("p99>3x", true),
            ("p99>50ms", true),
            ("p99>14ms", false),
            ("deliveries/s<-5%", false),
            ("deliveries/s<-20%", true),
            ("storm:p99>+1%", true),
            ("errors>0%", true),
        ] {
            assert_eq!(bound(text).check_pair(&before, &after).kept, kept, "{text}");
        }
        let words = bound("p99>+10%").check_pair(&before, &after).words;
        assert_eq!(words, "p99 was 12.5 ms and is 15.0 ms (+20.0 %)");
    }

    #[test]
    fn errors_where_none_were_are_any_change() {
        let (mut before, after) = (example::held(), example::held());
        before.total.counts.clear();
        let check = bound("errors>1000%").check_pair(&before, &after);
        assert!(!check.kept && check.words.contains("from nothing"), "{check:?}");
        assert!(bound("errors>0%").check_pair(&before, &before).kept, "none both times");
    }

    #[test]
    fn what_only_one_of_them_measured_is_not_green() {
        let (before, mut after) = (example::held(), example::held());
        after.total.server_micros = None;
        after.phases.pop();
        for text in ["cpu-per-delivery>+10%", "storm:p99>+10%", "dusk:p99>+10%"] {
            let check = bound(text).check_pair(&before, &after);
            assert!(!check.kept && check.measured.is_none(), "{text}");
        }
    }

    #[test]
    fn one_run_alone_changes_nothing() {
        assert!(bound("p99>+10%").is_change() && !bound("p99>10ms").is_change());
        let check = bound("p99>+10%").check(&example::held());
        assert!(!check.kept && check.words == "a change needs two runs", "{check:?}");
        for text in ["p99>-200%", "p99>x", "p99>%", "p99>nanx", "p99>inf%"] {
            text.parse::<Bound>().expect_err(text);
        }
    }
}
