//! Resuming: a cursor `(epoch, seq)` is all that a client needs to miss nothing.

use support::client::Client;
use support::cursor::Cursor;
use support::server::Server;
use throng_protocol::{Command, Epoch, Join};

#[test]
fn a_crash_of_the_server_leaves_no_hole_for_the_reader() {
    let mut server = Server::start();
    let mut bo = server.guest("bo");
    let (token, epoch) = (bo.token().to_owned(), bo.greeting.epoch);
    let mut cursor = Cursor::start("lobby", epoch);
    bo.catch_up(&mut cursor);
    for round in 1..=3 {
        say(&mut server.guest(&format!("ana{round}")), "lobby", 5);
        server.kill9();
        server.restart();
        let mut bo = server.known(&token);
        assert_eq!(bo.greeting.epoch, epoch);
        bo.catch_up(&mut cursor);
        assert_eq!(cursor.last(), 5 * round);
    }
}

/// Joins and sends some messages.
fn say(client: &mut Client, room: &str, times: u64) {
    let command = join(room, None, None, Some(0));
    client.ask(command).expect("rooms are open");
    for n in 1..=times {
        client.send(room, &format!("thing {n}"));
    }
}

fn join(room: &str, epoch: Option<Epoch>, after: Option<u64>, limit: Option<u64>) -> Command {
    Command::Join(Join { room: room.into(), epoch, after, limit })
}
