//! One story per broken promise.

use std::time::Duration;

use super::{EntryDigest, Kind, Oracle, Seats};
use crate::sends::Sends;

/// An oracle over `clients` in `rooms` rooms, one each, all joined at 0.
fn oracle(clients: u32, rooms: u32) -> Oracle {
    let seats = Seats::new(clients, rooms, 1, "r");
    let mut oracle = Oracle::new(seats, Sends::new(64, 0), false);
    (0..clients).for_each(|seat| oracle.joined(seat, 0));
    oracle
}

/// The content of a send.
fn seen(oracle: &Oracle, number: u64) -> EntryDigest {
    let digest = oracle.send(number).expect("a send").digest;
    EntryDigest { number: Some(number), digest, due: None, later: false }
}

/// Three members of one room, and five sends, 0 to 4. They are acknowledged as 1 to 5, and members 0 and 1
/// have received them correctly.
fn told_to_two() -> Oracle {
    let mut oracle = oracle(3, 1);
    for seq in 1..=5 {
        let number = oracle.sent(0, Duration::ZERO);
        oracle.acknowledged(0, number, seq);
        let seen = seen(&oracle, number);
        oracle.delivered(0, seq, &seen, None);
        oracle.delivered(1, seq, &seen, None);
    }
    oracle
}

/// The violations found when member 2 receives these seqs, each with its right content.
fn judged(seqs: &[u64]) -> Vec<(Kind, Option<u64>)> {
    let mut oracle = told_to_two();
    for seq in seqs {
        let seen = seen(&oracle, seq - 1);
        oracle.delivered(2, *seq, &seen, None);
    }
    found(&oracle)
}

fn found(oracle: &Oracle) -> Vec<(Kind, Option<u64>)> {
    oracle.verdict(|_| true).examples.iter().map(|example| (example.kind, example.seq)).collect()
}

#[test]
fn a_good_run_holds() {
    assert_eq!(judged(&[1, 2, 3, 4, 5]), []);
    let verdict = told_to_two().verdict(|_| true);
    assert_eq!((verdict.acknowledged, verdict.deliveries), (5, 10));
}

#[test]
fn a_dropped_message_is_caught_at_the_next_one() {
    assert_eq!(judged(&[1, 2, 4, 5]), [(Kind::Skipped, Some(3))]);
}

#[test]
fn a_forgotten_end_is_caught_when_the_run_ends() {
    assert_eq!(told_to_two().waiting(), 1);
    assert_eq!(judged(&[1, 2, 3, 4]), [(Kind::Lost, Some(5))]);
}

#[test]
fn who_could_not_be_asked_last_is_not_said_to_lack_anything() {
    let oracle = told_to_two();
    assert_eq!(oracle.verdict(|_| true).broken, 1, "seat 2 has nothing");
    assert_eq!(oracle.verdict(|seat| seat != 2).broken, 0);
}

#[test]
fn what_has_not_come_is_owed_to_those_who_lack_it() {
    let mut oracle = told_to_two();
    let unanswered = oracle.sent(0, Duration::from_secs(9));
    assert_eq!(unanswered, 5);
    let mut owed = Vec::new();
    oracle.owed(|due, seat| owed.push((due.as_secs(), seat)));
    owed.sort_unstable();
    let expected: Vec<(u64, u32)> =
        [2; 5].map(|seat| (0, seat)).into_iter().chain((0..3).map(|seat| (9, seat))).collect();
    assert_eq!(owed, expected, "five to seat 2, and the last to all");
}

#[test]
fn a_repeated_message_is_caught() {
    assert_eq!(judged(&[1, 2, 3, 3, 4, 5]), [(Kind::Repeated, Some(4))]);
}

#[test]
fn swapped_messages_are_caught() {
    assert_eq!(judged(&[1, 3, 2, 4, 5]), [(Kind::Skipped, Some(2)), (Kind::Repeated, Some(4))]);
}

#[test]
fn two_members_who_see_different_content_are_caught() {
    let mut oracle = told_to_two();
    let other = seen(&oracle, 1);
    oracle.delivered(2, 1, &other, None);
    assert_eq!(found(&oracle)[0], (Kind::Differs, Some(1)));
}

#[test]
fn evidence_names_room_client_seq_and_both_contents() {
    let mut oracle = told_to_two();
    let other = seen(&oracle, 1);
    oracle.delivered(2, 1, &other, None);
    let violation = oracle.verdict(|_| true).examples[0].clone();
    let [first, second] = [0, 1].map(|number| oracle.content(number));
    assert!(violation.expected.contains(&first.0), "{violation}");
    assert!(violation.got.contains(&second.0), "{violation}");
    assert!(violation.got.contains(&second.1[..12]), "{violation}");
    assert!(violation.words.contains("room r-0 at 1 expected"), "{violation}");
    let json = serde_json::to_value(&violation).expect("an object");
    assert_eq!(json["kind"], "differs");
    assert_eq!(json["room"], "r-0");
    assert_eq!(serde_json::from_value::<super::Violation>(json).expect("read"), violation);
    let lost = oracle.verdict(|_| true).examples[1].clone();
    assert_eq!((lost.kind, lost.client), (Kind::Lost, Some(2)));
    assert!(lost.words.contains("client 2 in room r-0"), "{lost}");
}

#[test]
fn an_acknowledged_message_that_nobody_sees_is_lost_for_all() {
    let mut oracle = oracle(3, 1);
    let number = oracle.sent(0, Duration::ZERO);
    oracle.acknowledged(0, number, 1);
    assert_eq!(oracle.waiting(), 3);
    assert_eq!(oracle.verdict(|_| true).broken, 3);
}

