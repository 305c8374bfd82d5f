//! Pushed messages: in order they are shown; a seq that is too high means a hole, and the room is joined again from
//! its cursor.

use throng_protocol::{Epoch, LogEntry};

use super::room::Room;
use crate::event::Event;

impl Room {
    /// Something said just now. Above a hole it is not held: the join that fills the hole brings it
    /// again, so nothing has to be bounded here.
    pub(super) fn hear(
        &mut self,
        epoch: Epoch,
        seq: u64,
        entry: Option<LogEntry>,
    ) -> Option<Event> {
        let cursor = self.cursor.as_mut().filter(|cursor| self.member && cursor.epoch == epoch)?;
        if seq == cursor.seq + 1 {
            cursor.seq = seq;
            return self.shown(entry, false);
        }
        if seq > cursor.seq && self.live {
            self.live = false;
            self.wants_join = true;
        }
        None
    }
}
