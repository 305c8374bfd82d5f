//! The log: a batch of one room appended to SQLite, on disk when it returns.
//!
//!     cargo bench -p throng --bench commit
//!
//! The floor writes and syncs 4 KiB, which no commit can do without. `log/examples/log_bench.rs`
//! measures the log under load, with millions of rows, many rooms and readers.

#![allow(missing_docs)]

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicU64, Ordering};

use criterion::{BatchSize, Criterion};
use futures::executor::block_on;
use throng_log::sqlite::{Settings, SqliteLog};
use throng_log::{Append, Appended, Body, Log, MessageKind, NamedRoom};
use throng_protocol::{Cid, PersonId, RoomId, RoomName};

mod support;

fn main() {
    support::run(&[commit], &["commit"]);
}

fn commit(criterion: &mut Criterion) {
    // Below the working directory, since /tmp may be memory.
    let home = tempfile::tempdir_in(".").expect("a directory");
    let mut group = criterion.benchmark_group("commit");
    let mut file = File::create(home.path().join("floor")).expect("a file");
    file.write_all(&vec![1; 4 << 20]).and_then(|()| file.sync_all()).expect("it is written");
    let mut page = 0;
    group.bench_function("floor", |bencher| {
        bencher.iter(|| {
            page = (page + 1) % 1024;
            file.seek(SeekFrom::Start(page * 4096)).expect("a place");
            file.write_all(&[2; 4096]).and_then(|()| file.sync_data()).expect("it is written");
        });
    });
    let log = SqliteLog::open(home.path(), &[1; 32], Settings::default()).expect("a log");
    let name = RoomName::parse("bench").expect("a name");
    let room = NamedRoom { id: RoomId::from_parts(1, 1), name };
    for size in [1, 10, 100, 400] {
        group.bench_function(format!("{size} messages"), |bencher| {
            bencher.iter_batched(
                || batch(size),
                |batch| {
                    let appended = block_on(log.append(room.clone(), batch)).expect("a commit");
                    assert!(matches!(appended[..], [Appended::Committed { .. }, ..]));
                },
                BatchSize::SmallInput,
            );
        });
    }
    let again = batch(100);
    block_on(log.append(room.clone(), again.clone())).expect("a commit");
    group.bench_function("100 retries", |bencher| {
        bencher.iter_batched(
            || again.clone(),
            |batch| block_on(log.append(room.clone(), batch)).expect("an answer"),
            BatchSize::SmallInput,
        );
    });
    group.finish();
    log.close();
}

fn batch(size: u64) -> Vec<Append> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let first = NEXT.fetch_add(size, Ordering::Relaxed);
    (first..first + size)
        .map(|number| Append {
            sender: PersonId::from_parts(1, u128::from(number % 100)),
            nick: "ana".into(),
            cid: cid(number),
            body: Body::message(MessageKind::Text, "x".repeat(128)),
            admit: true,
            shadow: false,
        })
        .collect()
}

/// An id that begins with a time, as throng's own clients make them.
fn cid(number: u64) -> Cid {
    let text = format!(
        "{:08x}-{:04x}-7000-8000-000000000000",
        0x0189_0000 + (number >> 16),
        number & 0xffff
    );
    Cid::parse(&text).expect("a UUID")
}
