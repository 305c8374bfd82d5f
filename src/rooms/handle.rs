//! The handle: how sessions reach a room's task.
//!
//! The inbox is bounded: when it is full, a session waits for a bounded time, and then its client gets
//! `busy`. Leaving needs no place in the inbox.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Waker;
use std::time::Duration;

use async_channel::{Receiver, Sender, TrySendError};
use async_io::Timer;
use futures::channel::oneshot;
use futures::future::{Either, select};
use futures::task::AtomicWaker;
use parking_lot::{Mutex, RwLock};
use throng_log::{NamedRoom, RoomAttributes};
use throng_protocol::{
    Fold, PersonId, Presence, RoomChanged, RoomGroups, RoomId, RoomInfo, RoomKind,
};
use throng_room::{Asked, Cursor, JoinId, Waiting};

use crate::base::rate_limit::{Rate, Used};
use crate::delivery::peer::Peer;
use crate::delivery::ticket::Ticket;
use crate::filter::Judged;
use crate::groups::Groups;
use crate::identity::people::Person;
use crate::wire::answer::Answer;

/// How many commands wait for a room. While a batch is being committed (a few milliseconds) the room keeps
/// taking commands, so the limit is only reached when the room itself is busy: in a fan-out to thousands, or
/// with a full batch waiting behind the one in the log.
const INBOX_MAX: usize = 128;

/// How often to look up a room again that ended between the lookup and the command.
pub(crate) const LOOKUPS: usize = 8;

/// A session's command to a room. Inboxes hold boxes: a channel allocates all its places when it is made, and
/// 128 whole commands took 53 KB for every room.
pub(crate) enum Command {
    Join { join_id: JoinId, peer: Arc<Peer>, person: Arc<Person>, cursor: Cursor, ticket: Ticket },
    Send(Waiting<Ticket>, Judged),
    History { asked: Asked, limit: Option<u64>, ticket: Ticket },
    Members { ticket: Ticket },
    Typing { connection: u64, ticket: Ticket },
}

impl Command {
    /// The ticket of a command that can't be carried out.
    pub(crate) fn into_ticket(self) -> Ticket {
        match self {
            Self::Send(Waiting { ticket, .. }, _)
            | Self::Join { ticket, .. }
            | Self::History { ticket, .. }
            | Self::Members { ticket }
            | Self::Typing { ticket, .. } => ticket,
        }
    }
}

/// Notes need no place in the inbox: at most one leave for each join waits, and one change of nick for each
/// person.
pub(super) enum Note {
    Left { join_id: JoinId, ticket: Option<Ticket> },
    Renamed { person: PersonId, nick: String },
    Enforce(Enforce),
}

/// A rule has changed: what was taken before it is shown, and what comes after it is judged by it. `done` is told
/// when nothing that was taken before is still on its way.
pub(crate) struct Enforce {
    pub(crate) rule: Rule,
    pub(crate) done: oneshot::Sender<()>,
}

/// What has changed.
#[derive(Clone, Debug)]
pub(crate) enum Rule {
    /// A restriction that takes nobody out.
    Restriction,
    /// Every session of a person is taken out. They read the reason, if there is one.
    Out(PersonId, Option<String>),
    /// Everybody is taken out, and reads the reason.
    AllOut(String),
    /// Who may see the room is judged again: who may not is taken out.
    Sight,
    /// What is said of the room: who may not see it any more is taken out, and everybody else who is there hears of it.
    Attributes,
}

impl Note {
    /// Completes a note if the room has ended: a session that leaves has left.
    fn settle(self) {
        if let Self::Left { ticket: Some(ticket), .. } = self {
            ticket.answer(&Answer::Done);
        }
    }
}

/// The handle of a room's task.
pub(crate) struct Handle {
    number: u64,
    id: RoomId,
    shown: RwLock<Arc<Shown>>,
    inbox: Sender<Box<Command>>,
    /// The receiving end of the inbox, to empty it when the room has ended.
    rest: Receiver<Box<Command>>,
    notes: Mutex<Vec<Note>>,
    /// How the people of these connections are there now. When a crowd goes to lunch, thousands come at once: at most
    /// one for each connection waits.
    presences: Mutex<HashMap<u64, Presence>>,
    noted: AtomicWaker,
    /// How many people are in the room, for the list of rooms.
    people: Arc<AtomicUsize>,
    /// Whether no message is known to have been sent there.
    is_blank: AtomicBool,
    is_draining: AtomicBool,
    sends: Mutex<Used>,
    /// Joins that were ended by the room, until their sessions have seen it.
    removed: Mutex<Vec<JoinId>>,
    has_removed: AtomicBool,
}

