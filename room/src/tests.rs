//! The room's logic: facts one by one, and random histories against a simple model.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use throng_log::{Append, Appended, LogError, LogPage, Range, RoomRecord};
use throng_protocol::{ErrorCode, RoomChanged, User};

use self::log::{Log, epoch, person, said};
use crate::catch_up::Cursor;
use crate::effect::{Answer, Asked, Effect, Ephemeral, Read, Waiting};
use crate::recent::plain_entries::{Plain, name, room_id};
use crate::recent::{Encoded, PageSize};
use crate::roster::JoinId;
use crate::state::{Limits, State};

mod checks;
mod histories;
mod log;
mod world;

type Room = State<(), &'static str, Plain>;
type Effects = Vec<Effect<&'static str, Plain>>;

/// A room whose log has this many messages.
fn room(messages: u64) -> (Room, Log) {
    let mut log = Log::new(usize::MAX);
    for number in 0..messages {
        log.append(&[said(9, 1_000 + number, "before")]);
    }
    let page = PageSize { events: 2, bytes: 10_000 };
    let limits = Limits { page, catch_up_max: 100, members_listed_max: 10, typing_members_max: 10 };
    let newest = log.page(Range::Before { seq: messages + 1, limit: 2 }).entries;
    let record = RoomRecord { id: room_id(), name: name(), first: 1, head: messages };
    (
        State::new(
            &record,
            RoomChanged::public(record.id, record.name.as_str()),
            &newest,
            epoch(1),
            limits,
        ),
        log,
    )
}

fn begin(room: &mut Room, numbers: std::ops::Range<u64>) -> Vec<Append> {
    for number in numbers {
        room.send(Waiting {
            append: said(1, number, "hello"),
            refusal: None,
            flag: None,
            ticket: "send",
        });
    }
    room.begin_commit().expect("a batch")
}

/// The next join of a connection: later than all before.
fn join_id(connection: u64) -> JoinId {
    static JOINS: AtomicU64 = AtomicU64::new(1);
    JoinId { connection, join: JOINS.fetch_add(1, Ordering::Relaxed) }
}

fn join(room: &mut Room, connection: u64, after: u64) -> Effects {
    let user = User::new(person(connection), format!("nick-{connection}"));
    let cursor = Cursor { epoch: Some(epoch(1)), after: Some(after), limit: None };
    room.join(join_id(connection), (), user, cursor, "join")
}

fn leave(room: &mut Room, connection: u64) {
    let join = room.roster().get(connection).expect("a member").join;
    room.leave(JoinId { connection, join }, None);
}

fn shown(effects: &[Effect<&str, Plain>]) -> Vec<u64> {
    let entries = effects.iter().filter_map(|effect| match effect {
        Effect::Show(entries) => Some(entries),
        _ => None,
    });
    entries.flatten().map(|entry| entry.seq()).collect()
}

fn fill(effects: &[Effect<&str, Plain>]) -> Option<Range> {
    effects.iter().find_map(|effect| match effect {
        Effect::Read(Read::Gap, range) => Some(*range),
        _ => None,
    })
}

fn filled(room: &mut Room, log: &Log, range: Range) -> Effects {
    room.page_read(Read::Gap, Ok(Arc::new(log.page(range))), 0)
}

fn failed(room: &mut Room, now_ms: u64) -> Effects {
    room.committed(Err(LogError::Unavailable("the disk is full".into())), now_ms)
}

#[test]
fn only_a_large_batch_begins_before_the_last_one_is_shown() {
    let (mut room, mut log) = room(0);
    let batch = begin(&mut room, 0..1);
    room.committed(Ok(log.append(&batch)), 0);
    assert!(!room.has_large_batch(), "nothing has gathered");
    for number in 1..=32 {
        assert!(!room.has_large_batch(), "{number} keep gathering");
        room.send(Waiting {
            append: said(1, number, "hello"),
            refusal: None,
            flag: None,
            ticket: "send",
        });
    }
    assert!(room.has_large_batch());
    assert_eq!(room.begin_commit().expect("a batch").len(), 32);
    assert!(!room.has_large_batch(), "it is on its way");
}

