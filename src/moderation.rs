//! Keeping the peace: roles, groups, mutes, bans, kicks, bots, the audit log, and why something is allowed. Sessions and
//! administrators at the server's machine do it through this one file and its folder.

use std::sync::Arc;

use throng_log::clock::unix_ms;
use throng_log::{AuditFrom, AuditRange, Change, Restriction, Subject};
use throng_protocol::{
    AuditEntry, AuditOk, ErrorCode, GiveRole, Kick, Lift, PersonId, ReadAudit, Refusal, Restrict,
    RestrictionKind, Role, RoomId,
};

use crate::actor::{Actor, note, person_ref};
use crate::delivery::peer::Alarm;
use crate::membership::Membership;
use crate::membership::leaving::PuttingOut;
use crate::restrictions;
use crate::rooms::handle::{Rule, Shown};
use crate::server::Server;

mod bots;
pub(crate) mod deleting;
mod filters;
mod groups;
mod logins;
pub(crate) mod raid;
mod why;

/// The most entries in one page of the audit log: with reasons and names of full length they fit into a frame.
const AUDIT_PAGE: u32 = 20;

/// The longest restriction that ends by itself, in milliseconds: ten years.
pub(crate) const FOR_MS_MAX: u64 = 3_650 * 24 * 3_600_000;

/// What the audit log calls a shadow ban, and its end.
const SHADOW: &str = "shadow";
const UNSHADOW: &str = "unshadow";

/// Where somebody does something.
struct Place {
    /// Who, with the role that they have there.
    by: Actor,
    /// The one room; `None` for the whole server.
    shown: Option<Arc<Shown>>,
}

impl Place {
    fn room(&self) -> Option<RoomId> {
        self.shown.as_ref().map(|shown| shown.attributes.id)
    }
}

/// Whom a restriction is about, and what they are called.
struct Meant {
    subject: Subject,
    name: String,
}

/// The rules of moderation on a server.
pub(crate) struct Moderation<'a>(pub(crate) &'a Server);

