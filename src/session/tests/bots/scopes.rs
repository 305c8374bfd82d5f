//! What each scope of a bot's token allows, and what no bot may.

use support::client::{PASSWORD, hello, join, rename, send, typing};
use support::fresh_cid;
use throng_protocol::{
    Accept, AddFilter, AskNickHistory, AskProfiles, Bye, ChangePassword, Claim, ClearProfile,
    Command, Delete, DeleteRoom, Edit, ErrorCode, Event, Invite, KeepAway, Leave, Link, ListBots,
    ListGroupPeople, ListGroups, ListKeptAway, ListLogins, ListMembers, ListMine, ListPeople,
    ListReports, ListRooms, LogOut, MakeInviteLink, MakeRoom, OpenDirect, Ping, Purge, Register,
    Report, RestrictionKind, Role, RoomKind, Scope, Scopes, SetPresence, SetProfile, SetRank,
    SetRoom, SetSecondFactor, Settle, Unregister, WhoAmI, WhyOk,
};

use super::{TALKS, ask_why, audit, in_rooms, new_bot, revoke};
use crate::session::tests::moderation::{
    assign, delete_group, kick, lift, make_group, rename_group, restrict, role,
};
use crate::session::tests::{Server, done};

/// The whole table, by hand: what each command needs of a bot.
const NEEDS: &[(&str, Option<Scope>)] = &[
    ("rooms", Some(Scope::Read)),
    ("join", Some(Scope::Read)),
    ("history", Some(Scope::Read)),
    ("members", Some(Scope::Read)),
    ("leave", Some(Scope::Read)),
    ("send", Some(Scope::Send)),
    ("typing", Some(Scope::Send)),
    ("restrict", Some(Scope::Moderate)),
    ("lift", Some(Scope::Moderate)),
    ("kick", Some(Scope::Moderate)),
    ("role", Some(Scope::Admin)),
    ("audit", Some(Scope::Admin)),
    ("direct", Some(Scope::Send)),
    ("report", Some(Scope::Send)),
    ("accept", Some(Scope::Read)),
    ("mine", Some(Scope::Read)),
    ("people", Some(Scope::Read)),
    ("make_room", Some(Scope::Moderate)),
    ("invite", Some(Scope::Moderate)),
    ("invite_link", Some(Scope::Moderate)),
    ("set_room", Some(Scope::Moderate)),
    ("reports", Some(Scope::Moderate)),
    ("settle", Some(Scope::Moderate)),
    ("delete", Some(Scope::Send)),
    ("edit", Some(Scope::Send)),
    ("purge", Some(Scope::Moderate)),
    ("raid", Some(Scope::Moderate)),
    ("filters", Some(Scope::Moderate)),
    ("filter_add", Some(Scope::Admin)),
    ("filter_remove", Some(Scope::Admin)),
    ("profiles", Some(Scope::Read)),
    ("search", Some(Scope::Read)),
    ("presence", Some(Scope::Read)),
    ("clear_profile", Some(Scope::Moderate)),
    ("nick_history", Some(Scope::Moderate)),
    ("delete_room", Some(Scope::Admin)),
    ("rank", Some(Scope::Admin)),
    ("groups", Some(Scope::Read)),
    ("group_people", Some(Scope::Moderate)),
    ("make_group", Some(Scope::Admin)),
    ("rename_group", Some(Scope::Admin)),
    ("delete_group", Some(Scope::Admin)),
    ("assign", Some(Scope::Admin)),
];
const FREE: &[&str] = &["hello", "ping", "whoami", "why", "bye"];
const NEVER: &[&str] = &[
    "nick",
    "link",
    "register",
    "password",
    "logins",
    "logout",
    "unregister",
    "second_factor",
    "claim",
    "bot_new",
    "bots",
    "bot_revoke",
    "keep_away",
    "kept_away",
    "refresh",
    "set_profile",
];

