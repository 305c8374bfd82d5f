//! Named groups, and what rooms narrow to them: who may see, speak, invite and keep.

use support::client::{Client, PASSWORD, join, send, typing};
use support::fresh_cid;
use throng_protocol::{
    AskWhy, AuditOk, Command, ErrorCode, Event, GroupPeopleOk, GroupsOk, InviteLinkOk,
    ListGroupPeople, ListGroups, MakeBot, MakeBotOk, MakeRoom, OwnRoom, Page, Rank, ReadAudit,
    RestrictionKind, Right, Role, RoomGroups, RoomKind, Scope, SetRoom, Unregister, WhyOk,
};

use super::moderation::{assign, delete_group, kick, make_group, rename_group, restrict, role};
use super::private_rooms::{
    about_a_room, accept, invite, invite_link, let_in, make, mine, private, rank, removed, set,
    shown,
};
use super::{Server, done};

/// A change of a room to groups for one right.
fn to_groups(room: &str, right: Right, groups: &[&str]) -> SetRoom {
    let names = groups.iter().map(|group| (*group).to_owned()).collect();
    SetRoom { groups: Some(Box::new(RoomGroups::default().with(right, names))), ..set(room) }
}

fn narrow(room: &str, right: Right, groups: &[&str]) -> Command {
    Command::SetRoom(to_groups(room, right, groups))
}

fn see(room: &str, least: Role) -> Command {
    Command::SetRoom(SetRoom { see: Some(least), ..set(room) })
}

fn groups(client: &mut Client, all: bool) -> Vec<(String, Option<u64>)> {
    let page: GroupsOk = client.get(Command::Groups(ListGroups { all, after: None }));
    page.groups.into_iter().map(|group| (group.name, group.members)).collect()
}

fn own(client: &mut Client) -> Vec<String> {
    groups(client, false).into_iter().map(|(name, _)| name).collect()
}

fn why(client: &mut Client, command: &str, room: &str, person: Option<&str>) -> WhyOk {
    let (command, room) = (command.to_owned(), Some(room.to_owned()));
    client.get(Command::Why(AskWhy {
        command,
        room,
        person: person.map(str::to_owned),
        text: None,
    }))
}

fn bot_of(client: &mut Client, nick: &str, scopes: &[Scope]) -> MakeBotOk {
    let (nick, scopes) = (nick.into(), scopes.to_vec());
    let make = MakeBot { nick, scopes, for_ms: None, rooms: None, reason: String::new() };
    client.get(Command::BotNew(make))
}

/// Messages that a client was shown.
fn texts(client: &mut Client) -> Vec<String> {
    client.barrier();
    let pushes = client.take_pushes().into_iter();
    let texts = pushes.filter_map(|push| match push {
        Event::Message(message) => Some(message.text),
        _ => None,
    });
    texts.collect()
}

/// A server with an administrator, and the group `staff` with `sue`, who has an account.
fn with_staff(server: &Server) -> (Client, Client) {
    let (mut ada, sue) = (server.staff("ada", Role::Administrator), server.member("sue"));
    done(&mut ada, make_group("staff"));
    done(&mut ada, assign("staff", "sue", true));
    (ada, sue)
}

