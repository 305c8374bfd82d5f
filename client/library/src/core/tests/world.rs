//! Random histories: what the caller sees and is answered, whatever happens in between.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use fastrand::Rng;
use futures::channel::oneshot;
use throng_protocol::{Cid, Kind, RoomId, RoomRef, Sent};

use super::model::{Connection, OTHER_NAMES, ROOMS, Server, pause};
use crate::core::{Core, Speech, Step};
use crate::error::{DisconnectReason, SendError};
use crate::event::{Event, State};
use crate::options::Options;

type Answer = oneshot::Receiver<Result<Sent, SendError>>;

/// The cid of the n-th send.
fn cid(n: u64) -> Cid {
    let mut bytes = [0; 17];
    bytes[8..16].copy_from_slice(&n.to_be_bytes());
    bytes[16] = 1;
    Cid::from_bytes(bytes).expect("a ULID")
}

struct World {
    rng: Rng,
    now: Duration,
    core: Core,
    server: Server,
    /// Per room the last seq that the caller saw.
    seen: BTreeMap<RoomId, u64>,
    gaps: usize,
    resets: u64,
    /// How often the caller was told that a room is gone.
    left: usize,
    said: u64,
    waiting: VecDeque<(String, u64, Answer)>,
    /// In the order of the caller: room, number, seq.
    told: Vec<(String, u64, u64)>,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        // Small queues, so that they are full now and then.
        let options = Options::guest("n1").events_max(rng.usize(1..20)).page(3);
        let core = Core::new(&options, seed, None);
        let (seen, waiting, told) = Default::default();
        let (server, now) = (Server::new(), Duration::ZERO);
        Self { rng, now, core, server, seen, gaps: 0, resets: 0, left: 0, said: 0, waiting, told }
    }

    fn room(&mut self) -> &'static str {
        ROOMS[self.rng.usize(..ROOMS.len())]
    }

    fn join(&mut self, room: &str) {
        let room = RoomRef::parse(room).expect("an id or a name");
        self.core.join(self.now, room, None, oneshot::channel().0);
    }

    /// Reads a room on, under any of its names or its id.
    fn join_again(&mut self) {
        let at = self.rng.usize(..ROOMS.len());
        match self.rng.u32(..3) {
            0 => self.join(ROOMS[at]),
            1 => self.join(OTHER_NAMES[at]),
            _ => self.join(&self.server.id(ROOMS[at]).to_string()),
        }
    }

    fn send(&mut self) {
        let room = self.room();
        let (to, answer) = oneshot::channel();
        self.said += 1;
        let text = format!("mine {}", self.said);
        let name = RoomRef::parse(room).expect("a name");
        self.core.send(self.now, name, Speech::Message(Kind::Text), text, cid(self.said), to);
        self.waiting.push_back((room.to_owned(), self.said, answer));
    }

    /// What the driver does.
    fn drive(&mut self) {
        if self.core.is_linked() {
            self.core.tick(self.now);
        } else if self.core.step(self.now) == Step::Dial {
            if !self.server.calm && self.rng.u32(..5) == 0 {
                let (address, problem) = Default::default();
                self.core.lost(self.now, DisconnectReason::Dial { address, problem });
            } else {
                self.server.connection = Some(Connection::default());
                self.core.opened(self.now);
            }
        }
        if !self.core.is_linked() {
            self.server.connection = None;
        }
        let Some(connection) = &mut self.server.connection else { return };
        while let Some(text) = self.core.take_write() {
            connection.up.push_back(text);
        }
    }

    fn cut(&mut self) {
        if self.server.connection.take().is_some() {
            self.core.lost(self.now, DisconnectReason::Lost { problem: String::new() });
        }
    }

    /// The server reads one command, or the client one event.
    fn carry(&mut self) {
        let Some(connection) = self.server.connection.as_mut().filter(|it| !it.stalled) else {
            return;
        };
        if self.rng.bool() {
            self.server.read(&mut self.rng);
        } else if self.core.wants_frames()
            && let Some(text) = connection.down.pop_front()
        {
            self.core.frame(self.now, &text);
            self.core.tick(self.now);
        }
    }

    /// The caller reads an event, and checks it.
    fn look(&mut self) {
        let Some(event) = self.core.next_event() else { return };
        match event {
            Event::Message { room, message, .. } => {
                assert_eq!(room.id, message.room);
                let last = self.seen.insert(room.id, message.seq);
                assert!(last.is_none_or(|last| message.seq == last + 1), "{last:?} {message:?}");
                if self.resets == 0 {
                    let log = &self.server.logs[room.name.as_str()];
                    assert_eq!(log.messages[message.seq as usize - 1], message);
                }
            }
            Event::Gap { room, last, next, reset, .. } => {
                self.gaps += 1;
                assert!(reset || next > last + 1, "a gap is not empty");
                assert!(!reset || self.resets > 0, "a reset has a reason");
                if let Some(seen) = self.seen.insert(room.id, next - 1) {
                    assert_eq!(seen, last, "the gap begins where the caller is");
                }
            }
            Event::Left { room } => {
                self.left += 1;
                assert!(self.server.forgotten > 0, "nothing makes this: {room:?}");
                assert_ne!(room.id, self.server.id(room.name.as_str()), "it was forgotten");
                assert!(self.resets > 0 || !self.seen.contains_key(&room.id), "something was said");
            }
            Event::Refused { .. } => panic!("nothing makes this: {event:?}"),
            _ => {}
        }
    }

    /// The answers that are there, in whatever order they came.
    fn collect(&mut self) {
        for (room, number, mut answer) in std::mem::take(&mut self.waiting) {
            match answer.try_recv().expect("every send is answered before it is forgotten") {
                Some(Ok(sent)) => self.told.push((room, number, sent.seq)),
                Some(Err(error)) => panic!("nothing here refuses a send for good: {error}"),
                None => self.waiting.push_back((room, number, answer)),
            }
        }
    }

    fn happen(&mut self) {
        match self.rng.u32(..1_000) {
            0..10 => self.cut(),
            10..12 => {
                self.server.forget_blank();
                self.cut();
            }
            12..15 => {
                if let Some(connection) = &mut self.server.connection {
                    connection.stalled = true;
                }
            }
            15..16 => {
                self.resets += 1;
                self.server.restore(&mut self.rng);
                self.cut();
            }
            16..20 => {
                let room = self.room();
                self.server.forget(&mut self.rng, room);
            }
            20..24 => {
                self.join_again();
            }
            24..80 => {
                let room = self.room();
                self.server.chatter(&mut self.rng, room);
            }
            80..100 => self.send(),
            100..200 => self.now += pause(&mut self.rng),
            200..400 => self.look(),
            400..900 => self.carry(),
            _ => self.drive(),
        }
    }

    /// Nothing goes wrong any more: then all that is owed must come.
    fn settle(&mut self) {
        self.server.calm = true;
        // A new connection would hide what the old one has to recover from.
        if self.rng.bool() {
            self.cut();
        }
        for round in 0..1_500 {
            self.now += Duration::from_millis(100);
            self.drive();
            self.carry();
            self.look();
            if round == 1_000 {
                // The last message may have fallen into a hole: the next one shows it.
                for room in ROOMS {
                    self.server.chatter(&mut self.rng, room);
                }
            }
        }
        while self.core.has_event() {
            self.look();
        }
        self.collect();
        assert_eq!(self.core.state(), &State::Live);
        assert!(self.waiting.is_empty(), "{} sends have no answer", self.waiting.len());
        for room in ROOMS {
            let (seen, head) =
                (self.seen.get(&self.server.id(room)), self.server.logs[room].head());
            assert_eq!(seen, Some(&head), "of {room}");
        }
        assert!(self.gaps <= self.server.gaps, "no gap that the server did not tell of");
    }

    /// Each send has its one seq, and they are in the order of the caller.
    fn check_sends(&mut self) {
        self.told.sort_by_key(|(room, number, _)| (room.clone(), *number));
        for pair in self.told.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            assert!(pair[0].2 < pair[1].2, "overtaken: {pair:?}");
        }
        for (room, number, seq) in &self.told {
            let log = &self.server.logs[room].messages;
            let places = log.iter().filter(|message| message.text == format!("mine {number}"));
            assert_eq!(places.map(|message| message.seq).collect::<Vec<_>>(), [*seq]);
        }
    }
}

#[test]
fn in_every_history_the_caller_sees_each_message_once_and_each_send_has_one_seq() {
    let (mut gaps, mut resets, mut left, mut sends) = (0, 0, 0, 0);
    for seed in 0..2_000 {
        let mut world = World::new(seed);
        for room in ROOMS {
            world.join(room);
        }
        let steps = world.rng.usize(100..900);
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for _ in 0..steps {
                world.happen();
                world.collect();
            }
            world.settle();
            if world.resets == 0 {
                world.check_sends();
            }
        }));
        if let Err(panic) = outcome {
            println!("seed {seed}, with {} resets", world.resets);
            std::panic::resume_unwind(panic);
        }
        gaps += world.gaps;
        resets += world.resets;
        left += world.left;
        sends += world.told.len();
    }
    // The histories are worth something only if these happen in them.
    let all = format!("{gaps} gaps, {resets} resets, {left} rooms left, {sends} sends");
    assert!(gaps > 500 && resets > 300 && left > 25 && sends > 10_000, "{all}");
}
