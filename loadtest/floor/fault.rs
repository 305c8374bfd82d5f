//! Promises that the floor breaks on demand, so that a test can see the oracle catch each.

use super::room::Room;

/// Every so many messages of a room the fault strikes, and its last member is the victim.
const EVERY: u64 = 10;

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
}

impl Fault {
    pub(super) fn forgets(self, seq: u64, room: &mut Room) -> bool {
        // The seq stays where it was, so the next message would be forgotten too: once is enough.
        self == Self::Forget && seq.is_multiple_of(EVERY) && room.held.replace(Vec::new()).is_none()
    }

    /// What the victim gets in place of `frame`.
    pub(super) fn twist(self, seq: u64, frame: &[u8], held: &mut Option<Vec<u8>>) -> Vec<Vec<u8>> {
        let strikes = seq.is_multiple_of(EVERY);
        match self {
            Self::Drop if strikes => vec![],
            Self::Repeat if strikes => vec![frame.to_vec(), frame.to_vec()],
            Self::Swap if strikes => {
                *held = Some(frame.to_vec());
                vec![]
            }
            Self::Swap => std::iter::once(frame.to_vec()).chain(held.take()).collect(),
            Self::Rewrite if strikes => {
                // The padding of the text ends in front of the last field.
                let mut frame = frame.to_vec();
                if let Some(place) = frame.iter().rposition(|byte| *byte == b'x') {
                    frame[place] = b'y';
                }
                vec![frame]
            }
            _ => vec![frame.to_vec()],
        }
    }
}