#[test]
fn administrators_keep_groups_and_everybody_sees_their_own() {
    let server = Server::start();
    let mut ada = server.staff("ada", Role::Administrator);
    let (mut mod_, mut sue) = (server.staff("mod", Role::Moderator), server.member("sue"));
    let mut gus = server.guest("gus");
    done(&mut ada, make_group("Staff"));
    done(&mut ada, make_group("crew"));
    for name in ["staff", "STAFF"] {
        ada.fail(make_group(name), ErrorCode::GroupNameTaken);
        ada.fail(rename_group("crew", name), ErrorCode::GroupNameTaken);
    }
    for name in ["", "two words", "a/b", &"x".repeat(25)] {
        ada.fail(make_group(name), ErrorCode::BadCommand);
        ada.fail(rename_group("crew", name), ErrorCode::BadCommand);
        ada.fail(assign(name, "sue", true), ErrorCode::NoSuchGroup);
        ada.fail(delete_group(name), ErrorCode::NoSuchGroup);
    }
    for client in [&mut mod_, &mut sue, &mut gus] {
        for command in [
            make_group("other"),
            rename_group("crew", "other"),
            delete_group("crew"),
            assign("crew", "sue", true),
        ] {
            client.fail(command, ErrorCode::Forbidden);
        }
    }
    done(&mut ada, assign("staff", "@sue", true));
    done(&mut ada, assign("staff", "sue", true));
    done(&mut ada, assign("crew", "sue", true));
    done(&mut ada, assign("crew", "ada", true));
    ada.fail(assign("crew", "gus", true), ErrorCode::NoAccount);
    ada.fail(assign("crew", "nobody-here", true), ErrorCode::NoSuchPerson);
    assert_eq!(own(&mut sue), ["crew", "Staff"]);
    assert_eq!((own(&mut gus), own(&mut mod_)), (vec![], vec![]));
    let all = [("crew".to_owned(), Some(2)), ("Staff".to_owned(), Some(1))];
    assert_eq!((groups(&mut mod_, true), groups(&mut ada, true)), (all.to_vec(), all.to_vec()));
    let people = |group: &str| ListGroupPeople { group: group.into(), after: None };
    sue.fail(Command::Groups(ListGroups { all: true, after: None }), ErrorCode::Forbidden);
    sue.fail(Command::GroupPeople(people("crew")), ErrorCode::Forbidden);
    let page: GroupPeopleOk = mod_.get(Command::GroupPeople(people("CREW")));
    let names: Vec<_> = page.people.iter().map(|user| &*user.nick).collect();
    assert_eq!((names, page.more), (vec!["ada", "sue"], false));
    // A bot is in the groups of its owner, and can't be put into one.
    let bot = bot_of(&mut sue, "herald", &[Scope::Read]);
    ada.fail(assign("crew", "herald", true), ErrorCode::BadCommand);
    assert_eq!(own(&mut server.known(&bot.token)), ["crew", "Staff"]);
    done(&mut ada, rename_group("crew", "Crew"));
    done(&mut ada, rename_group("crew", "guards"));
    ada.fail(delete_group("crew"), ErrorCode::NoSuchGroup);
    done(&mut ada, assign("staff", "sue", false));
    assert_eq!(own(&mut sue), ["guards"]);
    done(&mut sue, Command::Unregister(Unregister { password: PASSWORD.into(), messages: false }));
    assert_eq!(groups(&mut ada, true), [("guards".into(), Some(1)), ("Staff".into(), Some(0))]);
    done(&mut ada, delete_group("guards"));
    assert_eq!((groups(&mut ada, true).len(), own(&mut ada).len()), (1, 0));
    let audit: AuditOk = ada.get(Command::Audit(ReadAudit::default()));
    let did = audit.entries.iter().map(|entry| format!("{} {}", entry.action, entry.subject));
    let did: Vec<_> = did.take(4).collect();
    assert_eq!(did[0], "delete_group guards");
    assert_eq!(did[2..], ["dismiss sue, Staff", "rename_group Crew is guards now"]);
}

#[test]
fn a_room_names_few_groups_and_only_those_that_somebody_holds() {
    let server = Server::start();
    let (mut ada, mut sue) = with_staff(&server);
    done(&mut ada, make_group("crew"));
    let hers: OwnRoom = sue.get(make("hers", RoomKind::Public));
    let id = hers.room.id.to_string();
    let named = sue.fail(narrow("#hers", Right::Speak, &["crew"]), ErrorCode::NoSuchGroup);
    let never = sue.fail(narrow("#hers", Right::Speak, &["void"]), ErrorCode::NoSuchGroup);
    assert_eq!(named.message.replace("crew", "void"), never.message, "they learn nothing");
    done(&mut sue, narrow("#hers", Right::Speak, &["STAFF", "staff"]));
    sue.join("hers");
    let info = sue.join("hers").room;
    assert_eq!(
        (info.speak, info.groups_for(Right::Speak)),
        (Role::Administrator, &["staff".to_owned()][..])
    );
    // What the room names already stays when somebody else's group is there.
    done(&mut ada, narrow(&id, Right::Speak, &["crew"]));
    done(&mut sue, narrow(&id, Right::Speak, &["crew", "staff"]));
    done(&mut sue, narrow(&id, Right::Speak, &["staff"]));
    sue.fail(narrow(&id, Right::Speak, &["crew"]), ErrorCode::NoSuchGroup);
    let many = ["staff"; 9];
    sue.fail(narrow(&id, Right::Speak, &many), ErrorCode::TooManyGroups);
    ada.fail(narrow(&id, Right::See, &many), ErrorCode::TooManyGroups);
    // Groups and everybody contradict each other.
    let both = SetRoom { speak: Some(Role::Guest), ..to_groups(&id, Right::Speak, &["staff"]) };
    sue.fail(Command::SetRoom(both), ErrorCode::BadCommand);
    done(&mut sue, Command::SetRoom(SetRoom { speak: Some(Role::Guest), ..set(&id) }));
    let info = sue.join("hers").room;
    assert_eq!((info.speak, info.groups.is_none()), (Role::Guest, true), "open for all again");
}

