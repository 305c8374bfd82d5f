//! Which words find which texts.

use super::{Searched, phrase, query};
use crate::search::tokens::tokens;
use crate::search::{Query, Term};
use crate::sqlite::tests::{append, said};

/// The tokens of a text, with blanks between.
fn cut(text: &str) -> String {
    let tokens: Vec<_> = tokens(text).into_iter().map(|token| token.text).collect();
    tokens.join(" ")
}

#[test]
fn a_text_is_cut_at_what_is_no_letter_or_digit() {
    for (text, expected) in [
        ("Hello, World!", "hello world"),
        ("snake_case and C++", "snake case and c"),
        ("https://example.org/a-b?c=1", "https example org a b c 1"),
        ("it's 1.5 mm", "it s 1 5 mm"),
        ("\"a\" AND (b OR c) NEAR^2*", "a and b or c near 2"),
        ("left\0right", "left right"),
        ("", ""),
        ("?! ... --", ""),
    ] {
        assert_eq!(cut(text), expected, "{text}");
    }
}

#[test]
fn case_accents_and_width_make_no_difference() {
    for (one, other) in [
        ("CAFÉ", "cafe"),
        ("cafe\u{301}", "café"),
        ("STRASSE", "straße"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("Ёлка", "елка"),
        ("İstanbul", "istanbul"),
        ("ＡＢＣ１２", "abc12"),
        ("ﬁre", "fire"),
        ("ｶﾞﾗｽ", "ガラス"),
        ("مُحَمَّد", "محمد"),
        ("soft\u{ad}hyphen", "softhyphen"),
        ("zero\u{200b}width", "zerowidth"),
    ] {
        assert_eq!(cut(one), cut(other), "{one} and {other}");
    }
    assert_ne!(cut("か"), cut("が"), "another letter");
}

#[test]
fn scripts_without_spaces_give_pairs_and_the_last_letter() {
    for (text, expected) in [
        ("東京都", "東京 京都 都"),
        ("東", "東"),
        ("서울시에서", "서울 울시 시에 에서 서"),
        ("ラーメン", "ラー ーメ メン ン"),
        ("iPhone手機 neu", "iphone 手機 機 neu"),
        ("日本語とEnglish", "日本 本語 語と と english"),
    ] {
        assert_eq!(cut(text), expected, "{text}");
    }
}

#[test]
fn an_emoji_is_a_word_in_any_colour() {
    for (text, expected) in [
        ("nice👍🏽!", "nice 👍"),
        ("👍👍", "👍 👍"),
        ("❤️", "❤"),
        ("5 €", "5 €"),
        ("👩‍🔬 works", "👩\u{200d}🔬 works"),
        ("1️⃣", "1"),
    ] {
        assert_eq!(cut(text), expected, "{text}");
    }
}

#[test]
fn a_long_word_is_cut_and_found() {
    let word = "x".repeat(4_000);
    assert_eq!(cut(&word), "x".repeat(64));
    assert_eq!(cut(&word), cut(&word[..100]));
}

#[test]
fn words_of_one_and_two_letters_are_found_anywhere() {
    let searched = Searched::new();
    let texts =
        ["東京都知事選挙", "京都に行く", "서울시에서 만나요", "ขอบคุณครับ", "ラーメンを食べる"];
    let batch = texts.iter().zip(1..).map(|(text, number)| said(number, text)).collect();
    append(&searched.log, "lobby", batch);
    for (text, seq) in texts.iter().zip(1..) {
        let letters: Vec<char> = text.chars().filter(|c| *c != ' ').collect();
        for size in 1..=5 {
            for window in letters.windows(size) {
                let needle: String = window.iter().collect();
                if text.contains(&needle) {
                    let found = searched.seqs(&needle);
                    let all = (1..=texts.len()).rev();
                    let has = |seq: &usize| texts[seq - 1].contains(&needle);
                    let expected: Vec<u64> = all.filter(has).map(|seq| seq as u64).collect();
                    assert!(found.contains(&seq), "{needle} in {text}");
                    assert_eq!(found, expected, "{needle}");
                }
            }
        }
    }
}

#[test]
fn all_words_must_be_there_and_phrases_in_their_order() {
    let searched = Searched::new();
    append(
        &searched.log,
        "lobby",
        vec![
            said(1, "the red fox jumps"),
            said(2, "a fox, red as fire"),
            said(3, "redfox"),
            said(4, "the fox-red car"),
        ],
    );
    assert_eq!(searched.seqs("fox red"), [4, 2, 1]);
    assert_eq!(searched.seqs("fox blue"), [0; 0]);
    let of = |text| -> Vec<u64> {
        searched.find(phrase(text)).places.into_iter().map(|(_, seq)| seq).collect()
    };
    assert_eq!(of("red fox"), [1]);
    assert_eq!(of("fox red"), [4, 2], "punctuation only separates");
    assert_eq!(of("red-fox"), [1]);
    let begun = |text: &str| {
        let terms = vec![Term { text: text.to_owned(), is_prefix: true }];
        searched.find(Query { terms, ..Query::default() }).places.len()
    };
    assert_eq!((begun("re"), begun("redf"), begun("red f")), (4, 1, 1));
}

#[test]
fn what_somebody_types_never_reaches_the_language_of_the_engine() {
    let searched = Searched::new();
    append(&searched.log, "lobby", vec![said(1, "foo bar AND near"), said(2, "title")]);
    for text in [
        "\"", "foo\"", "*", "^foo", "a:b", "NEAR(", "(", "foo AND", "OR", "{x}", "-", "+", "'", ";",
    ] {
        // Whatever it finds, it is no error.
        searched.find(phrase(text));
        searched.find(query(text));
    }
    assert_eq!(searched.seqs("foo* ^bar"), [1], "only the words count");
    assert_eq!(searched.seqs("tokens:title"), [0; 0], "no name of a column");
    for nothing in ["", "...", "\" *", "\u{e000}", "\u{e002}"] {
        assert_eq!(searched.find(phrase(nothing)).places, [], "{nothing}");
    }
}

#[test]
fn the_places_of_a_text_are_marked() {
    let marked = |query: &Query, text: &str| -> Vec<String> {
        let letters: Vec<char> = text.chars().collect();
        query.marks(text).iter().map(|(from, to)| letters[*from..*to].iter().collect()).collect()
    };
    let text = "Das Café, 東京都知事 und cafe 👍🏽 ﬁre";
    assert_eq!(marked(&query("CAFE"), text), ["Café", "cafe"]);
    assert_eq!(marked(&query("京都"), text), ["京都"]);
    assert_eq!(marked(&query("京"), text), ["京"]);
    assert_eq!(marked(&query("事"), text), ["事"]);
    assert_eq!(marked(&query("東京都"), text), ["東京都"]);
    assert_eq!(marked(&query("👍"), text), ["👍🏽"]);
    assert_eq!(marked(&query("fire das"), text), ["Das", "ﬁre"]);
    assert_eq!(marked(&phrase("das cafe"), text), ["Das Café"]);
    assert_eq!(marked(&query("dem"), text), [""; 0]);
    let begun =
        Query { terms: vec![Term { text: "ca".into(), is_prefix: true }], ..Query::default() };
    assert_eq!(marked(&begun, text), ["Café", "cafe"]);
}
