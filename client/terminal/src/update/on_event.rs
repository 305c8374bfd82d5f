//! Events from the server, and from the library about the connection.

use throng_protocol::{
    LinkOk, LogEntry, MemberSample, Message, Page, Presence, RoomId, RoomInfo, RoomKind, RoomsPage,
    User,
};

use super::on_profiles::presence_in_words;
use super::{on_account, on_filters, on_own_rooms, on_profiles, on_search};
use crate::actions::{remove, show};
use crate::effect::Effect;
use crate::event::{Change, Event, Request};
use crate::model::{
    ConnectionState, Entry, Failure, Me, Member, Model, Prompt, Purpose, RoomLabel, Said,
    SendState, Tone, own,
};
use crate::sanitize;

/// Handles all events except input.
pub(super) fn on_event(model: &mut Model, event: Event, effects: &mut Vec<Effect>) {
    match event {
        Event::Connection(link) => connection_changed(model, link),
        Event::Greeted { user, role, notice, text_max } => {
            (model.text_max, model.role, model.presence) = (text_max, role, user.presence);
            greeted(model, user, notice);
        }
        Event::Message(message) => self::message(model, &message, effects),
        Event::Deleted { room, messages } => {
            if let Some(at) = model.find_id(room) {
                model.rooms[at].delete(&messages);
            }
        }
        Event::Edited(edited) => {
            if let Some(at) = model.find_id(edited.room) {
                let is_mine = model.me.as_ref().is_some_and(|me| me.id == edited.from.id);
                let me = model.me.as_ref().filter(|_| !is_mine).map(|me| me.nick.as_str());
                model.rooms[at].edit(&edited, me, model.settings.words);
            }
        }
        Event::Gap { room, first, head, missing, reset } => {
            gap(model, room, (first, head), missing, reset);
        }
        Event::Joined { room, info, description, first, head, members } => {
            joined(model, &room, (&info, &description), (first, head), &members);
        }
        Event::JoinAnswered { asked, room } => join_answered(model, &asked, &room),
        Event::Left { room } => {
            if let Some(at) = model.find_id(room) {
                (model.rooms[at].joined, model.rooms[at].asked) = (false, false);
            }
        }
        Event::Typing { room, who } => {
            let (me, now) = (model.me.as_ref().map(|me| me.nick.clone()), model.now);
            let is_ignored = |nick: &String| {
                let id = model.person(nick);
                let mut ignored = model.settings.ignored.iter();
                ignored.any(|it| it.has_nick(nick) || (it.id.is_some() && it.id == id))
            };
            let who: Vec<String> = who.into_iter().filter(|nick| !is_ignored(nick)).collect();
            if let Some(at) = model.find_id(room) {
                model.rooms[at].heard_typing(&who, me.as_deref(), now);
            }
        }
        Event::Members { room, count, away, change } => members(model, room, (count, away), change),
        Event::CidAssigned { key, cid } => {
            if let Some(outgoing) = model.outgoing_mut(key) {
                outgoing.cid = Some(cid);
            }
        }
        Event::Sent { key } => {
            if let Some(outgoing) = model.outgoing_mut(key) {
                outgoing.state = SendState::Sent;
            }
        }
        Event::SendFailed { key, failure, .. } => {
            if let Some(outgoing) = model.outgoing_mut(key) {
                let why = sanitize::line(&failure.why);
                outgoing.state = SendState::Failed(Failure { why, ..failure });
            }
        }
        Event::History { room, before, page } => history(model, &room, before, page),
        Event::Who { room, members, aloud } => who(model, &room, &members, aloud),
        Event::Listed(page) => listed(model, &page),
        Event::Renamed(user) => renamed(model, &user),
        Event::DeviceCode(code) => device_code(model, &code),
        Event::Removed { room, reason } => on_account::removed(model, &room, &reason),
        Event::Mine { rooms, aloud } => on_own_rooms::mine(model, rooms, aloud, effects),
        Event::Added { own, by } => on_own_rooms::added(model, &own, by.as_ref(), effects),
        Event::Opened { own, text, done } => {
            on_own_rooms::opened(model, &own, &text, &done, effects);
        }
        Event::InviteLink { room, link } => on_own_rooms::invite_link(model, &room, &link),
        Event::Changed { room, info, description } => {
            on_own_rooms::changed(model, &room, &info, &description);
        }
        Event::Forgotten(room) => on_own_rooms::forgotten(model, &room),
        Event::SeatGone { id, reason } => on_own_rooms::seat_gone(model, id, &reason),
        Event::Done(sentence) if sentence.is_empty() => {}
        Event::Done(sentence) => model.note(Tone::Plain, &sentence),
        Event::Role(role) => model.role = role,
        Event::Presence(presence) => model.presence = presence,
        Event::Whois(profile) => on_profiles::whois(model, &profile),
        Event::NickHistory(history) => on_profiles::nick_history(model, &history),
        Event::Found { found, next } => on_search::found(model, &found, next),
        Event::SecondFactorNeeded { nick, password } => {
            model.prompt = Some(Prompt::new(Purpose::SecondFactor { nick, password }));
        }
        Event::LoggedOut => on_account::logged_out(model),
        Event::Logins(logins) => on_account::logins(model, &logins),
        Event::Audit { room, page } => on_account::audit(model, room.as_ref(), &page),
        Event::Reports { room, page } => on_account::reports(model, room.as_ref(), &page),
        Event::Reported(made) => on_account::reported(model, &made),
        Event::Raid(raid) => on_account::raid(model, &raid),
        Event::Groups { groups, all } => on_account::groups(model, &groups, all),
        Event::GroupPeople { group, people } => on_account::group_people(model, &group, &people),
        Event::Filters { room, page } => on_filters::filters(model, room.is_some(), &page),
        Event::Why { command, answer } => on_account::why(model, &command, &answer),
        Event::Lag(lag) => model.lag = Some(lag),
        Event::Refused { room, request, why, suggestion } => {
            let why = offered(model, request, why, suggestion);
            refused(model, room, request, &why);
        }
        // `update` has handled the others.
        _ => {}
    }
}