#[test]
fn one_person_is_in_few_groups() {
    let server = Server::start();
    let mut ada = server.staff("ada", Role::Administrator);
    for number in 0..=50 {
        done(&mut ada, make_group(&format!("group-{number:02}")));
        match number < 50 {
            true => done(&mut ada, assign(&format!("group-{number:02}"), "ada", true)),
            false => drop(ada.fail(assign("group-50", "ada", true), ErrorCode::TooManyGroups)),
        }
    }
    assert_eq!(own(&mut ada).len(), 50);
    let mut page: GroupsOk = ada.get(Command::Groups(ListGroups { all: true, after: None }));
    assert_eq!((page.groups.len(), page.more), (51, false));
    let after = page.groups.swap_remove(48).name;
    let rest = Command::Groups(ListGroups { all: true, after: Some(after) });
    let rest: GroupsOk = ada.get(rest);
    assert_eq!(rest.groups.len(), 2);
}

#[test]
fn only_administrators_decide_who_sees_a_room_and_which_moderators_keep_it() {
    let server = Server::start();
    let (mut ada, mut sue) = with_staff(&server);
    let mut mod_ = server.staff("mod", Role::Moderator);
    let _: OwnRoom = sue.get(make("hers", RoomKind::Public));
    for client in [&mut sue, &mut mod_] {
        client.fail(see("hers", Role::Member), ErrorCode::Forbidden);
        client.fail(narrow("hers", Right::See, &["staff"]), ErrorCode::Forbidden);
        client.fail(narrow("hers", Right::See, &[]), ErrorCode::Forbidden);
        client.fail(narrow("hers", Right::Moderate, &[]), ErrorCode::Forbidden);
        let keep = SetRoom { moderate: Some(Role::Administrator), ..set("hers") };
        client.fail(Command::SetRoom(keep), ErrorCode::Forbidden);
        let make = MakeRoom { name: "new".into(), see: Some(Role::Member), ..MakeRoom::default() };
        client.fail(Command::MakeRoom(make), ErrorCode::Forbidden);
    }
    for wrong in [
        SetRoom { see: Some(Role::Owner), ..set("hers") },
        SetRoom { speak: Some(Role::Owner), ..set("hers") },
        SetRoom { moderate: Some(Role::Member), ..set("hers") },
        SetRoom { moderate: Some(Role::Owner), ..set("hers") },
        SetRoom { see: Some(Role::Guest), ..to_groups("hers", Right::See, &["staff"]) },
    ] {
        ada.fail(Command::SetRoom(wrong), ErrorCode::BadCommand);
    }
    // A word that is no role opens nothing.
    let typo = r#"{"type":"set_room","id":900,"room":"hers","see":"menber"}"#;
    ada.wire.text(typo);
    let fault = ada.answer(900).expect_err("it is no role");
    assert_eq!(fault.code, ErrorCode::BadCommand);
    assert!(fault.message.contains("menber"), "{}", fault.message);
    let crew = private(&mut ada, "crew");
    ada.fail(see(&crew, Role::Member), ErrorCode::BadCommand);
    ada.fail(narrow(&crew, Right::See, &["staff"]), ErrorCode::BadCommand);
    // Whether a name is free among rooms that only some see is nobody's to try but theirs.
    done(&mut ada, see("hers", Role::Member));
    let name = SetRoom { name: Some("other".into()), ..set("hers") };
    sue.fail(Command::SetRoom(name.clone()), ErrorCode::Forbidden);
    done(&mut ada, Command::SetRoom(name));
    assert_eq!(sue.join("#other").room.see, Role::Member);
}