impl Moderation<'_> {
    /// Gives an account another role.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn set_role(&self, by: &Actor, give: &GiveRole) -> Result<(), Refusal> {
        let accounts = &self.0.identity.accounts;
        let (subject, name) = self.0.identity.find(&person_ref(&give.person)?).await?;
        if !accounts.has_account(subject) {
            let message = format!("{name} has no account, so no role can be given");
            return Err(Refusal::new(ErrorCode::NoAccount, message));
        }
        if give.role == Role::Guest {
            let message = "the least role of somebody with an account is member";
            return Err(Refusal::new(ErrorCode::BadCommand, message));
        }
        by.may_touch(accounts.role(subject))?;
        by.may_touch(give.role)?;
        if self.0.identity.has_role_from_outside(subject).await? {
            let message = format!(
                "the role of {name} comes from another application: change it there, or mute or ban them"
            );
            return Err(Refusal::new(ErrorCode::Forbidden, message));
        }
        let action = format!("role {}", give.role.name());
        let note = note(by, &action, &name, None, &give.reason)?;
        accounts.set_role(subject, give.role, note).await?;
        self.membership().look_again().await;
        self.0.identity.tell_role(subject);
        Ok(())
    }

    /// Mutes, bans or shadow-bans somebody. When this returns, nothing that they say is shown to others any more, and a
    /// banned person is out.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn restrict(&self, by: &Actor, restrict: &Restrict) -> Result<(), Refusal> {
        let server = self.0;
        let identity = &server.identity;
        let place = self.place(by, restrict.room.as_deref())?;
        let room = place.room();
        let meant =
            self.meant(&place, restrict.person.as_deref(), restrict.address.as_deref()).await?;
        let by = &place.by;
        if let Subject::Network(network) = &meant.subject {
            if room.is_some() || restrict.kind != RestrictionKind::Ban {
                let message = "an address can only be banned, and only from the whole server";
                return Err(Refusal::new(ErrorCode::BadCommand, message));
            }
            let net = restrictions::network(network);
            if net.zip(by.address()).is_some_and(|(net, own)| net.contains(&own)) {
                let message = "this is the address that you come from yourself";
                return Err(Refusal::new(ErrorCode::Forbidden, message));
            }
        }
        let for_ms = restrict.for_ms.map(|time| time.clamp(1, FOR_MS_MAX));
        let until_ms = for_ms.map(|time| server.log.clock().now_ms() + time);
        let action = match restrict.kind {
            RestrictionKind::Mute => "mute",
            RestrictionKind::Ban => "ban",
            RestrictionKind::Shadow => SHADOW,
        };
        let note = note(by, action, &meant.name, room, &restrict.reason)?;
        let restriction = Restriction {
            kind: restrict.kind,
            subject: meant.subject.clone(),
            room,
            until_ms,
            made_ms: unix_ms(),
            by: by.person(),
            reason: restrict.reason.as_str().into(),
        };
        let banned = match (restrict.kind, &meant.subject) {
            (RestrictionKind::Ban, Subject::Person(person)) => Some(*person),
            _ => None,
        };
        let out = match banned {
            Some(person) => Some(self.membership().putting_out(person, place.shown.as_ref()).await),
            None => None,
        };
        {
            let _order = identity.restrictions.order.lock().await;
            let mut changes = vec![Change::Restrict(restriction.clone()), note];
            changes.extend(out.iter().flat_map(PuttingOut::changes));
            identity.accounts.change(changes).await?;
            identity.restrictions.put(&restriction);
        }
        // Bots answer for their owner, and go too.
        let bots = banned.map(|person| self.bots_here(person)).unwrap_or_default();
        for bot in &bots {
            let reason = words("the owner of this bot is banned", &restrict.reason);
            server.rooms.enforce(room, Rule::Out(*bot, Some(reason))).await;
        }
        match out {
            Some(out) => {
                self.membership().put_out(out, words("you are banned", &restrict.reason)).await;
            }
            None => server.rooms.enforce(room, Rule::Restriction).await,
        }
        if restrict.kind == RestrictionKind::Ban && room.is_none() {
            match &meant.subject {
                Subject::Person(person) => bots
                    .iter()
                    .chain([person])
                    .flat_map(|person| identity.people.sessions_of(*person))
                    .for_each(|peer| peer.alarm(Alarm::Banned)),
                Subject::Network(_) => identity.close_banned().await,
            }
        }
        Ok(())
    }

    /// Takes a restriction back.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn lift(&self, by: &Actor, lift: &Lift) -> Result<(), Refusal> {
        let identity = &self.0.identity;
        let place = self.place(by, lift.room.as_deref())?;
        let (room, by) = (place.room(), &place.by);
        let meant = self.meant(&place, lift.person.as_deref(), lift.address.as_deref()).await?;
        let action = match lift.kind {
            RestrictionKind::Mute => "unmute",
            RestrictionKind::Ban => "unban",
            RestrictionKind::Shadow => UNSHADOW,
        };
        let note = note(by, action, &meant.name, room, &lift.reason)?;
        let Meant { subject, .. } = meant;
        let change = Change::Lift { kind: lift.kind, subject: subject.clone(), room };
        let _order = identity.restrictions.order.lock().await;
        identity.accounts.change(vec![change, note]).await?;
        identity.restrictions.lift(lift.kind, &subject, room);
        Ok(())
    }

    /// Takes somebody out of a room. A private one then needs another invitation.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn kick(&self, by: &Actor, kick: &Kick) -> Result<(), Refusal> {
        let server = self.0;
        let place = self.place(by, Some(&kick.room))?;
        let (subject, name) = server.identity.find(&person_ref(&kick.person)?).await?;
        self.may_touch(&place, subject)?;
        let note = note(&place.by, "kick", &name, place.room(), &kick.reason)?;
        let out = self.membership().putting_out(subject, place.shown.as_ref()).await;
        let changes = [vec![note], out.changes()].concat();
        server.identity.accounts.change(changes).await?;
        let reason = words("you were taken out of this room", &kick.reason);
        self.membership().put_out(out, reason).await;
        Ok(())
    }

    /// A page of the audit log.
    ///
    /// # Errors
    /// When it can't be read.
    pub(crate) async fn audit(&self, by: &Actor, read: &ReadAudit) -> Result<AuditOk, Refusal> {
        let place = self.place(by, read.room.as_deref())?;
        let (room, reader) = (place.room(), self.membership().reader(by));
        // One more tells whether there are more.
        let from = read.before.map_or(AuditFrom::Newest, AuditFrom::Before);
        let range = AuditRange { from, limit: AUDIT_PAGE + 1, room, action: None, reader };
        let found = self.0.identity.audit(range).await?;
        let more = found.len() > AUDIT_PAGE as usize;
        // Who is shadow-banned must not learn it, and the entries have names, which change.
        let now = self.0.log.clock().now_ms();
        let all = &self.0.identity.restrictions;
        let is_shadowed = by.person().is_some_and(|person| all.is_shadowed(person, now));
        let is_read = |action: &str| !is_shadowed || ![SHADOW, UNSHADOW].contains(&action);
        let found = found.into_iter().take(AUDIT_PAGE as usize).filter(|it| is_read(&it.action));
        let entries = found.map(|audit| AuditEntry {
            number: audit.id,
            at: audit.at_ms,
            by: audit.by,
            by_name: audit.by_name.into_string(),
            action: audit.action.into_string(),
            subject: audit.subject.into_string(),
            room: audit.room,
            reason: audit.reason.into_string(),
        });
        Ok(AuditOk { entries: entries.collect(), more })
    }

    /// Whom a restriction is about: exactly one of a person and an address, whom the actor may restrict.
    async fn meant(
        &self,
        place: &Place,
        person: Option<&str>,
        address: Option<&str>,
    ) -> Result<Meant, Refusal> {
        let identity = &self.0.identity;
        match (person, address) {
            (Some(person), None) => {
                let (subject, name) = identity.find(&person_ref(person)?).await?;
                self.may_touch(place, subject)?;
                Ok(Meant { subject: Subject::Person(subject), name })
            }
            (None, Some(address)) => {
                let network = restrictions::network(address).ok_or_else(|| {
                    let message = "an address is like 192.0.2.1, 192.0.2.0/24 or 2001:db8::/64";
                    Refusal::new(ErrorCode::BadCommand, message)
                })?;
                let name = network.to_string();
                Ok(Meant { subject: Subject::Network(name.as_str().into()), name })
            }
            _ => {
                let message = "exactly one of `person` and `address` must be given";
                Err(Refusal::new(ErrorCode::BadCommand, message))
            }
        }
    }

    /// Whether the actor may do something to somebody there.
    fn may_touch(&self, place: &Place, subject: PersonId) -> Result<(), Refusal> {
        let server = self.0;
        let role = server.identity.role_of(subject);
        let keeps =
            place.shown.as_ref().is_some_and(|it| server.fence.keeps(subject, &it.attributes));
        place.by.may_touch(if keeps { role.max(Role::Moderator) } else { role })
    }

    /// Where something is done: in a room that the actor keeps, or on the whole server.
    fn place(&self, by: &Actor, room: Option<&str>) -> Result<Place, Refusal> {
        match room {
            Some(room) => {
                let shown = self.membership().kept(by, room)?;
                Ok(Place { by: by.in_kept_room(), shown: Some(shown) })
            }
            None => {
                by.may_with(Role::Moderator)?;
                Ok(Place { by: by.clone(), shown: None })
            }
        }
    }

    fn membership(&self) -> Membership<'_> {
        Membership(self.0)
    }
}

fn words(what: &str, reason: &str) -> String {
    if reason.is_empty() { what.to_owned() } else { format!("{what}: {reason}") }
}
