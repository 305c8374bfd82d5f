//! A deleted text is gone from the server's files, whatever happens to the server.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use support::client::{page_of, send};
use support::fresh_cid;
use support::server::Server;
use throng_protocol::{Command, Delete, History, LogEntry, Page, Sent};

const SECRET: &str = "the-text-that-nobody-may-find";

/// A deletion is done within a minute.
const WITHIN: Duration = Duration::from_secs(60);

fn delete(seq: u64) -> Command {
    Command::Delete(Delete { room: "lobby".into(), seq, reason: String::new() })
}

/// Whether some file of the data directory has this text.
pub(super) fn is_found(directory: &Path, secret: &str) -> bool {
    fs::read_dir(directory).expect("the data directory").flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return is_found(&path, secret);
        }
        // A socket can't be read, and SQLite may remove a file at any time.
        let bytes = fs::read(&path).unwrap_or_default();
        bytes.windows(secret.len()).any(|bytes| bytes == secret.as_bytes())
    })
}

#[test]
fn a_deleted_text_is_in_no_file_within_a_minute() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    ana.join("attic");
    for number in 0..200 {
        ana.send(if number % 3 == 0 { "attic" } else { "lobby" }, &format!("{number} words"));
    }
    let sent = ana.send("lobby", SECRET);
    for number in 0..200 {
        ana.send(if number % 3 == 0 { "attic" } else { "lobby" }, &format!("{number} words"));
    }
    assert!(is_found(&server.data_dir(), SECRET), "a test that finds nothing proves nothing");
    let _: Sent = ana.get(delete(sent.seq));
    let until = Instant::now() + WITHIN;
    while is_found(&server.data_dir(), SECRET) {
        assert!(Instant::now() < until, "the text is still there");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn an_acknowledged_deletion_outlives_a_crash_and_so_does_the_answer_to_a_retry() {
    let mut server = Server::start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let cid = fresh_cid();
    let sent: Sent = ana.get(send("lobby", &cid, SECRET));
    let deleted: Sent = ana.get(delete(sent.seq));
    let token = ana.token().to_owned();
    server.kill9();
    assert!(is_found(&server.data_dir(), SECRET), "it is in the write-ahead log still");
    server.restart();
    assert!(!is_found(&server.data_dir(), SECRET), "the start has emptied the write-ahead log");

    let mut ana = server.known(&token);
    let history = History { after: Some(0), ..page_of("lobby") };
    // A retry is answered before it is asked whether somebody is there.
    let again: Sent = ana.get(send("lobby", &cid, SECRET));
    assert_eq!(again, Sent { dup: true, deleted: true, ..sent });
    ana.ask(support::client::join("lobby")).expect("a room that is there");
    let page: Page<LogEntry> = ana.get(Command::History(history));
    let [LogEntry::Message(message), LogEntry::Deleted(entry)] = &page.events[..] else {
        panic!("{page:?}")
    };
    assert_eq!((&*message.text, message.deleted), ("", Some(deleted.seq)));
    assert_eq!((entry.seq, &entry.messages[..]), (deleted.seq, &[sent.seq][..]));
    assert!(ana.get::<Sent>(delete(sent.seq)).dup, "it is deleted already");
}
