//! What was sent: every send of a run can be written again, byte for byte, for a retry.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

/// The shortest text: it must carry its number and the time at which it was due.
pub(crate) const TEXT_BYTES_MIN: usize = 32;

/// All sends of a run, in the order in which they were due.
pub(crate) struct Ledger {
    text_bytes: usize,
    began_ms: u64,
    random: u16,
    sends: Vec<SendRecord>,
}

/// One send, whatever becomes of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SendRecord {
    /// When it was to be sent, since the beginning of the run. All latencies count from here, so
    /// that a server which holds up its senders is not flattered (open loop).
    pub(crate) due: Duration,
    written: bool,
}

impl Ledger {
    pub(crate) fn new(text_bytes: usize, began_ms: u64) -> Self {
        let text_bytes = text_bytes.max(TEXT_BYTES_MIN);
        Self { text_bytes, began_ms, random: fastrand::u16(..), sends: Vec::new() }
    }

    /// Writes down a new send and returns its number.
    pub(crate) fn add(&mut self, due: Duration) -> u32 {
        self.sends.push(SendRecord { due, written: false });
        u32::try_from(self.sends.len() - 1).expect("a run ends long before 2^32 sends")
    }

    /// Notes that a send is being written; whether it was before, so that this is a retry.
    pub(crate) fn write(&mut self, number: u32) -> bool {
        std::mem::replace(&mut self.sends[number as usize].written, true)
    }

    pub(crate) fn get(&self, number: u32) -> Option<SendRecord> {
        self.sends.get(number as usize).copied()
    }

    /// The same `cid` at every call: a UUIDv7 made of the time and the number.
    pub(crate) fn cid(&self, number: u32) -> String {
        let due = self.sends[number as usize].due.as_millis();
        let mut tail = [0; 10];
        tail[3..5].copy_from_slice(&self.random.to_be_bytes());
        tail[6..].copy_from_slice(&number.to_be_bytes());
        let at = self.began_ms + u64::try_from(due).unwrap_or(u64::MAX);
        uuid::Builder::from_unix_timestamp_millis(at, &tail).into_uuid().to_string()
    }

    /// The digest of the content of a send.
    pub(crate) fn digest(&self, number: u32) -> u64 {
        digest(&self.cid(number), &self.text(number))
    }

    /// The same text at every call: number, due time in nanoseconds, padding.
    pub(crate) fn text(&self, number: u32) -> String {
        let due = self.sends[number as usize].due.as_nanos();
        format!("{number:010} {due:020} {:x<1$}", "", self.text_bytes - TEXT_BYTES_MIN)
    }
}

/// When a text was due, as it says itself.
pub(crate) fn due_of(text: &str) -> Option<Duration> {
    let nanos = text.get(11..31)?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}

/// A message's content in 64 bits: enough to tell two messages of a run apart.
pub(crate) fn digest(cid: &str, text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (cid, text).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Ledger, due_of};
    use throng_protocol::Cid;

    #[test]
    fn a_send_is_written_the_same_way_again_and_unlike_any_other() {
        let mut ledger = Ledger::new(128, 1_780_000_000_000);
        let due = Duration::from_nanos(12_345_678_901);
        let (a, b) = (ledger.add(due), ledger.add(due));
        assert_eq!(ledger.cid(a), ledger.cid(a));
        assert_ne!(ledger.cid(a), ledger.cid(b));
        assert!(Cid::parse(&ledger.cid(a)).is_ok());
        assert_ne!(ledger.text(a), ledger.text(b));
        assert_eq!((ledger.write(a), ledger.write(a), ledger.write(b)), (false, true, false));
        assert_eq!(ledger.text(a).len(), 128);
        assert_eq!(due_of(&ledger.text(a)), Some(due));
        assert_eq!(due_of("hello"), None);
    }
}
