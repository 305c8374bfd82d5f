//! Broken promises, with the evidence, and the verdict that counts them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::units;

/// How many violations are kept; the others are only counted. A server that is wrong once is usually wrong
/// for every member.
const EXAMPLES_MAX: usize = 20;

/// The kind of a broken promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// A hole in what a member saw.
    Skipped,
    /// A member saw a seq again, or late.
    Repeated,
    /// A member never got what was acknowledged, or what others got.
    Lost,
    /// One seq, two contents; or one send, two contents.
    Differs,
    /// One send, two seqs.
    Twice,
    /// A message that nobody sent.
    Invented,
    /// A message in another room than it was sent to.
    Strayed,
    /// The server has lost its log or a person: a `reset` without a restored backup, another epoch, or a
    /// token that it no longer knows.
    Forgotten,
    /// The log, read back, lacks messages that were acknowledged or shown.
    Unlogged,
    /// The server answered a retry, byte for byte the same, with `conflict`.
    Conflict,
    /// A frame that breaks the protocol.
    Garbled,
}

/// One broken promise, with what is needed to look it up in the server's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Violation {
    pub(crate) kind: Kind,
    /// The room by the server's name; `None` if it was not about a room.
    pub(crate) room: Option<String>,
    pub(crate) seq: Option<u64>,
    /// The number of the client that saw it; `None` if it was not about a single client.
    pub(crate) client: Option<u32>,
    pub(crate) expected: String,
    pub(crate) got: String,
    /// The whole violation as a sentence.
    pub(crate) words: String,
}

/// The result for the promises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    /// All promises were checked and held.
    Held,
    /// At least one promise was broken, whatever else could not be checked.
    Broken,
    /// No broken promise was seen, but something could not be checked.
    #[default]
    NotChecked,
}

/// The verdict of a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Verdict {
    /// "Not checked" until [`Verdict::concluded`].
    pub(crate) outcome: Outcome,
    /// Sends that were answered with `ok`.
    pub(crate) acknowledged: u64,
    /// Messages that members received.
    pub(crate) deliveries: u64,
    /// Acknowledged sends that were read back from the server's log with the same content and seq.
    pub(crate) verified: u64,
    /// How many times a promise was broken.
    pub(crate) broken: u64,
    /// The first violations.
    pub(crate) examples: Vec<Violation>,
    /// Sends that had no answer at the end.
    pub(crate) unanswered: u64,
    /// What could not be checked, one sentence each.
    pub(crate) unchecked: Vec<String>,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Repeated => "repeated",
            Self::Lost => "lost",
            Self::Differs => "differs",
            Self::Twice => "twice",
            Self::Invented => "invented",
            Self::Strayed => "strayed",
            Self::Forgotten => "forgotten",
            Self::Unlogged => "unlogged",
            Self::Conflict => "conflict",
            Self::Garbled => "garbled",
        }
    }
}

impl Violation {
    /// Makes the sentence from the evidence.
    pub(crate) fn new(
        kind: Kind,
        (room, seq, client): (Option<String>, Option<u64>, Option<u32>),
        expected: impl Into<String>,
        got: impl Into<String>,
    ) -> Self {
        let (expected, got) = (expected.into(), got.into());
        let mut words = format!("{}:", kind.word());
        if let Some(client) = client {
            words += &format!(" client {client}");
        }
        if let Some(room) = &room {
            words += &format!("{} room {room}", if client.is_some() { " in" } else { "" });
        }
        if let Some(seq) = seq {
            words += &format!(" at {seq}");
        }
        words += &format!(" expected {expected}, got {got}");
        Self { kind, room, seq, client, expected, got, words }
    }
}

impl Verdict {
    /// Whether all promises were checked and held.
    pub(crate) fn held(&self) -> bool {
        self.outcome == Outcome::Held
    }

    /// Sets the outcome, after everything was looked at.
    pub(crate) fn concluded(self) -> Self {
        let outcome = match (self.broken, self.unchecked.is_empty()) {
            (0, true) => Outcome::Held,
            (0, false) => Outcome::NotChecked,
            _ => Outcome::Broken,
        };
        Self { outcome, ..self }
    }

    /// Whether another violation would be kept. If not, its evidence is not needed.
    pub(super) fn listens(&self) -> bool {
        self.examples.len() < EXAMPLES_MAX
    }

    pub(super) fn add(&mut self, violation: impl FnOnce() -> Violation) {
        self.broken += 1;
        if self.listens() {
            self.examples.push(violation());
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { outcome, acknowledged, deliveries, verified, broken, examples, .. } = self;
        let words = match outcome {
            Outcome::Held => "promises held".to_owned(),
            Outcome::Broken => format!("PROMISES BROKEN {}", units::times(*broken)),
            Outcome::NotChecked => "PROMISES NOT CHECKED".to_owned(),
        };
        write!(
            f,
            "{words}: {acknowledged} acknowledged, {verified} of them read back from the log, {}",
            units::counted(*deliveries, "delivery")
        )?;
        for violation in examples {
            write!(f, "\n  {violation}")?;
        }
        if *broken > examples.len() as u64 {
            write!(f, "\n  and {} more", broken - examples.len() as u64)?;
        }
        self.unchecked.iter().try_for_each(|words| write!(f, "\n  {words}"))
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}
