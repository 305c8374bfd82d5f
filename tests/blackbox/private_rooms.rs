//! Private and direct rooms outlive crashes, administrators at the server's machine reach them, and a link shows
//! its room to somebody who has not come in yet.

use serde_json::json;
use support::client::{Client, join, send};
use support::server::Server;
use support::{fresh_cid, http};
use throng_protocol::{
    Accept, Command, ErrorCode, Invite, InviteLinkOk, ListMine, MakeInviteLink, MakeRoom, MineOk,
    OpenDirect, OwnRoom, Rank, Register, RegisterOk, RoomKind, SetRoom,
};

use crate::admin::{ask, ask_json, refused};

fn private(client: &mut Client, name: &str) -> String {
    let make = MakeRoom {
        name: name.into(),
        kind: RoomKind::Private,
        topic: "boats".into(),
        ..MakeRoom::default()
    };
    let own: OwnRoom = client.get(Command::MakeRoom(make));
    own.room.id.to_string()
}

fn mine(client: &mut Client) -> Vec<OwnRoom> {
    let mine: MineOk = client.get(Command::Mine(ListMine::default()));
    mine.rooms
}

fn link(client: &mut Client, room: &str) -> String {
    let make = MakeInviteLink { room: room.into(), for_ms: None, uses: None };
    let link: InviteLinkOk = client.get(Command::InviteLink(make));
    link.code
}

#[test]
fn private_and_direct_rooms_outlive_a_crash() {
    let mut server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    let crew = private(&mut ana, "crew");
    let code = link(&mut ana, &crew);
    let _: OwnRoom = bo.get(Command::Accept(Accept { code: code.clone() }));
    let pair: OwnRoom = ana.get(Command::Direct(OpenDirect { people: vec!["bo".into()] }));
    let pair = pair.room.id.to_string();
    for room in [&crew, &pair] {
        ana.join(room);
        ana.send(room, "still here tomorrow");
    }
    let set = SetRoom { room: crew.clone(), slow_ms: Some(5_000), ..SetRoom::default() };
    ana.ask(Command::SetRoom(set)).expect("its moderator may");
    let (before, token) = (mine(&mut ana), ana.token().to_owned());
    server.kill9();
    server.restart();
    let (mut ana, mut eve) = (server.known(&token), server.guest("eve"));
    assert_eq!(mine(&mut ana), before);
    for room in [&crew, &pair] {
        assert_eq!(ana.join(room).head, 1);
        eve.fail(join(room), ErrorCode::NoSuchRoom);
    }
    assert_eq!(ana.join("#crew").room.slow_ms, 5_000);
    let own: OwnRoom = eve.get(Command::Accept(Accept { code }));
    assert_eq!((own.room.id.to_string(), own.rank), (crew.clone(), Rank::Member));
    // A name that private rooms have had takes nothing from the public ones, also after a restart.
    let mut max = server.guest("max");
    assert_eq!(max.join("#crew").head, 0);
    assert_eq!(max.send("#crew", "in public").seq, 1);
    server.kill9();
    server.restart();
    assert_eq!(server.known(&token).join("#crew").room.kind, RoomKind::Private);
    assert_eq!(server.guest("tom").join("#crew").room.kind, RoomKind::Public);
}

