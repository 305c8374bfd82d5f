//! Two runs side by side: each figure before and after, and whether the change is better.

mod differences;

use anstyle::{AnsiColor, Style};

use super::text::{self, aligned};
use crate::bound::Bound;
use crate::record::{BoundCheck, Figures, Run};
use crate::units::{self, Unit, clean};

/// Smaller differences are shown but not marked: two runs of one server on one machine differ by as much.
const NOISE: f64 = 0.05;

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const WARN: Style = AnsiColor::Yellow.on_default();
const BOLD: Style = Style::new().bold();

/// A figure that is compared.
struct Row {
    name: &'static str,
    unit: Unit,
    more_is_better: bool,
    of: fn(&Figures) -> Option<f64>,
    /// Whether it rests on too few values to tell a change.
    is_thin: fn(&Figures) -> bool,
}

/// A percentile.
macro_rules! percentile {
    ($name:literal, $latency:ident, $which:literal, $field:ident) => {
        Row {
            is_thin: |of| of.$latency.thin().contains(&$which),
            ..row($name, Unit::Time, false, |of| told(of.$latency.$field))
        }
    };
}

const ROWS: &[Row] = &[
    row("deliveries/s", Unit::PerSecond, true, |of| Some(of.deliveries_per_second)),
    percentile!("latency p50", latency, "p50", p50),
    percentile!("latency p90", latency, "p90", p90),
    percentile!("latency p99", latency, "p99", p99),
    percentile!("latency p99.9", latency, "p99.9", p999),
    percentile!("latency max", latency, "max", max),
    percentile!("acknowledged p99", commit, "p99", p99),
    percentile!("joined p99", join, "p99", p99),
    row("memory per client", Unit::Bytes, false, |of| of.bytes_per_client),
    row("server memory", Unit::Bytes, false, |of| {
        of.server.map(|usage| units::float(usage.resident))
    }),
    row("CPU per delivery", Unit::Work, false, |of| of.server_micros),
    row("generator's CPU", Unit::Work, false, |of| told(of.generator_micros)),
    row("errors", Unit::Count, false, |of| {
        let errors = of.counts.iter().filter(|(name, _)| name.starts_with("error "));
        Some(units::float(errors.map(|(_, count)| count).sum()))
    }),
];

const fn row(
    name: &'static str,
    unit: Unit,
    more_is_better: bool,
    of: fn(&Figures) -> Option<f64>,
) -> Row {
    Row { name, unit, more_is_better, of, is_thin: |_| false }
}

/// `None` for zero, which in a record means "not measured".
fn told(value: f64) -> Option<f64> {
    (value > 0.0).then_some(value)
}

/// How a figure changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Better,
    Worse,
    Same,
    /// Too little was measured to tell.
    Unknown,
}

/// Checks the bounds against two runs. An incomplete run fails, since nothing can be compared with it.
pub(crate) fn checks(before: &Run, after: &Run, bounds: &[Bound]) -> Vec<BoundCheck> {
    if bounds.is_empty() {
        return Vec::new();
    }
    let runs = [("before", before), ("after", after)];
    let broken = runs.into_iter().filter(|(_, run)| !run.is_whole()).map(|(name, run)| {
        let words = match &run.cut_short {
            Some(cut) => format!("cut short {cut}"),
            None => text::verdict(run).to_lowercase(),
        };
        BoundCheck { bound: format!("{name} is whole"), measured: None, kept: false, words }
    });
    broken.chain(bounds.iter().map(|bound| bound.check_pair(before, after))).collect()
}

