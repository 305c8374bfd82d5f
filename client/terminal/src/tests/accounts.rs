//! Accounts and moderation: what the commands ask for, and what is never shown or kept.

use crossterm::event::{KeyCode, KeyModifiers};
use throng_protocol::{
    AskWhy, AuditEntry, AuditOk, GiveRole, Kick, Lift, LoginInfo, MakeBot, MemberSample, RaidOk,
    Restrict, RestrictionKind, RevokeBot, Role, Scope, SwitchRaid, User, WhyOk,
};

use super::{Chat, NOON, id_of, label};
use crate::effect::{Act, Effect, WhichLogin};
use crate::event::{Event, Request};
use crate::model::{ConnectionState, RoomLabel};
use crate::secret::Secret;

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn login(code: Option<&str>) -> Effect {
    Effect::LogIn { nick: "ana".into(), password: secret("turtle"), code: code.map(secret) }
}

fn enter(chat: &mut Chat) {
    chat.press(KeyCode::Enter, KeyModifiers::NONE);
}

/// What moderators do, from the last effect.
fn act(chat: &mut Chat) -> (Act, String) {
    match chat.effects.pop() {
        Some(Effect::Act { act, done }) => (act, done),
        other => panic!("{other:?}: {}", chat.note()),
    }
}

fn restricted(kind: RestrictionKind, person: &str) -> Restrict {
    let (address, room, for_ms, reason) = (None, None, None, String::new());
    Restrict { kind, person: Some(person.to_owned()), address, room, for_ms, reason }
}

#[test]
fn passwords_are_asked_for_and_are_in_no_history_no_line_and_no_debug_text() {
    let mut chat = Chat::in_lobby(0);
    chat.write("/register");
    chat.write("turtle in the sun");
    assert!(chat.effects.is_empty(), "it is asked for twice");
    chat.write("turtle in the sun");
    let password = secret("turtle in the sun");
    assert_eq!(chat.effects.pop(), Some(Effect::Register { password, invitation: None }));
    chat.write("/register ABC");
    (0..2).for_each(|_| chat.write("turtle"));
    let (password, invitation) = (secret("turtle"), Some("ABC".to_owned()));
    assert_eq!(chat.effects.pop(), Some(Effect::Register { password, invitation }));
    chat.write("/password");
    ["turtle old", "turtle new", "turtle new"].into_iter().for_each(|it| chat.write(it));
    let (old, new) = (secret("turtle old"), secret("turtle new"));
    assert_eq!(chat.effects.pop(), Some(Effect::ChangePassword { old, new }));
    chat.write("/login @ana");
    chat.tell(Event::Paste("turtle\n".into()));
    assert!(chat.effects.is_empty(), "only Enter sends it");
    enter(&mut chat);
    assert_eq!(chat.effects.pop(), Some(login(None)));
    let (nick, password) = ("ana".into(), secret("turtle"));
    chat.tell(Event::SecondFactorNeeded { nick, password });
    chat.write("123456");
    assert_eq!(chat.effects.pop(), Some(login(Some("123456"))));
    chat.write("/unregister");
    chat.write("turtle");
    let told = format!("{:?}", chat.effects);
    assert_eq!(
        chat.effects.pop(),
        Some(Effect::Unregister { password: secret("turtle"), messages: false })
    );
    chat.write("/unregister everything");
    chat.write("turtle");
    let all = Effect::Unregister { password: secret("turtle"), messages: true };
    assert_eq!(chat.effects.pop(), Some(all));
    chat.keys("/login ana");
    enter(&mut chat);
    chat.keys("turtle");
    let model = format!("{:?}", chat.model);
    assert!(!told.contains("turtle") && !model.contains("turtle"), "{told} {model}");
}

#[test]
fn what_looks_like_a_secret_in_the_line_is_not_remembered() {
    let mut chat = Chat::in_lobby(0);
    for line in ["/login ana turtle", "/password turtle", "/unregister turtle", "/claim turtle"] {
        chat.write(line);
        chat.press(KeyCode::Esc, KeyModifiers::NONE);
        chat.press(KeyCode::Up, KeyModifiers::NONE);
        assert!(!chat.model.line().text().contains("turtle"), "{line}");
        chat.press(KeyCode::Char('u'), KeyModifiers::CONTROL);
    }
    assert_eq!(chat.effects, [Effect::Claim("turtle".into())]);
    let mut chat = Chat::in_lobby(0);
    chat.write("/password turtle");
    assert!(chat.note().contains("asked for after it") && chat.model.prompt.is_none());
    chat.write("/login ana turtle");
    assert!(chat.note().contains("asked for after it") && chat.model.prompt.is_none());
}

