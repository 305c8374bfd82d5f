//! The ledger of sends. A send that is not yet verified can be written again, byte for byte, for a retry, and
//! is recognised by its number wherever it appears.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

/// The shortest text: it must carry its number and the time at which it was due.
pub(crate) const TEXT_BYTES_MIN: usize = 32;

/// The position of the due time in a text.
const DUE: std::ops::Range<usize> = 13..31;

/// The sends of a run in the order of their due times, without those that are settled.
pub(crate) struct Sends {
    text_bytes: usize,
    began_ms: u64,
    /// Distinguishes the cids of two runs that began in the same millisecond.
    nonce: u16,
    /// The number of the first entry of `sends`.
    first: u64,
    sends: VecDeque<SendRecord>,
}

/// A send, from its due time until it is settled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SendRecord {
    /// The due time, in nanoseconds since the run began.
    due: u64,
    /// The seq at which it was first seen or acknowledged; 0 before that.
    pub(crate) seq: u64,
    /// The digest of its cid and text.
    pub(crate) digest: u64,
    pub(crate) room: u32,
    written: bool,
    pub(crate) acknowledged: bool,
    /// Whether it was found in the server's log.
    pub(crate) logged: bool,
}

/// What the ledger knows about a number.
pub(crate) enum Lookup<'a> {
    /// No send has this number.
    Never,
    /// The send is settled and forgotten.
    Settled,
    Open(&'a mut SendRecord),
}

impl SendRecord {
    /// The due time since the run began. All latencies count from here, so that a server does not look better
    /// by holding up its senders (open loop).
    pub(crate) fn due(&self) -> Duration {
        Duration::from_nanos(self.due)
    }
}

impl Sends {
    pub(crate) fn new(text_bytes: usize, began_ms: u64) -> Self {
        let text_bytes = text_bytes.max(TEXT_BYTES_MIN);
        Self { text_bytes, began_ms, nonce: fastrand::u16(..), first: 0, sends: VecDeque::new() }
    }

    /// Adds a new send and returns its number.
    pub(crate) fn add(&mut self, room: u32, due: Duration) -> u64 {
        let number = self.first + self.sends.len() as u64;
        let due = u64::try_from(due.as_nanos()).unwrap_or(u64::MAX);
        let digest = digest(&self.cid_of(number, due), &self.text_of(number, due));
        let (written, acknowledged, logged) = (false, false, false);
        self.sends.push_back(SendRecord {
            due,
            seq: 0,
            digest,
            room,
            written,
            acknowledged,
            logged,
        });
        number
    }

    /// Notes that a send is being written. Returns whether it was written before, and so is a retry.
    pub(crate) fn write(&mut self, number: u64) -> bool {
        self.get_mut(number).is_some_and(|record| std::mem::replace(&mut record.written, true))
    }

    pub(crate) fn get(&self, number: u64) -> Option<SendRecord> {
        self.sends.get(self.place(number)?).copied()
    }

