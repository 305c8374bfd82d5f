//! A run as one self-contained HTML file: no script, no network, light or dark as the reader's system is. All
//! foreign text (names, a server's errors) is escaped.

use std::fmt::Write;

use anyhow::Result;

use super::escape::escape;
use super::plots::{self, Plot};
use super::text;
use crate::oracle::Outcome;
use crate::record::{Judgement, Phase, Run};
use crate::units::{self, Unit};

/// Light and dark, wide and narrow. Selectors by value replace the plots' colours, see `plots`.
const STYLE: &str = include_str!("html/style.css");

/// The page.
pub(super) fn of(run: &Run) -> Result<String> {
    let mut page = String::new();
    let title = format!("{}: {}", text::verdict(run), escape(&run.plan.name));
    // The policy holds even if an escape is missing: nothing on this page may run or load.
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<style>\n{STYLE}{}</style>\n</head>\n<body>\n<main>\n",
        plots::style()
    );
    header(&mut page, run);
    tiles(&mut page, run);
    evidence(&mut page, run);
    notes(&mut page, run);
    for plot in plots::all(run)? {
        figure(&mut page, &plot);
    }
    phases(&mut page, run);
    details(&mut page, run);
    footer(&mut page, run);
    page.push_str("</main>\n</body>\n</html>\n");
    Ok(page)
}

/// The colour of the headline.
fn class(run: &Run) -> &'static str {
    if run.good() {
        "good"
    } else if run.verdict.outcome == Outcome::Broken || run.failed_bounds() > 0 {
        "bad"
    } else {
        "warn"
    }
}

fn header(page: &mut String, run: &Run) {
    let (words, class, said) = (text::verdict(run), class(run), text::judged(run));
    let _ = write!(
        page,
        "<header class=\"{class}\">\n<p class=\"plan\">{} <span>{}</span></p>\n\
         <h1>{words}</h1>\n<p>{said}</p>\n",
        escape(&run.plan.name),
        escape(&run.plan.like)
    );
    let mut alarm = |words: String| {
        let _ = writeln!(page, "<p class=\"alarm\">{words}</p>");
    };
    run.verdict.unchecked.iter().for_each(|why| alarm(format!("Not checked: {}.", escape(why))));
    if let Some(cut) = &run.cut_short {
        alarm(format!("Cut short {}.", escape(&cut.to_string())));
    }
    for check in run.bounds.iter().filter(|check| !check.kept) {
        let (bound, words) = (escape(&check.bound), escape(&check.words));
        alarm(format!("Bound failed: <code>{bound}</code>, {words}"));
    }
    let Judgement { grade, words } = &run.judgement;
    let (grade, words) = (grade.words(), escape(words));
    let _ = writeln!(page, "<p class=\"latency\">{grade}: {words}.</p>\n</header>");
}

/// The six figures, large.
fn tiles(page: &mut String, run: &Run) {
    let total = &run.total;
    let (connected, joined) = run.peak();
    let told = |value: f64| if total.latency.count > 0 { units::millis(value) } else { none() };
    let tiles = [
        (
            "Connections",
            units::count(connected.into()),
            format!(
                "{} joined, {}",
                units::count(joined.into()),
                units::counted(run.plan.rooms.into(), "room")
            ),
        ),
        (
            "Deliveries a second",
            units::number(total.deliveries_per_second),
            format!("{} in {}", units::count(total.deliveries), units::seconds(total.seconds)),
        ),
        ("Latency p50", told(total.latency.p50), "from due to delivered".to_owned()),
        ("Latency p99", told(total.latency.p99), format!("at most {}", told(total.latency.max))),
        (
            "Memory per connection",
            total.bytes_per_client.map_or_else(none, units::bytes),
            total.server.map_or_else(
                || "the server's process cannot be seen".to_owned(),
                |usage| format!("server {}", units::bytes(units::float(usage.resident))),
            ),
        ),
        (
            "CPU per delivery",
            total.server_micros.map_or_else(none, |micros| Unit::Work.words(micros)),
            format!("generator {}", Unit::Work.words(total.generator_micros)),
        ),
    ];
    page.push_str("<dl class=\"tiles\">\n");
    for (name, figure, more) in tiles {
        let _ = writeln!(
            page,
            "<div><dt>{name}</dt><dd><strong>{figure}</strong><span>{more}</span></dd></div>"
        );
    }
    page.push_str("</dl>\n");
}

fn none() -> String {
    "–".to_owned()
}

fn evidence(page: &mut String, run: &Run) {
    if run.verdict.broken == 0 {
        return;
    }
    page.push_str("<section class=\"bad\">\n<h2>What was broken</h2>\n<ol class=\"evidence\">\n");
    for violation in &run.verdict.examples {
        let _ = writeln!(page, "<li>{}</li>", escape(&violation.to_string()));
    }
    page.push_str("</ol>\n");
    let more = run.verdict.broken.saturating_sub(run.verdict.examples.len() as u64);
    if more > 0 {
        let _ = writeln!(page, "<p>And {} more.</p>", units::count(more));
    }
    let again = escape(&text::again(run));
    let _ = writeln!(page, "<p>This shows it again:</p>\n<pre>{again}</pre>\n</section>");
}

