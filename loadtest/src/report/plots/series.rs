//! Samples as the points of a line: few enough to draw, with gaps where nothing was measured.

use crate::record::Sample;

/// The most points of a line: a wide plot lacks the pixels to show more. A soak of a day has 86,400 samples.
const POINTS_MAX: usize = 480;

/// Runs of points, with gaps between them in which nothing was measured.
pub(super) type Points = Vec<Vec<(f64, f64)>>;

/// Points are joined up to this number of times their usual distance. If the sampler was held up for longer,
/// a line across the gap would claim measurements that do not exist.
const HOLE: f64 = 3.0;

/// How several seconds become one point, if there are too many to draw.
#[derive(Clone, Copy, Debug)]
pub(super) enum Folded {
    Highest,
    Lowest,
    Mean,
}

/// A figure over time.
pub(super) fn over_time(
    samples: &[Sample],
    folded: Folded,
    of: impl Fn(&Sample) -> Option<f64>,
) -> Points {
    let together = samples.len().div_ceil(POINTS_MAX).max(1);
    let mut points = Points::new();
    let mut gap = true;
    let apart_max = usual(samples) * float(together) * HOLE;
    for chunk in samples.chunks(together) {
        let values: Vec<f64> = chunk.iter().filter_map(&of).filter(|it| it.is_finite()).collect();
        let Some(value) = folded.of(&values) else {
            gap = true;
            continue;
        };
        let at = chunk.first().map_or(0.0, |sample| sample.at);
        match points.last_mut() {
            Some(run) if !gap && run.last().is_none_or(|last| at - last.0 <= apart_max) => {
                run.push((at, value));
            }
            _ => points.push(vec![(at, value)]),
        }
        gap = false;
    }
    points
}

/// The median distance between two samples.
fn usual(samples: &[Sample]) -> f64 {
    let mut apart: Vec<f64> = samples.windows(2).map(|two| two[1].at - two[0].at).collect();
    apart.sort_by(f64::total_cmp);
    apart.get(apart.len() / 2).copied().unwrap_or(1.0)
}

#[expect(clippy::cast_precision_loss, reason = "the samples that one point stands for")]
fn float(count: usize) -> f64 {
    count as f64
}

impl Folded {
    fn of(self, values: &[f64]) -> Option<f64> {
        let values_folded = values.iter().copied();
        match self {
            Self::Highest => values_folded.reduce(f64::max),
            Self::Lowest => values_folded.reduce(f64::min),
            Self::Mean => {
                values_folded.reduce(|sum, value| sum + value).map(|sum| sum / float(values.len()))
            }
        }
    }
}

/// A percentile curve, with quantiles as the number of their nines: 0.99 at 2, 0.999 at 3. The maximum has
/// infinitely many; it is drawn a little beyond the last labelled one.
pub(super) fn nines(curve: &[(f64, f64)]) -> Points {
    /// How far to the right of its neighbour the maximum is drawn.
    const BEYOND: f64 = 0.3;
    let mut run: Vec<(f64, f64)> = Vec::new();
    for (quantile, value) in curve.iter().filter(|(_, value)| *value > 0.0) {
        let rare = 1.0 - quantile;
        let last = run.last().map_or(0.0, |(at, _)| *at);
        if rare > 1e-9 {
            run.push((-rare.log10(), *value));
        } else {
            run.push((last + BEYOND, *value));
            break;
        }
    }
    if run.is_empty() { Points::new() } else { vec![run] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(count: u32) -> Vec<Sample> {
        (0..count)
            .map(|second| Sample {
                at: f64::from(second),
                sends: second.into(),
                ..Sample::default()
            })
            .collect()
    }

    #[test]
    fn a_second_without_a_figure_is_a_gap() {
        let points =
            over_time(&samples(5), Folded::Mean, |sample| (sample.sends != 2).then_some(1.0));
        assert_eq!(points, [vec![(0.0, 1.0), (1.0, 1.0)], vec![(3.0, 1.0), (4.0, 1.0)]]);
    }

    #[test]
    fn a_time_without_samples_is_a_gap() {
        let mut samples = samples(10);
        samples.drain(3..7);
        let points = over_time(&samples, Folded::Mean, |_| Some(1.0));
        let runs: Vec<usize> = points.iter().map(Vec::len).collect();
        assert_eq!(runs, [3, 3]);
    }

    #[test]
    fn a_day_is_drawn_with_few_points_and_no_peak_is_lost() {
        let of = |sample: &Sample| Some(if sample.at == 4711.0 { 9.0 } else { 1.0 });
        let points = over_time(&samples(86_400), Folded::Highest, of);
        assert_eq!(points.len(), 1);
        assert!((400..=POINTS_MAX).contains(&points[0].len()), "{}", points[0].len());
        assert!(points[0].iter().any(|(_, value)| *value == 9.0));
    }

    #[test]
    fn the_highest_of_a_curve_stands_beyond_the_last_quantile() {
        let points = nines(&[(0.5, 1.0), (0.9, 2.0), (0.999, 3.0), (1.0, 9.0), (1.0, 9.0)]);
        let at: Vec<f64> = points[0].iter().map(|(at, _)| (at * 10.0).round() / 10.0).collect();
        assert_eq!(at, [0.3, 1.0, 3.0, 3.3]);
        assert!(nines(&[(0.5, 0.0)]).is_empty());
    }
}