#[test]
fn what_came_early_is_kept_until_the_hole_is_filled() {
    let (mut room, mut log) = room(0);
    log.append(&[said(2, 1, "elsewhere"), said(2, 2, "elsewhere")]);
    let batch = begin(&mut room, 10..15);
    let effects = room.committed(Ok(log.append(&batch)), 0);
    assert_eq!(shown(&effects), [0; 0]);
    let range = fill(&effects).expect("the hole is read");
    let effects = filled(&mut room, &log, range);
    assert_eq!(shown(&effects), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(fill(&effects), None, "nothing is read twice");
}

#[test]
fn what_comes_early_is_bounded_while_the_log_gives_no_page() {
    let (mut room, mut log) = room(0);
    log.append(&[said(2, 1, "elsewhere")]);
    let mut hole = None;
    for round in 0..5 {
        let batch = begin(&mut room, round * 500..(round + 1) * 500);
        let effects = room.committed(Ok(log.append(&batch)), 0);
        hole = hole.or(fill(&effects));
    }
    assert_eq!(room.beyond_gap.len(), 1_024);
    let mut seen = Vec::new();
    while let Some(range) = hole {
        let effects = filled(&mut room, &log, range);
        seen.extend(shown(&effects));
        hole = fill(&effects);
    }
    assert_eq!(seen, (1..=2_501).collect::<Vec<_>>());
}

#[test]
fn a_log_that_lacks_what_it_should_have_is_not_asked_without_end() {
    let (mut room, _) = room(0);
    begin(&mut room, 0..1);
    let effects =
        room.committed(Ok(vec![Appended::Committed { seq: 2, at: 0, is_hidden: false }]), 0);
    let mut range = fill(&effects);
    let mut reads = 0;
    while range.is_some() && reads < 10 {
        reads += 1;
        let page = LogPage { first: 1, head: 2, entries: Vec::new() };
        range = fill(&room.page_read(Read::Gap, Ok(Arc::new(page)), 0));
    }
    assert_eq!((reads, room.next_tick()), (1, Some(1_000)), "it is asked later");
    assert!(fill(&room.tick(1_000)).is_some());
}

#[test]
fn a_page_from_before_the_failure_does_not_end_the_doubt() {
    let (mut room, mut log) = room(0);
    begin(&mut room, 0..1);
    failed(&mut room, 0);
    let range = fill(&room.tick(1_000)).expect("the log is asked");
    let before = log.page(range);
    let batch = begin(&mut room, 1..2);
    log.append(&batch);
    failed(&mut room, 1_000);
    room.page_read(Read::Gap, Ok(Arc::new(before)), 1_000);
    let due = room.next_tick().expect("still in doubt");
    let range = fill(&room.tick(due)).expect("the log is asked again");
    assert_eq!(shown(&filled(&mut room, &log, range)), [1]);
}

#[test]
fn doubt_is_asked_about_less_and_less_often_until_a_commit_ends_it() {
    let (mut room, mut log) = room(0);
    begin(&mut room, 0..1);
    failed(&mut room, 0);
    let mut waits = Vec::new();
    let mut now = 0;
    for _ in 0..9 {
        let due = room.next_tick().expect("in doubt");
        waits.push(due - now);
        now = due;
        let range = fill(&room.tick(now)).expect("the log is asked");
        filled(&mut room, &log, range);
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60].map(|seconds| seconds * 1_000));
    let batch = begin(&mut room, 1..2);
    assert_eq!(shown(&room.committed(Ok(log.append(&batch)), now)), [1]);
    assert_eq!(room.next_tick(), None);
}

