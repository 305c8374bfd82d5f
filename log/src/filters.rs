//! What the directory remembers of filters: rules about what may be said.

use throng_protocol::{FilterAction, FilterKind, PersonId, Role, RoomId};

/// A rule about what may be said. It never changes; another rule has another number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Its number, which no other one ever has. 0 in one that is still to be written.
    pub number: u64,
    /// When it was made, in Unix milliseconds.
    pub made_ms: u64,
    /// Who made it; `None` for somebody at the server's machine.
    pub by: Option<PersonId>,
    /// What they were called then.
    pub by_name: Box<str>,
    /// The one room in which it holds; `None` for the whole server.
    pub room: Option<RoomId>,
    /// What it looks for.
    pub kind: FilterKind,
    /// The words, the regular expression, or the domains.
    pub text: Box<str>,
    /// What becomes of what it finds.
    pub action: FilterAction,
    /// From which role on nobody is concerned.
    pub exempt: Role,
    /// What people read to whom it happens.
    pub reason: Box<str>,
}
