//! The key of a message: room and seq in one integer, so that a room's messages are stored together and in
//! order.

use crate::log::Range;

/// How many bits of the key are the seq. A room has at most 2^40 messages (a year at 30,000 a second), which
/// leaves 2^23 rooms in SQLite's positive integers.
const SEQ_BITS: u32 = 40;

/// The last seq that a room can have.
pub(crate) const SEQ_MAX: u64 = (1 << SEQ_BITS) - 1;

/// The last number that a room can have.
pub(super) const ROOM_MAX: i64 = (1 << (63 - SEQ_BITS)) - 1;

/// The key of a message in the table `message`.
pub(crate) fn key(room: i64, seq: u64) -> i64 {
    debug_assert!((1..=ROOM_MAX).contains(&room) && seq <= SEQ_MAX, "{room}/{seq} has no key");
    room << SEQ_BITS | seq.cast_signed()
}

/// The seq in a key.
pub(super) fn seq(key: i64) -> u64 {
    key.cast_unsigned() & SEQ_MAX
}

/// The room's number and the seq in a key.
pub(crate) fn parts(key: i64) -> (i64, u64) {
    (key >> SEQ_BITS, seq(key))
}

/// The exclusive bounds of the keys of a room's range, and the direction in which it is read. Seq 0 is never
/// used, so it is a lower bound of a room.
pub(super) struct Span {
    pub(super) above: i64,
    pub(super) below: i64,
    pub(super) limit: u32,
    pub(super) newest_first: bool,
}

impl Span {
    pub(super) fn of(room: i64, head: u64, range: Range) -> Self {
        let end = head.min(SEQ_MAX - 1) + 1;
        let (above, below, limit, newest_first) = match range {
            Range::After { seq, limit } => (seq.min(end), end, limit, false),
            Range::Before { seq, limit } => (0, seq.min(end), limit, true),
        };
        Self { above: key(room, above), below: key(room, below), limit, newest_first }
    }
}

#[cfg(test)]
mod tests {
    use super::{ROOM_MAX, SEQ_MAX, Span, key, parts, seq};
    use crate::log::Range;

    #[test]
    fn keys_sort_by_room_and_then_by_seq() {
        let keys = [key(1, 1), key(1, 2), key(1, SEQ_MAX), key(2, 1), key(ROOM_MAX, SEQ_MAX)];
        assert!(keys.is_sorted() && keys[0] > 0);
        assert_eq!(keys.map(seq), [1, 2, SEQ_MAX, 1, SEQ_MAX]);
        assert_eq!(keys.map(|key| parts(key).0), [1, 1, 1, 2, ROOM_MAX]);
    }

    #[test]
    fn a_range_never_leaves_its_room() {
        for range in [
            Range::After { seq: u64::MAX, limit: 1 },
            Range::Before { seq: u64::MAX, limit: 1 },
            Range::After { seq: 0, limit: 1 },
            Range::Before { seq: 0, limit: 1 },
        ] {
            for head in [0, 7, SEQ_MAX] {
                let span = Span::of(5, head, range);
                assert!(span.above >= key(5, 0) && span.below <= key(5, SEQ_MAX), "{range:?}");
            }
        }
    }
}
