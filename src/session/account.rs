//! Accounts: `register`, `password`, `logins`, `logout`, `unregister` and `claim`.

use std::net::IpAddr;
use std::sync::Arc;

use throng_log::{Change, Logins};
use throng_protocol::{
    ChangePassword, Claim, ErrorCode, LogOut, LoginInfo, LoginsOk, Refusal, Register, RegisterOk,
    Role, SecondFactorOk, SetSecondFactor, Unregister,
};

use super::Session;
use super::dispatch::Outcome;
use crate::connection::ConnectionEnd;
use crate::delivery::ticket::Ticket;
use crate::identity::accounts::Device;
use crate::identity::guests::address_of;
use crate::identity::people::Person;
use crate::identity::totp::Secret;
use crate::membership::Membership;
use crate::moderation::Moderation;
use crate::wire::answer::Answer;

impl Session {
    pub(super) async fn register(
        &mut self,
        person: &Person,
        register: &Register,
    ) -> Result<Answer, ConnectionEnd> {
        let server = Arc::clone(&self.connection.server);
        let (id, nick, register) = (person.id(), person.nick(), register.clone());
        let (name, address) = (self.device.clone(), self.address());
        let subscriber = self.connection.slot.address();
        let registering = async move {
            let device = Device { name: name.as_deref(), address };
            let Register { password, invitation } = &register;
            let accounts = &server.identity.accounts;
            let from = (device, subscriber);
            accounts.register(id, &nick, password, invitation.as_deref(), from).await
        };
        Ok(match self.trying(registering).await? {
            Ok(opened) => {
                self.connection.peer.set_login(opened.id);
                let (user, role) = (person.user(), Role::Member);
                let (token, login) = (opened.token, opened.id);
                let accounts = &self.connection.server.identity.accounts;
                accounts.credit(person.id(), self.connection.slot.address());
                let device_secret = Some(accounts.device_secret(person.id()));
                Answer::Registered(RegisterOk { user, token, role, login, device_secret })
            }
            Err(refusal) => refusal.into(),
        })
    }

    pub(super) async fn change_password(
        &mut self,
        person: &Person,
        change: &ChangePassword,
    ) -> Result<Answer, ConnectionEnd> {
        let server = Arc::clone(&self.connection.server);
        let (id, nick, login) = (person.id(), person.nick(), self.connection.peer.login());
        let change = change.clone();
        let changing = async move {
            let passwords = (&*change.old, &*change.new);
            server.identity.accounts.change_password(id, &nick, passwords, login).await?;
            server.identity.end_logins(id, Logins::AllBut(login));
            Ok(())
        };
        Ok(self.trying(changing).await?.map_or_else(Answer::from, |()| Answer::Done))
    }

    pub(super) async fn list_logins(&mut self, person: &Person) -> Result<Answer, ConnectionEnd> {
        let server = Arc::clone(&self.connection.server);
        let current = self.connection.peer.login();
        Ok(match self.driving(server.identity.accounts.logins(person.id())).await? {
            Ok(logins) => {
                let logins = logins.into_iter().map(|login| LoginInfo {
                    login: login.id,
                    device: login.device.into_string(),
                    address: login.address.into_string(),
                    made: login.made_ms,
                    used: login.used_ms,
                    current: login.id == current,
                });
                Answer::Logins(LoginsOk { logins: logins.collect() })
            }
            Err(refusal) => refusal.into(),
        })
    }

    pub(super) async fn log_out(
        &mut self,
        person: &Person,
        log_out: &LogOut,
        ticket: Ticket,
    ) -> Result<Outcome, ConnectionEnd> {
        let current = self.connection.peer.login();
        let which = match (log_out.login, log_out.others, &log_out.person) {
            (None, false, None) => Logins::One(current),
            (None, true, None) => Logins::AllBut(current),
            (Some(login), false, None) => Logins::One(login),
            (None, false, Some(other)) => {
                let (server, by) = (self.server(), self.actor(person));
                let (other, reason) = (other.clone(), log_out.reason.clone());
                let ending = async move {
                    Moderation(&server).log_out(&by, &other, &reason).await.map(drop)
                };
                return Ok(Outcome::Answered(ticket, self.done(ending).await?));
            }
            _ => {
                let message = "at most one of `login`, `others` and `person` may be given";
                let refusal = Refusal::new(ErrorCode::BadCommand, message);
                return Ok(Outcome::refused(ticket, refusal));
            }
        };
        let server = Arc::clone(&self.connection.server);
        let (id, is_own) = (person.id(), which == Logins::One(current));
        let ending = async move {
            let end = vec![Change::EndLogins { person: id, which }];
            server.identity.accounts.change(end).await?;
            // This session ends after its answer.
            if !is_own {
                server.identity.end_logins(id, which);
            }
            Ok(())
        };
        match self.whole(ending).await? {
            Ok(()) if is_own => self.logged_out(person, which, ticket).await,
            Ok(()) => Ok(Outcome::Answered(ticket, Answer::Done)),
            Err(refusal) => Ok(Outcome::refused(ticket, refusal)),
        }
    }