fn connection_changed(model: &mut Model, link: ConnectionState) {
    match &link {
        ConnectionState::Closed { why, next } => {
            let sentence = format!(
                "The connection has ended for good: {}. {next} /quit ends the program; start it again to come back.",
                why.trim_end_matches('.')
            );
            model.note(Tone::Error, &sentence);
        }
        ConnectionState::Offline { why, .. }
            if !matches!(
                model.connection,
                ConnectionState::Offline { .. } | ConnectionState::Connecting { .. }
            ) =>
        {
            let sentence =
                format!("Offline: {why}. What you write is sent when you are back online.");
            model.note(Tone::Error, &sentence);
        }
        ConnectionState::Offline { why, .. } if model.me.is_none() => {
            let sentence =
                format!("{why}. Is a server running at {}? It is tried again.", model.server);
            if model.rooms[0].entries.is_empty() {
                model.note_in(0, Tone::Error, &sentence);
            }
        }
        _ => {}
    }
    if !matches!(link, ConnectionState::Live | ConnectionState::CatchingUp { .. }) {
        model.lag = None;
    }
    model.connection = link;
}

fn greeted(model: &mut Model, user: User, notice: Option<String>) {
    let me = Me { id: user.id, nick: sanitize::line(&user.nick) };
    if model.me.as_ref() != Some(&me) {
        let sentence =
            format!("You are {} on {}. /help shows what you can do.", me.nick, model.server);
        model.note_in(0, Tone::Plain, &sentence);
    }
    model.own.begin(me.id);
    model.me = Some(me);
    if let Some(notice) = notice {
        model.note(Tone::Plain, &notice);
    }
}

fn message(model: &mut Model, message: &Message, effects: &mut Vec<Effect>) {
    let Some(at) = model.find_id(message.room) else { return };
    let is_mine = model.me.as_ref().is_some_and(|me| me.id == message.from.id);
    let me = model.me.as_ref().filter(|_| !is_mine).map(|me| me.nick.as_str());
    let said = Said::new(message, me, model.settings.words);
    let (is_seen, is_hidden) = (model.is_seen(at), model.hides(&said));
    let room = &mut model.rooms[at];
    let is_news = message.seq > room.old_up_to && !is_mine && !is_hidden;
    // Who writes to somebody alone means them.
    let is_mention = is_news && (said.rich.is_mention || room.kind() == RoomKind::Direct);
    room.stopped_typing(&said.nick);
    if is_mine {
        room.came(message.cid, message.seq);
    }
    room.starts_with(message.seq);
    let last = room.last_seq();
    if last.is_none_or(|last| last < said.seq) {
        room.push(Entry::Said(said));
    } else {
        room.fill(vec![said]);
    }
    // The unread divider stays where it is once a message stands below it.
    if !is_news || (is_seen && room.seen == last) {
        room.seen = Some(message.seq);
    }
    if is_news && !is_seen {
        room.unread += 1;
        room.mentions += usize::from(is_mention);
    }
    if is_mention && model.presence != Presence::Dnd {
        effects.push(Effect::Bell);
    }
}

