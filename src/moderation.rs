//! Keeping the peace: roles, mutes, bans, kicks, the audit log, and why something is allowed. Sessions and
//! administrators at the server's machine do it through this one file.

use std::net::IpAddr;

use throng_log::clock::unix_ms;
use throng_log::{Audit, AuditRange, Change, Restriction, Subject};
use throng_protocol::{
    AskWhy, AuditEntry, AuditOk, ErrorCode, GiveRole, Kick, Lift, PersonId, PersonRef, ReadAudit,
    Refusal, Restrict, RestrictionKind, Role, RoomId, RoomRef, WhyOk,
};

use crate::delivery::peer::Alarm;
use crate::identity::people::Person;
use crate::restrictions::{self, Held};
use crate::rights::action::Action;
use crate::rights::policy::{Policy, Principal};
use crate::rooms::handle::Removal;
use crate::server::Server;

/// The longest reason, in bytes.
const REASON_BYTES_MAX: usize = 400;

/// The most entries in one page of the audit log: with reasons and names of full length they fit into a frame.
const AUDIT_PAGE: u32 = 20;

/// The longest restriction that ends by itself, in milliseconds: ten years.
const FOR_MS_MAX: u64 = 3_650 * 24 * 3_600_000;

/// Who does something.
pub(crate) struct Actor {
    /// `None` for somebody at the server's machine, who may do everything.
    person: Option<PersonId>,
    name: String,
    role: Role,
    /// Where they come from.
    address: Option<IpAddr>,
}

impl Actor {
    /// A person on a session.
    pub(crate) fn session(person: &Person, role: Role, address: IpAddr) -> Self {
        let user = person.user();
        Self { person: Some(user.id), name: user.nick, role, address: Some(address) }
    }

    /// Somebody at the server's machine.
    pub(crate) fn server() -> Self {
        Self { person: None, name: "server".to_owned(), role: Role::Owner, address: None }
    }

    /// Whether they may do something to somebody with this role.
    fn may_touch(&self, subject: Role) -> Result<(), Refusal> {
        match self.person {
            Some(_) => Policy::may_touch(self.role, subject),
            None => Ok(()),
        }
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
        let action = format!("role {}", give.role.name());
        let note = note(by, &action, &name, None, &give.reason)?;
        accounts.set_role(subject, give.role, note).await?;
        self.0.identity.tell_role(subject);
        Ok(())
    }

    /// Mutes or bans somebody. When this returns, nothing that they say is shown any more, and a banned person
    /// is out.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn restrict(&self, by: &Actor, restrict: &Restrict) -> Result<(), Refusal> {
        let server = self.0;
        let identity = &server.identity;
        let room = self.room_of(restrict.room.as_deref())?;
        let meant = self.meant(by, restrict.person.as_deref(), restrict.address.as_deref()).await?;
        if let Subject::Network(network) = &meant.subject {
            if room.is_some() || restrict.kind == RestrictionKind::Mute {
                let message = "an address can only be banned, and only from the whole server";
                return Err(Refusal::new(ErrorCode::BadCommand, message));
            }
            let net = restrictions::network(network);
            if net.zip(by.address).is_some_and(|(net, own)| net.contains(&own)) {
                let message = "this is the address that you come from yourself";
                return Err(Refusal::new(ErrorCode::Forbidden, message));
            }
        }
        let for_ms = restrict.for_ms.map(|time| time.clamp(1, FOR_MS_MAX));
        let until_ms = for_ms.map(|time| server.log.clock().now_ms() + time);
        let action = match restrict.kind {
            RestrictionKind::Mute => "mute",
            RestrictionKind::Ban => "ban",
        };
        let note = note(by, action, &meant.name, room, &restrict.reason)?;
        let restriction = Restriction {
            kind: restrict.kind,
            subject: meant.subject.clone(),
            room,
            until_ms,
            made_ms: unix_ms(),
            by: by.person,
            reason: restrict.reason.as_str().into(),
        };
        {
            let _order = identity.restrictions.order.lock().await;
            identity.accounts.change(vec![Change::Restrict(restriction.clone()), note]).await?;
            identity.restrictions.put(&restriction);
        }
        let remove = match (restrict.kind, &meant.subject) {
            (RestrictionKind::Ban, Subject::Person(banned)) => {
                Some((Removal::Person(*banned), words("you are banned", &restrict.reason)))
            }
            _ => None,
        };
        server.rooms.enforce(room, remove).await;
        if restrict.kind == RestrictionKind::Ban && room.is_none() {
            match &meant.subject {
                Subject::Person(person) => identity
                    .people
                    .sessions_of(*person)
                    .iter()
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
        let room = self.room_of(lift.room.as_deref())?;
        let meant = self.meant(by, lift.person.as_deref(), lift.address.as_deref()).await?;
        let action = match lift.kind {
            RestrictionKind::Mute => "unmute",
            RestrictionKind::Ban => "unban",
        };
        let note = note(by, action, &meant.name, room, &lift.reason)?;
        let Meant { subject, .. } = meant;
        let change = Change::Lift { kind: lift.kind, subject: subject.clone(), room };
        let _order = identity.restrictions.order.lock().await;
        identity.accounts.change(vec![change, note]).await?;
        identity.restrictions.lift(lift.kind, &subject, room);
        Ok(())
    }

    /// Takes somebody out of a room.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn kick(&self, by: &Actor, kick: &Kick) -> Result<(), Refusal> {
        let server = self.0;
        let room = self.room_of(Some(&kick.room))?;
        let (subject, name) = server.identity.find(&person_ref(&kick.person)?).await?;
        by.may_touch(server.identity.accounts.role(subject))?;
        let note = note(by, "kick", &name, room, &kick.reason)?;
        server.identity.accounts.change(vec![note]).await?;
        let reason = words("you were taken out of this room", &kick.reason);
        server.rooms.enforce(room, Some((Removal::Person(subject), reason))).await;
        Ok(())
    }