#[test]
fn a_retry_tells_of_a_message_that_was_kept_although_its_batch_failed() {
    let (mut room, mut log) = room(0);
    let batch = begin(&mut room, 0..1);
    log.append(&batch);
    failed(&mut room, 0);
    let retry = begin(&mut room, 0..1);
    let effects = room.committed(Ok(log.append(&retry)), 10);
    assert!(matches!(&effects[0], Effect::Answer(_, Answer::Sent(sent)) if sent.dup));
    let range = fill(&effects).expect("the message is read at once");
    assert_eq!(shown(&filled(&mut room, &log, range)), [1]);
}

#[test]
fn a_page_read_for_an_earlier_visit_is_void_in_the_next() {
    let (mut room, log) = room(20);
    let Some(Effect::Read(old, range)) = join(&mut room, 1, 0).pop() else { panic!("a read") };
    leave(&mut room, 1);
    let answered = join(&mut room, 1, 20);
    assert!(matches!(&answered[..], [Effect::Answer(_, Answer::Page(page))] if !page.more));
    let effects = room.page_read(old, Ok(Arc::new(log.page(range))), 0);
    assert!(matches!(&effects[..], [Effect::Answer(_, Answer::Refused(_))]), "{effects:?}");
    assert!(room.roster().get(1).is_some_and(|member| member.is_live), "the later join counts");
}

#[test]
fn a_join_from_before_a_damaged_page_gets_the_newest_messages() {
    let (mut room, mut log) = room(20);
    let damaged = LogError::Damaged("a page".into());
    let Some(Effect::Read(read, _)) = join(&mut room, 1, 3).pop() else { panic!("a read") };
    let effects = room.page_read(read, Err(damaged.clone()), 0);
    let [Effect::Answer("join", Answer::Page(page))] = &effects[..] else { panic!("{effects:?}") };
    assert!(page.limited && !page.more && !page.reset);
    assert_eq!(page.events.iter().map(|entry| entry.seq()).collect::<Vec<_>>(), [19, 20]);
    assert!(room.roster().get(1).is_some_and(|member| member.is_live), "and goes on from there");

    let Some(Effect::Read(read, _)) = room.history(Asked::After(3), None, "history").pop() else {
        panic!("a read")
    };
    let effects = room.page_read(read, Err(damaged.clone()), 0);
    let [Effect::Answer("history", Answer::Refused(refusal))] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!((refusal.code, refusal.retry_ms), (ErrorCode::Internal, None));
    assert!(refusal.message.contains(name().as_str()), "{}", refusal.message);

    // A send that meets damage is answered, and the other members are not affected.
    begin(&mut room, 0..1);
    let effects = room.committed(Err(damaged), 0);
    let refused = |effect: &Effect<_, _>| matches!(effect, Effect::Answer(_, Answer::Refused(it)) if it.code == ErrorCode::Internal);
    assert!(effects.iter().any(refused), "{effects:?}");
    let batch = begin(&mut room, 1..2);
    assert_eq!(shown(&room.committed(Ok(log.append(&batch)), 0)), [21]);
}

#[test]
fn what_is_flagged_is_reported_behind_its_answer_when_it_is_committed_and_not_again() {
    let (mut room, mut log) = room(0);
    let flag = |room: &mut Room, admit| {
        let append = Append { admit, ..said(1, 7, "spam") };
        let flag = Some("filter 1".into());
        room.send(Waiting { append, refusal: None, flag, ticket: "send" });
        room.begin_commit().expect("a batch")
    };
    let flags = |effects: &Effects| {
        let flagged = |effect: &Effect<_, _>| match effect {
            Effect::Flag(entry, reason) => Some((entry.seq, reason.to_string())),
            _ => None,
        };
        effects.iter().filter_map(flagged).collect::<Vec<_>>()
    };
    let refused = flag(&mut room, false);
    assert_eq!(flags(&room.committed(Ok(log.append(&refused)), 0)), []);
    let batch = flag(&mut room, true);
    let effects = room.committed(Ok(log.append(&batch)), 0);
    assert_eq!(flags(&effects), [(1, "filter 1".to_owned())]);
    assert!(matches!(effects[0], Effect::Answer(..)), "{effects:?}");
    let again = flag(&mut room, true);
    assert_eq!(flags(&room.committed(Ok(log.append(&again)), 0)), [], "a retry");
}