    pub(super) async fn unregister(
        &mut self,
        person: &Person,
        unregister: &Unregister,
        ticket: Ticket,
    ) -> Result<Outcome, ConnectionEnd> {
        let server = Arc::clone(&self.connection.server);
        let (id, nick, password) = (person.id(), person.nick(), unregister.password.clone());
        let messages = unregister.messages;
        let deleting = async move {
            server.identity.accounts.may_unregister(id, &password).await?;
            Membership(&server).unregister(id, &nick, messages).await?;
            Moderation(&server).end_bots_of(id).await;
            Ok(())
        };
        match self.trying(deleting).await? {
            Ok(()) => self.logged_out(person, Logins::All, ticket).await,
            Err(refusal) => Ok(Outcome::refused(ticket, refusal)),
        }
    }

    pub(super) async fn set_second_factor(
        &mut self,
        person: &Person,
        set: &SetSecondFactor,
    ) -> Result<Answer, ConnectionEnd> {
        let server = Arc::clone(&self.connection.server);
        let (id, nick, password) = (person.id(), person.nick(), set.password.clone());
        Ok(match (set.code.clone(), set.off) {
            (None, false) => match self
                .trying(async move {
                    server.identity.accounts.confirm(id, &password).await?;
                    server.identity.accounts.has_second(id).await
                })
                .await?
            {
                Ok(true) => Answer::SecondFactor(SecondFactorOk { on: true, ..Default::default() }),
                Ok(false) => {
                    let secret = Box::new(Secret::random());
                    let shown = SecondFactorOk {
                        secret: Some(secret.to_base32().to_string()),
                        uri: Some(secret.uri("throng", nick.as_str()).to_string()),
                        ..Default::default()
                    };
                    self.offered_secret = Some(secret);
                    Answer::SecondFactor(shown)
                }
                Err(refusal) => refusal.into(),
            },
            (Some(code), false) => {
                let Some(secret) = self.offered_secret.clone() else {
                    let message = "ask for a secret first: the same command without `code`";
                    return Ok(Refusal::new(ErrorCode::BadCommand, message).into());
                };
                let turning_on = async move {
                    server.identity.accounts.turn_on(id, &password, &secret, &code).await
                };
                match self.trying(turning_on).await? {
                    Ok(recovery) => {
                        self.offered_secret = None;
                        Answer::SecondFactor(SecondFactorOk { recovery, ..Default::default() })
                    }
                    Err(refusal) => refusal.into(),
                }
            }
            (code, true) => {
                let turning_off = async move {
                    server.identity.accounts.turn_off(id, &password, code.as_deref()).await
                };
                let done = self.trying(turning_off).await?;
                done.map_or_else(Answer::from, |()| Answer::SecondFactor(SecondFactorOk::default()))
            }
        })
    }

    pub(super) async fn claim(
        &mut self,
        person: &Person,
        claim: &Claim,
    ) -> Result<Answer, ConnectionEnd> {
        let server = Arc::clone(&self.connection.server);
        let (id, nick, secret) = (person.id(), person.nick(), claim.secret.clone());
        let claiming = async move {
            server.identity.accounts.claim(id, &nick, &secret).await?;
            server.identity.tell_role(id);
            Ok(())
        };
        Ok(match self.trying(claiming).await? {
            Ok(()) => Answer::Done,
            Err(refusal) => refusal.into(),
        })
    }

    /// The address that the client comes from.
    pub(super) fn address(&self) -> IpAddr {
        address_of(&self.connection.peer)
    }

    /// Ends this session and others after everything before has been answered.
    async fn logged_out(
        &mut self,
        person: &Person,
        which: Logins,
        ticket: Ticket,
    ) -> Result<Outcome, ConnectionEnd> {
        let peer = Arc::clone(&self.connection.peer);
        self.driving(peer.all_answered(1)).await?;
        self.rooms.clear();
        ticket.answer(&Answer::Done);
        self.connection.server.identity.end_logins(person.id(), which);
        Err(ConnectionEnd::LoggedOut)
    }

    /// Does something that needs a secret. The address that gives wrong ones has to wait.
    pub(super) async fn trying<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Refusal>> + Send + 'static,
    ) -> Result<Result<T, Refusal>, ConnectionEnd> {
        let server = &self.connection.server;
        if let Err(refusal) = server.identity.may_try(&self.connection.slot) {
            return Ok(Err(refusal));
        }
        let done = self.whole(work).await?;
        if let Err(refusal) = &done {
            server.identity.note_wrong(&self.connection.slot, refusal);
        }
        Ok(done)
    }
}
