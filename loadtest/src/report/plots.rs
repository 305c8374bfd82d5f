//! The plots of a report, as SVG. Each is drawn twice, wide and narrow, so that its text stays readable on a
//! phone; the page shows the one that fits.

mod axis;
mod canvas;
mod palette;
mod series;

use anyhow::Result;

use crate::record::{Run, Sample};
use crate::units::{self, Unit};
use axis::Axis;
use canvas::{Chart, Line};
use palette::Colour;
use series::{Folded, over_time};

pub(super) use palette::style;

/// In CSS pixels: the width of the page's column, and of a phone held upright.
const WIDE: (u32, u32) = (960, 300);
const NARROW: (u32, u32) = (380, 280);

/// A drawn plot with its title, caption and legend.
#[derive(Debug)]
pub(super) struct Plot {
    pub(super) title: &'static str,
    pub(super) caption: &'static str,
    /// For each line, the class that has its colour, and its name.
    pub(super) legend: Vec<(&'static str, String)>,
    pub(super) wide: String,
    pub(super) narrow: String,
}

/// All plots for which the run has figures.
pub(super) fn all(run: &Run) -> Result<Vec<Plot>> {
    [latency(run), curve(run), throughput(run), connections(run), memory(run), processors(run)]
        .iter()
        .filter(|chart| chart.lines.iter().any(|line| !line.points.is_empty()))
        .map(|chart| {
            Ok(Plot {
                title: chart.title,
                caption: chart.caption,
                legend: chart
                    .lines
                    .iter()
                    .filter(|line| !line.points.is_empty())
                    .map(|line| (line.colour.class(), line.name.to_owned()))
                    .collect(),
                wide: chart.draw(WIDE)?,
                narrow: chart.draw(NARROW)?,
            })
        })
        .collect()
}

/// When the last phase ended, or the last sample was taken. What a run does after that, such as reading the
/// log back, would leave half of each plot empty.
fn end(run: &Run) -> f64 {
    let phases = run.phases.iter().map(|phase| phase.ended);
    let end = phases.chain(run.samples.iter().map(|sample| sample.at)).fold(0.0, f64::max);
    if end > 0.0 { end } else { run.seconds }
}

fn latency(run: &Run) -> Chart<'_> {
    // A second without deliveries has no latency: a gap, not a zero.
    let of = |colour, name, of: fn(&Sample) -> f64| {
        let some = move |sample: &Sample| {
            (sample.latency.max > 0.0).then(|| of(sample)).filter(|value| *value > 0.0)
        };
        Line::new(colour, name, over_time(&run.samples, Folded::Highest, some))
    };
    Chart {
        title: "Latency over time",
        caption: "From the moment a message was due to the moment a client had it, second by \
                  second. Logarithmic.",
        lines: vec![
            of(Colour::Third, "highest", |sample| sample.latency.max),
            of(Colour::Second, "p99", |sample| sample.latency.p99),
            of(Colour::First, "p50", |sample| sample.latency.p50),
        ],
        phases: &run.phases,
        x: Axis::time(end(run)),
        y: Axis::Logarithmic(Unit::Time),
    }
}

fn curve(run: &Run) -> Chart<'_> {
    let points = series::nines(&run.curve.0);
    Chart {
        title: "Latency by percentile",
        caption: "How many of the deliveries were at least that fast, over the whole run. Each \
                  step to the right is ten times rarer.",
        x: Axis::nines(&points),
        lines: vec![Line::new(Colour::First, "whole run", points)],
        phases: &[],
        y: Axis::Logarithmic(Unit::Time),
    }
}

fn throughput(run: &Run) -> Chart<'_> {
    let of = |colour, name, of: fn(&Sample) -> u64| {
        let some = move |sample: &Sample| Some(units::float(of(sample)));
        Line::new(colour, name, over_time(&run.samples, Folded::Mean, some))
    };
    Chart {
        title: "Throughput",
        caption: "Deliveries to clients, and sends that caused them, a second. Logarithmic, since \
                  a send becomes a delivery for each member of its room.",
        lines: vec![
            of(Colour::First, "deliveries", |sample| sample.deliveries),
            of(Colour::Second, "sends", |sample| sample.sends),
        ],
        phases: &run.phases,
        x: Axis::time(end(run)),
        y: Axis::Logarithmic(Unit::PerSecond),
    }
}

fn connections(run: &Run) -> Chart<'_> {
    let of = |colour, name, of: fn(&Sample) -> u32| {
        let some = move |sample: &Sample| Some(f64::from(of(sample)));
        Line::new(colour, name, over_time(&run.samples, Folded::Lowest, some))
    };
    Chart {
        title: "Connections",
        caption: "Clients that were connected, and those that were joined to all their rooms.",
        lines: vec![
            of(Colour::Second, "connected", |sample| sample.connected),
            of(Colour::First, "joined", |sample| sample.joined),
        ],
        phases: &run.phases,
        x: Axis::time(end(run)),
        y: Axis::Linear(Unit::Count),
    }
}

fn memory(run: &Run) -> Chart<'_> {
    let server = |sample: &Sample| {
        sample.server.map(|usage| units::float(usage.resident)).filter(|resident| *resident > 0.0)
    };
    let generator = |sample: &Sample| Some(units::float(sample.generator.resident));
    Chart {
        title: "Memory",
        caption: "Resident memory of the server and of the load generator.",
        lines: vec![
            Line::new(Colour::First, "server", over_time(&run.samples, Folded::Highest, server)),
            Line::new(
                Colour::Second,
                "generator",
                over_time(&run.samples, Folded::Highest, generator),
            ),
        ],
        phases: &run.phases,
        x: Axis::time(end(run)),
        y: Axis::Linear(Unit::Bytes),
    }
}

fn processors(run: &Run) -> Chart<'_> {
    let server = |sample: &Sample| sample.server.map(|usage| usage.processors);
    let generator = |sample: &Sample| Some(sample.generator.processors);
    let others = |sample: &Sample| Some(sample.other_processors);
    Chart {
        title: "Processors",
        caption: "Processors kept busy by the server, by the load generator, and by everything \
                  else on the generator's machine.",
        lines: vec![
            Line::new(Colour::First, "server", over_time(&run.samples, Folded::Mean, server)),
            Line::new(
                Colour::Second,
                "generator",
                over_time(&run.samples, Folded::Mean, generator),
            ),
            Line::new(Colour::Third, "others", over_time(&run.samples, Folded::Mean, others)),
        ],
        phases: &run.phases,
        x: Axis::time(end(run)),
        y: Axis::Linear(Unit::Processors),
    }
}

#[cfg(test)]
mod tests;
