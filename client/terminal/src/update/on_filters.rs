//! The filters of the server, or of a room, as lines.

use throng_protocol::{Filter, FilterAction, FilterKind, FiltersOk};

use crate::model::{Model, Tone};
use crate::sanitize;

pub(super) fn filters(model: &mut Model, is_here: bool, page: &FiltersOk) {
    let here = if is_here { "here " } else { "" };
    if page.filters.is_empty() {
        let place = if is_here { "in this room" } else { "on the whole server" };
        let sentence =
            format!("There are no filters {place}. /filter {here}add words spam, casino");
        return model.note(Tone::Plain, &sentence);
    }
    let mut lines: Vec<String> = page.filters.iter().map(line).collect();
    if let Some(last) = page.filters.last().filter(|_| page.more) {
        lines.push(format!("There are more: /filter {here}{}", last.number));
    }
    model.note(Tone::Plain, &lines.join("\n"));
}

fn line(filter: &Filter) -> String {
    let clean = sanitize::line;
    let does = match filter.action {
        FilterAction::Refuse => "refuses",
        FilterAction::Report => "reports",
        FilterAction::Unknown => "does something newer than this program with",
    };
    let text = clean(&filter.text);
    let what = match filter.kind {
        FilterKind::Words => format!("the words {text}"),
        FilterKind::Pattern => format!("the pattern {text}"),
        FilterKind::Links if text.is_empty() => "links".to_owned(),
        FilterKind::Links => format!("links to anywhere but {text}"),
        FilterKind::Domains => format!("the domains {text}"),
        FilterKind::Unknown => format!("what this program does not know: {text}"),
    };
    let reason = match filter.reason.is_empty() {
        true => String::new(),
        false => format!(": {}", clean(&filter.reason)),
    };
    let (number, exempt, by) = (filter.number, filter.exempt.name(), clean(&filter.by_name));
    format!("{number}  {does} {what}, below the role {exempt}  ({by}{reason})")
}
