//! Messages written here that are not in the log yet, and what became of them.

use throng_protocol::Cid;

use crate::styled_text::StyledText;

/// A message of ours that is not in the log yet.
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

/// The state of a send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SendState {
    /// No answer yet.
    Pending,
    /// On the server's disk; its message has not reached us yet.
    Sent,
    /// Failed. Only the person sends it again.
    Failed(Failure),
}

/// Why a send failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) why: String,
    /// Whether the server will never accept this text.
    pub(crate) is_final: bool,
    /// Whether the message may be in the log all the same.
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
