//! Who it is that says hello: a guest or a bot by a token, or somebody with an account by a password or a login.

use std::sync::Arc;

use throng_log::clock;
use throng_log::{Account, Logins};
use throng_protocol::{ErrorCode, Hello, PersonId, Refusal};

use super::{Caller, Identity, Recognised, address_of, parse};
use crate::connection_slots::ConnectionSlot;
use crate::delivery::peer::{Alarm, Peer};
use crate::identity::accounts::Opened;
use crate::identity::accounts::proving::Evidence;
use crate::identity::bots;

impl Identity {
    /// Finds out who the client is, or makes a new guest.
    ///
    /// # Errors
    /// Why not; the client may try again. Dropping the future midway leaves at most a nick that is held for a
    /// moment.
    pub(crate) async fn recognise(
        &self,
        hello: &Hello,
        peer: &Arc<Peer>,
        slot: &ConnectionSlot,
    ) -> Result<Recognised, Refusal> {
        let caller = Caller { peer, slot, device: hello.device.as_deref() };
        self.may_come_from(peer)?;
        let of_bot = hello.token.as_deref().filter(|token| bots::is_token(token));
        let is_more = hello.reset.is_some() || hello.password.is_some() || hello.code.is_some();
        if let Some(token) = of_bot.filter(|_| !is_more) {
            return Box::pin(self.recognise_bot(token, caller)).await;
        }
        let is_login =
            of_bot.is_none() && hello.token.as_deref().is_some_and(|token| !token.contains('.'));
        if hello.reset.is_some() || hello.password.is_some() || is_login {
            // Boxed, so that its states take no room in the tasks of ten thousand guests.
            return Box::pin(self.recognise_account(hello, caller)).await;
        }
        if let Some(code) = &hello.code {
            let (person, nick) = self.use_code(caller, code)?;
            if self.accounts.has_account(person) {
                return Box::pin(self.greet_device(caller, person)).await;
            }
            self.may_be_a_guest()?;
            return self.greet_again(caller, person, Some(nick), None).await;
        }
        let wanted = hello.nick.as_deref().map(parse).transpose()?;
        let Some(token) = &hello.token else { return self.greet_new(caller, wanted).await };
        let now = self.log.clock().now_ms();
        let claim = self.tokens.check(token, now).map_err(|bad| {
            let message = format!("{bad}: say hello without it, as somebody new");
            Refusal::new(ErrorCode::BadToken, message)
        })?;
        if self.accounts.had_account(claim.person) {
            let message = "this guest has made an account: log in with nick and password";
            return Err(Refusal::new(ErrorCode::BadToken, message));
        }
        self.may_be_a_guest()?;
        self.greet_again(caller, claim.person, claim.nick, wanted).await
    }

    /// Finds out whose account it is, by a password or by the token of a login.
    async fn recognise_account(
        &self,
        hello: &Hello,
        caller: Caller<'_>,
    ) -> Result<Recognised, Refusal> {
        self.may_try(caller.slot)?;
        let proven = self.prove(hello, caller).await;
        let (account, login) = proven.inspect_err(|it| self.note_wrong(caller.slot, it))?;
        self.greet_account(caller, account, login).await
    }

    /// The account, and the login if it is one that is there already.
    async fn prove(
        &self,
        hello: &Hello,
        caller: Caller<'_>,
    ) -> Result<(Account, Option<Opened>), Refusal> {
        let (password, second) = (hello.password.as_deref(), hello.second_factor.as_deref());
        if let Some(secret) = &hello.reset {
            let (password, address) = (password.unwrap_or(""), caller.slot.address());
            let account = self.accounts.reset(secret, password, second, address).await?;
            self.end_logins(account.person, Logins::All);
            return Ok((account, None));
        }
        if let Some(password) = password {
            let name = hello.nick.as_deref().map(parse).transpose()?.ok_or_else(|| {
                let message = "`password` needs a `nick`, or the secret in `reset`";
                Refusal::new(ErrorCode::BadCommand, message)
            })?;
            let evidence = Evidence {
                address: caller.slot.address(),
                device_secret: hello.device_secret.as_deref(),
            };
            let account = self.accounts.verify(&name, password, evidence).await?;
            self.accounts.verify_second(&account, second).await?;
            return Ok((account, None));
        }
        let token = hello.token.clone().unwrap_or_default();
        let login = self.accounts.by_token(&token, address_of(caller.peer)).await?;
        let account = self.account(login.person).await?;
        Ok((account, Some(Opened { token, id: login.id })))
    }

