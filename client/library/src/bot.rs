//! A bot that is to be made.

use std::time::Duration;

use throng_protocol::{BadName, INTEGER_MAX, MakeBot, Scope};

use crate::room::AsRoom;

/// A bot with a nick and scopes: everywhere and until it is revoked, unless rooms and a time are named.
/// [`Client::make_bot`](crate::Client::make_bot) makes it.
///
/// ```no_run
/// use std::time::Duration;
/// use throng_client::{NewBot, Scope};
/// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
/// let herald = NewBot::new("herald", [Scope::Read, Scope::Send]).room("#builds");
/// let made = client.make_bot(herald.lasting(Duration::from_secs(30 * 86_400))).await?;
/// println!("shown this one time: {}", made.token);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct NewBot(Result<MakeBot, BadName>);

impl NewBot {
    /// A bot that is called so, and may do what these scopes allow and we may ourselves.
    ///
    /// ```
    /// use throng_client::{NewBot, Scope};
    /// let reader = NewBot::new("reader", [Scope::Read]);
    /// ```
    pub fn new(nick: impl Into<String>, scopes: impl IntoIterator<Item = Scope>) -> Self {
        let (nick, scopes) = (nick.into(), scopes.into_iter().collect());
        Self(Ok(MakeBot { nick, scopes, for_ms: None, rooms: None, reason: String::new() }))
    }

    /// It may be in this room, and in the others that are named so, and nowhere else.
    ///
    /// ```
    /// use throng_client::{NewBot, Scope};
    /// let herald = NewBot::new("herald", [Scope::Read, Scope::Send]).room("#builds").room("#news");
    /// ```
    #[must_use]
    pub fn room(self, room: impl AsRoom) -> Self {
        Self(self.0.and_then(|mut make| {
            make.rooms.get_or_insert_default().push(room.as_room()?.to_string());
            Ok(make)
        }))
    }

    /// Its token expires after this time.
    ///
    /// ```
    /// use throng_client::{NewBot, Scope};
    /// let herald = NewBot::new("herald", [Scope::Read]).lasting(std::time::Duration::from_secs(86_400));
    /// ```
    #[must_use]
    pub fn lasting(self, time: Duration) -> Self {
        let millis = u64::try_from(time.as_millis()).unwrap_or(INTEGER_MAX).min(INTEGER_MAX);
        Self(self.0.map(|make| MakeBot { for_ms: Some(millis), ..make }))
    }

    /// What it is for. It stands in the audit log.
    ///
    /// ```
    /// use throng_client::{NewBot, Scope};
    /// let herald = NewBot::new("herald", [Scope::Read]).reason("news of the builds");
    /// ```
    #[must_use]
    pub fn reason(self, reason: impl Into<String>) -> Self {
        Self(self.0.map(|make| MakeBot { reason: reason.into(), ..make }))
    }

    pub(crate) fn into_make(self) -> Result<MakeBot, BadName> {
        self.0
    }
}
