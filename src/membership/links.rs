//! Links that let people into a room.

use std::time::Duration;

use super::*;

/// How long a link is good where nothing else is asked for.
const TTL: Duration = Duration::from_secs(7 * 24 * 3_600);

/// The longest time that a link is good.
const TTL_MAX: Duration = Duration::from_secs(366 * 24 * 3_600);

/// How many people may use a link where nothing else is asked for.
const USES: u32 = 100;

/// The most people who may use a link.
const USES_MAX: u32 = 100_000;

impl Membership<'_> {
    /// Makes a link into a room.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn make_link(
        &self,
        person: &Person,
        make: &MakeInviteLink,
    ) -> Result<InviteLinkOk, Refusal> {
        let server = self.0;
        let shown = self.seen(Some(person.id()), &make.room)?;
        self.may_invite(person.id(), &shown)?;
        let ttl =
            make.for_ms.map_or(TTL, Duration::from_millis).clamp(Duration::from_millis(1), TTL_MAX);
        let uses = make.uses.unwrap_or(USES).clamp(1, USES_MAX);
        let room = shown.attributes.id;
        let by = Actor::named(person.id(), &person.user().nick);
        let note = note(&by, "invite_link", &format!("{uses} uses"), Some(room), "")?;
        let code = server.identity.accounts.make_room_link(room, uses, ttl, note).await?;
        Ok(InviteLinkOk { code, expires_ms: millis(ttl), uses })
    }

    /// Uses a link into a room. Who is in it already uses nothing up.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn accept(
        &self,
        person: &Person,
        accept: &Accept,
    ) -> Result<OwnRoom, Refusal> {
        let (server, user) = (self.0, person.user());
        let shown = self.of_link(&accept.code).await?;
        let room = &shown.attributes;
        let now = server.log.clock().now_ms();
        if let Some(held) = server.identity.restrictions.on_join(user.id, room.id, now) {
            return Err(held.refusal(now));
        }
        let _order = server.seats.order.lock().await;
        let rank = server.seats.rank(room.id, user.id);
        if let Some(rank) = rank.filter(|rank| *rank > Rank::Invited) {
            return Ok(self.own(user.id, &shown, rank));
        }
        self.may_have_more(user.id)?;
        self.is_free(user.id, &room.name, Some(room.id))?;
        let use_link = server.identity.accounts.use_room_link(&accept.code, room.id);
        let seat = Seat { room: room.id, ..seat_of(&user, Rank::Member) };
        let mut changes = vec![use_link];
        let has_seat = shown.is_closed() || server.identity.accounts.has_account(user.id);
        if has_seat {
            changes.push(Change::Seat(seat.clone()));
        }
        server.identity.accounts.change(changes).await?;
        if has_seat {
            server.seats.put(&seat);
            self.tell(user.id, &shown, Rank::Member, None, None);
        }
        Ok(self.own(user.id, &shown, Rank::Member))
    }

    /// The room of a link that is still good.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) async fn of_link(&self, code: &str) -> Result<Arc<Shown>, Refusal> {
        let room = self.0.identity.accounts.room_of_link(code).await?;
        let shown = self.0.rooms.find(None, &RoomRef::Id(room));
        shown.ok_or_else(crate::identity::accounts::bad_link)
    }
}
