//! Rooms that people make, with the library against the real server.

mod common;

use std::time::Duration;

use async_std::task::block_on;
use support::server::Server;
use throng_client::{
    Client, ErrorCode, Event, Events, Options, OwnRoom, Range, Rank, RequestError, Role, RoomKind,
    RoomSettings, SendError,
};

use common::{code, connect, told};

async fn added(events: &mut Events) -> (OwnRoom, Option<String>) {
    told(events, |event| match event {
        Event::Added { own, by } => Some((own.clone(), by.clone().map(|by| by.nick))),
        _ => None,
    })
    .await
}

async fn mine(client: &Client) -> Vec<(String, RoomKind, Rank)> {
    let page = client.my_rooms(None).await.expect("they are ours");
    assert!(!page.more);
    page.rooms.into_iter().map(|it| (it.room.name, it.room.kind, it.rank)).collect()
}

#[test]
fn a_private_room_is_made_entered_by_invitation_and_by_link_and_left_for_good() {
    let server = Server::start();
    block_on(async {
        let (ana, mut ana_events) = connect(&server, "ana").await;
        let (bo, mut bo_events) = connect(&server, "bo").await;
        let (cy, _cy_events) = connect(&server, "cy").await;
        let made = ana.make_room("kitchen-crew", RoomKind::Private, "who cooks").await;
        let made = made.expect("anybody may make one");
        assert_eq!((made.room.kind, made.rank), (RoomKind::Private, Rank::Moderator));
        let room = made.room.id;
        let joined = ana.join(room).await.expect("it is ours");
        assert_eq!(
            (joined.info.topic.as_str(), joined.info.kind),
            ("who cooks", RoomKind::Private)
        );
        ana.send(room, "soup").await.expect("it is said");
        assert_eq!(code(bo.join(room).await), ErrorCode::NoSuchRoom, "it does not exist for bo");

        ana.invite(room, "@bo").await.expect("members may invite");
        let (own, by) = added(&mut bo_events).await;
        assert_eq!((own.room.id, own.rank, by.as_deref()), (room, Rank::Invited, Some("ana")));
        assert_eq!(
            mine(&bo).await,
            [("kitchen-crew".to_owned(), RoomKind::Private, Rank::Invited)]
        );
        bo.join("kitchen-crew").await.expect("they were invited");
        assert_eq!(mine(&bo).await[0].2, Rank::Member);

        let link = ana.make_invite_link(room, Some(Duration::from_secs(3_600)), Some(1)).await;
        let link = link.expect("members may make links");
        assert_eq!((link.uses, link.expires_ms), (1, 3_600_000));
        let whole = format!("{}/#room={}", server.url(), link.code);
        assert_eq!(cy.accept(&whole).await.expect("it is good").room.id, room);
        let (dee, _dee_events) = connect(&server, "dee").await;
        assert_eq!(code(dee.accept(&link.code).await), ErrorCode::BadLink, "it is used up");
        cy.join(room).await.expect("cy is a member");
        let people = ana.people(room, None).await.expect("ana is in it").people;
        let mut there: Vec<_> = people.iter().map(|it| (it.user.nick.as_str(), it.rank)).collect();
        there.sort_unstable();
        let all = [("ana", Rank::Moderator), ("bo", Rank::Member), ("cy", Rank::Member)];
        assert_eq!(there, all);

        assert_eq!(code(bo.delete_room(room, "").await), ErrorCode::Forbidden);
        ana.set_rank(room, "@bo", Rank::Moderator).await.expect("ana keeps it");
        assert_eq!(added(&mut bo_events).await.0.rank, Rank::Moderator);
        bo.set_room(RoomSettings::of(room).name("cooks").topic("")).await.expect("bo keeps it");
        let changed = |event: &Event| match event {
            Event::Changed { room, info, .. } => Some((room.name.to_string(), info.topic.clone())),
            _ => None,
        };
        let now = told(&mut ana_events, changed).await;
        assert_eq!(now, ("cooks".to_owned(), String::new()));
        ana.send("cooks", "by the new name").await.expect("it is joined under it");

        let read_only = RoomSettings::of(room).speak(Role::Moderator);
        bo.set_room(read_only.reason("news only")).await.expect("bo keeps it");
        let no = cy.send(room, "may I").await;
        assert!(
            matches!(&no, Err(SendError::Refused(it)) if it.code == ErrorCode::Forbidden),
            "{no:?}"
        );
        cy.forget(room).await.expect("one may always leave");
        assert_eq!(mine(&cy).await, []);
        assert_eq!(code(cy.join(room).await), ErrorCode::NoSuchRoom);
        bo.delete_room(room, "the kitchen closes").await.expect("bo keeps it");
        let reason = told(&mut ana_events, |event| match event {
            Event::Removed { reason, .. } => Some(reason.clone()),
            _ => None,
        });
        assert!(reason.await.contains("the kitchen closes"));
        assert_eq!(mine(&ana).await, []);
    });
}