/// What is said of a room at this moment.
pub(crate) struct Shown {
    pub(crate) attributes: RoomAttributes,
    pub(crate) fold: Fold,
}

impl Shown {
    pub(crate) fn new(attributes: RoomAttributes) -> Arc<Self> {
        let fold = attributes.name.fold();
        Arc::new(Self { attributes, fold })
    }

    /// The room for its members.
    pub(crate) fn info(&self, groups: &Groups) -> RoomInfo {
        let it = &self.attributes;
        let named = it.groups.iter().fold(RoomGroups::default(), |all, (right, named)| {
            all.with(*right, groups.names(named))
        });
        RoomInfo {
            id: it.id,
            name: it.name.as_str().to_owned(),
            kind: it.kind,
            topic: it.topic.to_string(),
            speak: it.speak,
            slow_ms: it.slow_ms,
            invite: it.invite,
            archived: it.archived,
            see: it.see,
            moderate: it.moderate,
            groups: (!named.is_empty()).then(|| Box::new(named)),
            order: it.order,
        }
    }

    /// The same with its description.
    pub(crate) fn whole(&self, groups: &Groups) -> RoomChanged {
        let description = self.attributes.description.to_string();
        RoomChanged { room: self.info(groups), description }
    }

    /// Whether it is private or direct: it has a list of members, and they alone may know of it.
    pub(crate) fn is_closed(&self) -> bool {
        self.attributes.kind != RoomKind::Public
    }
}

/// The room has ended: look it up again.
pub(crate) struct Ended(pub(crate) Box<Command>);

impl Handle {
    /// Makes the two ends of a room; `is_new` if the log does not have it. The list of rooms shares `people`.
    pub(crate) fn new(
        number: u64,
        shown: Arc<Shown>,
        is_new: bool,
        people: Arc<AtomicUsize>,
    ) -> (Arc<Self>, Receiver<Box<Command>>) {
        let (inbox, receiver) = async_channel::bounded(INBOX_MAX);
        let handle = Self {
            number,
            id: shown.attributes.id,
            shown: RwLock::new(shown),
            inbox,
            rest: receiver.clone(),
            notes: Mutex::new(Vec::new()),
            presences: Mutex::default(),
            noted: AtomicWaker::new(),
            people,
            is_blank: AtomicBool::new(is_new),
            is_draining: AtomicBool::new(false),
            sends: Mutex::default(),
            removed: Mutex::default(),
            has_removed: AtomicBool::new(false),
        };
        (Arc::new(handle), receiver)
    }

    pub(crate) fn id(&self) -> RoomId {
        self.id
    }

    /// The room as the log has it.
    pub(crate) fn in_log(&self) -> NamedRoom {
        NamedRoom { id: self.id, name: self.shown().attributes.name_in_log() }
    }

    /// What is said of the room.
    pub(crate) fn shown(&self) -> Arc<Shown> {
        Arc::clone(&self.shown.read())
    }

    /// Whether this is the name of the room.
    pub(crate) fn is_called(&self, fold: &Fold) -> bool {
        self.shown.read().fold == *fold
    }

    /// Whether it comes before others of the same name: a public room that only some see first, then a private one.
    pub(crate) fn precedence(&self) -> u8 {
        let shown = self.shown.read();
        match (shown.attributes.is_narrowed(), shown.is_closed()) {
            (true, _) => 0,
            (_, true) => 1,
            _ => 2,
        }
    }

