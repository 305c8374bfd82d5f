//! People at their terminals.

use std::os::unix::fs::PermissionsExt;

use rustix::process::{Signal, kill_process, kill_process_group};

use support::proxy::Proxy;
use support::server::Server;

use crate::harness::{Seat, Seen};

#[test]
fn two_people_chat_and_see_each_other() {
    let server = Server::start();
    let mut ana = Seat::start(&server, &["--nick", "ana", "--room", "lobby"]);
    ana.sees("connected");
    let mut bo = Seat::start(&server, &["--nick", "bo", "--room", "lobby"]);
    ana.sees("2 people");
    ana.write("hello @bo, 日本語 e\u{301}");
    bo.sees("hello @bo, 日本語 e\u{301}");
    bo.until("a bell", |seen| seen.heard().bells > 0);
    bo.keys("an\t");
    bo.sees("› @ana ");
    ana.sees("bo is writing");
    bo.write("hi");
    ana.sees("@ana hi");
    bo.write("/me waves");
    ana.sees("bo waves");
    bo.write("/nick bob");
    ana.sees("│ bob");
    bo.write("/join tea");
    bo.sees("#tea  1 person");
    ana.write("are you there, @bob?");
    bo.sees("@1");
    bo.until("a title", |seen| seen.heard().title == "(1) #tea · throng");
    bo.write("/quit");
    assert_eq!(bo.ends(), 0);
    ana.sees("1 person");
}

