//! Bots: what their scopes, their owner and their list of rooms allow, and when they end.

use async_std::task::block_on;
use support::client::{Client, hello, join, log_in, rename, send, stranger_wants, typing};
use support::{eventually, fresh_cid};
use throng_protocol::{
    Accept, AskWhy, AuditOk, BotsOk, Bye, ChangePassword, Claim, CloseCode, Command, DeleteRoom,
    ErrorCode, Event, GiveRole, Hello, Invite, Join, KeepAway, Kick, Leave, Lift, Link, LinkOk,
    ListBots, ListKeptAway, ListLogins, ListMembers, ListMine, ListPeople, ListReports, ListRooms,
    LogOut, MakeBot, MakeBotOk, MakeInviteLink, MakeRoom, OpenDirect, Ping, ReadAudit, Register,
    Report, Restrict, RestrictionKind, RevokeBot, Role, RoomKind, RoomName, RoomRef, RoomsPage,
    Scope, Scopes, SetRank, SetRoom, SetSecondFactor, Settle, Unregister, WhoAmI, WhyOk,
};

use super::Server;
use super::accounts::PASSWORD;

const TALKS: &[Scope] = &[Scope::Read, Scope::Send];

fn named(nick: &str, scopes: &[Scope]) -> MakeBot {
    let (nick, scopes) = (nick.into(), scopes.to_vec());
    MakeBot { nick, scopes, for_ms: None, rooms: None, reason: String::new() }
}

fn new_bot(nick: &str, scopes: &[Scope]) -> Command {
    Command::BotNew(named(nick, scopes))
}

fn in_rooms(nick: &str, scopes: &[Scope], rooms: &[&str]) -> Command {
    let rooms = Some(rooms.iter().map(|room| (*room).to_owned()).collect());
    Command::BotNew(MakeBot { rooms, ..named(nick, scopes) })
}

fn revoke(bot: &str) -> Command {
    Command::BotRevoke(RevokeBot { bot: bot.into(), reason: String::new() })
}

fn restrict(kind: RestrictionKind, person: &str, room: Option<&str>) -> Command {
    Command::Restrict(Restrict {
        kind,
        person: Some(person.into()),
        address: None,
        room: room.map(str::to_owned),
        for_ms: None,
        reason: "cool down".into(),
    })
}

fn lift(kind: RestrictionKind, person: &str, room: Option<&str>) -> Command {
    let (person, room) = (Some(person.to_owned()), room.map(str::to_owned));
    Command::Lift(Lift { kind, person, address: None, room, reason: String::new() })
}

fn kick(room: &str, person: &str) -> Command {
    Command::Kick(Kick { room: room.into(), person: person.into(), reason: String::new() })
}

fn give(person: &str, role: Role) -> Command {
    Command::Role(GiveRole { person: person.into(), role, reason: String::new() })
}

fn audit(room: Option<&str>) -> Command {
    Command::Audit(ReadAudit { room: room.map(str::to_owned), before: None })
}

fn ask_why(command: &str, room: Option<&str>, person: Option<&str>) -> Command {
    let (room, person) = (room.map(str::to_owned), person.map(str::to_owned));
    Command::Why(AskWhy { command: command.into(), room, person })
}

fn done(client: &mut Client, command: Command) {
    let _ = client.ask(command).unwrap_or_else(|fault| panic!("{fault:?}"));
}

fn listed(owner: &mut Client) -> BotsOk {
    owner.get(Command::Bots(ListBots {}))
}

/// What a hello with this token is refused with.
fn refused(server: &Server, token: &str) -> String {
    let mut wire = server.wire();
    wire.post(hello(None, Some(token)));
    wire.expect_fault(ErrorCode::BadToken).message
}

impl Server {
    /// A new bot of somebody, greeted.
    fn bot(&self, owner: &mut Client, command: Command) -> Client {
        let made: MakeBotOk = owner.get(command);
        self.known(&made.token)
    }

    fn set_role(&self, client: &Client, role: Role) {
        let accounts = &self.0.identity.accounts;
        let note = accounts.audit(None, "server", "role", client.nick());
        block_on(accounts.set_role(client.greeting.user.id, role, note)).expect("stored");
    }
}

