//! One-time links: for a new password, for the owner, and for an account where that needs an invitation.

use std::net::IpAddr;
use std::time::Duration;

use throng_log::clock::{millis, now_ms};
use throng_log::{Account, Change, FoundLink, LinkPurpose, Logins, NewLink, Unchanged};
use throng_protocol::{ErrorCode, Nick, PersonId, Refusal, Role, RoomId};

use super::{Accounts, bad_link, hash_of, random_secret, refused, unread};

/// How long a link for a new password is good.
const RESET_TTL: Duration = Duration::from_secs(24 * 3_600);

/// How long the link for the owner is good. The next start makes another one.
const OWNER_TTL: Duration = Duration::from_secs(24 * 3_600);

impl Accounts {
    /// Uses a link with which somebody's account gets a new password. All their logins end.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn reset(
        &self,
        secret: &str,
        password: &str,
        second: Option<&str>,
        address: Option<IpAddr>,
    ) -> Result<Account, Refusal> {
        let person = secret.split_once('.').and_then(|(person, _)| person.parse().ok());
        let person: PersonId = person.ok_or_else(|| refused(Unchanged::NoLink))?;
        let account = self.find(person).await?;
        let Some((account, name)) = account.and_then(|it| it.name.clone().map(|name| (it, name)))
        else {
            return Err(refused(Unchanged::NoLink));
        };
        let use_link = self.use_link(secret, LinkPurpose::Reset(person));
        let second = match self.second_factor(&account, second) {
            Ok(second) => second,
            Err(refusal) => {
                // Only who has the link learns of the second factor: of these two changes, which are never made
                // together, the first refuses those without it.
                let never = Change::UseStep { person, step: 0 };
                let checked = self.change(vec![use_link, never]).await;
                return Err(match checked {
                    Err(bad) if bad.code == ErrorCode::BadLink => bad,
                    _ => refusal,
                });
            }
        };
        let lane = self.standing.lane(address, now_ms());
        let hash = self.hash(password, &name, lane).await?.into();
        let mut changes = vec![
            use_link,
            Change::SetPassword { person, password: hash },
            Change::EndLogins { person, which: Logins::All },
            self.audit(Some(person), name.as_str(), "reset", name.as_str()),
        ];
        changes.extend(second);
        self.change_with_code(&account, changes).await?;
        Ok(account)
    }

    /// Uses the link that makes an account the owner's.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn claim(
        &self,
        person: PersonId,
        nick: &Nick,
        secret: &str,
    ) -> Result<(), Refusal> {
        if !self.has_account(person) {
            let message = "the owner needs an account: register first, then use the link again";
            return Err(Refusal::new(ErrorCode::NoAccount, message));
        }
        let changes = vec![
            self.use_link(secret, LinkPurpose::Owner),
            Change::SetRole { person, role: Role::Owner },
            self.audit(Some(person), nick.as_str(), "claim", nick.as_str()),
        ];
        let _order = self.order.lock().await;
        self.change(changes).await?;
        self.roles.insert(person, Role::Owner);
        Ok(())
    }

    /// Makes a link for a new password of somebody's account, and returns its secret.
    ///
    /// # Errors
    /// When it can't be stored.
    pub(crate) async fn make_reset(&self, person: PersonId) -> Result<String, Refusal> {
        let secret = format!("{person}.{}", random_secret());
        self.make_link(secret, LinkPurpose::Reset(person), 1, RESET_TTL).await
    }

    /// Makes the link for the owner, and returns its secret.
    ///
    /// # Errors
    /// When it can't be stored.
    pub(crate) async fn make_owner_link(&self) -> Result<String, Refusal> {
        self.make_link(random_secret(), LinkPurpose::Owner, 1, OWNER_TTL).await
    }

    /// Makes an invitation to register, and returns its secret.
    ///
    /// # Errors
    /// When it can't be stored.
    pub(crate) async fn make_invitation(
        &self,
        uses: u32,
        ttl: Duration,
    ) -> Result<String, Refusal> {
        self.make_link(random_secret(), LinkPurpose::Registration, uses, ttl).await
    }

    /// Makes a link into a room, and returns its secret.
    ///
    /// # Errors
    /// When it can't be stored.
    pub(crate) async fn make_room_link(
        &self,
        room: RoomId,
        uses: u32,
        ttl: Duration,
        note: Change,
    ) -> Result<String, Refusal> {
        let secret = random_secret();
        let link = self.new_link(&secret, LinkPurpose::Room(room), uses, ttl);
        self.change(vec![link, note]).await?;
        Ok(secret)
    }

    /// The room of a link, and whether the link is still good.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) async fn room_of_link(&self, secret: &str) -> Result<(RoomId, bool), Refusal> {
        let found = self.directory.link(hash_of(secret)).await.map_err(|error| unread(&error))?;
        match found {
            Some(FoundLink { purpose: LinkPurpose::Room(room), uses, expires_ms }) => {
                Ok((room, uses > 0 && expires_ms > self.log.clock().now_ms()))
            }
            _ => Err(bad_link()),
        }
    }

    /// Uses a link into a room.
    pub(crate) fn use_room_link(&self, secret: &str, room: RoomId) -> Change {
        self.use_link(secret, LinkPurpose::Room(room))
    }

    async fn make_link(
        &self,
        secret: String,
        purpose: LinkPurpose,
        uses: u32,
        ttl: Duration,
    ) -> Result<String, Refusal> {
        self.change(vec![self.new_link(&secret, purpose, uses, ttl)]).await?;
        Ok(secret)
    }

    fn new_link(&self, secret: &str, purpose: LinkPurpose, uses: u32, ttl: Duration) -> Change {
        let expires_ms = self.log.clock().now_ms() + millis(ttl);
        Change::AddLink(NewLink { hash: hash_of(secret), purpose, uses, expires_ms })
    }

    pub(super) fn use_link(&self, secret: &str, purpose: LinkPurpose) -> Change {
        Change::UseLink { hash: hash_of(secret), purpose, now_ms: self.log.clock().now_ms() }
    }
}
