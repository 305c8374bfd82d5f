//! A room as this client sees it: messages, sends without an answer, members.

use throng_protocol::{Cid, Edited, Message, PersonId, Presence, RoomId, RoomInfo, RoomKind, User};

use super::holes::Holes;
use super::label::RoomLabel;
use super::outgoing::Outgoing;
use super::own;
use super::search::Search;
use crate::composer::Composer;
use crate::sanitize;
use crate::styled_text::StyledText;

/// The most messages and notes kept of a room. Scrolling up reads older messages from the server's log again.
const ENTRIES_MAX: usize = 5_000;

/// How long somebody counts as typing after a `typing` event (protocol, `typing`).
const TYPING_MS: u64 = 6_000;

/// One page of the client.
#[derive(Debug, Default)]
pub(crate) struct Room {
    /// This client's number of the page, the same for the page's life.
    pub(crate) number: u64,
    /// The room's id, once the server has sent it.
    pub(crate) id: Option<RoomId>,
    pub(crate) name: String,
    /// What the server says of the room, sanitized for the screen.
    pub(crate) info: Option<RoomInfo>,
    /// What it is for, sanitized line by line.
    pub(crate) description: String,
    /// Who else is in it, if it is a direct room.
    pub(crate) others: Vec<User>,
    /// Whether the server has let us in at least once.
    pub(crate) joined: bool,
    /// Whether it was asked to let us in, and has neither answered nor put us out since.
    pub(crate) asked: bool,
    /// The text that the person is writing here.
    pub(crate) line: Composer,
    /// In the order of the screen: messages by seq, notes where they came.
    pub(crate) entries: Vec<Entry>,
    /// Messages written here that have not come back from the server.
    pub(crate) outgoing: Vec<Outgoing>,
    /// How many entries were ever added at the end. `line_mode` prints those that are new since its last
    /// look.
    pub(crate) pushed: u64,
    pub(crate) unread: usize,
    pub(crate) mentions: usize,
    /// The first seq that the server's log has.
    first: u64,
    /// Whether a message or a gap has been reported here.
    pub(crate) has_started: bool,
    /// The seqs that are not here and can be loaded.
    pub(crate) holes: Holes,
    /// Whether a page of history has been requested and not yet arrived.
    pub(crate) loading: bool,
    /// The line at the bottom of the screen; `None` at the end of the log.
    pub(crate) place: Option<Place>,
    /// The screen was cleared up to and including this line.
    pub(crate) cleared: Option<Key>,
    /// The person's search in this room.
    pub(crate) search: Option<Search>,
    /// The head when we joined: messages up to it are not new.
    pub(crate) old_up_to: u64,
    /// The last seq that was seen when the person looked away: the unread divider comes after it.
    pub(crate) seen: Option<u64>,
    pub(crate) people: People,
    /// Nicks that are typing, and until when that counts.
    pub(crate) typing: Vec<(String, u64)>,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Entry {
    Said(Said),
    Note { number: u64, at: u64, tone: Tone, lines: Vec<String> },
}

/// Identifies a line of the log, whatever is added before or after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Said(u64),
    Note(u64),
    Outgoing(u64),
}

/// A position in the log, held by its line: it does not move when lines are added above or below, or when the
/// screen's width changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) key: Key,
    /// How many of its rows are below the screen.
    pub(crate) below: usize,
}

/// The kind of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Error,
}

/// A message of the server's log, sanitized for the screen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Said {
    pub(crate) seq: u64,
    pub(crate) at: u64,
    pub(crate) from: PersonId,
    pub(crate) nick: String,
    /// As it was written: sanitize it before you show it.
    pub(crate) text: String,
    pub(crate) rich: StyledText,
    pub(crate) is_action: bool,
    /// Whether its text was deleted.
    pub(crate) is_deleted: bool,
    /// The seq of the entry that replaced its text last.
    pub(crate) edited: Option<u64>,
    /// Whether it is hidden from most, and we see it since we keep the room.
    pub(crate) is_shadow: bool,
}

/// What stands in the place of a deleted text.
const DELETED: &str = "(deleted)";

/// What stands after a text that was replaced.
const EDITED: &str = "(edited)";

/// What stands after a text that only its sender sees, and those who keep the room.
const SHADOW: &str = "(hidden from others)";

/// Who is in a room.
#[derive(Clone, Debug, Default)]
pub(crate) struct People {
    pub(crate) count: u64,
    /// How many of them are away.
    pub(crate) away: u64,
    pub(crate) sample: Vec<Member>,
}

/// Somebody in a room, with a nick for the screen.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) id: PersonId,
    pub(crate) nick: String,
    pub(crate) presence: Presence,
}