#[test]
fn a_batch_gathers_while_another_is_committed_and_has_a_limit() {
    let (mut room, _) = room(0);
    begin(&mut room, 0..1);
    let send = |room: &mut Room, number, text: &str| {
        room.send(Waiting {
            append: said(1, number, text),
            refusal: None,
            flag: None,
            ticket: "send",
        })
    };
    let is_busy = |effect: Option<Effect<_, Plain>>| matches!(effect, Some(Effect::Answer(_, Answer::Refused(it))) if it.code == ErrorCode::Busy);
    assert!((1..=1_024).all(|number| send(&mut room, number, "x").is_none()));
    assert!(is_busy(send(&mut room, 1_025, "x")), "1,024 sends");
    assert!(room.begin_commit().is_none(), "one batch at a time");
    failed(&mut room, 0);
    assert_eq!(room.begin_commit().map(|batch| batch.len()), Some(1_024));
    assert!(send(&mut room, 2_000, &"x".repeat(1024 * 1024)).is_none());
    assert!(is_busy(send(&mut room, 2_001, "x")), "a megabyte");
}

fn nicks(numbers: [u64; 4]) -> [String; 4] {
    numbers.map(|number| format!("nick-{number}"))
}

#[test]
fn typing_tells_five_names_and_nobody_who_has_spoken() {
    let (mut room, _) = room(0);
    for connection in 1..=7 {
        join(&mut room, connection, 0);
        room.typing(connection, false);
        room.typing(connection, false);
    }
    room.send(Waiting { append: said(2, 0, "done"), refusal: None, flag: None, ticket: "send" });
    let effects = room.tick(5_000);
    let Effect::Ephemeral(Ephemeral::Typing(typing, _)) = &effects[0] else {
        panic!("{effects:?}")
    };
    assert_eq!((typing.room, &typing.who[..]), (room_id(), &nicks([1, 3, 4, 5])[..]));
}

#[test]
fn nobody_is_told_of_typing_in_a_crowd() {
    let (mut room, _) = room(0);
    for connection in 1..=11 {
        join(&mut room, connection, 0);
    }
    room.tick(5_000);
    room.typing(1, false);
    assert_eq!(room.next_tick(), None);
}

#[test]
fn the_largest_cursors_are_no_mistake() {
    let (mut room, _) = room(20);
    for asked in [Asked::Before(u64::MAX), Asked::After(u64::MAX), Asked::Around(u64::MAX)] {
        let effects = room.history(asked, Some(u64::MAX), "history");
        assert!(matches!(&effects[..], [Effect::Answer(_, Answer::Page(_))]), "{asked:?}");
    }
    let effects = join(&mut room, 1, u64::MAX);
    assert!(matches!(&effects[..], [Effect::Answer(_, Answer::Page(page))] if page.reset));
}

#[test]
fn a_room_is_idle_only_when_nothing_is_under_way() {
    let (mut room, mut log) = room(0);
    assert!(room.is_idle());
    join(&mut room, 1, 0);
    assert!(!room.is_idle(), "somebody is there");
    leave(&mut room, 1);
    let batch = begin(&mut room, 0..1);
    assert!(!room.is_idle(), "a batch is being committed");
    log.append(&[said(2, 1, "elsewhere")]);
    let effects = room.committed(Ok(log.append(&batch)), 0);
    assert!(!room.is_idle(), "a hole is being read");
    filled(&mut room, &log, fill(&effects).expect("a hole"));
    assert!(room.is_idle());
}
