//! What has not been delivered: whether all members have everything, what that means at the end of a run, and
//! how long the rest has waited.

use std::time::Duration;

use super::{Kind, Oracle, Verdict, Violation};

impl Oracle {
    /// How many seats have not seen everything that was acknowledged or shown in their rooms.
    pub(crate) fn waiting(&self) -> usize {
        (0..self.seats.count()).filter(|seat| self.lacks(*seat).is_some()).count()
    }

    /// The final verdict. For a seat that was `asked` last, what it has not seen is lost. For the others that
    /// is unknown; the caller reports them.
    pub(crate) fn verdict(&self, asked: impl Fn(u32) -> bool) -> Verdict {
        let mut verdict = self.verdict.clone();
        for seat in (0..self.seats.count()).filter(|seat| asked(*seat)) {
            let Some((cursor, head)) = self.lacks(seat) else { continue };
            let room = self.seats.room(seat);
            verdict.add(|| {
                let known = self.rooms[room as usize].known(cursor + 1);
                let next =
                    known.map_or_else(String::new, |digest| format!(", {}", self.shown(digest)));
                let place = (Some(self.seats.name(room)), Some(cursor + 1), self.client(seat));
                let expected = format!("all up to {head}");
                let got = format!("nothing after {cursor}; the next is {}{next}", cursor + 1);
                Violation::new(Kind::Lost, place, expected, got)
            });
        }
        verdict
    }

    /// Calls `each` for each send and each seat that has not got it, with the time it was due.
    pub(crate) fn owed(&self, mut each: impl FnMut(Duration, u32)) {
        let mut seats: Vec<Vec<(u64, u32)>> = vec![Vec::new(); self.rooms.len()];
        for seat in 0..self.seats.count() {
            let cursor = self.cursor(seat).unwrap_or(0);
            seats[self.seats.room(seat) as usize].push((cursor, seat));
        }
        seats.iter_mut().for_each(|seats| seats.sort_unstable());
        for record in self.sends.records() {
            let seats = &seats[record.room as usize];
            // A send without a seq has reached no seat.
            let lacking = match record.seq {
                0 => seats.len(),
                seq => seats.partition_point(|(cursor, _)| *cursor < seq),
            };
            seats[..lacking].iter().for_each(|(_, seat)| each(record.due(), *seat));
        }
    }

    /// The last seq of a seat and the head, if the head is higher.
    pub(crate) fn lacks(&self, seat: u32) -> Option<(u64, u64)> {
        let head = self.rooms[self.seats.room(seat) as usize].head;
        let cursor = self.cursor(seat).unwrap_or(0);
        (cursor < head).then_some((cursor, head))
    }
}
