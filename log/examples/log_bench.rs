//! Measures the log on this machine's disk: how fast it commits in one room and in many, how long
//! a commit takes while readers page through history, and how large its files become.
//!
//!     cargo run --release --example log_bench -- --rows 10000000 --dir DIR
//!
//! The directory must not exist; it is removed at the end, unless `--keep` is given, and then
//! used again by the next run. `--cids random` sends ids without a time in them (UUIDv4).

use std::fs::{self, File};
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, ensure};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use futures::future::join_all;
use parking_lot::Mutex;
use throng_log::sqlite::{CommitObserver, Settings, SqliteLog};
use throng_log::{Append, Body, Log, MessageKind, NamedRoom, Range};
use throng_protocol::{Cid, PersonId, RoomId, RoomName};

/// How many sends wait for an answer in the runs at full speed, over all rooms together.
const OUTSTANDING: usize = 400;

/// How many people send.
const SENDERS: u64 = 10_000;

fn main() -> anyhow::Result<()> {
    let arguments = arguments();
    let number = |name: &str| *arguments.get_one::<u64>(name).expect("it has a default");
    let dir = arguments.get_one::<PathBuf>("dir").expect("it is required");
    let (rows, rooms, seconds) = (number("rows"), number("rooms") as usize, number("seconds"));
    let tally = Arc::new(Tally::default());
    let cids = match arguments.get_one::<String>("cids").map(String::as_str) {
        Some("random") => Cids::Random,
        _ => Cids::Ordered,
    };
    let settings = Settings {
        writer_cache_bytes: (number("cache-mib") as usize) << 20,
        wal_backfill_bytes: number("backfill-kib") << 10,
        wal_bytes_max: number("wal-max-kib") << 10,
        read_threads: number("read-threads") as usize,
        observer: tally.clone(),
        ..Settings::default()
    };
    let is_new = !dir.exists();
    if is_new {
        fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    }
    ensure!(is_new || dir.join("throng.db").exists(), "{} is somebody's", dir.display());
    floor(dir)?;
    let names: Vec<NamedRoom> = (0..rooms).map(named).collect::<Result<_, _>>()?;
    let text: Box<str> = "x".repeat(number("text") as usize).into();
    if is_new {
        let log = SqliteLog::open(dir, &[1; 32], settings.clone())?;
        fill(&log, &names, rows, &text, cids);
        log.close();
        let bytes = fs::metadata(dir.join("throng.db"))?.len();
        println!("size: {bytes} bytes, {} per row", bytes / rows.max(1));
    }
    let began = Instant::now();
    let log = SqliteLog::open(dir, &[1; 32], settings)?;
    println!("opening: {:?}", began.elapsed());
    let bench = Bench { log, tally, text, cids, wal: dir.join("throng.db-wal"), seconds };
    for readers in [0, number("readers") as usize] {
        if !arguments.get_flag("paced") {
            bench.run("full speed, 1 room", &names[..1], None, readers);
            bench.run(&format!("full speed, {rooms} rooms"), &names, None, readers);
        }
        bench.run(&format!("1,000 a second, {rooms} rooms"), &names, Some(1000), readers);
    }
    bench.log.close();
    if !arguments.get_flag("keep") {
        fs::remove_dir_all(dir)?;
    }
    Ok(())
}

fn arguments() -> ArgMatches {
    let number = |name: &'static str, default: &'static str, help: &'static str| {
        Arg::new(name).long(name).default_value(default).value_parser(value_parser!(u64)).help(help)
    };
    Command::new("log_bench")
        .about("Measures the log on this machine's disk")
        .arg(
            Arg::new("dir")
                .long("dir")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("where the log is made"),
        )
        .arg(number("rows", "1000000", "messages in the log before anything is measured"))
        .arg(number("rooms", "100", "rooms they are in"))
        .arg(number("text", "128", "bytes of text in each"))
        .arg(number("seconds", "10", "how long each measurement takes"))
        .arg(number("readers", "4", "readers that page through history at full speed"))
        .arg(number("read-threads", "2", "threads of the log that read"))
        .arg(number("cache-mib", "16", "page cache of the thread that writes"))
        .arg(
            Arg::new("cids")
                .long("cids")
                .default_value("ordered")
                .value_parser(["ordered", "random"])
                .help("ids of sends: with a time in them (ULID), or without (UUIDv4)"),
        )
        .arg(number("backfill-kib", "8192", "size of the write-ahead log to copy from"))
        .arg(number("wal-max-kib", "49152", "size of the write-ahead log to stop commits at"))
        .arg(
            Arg::new("paced")
                .long("paced")
                .action(ArgAction::SetTrue)
                .help("leaves out the runs at full speed"),
        )
        .arg(
            Arg::new("keep")
                .long("keep")
                .action(ArgAction::SetTrue)
                .help("keeps the directory for the next run"),
        )
        .get_matches()
}

