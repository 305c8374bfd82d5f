//! A data directory of an older version: the server upgrades it, even if it is killed meanwhile.
//! `log/src/sqlite/tests/migrations.rs` says what is in `tests/logs/format-1`, and checks that nothing of it
//! is lost.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use support::client::Client;
use support::process::Process;
use support::program::program;
use support::seeded;
use support::wire::Wire;

const ROOMS: [&str; 6] = ["Lobby", "modem", "team-1", "b〇b", "bob-2", "日本語"];

fn old(which: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logs/format-1").join(which)
}

/// A data directory with a copy of an old log and its key.
fn copy_of(which: &str) -> TempDir {
    let home = TempDir::new().expect("a temporary directory");
    let data = home.path().join("data");
    fs::create_dir(&data).expect("a directory");
    fs::write(data.join("secret.key"), fs::read(old("secret.key")).expect("a key"))
        .expect("written");
    for file in fs::read_dir(old(which)).expect("the old log") {
        let file = file.expect("a file");
        fs::write(data.join(file.file_name()), fs::read(file.path()).expect("readable"))
            .expect("written");
    }
    home
}

fn command(home: &TempDir) -> Command {
    let mut command = program();
    command.current_dir(home.path()).args(["--listen", "127.0.0.1:0", "--metrics-listen", "off"]);
    command.args(["--trust", "127.0.0.0/8", "--data-dir", "data"]);
    command
}

/// Starts a server, checks that every room has every message, and returns how often the log says so far that
/// a room was renamed.
fn check(home: &TempDir) -> usize {
    let log = home.path().join("log");
    let mut process = Process::spawn(command(home), &log);
    let address = process.greeting().address;
    let mut client = Client::anybody(Wire::connect(address));
    let listed: Vec<_> = client.rooms(None, None).rooms.into_iter().map(|room| room.name).collect();
    assert_eq!(listed.len(), ROOMS.len(), "{listed:?}");
    for (name, number) in ROOMS.into_iter().zip(0..) {
        let page = client.join(name);
        assert_eq!((page.room.name.as_str(), page.head), (name, 10));
        for (message, at) in page.events.iter().zip(0..) {
            assert_eq!(message.text, format!("text {}", number + 6 * at), "in {name}");
        }
    }
    process.signal(rustix::process::Signal::TERM);
    assert!(process.wait().success());
    process.log().matches("the later one was renamed").count()
}

#[test]
fn a_log_of_an_older_version_is_served_as_it_was() {
    for which in ["closed", "crashed"] {
        let home = copy_of(which);
        assert_eq!(check(&home), 1);
        assert_eq!(check(&home), 1, "it is done and logged once");
    }
}

#[test]
fn a_log_of_an_older_version_survives_being_killed_while_it_is_taken_over() {
    let mut rng = seeded();
    for _ in 0..10 {
        let home = copy_of("crashed");
        for _ in 0..3 {
            let mut process = Process::spawn(command(&home), &home.path().join("log"));
            // A random moment in the first tenth of a second: that is what this test is about.
            std::thread::sleep(Duration::from_micros(rng.u64(0..100_000)));
            process.kill9();
        }
        check(&home);
    }
}