fn gap(
    model: &mut Model,
    room: RoomId,
    (first, head): (u64, u64),
    missing: (u64, u64),
    reset: bool,
) {
    let Some(at) = model.find_id(room) else { return };
    model.rooms[at].has_started = true;
    if reset {
        model.rooms[at].holes.clear();
    }
    model.rooms[at].holes.add(if reset { first } else { missing.0 }, missing.1);
    model.rooms[at].begins(first);
    if reset {
        model.rooms[at].entries.clear();
        model.rooms[at].seen = None;
        model.rooms[at].old_up_to = head;
        let sentence = "The server was restored from a backup: this room starts again here.";
        model.note_in(at, Tone::Error, sentence);
    }
}

/// The server may spell the room in another way than the person did; the page then takes the server's name.
/// If the room already has a page, the two pages become one.
fn join_answered(model: &mut Model, asked: &RoomLabel, room: &RoomLabel) {
    // If the person has left the room before the answer came, it stays left.
    let Some(at) = model.find(asked) else { return };
    match room.id.and_then(|id| model.find_id(id)).filter(|known| *known != at) {
        None => model.rooms[at].is_called(room),
        Some(known) => {
            let outgoing = std::mem::take(&mut model.rooms[at].outgoing);
            model.rooms[known].outgoing.extend(outgoing);
            let is_shown = model.shown == at;
            remove(model, at);
            if is_shown {
                show(model, known - usize::from(known > at));
            }
        }
    }
}

/// A room was joined. Its page has the id from the answer, or another id under the same name, which the
/// server has forgotten.
fn joined(
    model: &mut Model,
    label: &RoomLabel,
    (info, description): (&RoomInfo, &str),
    (first, head): (u64, u64),
    members: &MemberSample,
) {
    let others = label.id.and_then(|id| model.own.find(id)).map(|own| own.people.clone());
    let Some(at) = model.find(label).filter(|at| {
        let room = &model.rooms[*at];
        room.id == label.id || !room.joined
    }) else {
        return;
    };
    let room = &mut model.rooms[at];
    room.is_called(label);
    room.set_info(info);
    room.set_description(description);
    room.others = others.unwrap_or_else(|| std::mem::take(&mut room.others));
    if !room.joined {
        room.old_up_to = head;
    }
    room.joined = true;
    room.begins(first);
    room.people.set(members.count, &members.sample);
    room.people.away = members.away;
}

