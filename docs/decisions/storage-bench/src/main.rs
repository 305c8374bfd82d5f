//! One group commit through rusqlite and through sqlx, on the same SQLite and the same disk.
//!
//!     cargo run --release -- DIR
//!
//! Each transaction looks every message up by its cid, inserts it, and moves its room's head, as
//! the chatlog does. DIR must be on the disk in question; the databases in it are removed.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use rusqlite::{OptionalExtension, params};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Executor};

const SCHEMA: &str = "
    CREATE TABLE room (number INTEGER PRIMARY KEY, head INTEGER NOT NULL);
    CREATE TABLE message (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, sender BLOB NOT NULL,
        cid BLOB NOT NULL, nick TEXT NOT NULL, text TEXT NOT NULL) STRICT;
    CREATE UNIQUE INDEX message_cid ON message (cid, sender);
    WITH RECURSIVE counted (room) AS (SELECT 1 UNION ALL SELECT room + 1 FROM counted WHERE room < 100)
    INSERT INTO room SELECT room, 0 FROM counted;
";
const FIND: &str = "SELECT id FROM message WHERE cid = ? AND sender = ?";
const INSERT: &str =
    "INSERT INTO message (id, at, sender, cid, nick, text) VALUES (?, ?, ?, ?, ?, ?)";
const HEAD: &str = "UPDATE room SET head = ? WHERE number = ?";

const MEASURED: Duration = Duration::from_secs(2);
const TURNS: usize = 4;
const ROOMS: i64 = 100;

struct Message {
    room: i64,
    seq: i64,
    cid: [u8; 17],
    sender: [u8; 16],
    text: String,
}

/// The same messages for both: one after the other in 100 rooms, cids that grow with time.
fn messages(first: i64, count: i64) -> Vec<Message> {
    (first..first + count)
        .map(|number| {
            let mut cid = [0; 17];
            let random = fastrand::u128(..1 << 80);
            cid[..16].copy_from_slice(&((number as u128) << 80 | random).to_be_bytes());
            let mut sender = [0; 16];
            sender[15] = fastrand::u8(..);
            let (room, seq) = (number % ROOMS + 1, number / ROOMS + 1);
            Message { room, seq, cid, sender, text: "x".repeat(128) }
        })
        .collect()
}

fn main() -> anyhow::Result<()> {
    let dir = std::env::args_os().nth(1).context("usage: storage-bench DIR")?;
    let dir = Path::new(&dir).join("storage-bench-databases");
    fs::create_dir(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    println!("messages per commit; messages a second, commits a second (best of {TURNS} turns)");
    for size in [1, 10, 100, 400] {
        let mut best = [0.0_f64; 2];
        for turn in 0..TURNS {
            for (driver, run) in
                [with_rusqlite as fn(&Path, i64) -> _, with_sqlx].iter().enumerate()
            {
                let commits = run(&dir.join(format!("{size}-{turn}-{driver}.db")), size)?;
                best[driver] = best[driver].max(commits as f64 / MEASURED.as_secs_f64());
            }
        }
        for (name, commits) in ["rusqlite", "sqlx"].into_iter().zip(best) {
            println!("{size:4} {name:9} {:8.0} {commits:8.0}", commits * size as f64);
        }
    }
    fs::remove_dir_all(dir)?;
    Ok(())
}

fn with_rusqlite(path: &Path, size: i64) -> anyhow::Result<i64> {
    let mut connection = rusqlite::Connection::open(path)?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
    connection.execute_batch(SCHEMA)?;
    let (began, mut commits) = (Instant::now(), 0);
    while began.elapsed() < MEASURED {
        let transaction = connection.transaction()?;
        for m in messages(commits * size, size) {
            let found: Option<i64> = transaction
                .prepare_cached(FIND)?
                .query_row(params![m.cid, m.sender], |row| row.get(0))
                .optional()?;
            anyhow::ensure!(found.is_none());
            let id = m.room << 40 | m.seq;
            transaction
                .prepare_cached(INSERT)?
                .execute(params![id, commits, m.sender, m.cid, "somebody", m.text])?;
            transaction.prepare_cached(HEAD)?.execute(params![m.seq, m.room])?;
        }
        transaction.commit()?;
        commits += 1;
    }
    Ok(commits)
}

fn with_sqlx(path: &Path, size: i64) -> anyhow::Result<i64> {
    smol::block_on(async {
        let mut connection = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .disable_statement_logging()
            .connect()
            .await?;
        connection.execute(SCHEMA).await?;
        let (began, mut commits) = (Instant::now(), 0);
        while began.elapsed() < MEASURED {
            let mut transaction = connection.begin().await?;
            for m in messages(commits * size, size) {
                let (cid, sender) = (&m.cid[..], &m.sender[..]);
                let found: Option<i64> = sqlx::query_scalar(FIND)
                    .bind(cid)
                    .bind(sender)
                    .fetch_optional(&mut *transaction)
                    .await?;
                anyhow::ensure!(found.is_none());
                let insert = sqlx::query(INSERT).bind(m.room << 40 | m.seq).bind(commits);
                let insert = insert.bind(sender).bind(cid).bind("somebody").bind(&m.text);
                insert.execute(&mut *transaction).await?;
                sqlx::query(HEAD).bind(m.seq).bind(m.room).execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
            commits += 1;
        }
        connection.close().await?;
        Ok(commits)
    })
}