#[test]
fn an_acknowledgement_that_contradicts_the_room_is_caught() {
    let mut oracle = oracle(1, 1);
    let [shown, acknowledged] = [0, 1].map(|_| oracle.sent(0, Duration::ZERO));
    let content = seen(&oracle, shown);
    oracle.delivered(0, 1, &content, None);
    oracle.acknowledged(0, acknowledged, 1);
    assert_eq!(found(&oracle), [(Kind::Differs, Some(1))]);
    oracle.acknowledged(0, shown, 2);
    assert_eq!(found(&oracle)[1], (Kind::Twice, Some(2)), "the message was seen at 1");
}

#[test]
fn a_retry_that_was_committed_twice_is_caught() {
    let mut oracle = oracle(1, 1);
    let number = oracle.sent(0, Duration::ZERO);
    let seen = seen(&oracle, number);
    oracle.delivered(0, 1, &seen, None);
    oracle.delivered(0, 2, &seen, None);
    assert_eq!(found(&oracle), [(Kind::Twice, Some(2))]);
}

#[test]
fn a_message_that_nobody_sent_or_sent_elsewhere_is_caught() {
    let mut oracle = oracle(2, 2);
    let number = oracle.sent(1, Duration::ZERO);
    let strayed = seen(&oracle, number);
    oracle.delivered(0, 1, &strayed, None);
    oracle.delivered(1, 1, &EntryDigest { number: None, digest: 8, due: None, later: false }, None);
    oracle.delivered(
        1,
        2,
        &EntryDigest { number: Some(7), digest: 9, due: None, later: false },
        None,
    );
    oracle.delivered(
        1,
        3,
        &EntryDigest { number: Some(number), digest: 10, due: None, later: false },
        None,
    );
    let expected = [
        (Kind::Strayed, Some(1)),
        (Kind::Invented, Some(1)),
        (Kind::Invented, Some(2)),
        (Kind::Differs, Some(3)),
    ];
    assert_eq!(found(&oracle), expected);
}

#[test]
fn a_member_who_joins_late_is_judged_from_its_join_on() {
    let mut oracle = Oracle::new(Seats::new(2, 1, 1, "r"), Sends::new(64, 0), false);
    oracle.joined(0, 40);
    let [first, second] = [0, 1].map(|_| oracle.sent(0, Duration::ZERO));
    let (first, second) = (seen(&oracle, first), seen(&oracle, second));
    oracle.delivered(0, 41, &first, None);
    oracle.joined(1, 41);
    oracle.delivered(0, 42, &second, None);
    oracle.delivered(1, 42, &second, None);
    assert_eq!(oracle.verdict(|_| true).broken, 0);
}

#[test]
fn coming_back_does_not_move_the_cursor() {
    let mut oracle = told_to_two();
    oracle.joined(2, 5);
    assert_eq!(oracle.cursor(2), Some(0), "the hole would be forgotten");
}

/// Reads back messages `seqs`, each with the content of the send before it.
fn read_back(oracle: &mut Oracle, seqs: impl IntoIterator<Item = u64>) {
    for seq in seqs {
        let seen = seen(oracle, seq - 1);
        oracle.logged(0, seq, &seen, None);
    }
}

#[test]
fn what_the_log_confirms_is_verified_and_what_all_passed_is_forgotten() {
    let mut oracle = told_to_two();
    let late = oracle.sent(0, Duration::ZERO);
    let content = seen(&oracle, late);
    oracle.delivered(0, 6, &content, None);
    assert_eq!(oracle.unread(0), Some((0, 6)));
    read_back(&mut oracle, 1..=6);
    assert_eq!((oracle.unread(0), oracle.verdict(|_| true).verified), (None, 5));
    oracle.acknowledged(0, late, 6);
    assert_eq!(oracle.verdict(|_| true).verified, 6, "its ok came after the log was read");
    oracle.free(true);
    assert_eq!(oracle.remembered(), (6, 6), "member 2 has seen nothing yet");
    for seq in 1..=6 {
        let seen = seen(&oracle, seq - 1);
        oracle.delivered(2, seq, &seen, None);
    }
    oracle.delivered(1, 6, &content, None);
    oracle.free(true);
    assert_eq!(oracle.remembered(), (0, 0));
    assert_eq!(found(&oracle), []);
    oracle.delivered(0, 7, &content, None);
    assert_eq!(found(&oracle)[0], (Kind::Twice, Some(7)), "forgotten, but known as old");
}

#[test]
fn a_log_that_lacks_or_changes_a_message_is_caught() {
    let mut oracle = told_to_two();
    read_back(&mut oracle, [1, 2, 4]);
    oracle.log_ends(0, 4, 5);
    let other = EntryDigest { number: Some(2), digest: 77, due: None, later: false };
    oracle.logged(0, 6, &other, None);
    let kinds: Vec<Kind> = found(&oracle).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds[..3], [Kind::Unlogged, Kind::Unlogged, Kind::Differs]);
    assert_eq!(oracle.verdict(|_| true).verified, 3);
}

#[test]
fn without_a_log_what_all_passed_is_forgotten() {
    let mut oracle = told_to_two();
    for seq in 1..=3 {
        let seen = seen(&oracle, seq - 1);
        oracle.delivered(2, seq, &seen, None);
    }
    oracle.free(false);
    assert_eq!(oracle.remembered(), (2, 2));
}
