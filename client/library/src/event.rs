//! What the caller hears, and the values it hands in: events, states, cursors, ranges.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use throng_protocol::{
    Deleted, Edited, Epoch, Fault, KeptAway, MemberSample, Message, OwnRoom, PersonId, Presence,
    ReportMade, Role, RoomId, RoomInfo, User,
};

use crate::error::DisconnectReason;
use crate::room::Room;

/// Something that the caller of the library hears, in the order in which it happened.
///
/// ```
/// # use throng_client::Event;
/// fn line(event: &Event) -> Option<String> {
///     match event {
///         Event::Message { room, message, .. } => Some(format!("{room} <{}> {}", message.from.nick, message.text)),
///         Event::Gap { room, next, .. } => Some(format!("{room}: messages before {next} are not here")),
///         Event::State(state) => Some(state.to_string()),
///         _ => None,
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The connection's state changed.
    State(State),
    /// The server took us in, at first or again.
    Greeted {
        /// Who we are there.
        user: User,
        /// What we may do on the whole server.
        role: Role,
        /// Why we are called other than we asked.
        notice: Option<String>,
    },
    /// Something was said. Per room every one comes once, in the order of `seq`, and without a hole
    /// except where an [`Event::Gap`] came.
    Message {
        /// The room.
        room: Room,
        /// What was said.
        message: Message,
        /// Whether it was read from the log: said before we joined, or while we were away or
        /// behind. `false` when it came as it was said.
        caught_up: bool,
    },
    /// Texts of earlier messages were deleted: forget them. It comes once, in the order of `seq`, as messages do.
    /// A message that is read from the log after that comes as [`Event::Message`] with an empty text, and says in
    /// `deleted` which entry did it.
    Deleted {
        /// The room.
        room: Room,
        /// Which messages, and who did it.
        deleted: Deleted,
        /// Whether it was read from the log.
        caught_up: bool,
    },
    /// The text of an earlier message was replaced. It comes once, in the order of `seq`, as messages do. A message that
    /// is read from the log after that has the new text, and says in `edited` which entry it is from: an
    /// [`Edited`] with a smaller seq is older than what the message says, and one without a text was followed by another.
    Edited {
        /// The room.
        room: Room,
        /// Which message, and what it says now.
        edited: Edited,
        /// Whether it was read from the log.
        caught_up: bool,
    },
    /// What lies before the next message is not brought by itself; [`crate::Client::history`] loads
    /// it.
    Gap {
        /// The room.
        room: Room,
        /// The first seq that the server's log still has.
        first: u64,
        /// The last seq of the server's log.
        head: u64,
        /// The last message that was shown before the gap.
        last: u64,
        /// The seq with which it goes on. `last + 1` to `next - 1` is what is missing.
        next: u64,
        /// The log is another one than before (a backup was restored): the seqs of this room mean
        /// other messages now. Forget what you have.
        reset: bool,
    },
    /// A room was joined. Its latest messages follow, with `caught_up: true`.
    Joined(Joined),
    /// A room was left, and nothing more of it comes. It also comes for a room that the server has
    /// forgotten while we were away, which happens only where nothing was ever said; when it was joined
    /// by its name, the room that has the name now is joined then.
    Left {
        /// The room.
        room: Room,
    },
    /// Somebody took us out of a room or deleted it, or another device of ours left it for good; nothing more
    /// of it comes. To join it again may be refused.
    Removed {
        /// The room.
        room: Room,
        /// Why, in words.
        reason: String,
    },
    /// A private or direct room that was not joined here is none of ours any more.
    SeatGone {
        /// Which one.
        id: RoomId,
        /// Why, in words.
        reason: String,
    },
    /// We have another room, or another rank in one: somebody invited us, opened a direct room with us or made us
    /// a moderator, or we made, opened or accepted one, here or on another device. It is not joined here by itself.
    /// A client that reads slowly may miss some of these: [`crate::Client::my_rooms`] is what counts.
    Added {
        /// The room, and what we are there.
        own: OwnRoom,
        /// Who did it, if it was somebody else.
        by: Option<User>,
    },
    /// On another device we keep somebody away, or no more.
    KeptAway(KeptAway),
    /// A message was reported in a room that we keep: [`crate::Client::reports`] says which.
    Reported(ReportMade),
    /// A room that was joined was changed: its name, its topic, or who may do what there. From now on its name here is the
    /// new one, and the old name means it no more. It also comes after a reconnect, for what was changed meanwhile.
    Changed {
        /// The room, as it is called now.
        room: Room,
        /// All that is said of it.
        info: RoomInfo,
        /// What it is for, at length.
        description: String,
    },
    /// Somebody gave us another role on the whole server.
    Role(Role),
    /// We are shown otherwise, by what we said on one of our devices or since one came or went. While it is
    /// [`Presence::Dnd`], notify of nothing.
    Presence(Presence),
    /// Who is writing. Forget each six seconds after they were last named.
    Typing {
        /// The room.
        room: Room,
        /// Nicks, ours perhaps among them.
        who: Vec<String>,
    },
    /// Who is in a room changed.
    Members {
        /// The room.
        room: Room,
        /// How many are there now.
        count: u64,
        /// How many of these are away.
        away: u64,
        /// How many of these do not want to be disturbed.
        dnd: u64,
        /// What is known of who they are.
        change: Change,
    },
    /// The server refused something that nobody waits for: to come back into a room, which is then
    /// left, or a frame of ours.
    Refused {
        /// The room, if it is about one.
        room: Option<Room>,
        /// Why.
        fault: Fault,
    },
}

