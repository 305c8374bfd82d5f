//! Broken promises, in words, and the verdict that counts them.

use std::fmt;

/// Violations kept in full; the rest is only counted. A server that is wrong once is usually wrong
/// for every member.
const EXAMPLES_MAX: usize = 20;

/// One broken promise. Members and rooms are numbers of the run; seqs are the server's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Breach {
    /// A hole in what a member saw.
    Skipped { member: u32, room: u32, expected: u64, got: u64 },
    /// A member saw a seq again, or late.
    Repeated { member: u32, room: u32, expected: u64, got: u64 },
    /// A member never saw what was acknowledged, or what others saw.
    Lost { member: u32, room: u32, cursor: u64, head: u64 },
    /// One seq, two contents.
    Differs { room: u32, seq: u64 },
    /// One content, two seqs.
    Twice { room: u32, first: u64, again: u64 },
    /// A message that nobody sent.
    Invented { room: u32, seq: u64 },
    /// A message in another room than it was sent to.
    Strayed { sent: u32, room: u32, seq: u64 },
    /// The server disowned its log: `reset` without a restored backup, or another epoch.
    Forgotten { member: u32, room: u32 },
    /// A frame that breaks the protocol.
    Garbled { member: u32, what: String },
}

/// What is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Skipped,
    Repeated,
    Lost,
    Differs,
    Twice,
    Invented,
    Strayed,
    Forgotten,
    Garbled,
}

/// One broken promise as it is told, with what is needed to look it up in the server's log.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Violation {
    pub(crate) kind: Kind,
    pub(crate) room: Option<String>,
    pub(crate) seq: Option<u64>,
    pub(crate) client: Option<u32>,
    pub(crate) expected: String,
    pub(crate) got: String,
    /// All of it in a sentence.
    pub(crate) words: String,
}

impl From<Breach> for Violation {
    fn from(breach: Breach) -> Self {
        let words = breach.to_string();
        let (kind, room, seq, client) = match breach {
            Breach::Skipped { member, room, got, .. } => {
                (Kind::Skipped, Some(room), Some(got), Some(member))
            }
            Breach::Repeated { member, room, got, .. } => {
                (Kind::Repeated, Some(room), Some(got), Some(member))
            }
            Breach::Lost { member, room, cursor, .. } => {
                (Kind::Lost, Some(room), Some(cursor), Some(member))
            }
            Breach::Differs { room, seq } => (Kind::Differs, Some(room), Some(seq), None),
            Breach::Twice { room, again, .. } => (Kind::Twice, Some(room), Some(again), None),
            Breach::Invented { room, seq } => (Kind::Invented, Some(room), Some(seq), None),
            Breach::Strayed { room, seq, .. } => (Kind::Strayed, Some(room), Some(seq), None),
            Breach::Forgotten { member, room } => (Kind::Forgotten, Some(room), None, Some(member)),
            Breach::Garbled { member, .. } => (Kind::Garbled, None, None, Some(member)),
        };
        let room = room.map(|room| room.to_string());
        Self { kind, room, seq, client, expected: String::new(), got: String::new(), words }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

/// How a run is judged.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Verdict {
    /// Sends that were answered with `ok`.
    pub(crate) acknowledged: u64,
    /// Messages that reached a member.
    pub(crate) deliveries: u64,
    /// Acknowledged messages that were read back from the server's log.
    #[serde(default)]
    pub(crate) verified: u64,
    /// How many times a promise was broken.
    pub(crate) broken: u64,
    /// The first of them.
    pub(crate) examples: Vec<Violation>,
}

impl Verdict {
    pub(crate) fn held(&self) -> bool {
        self.broken == 0
    }

    pub(super) fn add(&mut self, violation: Breach) {
        self.broken += 1;
        if self.examples.len() < EXAMPLES_MAX {
            self.examples.push(violation.into());
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { acknowledged, deliveries, broken, examples, .. } = self;
        if self.held() {
            return write!(
                f,
                "promises held: {acknowledged} acknowledged, {deliveries} deliveries, \
                 nothing lost, repeated or reordered"
            );
        }
        write!(
            f,
            "PROMISES BROKEN {broken} times ({acknowledged} acknowledged, {deliveries} deliveries)"
        )?;
        for violation in examples {
            write!(f, "\n  {violation}")?;
        }
        if *broken > examples.len() as u64 {
            write!(f, "\n  and {} more", broken - examples.len() as u64)?;
        }
        Ok(())
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Skipped { member, room, expected, got } => {
                write!(f, "skipped: client {member} in room {room} expected {expected}, got {got}")
            }
            Self::Repeated { member, room, expected, got } => {
                write!(f, "repeated: client {member} in room {room} expected {expected}, got {got}")
            }
            Self::Lost { member, room, cursor, head } => {
                write!(
                    f,
                    "lost: client {member} in room {room} has {cursor}, the room is at {head}"
                )
            }
            Self::Differs { room, seq } => {
                write!(f, "differs: message {seq} of room {room} has two contents")
            }
            Self::Twice { room, first, again } => {
                write!(f, "twice: one send is message {first} and message {again} of room {room}")
            }
            Self::Invented { room, seq } => {
                write!(f, "invented: nobody sent message {seq} of room {room}")
            }
            Self::Strayed { sent, room, seq } => {
                write!(f, "strayed: message {seq} of room {room} was sent to room {sent}")
            }
            Self::Forgotten { member, room } => {
                write!(f, "forgotten: client {member} was told to reset its cursor of room {room}")
            }
            Self::Garbled { member, what } => write!(f, "garbled: client {member} received {what}"),
        }
    }
}
