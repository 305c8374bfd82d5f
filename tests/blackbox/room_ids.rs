//! Room ids: how frames refer to rooms, and how long an id lasts.

use std::collections::BTreeSet;
use std::net::TcpStream;

use serde_json::{Value, json};
use support::client::join;
use support::fresh_cid;
use support::server::Server;
use support::wire::{How, tcp};
use throng_protocol::{ErrorCode, RoomId};
use tungstenite::{Message, WebSocket};

/// Small queues, so that a reader is behind after a few bytes.
const SMALL: [&str; 6] =
    ["--outbox-bytes-max", "64KiB", "--page-bytes-max", "16KiB", "--send-buffer", "8KiB"];

#[test]
fn every_frame_that_names_a_room_has_its_id() {
    let server = Server::with(SMALL).start();
    let mut ana = server.guest("ana");
    let id = ana.join("Keller").room.id;
    ana.send("Keller", "for a page");
    let mut plain = Plain::connect(&server);
    let mut seen = BTreeSet::new();
    let commands = [
        json!({"type":"hello","id":0,"version":1,"nick":"bo"}),
        json!({"type":"join","id":1,"room":"#KELLER"}),
        json!({"type":"history","id":2,"room":"keller"}),
        json!({"type":"members","id":3,"room":"keller"}),
        json!({"type":"rooms","id":4}),
    ];
    for command in commands {
        plain.say(&command);
        loop {
            let frame = plain.frame();
            names_a_room_by_its_id(&frame, id, &mut seen);
            if frame["id"] == command["id"] {
                assert_eq!(frame["type"], "ok", "{frame}");
                break;
            }
        }
    }
    ana.typing("Keller");
    plain.read_until("typing", id, &mut seen);
    plain.read_until("members", id, &mut seen);
    let text = "x".repeat(4_000);
    for _ in 0..100 {
        ana.send("Keller", &text);
        ana.take_pushes();
    }
    plain.read_until("behind", id, &mut seen);
    let all = ["behind", "in a page", "members", "message", "ok, about", "ok, in a list", "typing"];
    assert_eq!(seen, all.map(String::from).into());
}

/// Checks each `room` in a frame, and records the kind of frame.
fn names_a_room_by_its_id(frame: &Value, id: RoomId, seen: &mut BTreeSet<String>) {
    let wanted = json!(id.to_string());
    if frame["type"] == "ok" {
        if let Some(room) = frame.get("room") {
            assert_eq!(*room, json!({"id": wanted, "name": "Keller"}), "{frame}");
            seen.insert("ok, about".into());
        }
        for room in frame["rooms"].as_array().into_iter().flatten() {
            assert_eq!((&room["id"], &room["name"]), (&wanted, &json!("Keller")), "{frame}");
            seen.insert("ok, in a list".into());
        }
        for entry in frame["events"].as_array().into_iter().flatten() {
            assert_eq!(entry["room"], wanted, "{frame}");
            seen.insert("in a page".into());
        }
    } else if let Some(room) = frame.get("room") {
        assert_eq!(*room, wanted, "{frame}");
        seen.insert(frame["type"].as_str().expect("a type").into());
    }
}

/// A connection that only knows JSON: nothing of the protocol crate parses its frames.
struct Plain(WebSocket<TcpStream>);

impl Plain {
    fn connect(server: &Server) -> Self {
        let how = How { receive_buffer: Some(4096), ..How::default() };
        let stream = tcp(server.address(), &how).expect("the server accepts");
        let url = format!("ws://{}/ws", server.address());
        Self(tungstenite::client(url, stream).expect("an upgrade").0)
    }

    fn say(&mut self, command: &Value) {
        self.0.send(Message::text(command.to_string())).expect("the server reads");
    }

    fn frame(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.0.read().expect("the connection goes on") {
                return serde_json::from_str(&text).expect("JSON");
            }
        }
    }

    fn read_until(&mut self, kind: &str, id: RoomId, seen: &mut BTreeSet<String>) {
        while !seen.contains(kind) {
            names_a_room_by_its_id(&self.frame(), id, seen);
        }
    }
}

#[test]
fn a_room_keeps_its_id_over_a_crash_and_a_blank_room_is_forgotten() {
    let mut server = Server::start();
    let mut ana = server.guest("ana");
    let said = ana.join("said").room.id;
    let blank = ana.join("blank").room.id;
    let cid = fresh_cid();
    ana.send_as("said", &cid, "once");
    let token = ana.token().to_owned();
    server.kill9();
    server.restart();

    let mut ana = server.known(&token);
    assert_eq!(ana.join(&said.to_string()).room.name, "said");
    assert!(ana.send_as(&said.to_string(), &cid, "once").dup);
    ana.fail(join(&blank.to_string()), ErrorCode::NoSuchRoom);
    let again = ana.join("#blank").room.id;
    assert_ne!(again, blank, "another room, under the name that is free again");
    ana.send("blank", "now it stays");
    server.kill9();
    server.restart();
    assert_eq!(server.known(&token).join("blank").room.id, again);
}
