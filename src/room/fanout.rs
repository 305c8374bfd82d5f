//! Fan-out: one frame, offered to every live member, without ever waiting for one of them.

use std::sync::Arc;

use throng_protocol::Behind;
use tracing::debug;

use super::state::State;
use super::tail::Entry;
use crate::frame::Frame;
use crate::metrics::Metrics;
use crate::outbox::{Offered, Outbox, Ticket};
use crate::tasks::yield_now;

/// After so many members the task lets others go on. A write costs about five microseconds, so a
/// slice is a third of a millisecond; a room of ten thousand takes 50 ms a message in all.
const SLICE: usize = 64;

/// One round over the members of a room.
pub(super) struct Fanout<'a> {
    state: &'a mut State<Arc<Outbox>, Ticket>,
    metrics: &'a Metrics,
}

impl<'a> Fanout<'a> {
    pub(super) fn new(state: &'a mut State<Arc<Outbox>, Ticket>, metrics: &'a Metrics) -> Self {
        Self { state, metrics }
    }

    /// Offers messages of the log. Whose outbox is full is told to be behind, and joins again when
    /// it has read that.
    pub(super) async fn show(mut self, entries: &[Entry]) {
        let frames = Frame::joined(entries.iter().map(Entry::json));
        let mut full = Vec::new();
        let mut delivered = 0;
        for place in 0..self.state.roster().sessions() {
            if place % SLICE == SLICE - 1 {
                yield_now().await;
            }
            let Some((connection, member)) = self.state.roster().at(place) else { break };
            if !member.is_live {
                continue;
            }
            match offer_all(&member.outbox, &frames) {
                Offered::Taken => delivered += entries.len() as u64,
                Offered::Full => full.push(connection),
                // Its session is about to leave.
                Offered::Closed => {}
            }
        }
        self.metrics.messages.inc_by(entries.len() as u64);
        self.metrics.deliveries.inc_by(delivered);
        self.fall_behind(&full);
    }

    /// Offers an event that may be lost.
    pub(super) async fn whisper(self, json: &str) {
        let frame = Frame::text(json);
        for place in 0..self.state.roster().sessions() {
            if place % SLICE == SLICE - 1 {
                yield_now().await;
            }
            let Some((_, member)) = self.state.roster().at(place) else { break };
            if member.is_live {
                member.outbox.offer_ephemeral(&frame);
            }
        }
    }

    /// Tells everybody to join again: the room has failed.
    pub(super) fn put_all_behind(mut self) {
        let roster = self.state.roster();
        let all: Vec<u64> =
            (0..roster.sessions()).filter_map(|place| roster.at(place)).map(|it| it.0).collect();
        self.fall_behind(&all);
    }

    fn fall_behind(&mut self, full: &[u64]) {
        if full.is_empty() {
            return;
        }
        let room = self.state.name().as_str().to_owned();
        let behind = Behind { room, head: self.state.head() };
        let frame = Frame::text(&tagged(&behind));
        for connection in full {
            if self.state.fell_behind(*connection)
                && let Some(member) = self.state.roster().get(*connection)
            {
                member.outbox.offer_behind(&frame);
                self.metrics.behind.inc();
                debug!(session = connection, room = %behind.room, "a slow reader is behind");
            }
        }
    }
}

/// A member that took only some of the frames has a hole behind them, so it is full all the same:
/// it joins again after the last seq that it got.
fn offer_all(outbox: &Outbox, frames: &[Frame]) -> Offered {
    for frame in frames {
        match outbox.offer_event(frame) {
            Offered::Taken => {}
            other => return other,
        }
    }
    Offered::Taken
}

fn tagged(behind: &Behind) -> String {
    serde_json::to_string(behind).unwrap_or_default()
}
