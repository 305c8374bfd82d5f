//! The kinds of values that configure logging.

use std::str::FromStr;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::kind::Kind;

/// Which lines are logged, in the syntax of tracing's `EnvFilter`.
pub(super) struct Filter;

impl Kind for Filter {
    type Value = String;

    fn parse(&self, text: &str) -> Result<String, String> {
        // `EnvFilter` takes a single word that is not a level for the name of a target, so `inof` would be
        // accepted, and log nothing useful.
        let is_level = |word: &str| LevelFilter::from_str(word).is_ok();
        let is_lone = |word: &&str| !word.contains(['=', '[']) && !is_level(word);
        if text.trim().is_empty() {
            return Err("empty".into());
        }
        if !text.contains('[')
            && let Some(word) = text.split(',').map(str::trim).find(is_lone)
        {
            return Err(format!("{word:?} is not a level"));
        }
        EnvFilter::builder().parse(text).map_err(|error| error.to_string())?;
        Ok(text.into())
    }

    fn allowed(&self) -> String {
        "off, error, warn, info, debug or trace, perhaps with exceptions by target, such as \
         info,throng=debug"
            .into()
    }

    fn show(&self, value: &String) -> String {
        value.clone()
    }

    fn value_name(&self) -> &'static str {
        "FILTER"
    }
}

/// The format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line, for log collectors.
    Json,
}

/// A [`LogFormat`].
pub(super) struct Format;

impl Kind for Format {
    type Value = LogFormat;

    fn parse(&self, text: &str) -> Result<LogFormat, String> {
        match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("not a format".into()),
        }
    }

    fn allowed(&self) -> String {
        "text or json".into()
    }

    fn show(&self, value: &LogFormat) -> String {
        match value {
            LogFormat::Text => "text".into(),
            LogFormat::Json => "json".into(),
        }
    }

    fn value_name(&self) -> &'static str {
        "FORMAT"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_filter_with_a_misspelt_level_is_refused() {
        for text in ["info", "OFF", "warn,throng=debug", "info,throng[session{id=1}]=trace"] {
            assert_eq!(Filter.parse(text).as_deref(), Ok(text));
        }
        for text in ["", "inof", "info,debgu", "throng=inof"] {
            assert!(Filter.parse(text).is_err(), "{text}");
        }
    }
}