    /// A page of the audit log.
    ///
    /// # Errors
    /// When it can't be read.
    pub(crate) async fn audit(&self, read: &ReadAudit) -> Result<AuditOk, Refusal> {
        let room = self.room_of(read.room.as_deref())?;
        // One more tells whether there are more.
        let range = AuditRange { before: read.before, limit: AUDIT_PAGE + 1, room };
        let found = self.0.identity.audit(range).await?;
        let more = found.len() > AUDIT_PAGE as usize;
        let entries = found.into_iter().take(AUDIT_PAGE as usize).map(|audit| AuditEntry {
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

    /// Whether a command is allowed, and the rule that decides.
    ///
    /// # Errors
    /// When the question can't be answered, or not to this actor.
    pub(crate) async fn why(&self, by: &Actor, ask: &AskWhy) -> Result<WhyOk, Refusal> {
        let server = self.0;
        let action = Action::named(&ask.command).ok_or_else(|| {
            let shown: String = ask.command.chars().take(32).collect();
            Refusal::new(ErrorCode::BadCommand, format!("{shown:?} is not a command"))
        })?;
        let room = self.room_of(ask.room.as_deref())?;
        let subject = match &ask.person {
            Some(other) => {
                let (subject, _) = server.identity.find(&person_ref(other)?).await?;
                if Some(subject) != by.person && by.role < Role::Administrator {
                    let message = "only administrators may ask about somebody else";
                    return Err(Refusal::new(ErrorCode::Forbidden, message));
                }
                subject
            }
            None => by.person.ok_or_else(|| {
                let message = "`person` is missing: about whom do you ask?";
                Refusal::new(ErrorCode::BadCommand, message)
            })?,
        };
        let role = server.identity.accounts.role(subject);
        if let Some((held, now)) = self.restriction_on(action, subject, room) {
            let rule = format!("a restriction forbids it: {}", held.refusal(now).message);
            return Ok(WhyOk { allowed: false, rule, role });
        }
        let may = server.policy.may(Principal::Person(role), action);
        Ok(WhyOk { allowed: may.is_ok(), rule: server.policy.rule(action), role })
    }

    /// What restricts a person in an action.
    fn restriction_on(
        &self,
        action: Action,
        person: PersonId,
        room: Option<RoomId>,
    ) -> Option<(Held, u64)> {
        let server = self.0;
        let (all, now) = (&server.identity.restrictions, server.log.clock().now_ms());
        let nowhere = RoomId::from_bytes([0; 16]);
        let held = match action {
            Action::Send | Action::Type => all.on_send(person, room.unwrap_or(nowhere), now),
            _ => all.on_join(person, room.unwrap_or(nowhere), now),
        };
        held.map(|held| (held, now))
    }

    /// Whom a restriction is about: exactly one of a person and an address, whom the actor may restrict.
    async fn meant(
        &self,
        by: &Actor,
        person: Option<&str>,
        address: Option<&str>,
    ) -> Result<Meant, Refusal> {
        let identity = &self.0.identity;
        match (person, address) {
            (Some(person), None) => {
                let (subject, name) = identity.find(&person_ref(person)?).await?;
                by.may_touch(identity.accounts.role(subject))?;
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

    /// The room that a command is about, if it is about one.
    fn room_of(&self, room: Option<&str>) -> Result<Option<RoomId>, Refusal> {
        let Some(room) = room.map(room_ref).transpose()? else { return Ok(None) };
        let rooms = &self.0.rooms;
        let found = match &room {
            RoomRef::Id(id) => rooms.find(*id),
            RoomRef::Name(name) => rooms.named(name),
        };
        match found {
            Some(found) => Ok(Some(found.id)),
            None => {
                let message = format!("there is no room {room}");
                Err(Refusal::new(ErrorCode::NoSuchRoom, message))
            }
        }
    }
}

/// An entry of the audit log.
fn note(
    by: &Actor,
    action: &str,
    subject: &str,
    room: Option<RoomId>,
    reason: &str,
) -> Result<Change, Refusal> {
    if reason.len() > REASON_BYTES_MAX || reason.chars().any(char::is_control) {
        let message = format!("reason: at most {REASON_BYTES_MAX} bytes, without line breaks");
        return Err(Refusal::new(ErrorCode::BadCommand, message));
    }
    Ok(Change::Note(Audit {
        id: 0,
        at_ms: unix_ms(),
        by: by.person,
        by_name: by.name.as_str().into(),
        action: action.into(),
        subject: subject.into(),
        room,
        reason: reason.into(),
    }))
}

fn person_ref(person: &str) -> Result<PersonRef, Refusal> {
    PersonRef::parse(person).map_err(|bad| Refusal::bad_name(ErrorCode::BadNick, "person", &bad))
}

fn room_ref(room: &str) -> Result<RoomRef, Refusal> {
    RoomRef::parse(room).map_err(|bad| Refusal::bad_name(ErrorCode::BadRoom, "room", &bad))
}

fn words(what: &str, reason: &str) -> String {
    if reason.is_empty() { what.to_owned() } else { format!("{what}: {reason}") }
}
