//! People at their terminals.

use std::os::unix::fs::PermissionsExt;

use rustix::process::{Signal, kill_process};

use crate::harness::Seat;
use crate::server::Server;

#[test]
fn two_people_chat_and_see_each_other() {
    let server = Server::start(&[]);
    let mut ana = Seat::start(&server, &["--nick", "ana", "--room", "lobby"]);
    ana.sees("connected");
    let mut bo = Seat::start(&server, &["--nick", "bo", "--room", "lobby"]);
    ana.sees("2 people");
    ana.write("hello bo, 日本語 e\u{301}");
    bo.sees("hello bo, 日本語 e\u{301}");
    bo.until("a bell", |seen| seen.heard().bells > 0);
    bo.keys("an\t");
    bo.sees("› ana:");
    ana.sees("bo is writing");
    bo.write("hi");
    ana.sees("ana: hi");
    bo.write("/me waves");
    ana.sees("bo waves");
    bo.write("/nick bob");
    ana.sees("│ bob");
    bo.write("/join tea");
    bo.sees("#tea  1 person");
    ana.write("are you there, bob?");
    bo.sees("@1");
    bo.until("a title", |seen| seen.heard().title == "(1) #tea · throng");
    bo.write("/quit");
    assert_eq!(bo.ends(), 0);
    ana.sees("1 person");
}

#[test]
fn what_is_typed_offline_is_sent_on_return() {
    let mut server = Server::start(&[]);
    let mut ana = Seat::start(&server, &["--nick", "ana", "--room", "lobby"]);
    ana.sees("1 person");
    ana.write("before");
    ana.sees("│ before");
    server.stop();
    ana.sees("offline");
    ana.write("meanwhile");
    ana.sees("… meanwhile");
    ana.sees("1 to be sent");
    server.restart();
    ana.sees("│ meanwhile");
    ana.sees("connected");
    let mut bo = Seat::start(&server, &["--nick", "bo", "--room", "lobby"]);
    bo.sees("meanwhile");
    bo.sees("before");
    bo.write("/quit");
    bo.ends();
}

#[test]
fn help_and_unknown_commands_are_answered() {
    let server = Server::start(&[]);
    let mut ana = Seat::start_sized(&server, &["--nick", "ana", "--room", "lobby"], (110, 50));
    ana.sees("1 person");
    ana.write("/help");
    ana.sees("/join ROOM");
    ana.sees("Tab completes");
    ana.write("/jion x");
    ana.sees("Did you mean /join?");
    ana.write("/rooms");
    ana.sees("#lobby  1");
    ana.write("/who");
    ana.sees("In #lobby: 1 (all: ana).");
}

#[test]
fn history_loads_as_one_scrolls_up() {
    let server = Server::start(&[]);
    let mut ana = Seat::start(&server, &["--nick", "ana", "--room", "lobby"]);
    ana.sees("1 person");
    (1..=120).for_each(|n| ana.write(&format!("message number {n}.")));
    ana.sees("message number 120.");
    let mut bo = Seat::start(&server, &["--nick", "bo", "--room", "lobby"]);
    bo.sees("message number 120.");
    while !bo.look(|seen| seen.screen().contents().contains("message number 1.")) {
        bo.keys("\x1b[5~");
        bo.sees("more lines below");
    }
    bo.keys("\x1b[1;5F");
    bo.sees("message number 120.");
}

#[test]
fn a_resize_draws_everything_anew() {
    let server = Server::start(&[]);
    let mut ana = Seat::start(&server, &["--nick", "ana", "--room", "lobby"]);
    ana.sees("1 throng");
    ana.write("a sentence of two rows where the terminal is narrow");
    ana.sees("narrow");
    ana.resize((50, 16));
    ana.sees_no("1 throng");
    ana.sees("is narrow");
    ana.resize((120, 40));
    ana.sees("1 throng");
    ana.sees("a sentence of two rows where the terminal is narrow");
}

#[test]
fn a_kill_gives_the_terminal_back() {
    let server = Server::start(&[]);
    let mut ana = Seat::start(&server, &["--nick", "ana"]);
    ana.sees("connected");
    kill_process(ana.pid(), Signal::TERM).expect("it runs");
    assert_eq!(ana.ends(), 0);
}

#[test]
fn a_taken_nick_is_a_sentence_and_one_stays_the_same_person() {
    let server = Server::start(&[]);
    let mut ana = Seat::start(&server, &["--nick", "ana", "--room", "lobby"]);
    ana.sees("1 person");
    ana.write("mine");
    ana.sees("│ mine");
    let mut thief = Seat::start(&server, &["--nick", "Ana", "--fresh"]);
    assert_eq!(thief.ends(), 1);
    thief.sees("choose another nick with --nick");
    ana.write("/quit");
    ana.ends();
    let kept = server.home.path().join("state/throng-chat");
    let files = std::fs::read_dir(&kept).expect("a folder").map(|file| file.expect("a file"));
    let modes: Vec<u32> =
        files.map(|file| file.metadata().expect("it is there").permissions().mode()).collect();
    assert_eq!(modes.iter().map(|mode| mode & 0o777).collect::<Vec<_>>(), [0o600]);
    let mut again = Seat::start(&server, &["--nick", "ana", "--room", "lobby"]);
    again.sees("│ mine");
    again.sees("ana  connected");
    again.write("/quit");
    again.ends();
}
