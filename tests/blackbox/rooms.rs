//! Rooms: how they are created and listed, and who their members are.

use support::client::{hello, join};
use support::eventually;
use support::server::Server;
use throng_protocol::ErrorCode;

#[test]
fn a_room_in_which_something_was_said_outlives_its_members_and_the_server() {
    let mut server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("Keller");
    ana.join("silent");
    ana.send("Keller", "still here tomorrow");
    ana.bye();
    assert!(server.stop().success());
    server.restart();
    let mut bo = server.guest("bo");
    let listed = bo.rooms(None, None);
    let names: Vec<&str> = listed.rooms.iter().map(|room| &*room.name).collect();
    assert_eq!(names, ["Keller"], "a room without a message leaves nothing behind");
    assert_eq!(listed.rooms[0].members, 0);
    assert_eq!(bo.join("keller").room.name, "Keller", "as its first visitor wrote it");
}

#[test]
fn a_closed_server_makes_no_rooms_and_keeps_the_old_ones() {
    let mut server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    ana.send("lobby", "first");
    drop(ana);
    server.stop();
    server.add_flags(&["--rooms-open", "false"]);
    server.restart();
    let mut bo = server.guest("bo");
    assert_eq!(bo.join("lobby").head, 1);
    bo.fail(join("garden"), ErrorCode::NoSuchRoom);
    assert_eq!(bo.rooms(None, None).rooms.len(), 1);
}

/// A leave needs no place in the room's inbox, so it may overtake the join that it ends.
#[test]
fn who_goes_before_the_join_is_done_leaves_nobody_behind() {
    let mut server = Server::start();
    let before = server.open_sockets();
    for n in 0..200 {
        let mut wire = server.wire();
        wire.post(hello(None, None));
        // Rooms that have to be loaded: the join waits in the inbox meanwhile.
        wire.post(join(&format!("room-{n}")));
    }
    eventually("nobody is a member", || {
        let metrics = server.metrics();
        metrics.value("throng_sessions") == 0.0 && metrics.value("throng_members") == 0.0
    });
    eventually("all sockets are closed", || server.open_sockets() <= before + 2);
    assert!(server.stop().success(), "no ghost holds up the drain");
}
