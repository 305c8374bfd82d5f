//! A room as this client sees it: what was said, what waits to be said, who is there.

use throng_protocol::{Cid, Message, PersonId, User};

use crate::neutral;

/// So many messages and notes of a room are held. Older ones are read from the server's log again
/// when somebody scrolls up to them.
const ENTRIES_MAX: usize = 5_000;

/// How long somebody counts as writing after they were named (protocol, `typing`).
const TYPING_MS: u64 = 6_000;

/// One page of the client.
#[derive(Debug, Default)]
pub(crate) struct Room {
    pub(crate) name: String,
    /// Whether the server has taken us in at least once.
    pub(crate) joined: bool,
    /// In the order in which they are shown: the messages by their seq, the notes where they came.
    pub(crate) entries: Vec<Entry>,
    /// What was written here and has not come back as a message.
    pub(crate) outgoing: Vec<Outgoing>,
    /// How many entries were ever added at the end: `plain` prints those that it has not seen.
    pub(crate) pushed: u64,
    pub(crate) unread: usize,
    pub(crate) mentions: usize,
    /// The first seq that the server's log has.
    pub(crate) first: u64,
    /// Whether a page of history is on its way.
    pub(crate) loading: bool,
    /// Rows between the end of the log and the end of the screen.
    pub(crate) scroll: usize,
    /// What had been said when we came: no news.
    pub(crate) old_up_to: u64,
    /// The last seq that was seen when the person looked away: the mark stands after it.
    pub(crate) seen: Option<u64>,
    pub(crate) people: People,
    /// Nicks, and until when they count as writing.
    pub(crate) typing: Vec<(String, u64)>,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Entry {
    Said(Said),
    Note { at: u64, tone: Tone, lines: Vec<String> },
}

/// How a note is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Trouble,
}

/// A message of the server's log, made safe to show.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Said {
    pub(crate) seq: u64,
    pub(crate) at: u64,
    pub(crate) nick: String,
    pub(crate) lines: Vec<String>,
    pub(crate) is_action: bool,
    /// Whether it names us.
    pub(crate) is_mention: bool,
}

/// Something of ours that is not in the log yet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outgoing {
    pub(crate) key: u64,
    pub(crate) cid: Option<Cid>,
    pub(crate) text: String,
    pub(crate) is_action: bool,
    pub(crate) at: u64,
    pub(crate) standing: Standing,
}

/// How far a send is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Without an answer.
    Pending,
    /// On the server's disk; its message is on its way to us.
    Sent,
    /// It will not be tried again unless the person says so.
    Failed(String),
}

/// Who is in a room.
#[derive(Clone, Debug, Default)]
pub(crate) struct People {
    pub(crate) count: u64,
    pub(crate) sample: Vec<(PersonId, String)>,
}