/// Everything that a command about a room may answer, for a room that only some see and one that never was.
#[test]
fn a_room_that_only_some_see_answers_others_like_one_that_never_was() {
    for flags in [&["--rooms-open", "true"][..], &["--rooms-open", "false"]] {
        let server = Server::with(flags).start();
        let (mut ada, mut sue) = with_staff(&server);
        let make = MakeRoom {
            name: "vault".into(),
            groups: Some(Box::new(RoomGroups::default().with(Right::See, vec!["staff".into()]))),
            ..MakeRoom::default()
        };
        let vault: OwnRoom = ada.get(Command::MakeRoom(make));
        let id = vault.room.id.to_string();
        for client in [&mut ada, &mut sue] {
            assert_eq!(client.join("#vault").room.id, vault.room.id);
            assert_eq!(client.find_rooms("vault", None).rooms.len(), 1);
        }
        sue.send("#vault", "a secret");
        let nowhere = throng_protocol::RoomId::from_parts(1, 1).to_string();
        for role in [None, Some(Role::Member), Some(Role::Moderator)] {
            let nick = format!("eve-{}", role.map_or("guest", Role::name));
            let mut eve = match role {
                None => server.guest(&nick),
                Some(Role::Member) => server.member(&nick),
                Some(role) => server.staff(&nick, role),
            };
            for of in about_a_room(&nick) {
                let there = shown(&mut eve, of(&id), &id);
                let not = shown(&mut eve, of(&nowhere), &nowhere);
                assert_eq!(there, not, "{nick} {:?}", of(&id));
                if flags[1] == "false" {
                    let there = shown(&mut eve, of("#vault"), "#vault");
                    let not = shown(&mut eve, of("#void"), "#void");
                    assert_eq!(there, not, "{nick} {:?}", of("#vault"));
                }
            }
            assert_eq!(eve.find_rooms("vault", None).rooms, []);
            assert_eq!(mine(&mut eve), []);
            if let Ok(ok) = eve.ask(Command::Audit(ReadAudit::default())) {
                let audit: AuditOk = ok.body().expect("a page");
                assert!(audit.entries.iter().all(|entry| entry.room != Some(vault.room.id)));
            }
        }
        let audit: AuditOk = ada.get(Command::Audit(ReadAudit::default()));
        assert!(audit.entries.iter().any(|entry| entry.room == Some(vault.room.id)));
    }
}

#[test]
fn a_room_that_only_some_see_takes_no_name_from_the_others() {
    let server = Server::start();
    let (mut ada, mut sue) = with_staff(&server);
    let mut eve = server.guest("eve");
    ada.join("vault");
    done(&mut ada, narrow("#vault", Right::See, &["staff"]));
    let vault = sue.join("#vault").room.id;
    let (public, other): (Page, Page) = (eve.join("#vault"), eve.join("#void"));
    assert_ne!(public.room.id, vault);
    let same = |page: &Page, name: &str| {
        format!("{page:?}").replace(&format!("{:?}", page.room.id), "ID").replace(name, "NAME")
    };
    assert_eq!(same(&public, "vault"), same(&other, "void"));
    // Who sees it says nothing in the public one by mistake, and finds both.
    eve.send("#vault", "in public");
    assert_eq!(sue.send("#vault", "among us").seq, 1);
    assert_eq!(sue.join(&public.room.id.to_string()).head, 1);
    assert_eq!(sue.send("#vault", "among us again").seq, 2);
    let found = |client: &mut Client| {
        let rooms = client.find_rooms("vault", None).rooms;
        rooms.into_iter().map(|room| room.id).collect::<Vec<_>>()
    };
    assert_eq!(
        (found(&mut sue), found(&mut eve)),
        (vec![vault, public.room.id], vec![public.room.id])
    );
    let page = sue.rooms(None, Some(1));
    let first: Vec<_> = page.rooms.iter().map(|room| room.id).collect();
    assert_eq!(first, [vault, public.room.id], "no page ends between two of one name");
    // A private room of that name lets nobody in who would then say there what is meant for the other.
    let lure = private(&mut eve, "lure");
    done(&mut eve, Command::SetRoom(SetRoom { name: Some("trap".into()), ..set(&lure) }));
    done(
        &mut ada,
        Command::SetRoom(SetRoom { name: Some("trap".into()), ..set(&vault.to_string()) }),
    );
    done(&mut eve, invite(&lure, "sue"));
    sue.fail(join(&lure), ErrorCode::RoomNameTaken);
    // To administrators a name is taken once among all that only some see.
    ada.fail(make("Trap", RoomKind::Private), ErrorCode::RoomNameTaken);
    let other = MakeRoom { name: "trap".into(), see: Some(Role::Member), ..MakeRoom::default() };
    ada.fail(Command::MakeRoom(other), ErrorCode::RoomNameTaken);
    done(
        &mut ada,
        Command::SetRoom(SetRoom { name: Some("safe".into()), ..set(&vault.to_string()) }),
    );
    // It is open to all again only under a name that is free.
    eve.join("safe");
    ada.fail(see(&vault.to_string(), Role::Guest), ErrorCode::RoomNameTaken);
    let open =
        SetRoom { name: Some("open".into()), see: Some(Role::Guest), ..set(&vault.to_string()) };
    done(&mut ada, Command::SetRoom(open));
    assert_eq!((eve.join("#open").room.id, eve.join("#open").head), (vault, 2));
}