/// An example of each command, about the room `lobby` and the members `mel` and `max`.
fn example(name: &str) -> Command {
    let lobby = || "lobby".to_owned();
    let password = || PASSWORD.to_owned();
    match name {
        "hello" => hello(Some("other"), None),
        "nick" => rename("other"),
        "link" => Command::Link(Link {}),
        "rooms" => Command::Rooms(ListRooms::default()),
        "join" => join("lobby"),
        "leave" => Command::Leave(Leave { room: lobby(), forget: false }),
        "send" => send("lobby", &fresh_cid(), "text"),
        "history" => Command::History(support::client::page_of("lobby")),
        "members" => Command::Members(ListMembers { room: lobby() }),
        "typing" => typing("lobby"),
        "ping" => Command::Ping(Ping {}),
        "bye" => Command::Bye(Bye {}),
        "whoami" => Command::WhoAmI(WhoAmI {}),
        "register" => Command::Register(Register { password: password(), invitation: None }),
        "password" => Command::Password(ChangePassword { old: password(), new: password() }),
        "logins" => Command::Logins(ListLogins {}),
        "logout" => Command::LogOut(LogOut::default()),
        "unregister" => Command::Unregister(Unregister { password: password(), messages: false }),
        "second_factor" => {
            Command::SecondFactor(SetSecondFactor { password: password(), code: None, off: false })
        }
        "claim" => Command::Claim(Claim { secret: "secret".into() }),
        "role" => role("max", Role::Member),
        "restrict" => restrict(RestrictionKind::Mute, "mel", None),
        "lift" => lift(RestrictionKind::Mute, "mel", None),
        "kick" => kick("lobby", "mel"),
        "audit" => audit(None),
        "why" => ask_why("send", None, None),
        "bot_new" => new_bot("other", TALKS),
        "bots" => Command::Bots(ListBots {}),
        "bot_revoke" => revoke("other"),
        "direct" => Command::Direct(OpenDirect { people: vec!["mel".into()] }),
        "report" => Command::Report(Report { room: lobby(), seq: 99, reason: "it sells".into() }),
        "accept" => Command::Accept(Accept { code: "secret".into() }),
        "mine" => Command::Mine(ListMine::default()),
        "people" => Command::People(ListPeople { room: lobby(), after: None }),
        "make_room" => Command::MakeRoom(MakeRoom {
            name: format!("room-{}", fresh_cid()),
            kind: RoomKind::Private,
            ..MakeRoom::default()
        }),
        "invite" => Command::Invite(Invite { room: lobby(), person: "mel".into() }),
        "invite_link" => {
            Command::InviteLink(MakeInviteLink { room: lobby(), for_ms: None, uses: None })
        }
        "set_room" => Command::SetRoom(SetRoom { room: lobby(), ..SetRoom::default() }),
        "reports" => Command::Reports(ListReports::default()),
        "settle" => Command::Settle(Settle { number: 99, words: "nothing".into() }),
        "delete" => Command::Delete(Delete { room: lobby(), seq: 99, reason: String::new() }),
        "edit" => {
            Command::Edit(Edit { room: lobby(), seq: 99, cid: fresh_cid(), text: "x".into() })
        }
        "purge" => Command::Purge(Purge {
            person: "mel".into(),
            room: Some(lobby()),
            last_ms: 1,
            reason: String::new(),
        }),
        "delete_room" => {
            Command::DeleteRoom(DeleteRoom { room: "nowhere".into(), reason: String::new() })
        }
        "rank" => Command::Rank(SetRank {
            room: lobby(),
            person: "max".into(),
            rank: throng_protocol::Rank::Member,
        }),
        "keep_away" => Command::KeepAway(KeepAway {
            person: "mel".into(),
            distance: throng_protocol::Distance::Ignore,
        }),
        "refresh" => Command::Refresh(throng_protocol::Refresh { jwt: "x".into() }),
        "raid" => Command::Raid(throng_protocol::SwitchRaid::default()),
        "groups" => Command::Groups(ListGroups::default()),
        "group_people" => Command::GroupPeople(ListGroupPeople { group: "g".into(), after: None }),
        "make_group" => make_group(&format!("g-{}", &fresh_cid()[..8])),
        "rename_group" => rename_group("nowhere", "g"),
        "delete_group" => delete_group("nowhere"),
        "assign" => assign("nowhere", "mel", true),
        "filters" => Command::Filters(throng_protocol::ListFilters::default()),
        "filter_add" => Command::FilterAdd(
            AddFilter::new(throng_protocol::FilterKind::Words, "unheard").in_room(lobby()),
        ),
        "filter_remove" => {
            let (number, reason) = (99, String::new());
            Command::FilterRemove(throng_protocol::RemoveFilter { number, reason })
        }
        "kept_away" => Command::KeptAway(ListKeptAway {}),
        "set_profile" => Command::SetProfile(SetProfile::default()),
        "profiles" => Command::Profiles(AskProfiles { people: vec!["mel".into()] }),
        "clear_profile" => {
            Command::ClearProfile(ClearProfile { person: "mel".into(), reason: String::new() })
        }
        "nick_history" => Command::NickHistory(AskNickHistory { person: "mel".into() }),
        "search" => {
            let query = "x".to_owned();
            Command::Search(throng_protocol::SearchMessages { query, ..Default::default() })
        }
        "presence" => Command::Presence(SetPresence::default()),
        other => panic!("{other} needs a row in a table above, and an example here"),
    }
}