fn members(model: &mut Model, room: RoomId, (count, away): (u64, u64), change: Change) {
    let Some(at) = model.find_id(room) else { return };
    if let (Change::Moved { joined, .. }, Some(me)) = (&change, &mut model.me)
        && let Some(user) = joined.iter().find(|user| user.id == me.id)
    {
        // The person has changed their nick in another window.
        me.nick = sanitize::line(&user.nick);
    }
    if let Change::Moved { joined, .. } = &change {
        for other in &mut model.rooms[at].others {
            // Somebody is called otherwise now.
            if let Some(now) = joined.iter().find(|it| it.id == other.id) {
                other.clone_from(now);
            }
        }
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
    (people.count, people.away) = (count, away);
}

fn history(model: &mut Model, room: &RoomLabel, before: u64, page: Page<LogEntry>) {
    let Some(at) = model.find(room) else { return };
    let (me, words) = (model.me.clone(), model.settings.words);
    let room = &mut model.rooms[at];
    room.loading = false;
    room.begins(page.first);
    // Every seq of the page's range has arrived. Entries of a later version are not shown.
    let oldest = page.events.first().map_or(before, LogEntry::seq);
    room.holes.fill(if page.more { oldest } else { 0 }, before.saturating_sub(1));
    let messages = page.events.into_iter().filter_map(LogEntry::into_message);
    let said = messages.map(|message| {
        let other = me.as_ref().filter(|me| me.id != message.from.id);
        Said::new(&message, other.map(|me| me.nick.as_str()), words)
    });
    room.fill(said.collect());
}

fn who(model: &mut Model, room: &RoomLabel, members: &MemberSample, aloud: bool) {
    let Some(at) = model.find(room) else { return };
    model.rooms[at].people.set(members.count, &members.sample);
    model.rooms[at].people.away = members.away;
    if !aloud {
        return;
    }
    let is_bot = |id| members.sample.iter().any(|user| user.id == id && user.bot);
    let shown = |member: &Member| {
        let signs = [is_bot(member.id).then_some("bot"), presence_in_words(member.presence)];
        let signs: Vec<_> = signs.into_iter().flatten().collect();
        match signs.is_empty() {
            true => member.nick.clone(),
            false => format!("{} ({})", member.nick, signs.join(", ")),
        }
    };
    let nicks: Vec<String> = model.rooms[at].people.sample.iter().map(shown).collect();
    let some = if members.count > members.sample.len() as u64 { "some of them" } else { "all" };
    let title = model.rooms[at].title();
    let away = if members.away > 0 { format!(", {} away", members.away) } else { String::new() };
    let dnd = match members.dnd {
        0 => String::new(),
        dnd => format!(", {dnd} not to be disturbed"),
    };
    let (count, nicks) = (members.count, nicks.join(", "));
    let sentence = format!("In {title}: {count}{away}{dnd} ({some}: {nicks}).");
    model.note_in(at, Tone::Plain, &sentence);
}

fn listed(model: &mut Model, page: &RoomsPage) {
    if page.rooms.is_empty() {
        return model.note(Tone::Plain, "There are no public rooms. /join NAME makes one.");
    }
    let mut rooms: Vec<_> = page.rooms.iter().collect();
    rooms.sort_by_key(|room| own::place(room.order));
    let mut lines: Vec<String> =
        rooms.iter().map(|room| format!("#{}  {}", room.name, room.members)).collect();
    if let Some(last) = page.rooms.last().filter(|_| page.more) {
        lines.push(format!("There are more: /rooms {}", last.name));
    }
    model.note(Tone::Plain, &lines.join("\n"));
}

fn renamed(model: &mut Model, user: &User) {
    let nick = sanitize::line(&user.nick);
    model.note(Tone::Plain, &format!("You are {nick} now."));
    model.me = Some(Me { id: user.id, nick });
}

fn device_code(model: &mut Model, link: &LinkOk) {
    let (code, minutes) = (sanitize::line(&link.code), link.expires_ms / 60_000);
    let page = crate::arguments::page(&model.server);
    let sentence = format!(
        "{code} makes another device you, once and within {minutes} minutes: open \
         {page}#device={code} there, or start throng-chat {} --code {code}. Show it to nobody else.",
        model.server
    );
    model.note(Tone::Plain, &sentence);
}

/// Why something was refused. If the server suggests a name, Enter on an empty line takes it.
fn offered(model: &mut Model, request: Request, why: String, suggestion: Option<String>) -> String {
    let command = match request {
        Request::Join => "/join",
        Request::Nick => "/nick",
        _ => return why,
    };
    let Some(name) = suggestion.map(|name| sanitize::line(&name)) else { return why };
    // Enter would send the text that the person is writing.
    if !model.line().text().is_empty() {
        return why;
    }
    model.offer = Some(format!("{command} {name}"));
    format!("{why} Press Enter to take {name:?}.")
}

fn refused(model: &mut Model, room: Option<RoomLabel>, request: Request, why: &str) {
    let at = room.as_ref().and_then(|room| model.find(room));
    let about = room.as_ref().map(|room| format!("{}: ", model.titled(room)));
    if request == Request::Background {
        return;
    }
    if request == Request::History
        && let Some(at) = at
    {
        model.rooms[at].loading = false;
    }
    if request == Request::Join
        && let Some(at) = at
    {
        (model.rooms[at].joined, model.rooms[at].asked) = (false, false);
        if model.rooms[at].outgoing.is_empty() {
            remove(model, at);
        }
    }
    let about = about.unwrap_or_default();
    model.note(Tone::Error, &format!("{about}{why}"));
}
