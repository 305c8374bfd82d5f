//! The text that the person is writing in a room: its content, the cursor, and moving through the input
//! history.

use std::collections::BTreeMap;

use unicode_segmentation::UnicodeSegmentation;

use crate::input_history::InputHistory;

/// The longest text kept, in bytes: no server takes more. The rest is left out, and `insert` returns its
/// size.
pub(crate) const BYTES_MAX: usize = 64 * 1024;

/// The place of the draft: after the whole history.
const DRAFT: usize = usize::MAX;

/// An editable text. The cursor always stands between two graphemes.
#[derive(Clone, Debug)]
pub(crate) struct Composer {
    text: String,
    cursor: usize,
    /// Which text of the history is being edited, or the draft.
    place: usize,
    /// Edits of other places, kept until one of them is sent.
    edits: BTreeMap<usize, String>,
}

impl Default for Composer {
    fn default() -> Self {
        Self { text: String::new(), cursor: 0, place: DRAFT, edits: BTreeMap::new() }
    }
}

impl Composer {
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The cursor, in bytes.
    pub(crate) fn cursor(&self) -> usize {
        self.cursor
    }

    pub(crate) fn set(&mut self, text: &str) {
        text.clone_into(&mut self.text);
        self.cursor = self.text.len();
    }

    /// Replaces `start..end` by `new`, and puts the cursor after it.
    pub(crate) fn replace(&mut self, start: usize, end: usize, new: &str) {
        self.text.replace_range(start..end, new);
        self.cursor = start + new.len();
    }

    /// Inserts a text at the cursor, and returns how many of its bytes did not fit.
    pub(crate) fn insert(&mut self, text: &str) -> usize {
        let room = BYTES_MAX.saturating_sub(self.text.len());
        let fits = text.grapheme_indices(true).map(|(at, sign)| at + sign.len());
        let end = fits.take_while(|end| *end <= room).last().unwrap_or(0);
        self.text.insert_str(self.cursor, &text[..end]);
        self.cursor += end;
        // A combining mark joins the letter before it: the cursor goes behind both.
        self.cursor = self.boundary_from(self.cursor);
        text.len() - end
    }

    /// Whether one more character may not fit.
    pub(crate) fn is_full(&self) -> bool {
        self.text.len() + char::MAX.len_utf8() > BYTES_MAX
    }

    pub(crate) fn left(&mut self) {
        self.cursor = self.before(self.cursor);
    }

    pub(crate) fn right(&mut self) {
        self.cursor = self.after(self.cursor);
    }

    /// To the start of the row, or from there to the start of the text.
    pub(crate) fn home(&mut self) {
        let start = self.row_start(self.cursor);
        self.cursor = if start == self.cursor { 0 } else { start };
    }

    /// To the end of the row, or from there to the end of the text.
    pub(crate) fn end(&mut self) {
        let end = self.row_end(self.cursor);
        self.cursor = if end == self.cursor { self.text.len() } else { end };
    }

    /// To the row above, if the text has one.
    pub(crate) fn up(&mut self) -> bool {
        let start = self.row_start(self.cursor);
        let above = start.checked_sub(1).map(|end| (self.row_start(end), end));
        above.is_some_and(|row| self.go_to_row(row))
    }

    /// To the row below, if the text has one.
    pub(crate) fn down(&mut self) -> bool {
        let end = self.row_end(self.cursor);
        let below = (end < self.text.len()).then(|| (end + 1, self.row_end(end + 1)));
        below.is_some_and(|row| self.go_to_row(row))
    }

    /// Goes to the same column of another row, counted in graphemes; to its end if it is shorter.
    fn go_to_row(&mut self, (start, end): (usize, usize)) -> bool {
        let before = &self.text[self.row_start(self.cursor)..self.cursor];
        let column = before.graphemes(true).count();
        let row = &self.text[start..end];
        self.cursor = row.grapheme_indices(true).nth(column).map_or(end, |(at, _)| start + at);
        true
    }

