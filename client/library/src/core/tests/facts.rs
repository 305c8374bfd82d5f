//! Single facts about the core.

use std::time::Duration;

use futures::channel::oneshot;
use serde_json::Value;
use throng_protocol::{Cid, Kind, LinkCode, RoomRef, Sent};

use crate::core::{Core, Speech, Step};
use crate::error::{DisconnectReason, Outcome, SendError};
use crate::event::{Cursor, Event, State};
use crate::options::Options;

pub(super) const GREETING: &str = r#"{"type":"ok","id":1,"user":{"id":"01K9ZS00000000000000000001","nick":"ana"},"token":"v1.a","epoch":"01K9ZRZZZZ0000000000000001","heartbeat_ms":30000,"limits":{"text_bytes":4096,"frame_bytes":16384,"message_bytes":32768,"page_events":100,"rooms":64,"sends_burst":25,"sends_per_second":5,"retry_ms":100000}}"#;
/// The id of the lobby.
pub(super) const LOBBY: &str = "01K9ZS0000R00M000000000001";
pub(super) const CID: &str = "019b2f5e-7c1a-7d3e-8f00-0123456789ab";

pub(super) fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

fn core(options: &Options) -> Core {
    Core::new(options, 7, None)
}

pub(super) fn dial(core: &mut Core, now: Duration) {
    assert_eq!(core.step(now), Step::Dial);
    core.opened(now);
    let hello = core.take_write().expect("the greeting is written");
    assert!(hello.contains("hello"), "{hello}");
}

/// A core that was greeted at the time 0.
pub(super) fn greeted(options: &Options) -> Core {
    let mut core = core(options);
    dial(&mut core, Duration::ZERO);
    core.frame(Duration::ZERO, GREETING);
    core.tick(Duration::ZERO);
    assert_eq!(core.state(), &State::Live);
    while core.next_event().is_some() {}
    core
}

/// In the room, with the cursor at 1. The join had the id 2.
pub(super) fn joined(options: &Options) -> Core {
    joined_at(options, 1)
}

