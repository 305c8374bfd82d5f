//! Filters over restarts and crashes, and from the server's machine.

use support::client::send;
use support::fresh_cid;
use support::server::Server;
use throng_protocol::ErrorCode;

use crate::admin::{ask, ask_json, refused};

#[test]
fn filters_are_made_listed_tried_and_removed_at_the_servers_machine() {
    let server = Server::start();
    let mut bo = server.guest("bo");
    bo.join("lobby");
    let words = ["filter", "add", "words", "casino, buy now", "--reason", "no advertising"];
    assert_eq!(ask_json(&server, &words)["number"], 1);
    let links = ["filter", "add", "links", "", "--room", "lobby", "--action", "report"];
    assert_eq!(ask_json(&server, &links)["number"], 2);
    let pattern = ["filter", "add", "pattern", "x+y", "--exempt", "owner"];
    assert_eq!(ask_json(&server, &pattern)["number"], 3);
    bo.fail(send("lobby", &fresh_cid(), "Casino!"), ErrorCode::Filtered);
    bo.send("lobby", "see https://example.com");

    let listed = ask(&server, &["filter", "list"]);
    for part in ["casino, buy now", "no advertising", "#lobby", "report", "moderator", "x+y"] {
        assert!(listed.contains(part), "{part}: {listed}");
    }
    let of_lobby = ask_json(&server, &["filter", "list", "--room", "lobby"]);
    assert_eq!(of_lobby["filters"].as_array().map(Vec::len), Some(1));
    let found =
        ask_json(&server, &["filter", "test", "a CASINO at www.example.com", "--room", "lobby"]);
    let numbers: Vec<_> = found["filters"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| it["number"].clone())
        .collect();
    assert_eq!(numbers, [1, 2]);
    assert_eq!(ask(&server, &["filter", "test", "www.example.com"]), "no filters\n");

    let (code, sentence) = refused(&server, &["filter", "add", "pattern", "("]);
    assert_eq!(code, "bad_filter");
    assert!(sentence.contains("not a regular expression"), "{sentence}");
    for (argument, words) in [
        ("kind", &["filter", "add", "colour", "red"][..]),
        ("action", &["filter", "add", "words", "x", "--action", "burn"]),
        ("exempt", &["filter", "add", "words", "x", "--exempt", "king"]),
    ] {
        let (code, sentence) = refused(&server, words);
        assert_eq!(code, "bad_argument");
        assert!(sentence.contains(argument), "{sentence}");
    }
    assert_eq!(refused(&server, &["filter", "remove", "9"]).0, "no_such_filter");
    let removed = ask_json(&server, &["filter", "remove", "1", "--reason", "too strict"]);
    assert_eq!(removed["removed"], 1);
    bo.send("lobby", "casino");
    let audit = ask_json(&server, &["audit", "list"]);
    assert_eq!(audit["entries"][0]["action"], "filter remove");
}

#[test]
fn an_answered_filter_outlives_a_crash_and_what_it_flags_a_restart() {
    let mut server = Server::start();
    let mut bo = server.guest("bo");
    bo.join("lobby");
    let _ = ask(&server, &["filter", "add", "words", "x1"]);
    let _ = ask(&server, &["filter", "add", "words", "y1", "--action", "report"]);
    server.kill9();
    server.restart();
    let mut bo = server.known(bo.token());
    bo.join("lobby");
    bo.fail(send("lobby", &fresh_cid(), "x1"), ErrorCode::Filtered);
    // What is flagged right before a drain is stored before the log is closed.
    let said = bo.send("lobby", "y1");
    server.stop();
    let database = rusqlite::Connection::open(server.data_dir().join("throng.db")).expect("a log");
    let reported = database.query_row("SELECT seq, length(author) FROM report", [], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
    });
    assert_eq!(reported, Ok((said.seq.cast_signed(), 0)));
}
