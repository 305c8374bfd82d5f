//! The panes around the log: heading, rooms, members, status.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use throng_protocol::RoomKind;

use crate::colour::Palette;
use crate::model::{ConnectionState, Member, Model, SendState};
use crate::paint::{put, put_all};
use crate::sanitize;
use crate::wrap;

use super::input;

/// The most names shown of people who are typing.
const TYPING_MAX: usize = 3;

pub(super) fn heading(buffer: &mut Buffer, area: Rect, model: &Model, palette: Palette) {
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let pieces = match model.room_title() {
        Some(title) => {
            let room = model.room();
            let private = if room.kind() == RoomKind::Private { "  private" } else { "" };
            let archived =
                if room.info.as_ref().is_some_and(|it| it.archived) { "  archived" } else { "" };
            let people = if room.joined {
                let away = match room.people.away {
                    0 => String::new(),
                    away => format!(", {away} away"),
                };
                format!("  {}{away}", counted(room.people.count, "person", "people"))
            } else {
                "  not joined yet".to_owned()
            };
            let topic = match room.topic() {
                "" => String::new(),
                topic => format!("  {topic}"),
            };
            let rest = format!("{private}{archived}{people}{topic}");
            vec![(format!(" {title}"), bold), (rest, palette.quiet())]
        }
        None => {
            vec![(" throng".to_owned(), bold), (format!("  {}", model.server), palette.quiet())]
        }
    };
    put_all(buffer, area, 0, &pieces);
}

/// The first room in the list on the screen, such that the shown room is always visible.
pub(super) fn first_room(model: &Model, height: u16) -> usize {
    (model.shown + 1).saturating_sub(height.into())
}

pub(super) fn rooms(buffer: &mut Buffer, area: Rect, model: &Model, palette: Palette) {
    let Some(width) = area.width.checked_sub(1).map(usize::from) else { return };
    let first = first_room(model, area.height);
    for row in 0..area.height {
        put(buffer, area.right() - 1, area.y + row, area.right(), "│", palette.quiet());
        let at = first + usize::from(row);
        let Some(room) = model.rooms.get(at) else { continue };
        let count = match (room.mentions, room.unread) {
            (0, 0) => String::new(),
            (0, unread) => unread.to_string(),
            (mentions, _) => format!("@{mentions}"),
        };
        let number = if at < 9 { (at + 1).to_string() } else { " ".to_owned() };
        let name = match room.kind() {
            RoomKind::Public => room.name.clone(),
            RoomKind::Private => format!("*{}", room.name),
            RoomKind::Direct => room.title(),
        };
        let name = wrap::cut(&name, width.saturating_sub(5 + count.len()));
        let gap = width.saturating_sub(4 + wrap::width(&name) + count.len());
        let style = match (at == model.shown, room.unread > 0) {
            (true, _) => palette.accent().add_modifier(Modifier::REVERSED),
            (false, true) => Style::new().add_modifier(Modifier::BOLD),
            (false, false) => Style::new(),
        };
        let counted = if room.mentions > 0 { palette.accent() } else { style };
        let line = Rect { x: area.x, y: area.y + row, width: area.width - 1, height: 1 };
        let number_style = if at == model.shown { style } else { palette.quiet() };
        let pieces = [
            (format!(" {number} "), number_style),
            (name, style),
            (" ".repeat(gap), style),
            (count, if at == model.shown { style } else { counted }),
            (" ".to_owned(), style),
        ];
        put_all(buffer, line, 0, &pieces);
    }
}

pub(super) fn people(buffer: &mut Buffer, area: Rect, model: &Model, palette: Palette) {
    let Some(width) = area.width.checked_sub(2).map(usize::from) else { return };
    let people = &model.room().people;
    let hidden = people.count.saturating_sub(people.sample.len() as u64);
    let rows = usize::from(area.height);
    let fits = if hidden > 0 || people.sample.len() > rows { rows.saturating_sub(1) } else { rows };
    for row in 0..area.height {
        put(buffer, area.x, area.y + row, area.right(), "│", palette.quiet());
    }
    let inner = Rect { x: area.x + 2, width: area.width - 2, ..area };
    let shown = people.sample.iter().take(fits);
    let mut row = 0;
    for Member { id, nick, presence } in shown {
        let ignored = model.settings.ignores(*id, nick);
        let style = if ignored { palette.quiet() } else { palette.nick(nick) };
        let sign =
            if presence.is_online() { String::new() } else { format!(" {}", presence.name()) };
        let nick = wrap::cut(nick, width.saturating_sub(sign.len()));
        put_all(buffer, inner, row, &[(nick, style), (sign, palette.quiet())]);
        row += 1;
    }
    let rest = people.count.saturating_sub(row.into());
    if rest > 0 && row > 0 {
        put_all(buffer, inner, row, &[(format!("and {rest} more"), palette.quiet())]);
    }
}

