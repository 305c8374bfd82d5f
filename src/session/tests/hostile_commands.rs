//! Frames that are valid WebSocket and bad commands: each gets an error that says what is wrong, and the
//! connection lives on.

use support::client::Client;
use throng_protocol::{ErrorCode, Event};

use super::Server;

#[test]
fn json_that_is_almost_right_is_told_with_its_place() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    for text in [
        "",
        " ",
        "{",
        "null",
        "true",
        "7",
        "\"ping\"",
        "[]",
        "[{\"type\":\"ping\",\"id\":1}]",
        "{'type':'ping','id':1}",
        "{\"type\":\"ping\",\"id\":1,}",
        "{\"type\":\"ping\" \"id\":1}",
        "{\"type\":\"ping\",\"id\":1}}",
        "{\"type\":\"ping\",\"id\":1}{\"type\":\"ping\",\"id\":2}",
        "{\"type\":\"ping\",\"id\":01}",
        "{\"type\":\"ping\",\"id\":1,\"x\":NaN}",
        "{\"type\\ud800\":\"ping\",\"id\":1}",
        "{\"type\":\"ping\",\"id\":1,\"x\":\"\\x41\"}",
        "{\"type\":\"ping\",\"id\":1,\"x\":\"a\nb\"}",
        "{\"type\":\"ping\",\"id\":1 /* why */}",
        "\u{feff}{\"type\":\"ping\",\"id\":1}",
    ] {
        refused(&mut ana, text, ErrorCode::BadJson, None);
    }
    ana.barrier();
}

#[test]
fn json_that_is_deep_is_refused_without_a_stack_overflow() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    let max = usize::try_from(ana.greeting.limits.frame_bytes).expect("fits");
    for open in ["[", "{\"a\":"] {
        let depth = (max - 100) / open.len();
        let text = format!("{{\"type\":\"ping\",\"id\":1,\"x\":{}", open.repeat(depth));
        refused(&mut ana, &text, ErrorCode::BadJson, None);
    }
    let closed = (max - 100) / 2;
    let text = format!(
        "{{\"type\":\"ping\",\"id\":1,\"x\":{}{}}}",
        "[".repeat(closed),
        "]".repeat(closed)
    );
    ana.wire.text(&text);
    match ana.wire.event() {
        Event::Error(fault) => assert_eq!(fault.code, ErrorCode::BadJson),
        Event::Ok(ok) => assert_eq!(ok.id, 1, "an unknown field is ignored however deep"),
        other => panic!("unexpected: {other:?}"),
    }
    ana.barrier();
}

#[test]
fn fields_of_the_wrong_type_are_told_under_the_id() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    for text in [
        r#"{"id":3}"#,
        r#"{"type":"join","id":3}"#,
        r#"{"type":"join","id":3,"room":null}"#,
        r#"{"type":"join","id":3,"room":["lobby"]}"#,
        r#"{"type":"join","id":3,"room":"a","after":"1","epoch":"01JZZZZZZZZZZZZZZZZZZZZZZZ"}"#,
        r#"{"type":"join","id":3,"room":"a","after":-1,"epoch":"01JZZZZZZZZZZZZZZZZZZZZZZZ"}"#,
        r#"{"type":"join","id":3,"room":"a","after":1.5,"epoch":"01JZZZZZZZZZZZZZZZZZZZZZZZ"}"#,
        r#"{"type":"join","id":3,"room":"a","after":1e300,"epoch":"01JZZZZZZZZZZZZZZZZZZZZZZZ"}"#,
        r#"{"type":"join","id":3,"room":"a","after":1,"epoch":"not an epoch"}"#,
        r#"{"type":"join","id":3,"room":"a","limit":-5}"#,
        r#"{"type":"join","id":3,"room":"a","room":"b"}"#,
        r#"{"type":"send","id":3,"room":"a","cid":7,"text":"t"}"#,
        r#"{"type":"send","id":3,"room":"a","text":"t"}"#,
        r#"{"type":"send","id":3,"room":"a","cid":"x","text":"t","kind":"shout"}"#,
        r#"{"type":"send","id":3,"room":"a","cid":"x","text":{"a":1}}"#,
        r#"{"type":"nick","id":3,"nick":false}"#,
        r#"{"type":"history","id":3,"room":"a","before":"latest"}"#,
        r#"{"type":"rooms","id":3,"limit":[]}"#,
    ] {
        refused(&mut ana, text, ErrorCode::BadCommand, Some(3));
    }
    ana.barrier();
}

#[test]
fn an_id_that_is_no_number_of_the_protocol_is_refused_without_an_id() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    for id in ["null", "-1", "1.5", "\"1\"", "9007199254740992", "1e400", "[1]", "{}", "true"] {
        ana.wire.text(&format!(r#"{{"type":"ping","id":{id}}}"#));
        match ana.wire.event() {
            Event::Error(fault) => {
                assert_eq!(fault.id, None, "{id}");
                assert!(matches!(fault.code, ErrorCode::BadCommand | ErrorCode::BadJson), "{id}");
            }
            other => panic!("{id} should have been refused, not {other:?}"),
        }
    }
    refused(&mut ana, r#"{"type":"ping"}"#, ErrorCode::BadCommand, None);
    ana.barrier();
}

#[test]
fn a_command_that_nobody_knows_is_told_so() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    let long = "x".repeat(10_000);
    for kind in ["dance", "Ping", "PING", "", "message", "ok", "\\u0000", "__proto__", &long] {
        let text = format!(r#"{{"type":"{kind}","id":3}}"#);
        refused(&mut ana, &text, ErrorCode::UnknownCommand, Some(3));
    }
    ana.barrier();
}

#[test]
fn a_binary_frame_is_told_to_be_text() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    for bytes in [&b""[..], b"{\"type\":\"ping\",\"id\":1}", &[0xff; 10_000]] {
        ana.wire.binary(bytes);
        assert_eq!(ana.wire.expect_fault(ErrorCode::NotText).id, None);
    }
    ana.barrier();
    let mut wire = server.wire();
    wire.binary(b"before hello");
    wire.expect_fault(ErrorCode::NotText);
}

#[test]
fn unknown_fields_are_ignored_in_every_command() {
    let server = Server::start();
    let mut wire = server.wire();
    wire.text(r#"{"later":{"a":[1]},"type":"hello","version":1,"nick":"ana","id":1,"x":null}"#);
    assert!(matches!(wire.event(), Event::Ok(ok) if ok.id == 1));
    wire.text(r#"{"type":"join","id":2,"room":"lobby","with":["everybody"]}"#);
    loop {
        match wire.event() {
            Event::Ok(ok) => break assert_eq!(ok.id, 2),
            Event::Members(_) => {}
            other => panic!("unexpected: {other:?}"),
        }
    }
}

/// Sends a frame that must be answered with an error of this code and id.
fn refused(client: &mut Client, text: &str, code: ErrorCode, id: Option<u64>) {
    client.wire.text(text);
    match client.wire.event() {
        Event::Error(fault) => {
            assert_eq!((fault.code, fault.id), (code, id), "{text}: {}", fault.message);
            assert!(!fault.message.is_empty() && fault.message.len() < 1_000, "for a person");
            if code == ErrorCode::BadJson {
                assert!(fault.message.contains(" column "), "{text:?}: {}", fault.message);
            }
        }
        other => panic!("{text:?} should have been refused, not answered with {other:?}"),
    }
}
