//! Obstacles at the start: which ones the server waits for, and what its exit code is.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use rustix::process::Signal;
use tempfile::TempDir;

use crate::start::{WRONG, Waiting, refuses, start, walk};
use support::client::Client;
use support::program::program;
use support::server::Server;
use support::wire::Wire;

/// The exit code for a reason that may be gone at the next start.
const TRY_AGAIN: i32 = 75;

#[test]
fn a_port_that_is_taken_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let flags = ["--listen", &address, "--metrics-listen", "off", "--start-wait", "0s"];
    let output = fails(&flags, TRY_AGAIN);
    assert!(output.contains(&address), "{output}");
    let flags = ["--listen", "127.0.0.1:0", "--metrics-listen", &address, "--start-wait", "1s"];
    let output = fails(&flags, TRY_AGAIN);
    assert!(output.contains(&address) && output.contains("metrics"), "{output}");
    let output = fails(&["--listen", "192.0.2.1:0", "--start-wait", "0s"], TRY_AGAIN);
    assert!(output.contains("192.0.2.1"), "an address that may appear later: {output}");
}

#[test]
fn a_start_waits_for_the_port_and_says_so() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let flags = ["--listen", &address, "--metrics-listen", "off", "--start-wait", "1h"];
    let mut waiting = Waiting::start(&flags);
    let line = waiting.process.line().expect("what is waited for");
    assert!(line.starts_with("waiting up to ") && line.contains(&address), "{line}");
    drop(taken);
    assert_eq!(waiting.process.greeting().address.to_string(), address);
}

#[test]
fn a_start_waits_for_a_reader_of_what_a_crash_left() {
    let mut server = Server::with(["--start-wait", "1h"]).start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    ana.send("lobby", "said before the crash");
    server.kill9();
    let reader = rusqlite::Connection::open(server.data_dir().join("throng.db")).expect("it");
    reader.execute_batch("BEGIN; SELECT count(*) FROM message").expect("a backup begins");
    let data = server.data_dir();
    let mut waiting = Waiting::start(&[
        "--listen",
        "127.0.0.1:0",
        "--metrics-listen",
        "off",
        "--start-wait",
        "1h",
        "--data-dir",
        data.to_str().expect("a path"),
    ]);
    let line = waiting.process.line().expect("what is waited for");
    assert!(line.starts_with("waiting up to ") && line.contains("throng.db"), "{line}");
    reader.execute_batch("COMMIT").expect("a backup ends");
    let address = waiting.process.greeting().address;
    let wire = Wire::connect(address);
    assert_eq!(Client::guest(wire, "bo").join("lobby").head, 1);
}

#[test]
fn a_signal_ends_a_start_that_waits() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    for signal in [Signal::TERM, Signal::INT] {
        let mut waiting = Waiting::start(&["--listen", &address, "--start-wait", "1h"]);
        waiting.process.line().expect("what is waited for");
        waiting.process.signal(signal);
        assert_eq!(waiting.process.wait().code(), Some(0), "{signal:?}");
    }
}

#[test]
fn a_stderr_that_takes_nothing_changes_no_exit_code() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    for (flags, code) in [
        (["--heartbeat", "soon", "--start-wait", "0s"], WRONG),
        (["--listen", &address, "--start-wait", "0s"], TRY_AGAIN),
    ] {
        let home = TempDir::new().expect("a temporary directory");
        let full = std::fs::File::options().write(true).open("/dev/full").expect("a device");
        let mut command = program();
        command.current_dir(home.path()).args(flags).stderr(full);
        let status = command.status().expect("it starts");
        assert_eq!(status.code(), Some(code), "{flags:?}");
    }
}

#[test]
fn a_data_directory_in_use_is_told() {
    let server = Server::start();
    let data = server.data_dir();
    let data = data.to_str().expect("a path");
    let flags = ["--listen", "127.0.0.1:0", "--start-wait", "0s", "--data-dir", data];
    let output = fails(&flags, TRY_AGAIN);
    assert!(output.contains(data), "{output}");
    assert!(output.contains("another") || output.contains("in use"), "{output}");
    server.guest("ana").barrier();
}

#[test]
fn a_data_directory_that_cannot_be_made_is_told() {
    let home = TempDir::new().expect("a temporary directory");
    let file = home.path().join("file");
    std::fs::write(&file, "not a folder").expect("a file");
    for data in [file.clone(), file.join("data"), "/proc/throng".into()] {
        let data = data.to_str().expect("a path");
        let flags = ["--listen", "127.0.0.1:0", "--metrics-listen", "off", "--data-dir", data];
        let output = fails(&flags, TRY_AGAIN);
        assert!(output.contains(data), "{output}");
    }
}

