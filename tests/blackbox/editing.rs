//! An edit outlives a crash, is in the order of its room, and leaves nothing of the text of before.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use support::client::{Client, join, page_of, send};
use support::fresh_cid;
use support::server::Server;
use throng_protocol::{Command, Edit, Event, History, LogEntry, Page, Sent};

use super::deleting::is_found;

const SECRET: &str = "the-text-that-nobody-may-find";

fn edit(cid: &str, seq: u64, text: &str) -> Command {
    Command::Edit(Edit { room: "lobby".into(), seq, cid: cid.into(), text: text.into() })
}

fn lobby() -> Command {
    Command::History(History { after: Some(0), ..page_of("lobby") })
}

#[test]
fn an_acknowledged_edit_outlives_a_crash_and_so_does_the_answer_to_a_retry() {
    let mut server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let (said, first, second) = (fresh_cid(), fresh_cid(), fresh_cid());
    let sent: Sent = ana.get(send("lobby", &said, SECRET));
    let edited: Sent = ana.get(edit(&first, sent.seq, "never mind"));
    let token = ana.token().to_owned();
    server.kill9();
    assert!(is_found(&server.data_dir(), SECRET), "it is in the write-ahead log still");
    server.restart();
    assert!(!is_found(&server.data_dir(), SECRET), "the start has emptied the write-ahead log");

    let mut ana = server.known(&token);
    ana.ask(join("lobby")).expect("a room that is there");
    assert_eq!(ana.get::<Sent>(edit(&first, sent.seq, "never mind")), Sent { dup: true, ..edited });
    assert_eq!(ana.get::<Sent>(send("lobby", &said, SECRET)), Sent { dup: true, ..sent });
    let again: Sent = ana.get(edit(&second, sent.seq, "tea"));
    let page: Page<LogEntry> = ana.get(lobby());
    let [LogEntry::Message(message), LogEntry::Edited(first), LogEntry::Edited(last)] =
        &page.events[..]
    else {
        panic!("{page:?}")
    };
    assert_eq!((&*message.text, message.edited), ("tea", Some(again.seq)));
    assert_eq!((first.seq, &*first.text, &*last.text), (edited.seq, "", "tea"));
}

#[test]
fn the_text_of_before_is_in_no_file_within_a_minute() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let sent = ana.send("lobby", SECRET);
    assert!(is_found(&server.data_dir(), SECRET), "a test that finds nothing proves nothing");
    let _: Sent = ana.get(edit(&fresh_cid(), sent.seq, "never mind"));
    let until = Instant::now() + Duration::from_secs(60);
    while is_found(&server.data_dir(), SECRET) {
        assert!(Instant::now() < until, "the text is still there");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// A client that gets an edit before it has the message reads it later in a page, which must not be from before that edit.
#[test]
fn no_page_is_older_than_the_edits_that_came_before_it() {
    const MESSAGES: usize = 40;
    const EDITS: usize = 400;
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    for number in 0..MESSAGES {
        ana.send("lobby", &format!("{number}: first"));
    }
    let mut reader = server.guest("bo");
    reader.join("lobby");
    // By the message: the last edit of which an event came, and its text.
    let mut told: BTreeMap<u64, (u64, String)> = BTreeMap::new();
    let (mut came, mut pages) = (0, 0);
    for number in 0..EDITS {
        let seq = (number * 7 % MESSAGES) as u64 + 1;
        ana.wire.post(edit(&fresh_cid(), seq, &format!("{seq}: {number}")));
        if number % 8 == 0 {
            came += check_page(&mut reader, &mut told);
            pages += 1;
        }
    }
    while came < EDITS {
        came += check_page(&mut reader, &mut told);
        pages += 1;
    }
    assert!(pages >= EDITS / 8 && told.len() == MESSAGES, "{pages} pages");
}

/// Reads a page, and returns how many edits came before it.
fn check_page(reader: &mut Client, told: &mut BTreeMap<u64, (u64, String)>) -> usize {
    let page: Page<LogEntry> = reader.get(lobby());
    let mut came = 0;
    for event in reader.take_pushes() {
        if let Event::Edited(edited) = event {
            told.insert(edited.message, (edited.seq, edited.text));
            came += 1;
        }
    }
    for entry in page.events {
        let LogEntry::Message(message) = entry else { continue };
        let Some((by, text)) = told.get(&message.seq) else { continue };
        let has = message.edited.unwrap_or(0);
        assert!(
            has > *by || (has == *by && message.text == *text),
            "{message:?}: {by} came before"
        );
    }
    came
}