/// A bar in the terminal's own colours, in reverse video: readable with every theme.
pub(super) fn status(buffer: &mut Buffer, area: Rect, model: &Model, palette: Palette) {
    let bar = Style::new().add_modifier(Modifier::REVERSED);
    buffer.set_style(area, bar);
    let mut pieces = Vec::new();
    if let Some(me) = &model.me {
        pieces.push((format!(" {} ", me.nick), bar.add_modifier(Modifier::BOLD)));
    }
    if !model.presence.is_online() {
        pieces.push((format!("{} ", model.presence.name()), bar));
    }
    let (text, is_trouble) = connection(model);
    let style = if is_trouble { palette.error().add_modifier(Modifier::REVERSED) } else { bar };
    pieces.push((format!(" {text} "), style));
    // What the person has to act on comes first: a narrow bar cuts off the end.
    let outgoing = || model.rooms.iter().flat_map(|room| &room.outgoing);
    let failed = outgoing().filter_map(|outgoing| outgoing.state.failure());
    let finals: Vec<bool> = failed.map(|failure| failure.is_final).collect();
    if !finals.is_empty() {
        let style = palette.error().add_modifier(Modifier::REVERSED);
        let next = if finals.contains(&false) { "/retry" } else { "/discard" };
        pieces.push((format!(" {} failed: {next} ", finals.len()), style));
    }
    let pending = outgoing().filter(|outgoing| outgoing.state == SendState::Pending).count();
    if pending > 0 {
        pieces.push((format!(" {pending} to be sent "), bar));
    }
    if let Some(hint) = input::hint(model) {
        pieces.push((format!(" {hint} "), bar.add_modifier(Modifier::BOLD)));
    }
    if let Some(search) = &model.room().search {
        let (number, count) = (search.number(), search.finds().len());
        let words = sanitize::line(search.words());
        let text = format!(" “{words}”: {number} of {count}, Ctrl-R older, Alt-R newer, Esc ends ");
        pieces.push((text, palette.accent().add_modifier(Modifier::REVERSED)));
    }
    if let Some(lag) = model.lag {
        pieces.push((format!(" lag {} ", shown_lag(lag.as_millis())), bar));
    }
    if let Some(writing) = typing(model) {
        pieces.push((format!(" {writing}"), bar.add_modifier(Modifier::ITALIC)));
    }
    put_all(buffer, area, 0, &pieces);
}

/// The connection in words, and whether that is bad news.
fn connection(model: &Model) -> (String, bool) {
    match &model.connection {
        ConnectionState::Live => ("connected".to_owned(), false),
        ConnectionState::Connecting { attempt: 1 } => ("connecting…".to_owned(), false),
        ConnectionState::Connecting { attempt } => (format!("offline, attempt {attempt}…"), true),
        ConnectionState::CatchingUp { rooms } => {
            (format!("catching up in {}", counted(*rooms as u64, "room", "rooms")), false)
        }
        ConnectionState::Offline { until, .. } => {
            let seconds = until.saturating_sub(model.now).div_ceil(1_000);
            (format!("offline, again in {seconds} s"), true)
        }
        ConnectionState::Closed { .. } => ("closed".to_owned(), true),
    }
}

fn shown_lag(millis: u128) -> String {
    match millis {
        0 => "under 1 ms".to_owned(),
        1..1_000 => format!("{millis} ms"),
        _ => format!("{}.{} s", millis / 1_000, millis % 1_000 / 100),
    }
}

fn typing(model: &Model) -> Option<String> {
    let nicks: Vec<&str> = model.room().typing.iter().map(|(nick, _)| nick.as_str()).collect();
    match nicks.as_slice() {
        [] => None,
        [one] => Some(format!("{one} is writing…")),
        some if some.len() <= TYPING_MAX => Some(format!("{} are writing…", some.join(", "))),
        _ => Some("several people are writing…".to_owned()),
    }
}

fn counted(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}
