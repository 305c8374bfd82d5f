//! Opening, closing, and refusals.

use std::ffi::OsString;
use std::fs;
use std::process::Command;

use futures::executor::block_on;
use futures::future::join_all;
use rusqlite::Connection;

use super::{Directory, KEY, append, committed, latest, named, room, said, seqs, try_append};
use crate::log::{Log, LogError};
use crate::sqlite::{OpenError, Settings, SqliteLog};

#[test]
fn everything_is_there_after_closing_and_opening() {
    let directory = Directory::new();
    let log = directory.open();
    let epoch = log.epoch();
    append(&log, "Lobby", vec![said(1, "a"), said(2, "b")]);
    append(&log, "attic", vec![said(3, "c")]);
    let lobby = named(&log, "lobby");
    log.close();
    assert!(!log.is_writable());
    assert!(matches!(try_append(&log, "lobby", vec![said(4, "d")]), Err(LogError::Unavailable(_))));
    assert!(matches!(block_on(log.rooms()), Err(LogError::Unavailable(_))));

    let log = directory.open();
    assert_eq!(log.epoch(), epoch);
    assert!(log.is_writable());
    let record = super::record(&log, "lobby").expect("a room");
    assert_eq!((&record.name, record.first, record.head), (&room("Lobby"), 1, 2));
    assert_eq!(block_on(log.room(record.id)), Ok(Some(record.clone())));
    assert_eq!(record.id, lobby.id, "the room is the same");
    let rooms = block_on(log.rooms()).expect("readable");
    let mut names: Vec<_> = rooms.iter().map(|room| room.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Lobby", "attic"]);
    assert_eq!(seqs(&latest(&log, "lobby", 9)), [1, 2]);
    assert_eq!(committed(&append(&log, "lobby", vec![said(4, "d")])), [3]);
}

#[test]
fn closing_finishes_what_waits_and_leaves_no_write_ahead_log() {
    let directory = Directory::new();
    let log = directory.open();
    let answers: Vec<_> =
        (0..100).map(|number| log.append(named(&log, "lobby"), vec![said(number, "a")])).collect();
    let (answers, ()) =
        block_on(async { futures::join!(join_all(answers), async { log.close() }) });
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    let left = fs::metadata(directory.path().join("throng.db-wal")).map_or(0, |file| file.len());
    assert_eq!(left, 0);
}

#[test]
fn what_a_crash_left_is_in_the_database_before_anything_is_served() {
    let directory = Directory::new();
    let log = directory.open();
    let answers = append(&log, "lobby", (1..=50).map(|number| said(number, "a")).collect());
    let crashed = copied(&directory);
    let wal = || fs::metadata(crashed.path().join("throng.db-wal")).map_or(0, |file| file.len());
    assert!(wal() > 0, "there is something left to do");
    let reopened = crashed.open();
    assert_eq!(wal(), 0);
    assert_eq!(seqs(&latest(&reopened, "lobby", 99)), committed(&answers));
    assert_eq!(reopened.epoch(), log.epoch());
}

#[test]
fn a_missing_directory_is_made() {
    let directory = Directory::new();
    let deep = directory.path().join("a/b");
    SqliteLog::open(&deep, &KEY, Settings::default()).expect("it opens").close();
    assert!(deep.join("throng.db").is_file());
}

#[test]
fn a_second_server_on_the_directory_is_refused() {
    let directory = Directory::new();
    let log = directory.open();
    let error = refusal(&directory);
    assert!(matches!(error, OpenError::InUse { .. }));
    assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
    log.close();
    directory.open();
}

#[test]
fn a_first_start_that_was_cut_short_is_begun_again() {
    let directory = Directory::new();
    let half = Connection::open(directory.database()).expect("it opens");
    half.pragma_update(None, "journal_mode", "wal").expect("the first page is written");
    drop(half);
    assert!(fs::metadata(directory.database()).expect("a file").len() > 0);
    assert!(!is_found(&directory));
    append(&directory.open(), "lobby", vec![said(1, "a")]);
}

/// A power cut in the first start, between the write of the first page and its sync: the length is on disk,
/// the first sector is not, and the journal with which SQLite rolls it back is.
#[test]
fn a_first_page_that_was_half_written_is_rolled_back_and_begun_again() {
    let directory = Directory::new();
    let half = Connection::open(directory.database()).expect("it opens");
    half.execute_batch("PRAGMA synchronous = OFF; BEGIN; CREATE TABLE t (x)").expect("it begins");
    half.execute_batch("PRAGMA cache_spill = 1; PRAGMA cache_size = 1").expect("it is set");
    half.execute_batch("INSERT INTO t VALUES (zeroblob(100000))").expect("pages are written out");
    let cut = copied_files(&directory, &["throng.db", "throng.db-journal"]);
    drop(half);
    let written = fs::read(cut.database()).expect("readable");
    assert!(written.len() >= 4096, "pages are there");
    let mut torn = vec![0; 512];
    torn.extend(&written[512..4096]);
    fs::write(cut.database(), torn).expect("written");
    assert!(!is_found(&cut), "there is nothing in it");
    let log = cut.open();
    assert!(log.is_new());
    append(&log, "lobby", vec![said(1, "a")]);
    log.close();

    // Without a journal that rolls it back, it may be anybody's file, and is left alone.
    let foreign = Directory::new();
    fs::write(foreign.database(), vec![0; 4096]).expect("written");
    assert!(matches!(SqliteLog::find(foreign.path()), Err(OpenError::Foreign { .. })));
    fs::write(foreign.path().join("throng.db-journal"), vec![0; 512]).expect("written");
    assert!(matches!(refusal(&foreign), OpenError::Foreign { .. }));
    assert_eq!(fs::read(foreign.database()).expect("readable"), vec![0; 4096]);
}

#[test]
fn a_log_is_found_wherever_it_is_and_nothing_is_left_behind() {
    let directory = Directory::new();
    let found = |directory: &Directory| {
        let before = names(directory);
        let found = is_found(directory);
        assert_eq!(names(directory), before);
        found
    };
    assert!(!found(&directory));
    let missing = directory.path().join("missing");
    assert_eq!(SqliteLog::find(&missing).expect("nothing"), (missing.join("throng.db"), false));
    fs::write(directory.database(), "").expect("it is written");
    assert!(!found(&directory), "a start that was cut short at once");

    let log = directory.open();
    let crashed = copied(&directory);
    log.close();
    assert!(found(&directory));
    let header = fs::read(crashed.database()).expect("readable");
    assert_eq!(header[40..44], [0; 4], "all of it is in the write-ahead log");
    assert!(found(&crashed));
}

#[test]
fn what_is_no_log_is_not_found_as_one() {
    let directory = Directory::new();
    let foreign = |bytes: &[u8]| {
        fs::write(directory.database(), bytes).expect("it is written");
        matches!(SqliteLog::find(directory.path()), Err(OpenError::Foreign { .. }))
    };
    assert!(foreign(b"a note"));
    assert!(foreign(&b"This is a text, and not a short one. ".repeat(200)));
    assert!(foreign(b"SQLite format 3\0"));
    fs::remove_file(directory.database()).expect("it goes away");
    let other = Connection::open(directory.database()).expect("it opens");
    other.execute_batch("CREATE TABLE cookies (jar TEXT)").expect("it is written");
    drop(other);
    assert!(foreign(&fs::read(directory.database()).expect("readable")));
}

#[test]
fn the_database_of_another_program_is_left_alone() {
    let directory = Directory::new();
    let foreign = Connection::open(directory.database()).expect("it opens");
    foreign.execute_batch("CREATE TABLE cookies (jar TEXT)").expect("it is written");
    drop(foreign);
    let before = fs::read(directory.database()).expect("readable");
    assert!(matches!(refusal(&directory), OpenError::Foreign { .. }));
    assert_eq!(fs::read(directory.database()).expect("readable"), before);

    fs::write(directory.database(), "This is a text, and not a short one. ".repeat(200))
        .expect("it is written");
    assert!(matches!(refusal(&directory), OpenError::Foreign { .. }));
}

#[test]
fn the_database_of_a_newer_server_is_refused() {
    let directory = Directory::new();
    directory.open().close();
    let database = Connection::open(directory.database()).expect("it opens");
    database.pragma_update(None, "user_version", 99).expect("it is written");
    drop(database);
    assert!(matches!(refusal(&directory), OpenError::Newer { found: 99, .. }));
}

#[test]
fn another_key_is_refused() {
    let directory = Directory::new();
    directory.open().close();
    let error = SqliteLog::open(directory.path(), &[8; 32], Settings::default()).err();
    assert!(matches!(error, Some(OpenError::WrongKey { .. })));
    directory.open();
}

#[test]
fn a_database_that_another_program_reads_is_refused_at_the_start() {
    let directory = Directory::new();
    let log = directory.open();
    append(&log, "lobby", vec![said(1, "a")]);
    log.close();
    let other = Connection::open(directory.database()).expect("it opens");
    let count = |database: &Connection| {
        database.query_row("SELECT count(*) FROM message", [], |row| row.get::<_, i64>(0))
    };
    // A snapshot from before a commit that is in the write-ahead log.
    other.execute_batch("BEGIN").expect("it begins");
    assert_eq!(count(&other), Ok(1));
    let third = Connection::open(directory.database()).expect("it opens");
    third.execute("UPDATE message SET nick = 'bo'", []).expect("it is written");
    assert!(matches!(refusal(&directory), OpenError::Busy { .. }));
    other.execute_batch("COMMIT").expect("it ends");
    directory.open();
}

fn is_found(directory: &Directory) -> bool {
    let (path, is_begun) = SqliteLog::find(directory.path()).expect("readable");
    assert_eq!(path, directory.database());
    is_begun
}

fn refusal(directory: &Directory) -> OpenError {
    match SqliteLog::open(directory.path(), &KEY, Settings::default()) {
        Ok(_) => panic!("it was opened"),
        Err(error) => error,
    }
}

/// The files as a kill would leave them.
pub(super) fn copied(directory: &Directory) -> Directory {
    copied_files(directory, &["throng.db", "throng.db-wal"])
}

/// Another process copies them: closing the database's file in this process would drop SQLite's locks on it.
fn copied_files(directory: &Directory, files: &[&str]) -> Directory {
    let crashed = Directory::new();
    for file in files {
        let copied = Command::new("cp")
            .args([directory.path().join(file), crashed.path().join(file)])
            .status()
            .expect("cp(1) is installed");
        assert!(copied.success());
    }
    crashed
}

fn names(directory: &Directory) -> Vec<OsString> {
    let entries = fs::read_dir(directory.path()).expect("a directory");
    let mut names: Vec<_> = entries.map(|entry| entry.expect("an entry").file_name()).collect();
    names.sort();
    names
}