#[test]
fn a_bot_is_somebody_with_an_owner_and_a_nick_for_itself() {
    let server = Server::with(["--nick-hold", "0s", "--nick-reserve", "0s"]).start();
    let mut ana = server.member("ana");
    let made: MakeBotOk = ana.get(new_bot("Herald", TALKS));
    assert_ne!(made.user.id, ana.greeting.user.id);
    for _ in 0..2 {
        let taken = stranger_wants(server.wire(), "herald").expect_err("it is the bot's");
        assert_eq!(taken.code, ErrorCode::NickTaken);
        let mut bot = server.known(&made.token);
        assert_eq!((&bot.greeting.user, bot.token()), (&made.user, &*made.token));
        let greeted = bot.greeting.bot.clone().expect("it is a bot");
        let scopes = TALKS.iter().copied().collect();
        assert_eq!((greeted.owner, greeted.scopes), (ana.greeting.user.id, scopes));
        assert_eq!((bot.greeting.role, bot.greeting.login), (Role::Member, None));
        bot.join("lobby");
        bot.send("lobby", "news");
        ana.join("lobby");
        let there = ana.members("lobby").members.sample;
        let bots: Vec<_> = there.iter().filter(|it| it.bot).map(|it| &*it.nick).collect();
        assert_eq!((bots, there.len()), (vec!["Herald"], 2), "others see that it is one");
        ana.leave("lobby");
        bot.bye();
    }
    ana.fail(new_bot("HERALD", TALKS), ErrorCode::NickTaken);
    ana.fail(rename("herald"), ErrorCode::NickTaken);
    let bo = server.guest("bo");
    ana.fail(new_bot("bo", TALKS), ErrorCode::NickTaken);
    bo.bye();
    let _first = server.known(&made.token);
    let second = server.known(&made.token);
    let list = listed(&mut ana);
    assert_eq!(list.bots.len(), 1);
    let it = &list.bots[0];
    assert_eq!((&it.user, it.sessions, it.left_ms, &it.rooms), (&made.user, 2, None, &None));
    second.bye();
    assert!(ana.greeting.bot.is_none());
}

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
    ("raid", Some(Scope::Moderate)),
    ("delete_room", Some(Scope::Admin)),
    ("rank", Some(Scope::Admin)),
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
        "unregister" => Command::Unregister(Unregister { password: password() }),
        "second_factor" => {
            Command::SecondFactor(SetSecondFactor { password: password(), code: None, off: false })
        }
        "claim" => Command::Claim(Claim { secret: "secret".into() }),
        "role" => give("max", Role::Member),
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
            topic: String::new(),
        }),
        "invite" => Command::Invite(Invite { room: lobby(), person: "mel".into() }),
        "invite_link" => {
            Command::InviteLink(MakeInviteLink { room: lobby(), for_ms: None, uses: None })
        }
        "set_room" => Command::SetRoom(SetRoom { room: lobby(), ..SetRoom::default() }),
        "reports" => Command::Reports(ListReports::default()),
        "settle" => Command::Settle(Settle { number: 99, words: "nothing".into() }),
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
        "kept_away" => Command::KeptAway(ListKeptAway {}),
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
fn one_account_has_a_bounded_number_of_bots() {
    let server = Server::start();
    let mut ana = server.member("ana");
    ana.join("lobby");
    let rooms: Vec<String> = (0..20).map(|number| format!("room-{number}")).collect();
    rooms.iter().for_each(|room| drop(ana.join(room)));
    let rooms: Vec<&str> = rooms.iter().map(String::as_str).collect();
    for number in 0..20 {
        done(&mut ana, in_rooms(&format!("bot-with-a-long-nick-{number}"), TALKS, &rooms));
    }
    let fault = ana.fail(new_bot("one-more", TALKS), ErrorCode::Forbidden);
    assert!(fault.message.contains("20 bots"), "{}", fault.message);
    // All of them, with their lists, fit into a frame.
    assert_eq!(listed(&mut ana).bots.len(), 20);
    done(&mut ana, revoke("@bot-with-a-long-nick-0"));
    done(&mut ana, new_bot("one-more", TALKS));
    done(&mut server.member("bo"), new_bot("of-bo", TALKS));
}

