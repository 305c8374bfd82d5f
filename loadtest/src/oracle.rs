//! The oracle: judges what every client saw against the promises.
//!
//! The crowd feeds it with each send, each answer and each delivery; a scenario asks it at the end
//! for the [`Verdict`]. It knows no sockets and no clock, so that tests can tell it any story.

mod violation;

use std::collections::HashMap;

pub(crate) use violation::{Breach, Verdict};
#[cfg(test)]
pub(crate) use violation::{Kind, Violation};

/// How far ahead of all others a seq may be and still be compared. A server that leaps further is
/// already accused of the hole, and shall not take the tester's memory.
const LEAP_MAX: usize = 1 << 20;

/// What is known of all rooms and members.
pub(crate) struct Oracle {
    rooms: Vec<Room>,
    /// One per member; today a client is a member of one room.
    members: Vec<Member>,
    /// All content that was ever sent, by digest.
    sends: HashMap<u64, Fate>,
    verdict: Verdict,
}

/// A room's sequence, as far as anybody has shown it.
#[derive(Default)]
struct Room {
    /// The seq before the first one judged: the head when the first member joined.
    base: Option<u64>,
    /// The digests of `base + 1`, `base + 2` and so on; `None` where a seq is only known to exist.
    digests: Vec<Option<u64>>,
    /// The highest seq that was acknowledged or shown: everybody must reach it.
    head: u64,
}

#[derive(Clone, Copy)]
struct Member {
    room: u32,
    /// The last seq seen; `None` before the first join.
    cursor: Option<u64>,
}

#[derive(Clone, Copy)]
struct Fate {
    room: u32,
    seq: Option<u64>,
}

impl Oracle {
    /// An oracle for rooms `0..rooms` and a member per element, which names its room.
    pub(crate) fn new(rooms: u32, member_rooms: impl IntoIterator<Item = u32>) -> Self {
        Self {
            rooms: (0..rooms).map(|_| Room::default()).collect(),
            members: member_rooms.into_iter().map(|room| Member { room, cursor: None }).collect(),
            sends: HashMap::new(),
            verdict: Verdict::default(),
        }
    }

    /// Content that may appear in `room` from now on, once.
    pub(crate) fn sent(&mut self, room: u32, digest: u64) {
        self.sends.insert(digest, Fate { room, seq: None });
    }

    /// An `ok` to a send: this content is at this seq, for ever and for everybody.
    pub(crate) fn acknowledged(&mut self, room: u32, seq: u64, digest: u64) {
        self.verdict.acknowledged += 1;
        self.place(room, seq, digest);
    }

    /// The first `ok` to a member's join, without events: live from `head` on.
    pub(crate) fn joined(&mut self, member: u32, head: u64) {
        let member = &mut self.members[member as usize];
        member.cursor.get_or_insert(head);
        self.rooms[member.room as usize].base.get_or_insert(head);
    }

    /// The last seq that a member has; its `after` when it comes back.
    pub(crate) fn cursor(&self, member: u32) -> Option<u64> {
        self.members[member as usize].cursor
    }

    /// A message reached a member, live or in a page.
    pub(crate) fn delivered(&mut self, member: u32, seq: u64, digest: u64) {
        self.verdict.deliveries += 1;
        let Member { room, cursor } = self.members[member as usize];
        let last = cursor.unwrap_or(0);
        if seq == last + 1 {
            self.members[member as usize].cursor = Some(seq);
        } else if seq > last {
            self.accuse(Breach::Skipped { member, room, expected: last + 1, got: seq });
            self.members[member as usize].cursor = Some(seq);
        } else {
            self.accuse(Breach::Repeated { member, room, expected: last + 1, got: seq });
        }
        self.place(room, seq, digest);
    }

    /// Something that no promise allows and that the crowd noticed by itself.
    pub(crate) fn accuse(&mut self, violation: Breach) {
        self.verdict.add(violation);
    }

    /// How many members have not yet seen all that was acknowledged or shown in their room.
    pub(crate) fn waiting(&self) -> usize {
        self.members.iter().filter(|member| self.lacks(member).is_some()).count()
    }

    /// Ends the judging: what a member has not seen by now is lost.
    pub(crate) fn verdict(&mut self) -> Verdict {
        let lost: Vec<Breach> = self
            .members
            .iter()
            .zip(0..)
            .filter_map(|(member, number)| {
                let (cursor, head) = self.lacks(member)?;
                Some(Breach::Lost { member: number, room: member.room, cursor, head })
            })
            .collect();
        lost.into_iter().for_each(|violation| self.verdict.add(violation));
        self.verdict.clone()
    }

    fn lacks(&self, member: &Member) -> Option<(u64, u64)> {
        let head = self.rooms[member.room as usize].head;
        let cursor = member.cursor.unwrap_or(0);
        (cursor < head).then_some((cursor, head))
    }

    /// Compares a room's seq with what others were shown there, and the content with where else it
    /// was.
    fn place(&mut self, room: u32, seq: u64, digest: u64) {
        let Room { base, digests, head } = &mut self.rooms[room as usize];
        let base = *base.get_or_insert(seq.saturating_sub(1));
        if seq <= base {
            return;
        }
        *head = seq.max(*head);
        let index = usize::try_from(seq - base - 1).unwrap_or(usize::MAX);
        if index > digests.len() + LEAP_MAX {
            return;
        }
        if index >= digests.len() {
            digests.resize(index + 1, None);
        }
        match digests[index] {
            Some(known) if known == digest => {}
            Some(_) => self.accuse(Breach::Differs { room, seq }),
            None => {
                digests[index] = Some(digest);
                self.first_sight(room, seq, digest);
            }
        }
    }