#[test]
fn who_loses_sight_of_a_room_is_taken_out_and_is_shown_nothing_more() {
    let server = Server::start();
    let (mut ada, mut sue) = with_staff(&server);
    let (mut eve, mut mod_) = (server.guest("eve"), server.staff("mod", Role::Moderator));
    let mut phone = server.device("sue");
    let bot = bot_of(&mut sue, "herald", &[Scope::Read]);
    let mut bot = server.known(&bot.token);
    ada.join("vault");
    let id = ada.id_of("vault").to_string();
    for client in [&mut eve, &mut mod_, &mut sue, &mut phone, &mut bot] {
        client.join("vault");
    }
    // By the room.
    done(&mut ada, narrow("vault", Right::See, &["staff"]));
    ada.send(&id, "one");
    for client in [&mut eve, &mut mod_] {
        assert_eq!(removed(client).0.to_string(), id);
        client.fail(send(&id, &fresh_cid(), "hello?"), ErrorCode::NotJoined);
        client.fail(join(&id), ErrorCode::NoSuchRoom);
        assert_eq!(texts(client), [] as [&str; 0]);
    }
    assert_eq!((texts(&mut sue), texts(&mut bot)), (vec!["one".into()], vec!["one".into()]));
    // By the group: on every device, and the bots with their owner.
    done(&mut ada, assign("staff", "sue", false));
    ada.send(&id, "two");
    for client in [&mut sue, &mut phone, &mut bot] {
        assert_eq!(removed(client).0.to_string(), id);
        client.fail(join(&id), ErrorCode::NoSuchRoom);
        assert!(!texts(client).contains(&"two".to_owned()));
    }
    assert_eq!(mine(&mut sue), []);
    done(&mut ada, assign("staff", "sue", true));
    assert_eq!(sue.join(&id).head, 2);
    assert_eq!(mine(&mut sue).len(), 1, "it is hers again");
    // By the role.
    done(&mut ada, Command::SetRoom(SetRoom { see: Some(Role::Moderator), ..set(&id) }));
    mod_.join(&id);
    let mut own = server.staff("olga", Role::Owner);
    done(&mut own, role("mod", Role::Member));
    ada.send(&id, "three");
    assert_eq!(removed(&mut mod_).0.to_string(), id);
    assert_eq!(texts(&mut mod_), [] as [&str; 0]);
    // With the group. Its moderators and administrators are never kept out.
    done(&mut ada, rank(&id, "mod", Rank::Moderator));
    mod_.join(&id);
    done(&mut ada, delete_group("staff"));
    assert_eq!(removed(&mut sue).0.to_string(), id);
    let info = mod_.join(&id).room;
    assert_eq!((info.see, info.groups.is_none()), (Role::Moderator, true), "as narrow as before");
    assert_eq!(mod_.send(&id, "four").seq, 4);
    // And with the account.
    done(&mut ada, make_group("crew"));
    done(&mut ada, assign("crew", "sue", true));
    done(&mut ada, narrow(&id, Right::See, &["crew"]));
    sue.join(&id);
    done(&mut sue, Command::Unregister(Unregister { password: PASSWORD.into(), messages: false }));
    ada.send(&id, "five");
    let mut guest = server.guest("sue-2");
    guest.fail(join(&id), ErrorCode::NoSuchRoom);
}