#[test]
fn what_is_typed_offline_is_sent_on_return() {
    let mut server = Server::start();
    let mut ana = Seat::start(&server, &["--nick", "ana", "--room", "lobby"]);
    ana.sees("1 person");
    ana.write("before");
    ana.sees("│ before");
    server.kill9();
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
fn a_line_that_is_lost_and_comes_back_leaves_no_hole() {
    let server = Server::start();
    let proxy = Proxy::to(server.address());
    let room = ["--room", "lobby"];
    let mut ana =
        Seat::start_at(proxy.address(), &server, &[&["--nick", "ana"], &room[..]].concat());
    ana.sees("1 person");
    let mut bo = Seat::start(&server, &[&["--nick", "bo"], &room[..]].concat());
    ana.sees("2 people");
    proxy.refuse();
    ana.sees("offline");
    bo.sees("1 person");
    bo.write("while you were away");
    bo.sees("│ while you");
    ana.write("while I was away");
    ana.sees("1 to be sent");
    proxy.accept();
    ana.sees("bo │ while you were away");
    ana.sees("connected");
    bo.sees("ana │ while I was away");
}

#[test]
fn a_server_that_lost_its_data_has_somebody_new_in_the_same_room() {
    let mut server = Server::start();
    let mut ana = Seat::start(&server, &["--nick", "ana", "--room", "lobby"]);
    ana.sees("1 person");
    ana.write("before");
    ana.sees("│ before");
    server.kill9();
    std::fs::remove_dir_all(server.data_dir()).expect("it has data");
    server.restart();
    ana.sees("The server no longer knows your token");
    // The room's old id is refused before the room is joined by its name.
    support::eventually("ana is in the room", || server.metrics().value("throng_members") == 1.0);
    ana.write("after");
    ana.sees("ana │ after");
    ana.sees_no("before");
    let bo = Seat::start(&server, &["--nick", "bo", "--room", "lobby"]);
    bo.sees("ana │ after");
}

#[test]
fn help_and_unknown_commands_are_answered() {
    let server = Server::start();
    let mut ana = Seat::start_sized(&server, &["--nick", "ana", "--room", "lobby"], (110, 24));
    ana.sees("1 person");
    ana.write("/help");
    ana.sees("/join ROOM");
    ana.sees("(help, ");
    for words in ["/rank NICK", "/history", "/login NICK", "/purge NICK", "Tab, Shift-Tab"] {
        ana.pages_to(words);
    }
    ana.keys("q");
    ana.sees_no("Tab, Shift-Tab");
    ana.write("/jion x");
    ana.sees("Did you mean /join?");
    ana.write("/rooms");
    ana.sees("│ #lobby  1");
    ana.write("/who");
    ana.sees("In #lobby: 1 (all: ana).");
}

#[test]
fn a_paste_that_the_terminal_does_not_mark_says_nothing_before_enter() {
    let server = Server::start();
    let mut ana = Seat::start(&server, &["--nick", "ana", "--room", "lobby"]);
    ana.sees("1 person");
    ana.keys("fn main() {\r\tprintln!();\r}\r/quit\r");
    ana.sees("4 lines, Enter sends them as one message");
    ana.sees("│ ana");
    ana.look(|seen| assert!(!seen.screen().contents().contains("ana │ fn"), "nothing was said"));
    ana.keys("\r");
    ana.sees("ana │ fn main() {");
    ana.sees("│ /quit");
    let bo = Seat::start(&server, &["--nick", "bo", "--room", "lobby"]);
    bo.sees("ana │ fn main() {");
}

#[test]
fn a_long_address_can_be_copied_in_one_piece() {
    let server = Server::start();
    let mut ana = Seat::start(&server, &["--nick", "ana", "--room", "lobby"]);
    ana.sees("1 person");
    let address = format!("https://x.example/{}end", "a-long-way/".repeat(20));
    ana.write(&address);
    ana.sees("│ https://x.example");
    let is_whole = |seen: &Seen| seen.screen().contents().contains(&address);
    ana.look(|seen| assert!(!is_whole(seen)));
    ana.write("/copy");
    // What the terminal itself has wrapped is one line for it.
    ana.until("the address in one piece", is_whole);
    ana.look(|seen| {
        assert_eq!(seen.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    });
    ana.keys("x");
    ana.sees("1 person");
    ana.look(|seen| {
        assert!(!seen.screen().contents().contains("› x"), "the key only went back");
        assert_ne!(seen.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    });
    ana.write("/mouse off");
    ana.until("no mouse", |seen| {
        seen.screen().mouse_protocol_mode() == vt100::MouseProtocolMode::None
    });
    ana.write("/quit");
    ana.ends();
    let mut again = Seat::start(&server, &["--nick", "ana", "--room", "lobby"]);
    again.sees("1 person");
    again.look(|seen| {
        let mouse = seen.screen().mouse_protocol_mode();
        assert_eq!(mouse, vt100::MouseProtocolMode::None, "it was kept");
    });
    again.write("/quit");
    again.ends();
}

#[test]
fn history_loads_as_one_scrolls_up() {
    let server = Server::start();
    let mut ana = Seat::start(&server, &["--nick", "ana", "--room", "lobby"]);
    ana.sees("1 person");
    // One after another: what comes at once is a paste.
    for n in 1..=120 {
        ana.write(&format!("message number {n}."));
        ana.sees(&format!("│ message number {n}."));
    }
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
    let server = Server::start();
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
    let server = Server::start();
    let mut ana = Seat::start(&server, &["--nick", "ana"]);
    ana.sees("connected");
    kill_process(ana.pid(), Signal::TERM).expect("it runs");
    assert_eq!(ana.ends(), 0);
}

#[test]
fn a_stop_from_outside_gives_the_terminal_back_and_going_on_takes_it_again() {
    let server = Server::start();
    let mut ana = Seat::start_as_job(&server, &["--nick", "ana", "--room", "lobby"]);
    ana.sees("1 person");
    let job = ana.foreground();
    ana.keys("hel");
    ana.sees("› hel");
    for signal in [Signal::TSTP, Signal::STOP] {
        kill_process_group(job, signal).expect("it runs");
        ana.sees("It has stopped.");
        if signal == Signal::TSTP {
            ana.look(|seen| {
                assert!(!seen.screen().alternate_screen(), "the shell has its own screen");
                assert_eq!(seen.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::None);
            });
        }
        let taken =
            |seen: &Seen| seen.raw.windows(8).filter(|piece| *piece == b"\x1b[?1049h").count();
        let before = ana.look(taken);
        ana.keys("\n");
        ana.until("screen", |seen| taken(seen) > before);
        ana.sees("› hel");
        // In line mode nothing would be seen before Enter, and Ctrl-U would not arrive.
        ana.keys("\x15again");
        ana.sees("› again");
        ana.until("mouse", |seen| {
            seen.screen().mouse_protocol_mode() != vt100::MouseProtocolMode::None
        });
        ana.keys("\x15hel");
        ana.sees("› hel");
    }
    ana.keys("\x1a");
    ana.sees("It has stopped.");
    ana.keys("\n");
    ana.sees("› hel");
    ana.write("lo");
    ana.sees("│ hello");
    ana.write("/quit");
    assert_eq!(ana.ends(), 0);
}

#[test]
fn a_terminal_that_shows_no_screen_gets_a_sentence() {
    let server = Server::start();
    let mut dumb = Seat::start_with(&server, &["--nick", "ana"], ("TERM", "dumb"));
    assert_eq!(dumb.ends(), 1);
    dumb.sees("--plain");
    dumb.look(|seen| assert!(!seen.raw.contains(&0x1b), "and no sequence"));
}

#[test]
fn a_code_makes_another_terminal_the_same_person() {
    let server = Server::start();
    let mut ana = Seat::start(&server, &["--nick", "ana", "--room", "lobby"]);
    ana.sees("1 person");
    ana.write("/device");
    ana.sees("makes another device you");
    let shown = ana.look(|seen| seen.screen().contents());
    let code =
        shown.split("│ ").find_map(|piece| piece.split(' ').next().filter(|it| it.len() == 11));
    let code = code.expect("the code");
    let elsewhere = server.home().join("elsewhere");
    let place = ("XDG_STATE_HOME", elsewhere.to_str().expect("text"));
    let mut other = Seat::start_with(&server, &["--code", code, "--room", "lobby"], place);
    other.sees("ana  connected");
    other.write("it is I");
    ana.sees("ana │ it is I");
    other.write("/quit");
    other.ends();
    let mut again = Seat::start_with(&server, &["--room", "lobby"], place);
    again.sees("ana  connected");
    again.write("/quit");
    again.ends();
    let mut used = Seat::start_with(&server, &["--fresh", "--code", code], place);
    assert_eq!(used.ends(), 1);
    used.sees("/device");
}

#[test]
fn a_taken_nick_is_a_sentence_and_one_stays_the_same_person() {
    let server = Server::start();
    let mut ana = Seat::start(&server, &["--nick", "ana", "--room", "lobby"]);
    ana.sees("1 person");
    ana.write("mine");
    ana.sees("│ mine");
    let mut thief = Seat::start(&server, &["--nick", "Ana", "--fresh"]);
    assert_eq!(thief.ends(), 1);
    thief.sees("Choose another nick with --nick");
    ana.write("/quit");
    ana.ends();
    let kept = server.home().join("state/throng-chat");
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
