//! The table: each measure with its bar and its aim, as a ratio if there is a floor, and with the figures of
//! each round.

use serde::Serialize;

use super::{Measure, Measured};
use crate::arguments::Part;
use crate::paired_rounds::median;
use crate::target::Target;

/// A line of the table before it is measured.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) measure: Measure,
    /// The group that it belongs to.
    part: Part,
    /// The server whose figure it is divided by; `None` for a plain figure.
    over: Option<Target>,
    unit: &'static str,
    bar: f64,
    aim: f64,
    pub(super) better: Better,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Better {
    Lower,
    Higher,
}

/// A line with its measurement.
#[derive(Debug, Serialize)]
pub(super) struct Line {
    name: &'static str,
    measure: Measure,
    /// The median of the rounds' ratios, or of the figures.
    value: f64,
    unit: &'static str,
    bar: f64,
    aim: f64,
    bar_met: bool,
    aim_met: bool,
    /// throng's figures, one per round.
    throng: Vec<f64>,
    /// The figures of the floor that they are divided by.
    floor: Vec<f64>,
}

const fn ratio(name: &'static str, part: Part, measure: Measure, bar: f64, aim: f64) -> Row {
    let (over, better) = (Some(Target::Floor), Better::Lower);
    Row { name, measure, part, over, unit: "", bar, aim, better }
}

const fn plain(
    name: &'static str,
    part: Part,
    measure: Measure,
    unit: &'static str,
    bar: f64,
    aim: f64,
    better: Better,
) -> Row {
    Row { name, measure, part, over: None, unit, bar, aim, better }
}

/// The bars and aims: what the server must reach, and what it should reach.
pub(super) const ROWS: [Row; 11] = [
    ratio("CPU per delivery, 1,000 messages a second", Part::Cpu, Measure::MicrosAt100k, 1.35, 1.2),
    ratio("CPU per delivery, 300 messages a second", Part::Cpu, Measure::MicrosAt30k, 1.6, 1.3),
    ratio(
        "CPU per delivery, one room, 5 a second",
        Part::TownHall,
        Measure::MicrosInTownHall,
        1.2,
        1.1,
    ),
    Row {
        name: "saturation, of the joining floor",
        measure: Measure::SaturatedPerSecond,
        part: Part::Saturation,
        over: Some(Target::FloorJoined),
        unit: "",
        bar: 0.8,
        aim: 0.95,
        better: Better::Higher,
    },
    plain(
        "resident per idle joined connection",
        Part::Connect,
        Measure::BytesPerConnection,
        "bytes",
        2048.0,
        1024.0,
        Better::Lower,
    ),
    ratio("CPU per connect and join", Part::Connect, Measure::MicrosPerJoin, 2.2, 1.5),
    ratio("storm: the last one joined again", Part::Storm, Measure::StormSeconds, 2.0, 1.25),
    plain(
        "commits, one room",
        Part::Commits,
        Measure::CommitsOneRoom,
        "a second",
        20_000.0,
        40_000.0,
        Better::Higher,
    ),
    plain(
        "commits, 100 rooms",
        Part::Commits,
        Measure::CommitsHundredRooms,
        "a second",
        30_000.0,
        60_000.0,
        Better::Higher,
    ),
    plain(
        "p50 at low load, beyond one fsync",
        Part::Latency,
        Measure::MillisBeyondFsync,
        "ms",
        1.0,
        0.3,
        Better::Lower,
    ),
    plain(
        "CPU while idle",
        Part::Idle,
        Measure::IdleMillisPerSecond,
        "ms/s",
        8.0,
        4.0,
        Better::Lower,
    ),
];

impl Row {
    /// What is missing although it was to be measured.
    pub(super) fn lacking(
        &self,
        measured: &Measured,
        parts: &[Part],
        rounds: u32,
    ) -> Option<String> {
        let seen = self.line(measured).map_or(0, |line| line.throng.len());
        let wanted = parts.contains(&self.part) && seen < rounds as usize;
        wanted.then(|| format!("{}: measured in {seen} of {rounds} rounds", self.name))
    }

