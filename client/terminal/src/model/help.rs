//! The help, while it covers the log.

/// A line: a command or a key, and what it does.
pub(crate) type HelpLine = (String, String);

/// The open help.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Help {
    pub(crate) lines: Vec<HelpLine>,
    /// How many rows are above the screen.
    pub(crate) top: usize,
}
