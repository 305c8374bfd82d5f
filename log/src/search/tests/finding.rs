//! What narrows a search, and its pages.

use super::{Searched, query};
use crate::log::{Append, Log, Range};
use crate::search::{Hits, Query};
use crate::sqlite::tests::{append, named, person, said};

fn seqs(hits: &Hits) -> Vec<u64> {
    hits.places.iter().map(|(_, seq)| *seq).collect()
}

#[test]
fn only_rooms_that_the_asker_may_see_are_searched() {
    let searched = Searched::new();
    append(&searched.log, "lobby", vec![said(1, "secret plans")]);
    append(&searched.log, "attic", vec![said(2, "secret plans")]);
    let (lobby, attic) = (named(&searched.log, "lobby").id, named(&searched.log, "attic").id);
    let hits = searched.find_in(query("secret"), move |room| room == lobby);
    assert_eq!(hits, Hits { places: vec![(lobby, 1)], ..Hits::default() });
    let hits = searched.find_in(query("secret"), |_| false);
    assert_eq!(hits, Hits::default(), "as if there were nothing");
    let in_attic = Query { room: Some(attic), ..query("secret") };
    assert_eq!(searched.find(in_attic.clone()).places, [(attic, 1)]);
    assert_eq!(searched.find_in(in_attic, move |room| room == lobby), Hits::default());
}

#[test]
fn a_search_is_narrowed_to_people_times_and_links() {
    let searched = Searched::new();
    let by = |sender, number, text| Append { sender: person(sender), ..said(number, text) };
    append(
        &searched.log,
        "lobby",
        vec![
            by(1, 1, "tea at http://example.org"),
            by(2, 2, "tea https://"),
            by(2, 3, "tea see https://example.org/x"),
            by(3, 4, "coffee"),
        ],
    );
    let tea = || query("tea");
    let from = |people: &[u64]| Some(people.iter().map(|it| person(*it)).collect());
    assert_eq!(seqs(&searched.find(Query { senders: from(&[2]), ..tea() })), [3, 2]);
    assert_eq!(seqs(&searched.find(Query { senders: from(&[1, 3]), ..tea() })), [1]);
    assert_eq!(seqs(&searched.find(Query { senders: from(&[9]), ..tea() })), [0; 0]);
    assert_eq!(seqs(&searched.find(Query { senders: from(&[]), ..tea() })), [0; 0]);
    assert_eq!(seqs(&searched.find(Query { has_link: true, ..tea() })), [3, 1]);
    let alone = Query { senders: from(&[3]), ..Query::default() };
    assert_eq!(seqs(&searched.find(alone)), [4], "without any word");
}

#[test]
fn times_are_exact() {
    let searched = Searched::new();
    let mut times = Vec::new();
    for number in 1..=30 {
        append(
            &searched.log,
            if number % 2 == 0 { "lobby" } else { "attic" },
            vec![said(number, "tick")],
        );
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    for room in ["lobby", "attic"] {
        let room = named(&searched.log, room).id;
        let range = Range::After { seq: 0, limit: 100 };
        let page = futures::executor::block_on(searched.log.page(room, range)).expect("readable");
        times.extend(page.entries.iter().map(|entry| entry.at));
    }
    times.sort_unstable();
    for (from, to) in [(0, 30), (3, 20), (10, 11), (12, 12)] {
        let (since, until) = (times[from], times.get(to).copied());
        let hits = searched.find(Query { since: Some(since), until, ..query("tick") });
        let expected = times
            .iter()
            .filter(|at| **at >= since && until.is_none_or(|until| **at < until))
            .count();
        assert_eq!((hits.places.len(), hits.is_more), (expected.min(20), expected > 20));
    }
}

#[test]
fn pages_follow_each_other_without_a_hole_or_a_repetition() {
    let searched = Searched::new();
    let rooms = ["attic", "cellar", "lobby"];
    let mut random = fastrand::Rng::with_seed(7);
    for number in 0..300 {
        let word = if number % 4 == 0 { "rare" } else { "other" };
        append(&searched.log, rooms[random.usize(..3)], vec![said(number, word)]);
    }
    let (mut all, mut below, mut pages) = (Vec::new(), None, 0);
    loop {
        let hits = searched.find(Query { below, ..query("rare") });
        pages += 1;
        below = hits.places.last().copied();
        all.extend(hits.places);
        if !hits.is_more {
            break;
        }
    }
    assert_eq!((all.len(), pages), (75, 4));
    for room in rooms.map(|room| named(&searched.log, room).id) {
        let seqs: Vec<u64> =
            all.iter().filter(|place| place.0 == room).map(|(_, seq)| *seq).collect();
        assert!(seqs.is_sorted_by(|a, b| a > b), "{seqs:?}");
    }
    let (room, seq) = all[30];
    append(
        &searched.log,
        &named_of(&searched, room),
        vec![crate::sqlite::tests::deletions::delete(900, &[seq])],
    );
    let after = searched.find(Query { below: Some((room, seq)), ..query("rare") });
    assert!(after.places.contains(&all[31]), "none is missed when the last hit was deleted");
}

fn named_of(searched: &Searched, room: throng_protocol::RoomId) -> String {
    let rooms = futures::executor::block_on(searched.log.rooms()).expect("readable");
    rooms.into_iter().find(|it| it.id == room).expect("the room").name.to_string()
}
