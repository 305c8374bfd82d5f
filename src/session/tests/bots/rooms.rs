//! A bot whose token names the rooms that it may be in.

use support::client::{join, send, typing};
use support::fresh_cid;
use throng_protocol::{
    Command, ErrorCode, Invite, Join, Leave, ListMembers, ListPeople, MakeInviteLink, Report,
    RestrictionKind, Role, RoomName, RoomRef, RoomsPage, Scope, SetRoom, WhyOk,
};

use super::{TALKS, ask_why, audit, in_rooms, listed, new_bot};
use crate::session::tests::moderation::{kick, lift, restrict, role};
use crate::session::tests::{Server, done};

#[test]
fn a_bot_with_a_list_is_in_its_rooms_alone() {
    let server = Server::start();
    let mut ada = server.staff("ada", Role::Administrator);
    for room in ["lobby", "kitchen", "cellar"] {
        ada.join(room);
        ada.send(room, "a word");
    }
    let _mel = server.member("mel");
    let scopes = [Scope::Read, Scope::Send, Scope::Moderate, Scope::Admin];
    let cellar = ada.id_of("cellar").to_string();
    let make = in_rooms("warden", &scopes, &["#lobby", &cellar, "LOBBY"]);
    let mut bot = server.bot(&mut ada, make);
    assert_eq!(listed(&mut ada).bots[0].rooms.as_ref().map(Vec::len), Some(2));
    bot.join("lobby");
    bot.send("lobby", "a word");
    assert_eq!(bot.join(&cellar).head, 1);
    let names = |page: RoomsPage| page.rooms.into_iter().map(|room| room.name).collect::<Vec<_>>();
    assert_eq!(names(bot.rooms(None, None)), ["cellar", "lobby"]);
    let first = bot.rooms(None, Some(1));
    assert_eq!((first.more, first.after.as_deref()), (true, Some("cellar")));
    assert_eq!(names(bot.rooms(Some("cellar"), Some(1))), ["lobby"]);
    assert_eq!(names(bot.find_rooms("obb", None)), ["lobby"]);
    assert_eq!(names(bot.find_rooms("kitch", None)), [""; 0]);

    let kitchen = ada.id_of("kitchen").to_string();
    let mut sentences = Vec::new();
    for room in ["kitchen", &kitchen, "nowhere", "01K9ZS0000R00M000000000009"] {
        let mut commands = vec![
            join(room),
            Command::Join(Join { room: room.into(), epoch: None, after: None, limit: Some(0) }),
            send(room, &fresh_cid(), "text"),
            typing(room),
            Command::History(support::client::page_of(room)),
            Command::Members(ListMembers { room: room.into() }),
            Command::Leave(Leave { room: room.into(), forget: false }),
            kick(room, "mel"),
            restrict(RestrictionKind::Mute, "mel", Some(room)),
            lift(RestrictionKind::Mute, "mel", Some(room)),
            audit(Some(room)),
            ask_why("send", Some(room), None),
            Command::Invite(Invite { room: room.into(), person: "mel".into() }),
            Command::InviteLink(MakeInviteLink { room: room.into(), for_ms: None, uses: None }),
            Command::People(ListPeople { room: room.into(), after: None }),
            Command::SetRoom(SetRoom { room: room.into(), ..SetRoom::default() }),
            Command::Report(Report { room: room.into(), seq: 1, reason: "it sells".into() }),
        ];
        sentences.extend(commands.drain(..).map(|it| bot.fail(it, ErrorCode::Forbidden).message));
    }
    for everywhere in
        [restrict(RestrictionKind::Ban, "mel", None), audit(None), role("mel", Role::Moderator)]
    {
        sentences.push(bot.fail(everywhere, ErrorCode::Forbidden).message);
    }
    sentences.dedup();
    assert_eq!(sentences.len(), 1, "one sentence for every room: {sentences:?}");
    assert!(
        server
            .0
            .rooms
            .find(None, &RoomRef::Name(RoomName::parse("nowhere").expect("a name")))
            .is_none(),
        "no room was made"
    );
    done(&mut bot, restrict(RestrictionKind::Mute, "mel", Some("lobby")));
    done(&mut bot, audit(Some("lobby")));
    let why: WhyOk = ada.get(ask_why("send", Some("kitchen"), Some("warden")));
    assert!(!why.allowed && why.rule.contains("of its list"), "{}", why.rule);
}

#[test]
fn a_bot_that_only_reads_makes_no_room() {
    let server = Server::start();
    let mut ana = server.member("ana");
    let mut reader = server.bot(&mut ana, new_bot("reader", &[Scope::Read]));
    let fault = reader.fail(join("a-new-room"), ErrorCode::Forbidden);
    assert!(fault.message.contains("`send`"), "{}", fault.message);
    let mut talker = server.bot(&mut ana, new_bot("talker", TALKS));
    talker.join("a-new-room");
    reader.join("a-new-room");
}
