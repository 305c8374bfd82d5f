//! Measures the index for searching on this machine's disk: how fast it takes in a log, how large it becomes, how long
//! searches take, and what it costs the commits beside it.
//!
//!     cargo run --release -p throng-log --example search_bench -- --dir DIR --rows 1000000
//!
//! The directory must not exist; it is removed at the end. The messages are made up: seven of ten in Latin letters, the
//! others Chinese, Japanese, Korean, Thai, Russian and emoji.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::{Arg, Command, value_parser};
use futures::executor::block_on;
use futures::future::join_all;
use hdrhistogram::Histogram;
use throng_log::search::{Query, SearchIndex, Term};
use throng_log::sqlite::{Settings, SqliteLog};
use throng_log::{Append, Body, Log, MessageKind, NamedRoom};
use throng_protocol::{Cid, PersonId, RoomId, RoomName};

const ROOMS: usize = 100;
const PEOPLE: u64 = 1_000;

/// One message in this number has the common word, and as many the rare one.
const COMMON_EVERY: u64 = 4;
const RARE_EVERY: u64 = 50_000;

const LATIN: &[&str] = &[
    "the", "a", "coffee", "meeting", "tomorrow", "server", "crashed", "again", "who", "has",
    "time", "Füße", "café", "release", "build", "green", "red", "looks", "good", "thanks", "later",
    "maybe", "number", "train",
];
const OTHER: &[&str] = &[
    "東京都知事選挙",
    "会議は明日です",
    "今天下午开会",
    "服务器又挂了",
    "서울시에서 만나요",
    "내일 회의",
    "ขอบคุณครับ",
    "ประชุมพรุ่งนี้",
    "сервер упал",
    "встреча завтра",
    "👍🏽",
    "🎉🎉",
];

fn main() -> Result<()> {
    let number = |name: &'static str, default: &'static str, help: &'static str| {
        Arg::new(name).long(name).default_value(default).value_parser(value_parser!(u64)).help(help)
    };
    let arguments = Command::new("search_bench")
        .about("Measures the index for searching on this machine's disk")
        .arg(Arg::new("dir").long("dir").required(true).value_parser(value_parser!(PathBuf)))
        .arg(number("rows", "1000000", "messages in the log"))
        .arg(number(
            "seconds",
            "20",
            "how long the commits are measured, with and without the index",
        ))
        .get_matches();
    let dir = arguments.get_one::<PathBuf>("dir").context("--dir")?;
    let number = |name: &str| arguments.get_one::<u64>(name).copied().unwrap_or_default();
    ensure!(!dir.exists(), "{} is there already", dir.display());
    fs::create_dir_all(dir)?;
    let log = Arc::new(SqliteLog::open(dir, &[1; 32], Settings::default())?);
    let rooms: Vec<NamedRoom> = (0..ROOMS).map(named).collect::<Result<_>>()?;
    let mut bench = Bench { random: fastrand::Rng::with_seed(1), rooms, next: 0, text_bytes: 0 };
    bench.fill(&log, number("rows"));
    take_in(dir, &log, &bench)?;
    commits(dir, &log, &mut bench, Duration::from_secs(number("seconds")))?;
    log.close();
    fs::remove_dir_all(dir)?;
    Ok(())
}

/// How fast the index takes in the whole log, and how long searches take then.
fn take_in(dir: &Path, log: &Arc<SqliteLog>, bench: &Bench) -> Result<()> {
    let began = Instant::now();
    let index = SearchIndex::open(dir, Arc::clone(log) as _, Duration::from_secs(10))?;
    settle(&index);
    let took = began.elapsed().as_secs_f64();
    println!("taken in: {:.0} messages a second", bench.next as f64 / took);
    let bytes = fs::metadata(dir.join("search.db"))?.len();
    println!("size: {:.2} of the texts", bytes as f64 / bench.text_bytes as f64);
    for (name, words) in [
        ("a common word", "common"),
        ("a rare word", "rare"),
        ("a phrase", "\u{0}the coffee"),
        ("one Chinese letter", "京"),
        ("two letters of Thai", "ขอ"),
        ("no message has it", "nobodysaysthis"),
    ] {
        search(&index, name, words, |_| true);
    }
    let hidden = bench.rooms[0].id;
    search(&index, "a common word in one room of a hundred", "common", move |room| room == hidden);
    search(&index, "a common word in no room", "common", |_| false);
    index.close();
    Ok(())
}

