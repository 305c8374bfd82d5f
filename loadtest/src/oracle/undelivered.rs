//! What has not come: whether everybody has everything, what a run is judged by at its end, and what
//! still counts as waiting.

use std::time::Duration;

use super::{Kind, Oracle, Verdict, Violation};

impl Oracle {
    /// How many seats have not yet seen all that was acknowledged or shown in their room.
    pub(crate) fn waiting(&self) -> usize {
        (0..self.seats.count()).filter(|seat| self.lacks(*seat).is_some()).count()
    }

    /// Ends the judging. What a member has not seen that was `asked` last is lost; of the others
    /// nobody knows, which is for the caller to say.
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

    /// What has not come: each send and each seat that still lacks it, with the time it was due.
    pub(crate) fn owed(&self, mut each: impl FnMut(Duration, u32)) {
        let mut seats: Vec<Vec<(u64, u32)>> = vec![Vec::new(); self.rooms.len()];
        for seat in 0..self.seats.count() {
            let cursor = self.cursor(seat).unwrap_or(0);
            seats[self.seats.room(seat) as usize].push((cursor, seat));
        }
        seats.iter_mut().for_each(|seats| seats.sort_unstable());
        for record in self.sends.records() {
            let seats = &seats[record.room as usize];
            // One without a seq has reached nobody.
            let lacking = match record.seq {
                0 => seats.len(),
                seq => seats.partition_point(|(cursor, _)| *cursor < seq),
            };
            seats[..lacking].iter().for_each(|(_, seat)| each(record.due(), *seat));
        }
    }

    /// The last seq that a seat has, and the head, where that is higher.
    pub(crate) fn lacks(&self, seat: u32) -> Option<(u64, u64)> {
        let head = self.rooms[self.seats.room(seat) as usize].head;
        let cursor = self.cursor(seat).unwrap_or(0);
        (cursor < head).then_some((cursor, head))
    }
}
