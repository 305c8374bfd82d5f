//! Random histories by seed, checked against a simple model of the trait's promises.

use std::collections::HashMap;

use futures::executor::block_on;
use futures::future::join_all;

use super::{Directory, action_body, cid, named, page, person, text_body, text_of};
use crate::entry::{Body, Entry};
use crate::log::{Append, Appended, Log, Range};
use crate::sqlite::{Settings, SqliteLog};

const ROOMS: [&str; 4] = ["lobby", "attic", "Cellar", "garden"];
const HISTORIES: u64 = 2000;
const STEPS: usize = 20;

/// The first message under a cid: room, body, seq, time.
type First = (usize, Body, u64, u64);

/// A message with the numbers of its sender and cid.
type Sent = ((u64, u64), Append);

/// An entry as the model has it.
enum Known {
    Text { text: Box<str>, is_hidden: bool, sender: u64 },
    Deleted { by: u64, is_hidden: bool, sender: u64 },
    Deletion { is_hidden: bool, sender: u64 },
}

impl Known {
    fn text(&self) -> Box<str> {
        match self {
            Self::Text { text, .. } => text.clone(),
            Self::Deleted { .. } | Self::Deletion { .. } => "".into(),
        }
    }

    fn is_hidden(&self) -> bool {
        let (Self::Text { is_hidden, .. }
        | Self::Deleted { is_hidden, .. }
        | Self::Deletion { is_hidden, .. }) = self;
        *is_hidden
    }

    /// Whether this person has said it.
    fn is_of(&self, person: u64) -> bool {
        let (Self::Text { sender, .. }
        | Self::Deleted { sender, .. }
        | Self::Deletion { sender, .. }) = self;
        *sender == person
    }
}

/// The expected state of the log, in the simplest form.
#[derive(Default)]
struct Model {
    sent: HashMap<(u64, u64), First>,
    rooms: [Vec<Known>; 4],
    times: [u64; 4],
}

impl Model {
    /// Checks one answer, and updates the model.
    fn check(&mut self, room: usize, (sender, number): (u64, u64), item: &Append, got: &Appended) {
        match self.sent.get(&(sender, number)) {
            Some((first, body, seq, at)) => {
                let is_same = *first == room && *body == item.body;
                let is_deleted =
                    is_same && matches!(self.known(room, *seq), Some(Known::Deleted { .. }));
                let expected = match is_same {
                    true => Appended::Duplicate { seq: *seq, at: *at, is_deleted },
                    false => Appended::Conflict,
                };
                assert_eq!(*got, expected);
            }
            None if !item.admit => assert_eq!(*got, Appended::Refused),
            None if !self.has_text_for(room, &item.body) => {
                match self.first_deletion(room, &item.body) {
                    None => assert_eq!(*got, Appended::Refused),
                    Some(by) => assert!(
                        matches!(*got, Appended::Duplicate { seq, is_deleted: false, .. } if seq == by),
                        "{got:?}, and not {by}"
                    ),
                }
            }
            None => {
                let Appended::Committed { seq, at, is_hidden } = *got else {
                    panic!("{got:?} for {item:?}")
                };
                self.say(room, seq, sender, item);
                assert_eq!(is_hidden, self.known(room, seq).is_some_and(Known::is_hidden));
                assert_eq!(seq, self.rooms[room].len() as u64, "dense");
                assert!(at >= self.times[room], "time goes back");
                self.times[room] = at;
                let first = (room, item.body.clone(), seq, at);
                self.sent.insert((sender, number), first);
            }
        }
    }

    fn known(&self, room: usize, seq: u64) -> Option<&Known> {
        self.rooms[room].get(usize::try_from(seq.checked_sub(1)?).expect("a small seq"))
    }

    /// Whether there is something to be done: only a deletion may have no text left.
    fn has_text_for(&self, room: usize, body: &Body) -> bool {
        let Body::Delete { targets } = body else { return true };
        targets.iter().any(|seq| matches!(self.known(room, *seq), Some(Known::Text { .. })))
    }

    fn first_deletion(&self, room: usize, body: &Body) -> Option<u64> {
        let Body::Delete { targets } = body else { return None };
        targets.iter().find_map(|seq| match self.known(room, *seq) {
            Some(Known::Deleted { by, .. }) => Some(*by),
            _ => None,
        })
    }

    fn say(&mut self, room: usize, seq: u64, sender: u64, item: &Append) {
        let entry = match &item.body {
            Body::Delete { targets } => {
                let mut known = targets.iter().filter_map(|target| self.known(room, *target));
                let is_hidden = known.all(|it| it.is_hidden() && it.is_of(sender));
                for target in targets.iter().filter(|target| (1..seq).contains(*target)) {
                    let known = &mut self.rooms[room][*target as usize - 1];
                    if let Known::Text { is_hidden, sender, .. } = *known {
                        *known = Known::Deleted { by: seq, is_hidden, sender };
                    }
                }
                Known::Deletion { is_hidden, sender }
            }
            body => Known::Text { text: text_of(body).into(), is_hidden: item.shadow, sender },
        };
        self.rooms[room].push(entry);
    }