#[test]
fn a_question_is_edited_cancelled_and_repeated_without_a_trace() {
    let mut chat = Chat::in_lobby(0);
    chat.write("/register");
    chat.write("turtle");
    chat.write("tortoise");
    assert!(chat.note().contains("differ"), "{}", chat.note());
    chat.write("/login ana");
    chat.write("");
    assert!(chat.note().contains("Nothing was typed"), "{}", chat.note());
    assert!(chat.effects.is_empty());
    chat.write("/login ana");
    chat.keys("wrong");
    chat.press(KeyCode::Char('u'), KeyModifiers::CONTROL);
    chat.keys("turtlee");
    chat.press(KeyCode::Backspace, KeyModifiers::NONE);
    enter(&mut chat);
    assert_eq!(chat.effects.pop(), Some(login(None)));
    for (code, modifiers) in
        [(KeyCode::Esc, KeyModifiers::NONE), (KeyCode::Char('c'), KeyModifiers::CONTROL)]
    {
        chat.write("/login ana");
        chat.keys("turtle");
        chat.press(code, modifiers);
        assert_eq!(chat.note(), "No password was sent.");
        assert_eq!((chat.model.line().text(), &chat.model.prompt), ("", &None));
    }
    assert!(chat.effects.is_empty(), "and nobody sees that something is typed");
}

#[test]
fn logins_are_listed_and_ended() {
    let mut chat = Chat::in_lobby(0);
    for (line, which) in [
        ("/logout", WhichLogin::This),
        ("/logout Others", WhichLogin::Others),
        ("/logout 3", WhichLogin::Number(3)),
    ] {
        chat.write(line);
        assert_eq!(chat.effects.pop(), Some(Effect::LogOut(which)));
    }
    chat.write("/logout @bo lost a telephone");
    let Some(Effect::Act { act: Act::LogOut { person, reason }, .. }) = chat.effects.pop() else {
        panic!("an act")
    };
    assert_eq!((&*person, &*reason), ("@bo", "lost a telephone"));
    chat.write("/logout x");
    assert!(chat.note().contains("/logins"), "{}", chat.note());
    chat.write("/logins");
    assert_eq!(chat.effects.pop(), Some(Effect::Logins));
    let login = |login, device: &str, current| LoginInfo {
        login,
        device: device.into(),
        address: "192.0.2.7".into(),
        made: NOON,
        used: NOON,
        current,
    };
    chat.tell(Event::Logins(vec![login(4, "a phone\u{1b}", false), login(3, "", true)]));
    let lines = "4  a phone␛, from 192.0.2.7, last used 2026-05-28 20:26\n\
                 3  a device without a name, from 192.0.2.7, last used 2026-05-28 20:26  (this device)\n";
    assert!(chat.note().starts_with(lines), "{}", chat.note());
}

#[test]
fn a_login_that_ended_says_how_to_come_back() {
    let mut chat = Chat::in_lobby(0);
    chat.model.role = Role::Owner;
    chat.tell(Event::LoggedOut);
    assert!(matches!(chat.model.connection, ConnectionState::Closed { .. }));
    assert_eq!(chat.model.role, Role::Guest);
    assert!(chat.note().contains("/login NICK"), "{}", chat.note());
}

#[test]
fn whom_somebody_took_out_of_a_room_reads_why_and_may_ask_to_come_back() {
    let mut chat = Chat::in_lobby(0);
    chat.hear("lobby", 1, "bo", "hello");
    chat.write("/join tea");
    chat.joined("tea", 0);
    chat.effects.clear();
    let reason = "you were taken out of this room: off topic\u{202e}".into();
    chat.tell(Event::Removed { room: label("lobby"), reason });
    let sentence = "You are not in #lobby any more: you were taken out of this room: off topic. \
                    /join lobby asks to come back.";
    assert_eq!(chat.note(), sentence, "on the page that is shown");
    chat.write("/join lobby");
    assert_eq!(chat.note(), sentence, "and where it happened");
    assert_eq!(chat.seqs(), [1], "what was said is still there");
    assert_eq!(chat.effects.pop(), Some(Effect::Join(RoomLabel::named("lobby"))));
}