    fn first_sight(&mut self, room: u32, seq: u64, digest: u64) {
        match self.sends.get_mut(&digest) {
            None => self.accuse(Breach::Invented { room, seq }),
            Some(fate) if fate.room != room => {
                let sent = fate.room;
                self.accuse(Breach::Strayed { sent, room, seq });
            }
            Some(fate) => match fate.seq {
                Some(first) => self.accuse(Breach::Twice { room, first, again: seq }),
                None => fate.seq = Some(seq),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Breach, Oracle, Violation};

    /// Three members of one room, and five sends 101 to 105.
    fn room_of_three() -> Oracle {
        let mut oracle = Oracle::new(1, [0, 0, 0]);
        for member in 0..3 {
            oracle.joined(member, 0);
        }
        for digest in 101..=105 {
            oracle.sent(0, digest);
        }
        oracle
    }

    /// Acknowledges all five, and shows them to members 0 and 1 as they should be.
    fn told() -> Oracle {
        let mut oracle = room_of_three();
        for seq in 1..=5 {
            oracle.acknowledged(0, seq, 100 + seq);
            oracle.delivered(0, seq, 100 + seq);
            oracle.delivered(1, seq, 100 + seq);
        }
        oracle
    }

    /// What is found when member 2 sees these seqs, each with the content that belongs to it.
    fn seen(seqs: &[u64]) -> Vec<Violation> {
        let mut oracle = told();
        for seq in seqs {
            oracle.delivered(2, *seq, 100 + seq);
        }
        oracle.verdict().examples
    }

    #[test]
    fn a_good_run_holds() {
        assert_eq!(seen(&[1, 2, 3, 4, 5]), []);
        let verdict = told().verdict();
        assert_eq!((verdict.acknowledged, verdict.deliveries), (5, 10));
    }

    #[test]
    fn a_dropped_message_is_caught_at_the_next_one() {
        let hole = Violation::from(Breach::Skipped { member: 2, room: 0, expected: 3, got: 4 });
        assert_eq!(seen(&[1, 2, 4, 5]), [hole]);
    }

    #[test]
    fn a_forgotten_end_is_caught_when_the_run_ends() {
        assert_eq!(told().waiting(), 1);
        let lost = Violation::from(Breach::Lost { member: 2, room: 0, cursor: 4, head: 5 });
        assert_eq!(seen(&[1, 2, 3, 4]), [lost]);
    }

    #[test]
    fn a_repeated_message_is_caught() {
        let again = Violation::from(Breach::Repeated { member: 2, room: 0, expected: 4, got: 3 });
        assert_eq!(seen(&[1, 2, 3, 3, 4, 5]), [again]);
    }

    #[test]
    fn swapped_messages_are_caught() {
        assert_eq!(
            seen(&[1, 3, 2, 4, 5]),
            [
                Violation::from(Breach::Skipped { member: 2, room: 0, expected: 2, got: 3 }),
                Violation::from(Breach::Repeated { member: 2, room: 0, expected: 4, got: 2 }),
            ]
        );
    }

    #[test]
    fn two_members_who_see_different_content_are_caught() {
        let mut oracle = told();
        oracle.delivered(2, 1, 102);
        assert_eq!(
            oracle.verdict().examples[0],
            Violation::from(Breach::Differs { room: 0, seq: 1 })
        );
    }

    #[test]
    fn an_acknowledged_message_that_nobody_sees_is_lost_for_all() {
        let mut oracle = room_of_three();
        oracle.acknowledged(0, 1, 101);
        assert_eq!(oracle.waiting(), 3);
        assert_eq!(oracle.verdict().broken, 3);
    }

    #[test]
    fn an_acknowledgement_that_contradicts_the_room_is_caught() {
        let mut oracle = room_of_three();
        oracle.delivered(0, 1, 101);
        oracle.acknowledged(0, 1, 102);
        assert_eq!(
            oracle.verdict().examples[0],
            Violation::from(Breach::Differs { room: 0, seq: 1 })
        );
    }

    #[test]
    fn a_retry_that_was_committed_twice_is_caught() {
        let mut oracle = room_of_three();
        oracle.delivered(0, 1, 101);
        oracle.delivered(0, 2, 101);
        let twice = Violation::from(Breach::Twice { room: 0, first: 1, again: 2 });
        assert_eq!(oracle.verdict().examples[0], twice);
    }

    #[test]
    fn a_message_that_nobody_sent_or_sent_elsewhere_is_caught() {
        let mut oracle = Oracle::new(2, [0, 1]);
        oracle.joined(0, 0);
        oracle.joined(1, 0);
        oracle.sent(1, 7);
        oracle.delivered(0, 1, 7);
        oracle.delivered(1, 1, 8);
        let strayed = Violation::from(Breach::Strayed { sent: 1, room: 0, seq: 1 });
        assert_eq!(
            oracle.verdict().examples,
            [strayed, Violation::from(Breach::Invented { room: 1, seq: 1 })]
        );
    }

    #[test]
    fn a_member_who_joins_late_is_judged_from_its_join_on() {
        let mut oracle = Oracle::new(1, [0, 0]);
        oracle.joined(0, 40);
        oracle.sent(0, 1);
        oracle.sent(0, 2);
        oracle.delivered(0, 41, 1);
        oracle.joined(1, 41);
        oracle.delivered(0, 42, 2);
        oracle.delivered(1, 42, 2);
        assert_eq!(oracle.verdict().broken, 0);
    }

    #[test]
    fn coming_back_does_not_move_the_cursor() {
        let mut oracle = told();
        oracle.joined(2, 5);
        assert_eq!(oracle.cursor(2), Some(0), "the hole would be forgotten");
    }
}
