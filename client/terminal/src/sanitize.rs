//! Makes other people's texts safe to show: messages, nicks, rooms, and the server's sentences.
//!
//! Everything from the network passes through here before it enters the state. The server refuses most of
//! this too, but a terminal must not depend on which server it talks to.

/// The most combining marks on one letter. Pointed and cantillated Hebrew needs four; piles of them only
/// serve to write over other people's lines.
const MARKS_MAX: usize = 4;

/// A tab becomes four spaces, which keeps a pasted table in columns.
const TAB: &str = "    ";

/// The lines of a text, safe to show.
pub(crate) fn lines(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n");
    text.split(['\n', '\u{2028}', '\u{2029}']).map(clean).collect()
}

/// A name or a sentence as one line, whatever it contains.
pub(crate) fn line(text: &str) -> String {
    lines(text).join(" ")
}

/// Removes terminal sequences for colours (ECMA-48, `CSI … final`): logs contain them, and no server accepts
/// them.
pub(crate) fn without_sequences(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\x1b[") {
        kept.push_str(&rest[..at]);
        let tail = &rest[at + 2..];
        let end = tail.find(|c| matches!(c, '\x40'..='\x7e')).map_or(tail.len(), |end| end + 1);
        rest = &tail[end..];
    }
    kept.push_str(rest);
    kept
}

fn clean(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut marks = 0;
    for c in line.chars() {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        match c {
            '\t' => shown.push_str(TAB),
            _ if marks > MARKS_MAX || is_dropped(c) => {}
            _ => shown.push(visible(c)),
        }
    }
    shown
}

/// Replaces a control character by its picture: controls drive a terminal (ESC, and the C1 controls, which
/// stand for ESC and a letter).
fn visible(c: char) -> char {
    match u32::from(c) {
        code @ 0..=0x1f => char::from_u32(0x2400 + code).unwrap_or(char::REPLACEMENT_CHARACTER),
        0x7f => '\u{2421}',
        0x80..=0x9f => char::REPLACEMENT_CHARACTER,
        _ => c,
    }
}

/// Invisible characters that do harm. Embeddings, overrides and isolates reverse the rest of a line when they
/// are not closed (UAX #9, section 3.3.2); the screen isolates each row itself, see `paint`. The others hide
/// text, or look different on every terminal.
fn is_dropped(c: char) -> bool {
    matches!(c,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' // bidi controls, and deprecated ones
        | '\u{ad}' | '\u{200b}' | '\u{feff}' // soft hyphen, zero-width spaces
        | '\u{fff9}'..='\u{fffb}' // interlinear annotation
        | '\u{e0001}') // a language tag
}

/// Combining marks. Joiners and variation selectors build one character out of several, and do not count.
fn is_mark(c: char) -> bool {
    use unicode_width::UnicodeWidthChar;
    !c.is_control()
        && c.width() == Some(0)
        && !matches!(c, '\u{200c}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e007f}')
}

/// Whether a line has right-to-left letters, or numbers that belong to them.
pub(crate) fn runs_right_to_left(text: &str) -> bool {
    text.chars().any(|c| {
        matches!(u32::from(c),
            0x590..=0x8ff | 0xfb1d..=0xfdff | 0xfe70..=0xfefc | 0x10800..=0x10fff | 0x1e800..=0x1efff)
    })
}

/// Isolates a line (FSI … PDI) if it would change the direction of its neighbours.
pub(crate) fn isolated(text: &str) -> String {
    match runs_right_to_left(text) {
        true => format!("\u{2068}{text}\u{2069}"),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{isolated, line, lines, without_sequences};

    #[test]
    fn an_escape_sequence_is_shown_and_not_obeyed() {
        assert_eq!(line("\u{1b}[2Jgone\u{7}"), "␛[2Jgone␇");
        assert_eq!(line("\u{1b}]0;title\u{9c}\u{9b}31m\u{7f}"), "␛]0;title\u{fffd}\u{fffd}31m␡");
    }

    #[test]
    fn a_coloured_log_loses_its_colours() {
        assert_eq!(without_sequences("\x1b[1;31merror\x1b[0m in \x1b[Kone"), "error in one");
        assert_eq!(without_sequences("a\x1b[1"), "a");
        assert_eq!(line(&without_sequences("a\tb\x07")), "a    b␇");
    }

    #[test]
    fn no_control_of_either_table_survives() {
        for code in (0..0x20).chain(0x7f..0xa0) {
            let c = char::from_u32(code).expect("a control");
            let shown = line(&format!("a{c}b"));
            assert!(!shown.chars().any(char::is_control), "{code:x}: {shown:?}");
        }
    }

    #[test]
    fn unbalanced_direction_controls_are_gone() {
        assert_eq!(line("a\u{202e}b\u{2066}c\u{2069}\u{2069}d"), "abcd");
        assert_eq!(isolated(&line("\u{202e}שלום")), "\u{2068}שלום\u{2069}");
        assert_eq!(isolated("abc"), "abc");
    }

    #[test]
    fn lines_and_tabs_are_kept_apart() {
        assert_eq!(lines("a\r\n\tb\u{2028}c"), ["a", "    b", "c"]);
        assert_eq!(line("one\ntwo"), "one two");
    }

    #[test]
    fn a_pile_of_marks_is_cut_and_an_emoji_is_not() {
        let pile = format!("e{}", "\u{301}".repeat(50));
        assert_eq!(line(&pile).chars().count(), 5);
        for whole in ["👩\u{200d}👩\u{200d}👧\u{200d}👦", "❤\u{fe0f}", "हिन्दी"]
        {
            assert_eq!(line(whole), whole);
        }
    }
}