    fn page(&self, room: usize, range: Range) -> Vec<(u64, (Box<str>, bool))> {
        let rows = self.rooms[room].iter().map(|it| (it.text(), it.is_hidden()));
        let all = (1..).zip(rows);
        match range {
            Range::After { seq, limit } => {
                all.filter(|(at, _)| *at > seq).take(limit as usize).collect()
            }
            Range::Before { seq, limit } => {
                let all: Vec<_> = all.filter(|(at, _)| *at < seq).collect();
                all[all.len().saturating_sub(limit as usize)..].to_vec()
            }
        }
    }
}

#[test]
fn random_histories_say_what_a_simple_model_says() {
    histories(0..HISTORIES / 2);
}

#[test]
fn further_random_histories_say_what_a_simple_model_says() {
    histories(HISTORIES / 2..HISTORIES);
}

fn histories(seeds: std::ops::Range<u64>) {
    for seed in seeds {
        let directory = Directory::in_memory();
        let mut random = fastrand::Rng::with_seed(seed);
        let mut log = open(&directory, &mut random);
        let epoch = log.epoch();
        let mut model = Model::default();
        for _ in 0..STEPS {
            match random.u8(..100) {
                0..3 => {
                    drop(log);
                    log = open(&directory, &mut random);
                    assert_eq!(log.epoch(), epoch);
                }
                3..70 => say(&log, &mut model, &mut random),
                _ => read(&log, &model, &mut random),
            }
        }
        for (number, name) in ROOMS.iter().enumerate() {
            let whole = Range::After { seq: 0, limit: u32::MAX };
            check_page(&log, &model, number, whole);
            let record = super::record(&log, name);
            assert_eq!(record.map_or(0, |room| room.head), model.rooms[number].len() as u64);
        }
    }
}

fn open(directory: &Directory, random: &mut fastrand::Rng) -> SqliteLog {
    directory.open_with(Settings {
        wal_backfill_bytes: random.u64(1..40) << 12,
        wal_bytes_max: random.u64(1..60) << 12,
        append_queue_max: random.usize(1..8),
        ..Settings::default()
    })
}

/// Several rooms append at once; chance decides which transaction takes which.
fn say(log: &SqliteLog, model: &mut Model, random: &mut fastrand::Rng) {
    // Each cid is in only one of the concurrent batches, so that their order does not matter.
    let batches: Vec<(usize, String, Vec<Sent>)> = (0..random.u64(1..=4))
        .map(|lane| {
            let target = random.usize(..ROOMS.len());
            let name = ROOMS[target];
            let spelling = if random.bool() { name.to_uppercase() } else { name.into() };
            let items = (0..random.usize(0..8)).map(|_| item(random, lane)).collect();
            (target, spelling, items)
        })
        .collect();
    let rooms_differ = (1..batches.len())
        .all(|at| batches[..at].iter().all(|(earlier, ..)| *earlier != batches[at].0));
    let send = |(_, spelling, items): &(usize, String, Vec<Sent>)| {
        log.append(named(log, spelling), items.iter().map(|(_, item)| item.clone()).collect())
    };
    let answers = if rooms_differ {
        block_on(join_all(batches.iter().map(send)))
    } else {
        batches.iter().map(|batch| block_on(send(batch))).collect()
    };
    for ((target, _, items), answers) in batches.iter().zip(answers) {
        let answers = answers.expect("the log takes it");
        assert_eq!(answers.len(), items.len());
        for ((id, item), answer) in items.iter().zip(&answers) {
            model.check(*target, *id, item, answer);
        }
    }
}

/// Few cids and few texts, so that retries and conflicts are common.
fn item(random: &mut fastrand::Rng, lane: u64) -> Sent {
    let sender = random.u64(1..=3);
    let number = random.u64(..60) * 4 + lane;
    let texts = ["a", "b", "a longer text\nof two lines", "\u{1f44b}"];
    let text = texts[if random.u8(..5) == 0 { random.usize(..4) } else { number as usize % 4 }];
    let append = Append {
        sender: person(sender),
        nick: format!("nick-{sender}").into(),
        cid: cid(number),
        body: match random.u8(..10) {
            0 => action_body(text),
            1 => {
                Body::Delete { targets: (0..random.usize(..4)).map(|_| random.u64(..12)).collect() }
            }
            _ => text_body(text),
        },
        admit: random.u8(..5) > 0,
        shadow: random.u8(..4) == 0,
    };
    ((sender, number), append)
}

fn read(log: &SqliteLog, model: &Model, random: &mut fastrand::Rng) {
    let number = random.usize(..ROOMS.len());
    let seq = match random.u8(..10) {
        0 => u64::MAX,
        _ => random.u64(..model.rooms[number].len() as u64 + 3),
    };
    let limit = random.u32(..20);
    let range =
        if random.bool() { Range::After { seq, limit } } else { Range::Before { seq, limit } };
    check_page(log, model, number, range);
}

fn check_page(log: &SqliteLog, model: &Model, number: usize, range: Range) {
    let page = page(log, ROOMS[number], range);
    assert_eq!((page.first, page.head), (1, model.rooms[number].len() as u64));
    let row = |entry: &Entry| (entry.seq, (text_of(&entry.body).into(), entry.is_hidden()));
    let got: Vec<_> = page.entries.iter().map(row).collect();
    assert_eq!(got, model.page(number, range));
}
