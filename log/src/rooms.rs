//! What the directory remembers of rooms besides their messages: attributes, and who is in them.

use std::collections::BTreeMap;

use throng_protocol::{PersonId, Rank, Right, Role, RoomId, RoomKind, RoomName};

use crate::groups::GroupId;

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
    /// What it is for, at length.
    pub description: Box<str>,
    /// Its place among the others: 1 comes first, and 0 is none.
    pub order: u32,
    /// The least role that sees a public room.
    pub see: Role,
    /// The least role that may say something there.
    pub speak: Role,
    /// How long a person waits from one message to the next, in milliseconds.
    pub slow_ms: u64,
    /// The least rank that may invite.
    pub invite: Rank,
    /// The least role on the server that keeps it, beside its own moderators.
    pub moderate: Role,
    /// For each right the groups whose people have it as well; none where a right is missing.
    pub groups: BTreeMap<Right, Vec<GroupId>>,
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
            description: "".into(),
            order: 0,
            see: Role::Guest,
            speak: Role::Guest,
            slow_ms: 0,
            invite: Rank::Member,
            moderate: Role::Moderator,
            groups: BTreeMap::new(),
            archived: false,
            deleted: false,
        }
    }

    /// Whether only some people may know of the room: it takes no name from the public ones.
    pub fn is_hidden(&self) -> bool {
        self.kind != RoomKind::Public || self.see > Role::Guest
    }

    /// Whether the room is public, and there only for some.
    pub fn is_narrowed(&self) -> bool {
        self.kind == RoomKind::Public && self.see > Role::Guest
    }

    /// Whether the room names a group for some right.
    pub fn names(&self, group: GroupId) -> bool {
        self.groups.values().any(|groups| groups.contains(&group))
    }

    /// The groups whose people have a right here.
    pub fn groups_for(&self, right: Right) -> &[GroupId] {
        self.groups.get(&right).map_or(&[], Vec::as_slice)
    }

    /// The name under which the log has the room. Only one that everybody may know has one that others could ask for;
    /// that of another one has a character that no name may have.
    pub fn name_in_log(&self) -> RoomName {
        match self.is_hidden() || self.deleted {
            false => self.name.clone(),
            true => RoomName::kept(format!("/{}", self.id)),
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

/// Who reads what was written about rooms.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// Who it is.
    pub person: PersonId,
    /// Whose groups count for them: a bot's are its owner's.
    pub in_groups_as: PersonId,
    /// What they may do on the whole server.
    pub role: Role,
}
