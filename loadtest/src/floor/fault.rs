//! Promises that the floor breaks on demand, to test that the oracle catches each.

/// A broken promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Fault {
    /// One member does not get a message.
    Drop,
    /// One member gets a message twice.
    Repeat,
    /// One member gets two messages in the wrong order.
    Swap,
    /// One member gets another text.
    Rewrite,
    /// A message is acknowledged and not stored; the next one gets its seq.
    Forget,
    /// An `ok` has another seq than its message.
    WrongSeq,
    /// A message goes to another room than its own.
    Stray,
    /// The connection ends between commit and `ok`, and the retry is committed a second time.
    Again,
    /// The log has another text than members got.
    Misfile,
    /// All rooms have the same id.
    OneId,
}

/// A fault, and how often it strikes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flaw {
    pub(crate) fault: Fault,
    /// It strikes one delivery, or one send, in this number.
    pub(crate) every: u64,
    /// Deliveries or sends so far.
    pub(crate) count: u64,
}

/// What happens to a frame for one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Twist {
    Straight,
    Lost,
    Twice,
    /// It is sent after the member's next frame.
    Held,
    Instead(Vec<u8>),
}

impl Flaw {
    /// Whether this fault strikes the next send.
    pub(super) fn strikes_send(&mut self, fault: Fault) -> bool {
        self.fault == fault && self.strikes()
    }

    /// Whether this fault strikes deliveries.
    pub(super) fn is_of_deliveries(&self) -> bool {
        matches!(self.fault, Fault::Drop | Fault::Repeat | Fault::Swap | Fault::Rewrite)
    }

    /// What becomes of the next delivery.
    pub(super) fn twist(&mut self, frame: &[u8]) -> Twist {
        if !self.is_of_deliveries() || !self.strikes() {
            return Twist::Straight;
        }
        match self.fault {
            Fault::Drop => Twist::Lost,
            Fault::Repeat => Twist::Twice,
            Fault::Swap => Twist::Held,
            _ => {
                // The last x of the frame is in the text's padding.
                let mut frame = frame.to_vec();
                if let Some(place) = frame.iter().rposition(|byte| *byte == b'x') {
                    frame[place] = b'y';
                }
                Twist::Instead(frame)
            }
        }
    }

    fn strikes(&mut self) -> bool {
        self.count += 1;
        self.count.is_multiple_of(self.every.max(1))
    }
}
