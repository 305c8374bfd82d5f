//! The examples in `golden/`, which the browser client's tests read too.
//!
//! A file's name says how its cases are judged: `command-*` parse and re-encode to the equal JSON
//! value, `bad-json` and `bad-command` are refused with their code and `id`, `event-*` and `ok-*`
//! are read as a client reads them, `rule-*` hold what is allowed in names, texts and ids. A file
//! that fits none of these fails, so that none is skipped.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use throng_protocol::{
    AddFilterOk, AuditOk, BadText, BotsOk, Cid, CloseCode, ErrorCode, Event, FiltersOk, Greeting,
    GroupPeopleOk, GroupsOk, InviteLinkOk, KeptAwayOk, LinkOk, LogEntry, LoginsOk, MakeBotOk,
    MembersPage, MineOk, NickHistoryOk, NickOk, Ok as OkEvent, OkBody, Page, PeopleOk, PresenceOk,
    Profile, ProfilesOk, PurgeOk, RaidOk, RefreshOk, RegisterOk, ReportsOk, Request, RoomName,
    RoomOk, RoomsPage, SearchOk, SecondFactorOk, Sent, Text, WhoAmIOk, WhyOk,
};

/// One case, whatever the file; the file's judge takes the fields that it needs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    frame: Option<Value>,
    text: Option<String>,
    repeat: Option<Repeat>,
    canonical: Option<Value>,
    id: Option<u64>,
    code: Option<ErrorCode>,
    cid: Option<String>,
    valid: Option<bool>,
    text_bytes: Option<usize>,
    number: Option<u16>,
    comes_back: Option<bool>,
    given: Option<String>,
    shown: Option<String>,
    same_as: Option<String>,
    differs_from: Option<String>,
    room: Option<bool>,
    last: Option<u64>,
    frames: Option<Vec<Value>>,
    cursor: Option<u64>,
    messages: Option<Vec<u64>>,
    suggestion: Option<String>,
}

/// A text that is too long to be written down: `before`, `piece` so many times, `after`, and
/// `close` as often as `piece` and once more.
#[derive(Deserialize)]
struct Repeat {
    before: String,
    piece: String,
    times: usize,
    after: String,
    close: Option<String>,
}

impl Case {
    fn wire(&self) -> String {
        match (&self.text, &self.frame, &self.repeat) {
            (Some(text), None, None) => text.clone(),
            (None, Some(frame), None) => frame.to_string(),
            (None, None, Some(repeat)) => {
                let close = repeat.close.as_deref().unwrap_or("").repeat(repeat.times + 1);
                let pieces = repeat.piece.repeat(repeat.times);
                format!("{}{pieces}{}{close}", repeat.before, repeat.after)
            }
            _ => panic!("{}: one of text, frame and repeat is needed", self.name),
        }
    }

    fn canonical(&self) -> &Value {
        self.canonical.as_ref().or(self.frame.as_ref()).expect("a frame")
    }
}

fn golden() -> Vec<(String, Vec<Case>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the folder golden/")
        .map(|entry| entry.expect("an entry of golden/").path())
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let file = path.file_name().and_then(|name| name.to_str()).expect("a UTF-8 name");
            let name = file.strip_suffix(".json").unwrap_or_else(|| panic!("{file} is no .json"));
            let text = fs::read_to_string(&path).expect(file);
            let cases: Vec<Case> = serde_json::from_str(&text)
                .unwrap_or_else(|error| panic!("golden/{file}: {error}"));
            assert!(!cases.is_empty(), "golden/{file} has no case");
            (name.to_owned(), cases)
        })
        .collect()
}

/// The cases of the files whose name begins so, with the rest of the name.
fn cases(prefix: &str) -> Vec<(String, Case)> {
    let found: Vec<_> = golden()
        .into_iter()
        .filter_map(|(name, cases)| Some((name.strip_prefix(prefix)?.to_owned(), cases)))
        .flat_map(|(rest, cases)| cases.into_iter().map(move |case| (rest.clone(), case)))
        .collect();
    assert!(!found.is_empty(), "no golden/{prefix}*.json");
    found
}

