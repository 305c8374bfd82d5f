//! Rooms that people make, through the client library.

use std::time::Duration;

use throng_client::{PendingRequest, RoomSettings};
use throng_protocol::{OwnRoom, Right, RoomInfo, RoomKind, SetRoom};

use super::Connection;
use crate::event::{Event, Request};
use crate::model::RoomLabel;

impl Connection {
    /// Asks for the person's rooms, all pages of the list. A server that has none of them says nothing.
    pub(super) fn request_mine(&self, aloud: bool) {
        let client = self.client.clone();
        let all = async move {
            let (mut rooms, mut after) = (Vec::new(), None);
            loop {
                let page = client.my_rooms(after).await?;
                after = page.rooms.last().map(|last| last.room.id);
                rooms.extend(page.rooms);
                if !page.more || after.is_none() {
                    return Ok(rooms);
                }
            }
        };
        let request = if aloud { Request::Other } else { Request::Background };
        self.request(None, request, all, move |rooms| vec![Event::Mine { rooms, aloud }]);
    }

    pub(super) fn open_direct(&self, people: &[String], text: String) {
        self.opening(self.client.open_direct(people), text, String::new());
    }

    pub(super) fn make(&self, name: &str, kind: RoomKind, done: String) {
        self.opening(self.client.make_room(name, kind, ""), String::new(), done);
    }

    pub(super) fn accept(&self, link: &str) {
        self.opening(self.client.accept(link), String::new(), String::new());
    }

    fn opening(&self, room: PendingRequest<OwnRoom>, text: String, done: String) {
        self.request(None, Request::Other, room, |own| vec![Event::Opened { own, text, done }]);
    }

    pub(super) fn make_invite_link(&self, room: RoomLabel) {
        let link = self.client.make_invite_link(room.to_ask(), None, None);
        self.request(None, Request::Other, link, |link| vec![Event::InviteLink { room, link }]);
    }

    pub(super) fn forget_room(&self, room: RoomLabel) {
        let leaving = self.client.forget(room.to_ask());
        self.request(None, Request::Other, leaving, |()| vec![Event::Forgotten(room)]);
    }

    /// What is said of a room: one that not everybody sees is never asked for by its name, which would be a public room's.
    pub(super) fn learn(&mut self, info: &RoomInfo) {
        match info.is_known_to_all() {
            true => self.closed.remove(&info.id),
            false => self.closed.insert(info.id),
        };
        for room in self.rooms.iter_mut().filter(|room| room.id == Some(info.id)) {
            if !info.name.is_empty() {
                room.name.clone_from(&info.name);
            }
        }
    }

    /// Somebody new is in none of the private and direct rooms of before.
    pub(super) fn drop_closed(&mut self) {
        let closed = std::mem::take(&mut self.closed);
        self.rooms.retain(|room| room.id.is_none_or(|id| !closed.contains(&id)));
    }
}

pub(super) fn settings(set: SetRoom) -> RoomSettings {
    let SetRoom { room, name, topic, speak, slow_ms, invite, archived, reason, .. } = set;
    let SetRoom { description, order, see, moderate, groups, .. } = set;
    let it = RoomSettings::of(room);
    let it = name.iter().fold(it, |it, name| it.name(name));
    let it = topic.into_iter().fold(it, RoomSettings::topic);
    let it = description.into_iter().fold(it, RoomSettings::description);
    let it = order.into_iter().fold(it, RoomSettings::order);
    let it = see.into_iter().fold(it, RoomSettings::see);
    let it = moderate.into_iter().fold(it, RoomSettings::moderate);
    let groups = groups.unwrap_or_default();
    let named = Right::ALL.into_iter().filter_map(|right| Some((right, groups.of(right)?)));
    let it = named.fold(it, |it, (right, names)| it.groups(right, names));
    let it = speak.into_iter().fold(it, RoomSettings::speak);
    let it = slow_ms.map(Duration::from_millis).into_iter().fold(it, RoomSettings::slow);
    let it = invite.into_iter().fold(it, RoomSettings::invite);
    archived.into_iter().fold(it, RoomSettings::archived).reason(reason)
}
