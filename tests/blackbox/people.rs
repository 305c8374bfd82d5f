//! People: a person is an id with a nick.

use std::collections::BTreeSet;
use support::client::{assert_taken, hello, join, rename, send, stranger_wants};
use support::fresh_cid;
use support::raw::{Raw, TEXT, frame};
use support::server::Server;
use throng_protocol::{Bye, CloseCode, Command, ErrorCode, Event, Request};

/// All in one piece, like a program that sends one message and exits.
#[test]
fn a_bye_lets_the_join_before_it_be_answered() {
    let server = Server::start();
    for round in 0..50 {
        let mut raw = Raw::upgraded(server.address());
        let commands = [
            hello(Some(&format!("bot{round}")), None),
            join("lobby"),
            send("lobby", &fresh_cid(), "hello"),
            Command::Bye(Bye {}),
        ];
        let mut bytes = Vec::new();
        for (id, command) in (1..).zip(commands) {
            bytes.extend(frame(TEXT, Request { id, command }.to_json().as_bytes()));
        }
        raw.write(&bytes);
        let ending = raw.ending();
        let answered = ending.events.iter().filter_map(|event| match event {
            Event::Ok(ok) => Some(ok.id),
            Event::Error(fault) => panic!("round {round}: {fault:?}"),
            _ => None,
        });
        assert_eq!(answered.collect::<BTreeSet<u64>>(), BTreeSet::from([1, 2, 3, 4]));
        assert_eq!(ending.close, Some(CloseCode::Normal.number()));
    }
}

#[test]
fn a_restart_gives_nobodys_nick_away() {
    let mut server = Server::start();
    let (quiet, mut speaker) = (server.guest("quiet"), server.guest("speaker"));
    speaker.join("lobby");
    speaker.send("lobby", "I was here");
    server.stop();
    server.restart();
    for nick in ["quiet", "QUIET", "speaker"] {
        assert_taken(stranger_wants(server.wire(), nick));
    }
    let mut bo = server.guest("bo");
    bo.fail(rename("quiet"), ErrorCode::NickTaken);
    assert_eq!(server.known(quiet.token()).nick(), "quiet");
    assert_eq!(server.known(speaker.token()).nick(), "speaker");
}

#[test]
fn a_crash_gives_no_nick_away_under_which_something_was_said() {
    let mut server = Server::with(["--nick-hold", "0s"]).start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    ana.send("lobby", "I was here");
    for _ in 0..2 {
        server.kill9();
        server.restart();
        assert_taken(stranger_wants(server.wire(), "ana"));
    }
    assert_eq!(server.known(ana.token()).nick(), "ana");
}
