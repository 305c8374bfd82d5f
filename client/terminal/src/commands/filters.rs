//! `/filter`: rules about what may be said.

use throng_protocol::{AddFilter, AskWhy, FilterAction, FilterKind, RemoveFilter};

use super::in_room;
use super::moderation::{act, word};
use crate::effect::{Act, Effect};
use crate::model::Model;

const EXAMPLE: &str = "For example: /filter add words casino, buy now -- no advertising";

/// What stands between the text of a filter and its reason.
const REASON: &str = " -- ";

pub(super) fn filter(
    model: &mut Model,
    rest: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let (first, after) = word(rest);
    let is_here = first.eq_ignore_ascii_case("here");
    let rest = if is_here { after } else { rest };
    let room = if is_here { Some(in_room(model)?) } else { None };
    let (verb, rest) = word(rest);
    match &*verb.to_lowercase() {
        "" => effects.push(Effect::Filters { room, after: None }),
        "add" => {
            let filter = added(rest)?;
            let room = room.map(|room| room.to_ask());
            effects.push(Effect::AddFilter(AddFilter { room, ..filter }));
        }
        "remove" => {
            let (number, reason) = word(rest);
            let number = number.parse().map_err(|_| "For example: /filter remove 3 too strict")?;
            let done = format!("Filter {number} is gone.");
            let remove = RemoveFilter { number, reason: reason.to_owned() };
            act(model, Act::RemoveFilter(remove), done, effects)?;
        }
        "test" if !rest.is_empty() => {
            let (command, room) = ("send".to_owned(), Some(in_room(model)?.to_ask()));
            let text = Some(rest.to_owned());
            effects.push(Effect::Why(AskWhy { command, room, person: None, text }));
        }
        "test" => return Err("For example: /filter test see https://example.com".into()),
        number => {
            let after = Some(number.parse().map_err(|_| {
                format!(
                    "{number:?} is neither add, remove, test nor the number of a filter. {EXAMPLE}"
                )
            })?);
            effects.push(Effect::Filters { room, after });
        }
    }
    Ok(())
}

/// `[report] KIND TEXT [-- REASON]`.
fn added(rest: &str) -> Result<AddFilter, String> {
    let (first, after) = word(rest);
    let (action, rest) = match first.eq_ignore_ascii_case("report") {
        true => (FilterAction::Report, after),
        false => (FilterAction::Refuse, rest),
    };
    let (kind, rest) = word(rest);
    let kind = FilterKind::parse(&kind.to_lowercase()).ok_or_else(|| {
        let kinds = FilterKind::ALL.map(FilterKind::name).join(", ");
        format!("{kind:?} is not a kind of filter: {kinds}. {EXAMPLE}")
    })?;
    // Without a text the reason comes first.
    let rest = format!(" {rest}");
    let (text, reason) = rest.rsplit_once(REASON).unwrap_or((&rest, ""));
    Ok(AddFilter::new(kind, text.trim()).action(action).reason(reason.trim()))
}
