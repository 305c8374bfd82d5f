//! Answers to commands, before they become bytes.

use throng_protocol::{
    AuditOk, Greeting, LinkOk, LoginsOk, MembersPage, NickOk, Page, RefreshOk, Refusal, RegisterOk,
    RoomsPage, SecondFactorOk, Sent, WhoAmIOk, WhyOk,
};

use crate::wire::entry::Entry;

/// The bytes reserved for an answer without a page. The longest is an `error` that quotes the mistake and
/// suggests a name.
pub(crate) const ANSWER_BYTES: usize = 1_024;

/// The answer to one command.
#[derive(Debug)]
pub(crate) enum Answer {
    /// Done, with nothing else to say.
    Done,
    /// To `hello`.
    Greeting(Box<Greeting>),
    /// To `nick`.
    Nick(NickOk),
    /// To `link`.
    Link(LinkOk),
    /// To `whoami`.
    WhoAmI(WhoAmIOk),
    /// To `rooms`.
    Rooms(RoomsPage),
    /// To `join` and `history`.
    Page(Page<Entry>),
    /// To `send`.
    Sent(Sent),
    /// To `members`.
    Members(MembersPage),
    /// To `register`.
    Registered(RegisterOk),
    /// To `logins`.
    Logins(LoginsOk),
    /// To `second_factor`.
    SecondFactor(SecondFactorOk),
    /// To `audit`.
    Audit(AuditOk),
    /// To `why`.
    Why(WhyOk),
    /// To `refresh`.
    Refreshed(RefreshOk),
    /// It was not done.
    Refused(Refusal),
}

impl From<throng_room::Answer<Entry>> for Answer {
    fn from(answer: throng_room::Answer<Entry>) -> Self {
        match answer {
            throng_room::Answer::Page(page) => Self::Page(page),
            throng_room::Answer::Sent(sent) => Self::Sent(sent),
            throng_room::Answer::Members(members) => Self::Members(members),
            throng_room::Answer::Done => Self::Done,
            throng_room::Answer::Refused(refusal) => Self::Refused(refusal),
        }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
