//! Exactly once: a retry gets the first answer, and no member gets the message twice.

use std::thread;

use support::client::{Client, send};
use support::crowd::{ended, person};
use support::fresh_cid;
use throng_protocol::{Command, ErrorCode, Kind, Send, Sent};

use super::Server;

#[test]
fn a_retry_gets_the_first_answer_and_is_not_heard_again() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    ana.join("lobby");
    bo.join("lobby");
    let cid = fresh_cid();
    let first = ana.send_as("lobby", &cid, "once");
    let again = ana.send_as("lobby", &cid, "once");
    assert_eq!(again, Sent { dup: true, ..first });
    ana.send("lobby", "next");
    assert_eq!(bo.expect_message("lobby").text, "once");
    assert_eq!(bo.expect_message("lobby").text, "next");
}

#[test]
fn the_same_cid_with_another_body_is_a_conflict_and_changes_nothing() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    ana.join("garden");
    let cid = fresh_cid();
    let first = ana.send_as("lobby", &cid, "one thing");
    ana.fail(send("lobby", &cid, "another thing"), ErrorCode::Conflict);
    ana.fail(send("garden", &cid, "one thing"), ErrorCode::Conflict);
    let (room, text) = (String::from("lobby"), String::from("one thing"));
    let action = Send { room, cid: cid.clone(), kind: Kind::Action, text };
    ana.fail(Command::Send(action), ErrorCode::Conflict);

    assert_eq!(ana.send_as("lobby", &cid, "one thing"), Sent { dup: true, ..first });
    assert_eq!(ana.send("lobby", "next").seq, first.seq + 1, "a conflict takes no seq");
    assert_eq!(ana.send("garden", "first").seq, 1);
}

#[test]
fn a_cid_belongs_to_its_sender() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    ana.join("lobby");
    bo.join("lobby");
    let cid = fresh_cid();
    let of_ana = ana.send_as("lobby", &cid, "mine");
    let of_bo = bo.send_as("lobby", &cid, "mine too");
    assert_eq!((of_ana.seq, of_ana.dup, of_bo.seq, of_bo.dup), (1, false, 2, false));
}

#[test]
fn a_ulid_is_a_cid_as_well() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let cid = "01KZ0000000000000000000000";
    let first = ana.send_as("lobby", cid, "hello");
    assert_eq!(ana.expect_message("lobby").cid.to_string(), cid);
    assert_eq!(ana.send_as("lobby", cid, "hello"), Sent { dup: true, ..first });
}

#[test]
fn a_retry_after_a_reconnect_is_known_by_the_token() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let cid = fresh_cid();
    let first = ana.send_as("lobby", &cid, "did it arrive?");
    let token = ana.token().to_owned();
    drop(ana);

    let mut ana = server.known(&token);
    ana.join("lobby");
    assert_eq!(ana.send_as("lobby", &cid, "did it arrive?"), Sent { dup: true, ..first });
}

#[test]
fn a_retry_that_overtakes_its_commit_gets_the_same_seq() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    for round in 1..=30 {
        let cid = fresh_cid();
        let ids: Vec<u64> =
            (0..20).map(|_| ana.wire.post(send("lobby", &cid, "impatient"))).collect();
        let sent: Vec<Sent> = ids.into_iter().map(|id| sent(&mut ana, id)).collect();
        assert!(sent.iter().all(|sent| sent.seq == round), "{sent:?}");
        assert_eq!(sent.iter().filter(|sent| !sent.dup).count(), 1, "{sent:?}");
        assert!(!sent[0].dup, "the first is the original");
    }
}

#[test]
fn two_sessions_that_send_the_same_cid_at_once_get_one_seq() {
    let server = Server::start();
    let token = server.guest("ana").token().to_owned();
    let cids: Vec<String> = (0..100).map(|_| fresh_cid()).collect();
    let answers: Vec<Vec<Sent>> = thread::scope(|scope| {
        let sessions: Vec<_> = (0..4)
            .map(|n| {
                let mut session = server.known(&token);
                session.join("lobby");
                person(scope, format!("session {n}"), || send_all(session, &cids))
            })
            .collect();
        sessions.into_iter().map(ended).collect()
    });
    for n in 0..cids.len() {
        let of_one: Vec<&Sent> = answers.iter().map(|sent| &sent[n]).collect();
        assert!(of_one.iter().all(|sent| sent.seq == of_one[0].seq), "{of_one:?}");
        assert_eq!(of_one.iter().filter(|sent| !sent.dup).count(), 1, "{of_one:?}");
    }
    assert_eq!(server.guest("bo").join("lobby").head, cids.len() as u64);

    fn send_all(mut session: Client, cids: &[String]) -> Vec<Sent> {
        let ids: Vec<u64> =
            cids.iter().map(|cid| session.wire.post(send("lobby", cid, "same"))).collect();
        ids.into_iter().map(|id| sent(&mut session, id)).collect()
    }
}

#[test]
fn a_renewed_token_is_the_same_person() {
    let server = Server::start();
    let ana = server.guest("ana");
    let again = server.known(ana.token());
    let once_more = server.known(again.token());
    assert_eq!(once_more.greeting.user, ana.greeting.user);
}

fn sent(client: &mut Client, id: u64) -> Sent {
    client.answer(id).expect("a send succeeds").body().expect("the answer to a send")
}