/// What is known of a change of members.
///
/// ```
/// # use throng_client::Change;
/// fn apply(nicks: &mut Vec<String>, change: Change) {
///     match change {
///         Change::Sample(users) => *nicks = users.into_iter().map(|user| user.nick).collect(),
///         Change::Moved { joined, .. } => nicks.extend(joined.into_iter().map(|user| user.nick)),
///         _ => {}
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// Some of the members; all of them if there are as many as the count.
    Sample(Vec<User>),
    /// Who came (or has another nick or presence now), and who left.
    Moved {
        /// Who is there now and was not before, or has another nick or presence.
        joined: Vec<User>,
        /// Who was there before and is not now.
        left: Vec<PersonId>,
    },
    /// Only the counts: the room is large.
    Count,
}

/// A room that was joined.
///
/// ```no_run
/// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
/// let joined = client.join("lobby").await?;
/// println!("{} with {} people, {} messages", joined.room, joined.members.count, joined.head);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Joined {
    /// The room.
    pub room: Room,
    /// All that is said of it.
    pub info: RoomInfo,
    /// What it is for, at length; empty for nothing.
    pub description: String,
    /// The first seq that the server's log still has.
    pub first: u64,
    /// The last seq of the server's log.
    pub head: u64,
    /// Who is there.
    pub members: MemberSample,
}

/// How the connection is.
///
/// ```
/// # use throng_client::State;
/// assert_eq!(State::Live.to_string(), "connected");
/// assert!(!State::Connecting { attempt: 1 }.is_connected());
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum State {
    /// A connection is being made, and its greeting is waited for.
    Connecting {
        /// 1 for the first attempt since the last greeting.
        attempt: u32,
    },
    /// Greeted, and every room that was joined is live.
    Live,
    /// Greeted, and reading what was missed.
    CatchingUp {
        /// The number of rooms when it began.
        rooms: usize,
    },
    /// Not connected; it comes back by itself.
    Offline {
        /// Why.
        why: DisconnectReason,
        /// When the next attempt is made, from the moment of this event.
        again_in: Duration,
    },
    /// Ended: it does not come back by itself.
    Closed {
        /// Why.
        why: DisconnectReason,
    },
}

impl State {
    /// Whether the server has greeted us on the connection that there is.
    ///
    /// ```
    /// assert!(throng_client::State::CatchingUp { rooms: 2 }.is_connected());
    /// ```
    pub fn is_connected(&self) -> bool {
        matches!(self, Self::Live | Self::CatchingUp { .. })
    }
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Connecting { attempt: 1 } => f.write_str("connecting"),
            Self::Connecting { attempt } => write!(f, "connecting, attempt {attempt}"),
            Self::Live => f.write_str("connected"),
            Self::CatchingUp { rooms: 1 } => f.write_str("catching up in a room"),
            Self::CatchingUp { rooms } => write!(f, "catching up in {rooms} rooms"),
            Self::Offline { why, again_in } => {
                write!(f, "offline, again in {:.1} s: {why}", again_in.as_secs_f64())
            }
            Self::Closed { why } => write!(f, "closed: {why}"),
        }
    }
}

/// A place in a room: everything up to it has been shown. Keep it under the room's id where it
/// outlives the program, and [`crate::Client::join_after`] reads on from there.
///
/// ```no_run
/// # async fn example(client: throng_client::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let room = client.join("lobby").await?.room;
/// if let Some(cursor) = client.cursor(&room) {
///     std::fs::write(room.id.to_string(), format!("{} {}", cursor.epoch, cursor.seq))?;
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor {
    /// The log that `seq` belongs to.
    pub epoch: Epoch,
    /// The last message that was shown.
    pub seq: u64,
}

/// Which piece of a room's log is asked for.
///
/// ```no_run
/// # use throng_client::{Client, Range};
/// # async fn example(client: Client) -> Result<(), throng_client::RequestError> {
/// let page = client.history("lobby", Range::Before(4711), 50).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Range {
    /// The latest page.
    #[default]
    Latest,
    /// The page that ends right before this seq.
    Before(u64),
    /// The page that begins right after this seq.
    After(u64),
    /// The page with this seq in its middle.
    Around(u64),
}

/// Which part of the list of rooms is asked for. The default is its beginning.
///
/// ```no_run
/// # use throng_client::{Client, RoomsQuery};
/// # async fn example(client: Client) -> Result<(), throng_client::RequestError> {
/// let mut query = RoomsQuery::default();
/// loop {
///     let page = client.rooms(query.clone()).await?;
///     page.rooms.iter().for_each(|room| println!("{} {}", room.name, room.members));
///     let Some(after) = page.after else { break };
///     query = RoomsQuery { after: Some(after), ..query };
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomsQuery {
    /// Only rooms that have this in their names, whatever the case.
    pub query: Option<String>,
    /// Only rooms that come after this name.
    pub after: Option<String>,
    /// The most rooms to return; the server has its own limit.
    pub limit: Option<u64>,
}