/// Warnings and bounds: what a reader should know before looking at the plots.
fn notes(page: &mut String, run: &Run) {
    if !run.warnings.is_empty() {
        page.push_str(
            "<section class=\"warning\">\n<h2>Warnings</h2>\n<p>Reasons to distrust figures; the verdict \
             on the promises stands.</p>\n<ul>\n",
        );
        for warning in &run.warnings {
            let _ = writeln!(page, "<li>{}</li>", escape(warning));
        }
        page.push_str("</ul>\n</section>\n");
    }
    if run.bounds.is_empty() {
        return;
    }
    page.push_str("<section>\n<h2>Bounds</h2>\n<ul class=\"bounds\">\n");
    for check in &run.bounds {
        let (class, word) = if check.kept { ("good", "kept") } else { ("bad", "failed") };
        let (bound, words) = (escape(&check.bound), escape(&check.words));
        let _ =
            writeln!(page, "<li><b class=\"{class}\">{word}</b> <code>{bound}</code> {words}</li>");
    }
    page.push_str("</ul>\n</section>\n");
}

fn figure(page: &mut String, plot: &Plot) {
    let _ = writeln!(page, "<figure>\n<figcaption><h2>{}</h2>", plot.title);
    let _ = writeln!(page, "<p>{}</p>\n<ul class=\"legend\">", plot.caption);
    for (class, name) in &plot.legend {
        let _ = writeln!(page, "<li class=\"{class}\">{name}</li>");
    }
    let _ = writeln!(
        page,
        "</ul></figcaption>\n<div class=\"wide\">{}</div>\n<div class=\"narrow\">{}</div>\n\
         </figure>",
        plot.wide, plot.narrow
    );
}

fn phases(page: &mut String, run: &Run) {
    if run.phases.is_empty() {
        return;
    }
    page.push_str(
        "<section>\n<h2>Phases</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" \
         aria-label=\"Phases\">\n<table>\n<thead><tr><th scope=\"col\">phase</th>",
    );
    for head in [
        "lasted",
        "sends",
        "deliveries/s",
        "p50",
        "p90",
        "p99",
        "p99.9",
        "max",
        "CPU per delivery",
        "memory",
    ] {
        let _ = write!(page, "<th scope=\"col\">{head}</th>");
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for phase in &run.phases {
        let _ = write!(page, "<tr><th scope=\"row\">{}</th>", escape(&phase.name));
        for cell in cells(phase) {
            let _ = write!(page, "<td>{cell}</td>");
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
    let remarks = run.phases.iter().flat_map(|phase| {
        phase.remarks.iter().map(|said| format!("{}: {}", escape(&phase.name), escape(said)))
    });
    list(page, "remarks", remarks);
    page.push_str("</section>\n");
}

fn cells(phase: &Phase) -> Vec<String> {
    let of = &phase.figures;
    let time = |value: f64| if of.latency.count > 0 { units::millis(value) } else { none() };
    vec![
        units::seconds(phase.ended - phase.began),
        units::count(of.sends),
        units::number(of.deliveries_per_second),
        time(of.latency.p50),
        time(of.latency.p90),
        time(of.latency.p99),
        time(of.latency.p999),
        time(of.latency.max),
        of.server_micros.map_or_else(none, |micros| Unit::Work.words(micros)),
        of.server.map_or_else(none, |usage| units::bytes(units::float(usage.resident))),
    ]
}

fn list(page: &mut String, class: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.map(|line| format!("<li>{line}</li>")).collect();
    if !lines.is_empty() {
        let _ = writeln!(page, "<ul class=\"{class}\">\n{}\n</ul>", lines.join("\n"));
    }
}

/// Everything else, in words, as in the text report.
fn details(page: &mut String, run: &Run) {
    page.push_str("<section>\n<h2>In words</h2>\n<dl class=\"words\">\n");
    for (name, words) in text::key_figures(run) {
        let _ = writeln!(page, "<div><dt>{name}</dt><dd>{}</dd></div>", escape(&words));
    }
    let machine = &run.machine;
    let rows = [
        ("memory of the machine", units::bytes(units::float(machine.memory))),
        ("kernel", machine.kernel.clone()),
        ("open files", format!("at most {}", units::count(machine.open_files_max))),
        ("listen backlog", format!("at most {}", units::count(machine.listen_backlog_max))),
        ("measured at", run.subject.measured.clone()),
    ];
    for (name, words) in rows {
        let _ = writeln!(page, "<div><dt>{name}</dt><dd>{}</dd></div>", escape(&words));
    }
    for (name, count) in &run.total.counts {
        let (name, count) = (escape(name), units::count(*count));
        let _ = writeln!(page, "<div><dt>{name}</dt><dd>{count}</dd></div>");
    }
    page.push_str("</dl>\n</section>\n");
}

fn footer(page: &mut String, run: &Run) {
    let _ = writeln!(
        page,
        "<footer>\n<p>To run it again:</p>\n<pre>{}</pre>\n<p>throng-loadtest {}, {}</p>\n</footer>",
        escape(&text::again(run)),
        escape(&run.version),
        units::utc(run.started_ms)
    );
}

#[cfg(test)]
mod tests;