    /// The line; `None` if nothing was measured for it.
    pub(super) fn line(&self, measured: &Measured) -> Option<Line> {
        let (throng, floor): (Vec<f64>, Vec<f64>) = match self.over {
            None => (measured.of(self.measure, Target::Throng), Vec::new()),
            Some(floor) => measured.both(self.measure, Target::Throng, floor).into_iter().unzip(),
        };
        let value = match self.over {
            None => median(throng.clone()),
            Some(_) => median(throng.iter().zip(&floor).map(|(a, b)| a / b).collect()),
        }?;
        let meets = |limit: f64| match self.better {
            Better::Lower => value <= limit,
            Better::Higher => value >= limit,
        };
        let Self { name, measure, unit, bar, aim, .. } = *self;
        let (bar_met, aim_met) = (meets(bar), meets(aim));
        Some(Line { name, measure, value, unit, bar, aim, bar_met, aim_met, throng, floor })
    }
}

/// For people.
pub(super) fn text(lines: &[Line]) -> String {
    let head = ["measure", "measured", "bar", "aim", "", "rounds (throng / floor)"];
    let mut rows = vec![head.map(str::to_owned)];
    rows.extend(lines.iter().map(|line| {
        let verdict = match (line.aim_met, line.bar_met) {
            (true, _) => "aim met",
            (false, true) => "bar met",
            (false, false) => "MISSED",
        };
        [
            line.name.to_owned(),
            format!("{} {}", number(line.value), line.unit).trim_end().to_owned(),
            number(line.bar),
            number(line.aim),
            verdict.to_owned(),
            pairs(line),
        ]
    }));
    let width = |column: usize| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let of_row = |row: &[String; 6]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(of_row).collect::<Vec<_>>().join("\n")
}

fn pairs(line: &Line) -> String {
    if line.floor.is_empty() {
        return line.throng.iter().map(|figure| number(*figure)).collect::<Vec<_>>().join(", ");
    }
    let pairs = line.throng.iter().zip(&line.floor);
    pairs
        .map(|(throng, floor)| format!("{} / {}", number(*throng), number(*floor)))
        .collect::<Vec<_>>()
        .join(", ")
}

fn number(figure: f64) -> String {
    if figure.abs() >= 100.0 { format!("{figure:.0}") } else { format!("{figure:.2}") }
}

#[cfg(test)]
mod tests {
    use super::{ROWS, text};
    use crate::arguments::Part;
    use crate::target::Target;
    use crate::versus::{Measure, Measured};

    #[test]
    fn a_round_that_lacks_a_figure_is_left_out_of_the_ratio_and_shifts_no_other() {
        let mut measured = Measured::default();
        for (throng, floor) in [(Some(8.0), None), (Some(20.0), Some(10.0)), (None, Some(1.0))] {
            measured.round += 1;
            measured.add(Measure::MicrosAt100k, Target::Throng, throng);
            measured.add(Measure::MicrosAt100k, Target::Floor, floor);
        }
        assert_eq!(ROWS[0].lacking(&measured, &[Part::Storm], 3), None, "nobody asked for it");
        let lacking = ROWS[0].lacking(&measured, &[Part::Cpu], 3).expect("two rounds");
        assert!(lacking.ends_with("a second: measured in 1 of 3 rounds"), "{lacking}");
        assert_eq!(ROWS[0].lacking(&measured, &[Part::Cpu], 1), None);
        let line = ROWS[0].line(&measured).expect("a line");
        assert!((line.value - 2.0).abs() < 1e-9, "8 was not measured beside 10: {}", line.value);
    }

    #[test]
    fn a_line_shows_the_ratio_of_each_round_and_holds_it_against_bar_and_aim() {
        let mut measured = Measured::default();
        for (throng, floor) in [(8.0, 6.0), (13.0, 10.0), (9.0, 6.0)] {
            measured.round += 1;
            measured.add(Measure::MicrosAt100k, Target::Throng, Some(throng));
            measured.add(Measure::MicrosAt100k, Target::Floor, Some(floor));
        }
        measured.add(Measure::SaturatedPerSecond, Target::Throng, Some(95.0));
        measured.add(Measure::SaturatedPerSecond, Target::FloorJoined, Some(100.0));
        let lines: Vec<_> = ROWS.iter().filter_map(|row| row.line(&measured)).collect();
        assert_eq!(lines.len(), 2, "what was not measured is left out");
        assert!((lines[0].value - 8.0 / 6.0).abs() < 1e-9);
        assert!(lines[0].bar_met && !lines[0].aim_met);
        assert!(lines[1].aim_met, "more is better");
        let text = text(&lines);
        assert!(text.contains("8.00 / 6.00, 13.00 / 10.00, 9.00 / 6.00"), "{text}");
    }
}
