//! Texts, and the rows that they become.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use super::{Kind, Piece, StyledText};
use crate::wrap;

fn rich(text: &str) -> StyledText {
    StyledText::read(text, Some("ana"), false)
}

fn rows(text: &str, columns: usize) -> Vec<String> {
    rich(text).rows(columns).iter().map(|row| super::text(row)).collect()
}

/// The piece with this text.
fn piece(text: &str, within: &str) -> Piece {
    let mut rows = rich(text).rows(200).into_iter().flatten();
    rows.find(|piece| piece.text == within).unwrap_or_else(|| panic!("{within:?} in {text:?}"))
}

#[test]
fn marks_become_looks() {
    assert_eq!(rows("**bold** _italic_ ~~struck~~ `code`", 80), ["bold italic struck `code`"]);
    assert!(piece("**bold**", "bold").look.strong);
    assert!(piece("a _b **c**_", "c").look.emphasis && piece("a _b **c**_", "c").look.strong);
    assert!(piece("~~no~~", "no").look.struck);
    assert_eq!(piece("a `b` c", "b").look.kind, Kind::Code);
    assert_eq!(piece("see #tea", "#tea").look.kind, Kind::Room);
    assert_eq!(piece("hi @bo", "@bo").look.kind, Kind::Mention);
    assert_eq!(piece("hi @Ana", "@Ana").look.kind, Kind::Own);
    assert!(rich("hi @Ana").is_mention && !rich("`@ana`").is_mention);
}

#[test]
fn blocks_stand_below_each_other_with_what_marks_them() {
    assert_eq!(
        rows(
            "look:\n```js\nlet a;\n\n  b\n```\n> said\n> so\n\n- one\n  - two\n- three\n\n9. nine\n10. ten",
            80
        ),
        [
            "look:",
            "┊ js",
            "┊ let a;",
            "┊ ",
            "┊   b",
            "> said",
            "> so",
            "• one",
            "  • two",
            "• three",
            "9. nine",
            "10. ten"
        ]
    );
    assert_eq!(rows("one\n\ntwo", 80), ["one", "", "two"]);
    assert_eq!(rows("> - a\n> - b", 80), ["> • a", "> • b"]);
}

#[test]
fn rows_that_follow_are_indented_as_the_first() {
    assert_eq!(rows("- some words that wrap", 12), ["• some words", "  that wrap"]);
    assert_eq!(rows("> some words that wrap", 12), ["> some words", "> that wrap"]);
    assert_eq!(rows("a **b c** d", 5), ["a b c", "d"]);
    assert_eq!(rows("10. words and words", 10), ["10. words", "    and", "    words"]);
}

#[test]
fn where_a_link_leads_is_shown() {
    assert_eq!(rows("[docs](https://x.example/a)", 80), ["docs (https://x.example/a)"]);
    assert_eq!(rows("https://x.example/a", 80), ["https://x.example/a"], "it says so itself");
    let disguised = rows("https://аpple.example/", 80).concat();
    assert!(disguised.contains("xn--"), "{disguised}");
    assert!(piece("https://x.example/a", "https://x.example/a").look.link);
}

#[test]
fn a_table_stands_side_by_side_or_as_a_list() {
    let table = "| name | cups |\n|:-|-:|\n| ana | 3 |\n| bo | 12 |";
    assert_eq!(rows(table, 80), ["name │ cups", "─────┼─────", "ana  │    3", "bo   │   12"],);
    assert_eq!(
        rows(table, 10),
        ["• name:", "    ana", "  cups:", "    3", "• name:", "    bo", "  cups:", "    12"]
    );
}

#[test]
fn what_somebody_does_begins_with_their_nick() {
    let does = |text: &str| StyledText::read(text, None, false).done_by("bo").shown();
    assert_eq!(does("waves **hard**"), "bo waves hard");
    assert_eq!(does("> quotes"), "bo  quotes");
}

/// The hostile texts of the browser client.
#[test]
fn nothing_hostile_drives_a_terminal_or_is_wider_than_it() {
    let corpus = include_str!("../../../web/tests/corpus/hostile.json");
    // Raw, since a lone surrogate is valid in a JavaScript string and not in Rust's.
    let corpus: BTreeMap<String, Box<RawValue>> = serde_json::from_str(corpus).expect("a corpus");
    let of = |kind: &str, field: &str| -> Vec<String> {
        let all: Vec<Box<RawValue>> = serde_json::from_str(corpus[kind].get()).expect("a list");
        let all = all.iter().filter_map(|one| serde_json::from_str::<Value>(one.get()).ok());
        all.map(|one| one[field].as_str().expect("a text").to_owned()).collect()
    };
    let texts = ["texts", "names", "files"].into_iter().flat_map(|kind| of(kind, "text"));
    let bombs = of("bombs", "repeat").into_iter().map(|repeat| repeat.repeat(4_096 / repeat.len()));
    let mut count = 0;
    for text in texts.chain(bombs) {
        count += 1;
        let rich = StyledText::read(&text, Some("ana"), true);
        for columns in [1, 7, 40] {
            let rows = rich.rows(columns);
            assert_eq!(rows.len(), rich.height(columns));
            for row in rows {
                let row = super::text(&row);
                assert!(columns < 20 || wrap::width(&row) <= columns, "{row:?}");
                let bad = |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
                assert!(!row.contains(bad), "{row:?}");
            }
        }
    }
    assert!(count > 200);
}
