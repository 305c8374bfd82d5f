//! The codec: parses commands from text frames, and writes answers and events as text frames. JSON, version 1
//! of the protocol.

use serde::Serialize;
use throng_protocol::{Ok, Refusal, Request};

use crate::wire::answer::Answer;
use crate::wire::frame::Frame;

/// Parses a command.
///
/// # Errors
/// Why it is not one, with its `id` if that could be read.
pub(crate) fn decode(text: &str) -> Result<Request, (Option<u64>, Refusal)> {
    Request::parse(text).map_err(|bad| (bad.id, Refusal::new(bad.code, bad.message)))
}

/// Writes the answer to the command with this `id`. A frame without a usable `id` can only be refused.
pub(crate) fn encode(id: Option<u64>, answer: &Answer) -> Frame {
    match answer {
        Answer::Done => ok(id, &()),
        Answer::Greeting(greeting) => ok(id, greeting),
        Answer::Nick(nick) => ok(id, nick),
        Answer::Link(link) => ok(id, link),
        Answer::WhoAmI(who) => ok(id, who),
        Answer::Rooms(rooms) => ok(id, rooms),
        Answer::Page(page) => ok(id, page),
        Answer::Sent(sent) => ok(id, sent),
        Answer::Members(members) => ok(id, members),
        Answer::Registered(registered) => ok(id, registered),
        Answer::Logins(logins) => ok(id, logins),
        Answer::SecondFactor(factor) => ok(id, factor),
        Answer::Audit(audit) => ok(id, audit),
        Answer::Why(why) => ok(id, why),
        Answer::Room(room) => ok(id, room),
        Answer::InviteLink(link) => ok(id, link),
        Answer::Mine(mine) => ok(id, mine),
        Answer::People(people) => ok(id, people),
        Answer::KeptAway(people) => ok(id, people),
        Answer::Reports(reports) => ok(id, reports),
        Answer::Purged(purged) => ok(id, purged),
        Answer::MadeBot(made) => ok(id, made),
        Answer::Bots(bots) => ok(id, bots),
        Answer::Raid(raid) => ok(id, raid),
        Answer::Groups(groups) => ok(id, groups),
        Answer::GroupPeople(people) => ok(id, people),
        Answer::Filters(filters) => ok(id, filters),
        Answer::FilterAdded(added) => ok(id, added),
        Answer::Refreshed(refreshed) => ok(id, refreshed),
        Answer::Profile(profile) => ok(id, profile),
        Answer::Profiles(profiles) => ok(id, profiles),
        Answer::NickHistory(history) => ok(id, history),
        Answer::Presence(presence) => ok(id, presence),
        Answer::Found(found) => ok(id, found),
        Answer::Refused(refusal) => event(&refusal.clone().into_fault(id)),
    }
}

/// Writes an event.
pub(crate) fn event(event: &impl Serialize) -> Frame {
    Frame::text(&serde_json::to_string(event).expect("the protocol's types are always JSON"))
}

fn ok(id: Option<u64>, body: &impl Serialize) -> Frame {
    Frame::text(&Ok::to_json(id.unwrap_or_default(), body))
}