#[test]
fn each_command_needs_its_scope_and_nothing_else() {
    let server = Server::start();
    let mut owner = server.staff("olga", Role::Owner);
    owner.join("lobby");
    let (_mel, _max) = (server.member("mel"), server.member("max"));
    let known = NEEDS.iter().map(|(name, _)| *name).chain(FREE.iter().chain(NEVER).copied());
    let mut known: Vec<_> = known.collect();
    known.sort_unstable();
    let mut all = Command::NAMES.to_vec();
    all.sort_unstable();
    assert_eq!(known, all, "each command is in one table");

    let gate = [ErrorCode::Forbidden, ErrorCode::NoAccount, ErrorCode::HelloTwice];
    let sets = (1..16).map(Scopes::from_bits);
    let sets = sets.filter(|it| it.contains(Scope::Read) || !it.contains(Scope::Send));
    for (number, scopes) in sets.enumerate() {
        let nick = format!("bot-{number}");
        let mut bot = server.bot(&mut owner, new_bot(&nick, &scopes.iter().collect::<Vec<_>>()));
        for (name, scope) in NEEDS {
            let needed = scope.expect("it needs one");
            let (answer, case) = (bot.ask(example(name)), format!("{name} with {scopes}"));
            if !scopes.contains(needed) {
                let fault = answer.err().unwrap_or_else(|| panic!("{case} was done"));
                assert_eq!(fault.code, ErrorCode::Forbidden, "{case}");
                let lacking = format!("lacks the scope `{}`", needed.name());
                assert!(fault.message.contains(&lacking), "{case}: {}", fault.message);
                let why: WhyOk = bot.get(ask_why(name, None, None));
                assert!(!why.allowed && why.rule.contains(&lacking), "{case}: {}", why.rule);
                continue;
            }
            let why: WhyOk = bot.get(ask_why(name, None, None));
            assert!(why.allowed && why.rule.contains(needed.name()), "{case}: {}", why.rule);
            match answer {
                Ok(_) => {}
                // What comes before its turn, or is about nothing, is not refused by the gate.
                Err(fault) => assert!(!gate.contains(&fault.code), "{case}: {fault:?}"),
            }
            if *name == "leave" {
                done(&mut bot, join("lobby"));
            }
        }
        for name in NEVER {
            let fault = bot.fail(example(name), ErrorCode::Forbidden);
            assert!(fault.message.contains("a bot may not"), "{name}: {}", fault.message);
            let why: WhyOk = bot.get(ask_why(name, None, None));
            assert!(!why.allowed && why.rule.contains("a bot may not"), "{name}: {}", why.rule);
        }
        for name in FREE {
            match *name {
                "hello" => drop(bot.fail(example(name), ErrorCode::HelloTwice)),
                _ => done(&mut bot, example(name)),
            }
        }
        done(&mut owner, revoke(&nick));
    }
}

#[test]
fn nobody_gives_a_scope_that_they_do_not_hold() {
    let server = Server::start();
    let mut guest = server.guest("gus");
    guest.fail(new_bot("bot-g", &[Scope::Read]), ErrorCode::NoAccount);
    guest.fail(Command::Bots(ListBots {}), ErrorCode::NoAccount);
    guest.fail(revoke("bot-g"), ErrorCode::NoAccount);
    let roles = [Role::Member, Role::Moderator, Role::Administrator, Role::Owner];
    for (role, held) in roles.into_iter().zip([2, 3, 4, 4]) {
        let mut owner = server.staff(role.name().get(..4).expect("long"), role);
        for (number, scope) in Scope::ALL.into_iter().enumerate() {
            let nick = format!("bot-{}-{number}", role.name());
            let nick = &nick[..nick.len().min(24)];
            match number < held {
                true => done(&mut owner, new_bot(nick, &[Scope::Read, scope])),
                false => {
                    let fault =
                        owner.fail(new_bot(nick, &[Scope::Read, scope]), ErrorCode::Forbidden);
                    assert!(fault.message.contains(scope.name()), "{}", fault.message);
                }
            }
        }
        owner.fail(new_bot("x-1", &[]), ErrorCode::BadCommand);
        owner.fail(new_bot("x-1", &[Scope::Send]), ErrorCode::BadCommand);
        owner.fail(new_bot("two words", TALKS), ErrorCode::BadNick);
        owner.fail(in_rooms("x-1", TALKS, &[]), ErrorCode::BadCommand);
        owner.fail(in_rooms("x-1", TALKS, &["#nowhere"]), ErrorCode::NoSuchRoom);
        owner.fail(in_rooms("x-1", TALKS, &["lobby"; 21]), ErrorCode::BadCommand);
    }
    server.member("max").fail(new_bot("admin", TALKS), ErrorCode::NickTaken);
    done(&mut server.staff("ada", Role::Administrator), new_bot("admin", TALKS));
}

#[test]
fn a_scope_that_there_is_not_makes_no_bot() {
    let server = Server::start();
    let mut ana = server.member("ana");
    for scopes in [r#"["read","fly"]"#, r#"["Read"]"#, r#""read""#, "null", "[1]"] {
        let text = format!(r#"{{"type":"bot_new","id":77,"nick":"x-1","scopes":{scopes}}}"#);
        ana.wire.text(&text);
        let fault = ana.wire.expect_fault(ErrorCode::BadCommand);
        assert_eq!(fault.id, Some(77), "{text}");
    }
    let text = r#"{"later":[1],"type":"bot_new","id":78,"nick":"x-1","scopes":["read","read"]}"#;
    ana.wire.text(text);
    assert!(matches!(ana.wire.event(), Event::Ok(ok) if ok.id == 78));
}
