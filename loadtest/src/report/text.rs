//! A run as text: a verdict that can be understood in five seconds, then its details.

use anstyle::{AnsiColor, Style};

use crate::latency_histogram::Percentiles;
use crate::oracle::Outcome;
use crate::record::{BoundCheck, Figures, Grade, Judgement, Run};
use crate::units::{self, Unit, clean};

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const WARN: Style = AnsiColor::Yellow.on_default();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

/// The report, with colours.
pub(super) fn of(run: &Run) -> String {
    let mut out = String::new();
    headline(&mut out, run);
    summary(&mut out, run);
    phases(&mut out, run);
    list(&mut out, "remarks", &remarks(run), DIM);
    list(&mut out, "counted", &counts(&run.total), DIM);
    list(
        &mut out,
        "warnings about the figures; the verdict on the promises stands",
        &run.warnings,
        WARN,
    );
    bounds(&mut out, &run.bounds);
    evidence(&mut out, run);
    out
}

/// The result of the run: two to five lines, the most important first.
fn headline(out: &mut String, run: &Run) {
    let style = if run.good() { GOOD } else { BAD };
    line(out, &format!("{style}{}{style:#}  {}", verdict(run).to_uppercase(), judged(run)));
    for why in &run.verdict.unchecked {
        line(out, &format!("  {BAD}{}{BAD:#}", clean(why)));
    }
    if let Some(cut) = &run.cut_short {
        line(out, &format!("{BAD}CUT SHORT{BAD:#}  {}", clean(&cut.to_string())));
    }
    for check in run.bounds.iter().filter(|check| !check.kept) {
        let (bound, words) = (clean(&check.bound), clean(&check.words));
        line(out, &format!("{BAD}BOUND FAILED{BAD:#}  {bound}: {words}"));
    }
    let Judgement { grade, words } = &run.judgement;
    let style = match grade {
        Grade::Good => GOOD,
        Grade::Fair | Grade::Poor => WARN.bold(),
        Grade::NotJudged => DIM,
    };
    line(out, &format!("{style}{}{style:#}  {}", grade.words().to_uppercase(), clean(words)));
    line(out, "");
}

/// The verdict in a few words. If only a bound failed, it does not just say that promises held.
pub(super) fn verdict(run: &Run) -> String {
    let words = match run.verdict.outcome {
        Outcome::Held => "Promises held",
        Outcome::Broken => "Promises broken",
        Outcome::NotChecked => "Promises not checked",
    };
    match run.failed_bounds() {
        0 => words.to_owned(),
        1 => format!("{words}, a bound failed"),
        failed => format!("{words}, {failed} bounds failed"),
    }
}

/// How much the verdict rests on, and how often a promise was broken.
pub(super) fn judged(run: &Run) -> String {
    let verdict = &run.verdict;
    let delivered = units::count(verdict.deliveries);
    let rests = match verdict.acknowledged {
        0 => format!("nothing was acknowledged, {delivered} delivered"),
        some => format!(
            "{} acknowledged, {delivered} delivered, {} read back from the log",
            units::count(some),
            units::count(verdict.verified)
        ),
    };
    match verdict.broken {
        0 => rests,
        broken => format!("{}, in {rests}", units::times(broken)),
    }
}

fn summary(out: &mut String, run: &Run) {
    for (name, words) in key_figures(run) {
        line(out, &format!("  {DIM}{name:<16}{DIM:#}{words}"));
    }
}

/// The figures that everybody asks for first, by name and in words; the HTML report shows them too.
pub(super) fn key_figures(run: &Run) -> Vec<(&'static str, String)> {
    let total = &run.total;
    let mut rows = vec![
        ("connections", connections(run)),
        ("deliveries", format!("{} a second", units::number(total.deliveries_per_second))),
        ("latency", percentiles(&total.latency)),
        ("acknowledged", acknowledged(total)),
        ("memory", memory(total)),
        ("processor", work(total)),
    ];
    let other = total.other_processors;
    rows.push((
        "machine",
        format!(
            "{} ({}), {other:.2} of them busy with other programs",
            units::counted(run.machine.processors.into(), "processor"),
            clean(run.machine.processor.trim())
        ),
    ));
    let Run { plan, subject, .. } = run;
    rows.push((
        "plan",
        format!("{}, seed {}: {}", clean(&plan.name), plan.seed, clean(&plan.like)),
    ));
    rows.push(("server", format!("{} at {}", clean(&subject.name), clean(&subject.url))));
    rows
}

fn connections(run: &Run) -> String {
    let (connected, joined) = run.peak();
    format!(
        "{} of {}, {} joined, in {}",
        units::count(connected.into()),
        units::counted(run.plan.clients.into(), "client"),
        units::count(joined.into()),
        units::counted(run.plan.rooms.into(), "room")
    )
}

fn acknowledged(total: &Figures) -> String {
    let told = percentiles(&total.commit);
    match total.unanswered {
        0 => told,
        some => format!("{told}; {} had no answer", units::counted(some, "send")),
    }
}