/// What one fsync costs here: 4 KiB, written over and over and synced each time.
fn floor(dir: &Path) -> anyhow::Result<()> {
    let mut floor = Floor::new(dir)?;
    let times = (0..1000).map(|_| floor.sync()).collect::<Result<_, _>>()?;
    println!("floor, write and fdatasync of 4 KiB: {}", Spread(times));
    Ok(())
}

/// A file beside the log, written over and over.
struct Floor {
    path: PathBuf,
    file: File,
    turn: u64,
}

impl Floor {
    fn new(dir: &Path) -> std::io::Result<Self> {
        let path = dir.join("floor");
        let mut file = File::create(&path)?;
        file.write_all(&vec![1; 4 << 20])?;
        file.sync_all()?;
        Ok(Self { path, file, turn: 0 })
    }

    fn sync(&mut self) -> std::io::Result<Duration> {
        let began = Instant::now();
        self.turn += 1;
        self.file.seek(std::io::SeekFrom::Start(self.turn % 1024 * 4096))?;
        self.file.write_all(&[2; 4096])?;
        self.file.sync_data()?;
        Ok(began.elapsed())
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// What the log says that it does.
#[derive(Default)]
struct Tally {
    commits: Mutex<Vec<Duration>>,
    stalls: Mutex<Vec<Duration>>,
    items: AtomicU64,
    wal_max: AtomicU64,
    /// What went through the write-ahead log, in bytes; each is written twice.
    wal_total: AtomicU64,
}

impl CommitObserver for Tally {
    fn committed(&self, items: usize, _: usize, took: Duration) {
        self.commits.lock().push(took);
        self.items.fetch_add(items as u64, Relaxed);
    }

    fn failed(&self, _: usize, _: usize, reason: &str) {
        panic!("the log failed: {reason}");
    }

    fn checkpointed(&self, wal_bytes: u64, stall: Duration) {
        self.stalls.lock().push(stall);
        self.wal_max.fetch_max(wal_bytes, Relaxed);
        self.wal_total.fetch_add(wal_bytes, Relaxed);
    }
}

/// Fills the log as a server would have: every room in turn, one message a millisecond, and
/// clients whose clocks differ by up to two seconds.
fn fill(log: &SqliteLog, names: &[NamedRoom], rows: u64, text: &str, cids: Cids) {
    let began = Instant::now();
    let first = now().saturating_sub(rows);
    let mut row = 0;
    while row < rows {
        let appends = names.iter().map(|name| {
            let batch = (0..50.min(rows - row)).map(|_| message(first + row, text, cids)).collect();
            row += 50.min(rows - row);
            log.append(name.clone(), batch)
        });
        for answers in async_io::block_on(join_all(appends)) {
            answers.expect("it is committed");
        }
    }
    let took = began.elapsed();
    println!("filled {rows} rows in {took:?}, {:.0} a second", rows as f64 / took.as_secs_f64());
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis() as u64
}

/// Which ids the clients make.
#[derive(Clone, Copy)]
enum Cids {
    Ordered,
    Random,
}

impl Cids {
    fn make(self, at: u64) -> Cid {
        let random = fastrand::u128(..);
        let (bits, form) = match self {
            Self::Ordered => {
                let at = at.saturating_sub(fastrand::u64(..2000));
                (u128::from(at) << 80 | random >> 48, 1)
            }
            Self::Random => {
                (uuid::Builder::from_random_bytes(random.to_be_bytes()).into_uuid().as_u128(), 0)
            }
        };
        let mut bytes = [form; 17];
        bytes[..16].copy_from_slice(&bits.to_be_bytes());
        Cid::from_bytes(bytes).expect("a UUID or a ULID")
    }
}

/// The same room in every run.
fn named(number: usize) -> anyhow::Result<NamedRoom> {
    let name = RoomName::parse(&format!("room-{number}"))?;
    Ok(NamedRoom { id: RoomId::from_parts(1_700_000_000_000, number as u128), name })
}

fn message(at: u64, text: &str, cids: Cids) -> Append {
    Append {
        sender: PersonId::from_parts(1_700_000_000_000, fastrand::u64(..SENDERS).into()),
        nick: "somebody".into(),
        cid: cids.make(at),
        body: Body::message(MessageKind::Text, text),
        admit: true,
        shadow: false,
    }
}

struct Bench {
    log: SqliteLog,
    tally: Arc<Tally>,
    text: Box<str>,
    cids: Cids,
    wal: PathBuf,
    seconds: u64,
}

impl Bench {
    fn run(&self, name: &str, rooms: &[NamedRoom], rate: Option<u64>, readers: usize) {
        self.tally.commits.lock().clear();
        self.tally.stalls.lock().clear();
        self.tally.items.store(0, Relaxed);
        self.tally.wal_max.store(0, Relaxed);
        self.tally.wal_total.store(0, Relaxed);
        let over = AtomicBool::new(false);
        let pages = AtomicU64::new(0);
        let began = Instant::now();
        let mut meanwhile = Vec::new();
        let answers = std::thread::scope(|scope| {
            // What everybody on this disk has to bear, fifty times a second.
            scope.spawn(|| {
                let mut floor = Floor::new(self.wal.parent().expect("a file")).expect("a file");
                while !over.load(Relaxed) {
                    meanwhile.push(floor.sync().expect("it is written"));
                    std::thread::park_timeout(Duration::from_millis(20));
                }
            });
            if readers > 0 {
                scope.spawn(|| {
                    async_io::block_on(join_all(
                        (0..readers).map(|_| self.page_on(rooms, &over, &pages)),
                    ))
                });
            }
            let end = began + Duration::from_secs(self.seconds);
            let senders = rooms.iter().enumerate().map(|(number, room)| async move {
                match rate {
                    None => self.send(room, OUTSTANDING / rooms.len(), end).await,
                    Some(rate) => {
                        let every = Duration::from_secs(rooms.len() as u64) / rate as u32;
                        let first = began + every * number as u32 / rooms.len() as u32;
                        self.send_paced(room, first, every, end).await
                    }
                }
            });
            let answers = async_io::block_on(join_all(senders)).concat();
            over.store(true, Relaxed);
            answers
        });
        let took = began.elapsed().as_secs_f64();
        let items = self.tally.items.load(Relaxed);
        let commits = std::mem::take(&mut *self.tally.commits.lock());
        println!(
            "{name}, {readers} readers: {:.0} sends/s, {:.1} per commit, {:.0} pages/s",
            items as f64 / took,
            items as f64 / commits.len() as f64,
            pages.load(Relaxed) as f64 / took,
        );
        println!("    commit   {}", Spread(commits));
        println!("    append to answer   {}", Spread(answers));
        println!("    the floor meanwhile   {}", Spread(meanwhile));
        let stalls = std::mem::take(&mut *self.tally.stalls.lock());
        println!(
            "    WAL at most {} KiB, {} bytes per send, file {} KiB; {} resets, stall   {}",
            self.tally.wal_max.load(Relaxed) >> 10,
            self.tally.wal_total.load(Relaxed) / items.max(1),
            fs::metadata(&self.wal).map_or(0, |file| file.len()) >> 10,
            stalls.len(),
            Spread(stalls),
        );
    }

    /// One batch in flight after the other.
    async fn send(&self, room: &NamedRoom, items: usize, end: Instant) -> Vec<Duration> {
        let mut times = Vec::new();
        while Instant::now() < end {
            let batch = (0..items.max(1)).map(|_| message(now(), &self.text, self.cids)).collect();
            let began = Instant::now();
            self.log.append(room.clone(), batch).await.expect("it is committed");
            times.push(began.elapsed());
        }
        times
    }

    /// A message at each of its times; what became due during a commit makes one batch. A
    /// message's time counts from when it was due.
    async fn send_paced(
        &self,
        room: &NamedRoom,
        first: Instant,
        every: Duration,
        end: Instant,
    ) -> Vec<Duration> {
        let mut times = Vec::new();
        let mut due = first;
        while due < end {
            async_io::Timer::at(due).await;
            let mut dues = Vec::new();
            while due <= Instant::now() {
                dues.push(due);
                due += every;
            }
            let batch = dues.iter().map(|_| message(now(), &self.text, self.cids)).collect();
            self.log.append(room.clone(), batch).await.expect("it is committed");
            times.extend(dues.into_iter().map(|due| due.elapsed()));
        }
        times
    }

    /// Pages through one room after the other, from a place by chance to its head.
    async fn page_on(&self, rooms: &[NamedRoom], over: &AtomicBool, pages: &AtomicU64) {
        while !over.load(Relaxed) {
            let room = rooms[fastrand::usize(..rooms.len())].id;
            let head = match self.log.room(room).await.expect("readable") {
                Some(room) => room.head,
                None => continue,
            };
            let mut seq = fastrand::u64(..=head);
            while seq < head && !over.load(Relaxed) {
                let range = Range::After { seq, limit: 50 };
                let page = self.log.page(room, range).await.expect("readable");
                pages.fetch_add(1, Relaxed);
                seq = page.entries.last().map_or(u64::MAX, |entry| entry.seq);
            }
        }
    }
}

/// Times as p50, p99 and max.
struct Spread(Vec<Duration>);

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut times = self.0.clone();
        times.sort_unstable();
        let at = |part: f64| {
            let index = (times.len() as f64 * part) as usize;
            times.get(index.min(times.len().saturating_sub(1))).copied().unwrap_or_default()
        };
        write!(f, "p50 {:.2?}  p99 {:.2?}  max {:.2?}", at(0.5), at(0.99), at(1.0))
    }
}