impl Room {
    pub(crate) fn new(number: u64, label: &RoomLabel) -> Self {
        Self { number, id: label.id, name: sanitize::line(&label.name), ..Self::default() }
    }

    pub(crate) fn label(&self) -> RoomLabel {
        RoomLabel { id: self.id, name: self.name.clone() }
    }

    /// What the room is called, with its sign.
    pub(crate) fn title(&self) -> String {
        match self.kind() {
            RoomKind::Direct => own::with(&self.others),
            RoomKind::Public | RoomKind::Private => format!("#{}", self.name),
        }
    }

    pub(crate) fn kind(&self) -> RoomKind {
        self.info.as_ref().map_or(RoomKind::Public, |info| info.kind)
    }

    pub(crate) fn topic(&self) -> &str {
        self.info.as_ref().map_or("", |info| &info.topic)
    }

    pub(crate) fn set_description(&mut self, description: &str) {
        let lines = description.lines().map(sanitize::line);
        self.description = lines.collect::<Vec<_>>().join("\n");
    }

    pub(crate) fn set_info(&mut self, info: &RoomInfo) {
        let (name, topic) = (sanitize::line(&info.name), sanitize::line(&info.topic));
        self.info = Some(RoomInfo { name, topic, ..info.clone() });
    }

    /// The server says which room this page is. If the id is another one than before, the log is another one
    /// too.
    pub(crate) fn is_called(&mut self, label: &RoomLabel) {
        if self.id.is_some() && self.id != label.id {
            self.entries.retain(|entry| entry.seq().is_none());
            self.holes.clear();
            (self.has_started, self.seen, self.cleared) = (false, None, None);
        }
        self.id = label.id;
        self.name = sanitize::line(&label.name);
    }

    /// Adds an entry at the end.
    pub(crate) fn push(&mut self, mut entry: Entry) {
        self.pushed += 1;
        if let Entry::Note { number, .. } = &mut entry {
            *number = self.pushed;
        }
        self.entries.push(entry);
        if self.entries.len() > ENTRIES_MAX && self.place.is_none() {
            self.entries.drain(..self.entries.len() - ENTRIES_MAX);
            let oldest = self.entries.iter().find_map(Entry::seq);
            self.holes.add(self.first.max(1), oldest.map_or(0, |oldest| oldest - 1));
        }
    }

    /// Forgets the texts of these messages.
    pub(crate) fn delete(&mut self, seqs: &[u64]) {
        for entry in &mut self.entries {
            if let Entry::Said(said) = entry
                && seqs.contains(&said.seq)
            {
                said.delete();
            }
        }
    }

    /// Shows the new text of a message. `me` and `words` are those of [`Said::new`].
    pub(crate) fn edit(&mut self, edited: &Edited, me: Option<&str>, words: bool) {
        for entry in &mut self.entries {
            if let Entry::Said(said) = entry
                && said.seq == edited.message
            {
                said.edit(edited, me, words);
            }
        }
    }

    /// Inserts messages by their seq. Those that are here already are skipped, unless they were changed meanwhile.
    pub(crate) fn fill(&mut self, page: Vec<Said>) {
        for said in page {
            let after = self.entries.iter().rposition(|e| e.seq().is_some_and(|s| s <= said.seq));
            if let Some(at) = after.filter(|at| self.entries[*at].seq() == Some(said.seq)) {
                let Entry::Said(here) = &self.entries[at] else { continue };
                if said.is_deleted || (said.edited > here.edited && !here.is_deleted) {
                    self.entries[at] = Entry::Said(said);
                }
                continue;
            }
            // Messages older than all others come before the notes that came meanwhile.
            self.entries.insert(after.map_or(0, |at| at + 1), Entry::Said(said));
        }
    }

    /// The seqs that are missing right before this entry: the first and the last.
    pub(crate) fn missing_before(&self, index: usize) -> Option<(u64, u64)> {
        let seq = self.entries.get(index)?.seq()?;
        let before = self.entries[..index].iter().rev().find_map(Entry::seq);
        self.holes.between(before.unwrap_or(0), seq)
    }

    /// The server's log begins at `first`: older seqs are no longer missing.
    pub(crate) fn begins(&mut self, first: u64) {
        self.first = first;
        self.holes.fill(0, first.saturating_sub(1));
    }

    /// The first message to arrive here: everything before it is missing.
    pub(crate) fn starts_with(&mut self, seq: u64) {
        if !std::mem::replace(&mut self.has_started, true) {
            self.holes.add(self.first.max(1), seq.saturating_sub(1));
        }
    }

    pub(crate) fn last_seq(&self) -> Option<u64> {
        self.entries.iter().rev().find_map(Entry::seq)
    }

    pub(crate) fn outgoing_mut(&mut self, key: u64) -> Option<&mut Outgoing> {
        self.outgoing.iter_mut().find(|outgoing| outgoing.key == key)
    }

