//! What comes from the server, and from the library about the connection.

use throng_protocol::{MemberSample, Message, RoomsPage, User};

use super::{Asked, Change, Effect, Event, remove};
use crate::model::{Entry, Link, Me, Model, Said, Standing, Tone};
use crate::{neutral, view};

/// Takes what is no key.
pub(super) fn take(model: &mut Model, event: Event, effects: &mut Vec<Effect>) {
    match event {
        Event::Link(link) => linked(model, link),
        Event::Greeted { user, notice } => greeted(model, user, notice),
        Event::Heard(message) => heard(model, &message, effects),
        Event::Gap { room, first, head, reset } => gap(model, &room, (first, head), reset),
        Event::Joined { room, first, head, members } => {
            joined(model, &room, (first, head), &members)
        }
        Event::Left { room } => {
            if let Some(at) = model.find(&room) {
                model.rooms[at].joined = false;
            }
        }
        Event::Typing { room, who } => {
            let (me, now) = (model.me.as_ref().map(|me| me.nick.clone()), model.now);
            if let Some(at) = model.find(&room) {
                model.rooms[at].heard_typing(&who, me.as_deref(), now);
            }
        }
        Event::Members { room, count, change } => members(model, &room, count, change),
        Event::Named { room, key, cid } => {
            if let Some(outgoing) = outgoing(model, &room, key) {
                outgoing.cid = Some(cid);
            }
        }
        Event::Sent { room, key } => {
            if let Some(outgoing) = outgoing(model, &room, key) {
                outgoing.standing = Standing::Sent;
            }
        }
        Event::Unsent { room, key, why } => {
            if let Some(outgoing) = outgoing(model, &room, key) {
                outgoing.standing = Standing::Failed(neutral::line(&why));
            }
        }
        Event::History { room, page } => history(model, &room, &page.events, page.first),
        Event::Who { room, members, aloud } => who(model, &room, &members, aloud),
        Event::Listed(page) => listed(model, &page),
        Event::Renamed(user) => renamed(model, &user),
        Event::Lag(lag) => model.lag = Some(lag),
        Event::Refused { room, asked, why } => refused(model, room, asked, &why),
        // `update` has taken the others.
        _ => {}
    }
}

fn linked(model: &mut Model, link: Link) {
    match &link {
        Link::Closed { why } => {
            let sentence = format!(
                "The connection has ended for good: {why}. /quit ends the program; start it again to come back."
            );
            model.note(Tone::Trouble, &sentence);
        }
        Link::Offline { why, .. }
            if !matches!(model.link, Link::Offline { .. } | Link::Connecting { .. }) =>
        {
            let sentence = format!("Offline: {why}. What you write is sent on return.");
            model.note(Tone::Trouble, &sentence);
        }
        Link::Offline { why, .. } if model.me.is_none() => {
            let sentence =
                format!("{why}. Is a server running at {}? It is tried again.", model.server);
            if model.rooms[0].entries.is_empty() {
                model.note_in(0, Tone::Trouble, &sentence);
            }
        }
        _ => {}
    }
    if !matches!(link, Link::Live | Link::CatchingUp { .. }) {
        model.lag = None;
    }
    model.link = link;
}

fn greeted(model: &mut Model, user: User, notice: Option<String>) {
    let me = Me { id: user.id, nick: neutral::line(&user.nick) };
    if model.me.as_ref() != Some(&me) {
        let sentence =
            format!("You are {} on {}. /help shows what you can do.", me.nick, model.server);
        model.note_in(0, Tone::Plain, &sentence);
    }
    model.me = Some(me);
    if let Some(notice) = notice {
        model.note(Tone::Plain, &notice);
    }
}

fn heard(model: &mut Model, message: &Message, effects: &mut Vec<Effect>) {
    let Some(at) = model.find(&message.room) else { return };
    let is_mine = model.me.as_ref().is_some_and(|me| me.id == message.from.id);
    let me = model.me.as_ref().filter(|_| !is_mine).map(|me| me.nick.as_str());
    let said = Said::new(message, me);
    let (is_seen, columns) = (model.is_seen(at), view::log_columns(model));
    let room = &mut model.rooms[at];
    let is_news = message.seq > room.old_up_to && !is_mine;
    let is_mention = said.is_mention && is_news;
    room.stopped_typing(&said.nick);
    if is_mine {
        room.outgoing.retain(|outgoing| outgoing.cid != Some(message.cid));
    }
    let last = room.last_seq();
    if last.is_none_or(|last| last < said.seq) {
        room.push(Entry::Said(said), columns);
    } else {
        room.fill(vec![said]);
    }
    // The mark of what is new stays where it is once something stands below it.
    if !is_news || (is_seen && room.seen == last) {
        room.seen = Some(message.seq);
    }
    if is_news && !is_seen {
        room.unread += 1;
        room.mentions += usize::from(is_mention);
    }
    if is_mention {
        effects.push(Effect::Bell);
    }
}

