//! What was written here and is not in the log yet, and what became of it.

use throng_protocol::Cid;

use crate::styled_text::StyledText;

/// Something of ours that is not in the log yet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outgoing {
    pub(crate) key: u64,
    pub(crate) cid: Option<Cid>,
    pub(crate) text: String,
    pub(crate) rich: StyledText,
    pub(crate) is_action: bool,
    pub(crate) at: u64,
    pub(crate) state: SendState,
}

impl Outgoing {
    pub(crate) fn new(key: u64, text: &str, is_action: bool, at: u64) -> Self {
        let (text, rich) = (text.to_owned(), StyledText::read(text, None, false));
        let rich = if is_action { rich.done_by("*") } else { rich };
        Self { key, cid: None, text, rich, is_action, at, state: SendState::Pending }
    }
}

/// How far a send is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SendState {
    /// Without an answer.
    Pending,
    /// On the server's disk; its message is on its way to us.
    Sent,
    /// It will not be tried again unless the person says so.
    Failed(Failure),
}

/// Why a send failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) why: String,
    /// The same text will never be accepted.
    pub(crate) is_final: bool,
    /// It may have been said all the same.
    pub(crate) is_unknown: bool,
}

impl Failure {
    /// What happened, and what to do about it.
    pub(crate) fn sentence(&self) -> String {
        let next = match self.is_final {
            true => "Press Up to change it, or /discard it.",
            false => "/retry sends it again, /discard throws it away.",
        };
        let what = if self.is_unknown { "Perhaps not sent" } else { "Not sent" };
        format!("{what}: {}. {next}", self.why.trim_end_matches('.'))
    }
}

impl SendState {
    pub(crate) fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            Self::Pending | Self::Sent => None,
        }
    }
}
