//! What the directory remembers of rooms besides their messages: attributes, and who is in them.

use throng_protocol::{PersonId, Rank, Role, RoomId, RoomKind, RoomName};

/// What is said of a room that people made or changed. A room without it is public, and is called as its first
/// visitor wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomAttributes {
    /// Which room.
    pub id: RoomId,
    /// Who may see it.
    pub kind: RoomKind,
    /// What people call it. A direct room has an empty one.
    pub name: RoomName,
    /// What it is about.
    pub topic: Box<str>,
    /// The least role that may say something there.
    pub speak: Role,
    /// How long a person waits from one message to the next, in milliseconds.
    pub slow_ms: u64,
    /// The least rank that may invite.
    pub invite: Rank,
    /// Whether it is kept to be read.
    pub archived: bool,
    /// Whether it was deleted: nobody finds it any more.
    pub deleted: bool,
}

impl RoomAttributes {
    /// Those of a public room about which nothing was said.
    pub fn public(id: RoomId, name: RoomName) -> Self {
        Self {
            id,
            kind: RoomKind::Public,
            name,
            topic: "".into(),
            speak: Role::Guest,
            slow_ms: 0,
            invite: Rank::Member,
            archived: false,
            deleted: false,
        }
    }

    /// The name under which the log has the room. Only a public room has one that others could ask for; that of
    /// another one has a character that no name may have.
    pub fn name_in_log(&self) -> RoomName {
        match self.kind {
            RoomKind::Public if !self.deleted => self.name.clone(),
            _ => RoomName::kept(format!("/{}", self.id)),
        }
    }
}

/// Somebody's place in a room, here or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The room.
    pub room: RoomId,
    /// Who.
    pub person: PersonId,
    /// What they are called, or were when this was written.
    pub nick: Box<str>,
    /// What they are there.
    pub rank: Rank,
}
