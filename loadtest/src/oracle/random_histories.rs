//! Random histories by seed: a correct server is never accused, whatever happens, and a single wrong step
//! always is.

use std::collections::VecDeque;
use std::time::Duration;

use super::{EntryDigest, Oracle, Seats};
use crate::sends::Sends;

const SEEDS: u64 = 300;
const STEPS: usize = 400;

/// A step that a correct server does not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Drop,
    Repeat,
    Swap,
    Rewrite,
    Forget,
    Misnumber,
    Stray,
    Again,
    Misfile,
}

/// A correct server in miniature. Its queues are whole logs: a member that lags reads on from its cursor.
struct World {
    rng: fastrand::Rng,
    seats: Seats,
    oracle: Oracle,
    /// The log of each room.
    logs: Vec<Vec<EntryDigest>>,
    /// How far in the log each seat has received, and which entries are on their way to it.
    given: Vec<Option<usize>>,
    coming: Vec<VecDeque<(u64, EntryDigest)>>,
    /// Sends that are committed and not acknowledged.
    silent: Vec<(u64, u64)>,
    wrong: Option<Wrong>,
    /// The seat that was wronged. It must keep its connection: a resume would rightly deliver everything
    /// again.
    wronged: Option<u32>,
}

impl World {
    fn new(seed: u64, wrong: Option<Wrong>) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let (rooms, clients) = (rng.u32(2..4), rng.u32(4..9));
        let seats = Seats::new(clients, rooms, rng.u32(1..=rooms), "r");
        let count = seats.count() as usize;
        Self {
            oracle: Oracle::new(seats.clone(), Sends::new(48, 0), false),
            logs: vec![Vec::new(); rooms as usize],
            given: vec![None; count],
            coming: vec![VecDeque::new(); count],
            silent: Vec::new(),
            wrong,
            wronged: None,
            rng,
            seats,
        }
    }

    /// Whether to take the wrong step now; it is taken once.
    fn strikes(&mut self, wrong: Wrong) -> bool {
        let strikes = self.wrong == Some(wrong) && self.rng.u8(..8) == 0;
        if strikes {
            self.wrong = None;
        }
        strikes
    }

    fn say(&mut self, room: u32) {
        let number = self.oracle.sent(room, Duration::ZERO);
        let digest = self.oracle.send(number).expect("a send").digest;
        let seen = EntryDigest { number: Some(number), digest, due: None, later: false };
        let room = if self.strikes(Wrong::Stray) {
            ((room + 1) % self.seats.rooms()) as usize
        } else {
            room as usize
        };
        self.logs[room].push(seen);
        let seq = self.logs[room].len() as u64;
        if self.strikes(Wrong::Forget) {
            self.logs[room].pop();
            self.oracle.acknowledged(0, number, seq);
            return;
        }
        if self.strikes(Wrong::Again) {
            self.logs[room].push(seen);
        }
        let wrong = u64::from(self.strikes(Wrong::Misnumber));
        self.silent.push((number, seq + wrong));
    }

    fn acknowledge(&mut self) {
        if !self.silent.is_empty() {
            let (number, seq) = self.silent.swap_remove(self.rng.usize(..self.silent.len()));
            self.oracle.acknowledged(0, number, seq);
        }
    }

    fn step_of(&mut self, seat: u32) {
        let (place, room) = (seat as usize, self.seats.room(seat) as usize);
        let Some(given) = self.given[place] else {
            let head = self.logs[room].len();
            self.given[place] = Some(head);
            return self.oracle.joined(seat, head as u64);
        };
        if self.rng.u8(..20) == 0 && self.wronged != Some(seat) {
            // The seat lost its connection and resumes at its cursor.
            let cursor = self.oracle.cursor(seat).unwrap_or(0);
            self.coming[place].clear();
            self.given[place] = Some(usize::try_from(cursor).unwrap_or(usize::MAX));
            return self.oracle.joined(seat, self.logs[room].len() as u64);
        }
        if let Some(seen) = self.logs[room].get(given).copied() {
            self.given[place] = Some(given + 1);
            let seq = given as u64 + 1;
            if self.strikes(Wrong::Drop) {
                self.wronged = Some(seat);
                return;
            }
            let rewritten = self.strikes(Wrong::Rewrite);
            let seen = if rewritten { EntryDigest { digest: 5, ..seen } } else { seen };
            self.coming[place].push_back((seq, seen));
            let repeated = self.strikes(Wrong::Repeat);
            if repeated {
                self.coming[place].push_back((seq, seen));
            }
            if rewritten || repeated {
                self.wronged = Some(seat);
            }
        }
        let waiting = self.coming[place].len();
        if waiting > 1 && self.strikes(Wrong::Swap) {
            self.coming[place].swap(waiting - 1, waiting - 2);
            self.wronged = Some(seat);
        }
        if self.rng.bool() {
            self.deliver(seat);
        }
    }

    fn deliver(&mut self, seat: u32) {
        if let Some((seq, seen)) = self.coming[seat as usize].pop_front() {
            self.oracle.delivered(seat, seq, &seen, None);
        }
    }

    fn checkpoint(&mut self) {
        for room in 0..self.seats.rooms() {
            let Some((after, upto)) = self.oracle.unread(room) else { continue };
            for seq in after + 1..=upto {
                let Some(seen) = self.logs[room as usize].get(seq as usize - 1).copied() else {
                    self.oracle.log_ends(room, seq - 1, upto);
                    break;
                };
                let misfiled = self.strikes(Wrong::Misfile);
                let seen = if misfiled { EntryDigest { digest: 6, ..seen } } else { seen };
                self.oracle.logged(room, seq, &seen, None);
            }
        }
        self.oracle.free(true);
    }

    /// Delivers everything that is still due, and ends the run.
    fn end(&mut self) {
        while !self.silent.is_empty() {
            self.acknowledge();
        }
        for seat in 0..self.seats.count() {
            let room = self.seats.room(seat) as usize;
            while self.given[seat as usize].is_some_and(|given| given < self.logs[room].len())
                || !self.coming[seat as usize].is_empty()
            {
                self.step_of(seat);
                self.deliver(seat);
            }
        }
        self.checkpoint();
    }

    fn run(mut self) -> Self {
        for seat in 0..self.seats.count() {
            self.step_of(seat);
        }
        for _ in 0..STEPS {
            match self.rng.u8(..10) {
                0 => {
                    let room = self.rng.u32(..self.seats.rooms());
                    self.say(room);
                }
                1 => self.acknowledge(),
                2 if self.rng.u8(..10) == 0 => self.checkpoint(),
                _ => {
                    let seat = self.rng.u32(..self.seats.count());
                    self.step_of(seat);
                }
            }
        }
        self.end();
        self
    }
}