#[test]
fn a_group_speaks_where_a_room_names_it_and_restrictions_win() {
    let server = Server::start();
    let (mut ada, mut sue) = with_staff(&server);
    let (mut mel, mut ana) = (server.member("mel"), server.guest("ana"));
    let news: OwnRoom = ana.get(make("news", RoomKind::Public));
    for client in [&mut ada, &mut sue, &mut mel, &mut ana] {
        client.join("news");
    }
    done(&mut ada, narrow("news", Right::Speak, &["staff"]));
    sue.send("news", "in the group");
    ada.send("news", "an administrator");
    ana.send("news", "its moderator");
    let fault = mel.fail(send("news", &fresh_cid(), "a member"), ErrorCode::Forbidden);
    assert!(fault.message.contains("staff"), "{}", fault.message);
    done(&mut mel, typing("news"));
    let cid = fresh_cid();
    sue.send_as("news", &cid, "once");
    done(&mut ada, restrict(RestrictionKind::Mute, "sue", Some("news")));
    sue.fail(send("news", &fresh_cid(), "muted"), ErrorCode::Muted);
    assert!(sue.send_as("news", &cid, "once").dup, "a retry gets its first answer");
    let id = news.room.id.to_string();
    done(&mut ada, rename_group("staff", "crew"));
    let fault = mel.fail(send("news", &fresh_cid(), "a member"), ErrorCode::Forbidden);
    assert!(fault.message.contains("crew"), "{}", fault.message);
    assert_eq!(mel.join(&id).room.groups_for(Right::Speak), ["crew"]);
    let heard = loop {
        if let Event::Room(changed) = ana.push()
            && changed.room.groups_for(Right::Speak) == ["crew"]
        {
            break changed.room;
        }
    };
    assert_eq!(heard.speak, Role::Administrator);
    done(&mut ada, delete_group("crew"));
    mel.fail(send("news", &fresh_cid(), "still"), ErrorCode::Forbidden);
    // A role beside the groups.
    done(&mut ada, Command::SetRoom(SetRoom { speak: Some(Role::Member), ..set("news") }));
    mel.send("news", "a member");
}

#[test]
fn a_group_invites_where_a_room_names_it() {
    let server = Server::start();
    let (mut ada, mut sue) = with_staff(&server);
    let (mut mel, _eve) = (server.member("mel"), server.guest("eve"));
    let crew = private(&mut ada, "crew");
    for client in [&mut sue, &mut mel] {
        let_in(&mut ada, client, &crew);
    }
    done(&mut ada, narrow(&crew, Right::Invite, &["staff"]));
    done(&mut sue, invite(&crew, "eve"));
    mel.fail(invite(&crew, "eve"), ErrorCode::Forbidden);
    mel.fail(invite_link(&crew, None, None), ErrorCode::Forbidden);
    assert!(!why(&mut mel, "invite", &crew, None).allowed);
    let told = why(&mut sue, "invite", &crew, None);
    assert!(told.allowed && told.rule.contains("staff"), "{}", told.rule);
    // Only who is in a private room invites into it, whatever their groups.
    done(&mut ada, assign("staff", "mel", true));
    done(&mut ada, kick(&crew, "mel"));
    mel.fail(invite(&crew, "eve"), ErrorCode::NoSuchRoom);
    // A link lets nobody see what they may not see.
    ada.join("vault");
    let link: InviteLinkOk = ada.get(invite_link("vault", None, None));
    done(&mut ada, see("vault", Role::Moderator));
    mel.fail(accept(&link.code), ErrorCode::BadLink);
    ada.fail(invite_link("vault", None, None), ErrorCode::Forbidden);
}

