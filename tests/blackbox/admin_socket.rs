//! The socket behind `throng admin`: who reaches it, how long it is there, and what strange clients do to it.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::thread;

use rustix::process::Signal;
use serde_json::Value;
use tempfile::TempDir;

use support::http::get;
use support::process::Process;
use support::program::program;
use support::server::Server;
use support::{PATIENCE, eventually};

use crate::admin::{NOT_RUNNING, ask, ask_json, command, refused, run};
use crate::audit_export::with_entries;
use crate::drain::with_a_deaf_client;

/// How many connections the server serves at the same time.
const AT_ONCE: usize = 8;

/// The longest request.
const LINE_BYTES_MAX: usize = 64 * 1024;

fn socket_of(server: &Server) -> PathBuf {
    server.data_dir().join("admin.sock")
}

/// A connection to the socket itself.
struct Line(BufReader<UnixStream>);

impl Line {
    fn connect(server: &Server) -> Self {
        let socket = UnixStream::connect(socket_of(server)).expect("somebody listens");
        socket.set_read_timeout(Some(PATIENCE)).expect("a time");
        socket.set_write_timeout(Some(PATIENCE)).expect("a time");
        Self(BufReader::new(socket))
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).expect("it is taken");
    }

    /// The next answer; `None` when the server has closed.
    fn answer(&mut self) -> Option<Value> {
        let mut line = String::new();
        match self.0.read_line(&mut line) {
            Ok(0) => None,
            Ok(_) => Some(serde_json::from_str(&line).expect("an answer is JSON")),
            // What the server had not read when it closed (unix(7) does not tell of it).
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => None,
            Err(error) => panic!("no answer: {error}"),
        }
    }

    fn expect_error(&mut self, code: &str) {
        let answer = self.answer().expect("an answer");
        assert_eq!(answer["error"]["code"], code, "{answer}");
        assert!(answer["error"]["message"].as_str().is_some_and(|words| !words.is_empty()));
    }

    fn expect_status(&mut self) {
        let answer = self.answer().expect("an answer");
        assert!(answer["ok"]["version"].is_string(), "{answer}");
    }
}

/// An answer is made in memory, and so is never the whole of a long log.
#[test]
fn an_answer_has_a_page_of_the_audit_log_at_most() {
    let server = with_entries();
    let mut line = Line::connect(&server);
    let (mut after, mut pages) = (Value::Null, Vec::new());
    loop {
        line.write(format!("{{\"command\": \"audit export\", \"after\": {after}}}\n").as_bytes());
        let page = line.answer().expect("an answer")["ok"].take();
        pages.push(page["entries"].as_array().expect("entries").len());
        after = page["next"].clone();
        if after.is_null() {
            break;
        }
    }
    assert_eq!(pages, [500, 500, 500, 201]);
}

const STATUS: &[u8] = b"{\"command\": \"status\"}\n";

#[test]
fn the_socket_is_for_its_owner_alone_and_goes_with_the_server() {
    let mut server = Server::start();
    let path = socket_of(&server);
    let found = fs::symlink_metadata(&path).expect("a socket");
    assert!(found.file_type().is_socket());
    assert_eq!(found.permissions().mode() & 0o777, 0o600);
    let dir = fs::metadata(server.data_dir()).expect("it is there");
    assert_eq!(dir.permissions().mode() & 0o777, 0o700);
    assert_eq!(server.stop().code(), Some(0));
    assert!(!path.exists(), "it was removed");
}

#[test]
fn a_directory_that_others_may_write_in_is_warned_of() {
    let mut server = Server::start();
    assert!(!server.log().contains("other users may write"));
    server.stop();
    fs::set_permissions(server.data_dir(), Permissions::from_mode(0o770)).expect("it is ours");
    server.restart();
    eventually("it is warned of", || server.log().contains("other users may write"));
    ask(&server, &["status"]);
}

#[test]
fn a_socket_that_a_crash_left_is_replaced() {
    let mut server = Server::start();
    server.kill9();
    assert!(socket_of(&server).exists(), "a crash leaves it");
    let output = run(command(&server.data_dir(), &["status"]));
    assert_eq!(output.status.code(), Some(NOT_RUNNING));
    server.restart();
    assert_eq!(ask_json(&server, &["status"])["process"], server.id());
}

#[test]
fn a_server_chats_on_where_its_socket_cannot_be() {
    let mut server = Server::start();
    server.stop();
    fs::write(socket_of(&server), "notes").expect("written");
    server.restart();
    server.guest("ana").join("lobby");
    eventually("the log says so", || server.log().contains("is not a socket: move it away"));
    let output = run(command(&server.data_dir(), &["status"]));
    assert_eq!(output.status.code(), Some(NOT_RUNNING));
    server.stop();
    assert_eq!(fs::read(socket_of(&server)).expect("it is there"), b"notes");
}

#[test]
fn a_data_directory_may_have_a_longer_path_than_a_socket() {
    let home = TempDir::new().expect("a directory");
    let dir = home.path().join("d".repeat(100)).join("e".repeat(100));
    let mut command_line = program();
    command_line
        .args(["--listen", "127.0.0.1:0", "--metrics-listen", "off", "--data-dir"])
        .arg(&dir);
    let mut process = Process::spawn(command_line, &home.path().join("log"));
    process.greeting();
    assert!(dir.join("admin.sock").exists());
    let output = run(command(&dir, &["status"]));
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    process.signal(Signal::TERM);
    assert_eq!(process.wait().code(), Some(0));
    assert!(!dir.join("admin.sock").exists());
}

