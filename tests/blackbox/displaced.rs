//! Somebody deletes, moves or replaces the log's files under a running server: it acknowledges nothing that
//! the next server will not find.

use std::fs;
use std::time::Instant;

use throng_protocol::{ErrorCode, Sent};

use support::client::{Client, send};
use support::http::get;
use support::server::Server;
use support::{eventually, fresh_cid};

fn readiness(server: &Server) -> u16 {
    get(server.address(), "/readyz").status
}

/// Sends a text, and retries it under the same cid until it is acknowledged.
fn say_until_acknowledged(client: &mut Client, cid: &str, text: &str) -> Sent {
    let mut sent = None;
    eventually("the log can be written again", || {
        sent = client.ask(send("lobby", cid, text)).ok().map(|ok| ok.body().expect("a seq"));
        sent.is_some()
    });
    sent.expect("it was sent")
}

#[test]
fn nothing_is_acknowledged_into_a_deleted_data_directory() {
    let mut server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    ana.join("lobby");
    bo.join("lobby");
    ana.send("lobby", "before");
    bo.expect_message("lobby");
    let deleted = Instant::now();
    eventually("it is deleted", || fs::remove_dir_all(server.data_dir()).is_ok());
    for _ in 0..50 {
        ana.fail(send("lobby", &fresh_cid(), "after"), ErrorCode::StorageUnavailable);
    }
    assert_eq!(readiness(&server), 503);
    assert_eq!(get(server.address(), "/healthz").status, 200);
    assert!(bo.take_pushes().is_empty());
    bo.barrier();
    assert!(
        !bo.take_pushes().iter().any(|push| matches!(push, throng_protocol::Event::Message(_)))
    );
    let errors = || {
        let log = server.log();
        let lines = log.lines().filter(|line| line.contains("ERROR"));
        lines.map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    eventually("it is logged", || !errors().is_empty());
    let lines = errors();
    // One in ten seconds, whatever else this machine does.
    assert!(lines.len() as u64 <= 1 + deleted.elapsed().as_secs() / 10, "{lines:?}");
    for part in ["throng.db", "no longer", "put back", "restart"] {
        assert!(lines[0].contains(part), "{part} in {lines:?}");
    }

    // The next server starts with an empty log.
    server.stop();
    server.restart();
    assert_eq!(server.guest("cy").join("lobby").head, 0);
}

#[test]
fn a_deleted_data_directory_is_noticed_when_nobody_says_anything() {
    let server = Server::start();
    assert_eq!(readiness(&server), 200);
    // The log may make a file while the directory is emptied.
    eventually("it is deleted", || fs::remove_dir_all(server.data_dir()).is_ok());
    eventually("it is noticed", || readiness(&server) == 503);
}

#[test]
fn a_data_directory_that_is_moved_away_and_back_loses_nothing() {
    let mut server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    for number in 0..20 {
        ana.send("lobby", &format!("{number}"));
    }
    let (data, away) = (server.data_dir(), server.data_dir().with_extension("away"));
    fs::rename(&data, &away).expect("it is moved");
    let refused = fresh_cid();
    ana.fail(send("lobby", &refused, "meanwhile"), ErrorCode::StorageUnavailable);
    fs::rename(&away, &data).expect("it is moved back");
    let sent = say_until_acknowledged(&mut ana, &refused, "meanwhile");
    assert_eq!(sent.seq, 21);
    eventually("it is ready again", || readiness(&server) == 200);
    assert_eq!(ana.send("lobby", "after").seq, 22);
    server.kill9();
    server.restart();
    let mut ana = server.known(ana.token());
    let page = ana.join("lobby");
    assert_eq!((page.head, page.events.len()), (22, 22));
    assert_eq!(ana.send_as("lobby", &refused, "meanwhile"), Sent { dup: true, ..sent });
}

#[test]
fn a_deleted_write_ahead_log_takes_no_acknowledged_message_with_it() {
    let mut server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let mut acknowledged = 0;
    for round in 0..3 {
        for number in 0..100 {
            acknowledged = ana.send("lobby", &format!("{round}/{number}")).seq;
        }
        fs::remove_file(server.data_dir().join("throng.db-wal")).expect("it is deleted");
        let sent = say_until_acknowledged(&mut ana, &fresh_cid(), "goes on");
        assert!(sent.seq > acknowledged);
        acknowledged = ana.send("lobby", "and on").seq;
    }
    server.kill9();
    server.restart();
    let page = server.known(ana.token()).join("lobby");
    assert_eq!(page.head, acknowledged);
    assert_eq!(acknowledged, 306, "each was kept once");
}
