//! The oracle: judges what every client saw against the promises.
//!
//! The crowd passes in each send, each answer, each delivery, and each page of the log that it reads back; at
//! the end a scenario asks for the [`Verdict`]. The oracle has no sockets and no clock, so tests can play any
//! history to it.

mod room_ids;
mod seats;
mod undelivered;
mod verdict;
mod window;

#[cfg(test)]
mod random_histories;
#[cfg(test)]
mod tests;

use std::time::Duration;

use throng_protocol::{LogEntry, Message};

pub(crate) use self::room_ids::{Clash, RoomIds};
pub(crate) use self::seats::Seats;
pub(crate) use self::verdict::{Kind, Outcome, Verdict, Violation};
use self::window::{HIDDEN, Placed, Window};
use crate::sends::{self, SendRecord, Sends, digest, read_text};

/// The cursor of a seat that was never joined.
const NOWHERE: u64 = u64::MAX;

/// How much of a text is shown as evidence: number and due time, which identify the send.
const SHOWN_BYTES: usize = 40;

/// What is known about all rooms and members.
pub(crate) struct Oracle {
    seats: Seats,
    rooms: Vec<Window>,
    /// The last seq that each seat has seen.
    cursors: Vec<u64>,
    /// All sends, except those that are verified and that all members have passed.
    sends: Sends,
    /// Whether clients outside of this crowd send to these rooms too.
    strangers: bool,
    verdict: Verdict,
}

/// An entry as a client got it, without its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EntryDigest {
    /// The number of the send, according to the text.
    pub(crate) number: Option<u64>,
    /// Of `cid` and text; for an entry of a later version, of its type.
    pub(crate) digest: u64,
    /// When the message was due, on the run's clock.
    pub(crate) due: Option<Duration>,
    /// Whether it is no message: no client here sent it, and it belongs there.
    pub(crate) later: bool,
}

impl EntryDigest {
    pub(crate) fn read(entry: &LogEntry) -> Self {
        match entry {
            LogEntry::Message(Message { cid, text, .. }) => {
                let (number, due) = read_text(text);
                Self { number, digest: digest(&cid.to_string(), text), due, later: false }
            }
            LogEntry::Deleted(deleted) => {
                let digest = digest("", &format!("deleted {:?}", deleted.messages));
                Self { number: None, digest, due: None, later: true }
            }
            // The text goes when the message is changed again.
            LogEntry::Edited(edited) => {
                let digest = digest("", &format!("edited {}", edited.message));
                Self { number: None, digest, due: None, later: true }
            }
            // The rest may change, and what is hidden from some is something else to others.
            LogEntry::Unknown(entry) => {
                let digest = if entry.kind == "hidden" { HIDDEN } else { digest("", &entry.kind) };
                Self { number: None, digest, due: None, later: true }
            }
        }
    }
}

impl Oracle {
    /// With `strangers`, others send to these rooms too. Texts that are not in a crowd's form are theirs:
    /// each has its seq, and none is reported as invented.
    pub(crate) fn new(seats: Seats, sends: Sends, strangers: bool) -> Self {
        Self {
            rooms: (0..seats.rooms()).map(|_| Window::default()).collect(),
            cursors: vec![NOWHERE; seats.count() as usize],
            seats,
            sends,
            strangers,
            verdict: Verdict::default(),
        }
    }

    /// A new send: from now on its content may appear in `room`, once. Returns its number.
    pub(crate) fn sent(&mut self, room: u32, due: Duration) -> u64 {
        self.sends.add(room, due)
    }

    /// Notes that a send is being written. Returns whether it was written before, and so is a retry.
    pub(crate) fn written(&mut self, number: u64) -> bool {
        self.sends.write(number)
    }

    /// A send, unless it is settled.
    pub(crate) fn send(&self, number: u64) -> Option<SendRecord> {
        self.sends.get(number)
    }

    /// The `cid` and text of a send, the same at every call.
    pub(crate) fn content(&self, number: u64) -> (String, String) {
        (self.sends.cid(number), self.sends.text(number))
    }