#[test]
fn groups_and_what_rooms_narrow_to_them_outlive_a_crash() {
    let mut server = Server::start();
    let token = |client: &mut Client| {
        let register = Register { password: "seventeen boats in a row".into(), invitation: None };
        client.get::<RegisterOk>(Command::Register(register)).token
    };
    let (mut sue, mut eve) = (server.guest("sue"), server.guest("eve"));
    let (sues, eves) = (token(&mut sue), token(&mut eve));
    for group in ["staff", "crew"] {
        ask(&server, &["group", "make", group]);
    }
    ask(&server, &["group", "assign", "STAFF", "sue"]);
    ask(&server, &["group", "assign", "staff", "eve"]);
    ask(&server, &["group", "dismiss", "staff", "eve", "--reason", "went home"]);
    ask(&server, &["group", "rename", "crew", "guides"]);
    for room in ["vault", "news"] {
        sue.join(room);
        eve.join(room);
    }
    sue.send("vault", "a secret");
    let (vault, description) = (sue.id_of("vault").to_string(), "old ones\nand new ones");
    let see = ["--see-groups", "staff", "--description", description, "--order", "3"];
    ask(&server, &[&["room", "set", "vault"][..], &see].concat());
    ask(&server, &["room", "set", "news", "--speak-groups", "staff, guides"]);
    let (code, _) = refused(&server, &["group", "make", "Staff"]);
    assert_eq!(code, "group_name_taken");
    let (code, _) = refused(&server, &["room", "set", "news", "--speak-groups", "void"]);
    assert_eq!(code, "no_such_group");
    server.kill9();
    server.restart();
    let listed = ask_json(&server, &["group", "list"]);
    let expected = json!([{"name": "guides", "members": 0}, {"name": "staff", "members": 1}]);
    assert_eq!(listed["groups"], expected);
    assert_eq!(ask_json(&server, &["group", "show", "staff"])["people"][0]["name"], json!("sue"));
    let shown = ask_json(&server, &["room", "show", "vault"]);
    assert_eq!(shown["see"], json!("administrator, staff"));
    assert_eq!((&shown["order"], &shown["description"]), (&json!(3), &json!(description)));
    let (mut sue, mut eve) = (server.known(&sues), server.known(&eves));
    let page = sue.join("#vault");
    assert_eq!((page.room.id.to_string(), page.head), (vault.clone(), 1));
    assert_eq!(page.description, description);
    eve.fail(join(&vault), ErrorCode::NoSuchRoom);
    assert_eq!(eve.join("#vault").head, 0, "the name is free for others");
    sue.join("news");
    eve.join("news");
    sue.send("news", "in the group");
    eve.fail(send("news", &fresh_cid(), "not in it"), ErrorCode::Forbidden);
    ask(&server, &["group", "delete", "staff"]);
    sue.fail(join(&vault), ErrorCode::NoSuchRoom);
    server.kill9();
    server.restart();
    let mut sue = server.known(&sues);
    sue.fail(join(&vault), ErrorCode::NoSuchRoom);
    sue.join("news");
    sue.fail(send("news", &fresh_cid(), "not any more"), ErrorCode::Forbidden);
}

#[test]
fn a_link_shows_its_room_to_who_has_it_and_to_nobody_else() {
    let server = Server::strict().with(["--guests", "true"]).start();
    let mut ana = server.guest("ana");
    let crew = private(&mut ana, "crew");
    ana.join(&crew);
    let code = link(&mut ana, &crew);
    let answer = http::get(server.address(), &format!("/invites/{code}"));
    let room: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    let expected = json!({
        "name": "crew", "topic": "boats", "kind": "private", "members": 1, "guests": true,
    });
    assert_eq!((answer.status, room), (200, expected));
    let wrong = |code: &str| http::get(server.address(), &format!("/invites/{code}"));
    let answer = wrong(&"A".repeat(43));
    assert_eq!((answer.status, answer.body.contains("wrong")), (404, true));
    // An address may be wrong twenty times, once of them already.
    let guessed = (0..30).find(|_| wrong(&"B".repeat(43)).status == 429);
    assert_eq!(guessed, Some(19), "wrong guesses before the refusal");
    assert_eq!(wrong(&code).status, 429, "and does not learn when they are right");
}

#[test]
fn an_administrator_at_the_servers_machine_sees_and_keeps_every_room() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    let crew = private(&mut ana, "crew");
    let invite = Invite { room: crew.clone(), person: "bo".into() };
    ana.ask(Command::Invite(invite)).expect("its moderator may");
    ana.join(&crew);
    assert_eq!(ask_json(&server, &["room", "list"])["rooms"], json!([]));
    let listed = ask_json(&server, &["room", "list", "--private"]);
    let expected = json!([{"id": crew, "name": "crew", "kind": "private", "members": 1}]);
    assert_eq!(listed["rooms"], expected);
    assert_eq!(
        ask_json(&server, &["room", "list", "--private", "--query", "x"])["rooms"],
        json!([])
    );
    let people = ask_json(&server, &["room", "people", &crew]);
    let mut ranks: Vec<_> = people["people"].as_array().expect("a list").iter().collect();
    ranks.sort_by_key(|it| it["nick"].to_string());
    assert_eq!((&ranks[0]["rank"], &ranks[1]["rank"]), (&json!("moderator"), &json!("invited")));
    ask(
        &server,
        &["room", "set", &crew, "--topic", "ships", "--speak", "moderator", "--slow", "2"],
    );
    let shown = ask_json(&server, &["room", "show", &crew]);
    assert_eq!((&shown["topic"], &shown["slow"]), (&json!("ships"), &json!(2)));
    bo.join(&crew);
    bo.fail(send(&crew, &fresh_cid(), "may I?"), ErrorCode::Forbidden);
    let (code, _) = refused(&server, &["room", "set", &crew, "--speak", "king"]);
    assert_eq!(code, "bad_argument");
    ask(&server, &["room", "delete", &crew, "--reason", "over"]);
    bo.fail(join(&crew), ErrorCode::NoSuchRoom);
    let (code, _) = refused(&server, &["room", "delete", &crew]);
    assert_eq!(code, "no_such_room");
    let audit = ask_json(&server, &["audit", "list"]);
    assert_eq!(audit["entries"][0]["action"], "delete_room");
}
