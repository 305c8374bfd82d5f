//! Coming and going: `hello`, `nick`, `link` and `bye`.

use std::sync::Arc;

use throng_log::clock::millis;
use throng_protocol::{
    BotGreeting, ErrorCode, FEATURES, Greeting, Hello, LinkOk, NickChange, NickOk, Refusal, SEARCH,
    TOKEN_IN_COOKIE, VERSION,
};
use tracing::{debug, warn};

use super::Session;
use super::dispatch::Outcome;
use crate::connection::ConnectionEnd;
use crate::delivery::ticket::Ticket;
use crate::identity::accounts::Opened;
use crate::identity::bots::Bot;
use crate::identity::device_codes::LINK_TTL_MS;
use crate::identity::guests::Recognised;
use crate::identity::people::Person;
use crate::membership::Membership;
use crate::server::Server;
use crate::wire::answer::Answer;

/// By what a client came, which says with what it comes back.
pub(super) enum By<'a> {
    /// A guest's nick, token or code.
    Nick,
    Login(Opened),
    /// A bot's token, which is the only one that it ever has.
    Bot(&'a Bot, &'a str),
    /// A JWT; it comes back with another one.
    Jwt {
        expires_ms: u64,
    },
}

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
        if let Some(jwt) = &hello.jwt {
            // Boxed, so that its states take no room in the tasks of ten thousand guests.
            return Box::pin(self.greet_vouched(jwt, hello)).await;
        }
        let server = Arc::clone(&self.connection.server);
        let recognising =
            server.identity.recognise(hello, &self.connection.peer, &self.connection.slot);
        match self.driving(recognising).await? {
            Ok(Recognised { person, notice, login, bot }) => {
                let by = match (&bot, login) {
                    (Some((bot, token)), _) => By::Bot(bot, token),
                    (None, Some(opened)) => By::Login(opened),
                    (None, None) => By::Nick,
                };
                let mut greeting = self.greeting(&person, notice, by);
                if is_by_cookie {
                    TOKEN_IN_COOKIE.clone_into(&mut greeting.token);
                }
                self.cookie = None;
                self.bot = bot.map(|(bot, _)| bot);
                self.begin(person, hello);
                Ok(Answer::Greeting(Box::new(greeting)))
            }
            Err(refusal) => Ok(refusal.into()),
        }
    }

    /// From here on the client is this person.
    pub(super) fn begin(&mut self, person: Arc<Person>, hello: &Hello) {
        self.connection.peer.greet();
        self.connection.server.metrics.sessions.inc();
        debug!(session = self.connection.peer.id(), person = %person.id(), "hello");
        self.person = Some(person);
        self.device = hello.device.as_deref().map(Box::from);
    }

    pub(super) async fn nick(
        &mut self,
        person: &Person,
        change: &NickChange,
    ) -> Result<Answer, ConnectionEnd> {
        let server = Arc::clone(&self.connection.server);
        Ok(
            match self
                .driving(server.identity.rename_asked(person, &change.nick, &self.connection.slot))
                .await?
            {
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
            },
        )
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

    pub(super) fn greeting(&self, person: &Person, notice: Option<String>, by: By<'_>) -> Greeting {
        let user = person.user();
        let server = &self.connection.server;
        let accounts = &server.identity.accounts;
        let mut greeting = Greeting {
            token: String::new(),
            role: accounts.role(user.id),
            login: None,
            device_secret: None,
            user,
            epoch: server.log.epoch(),
            heartbeat_ms: millis(server.config.heartbeat),
            limits: server.limits(),
            features: features(server),
            bot: None,
            expires_ms: None,
            notice,
        };
        match by {
            By::Nick => greeting.token = server.identity.token(&greeting.user),
            By::Login(Opened { token, id }) => {
                greeting.token = token;
                greeting.login = Some(id);
                greeting.device_secret = Some(accounts.device_secret(greeting.user.id));
            }
            By::Bot(bot, token) => {
                let (owner, scopes) = (bot.record.owner, bot.record.scopes);
                token.clone_into(&mut greeting.token);
                greeting.role = bot.role(accounts);
                greeting.bot = Some(BotGreeting { owner, scopes });
            }
            By::Jwt { expires_ms } => greeting.expires_ms = Some(expires_ms),
        }
        greeting
    }
}

/// What this server can do: its version, without what its configuration turns off.
fn features(server: &Server) -> Vec<String> {
    let has = |feature: &&str| *feature != SEARCH || server.search.is_some();
    FEATURES.into_iter().filter(has).map(str::to_owned).collect()
}
