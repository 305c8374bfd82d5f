//! Pages of a room's log: before, after, latest, around; always in order, always bounded.

use support::client::{Client, page_of, send};
use support::fresh_cid;
use throng_protocol::{Command, ErrorCode, History, Page};

use super::Server;

const SAID: u64 = 60;

#[test]
fn the_latest_page_ends_at_the_head() {
    let (_server, mut ana) = a_room_of_60();
    let page = ana.history(History { limit: Some(10), ..page_of("lobby") });
    assert_eq!(seqs(&page), (51..=60).collect::<Vec<_>>());
    assert!(page.more, "there is more before it");
    assert_eq!((page.first, page.head), (1, SAID));
    assert!(page.members.is_none() && !page.limited && !page.reset);
}

#[test]
fn before_gives_the_page_that_ends_right_before_it() {
    let (_server, mut ana) = a_room_of_60();
    let mut before = |seq, limit| {
        ana.history(History { before: Some(seq), limit: Some(limit), ..page_of("lobby") })
    };
    assert_eq!(seqs(&before(31, 10)), (21..=30).collect::<Vec<_>>());
    let page = before(6, 10);
    assert_eq!(seqs(&page), (1..=5).collect::<Vec<_>>());
    assert!(!page.more, "nothing comes before the first");
    assert!(before(1, 10).events.is_empty() && before(0, 10).events.is_empty());
    assert_eq!(seqs(&before(1_000, 2)), [59, 60], "a seq above the head is no error");
}

#[test]
fn after_gives_the_page_that_begins_right_after_it() {
    let (_server, mut ana) = a_room_of_60();
    let mut after = |seq, limit| {
        ana.history(History { after: Some(seq), limit: Some(limit), ..page_of("lobby") })
    };
    assert_eq!(seqs(&after(30, 10)), (31..=40).collect::<Vec<_>>());
    assert!(after(0, 10).more);
    let page = after(55, 10);
    assert_eq!(seqs(&page), (56..=60).collect::<Vec<_>>());
    assert!(!page.more, "nothing comes after the head");
    assert!(after(60, 10).events.is_empty() && after(1_000, 10).events.is_empty());
}

#[test]
fn around_gives_the_page_with_the_seq_in_its_middle() {
    let (_server, mut ana) = a_room_of_60();
    let mut around = |seq, limit| {
        let page =
            ana.history(History { around: Some(seq), limit: Some(limit), ..page_of("lobby") });
        let seqs = seqs(&page);
        assert!(seqs.len() as u64 <= limit && is_dense(&seqs), "{seqs:?}");
        seqs
    };
    let middle = around(30, 11);
    assert_eq!(middle.len(), 11);
    assert!(middle.contains(&30) && middle[0] >= 24 && middle[10] <= 36, "{middle:?}");
    assert!(around(1, 10).contains(&1));
    assert!(around(60, 10).contains(&60));
    assert_eq!(around(17, 1), [17]);
    let page = ana.history(History { limit: Some(0), ..page_of("lobby") });
    assert_eq!(seqs(&page), [60], "a limit of 0 counts as 1");
}

#[test]
fn a_page_is_no_longer_than_the_server_allows() {
    let (_server, mut ana) = a_room_of_60();
    let max = ana.greeting.limits.page_events;
    for limit in [None, Some(max), Some(max + 1), Some(throng_protocol::INTEGER_MAX)] {
        let page = ana.history(History { after: Some(0), limit, ..page_of("lobby") });
        assert!(!page.events.is_empty() && page.events.len() as u64 <= max);
        assert!(page.more);
    }
    assert_eq!(max, 20, "hello has the configured limit");
}

#[test]
fn reading_back_page_by_page_finds_every_message_once() {
    let (_server, mut ana) = a_room_of_60();
    let mut found = Vec::new();
    let mut before = None;
    loop {
        let page = ana.history(History { before, limit: Some(7), ..page_of("lobby") });
        let mut seqs = seqs(&page);
        seqs.extend(found);
        found = seqs;
        before = found.first().copied();
        if !page.more {
            break;
        }
    }
    assert_eq!(found, (1..=SAID).collect::<Vec<_>>());
}

#[test]
fn two_places_at_once_are_a_bad_command() {
    let (_server, mut ana) = a_room_of_60();
    let both = History { before: Some(5), after: Some(2), ..page_of("lobby") };
    ana.fail(Command::History(both), ErrorCode::BadCommand);
    let both = History { around: Some(5), before: Some(9), ..page_of("lobby") };
    ana.fail(Command::History(both), ErrorCode::BadCommand);
    ana.barrier();
}

#[test]
fn a_page_of_long_texts_is_bounded_in_bytes_and_says_that_there_is_more() {
    let server = Server::with(["--page-events-max", "500"]).start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let longest = usize::try_from(ana.greeting.limits.text_bytes).expect("a length");
    let text = "x".repeat(longest);
    let ids: Vec<u64> =
        (0..300).map(|_| ana.wire.post(send("lobby", &fresh_cid(), &text))).collect();
    for id in ids {
        ana.answer(id).expect("a send succeeds");
    }
    ana.take_pushes();
    let (mut after, mut pages) = (0, 0);
    loop {
        let page = ana.history(History { after: Some(after), ..page_of("lobby") });
        let bytes: usize = page.events.iter().map(|message| message.text.len()).sum();
        assert!(bytes <= 1024 * 1024, "one page has {bytes} bytes of text");
        assert_eq!(seqs(&page)[0], after + 1, "no hole between pages");
        after = *seqs(&page).last().expect("a page is never empty because of its bytes");
        pages += 1;
        if !page.more {
            break;
        }
    }
    assert_eq!(after, 300);
    assert!(longest * 300 < 1024 * 1024 || pages > 1);
}

fn a_room_of_60() -> (Server, Client) {
    let server = Server::with(["--page-events-max", "20"]).start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    for n in 1..=SAID {
        ana.send("lobby", &format!("thing {n}"));
    }
    ana.take_pushes();
    (server, ana)
}

fn seqs(page: &Page) -> Vec<u64> {
    let seqs: Vec<u64> = page.events.iter().map(|message| message.seq).collect();
    assert!(is_dense(&seqs), "a page has no hole: {seqs:?}");
    seqs
}

fn is_dense(seqs: &[u64]) -> bool {
    seqs.windows(2).all(|two| two[1] == two[0] + 1)
}
