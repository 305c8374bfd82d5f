//! From the sources to a configuration: which source overrides which, and all errors at once.

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::PathBuf;

use super::check::clashes;
use super::settings::{SETTINGS, Setting};
use super::source::{self, FILE_KEY, Found};
use super::{Config, ConfigError, Fault, Given, Loaded, Origin};

/// Reads all sources. `flags` are the values on the command line, by key.
///
/// # Errors
/// [`ConfigError::Refused`] with all errors in all sources. A value that another source overrides is checked
/// too: it would come into force if the other one were removed.
pub(super) fn load(
    flags: Vec<(&'static str, String, OsString)>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Loaded, ConfigError> {
    let mut faults = Vec::new();
    let mut named = Vec::new();
    for (key, flag, value) in flags {
        named.extend(source::text(key, value, Origin::Flag(flag), &mut faults));
    }
    named.extend(source::environment(environment, &mut faults));

    let file = named.iter().find(|found| found.key == FILE_KEY);
    let file = file.map(|found| (PathBuf::from(&found.text), found.origin.clone()));
    named.retain(|found| found.key != FILE_KEY);
    if let Some((path, origin)) = &file {
        named.extend(source::file(path, origin, &mut faults));
    }

    let loaded = settle(named, file.map(|(path, _)| path), &mut faults);
    if faults.is_empty() { Ok(loaded) } else { Err(ConfigError::Refused(faults)) }
}

/// Sets every value; `found` has overriding values first.
fn settle(found: Vec<Found>, file: Option<PathBuf>, faults: &mut Vec<Fault>) -> Loaded {
    let mut config = Config::default();
    let mut provenance = vec![Origin::Default; SETTINGS.len()];
    let mut wrong = HashSet::new();
    // In reverse, so that an overriding value is set last.
    let mut in_order = Vec::new();
    for Found { key, text, origin } in found.into_iter().rev() {
        let Some((at, setting)) = position(key) else { continue };
        match (setting.set)(&mut config, &text) {
            Ok(()) => provenance[at] = origin,
            Err(problem) => {
                wrong.insert(key);
                let allowed = (setting.allowed)();
                in_order.push(Fault::Value { key, value: text, origin, problem, allowed });
            }
        }
    }
    faults.extend(in_order.into_iter().rev());

    let loaded = Loaded { config, file, provenance };
    for clash in clashes(&loaded.config) {
        // A rejected value cannot be compared.
        if clash.keys.iter().all(|key| !wrong.contains(key)) {
            let [one, other] = clash.keys.map(|key| Box::new(loaded.given(key)));
            faults.push(Fault::Pair { one, other, reason: clash.reason });
        }
    }
    loaded
}

fn position(key: &str) -> Option<(usize, &'static Setting)> {
    SETTINGS.iter().enumerate().find(|(_, setting)| setting.key == key)
}

impl Loaded {
    /// Every setting with its value in force, in the order of the table.
    pub fn all(&self) -> impl Iterator<Item = Given> {
        SETTINGS.iter().zip(&self.provenance).map(|(setting, origin)| Given {
            key: setting.key,
            value: (setting.show)(&self.config),
            origin: origin.clone(),
        })
    }

    fn given(&self, key: &'static str) -> Given {
        let unset = || Given { key, value: String::new(), origin: Origin::Default };
        self.all().find(|given| given.key == key).unwrap_or_else(unset)
    }
}
