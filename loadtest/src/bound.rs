//! `--fail-if 'p99>50ms'`: a bound on a figure of the whole run or of one phase. It turns a load test into a
//! check.

mod figure;
mod pair;

use std::fmt;
use std::str::FromStr;

use anyhow::{Result, bail};
use thiserror::Error;

pub(crate) use self::pair::{measured_in, unit_of};

use crate::bound::figure::{FIGURES, Figure, Source};
use crate::plan::{Disturbance, Plan};
use crate::record::{BoundCheck, Figures, Run};
use crate::units::Unit;

/// How similar a name must be to another one to be suggested: the share of letters that need no change
/// (Damerau-Levenshtein).
const ALIKE_MIN: f64 = 0.5;

/// The arrival of all clients is measured like a phase, but no plan lists it.
const ARRIVAL: &str = "arrival";

/// What fails a run: `[PHASE:]FIGURE OPERATOR VALUE[UNIT]`.
#[derive(Clone, Debug)]
pub(crate) struct Bound {
    /// The text as it was given.
    given: String,
    phase: Option<String>,
    figure: &'static Figure,
    operator: Operator,
    limit: Limit,
}

/// What a figure is compared with.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Limit {
    /// A value in the given unit, and how many of the figure's own units that unit is.
    Value { value: f64, scale: f64 },
    /// A multiple of the figure in another run.
    Ratio(f64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Above,
    AtLeast,
    Below,
    AtMost,
}

/// Why a text is not a valid bound.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum BadBound {
    #[error("{0:?} has no comparison: write it like 'p99>50ms', with one of > >= < <=")]
    NoOperator(String),
    #[error("{name:?} is not a figure{}; the figures are: {}", meant(.near), names())]
    NoFigure { name: String, near: Option<&'static str> },
    #[error("lost needs no bound: a lost message breaks a promise and fails the run anyway")]
    Implied,
    #[error("{value:?} is not a value for {figure}: {wanted}")]
    NoValue { figure: &'static str, value: String, wanted: &'static str },
}

impl Bound {
    /// Whether it bounds a change, which takes two runs.
    pub(crate) fn is_change(&self) -> bool {
        matches!(self.limit, Limit::Ratio(_))
    }

    /// Whether the plan has the bound's phase, and something that produces its figure. `seen` says whether
    /// the server's process can be measured. An error before the run is better than one after it.
    pub(crate) fn fits(&self, plan: &Plan, seen: bool) -> Result<()> {
        let planned = plan.phases.iter().map(|phase| phase.name.as_str());
        let phases: Vec<&str> = std::iter::once(ARRIVAL).chain(planned).collect();
        if let Some(name) = self.phase.as_deref()
            && !phases.contains(&name)
        {
            let meant = meant(&nearest(name, phases.iter().copied()));
            bail!(
                "the bound '{}' names a phase {name:?}, which the plan does not have{meant}; its \
                 phases are: {}",
                self.given,
                phases.join(", ")
            )
        }
        let lacking = match self.figure.source {
            Source::Server if !seen => {
                "the server's process cannot be seen; name its process with --pid, or --metrics-url"
            }
            source if !self.has(source, plan) => "nothing in the plan does that",
            _ => return Ok(()),
        };
        bail!("the bound '{}' could not be measured: {lacking}", self.given)
    }

    /// Whether something in the phases that the bound is about produces its figure.
    fn has(&self, source: Source, plan: &Plan) -> bool {
        let meant = |name: &str| self.phase.as_deref().is_none_or(|phase| phase == name);
        let of_phases = |does: fn(&Disturbance) -> bool| {
            let phases = plan.phases.iter().filter(|phase| meant(&phase.name));
            phases.filter_map(|phase| phase.disturbance.as_ref()).any(does)
        };
        let ends = |it: &Disturbance| {
            matches!(it, Disturbance::Restart { .. } | Disturbance::Crash { .. })
        };
        match source {
            Source::Clients | Source::Server => true,
            Source::Arrival => meant(ARRIVAL),
            Source::Return => {
                of_phases(|it| matches!(it, Disturbance::Storm { .. })) || of_phases(ends)
            }
            Source::Restart => of_phases(ends),
            Source::Ramp => of_phases(|it| matches!(it, Disturbance::Ramp { .. })),
        }
    }

    /// Checks a run. Of several phases with one name, the worst counts.
    pub(crate) fn check(&self, run: &Run) -> BoundCheck {
        let Some(name) = &self.phase else {
            return self.judge((self.figure.of_run)(run), &run.total, "in this run");
        };
        let mut checks = run.phases.iter().filter(|phase| phase.name == *name).map(|phase| {
            self.judge((self.figure.of_phase)(phase), &phase.figures, "in this phase")
        });
        let Some(first) = checks.next() else {
            return self.judge(None, &run.total, "since no phase of this name was run");
        };
        checks.fold(first, |worst, check| if worst.kept { check } else { worst })
    }

