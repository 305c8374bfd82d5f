//! Leaving a room for good: by oneself, with one's account, put out, and with the room.

use std::pin::pin;

use async_std::task::block_on;
use futures::FutureExt;
use support::client::{Client, PASSWORD, join, send};
use support::fresh_cid;
use throng_protocol::{
    Command, DeleteRoom, ErrorCode, Event, Invite, Kick, Nick, OwnRoom, Rank, Refusal,
    RestrictionKind, RoomKind, SetRank, SetRoom, Unregister,
};

use super::moderation::{ban, kick, restriction};
use super::private_rooms::{forget, invite, let_in, make, mine, people, private, rank, removed};
use super::{Server, done};
use crate::actor::Actor;
use crate::membership::Membership;
use crate::moderation::Moderation;

fn unregister(client: &mut Client) {
    done(client, Command::Unregister(Unregister { password: PASSWORD.into(), messages: false }));
}

#[test]
fn a_room_is_kept_by_somebody_as_long_as_there_are_members() {
    let server = Server::start();
    let (mut ana, mut bo, mut eve) = (server.guest("ana"), server.guest("bo"), server.guest("eve"));
    let crew = private(&mut ana, "crew");
    let_in(&mut ana, &mut bo, &crew);
    done(&mut ana, invite(&crew, "eve"));
    ana.fail(rank(&crew, "ana", Rank::Member), ErrorCode::Forbidden);
    ana.fail(rank(&crew, "eve", Rank::Moderator), ErrorCode::NoSuchPerson);
    done(&mut ana, forget(&crew));
    ana.fail(join(&crew), ErrorCode::NoSuchRoom);
    assert!(people(&mut bo, &crew).contains(&("bo".into(), Rank::Moderator)));
    assert_eq!(mine(&mut bo), [("crew".into(), Rank::Moderator)]);
    done(&mut bo, forget("#crew"));
    // With the last member the room goes, and so does the invitation.
    eve.fail(join(&crew), ErrorCode::NoSuchRoom);
    assert_eq!((mine(&mut bo), mine(&mut eve)), (vec![], vec![]));
    assert_eq!(removed(&mut eve).0.to_string(), crew);
}

#[test]
fn a_deleted_room_is_gone_for_everybody_and_its_name_is_free() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    for kind in [RoomKind::Public, RoomKind::Private] {
        let own: OwnRoom = ana.get(make("gone", kind));
        let id = own.room.id.to_string();
        ana.join(&id);
        if kind == RoomKind::Private {
            let_in(&mut ana, &mut bo, &id);
        }
        bo.join(&id);
        let cid = fresh_cid();
        bo.send_as(&id, &cid, "before");
        let delete = |room: &str| {
            Command::DeleteRoom(DeleteRoom { room: room.into(), reason: "over".into() })
        };
        bo.fail(delete(&id), ErrorCode::Forbidden);
        done(&mut ana, delete("#gone"));
        let (room, reason) = removed(&mut bo);
        assert_eq!(room, own.room.id);
        assert!(reason.contains("over"), "{reason}");
        for client in [&mut ana, &mut bo] {
            client.fail(join(&id), ErrorCode::NoSuchRoom);
            client.fail(send(&id, &fresh_cid(), "after"), ErrorCode::NotJoined);
            assert_eq!(mine(client), []);
        }
        assert!(bo.send_as(&id, &cid, "before").dup, "a retry gets its first answer");
        bo.take_pushes();
        ana.take_pushes();
    }
    assert_eq!(bo.join("#gone").head, 0);
}

#[test]
fn what_was_sent_before_somebody_was_put_out_is_shown_and_nothing_after() {
    let server = Server::start();
    let (mut ana, mut eve) = (server.guest("ana"), server.guest("eve"));
    let crew = private(&mut ana, "crew");
    ana.join(&crew);
    for _ in 0..5 {
        let_in(&mut ana, &mut eve, &crew);
        let ids: Vec<u64> =
            (0..100).map(|_| eve.wire.post(send(&crew, &fresh_cid(), "again"))).collect();
        let before = ana.join(&crew).head;
        done(&mut ana, kick(&crew, "eve"));
        let head = ana.join(&crew).head;
        // What waits in the room is answered after what is refused at once.
        let (mut said, mut left) = (0, ids.len());
        while left > 0 {
            match eve.wire.event() {
                Event::Ok(_) => (said, left) = (said + 1, left - 1),
                Event::Error(_) => left -= 1,
                _ => {}
            }
        }
        assert!(head <= before + said);
        assert_eq!(ana.join(&crew).head, head, "nothing comes after the answer");
        ana.send(&crew, "without her");
        eve.barrier();
        let secret = |it: &Event| matches!(it, Event::Message(it) if it.text == "without her");
        assert!(!eve.take_pushes().iter().any(secret));
    }
}

#[test]
fn who_deletes_their_account_is_in_no_room() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.member("ana"), server.guest("bo"));
    let crew = private(&mut bo, "crew");
    let_in(&mut bo, &mut ana, &crew);
    unregister(&mut ana);
    assert_eq!(people(&mut bo, &crew), [("bo".into(), Rank::Moderator)]);
}