    /// An `ok` to a send: its content is at this seq, forever and for all members.
    pub(crate) fn acknowledged(&mut self, client: u32, number: u64, seq: u64) {
        self.verdict.acknowledged += 1;
        let sends::Lookup::Open(record) = self.sends.entry(Some(number)) else { return };
        record.acknowledged = true;
        let SendRecord { seq: first, digest, room, logged, .. } = *record;
        self.verdict.verified += u64::from(logged);
        if first != 0 && first != seq {
            return self.accuse(Kind::Twice, Some(room), Some(seq), Some(client), |oracle| {
                (format!("{} at {first}", oracle.shown(digest)), format!("an ok that says {seq}"))
            });
        }
        let seen = EntryDigest { number: Some(number), digest, due: None, later: false };
        self.place(room, seq, &seen, None);
        // If the window does not reach back so far, only the `ok` says at which seq it is.
        if let sends::Lookup::Open(record) = self.sends.entry(Some(number))
            && record.seq == 0
        {
            record.seq = seq;
        }
    }

    /// The first `ok` to a seat's join, which asks for no events: it is live from `head` on.
    pub(crate) fn joined(&mut self, seat: u32, head: u64) {
        let cursor = &mut self.cursors[seat as usize];
        if *cursor == NOWHERE {
            *cursor = head;
        }
        self.rooms[self.seats.room(seat) as usize].begin(head);
    }

    /// Whether the room has no known messages.
    pub(crate) fn is_blank(&self, room: u32) -> bool {
        self.rooms[room as usize].head == 0
    }

    /// The last seq that a seat has; the `after` of its next join.
    pub(crate) fn cursor(&self, seat: u32) -> Option<u64> {
        Some(self.cursors[seat as usize]).filter(|cursor| *cursor != NOWHERE)
    }

    /// A message reached a seat, live or in a page. `entry` is the evidence, if it was parsed.
    pub(crate) fn delivered(
        &mut self,
        seat: u32,
        seq: u64,
        seen: &EntryDigest,
        entry: Option<&LogEntry>,
    ) {
        self.verdict.deliveries += 1;
        let last = self.cursor(seat).unwrap_or(0);
        if seq > last {
            self.cursors[seat as usize] = seq;
        }
        let room = self.seats.room(seat);
        if seq != last + 1 {
            let kind = if seq > last { Kind::Skipped } else { Kind::Repeated };
            let client = self.seats.client(seat);
            self.accuse(kind, Some(room), Some(last + 1), Some(client), |oracle| {
                let got = format!("message {seq}, {}", oracle.evidence(seen.digest, entry));
                (format!("message {}", last + 1), got)
            });
        }
        self.place(room, seq, seen, entry);
    }

    /// A message was read back from the server's log, in order.
    pub(crate) fn logged(
        &mut self,
        room: u32,
        seq: u64,
        seen: &EntryDigest,
        entry: Option<&LogEntry>,
    ) {
        let expected = self.rooms[room as usize].logged + 1;
        if seq != expected {
            self.accuse(Kind::Unlogged, Some(room), Some(expected), None, |oracle| {
                let got = format!("message {seq}, {}", oracle.evidence(seen.digest, entry));
                (format!("message {expected} in the log"), got)
            });
        }
        let window = &mut self.rooms[room as usize];
        window.logged = seq.max(window.logged);
        self.place(room, seq, seen, entry);
        if let sends::Lookup::Open(record) = self.sends.entry(seen.number)
            && (record.digest, record.seq, record.room) == (seen.digest, seq, room)
            && !std::mem::replace(&mut record.logged, true)
        {
            self.verdict.verified += u64::from(record.acknowledged);
        }
    }

    /// A room's log, read back, ends at `head`, although messages up to `upto` were acknowledged or shown.
    pub(crate) fn log_ends(&mut self, room: u32, head: u64, upto: u64) {
        let window = &mut self.rooms[room as usize];
        window.logged = upto.max(window.logged);
        self.accuse(Kind::Unlogged, Some(room), Some(head + 1), None, |oracle| {
            let known = oracle.rooms[room as usize].known(head + 1);
            let what =
                known.map_or_else(String::new, |digest| format!(", {}", oracle.shown(digest)));
            (format!("the log to reach {upto}{what}"), format!("a log that ends at {head}"))
        });
    }

    /// The part of a room's log that is still to be read back: after the first seq, up to the second.
    pub(crate) fn unread(&self, room: u32) -> Option<(u64, u64)> {
        let Window { logged, head, .. } = &self.rooms[room as usize];
        (logged < head).then_some((*logged, *head))
    }