#[test]
fn a_bot_does_no_more_than_its_owner_may_at_this_moment() {
    let server = Server::start();
    let mut ada = server.staff("ada", Role::Administrator);
    ada.join("lobby");
    let (_mia, _mel) = (server.staff("mia", Role::Moderator), server.member("mel"));
    let mut warden = server.bot(&mut ada, new_bot("warden", &[Scope::Read, Scope::Moderate]));
    let mut clerk = server.bot(&mut ada, new_bot("clerk", &[Scope::Admin, Scope::Moderate]));
    assert_eq!(warden.greeting.role, Role::Moderator);
    assert_eq!(clerk.greeting.role, Role::Administrator);
    // Its scope makes it a moderator, although the owner is more.
    let mute = |person| restrict(RestrictionKind::Mute, person, None);
    done(&mut warden, mute("mel"));
    for above in ["mia", "ada"] {
        warden.fail(mute(above), ErrorCode::Forbidden);
    }
    done(&mut clerk, give("mel", Role::Moderator));
    clerk.fail(give("mel", Role::Administrator), ErrorCode::Forbidden);
    done(&mut clerk, give("mel", Role::Member));
    done(&mut clerk, audit(None));

    server.set_role(&ada, Role::Moderator);
    done(&mut warden, mute("mel"));
    warden.fail(mute("mia"), ErrorCode::Forbidden);
    clerk.fail(give("mel", Role::Moderator), ErrorCode::Forbidden);
    let why: WhyOk = clerk.get(ask_why("role", None, None));
    assert_eq!((why.allowed, why.role), (false, Role::Moderator));
    server.set_role(&ada, Role::Member);
    warden.fail(mute("mel"), ErrorCode::Forbidden);
    warden.fail(lift(RestrictionKind::Mute, "mel", None), ErrorCode::Forbidden);
    clerk.fail(audit(None), ErrorCode::Forbidden);
    done(&mut warden, join("lobby"));
    server.set_role(&ada, Role::Owner);
    clerk.fail(give("mel", Role::Administrator), ErrorCode::Forbidden);
    done(&mut clerk, audit(None));
}

#[test]
fn what_restricts_the_owner_restricts_the_bot_at_once() {
    let server = Server::start();
    let (mut mia, mut ana) = (server.staff("mia", Role::Moderator), server.member("ana"));
    let mut bot = server.bot(&mut ana, new_bot("herald", TALKS));
    for client in [&mut mia, &mut ana, &mut bot] {
        client.join("lobby");
        client.join("kitchen");
    }
    let say = || send("lobby", &fresh_cid(), "news");
    done(&mut mia, restrict(RestrictionKind::Mute, "ana", Some("lobby")));
    bot.fail(say(), ErrorCode::Muted);
    let why: WhyOk = bot.get(ask_why("send", Some("lobby"), None));
    assert!(!why.allowed && why.rule.contains("of the bot's owner"), "{}", why.rule);
    bot.send("kitchen", "elsewhere");
    done(&mut mia, lift(RestrictionKind::Mute, "ana", Some("lobby")));
    bot.send("lobby", "again");

    done(&mut mia, restrict(RestrictionKind::Mute, "herald", None));
    bot.fail(say(), ErrorCode::Muted);
    ana.send("lobby", "the owner is not the bot");
    done(&mut mia, lift(RestrictionKind::Mute, "herald", None));

    done(&mut mia, restrict(RestrictionKind::Ban, "ana", Some("lobby")));
    bot.fail(say(), ErrorCode::NotJoined);
    bot.fail(join("lobby"), ErrorCode::Banned);
    assert_eq!(mia.members("lobby").members.count, 1);
    bot.send("kitchen", "still here");

    let token = bot.token().to_owned();
    done(&mut mia, restrict(RestrictionKind::Ban, "ana", None));
    bot.expect_closed(CloseCode::Banned);
    ana.expect_closed(CloseCode::Banned);
    let mut wire = server.wire();
    wire.post(hello(None, Some(&token)));
    wire.expect_fault(ErrorCode::Banned);
    done(&mut mia, lift(RestrictionKind::Ban, "ana", None));
    server.known(&token).bye();
}