#[test]
fn mutes_and_bans_take_a_time_a_place_and_a_reason_in_any_order() {
    use RestrictionKind::{Ban, Mute, Shadow};
    let mut chat = Chat::in_lobby(0);
    let here = || Some(id_of("lobby").to_string());
    chat.write("/mute bo");
    let (done, words) = act(&mut chat);
    assert_eq!(done, Act::Restrict(restricted(Mute, "@bo")));
    assert_eq!(words, "bo may say nothing on the whole server.");
    for line in ["/mute @bo 10m here off topic", "/mute bo HERE 10m off topic"] {
        chat.write(line);
        let (done, words) = act(&mut chat);
        let (for_ms, reason) = (Some(600_000), "off topic".to_owned());
        let wanted = Restrict { room: here(), for_ms, reason, ..restricted(Mute, "@bo") };
        assert_eq!(done, Act::Restrict(wanted));
        assert_eq!(words, "bo may say nothing in #lobby for 10 minutes.");
    }
    chat.write("/ban bo 7d spam here and there");
    let (done, words) = act(&mut chat);
    let (for_ms, reason) = (Some(604_800_000), "spam here and there".to_owned());
    assert_eq!(done, Act::Restrict(Restrict { for_ms, reason, ..restricted(Ban, "@bo") }));
    assert_eq!(words, "bo is banned on the whole server for 7 days.");
    for address in ["192.0.2.7", "192.0.2.0/24", "2001:db8::/64"] {
        chat.write(&format!("/ban {address}"));
        let (person, address) = (None, Some(address.to_owned()));
        let wanted = Restrict { person, address, ..restricted(Ban, "") };
        assert_eq!(act(&mut chat).0, Act::Restrict(wanted));
    }
    chat.write("/shadow eve 1d spam");
    let (done, words) = act(&mut chat);
    let (for_ms, reason) = (Some(86_400_000), "spam".to_owned());
    assert_eq!(done, Act::Restrict(Restrict { for_ms, reason, ..restricted(Shadow, "@eve") }));
    assert!(words.starts_with("Nobody else sees what eve says on the whole server for 1 day"));
    chat.write("/unmute bo here sorry");
    let (kind, person, reason) = (Mute, Some("@bo".to_owned()), "sorry".to_owned());
    let lifted = Lift { kind, person, address: None, room: here(), reason };
    assert_eq!(act(&mut chat).0, Act::Lift(lifted));
    for bad in ["/mute", "/mute 10m!", "/mute bo 10x", "/ban a:b", "/kick", "/unban"] {
        chat.write(bad);
        assert!(chat.effects.is_empty(), "{bad}: {:?}", chat.effects);
    }
    chat.write("/mute bo 10x");
    assert!(chat.note().contains("30s, 10m, 2h or 7d"), "{}", chat.note());
}

#[test]
fn roles_kicks_and_questions_name_the_person_and_the_room() {
    let mut chat = Chat::in_lobby(0);
    chat.write("/role bo Administrator for the evenings");
    let (person, role) = ("@bo".to_owned(), Role::Administrator);
    let reason = "for the evenings".to_owned();
    let wanted = (Act::Role(GiveRole { person, role, reason }), "bo is an administrator now.");
    assert_eq!(act(&mut chat), (wanted.0, wanted.1.to_owned()));
    for bad in ["/role bo", "/role bo king", "/role bo guest", "/role"] {
        chat.write(bad);
        assert!(chat.note().contains("/role ana moderator"), "{bad}: {}", chat.note());
    }
    chat.write("/kick bo off topic");
    let (room, person) = (id_of("lobby").to_string(), "@bo".to_owned());
    let kick = Kick { room: room.clone(), person, reason: "off topic".into() };
    assert_eq!(act(&mut chat), (Act::Kick(kick), "bo was taken out of #lobby.".into()));
    for (line, command, person) in
        [("/why send", "send", None), ("/why /mute bo", "restrict", Some("@bo".to_owned()))]
    {
        chat.write(line);
        let ask = AskWhy { command: command.into(), room: Some(room.clone()), person, text: None };
        assert_eq!(chat.effects.pop(), Some(Effect::Why(ask)));
    }
    chat.write("/why dance");
    assert!(chat.note().contains("/why send"), "{}", chat.note());
    let rule = "you may not say anything: cool down.".into();
    let answer = WhyOk { allowed: false, rule, role: Role::Member };
    chat.tell(Event::Why { command: "send".into(), answer });
    let sentence = "send is refused: you may not say anything: cool down. (The role is member.)";
    assert_eq!(chat.note(), sentence);
}

