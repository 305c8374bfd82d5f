//! Bots: what their scopes, their owner and their list of rooms allow, and when they end.

use async_std::task::block_on;
use support::client::{Client, hello, rename, stranger_wants};
use throng_protocol::{
    AskWhy, BotsOk, Command, ErrorCode, ListBots, MakeBot, MakeBotOk, ReadAudit, RevokeBot, Role,
    Scope,
};

use super::{Server, done};

mod owners;
mod rooms;
mod scopes;
mod tokens;

pub(super) const TALKS: &[Scope] = &[Scope::Read, Scope::Send];

pub(super) fn named(nick: &str, scopes: &[Scope]) -> MakeBot {
    let (nick, scopes) = (nick.into(), scopes.to_vec());
    MakeBot { nick, scopes, for_ms: None, rooms: None, reason: String::new() }
}

pub(super) fn new_bot(nick: &str, scopes: &[Scope]) -> Command {
    Command::BotNew(named(nick, scopes))
}

pub(super) fn in_rooms(nick: &str, scopes: &[Scope], rooms: &[&str]) -> Command {
    let rooms = Some(rooms.iter().map(|room| (*room).to_owned()).collect());
    Command::BotNew(MakeBot { rooms, ..named(nick, scopes) })
}

pub(super) fn revoke(bot: &str) -> Command {
    Command::BotRevoke(RevokeBot { bot: bot.into(), reason: String::new() })
}

pub(super) fn audit(room: Option<&str>) -> Command {
    Command::Audit(ReadAudit { room: room.map(str::to_owned), before: None })
}

pub(super) fn ask_why(command: &str, room: Option<&str>, person: Option<&str>) -> Command {
    let (room, person) = (room.map(str::to_owned), person.map(str::to_owned));
    Command::Why(AskWhy { command: command.into(), room, person, text: None })
}

pub(super) fn listed(owner: &mut Client) -> BotsOk {
    owner.get(Command::Bots(ListBots {}))
}

/// What a hello with this token is refused with.
pub(super) fn refused(server: &Server, token: &str) -> String {
    let mut wire = server.wire();
    wire.post(hello(None, Some(token)));
    wire.expect_fault(ErrorCode::BadToken).message
}

impl Server {
    /// A new bot of somebody, greeted.
    pub(super) fn bot(&self, owner: &mut Client, command: Command) -> Client {
        let made: MakeBotOk = owner.get(command);
        self.known(&made.token)
    }

    pub(super) fn set_role(&self, client: &Client, role: Role) {
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
