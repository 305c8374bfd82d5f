//! Promises that the floor breaks on demand, so that a test can see the oracle catch each.

/// A way to be wrong.
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
    /// A message is acknowledged, and its seq given to the next one.
    Forget,
    /// An `ok` says another seq than the message has.
    WrongSeq,
    /// A message goes to another room than the one it was sent to.
    Stray,
    /// A connection ends between commit and `ok`, and the retry is committed again.
    Again,
    /// The log keeps another text than was shown.
    Misfile,
    /// All rooms have the same id, always.
    OneId,
}

/// A fault, and when it strikes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flaw {
    pub(crate) fault: Fault,
    /// One delivery, or one send, in this number.
    pub(crate) every: u64,
    /// How many went before the first.
    pub(crate) count: u64,
}

/// What happens to a frame on its way to one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Twist {
    Straight,
    Lost,
    Twice,
    /// It comes behind the member's next one.
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
                // The padding of the text ends in front of the last field.
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
