//! Commands about what a room's log shows, and about what failed in it.

use throng_protocol::SearchMessages;

use super::in_room;
use crate::actions::{self, Way};
use crate::effect::Effect;
use crate::model::{Entry, Model, Search, SendState};
use crate::view;

pub(super) fn history(model: &mut Model, _: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    in_room(model)?;
    let oldest = model.room().entries.iter().position(|entry| entry.seq().is_some());
    let missing = oldest.and_then(|at| model.room().missing_before(at));
    match missing {
        Some((_, last)) => {
            actions::load(model, last + 1, effects);
            Ok(())
        }
        None => Err("There is nothing older in this room.".into()),
    }
}

pub(super) fn retry(model: &mut Model, _: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let room = in_room(model)?;
    let (mut again, mut hopeless) = (false, false);
    for outgoing in &mut model.room_mut().outgoing {
        match outgoing.state.failure().map(|failure| failure.is_final) {
            None => {}
            Some(true) => hopeless = true,
            Some(false) => {
                again = true;
                outgoing.state = SendState::Pending;
                effects.push(Effect::send(&room, outgoing));
            }
        }
    }
    match (again, hopeless) {
        (true, _) => Ok(()),
        (false, true) => Err("The failed messages here would be refused again: press Up to \
             change one, or /discard them."
            .into()),
        (false, false) => Err("Nothing has failed in this room.".into()),
    }
}

pub(super) fn discard(model: &mut Model, _: &str, _: &mut Vec<Effect>) -> Result<(), String> {
    let outgoing = &mut model.room_mut().outgoing;
    let before = outgoing.len();
    outgoing.retain(|outgoing| outgoing.state.failure().is_none());
    if outgoing.len() < before { Ok(()) } else { Err("Nothing has failed in this room.".into()) }
}

/// Asks the server, which knows more than is loaded here.
pub(super) fn search(
    model: &mut Model,
    words: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let search = if words.is_empty() {
        model.next_search.take().ok_or("There is nothing more. For example: /search red fox")?
    } else {
        SearchMessages {
            query: words.to_owned(),
            utc_offset: view::utc_offset(model.now, &model.zone),
            ..SearchMessages::default()
        }
    };
    effects.push(Effect::Search(search));
    Ok(())
}

pub(super) fn find(model: &mut Model, words: &str, _: &mut Vec<Effect>) -> Result<(), String> {
    in_room(model)?;
    if words.is_empty() {
        if model.room().search.is_none() {
            return Err("What are you looking for? For example: /find kettle".into());
        }
        actions::go_to_find(model, Way::Older);
        return Ok(());
    }
    let search = Search::of(model, words);
    let loaded = model.room().entries.iter().filter(|entry| entry.seq().is_some()).count();
    if search.finds().is_empty() {
        return Err(format!("None of the {loaded} loaded messages contains {words:?}."));
    }
    let room = model.room_mut();
    (room.cleared, room.search) = (None, Some(search));
    actions::go_to_find(model, Way::Here);
    Ok(())
}

pub(super) fn clear(model: &mut Model, _: &str, _: &mut Vec<Effect>) -> Result<(), String> {
    let room = model.room_mut();
    room.cleared = room.entries.last().map(Entry::key);
    (room.place, room.search) = (None, None);
    Ok(())
}

pub(super) fn copy(model: &mut Model, _: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    effects.push(Effect::Bare(crate::view::bare(model)));
    Ok(())
}
