//! `--plain`: lines in, lines out.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Output, Stdio};

use rustix::process::Signal;
use support::lines::Lines;
use support::process::{signal, wait};
use support::server::Server;

use crate::harness::environment;

fn plain(server: &Server, nick: &str, more: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_throng-chat"))
        .arg(server.address().to_string())
        .args(["--plain", "--nick", nick])
        .args(more)
        .envs(environment(server))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

/// Gives it an input, and waits for its end.
fn run(server: &Server, nick: &str, more: &[&str], input: &[u8]) -> Output {
    let mut child = plain(server, nick, more);
    let mut stdin = child.stdin.take().expect("it was piped");
    // A program that has ended already does not read.
    let _ = stdin.write_all(input);
    drop(stdin);
    wait(&mut child);
    child.wait_with_output().expect("it has ended")
}

/// The lines that it prints, as they come.
fn printed(child: &mut Child) -> Lines {
    Lines::of(child.stdout.take().expect("it was piped"))
}

/// Asks it to end.
fn stop(child: &Child) {
    signal(child, Signal::TERM);
}

/// Writes more than a pipe holds: once it is written, lines have been read.
fn fill(mut input: ChildStdin) {
    let more = format!("{}\n", "x".repeat(2_000)).repeat(40);
    input.write_all(more.as_bytes()).expect("it reads");
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn who_reads_one_room_through_a_pipe_gets_no_direct_rooms() {
    let server = Server::start();
    let mut reader = plain(&server, "bo", &["--room", "ops"]);
    let mut errors = Lines::of(reader.stderr.take().expect("it was piped"));
    let mut writer = plain(&server, "ana", &["--room", "ops"]);
    let mut input = writer.stdin.take().expect("it was piped");
    support::eventually("both are in", || server.metrics().value("throng_members") == 2.0);
    let told =
        |line: &String| line.contains("ana has opened the direct room @ana with you: /msg ana.");
    writeln!(input, "/msg bo only for you").expect("it reads");
    assert!(errors.any(|line| told(&line)), "bo reads of it");
    let mut said = printed(&mut writer);
    assert!(said.any(|line| line.ends_with("@bo <ana> only for you")));
    writeln!(input, "/join ops").expect("it reads");
    writeln!(input, "for all").expect("it reads");
    let first = printed(&mut reader).next();
    assert!(first.as_ref().is_some_and(|line| line.ends_with("#ops <ana> for all")), "{first:?}");
    [&reader, &writer].into_iter().for_each(stop);
    [&mut reader, &mut writer].into_iter().for_each(|child| assert!(wait(child).success()));
}

#[test]
fn every_line_of_a_log_is_said_and_acknowledged_before_the_end() {
    let server = Server::start();
    let log: String = (1..=200).map(|n| format!("\x1b[32mline {n}\x1b[0m\n\n")).collect();
    let sent = run(&server, "log", &["--room", "ops", "--send"], log.as_bytes());
    assert_eq!(sent.status.code(), Some(0), "{}", text(&sent.stderr));
    assert_eq!((text(&sent.stdout), text(&sent.stderr)), (String::new(), String::new()));
    let mut reader = plain(&server, "bo", &["--room", "ops"]);
    let mut input = reader.stdin.take().expect("it was piped");
    writeln!(input, "/history").expect("it reads");
    writeln!(input, "done").expect("it reads");
    let printed = printed(&mut reader);
    let lines: Vec<String> = printed.take_while(|line| !line.ends_with("<bo> done")).collect();
    let last = lines.iter().rposition(|line| line.ends_with("#ops <log> line 200"));
    assert!(last.is_some(), "{lines:?}");
    assert!(!lines.iter().any(|line| line.contains('\u{1b}')), "{lines:?}");
    drop(input);
    assert!(wait(&mut reader).success());
}

#[test]
fn a_line_that_is_refused_ends_with_a_sentence_and_an_exit_code() {
    let server = Server::start();
    let refused = run(&server, "log", &["--room", "a b", "--send"], b"text\n");
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("--room a-b"), "{}", text(&refused.stderr));
    let two = run(&server, "log", &["--room", "a", "--room", "b", "--send"], b"text\n");
    assert!(text(&two.stderr).contains("one room"), "{}", text(&two.stderr));
    let mut away = Command::new(env!("CARGO_BIN_EXE_throng-chat"));
    away.args(["ftp://nowhere", "--plain", "--room", "a"]).stdin(Stdio::null());
    let away = away.output().expect("it starts");
    assert_eq!(away.status.code(), Some(1));
    assert!(text(&away.stderr).contains("Write ws://host:port"), "{}", text(&away.stderr));
}

#[test]
fn stopped_before_the_end_of_the_input_is_never_a_success() {
    let mut server = Server::start();
    server.kill9();
    for (input, ends) in [("", false), ("one\ntwo\n", false), ("one\ntwo\n", true)] {
        let mut sender = plain(&server, "log", &["--send"]);
        let mut stdin = sender.stdin.take();
        stdin.as_mut().expect("it was piped").write_all(input.as_bytes()).expect("it reads");
        stdin.take_if(|_| ends);
        let mut err = Lines::of(sender.stderr.take().expect("it was piped"));
        let first = err.next().expect("it says that it is offline");
        assert!(first.contains("offline: no connection to"), "{first}");
        stop(&sender);
        assert_eq!(wait(&mut sender).code(), Some(1), "{input:?}");
        let told = err.collect::<Vec<_>>().join("\n");
        assert!(told.contains("Nothing was sent") && !told.contains("unknown"), "{told}");
    }
}

#[test]
fn a_server_that_dies_in_the_middle_of_the_input_is_never_a_success() {
    let mut server = Server::start();
    let mut reader = plain(&server, "bo", &["--room", "ops"]);
    let mut lines = printed(&mut reader);
    let mut sender = plain(&server, "log", &["--room", "ops", "--send"]);
    let mut input = sender.stdin.take().expect("it was piped");
    writeln!(input, "one").expect("it reads");
    let one = lines.next().expect("a line");
    assert!(one.ends_with("#ops <log> one"), "{one}");
    server.kill9();
    fill(input);
    // It would wait for a minute, in case the server comes back.
    stop(&sender);
    assert_eq!(wait(&mut sender).code(), Some(1));
    stop(&reader);
    wait(&mut reader);
    let told = text(&sender.wait_with_output().expect("it has ended").stderr);
    assert!(told.contains("of the lines were not sent"), "{told}");
}

#[test]
fn what_was_under_way_is_unknown_and_what_waited_behind_it_was_not_said() {
    let server = Server::start();
    let mut reader = plain(&server, "bo", &["--room", "ops"]);
    let mut lines = printed(&mut reader);
    let mut sender = plain(&server, "log", &["--room", "ops", "--send"]);
    let mut input = sender.stdin.take().expect("it was piped");
    writeln!(input, "one").expect("it reads");
    lines.next().expect("a line");
    server.signal(Signal::STOP);
    fill(input);
    stop(&sender);
    assert_eq!(wait(&mut sender).code(), Some(1));
    stop(&reader);
    wait(&mut reader);
    let told = text(&sender.wait_with_output().expect("it has ended").stderr);
    assert!(told.contains("of the lines were not sent"), "{told}");
    assert!(told.contains("For 1 of the lines it is unknown whether it was sent"), "{told}");
}

#[test]
fn a_conversation_that_is_stopped_tells_what_was_not_said() {
    let mut server = Server::start();
    server.kill9();
    let mut sender = plain(&server, "ana", &["--room", "tea"]);
    fill(sender.stdin.take().expect("it was piped"));
    stop(&sender);
    assert_eq!(wait(&mut sender).code(), Some(1));
    let told = text(&sender.wait_with_output().expect("it has ended").stderr);
    assert!(told.contains("of the lines were not sent"), "{told}");
}

#[test]
fn the_commands_of_the_screen_print_what_it_would_show() {
    let server = Server::start();
    let input = b"the kettle\nsomething else\n";
    assert!(run(&server, "bo", &["--room", "tea"], input).status.success());
    let mut reader = plain(&server, "ana", &["--room", "tea"]);
    let mut stdin = reader.stdin.take().expect("it was piped");
    let mut lines = printed(&mut reader);
    let mut next = || lines.next().expect("a line");
    assert!(next().ends_with("<bo> the kettle") && next().ends_with("<bo> something else"));
    stdin.write_all(b"/find Kettle\n/help\n/ignore bo\n").expect("it reads");
    assert!(next().ends_with("<bo> the kettle"));
    drop(stdin);
    let mut err = String::new();
    reader.stderr.take().expect("it was piped").read_to_string(&mut err).expect("text");
    assert!(wait(&mut reader).success());
    assert!(err.contains("/join ROOM") && err.contains("/unignore bo shows them again"), "{err}");
}

#[test]
fn bytes_that_are_not_utf_8_are_told_once() {
    let server = Server::start();
    let input = b"caf\xc3\xa9\ncaf\xe9\ncaf\xe9\n";
    let sent = run(&server, "log", &["--room", "ops", "--send"], input);
    assert_eq!(sent.status.code(), Some(0));
    let told = text(&sent.stderr);
    assert!(told.contains("line 2 of the input is not UTF-8"), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
}

#[test]
fn without_a_terminal_the_screen_says_what_to_do() {
    let server = Server::start();
    let program = Command::new(env!("CARGO_BIN_EXE_throng-chat"))
        .arg(server.address().to_string())
        .envs(environment(&server))
        .stdin(Stdio::null())
        .output()
        .expect("it starts");
    assert_eq!(program.status.code(), Some(1));
    assert!(text(&program.stderr).contains("add --plain"), "{}", text(&program.stderr));
}

#[test]
fn a_conversation_in_lines_has_the_same_commands() {
    let server = Server::start();
    let input = b"hello\n/me waves\n/who\n/halp\n/leave\n/leave\n";
    let said = run(&server, "ana", &["--room", "tea"], input);
    let (out, err) = (text(&said.stdout), text(&said.stderr));
    assert_eq!(said.status.code(), Some(0), "{err}");
    assert!(err.contains("Did you mean /help?") && err.contains("not a room"), "{err}");
    let mut seen = plain(&server, "bo", &["--room", "tea"]);
    let mut lines = printed(&mut seen);
    let mut next = || lines.next().expect("a line");
    assert!(next().ends_with("#tea <ana> hello"), "{out}");
    assert!(next().ends_with("#tea * ana waves"), "{out}");
    drop(seen.stdin.take());
    stop(&seen);
    assert!(wait(&mut seen).success());
}

#[test]
fn a_reader_that_has_enough_ends_it_quietly() {
    let server = Server::start();
    let mut reader = plain(&server, "bo", &["--room", "ops"]);
    drop(reader.stdout.take());
    let input = reader.stdin.take().expect("it was piped");
    let said = run(&server, "log", &["--room", "ops", "--send"], b"one\n");
    assert!(said.status.success(), "{}", text(&said.stderr));
    assert!(wait(&mut reader).success());
    drop(input);
    let err = text(&reader.wait_with_output().expect("it has ended").stderr);
    assert!(!err.contains("panicked") && !err.contains("Broken pipe"), "{err}");
}
