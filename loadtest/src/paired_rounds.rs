//! Figures of two sides that were measured in alternation, round by round, and the ratio in each round.
//! Ratios can be compared even on a machine whose speed changes from minute to minute.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::report::aligned;
use crate::units::{Unit, number};

/// The second side is compared with the first.
pub(crate) const SIDES: [usize; 2] = [0, 1];

/// One figure of both sides.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) unit: Unit,
    /// By round. A value that is missing in a round stays missing.
    rounds: BTreeMap<u32, [Option<f64>; 2]>,
}

/// The ratios of all rounds in which both sides have a value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Ratio {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

/// A figure as it is written to JSON.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    name: String,
    unit: &'static str,
    /// The values of both sides in each round; `null` where one is missing.
    rounds: Vec<[Option<f64>; 2]>,
    /// The second side over the first; `null` if no round has both.
    ratio: Option<Ratio>,
}

impl Pair {
    /// How many rounds have values of both sides.
    pub(crate) fn complete(&self) -> usize {
        self.rounds.values().filter(|[one, other]| one.is_some() && other.is_some()).count()
    }

    pub(crate) fn new(name: &str, unit: Unit) -> Self {
        Self { name: name.to_owned(), unit, rounds: BTreeMap::new() }
    }

    pub(crate) fn add(&mut self, round: u32, side: usize, figure: Option<f64>) {
        self.rounds.entry(round).or_default()[side] = figure.filter(|it| it.is_finite());
    }

    /// A value in words. Bytes are not rounded: the differences are a few bytes.
    fn words(&self, figure: f64) -> String {
        match self.unit {
            Unit::Bytes => format!("{} bytes", number(figure.round())),
            unit => unit.words(figure),
        }
    }

    /// The median of a side's values.
    pub(crate) fn median(&self, side: usize) -> Option<f64> {
        median(self.rounds.values().filter_map(|sides| sides[side]).collect())
    }

    /// The second side's value over the first's.
    pub(crate) fn ratio(&self) -> Option<Ratio> {
        let both = self.rounds.values().filter_map(|sides| sides[0].zip(sides[1]));
        // A negative difference has no ratio.
        let both = both.filter(|(one, other)| *one >= 0.0 && *other >= 0.0);
        let ratios: Vec<f64> =
            both.map(|(one, other)| if one == other { 1.0 } else { other / one }).collect();
        let (least, most) = (
            ratios.iter().copied().min_by(f64::total_cmp)?,
            ratios.iter().copied().max_by(f64::total_cmp)?,
        );
        Some(Ratio { median: median(ratios)?, least, most })
    }

    pub(crate) fn line(&self) -> Line {
        Line {
            name: self.name.clone(),
            unit: self.unit.name(),
            rounds: self.rounds.values().copied().collect(),
            // A growth from zero has no finite ratio.
            ratio: self.ratio().filter(|ratio| ratio.most.is_finite()),
        }
    }
}

impl Ratio {
    /// `1.31`, and the range of the rounds.
    pub(crate) fn words(self) -> [String; 2] {
        let Self { median, least, most } = self;
        let word = |ratio: f64| match ratio {
            ratio if ratio.is_infinite() => "from 0".to_owned(),
            ratio => format!("{ratio:.2}"),
        };
        [word(median), format!("{} to {}", word(least), word(most))]
    }
}

/// A table: the medians of both sides, the median of the ratios, and their range.
pub(crate) fn text(sides: [&str; 2], pairs: &[Pair]) -> String {
    let head = ["median of the rounds", sides[0], sides[1], "ratio", "of the rounds"];
    let mut rows = vec![head.map(str::to_owned)];
    rows.extend(pairs.iter().map(|pair| {
        let side = |side| pair.median(side).map_or("-".to_owned(), |it| pair.words(it));
        let [one, other] = SIDES.map(side);
        let none = || ["-".to_owned(), String::new()];
        let [ratio, spread] = pair.ratio().map_or_else(none, Ratio::words);
        [pair.name.clone(), one, other, ratio, spread]
    }));
    aligned(&rows).join("\n")
}

/// The median.
pub(crate) fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    let upper = *figures.get(middle)?;
    if figures.len() % 2 == 1 {
        Some(upper)
    } else {
        Some(f64::midpoint(figures[middle - 1], upper))
    }
}

#[cfg(test)]
mod tests {
    use super::{Pair, Ratio, median, text};
    use crate::units::Unit;

    fn pair(rounds: &[[Option<f64>; 2]]) -> Pair {
        let mut pair = Pair::new("p99", Unit::Time);
        for (round, sides) in (1..).zip(rounds) {
            // The sides of a round come in either order.
            for side in [1, 0] {
                pair.add(round, side, sides[side]);
            }
        }
        pair
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(vec![]), None);
    }

    #[test]
    fn a_ratio_is_of_the_figures_of_one_round() {
        // The machine is four times slower in the second round.
        let pair = pair(&[[Some(1.0), Some(2.0)], [Some(4.0), Some(12.0)], [Some(1.0), Some(2.5)]]);
        assert_eq!(pair.ratio(), Some(Ratio { median: 2.5, least: 2.0, most: 3.0 }));
        assert_eq!((pair.median(0), pair.median(1)), (Some(1.0), Some(2.5)));
        let text = text(["without", "with it"], &[pair]);
        let line = text.lines().nth(1).expect("a line");
        assert!(line.ends_with("1.00 ms  2.50 ms   2.50   2.00 to 3.00"), "{text}");
    }

    #[test]
    fn a_round_that_lacks_a_figure_shifts_no_other() {
        let pair = pair(&[[Some(1.0), None], [Some(4.0), Some(8.0)], [None, Some(3.0)]]);
        assert_eq!(pair.ratio(), Some(Ratio { median: 2.0, least: 2.0, most: 2.0 }));
        assert_eq!(pair.line().rounds.len(), 3);
        let none = self::pair(&[[None, Some(1.0)]]);
        assert_eq!(none.ratio(), None);
        assert!(text(["a", "b"], &[none]).lines().nth(1).is_some_and(|line| line.ends_with(" -")));
    }

    #[test]
    fn a_few_bytes_more_are_seen() {
        let mut pair = Pair::new("memory", Unit::Bytes);
        pair.add(1, 0, Some(1880.2));
        pair.add(1, 1, Some(1884.0));
        let text = text(["a", "b"], &[pair]);
        assert!(text.contains("1,880 bytes  1,884 bytes"), "{text}");
    }

    #[test]
    fn what_is_below_nothing_has_no_ratio() {
        let pair =
            pair(&[[Some(-1.0), Some(2.0)], [Some(2.0), Some(3.0)], [Some(1.0), Some(-4.0)]]);
        assert_eq!(pair.ratio().map(|it| (it.least, it.most)), Some((1.5, 1.5)));
    }

    #[test]
    fn what_grew_from_nothing_is_worse_than_any_ratio() {
        let pair = pair(&[[Some(0.0), Some(7.0)]]);
        assert!(pair.ratio().is_some_and(|ratio| ratio.median.is_infinite()));
        assert!(pair.line().ratio.is_none(), "JSON has no such number");
        assert_eq!(self::pair(&[[Some(0.0), Some(0.0)]]).ratio().map(|it| it.median), Some(1.0));
    }
}
