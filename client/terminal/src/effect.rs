//! What the model wants done outside: `run` and `connection` carry it out.

use throng_protocol::Cid;

use crate::model::{Outgoing, RoomLabel};

/// An action outside the model.
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
    /// Loads the page that ends before this seq.
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
    /// Asks for a code for another device.
    DeviceCode,
    Typing(RoomLabel),
    Bell,
    /// Saves the settings.
    Keep,
    /// Turns the program's use of the mouse on or off.
    Mouse(bool),
    /// Shows only these lines, until a key is pressed.
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
