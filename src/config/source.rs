//! The sources besides the flags, the environment and the TOML file, read as text.

use std::ffi::OsString;
use std::path::Path;

use toml::{Table, Value};

use super::settings::{SETTINGS, VARIABLE_PREFIX, variable};
use super::{Fault, Origin};

/// The key that names the file; it is not a setting of the file itself.
pub(super) const FILE_KEY: &str = "config";

/// A value that was set.
pub(super) struct Found {
    pub(super) key: &'static str,
    pub(super) text: String,
    pub(super) origin: Origin,
}

/// The server's variables. The one that names the file has the key [`FILE_KEY`].
///
/// Other variables that begin with `THRONG_` are errors: a misspelt one would have no effect, and nobody
/// would notice. An empty variable counts as not set, since a file of variables can hardly leave one out;
/// only for a list, empty means none.
pub(super) fn environment(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
    faults: &mut Vec<Fault>,
) -> Vec<Found> {
    let mut found = Vec::new();
    for (name, value) in variables {
        let name = name.to_string_lossy().into_owned();
        let Some(rest) = name.strip_prefix(VARIABLE_PREFIX) else { continue };
        let origin = Origin::Environment(name.clone());
        match keys().find(|key| variable(key) == name) {
            Some(key) if value.is_empty() && !is_list(key) => {}
            Some(key) => found.extend(text(key, value, origin, faults)),
            None => {
                let suggestion = nearest(&rest.to_ascii_lowercase(), keys()).map(variable);
                faults.push(Fault::Unknown { suggestion, name, origin });
            }
        }
    }
    found.sort_by_key(|one| keys().position(|key| key == one.key));
    found
}

/// A value from the command line or the environment, which must be UTF-8 like the file.
pub(super) fn text(
    key: &'static str,
    value: OsString,
    origin: Origin,
    faults: &mut Vec<Fault>,
) -> Option<Found> {
    match value.into_string() {
        Ok(text) => Some(Found { key, text, origin }),
        Err(value) => {
            faults.push(Fault::Value {
                key,
                value: value.to_string_lossy().into_owned(),
                origin,
                problem: "not UTF-8".into(),
                allowed: "text in UTF-8".into(),
            });
            None
        }
    }
}

/// The values in the TOML file. `named_by` is where its path was set.
pub(super) fn file(path: &Path, named_by: &Origin, faults: &mut Vec<Fault>) -> Vec<Found> {
    let broken =
        |problem: String| Fault::File { path: path.to_owned(), origin: named_by.clone(), problem };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            faults.push(broken(format!("the file cannot be read: {error}")));
            return Vec::new();
        }
    };
    let table = match text.parse::<Table>() {
        Ok(table) => table,
        Err(error) => {
            faults.push(broken(error.to_string()));
            return Vec::new();
        }
    };
    let mut found = Vec::new();
    for (name, value) in table {
        let origin = Origin::File(path.to_owned());
        match SETTINGS.iter().find(|setting| setting.key == name) {
            Some(setting) => match plain(&value) {
                Some(text) => found.push(Found { key: setting.key, text, origin }),
                None => faults.push(Fault::Value {
                    key: setting.key,
                    value: value.to_string(),
                    origin,
                    problem: "a table or nested list".into(),
                    allowed: (setting.allowed)(),
                }),
            },
            None => {
                let known = SETTINGS.iter().map(|setting| setting.key);
                let suggestion = nearest(&name, known).map(str::to_owned);
                faults.push(Fault::Unknown { suggestion, name, origin });
            }
        }
    }
    found
}

/// All keys that flags and variables may set.
fn keys() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().map(|setting| setting.key).chain([FILE_KEY])
}

fn is_list(key: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.key == key && (setting.is_list)())
}

/// A TOML value as an operator would write it as a flag; a list gets commas.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Array(items) => {
            let is_scalar = |item: &&Value| !matches!(item, Value::Array(_));
            let items: Option<Vec<_>> =
                items.iter().map(|item| Some(item).filter(is_scalar).and_then(plain)).collect();
            items.map(|items| items.join(","))
        }
        Value::Table(_) => None,
        Value::String(text) => Some(text.clone()),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {
            Some(value.to_string())
        }
    }
}

/// The known key that is most similar to `name`, if it is similar enough.
fn nearest(name: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    if name == FILE_KEY {
        return None; // A file cannot name another one, and no setting is meant by it.
    }
    let near = |known| strsim::jaro_winkler(&name.replace('-', "_"), known);
    let best = known.max_by(|one, other| near(one).total_cmp(&near(other)))?;
    (near(best) >= SIMILARITY_MIN).then_some(best)
}

/// Above this, Jaro-Winkler finds typing errors and swapped words; below it, it guesses.
const SIMILARITY_MIN: f64 = 0.8;
