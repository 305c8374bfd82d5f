//! Bots through the client library.

use std::time::Duration;

use throng_client::{BotInfo, DisconnectReason, NewBot, Options};
use throng_protocol::MakeBot;

use super::Connection;
use crate::event::{Event, Request};
use crate::model::ConnectionState;
use crate::secret::Secret;

impl Connection {
    pub(super) fn make_bot(&self, make: MakeBot) {
        let MakeBot { nick, scopes, for_ms, rooms, reason } = make;
        let bot = rooms.into_iter().flatten().fold(NewBot::new(nick, scopes), NewBot::room);
        let time = for_ms.map(Duration::from_millis);
        let bot = time.into_iter().fold(bot, NewBot::lasting).reason(reason);
        self.request(None, Request::Other, self.client.make_bot(bot), |made| {
            let sentence = format!("The token of {}: {}", made.user.nick, made.token);
            vec![Event::Done(sentence)]
        });
    }

    pub(super) fn request_bots(&self) {
        self.request(None, Request::Other, self.client.bots(), |ok| match ok.bots.as_slice() {
            [] => vec![Event::Done("You have no bots. /bot new makes one.".to_owned())],
            bots => bots.iter().map(|bot| Event::Done(sentence(bot))).collect(),
        });
    }

    /// What to say when this program is a bot whose token is good for nothing.
    pub(super) fn bot_ended(&self, why: &DisconnectReason) -> Option<Event> {
        let has_ended =
            matches!(why, DisconnectReason::Token(_) | DisconnectReason::LoggedOut { .. });
        (self.is_bot && has_ended).then(|| {
            let next = "The token in CHAT_TOKEN has expired or was revoked.";
            Event::Connection(ConnectionState::Closed { why: why.to_string(), next })
        })
    }
}

/// How a bot says hello.
pub(super) fn options(token: &Secret) -> Options {
    Options::bot(token.reveal())
}

fn sentence(bot: &BotInfo) -> String {
    let place = match bot.rooms.as_deref() {
        None => "everywhere".to_owned(),
        Some([_]) => "in 1 room".to_owned(),
        Some(rooms) => format!("in {} rooms", rooms.len()),
    };
    let end = match bot.left_ms.map(|left| left / 3_600_000) {
        None => String::new(),
        Some(0) => ", expires within an hour".to_owned(),
        Some(hours) if hours < 48 => format!(", expires in {hours} h"),
        Some(hours) => format!(", expires in {} days", hours / 24),
    };
    let sessions = match bot.sessions {
        1 => "1 connection".to_owned(),
        count => format!("{count} connections"),
    };
    format!("{}: {} {place}, {sessions}{end}", bot.user.nick, bot.scopes)
}

#[cfg(test)]
mod tests {
    use throng_client::{BotInfo, PersonId, RoomId, Scope, User};

    use super::sentence;

    #[test]
    fn a_bot_is_one_line() {
        let user = User { bot: true, ..User::new(PersonId::from_parts(1, 2), "herald") };
        let scopes = [Scope::Read, Scope::Send].into_iter().collect();
        let bot = BotInfo { user, scopes, rooms: None, made: 0, left_ms: None, sessions: 1 };
        assert_eq!(sentence(&bot), "herald: read,send everywhere, 1 connection");
        let rooms = Some(vec![RoomId::from_parts(1, 1); 2]);
        let other = BotInfo { rooms, left_ms: Some(3 * 86_400_000), sessions: 0, ..bot };
        assert_eq!(
            sentence(&other),
            "herald: read,send in 2 rooms, 0 connections, expires in 3 days"
        );
        let last = BotInfo { left_ms: Some(59_000), ..other };
        assert!(sentence(&last).ends_with("expires within an hour"));
    }
}
