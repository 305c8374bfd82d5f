//! Plans in TOML files. An error names the file, the line, and the values that are allowed there.

use std::ops::Range;
use std::path::Path;

use anyhow::{Context, Result, bail};
use toml::de::{DeTable, DeValue};

use super::{BadPlan, Plan};

/// The largest file accepted: a plan has a few hundred bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Reads a plan and checks it.
///
/// # Errors
/// With the file and the line, if the file cannot be read, is not a plan, or has a value that is not allowed.
pub(crate) fn read(path: &Path) -> Result<Plan> {
    let file = path.display();
    let size = std::fs::metadata(path)
        .with_context(|| format!("{file} cannot be read; `plan` takes a TOML file"))?
        .len();
    if size > FILE_BYTES_MAX {
        bail!("{file} has {size} bytes; a plan has at most {FILE_BYTES_MAX}");
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("{file} cannot be read"))?;
    let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into());
    parse(&text, &stem).map_err(|error| anyhow::anyhow!("{file}, {error}"))
}

/// Parses a plan; the error begins with the line.
fn parse(text: &str, name: &str) -> Result<Plan, String> {
    let mut plan: Plan = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        format!("line {line}: {}", error.message())
    })?;
    if plan.name.is_empty() {
        name.clone_into(&mut plan.name);
    }
    for (phase, number) in plan.phases.iter_mut().zip(1..) {
        if phase.name.is_empty() {
            phase.name = format!("phase {number}");
        }
    }
    match plan.check() {
        Ok(()) => Ok(plan),
        Err(bad) => {
            let line = place_of(text, &bad).map_or(1, |span| line_of(text, span.start));
            Err(format!("line {line}: {bad}"))
        }
    }
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count()
}

/// The position of a bad value: the value itself, or the phase that lacks it.
fn place_of(text: &str, bad: &BadPlan) -> Option<Range<usize>> {
    let table = DeTable::parse(text).ok()?;
    let Some(place) = bad.phase else { return find(table.get_ref(), bad.key) };
    let phases = table.get_ref().get("phase")?.get_ref().as_array()?;
    let phase = phases.get(place)?;
    let inside = phase.get_ref().as_table().and_then(|phase| find(phase, bad.key));
    Some(inside.unwrap_or_else(|| phase.span()))
}

/// The first value with this name, at any depth.
fn find(table: &DeTable<'_>, name: &str) -> Option<Range<usize>> {
    table.iter().find_map(|(key, value)| {
        if key.get_ref() == name {
            return Some(key.span());
        }
        match value.get_ref() {
            DeValue::Table(inner) => find(inner, name),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::plan::{Disturbance, Load};

    const EVENING: &str = include_str!("../../examples/evening.toml");
    const SHORT: &str = include_str!("../../examples/short.toml");

    #[test]
    fn the_examples_are_plans() {
        let evening = parse(EVENING, "evening").expect("an example");
        assert_eq!(evening.name, "evening");
        assert!(evening.phases.iter().any(|phase| phase.load == Load::Outstanding(4)));
        let short = parse(SHORT, "short").expect("an example");
        assert!(short.clients <= 100 && short.time().as_secs() < 10);
    }

    #[test]
    fn a_phase_is_what_it_says() {
        let text =
            "clients = 5\n[[phase]]\nload = { rate = 3 }\ndisturbance = { crash = { times = 2 } }";
        let plan = parse(text, "x").expect("a plan");
        assert_eq!(plan.phases[0].load, Load::Rate(3.0));
        assert_eq!(plan.phases[0].disturbance, Some(Disturbance::Crash { times: 2 }));
        assert_eq!(plan.phases[0].name, "phase 1");
    }

    #[test]
    fn an_error_names_the_line_and_what_is_allowed() {
        let error = |text: &str| parse(text, "x").expect_err("no plan");
        let unknown = error("clients = 5\nclint = 5\n");
        assert!(unknown.starts_with("line 2: unknown field `clint`"), "{unknown}");
        assert!(unknown.contains("`clients`"), "{unknown}");
        let disturbance = error("[[phase]]\ndisturbance = { fire = {} }\n");
        assert!(
            disturbance.starts_with("line 2: ") && disturbance.contains("storm"),
            "{disturbance}"
        );
        let second = "[[phase]]\n\n[[phase]]\nseconds = 3\nload = { outstanding = 0 }\n";
        assert!(error(second).starts_with("line 5: outstanding = 0: it must be"));
        assert!(error("clients = 0\n").starts_with("line 1: clients = 0"));
        assert!(error("\n\nrooms = ").starts_with("line 3: "));
    }
}