const COMMANDS: [&str; 64] = [
    "accept",
    "assign",
    "audit",
    "bot_new",
    "bot_revoke",
    "bots",
    "bye",
    "claim",
    "clear_profile",
    "delete",
    "delete_group",
    "delete_room",
    "direct",
    "edit",
    "filter_add",
    "filter_remove",
    "filters",
    "group_people",
    "groups",
    "hello",
    "history",
    "invite",
    "invite_link",
    "join",
    "keep_away",
    "kept_away",
    "kick",
    "leave",
    "lift",
    "link",
    "logins",
    "logout",
    "make_group",
    "make_room",
    "members",
    "mine",
    "nick",
    "nick_history",
    "password",
    "people",
    "ping",
    "presence",
    "profiles",
    "purge",
    "raid",
    "rank",
    "refresh",
    "register",
    "rename_group",
    "report",
    "reports",
    "restrict",
    "role",
    "rooms",
    "search",
    "second_factor",
    "send",
    "set_profile",
    "set_room",
    "settle",
    "typing",
    "unregister",
    "whoami",
    "why",
];

#[test]
fn every_command_parses_and_re_encodes_to_the_equal_value() {
    let mut seen = BTreeSet::new();
    for (file, case) in cases("command-") {
        let request = Request::parse(&case.wire())
            .unwrap_or_else(|bad| panic!("command-{file}, {}: {bad}", case.name));
        assert_eq!(request.command.name(), file, "{}", case.name);
        seen.insert(request.command.name());
        let again: Value = serde_json::from_str(&request.to_json()).expect("JSON");
        assert_eq!(&again, case.canonical(), "command-{file}, {}", case.name);
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), COMMANDS);
}

#[test]
fn every_bad_frame_is_refused_with_its_code_and_id() {
    for file in ["bad-json", "bad-command"] {
        for (_, case) in cases(file) {
            let bad = Request::parse(&case.wire())
                .err()
                .unwrap_or_else(|| panic!("{file}, {}: it is a command", case.name));
            let told = (Some(bad.code), bad.id);
            assert_eq!(told, (case.code, case.id), "{file}, {}: {bad}", case.name);
            assert!(!bad.message.is_empty(), "{file}, {}", case.name);
        }
    }
}

#[test]
fn every_event_parses_and_re_encodes_to_the_equal_value() {
    let mut seen = BTreeSet::new();
    for (file, case) in cases("event-") {
        let event = Event::parse(&case.wire())
            .unwrap_or_else(|error| panic!("event-{file}, {}: {error}", case.name));
        let (name, again) = match &event {
            Event::Ok(_) => panic!("{}: an ok belongs into ok-*.json", case.name),
            Event::Error(body) => ("error", value(body)),
            Event::Message(body) => ("message", value(body)),
            Event::Deleted(body) => ("deleted", value(body)),
            Event::Edited(body) => ("edited", value(body)),
            Event::Typing(body) => ("typing", value(body)),
            Event::Behind(body) => ("behind", value(body)),
            Event::Members(body) => ("members", value(body)),
            Event::Bye(body) => ("bye", value(body)),
            Event::Refresh(body) => ("refresh", value(body)),
            Event::Removed(body) => ("removed", value(body)),
            Event::Added(body) => ("added", value(body)),
            Event::Room(body) => ("room", value(body)),
            Event::KeptAway(body) => ("kept_away", value(body)),
            Event::Reported(body) => ("reported", value(body)),
            Event::Role(body) => ("role", value(body)),
            Event::Presence(body) => ("presence", value(body)),
            Event::Entry(_) => ("entry", case.canonical().clone()),
            Event::Unknown(_) => ("unknown", case.canonical().clone()),
        };
        assert_eq!(name, file, "{}", case.name);
        assert_eq!(&again, case.canonical(), "event-{file}, {}", case.name);
        seen.insert(name);
    }
    let all = [
        "added",
        "behind",
        "bye",
        "deleted",
        "edited",
        "entry",
        "error",
        "kept_away",
        "members",
        "message",
        "presence",
        "refresh",
        "removed",
        "reported",
        "role",
        "room",
        "typing",
        "unknown",
    ];
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), all);
}

#[test]
fn every_bad_event_is_refused() {
    for (_, case) in cases("bad-event") {
        assert!(Event::parse(&case.wire()).is_err(), "bad-event, {}", case.name);
    }
}

