//! What a run came to, for people (text, HTML) and for machines (JSON), and two runs side by side.
//! Everything here is made of a `record::Run`, and nothing else feeds it.

mod compare;
#[cfg(test)]
pub(crate) mod example;
mod file;
mod html;
mod plots;
mod text;
pub(crate) mod units;

use std::path::Path;

use anstream::{AutoStream, ColorChoice};
use anyhow::{Context, Result};

use crate::record::Run;

/// The report for the terminal that this program writes to, coloured if it is one and `NO_COLOR`
/// (<https://no-color.org>) doesn't forbid it.
pub(crate) fn text(run: &Run) -> String {
    for_terminal(text::of(run))
}

/// Writes a run as JSON, as HTML, or both. A file is there whole, or not at all.
pub(crate) fn write(run: &Run, json: Option<&Path>, html: Option<&Path>) -> Result<()> {
    if let Some(path) = json {
        file::write(path, &serde_json::to_vec_pretty(run)?)?;
    }
    if let Some(path) = html {
        let page = html::of(run).context("the plots could not be drawn")?;
        file::write(path, page.as_bytes())?;
    }
    Ok(())
}

/// Reads a run that `write` wrote as JSON.
pub(crate) fn read(path: &Path) -> Result<Run> {
    file::read(path)
}

/// Two runs side by side, in words: what `before` was, and what became of it in `after`.
pub(crate) fn compare(before: &Path, after: &Path) -> Result<String> {
    Ok(for_terminal(compare::of(&file::read(before)?, &file::read(after)?)))
}

fn for_terminal(styled: String) -> String {
    match AutoStream::choice(&std::io::stdout()) {
        ColorChoice::Never => anstream::adapter::strip_str(&styled).to_string(),
        _ => styled,
    }
}

#[cfg(test)]
mod tests;
