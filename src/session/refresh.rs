//! Sessions for which an issuer outside vouches: their beginning, `refresh`, and what they can't do.

use std::sync::Arc;

use throng_log::ExternalId;
use throng_protocol::{Command, ErrorCode, Hello, Refresh, RefreshOk, Refusal};

use super::Session;
use super::hello::By;
use crate::connection::ConnectionEnd;
use crate::identity::guests::outside::Admitted;
use crate::membership::Membership;
use crate::server::Server;
use crate::wire::answer::Answer;

impl Session {
    /// Greets somebody who comes by a JWT. Their client comes back with another one, so it gets no token.
    pub(super) async fn greet_vouched(
        &mut self,
        jwt: &str,
        hello: &Hello,
    ) -> Result<Answer, ConnectionEnd> {
        let others = [&hello.token, &hello.code, &hello.password, &hello.reset];
        if others.into_iter().any(Option::is_some) {
            let message = "`jwt` says who somebody is by itself: nothing else may be beside it";
            return Ok(Refusal::new(ErrorCode::BadCommand, message).into());
        }
        let server = Arc::clone(&self.connection.server);
        if let Err(refusal) = server.identity.may_come_from(&self.connection.peer) {
            return Ok(refusal.into());
        }
        let admitted = match self.admit(jwt.to_owned(), hello.nick.clone(), None).await? {
            Ok(admitted) => admitted,
            Err(refusal) => return Ok(refusal.into()),
        };
        let expires_ms = admitted.expires_in_ms;
        let (peer, slot) = (&self.connection.peer, &self.connection.slot);
        let greeting = server.identity.greet_admitted(admitted, hello, peer, slot);
        Ok(match self.driving(greeting).await? {
            Ok((recognised, session)) => {
                let person = recognised.person;
                let greeting = self.greeting(&person, recognised.notice, By::Jwt { expires_ms });
                self.vouched = Some(Box::new(session));
                self.begin(person, hello);
                Answer::Greeting(Box::new(greeting))
            }
            Err(refusal) => refusal.into(),
        })
    }

    pub(super) async fn refresh(&mut self, refresh: Refresh) -> Result<Answer, ConnectionEnd> {
        let Some(session) = &self.vouched else {
            let message = "this session did not begin with a JWT, and does not end with one";
            return Ok(Refusal::new(ErrorCode::BadCommand, message).into());
        };
        let who = session.id.clone();
        let admitted = match self.admit(refresh.jwt, None, Some(who)).await? {
            Ok(admitted) => admitted,
            Err(refusal) => return Ok(refusal.into()),
        };
        let identity = &self.connection.server.identity;
        if let Some(session) = &self.vouched {
            identity.go_on(session, &admitted, &self.connection.peer);
        }
        let role = identity.accounts.role(admitted.person);
        Ok(Answer::Refreshed(RefreshOk { expires_ms: admitted.expires_in_ms, role }))
    }

    /// Judges a JWT, and puts in force what it grants, which is not left half done.
    async fn admit(
        &self,
        jwt: String,
        wish: Option<String>,
        who: Option<ExternalId>,
    ) -> Result<Result<Admitted, Refusal>, ConnectionEnd> {
        let server = Arc::clone(&self.connection.server);
        self.trying(async move { admit(&server, &jwt, wish.as_deref(), who).await }).await
    }

    /// Whether the session may do something that outlives what its issuer says, or that its issuer decides.
    pub(super) fn may_by_itself(&self, command: &Command) -> Result<(), Refusal> {
        let Some(session) = &self.vouched else { return Ok(()) };
        let is_decided_outside = match command {
            Command::Link(_)
            | Command::Register(_)
            | Command::Password(_)
            | Command::Unregister(_)
            | Command::SecondFactor(_)
            | Command::Claim(_) => true,
            Command::Nick(_) => session.has_nick,
            _ => false,
        };
        if !is_decided_outside {
            return Ok(());
        }
        let message = "you came by another application, which decides this: change it there";
        Err(Refusal::new(ErrorCode::Forbidden, message))
    }
}

/// Lets somebody in, or go on, by a JWT; it must be of `who`, if that is given.
async fn admit(
    server: &Server,
    jwt: &str,
    wish: Option<&str>,
    who: Option<ExternalId>,
) -> Result<Admitted, Refusal> {
    let vouched = server.identity.jwts.judge(jwt).await?;
    if who.is_some_and(|who| who != vouched.id) {
        let message = "this JWT is somebody else's: say hello with it on another connection";
        return Err(Refusal::new(ErrorCode::BadJwt, message));
    }
    let admitted = server.identity.admit(vouched, wish).await?;
    if admitted.has_other_role {
        Membership(server).look_again().await;
    }
    if let Some(rooms) = &admitted.narrower {
        let reason = "the application by which you came does not let you in here any more";
        server.rooms.confine(admitted.person, rooms, reason).await;
    }
    Ok(admitted)
}
