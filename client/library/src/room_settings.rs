//! What is changed of a room.

use std::time::Duration;

use throng_protocol::{BadName, INTEGER_MAX, Rank, Role, RoomName, RoomRef, SetRoom};

use crate::room::AsRoom;

/// A change of a room: what is not named stays. [`Client::set_room`](crate::Client::set_room) makes it.
///
/// ```no_run
/// use std::time::Duration;
/// use throng_client::{Role, RoomSettings};
/// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
/// let news = RoomSettings::of("news").topic("what is new").speak(Role::Moderator);
/// client.set_room(news.reason("few speak, and all read")).await?;
/// client.set_room(RoomSettings::of("lobby").slow(Duration::from_secs(30))).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RoomSettings(Result<(RoomRef, SetRoom), BadName>);

impl RoomSettings {
    /// No change yet, of this room.
    ///
    /// ```
    /// let change = throng_client::RoomSettings::of("lobby").topic("tea and talk");
    /// ```
    pub fn of(room: impl AsRoom) -> Self {
        Self(room.as_room().map(|room| (room, SetRoom::default())))
    }

    /// Another name. The room stays the same.
    ///
    /// ```
    /// let change = throng_client::RoomSettings::of("lobby").name("hall");
    /// ```
    #[must_use]
    pub fn name(self, name: &str) -> Self {
        Self(self.0.and_then(|(room, set)| {
            let name = Some(RoomName::parse(name)?.to_string());
            Ok((room, SetRoom { name, ..set }))
        }))
    }

    /// What it is about; empty for nothing.
    ///
    /// ```
    /// let change = throng_client::RoomSettings::of("lobby").topic("tea and talk");
    /// ```
    #[must_use]
    pub fn topic(self, topic: impl Into<String>) -> Self {
        self.with(|set| set.topic = Some(topic.into()))
    }

    /// The least role that may say something there. The room's moderators always may.
    ///
    /// ```
    /// let change = throng_client::RoomSettings::of("news").speak(throng_client::Role::Moderator);
    /// ```
    #[must_use]
    pub fn speak(self, least: Role) -> Self {
        self.with(|set| set.speak = Some(least))
    }

    /// How long a person waits from one message to the next; zero for not at all.
    ///
    /// ```
    /// let change = throng_client::RoomSettings::of("lobby").slow(std::time::Duration::from_secs(30));
    /// ```
    #[must_use]
    pub fn slow(self, pause: Duration) -> Self {
        let millis = u64::try_from(pause.as_millis()).unwrap_or(INTEGER_MAX).min(INTEGER_MAX);
        self.with(|set| set.slow_ms = Some(millis))
    }

    /// Who may invite: members, or the room's moderators alone.
    ///
    /// ```
    /// let change = throng_client::RoomSettings::of("cooks").invite(throng_client::Rank::Moderator);
    /// ```
    #[must_use]
    pub fn invite(self, least: Rank) -> Self {
        self.with(|set| set.invite = Some(least))
    }

    /// Whether it is only there to be read.
    ///
    /// ```
    /// let change = throng_client::RoomSettings::of("summer").archived(true);
    /// ```
    #[must_use]
    pub fn archived(self, archived: bool) -> Self {
        self.with(|set| set.archived = Some(archived))
    }

    /// Why. It stands in the audit log.
    ///
    /// ```
    /// let change = throng_client::RoomSettings::of("summer").archived(true).reason("it is autumn");
    /// ```
    #[must_use]
    pub fn reason(self, reason: impl Into<String>) -> Self {
        self.with(|set| set.reason = reason.into())
    }

    fn with(mut self, change: impl FnOnce(&mut SetRoom)) -> Self {
        if let Ok((_, set)) = &mut self.0 {
            change(set);
        }
        self
    }

    pub(crate) fn into_parts(self) -> Result<(RoomRef, SetRoom), BadName> {
        self.0
    }
}
