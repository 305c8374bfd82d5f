//! What was deleted or replaced is not found, and in no file.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::Searched;
use crate::entry::Body;
use crate::log::Append;
use crate::sqlite::tests::deletions::{delete, marks, wait_for_marks};
use crate::sqlite::tests::{append, committed, said};

fn edit(number: u64, target: u64, text: &str) -> Append {
    Append { body: Body::Edit { target, text: text.into() }, ..said(number, "") }
}

#[test]
fn a_deleted_message_is_not_found() {
    let searched = Searched::new();
    append(&searched.log, "lobby", vec![said(1, "one apple"), said(2, "two apples")]);
    assert_eq!(searched.seqs("apple"), [1]);
    append(&searched.log, "lobby", vec![delete(3, &[1])]);
    assert_eq!(searched.seqs("apple"), [0; 0]);
    assert_eq!(searched.seqs("apples"), [2]);
    append(&searched.log, "lobby", vec![said(1, "one apple")]);
    assert_eq!(searched.seqs("apple"), [0; 0], "a retry brings nothing back");
}

#[test]
fn an_edited_message_is_found_by_its_newest_words_where_it_stood() {
    let searched = Searched::new();
    append(&searched.log, "lobby", vec![said(1, "old fruit"), said(2, "fruit")]);
    assert_eq!(searched.seqs("fruit"), [2, 1]);
    append(&searched.log, "lobby", vec![edit(3, 1, "new fruit")]);
    assert_eq!((searched.seqs("old"), searched.seqs("new")), (vec![], vec![1]));
    assert_eq!(searched.seqs("fruit"), [2, 1], "in its old place");
    append(
        &searched.log,
        "lobby",
        vec![edit(4, 1, "newer"), edit(5, 1, "newest"), delete(6, &[2])],
    );
    assert_eq!((searched.seqs("newer"), searched.seqs("newest")), (vec![], vec![1]));
    append(&searched.log, "lobby", vec![delete(7, &[1])]);
    assert_eq!((searched.seqs("newest"), searched.seqs("fruit")), (vec![], vec![]));
}

#[test]
fn no_byte_of_a_deleted_text_is_left_in_any_file() {
    let searched = Searched::new();
    let mut random = fastrand::Rng::with_seed(3);
    let rooms = ["attic", "cellar", "garden"];
    let mut heads = [0; 3];
    let mut alive: Vec<(usize, u64, u32)> = Vec::new();
    for number in 0..2_000_u32 {
        let room = random.usize(..rooms.len());
        let mark = format!("mark-{number}.").repeat([1, 1, 3, 10, 200][random.usize(..5)]);
        let message = said(number.into(), &(mark + "end"));
        heads[room] = committed(&append(&searched.log, rooms[room], vec![message]))[0];
        alive.push((room, heads[room], number));
        if random.u8(..3) == 0 {
            let (room, seq, number) = alive.swap_remove(random.usize(..alive.len()));
            let cid = 1_000_000 + u64::from(number);
            committed(&append(&searched.log, rooms[room], vec![delete(cid, &[seq])]));
        }
    }
    // The write-ahead log is emptied for what is removed alone, so that comes last.
    let last = committed(&append(&searched.log, "lobby", vec![said(900_000, "last")]))[0];
    searched.settle();
    append(&searched.log, "lobby", vec![delete(900_001, &[last])]);
    searched.settle();
    let kept: BTreeSet<u32> = alive.iter().map(|(_, _, number)| *number).collect();
    wait_for_marks(&searched.directory, &kept);
    assert_numbers(&searched, &kept);

    for (room, name) in rooms.iter().enumerate() {
        let targets: Vec<u64> =
            alive.iter().filter(|it| it.0 == room).map(|(_, seq, _)| *seq).collect();
        for (at, chunk) in targets.chunks(500).enumerate() {
            append(&searched.log, name, vec![delete(2_000_000 + (room * 100 + at) as u64, chunk)]);
        }
    }
    searched.settle();
    wait_for_marks(&searched.directory, &BTreeSet::new());
    assert_numbers(&searched, &BTreeSet::new());
    let directory = searched.end();
    assert_eq!(marks(&directory), BTreeSet::new());
}

fn assert_numbers(searched: &Searched, expected: &BTreeSet<u32>) {
    let found = numbers_in_index(searched);
    let still: Vec<_> = found.difference(expected).collect();
    assert!(still.is_empty(), "deleted, and still in the index: {still:?}");
    assert_eq!(found.len(), expected.len());
}

/// The numbers of marks in the tokens that lie beside the index, after its write-ahead log was emptied.
fn numbers_in_index(searched: &Searched) -> BTreeSet<u32> {
    let path = searched.directory.path().join("search.db");
    let wal = searched.directory.path().join("search.db-wal");
    let until = Instant::now() + Duration::from_secs(20);
    while std::fs::metadata(&wal).expect("the write-ahead log").len() > 0 {
        assert!(Instant::now() < until, "it is not emptied");
        std::thread::sleep(Duration::from_millis(5));
    }
    let bytes = std::fs::read(path).expect("the index");
    let mut found = BTreeSet::new();
    for at in (0..bytes.len()).filter(|at| bytes[*at..].starts_with(b"mark ")) {
        let rest = &bytes[at + 5..];
        let end = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(0);
        // A text that goes on in another page may be cut within its number.
        if rest.get(end) == Some(&b' ') {
            found.extend(
                std::str::from_utf8(&rest[..end]).ok().and_then(|it| it.parse::<u32>().ok()),
            );
        }
    }
    found
}

#[test]
fn rare_words_of_deleted_texts_are_in_no_page_of_the_index() {
    let searched = Searched::new();
    // The index stores a word without what it shares with the one before; these share nothing.
    let secret = |number: u64| {
        let letter = char::from(b'a' + (number % 26) as u8);
        format!("{}{number}", letter.to_string().repeat(3 + (number / 26) as usize))
    };
    for number in 1..=400 {
        append(&searched.log, "lobby", vec![said(number, &format!("{} end", secret(number)))]);
    }
    searched.settle();
    let targets: Vec<u64> = (1..=400).filter(|it| it % 2 == 0).collect();
    append(&searched.log, "lobby", vec![delete(9_000, &targets)]);
    searched.settle();
    numbers_in_index(&searched);
    let bytes = std::fs::read(searched.directory.path().join("search.db")).expect("the index");
    let has = |needle: &str| bytes.windows(needle.len()).any(|it| it == needle.as_bytes());
    for number in 1..=400 {
        let word = secret(number);
        assert_eq!(searched.seqs(&word).len(), usize::from(number % 2 == 1), "{word}");
        assert!(number % 2 == 1 || !has(&word[1..]), "{word}");
    }
}