#[test]
fn a_bot_counts_as_somebody_with_its_role() {
    let server = Server::start();
    let mut ada = server.staff("ada", Role::Administrator);
    let mut mia = server.staff("mia", Role::Moderator);
    let mut talker = server.bot(&mut ada, new_bot("talker", TALKS));
    let mut warden = server.bot(&mut mia, new_bot("warden", &[Scope::Read, Scope::Moderate]));
    let _other = server.bot(&mut mia, new_bot("other", &[Scope::Moderate]));
    talker.join("lobby");
    done(&mut mia, kick("lobby", "talker"));
    done(&mut warden, restrict(RestrictionKind::Mute, "talker", None));
    for (client, person) in [(&mut mia, "warden"), (&mut warden, "mia"), (&mut talker, "mia")] {
        client.fail(restrict(RestrictionKind::Mute, person, None), ErrorCode::Forbidden);
    }
    done(&mut ada, restrict(RestrictionKind::Mute, "warden", None));
    for person in ["warden", "other"] {
        warden.fail(lift(RestrictionKind::Mute, person, None), ErrorCode::Forbidden);
    }
    mia.fail(lift(RestrictionKind::Mute, "warden", None), ErrorCode::Forbidden);
    ada.fail(give("talker", Role::Member), ErrorCode::NoAccount);
    server.set_role(&mia, Role::Member);
    server.set_role(&ada, Role::Moderator);
    done(&mut ada, restrict(RestrictionKind::Mute, "warden", None));
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

#[test]
fn a_bot_ends_with_its_owners_account() {
    let server = Server::start();
    let mut ana = server.member("ana");
    let mut bot = server.bot(&mut ana, new_bot("herald", TALKS));
    bot.join("lobby");
    // A logout and a new password are not the end of it.
    done(&mut ana, Command::LogOut(LogOut { login: None, others: true }));
    bot.send("lobby", "still here");
    done(&mut ana, Command::Unregister(Unregister { password: PASSWORD.into() }));
    assert!(server.0.identity.bots.all(None).is_empty());
    refused(&server, bot.token());
    bot.expect_closed(CloseCode::LoggedOut);
}

#[test]
fn a_revoked_bot_is_out_within_a_second_and_its_token_is_worth_nothing() {
    let server = Server::with(["--nick-hold", "0s", "--nick-reserve", "0s"]).start();
    let (mut ana, mut bo) = (server.member("ana"), server.member("bo"));
    let mut bot = server.bot(&mut ana, new_bot("herald", TALKS));
    let mut other = server.known(bot.token());
    ana.join("lobby");
    bot.join("lobby");
    bo.fail(revoke("herald"), ErrorCode::Forbidden);
    ana.fail(revoke("nobody"), ErrorCode::NoSuchPerson);
    ana.fail(revoke("ana"), ErrorCode::NoSuchPerson);
    let ids: Vec<u64> =
        (0..200).map(|n| bot.wire.post(send("lobby", &fresh_cid(), &format!("{n}")))).collect();
    done(&mut ana, revoke("@herald"));
    let head = ana.join("lobby").head;
    let mut said = 0;
    loop {
        match bot.wire.event() {
            Event::Ok(ok) => said += u64::from(ids.contains(&ok.id)),
            Event::Bye(bye) => break assert_eq!(bye.code, CloseCode::LoggedOut.number()),
            _ => {}
        }
    }
    assert!(said <= head, "what got an ok was shown before the end was answered: {said}, {head}");
    let bye = other.expect_closed(CloseCode::LoggedOut).expect("a bye");
    assert!(!bye.reconnect);
    let words = refused(&server, other.token());
    assert!(words.contains("revoked"), "{words}");
    assert_eq!(ana.join("lobby").head, head, "nothing came after it");
    assert!(listed(&mut ana).bots.is_empty());
    eventually("its nick is free", || stranger_wants(server.wire(), "herald").is_ok());
    ana.fail(revoke("@herald"), ErrorCode::NoSuchPerson);
}

#[test]
fn administrators_revoke_the_bots_of_those_below_them() {
    let server = Server::start();
    let mut olga = server.staff("olga", Role::Owner);
    let (mut ada, mut mia) =
        (server.staff("ada", Role::Administrator), server.staff("mia", Role::Moderator));
    done(&mut olga, new_bot("of-olga", TALKS));
    done(&mut mia, new_bot("of-mia", TALKS));
    done(&mut ada, new_bot("of-ada", TALKS));
    mia.fail(revoke("of-ada"), ErrorCode::Forbidden);
    ada.fail(revoke("of-olga"), ErrorCode::Forbidden);
    done(&mut ada, revoke("of-mia"));
    done(&mut olga, revoke("of-ada"));
    let page: AuditOk = ada.get(audit(None));
    let found: Vec<_> = page
        .entries
        .iter()
        .map(|it| format!("{} {} {}", it.by_name, it.action, it.subject))
        .collect();
    let expected = [
        "olga bot revoke of-ada",
        "ada bot revoke of-mia",
        "ada bot new read,send of-ada",
        "mia bot new read,send of-mia",
        "olga bot new read,send of-olga",
    ];
    assert_eq!(found[..expected.len()], expected);
}

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
        [restrict(RestrictionKind::Ban, "mel", None), audit(None), give("mel", Role::Moderator)]
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

#[test]
fn an_expired_bot_is_out_and_stays_out() {
    let server = Server::start();
    let mut ana = server.member("ana");
    let lasting =
        |nick, for_ms| Command::BotNew(MakeBot { for_ms: Some(for_ms), ..named(nick, TALKS) });
    let long = server.bot(&mut ana, lasting("long", 600_000));
    let left = listed(&mut ana).bots[0].left_ms.expect("it expires");
    assert!((1..=600_000).contains(&left), "{left}");
    let made: MakeBotOk = ana.get(lasting("short", 5_000));
    let mut short = server.known(&made.token);
    short.expect_closed(CloseCode::LoggedOut);
    let words = refused(&server, &made.token);
    assert!(words.contains("expired"), "{words}");
    eventually("it is gone", || listed(&mut ana).bots.len() == 1);
    long.bye();
}

#[test]
fn a_token_is_good_for_what_it_is_and_nothing_else() {
    let server = Server::start();
    let mut ana = server.member("ana");
    let made: MakeBotOk = ana.get(new_bot("herald", TALKS));
    let phone = Client::account(server.wire(), "ana", PASSWORD);
    let login = phone.token().to_owned();
    // A login's token does not become a bot's by its prefix, nor the other way round.
    let (body, _) = made.token.strip_prefix("throng_bot_").expect("a prefix").split_at(43);
    for wrong in [
        format!("throng_bot_{login}"),
        body.to_owned(),
        format!("{}0", &made.token[..61]),
        format!("{}1", &made.token[..61]),
        made.token.to_uppercase(),
        "throng_bot_".to_owned(),
    ] {
        if wrong != made.token {
            refused(&server, &wrong);
        }
    }
    let mut wire = server.wire();
    wire.post(log_in("herald", &made.token));
    wire.expect_fault(ErrorCode::WrongPassword);
    for (hello, code) in [
        (Hello { code: Some(made.token.clone()), ..Hello::default() }, ErrorCode::BadCode),
        (
            Hello {
                reset: Some(made.token.clone()),
                password: Some(PASSWORD.into()),
                ..Hello::default()
            },
            ErrorCode::BadLink,
        ),
    ] {
        let mut wire = server.wire();
        wire.post(Command::Hello(hello));
        wire.expect_fault(code);
    }
    // With a password beside it, the password decides: nobody is two people.
    let both = Hello {
        nick: Some("ana".into()),
        password: Some(PASSWORD.into()),
        token: Some(made.token.clone()),
        ..Hello::default()
    };
    let both = Client::greet(server.wire(), Command::Hello(both));
    assert_eq!(both.greeting.user, ana.greeting.user);
    assert!(both.greeting.bot.is_none());
    // So does a code of another device.
    let mut gus = server.guest("gus");
    let LinkOk { code, .. } = gus.get(Command::Link(Link {}));
    let coded = Hello { code: Some(code), token: Some(made.token.clone()), ..Hello::default() };
    let coded = Client::greet(server.wire(), Command::Hello(coded));
    assert_eq!((&coded.greeting.user, coded.greeting.bot.is_none()), (&gus.greeting.user, true));
    // The nick that a bot asks for is not heeded.
    let named = hello(Some("admin"), Some(&made.token));
    assert_eq!(Client::greet(server.wire(), named).nick(), "herald");
}

#[test]
fn an_address_that_guesses_tokens_has_to_wait() {
    let server = Server::strict().start();
    for number in 0..20 {
        refused(&server, &format!("throng_bot_{number}"));
    }
    let mut wire = server.wire();
    wire.post(hello(None, Some("throng_bot_x")));
    wire.expect_fault(ErrorCode::RateLimited);
}