#[test]
fn a_right_server_is_never_accused_and_leaves_nothing_to_remember() {
    for seed in 0..SEEDS {
        let world = World::new(seed, None).run();
        let verdict = world.oracle.verdict(|_| true);
        assert_eq!(verdict.broken, 0, "seed {seed}: {verdict}");
        assert_eq!(verdict.verified, verdict.acknowledged, "seed {seed}");
        assert_eq!(world.oracle.remembered(), (0, 0), "seed {seed}");
    }
}

#[test]
fn one_wrong_step_is_always_caught() {
    for wrong in [
        Wrong::Drop,
        Wrong::Repeat,
        Wrong::Swap,
        Wrong::Rewrite,
        Wrong::Forget,
        Wrong::Misnumber,
        Wrong::Stray,
        Wrong::Again,
        Wrong::Misfile,
    ] {
        let mut taken = 0;
        for seed in 0..SEEDS {
            let world = World::new(seed, Some(wrong)).run();
            if world.wrong.is_none() {
                taken += 1;
                assert!(
                    world.oracle.verdict(|_| true).broken > 0,
                    "seed {seed}: {wrong:?} went by"
                );
            }
        }
        assert!(taken > SEEDS / 4, "{wrong:?} was taken in {taken} of {SEEDS} histories only");
    }
}
