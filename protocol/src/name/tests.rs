//! Which names there are, and what is said of those that are none.

use super::{BadName, Nick, RoomName};

#[test]
fn a_part_is_found_however_it_is_written() {
    let has = |name: &str, part: &str| {
        let part = RoomName::part(part).unwrap_or_else(|| panic!("{part:?} may be a part"));
        RoomName::parse(name).expect("a valid name").fold().contains(&part)
    };
    for (name, part) in [
        ("Straße", "STRASS"),
        ("straße", "#Stra"),
        ("Straße", "ße"),
        ("café-bar", "cafe"),
        ("café-bar", "CAFÉ"),
        ("한국어", "하"),
        ("kitchen.2", "n.2"),
        ("lobby", "-"),
        ("lobby", ""),
        ("lobby", "#"),
        ("rnodem", "rn"),
        ("corn", "n"),
        ("team-10", "1"),
        ("می\u{200c}خواهم", "ی\u{200c}"),
        ("می\u{200c}خواهم", "یخ"),
    ] {
        assert_eq!(has(name, part), part != "-", "{part:?} in {name:?}");
    }
    for (name, part) in [
        ("modem", "r"),
        ("modem", "n"),
        ("modem", "rn"),
        ("arm", "rn"),
        ("lol", "1"),
        ("lol", "0"),
        ("bot", "0"),
    ] {
        assert!(!has(name, part), "{part} is not in {name}");
    }
    assert!(!has("lobby", "lobbyy"));
    assert!(!has("cafe", "é"), "a mark that is written is looked for");
}

#[test]
fn what_no_name_has_in_it_is_no_part() {
    for text in ["a b", "##a", "a#", "a/b", " ", "\u{0}", "\u{200b}", "\u{200d}", &"a".repeat(49)] {
        assert_eq!(RoomName::part(text), None, "{text:?}");
    }
    assert!(RoomName::part(&"a".repeat(48)).is_some());
    assert!(RoomName::part(&format!("#{}", "a".repeat(48))).is_some());
    assert_eq!(RoomName::part(&"e\u{301}".repeat(1_000_000)), None);
}

#[test]
fn names_of_living_languages_are_allowed() {
    for (what, names) in [
        ("everyday letters", "zoë Łukasz 日本語 हिन्दी עברית x_1-b.c 1st"),
        ("many marks, some with a width: Burmese, Tibetan, Khmer", "ကျော် လျှော့ ကျွေး བསྒྲུབས བཀྲ་ཤིས ស្រី"),
        ("what NFKC takes apart: Thai, Lao, Catalan, full width", "น้ำ ນ້ຳ Soŀ ａｎａ１ ﾊﾞﾅﾅ"),
        ("Korean letters by themselves", "ㅋㅋ ㅇㅇ"),
        ("joiners: Persian, Sinhala", "علی\u{200c}رضا می\u{200c}خواهم ශ්\u{200d}රී"),
        ("joiners: Marathi, Malayalam", "दर्\u{200d}या അവന്\u{200d}"),
        ("joiners before a virama: Bengali, Odia", "র\u{200d}\u{9cd}যাব କ\u{200d}\u{b4d}ୟ"),
        ("rarer letters: Romanian with cedilla, Han", "Timişoara Constanţa 𠮷野"),
        ("rarer marks: pointed Hebrew, Yiddish, Yoruba", "שָׁלוֹם פ\u{5bf}יניש S\u{329}amoro"),
        ("letters of linguists: Nama, Aghem", "ǃKhaitsâb Mbuʔmbu"),
        ("scripts of Africa", "ⵜⵉⴼⵉⵏⴰⵖ ߒߞߏ 𞤀𞤣𞤤𞤢𞤥 ꕙꔤ"),
        ("scripts of America", "ᏣᎳᎩ ᐃᓄᒃᑎᑐᑦ 𐓏𐓘𐓻𐓘"),
        ("scripts of Asia", "ꦗꦮ ᬩᬮᬶ ꆈꌠ ᱥᱟᱱᱛᱟᱲᱤ ܣܘܪܝܝܐ 𑄌𑄋𑄴𑄟𑄳𑄦 𐴌𐴟𐴇 ㄅㄆㄇ"),
        ("Mongolian, with its separator", "ᠮᠣᠩᠭᠣᠯ ᠬᠠᠨ\u{180e}ᠠ"),
    ] {
        for name in names.split(' ') {
            let nick = Nick::parse(name).unwrap_or_else(|bad| panic!("{what}: {name}: {bad}"));
            assert_eq!(nick.as_str(), name, "{what}");
        }
    }
}

