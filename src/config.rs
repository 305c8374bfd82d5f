//! The configuration: what an operator can set, and the values in force.
//!
//! `settings` has the one table. A setting's key, such as `data_dir`, gives its flag (`--data-dir`), its
//! variable (`THRONG_DATA_DIR`) and its key in the TOML file (`data_dir`). `main` passes the arguments and
//! the environment to [`cli`]. From every source, a value arrives as text with its [`Origin`], and goes
//! through the one parser of its setting. A flag overrides a variable, a variable the file, and the file the
//! default.
//!
//! All errors are reported at once: an operator who repairs a configuration should not have to start the
//! server once for each mistake.

use std::fmt;
use std::path::PathBuf;

mod check;
pub mod cli;
mod kind;
mod load;
mod log;
mod network;
mod people;
mod settings;
mod show;
mod source;
mod units;

#[cfg(test)]
mod tests;

pub use log::LogFormat;
pub use network::WebOrigin;
pub use people::Registration;
pub use settings::Config;
pub use show::markdown;

/// A configuration that passed every check, and the origin of each value.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The values in force.
    pub config: Config,
    /// The TOML file that was read, if one was named.
    pub file: Option<PathBuf>,
    /// Where each value comes from, in the order of the table of settings.
    provenance: Vec<Origin>,
}

/// The origin of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag, such as `--listen`.
    Flag(String),
    /// An environment variable, such as `THRONG_LISTEN`.
    Environment(String),
    /// The TOML file.
    File(PathBuf),
    /// Not set.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "flag {flag}"),
            Self::Environment(variable) => write!(f, "environment {variable}"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The command line could not be parsed, or it asked for `--help` or `--version`; clap's `exit()` prints
    /// it to the right stream and exits with the right code.
    #[error("{0}")]
    Usage(#[from] clap::Error),
    /// The configuration is wrong in at least one place.
    #[error("{}", list(.0))]
    Refused(Vec<Fault>),
}

/// One error in a configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A value that its setting does not allow.
    #[error("{key} = {value:?} ({origin}): {problem}; allowed: {allowed}")]
    Value {
        /// The setting.
        key: &'static str,
        /// What was given.
        value: String,
        /// Where it was given.
        origin: Origin,
        /// What is wrong with it.
        problem: String,
        /// What is allowed instead.
        allowed: String,
    },
    /// A TOML key or a variable that names no setting.
    #[error(
        "{origin}: there is no setting `{}`{}",
        name.escape_debug(),
        suggestion.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
    )]
    Unknown {
        /// What was given.
        name: String,
        /// Where it was given.
        origin: Origin,
        /// The most similar setting, if one is similar.
        suggestion: Option<String>,
    },
    /// The TOML file could not be read, or is not TOML.
    #[error("{path} (named by {origin}): {problem}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Where it was named.
        origin: Origin,
        /// What is wrong with it, and where.
        problem: String,
    },
    /// Two values that are valid alone but not together.
    #[error(
        "{} = {} ({}) does not go with {} = {} ({}): {reason}",
        .one.key, .one.value, .one.origin, .other.key, .other.value, .other.origin
    )]
    Pair {
        /// The value to be changed first.
        one: Box<Given>,
        /// The value that it conflicts with.
        other: Box<Given>,
        /// The rule that they break, with its reason.
        reason: String,
    },
}

/// A value in force, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The setting.
    pub key: &'static str,
    /// Its value.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
}

fn list(faults: &[Fault]) -> String {
    let mut text = String::from("the configuration is wrong, so the server did not start:");
    for fault in faults {
        text.push_str("\n  - ");
        text.push_str(&fault.to_string().trim_end().replace('\n', "\n    "));
    }
    text.push_str("\n`throng --help` lists the settings.");
    text
}
