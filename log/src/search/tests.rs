//! The index against real files and a real log.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::executor::block_on;
use throng_protocol::RoomId;

use super::{Hits, Query, SearchIndex, Term};
use crate::sqlite::SqliteLog;
use crate::sqlite::tests::Directory;

mod deletion;
mod finding;
mod following;
mod words;

/// A log and its index.
struct Searched {
    log: Arc<SqliteLog>,
    index: SearchIndex,
    directory: Directory,
}

impl Searched {
    fn new() -> Self {
        Self::within(Directory::in_memory())
    }

    fn within(directory: Directory) -> Self {
        let log = Arc::new(directory.open_with(crate::sqlite::tests::deletions::quick()));
        let index = SearchIndex::open(directory.path(), Arc::clone(&log) as _, Duration::ZERO);
        Self { log, index: index.expect("threads"), directory }
    }

    /// Everything is closed; the files stay.
    fn end(self) -> Directory {
        self.index.close();
        self.log.close();
        self.directory
    }

    /// Waits until the index has everything that was committed.
    fn settle(&self) {
        let until = Instant::now() + Duration::from_secs(60);
        while !self.index.status().is_caught_up {
            assert!(Instant::now() < until, "the index does not catch up");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn find(&self, query: Query) -> Hits {
        self.find_in(query, |_| true)
    }

    fn find_in(&self, query: Query, may_see: impl Fn(RoomId) -> bool + Send + 'static) -> Hits {
        self.settle();
        block_on(self.index.find(query, Box::new(move |room, _| may_see(room)), 20))
            .expect("readable")
    }

    /// The seqs of the messages with all of these words.
    fn seqs(&self, words: &str) -> Vec<u64> {
        self.find(query(words)).places.into_iter().map(|(_, seq)| seq).collect()
    }

    fn head(&self, name: &str) -> u64 {
        crate::sqlite::tests::record(&self.log, name).map_or(0, |record| record.head)
    }
}

/// A search for words, each by itself.
fn query(words: &str) -> Query {
    let term = |word: &str| Term { text: word.to_owned(), is_prefix: false };
    Query { terms: words.split(' ').map(term).collect(), ..Query::default() }
}

/// A search for one phrase.
fn phrase(text: &str) -> Query {
    Query { terms: vec![Term { text: text.to_owned(), is_prefix: false }], ..Query::default() }
}