    fn judge(&self, measured: Option<f64>, figures: &Figures, place: &str) -> BoundCheck {
        let bound = self.given.clone();
        let Limit::Value { value, scale } = self.limit else {
            let words = "a change needs two runs".to_owned();
            return BoundCheck { bound, measured: None, kept: false, words };
        };
        let Some(measured) = measured.filter(|value| value.is_finite()) else {
            let words = format!("{} was not measured {place}", self.figure.name);
            return BoundCheck { bound, measured: None, kept: false, words };
        };
        let scaled = measured / scale;
        let thin = if (self.figure.is_thin)(figures) { ", of too few to say much" } else { "" };
        let words = format!("{} was {}{thin}", self.figure.name, self.figure.unit.words(measured));
        let kept = !self.operator.holds(scaled, value);
        BoundCheck { bound, measured: Some(scaled), kept, words }
    }
}

impl FromStr for Bound {
    type Err = BadBound;

    fn from_str(given: &str) -> Result<Self, BadBound> {
        let given = given.trim();
        let no_operator = || BadBound::NoOperator(given.to_owned());
        let at = given.find(['<', '>']).ok_or_else(no_operator)?;
        let (subject, rest) = given.split_at(at);
        let (operator, value) = Operator::take(rest).ok_or_else(no_operator)?;
        let (phase, name) = match subject.rsplit_once(':') {
            Some((phase, name)) => (Some(phase.trim().to_owned()), name.trim()),
            None => (None, subject.trim()),
        };
        let figure = find(name)?;
        let limit = figure.parse(value.trim()).ok_or_else(|| BadBound::NoValue {
            figure: figure.name,
            value: value.trim().to_owned(),
            wanted: figure.wanted(),
        })?;
        Ok(Self { given: given.to_owned(), phase, figure, operator, limit })
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.given)
    }
}

impl Operator {
    fn take(text: &str) -> Option<(Self, &str)> {
        let signs =
            [(">=", Self::AtLeast), ("<=", Self::AtMost), (">", Self::Above), ("<", Self::Below)];
        signs.into_iter().find_map(|(sign, operator)| Some((operator, text.strip_prefix(sign)?)))
    }

    fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Above => left > right,
            Self::AtLeast => left >= right,
            Self::Below => left < right,
            Self::AtMost => left <= right,
        }
    }
}

fn find(name: &str) -> Result<&'static Figure, BadBound> {
    if name == "lost" {
        return Err(BadBound::Implied);
    }
    FIGURES.iter().find(|figure| figure.name == name).ok_or_else(|| BadBound::NoFigure {
        name: name.to_owned(),
        near: nearest(name, FIGURES.iter().map(|figure| figure.name)),
    })
}

/// The most similar name.
fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names
        .map(|other| (strsim::normalized_damerau_levenshtein(&name.to_lowercase(), other), other))
        .filter(|(alike, _)| *alike >= ALIKE_MIN)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, other)| other)
}

fn meant(near: &Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!(" (is {near} meant?)"))
}

fn names() -> String {
    FIGURES.iter().map(|figure| figure.name).collect::<Vec<_>>().join(" ")
}

impl Figure {
    /// A value with its unit, or a change: `+10%`, `-5%`, `3x`.
    fn parse(&self, text: &str) -> Option<Limit> {
        let finite = |number: &str| number.trim().parse::<f64>().ok().filter(|it| it.is_finite());
        if let Some(percent) = text.strip_suffix('%') {
            let ratio = 1.0 + finite(percent)? / 100.0;
            return (ratio >= 0.0).then_some(Limit::Ratio(ratio));
        }
        if let Some(times) = text.strip_suffix('x') {
            return finite(times).filter(|ratio| *ratio >= 0.0).map(Limit::Ratio);
        }
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let scale = match (self.unit, unit.trim()) {
            (Unit::Time, "µs" | "μs" | "us") => 0.001,
            (Unit::Time, "ms") | (Unit::Work, "µs" | "μs" | "us") | (Unit::Bytes, "bytes") => 1.0,
            (Unit::Time, "s") | (Unit::Work, "ms") => 1000.0,
            (Unit::Bytes, "KiB") => 1024.0,
            (Unit::Bytes, "MiB") => 1024.0 * 1024.0,
            (Unit::Share, "ms/s")
            | (Unit::PerSecond, "" | "/s")
            | (Unit::Count | Unit::Processors, "") => 1.0,
            _ => return None,
        };
        Some(Limit::Value { value: number.parse().ok()?, scale })
    }

    fn wanted(&self) -> &'static str {
        match self.unit {
            Unit::Time => "give a time with its unit, µs, us, ms or s, like 50ms",
            Unit::Work => "give µs (us) of a processor for one delivery, like 12.5µs",
            Unit::Bytes => "give a size with its unit, bytes, KiB or MiB, like 2KiB",
            Unit::PerSecond => "give a number a second, like 90000/s",
            Unit::Share => "give milliseconds of processor time a second, like 10ms/s",
            Unit::Count => "give a number without a unit",
            Unit::Processors => "give a number of processors, like 0.5",
        }
    }
}

#[cfg(test)]
mod tests;