#[test]
fn a_private_room_whose_moderator_deletes_their_account_is_kept_by_a_member() {
    let server = Server::start();
    let (mut ana, mut bo, mut eve) =
        (server.member("ana"), server.guest("bo"), server.guest("eve"));
    let crew = private(&mut ana, "crew");
    let alone = private(&mut ana, "alone");
    let_in(&mut ana, &mut bo, &crew);
    done(&mut ana, invite(&alone, "eve"));
    unregister(&mut ana);
    assert_eq!(people(&mut bo, &crew), [("bo".into(), Rank::Moderator)]);
    assert_eq!(mine(&mut bo), [("crew".into(), Rank::Moderator)]);
    // Nobody is in the other one any more.
    eve.fail(join(&alone), ErrorCode::NoSuchRoom);
    assert_eq!(mine(&mut eve), []);
}

#[test]
fn a_private_room_whose_moderator_is_put_out_is_kept_by_a_member() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    let crew = private(&mut ana, "crew");
    ana.join(&crew);
    let_in(&mut ana, &mut bo, &crew);
    let out = |person: &str| {
        let (room, person) = (crew.clone(), person.to_owned());
        let kick = Kick { room, person, reason: "enough".into() };
        block_on(Moderation(&server.0).kick(&Actor::server(), &kick)).expect("put out");
    };
    out("ana");
    assert!(removed(&mut ana).1.contains("enough"));
    assert_eq!(people(&mut bo, &crew), [("bo".into(), Rank::Moderator)]);
    out("bo");
    assert!(removed(&mut bo).1.contains("enough"));
    assert_eq!(server.0.rooms.count().1, 0, "the last member was put out");
}

#[test]
fn a_ban_from_a_private_room_takes_the_seat_and_gives_the_room_to_the_next() {
    let server = Server::start();
    let (mut ana, mut bo, mut eve) = (server.guest("ana"), server.guest("bo"), server.guest("eve"));
    let crew = private(&mut ana, "crew");
    let_in(&mut ana, &mut bo, &crew);
    let_in(&mut ana, &mut eve, &crew);
    done(&mut ana, ban("eve", Some(&crew)));
    assert_eq!(mine(&mut eve), []);
    ana.fail(invite(&crew, "eve"), ErrorCode::Forbidden);
    let ban = restriction(RestrictionKind::Ban, "ana", Some(&crew));
    block_on(Moderation(&server.0).restrict(&Actor::server(), &ban)).expect("banned");
    assert_eq!(people(&mut bo, &crew), [("bo".into(), Rank::Moderator)]);
}

/// Something is done to a room that somebody else deletes at the same moment, and is first.
fn beside_a_deletion(work: impl AsyncFn(Membership<'_>, &str) -> Result<(), Refusal>) {
    let server = Server::start();
    let mut ana = server.guest("ana");
    let _bo = server.guest("bo");
    let crew = private(&mut ana, "crew");
    let by = Actor::server();
    let delete = DeleteRoom { room: crew.clone(), reason: String::new() };
    let order = block_on(server.0.seats.order.lock());
    let rooms = Membership(&server.0);
    let mut deleting = pin!(rooms.delete(&by, &delete));
    let mut working = pin!(work(Membership(&server.0), &crew));
    assert!((&mut deleting).now_or_never().is_none(), "it waits");
    assert!((&mut working).now_or_never().is_none(), "it waits");
    drop(order);
    block_on(deleting).expect("deleted");
    let refusal = block_on(working).expect_err("there is no room any more");
    assert_eq!(refusal.code, ErrorCode::NoSuchRoom);
    assert_eq!(server.0.rooms.count().1, 0, "nothing brings it back");
    let room = crew.parse().expect("an id");
    assert_eq!(server.0.seats.people(room), [], "nobody has a seat in it");
}

#[test]
fn a_room_that_is_being_deleted_does_not_come_back_by_what_is_done_to_it() {
    let by = Actor::server();
    beside_a_deletion(async |rooms, room| {
        let set = SetRoom { room: room.into(), topic: Some("x".into()), ..SetRoom::default() };
        rooms.set(&by, &set).await
    });
    beside_a_deletion(async |rooms, room| {
        let delete = DeleteRoom { room: room.into(), reason: String::new() };
        rooms.delete(&by, &delete).await
    });
    beside_a_deletion(async |rooms, room| {
        let set = SetRank { room: room.into(), person: "ana".into(), rank: Rank::Moderator };
        rooms.set_rank(&by, &set).await
    });
    beside_a_deletion(async |rooms, room| {
        let people = &rooms.0.identity.people;
        let ana = people.named(&Nick::parse("ana").expect("a nick").fold()).expect("she is here");
        let ana = people.present(ana).expect("she is here");
        rooms.invite(&ana, &Invite { room: room.into(), person: "bo".into() }).await
    });
}

#[test]
fn of_two_changes_of_a_room_at_once_neither_is_lost() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    let crew = private(&mut ana, "crew");
    let by = Actor::server();
    let topic = SetRoom { room: crew.clone(), topic: Some("ships".into()), ..SetRoom::default() };
    let slow = SetRoom { room: crew.clone(), slow_ms: Some(1_000), ..SetRoom::default() };
    let order = block_on(server.0.seats.order.lock());
    let rooms = Membership(&server.0);
    let mut one = pin!(rooms.set(&by, &topic));
    let mut other = pin!(rooms.set(&by, &slow));
    assert!((&mut one).now_or_never().is_none() && (&mut other).now_or_never().is_none());
    drop(order);
    block_on(one).expect("changed");
    block_on(other).expect("changed");
    let room = ana.join(&crew).room;
    assert_eq!((room.topic.as_str(), room.slow_ms), ("ships", 1_000));
}
