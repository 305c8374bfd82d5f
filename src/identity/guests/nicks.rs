//! Nicks: who may have which, and changing them. What somebody was called before is kept.
//!
//! A nick belongs to whose account or bot it names, and to somebody who is here under it, who left a moment ago, or who
//! said something under it and was here not long ago. [`People`](crate::identity::people::People) knows who is here or
//! was a moment ago, the log's directory the others, across restarts.

use std::time::Duration;

use throng_log::clock::{self, millis};
use throng_log::{Change, LogError, NickChange, NickNote, NickRecord};
use throng_protocol::{ErrorCode, Nick, PersonId, Refusal, Role};

use super::{Identity, parse, taken};
use crate::connection_slots::ConnectionSlot;
use crate::identity::accounts::unread;
use crate::identity::people::{Person, Taken};

impl Identity {
    /// Gives somebody who is here the nick that they ask for, as often as the rate allows.
    ///
    /// # Errors
    /// Why not. A nick that they do not get is not counted.
    pub(crate) async fn rename_asked(
        &self,
        person: &Person,
        nick: &str,
        slot: &ConnectionSlot,
    ) -> Result<(), Refusal> {
        let rate = self.settings.nicks;
        if !slot.is_trusted() {
            person.may_change_nick(rate, clock::now_ms()).map_err(|retry_ms| {
                let message = "you have changed your nick many times: wait";
                Refusal::later(ErrorCode::RateLimited, message, retry_ms)
            })?;
        }
        self.rename(person, nick).await?;
        person.count_nick(rate, clock::now_ms());
        Ok(())
    }

    /// Gives somebody who is here another nick, and keeps the change.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn rename(&self, person: &Person, nick: &str) -> Result<(), Refusal> {
        let nick = parse(nick)?;
        self.filters.may_be_called(self.role_of(person.id()), None, nick.as_str())?;
        self.may_have(&nick, person.id()).await?;
        let old = self.people.rename(person, nick.clone()).map_err(|Taken| taken(&nick))?;
        if self.accounts.has_account(person.id()) {
            let (person_id, name) = (person.id(), nick.clone());
            let change = Change::Rename { person: person_id, name, at_ms: clock::unix_ms() };
            if let Err(refusal) = self.accounts.change(vec![change]).await {
                let _ = self.people.rename(person, old);
                return Err(refusal);
            }
        } else {
            self.note_change(person.id(), &old, &nick);
        }
        let person = person.id();
        if old.fold() != nick.fold() {
            self.directory.note(NickNote::Left { person, nick: old });
        }
        Ok(())
    }

    /// Keeps a change of the nick of somebody without an account. It is rare; who never changes it costs no row.
    pub(super) fn note_change(&self, person: PersonId, from: &Nick, to: &Nick) {
        if from == to {
            return;
        }
        let (from, to) = (from.as_str().into(), to.as_str().into());
        let change = NickChange { person, at_ms: clock::unix_ms(), from, to };
        self.directory.note(NickNote::Changed(change));
    }

    /// Checks in the log's directory whether a nick is reserved for somebody else.
    pub(super) async fn may_have(&self, nick: &Nick, person: PersonId) -> Result<(), Refusal> {
        self.may_be_called(nick, person, self.accounts.role(person)).await
    }

    /// The same, for somebody with this role.
    pub(super) async fn may_be_called(
        &self,
        nick: &Nick,
        person: PersonId,
        role: Role,
    ) -> Result<(), Refusal> {
        let fold = nick.fold();
        let is_reserved = self.settings.reserved.contains(&fold);
        let found = self.directory.nick(fold).await;
        let is_own = |record: &NickRecord| record.has_account && record.person == person;
        if is_reserved
            && role < Role::Administrator
            && !matches!(&found, Ok(Some(record)) if is_own(record))
        {
            let message = format!("{nick} is reserved on this server: choose another nick");
            return Err(Refusal::new(ErrorCode::NickTaken, message));
        }
        match found {
            Ok(Some(record)) if record.person != person && self.is_kept(&record) => Err(kept(nick)),
            // Damage is logged by the reader, and keeps nobody out.
            Ok(_) | Err(LogError::Damaged(_)) => Ok(()),
            Err(error @ (LogError::Unavailable(_) | LogError::Busy)) => Err(unread(&error)),
        }
    }

    fn is_kept(&self, record: &NickRecord) -> bool {
        if record.has_account {
            return true;
        }
        let is_here = self.people.is_here(record.person);
        let age = self.log.clock().now_ms().saturating_sub(record.seen_ms);
        let within = |time: Duration| age < millis(time);
        match record.has_spoken {
            true => is_here || within(self.settings.nick_reserve),
            // The nick of a person who is present is known already.
            false => !is_here && within(self.settings.nick_hold),
        }
    }
}

fn kept(nick: &Nick) -> Refusal {
    let message = format!("{nick} belongs to somebody who was here before: choose another nick");
    Refusal::new(ErrorCode::NickTaken, message)
}
