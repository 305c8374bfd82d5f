//! The ends of an axis, and which of its values have labels.

use super::series::Points;
use crate::units::{self, Unit};

/// About the number of labels on an axis: enough lines to guide the eye, without filling the plot.
const TICKS: f64 = 5.0;

/// The most powers of ten that each have a label.
const DECADES_LABELLED_MAX: usize = 6;

/// How values become positions.
#[derive(Clone, Copy, Debug)]
pub(super) enum Axis {
    /// From 0 up.
    Linear(Unit),
    /// Each step ten times the one before.
    Logarithmic(Unit),
    /// Seconds, from 0 to the end of the run.
    Time(f64),
    /// Nines of a quantile, from 0 to this number.
    Nines(f64),
}

/// A value with a label: its position on the axis, and the label.
pub(super) type Tick = (f64, String);

/// The ends of an axis, as positions, and its ticks.
#[derive(Debug)]
pub(super) struct Span {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) ticks: Vec<Tick>,
}

impl Axis {
    pub(super) fn time(seconds: f64) -> Self {
        Self::Time(if seconds.is_finite() { seconds.max(1.0) } else { 1.0 })
    }

    pub(super) fn nines(points: &Points) -> Self {
        let last = points.iter().flatten().map(|(at, _)| *at).fold(1.0, f64::max);
        Self::Nines(last)
    }

    /// The position of a value.
    pub(super) fn place(self, value: f64) -> f64 {
        match self {
            Self::Logarithmic(_) => value.max(f64::MIN_POSITIVE).log10(),
            _ => value,
        }
    }

    /// The span that covers all values between these two.
    pub(super) fn span(self, lowest: f64, highest: f64) -> Span {
        match self {
            Self::Linear(unit) => linear(unit, highest),
            Self::Logarithmic(unit) => logarithmic(unit, lowest, highest),
            Self::Time(seconds) => time(seconds),
            Self::Nines(last) => nines(last),
        }
    }
}

fn linear(unit: Unit, highest: f64) -> Span {
    let highest = if highest > 0.0 { highest } else { 1.0 };
    // Labels of bytes are powers of 1,024, so their steps are powers of two.
    let step = match unit {
        Unit::Bytes => (highest / TICKS).max(1.0).log2().ceil().exp2(),
        Unit::Count => round_step(highest / TICKS).max(1.0),
        _ => round_step(highest / TICKS),
    };
    let to = (highest / step).ceil() * step;
    let ticks = steps(0.0, to, step).map(|value| (value, short(unit, value))).collect();
    // A line at the very top would be cut in half.
    Span { from: 0.0, to: to * 1.02, ticks }
}

/// A step of 1, 2 or 5 times a power of ten.
fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .map(|factor| factor * power)
        .into_iter()
        .find(|it| *it >= step)
        .unwrap_or(power)
}

fn logarithmic(unit: Unit, lowest: f64, highest: f64) -> Span {
    let lowest = if lowest > 0.0 { lowest } else { 1.0 };
    let from = lowest.log10().floor();
    let to = highest.max(lowest).log10().ceil().max(from + 1.0);
    let decades: Vec<f64> = steps(from, to, 1.0).collect();
    let apart = decades.len().div_ceil(DECADES_LABELLED_MAX);
    let mut places: Vec<f64> = decades.into_iter().step_by(apart).collect();
    // With only a few powers of ten, values between them get labels too.
    if to - from < 2.5 {
        let between =
            places.clone().into_iter().flat_map(|at| [at + 2_f64.log10(), at + 5_f64.log10()]);
        places.extend(between.filter(|at| *at < to));
        places.sort_by(f64::total_cmp);
    }
    let ticks = places.into_iter().map(|at| (at, short(unit, 10_f64.powf(at)))).collect();
    Span { from, to: to + (to - from) * 0.02, ticks }
}

fn time(seconds: f64) -> Span {
    const STEPS: [f64; 15] = [
        1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0,
        21_600.0, 86_400.0,
    ];
    let wanted = seconds / (TICKS + 1.0);
    let step = STEPS.into_iter().find(|step| *step >= wanted).unwrap_or_else(|| round_step(wanted));
    let words = |at: f64| match at {
        0.0 => "0".to_owned(),
        at if step >= 3600.0 => format!("{} h", units::number(at / 3600.0)),
        at if step >= 60.0 => format!("{} min", units::number(at / 60.0)),
        at => format!("{at:.0} s"),
    };
    Span {
        from: 0.0,
        to: seconds,
        ticks: steps(0.0, seconds, step).map(|at| (at, words(at))).collect(),
    }
}

