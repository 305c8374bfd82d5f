//! Presence: who is away, and who does not want to be disturbed.

use support::client::Client;
use support::eventually;
use throng_protocol::{
    Command, Event, MemberSample, MembersChanged, Presence, PresenceOk, SetPresence,
};

use super::Server;

fn presence(client: &mut Client, away: Option<bool>, dnd: Option<bool>) -> Presence {
    let ok: PresenceOk = client.get(Command::Presence(SetPresence { away, dnd }));
    ok.presence
}

fn away(client: &mut Client, away: bool) -> Presence {
    presence(client, Some(away), None)
}

fn dnd(client: &mut Client, dnd: bool) -> Presence {
    presence(client, None, Some(dnd))
}

/// What a client hears of its own presence, up to now.
fn heard(client: &mut Client) -> Vec<Presence> {
    client.barrier();
    let pushes = client.take_pushes().into_iter();
    pushes
        .filter_map(|it| if let Event::Presence(it) = it { Some(it.presence) } else { None })
        .collect()
}

fn members(client: &mut Client, room: &str) -> MemberSample {
    client.members(room).members
}

/// How somebody in a room is shown.
fn shown(client: &mut Client, room: &str, nick: &str) -> Presence {
    let sample = members(client, room).sample;
    sample.iter().find(|user| user.nick == nick).expect("there").presence
}

/// The next change of a room's members that says something about this person.
fn change_of(client: &mut Client, room: &str, nick: &str) -> MembersChanged {
    loop {
        match client.push() {
            Event::Members(it)
                if it.room == client.id_of(room)
                    && it.joined.iter().flatten().any(|user| user.nick == nick) =>
            {
                return it;
            }
            Event::Members(_) | Event::Presence(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn the_most_present_device_counts() {
    let server = Server::start();
    let mut ana = server.member("ana");
    let mut phone = server.device("ana");
    let mut bo = server.guest("bo");
    for client in [&mut ana, &mut phone, &mut bo] {
        client.join("lobby");
    }
    assert_eq!(away(&mut ana, true), Presence::Online, "the phone is in use");
    assert_eq!((heard(&mut ana), shown(&mut bo, "lobby", "ana")), (vec![], Presence::Online));
    assert_eq!(away(&mut phone, true), Presence::Away);
    eventually("the room knows", || shown(&mut bo, "lobby", "ana") == Presence::Away);
    assert_eq!((members(&mut bo, "lobby").away, members(&mut bo, "lobby").count), (1, 2));
    assert_eq!((heard(&mut ana), heard(&mut phone)), (vec![Presence::Away], vec![Presence::Away]));
    let third = server.device("ana");
    eventually("a new device is one in use", || shown(&mut bo, "lobby", "ana") == Presence::Online);
    third.bye();
    eventually("and it is gone", || shown(&mut bo, "lobby", "ana") == Presence::Away);
    assert_eq!(away(&mut phone, false), Presence::Online);
    eventually("back", || members(&mut bo, "lobby").away == 0);
}

#[test]
fn who_does_not_want_to_be_disturbed_says_so_for_all_devices() {
    let server = Server::start();
    let mut ana = server.member("ana");
    let mut phone = server.device("ana");
    assert_eq!(dnd(&mut ana, true), Presence::Dnd);
    assert_eq!(heard(&mut phone), [Presence::Dnd]);
    // Going away and coming back, as clients do by themselves, changes nothing of it.
    assert_eq!(away(&mut ana, true), Presence::Dnd);
    assert_eq!(away(&mut ana, false), Presence::Dnd);
    let tablet = server.device("ana");
    assert_eq!(tablet.greeting.user.presence, Presence::Dnd, "a new device knows it at once");
    assert_eq!(heard(&mut phone), []);
    let mut bo = server.guest("bo");
    bo.join("lobby");
    ana.join("lobby");
    assert_eq!((members(&mut bo, "lobby").dnd, members(&mut bo, "lobby").away), (1, 0));
    assert_eq!(dnd(&mut phone, false), Presence::Online);
    assert_eq!(heard(&mut ana), [Presence::Dnd, Presence::Online]);
    assert_eq!(presence(&mut ana, None, None), Presence::Online, "asking changes nothing");
    assert_eq!(presence(&mut ana, Some(true), Some(true)), Presence::Dnd);
}

#[test]
fn a_small_room_hears_who_is_away_and_a_large_one_how_many() {
    let server = Server::with(["--members-listed-max", "3"]).start();
    let [mut ana, mut bo, mut cy] = ["ana", "bo", "cy"].map(|nick| server.guest(nick));
    for client in [&mut ana, &mut bo, &mut cy] {
        client.join("lobby");
    }
    away(&mut ana, true);
    // Perhaps in the same event as her coming.
    let mut change = change_of(&mut bo, "lobby", "ana");
    if change.away == 0 {
        change = change_of(&mut bo, "lobby", "ana");
    }
    let shown = change.joined.iter().flatten().find(|user| user.nick == "ana").expect("she is");
    assert_eq!((change.away, shown.presence), (1, Presence::Away));
    let mut dan = server.guest("dan");
    dan.join("lobby");
    dnd(&mut cy, true);
    loop {
        let change = bo.expect_members("lobby");
        if (change.count, change.away, change.dnd) == (4, 1, 1) {
            assert_eq!((change.joined, change.left), (None, None));
            break;
        }
    }
    let sample = members(&mut dan, "lobby");
    assert_eq!((sample.count, sample.away, sample.dnd), (4, 1, 1));
    ana.leave("lobby");
    eventually("who leaves is not counted", || members(&mut dan, "lobby").away == 0);
}

#[test]
fn however_often_it_changes_a_room_hears_of_it_once_a_second() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    ana.join("lobby");
    bo.join("lobby");
    let begun = std::time::Instant::now();
    for number in 0..400 {
        away(&mut ana, number % 2 == 0);
    }
    away(&mut ana, true);
    eventually("the last one holds", || shown(&mut bo, "lobby", "ana") == Presence::Away);
    let seconds = begun.elapsed().as_secs() as usize;
    bo.barrier();
    let told = bo.take_pushes().into_iter().filter(|it| matches!(it, Event::Members(_))).count();
    assert!(told <= seconds + 2, "{told} in {seconds} s");
}

#[test]
fn a_message_does_not_say_how_its_sender_is_there() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    ana.join("lobby");
    bo.join("lobby");
    dnd(&mut ana, true);
    ana.send("lobby", "quietly");
    assert_eq!(bo.expect_message("lobby").from.presence, Presence::Online);
}
