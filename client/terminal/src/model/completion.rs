//! The word that Tab is completing.

/// A word that is being completed: each further Tab replaces it with the next choice.
#[derive(Clone, Debug)]
pub(crate) struct Completion {
    /// Where the choice stands in the line, in bytes.
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) choices: Vec<String>,
    /// The index of the choice that is in the line.
    pub(crate) at: usize,
}
