//! The line that is being written: text, cursor, what was written before.

use unicode_segmentation::UnicodeSegmentation;

/// So many lines are remembered: more than anybody goes back by hand.
const PAST_MAX: usize = 500;

/// The longest line that is kept, in bytes: a paste above it is cut, since no server takes it.
const BYTES_MAX: usize = 64 * 1024;

/// An editable line. The cursor always stands between two graphemes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    text: String,
    cursor: usize,
    past: Vec<String>,
    /// Which line of the past is shown, and the draft that it replaced.
    recalled: Option<(usize, String)>,
    killed: String,
}

impl Line {
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// In bytes.
    pub(crate) fn cursor(&self) -> usize {
        self.cursor
    }

    pub(crate) fn set(&mut self, text: &str) {
        text.clone_into(&mut self.text);
        self.cursor = self.text.len();
    }

    /// Puts `new` where `start..end` was, with the cursor after it.
    pub(crate) fn replace(&mut self, start: usize, end: usize, new: &str) {
        self.text.replace_range(start..end, new);
        self.cursor = start + new.len();
    }

    pub(crate) fn insert(&mut self, text: &str) {
        let room = BYTES_MAX.saturating_sub(self.text.len());
        let fits = text.grapheme_indices(true).map(|(at, sign)| at + sign.len());
        let end = fits.take_while(|end| *end <= room).last().unwrap_or(0);
        self.text.insert_str(self.cursor, &text[..end]);
        self.cursor += end;
        // A mark joins the letter before it: the cursor goes to the end of both.
        self.cursor = self.boundary_from(self.cursor);
    }

    pub(crate) fn left(&mut self) {
        self.cursor = self.before(self.cursor);
    }

    pub(crate) fn right(&mut self) {
        self.cursor = self.after(self.cursor);
    }

    pub(crate) fn home(&mut self) {
        self.cursor = 0;
    }

    pub(crate) fn end(&mut self) {
        self.cursor = self.text.len();
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

    pub(crate) fn kill_word_left(&mut self) {
        self.kill(self.word_start(), self.cursor);
    }

    pub(crate) fn kill_word_right(&mut self) {
        self.kill(self.cursor, self.word_end());
    }

    pub(crate) fn kill_to_start(&mut self) {
        self.kill(0, self.cursor);
    }

    pub(crate) fn kill_to_end(&mut self) {
        self.kill(self.cursor, self.text.len());
    }

    pub(crate) fn yank(&mut self) {
        let killed = self.killed.clone();
        self.insert(&killed);
    }

    /// Takes the line, and remembers it.
    pub(crate) fn take(&mut self) -> String {
        let text = std::mem::take(&mut self.text);
        self.cursor = 0;
        self.recalled = None;
        if !text.trim().is_empty() && self.past.last() != Some(&text) {
            self.past.push(text.clone());
            if self.past.len() > PAST_MAX {
                self.past.remove(0);
            }
        }
        text
    }

    /// The line before, as often as there is one. The draft is kept.
    pub(crate) fn older(&mut self) {
        let (at, draft) = match self.recalled.take() {
            Some((at, draft)) => (at.saturating_sub(1), draft),
            None if self.past.is_empty() => return,
            None => (self.past.len() - 1, self.text.clone()),
        };
        self.set(&self.past[at].clone());
        self.recalled = Some((at, draft));
    }

    /// The line after, and at last the draft.
    pub(crate) fn newer(&mut self) {
        let Some((at, draft)) = self.recalled.take() else { return };
        match self.past.get(at + 1).cloned() {
            Some(text) => {
                self.set(&text);
                self.recalled = Some((at + 1, draft));
            }
            None => self.set(&draft),
        }
    }

    fn kill(&mut self, start: usize, end: usize) {
        if start < end {
            self.killed = self.text[start..end].to_owned();
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

    fn boundary_from(&self, at: usize) -> usize {
        let mut ends = self.text.grapheme_indices(true).map(|(start, sign)| start + sign.len());
        ends.find(|end| *end >= at).unwrap_or(self.text.len())
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
    use super::Line;

    fn line(text: &str) -> Line {
        let mut line = Line::default();
        line.insert(text);
        line
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
        let mut line = line("one two  three");
        line.kill_word_left();
        line.kill_word_left();
        assert_eq!(line.text(), "one ");
        line.yank();
        assert_eq!(line.text(), "one two  ");
        line.home();
        line.word_right();
        assert_eq!(line.cursor(), 3);
        line.kill_to_end();
        assert_eq!(line.text(), "one");
        line.kill_to_start();
        assert_eq!(line.text(), "");
    }

    #[test]
    fn the_past_comes_back_and_the_draft_is_kept() {
        let mut line = Line::default();
        for text in ["first", "second", "second"] {
            line.set(text);
            line.take();
        }
        line.set("draft");
        line.older();
        assert_eq!(line.text(), "second");
        line.older();
        line.older();
        assert_eq!(line.text(), "first");
        line.newer();
        line.newer();
        assert_eq!(line.text(), "draft");
        line.newer();
        assert_eq!(line.text(), "draft");
    }

    #[test]
    fn a_paste_without_end_is_cut() {
        assert_eq!(line(&"x".repeat(1 << 20)).text().len(), super::BYTES_MAX);
    }
}