    pub(crate) fn entry(&mut self, number: Option<u64>) -> Lookup<'_> {
        match number {
            Some(number) if number < self.first => Lookup::Settled,
            Some(number) => self.get_mut(number).map_or(Lookup::Never, Lookup::Open),
            None => Lookup::Never,
        }
    }

    /// Forgets the oldest sends as long as they are settled. One that is not settled keeps all later ones; a
    /// client that is away for long costs the records of that time.
    pub(crate) fn free(&mut self, settled: impl Fn(&SendRecord) -> bool) {
        while self.sends.front().is_some_and(&settled) {
            self.sends.pop_front();
            self.first += 1;
        }
        if self.sends.capacity() > 4 * self.sends.len().max(1024) {
            self.sends.shrink_to(2 * self.sends.len());
        }
    }

    /// All sends that are kept, from the oldest on.
    pub(crate) fn records(&self) -> impl Iterator<Item = &SendRecord> {
        self.sends.iter()
    }

    /// How many sends are kept.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.sends.len()
    }

    /// The `cid` of a send, the same at every call: a UUIDv7 made from the time and the number.
    pub(crate) fn cid(&self, number: u64) -> String {
        self.cid_of(number, self.due(number))
    }

    /// The text of a send, the same at every call: number, due time in nanoseconds, padding.
    pub(crate) fn text(&self, number: u64) -> String {
        self.text_of(number, self.due(number))
    }

    /// The send with this digest, by a search through all: only for evidence.
    pub(crate) fn find(&self, digest: u64) -> Option<u64> {
        let place = self.sends.iter().position(|record| record.digest == digest)?;
        Some(self.first + place as u64)
    }

    fn cid_of(&self, number: u64, due: u64) -> String {
        let mut tail = [0; 10];
        tail[2..4].copy_from_slice(&self.nonce.to_be_bytes());
        tail[4..].copy_from_slice(&number.to_be_bytes()[2..]);
        let at = self.began_ms + due / 1_000_000;
        uuid::Builder::from_unix_timestamp_millis(at, &tail).into_uuid().to_string()
    }

    fn text_of(&self, number: u64, due: u64) -> String {
        format!("{number:012} {due:018} {:x<1$}", "", self.text_bytes - TEXT_BYTES_MIN)
    }

    fn due(&self, number: u64) -> u64 {
        self.get(number).map_or(0, |record| record.due)
    }

    fn get_mut(&mut self, number: u64) -> Option<&mut SendRecord> {
        let place = self.place(number)?;
        self.sends.get_mut(place)
    }

    fn place(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.first)?).ok()
    }
}

/// The number and the due time of a send, read from its text.
pub(crate) fn read_text(text: &str) -> (Option<u64>, Option<Duration>) {
    let number = text.get(..12).and_then(|digits| digits.parse().ok());
    let due = text.get(DUE).and_then(|digits| digits.parse().ok());
    (number, due.map(Duration::from_nanos))
}

/// The digest of a message's content, 64 bits: enough to tell the messages of a run apart. Never 0.
pub(crate) fn digest(cid: &str, text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (cid, text).hash(&mut hasher);
    hasher.finish().max(1)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Lookup, Sends, digest, read_text};
    use throng_protocol::Cid;

    #[test]
    fn a_send_is_written_the_same_way_again_and_unlike_any_other() {
        let mut sends = Sends::new(128, 1_780_000_000_000);
        let due = Duration::from_nanos(12_345_678_901);
        let (a, b) = (sends.add(0, due), sends.add(0, due));
        assert_eq!(sends.cid(a), sends.cid(a));
        assert_ne!(sends.cid(a), sends.cid(b));
        assert!(Cid::parse(&sends.cid(a)).is_ok());
        assert_ne!(sends.text(a), sends.text(b));
        assert_eq!((sends.write(a), sends.write(a), sends.write(b)), (false, true, false));
        assert_eq!(sends.text(a).len(), 128);
        assert_eq!(read_text(&sends.text(b)), (Some(b), Some(due)));
        assert_eq!(read_text("hello"), (None, None));
        let known = sends.get(b).map(|record| record.digest);
        assert_eq!(known, Some(digest(&sends.cid(b), &sends.text(b))));
        assert_eq!(known.and_then(|digest| sends.find(digest)), Some(b));
    }

    #[test]
    fn what_is_settled_is_forgotten_from_the_oldest_on() {
        let mut sends = Sends::new(32, 0);
        for number in 0..10_000 {
            assert_eq!(sends.add(0, Duration::ZERO), number);
        }
        let cid = sends.cid(9_995);
        for number in (0..9_990).chain([9_995]) {
            let Lookup::Open(record) = sends.entry(Some(number)) else { panic!("{number}") };
            record.acknowledged = true;
        }
        sends.free(|record| record.acknowledged);
        assert_eq!(sends.len(), 10, "the one behind an open one waits");
        assert!(sends.sends.capacity() <= 8192, "{}", sends.sends.capacity());
        assert!(matches!(sends.entry(Some(9_989)), Lookup::Settled));
        assert!(matches!(sends.entry(Some(10_000)), Lookup::Never));
        assert_eq!(sends.cid(9_995), cid, "numbers stay what they were");
        assert_eq!(sends.add(0, Duration::ZERO), 10_000);
    }
}