#[test]
fn every_ok_is_read_as_the_body_of_its_command() {
    for (file, case) in cases("ok-") {
        let Ok(Event::Ok(ok)) = Event::parse(&case.wire()) else {
            panic!("ok-{file}, {}: not an ok", case.name)
        };
        let again = match file.as_str() {
            "hello" => again::<Greeting>(&ok),
            "nick" => again::<NickOk>(&ok),
            "link" => again::<LinkOk>(&ok),
            "whoami" => again::<WhoAmIOk>(&ok),
            "register" => again::<RegisterOk>(&ok),
            "logins" => again::<LoginsOk>(&ok),
            "second_factor" => again::<SecondFactorOk>(&ok),
            "audit" => again::<AuditOk>(&ok),
            "why" => again::<WhyOk>(&ok),
            "room" => again::<RoomOk>(&ok),
            "invite_link" => again::<InviteLinkOk>(&ok),
            "mine" => again::<MineOk>(&ok),
            "people" => again::<PeopleOk>(&ok),
            "kept_away" => again::<KeptAwayOk>(&ok),
            "reports" => again::<ReportsOk>(&ok),
            "purge" => again::<PurgeOk>(&ok),
            "bot_new" => again::<MakeBotOk>(&ok),
            "bots" => again::<BotsOk>(&ok),
            "raid" => again::<RaidOk>(&ok),
            "groups" => again::<GroupsOk>(&ok),
            "group_people" => again::<GroupPeopleOk>(&ok),
            "filters" => again::<FiltersOk>(&ok),
            "filter_add" => again::<AddFilterOk>(&ok),
            "refresh" => again::<RefreshOk>(&ok),
            "set_profile" => again::<Profile>(&ok),
            "profiles" => again::<ProfilesOk>(&ok),
            "search" => again::<SearchOk>(&ok),
            "nick_history" => again::<NickHistoryOk>(&ok),
            "presence" => again::<PresenceOk>(&ok),
            "rooms" => again::<RoomsPage>(&ok),
            "join" | "history" => again::<Page<LogEntry>>(&ok),
            "send" => again::<Sent>(&ok),
            "members" => again::<MembersPage>(&ok),
            "empty" => OkEvent::to_json(ok.id, &()),
            other => panic!("no command is answered with ok-{other}"),
        };
        let again: Value = serde_json::from_str(&again).expect("JSON");
        assert_eq!(&again, case.canonical(), "ok-{file}, {}", case.name);
    }
    let files: BTreeSet<_> = cases("ok-").into_iter().map(|(file, _)| file).collect();
    assert_eq!(files.len(), 35, "every form of ok has a file: {files:?}");
}

fn again<T: OkBody>(ok: &OkEvent) -> String {
    OkEvent::to_json(ok.id, &ok.body::<T>().expect("the body of this command"))
}

fn value<T: Serialize>(body: &T) -> Value {
    serde_json::to_value(body).expect("JSON")
}

#[test]
fn every_error_code_has_an_example() {
    let shown: BTreeSet<_> =
        cases("event-error").iter().map(|(_, case)| case.name.clone()).collect();
    for code in ErrorCode::ALL {
        assert!(shown.contains(&word(code)), "no example of {}", word(code));
    }
    assert_eq!(ErrorCode::Internal as usize + 1, ErrorCode::ALL.len(), "ALL holds every code");
}

fn word(code: ErrorCode) -> String {
    value(&code).as_str().expect("a code is a string").to_owned()
}

#[test]
fn cids_texts_and_close_codes_follow_their_rules() {
    for (_, case) in cases("rule-cid") {
        let parsed = Cid::parse(case.cid.as_deref().expect("cid"));
        assert_eq!(Some(parsed.is_ok()), case.valid, "{}", case.name);
    }
    for (_, case) in cases("rule-text") {
        let text = case.text.clone().expect("text");
        let code = match Text::parse(text, case.text_bytes.expect("text_bytes")) {
            Ok(_) => None,
            Err(BadText::TooLong { .. }) => Some(ErrorCode::TextTooLong),
            Err(_) => Some(ErrorCode::BadText),
        };
        assert_eq!((code, Some(code.is_none())), (case.code, case.valid), "{}", case.name);
    }
    for (_, case) in cases("rule-close") {
        let number = case.number.expect("number");
        assert_eq!(Some(CloseCode::comes_back(number)), case.comes_back, "{}", case.name);
    }
}