fn gap(model: &mut Model, room: &str, (first, head): (u64, u64), reset: bool) {
    let Some(at) = model.find(room) else { return };
    model.rooms[at].first = first;
    if reset {
        model.rooms[at].entries.clear();
        model.rooms[at].seen = None;
        model.rooms[at].old_up_to = head;
        let sentence = "The server was restored from a backup: this room starts afresh here.";
        model.note_in(at, Tone::Trouble, sentence);
    }
}

/// The server may spell the room in another way than the person did; it goes under its name then.
fn joined(model: &mut Model, name: &str, (first, head): (u64, u64), members: &MemberSample) {
    // A room that was left before the answer came stays left.
    let Some(at) = model.find(name) else { return };
    let room = &mut model.rooms[at];
    if !room.joined {
        room.old_up_to = head;
    }
    room.name = neutral::line(name);
    room.joined = true;
    room.first = first;
    room.people.set(members.count, &members.sample);
}

fn members(model: &mut Model, room: &str, count: u64, change: Change) {
    let Some(at) = model.find(room) else { return };
    if let (Change::Moved { joined, .. }, Some(me)) = (&change, &mut model.me)
        && let Some(user) = joined.iter().find(|user| user.id == me.id)
    {
        // Another window of this person changed the nick.
        me.nick = neutral::line(&user.nick);
    }
    let people = &mut model.rooms[at].people;
    match change {
        Change::Sample(sample) => people.set(count, &sample),
        Change::Moved { joined, left } => {
            people.left(&left);
            people.joined(&joined);
        }
        Change::Count => {}
    }
    people.count = count;
}

fn history(model: &mut Model, room: &str, events: &[Message], first: u64) {
    let Some(at) = model.find(room) else { return };
    let me = model.me.clone();
    let page = events.iter().map(|message| {
        let other = me.as_ref().filter(|me| me.id != message.from.id);
        Said::new(message, other.map(|me| me.nick.as_str()))
    });
    let page: Vec<Said> = page.collect();
    let room = &mut model.rooms[at];
    room.loading = false;
    room.first = first;
    room.fill(page);
}

fn who(model: &mut Model, room: &str, members: &MemberSample, aloud: bool) {
    let Some(at) = model.find(room) else { return };
    model.rooms[at].people.set(members.count, &members.sample);
    if !aloud {
        return;
    }
    let nicks: Vec<&str> = model.rooms[at].people.sample.iter().map(|(_, nick)| &**nick).collect();
    let some = if members.count > members.sample.len() as u64 { "some of them" } else { "all" };
    let sentence = format!("In #{room}: {} ({some}: {}).", members.count, nicks.join(", "));
    model.note_in(at, Tone::Plain, &sentence);
}

fn listed(model: &mut Model, page: &RoomsPage) {
    if page.rooms.is_empty() {
        return model.note(Tone::Plain, "There are no public rooms. /join NAME makes one.");
    }
    let mut lines: Vec<String> =
        page.rooms.iter().map(|room| format!("#{}  {}", room.name, room.members)).collect();
    if let Some(last) = page.rooms.last().filter(|_| page.more) {
        lines.push(format!("There are more: /rooms {}", last.name));
    }
    model.note(Tone::Plain, &lines.join("\n"));
}

fn renamed(model: &mut Model, user: &User) {
    let nick = neutral::line(&user.nick);
    model.note(Tone::Plain, &format!("You are {nick} now."));
    model.me = Some(Me { id: user.id, nick });
}

fn refused(model: &mut Model, room: Option<String>, asked: Asked, why: &str) {
    let at = room.as_deref().and_then(|name| model.find(name));
    if asked == Asked::Quietly {
        return;
    }
    if asked == Asked::History
        && let Some(at) = at
    {
        model.rooms[at].loading = false;
    }
    if asked == Asked::Join
        && let Some(at) = at
        && model.rooms[at].outgoing.is_empty()
    {
        remove(model, at);
    }
    let about = room.map(|room| format!("#{room}: ")).unwrap_or_default();
    model.note(Tone::Trouble, &format!("{about}{why}"));
}

fn outgoing<'a>(
    model: &'a mut Model,
    room: &str,
    key: u64,
) -> Option<&'a mut crate::model::Outgoing> {
    let at = model.find(room)?;
    model.rooms[at].outgoing_mut(key)
}