    /// Forgets what cannot come up again: what every member has passed and, if there is a `log`, what was
    /// read back from it.
    pub(crate) fn free(&mut self, log: bool) {
        let mut passed: Vec<u64> = vec![NOWHERE; self.rooms.len()];
        for (seat, cursor) in (0..).zip(&self.cursors) {
            let room = &mut passed[self.seats.room(seat) as usize];
            *room = (*room).min(*cursor);
        }
        for (window, passed) in self.rooms.iter_mut().zip(passed) {
            window.free(passed.min(if log { window.logged } else { window.head }));
        }
        let rooms = &self.rooms;
        self.sends.free(|record| {
            record.acknowledged
                && record.seq != 0
                && record.seq <= rooms[record.room as usize].base()
        });
    }

    /// Records a broken promise. The evidence, what was expected and what came, is computed only if it is
    /// kept.
    pub(crate) fn accuse(
        &mut self,
        kind: Kind,
        room: Option<u32>,
        seq: Option<u64>,
        client: Option<u32>,
        evidence: impl FnOnce(&Self) -> (String, String),
    ) {
        let seen = self.verdict.listens().then(|| {
            let (expected, got) = evidence(self);
            let place = (room.map(|room| self.seats.name(room)), seq, client);
            Violation::new(kind, place, expected, got)
        });
        match seen {
            Some(violation) => self.verdict.add(|| violation),
            None => self.verdict.broken += 1,
        }
    }

    fn client(&self, seat: u32) -> Option<u32> {
        Some(self.seats.client(seat))
    }

    /// Compares an entry with what others were shown at this seq, and with the seq at which its content was
    /// seen before.
    fn place(&mut self, room: u32, seq: u64, seen: &EntryDigest, entry: Option<&LogEntry>) {
        match self.rooms[room as usize].place(seq, seen.digest) {
            Placed::Same => {}
            Placed::First => self.first_sight(room, seq, seen, entry),
            Placed::Other(known) => {
                self.accuse(Kind::Differs, Some(room), Some(seq), None, |oracle| {
                    (oracle.shown(known), oracle.evidence(seen.digest, entry))
                });
            }
        }
    }

    fn first_sight(&mut self, room: u32, seq: u64, seen: &EntryDigest, entry: Option<&LogEntry>) {
        if seen.later || self.strangers && seen.number.is_none() {
            return;
        }
        let (kind, expected) = match self.sends.entry(seen.number) {
            sends::Lookup::Never => (Kind::Invented, "only what was sent".to_owned()),
            sends::Lookup::Settled => (Kind::Twice, "no send again that everybody has".to_owned()),
            sends::Lookup::Open(record) if record.digest != seen.digest => {
                let digest = record.digest;
                (Kind::Differs, self.shown(digest))
            }
            sends::Lookup::Open(record) if record.room != room => {
                let meant = record.room;
                (Kind::Strayed, format!("it in room {}", self.seats.name(meant)))
            }
            sends::Lookup::Open(record) if record.seq != 0 && record.seq != seq => {
                (Kind::Twice, format!("it at {} alone", record.seq))
            }
            sends::Lookup::Open(record) => {
                record.seq = seq;
                return;
            }
        };
        self.accuse(kind, Some(room), Some(seq), None, |oracle| {
            (expected, oracle.evidence(seen.digest, entry))
        });
    }

    /// The content of a digest in words: the entry, or else the send with this digest.
    fn evidence(&self, digest: u64, entry: Option<&LogEntry>) -> String {
        match entry {
            None => self.shown(digest),
            Some(LogEntry::Message(message)) => in_words(&message.cid.to_string(), &message.text),
            Some(LogEntry::Deleted(entry)) => format!("the deletion of {:?}", entry.messages),
            Some(LogEntry::Edited(entry)) => format!("an edit of {}", entry.message),
            Some(LogEntry::Unknown(entry)) => format!("an entry of the type {:?}", entry.kind),
        }
    }

    fn shown(&self, digest: u64) -> String {
        match self.sends.find(digest) {
            Some(number) => in_words(&self.sends.cid(number), &self.sends.text(number)),
            None => format!("content with the digest {digest:016x}"),
        }
    }

    /// How many digests and sends are kept.
    #[cfg(test)]
    pub(crate) fn remembered(&self) -> (usize, usize) {
        (self.rooms.iter().map(Window::len).sum(), self.sends.len())
    }
}

fn in_words(cid: &str, text: &str) -> String {
    let mut end = SHOWN_BYTES.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let more = if end < text.len() { "…" } else { "" };
    format!("cid {cid} {:?}{more}", &text[..end])
}