fn search(
    index: &SearchIndex,
    name: &str,
    words: &str,
    may_see: impl Fn(RoomId) -> bool + Copy + Send + 'static,
) {
    let terms = match words.strip_prefix('\0') {
        Some(phrase) => vec![Term { text: phrase.to_owned(), is_prefix: false }],
        None => words.split(' ').map(|it| Term { text: it.to_owned(), is_prefix: false }).collect(),
    };
    let query = Query { terms, ..Query::default() };
    let mut times = Histogram::<u64>::new(3).expect("a histogram");
    let mut hits = 0;
    for _ in 0..100 {
        let began = Instant::now();
        let found = block_on(index.find(query.clone(), Box::new(move |room, _| may_see(room)), 20));
        times.record(began.elapsed().as_micros() as u64).expect("it grows");
        hits = found.map_or(0, |found| found.places.len());
    }
    println!(
        "{name}: {hits} hits, p50 {:.2} ms, p99 {:.2} ms",
        times.value_at_quantile(0.5) as f64 / 1e3,
        times.value_at_quantile(0.99) as f64 / 1e3
    );
}

/// Commits of 1,000 sends a second, by turns without the index and with it.
fn commits(dir: &Path, log: &Arc<SqliteLog>, bench: &mut Bench, long: Duration) -> Result<()> {
    let mut both = [(); 2].map(|()| Histogram::<u64>::new(3).expect("a histogram"));
    for round in 0..4 {
        let is_indexed = round % 2 == 1;
        let index = match is_indexed {
            true => {
                let index = SearchIndex::open(dir, Arc::clone(log) as _, Duration::from_secs(10))?;
                settle(&index);
                Some(index)
            }
            false => None,
        };
        bench.commit(log, long / 2, &mut both[usize::from(is_indexed)]);
        index.iter().for_each(SearchIndex::close);
    }
    let p99 = both.each_ref().map(|times| times.value_at_quantile(0.99) as f64 / 1e3);
    println!(
        "commits, 1,000 sends a second: p99 {:.2} ms without the index, {:.2} ms with it, {:.2} times",
        p99[0],
        p99[1],
        p99[1] / p99[0]
    );
    Ok(())
}

fn settle(index: &SearchIndex) {
    while !index.status().is_caught_up {
        std::thread::sleep(Duration::from_millis(5));
    }
}

struct Bench {
    random: fastrand::Rng,
    rooms: Vec<NamedRoom>,
    next: u64,
    text_bytes: u64,
}

impl Bench {
    fn fill(&mut self, log: &SqliteLog, rows: u64) {
        while self.next < rows {
            let batches: Vec<_> = (0..10)
                .map(|at| {
                    let room = (self.next as usize + at * 7) % ROOMS;
                    let batch = (0..200).map(|_| self.append()).collect();
                    log.append(self.rooms[room].clone(), batch)
                })
                .collect();
            for done in block_on(join_all(batches)) {
                done.expect("it is committed");
            }
        }
    }

    /// Ten sends every ten milliseconds, each in a random room.
    fn commit(&mut self, log: &SqliteLog, long: Duration, times: &mut Histogram<u64>) {
        let began = Instant::now();
        let mut due = began;
        while began.elapsed() < long {
            due += Duration::from_millis(10);
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let sends: Vec<_> = (0..10)
                .map(|_| {
                    let room = self.random.usize(..ROOMS);
                    log.append(self.rooms[room].clone(), vec![self.append()])
                })
                .collect();
            let begun = Instant::now();
            for done in block_on(join_all(sends)) {
                done.expect("it is committed");
                times.record(begun.elapsed().as_micros() as u64).expect("it grows");
            }
        }
    }

    fn append(&mut self) -> Append {
        self.next += 1;
        let mut bytes = [0; 17];
        bytes[8..16].copy_from_slice(&self.next.to_be_bytes());
        bytes[16] = 1;
        let text = self.text();
        self.text_bytes += text.len() as u64;
        let sender = 1 + self.random.u64(..PEOPLE);
        Append {
            sender: PersonId::from_parts(sender, 0),
            nick: format!("person-{sender}").into(),
            cid: Cid::from_bytes(bytes).expect("a ULID"),
            body: Body::message(MessageKind::Text, text),
            admit: true,
            shadow: false,
        }
    }

    fn text(&mut self) -> String {
        let words = if self.random.u8(..10) < 7 { LATIN } else { OTHER };
        let mut text: Vec<&str> = (0..self.random.usize(3..12))
            .map(|_| words[self.random.usize(..words.len())])
            .collect();
        if self.next.is_multiple_of(COMMON_EVERY) {
            text.push("common");
        }
        if self.next.is_multiple_of(RARE_EVERY) {
            text.push("rare");
        }
        format!("{} {}", text.join(" "), self.next)
    }
}

fn named(number: usize) -> Result<NamedRoom> {
    let name = RoomName::parse(&format!("room-{number}"))?;
    Ok(NamedRoom { id: RoomId::from_parts(1, number as u128 + 1), name })
}
