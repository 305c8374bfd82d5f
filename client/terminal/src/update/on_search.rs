//! Messages that were searched for, as a note.

use throng_protocol::{Hit, SearchMessages, SearchOk};

use crate::model::{Model, Tone};
use crate::{sanitize, view};

pub(super) fn found(model: &mut Model, found: &SearchOk, next: Option<SearchMessages>) {
    let has_more = next.is_some();
    model.next_search = next;
    let mut lines: Vec<String> = found.hits.iter().map(|hit| line(model, hit)).collect();
    if lines.is_empty() {
        lines.push(match has_more {
            true => "Nothing among the newest messages. /search looks further back.".to_owned(),
            false => "Nothing was found.".to_owned(),
        });
    } else if has_more {
        lines.push("There are more: /search".to_owned());
    }
    if found.indexing {
        lines.push(
            "The server is still reading messages into its index: some may be missing.".to_owned(),
        );
    }
    model.note(Tone::Plain, &lines.join("\n"));
}

fn line(model: &Model, hit: &Hit) -> String {
    let message = &hit.message;
    let at = view::day_and_time(message.at, &model.zone);
    let room = hit
        .room_name
        .as_deref()
        .map_or_else(|| "directly".to_owned(), |name| format!("#{}", sanitize::line(name)));
    format!(
        "{at}  {room}  {}: {}",
        sanitize::line(&message.from.nick),
        sanitize::line(&message.text)
    )
}