    fn row_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |end| end + 1)
    }

    fn row_end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |end| at + end)
    }

    pub(crate) fn word_left(&mut self) {
        self.cursor = self.word_start();
    }

    pub(crate) fn word_right(&mut self) {
        self.cursor = self.word_end();
    }

    pub(crate) fn delete_left(&mut self) {
        let start = self.before(self.cursor);
        self.text.replace_range(start..self.cursor, "");
        self.cursor = start;
    }

    pub(crate) fn delete_right(&mut self) {
        let end = self.after(self.cursor);
        self.text.replace_range(self.cursor..end, "");
    }

    pub(crate) fn kill_word_left(&mut self, history: &mut InputHistory) {
        self.kill(self.word_start(), self.cursor, history);
    }

    pub(crate) fn kill_word_right(&mut self, history: &mut InputHistory) {
        self.kill(self.cursor, self.word_end(), history);
    }

    pub(crate) fn kill_to_start(&mut self, history: &mut InputHistory) {
        self.kill(0, self.cursor, history);
    }

    pub(crate) fn kill_to_end(&mut self, history: &mut InputHistory) {
        self.kill(self.cursor, self.text.len(), history);
    }

    /// Cuts the whole text. It can be pasted, and goes into the input history.
    pub(crate) fn kill_all(&mut self, history: &mut InputHistory) {
        history.cut.clone_from(&self.text);
        self.take(history);
    }

    /// Takes the text and puts it into the history; a draft behind an edited older text goes there too.
    pub(crate) fn take(&mut self, history: &mut InputHistory) -> String {
        if let Some(draft) = self.edits.remove(&DRAFT) {
            history.remember(&draft);
        }
        history.remember(&self.text);
        std::mem::take(self).text
    }

    /// Takes the text, which may hold a secret: it goes into no history.
    pub(crate) fn take_unremembered(&mut self) -> String {
        std::mem::take(self).text
    }

    /// Goes to the previous text of the history. Edits of this one are kept.
    pub(crate) fn older(&mut self, history: &InputHistory) {
        let place = if self.place == DRAFT { history.end() } else { self.place };
        if let Some(place) = place.checked_sub(1) {
            self.go(place, history);
        }
    }

    /// Goes to the next text of the history, and after the last one to the draft.
    pub(crate) fn newer(&mut self, history: &InputHistory) {
        if self.place != DRAFT {
            let next = self.place + 1;
            self.go(if next < history.end() { next } else { DRAFT }, history);
        }
    }

    fn go(&mut self, place: usize, history: &InputHistory) {
        let edit = self.edits.remove(&place);
        // Without an edit, the draft is empty.
        let text = match edit.or_else(|| history.get(place).map(str::to_owned)) {
            Some(text) => text,
            None if place == DRAFT => String::new(),
            None => return,
        };
        let left = std::mem::replace(&mut self.text, text);
        self.edits.insert(self.place, left);
        (self.place, self.cursor) = (place, self.text.len());
    }

    fn kill(&mut self, start: usize, end: usize, history: &mut InputHistory) {
        if start < end {
            self.text[start..end].clone_into(&mut history.cut);
            self.text.replace_range(start..end, "");
            self.cursor = start;
        }
    }

    fn before(&self, at: usize) -> usize {
        self.text[..at].grapheme_indices(true).next_back().map_or(0, |(start, _)| start)
    }

    fn after(&self, at: usize) -> usize {
        at + self.text[at..].graphemes(true).next().map_or(0, str::len)
    }

    /// The first grapheme boundary at or after a position. Counted from the start of the row rather than of
    /// the text: no grapheme crosses the end of a row.
    fn boundary_from(&self, at: usize) -> usize {
        let start = self.row_start(at);
        let ends = self.text[start..].grapheme_indices(true);
        let mut ends = ends.map(|(place, sign)| start + place + sign.len());
        if at == start { at } else { ends.find(|end| *end >= at).unwrap_or(self.text.len()) }
    }

    fn word_start(&self) -> usize {
        let before = self.text[..self.cursor].trim_end();
        before
            .rfind(char::is_whitespace)
            .map_or(0, |at| at + before[at..].chars().next().map_or(0, char::len_utf8))
    }

    fn word_end(&self) -> usize {
        let rest = &self.text[self.cursor..];
        let word = rest.len() - rest.trim_start().len();
        let end = rest[word..].find(char::is_whitespace).map_or(rest.len(), |at| word + at);
        self.cursor + end
    }
}