fn percentiles(of: &Percentiles) -> String {
    if of.count == 0 {
        return "not measured".to_owned();
    }
    let parts =
        [("p50", of.p50), ("p90", of.p90), ("p99", of.p99), ("p99.9", of.p999), ("max", of.max)];
    parts.map(|(name, value)| format!("{name} {}", units::millis(value))).join("  ")
}

fn memory(total: &Figures) -> String {
    let Some(server) = total.server else {
        return "not measured: the server's process cannot be seen".to_owned();
    };
    let each = total.bytes_per_client.map_or_else(
        || "not measured per connection".to_owned(),
        |each| format!("{} per connection", units::bytes(each)),
    );
    format!("{each}; the server has {}", units::bytes(units::float(server.resident)))
}

fn work(total: &Figures) -> String {
    let own = Unit::Work.words(total.generator_micros);
    match total.server_micros {
        Some(micros) => format!("{} per delivery; the generator {own}", Unit::Work.words(micros)),
        None => format!("of the server not measured; the generator {own} per delivery"),
    }
}

fn phases(out: &mut String, run: &Run) {
    if run.phases.is_empty() {
        return;
    }
    let head = ["phase", "lasted", "deliveries/s", "p50", "p99", "max", "CPU", "memory"];
    let mut table = vec![head.map(str::to_owned)];
    for phase in &run.phases {
        let of = &phase.figures;
        let time = |value| if of.latency.count > 0 { units::millis(value) } else { "-".into() };
        table.push([
            clean(&phase.name) + if of.settled { "" } else { " (late)" },
            units::seconds(phase.ended - phase.began),
            units::number(of.deliveries_per_second),
            time(of.latency.p50),
            time(of.latency.p99),
            time(of.latency.max),
            of.server_micros.map_or_else(|| "-".into(), |it| Unit::Work.words(it)),
            of.server.map_or_else(|| "-".into(), |it| units::bytes(units::float(it.resident))),
        ]);
    }
    line(out, "");
    for (place, row) in aligned(&table).into_iter().enumerate() {
        let style = if place == 0 { BOLD } else { Style::new() };
        line(out, &format!("  {style}{row}{style:#}"));
    }
}

/// Rows in aligned columns: the first to the left, figures to the right.
pub(crate) fn aligned<const N: usize>(table: &[[String; N]]) -> Vec<String> {
    let width = |column: usize| table.iter().map(|row| row[column].chars().count()).max();
    table
        .iter()
        .map(|row| {
            let cells = row.iter().enumerate().map(|(column, cell)| {
                let width = width(column).unwrap_or_default();
                if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        })
        .collect()
}

/// The remarks of all phases, each with its phase.
fn remarks(run: &Run) -> Vec<String> {
    run.phases
        .iter()
        .flat_map(|phase| phase.remarks.iter().map(|said| format!("{}: {said}", phase.name)))
        .collect()
}

fn counts(total: &Figures) -> Vec<String> {
    let counts = total.counts.iter().filter(|(_, count)| **count > 0);
    counts.map(|(name, count)| format!("{name}: {}", units::count(*count))).collect()
}

fn list(out: &mut String, head: &str, lines: &[String], style: Style) {
    if lines.is_empty() {
        return;
    }
    line(out, &format!("\n  {style}{head}{style:#}"));
    for said in lines {
        line(out, &format!("    {}", clean(said)));
    }
}

/// The doubts about a comparison, and the bounds on it.
pub(super) fn findings(warnings: &[String], flaws: &[String], checks: &[BoundCheck]) -> String {
    let mut out = String::new();
    list(&mut out, "warnings about the figures", warnings, WARN);
    list(&mut out, "what was broken, or could not be checked", flaws, BAD);
    bounds(&mut out, checks);
    out
}

pub(super) fn bounds(out: &mut String, checks: &[BoundCheck]) {
    if checks.is_empty() {
        return;
    }
    line(out, "\n  bounds");
    for check in checks {
        let (style, word) = if check.kept { (GOOD, "kept  ") } else { (BAD, "FAILED") };
        let (bound, words) = (clean(&check.bound), clean(&check.words));
        line(out, &format!("    {style}{word}{style:#}  {bound}   {words}"));
    }
}

fn evidence(out: &mut String, run: &Run) {
    let verdict = &run.verdict;
    if verdict.held() {
        return;
    }
    if verdict.broken > 0 {
        line(out, &format!("\n  {BAD}what was broken{BAD:#}"));
    }
    for violation in &verdict.examples {
        line(out, &format!("    {}", clean(&violation.to_string())));
    }
    let more = verdict.broken.saturating_sub(verdict.examples.len() as u64);
    if more > 0 {
        line(out, &format!("    and {} more", units::count(more)));
    }
    line(out, &format!("\n  {BOLD}again{BOLD:#}  {}", again(run)));
}

/// The command that repeats the run. It includes the seed, whatever the record's command says.
pub(super) fn again(run: &Run) -> String {
    let (again, seed) = (clean(&run.again), run.plan.seed);
    let named = again.split_whitespace().any(|word| word == seed.to_string());
    let named = named || again.ends_with(&format!("--seed={seed}"));
    if named { again } else { format!("{again} --seed {seed}") }
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

#[cfg(test)]
mod tests;
