//! Fan-out: one frame, offered to every live member, without ever waiting for a member.

use std::sync::Arc;

use throng_protocol::{Behind, PersonId, Typing};
use throng_room::{Member, TYPING_NAMES_MAX};
use tracing::debug;

use super::room_state::State;
use super::shadowed::Shadowed;
use crate::base::metrics::Metrics;
use crate::base::tasks::yield_now;
use crate::delivery::outbox::Offered;
use crate::delivery::peer::Peer;
use crate::wire::codec;
use crate::wire::entry::{Entry, Sight};
use crate::wire::frame::Frame;

/// After this many members, other tasks run. A write costs about five microseconds, so a slice takes a third
/// of a millisecond; a room of ten thousand takes 50 ms per message in all.
const SLICE: usize = 64;

/// One pass over the members of a room.
pub(super) struct Fanout<'a> {
    state: &'a mut State,
    metrics: &'a Metrics,
}

impl<'a> Fanout<'a> {
    pub(super) fn new(state: &'a mut State, metrics: &'a Metrics) -> Self {
        Self { state, metrics }
    }

    /// Offers messages of the log. A member whose outbox is full gets `behind`, and joins again when it has
    /// read that. `sight` says how the first person sees what the second one has said, if it is not for everybody.
    pub(super) async fn show(
        mut self,
        entries: &[Entry],
        sight: impl Fn(PersonId, PersonId) -> Sight,
    ) {
        let frames = Frame::joined(entries.iter().map(Entry::json));
        let mut shadowed = Shadowed::of(entries, sight);
        let mut full = Vec::new();
        let mut delivered = 0;
        self.each_live(|connection, member| {
            let more = shadowed.as_mut().and_then(|it| it.frames_for(member.user.id));
            match offer_all(&member.outbox, more.unwrap_or(&frames)) {
                Offered::Taken => delivered += entries.len() as u64,
                Offered::Full => full.push(connection),
                // Its session is about to leave.
                Offered::Closed => {}
            }
        })
        .await;
        self.metrics.messages.inc_by(entries.len() as u64);
        self.metrics.deliveries.inc_by(delivered);
        self.fall_behind(&full);
    }

    /// Offers an event that is in no log. A member whose outbox is full gets `behind`: it joins again, and so
    /// learns what the event says.
    pub(super) async fn tell(mut self, frame: &Frame) {
        let mut full = Vec::new();
        self.each_live(|connection, member| {
            if member.outbox.outbox.offer_event(frame) == Offered::Full {
                full.push(connection);
            }
        })
        .await;
        self.fall_behind(&full);
    }

    /// Offers an event that may be lost.
    pub(super) async fn ephemeral(self, frame: &Frame) {
        self.each_live(|_, member| {
            member.outbox.outbox.offer_ephemeral(frame);
        })
        .await;
    }

    /// Offers who is typing. Those who are `hidden` are shown to themselves alone.
    pub(super) async fn typing(
        self,
        typing: Typing,
        hidden: &[(PersonId, String)],
        sight: impl Fn(PersonId, PersonId) -> Sight,
    ) {
        let for_all = (!typing.who.is_empty()).then(|| codec::event(&typing));
        self.each_live(|_, member| {
            let is_own = |(person, _): &&_| sight(member.user.id, *person) == Sight::Own;
            let own: Vec<_> = hidden.iter().filter(is_own).map(|(_, nick)| nick.clone()).collect();
            if !own.is_empty() {
                let room = typing.room;
                let who = typing.who.iter().cloned().chain(own).take(TYPING_NAMES_MAX).collect();
                member.outbox.outbox.offer_ephemeral(&codec::event(&Typing { room, who }));
            } else if let Some(frame) = &for_all {
                member.outbox.outbox.offer_ephemeral(frame);
            }
        })
        .await;
    }

    /// Goes over the live members, in slices.
    async fn each_live(&self, mut offer: impl FnMut(u64, &Member<Arc<Peer>>)) {
        for place in 0..self.state.roster().sessions() {
            if place % SLICE == SLICE - 1 {
                yield_now().await;
            }
            let Some((connection, member)) = self.state.roster().at(place) else { break };
            if member.is_live {
                offer(connection, member);
            }
        }
    }

    /// Sends `behind` to all members, so that they join again: the room has failed.
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
        let behind = Behind { room: self.state.id(), head: self.state.head() };
        let frame = codec::event(&behind);
        for connection in full {
            if self.state.fell_behind(*connection)
                && let Some(member) = self.state.roster().get(*connection)
            {
                member.outbox.outbox.offer_behind(&frame);
                self.metrics.behind.inc();
                debug!(session = connection, room = %behind.room, "a slow reader is behind");
            }
        }
    }
}

/// Offers several frames. A member that took only some of them has a gap after these, so it counts as full:
/// it joins again after the last seq that it got.
fn offer_all(peer: &Peer, frames: &[Frame]) -> Offered {
    for frame in frames {
        match peer.outbox.offer_event(frame) {
            Offered::Taken => {}
            other => return other,
        }
    }
    Offered::Taken
}