#[cfg(test)]
mod tests {
    use super::{BYTES_MAX, Composer};
    use crate::input_history::InputHistory;

    fn line(text: &str) -> Composer {
        let mut line = Composer::default();
        line.insert(text);
        line
    }

    /// A history of "first" and "second".
    fn past() -> InputHistory {
        let mut history = InputHistory::default();
        ["first", "second"].into_iter().for_each(|text| history.remember(text));
        history
    }

    #[test]
    fn the_cursor_steps_over_whole_signs() {
        let mut line = line("a👩\u{200d}👧e\u{301}");
        line.delete_left();
        assert_eq!(line.text(), "a👩\u{200d}👧");
        line.left();
        line.delete_right();
        assert_eq!(line.text(), "a");
        line.insert("\u{301}");
        assert_eq!(line.cursor(), 3, "after the mark, not inside the letter");
    }

    #[test]
    fn words_are_killed_and_come_back() {
        let (mut line, mut history) = (line("one two  three"), InputHistory::default());
        line.kill_word_left(&mut history);
        line.kill_word_left(&mut history);
        assert_eq!(line.text(), "one ");
        line.insert(&history.cut);
        assert_eq!(line.text(), "one two  ");
        line.home();
        line.word_right();
        assert_eq!(line.cursor(), 3);
        line.kill_to_end(&mut history);
        assert_eq!(line.text(), "one");
        line.kill_to_start(&mut history);
        assert_eq!(line.text(), "");
    }

    #[test]
    fn every_text_of_the_past_keeps_its_edit_and_the_draft_is_kept() {
        let (mut line, history) = (line("draft"), past());
        line.older(&history);
        line.insert(" with words");
        line.older(&history);
        assert_eq!(line.text(), "first");
        line.older(&history);
        assert_eq!(line.text(), "first", "there is nothing before it");
        line.insert("!");
        line.newer(&history);
        assert_eq!(line.text(), "second with words");
        line.newer(&history);
        assert_eq!(line.text(), "draft");
        line.newer(&history);
        assert_eq!(line.text(), "draft");
        line.older(&history);
        line.older(&history);
        assert_eq!(line.text(), "first!");
    }

    #[test]
    fn what_is_sent_ends_the_edits_and_a_draft_goes_to_the_past() {
        let (mut line, mut history) = (line("half a message"), past());
        line.older(&history);
        line.insert("!");
        assert_eq!(line.take(&mut history), "second!");
        assert_eq!(line.text(), "");
        let mut seen = Vec::new();
        for _ in 0..4 {
            line.older(&history);
            seen.push(line.text().to_owned());
        }
        assert_eq!(seen, ["second!", "half a message", "second", "first"]);
    }

    #[test]
    fn places_in_the_past_stay_when_another_room_adds_to_it() {
        let (mut line, mut history) = (Composer::default(), past());
        line.older(&history);
        line.insert("?");
        history.remember("said elsewhere");
        line.older(&history);
        assert_eq!(line.text(), "first");
        line.newer(&history);
        assert_eq!(line.text(), "second?");
        line.newer(&history);
        assert_eq!(line.text(), "said elsewhere");
    }

    #[test]
    fn up_and_down_go_from_row_to_row() {
        let mut line = line("one\nlonger é\n\nend");
        assert!(!line.down());
        let mut rows = Vec::new();
        while line.up() {
            rows.push(line.cursor());
        }
        assert_eq!(rows, [14, 4, 0], "an empty row, its beginning, and the first row");
        line.end();
        assert_eq!(line.cursor(), 3);
        assert!(line.down());
        assert_eq!(line.cursor(), 7);
        line.home();
        assert_eq!(line.cursor(), 4);
        line.home();
        assert_eq!(line.cursor(), 0);
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let mut line = line("ab");
        assert_eq!(line.insert(&"é".repeat(BYTES_MAX)), BYTES_MAX + 2);
        assert!(line.is_full() && line.text().len() == BYTES_MAX);
        line.delete_left();
        line.delete_left();
        assert!(!line.is_full());
    }
}