/// In the room, with the cursor at this seq.
fn joined_at(options: &Options, seq: u64) -> Core {
    let mut core = greeted(options);
    core.join(Duration::ZERO, room(), None, oneshot::channel().0);
    core.tick(Duration::ZERO);
    assert!(core.take_write().expect("a join").contains(r#""join","id":2"#));
    let page = page(2, seq, &[seq]);
    core.frame(Duration::ZERO, &page);
    while core.next_event().is_some() {}
    core
}

fn room() -> RoomRef {
    named("lobby")
}

pub(super) fn named(room: &str) -> RoomRef {
    RoomRef::parse(room).expect("an id or a name")
}

pub(super) fn message(seq: u64) -> String {
    format!(
        r#"{{"type":"message","room":"{LOBBY}","seq":{seq},"cid":"{CID}","from":{{"id":"01K9ZS00000000000000000002","nick":"bo"}},"text":"hello","at":1}}"#
    )
}

pub(super) fn page(id: u64, head: u64, seqs: &[u64]) -> String {
    let events: Vec<String> = seqs.iter().map(|seq| message(*seq)).collect();
    format!(
        r#"{{"type":"ok","id":{id},"room":{{"id":"{LOBBY}","name":"lobby"}},"first":1,"head":{head},"events":[{}],"more":false,"limited":false,"reset":false}}"#,
        events.join(",")
    )
}

fn send(core: &mut Core, now: Duration, text: &str) -> oneshot::Receiver<Result<Sent, SendError>> {
    let (to, answer) = oneshot::channel();
    let cid = Cid::parse(CID).expect("a good cid");
    core.send(now, room(), Speech::Message(Kind::Text), text.to_owned(), cid, to);
    answer
}

pub(super) fn seqs(core: &mut Core) -> Vec<u64> {
    let events = std::iter::from_fn(|| core.next_event());
    events
        .filter_map(|event| match event {
            Event::Message { message, .. } => Some(message.seq),
            _ => None,
        })
        .collect()
}

#[test]
fn after_ms_of_a_bye_is_obeyed_to_the_millisecond() {
    let mut core = greeted(&Options::anybody());
    let bye = r#"{"type":"bye","code":1001,"reason":"restart","reconnect":true,"after_ms":3800}"#;
    core.frame(secs(1), bye);
    assert!(
        matches!(core.state(), State::Offline { again_in, .. } if again_in.as_millis() == 3_800)
    );
    let early = secs(1) + Duration::from_millis(3_799);
    assert_eq!(core.step(early), Step::Wait(Some(secs(1) + Duration::from_millis(3_800))));
    dial(&mut core, secs(1) + Duration::from_millis(3_800));
}

#[test]
fn without_a_word_of_the_server_the_wait_is_random_and_doubles_up_to_half_a_minute() {
    let mut core = core(&Options::anybody());
    let mut now = Duration::ZERO;
    let mut longest = Duration::ZERO;
    for attempt in 0..200_u32 {
        assert_eq!(core.step(now), Step::Dial);
        core.lost(now, DisconnectReason::Lost { problem: String::new() });
        let State::Offline { again_in, .. } = *core.state() else { panic!("{:?}", core.state()) };
        let most = Duration::from_millis(500 << attempt.min(10)).min(secs(30));
        assert!(again_in <= most, "attempt {attempt}: {again_in:?}");
        longest = longest.max(again_in);
        now += again_in;
        while core.next_event().is_some() {}
    }
    assert!(longest > secs(20), "{longest:?}");
}

#[test]
fn retry_after_of_http_is_the_least_wait_and_other_refusals_are_for_good() {
    let http = |status, retry_after| DisconnectReason::Http {
        address: String::new(),
        status,
        problem: String::new(),
        retry_after,
    };
    for status in [429, 503] {
        let mut core = core(&Options::anybody());
        assert_eq!(core.step(Duration::ZERO), Step::Dial);
        core.lost(Duration::ZERO, http(status, Some(secs(9))));
        let wait = match core.state() {
            State::Offline { again_in, .. } => *again_in,
            other => panic!("{other:?}"),
        };
        assert!(wait >= secs(9) && wait <= Duration::from_millis(9_500), "{wait:?}");
    }
    let mut core = core(&Options::anybody());
    assert_eq!(core.step(Duration::ZERO), Step::Dial);
    core.lost(Duration::ZERO, http(403, None));
    assert!(matches!(core.state(), State::Closed { .. }));
}

#[test]
fn close_codes_say_who_stays_away() {
    for (code, stays_away) in [
        (1002, true),
        (1009, true),
        (4500, true),
        (4999, true),
        (4001, false),
        (1011, false),
        // Without a bye of ours: libraries and proxies report these after a reset, too.
        (1000, false),
        (0, false),
        (1005, false),
        (1006, false),
    ] {
        let mut core = greeted(&Options::anybody());
        core.closed(secs(1), code, "because".to_owned());
        assert_eq!(core.is_finished(), stays_away, "{code}");
        assert!(core.state().to_string().contains("because"), "{}", core.state());
    }
}

#[test]
fn a_bye_says_itself_whether_to_come_back() {
    for (code, reconnect) in [(1000, true), (1000, false), (1001, false), (4500, true)] {
        let mut core = greeted(&Options::anybody());
        core.frame(
            secs(1),
            &format!(
                r#"{{"type":"bye","code":{code},"reason":"because","reconnect":{reconnect}}}"#
            ),
        );
        assert_eq!(core.is_finished(), !reconnect, "{code}");
    }
}

#[test]
fn a_normal_close_after_our_own_bye_is_the_end() {
    let mut core = greeted(&Options::anybody());
    core.close(secs(1), None);
    assert!(core.take_write().expect("a bye").contains("bye"));
    core.closed(secs(1), 1000, String::new());
    assert!(matches!(core.state(), State::Closed { why: DisconnectReason::Closed }));
}

#[test]
fn a_refused_token_ends_it_with_a_sentence() {
    let mut core = core(&Options::token("v1.old"));
    dial(&mut core, Duration::ZERO);
    core.frame(
        Duration::ZERO,
        r#"{"type":"error","id":1,"code":"bad_token","message":"This token has expired."}"#,
    );
    let State::Closed { why: why @ DisconnectReason::Token(_) } = core.state() else {
        panic!("{:?}", core.state())
    };
    assert!(why.to_string().contains("connect with a nick"), "{why}");
    assert_eq!(core.token(), None, "nobody is to keep it");
    assert_eq!(core.step(secs(100)), Step::Finished);
}

#[test]
fn the_newest_token_is_what_we_come_back_with() {
    let mut core = greeted(&Options::guest("ana"));
    core.lost(secs(1), DisconnectReason::Lost { problem: String::new() });
    assert_eq!(core.step(secs(60)), Step::Dial);
    core.opened(secs(60));
    let hello = core.take_write().expect("a hello");
    assert!(hello.contains(r#""token":"v1.a""#) && !hello.contains("nick"), "{hello}");
}

#[test]
fn a_code_is_said_until_it_has_made_us_somebody_and_then_the_token_is() {
    let code = LinkCode::parse("abcde-fghjk").expect("a code");
    let mut core = core(&Options::code(code));
    let hello = |core: &mut Core, now| {
        assert_eq!(core.step(now), Step::Dial);
        core.opened(now);
        core.take_write().expect("the greeting is written")
    };
    assert!(hello(&mut core, secs(0)).contains(r#""code":"ABCDE-FGHJK""#));
    let busy = r#"{"type":"error","id":1,"code":"rate_limited","message":"wait","retry_ms":1000}"#;
    core.frame(secs(0), busy);
    assert!(hello(&mut core, secs(1)).contains("ABCDE-FGHJK"), "it was not used yet");
    core.frame(secs(1), &GREETING.replace(r#""id":1,"#, r#""id":2,"#));
    assert_eq!(core.token(), Some("v1.a"));
    core.lost(secs(2), DisconnectReason::Lost { problem: String::new() });
    let again = hello(&mut core, secs(40));
    assert!(again.contains("v1.a") && !again.contains("code"), "{again}");
}

#[test]
fn silence_is_broken_by_a_ping_and_a_link_that_stays_silent_is_dead() {
    let mut core = greeted(&Options::anybody());
    core.tick(secs(29));
    assert_eq!(core.take_write(), None);
    assert_eq!(core.deadline(secs(29)), Some(secs(30)));
    core.tick(secs(30));
    assert!(core.take_write().expect("a heartbeat").contains("ping"));
    core.tick(secs(59));
    assert!(core.is_linked());
    core.tick(secs(60));
    assert!(matches!(core.state(), State::Offline { why: DisconnectReason::Silent { .. }, .. }));
}

#[test]
fn who_does_not_read_stops_the_socket_but_not_the_heartbeat_and_is_not_taken_for_dead() {
    let mut core = joined(&Options::anybody().events_max(3));
    for seq in 2..5 {
        assert!(core.wants_frames());
        core.frame(secs(1), &message(seq));
        core.tick(secs(1));
    }
    assert!(!core.wants_frames(), "three wait");
    for minute in 1..10 {
        core.tick(secs(minute * 60));
        assert!(core.take_write().expect("a heartbeat").contains("ping"));
        assert!(core.is_linked());
    }
    assert!(core.next_event().is_some());
    core.tick(secs(1_000));
    assert!(core.is_linked() && core.wants_frames(), "read again, and not dead");
    assert_eq!(seqs(&mut core), [3, 4]);
}

/// The cases of the specification, which the browser client is tested with as well.
#[test]
fn an_entry_of_a_later_version_moves_the_cursor_wherever_it_stands() {
    let golden = include_str!("../../../../../protocol/golden/growth.json");
    let cases: Vec<Value> = serde_json::from_str(golden).expect("a list of cases");
    assert!(cases.len() > 10);
    for case in &cases {
        let last = case["last"].as_u64().expect("a seq");
        let mut core = joined_at(&Options::anybody(), last);
        for frame in case["frames"].as_array().expect("frames") {
            let mut frame = frame.clone();
            if frame["type"] == "ok" {
                frame["id"] = asked_to_join(&mut core).into();
            }
            core.frame(secs(1), &frame.to_string());
            core.tick(secs(1));
        }
        let expected: Vec<u64> = serde_json::from_value(case["messages"].clone()).expect("seqs");
        assert_eq!(seqs(&mut core), expected, "{}", case["name"]);
        let cursor = core.cursor(&room()).map(|cursor| cursor.seq);
        assert_eq!(cursor, case["cursor"].as_u64(), "{}", case["name"]);
        assert_eq!(core.take_write(), None, "{}: there was no hole", case["name"]);
    }
}

/// Reads the id of the join that is under way, after a hole or `behind` made one necessary.
fn asked_to_join(core: &mut Core) -> u64 {
    let asked = core.take_write().or_else(|| {
        core.frame(secs(1), &format!(r#"{{"type":"behind","room":"{LOBBY}","head":9}}"#));
        core.tick(secs(1));
        core.take_write()
    });
    let join: Value = serde_json::from_str(&asked.expect("a join")).expect("JSON");
    assert_eq!(join["type"], "join");
    join["id"].as_u64().expect("an id")
}

#[test]
fn a_page_that_is_limited_is_told_as_a_gap() {
    let mut core = joined(&Options::anybody());
    core.lost(secs(1), DisconnectReason::Lost { problem: String::new() });
    dial(&mut core, secs(40));
    core.frame(secs(40), &GREETING.replace(r#""id":1,"#, r#""id":3,"#));
    assert!(core.take_write().expect("a join").contains(r#""join","id":4"#));
    let page = page(4, 9, &[8, 9]).replace(r#""limited":false"#, r#""limited":true"#);
    core.frame(secs(40), &page);
    let gap = std::iter::from_fn(|| core.next_event()).find_map(|event| match event {
        Event::Gap { last, next, head, reset, .. } => Some((last, next, head, reset)),
        _ => None,
    });
    assert_eq!(gap, Some((1, 8, 9, false)));
    let Some(Cursor { seq, .. }) = core.cursor(&room()) else { panic!("there is a cursor") };
    assert_eq!(seq, 9);
}

#[test]
fn a_send_is_retried_in_its_place_and_given_up_before_its_cid_is_forgotten() {
    let mut core = joined(&Options::anybody());
    let mut first = send(&mut core, secs(1), "one");
    let mut second = send(&mut core, secs(1), "two");
    core.tick(secs(1));
    assert!(core.take_write().expect("the first").contains("one"));
    assert_eq!(core.take_write(), None, "the second waits for the answer");
    core.frame(secs(1), r#"{"type":"error","id":3,"code":"busy","message":"no","retry_ms":2000}"#);
    core.tick(secs(2));
    assert_eq!(core.take_write(), None, "neither may go");
    core.tick(secs(3));
    assert!(core.take_write().expect("again").contains("one"));
    // No answer comes any more; the server remembers for 100 seconds.
    core.lost(secs(4), DisconnectReason::Lost { problem: String::new() });
    core.tick(secs(90));
    assert_eq!(first.try_recv(), Ok(None));
    core.tick(secs(91));
    let given_up = SendError::GaveUp { outcome: Outcome::Unknown };
    assert_eq!(first.try_recv(), Ok(Some(Err(given_up))));
    core.close(secs(92), None);
    let closed = SendError::Closed { outcome: Outcome::NotSent };
    assert_eq!(second.try_recv(), Ok(Some(Err(closed))), "it was never on its way");
}

#[test]
fn of_a_room_that_cannot_be_joined_again_a_send_under_way_has_an_unknown_outcome() {
    let mut core = joined(&Options::anybody());
    let mut first = send(&mut core, secs(1), "one");
    let mut second = send(&mut core, secs(1), "two");
    core.tick(secs(1));
    assert!(core.take_write().expect("the first").contains("one"));
    core.lost(secs(1), DisconnectReason::Lost { problem: String::new() });
    dial(&mut core, secs(40));
    core.frame(secs(40), &GREETING.replace(r#""id":1,"#, r#""id":4,"#));
    assert!(core.take_write().expect("a join").contains(r#""join","id":5"#));
    let full = r#"{"type":"error","id":5,"code":"too_many_rooms","message":"leave one"}"#;
    core.frame(secs(40), full);
    let outcome = |answer: &mut oneshot::Receiver<Result<Sent, SendError>>| {
        answer.try_recv().expect("open").expect("answered").expect_err("refused").outcome()
    };
    assert_eq!(outcome(&mut first), Outcome::Unknown, "it may have been said");
    assert_eq!(outcome(&mut second), Outcome::NotSent);
}

#[test]
fn a_text_that_the_server_would_close_for_is_refused_here() {
    let mut core = joined(&Options::anybody());
    let mut long = send(&mut core, secs(1), &"x".repeat(5_000));
    let mut bell = send(&mut core, secs(1), "\u{7}");
    core.tick(secs(1));
    for answer in [&mut long, &mut bell] {
        assert!(matches!(answer.try_recv(), Ok(Some(Err(SendError::BadText(_))))));
    }
    assert_eq!(core.take_write(), None);
}

#[test]
fn sends_are_bounded_and_one_too_many_is_told_so() {
    let mut core = core(&Options::anybody().sends_max(2).queue_bytes(10));
    let mut answers: Vec<_> =
        ["four", "fourfour", "four"].map(|text| send(&mut core, secs(1), text)).into();
    assert_eq!(answers[0].try_recv(), Ok(None));
    assert_eq!(answers[1].try_recv(), Ok(Some(Err(SendError::QueueFull))), "twelve bytes");
    assert_eq!(answers[2].try_recv(), Ok(None));
    let mut third = send(&mut core, secs(1), "x");
    assert_eq!(third.try_recv(), Ok(Some(Err(SendError::QueueFull))), "three sends");
}

#[test]
fn sixteen_rooms_have_a_send_under_way_and_the_next_waits_for_an_answer() {
    let mut core = greeted(&Options::anybody());
    for n in 0..17 {
        let room = named(&format!("room-{n}"));
        let cid = Cid::parse(CID).expect("a good cid");
        core.send(
            secs(1),
            room,
            Speech::Message(Kind::Text),
            "hello".to_owned(),
            cid,
            oneshot::channel().0,
        );
    }
    core.tick(secs(1));
    assert_eq!(std::iter::from_fn(|| core.take_write()).count(), 16);
    core.tick(secs(2));
    assert_eq!(core.take_write(), None);
    core.frame(secs(2), r#"{"type":"ok","id":2,"seq":1,"at":1,"dup":false}"#);
    core.tick(secs(2));
    assert!(core.take_write().is_some_and(|last| last.contains("hello")));
    assert_eq!(core.take_write(), None);
}

#[test]
fn closing_says_bye_and_ends_without_an_answer_after_five_seconds() {
    let mut core = joined(&Options::anybody());
    let mut under_way = send(&mut core, secs(1), "one");
    core.tick(secs(1));
    core.close(secs(1), None);
    assert!(core.take_write().expect("the send").contains("one"));
    assert!(core.take_write().expect("the end").contains("bye"));
    assert!(core.is_linked());
    core.tick(secs(6));
    assert!(core.is_finished());
    let closed = SendError::Closed { outcome: Outcome::Unknown };
    assert_eq!(under_way.try_recv(), Ok(Some(Err(closed))));
}

#[test]
fn when_handles_and_events_are_gone_there_is_a_bye() {
    let mut core = greeted(&Options::anybody());
    core.drop_events(secs(1));
    assert_eq!(core.take_write(), None);
    core.drop_handles(secs(1));
    assert!(core.take_write().expect("the end").contains("bye"));
}