#[test]
fn a_joiner_stands_where_it_is_seen_and_nowhere_else() {
    for nick in [
        "a\u{200d}b",
        "a\u{200c}b",
        "\u{200d}a",
        "ana\u{200d}",
        "ا\u{200c}ب",
        "علی\u{200c}",
        "علی\u{200c}\u{200c}رضا",
        "علی\u{200d}رضا",
        "द\u{200d}या",
        "a\u{180e}b",
        "日\u{180b}",
    ] {
        assert!(matches!(Nick::parse(nick), Err(BadName::Joiner(_))), "{nick:?}");
    }
    let fold = |nick: &str| Nick::parse(nick).expect(nick).fold();
    assert_eq!(fold("علی\u{200c}رضا"), fold("علیرضا"), "nobody is another by a joiner");
}

#[test]
fn a_space_is_answered_with_the_name_in_hyphens() {
    for (given, offered) in [
        ("Ana Maria", Some("Ana-Maria")),
        (" ana ", Some("ana")),
        ("a  b\tc", Some("a-b-c")),
        ("Ana - Maria", Some("Ana-Maria")),
        ("日本\u{3000}語", Some("日本-語")),
        ("zoe\u{308} x", Some("zo\u{eb}-x")),
        ("<b> x", None),
        ("- -", None),
        (" ", None),
    ] {
        let bad = Nick::parse(given).expect_err(given);
        assert_eq!(bad, BadName::Space { suggestion: offered.map(Into::into) }, "{given:?}");
        assert_eq!(bad.suggestion(), offered);
    }
    let long = format!("{} {}", "a".repeat(12), "b".repeat(12));
    assert_eq!(Nick::parse(&long), Err(BadName::TooLong { chars: 25, max: 24 }));
    assert!(RoomName::parse(&long).is_err_and(|bad| bad.suggestion().is_some()));
}

#[test]
fn an_error_says_what_was_wrong_with_this_name() {
    for (given, words) in [
        ("a@b", "'@' (U+0040) cannot be in a name; letters, digits, '-', '_' and '.' can"),
        ("a\u{202e}b", "U+202E cannot be in a name; letters, digits, '-', '_' and '.' can"),
        ("Ana Maria", "a name has no spaces: try Ana-Maria"),
        ("a <", "a name has no spaces; use '-' between words"),
        (
            "𒀀",
            "the letter '𒀀' (U+12000) cannot be in a name: names here are not written in Cuneiform",
        ),
        (
            "ƿ",
            "the letter 'ƿ' (U+01BF) cannot be in a name: it is not in everyday use in any language",
        ),
        ("a\u{200d}", "U+200D cannot stand there in a name: it would be invisible"),
        ("-.-", "a name needs at least one letter or digit, and this one has none"),
        (&"a".repeat(30), "a name has at most 24 characters, this one has 30"),
        (&"a".repeat(3000), "a name has at most 24 characters, this one has many more"),
    ] {
        assert_eq!(Nick::parse(given).expect_err(given).to_string(), words);
    }
}

#[test]
fn a_name_is_stored_composed() {
    assert_eq!(Nick::parse("zoe\u{308}").expect("valid").as_str(), "zo\u{eb}");
}

#[test]
fn controls_invisibles_and_punctuation_are_refused() {
    for nick in [
        "a\u{0}b",
        "a\u{200b}b",
        "a\u{202e}b",
        "<b>",
        "a:b",
        "@a",
        "a/b",
        "\u{1b}[1m",
        "😀",
        "\u{3164}",
        "\u{1160}",
        "a\u{2800}",
        "ﷺ",
        "①",
        "a\u{ad}b",
    ] {
        assert!(matches!(Nick::parse(nick), Err(BadName::Character(_))), "{nick:?}");
    }
}

#[test]
fn a_letter_of_a_script_of_the_past_is_not_called_something_else() {
    for nick in ["𒀀", "ᚠ", "𓀀", "𐌰", "Ⲁ", "ƿ"] {
        assert!(matches!(Nick::parse(nick), Err(BadName::Letter(_))), "{nick:?}");
    }
}

#[test]
fn a_pile_of_marks_is_refused() {
    for nick in ["a\u{301}\u{302}\u{303}\u{304}", "ก็็็็็", "क्\u{200d}्\u{200d}्\u{200d}्\u{200d}्"]
    {
        assert_eq!(Nick::parse(nick), Err(BadName::Marks), "{nick:?}");
    }
    assert!(Nick::parse("a\u{301}\u{302}\u{303}").is_ok(), "one of three is in the letter");
}

#[test]
fn empty_and_too_long_names_are_refused() {
    assert_eq!(Nick::parse(""), Err(BadName::Empty));
    assert_eq!(Nick::parse("-_-"), Err(BadName::Empty));
    assert!(Nick::parse(&"a".repeat(24)).is_ok());
    assert_eq!(Nick::parse(&"a".repeat(25)), Err(BadName::TooLong { chars: 25, max: 24 }));
    assert!(matches!(RoomName::parse(&"a".repeat(1_000_000)), Err(BadName::TooLong { .. })));
}
