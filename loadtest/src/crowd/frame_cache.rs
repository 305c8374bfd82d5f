//! The recent frames of rooms. They are why the generator needs so little processor time.
//!
//! A room sends the same bytes to all its members. So the first member's frame is parsed and digested, and
//! the frames of the others are compared with it byte by byte, which is both cheaper and stricter. A frame
//! that differs is parsed; none is skipped.

use std::collections::VecDeque;

use crate::oracle::EntryDigest;

/// The frames kept per room. Members of a room read the same message within a few turns of the loop; a frame
/// that has left the cache costs one parse.
const FRAMES_MAX: usize = 64;

/// The frames kept of all rooms together: about 3 MiB of usual frames. So a crowd with a room for every two
/// clients takes no more memory for them than one in a hundred rooms.
const FRAMES_SUM_MAX: usize = 8192;

/// The recent frames of all rooms.
pub(super) struct FrameCache {
    rooms: Vec<VecDeque<Frame>>,
    frames_max: usize,
}

struct Frame {
    seq: u64,
    payload: Box<[u8]>,
    seen: EntryDigest,
}

impl FrameCache {
    pub(super) fn new(rooms: u32) -> Self {
        let frames_max = (FRAMES_SUM_MAX / rooms.max(1) as usize).clamp(1, FRAMES_MAX);
        Self { rooms: (0..rooms).map(|_| VecDeque::new()).collect(), frames_max }
    }

    /// The digest of a frame, if it is the cached frame of this room and `seq`.
    pub(super) fn find(&self, room: u32, seq: u64, payload: &[u8]) -> Option<EntryDigest> {
        let frames = &self.rooms[room as usize];
        let first = frames.front()?.seq;
        let frame = frames.get(usize::try_from(seq.checked_sub(first)?).ok()?)?;
        (*frame.payload == *payload).then_some(frame.seen)
    }

    /// Adds a frame. If it does not follow the last one, the room's cache starts over.
    pub(super) fn add(&mut self, room: u32, seq: u64, payload: &[u8], seen: EntryDigest) {
        let frames = &mut self.rooms[room as usize];
        let last = frames.back().map_or(seq - 1, |frame| frame.seq);
        if seq <= last {
            return;
        }
        if seq != last + 1 {
            frames.clear();
        }
        if frames.len() == self.frames_max {
            frames.pop_front();
        }
        frames.push_back(Frame { seq, payload: payload.into(), seen });
    }
}

#[cfg(test)]
mod tests {
    use super::{FRAMES_MAX, FRAMES_SUM_MAX, FrameCache};
    use crate::oracle::EntryDigest;

    const DIGEST: EntryDigest = EntryDigest { number: None, digest: 7, due: None, later: false };

    #[test]
    fn only_the_same_bytes_at_the_same_seq_are_found() {
        let mut recent = FrameCache::new(2);
        recent.add(0, 5, b"five", DIGEST);
        recent.add(0, 6, b"six", DIGEST);
        assert_eq!(recent.find(0, 6, b"six"), Some(DIGEST));
        assert_eq!(recent.find(0, 5, b"six"), None);
        assert_eq!(recent.find(0, 4, b"five"), None);
        assert_eq!(recent.find(0, 7, b"six"), None);
        assert_eq!(recent.find(1, 6, b"six"), None);
    }

    #[test]
    fn memory_is_bounded_and_a_leap_starts_anew() {
        let mut recent = FrameCache::new(1);
        for seq in 1..=2 * FRAMES_MAX as u64 {
            recent.add(0, seq, b"x", DIGEST);
        }
        assert_eq!(recent.find(0, 1, b"x"), None);
        assert_eq!(recent.rooms[0].len(), FRAMES_MAX);
        recent.add(0, 1000, b"y", DIGEST);
        assert_eq!(recent.rooms[0].len(), 1);
        assert_eq!(recent.find(0, 1000, b"y"), Some(DIGEST));
        assert!(FrameCache::new(5_000).frames_max * 5_000 <= FRAMES_SUM_MAX);
    }
}
