//! What is to be done outside the model: `run` and `connection` carry it out.

use throng_protocol::Cid;

use crate::model::{Outgoing, RoomLabel};

/// Something to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    Send {
        room: RoomLabel,
        key: u64,
        cid: Option<Cid>,
        text: String,
        is_action: bool,
    },
    Join(RoomLabel),
    Leave(RoomLabel),
    /// The page that ends before this seq.
    History {
        room: RoomLabel,
        before: u64,
    },
    Members {
        room: RoomLabel,
        aloud: bool,
    },
    Rooms {
        after: Option<String>,
    },
    Rename(String),
    /// A code for another device.
    DeviceCode,
    Typing(RoomLabel),
    Bell,
    /// Keeps the settings beyond the end of the program.
    Keep,
    /// Takes the mouse, or leaves it to the terminal.
    Mouse(bool),
    /// Shows nothing but these lines, until a key is pressed.
    Bare(Vec<String>),
    Suspend,
    Redraw,
    Quit,
}

impl Effect {
    pub(crate) fn send(room: &RoomLabel, outgoing: &Outgoing) -> Self {
        Self::Send {
            room: room.clone(),
            key: outgoing.key,
            cid: outgoing.cid,
            text: outgoing.text.clone(),
            is_action: outgoing.is_action,
        }
    }
}
