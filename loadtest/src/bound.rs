//! `--fail-if 'p99>50ms'`: what must not be, said of a figure of the whole run or of one phase. It
//! makes a load test a check.

mod figure;

use std::fmt;
use std::str::FromStr;

use anyhow::{Result, bail};
use thiserror::Error;

use crate::bound::figure::{FIGURES, Figure};
use crate::plan::Plan;
use crate::record::{BoundCheck, Run};
use crate::report::units::Unit;

/// How alike two names must be for one to be meant by the other: the share of letters that need no
/// change (Damerau-Levenshtein).
const ALIKE_MIN: f64 = 0.5;

/// Everybody's arrival is measured like a phase, and no plan lists it.
const ARRIVAL: &str = "arrival";

/// What must not be: `[PHASE:]FIGURE OPERATOR VALUE[UNIT]`.
#[derive(Clone, Debug)]
pub(crate) struct Bound {
    /// As it was given.
    given: String,
    phase: Option<String>,
    figure: &'static Figure,
    operator: Operator,
    /// In the given unit.
    value: f64,
    /// How many of the figure's own units one of the given is.
    scale: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Above,
    AtLeast,
    Below,
    AtMost,
}

/// Why a bound is none.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum BadBound {
    #[error("{0:?} has no comparison: write it like 'p99>50ms', with one of > >= < <=")]
    NoOperator(String),
    #[error("{name:?} is no figure{}; there are: {}", meant(.near), names())]
    NoFigure { name: String, near: Option<&'static str> },
    #[error("lost needs no bound: whatever is lost breaks a promise, and fails the run by itself")]
    Implied,
    #[error("{value:?} is no value for {figure}: {wanted}")]
    NoValue { figure: &'static str, value: String, wanted: &'static str },
}

impl Bound {
    /// Whether the plan has the phase that this speaks of: better told before a run than after.
    pub(crate) fn fits(&self, plan: &Plan) -> Result<()> {
        let Some(name) = &self.phase else { return Ok(()) };
        let planned = plan.phases.iter().map(|phase| phase.name.as_str());
        let phases: Vec<&str> = std::iter::once(ARRIVAL).chain(planned).collect();
        if phases.contains(&name.as_str()) {
            return Ok(());
        }
        let meant = meant(&nearest(name, phases.iter().copied()));
        bail!(
            "the bound '{}' speaks of a phase {name:?}, which the plan has not{meant}; its phases \
             are: {}",
            self.given,
            phases.join(", ")
        )
    }

    /// Holds it against a run. Of several phases with one name, the worst counts.
    pub(crate) fn check(&self, run: &Run) -> BoundCheck {
        let Some(name) = &self.phase else {
            return self.judge((self.figure.of_run)(run), "in this run");
        };
        let mut checks = run
            .phases
            .iter()
            .filter(|phase| phase.name == *name)
            .map(|phase| self.judge((self.figure.of_phase)(phase), "in this phase"));
        let Some(first) = checks.next() else {
            return self.judge(None, "since no phase of this name was run");
        };
        checks.fold(first, |worst, check| if worst.kept { check } else { worst })
    }

    fn judge(&self, measured: Option<f64>, place: &str) -> BoundCheck {
        let bound = self.given.clone();
        let Some(measured) = measured.filter(|value| value.is_finite()) else {
            let words = format!("{} was not measured {place}", self.figure.name);
            return BoundCheck { bound, measured: None, kept: false, words };
        };
        let scaled = measured / self.scale;
        let words = format!("{} was {}", self.figure.name, self.figure.unit.words(measured));
        let kept = !self.operator.holds(scaled, self.value);
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
        let (value, scale) = figure.parse(value.trim()).ok_or_else(|| BadBound::NoValue {
            figure: figure.name,
            value: value.trim().to_owned(),
            wanted: figure.wanted(),
        })?;
        Ok(Self { given: given.to_owned(), phase, figure, operator, value, scale })
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

/// The name that was probably meant.
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
    /// A value with its unit: the number, and how many of the figure's units it counts in.
    fn parse(&self, text: &str) -> Option<(f64, f64)> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let scale = match (self.unit, unit.trim()) {
            (Unit::Time, "µs" | "μs" | "us") => 0.001,
            (Unit::Time, "ms") | (Unit::Work, "µs" | "μs" | "us") | (Unit::Bytes, "bytes") => 1.0,
            (Unit::Time, "s") | (Unit::Work, "ms") => 1000.0,
            (Unit::Bytes, "KiB") => 1024.0,
            (Unit::Bytes, "MiB") => 1024.0 * 1024.0,
            (Unit::PerSecond, "" | "/s") | (Unit::Count | Unit::Processors, "") => 1.0,
            _ => return None,
        };
        Some((number.parse().ok()?, scale))
    }

    fn wanted(&self) -> &'static str {
        match self.unit {
            Unit::Time => "give a time with its unit, µs, us, ms or s, like 50ms",
            Unit::Work => "give µs (us) of a processor for one delivery, like 12.5µs",
            Unit::Bytes => "give a size with its unit, bytes, KiB or MiB, like 2KiB",
            Unit::PerSecond => "give a number a second, like 90000/s",
            Unit::Count => "give a number without a unit",
            Unit::Processors => "give a number of processors, like 0.5",
        }
    }
}

#[cfg(test)]
mod tests;
