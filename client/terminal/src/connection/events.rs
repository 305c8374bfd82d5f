//! Turns the library's events, states and errors into this program's.

use std::time::Duration;

use throng_client::{DisconnectReason, Event as LibraryEvent, Outcome, Room, SendError, State};
use throng_protocol::ErrorCode;

use crate::event::{Change, Event, Request};
use crate::model::{ConnectionState, Failure, RoomLabel};

/// An event of the library; `None` for one that this version does not know.
pub(super) fn translate(event: LibraryEvent) -> Option<Event> {
    Some(match event {
        LibraryEvent::State(state) => Event::Connection(connection_state(state)?),
        LibraryEvent::Message { message, .. } => Event::Message(message),
        LibraryEvent::Deleted { room, deleted, .. } => {
            Event::Deleted { room: room.id, messages: deleted.messages }
        }
        LibraryEvent::Edited { edited, .. } => Event::Edited(edited),
        LibraryEvent::Gap { room, first, head, last, next, reset } => Event::Gap {
            room: room.id,
            first,
            head,
            missing: (last + 1, next.saturating_sub(1)),
            reset,
        },
        LibraryEvent::Joined(joined) => Event::Joined {
            room: label(joined.room),
            info: joined.info,
            description: joined.description,
            first: joined.first,
            head: joined.head,
            members: joined.members,
        },
        LibraryEvent::Left { room } => Event::Left { room: room.id },
        LibraryEvent::Typing { room, who } => Event::Typing { room: room.id, who },
        LibraryEvent::Presence(presence) => Event::Presence(presence),
        LibraryEvent::Members { room, count, away, change, .. } => {
            let change = match change {
                throng_client::Change::Sample(sample) => Change::Sample(sample),
                throng_client::Change::Moved { joined, left } => Change::Moved { joined, left },
                _ => Change::Count,
            };
            Event::Members { room: room.id, count, away, change }
        }
        LibraryEvent::Removed { room, reason } => Event::Removed { room: label(room), reason },
        LibraryEvent::Reported(made) => Event::Reported(made),
        LibraryEvent::Added { own, by } => Event::Added { own, by },
        LibraryEvent::Changed { room, info, description } => {
            Event::Changed { room: label(room), info, description }
        }
        LibraryEvent::SeatGone { id, reason } => Event::SeatGone { id, reason },
        LibraryEvent::Refused { room, fault } => Event::Refused {
            room: room.map(label),
            request: Request::Join,
            why: fault.message,
            suggestion: fault.suggestion,
        },
        _ => return None,
    })
}

/// The library's room, as this program names it.
pub(super) fn label(room: Room) -> RoomLabel {
    RoomLabel { id: Some(room.id), name: room.name.to_string() }
}

fn connection_state(state: State) -> Option<ConnectionState> {
    Some(match state {
        State::Connecting { attempt } => ConnectionState::Connecting { attempt },
        State::Live => ConnectionState::Live,
        State::CatchingUp { rooms } => ConnectionState::CatchingUp { rooms },
        State::Offline { why, again_in } => {
            ConnectionState::Offline { why: why.to_string(), until: now() + millis(again_in) }
        }
        State::Closed { why } => ConnectionState::Closed { why: why.to_string(), next: next(&why) },
        _ => return None,
    })
}

/// What the person can do about a connection that has ended for good.
pub(super) fn next(why: &DisconnectReason) -> &'static str {
    match why {
        DisconnectReason::Hello(fault) => match fault.code {
            ErrorCode::NickTaken => {
                "Choose another nick with --nick NAME; if it is your account, --login NAME."
            }
            ErrorCode::BadNick => "Choose another nick with --nick NAME.",
            ErrorCode::AccountNeeded => "Log in with --login NAME.",
            ErrorCode::WrongPassword => "Try again with /login NAME, or --login NAME at the start.",
            ErrorCode::WrongSecondFactor => "Try again with the next code that your app shows.",
            ErrorCode::BadCode => "/device shows a new code on the other device.",
            _ => "",
        },
        DisconnectReason::LoggedOut { .. } => "/login NAME logs in again.",
        DisconnectReason::Dial { .. }
        | DisconnectReason::Http { .. }
        | DisconnectReason::Tls { .. } => "Look at the address.",
        _ => "",
    }
}

/// Unix milliseconds.
pub(crate) fn now() -> u64 {
    millis(std::time::UNIX_EPOCH.elapsed().unwrap_or_default())
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

pub(super) fn failure(error: &SendError) -> Failure {
    Failure {
        why: error.to_string(),
        is_final: error.is_final(),
        is_unknown: error.outcome() == Outcome::Unknown,
    }
}
