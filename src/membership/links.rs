//! Links that let people into a room.

use std::sync::Arc;
use std::time::Duration;

use throng_log::clock::millis;
use throng_log::{Change, Seat};
use throng_protocol::{
    Accept, ErrorCode, InviteLinkOk, MakeInviteLink, OwnRoom, Rank, Refusal, RoomRef,
};

use super::{Membership, seat_of};
use crate::actor::{Actor, note};
use crate::identity::accounts::bad_link;
use crate::identity::people::Person;
use crate::rooms::handle::Shown;

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
        if shown.attributes.is_narrowed() {
            let message = "who may see this room joins it, and a link lets nobody else in";
            return Err(Refusal::new(ErrorCode::Forbidden, message));
        }
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
        connection: u64,
        accept: &Accept,
    ) -> Result<OwnRoom, Refusal> {
        let (server, user) = (self.0, person.user());
        let _order = server.seats.order.lock().await;
        let (shown, is_good) = self.find_link(&accept.code).await?;
        let room = &shown.attributes;
        let rank = server.seats.rank(room.id, user.id);
        if rank.is_none() && !is_good {
            return Err(bad_link());
        }
        let now = server.log.clock().now_ms();
        if let Some(held) = server.identity.restrictions.on_join(user.id, room.id, now) {
            return Err(held.refusal(now));
        }
        if let Some(rank) = rank.filter(|rank| *rank > Rank::Invited) {
            return Ok(self.own(user.id, &shown, rank));
        }
        self.may_have_more(user.id)?;
        self.may_come(user.id, room)?;
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
            self.tell(user.id, &shown, Rank::Member, None, Some(connection));
        }
        Ok(self.own(user.id, &shown, Rank::Member))
    }

    /// The room of a link, and whether the link is still good.
    ///
    /// # Errors
    /// When there is none.
    async fn find_link(&self, code: &str) -> Result<(Arc<Shown>, bool), Refusal> {
        let (room, is_good) = self.0.identity.accounts.room_of_link(code).await?;
        // Of a room that only some see now, a link from before tells nothing.
        let found = self.0.rooms.find(None, &RoomRef::Id(room));
        let shown = found.filter(|shown| !shown.attributes.is_narrowed()).ok_or_else(bad_link)?;
        Ok((shown, is_good))
    }

    /// The room of a link that is still good, for who is invited by it and not in yet.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) async fn of_link(&self, code: &str) -> Result<Arc<Shown>, Refusal> {
        match self.find_link(code).await? {
            (shown, true) => Ok(shown),
            (_, false) => Err(bad_link()),
        }
    }
}
