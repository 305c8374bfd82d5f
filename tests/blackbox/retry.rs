//! Exactly once: a retry gets the first answer, and no member gets the message twice.

use support::client::send;
use support::fresh_cid;
use support::server::Server;
use throng_protocol::{ErrorCode, Sent};

#[test]
fn a_retry_across_a_restart_gets_the_first_answer() {
    let mut server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let cid = fresh_cid();
    let first = ana.send_as("lobby", &cid, "before the restart");
    let (token, user) = (ana.token().to_owned(), ana.greeting.user.clone());
    let epoch = ana.greeting.epoch;

    assert!(server.stop().success());
    server.restart();

    let mut ana = server.known(&token);
    assert_eq!(ana.greeting.user, user, "the token outlives the restart");
    assert_eq!(ana.greeting.epoch, epoch, "it is the same log");
    ana.join("lobby");
    assert_eq!(ana.send_as("lobby", &cid, "before the restart"), Sent { dup: true, ..first });
    ana.fail(send("lobby", &cid, "something else"), ErrorCode::Conflict);
    assert_eq!(ana.send("lobby", "after").seq, first.seq + 1);
}

#[test]
fn a_retry_after_a_crash_gets_the_first_answer() {
    let mut server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let cid = fresh_cid();
    let first = ana.send_as("lobby", &cid, "before the crash");
    let token = ana.token().to_owned();
    server.kill9();
    server.restart();
    let mut ana = server.known(&token);
    ana.join("lobby");
    assert_eq!(ana.send_as("lobby", &cid, "before the crash"), Sent { dup: true, ..first });
}
