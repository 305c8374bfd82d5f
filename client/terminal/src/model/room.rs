//! A room as this client sees it: messages, sends without an answer, members.

use throng_protocol::{Cid, Message, PersonId, RoomId, User};

use super::holes::Holes;
use super::label::RoomLabel;
use super::outgoing::Outgoing;
use super::search::Search;
use crate::composer::Composer;
use crate::sanitize;
use crate::styled_text::StyledText;

/// The most messages and notes of a room that are held. Older ones are read from the server's log again
/// when somebody scrolls up to them.
const ENTRIES_MAX: usize = 5_000;

/// How long somebody counts as writing after they were named (protocol, `typing`).
const TYPING_MS: u64 = 6_000;

/// One page of the client.
#[derive(Debug, Default)]
pub(crate) struct Room {
    /// Our own number of the page, for as long as it is there.
    pub(crate) number: u64,
    /// Which room it is, once the server has said so.
    pub(crate) id: Option<RoomId>,
    pub(crate) name: String,
    /// Whether the server has taken us in at least once.
    pub(crate) joined: bool,
    /// What is being written here.
    pub(crate) line: Composer,
    /// In the order in which they are shown: the messages by their seq, the notes where they came.
    pub(crate) entries: Vec<Entry>,
    /// What was written here and has not come back as a message.
    pub(crate) outgoing: Vec<Outgoing>,
    /// How many entries were ever added at the end: `plain` prints those that it has not seen.
    pub(crate) pushed: u64,
    pub(crate) unread: usize,
    pub(crate) mentions: usize,
    /// The first seq that the server's log has.
    first: u64,
    /// Whether a message has been here.
    pub(crate) has_started: bool,
    /// What is not here, and can be loaded.
    pub(crate) holes: Holes,
    /// Whether a page of history is on its way.
    pub(crate) loading: bool,
    /// What stands at the bottom of the screen; nothing while the end of the log does.
    pub(crate) place: Option<Place>,
    /// Up to this line the screen was emptied.
    pub(crate) cleared: Option<Key>,
    /// What was looked for here.
    pub(crate) search: Option<Search>,
    /// What had been said when we came: no news.
    pub(crate) old_up_to: u64,
    /// The last seq that was seen when the person looked away: the mark stands after it.
    pub(crate) seen: Option<u64>,
    pub(crate) people: People,
    /// Nicks, and until when they count as writing.
    pub(crate) typing: Vec<(String, u64)>,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Entry {
    Said(Said),
    Note { number: u64, at: u64, tone: Tone, lines: Vec<String> },
}

/// What names a line of the log, whatever comes before or after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Said(u64),
    Note(u64),
    Outgoing(u64),
}

/// A place in the log, kept by what stands there: what comes below or above it, and another width
/// of the screen, do not move it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) key: Key,
    /// How many of its rows are below the screen.
    pub(crate) below: usize,
}

/// How a note is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Error,
}

/// A message of the server's log, made safe to show.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Said {
    pub(crate) seq: u64,
    pub(crate) at: u64,
    pub(crate) from: PersonId,
    pub(crate) nick: String,
    /// As it was written: before it is shown it has to be made safe.
    pub(crate) text: String,
    pub(crate) rich: StyledText,
    pub(crate) is_action: bool,
}

/// Who is in a room.
#[derive(Clone, Debug, Default)]
pub(crate) struct People {
    pub(crate) count: u64,
    pub(crate) sample: Vec<(PersonId, String)>,
}

impl Room {
    pub(crate) fn new(number: u64, label: &RoomLabel) -> Self {
        Self { number, id: label.id, name: sanitize::line(&label.name), ..Self::default() }
    }

    pub(crate) fn label(&self) -> RoomLabel {
        RoomLabel { id: self.id, name: self.name.clone() }
    }

    /// The server says which room this page is. One that has another id than before has another log.
    pub(crate) fn is_called(&mut self, label: &RoomLabel) {
        if self.id.is_some() && self.id != label.id {
            self.entries.retain(|entry| entry.seq().is_none());
            self.holes.clear();
            (self.has_started, self.seen, self.cleared) = (false, None, None);
        }
        self.id = label.id;
        self.name = sanitize::line(&label.name);
    }

    /// Adds at the end.
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

    /// Puts messages where their seq belongs; those that are here already are left.
    pub(crate) fn fill(&mut self, page: Vec<Said>) {
        for said in page {
            let after = self.entries.iter().rposition(|e| e.seq().is_some_and(|s| s <= said.seq));
            if after.is_some_and(|at| self.entries[at].seq() == Some(said.seq)) {
                continue;
            }
            // What is older than all stands before the notes that came meanwhile.
            self.entries.insert(after.map_or(0, |at| at + 1), Entry::Said(said));
        }
    }

    /// The seqs that are missing right before this entry: the first and the last of them.
    pub(crate) fn missing_before(&self, index: usize) -> Option<(u64, u64)> {
        let seq = self.entries.get(index)?.seq()?;
        let before = self.entries[..index].iter().rev().find_map(Entry::seq);
        self.holes.between(before.unwrap_or(0), seq)
    }

    /// Takes what the server says of the beginning of its log: nobody has what was before.
    pub(crate) fn begins(&mut self, first: u64) {
        self.first = first;
        self.holes.fill(0, first.saturating_sub(1));
    }

    /// The first message that is here says from where on they are.
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

    /// What was sent under this cid is in the log: its message takes its place.
    pub(crate) fn came(&mut self, cid: Cid, seq: u64) {
        let Some(at) = self.outgoing.iter().position(|it| it.cid == Some(cid)) else { return };
        let sent = Key::Outgoing(self.outgoing.remove(at).key);
        if let Some(place) = self.place.as_mut().filter(|place| place.key == sent) {
            place.key = Key::Said(seq);
        }
    }

    /// Goes back to the end where what was read is gone.
    pub(crate) fn keep_place(&mut self) {
        let Some(Place { key, .. }) = self.place else { return };
        let mut keys = self.entries.iter().map(Entry::key);
        let is_there =
            keys.any(|it| it == key) || self.outgoing.iter().any(|it| Key::Outgoing(it.key) == key);
        self.place = self.place.filter(|_| is_there);
    }

    /// Everything here is before the person's eyes now.
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
            self.sample.retain(|(id, _)| *id != user.id);
            self.sample.push((user.id, sanitize::line(&user.nick)));
        }
        self.sample.sort_by_cached_key(|(_, nick)| nick.to_lowercase());
    }

    pub(crate) fn left(&mut self, ids: &[PersonId]) {
        self.sample.retain(|(id, _)| !ids.contains(id));
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
    /// Makes a message safe to show. `me` is what we are called, if it was said by somebody else;
    /// with `words` that calls without an `@` too.
    pub(crate) fn new(message: &Message, me: Option<&str>, words: bool) -> Self {
        let (nick, is_action) = (sanitize::line(&message.from.nick), !message.kind.is_text());
        let rich = StyledText::read(&message.text, me, words);
        Self {
            seq: message.seq,
            at: message.at,
            from: message.from.id,
            rich: if is_action { rich.done_by(&nick) } else { rich },
            nick,
            text: message.text.clone(),
            is_action,
        }
    }
}