#[test]
fn a_direct_room_and_its_messages_outlive_a_crash_of_the_server() {
    let mut server = Server::start();
    block_on(async {
        let (ana, ana_events) = connect(&server, "ana").await;
        let (bo, mut bo_events) = connect(&server, "bo").await;
        let direct = ana.open_direct(["@bo"]).await.expect("bo is there");
        assert_eq!((direct.room.kind, direct.room.name.as_str()), (RoomKind::Direct, ""));
        assert_eq!(direct.people.iter().map(|it| it.nick.as_str()).collect::<Vec<_>>(), ["bo"]);
        let room = direct.room.id;
        let (own, by) = added(&mut bo_events).await;
        assert_eq!((own.room.id, by.as_deref(), own.people.len()), (room, Some("ana"), 1));
        ana.join(room).await.expect("it is ours");
        let said = ana.send(room, "only for you").await.expect("it is said");
        let (kept, bo_is) = (bo.token().expect("greeted"), bo.me().expect("greeted"));
        bo.close().await;
        drop((bo, ana_events));

        server.kill9();
        server.restart();
        let options = Options::token(kept);
        let (bo, mut bo_events) =
            Client::connect(&server.url(), options).await.expect("the server is back");
        assert_eq!(bo.me().expect("greeted").id, bo_is.id);
        let found = bo.my_rooms(None).await.expect("they are bo's").rooms;
        let [own] = &found[..] else { panic!("{found:?}") };
        assert_eq!((own.room.id, own.people[0].nick.as_str()), (room, "ana"));
        bo.join(room).await.expect("it is bo's");
        let seen = told(&mut bo_events, |event| match event {
            Event::Message { message, .. } => Some(message.text.clone()),
            _ => None,
        });
        assert_eq!(seen.await, "only for you");
        bo.send(room, "I have it").await.expect("it is said");

        assert_eq!(ana.open_direct(["@bo"]).await.expect("it is there").room.id, room);
        let page = ana.history(room, Range::After(said.seq), 10).await.expect("ana came back");
        let texts: Vec<_> = page.events.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(texts, ["I have it"]);
        let no = code(bo.forget(room).await);
        assert_eq!(no, ErrorCode::Forbidden, "the direct room of two people stays theirs");
        let (cy, _cy_events) = connect(&server, "cy").await;
        assert_eq!(code(cy.join(room).await), ErrorCode::NoSuchRoom);
        let bad = ana.make_room("two words", RoomKind::Public, "").await;
        assert!(matches!(bad, Err(RequestError::BadName(_))));
    });
}

#[test]
fn a_persons_rooms_are_the_same_on_every_device() {
    let server = Server::start();
    block_on(async {
        let (desk, mut desk_events) = connect(&server, "ana").await;
        let account = desk.register("turtle in the sun", None).await.expect("registered");
        let (phone, mut phone_events) =
            Client::connect(&server.url(), Options::token(account.token)).await.expect("logged in");
        phone.join("lobby").await.expect("it is open");
        let (own, by) = added(&mut desk_events).await;
        assert_eq!((own.room.name.as_str(), own.rank, by), ("lobby", Rank::Member, None));
        assert_eq!(mine(&desk).await, mine(&phone).await);
        assert_eq!(mine(&desk).await.len(), 1);

        desk.forget("lobby").await.expect("it was never joined here");
        let reason = told(&mut phone_events, |event| match event {
            Event::Removed { room, reason } => Some((room.name.to_string(), reason.clone())),
            _ => None,
        });
        assert_eq!(reason.await.0, "lobby");
        let gone = |event: &Event| match event {
            Event::SeatGone { id, .. } => Some(*id),
            _ => None,
        };
        assert_eq!(told(&mut desk_events, gone).await, own.room.id);
        assert_eq!(mine(&phone).await, []);
        phone.join("lobby").await.expect("it is open");
        phone.forget("lobby").await.expect("it is ours");
        assert!(matches!(phone.members("lobby").await, Err(RequestError::NotJoined)));
    });
}
