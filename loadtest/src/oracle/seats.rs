//! Who is in which room. A seat is a client's membership of a room. All of it is arithmetic, so it takes no
//! memory for a crowd of any size.

/// The seating of a crowd: client `n` is in the rooms `n`, `n + 1` and so on, modulo their number.
#[derive(Clone, Debug)]
pub(crate) struct Seats {
    clients: u32,
    rooms: u32,
    per_client: u32,
    /// The prefix of the rooms' names; the number follows.
    prefix: String,
}

impl Seats {
    /// Makes a seating. No client is in more rooms than there are.
    pub(crate) fn new(clients: u32, rooms: u32, per_client: u32, prefix: &str) -> Self {
        let rooms = rooms.max(1);
        let per_client = per_client.clamp(1, rooms);
        Self { clients, rooms, per_client, prefix: prefix.to_owned() }
    }

    /// How many seats there are.
    pub(crate) fn count(&self) -> u32 {
        self.clients * self.per_client
    }

    pub(crate) fn rooms(&self) -> u32 {
        self.rooms
    }

    pub(crate) fn per_client(&self) -> u32 {
        self.per_client
    }

    pub(crate) fn seat(&self, client: u32, slot: u32) -> u32 {
        client * self.per_client + slot
    }

    /// All seats of a client.
    pub(crate) fn seats(&self, client: u32) -> std::ops::Range<u32> {
        self.seat(client, 0)..self.seat(client + 1, 0)
    }

    pub(crate) fn client(&self, seat: u32) -> u32 {
        seat / self.per_client
    }

    pub(crate) fn room(&self, seat: u32) -> u32 {
        (seat / self.per_client + seat % self.per_client) % self.rooms
    }

    /// The seat of a client in a room, if it has one there.
    pub(crate) fn seat_in(&self, client: u32, room: u32) -> Option<u32> {
        let slot = (room + self.rooms - client % self.rooms) % self.rooms;
        (room < self.rooms && slot < self.per_client).then(|| self.seat(client, slot))
    }

    /// A random seat of this room; `None` if it has none.
    pub(crate) fn draw(&self, room: u32, rng: &mut fastrand::Rng) -> Option<u32> {
        let slot = rng.u32(..self.per_client);
        let first = (room + self.rooms - slot) % self.rooms;
        let rows = self.clients.checked_sub(first + 1)? / self.rooms + 1;
        Some(self.seat(first + rng.u32(..rows) * self.rooms, slot))
    }

    pub(crate) fn name(&self, room: u32) -> String {
        format!("{}-{room}", self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::Seats;

    #[test]
    fn every_way_around_leads_back() {
        for (clients, rooms, per_client) in [(7, 3, 2), (10, 10, 1), (5, 1, 1), (20, 4, 4)] {
            let seats = Seats::new(clients, rooms, per_client, "r");
            for seat in 0..seats.count() {
                let (client, room) = (seats.client(seat), seats.room(seat));
                assert_eq!(seats.seat_in(client, room), Some(seat));
            }
            for client in 0..clients {
                let rooms = (0..rooms).filter(|room| seats.seat_in(client, *room).is_some());
                assert_eq!(rooms.count(), per_client as usize);
            }
        }
        assert_eq!(Seats::new(9, 3, 1, "r").seat_in(0, 1), None);
    }

    #[test]
    fn a_draw_finds_every_seat_of_its_room_and_no_other() {
        let seats = Seats::new(11, 4, 2, "r");
        let mut rng = fastrand::Rng::with_seed(1);
        for room in 0..4 {
            let mut drawn: Vec<u32> = (0..400).filter_map(|_| seats.draw(room, &mut rng)).collect();
            drawn.sort_unstable();
            drawn.dedup();
            let all: Vec<u32> = (0..22).filter(|seat| seats.room(*seat) == room).collect();
            assert_eq!(drawn, all);
        }
        assert_eq!(Seats::new(1, 4, 1, "r").draw(2, &mut rng), None);
    }
}
