//! Proving who somebody is by the password of an account: in which lane a try waits, what it costs, and what becomes
//! of a wrong one.

use std::net::IpAddr;

use throng_log::clock::now_ms;
use throng_log::{Account, AccountKey, Change, Unchanged};
use throng_protocol::{ErrorCode, Nick, PersonId, Refusal};

use super::{Accounts, refused, unread};
use crate::identity::device_secrets::KnownDevice;
use crate::identity::passwords::line::Lane;
use crate::identity::passwords::password::{BadPassword, Password};
use crate::identity::passwords::{Busy, Verified};

/// What a client that brings a password shows besides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evidence<'a> {
    /// The subscriber's address; `None` where it is exempt from limits.
    pub(crate) address: Option<IpAddr>,
    /// The device secret of an earlier login.
    pub(crate) device_secret: Option<&'a str>,
}

impl Accounts {
    /// Finds the account that has this name and this password.
    ///
    /// # Errors
    /// Why not. An unknown name is refused like a wrong password, and takes as long.
    pub(crate) async fn verify(
        &self,
        name: &Nick,
        password: &str,
        evidence: Evidence<'_>,
    ) -> Result<Account, Refusal> {
        let clock_ms = self.log.clock().now_ms();
        let secret = evidence.device_secret;
        let known = secret.and_then(|secret| self.device_secrets.check(secret, clock_ms));
        let device = match known {
            // Only the owner of a name learns anything from the time that this takes.
            Some(device) => {
                let account = self.named(name).await?;
                account.filter(|it| it.person == device.person).map(|_| device)
            }
            None => None,
        };
        self.judge(name, password, device, evidence.address).await
    }

    /// Judges the password of somebody who is here.
    ///
    /// # Errors
    /// When it is wrong.
    pub(crate) async fn confirm(&self, person: PersonId, password: &str) -> Result<(), Refusal> {
        let session = KnownDevice { person, number: 0 };
        match self.find(person).await?.and_then(|account| account.name) {
            Some(name) => self.judge(&name, password, Some(session), None).await.map(drop),
            None => Err(refused(Unchanged::NoAccount)),
        }
    }

    /// Judges a password, in the lane that `device` and `address` give it.
    async fn judge(
        &self,
        name: &Nick,
        password: &str,
        device: Option<KnownDevice>,
        address: Option<IpAddr>,
    ) -> Result<Account, Refusal> {
        let given = Password::given(password).map_err(|bad| bad_password(&bad))?;
        let begun = self.standing.begin(name.fold(), device, address, now_ms());
        let attempt = begun.map_err(too_many_wrong)?;
        // The account is read once there is a turn: who gets none costs no read either.
        let judged = match self.passwords.turn(attempt.lane).await.map_err(busy) {
            Ok(turn) => match self.named(name).await {
                Ok(account) => {
                    let stored = account.as_ref().and_then(|account| account.password.clone());
                    let verified = turn.verify(given.clone(), stored).await.map_err(busy);
                    verified.map(|verified| (account, verified))
                }
                Err(refusal) => Err(refusal),
            },
            Err(refusal) => Err(refusal),
        };
        match judged {
            Ok((Some(account), verified @ (Verified::Yes | Verified::YesRehash))) => {
                self.standing.settle(attempt);
                if verified == Verified::YesRehash {
                    self.rehash(account.person, given).await;
                }
                Ok(account)
            }
            Ok(_) => {
                let message = "the nick and the password do not belong together";
                Err(Refusal::new(ErrorCode::WrongPassword, message))
            }
            Err(refusal) => {
                self.standing.settle(attempt);
                Err(refusal)
            }
        }
    }

    async fn named(&self, name: &Nick) -> Result<Option<Account>, Refusal> {
        let found = self.directory.account(AccountKey::Name(name.fold())).await;
        found.map_err(|error| unread(&error))
    }

    /// Stores the same password with the work of today. It is right in any case.
    async fn rehash(&self, person: PersonId, password: Password) {
        let Ok(turn) = self.passwords.turn(Lane::Proven).await else { return };
        if let Ok(hash) = turn.hash(password).await {
            let change = Change::SetPassword { person, password: hash.into() };
            let _ = self.directory.change(vec![change]).await;
        }
    }

    /// Makes what is stored of a new password.
    pub(super) async fn hash(
        &self,
        password: &str,
        nick: &Nick,
        lane: Lane,
    ) -> Result<String, Refusal> {
        let password = Password::new(password, &[nick.as_str(), "throng"])
            .map_err(|bad| bad_password(&bad))?;
        let turn = self.passwords.turn(lane).await.map_err(busy)?;
        turn.hash(password).await.map_err(busy)
    }

    /// A secret with which this person's next login from this device comes first.
    pub(crate) fn device_secret(&self, person: PersonId) -> String {
        self.device_secrets.issue(person, self.log.clock().now_ms())
    }

    /// Somebody with an account is let in from this address.
    pub(crate) fn credit(&self, person: PersonId, address: Option<IpAddr>) {
        self.standing.credit(person, address, now_ms());
    }
}

fn bad_password(bad: &BadPassword) -> Refusal {
    Refusal::new(ErrorCode::BadPassword, bad.to_string())
}

pub(super) fn too_many_wrong(retry_ms: u64) -> Refusal {
    let message = "too many wrong passwords were tried for this name: wait";
    Refusal::later(ErrorCode::RateLimited, message, retry_ms)
}

fn busy(busy: Busy) -> Refusal {
    Refusal::later(ErrorCode::Busy, busy.to_string(), busy.retry_ms)
}
