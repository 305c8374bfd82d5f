//! Bots among the people: one says hello, one begins to live, one ends.

use std::sync::Arc;

use throng_log::{Bot as Record, Restriction, Subject};
use throng_protocol::{ErrorCode, Nick, PersonId, Refusal, RestrictionKind, Role};

use super::{Caller, Identity, Recognised, new_person, taken};
use crate::delivery::peer::Alarm;
use crate::identity::bots::Bot;

/// How long everything that an ended bot has on the way is refused, in milliseconds: longer than a command waits.
const REFUSED_MS: u64 = 60_000;

impl Identity {
    /// Greets a bot by its token.
    pub(super) async fn recognise_bot(
        &self,
        token: &str,
        caller: Caller<'_>,
    ) -> Result<Recognised, Refusal> {
        self.may_try(caller.slot)?;
        let now = self.log.clock().now_ms();
        let Some(bot) = self.bots.by_token(token, now) else {
            let message = "this bot's token is wrong, has expired, or was revoked: its owner can \
                           make another bot";
            let refusal = Refusal::new(ErrorCode::BadToken, message);
            self.note_wrong(caller.slot, &refusal);
            return Err(refusal);
        };
        let Record { person, nick, .. } = &bot.record;
        let greeted = self.greet_again(caller, *person, Some(nick.clone()), None).await?;
        greeted.person.set_bot();
        // An end that came in between has found no session.
        if bot.has_ended(now) {
            caller.peer.alarm(Alarm::LoggedOut);
        }
        Ok(Recognised { bot: Some((bot, token.into())), ..greeted })
    }

    /// What somebody may do on the whole server, a person or a bot.
    pub(crate) fn role_of(&self, person: PersonId) -> Role {
        self.bots.role_of(&self.accounts, person)
    }

    /// Finds an id for a bot that is to be called so, if its owner may call it so.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn new_bot(&self, owner: PersonId, nick: &Nick) -> Result<PersonId, Refusal> {
        if self.people.named(&nick.fold()).is_some() {
            return Err(taken(nick));
        }
        let person = new_person();
        self.may_be_called(nick, person, self.accounts.role(owner)).await?;
        Ok(person)
    }

    /// Lets a bot live that is stored.
    pub(crate) fn put_bot(&self, record: Record) {
        self.restrictions.answer_for(record.person, Some(record.owner));
        self.bots.put(record);
    }

    /// Ends a bot that is stored no more: nothing that it has on the way is done, and its sessions are closed.
    pub(crate) fn end_bot(&self, person: PersonId) -> Option<Arc<Bot>> {
        let bot = self.bots.remove(person)?;
        let now = self.log.clock().now_ms();
        self.restrictions.put(&Restriction {
            kind: RestrictionKind::Ban,
            subject: Subject::Person(person),
            room: None,
            until_ms: Some(now + REFUSED_MS),
            made_ms: 0,
            by: None,
            reason: "the token of this bot was revoked or has expired".into(),
        });
        self.restrictions.answer_for(person, None);
        for peer in self.people.sessions_of(person) {
            peer.alarm(Alarm::LoggedOut);
        }
        Some(bot)
    }

    /// Ends the bots that have expired. Called about once a second.
    pub(super) fn sweep_bots(&self, now_ms: u64) {
        for person in self.bots.expired(now_ms) {
            self.end_bot(person);
        }
    }
}
