//! The second factor of an account: turned on and off, and judged at a login.

use throng_log::clock::{now_ms, unix_ms};
use throng_log::{Account, Change, SecondFactor, Unchanged};
use throng_protocol::{ErrorCode, Nick, PersonId, Refusal};

use super::proving::too_many_wrong;
use super::{Accounts, refused};
use crate::identity::totp::{RecoveryCode, Secret, recovery_codes};

impl Accounts {
    /// Judges the second factor of somebody whose password is right.
    ///
    /// # Errors
    /// When it is missing or wrong. A right one is used up.
    pub(crate) async fn verify_second(
        &self,
        account: &Account,
        code: Option<&str>,
    ) -> Result<(), Refusal> {
        match self.second_factor(account, code)? {
            Some(change) => self.change_with_code(account, vec![change]).await,
            None => Ok(()),
        }
    }

    /// The change that uses a code up; `None` for an account that asks for none.
    pub(super) fn second_factor(
        &self,
        account: &Account,
        code: Option<&str>,
    ) -> Result<Option<Change>, Refusal> {
        let Some(factor) = &account.second_factor else { return Ok(None) };
        let Some(code) = code else {
            let message = "this account asks for a code of its authenticator app";
            return Err(Refusal::new(ErrorCode::SecondFactorNeeded, message));
        };
        let (person, secret) = (account.person, Secret::from_bytes(factor.secret));
        self.standing.may_try_code(person, now_ms()).map_err(too_many_wrong)?;
        let step = secret.check(code, unix_ms() / 1_000, Some(factor.last_step));
        match (step, RecoveryCode::parse(code)) {
            (Some(step), _) => Ok(Some(Change::UseStep { person, step })),
            (None, Some(code)) => Ok(Some(Change::UseRecovery { person, hash: code.hash() })),
            (None, None) => Err(self.wrong_code(account)),
        }
    }

    /// Makes changes of which one uses a code up.
    pub(super) async fn change_with_code(
        &self,
        account: &Account,
        changes: Vec<Change>,
    ) -> Result<(), Refusal> {
        self.change(changes).await.map_err(|refusal| match refusal.code {
            ErrorCode::WrongSecondFactor => self.wrong_code(account),
            _ => refusal,
        })
    }

    /// Counts a wrong code like a wrong password: six digits can be tried.
    fn wrong_code(&self, account: &Account) -> Refusal {
        let name = account.name.as_ref().map(Nick::fold);
        self.standing.note_wrong_code(account.person, name, now_ms());
        refused(Unchanged::CodeUsed)
    }

    /// Whether somebody's account asks for a second factor.
    ///
    /// # Errors
    /// When it can't be read.
    pub(crate) async fn has_second(&self, person: PersonId) -> Result<bool, Refusal> {
        Ok(self.find(person).await?.is_some_and(|account| account.second_factor.is_some()))
    }

    /// Turns the second factor on with a code of the app that has this secret, and returns the recovery codes.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn turn_on(
        &self,
        person: PersonId,
        password: &str,
        secret: &Secret,
        code: &str,
    ) -> Result<Vec<String>, Refusal> {
        self.confirm(person, password).await?;
        if self.has_second(person).await? {
            // Or somebody with the password alone would put their own app in its place.
            let message =
                "a second factor is on already: turn it off first, with a code of its app";
            return Err(Refusal::new(ErrorCode::BadCommand, message));
        }
        let step = secret.check(code, unix_ms() / 1_000, None);
        let last_step = step.ok_or_else(|| refused(Unchanged::CodeUsed))?;
        let (codes, recovery) = recovery_codes();
        let factor = SecondFactor { secret: *secret.as_bytes(), last_step, recovery };
        self.change(vec![Change::SetSecondFactor { person, factor: Some(factor) }]).await?;
        Ok(codes.iter().map(RecoveryCode::to_string).collect())
    }

    /// Turns the second factor off.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn turn_off(
        &self,
        person: PersonId,
        password: &str,
        code: Option<&str>,
    ) -> Result<(), Refusal> {
        self.confirm(person, password).await?;
        let account = self.find(person).await?.ok_or_else(|| refused(Unchanged::NoAccount))?;
        self.verify_second(&account, code).await?;
        self.change(vec![Change::SetSecondFactor { person, factor: None }]).await
    }

    /// Turns somebody's second factor off who has lost it.
    ///
    /// # Errors
    /// When it can't be stored.
    pub(crate) async fn forget_second(&self, account: &Account) -> Result<(), Refusal> {
        let name = account.name.as_ref().map_or("", Nick::as_str);
        let (person, factor) = (account.person, None);
        let note = self.audit(None, "server", "second factor off", name);
        self.change(vec![Change::SetSecondFactor { person, factor }, note]).await
    }
}
