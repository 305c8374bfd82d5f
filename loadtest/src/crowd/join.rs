//! Joining rooms and rejoining them: join, pages, history.

use std::time::Instant;

use throng_protocol::{Command, History, Join, LogEntry, Page, RoomId};

use super::Crowd;
use super::client::SeatState;
use super::send::RequestId;
use crate::oracle::{Clash, EntryDigest, Kind};

/// The most joins of one client in progress at a time. With more, their answers would fill the client's
/// outbox on the server, and the server would stop reading.
const JOINS_MAX: u32 = 4;

impl Crowd {
    /// After the greeting: sends the first joins. Each completed join starts the next.
    pub(super) fn begin_joins(&mut self, index: u32) {
        for seat in self.seats.seats(index).take(JOINS_MAX as usize) {
            self.join(seat);
        }
    }

    /// Joins after the last seq seen. The first join asks for no events and starts at the head.
    pub(super) fn join(&mut self, seat: u32) {
        let asked = self.ask(seat, SeatState::Joining);
        let after = self.oracle.cursor(seat);
        let join = Join {
            room: self.seats.name(self.seats.room(seat)),
            epoch: after.and(self.epoch),
            after,
            limit: if after.is_none() { Some(0) } else { None },
        };
        let index = self.seats.client(seat);
        let slot = seat - self.seats.seat(index, 0);
        self.request(index, RequestId::Join(asked, slot), Command::Join(join));
    }

    /// Requests the entries between the cursor and the head.
    fn fill(&mut self, seat: u32) {
        let asked = self.ask(seat, SeatState::Filling);
        let history = History {
            room: self.reference(self.seats.room(seat)),
            before: None,
            after: self.oracle.cursor(seat),
            around: None,
            limit: None,
        };
        let index = self.seats.client(seat);
        let slot = seat - self.seats.seat(index, 0);
        self.request(index, RequestId::History(asked, slot), Command::History(history));
    }

    /// How commands refer to a room: by its id once that is known.
    pub(super) fn reference(&self, room: u32) -> String {
        self.room_ids.id(room).map_or_else(|| self.seats.name(room), |id| id.to_string())
    }

    fn ask(&mut self, seat: u32, state: SeatState) -> u32 {
        let client = &mut self.clients[self.seats.client(seat) as usize];
        client.asked = client.asked.wrapping_add(1);
        let seat = &mut self.memberships[seat as usize];
        (seat.asked, seat.state) = (client.asked, state);
        client.asked
    }

    /// The seat that waits for this answer; `None` if a later request has replaced that one.
    pub(super) fn seat_asking(&self, index: u32, asked: u32, slot: u32) -> Option<u32> {
        let seat = (slot < self.seats.per_client()).then(|| self.seats.seat(index, slot))?;
        let known = self.memberships[seat as usize];
        let waits = matches!(known.state, SeatState::Joining | SeatState::Filling);
        (waits && known.asked == asked).then_some(seat)
    }

    pub(super) fn joined(&mut self, seat: u32, page: &Page<LogEntry>) {
        self.learn_id(seat, page.room.id);
        if self.oracle.cursor(seat).is_none() {
            self.oracle.joined(seat, page.head);
        } else if page.reset {
            let (room, client) = (self.seats.room(seat), self.seats.client(seat));
            let cursor = self.oracle.cursor(seat).unwrap_or(0);
            self.oracle.accuse(Kind::Forgotten, Some(room), Some(cursor), Some(client), |_| {
                let got = format!("a reset, and the head {}", page.head);
                (format!("to go on after {cursor}"), got)
            });
        } else if page.limited {
            self.tally.limited += 1;
            return self.fill(seat);
        } else {
            self.take(seat, page);
        }
        if page.more && !page.reset { self.join(seat) } else { self.seated(seat) }
    }

    /// Records the id in the answer to a join: the room's events carry it.
    fn learn_id(&mut self, seat: u32, id: RoomId) {
        let (room, index) = (self.seats.room(seat), self.seats.client(seat));
        let Err(clash) = self.room_ids.learn(room, id, self.oracle.is_blank(room)) else { return };
        let name = self.seats.name(room);
        let what = match clash {
            Clash::Before(before) => format!("the id {id} for the room {name}, which had {before}"),
            Clash::SharedWith(other) => {
                format!(
                    "the id {id} for the room {name}, which is that of {}",
                    self.seats.name(other)
                )
            }
        };
        self.garbled(index, what);
    }

    /// A page of history has come, which a `limited` join had made necessary.
    pub(super) fn filled(&mut self, seat: u32, page: &Page<LogEntry>) {
        self.take(seat, page);
        if page.more && !page.events.is_empty() { self.fill(seat) } else { self.join(seat) }
    }

    fn take(&mut self, seat: u32, page: &Page<LogEntry>) {
        for entry in &page.events {
            self.tally.in_pages += 1;
            self.delivered(seat, entry.seq(), &EntryDigest::read(entry), Some(entry));
        }
    }

    /// The join is complete: this seat is live.
    fn seated(&mut self, seat: u32) {
        let membership = &mut self.memberships[seat as usize];
        membership.state = SeatState::Live;
        if std::mem::replace(&mut membership.joined, true) {
            return;
        }
        let (index, room) = (self.seats.client(seat), self.seats.room(seat));
        let seats = self.seats.seats(index);
        let next =
            seats.clone().find(|seat| self.memberships[*seat as usize].state == SeatState::Out);
        if let Some(next) = next {
            self.join(next);
        }
        self.resend_all(index, room);
        let client = &mut self.clients[index as usize];
        client.joined += 1;
        if client.joined == self.seats.per_client() {
            client.parted = false;
            self.live += 1;
            self.underway -= 1;
            self.joins.record(client.came.elapsed());
        }
    }

    /// Joins again after an error, unless another join has been sent meanwhile.
    pub(super) fn rejoin(&mut self, seat: u32, asked: u32) {
        if self.memberships[seat as usize].asked == asked {
            self.join(seat);
        }
    }

    /// The server no longer knows this membership.
    pub(super) fn unseated(&mut self, index: u32, room: u32) {
        if let Some(seat) = self.seats.seat_in(index, room)
            && self.memberships[seat as usize].state == SeatState::Live
        {
            self.clients[index as usize].spoke = Instant::now();
            self.join(seat);
        }
    }
}
