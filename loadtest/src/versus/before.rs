//! This build and an earlier one in the same rounds: what a change has cost or gained.

use super::table::{Better, ROWS, Row};
use super::{Measure, Measured};
use crate::paired_rounds::{self, Pair};
use crate::target::Target;
use crate::units::Unit;

/// With fewer rounds, all of them agree too often by chance.
const ROUNDS_MIN: usize = 3;

/// Smaller changes are noise of the machine, even if all rounds agree.
const NOISE: f64 = 0.05;

/// The figures of both builds, for each row that has any.
pub(super) fn pairs(measured: &Measured) -> Vec<(&'static Row, Pair)> {
    let pair = |row: &'static Row| {
        let (unit, scale) = row.measure.unit();
        let mut pair = Pair::new(row.name, unit);
        for (side, target) in [(0, Target::Before), (1, Target::Throng)] {
            for (round, figure) in measured.by_round(row.measure, target) {
                pair.add(round, side, Some(figure * scale));
            }
        }
        (pair.complete() > 0).then_some((row, pair))
    };
    ROWS.iter().filter_map(pair).collect()
}

/// For people.
pub(super) fn text(pairs: &[(&'static Row, Pair)]) -> String {
    if pairs.is_empty() {
        return "the build before: no round measured both".to_owned();
    }
    let words: Vec<&str> = pairs.iter().map(|(row, pair)| judged(row.better, pair)).collect();
    let pairs: Vec<Pair> = pairs.iter().map(|(_, pair)| pair.clone()).collect();
    let table = paired_rounds::text(["before", "now"], &pairs);
    let mut lines = table.lines();
    let head = lines.next().unwrap_or_default().to_owned();
    let rows = lines.zip(words).map(|(line, word)| format!("{line}  {word}").trim_end().to_owned());
    std::iter::once(head).chain(rows).collect::<Vec<_>>().join("\n")
}

/// A change counts if all rounds agree on it and it is more than noise.
fn judged(better: Better, pair: &Pair) -> &'static str {
    let Some(ratio) = pair.ratio() else { return "" };
    if pair.complete() < ROUNDS_MIN {
        return "too few rounds to say";
    }
    let grown = ratio.least > 1.0 && ratio.median > 1.0 + NOISE;
    let shrunk = ratio.most < 1.0 && ratio.median < 1.0 - NOISE;
    match (grown, shrunk, better) {
        (true, _, Better::Lower) | (_, true, Better::Higher) => "worse",
        (true, _, Better::Higher) | (_, true, Better::Lower) => "better",
        _ => "no worse",
    }
}

impl Measure {
    /// The unit of a measure, and the factor to get it in that unit.
    fn unit(self) -> (Unit, f64) {
        match self {
            Self::MicrosAt100k
            | Self::MicrosAt30k
            | Self::MicrosInTownHall
            | Self::MicrosPerJoin => (Unit::Work, 1.0),
            Self::SaturatedPerSecond | Self::CommitsOneRoom | Self::CommitsHundredRooms => {
                (Unit::PerSecond, 1.0)
            }
            Self::BytesPerConnection => (Unit::Bytes, 1.0),
            Self::StormSeconds => (Unit::Time, 1000.0),
            Self::MillisBeyondFsync => (Unit::Time, 1.0),
            Self::IdleMillisPerSecond => (Unit::Share, 1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{pairs, text};
    use crate::target::Target;
    use crate::versus::{Measure, Measured, targets};

    fn measured(measure: Measure, rounds: &[(f64, f64)]) -> Measured {
        let mut measured = Measured::default();
        for (before, now) in rounds {
            measured.round += 1;
            measured.add(measure, Target::Before, Some(*before));
            measured.add(measure, Target::Throng, Some(*now));
        }
        measured
    }

    fn word(measure: Measure, rounds: &[(f64, f64)]) -> String {
        let text = text(&pairs(&measured(measure, rounds)));
        text.rsplit("  ").next().expect("a word").trim().to_owned()
    }

    #[test]
    fn a_difference_that_all_rounds_agree_on_is_one() {
        let all = [(10.0, 12.0), (20.0, 23.0), (10.0, 11.0)];
        assert_eq!(word(Measure::MicrosAt100k, &all), "worse");
        assert_eq!(word(Measure::SaturatedPerSecond, &all), "better");
        let most = [(10.0, 12.0), (20.0, 19.0), (10.0, 12.0)];
        assert_eq!(word(Measure::MicrosAt100k, &most), "no worse");
        let little = [(100.0, 104.0), (100.0, 103.0), (100.0, 102.0)];
        assert_eq!(word(Measure::MicrosAt100k, &little), "no worse");
        let table = text(&pairs(&measured(Measure::StormSeconds, &[(1.0, 1.2)])));
        assert!(table.contains("1.00 s") && table.contains("1.20 s"), "{table}");
        assert!(table.ends_with("too few rounds to say"), "{table}");
    }

    #[test]
    fn the_builds_take_turns_in_coming_first() {
        let places = |round| {
            let targets = targets(round, true);
            let place = |of| targets.iter().position(|target| *target == of);
            (place(Target::Before), place(Target::Throng))
        };
        assert_eq!(places(1), (Some(2), Some(3)));
        assert_eq!(places(2), (Some(3), Some(2)));
        assert!(!targets(1, false).contains(&Target::Before));
    }
}