/// The comparison, with colours.
pub(super) fn of(before: &Run, after: &Run, checks: &[BoundCheck]) -> String {
    let mut out = String::new();
    for (name, run) in [("before", before), ("after", after)] {
        out += &format!("{BOLD}{name:<7}{BOLD:#}{}\n", headline(run));
    }
    let differences = differences::of(before, after);
    if !differences.is_empty() {
        out += &format!(
            "\n{WARN}the comparison is doubtful, because the runs also differ in:{WARN:#}\n"
        );
    }
    for difference in differences {
        out += &format!("  {}\n", clean(&difference));
    }
    table(&mut out, "whole run", &before.total, &after.total);
    for phase in &after.phases {
        if let Some(same) = before.phase(&phase.name) {
            table(&mut out, &format!("phase {}", phase.name), &same.figures, &phase.figures);
        }
    }
    for (name, one, other) in [("before", before, after), ("after", after, before)] {
        let alone = one.phases.iter().filter(|phase| other.phase(&phase.name).is_none());
        let alone: Vec<_> = alone.map(|phase| clean(&phase.name)).collect();
        if !alone.is_empty() {
            out += &format!("\nonly {name} has: {}\n", alone.join(", "));
        }
    }
    text::bounds(&mut out, checks);
    out
}

fn headline(run: &Run) -> String {
    let words = text::verdict(run);
    let style = if run.good() { GOOD } else { BAD };
    let words = if run.verdict.held() { words } else { words.to_uppercase() };
    let mut line = format!("{style}{words}{style:#}");
    if run.verdict.broken > 0 {
        line += &format!(" {}", units::times(run.verdict.broken));
    }
    line += &format!("   {}, seed {}", clean(&run.plan.name), run.plan.seed);
    if let Some(cut) = &run.cut_short {
        line += &format!("\n       {BAD}cut short{BAD:#} {}", clean(&cut.to_string()));
    }
    line
}

fn table(out: &mut String, head: &str, before: &Figures, after: &Figures) {
    let mut rows = vec![[clean(head), "before".into(), "after".into(), String::new()]];
    let mut changes = vec![Change::Same];
    for row in ROWS {
        let (was, is) = ((row.of)(before), (row.of)(after));
        if was.is_none() && is.is_none() {
            continue;
        }
        let words = |value: Option<f64>| value.map_or("-".to_owned(), |it| row.unit.words(it));
        let (difference, change) = match row.judge(was, is) {
            (difference, Change::Better | Change::Worse)
                if (row.is_thin)(before) || (row.is_thin)(after) =>
            {
                (difference, Change::Unknown)
            }
            judged => judged,
        };
        rows.push([row.name.to_owned(), words(was), words(is), difference]);
        changes.push(change);
    }
    out.push('\n');
    for (place, (row, change)) in aligned(&rows).into_iter().zip(changes).enumerate() {
        *out += &match change {
            Change::Better => format!("  {row}  {GOOD}better{GOOD:#}\n"),
            Change::Worse => format!("  {row}  {BAD}worse{BAD:#}\n"),
            Change::Unknown => format!("  {row}  of too few\n"),
            Change::Same if place == 0 => format!("  {BOLD}{row}{BOLD:#}\n"),
            Change::Same => format!("  {row}\n"),
        };
    }
}

impl Row {
    /// The difference in percent, and what kind of change it is.
    fn judge(&self, was: Option<f64>, is: Option<f64>) -> (String, Change) {
        let (Some(was), Some(is)) = (was, is) else { return (String::new(), Change::Same) };
        let grown =
            |more: bool| if more == self.more_is_better { Change::Better } else { Change::Worse };
        if was == 0.0 {
            let change = if is == 0.0 { Change::Same } else { grown(is > 0.0) };
            return (String::new(), change);
        }
        let share = (is - was) / was.abs();
        let change = if share.abs() <= NOISE { Change::Same } else { grown(share > 0.0) };
        (format!("{:+.1} %", share * 100.0), change)
    }
}

#[cfg(test)]
mod tests {
    use super::{checks, of};
    use crate::record::Run;
    use crate::record::example;

    fn plain(before: &Run, after: &Run) -> String {
        anstream::adapter::strip_str(&of(before, after, &[])).to_string()
    }

