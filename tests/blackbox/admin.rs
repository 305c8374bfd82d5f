//! `throng admin`: what each command prints, for people and for programs, and its exit codes.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::thread;

use serde_json::{Value, json};
use tempfile::TempDir;
use throng_protocol::{CloseCode, Command as Sent, Ping};

use support::eventually;
use support::program::program;
use support::server::Server;

use crate::drain::with_a_deaf_client;

const REFUSED: i32 = 1;
const USAGE: i32 = 2;
pub(crate) const NOT_RUNNING: i32 = 75;

pub(crate) fn command(dir: &Path, words: &[&str]) -> Command {
    let mut command = program();
    command.arg("admin").args(words).arg("--data-dir").arg(dir);
    command
}

pub(crate) fn run(mut command: Command) -> Output {
    command.output().expect("the program starts")
}

/// Runs a command that must succeed, and returns what it printed.
pub(crate) fn ask(server: &Server, words: &[&str]) -> String {
    let output = run(command(&server.data_dir(), words));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{words:?}: {complaint}");
    assert_eq!(complaint, "", "{words:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The same with `--json`.
pub(crate) fn ask_json(server: &Server, words: &[&str]) -> Value {
    let printed = ask(server, &[words, &["--json"]].concat());
    assert_eq!(printed.lines().count(), 1, "{printed}");
    let answer: Value = serde_json::from_str(&printed).expect("JSON");
    answer.get("ok").unwrap_or_else(|| panic!("{words:?}: {answer}")).clone()
}

/// Runs a command that the server must refuse, and returns the code and the sentence.
pub(crate) fn refused(server: &Server, words: &[&str]) -> (String, String) {
    let output = run(command(&server.data_dir(), words));
    assert_eq!(output.status.code(), Some(REFUSED), "{words:?}");
    assert_eq!(output.stdout, b"", "{words:?}");
    let sentence = String::from_utf8(output.stderr).expect("UTF-8");
    let output = run(command(&server.data_dir(), &[words, &["--json"]].concat()));
    assert_eq!(output.status.code(), Some(REFUSED), "{words:?}");
    assert_eq!(output.stderr, b"", "{words:?}");
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(Some(sentence.trim_end()), answer["error"]["message"].as_str());
    (answer["error"]["code"].as_str().expect("a code").to_owned(), sentence)
}

/// The lines of a table, as words.
fn rows(printed: &str) -> Vec<Vec<&str>> {
    printed.lines().map(|line| line.split_whitespace().collect()).collect()
}

#[test]
fn status_says_how_the_server_is() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    ana.join("lobby");
    ana.send("lobby", "hi");
    bo.join("lobby");
    bo.barrier();
    let status = ask_json(&server, &["status"]);
    for (field, value) in [
        ("version", json!(env!("CARGO_PKG_VERSION"))),
        ("process", json!(server.id())),
        ("data_dir", json!(server.data_dir())),
        ("epoch", json!(ana.greeting.epoch)),
        ("connections", json!(2)),
        ("sessions", json!(2)),
        ("rooms", json!(1)),
        ("private_rooms", json!(0)),
        ("rooms_in_memory", json!(1)),
        ("members", json!(2)),
        ("log_writable", json!(true)),
    ] {
        assert_eq!(status[field], value, "{field}");
    }
    assert!(status["uptime"].is_u64());
    let printed = ask(&server, &["status"]);
    assert!(rows(&printed).contains(&vec!["log", "writable", "yes"]), "{printed}");
    assert!(rows(&printed).contains(&vec!["sessions", "2"]), "{printed}");
}

#[test]
fn rooms_are_listed_and_one_is_shown() {
    let server = Server::start();
    assert_eq!(ask(&server, &["room", "list"]), "no rooms\n");
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    ana.join("lobby");
    bo.join("lobby");
    bo.join("garden");
    bo.send("garden", "one");
    bo.send("garden", "two");
    bo.leave("garden");
    bo.barrier();
    let [lobby, garden] = ["lobby", "garden"].map(|room| match room {
        "lobby" => ana.id_of(room).to_string(),
        _ => bo.id_of(room).to_string(),
    });
    let entry =
        |id: &str, name: &str, members: u64| json!({"id": id, "name": name, "members": members});
    let listed = ask_json(&server, &["room", "list"]);
    let both = [entry(&garden, "garden", 0), entry(&lobby, "lobby", 2)];
    assert_eq!(listed, json!({"rooms": both, "more": false}));
    for words in [&["room", "list", "--query", "OBB"][..], &["room", "list", "--occupied"]] {
        assert_eq!(ask_json(&server, words)["rooms"], json!([entry(&lobby, "lobby", 2)]));
    }
    assert_eq!(ask(&server, &["room", "list", "--query", "!"]), "no rooms\n");
    let printed = ask(&server, &["room", "list"]);
    let heading = vec!["ID", "MEMBERS", "NAME"];
    assert_eq!(rows(&printed), [heading, vec![&garden, "0", "garden"], vec![&lobby, "2", "lobby"]]);

    for spelling in ["garden", "#garden", "GARDEN", &garden] {
        let shown = ask_json(&server, &["room", "show", spelling]);
        let whole = json!({
            "id": garden, "name": "garden", "kind": "public", "topic": "", "description": "", "order": 0,
            "see": "everybody", "speak": "everybody", "invite": "member", "moderate": "moderator", "slow": 0,
            "archived": false, "members": 0, "first": 1, "head": 2,
        });
        assert_eq!(shown, whole);
    }
    assert_eq!(ask_json(&server, &["room", "show", "lobby"])["head"], 0, "nothing was said there");
    let printed = ask(&server, &["room", "show", "garden"]);
    assert!(rows(&printed).contains(&vec!["last", "seq", "2"]), "{printed}");
    let (code, words) = refused(&server, &["room", "show", "cellar"]);
    assert!(code == "not_found" && words.contains("cellar"), "{code}: {words}");
    let (code, words) = refused(&server, &["room", "show", "no room"]);
    assert!(code == "bad_argument" && words.contains("no-room"), "{code}: {words}");
}

#[test]
fn sessions_are_listed_with_person_nick_address_and_time() {
    let server = Server::start();
    assert_eq!(ask(&server, &["session", "list"]), "no sessions\n");
    let _stranger = server.wire();
    let before = unix_ms();
    let ana = server.guest("ana");
    let phone = server.known(ana.token());
    let after = unix_ms();
    let answer = ask_json(&server, &["session", "list"]);
    assert_eq!(answer["more"], false);
    let sessions = answer["sessions"].as_array().expect("a list");
    assert_eq!(sessions.len(), 2, "who has not said hello is no session: {answer}");
    for session in sessions {
        assert_eq!(session["nick"], "ana");
        assert_eq!(session["person"], json!(phone.greeting.user.id));
        assert_eq!(session["address"], "127.0.0.1");
        assert!((before..=after).contains(&session["since"].as_u64().expect("a time")));
    }
    let numbers = [0, 1].map(|at: usize| sessions[at]["number"].as_u64().expect("a number"));
    assert!(numbers[0] < numbers[1]);
    let printed = ask(&server, &["session", "list"]);
    let lines = rows(&printed);
    assert_eq!(lines[0], ["NUMBER", "SINCE", "ADDRESS", "PERSON", "NICK"]);
    assert_eq!(lines[1].first().copied(), Some(&*numbers[0].to_string()));
    assert_eq!(lines[1].last().copied(), Some("ana"));
    for (address, count) in
        [("127.0.0.1", 2), ("127.0.0.0/8", 2), ("127.0.0.2", 0), ("2001:db8::/32", 0)]
    {
        let listed = ask_json(&server, &["session", "list", "--address", address]);
        assert_eq!(listed["sessions"].as_array().map(Vec::len), Some(count), "{address}");
    }
    let (code, _) = refused(&server, &["session", "list", "--address", "localhost"]);
    assert_eq!(code, "bad_argument");
}

/// The time as the server's answers give it.
fn unix_ms() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    u64::try_from(now.expect("after 1970").as_millis()).expect("it fits")
}

