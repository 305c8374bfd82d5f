//! Who is in which room, here or not: the seats, in memory, for every join and every send.
//!
//! The directory has them on disk. Private and direct rooms have a seat for each member, and for who was asked to
//! come. Public rooms have seats of people with accounts, so that their rooms are the same on every device, and
//! everybody else is simply there.

use std::collections::BTreeMap;

use dashmap::DashMap;
use throng_log::Seat;
use throng_protocol::{PersonId, Rank, RoomId};

/// All seats.
#[derive(Default)]
pub(crate) struct Seats {
    by_person: DashMap<PersonId, Vec<(RoomId, Rank)>>,
    /// Who is in a room, with what they are called.
    by_room: DashMap<RoomId, BTreeMap<PersonId, (Box<str>, Rank)>>,
    /// Held while a seat or a room is stored and put in force.
    pub(crate) order: async_lock::Mutex<()>,
}

impl Seats {
    /// Those of the directory.
    pub(crate) fn load(stored: Vec<Seat>) -> Self {
        let seats = Self::default();
        for seat in stored {
            seats.put(&seat);
        }
        seats
    }

    /// Gives somebody a seat, or another rank.
    pub(crate) fn put(&self, seat: &Seat) {
        let mut own = self.by_person.entry(seat.person).or_default();
        match own.iter_mut().find(|(room, _)| *room == seat.room) {
            Some((_, rank)) => *rank = seat.rank,
            None => own.push((seat.room, seat.rank)),
        }
        drop(own);
        let mut there = self.by_room.entry(seat.room).or_default();
        there.insert(seat.person, (seat.nick.clone(), seat.rank));
    }

    /// Takes somebody's seat away.
    pub(crate) fn remove(&self, room: RoomId, person: PersonId) {
        if let Some(mut own) = self.by_person.get_mut(&person) {
            own.retain(|(it, _)| *it != room);
        }
        self.by_person.remove_if(&person, |_, own| own.is_empty());
        if let Some(mut there) = self.by_room.get_mut(&room) {
            there.remove(&person);
        }
        self.by_room.remove_if(&room, |_, there| there.is_empty());
    }

    /// Takes everybody's seat in a room away, and returns who had one.
    pub(crate) fn clear(&self, room: RoomId) -> Vec<PersonId> {
        let people = self.people(room);
        for person in &people {
            self.remove(room, *person);
        }
        people
    }

    /// Takes every seat of somebody away.
    pub(crate) fn clear_person(&self, person: PersonId) {
        for (room, _) in self.of_person(person) {
            self.remove(room, person);
        }
    }

    /// What somebody is in a room; `None` if they have no seat there.
    pub(crate) fn rank(&self, room: RoomId, person: PersonId) -> Option<Rank> {
        let own = self.by_person.get(&person)?;
        own.iter().find(|(it, _)| *it == room).map(|(_, rank)| *rank)
    }

    /// Somebody's rooms, in the order of their ids.
    pub(crate) fn of_person(&self, person: PersonId) -> Vec<(RoomId, Rank)> {
        let mut own = self.by_person.get(&person).map(|own| own.clone()).unwrap_or_default();
        own.sort_by_key(|(room, _)| *room);
        own
    }

    /// Who has a seat in a room, in the order of their ids.
    pub(crate) fn people(&self, room: RoomId) -> Vec<PersonId> {
        self.by_room.get(&room).map(|there| there.keys().copied().collect()).unwrap_or_default()
    }

    /// The seats of a room, in the order of their people's ids.
    pub(crate) fn of_room(&self, room: RoomId) -> Vec<Seat> {
        let Some(there) = self.by_room.get(&room) else { return Vec::new() };
        let seat = |(person, (nick, rank)): (&PersonId, &(Box<str>, Rank))| Seat {
            room,
            person: *person,
            nick: nick.clone(),
            rank: *rank,
        };
        there.iter().map(seat).collect()
    }
}

#[cfg(test)]
mod tests {
    use throng_log::Seat;
    use throng_protocol::{PersonId, Rank, RoomId};

    use super::Seats;

    fn seat(room: u64, person: u64, rank: Rank) -> Seat {
        let (room, person) = (RoomId::from_parts(room, 0), PersonId::from_parts(person, 0));
        Seat { room, person, nick: "ana".into(), rank }
    }

    #[test]
    fn a_seat_is_found_from_both_sides_until_it_is_taken_away() {
        let seats = Seats::load(vec![seat(1, 1, Rank::Invited), seat(2, 1, Rank::Member)]);
        seats.put(&seat(1, 1, Rank::Moderator));
        seats.put(&seat(1, 2, Rank::Member));
        let (room, ana) = (RoomId::from_parts(1, 0), PersonId::from_parts(1, 0));
        assert_eq!(seats.rank(room, ana), Some(Rank::Moderator));
        assert_eq!(seats.of_room(room), [seat(1, 1, Rank::Moderator), seat(1, 2, Rank::Member)]);
        assert_eq!(seats.of_person(ana).len(), 2);
        seats.remove(room, ana);
        assert_eq!((seats.rank(room, ana), seats.of_person(ana).len()), (None, 1));
        assert_eq!(seats.of_room(room), [seat(1, 2, Rank::Member)]);
        assert_eq!(seats.clear(room), [PersonId::from_parts(2, 0)]);
        seats.clear_person(ana);
        assert!(seats.by_person.is_empty() && seats.by_room.is_empty());
    }
}