impl Room {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: neutral::line(name), ..Self::default() }
    }

    /// Adds at the end. Who has scrolled up goes on seeing the same lines.
    pub(crate) fn push(&mut self, entry: Entry, columns: usize) {
        if self.scroll > 0 {
            self.scroll += crate::view::log::rows_of(&entry, columns);
        }
        self.entries.push(entry);
        self.pushed += 1;
        if self.entries.len() > ENTRIES_MAX && self.scroll == 0 {
            self.entries.drain(..self.entries.len() - ENTRIES_MAX);
        }
    }

    /// Puts messages where their seq belongs; those that are here already are left.
    pub(crate) fn fill(&mut self, page: Vec<Said>) {
        for said in page {
            let after = self.entries.iter().rposition(|e| e.seq().is_some_and(|s| s <= said.seq));
            if after.is_some_and(|at| self.entries[at].seq() == Some(said.seq)) {
                continue;
            }
            // What is older than all stands before the notes that came meanwhile.
            self.entries.insert(after.map_or(0, |at| at + 1), Entry::Said(said));
        }
    }

    /// The seqs that are missing right before this entry: the first and the last of them.
    pub(crate) fn missing_before(&self, index: usize) -> Option<(u64, u64)> {
        let seq = self.entries.get(index)?.seq()?;
        let before = self.entries[..index].iter().rev().find_map(Entry::seq);
        let first = before.map_or(self.first.max(1), |before| before + 1).max(self.first);
        (first < seq).then(|| (first, seq - 1))
    }

    pub(crate) fn last_seq(&self) -> Option<u64> {
        self.entries.iter().rev().find_map(Entry::seq)
    }

    pub(crate) fn outgoing_mut(&mut self, key: u64) -> Option<&mut Outgoing> {
        self.outgoing.iter_mut().find(|outgoing| outgoing.key == key)
    }

    /// Everything here is before the person's eyes now.
    pub(crate) fn mark_read(&mut self) {
        (self.unread, self.mentions) = (0, 0);
    }

    pub(crate) fn heard_typing(&mut self, who: &[String], me: Option<&str>, now: u64) {
        for nick in who.iter().map(|nick| neutral::line(nick)) {
            self.stopped_typing(&nick);
            if me != Some(nick.as_str()) {
                self.typing.push((nick, now + TYPING_MS));
            }
        }
    }

    pub(crate) fn stopped_typing(&mut self, nick: &str) {
        self.typing.retain(|(other, _)| other != nick);
    }

    pub(crate) fn forget_typing(&mut self, now: u64) {
        self.typing.retain(|(_, until)| *until > now);
    }
}

impl People {
    pub(crate) fn set(&mut self, count: u64, sample: &[User]) {
        self.count = count;
        self.sample.clear();
        self.joined(sample);
    }

    pub(crate) fn joined(&mut self, users: &[User]) {
        for user in users {
            self.sample.retain(|(id, _)| *id != user.id);
            self.sample.push((user.id, neutral::line(&user.nick)));
        }
        self.sample.sort_by_cached_key(|(_, nick)| nick.to_lowercase());
    }

    pub(crate) fn left(&mut self, ids: &[PersonId]) {
        self.sample.retain(|(id, _)| !ids.contains(id));
    }
}

impl Entry {
    pub(crate) fn note(at: u64, tone: Tone, text: &str) -> Self {
        Self::Note { at, tone, lines: neutral::lines(text) }
    }

    pub(crate) fn seq(&self) -> Option<u64> {
        match self {
            Self::Said(said) => Some(said.seq),
            Self::Note { .. } => None,
        }
    }
}

impl Said {
    /// Makes a message safe to show. `me` is what we are called, if it was said by somebody else.
    pub(crate) fn new(message: &Message, me: Option<&str>) -> Self {
        Self {
            seq: message.seq,
            at: message.at,
            nick: neutral::line(&message.from.nick),
            lines: neutral::lines(&message.text),
            is_action: !message.kind.is_text(),
            is_mention: me.is_some_and(|me| mentions(&message.text, me)),
        }
    }
}

/// Whether a text names somebody: the nick as a word of its own, in any case.
pub(crate) fn mentions(text: &str, nick: &str) -> bool {
    let (text, nick) = (text.to_lowercase(), nick.to_lowercase());
    let in_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    !nick.is_empty()
        && text.match_indices(&nick).any(|(at, _)| {
            let after = &text[at + nick.len()..];
            !text[..at].chars().next_back().is_some_and(in_word)
                && !after.chars().next().is_some_and(in_word)
        })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::mentions;

    /// The examples of the browser client: nobody is called by one program and not by the other.
    #[test]
    fn both_clients_see_the_same_mentions() {
        let examples = include_str!("../../../web/tests/golden/mention.json");
        let examples: Vec<Value> = serde_json::from_str(examples).expect("a list of examples");
        assert!(examples.len() > 20);
        for example in examples {
            let text = |field: &str| example[field].as_str().expect("a text");
            let expected = example["mentions"].as_bool().expect("yes or no");
            assert_eq!(mentions(text("text"), text("nick")), expected, "{}", text("name"));
        }
    }
}