/// The numbers of somebody's sessions.
fn numbers(server: &Server, nick: &str) -> Vec<String> {
    let answer = ask_json(server, &["session", "list"]);
    let sessions = answer["sessions"].as_array().expect("a list");
    let of_nick = sessions.iter().filter(|session| session["nick"] == nick);
    of_nick.map(|session| session["number"].to_string()).collect()
}

#[test]
fn one_session_is_closed_with_a_bye_and_no_other() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    ana.join("lobby");
    bo.join("lobby");
    let [number] = &numbers(&server, "ana")[..] else { panic!("one session") };
    let answer = ask_json(&server, &["session", "close", number]);
    assert_eq!(answer["closed"].to_string(), *number);
    assert_eq!(answer["nick"], "ana");
    let bye = ana.expect_closed(CloseCode::ClosedByAdministrator).expect("last words");
    assert!(bye.reconnect && bye.after_ms.is_some_and(|after| after > 0), "{bye:?}");
    assert!(bye.reason.contains("administrator"), "{bye:?}");
    bo.barrier();
    eventually("ana has left", || ask_json(&server, &["room", "show", "lobby"])["members"] == 1);
    assert_eq!(server.metrics().sum("throng_ended_sessions_total", "closed_by_admin"), 1.0);
    let (code, words) = refused(&server, &["session", "close", number]);
    assert!(code == "not_found" && words.contains(number), "{code}: {words}");
    assert_eq!(numbers(&server, "bo").len(), 1);
    server.known(ana.token()).join("lobby");
}