#[test]
fn two_clients_at_once_each_get_their_answers() {
    let server = Server::start();
    let (mut one, mut other) = (Line::connect(&server), Line::connect(&server));
    other.write(b"{\"command\": \"room show\", \"room\": \"x\"}\n");
    one.write(STATUS);
    one.expect_status();
    other.expect_error("not_found");
    one.write(&STATUS.repeat(3));
    for _ in 0..3 {
        one.expect_status();
    }
    other.write(STATUS);
    other.expect_status();
}

#[test]
fn twenty_connections_at_once_are_all_answered() {
    let server = Server::start();
    thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                let mut line = Line::connect(&server);
                line.write(STATUS);
                line.expect_status();
            });
        }
    });
    thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| ask(&server, &["status"]));
        }
    });
}

#[test]
fn garbage_gets_an_error_and_the_connection_goes_on() {
    let server = Server::start();
    let mut line = Line::connect(&server);
    for (garbage, code) in [
        (&b"\n"[..], "bad_json"),
        (b"status\n", "bad_json"),
        (b"\x00\xff\xfe\x1b[2J\n", "bad_json"),
        (b"[\"status\"]\n", "bad_json"),
        (b"{\"command\": null}\n", "bad_json"),
        (b"{\"command\": \"status\"} {\n", "bad_json"),
        (b"{\"command\": \"\"}\n", "unknown_command"),
        (b"{\"command\": \"room\"}\n", "unknown_command"),
        (b"{\"command\": \"status\", \"now\": true}\n", "bad_argument"),
        (b"{\"command\": \"room show\"}\n", "bad_argument"),
        (b"{\"command\": \"session close\", \"number\": \"1\"}\n", "bad_argument"),
    ] {
        line.write(garbage);
        line.expect_error(code);
    }
    line.write(&b"[".repeat(LINE_BYTES_MAX - 1));
    line.write(b"\n");
    line.expect_error("bad_json");
    line.write(STATUS);
    line.expect_status();
}

#[test]
fn a_line_over_the_limit_is_refused_and_one_at_the_limit_is_not() {
    let server = Server::start();
    let padded = |bytes: usize| {
        let spaces = " ".repeat(bytes - STATUS.len());
        [spaces.as_bytes(), STATUS].concat()
    };
    let mut line = Line::connect(&server);
    line.write(&padded(LINE_BYTES_MAX));
    line.expect_status();
    line.write(&padded(LINE_BYTES_MAX + 1));
    line.expect_error("too_long");
    assert_eq!(line.answer(), None, "and the connection ends");

    let mut line = Line::connect(&server);
    // The server stops reading it, and closes.
    let _ = line.0.get_mut().write_all(&b"x".repeat(1024 * 1024));
    line.expect_error("too_long");
    assert_eq!(line.answer(), None);
    let long = "x".repeat(100_000);
    let (code, _) = refused(&server, &["room", "list", "--query", &long]);
    assert_eq!(code, "too_long");
    ask(&server, &["status"]);
}

#[test]
fn half_a_line_and_silence_hold_nobody_up_for_longer_than_their_deadline() {
    let server = Server::start();
    let before = server.open_sockets();
    let connect = |count| (0..count).map(|_| Line::connect(&server)).collect::<Vec<_>>();
    let (mut halves, mut whole) = (connect(AT_ONCE), connect(AT_ONCE / 2));
    for half in &mut halves[1..] {
        half.write(&STATUS[..10]);
    }
    for line in &mut whole {
        line.write(STATUS);
    }
    eventually("all places are taken", || server.open_sockets() >= before + AT_ONCE);
    assert!(server.open_sockets() <= before + AT_ONCE, "the others wait to be accepted");
    for line in &mut whole {
        line.expect_status();
    }
    for half in &mut halves {
        half.expect_error("timeout");
        assert_eq!(half.answer(), None);
    }
}

#[test]
fn a_client_that_goes_away_hurts_nobody() {
    let server = Server::start();
    ask(&server, &["status"]);
    let before = server.open_sockets();
    for _ in 0..3 * AT_ONCE {
        drop(Line::connect(&server));
        Line::connect(&server).write(&STATUS[..10]);
        // Away before its answers are there.
        Line::connect(&server).write(&STATUS.repeat(100));
    }
    ask(&server, &["status"]);
    eventually("all sockets are closed", || server.open_sockets() <= before);
    assert!(!server.log().contains("panicked"));
}

#[test]
fn a_drain_ends_connections_that_wait_and_removes_the_socket_at_once() {
    let mut server = Server::with(["--grace", "10m"]).start();
    let mut waiting = Line::connect(&server);
    waiting.write(STATUS);
    waiting.expect_status();
    let mut half = Line::connect(&server);
    half.write(&STATUS[..10]);
    assert_eq!(server.stop().code(), Some(0));
    assert_eq!(waiting.answer(), None);
    assert_eq!(half.answer(), None);
    let mut rest = Vec::new();
    let _ = half.0.read_to_end(&mut rest);
    assert_eq!(rest, b"");

    let (mut server, _deaf, ana) = with_a_deaf_client("10m");
    drop(ana);
    let mut waiting = Line::connect(&server);
    waiting.write(STATUS);
    waiting.expect_status();
    server.terminate();
    assert_eq!(waiting.answer(), None);
    assert_eq!(get(server.address(), "/readyz").status, 503, "the drain goes on");
    assert!(!server.log().contains("drained"), "{}", server.log());
    eventually("the socket is gone", || !socket_of(&server).exists());
    let output = run(command(&server.data_dir(), &["status"]));
    assert_eq!(output.status.code(), Some(NOT_RUNNING));
    assert!(!server.has_ended(), "it waits for the one who does not read");
}
