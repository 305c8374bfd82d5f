//! Profiles, presence, and the nicks that people had.

use crossterm::event::{KeyCode, KeyModifiers};
use throng_protocol::{
    ClearProfile, MemberSample, NickHistoryOk, PastNick, Presence, Profile, SetProfile, Status,
    User,
};

use super::{Chat, NOON, label, person};
use crate::effect::{Act, Attendance, Effect};
use crate::event::Event;
use crate::model::Away;

/// What one line has done.
fn effect(chat: &mut Chat, line: &str) -> Effect {
    chat.write(line);
    chat.effects.pop().unwrap_or_else(|| panic!("{line}: {}", chat.note()))
}

fn profile(nick: &str, presence: Presence) -> Profile {
    let user = User { presence, ..person(nick) };
    Profile { user, display_name: None, colour: None, pronouns: None, status: None }
}

fn attend(attendance: Attendance, aloud: bool) -> Effect {
    Effect::Attend { attendance, aloud }
}

#[test]
fn one_says_something_about_oneself_field_by_field() {
    let mut chat = Chat::in_lobby(0);
    let text = |text: &str| Some(text.to_owned());
    let nothing = SetProfile::default;
    for (line, set) in [
        ("/profile name Ana María", SetProfile { display_name: text("Ana María"), ..nothing() }),
        ("/profile pronouns she/her", SetProfile { pronouns: text("she/her"), ..nothing() }),
        ("/profile color #ff8800", SetProfile { colour: text("#ff8800"), ..nothing() }),
        ("/profile name", SetProfile { display_name: text(""), ..nothing() }),
        ("/status", SetProfile { status: text(""), ..nothing() }),
        ("/status reading", SetProfile { status: text("reading"), ..nothing() }),
        (
            "/status at lunch for 1h",
            SetProfile { status: text("at lunch"), status_for_ms: Some(3_600_000), ..nothing() },
        ),
    ] {
        assert_eq!(effect(&mut chat, line), Effect::SetProfile(set), "{line}");
    }
    let own = Effect::Whois(person("ana").id.to_string());
    assert_eq!(effect(&mut chat, "/profile"), own);
    chat.write("/profile age 7");
    assert!(chat.note().contains("/profile name Ana"), "{}", chat.note());
    assert_eq!(effect(&mut chat, "/whois @bo"), Effect::Whois("@bo".into()));
}

#[test]
fn a_profile_stands_behind_the_nick_and_drives_no_terminal() {
    let mut chat = Chat::in_lobby(0);
    chat.tell(Event::Whois(profile("bo", Presence::Offline)));
    assert_eq!(chat.note(), "bo: not here.");
    chat.tell(Event::Whois(Profile {
        display_name: Some("Bo\u{1b}[2J\u{202e}".into()),
        colour: Some("#ff8800".into()),
        pronouns: Some("he/him".into()),
        status: Some(Status { text: "at lunch.".into(), left_ms: Some(3_570_000) }),
        ..profile("bo", Presence::Away)
    }));
    let note = chat.note();
    assert!(note.starts_with("bo: away, “Bo"), "{note}");
    assert!(note.ends_with("he/him, #ff8800. Status: at lunch, for 1 hour."), "{note}");
    assert!(!note.contains('\u{1b}') && !note.contains('\u{202e}'), "{note:?}");
}

#[test]
fn who_is_away_is_shown_among_the_members() {
    let mut chat = Chat::in_lobby(0);
    let away = User { presence: Presence::Away, ..person("bo") };
    let dnd = User { presence: Presence::Dnd, bot: true, ..person("herald") };
    let sample = vec![person("ana"), away, dnd];
    let members = MemberSample { version: 2, count: 900, away: 400, dnd: 7, sample };
    chat.tell(Event::Who { room: label("lobby"), members, aloud: true });
    assert_eq!(
        chat.note(),
        "In #lobby: 900, 400 away, 7 not to be disturbed (some of them: ana, bo (away), herald \
         (bot, do not disturb))."
    );
}

#[test]
fn nothing_rings_while_one_does_not_want_to_be_disturbed() {
    let mut chat = Chat::in_lobby(0);
    let rings = |chat: &mut Chat, seq| {
        chat.effects.clear();
        chat.hear("lobby", seq, "bo", "@ana look");
        chat.effects.contains(&Effect::Bell)
    };
    assert!(rings(&mut chat, 1));
    assert_eq!(effect(&mut chat, "/dnd"), attend(Attendance::Dnd, true));
    chat.tell(Event::Presence(Presence::Dnd));
    assert!(!rings(&mut chat, 2));
    assert_eq!(chat.model.rooms[chat.model.shown].mentions, 0, "it is seen all the same");
    assert_eq!(effect(&mut chat, "/back"), attend(Attendance::Back, true));
    chat.tell(Event::Presence(Presence::Online));
    assert!(rings(&mut chat, 3));
}

#[test]
fn who_types_nothing_for_long_is_away_until_the_next_key() {
    let mut chat = Chat::in_lobby(0);
    let wait = |chat: &mut Chat, minutes: u64| {
        chat.effects.clear();
        chat.pass(minutes * 60_000);
        chat.effects.retain(|it| matches!(it, Effect::Attend { .. }));
        chat.effects.clone()
    };
    assert_eq!(wait(&mut chat, 9), []);
    assert_eq!(wait(&mut chat, 1), [attend(Attendance::Away, false)]);
    assert_eq!(wait(&mut chat, 60), [], "once");
    chat.effects.clear();
    chat.press(KeyCode::Char('x'), KeyModifiers::NONE);
    assert_eq!(chat.effects.first(), Some(&attend(Attendance::Here, false)));
    chat.press(KeyCode::Backspace, KeyModifiers::NONE);
    // What the person has said, no key takes back.
    assert_eq!(effect(&mut chat, "/away"), attend(Attendance::Away, true));
    chat.keys("y");
    assert_eq!((wait(&mut chat, 30), chat.model.away), (vec![], Away::ByHand));
    chat.model.away = Away::No;
    chat.model.idles = false;
    assert_eq!(wait(&mut chat, 30), [], "nobody types into a pipe");
}

#[test]
fn moderators_see_what_somebody_was_called_and_clear_profiles() {
    let mut chat = Chat::in_lobby(0);
    assert_eq!(effect(&mut chat, "/nicks @eve"), Effect::NickHistory("@eve".into()));
    let step = |from: &str, to: &str| PastNick { at: NOON, from: from.into(), to: to.into() };
    let changes = vec![step("mallory", "eve"), step("guest\u{1b}", "mallory")];
    chat.tell(Event::NickHistory(NickHistoryOk { user: person("eve"), changes }));
    let lines = "2026-05-28 20:26  mallory became eve\n2026-05-28 20:26  guest␛ became mallory";
    assert_eq!(chat.note(), lines);
    chat.tell(Event::NickHistory(NickHistoryOk { user: person("bo"), changes: Vec::new() }));
    assert_eq!(chat.note(), "Nothing else is known that bo was called.");
    let Effect::Act { act, .. } = effect(&mut chat, "/clearprofile eve insults") else { panic!() };
    let clear = ClearProfile { person: "@eve".into(), reason: "insults".into() };
    assert_eq!(act, Act::ClearProfile(clear));
}