    #[test]
    fn a_run_that_was_cut_short_says_so_and_is_no_measure() {
        let (before, after) = (example::unchecked(), example::held());
        let text = plain(&before, &after);
        let mut lines = text.lines();
        assert!(lines.next().is_some_and(|line| line.starts_with("before PROMISES NOT CHECKED")));
        let second = lines.next().expect("a line");
        assert!(
            second.starts_with("       cut short after 45.0 s of 90.0 s: the server"),
            "{text}"
        );
        assert_eq!(checks(&before, &after, &[]).len(), 0, "nothing was asked");
        let bounds = ["p99>+50%".parse().expect("a bound")];
        let kept = |before: &Run, after: &Run| -> Vec<bool> {
            checks(before, after, &bounds).iter().map(|check| check.kept).collect()
        };
        assert_eq!(kept(&before, &after), [false, true]);
        assert_eq!(kept(&after, &example::broken()), [false, true]);
        assert_eq!(kept(&after, &after), [true]);
        let checked = of(&before, &after, &checks(&before, &after, &bounds));
        let checked = anstream::adapter::strip_str(&checked).to_string();
        assert!(checked.contains("FAILED  before is whole   cut short after"), "{checked}");
        assert!(checked.contains("kept    p99>+50%   p99 was 12.5 ms and is"), "{checked}");
    }

    /// The line of a figure in the table under a heading.
    fn line<'a>(text: &'a str, head: &str, figure: &str) -> &'a str {
        let table = text.split("\n\n").find(|part| part.trim_start().starts_with(head));
        let table = table.unwrap_or_else(|| panic!("{head} in\n{text}"));
        let line = table.lines().find(|line| line.trim_start().starts_with(figure));
        line.unwrap_or_else(|| panic!("{figure} in\n{table}"))
    }

    #[test]
    fn what_changed_by_more_than_five_percent_is_marked() {
        let (before, mut after) = (example::held(), example::held());
        let text = plain(&before, &after);
        assert!(!text.contains("better") && !text.contains("worse"), "{text}");
        assert!(!text.contains("doubtful"), "{text}");
        after.total.latency.p99 = 25.0;
        after.total.server_micros = Some(8.25 * 0.9);
        after.total.deliveries_per_second *= 0.9;
        after.total.latency.p50 *= 1.04;
        let text = plain(&before, &after);
        assert!(line(&text, "whole run", "latency p99 ").ends_with("+100.0 %  worse"), "{text}");
        assert!(line(&text, "whole run", "CPU").ends_with("-10.0 %  better"), "{text}");
        assert!(line(&text, "whole run", "deliveries/s").ends_with("-10.0 %  worse"), "{text}");
        assert!(line(&text, "whole run", "latency p50").ends_with("+4.0 %"), "{text}");
        assert!(line(&text, "phase storm", "latency p99 ").ends_with("+0.0 %"), "{text}");
    }

    #[test]
    fn a_percentile_of_too_few_is_neither_better_nor_worse() {
        let (before, mut after) = (example::held(), example::held());
        after.total.latency.p99 *= 2.0;
        after.total.latency.count = 999;
        let text = plain(&before, &after);
        assert!(
            line(&text, "whole run", "latency p99 ").ends_with("+100.0 %  of too few"),
            "{text}"
        );
    }

    #[test]
    fn errors_where_none_were_are_worse() {
        let (mut before, after) = (example::held(), example::held());
        before.total.counts.clear();
        assert!(line(&plain(&before, &after), "whole run", "errors").ends_with("worse"));
    }

    #[test]
    fn runs_of_other_plans_machines_and_servers_are_compared_with_a_warning() {
        let (before, mut after) = (example::held(), example::broken());
        after.phases[1].name = "crash".to_owned();
        after.plan.clients = 5000;
        after.plan.phases[0].seconds = 7.0;
        after.machine.processors = 64;
        after.subject.name = "floor".to_owned();
        after.total.server = None;
        let text = plain(&before, &after);
        for words in [
            "the comparison is doubtful",
            "clients: 10000 before, 5000 after",
            "processors: 2 before, 64 after",
            "name: \"throng\" before, \"floor\" after",
            "phase steady, seconds: 60.0 before, 7.0 after",
            "only before has: storm",
            "only after has: crash",
            "PROMISES BROKEN 23 times",
            "phase steady",
        ] {
            assert!(text.contains(words), "{words} in\n{text}");
        }
        assert!(!text.contains("phase storm"), "{text}");
        let memory = line(&text, "whole run", "server memory");
        assert!(memory.contains("46.0 MiB") && memory.ends_with(" -"), "{text}");
    }
}