    pub(super) fn set_shown(&self, shown: Arc<Shown>) {
        *self.shown.write() = shown;
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Takes `count` sends from the room's rate, or returns in how many milliseconds that will be possible.
    pub(crate) fn take_sends(&self, count: u32, rate: Rate, now_ms: u64) -> Result<(), u64> {
        self.sends.lock().take_many(count, rate, now_ms)
    }

    /// Whether the room leaves nothing behind when it ends.
    pub(crate) fn is_blank(&self) -> bool {
        self.is_blank.load(Ordering::Relaxed)
    }

    /// Puts a command into the inbox, and returns whether it had a place within this time. If not, the
    /// command is dropped, and its ticket answers `busy`.
    pub(crate) async fn send(&self, command: Box<Command>, wait: Duration) -> Result<bool, Ended> {
        match self.inbox.try_send(command) {
            Ok(()) => Ok(true),
            Err(TrySendError::Closed(command)) => Err(Ended(command)),
            Err(TrySendError::Full(command)) => {
                let sending = std::pin::pin!(self.inbox.send(command));
                match select(sending, Timer::after(wait)).await {
                    Either::Left((Err(closed), _)) => Err(Ended(closed.into_inner())),
                    Either::Left((Ok(()), _)) => Ok(true),
                    Either::Right(_) => Ok(false),
                }
            }
        }
    }

    /// Removes a member, and answers the command with which it left, if there is one.
    pub(crate) fn leave(&self, join_id: JoinId, ticket: Option<Ticket>) {
        let note = Note::Left { join_id, ticket };
        let mut notes = self.notes.lock();
        if self.inbox.is_closed() {
            note.settle();
            return;
        }
        notes.push(note);
        drop(notes);
        self.noted.wake();
    }

    /// Tells the room that a person has changed their nick.
    pub(crate) fn rename(&self, person: PersonId, nick: &str) {
        let mut notes = self.notes.lock();
        notes.retain(|note| !matches!(note, Note::Renamed { person: who, .. } if *who == person));
        notes.push(Note::Renamed { person, nick: nick.to_owned() });
        drop(notes);
        self.noted.wake();
    }

    /// Tells the room how the person of a connection is there.
    pub(crate) fn note_presence(&self, connection: u64, presence: Presence) {
        let mut presences = self.presences.lock();
        if !self.inbox.is_closed() {
            presences.insert(connection, presence);
            drop(presences);
            self.noted.wake();
        }
    }

    /// Has the room enforce a rule. When the room has ended, there is nothing to do.
    pub(crate) fn enforce(&self, rule: Rule) -> oneshot::Receiver<()> {
        let (done, is_done) = oneshot::channel();
        let mut notes = self.notes.lock();
        if !self.inbox.is_closed() {
            notes.push(Note::Enforce(Enforce { rule, done }));
            drop(notes);
            self.noted.wake();
        }
        is_done
    }

    /// Remembers that the room has ended this join.
    pub(super) fn end_join(&self, join_id: JoinId) {
        self.removed.lock().push(join_id);
        self.has_removed.store(true, Ordering::Release);
    }

    /// Whether the room has ended this join.
    pub(crate) fn has_ended(&self, join_id: JoinId) -> bool {
        self.has_removed.load(Ordering::Acquire) && self.removed.lock().contains(&join_id)
    }

    /// Forgets that the room has ended a join: its session has left. Returns whether it had ended it.
    pub(super) fn forget_ended(&self, join_id: JoinId) -> bool {
        if !self.has_removed.load(Ordering::Acquire) {
            return false;
        }
        let mut removed = self.removed.lock();
        let found = removed.iter().position(|it| *it == join_id);
        if let Some(found) = found {
            removed.swap_remove(found);
            self.has_removed.store(!removed.is_empty(), Ordering::Release);
        }
        found.is_some()
    }

    /// Lets the room end as soon as nobody is there.
    pub(crate) fn drain(&self) {
        self.is_draining.store(true, Ordering::Relaxed);
        self.noted.wake();
    }

    pub(super) fn is_draining(&self) -> bool {
        self.is_draining.load(Ordering::Relaxed)
    }

    /// Has the room's task woken when a note comes.
    pub(super) fn wake_at_notes(&self, waker: &Waker) {
        self.noted.register(waker);
    }

    pub(super) fn take_notes(&self) -> Vec<Note> {
        std::mem::take(&mut *self.notes.lock())
    }

    /// How people are there now, by connection.
    pub(super) fn take_presences(&self) -> HashMap<u64, Presence> {
        std::mem::take(&mut *self.presences.lock())
    }

    /// Updates the list of rooms: how many people are here, and whether there are no messages.
    pub(super) fn show(&self, people: usize, is_blank: bool) {
        self.people.store(people, Ordering::Relaxed);
        self.is_blank.store(is_blank, Ordering::Relaxed);
    }

    /// Closes the inbox if it is empty. Call this under the map's entry.
    pub(crate) fn close_if_empty(&self) -> bool {
        let is_empty = self.inbox.is_empty() && self.notes.lock().is_empty();
        if is_empty {
            self.close();
        }
        is_empty
    }

    /// Closes the inbox of a task that ends, however it ends. Commands still in it are dropped, and so
    /// answered with `busy`: a channel would keep them as long as anybody holds an end.
    pub(crate) fn close(&self) {
        self.inbox.close();
        while self.rest.try_recv().is_ok() {}
        for note in std::mem::take(&mut *self.notes.lock()) {
            note.settle();
        }
    }
}
