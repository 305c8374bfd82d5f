//! `throng admin audit export`: the whole audit log as JSON Lines, however long, and where it was cut.

use std::collections::BTreeSet;
use std::fs::OpenOptions;

use serde_json::{Value, json};
use support::server::Server;

use crate::admin::{ask, ask_json, command, refused};

/// More than three pages.
const ENTRIES: u64 = 1_701;

/// A server whose audit log has that many entries: one of each second from 1970-01-01T00:00:01Z on.
pub(crate) fn with_entries() -> Server {
    let mut server = Server::start();
    server.stop();
    let mut database =
        rusqlite::Connection::open(server.data_dir().join("throng.db")).expect("the log");
    let transaction = database.transaction().expect("begun");
    for number in 1..=ENTRIES {
        let written = transaction.execute(
            "INSERT INTO audit (at, author, name, action, subject, room, reason)
             VALUES (?, x'', 'server', 'kick', ?, x'', 'a \u{2028} line')",
            rusqlite::params![(number * 1_000).cast_signed(), format!("person {number}")],
        );
        written.expect("written");
    }
    transaction.commit().expect("committed");
    drop(database);
    server.restart();
    server
}

fn export(server: &Server, options: &[&str]) -> Vec<Value> {
    let printed = ask(server, &[&["audit", "export"], options].concat());
    assert!(printed.is_empty() || printed.ends_with('\n'));
    printed.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

fn numbers(entries: &[Value]) -> Vec<u64> {
    entries.iter().map(|entry| entry["number"].as_u64().expect("a number")).collect()
}

#[test]
fn every_entry_is_exported_once_the_oldest_first_with_all_its_fields() {
    let server = with_entries();
    let all = export(&server, &[]);
    assert_eq!(numbers(&all), (1..=ENTRIES).collect::<Vec<_>>());
    let fields = |entry: &Value| entry.as_object().expect("an object").keys().cloned().collect();
    let expected = ["action", "at", "by", "by_name", "number", "reason", "room", "subject"];
    for entry in &all {
        let found: BTreeSet<String> = fields(entry);
        assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    }
    assert_eq!(
        (&all[6]["at"], &all[6]["room"], &all[6]["by"]),
        (&json!(7_000), &Value::Null, &Value::Null)
    );
    assert_eq!(all[6]["reason"], "a \u{2028} line");
    assert_eq!(export(&server, &["--json"]), all, "the flag changes nothing");
}

#[test]
fn an_export_goes_on_where_one_ended_from_a_time_on_and_for_one_room() {
    let server = with_entries();
    let mut bo = server.guest("bo");
    bo.join("lobby");
    let _ = ask(&server, &["kick", "lobby", "bo", "--reason", "noise"]);
    let all = export(&server, &[]);
    assert_eq!(all.len() as u64, ENTRIES + 1);
    assert_eq!(numbers(&export(&server, &["--after", "1700"])), [1_701, 1_702]);
    assert_eq!(export(&server, &["--after", "1702"]), Vec::<Value>::new());
    let since = export(&server, &["--since", "1970-01-01T00:28:20Z"]);
    assert_eq!(numbers(&since), [1_700, 1_701, 1_702], "also those of pages that have none");
    assert_eq!(numbers(&export(&server, &["--since", "2020-01-01"])), [1_702]);
    let of_room = export(&server, &["--room", "lobby"]);
    assert_eq!(numbers(&of_room), [1_702]);
    assert_eq!((&of_room[0]["subject"], &of_room[0]["reason"]), (&json!("bo"), &json!("noise")));
    let id = of_room[0]["room"].as_str().expect("an id").to_owned();
    let _ = ask(&server, &["room", "delete", "lobby"]);
    let of_deleted = export(&server, &["--room", &id]);
    assert_eq!(numbers(&of_deleted), [1_702, 1_703], "a room that is gone has its entries");
    assert_eq!(refused(&server, &["audit", "export", "--since", "yesterday"]).0, "bad_argument");
    assert_eq!(refused(&server, &["audit", "export", "--room", "lobby"]).0, "no_such_room");
    assert_eq!(ask_json(&server, &["audit", "list"])["entries"][0]["action"], "delete_room");
}

#[test]
fn an_export_that_cannot_be_written_says_so() {
    let server = with_entries();
    let full = OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    let mut export = command(&server.data_dir(), &["audit", "export"]);
    let output = run_into(&mut export, full);
    assert_eq!(output.0, Some(1));
    assert!(output.1.contains("could not be written"), "{}", output.1);
}

/// Runs a command that writes into a file, and returns its exit code and what it complained of.
fn run_into(command: &mut std::process::Command, file: std::fs::File) -> (Option<i32>, String) {
    command.stdout(file).stderr(std::process::Stdio::piped());
    let child = command.spawn().expect("the program starts");
    let output = child.wait_with_output().expect("it ends");
    (output.status.code(), String::from_utf8(output.stderr).expect("UTF-8"))
}
