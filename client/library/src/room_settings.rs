//! What is changed of a room.

use std::time::Duration;

use throng_protocol::{BadName, INTEGER_MAX, Rank, Right, Role, RoomName, RoomRef, SetRoom};

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

    /// What it is for, at length, with line breaks; empty for nothing.
    ///
    /// ```
    /// let change = throng_client::RoomSettings::of("lobby").description("Say hello here.\nEverybody may.");
    /// ```
    #[must_use]
    pub fn description(self, description: impl Into<String>) -> Self {
        self.with(|set| set.description = Some(description.into()))
    }

    /// Its place in lists of rooms: 1 comes first, and 0 is none.
    ///
    /// ```
    /// let change = throng_client::RoomSettings::of("lobby").order(1);
    /// ```
    #[must_use]
    pub fn order(self, order: u32) -> Self {
        self.with(|set| set.order = Some(order))
    }

    /// The least role that sees it, of a public room. For everybody else it does not exist. This is for administrators.
    ///
    /// ```
    /// let change = throng_client::RoomSettings::of("staff").see(throng_client::Role::Moderator);
    /// ```
    #[must_use]
    pub fn see(self, least: Role) -> Self {
        self.with(|set| set.see = Some(least))
    }

    /// The least role on the server that keeps it, beside its own moderators. This is for administrators.
    ///
    /// ```
    /// let change = throng_client::RoomSettings::of("court").moderate(throng_client::Role::Administrator);
    /// ```
    #[must_use]
    pub fn moderate(self, least: Role) -> Self {
        self.with(|set| set.moderate = Some(least))
    }

    /// The groups whose people have a right without the role that it needs; none for no group. Where everybody has the
    /// right, this closes it for all others.
    ///
    /// ```
    /// use throng_client::{Right, RoomSettings};
    /// let change = RoomSettings::of("news").groups(Right::Speak, ["staff", "guides"]);
    /// ```
    #[must_use]
    pub fn groups(self, right: Right, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let names = names.into_iter().map(Into::into).collect();
        self.with(|set| {
            let groups = set.groups.take().unwrap_or_default();
            set.groups = Some(Box::new(groups.with(right, names)));
        })
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
