//! Coming and going: `hello`, `nick`, `link` and `bye`.

use std::sync::Arc;

use throng_log::clock::millis;
use throng_protocol::{
    ErrorCode, Greeting, Hello, LinkOk, NickChange, NickOk, Refusal, TOKEN_IN_COOKIE, VERSION,
};
use tracing::{debug, warn};

use super::Session;
use super::dispatch::Outcome;
use crate::connection::ConnectionEnd;
use crate::delivery::ticket::Ticket;
use crate::identity::accounts::Opened;
use crate::identity::device_codes::LINK_TTL_MS;
use crate::identity::guests::Recognised;
use crate::identity::people::Person;
use crate::membership::Membership;
use crate::wire::answer::Answer;

impl Session {
    pub(super) async fn hello(
        &mut self,
        hello: Hello,
        ticket: Ticket,
    ) -> Result<Outcome, ConnectionEnd> {
        if hello.version != VERSION {
            let message = format!("this server speaks version {VERSION}, not {}", hello.version);
            let refusal = Refusal::new(ErrorCode::UnsupportedVersion, message);
            ticket.answer(&refusal.into());
            return Err(ConnectionEnd::HelloRefused);
        }
        match self.with_cookie(hello) {
            Ok((hello, is_by_cookie)) => {
                Ok(Outcome::Answered(ticket, self.greet(&hello, is_by_cookie).await?))
            }
            Err(refusal) => Ok(Outcome::refused(ticket, refusal)),
        }
    }

    /// Puts the token of the page's cookie into a hello that asks for it.
    fn with_cookie(&self, mut hello: Hello) -> Result<(Hello, bool), Refusal> {
        let proves_otherwise =
            hello.password.is_some() || hello.reset.is_some() || hello.code.is_some();
        if hello.token.as_deref() != Some(TOKEN_IN_COOKIE) || proves_otherwise {
            return Ok((hello, false));
        }
        // Guests' tokens have a dot, and are never in a cookie.
        let token = self.cookie.as_deref().filter(|token| !token.contains('.'));
        let token = token.ok_or_else(|| {
            let message = "no cookie of a login came with this page: log in with nick and password";
            Refusal::new(ErrorCode::BadToken, message)
        })?;
        hello.token = Some(token.to_owned());
        Ok((hello, true))
    }

    async fn greet(&mut self, hello: &Hello, is_by_cookie: bool) -> Result<Answer, ConnectionEnd> {
        if self.connection.server.drain.has_begun() {
            let message = "the server is restarting: come back after its bye";
            return Ok(Refusal::new(ErrorCode::Draining, message).into());
        }
        let server = Arc::clone(&self.connection.server);
        let recognising =
            server.identity.recognise(hello, &self.connection.peer, &self.connection.slot);
        match self.driving(recognising).await? {
            Ok(Recognised { person, notice, login }) => {
                let mut greeting = self.greeting(&person, notice, login);
                if is_by_cookie {
                    TOKEN_IN_COOKIE.clone_into(&mut greeting.token);
                }
                self.cookie = None;
                self.connection.peer.greet();
                server.metrics.sessions.inc();
                debug!(session = self.connection.peer.id(), person = %person.id(), "hello");
                self.person = Some(person);
                self.device = hello.device.as_deref().map(Box::from);
                Ok(Answer::Greeting(Box::new(greeting)))
            }
            Err(refusal) => Ok(refusal.into()),
        }
    }

    pub(super) async fn nick(
        &mut self,
        person: &Person,
        change: &NickChange,
    ) -> Result<Answer, ConnectionEnd> {
        let server = Arc::clone(&self.connection.server);
        Ok(match self.driving(server.identity.rename(person, &change.nick)).await? {
            Ok(()) => {
                let user = person.user();
                let (room, id, nick) = (Arc::clone(&server), user.id, person.nick());
                let noting = async move { Membership(&room).renamed(id, nick).await };
                if let Err(refusal) = self.whole(noting).await? {
                    warn!(?refusal, "the rooms of somebody remember an older nick");
                }
                let has_account = server.identity.accounts.has_account(user.id);
                let token = (!has_account).then(|| server.identity.token(&user));
                Answer::Nick(NickOk { user, token })
            }
            Err(refusal) => refusal.into(),
        })
    }

    /// Makes a code that makes another device the same person.
    pub(super) fn link(&self, person: &Person) -> Answer {
        match self.connection.server.identity.make_code(person) {
            Some(code) => Answer::Link(LinkOk { code: code.to_string(), expires_ms: LINK_TTL_MS }),
            None => {
                let message = "too many people are adding devices at the moment: try again later";
                Refusal::later(ErrorCode::Busy, message, 60_000).into()
            }
        }
    }

    /// Ends the session after everything before it has been answered.
    pub(super) async fn bye(&mut self, ticket: Ticket) -> Result<Outcome, ConnectionEnd> {
        let peer = Arc::clone(&self.connection.peer);
        // Before leaving rooms: a leave needs no place in an inbox, and would overtake a join.
        self.driving(peer.all_answered(1)).await?;
        self.rooms.clear();
        ticket.answer(&Answer::Done);
        Err(ConnectionEnd::SaidBye)
    }

    fn greeting(&self, person: &Person, notice: Option<String>, login: Option<Opened>) -> Greeting {
        let user = person.user();
        let server = &self.connection.server;
        let (token, login) = match login {
            Some(Opened { token, id }) => (token, Some(id)),
            None => (server.identity.token(&user), None),
        };
        Greeting {
            token,
            role: server.identity.accounts.role(user.id),
            login,
            user,
            epoch: server.log.epoch(),
            heartbeat_ms: millis(server.config.heartbeat),
            limits: server.limits(),
            features: Vec::new(),
            notice,
        }
    }
}
