//! People whom an issuer outside vouches for: who they are here, what they are called, and what they may do.
//!
//! A pair of issuer and subject means one person for good. Their account has no password; their role and their
//! rooms are what was granted last, whatever older JWTs say, on every session at once.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};
use throng_log::clock::{now_ms, unix_ms};
use throng_log::{Account, Change, External, ExternalId, Grant, Unchanged};
use throng_protocol::{ErrorCode, Hello, LinkCode, Nick, PersonId, Refusal, Role};

use super::{Caller, Identity, Recognised, new_person};
use crate::connection_slots::ConnectionSlot;
use crate::delivery::peer::{Alarm, Peer};
use crate::identity::accounts::unread;
use crate::identity::jwt::Vouched;
use crate::identity::jwt::deadlines::Deadline;
use crate::identity::people::Person;
use crate::identity::room_set::RoomSet;

/// How many people may be let in at the same time. Two JWTs of one person always wait for each other.
const LOCKS: usize = 64;

/// Held while what is granted to a person is stored and put in force.
pub(super) type Locks = [async_lock::Mutex<()>; LOCKS];

pub(super) fn locks() -> Locks {
    std::array::from_fn(|_| async_lock::Mutex::new(()))
}

/// Somebody for whom an issuer vouches, as far as it is stored and in force.
pub(crate) struct Admitted {
    pub(crate) id: ExternalId,
    pub(crate) person: PersonId,
    /// Whether the issuer says what the person is called.
    pub(crate) has_nick: bool,
    /// In how many milliseconds the JWT expires, and when that is on the monotonic clock.
    pub(crate) expires_in_ms: u64,
    expires_ms: u64,
    /// Whether the issuer gave the person another role.
    pub(crate) has_other_role: bool,
    /// When the JWT was issued, in Unix seconds.
    issued_s: u64,
    /// The only rooms that the person may be in, if there may be sessions of theirs in others.
    pub(crate) narrower: Option<Arc<RoomSet>>,
}

/// A session for which an issuer vouches.
pub(crate) struct VouchedSession {
    pub(crate) id: ExternalId,
    /// Whether the issuer says what the person is called.
    pub(crate) has_nick: bool,
    deadline: Deadline,
}