fn nines(last: f64) -> Span {
    let mut ticks = vec![(2_f64.log10(), "50 %".to_owned())];
    for nines in steps(1.0, last, 1.0) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 9")]
        let behind = (nines as usize).saturating_sub(2);
        let percent = (1.0 - 10_f64.powf(-nines)) * 100.0;
        ticks.push((nines, format!("{percent:.behind$} %")));
    }
    ticks.push((last, "max".to_owned()));
    Span { from: 0.0, to: last, ticks }
}

/// The multiples of a step between two values.
fn steps(from: f64, to: f64, step: f64) -> impl Iterator<Item = f64> {
    (0..=1000_u32)
        .map(move |place| from + f64::from(place) * step)
        .take_while(move |it| *it <= to * 1.000_001 + 1e-12)
}

/// A round value in few characters: `10 ms`, `100k`.
fn short(unit: Unit, value: f64) -> String {
    match unit {
        _ if value == 0.0 => "0".to_owned(),
        Unit::Time if value < 0.999 => format!("{} µs", trimmed(value * 1000.0)),
        Unit::Time if value < 999.0 => format!("{} ms", trimmed(value)),
        Unit::Time => format!("{} s", trimmed(value / 1000.0)),
        Unit::Bytes => {
            let power = (value.log2() / 10.0).floor().clamp(0.0, 4.0);
            let name = ["B", "KiB", "MiB", "GiB", "TiB"];
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 4")]
            let name = name[power as usize];
            format!("{} {name}", trimmed(value / 1024_f64.powf(power)))
        }
        _ if value >= 999_999.0 => format!("{}M", trimmed(value / 1e6)),
        _ if value >= 9_999.0 => format!("{}k", trimmed(value / 1e3)),
        _ if value >= 10.0 => units::number(value),
        _ => trimmed(value),
    }
}

/// At most two decimals, without trailing zeros.
fn trimmed(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(span: &Span) -> Vec<&str> {
        span.ticks.iter().map(|(_, words)| words.as_str()).collect()
    }

    #[test]
    fn ticks_are_round_and_have_units() {
        let told = |axis: Axis, from, to| words(&axis.span(from, to)).join(", ");
        assert_eq!(
            told(Axis::Linear(Unit::Count), 0.0, 10_000.0),
            "0, 2,000, 4,000, 6,000, 8,000, 10k"
        );
        assert_eq!(told(Axis::Linear(Unit::Processors), 0.0, 0.9), "0, 0.2, 0.4, 0.6, 0.8, 1");
        let mib = 1024.0 * 1024.0;
        assert_eq!(
            told(Axis::Linear(Unit::Bytes), 0.0, 60.0 * mib),
            "0, 16 MiB, 32 MiB, 48 MiB, 64 MiB"
        );
        assert_eq!(
            told(Axis::Logarithmic(Unit::Time), 0.5, 7200.0),
            "100 µs, 1 ms, 10 ms, 100 ms, 1 s, 10 s"
        );
        assert_eq!(told(Axis::Logarithmic(Unit::Time), 2.0, 9.0), "1 ms, 2 ms, 5 ms, 10 ms");
        assert_eq!(told(Axis::Time(91.5), 0.0, 0.0), "0, 30 s, 60 s, 90 s");
        assert_eq!(told(Axis::Time(7200.0), 0.0, 0.0), "0, 30 min, 60 min, 90 min, 120 min");
        assert_eq!(told(Axis::Nines(4.3), 0.0, 0.0), "50 %, 90 %, 99 %, 99.9 %, 99.99 %, max");
    }

    #[test]
    fn nothing_measured_and_absurd_figures_make_an_axis_too() {
        for axis in
            [Axis::Linear(Unit::Count), Axis::Linear(Unit::Bytes), Axis::Logarithmic(Unit::Time)]
        {
            for (lowest, highest) in [(0.0, 0.0), (1e-12, 1e18), (-1.0, -1.0)] {
                let span = axis.span(lowest, highest);
                assert!(span.from < span.to, "{axis:?} {lowest} {highest}");
                assert!((1..20).contains(&span.ticks.len()), "{axis:?} {:?}", span.ticks);
            }
        }
    }
}
