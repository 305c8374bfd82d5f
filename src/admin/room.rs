//! `room`: which rooms there are, what is said of them, and who is in them.

use serde_json::{Value, json};
use throng_protocol::{
    DeleteRoom, Fold, ListPeople, Rank, Right, Role, RoomGroups, RoomListing, RoomName, RoomRef,
    SetRoom,
};

use super::arguments::Arguments;
use super::refused::Refused;
use crate::actor::Actor;
use crate::base::tasks::yield_now;
use crate::membership::Membership;
use crate::membership::settings::least;
use crate::rooms::handle::Shown;
use crate::server::Server;

/// The most rooms in one answer, which is made in memory: about a megabyte.
const LIST_MAX: usize = 10_000;

/// How many rooms are asked for before others may go on.
const ROOMS_AT_ONCE: usize = 1_000;

pub(super) async fn list(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let part = match arguments.text_if_given("query").map(RoomName::part) {
        // No name has this in it.
        Some(None) => return Ok(json!({"rooms": [], "more": false})),
        Some(part) => part,
        None => None,
    };
    let is_occupied_wanted = arguments.switch("occupied");
    if arguments.switch("private") {
        return Ok(private(server, part.as_ref(), is_occupied_wanted));
    }
    let (mut rooms, mut after) = (Vec::new(), None);
    loop {
        let limit = ROOMS_AT_ONCE.min(LIST_MAX - rooms.len());
        let page = server.rooms.page(None, after.as_ref(), part.as_ref(), limit);
        let is_wanted = |room: &RoomListing| !is_occupied_wanted || room.members > 0;
        rooms.extend(page.rooms.into_iter().filter(is_wanted));
        after = page.after.map(|name| RoomName::kept(name).fold());
        if !page.more || rooms.len() >= LIST_MAX {
            return Ok(json!({"rooms": rooms, "more": page.more}));
        }
        yield_now().await;
    }
}

/// The private and direct rooms. A direct one has no name.
fn private(server: &Server, part: Option<&Fold>, is_occupied_wanted: bool) -> Value {
    let is_wanted = |shown: &Shown, members| {
        (!is_occupied_wanted || members > 0) && part.is_none_or(|part| shown.fold.contains(part))
    };
    let all = server.rooms.closed(is_wanted, LIST_MAX + 1);
    let more = all.len() > LIST_MAX;
    let rooms = all.into_iter().take(LIST_MAX).map(|(shown, members)| {
        let room = &shown.attributes;
        json!({"id": room.id, "name": room.name.as_str(), "kind": room.kind, "members": members})
    });
    json!({"rooms": rooms.collect::<Vec<_>>(), "more": more})
}

pub(super) async fn people(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let room = arguments.text("room")?;
    let (mut people, mut after) = (Vec::new(), None);
    loop {
        let list = ListPeople { room: room.to_owned(), after };
        let page = Membership(server).people(None, &list)?;
        after = page.people.last().map(|seat| seat.user.id);
        people.extend(page.people.into_iter().map(
            |seat| json!({"person": seat.user.id, "nick": seat.user.nick, "rank": seat.rank}),
        ));
        if !page.more || people.len() >= LIST_MAX {
            return Ok(json!({"people": people, "more": page.more}));
        }
        yield_now().await;
    }
}

pub(super) async fn set(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let switch = |name| match arguments.text_if_given(name) {
        None => Ok(None),
        Some("on") => Ok(Some(true)),
        Some("off") => Ok(Some(false)),
        Some(_) => Err(Refused::bad_argument(format!("{name:?} must be on or off"))),
    };
    let role = |name| {
        let given = arguments.text_if_given(name);
        let bad = || Refused::bad_argument(format!("{name:?} must be a role"));
        given.map(|role| Role::parse(role).ok_or_else(bad)).transpose()
    };
    let invite = match arguments.text_if_given("invite") {
        None => None,
        Some("member") => Some(Rank::Member),
        Some("moderator") => Some(Rank::Moderator),
        Some(_) => return Err(Refused::bad_argument("\"invite\" must be member or moderator")),
    };
    let order = arguments.number_if_given("order").map(u32::try_from).transpose();
    let set = SetRoom {
        room: arguments.text("room")?.to_owned(),
        name: arguments.text_if_given("name").map(str::to_owned),
        topic: arguments.text_if_given("topic").map(str::to_owned),
        description: arguments.text_if_given("description").map(str::to_owned),
        order: order.map_err(|_| Refused::bad_argument("\"order\" is too large"))?,
        see: role("see")?,
        speak: role("speak")?,
        moderate: role("moderate")?,
        groups: groups(&arguments),
        slow_ms: arguments.number_if_given("slow").map(|seconds| seconds.saturating_mul(1_000)),
        invite,
        archived: switch("archived")?,
        reason: arguments.reason(),
    };
    Membership(server).set(&Actor::server(), &set).await?;
    Ok(json!({"changed": set.room}))
}

/// The groups that are given for the rights; none for those that are given as nothing.
fn groups(arguments: &Arguments) -> Option<Box<RoomGroups>> {
    let given = |right: Right| {
        let names = arguments.text_if_given(&format!("{}-groups", right.name()))?;
        let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
        Some((right, names.map(str::to_owned).collect()))
    };
    let all = Right::ALL.into_iter().filter_map(given);
    let groups = all.fold(RoomGroups::default(), |all, (right, names)| all.with(right, names));
    (!groups.is_empty()).then(|| Box::new(groups))
}

pub(super) async fn delete(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let room = arguments.text("room")?.to_owned();
    let reason = arguments.reason();
    Membership(server).delete(&Actor::server(), &DeleteRoom { room: room.clone(), reason }).await?;
    Ok(json!({"deleted": room}))
}

pub(super) async fn show(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let asked = arguments.text("room")?;
    let room = RoomRef::parse(asked).map_err(|bad| Refused::bad_argument(bad.to_string()))?;
    let found = server.rooms.find(None, &room).and_then(|shown| {
        let listing = server.rooms.listing(shown.attributes.id)?;
        Some((shown, listing))
    });
    let (shown, listing) = found.ok_or_else(|| {
        Refused::not_found(format!("there is no room {asked:?}: `room list` shows those there are"))
    })?;
    // A room in which nothing was ever said is in no log.
    let record = server.log.room(listing.id).await?;
    let (first, head) = record.map_or((1, 0), |record| (record.first, record.head));
    let who = |right| {
        let names = server.groups.names(shown.attributes.groups_for(right));
        [vec![least(&shown.attributes, right).to_owned()], names].concat().join(", ")
    };
    Ok(json!({
        "id": listing.id,
        "name": listing.name,
        "kind": shown.attributes.kind,
        "topic": shown.attributes.topic,
        "description": shown.attributes.description,
        "order": shown.attributes.order,
        "see": who(Right::See),
        "speak": who(Right::Speak),
        "invite": who(Right::Invite),
        "moderate": who(Right::Moderate),
        "slow": shown.attributes.slow_ms / 1_000,
        "archived": shown.attributes.archived,
        "members": listing.members,
        "first": first,
        "head": head,
    }))
}