impl Identity {
    /// Stores what an issuer says about a person, and puts it in force on all their sessions. Somebody new becomes
    /// a person here. `wish` is what they would like to be called if the issuer does not say it.
    ///
    /// Once this has begun it must not be dropped midway.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn admit(
        &self,
        vouched: Vouched,
        wish: Option<&str>,
    ) -> Result<Admitted, Refusal> {
        let Vouched { id, grant, role, expires_in_ms } = vouched;
        let (expires_ms, issued_s) = (now_ms() + expires_in_ms, grant.issued_s);
        let has_nick = grant.nick.is_some();
        let _lock = self.lock_of(&id).lock().await;
        let external = match self.external(&id).await? {
            Some(known) => known,
            None => {
                let wish = grant.nick.as_deref().or(wish);
                self.make_person(&id, &grant, role.unwrap_or(Role::Member), wish).await?
            }
        };
        let person = external.person;
        self.may_be_here(person)?;
        if !self.accounts.has_account(person) {
            let message = "this account was deleted here, and no JWT brings it back";
            return Err(Refusal::new(ErrorCode::Forbidden, message));
        }
        let before = self.accounts.role(person);
        let grant = self.store(&external, grant, role).await?;
        let has_other_role = self.accounts.role(person) != before;
        let mut narrower = None;
        if let Some(present) = self.people.present(person) {
            narrower = confine(&present, &grant);
            self.call(&present, &grant, &id).await;
        }
        Ok(Admitted {
            id,
            person,
            has_nick,
            expires_in_ms,
            expires_ms,
            issued_s,
            has_other_role,
            narrower,
        })
    }

    /// Greets somebody who was admitted.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn greet_admitted(
        &self,
        admitted: Admitted,
        hello: &Hello,
        peer: &Arc<Peer>,
        slot: &ConnectionSlot,
    ) -> Result<(Recognised, VouchedSession), Refusal> {
        let caller = Caller { peer, slot, device: hello.device.as_deref() };
        let Admitted { id, person, has_nick, expires_ms, issued_s, .. } = admitted;
        let _lock = self.lock_of(&id).lock().await;
        let account = self.accounts.find(person).await?.and_then(|account| account.name);
        let mut greeted = self.greet_again(caller, person, account, None).await?;
        // What holds now: another JWT of the same person may have come in between.
        let Some(External { grant, revoked_s, .. }) = self.external(&id).await? else {
            let message = "this person is not known here any more";
            return Err(Refusal::new(ErrorCode::BadJwt, message));
        };
        confine(&greeted.person, &grant);
        self.call(&greeted.person, &grant, &id).await;
        if has_nick {
            greeted.notice = notice(&greeted.person, grant.nick.as_deref());
        }
        // A deletion, or an end of all logins, that came in between has found no session.
        if !self.accounts.has_account(person) || issued_s <= revoked_s {
            peer.alarm(Alarm::LoggedOut);
        }
        let deadline = self.jwts.deadlines.enter(peer, expires_ms, self.settings.jwt);
        Ok((greeted, VouchedSession { id, has_nick, deadline }))
    }

    /// Lets a session go on after its person was admitted again.
    pub(crate) fn go_on(&self, session: &VouchedSession, admitted: &Admitted, peer: &Arc<Peer>) {
        session.deadline.put_off(peer, admitted.expires_ms, self.settings.jwt);
    }

    /// A code of one use by which somebody who was admitted logs in on their device.
    ///
    /// # Errors
    /// When there is none at the moment.
    pub(crate) async fn hand_over(&self, person: PersonId) -> Result<LinkCode, Refusal> {
        let name = self.accounts.find(person).await?.and_then(|account| account.name);
        let made = name.and_then(|name| self.codes.make(person, name, now_ms()));
        made.ok_or_else(|| {
            let message = "too many people are logging in at the moment: try again later";
            Refusal::later(ErrorCode::Busy, message, 60_000)
        })
    }

    /// Whether a person's role is what an issuer says.
    ///
    /// # Errors
    /// When it can't be read.
    pub(crate) async fn has_role_from_outside(&self, person: PersonId) -> Result<bool, Refusal> {
        let found = self.directory.externals_of(person).await.map_err(|error| unread(&error))?;
        let decides =
            |issuer: &str| self.jwts.decides_roles(issuer) || self.providers.decides_roles(issuer);
        Ok(found.iter().any(|external| decides(&external.id.issuer)))
    }

    /// An entry of the audit log about what an issuer did.
    fn note(&self, id: &ExternalId, action: &str, subject: &str) -> Change {
        let by_name: String = id.issuer.chars().filter(|c| !c.is_control()).take(100).collect();
        self.accounts.audit(None, &by_name, action, subject)
    }

    fn lock_of(&self, id: &ExternalId) -> &async_lock::Mutex<()> {
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        &self.locks[usize::try_from(hasher.finish() % LOCKS as u64).unwrap_or(0)]
    }

    async fn external(&self, id: &ExternalId) -> Result<Option<External>, Refusal> {
        self.directory.external(id.clone()).await.map_err(|error| unread(&error))
    }

    /// Makes a person of somebody who was never here.
    async fn make_person(
        &self,
        id: &ExternalId,
        grant: &Grant,
        role: Role,
        wish: Option<&str>,
    ) -> Result<External, Refusal> {
        let person = new_person();
        let external = External { id: id.clone(), person, grant: grant.clone(), revoked_s: 0 };
        for name in candidates(wish, id) {
            if self.people.named(&name.fold()).is_some() {
                continue;
            }
            match self.may_have(&name, person).await {
                Ok(()) => {}
                Err(refusal) if refusal.code == ErrorCode::NickTaken => continue,
                Err(refusal) => return Err(refusal),
            }
            let account = Account {
                person,
                name: Some(name.clone()),
                password: None,
                second_factor: None,
                role,
                made_ms: unix_ms(),
            };
            let changes = vec![
                Change::AddExternal(external.clone()),
                Change::AddAccount(account),
                self.note(id, &format!("vouch {}", role.name()), name.as_str()),
            ];
            match self.directory.change(changes).await {
                Ok(Ok(())) => {
                    self.accounts.remember_role(person, role);
                    return Ok(external);
                }
                Ok(Err(Unchanged::NameTaken)) => {}
                Ok(Err(_)) => break,
                Err(error) => return Err(unread(&error)),
            }
        }
        let message = "no free nick was found for this person: try again";
        Err(Refusal::later(ErrorCode::Busy, message, 1_000))
    }

    /// Stores what is granted, and returns what holds: something that was issued later may be stored.
    async fn store(
        &self,
        external: &External,
        mut grant: Grant,
        role: Option<Role>,
    ) -> Result<Grant, Refusal> {
        let External { id, person, grant: before, revoked_s } = external;
        if grant.issued_s <= *revoked_s {
            let message =
                "this JWT is from before all sessions of the person were ended: bring a new one";
            return Err(Refusal::new(ErrorCode::JwtExpired, message));
        }
        if grant.issued_s < before.issued_s {
            return Ok(before.clone());
        }
        grant.nick = grant.nick.or_else(|| before.nick.clone());
        let mut changes = Vec::new();
        if grant != *before {
            changes.push(Change::Grant { id: id.clone(), grant: grant.clone() });
        }
        let now = self.accounts.role(*person);
        // The owner is who used the owner's link: no issuer has a say in that.
        let role = role.filter(|role| *role != now && now != Role::Owner);
        if let Some(role) = role {
            changes.push(Change::SetRole { person: *person, role });
            let name = self.people.nick_of(*person).map(|nick| nick.as_str().to_owned());
            let name = name.unwrap_or_else(|| person.to_string());
            changes.push(self.note(id, &format!("role {}", role.name()), &name));
        }
        if !changes.is_empty() {
            self.accounts.change(changes).await?;
        }
        if let Some(role) = role {
            self.accounts.remember_role(*person, role);
        }
        Ok(grant)
    }

    /// Gives somebody who is here the nick that their issuer says, or the one next to it that is free. Who has one of
    /// these keeps it.
    async fn call(&self, person: &Person, grant: &Grant, id: &ExternalId) {
        let Some(wish) = &grant.nick else { return };
        let names = candidates(Some(wish), id);
        if names.contains(&person.nick()) {
            return;
        }
        for name in names {
            match self.rename(person, name.as_str()).await {
                Err(refusal) if refusal.code == ErrorCode::NickTaken => {}
                // A nick is no reason to keep somebody out.
                Ok(()) | Err(_) => return,
            }
        }
    }
}