#[test]
fn names_follow_their_rules() {
    let fold = |name: &str| RoomName::parse(name).expect(name).fold();
    for (_, case) in cases("rule-name") {
        let given = case.given.as_deref().expect("given");
        let nick = throng_protocol::Nick::parse(given);
        let suggestion = nick.as_ref().err().and_then(|bad| bad.suggestion().map(str::to_owned));
        assert_eq!(suggestion, case.suggestion, "{}", case.name);
        let nick = nick.ok();
        let room = RoomName::parse(given).ok();
        let shown = case.shown.as_deref();
        assert_eq!(nick.as_ref().map(throng_protocol::Nick::as_str), shown, "{}", case.name);
        assert_eq!(room.is_some(), shown.is_some() || case.room == Some(true), "{}", case.name);
        if let Some(other) = &case.same_as {
            assert_eq!(fold(given), fold(other), "{}", case.name);
        }
        if let Some(other) = &case.differs_from {
            assert_ne!(fold(given), fold(other), "{}", case.name);
        }
    }
}

/// The rule of the specification, as a client follows it: an entry with a place moves the cursor,
/// whatever its type.
#[test]
fn an_entry_of_a_later_version_takes_its_place_in_the_log() {
    for (_, case) in cases("growth") {
        let (mut cursor, mut messages) = (case.last.expect("last"), Vec::new());
        for frame in case.frames.as_deref().expect("frames") {
            for entry in entries(&frame.to_string()) {
                if entry.seq() == cursor + 1 {
                    cursor = entry.seq();
                    messages.extend(entry.into_message().map(|message| message.seq));
                }
            }
        }
        assert_eq!((Some(cursor), Some(messages)), (case.cursor, case.messages), "{}", case.name);
    }
}

/// The entries of a log that a push or a page brings.
fn entries(frame: &str) -> Vec<LogEntry> {
    match Event::parse(frame).expect("an event") {
        Event::Message(message) => vec![LogEntry::Message(message)],
        Event::Deleted(deleted) => vec![LogEntry::Deleted(deleted)],
        Event::Edited(edited) => vec![LogEntry::Edited(edited)],
        Event::Entry(entry) => vec![LogEntry::Unknown(entry)],
        Event::Ok(ok) => ok.body::<Page<LogEntry>>().expect("a page").events,
        _ => Vec::new(),
    }
}

#[test]
fn no_file_is_skipped() {
    let judged = ["command-", "event-", "ok-"];
    let named = [
        "bad-json",
        "bad-command",
        "bad-event",
        "rule-cid",
        "rule-text",
        "rule-close",
        "rule-name",
        "growth",
    ];
    for (name, _) in golden() {
        let known = judged.iter().any(|prefix| name.starts_with(prefix));
        assert!(known || named.contains(&name.as_str()), "golden/{name}.json is judged by no test");
    }
}

const SPECIFICATION: &str = include_str!("../README.md");

#[test]
fn the_specification_names_every_error_code_once() {
    for code in ErrorCode::ALL {
        let row = format!("| `{}` |", word(code));
        let rows = SPECIFICATION.lines().filter(|line| line.starts_with(&row)).count();
        assert_eq!(rows, 1, "rows of the table of error codes that begin with {row}");
    }
}

#[test]
fn the_specification_says_of_every_close_code_who_comes_back() {
    for code in CloseCode::ALL {
        let number = code.number();
        let comes_back = if CloseCode::comes_back(number) { "yes" } else { "no" };
        let row = format!("| {number} | {comes_back} |");
        let rows = SPECIFICATION.lines().filter(|line| line.starts_with(&row)).count();
        assert_eq!(rows, 1, "rows of the table of close codes that begin with {row}");
    }
}

#[test]
fn the_specification_names_every_feature_once() {
    for feature in throng_protocol::FEATURES {
        let row = format!("| `{feature}` |");
        let rows = SPECIFICATION.lines().filter(|line| line.starts_with(&row)).count();
        assert_eq!(rows, 1, "rows that begin with {row}");
    }
}

#[test]
fn the_examples_of_the_specification_are_commands_and_events() {
    let mut commands = BTreeSet::new();
    let mut events = 0;
    for line in SPECIFICATION.lines() {
        if let Some(text) = line.strip_prefix("    → ") {
            let request = Request::parse(text).unwrap_or_else(|bad| panic!("{bad}: {text}"));
            commands.insert(request.command.name());
        }
        if let Some(text) = line.strip_prefix("    ← ") {
            let event = Event::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"));
            assert!(!matches!(event, Event::Unknown(_)), "unknown: {text}");
            events += 1;
        }
    }
    assert_eq!(commands.into_iter().collect::<Vec<_>>(), COMMANDS, "each command has an example");
    assert!(events > COMMANDS.len(), "only {events} examples of events");
}
