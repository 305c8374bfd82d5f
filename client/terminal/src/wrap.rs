//! The width of a text on a terminal, and where its lines break.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The width of a text in columns (Unicode Standard Annex #11; an emoji sequence counts as one character).
pub(crate) fn width(text: &str) -> usize {
    text.graphemes(true).map(sign_width).sum()
}

/// The width of one grapheme: terminals draw none wider than two columns.
pub(crate) fn sign_width(grapheme: &str) -> usize {
    grapheme.width().min(2)
}

/// The rows of a line at a width. A row breaks after a space, or beside a wide character, which needs no
/// space (Chinese, Japanese); a word longer than a row is cut between graphemes.
pub(crate) fn rows(line: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(2);
    let mut rows = Vec::new();
    let (mut row, mut used) = (String::new(), 0);
    // The last possible break: bytes and columns before it.
    let mut open: Option<(usize, usize)> = None;
    for grapheme in line.graphemes(true) {
        let wide = sign_width(grapheme);
        if wide == 2 && used > 0 {
            open = Some((row.len(), used));
        }
        if used + wide > columns {
            if grapheme == " " {
                // The break is at the space, which needs no column of the next row.
                rows.push(std::mem::take(&mut row));
                (used, open) = (0, None);
                continue;
            }
            let (at, before) = open.take().unwrap_or((row.len(), used));
            let rest = row.split_off(at);
            rows.push(std::mem::replace(&mut row, rest).trim_end().to_owned());
            used -= before;
        }
        row.push_str(grapheme);
        used += wide;
        if grapheme == " " || wide == 2 {
            open = Some((row.len(), used));
        }
    }
    rows.push(row);
    rows
}

/// The start of a text that fits, with an ellipsis if something is cut off.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        used += sign_width(grapheme);
        if used >= columns {
            break;
        }
        short.push_str(grapheme);
    }
    if columns > 0 {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::{cut, rows, width};

    #[test]
    fn rows_break_after_a_space() {
        assert_eq!(rows("the quick brown fox", 10), ["the quick", "brown fox"]);
        assert_eq!(rows("", 10), [""]);
    }

    #[test]
    fn a_long_word_is_cut_and_nothing_is_lost() {
        assert_eq!(rows("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(rows("ab cdefghij", 4), ["ab", "cdef", "ghij"]);
    }

    #[test]
    fn wide_signs_take_two_columns_and_are_never_halved() {
        assert_eq!(width("日本語"), 6);
        assert_eq!(rows("日本語", 5), ["日本", "語"]);
        assert_eq!(rows("a日本語", 4), ["a日", "本語"]);
    }

    #[test]
    fn a_letter_keeps_its_marks() {
        assert_eq!(width("e\u{301}e\u{301}"), 2);
        assert_eq!(rows("e\u{301}e\u{301}e\u{301}", 2), ["e\u{301}e\u{301}", "e\u{301}"]);
        assert_eq!(width("👩\u{200d}👩\u{200d}👧"), 2);
    }

    #[test]
    fn no_row_is_wider_than_its_columns() {
        for text in ["a 日本語 mixed 👩\u{200d}👧 line of wörds", "שלום עולם and back again"]
        {
            for columns in 2..20 {
                assert!(rows(text, columns).iter().all(|row| width(row) <= columns), "{columns}");
            }
        }
    }

    #[test]
    fn what_is_cut_says_so() {
        assert_eq!(cut("annabella", 5), "anna…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("ana", 3), "ana");
    }
}
