//! What a moderator forbids somebody.

use std::time::Duration;

use throng_protocol::{BadName, INTEGER_MAX, Lift, Restrict, RestrictionKind};

use crate::person::AsPerson;
use crate::room::AsRoom;

/// A mute, a ban or a shadow ban: everywhere and until it is lifted, unless a room and a time are named.
/// [`Client::restrict`](crate::Client::restrict) imposes it, [`Client::lift`](crate::Client::lift) takes it back.
///
/// ```no_run
/// use std::time::Duration;
/// use throng_client::Restriction;
/// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
/// let mute = Restriction::mute("@bo").room("#lobby").lasting(Duration::from_secs(600));
/// client.restrict(mute.reason("cool down")).await?;
/// client.restrict(Restriction::ban_address("192.0.2.0/24")).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Restriction(Result<Restrict, BadName>);

impl Restriction {
    /// The person may read and say nothing.
    ///
    /// ```
    /// let mute = throng_client::Restriction::mute("@bo");
    /// ```
    pub fn mute(person: impl AsPerson) -> Self {
        Self::of(RestrictionKind::Mute, &person)
    }

    /// The person may not be there.
    ///
    /// ```
    /// let ban = throng_client::Restriction::ban("@bo").room("#lobby");
    /// ```
    pub fn ban(person: impl AsPerson) -> Self {
        Self::of(RestrictionKind::Ban, &person)
    }

    /// Nobody else sees what the person says, who does not learn that. Those who keep the room read it with a mark
    /// ([`Message::shadow`](crate::Message::shadow)).
    ///
    /// ```
    /// let shadow = throng_client::Restriction::shadow("@eve").room("#lobby");
    /// ```
    pub fn shadow(person: impl AsPerson) -> Self {
        Self::of(RestrictionKind::Shadow, &person)
    }

    /// Nobody from an address or a range may be on the server. A single IPv6 address stands for its /64.
    ///
    /// ```
    /// let ban = throng_client::Restriction::ban_address("2001:db8::/64");
    /// ```
    pub fn ban_address(address: impl Into<String>) -> Self {
        let address = Some(address.into());
        Self(Ok(Restrict { address, ..Self::blank(RestrictionKind::Ban) }))
    }

    /// It holds in this room alone.
    ///
    /// ```
    /// let mute = throng_client::Restriction::mute("@bo").room("#lobby");
    /// ```
    #[must_use]
    pub fn room(self, room: impl AsRoom) -> Self {
        Self(self.0.and_then(|restrict| {
            Ok(Restrict { room: Some(room.as_room()?.to_string()), ..restrict })
        }))
    }

    /// It ends by itself after this time.
    ///
    /// ```
    /// let mute = throng_client::Restriction::mute("@bo").lasting(std::time::Duration::from_secs(600));
    /// ```
    #[must_use]
    pub fn lasting(self, time: Duration) -> Self {
        let millis = u64::try_from(time.as_millis()).unwrap_or(INTEGER_MAX).min(INTEGER_MAX);
        Self(self.0.map(|restrict| Restrict { for_ms: Some(millis), ..restrict }))
    }

    /// Why. The person concerned reads it, and it stands in the audit log.
    ///
    /// ```
    /// let mute = throng_client::Restriction::mute("@bo").reason("cool down");
    /// ```
    #[must_use]
    pub fn reason(self, reason: impl Into<String>) -> Self {
        Self(self.0.map(|restrict| Restrict { reason: reason.into(), ..restrict }))
    }

    fn of(kind: RestrictionKind, person: &impl AsPerson) -> Self {
        Self(person.as_person().map(|person| {
            let person = Some(person.to_string());
            Restrict { person, ..Self::blank(kind) }
        }))
    }

    fn blank(kind: RestrictionKind) -> Restrict {
        let (person, address, room, for_ms) = (None, None, None, None);
        Restrict { kind, person, address, room, for_ms, reason: String::new() }
    }

    pub(crate) fn into_restrict(self) -> Result<Restrict, BadName> {
        self.0
    }

    pub(crate) fn into_lift(self) -> Result<Lift, BadName> {
        let Restrict { kind, person, address, room, reason, .. } = self.0?;
        Ok(Lift { kind, person, address, room, reason })
    }
}