#[test]
fn a_key_that_does_not_fit_is_no_passing_hindrance() {
    let mut server = Server::start();
    server.guest("ana").barrier();
    server.kill9();
    let data = server.data_dir();
    let data = data.to_str().expect("a path");
    for key in [&[7; 32][..], b"short"] {
        std::fs::write(server.data_dir().join("secret.key"), key).expect("a file");
        refuses(&["--listen", "127.0.0.1:0", "--metrics-listen", "off", "--data-dir", data]);
    }
}

#[test]
fn a_log_that_is_no_log_is_told_and_left_alone() {
    let mut server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    ana.send("lobby", "hello");
    server.stop();
    let data = server.data_dir();
    for entry in walk(&data).filter(|path| path.is_file()) {
        if std::fs::read(&entry).expect("a file").starts_with(b"SQLite format 3") {
            std::fs::write(&entry, b"something else entirely ".repeat(1_000)).expect("a file");
        }
    }
    let data = data.to_str().expect("a path");
    let flags = ["--listen", "127.0.0.1:0", "--metrics-listen", "off", "--data-dir", data];
    let output = fails(&flags, WRONG);
    assert!(output.contains(data), "where it is: {output}");
}

#[test]
fn a_log_whose_key_is_missing_is_told_and_nothing_is_written() {
    let mut server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    ana.send("lobby", "hello");
    // A young log is entirely in the write-ahead log; after a clean end, it is entirely in the database.
    server.kill9();
    refuses_without_its_key(&server.data_dir());
    server.restart();
    assert_eq!(server.guest("bo").join("lobby").head, 1, "with its key it is as it was");
    server.stop();
    refuses_without_its_key(&server.data_dir());
    server.restart();
    assert_eq!(server.guest("cy").join("lobby").head, 1, "with its key it is as it was");
}

#[test]
fn a_log_that_is_gone_is_missed_and_nothing_is_made() {
    let mut server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    ana.send("lobby", "hello");
    server.stop();
    let data = server.data_dir();
    let database = data.join("throng.db");
    let whole = std::fs::read(&database).expect("a database");
    let data_dir = data.to_str().expect("a path");
    let flags = ["--listen", "127.0.0.1:0", "--metrics-listen", "off", "--data-dir", data_dir];
    for lose in [|path: &Path| std::fs::remove_file(path), |path: &Path| std::fs::write(path, "")] {
        lose(&database).expect("it is lost");
        let before = contents(&data);
        let words = refuses(&flags);
        for part in [database.to_str().expect("a path"), "missing or empty", "put back", "mounted"]
        {
            assert!(words.contains(part), "{part} in {words}");
        }
        assert!(contents(&data) == before, "a file was written");
    }
    std::fs::write(&database, whole).expect("it is put back");
    server.restart();
    assert_eq!(server.guest("bo").join("lobby").head, 1);
    assert!(!server.printed().join("\n").contains("a new log"));
}

/// Moves the key away, checks that no server starts and that nothing changes, and moves the key back.
fn refuses_without_its_key(data: &Path) {
    let key = data.join("secret.key");
    let aside = data.with_file_name("aside.key");
    std::fs::rename(&key, &aside).expect("it is moved");
    let before = contents(data);
    let data_dir = data.to_str().expect("a path");
    let flags = ["--listen", "127.0.0.1:0", "--metrics-listen", "off", "--data-dir", data_dir];
    let words = refuses(&flags);
    assert!(words.contains(key.to_str().expect("a path")), "what is missing: {words}");
    assert!(words.contains(data.join("throng.db").to_str().expect("a path")), "{words}");
    assert!(words.contains("missing") && words.contains("put back"), "what to do: {words}");
    // Names first: the bytes of a database make no readable message.
    let after = contents(data);
    assert!(after.keys().eq(before.keys()), "{:?} became {:?}", before.keys(), after.keys());
    assert!(after == before, "a file was written");
    std::fs::rename(&aside, &key).expect("it is moved back");
}

/// Every file below a folder, and its content.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = walk(folder).filter(|path| path.is_file());
    files.map(|path| (path.clone(), std::fs::read(path).expect("a file"))).collect()
}

/// Starts a server that must fail with this code, for another reason than its configuration; returns its
/// output.
fn fails(flags: &[&str], expected: i32) -> String {
    let (code, words) = start(flags);
    assert_eq!(code, Some(expected), "{flags:?}: {words}");
    assert!(!words.contains("panicked"), "{flags:?}: {words}");
    words
}