#[test]
fn a_session_is_closed_that_reads_nothing_and_one_that_never_stops_asking() {
    let (server, _deaf, _ana) = with_a_deaf_client("10m");
    let [number] = &numbers(&server, "deaf")[..] else { panic!("one session") };
    ask(&server, &["session", "close", number]);
    eventually("the deaf one has left", || numbers(&server, "deaf").is_empty());

    let mut loud = server.guest("loud");
    let [number] = &numbers(&server, "loud")[..] else { panic!("one session") };
    thread::scope(|scope| {
        let sending = scope.spawn(|| while loud.ask(Sent::Ping(Ping {})).is_ok() {});
        ask(&server, &["session", "close", number]);
        eventually("the loud one has left", || numbers(&server, "loud").is_empty());
        assert!(sending.join().is_err(), "its connection ended under it");
    });
}

#[test]
fn without_a_server_the_program_says_how_to_start_one() {
    let home = TempDir::new().expect("a directory");
    for dir in [home.path().to_owned(), home.path().join("missing")] {
        for words in [&["status"][..], &["room", "show", "lobby", "--json"]] {
            let output = run(command(&dir, words));
            assert_eq!(output.status.code(), Some(NOT_RUNNING), "{words:?}");
            assert_eq!(output.stdout, b"");
            let complaint = String::from_utf8(output.stderr).expect("UTF-8");
            let start = format!("throng --data-dir {}", dir.display());
            assert!(complaint.contains("no server is running"), "{complaint}");
            assert!(complaint.contains(&start), "{complaint}");
        }
    }
    assert!(!home.path().join("missing").exists(), "asking makes no directory");
}

#[test]
fn the_server_is_found_by_the_flag_the_environment_and_the_file() {
    let server = Server::start();
    let dir = server.data_dir();
    let file = server.home().join("throng.toml");
    fs::write(&file, format!("data_dir = {:?}\n", dir)).expect("written");
    let with_flag = |command: &mut Command| {
        command.arg("--data-dir").arg(&dir);
    };
    let with_variable = |command: &mut Command| {
        command.env("THRONG_DATA_DIR", &dir);
    };
    let with_file = |command: &mut Command| {
        command.arg("--config").arg(&file);
    };
    // By default it is below the working directory.
    let by_default = |command: &mut Command| {
        command.current_dir(server.home());
    };
    let ways: [&dyn Fn(&mut Command); 4] = [&with_flag, &with_variable, &with_file, &by_default];
    for (number, way) in ways.iter().enumerate() {
        let mut command = program();
        way(&mut command);
        command.args(["admin", "status"]);
        let output = run(command);
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{number}: {complaint}");
    }
}

#[test]
fn a_wrong_command_line_is_exit_code_2_and_the_help_has_the_commands() {
    let home = TempDir::new().expect("a directory");
    for words in
        [&[][..], &["room"], &["room", "burn"], &["session", "close", "x"], &["--log", "x"]]
    {
        let output = run(command(home.path(), words));
        assert_eq!(output.status.code(), Some(USAGE), "{words:?}");
    }
    let help = |words: &[&str]| {
        let mut command = program();
        let output = run({
            command.arg("admin").args(words).arg("--help");
            command
        });
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let printed = help(&[]);
    for words in ["status", "room", "session", "--json", "--data-dir", "--config", "75"] {
        assert!(printed.contains(words), "{words} in {printed}");
    }
    let printed = help(&["room", "list"]);
    assert!(printed.contains("--query"), "{printed}");
    assert!(!printed.contains("--sends-per-second"), "settings of the server: {printed}");
}