    /// The message with this cid is in the log and replaces our copy of it.
    pub(crate) fn came(&mut self, cid: Cid, seq: u64) {
        let Some(at) = self.outgoing.iter().position(|it| it.cid == Some(cid)) else { return };
        let sent = Key::Outgoing(self.outgoing.remove(at).key);
        if let Some(place) = self.place.as_mut().filter(|place| place.key == sent) {
            place.key = Key::Said(seq);
        }
    }

    /// Goes back to the end if the line that the place is held by is gone.
    pub(crate) fn keep_place(&mut self) {
        let Some(Place { key, .. }) = self.place else { return };
        let mut keys = self.entries.iter().map(Entry::key);
        let is_there =
            keys.any(|it| it == key) || self.outgoing.iter().any(|it| Key::Outgoing(it.key) == key);
        self.place = self.place.filter(|_| is_there);
    }

    /// The person now sees everything here.
    pub(crate) fn mark_read(&mut self) {
        (self.unread, self.mentions) = (0, 0);
    }

    pub(crate) fn heard_typing(&mut self, who: &[String], me: Option<&str>, now: u64) {
        for nick in who.iter().map(|nick| sanitize::line(nick)) {
            self.stopped_typing(&nick);
            if me != Some(nick.as_str()) {
                self.typing.push((nick, now + TYPING_MS));
            }
        }
    }

    pub(crate) fn stopped_typing(&mut self, nick: &str) {
        self.typing.retain(|(other, _)| other != nick);
    }

    pub(crate) fn forget_typing(&mut self, now: u64) {
        self.typing.retain(|(_, until)| *until > now);
    }
}

impl People {
    pub(crate) fn set(&mut self, count: u64, sample: &[User]) {
        self.count = count;
        self.sample.clear();
        self.joined(sample);
    }

    pub(crate) fn joined(&mut self, users: &[User]) {
        for user in users {
            self.sample.retain(|member| member.id != user.id);
            let (id, nick, presence) = (user.id, sanitize::line(&user.nick), user.presence);
            self.sample.push(Member { id, nick, presence });
        }
        self.sample.sort_by_cached_key(|member| member.nick.to_lowercase());
    }

    pub(crate) fn left(&mut self, ids: &[PersonId]) {
        self.sample.retain(|member| !ids.contains(&member.id));
    }
}

impl Entry {
    pub(crate) fn note(at: u64, tone: Tone, text: &str) -> Self {
        Self::Note { number: 0, at, tone, lines: sanitize::lines(text) }
    }

    pub(crate) fn key(&self) -> Key {
        match self {
            Self::Said(said) => Key::Said(said.seq),
            Self::Note { number, .. } => Key::Note(*number),
        }
    }

    pub(crate) fn seq(&self) -> Option<u64> {
        match self {
            Self::Said(said) => Some(said.seq),
            Self::Note { .. } => None,
        }
    }
}

impl Said {
    /// Sanitizes a message for the screen. `me` is our nick if somebody else sent it; with `words`, the nick
    /// is a mention without an `@` too.
    pub(crate) fn new(message: &Message, me: Option<&str>, words: bool) -> Self {
        let mut said = Self {
            seq: message.seq,
            at: message.at,
            from: message.from.id,
            nick: sanitize::line(&message.from.nick),
            text: message.text.clone(),
            rich: StyledText::default(),
            is_action: !message.kind.is_text(),
            is_deleted: false,
            edited: message.edited,
            is_shadow: message.shadow,
        };
        match message.deleted {
            Some(_) => said.delete(),
            None => said.style(me, words),
        }
        said
    }

    fn style(&mut self, me: Option<&str>, words: bool) {
        let mut rich = StyledText::read(&self.text, me, words);
        if self.is_action {
            rich = rich.done_by(&self.nick);
        }
        let rich = if self.edited.is_some() { rich.followed_by(EDITED) } else { rich };
        self.rich = if self.is_shadow { rich.followed_by(SHADOW) } else { rich };
    }

    /// Takes the new text, unless it is older than the one here, or gone, or a hidden one of what everybody sees.
    fn edit(&mut self, edited: &Edited, me: Option<&str>, words: bool) {
        if edited.shadow && !self.is_shadow {
            return;
        }
        if self.is_deleted || edited.text.is_empty() || self.edited >= Some(edited.seq) {
            return;
        }
        (self.text, self.edited) = (edited.text.clone(), Some(edited.seq));
        self.style(me, words);
    }

    /// Forgets the text.
    fn delete(&mut self) {
        self.text = String::new();
        self.rich = StyledText::read(DELETED, None, false);
        (self.is_action, self.is_deleted) = (false, true);
    }
}