#[test]
fn the_raid_switch_is_turned_and_asked_for() {
    let mut chat = Chat::in_lobby(0);
    let switch = |on, for_ms, reason: &str| {
        Effect::Raid(SwitchRaid { on, for_ms, reason: reason.to_owned() })
    };
    for (line, wanted) in [
        ("/raid", switch(None, None, "")),
        ("/raid on", switch(Some(true), None, "")),
        ("/raid ON 30m bots everywhere", switch(Some(true), Some(1_800_000), "bots everywhere")),
        ("/raid off they left", switch(Some(false), None, "they left")),
        ("/raid off 5m", switch(Some(false), None, "")),
    ] {
        chat.write(line);
        assert_eq!(chat.effects.pop(), Some(wanted), "{line}");
    }
    for bad in ["/raid maybe", "/raid on 10x"] {
        chat.write(bad);
        assert!(chat.effects.is_empty(), "{bad}: {:?}", chat.effects);
    }
    chat.tell(Event::Raid(RaidOk::default()));
    assert!(chat.note().contains("is off"), "{}", chat.note());
    let by_hand = RaidOk {
        on: true,
        left_ms: Some(90_000),
        by_name: "ana\u{1b}".into(),
        reason: "bots.".into(),
        ..RaidOk::default()
    };
    chat.tell(Event::Raid(by_hand.clone()));
    assert!(chat.note().contains("turned on by ana"), "{}", chat.note());
    assert!(chat.note().contains(": bots. ") && chat.note().contains("within 2 minutes"));
    assert!(!chat.note().contains('\u{1b}'), "nothing that a terminal obeys");
    chat.tell(Event::Raid(RaidOk { automatic: true, left_ms: None, ..by_hand }));
    assert!(chat.note().contains("by itself") && chat.note().contains("/raid off turns it off"));
}

#[test]
fn the_audit_log_is_read_page_by_page() {
    let mut chat = Chat::in_lobby(0);
    for (line, room, before) in [
        ("/audit", None, None),
        ("/audit 120", None, Some(120)),
        ("/audit here", Some(label("lobby")), None),
        ("/audit here 120", Some(label("lobby")), Some(120)),
    ] {
        chat.write(line);
        assert_eq!(chat.effects.pop(), Some(Effect::Audit { room, before }), "{line}");
    }
    chat.write("/audit yesterday");
    assert!(chat.note().contains("/audit here 120"), "{}", chat.note());
    let entry = |number, room, reason: &str| AuditEntry {
        number,
        at: NOON,
        by: None,
        by_name: "ana\u{1b}".into(),
        action: "mute".into(),
        subject: "bo".into(),
        room,
        reason: reason.into(),
    };
    let entries = vec![entry(120, Some(id_of("lobby")), "cool down"), entry(119, None, "")];
    chat.tell(Event::Audit { room: None, page: AuditOk { entries: entries.clone(), more: true } });
    let lines = "120  2026-05-28 20:26  ana␛: mute bo in #lobby: cool down\n\
                 119  2026-05-28 20:26  ana␛: mute bo\n\
                 There are more: /audit 119";
    assert_eq!(chat.note(), lines);
    let page = AuditOk { entries, more: true };
    chat.tell(Event::Audit { room: Some(label("lobby")), page });
    assert!(chat.note().ends_with("There are more: /audit here 119"), "{}", chat.note());
    chat.tell(Event::Audit { room: None, page: AuditOk { entries: Vec::new(), more: false } });
    assert_eq!(chat.note(), "Nothing is written down there.");
}

