//! The differences of two runs besides their figures.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::record::Run;

/// Fields that may differ between equal runs: a port that was free, a random seed, which the headline shows,
/// and the phases, which are compared one by one.
const OF_NO_ACCOUNT: [&str; 3] = ["url", "seed", "phase"];

/// The longest value that is shown in full.
const TOLD_MAX: usize = 60;

/// A sentence for each field of plan, machine and server that differs.
pub(super) fn of(before: &Run, after: &Run) -> Vec<String> {
    let mut told = Vec::new();
    if before.version != after.version {
        told.push(format!("load tester: {} before, {} after", before.version, after.version));
    }
    fields(&mut told, "plan", &before.plan, &after.plan);
    for was in &before.plan.phases {
        if let Some(is) = after.plan.phases.iter().find(|is| is.name == was.name) {
            fields(&mut told, &format!("phase {}", was.name), was, is);
        }
    }
    fields(&mut told, "machine", &before.machine, &after.machine);
    fields(&mut told, "server", &before.subject, &after.subject);
    told
}

fn fields<T: Serialize>(told: &mut Vec<String>, of: &str, before: &T, after: &T) {
    let (before, after) = (object(before), object(after));
    for (field, was) in before {
        let is = after.get(&field).unwrap_or(&Value::Null);
        if was != *is && !OF_NO_ACCOUNT.contains(&field.as_str()) {
            told.push(format!("{of}, {field}: {} before, {} after", short(&was), short(is)));
        }
    }
}

fn object(value: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(TOLD_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