    /// Logs in another device of somebody who is logged in.
    async fn greet_device(
        &self,
        caller: Caller<'_>,
        person: PersonId,
    ) -> Result<Recognised, Refusal> {
        let account = self.account(person).await?;
        self.greet_account(caller, account, None).await
    }

    async fn account(&self, person: PersonId) -> Result<Account, Refusal> {
        self.accounts.find(person).await?.ok_or_else(|| {
            let message = "this account was deleted: say hello as somebody new";
            Refusal::new(ErrorCode::BadToken, message)
        })
    }

    /// Whether a person may be on the server.
    pub(super) fn may_be_here(&self, person: PersonId) -> Result<(), Refusal> {
        let now = self.log.clock().now_ms();
        self.restrictions.of_server(person, now).map_or(Ok(()), |held| Err(held.refusal(now)))
    }

    /// Whether anybody may come from this address.
    ///
    /// # Errors
    /// When the address is banned.
    pub(crate) fn may_come_from(&self, peer: &Peer) -> Result<(), Refusal> {
        let now = self.log.clock().now_ms();
        let held = self.restrictions.of_address(|| address_of(peer), now);
        held.map_or(Ok(()), |held| Err(held.refusal(now)))
    }

    pub(super) fn may_be_a_guest(&self) -> Result<(), Refusal> {
        if self.settings.guests {
            return Ok(());
        }
        let message = "this server has no guests: log in with nick and password";
        Err(Refusal::new(ErrorCode::AccountNeeded, message))
    }

    /// Whether an address may try another secret.
    ///
    /// # Errors
    /// When it has to wait.
    pub(crate) fn may_try(&self, slot: &ConnectionSlot) -> Result<(), Refusal> {
        let (rate, now) = (self.settings.wrong_codes, clock::now_ms());
        slot.may_try_code(rate, now).map_err(|retry_ms| {
            let message = "too many wrong codes and passwords came from your address: wait";
            Refusal::later(ErrorCode::RateLimited, message, retry_ms)
        })
    }

    /// Counts a refusal against the address, if it means a wrong secret.
    pub(crate) fn note_wrong(&self, slot: &ConnectionSlot, refusal: &Refusal) {
        use ErrorCode::{BadJwt, BadLink, BadToken, WrongPassword, WrongSecondFactor};
        if matches!(refusal.code, BadJwt | BadLink | BadToken | WrongPassword | WrongSecondFactor) {
            slot.note_wrong_code(self.settings.wrong_codes, clock::now_ms());
        }
    }

    /// Greets somebody who has proved that an account is theirs; without a login, one is opened.
    async fn greet_account(
        &self,
        caller: Caller<'_>,
        account: Account,
        login: Option<Opened>,
    ) -> Result<Recognised, Refusal> {
        let Account { person, name, .. } = account;
        self.may_be_here(person)?;
        let login = match login {
            Some(login) => login,
            None => self.accounts.log_in(person, caller.device()).await?,
        };
        let greeted = self.greet_again(caller, person, name, None).await?;
        caller.peer.set_login(login.id);
        self.accounts.credit(person, caller.slot.address());
        // A logout that came in between has found no session. Another tab may have put the token into the cookie.
        if self.accounts.by_token(&login.token, address_of(caller.peer)).await.is_err()
            && !self.accounts.has_login(person, login.id).await
        {
            caller.peer.alarm(Alarm::LoggedOut);
        }
        Ok(Recognised { login: Some(login), ..greeted })
    }
}
