//! Entries that are not for everybody, on their way to the members: one encoding for each way to see them.

use std::borrow::Cow;
use std::collections::HashMap;

use throng_protocol::PersonId;

use crate::wire::entry::{Entry, Sight};
use crate::wire::frame::Frame;

/// A batch in which something is not for everybody. Others get the frames that all would get; for the few who see more,
/// these are made once for each way to see it.
pub(super) struct Shadowed<'a, S> {
    entries: &'a [Entry],
    /// Who has said what is not for everybody.
    senders: Vec<PersonId>,
    sight: S,
    /// By how the things of each of the senders are seen.
    frames: HashMap<Vec<Sight>, Vec<Frame>>,
}

impl<'a, S: Fn(PersonId, PersonId) -> Sight> Shadowed<'a, S> {
    /// The batch, if there is something in it that is not for everybody. `sight` says how the first person sees what
    /// the second one has said.
    pub(super) fn of(entries: &'a [Entry], sight: S) -> Option<Self> {
        let mut senders: Vec<_> = entries.iter().filter_map(Entry::shadowed).collect();
        if senders.is_empty() {
            return None;
        }
        senders.sort_unstable();
        senders.dedup();
        Some(Self { entries, senders, sight, frames: HashMap::new() })
    }

    /// What somebody gets; `None` if they see what everybody sees.
    pub(super) fn frames_for(&mut self, viewer: PersonId) -> Option<&[Frame]> {
        let sights = || self.senders.iter().map(|sender| (self.sight)(viewer, *sender));
        if sights().all(|sight| sight == Sight::Other) {
            return None;
        }
        let (entries, senders) = (self.entries, &self.senders);
        let frames = self.frames.entry(sights().collect()).or_insert_with_key(|sights| {
            let sight_of = |entry: &Entry| {
                let sender = entry.shadowed()?;
                senders.iter().zip(sights).find(|(it, _)| **it == sender).map(|(_, sight)| *sight)
            };
            let seen = |it| Entry::json_for(it, sight_of(it).unwrap_or(Sight::Other));
            let jsons: Vec<Cow<'_, str>> = entries.iter().map(seen).collect();
            Frame::joined(jsons.iter().map(|json| &**json))
        });
        Some(frames)
    }
}