/// Puts a grant's rooms in force, and returns them if a room may be missing that there was before.
fn confine(person: &Person, grant: &Grant) -> Option<Arc<RoomSet>> {
    let rooms = grant.rooms.as_deref().map(|rooms| Arc::new(RoomSet::of(rooms)));
    let before = person.confine(rooms.clone());
    rooms.filter(|rooms| before.as_ref() != Some(rooms))
}

/// The nicks for somebody, the best first. Which of them it is depends on nothing but who they are and who else has
/// one: the mark comes from the issuer's name for them.
fn candidates(wish: Option<&str>, id: &ExternalId) -> Vec<Nick> {
    let digest = Sha256::digest(format!("{}\0{}", id.issuer, id.subject));
    let mark = BASE32_NOPAD.encode(&digest).to_lowercase();
    let wished = wish.and_then(tamed);
    let stem = wished.as_ref().map_or("user", Nick::as_str);
    let marked = [4, 8, 16].into_iter().filter_map(|length| {
        let kept: String = stem.chars().take(Nick::CHARS_MAX - 1 - length).collect();
        let name = format!("{kept}-{}", &mark[..length]);
        Nick::parse(&name).or_else(|_| Nick::parse(&format!("user-{}", &mark[..length]))).ok()
    });
    let marked: Vec<Nick> = marked.collect();
    wished.into_iter().chain(marked).collect()
}

/// The nick that is closest to what an issuer calls somebody: hyphens for spaces, nothing that no nick has.
fn tamed(wish: &str) -> Option<Nick> {
    let words = wish.split_whitespace().take(Nick::CHARS_MAX).collect::<Vec<_>>().join("-");
    let is_kept = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let kept: String = words.chars().filter(is_kept).take(Nick::CHARS_MAX).collect();
    Nick::parse(kept.trim_matches('-')).ok()
}

/// Why the nick is not the one that was wished for.
fn notice(person: &Person, wish: Option<&str>) -> Option<String> {
    let (wish, nick) = (wish?, person.nick());
    (nick.as_str() != wish).then(|| {
        let shown: String = wish.chars().filter(|c| !c.is_control()).take(64).collect();
        format!("{shown} is taken or is no nick here: you are {nick}")
    })
}

#[cfg(test)]
mod tests {
    use throng_log::ExternalId;

    use super::{candidates, tamed};

    fn named(wish: Option<&str>, subject: &str) -> Vec<String> {
        let id = ExternalId { issuer: "app".into(), subject: subject.into() };
        candidates(wish, &id).into_iter().map(|nick| nick.as_str().to_owned()).collect()
    }

    #[test]
    fn the_nick_next_to_a_taken_one_is_the_same_each_time_and_of_one_person_alone() {
        let ana = named(Some("ana"), "17");
        assert_eq!((&*ana[0], ana.len()), ("ana", 4));
        assert!(ana[1].starts_with("ana-") && ana[1].len() == 8, "{ana:?}");
        assert_eq!(ana, named(Some("ana"), "17"));
        assert_ne!(ana[1], named(Some("ana"), "18")[1]);
        assert!(named(None, "17").iter().all(|name| name.starts_with("user-")));
    }

    #[test]
    fn what_is_no_nick_becomes_the_closest_one() {
        let tame = |wish: &str| tamed(wish).map(|nick| nick.as_str().to_owned());
        assert_eq!(tame("Ana Maria  Lopez").as_deref(), Some("Ana-Maria-Lopez"));
        assert_eq!(tame("ana@example.org").as_deref(), Some("anaexample.org"));
        assert_eq!(tame(&"x".repeat(5_000)).map(|name| name.len()), Some(24));
        assert_eq!(tame("\u{202e}\u{200b}!!!"), None);
        assert!(named(Some("!!!"), "17")[0].starts_with("user-"));
    }
}