#[test]
fn help_and_completion_show_what_the_role_allows() {
    let mut chat = Chat::in_lobby(0);
    let help = |role| -> Vec<String> {
        crate::commands::help_text(role).into_iter().map(|(left, _)| left).collect()
    };
    let has = |role, name: &str| help(role).iter().any(|line| line.starts_with(name));
    for (name, from) in [
        ("/register", Role::Guest),
        ("/why", Role::Guest),
        ("/logout", Role::Member),
        ("/kick", Role::Moderator),
        ("/role", Role::Administrator),
    ] {
        for role in Role::ALL {
            assert_eq!(has(role, name), role >= from, "{name} for a {}", role.name());
        }
    }
    chat.keys("/ki");
    assert_eq!(chat.tab(), "/ki", "a guest is not shown it");
    chat.tell(Event::Role(Role::Administrator));
    assert_eq!(chat.tab(), "/kick ");
    chat.keys("b");
    assert_eq!(chat.tab(), "/kick bo ");
    chat.press(KeyCode::Char('u'), KeyModifiers::CONTROL);
    chat.keys("/role bo mo");
    assert_eq!(chat.tab(), "/role bo moderator ");
    chat.press(KeyCode::Char('u'), KeyModifiers::CONTROL);
    chat.keys("/role bo a");
    assert_eq!(chat.tab(), "/role bo a", "one's own role is not given");
    chat.press(KeyCode::Char('u'), KeyModifiers::CONTROL);
    chat.keys("/why re");
    assert_eq!(chat.tab(), "/why register ");
    chat.press(KeyCode::Char('u'), KeyModifiers::CONTROL);
    chat.tell(Event::LoggedOut);
    chat.write("/kick bo");
    let is_kick = matches!(chat.effects.last(), Some(Effect::Act { .. }));
    assert!(is_kick, "the server is who refuses");
    let why = "only moderators may kick".into();
    chat.tell(Event::Refused { room: None, request: Request::Other, why, suggestion: None });
    assert_eq!(chat.note(), "only moderators may kick");
}

#[test]
fn a_bot_is_asked_for_with_scopes_a_time_and_rooms() {
    let mut chat = Chat::in_lobby(0);
    let make = |for_ms, rooms: Option<&[&str]>| MakeBot {
        nick: "herald".into(),
        scopes: vec![Scope::Read, Scope::Send],
        for_ms,
        rooms: rooms.map(|rooms| rooms.iter().map(|room| (*room).to_owned()).collect()),
        reason: String::new(),
    };
    for (line, meant) in [
        ("/bot new herald read,send", make(None, None)),
        ("/bot new herald Read,SEND 2h", make(Some(7_200_000), None)),
        (
            "/bot new herald read,send 2h #lobby tea",
            make(Some(7_200_000), Some(&["#lobby", "#tea"])),
        ),
        ("/bot new herald read,send #lobby", make(None, Some(&["#lobby"]))),
    ] {
        chat.write(line);
        assert_eq!(chat.effects.pop(), Some(Effect::MakeBot(meant)), "{line}: {}", chat.note());
    }
    for bad in ["/bot new", "/bot new herald", "/bot new herald fly", "/bot revoke", "/bot dance"] {
        chat.write(bad);
        assert!(chat.effects.is_empty(), "{bad}");
        assert!(chat.note().contains("/bot "), "{bad}: {}", chat.note());
    }
    chat.write("/bot");
    chat.write("/bots list");
    assert_eq!(chat.effects, [Effect::Bots, Effect::Bots]);
    chat.write("/bot revoke @herald it leaked");
    let revoke = RevokeBot { bot: "@herald".into(), reason: "it leaked".into() };
    assert_eq!(act(&mut chat), (Act::RevokeBot(revoke), "The bot herald has ended.".into()));
}

#[test]
fn who_says_which_members_are_bots() {
    let mut chat = Chat::in_lobby(0);
    let bot = User { bot: true, ..super::person("herald") };
    let members = MemberSample {
        version: 2,
        count: 2,
        sample: vec![super::person("ana"), bot],
        ..MemberSample::default()
    };
    chat.tell(Event::Who { room: label("lobby"), members, aloud: true });
    assert_eq!(chat.note(), "In #lobby: 2 (all: ana, herald (bot)).");
}
