//! The result of a run for people (text, HTML) and for machines (JSON), and two runs side by side. Everything
//! here is made from a `record::Run` only.

pub(crate) mod compare;
mod destination;
mod escape;
mod file;
mod html;
mod plots;
mod text;
mod warnings;

use std::path::Path;

use anstream::{AutoStream, ColorChoice};
use anyhow::{Context, Result};

pub(crate) use self::destination::Destination;
pub(crate) use self::text::aligned;
pub(crate) use self::warnings::{Warning, condensed};
use crate::record::{BoundCheck, Run};

/// The report for stdout, in colour if that is a terminal and `NO_COLOR` (<https://no-color.org>) doesn't
/// forbid it.
pub(crate) fn text(run: &Run) -> String {
    for_terminal(text::of(run))
}

/// The doubts about a comparison, and the bounds on it, for the terminal.
pub(crate) fn findings(warnings: &[String], flaws: &[String], checks: &[BoundCheck]) -> String {
    for_terminal(text::findings(warnings, flaws, checks))
}

/// Where a run is written to. Opened before the run, to fail then if it can't be written.
pub(crate) struct Outputs {
    json: Option<Destination>,
    html: Option<Destination>,
}

impl Outputs {
    pub(crate) fn open(json: Option<&Path>, html: Option<&Path>) -> Result<Self> {
        let open = |path: Option<&Path>| path.map(Destination::open).transpose();
        Ok(Self { json: open(json)?, html: open(html)? })
    }

    /// Writes the run as JSON, as HTML, or both.
    pub(crate) fn write(self, run: &Run) -> Result<()> {
        if let Some(json) = self.json {
            json.write(&serde_json::to_vec_pretty(run)?)?;
        }
        if let Some(html) = self.html {
            html.write(html::of(run).context("the plots could not be drawn")?.as_bytes())?;
        }
        Ok(())
    }
}

/// Reads a run from JSON.
pub(crate) fn read(path: &Path) -> Result<Run> {
    file::read(path)
}

/// Two runs side by side, in words: `before`, and how it changed in `after`.
pub(crate) fn compare(before: &Run, after: &Run, checks: &[BoundCheck]) -> String {
    for_terminal(compare::of(before, after, checks))
}

fn for_terminal(styled: String) -> String {
    match AutoStream::choice(&std::io::stdout()) {
        ColorChoice::Never => anstream::adapter::strip_str(&styled).to_string(),
        _ => styled,
    }
}

#[cfg(test)]
mod tests;