#[test]
fn a_room_says_which_of_the_servers_moderators_keep_it() {
    let server = Server::start();
    let (mut ada, _sue) = with_staff(&server);
    let (mut mod_, mut max) =
        (server.staff("mod", Role::Moderator), server.staff("max", Role::Moderator));
    let mut eve = server.guest("eve");
    let mut mel = server.member("mel");
    for client in [&mut ada, &mut mod_, &mut max, &mut eve, &mut mel] {
        client.join("court");
    }
    done(&mut ada, assign("staff", "mod", true));
    done(&mut ada, assign("staff", "mel", true));
    done(&mut ada, narrow("court", Right::Moderate, &["staff"]));
    let topic = || Command::SetRoom(SetRoom { topic: Some("order".into()), ..set("court") });
    done(&mut mod_, topic());
    done(&mut mod_, kick("court", "eve"));
    max.fail(topic(), ErrorCode::Forbidden);
    max.fail(kick("court", "mel"), ErrorCode::Forbidden);
    assert!(!why(&mut max, "kick", "court", None).allowed);
    let told = why(&mut ada, "kick", "court", Some("max"));
    assert!(
        !told.allowed && told.rule.contains("staff") && told.rule.contains("ada"),
        "{}",
        told.rule
    );
    assert!(why(&mut mod_, "kick", "court", None).allowed);
    // A group makes nobody a moderator, and on the whole server nothing changes.
    mel.fail(topic(), ErrorCode::Forbidden);
    done(&mut max, restrict(RestrictionKind::Mute, "eve", None));
    done(&mut ada, rank("court", "mel", Rank::Moderator));
    done(&mut mel, topic());
}

#[test]
fn why_names_the_group_the_room_and_who_set_it() {
    let server = Server::start();
    let (mut ada, mut sue) = with_staff(&server);
    let mut mel = server.member("mel");
    for client in [&mut ada, &mut sue, &mut mel] {
        client.join("news");
    }
    let plain = why(&mut mel, "send", "news", None);
    assert!(plain.allowed && !plain.rule.contains("news"), "{}", plain.rule);
    done(&mut ada, narrow("news", Right::Speak, &["staff"]));
    let refused = why(&mut mel, "send", "news", None);
    assert!(!refused.allowed);
    for word in ["staff", "#news", "`speak`", "ada"] {
        assert!(refused.rule.contains(word), "{word}: {}", refused.rule);
    }
    let allowed = why(&mut sue, "send", "news", None);
    assert!(allowed.allowed && allowed.rule.contains("staff"), "{}", allowed.rule);
    // What a restriction forbids is the restriction's.
    done(&mut ada, restrict(RestrictionKind::Mute, "mel", Some("news")));
    let muted = why(&mut mel, "send", "news", None);
    assert!(!muted.allowed && !muted.rule.contains("staff"), "{}", muted.rule);
    done(&mut ada, narrow("news", Right::See, &["staff"]));
    let id = ada.id_of("news").to_string();
    let hidden = why(&mut ada, "join", &id, Some("mel"));
    assert!(!hidden.allowed && hidden.rule.contains("`see`"), "{}", hidden.rule);
    let ask = AskWhy { command: "join".into(), room: Some(id), person: None, text: None };
    mel.fail(Command::Why(ask), ErrorCode::NoSuchRoom);
}

#[test]
fn a_description_comes_with_a_join_and_an_order_with_the_lists() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    let make = MakeRoom {
        name: "maps".into(),
        description: "old ones\n\"and\" new ones".into(),
        order: Some(2),
        ..MakeRoom::default()
    };
    let made: OwnRoom = ana.get(Command::MakeRoom(make));
    assert_eq!(made.room.order, 2);
    let page = bo.join("maps");
    assert_eq!((&*page.description, page.room.order), ("old ones\n\"and\" new ones", 2));
    let history: Page = bo.get(Command::History(support::client::page_of("maps")));
    assert_eq!(history.description, "");
    assert_eq!(bo.find_rooms("maps", None).rooms[0].order, 2);
    let change = |description: &str, order| {
        let (description, order) = (Some(description.to_owned()), Some(order));
        Command::SetRoom(SetRoom { description, order, ..set("maps") })
    };
    done(&mut ana, change("", 0));
    let changed = loop {
        if let Event::Room(changed) = bo.push() {
            break changed;
        }
    };
    assert_eq!((&*changed.description, changed.room.order), ("", 0));
    done(&mut ana, change(&"ä".repeat(1_000), u32::MAX));
    for wrong in ["a\u{7}b", "a\tb", "a\rb", &"ä".repeat(1_001)] {
        ana.fail(change(wrong, 0), ErrorCode::BadCommand);
    }
    assert_eq!(bo.join("maps").description.len(), 2_000);
    let audit: AuditOk =
        ana.get(Command::Audit(ReadAudit { room: Some("maps".into()), before: None }));
    assert_eq!(audit.entries[0].subject, "description of 1000 characters, order 4294967295");
}
