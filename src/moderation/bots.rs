//! The rules of bots: who may make one, with which scopes, and who may end it.

use std::sync::Arc;

use throng_log::clock::unix_ms;
use throng_log::{Bot as Record, Change};
use throng_protocol::{
    BotInfo, BotsOk, ErrorCode, MakeBot, MakeBotOk, Nick, PersonId, PersonRef, Refusal, RevokeBot,
    Role, RoomId, Scope, Scopes, User,
};

use super::{FOR_MS_MAX, Moderation};
use crate::actor::{Actor, note, person_ref};
use crate::identity::bots::{Bot, new_token};
use crate::rooms::handle::Rule;

/// The most bots of one person: all of them fit into one answer, and a leaked account makes no crowd.
const BOTS_MAX: usize = 20;

/// The most rooms in a bot's list: with them, a page of bots fits into a frame.
const ROOMS_MAX: usize = 20;

impl Moderation<'_> {
    /// Makes a bot of somebody's. When this returns, it is on disk.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn make_bot(
        &self,
        by: &Actor,
        owner: PersonId,
        make: &MakeBot,
    ) -> Result<MakeBotOk, Refusal> {
        let identity = &self.0.identity;
        let scopes = scopes_for(identity.accounts.role(owner), &make.scopes)?;
        let rooms = self.list_for(by, make.rooms.as_deref())?;
        let nick = Nick::parse(&make.nick)
            .map_err(|bad| Refusal::bad_name(ErrorCode::BadNick, "nick", &bad))?;
        let filters = &self.0.fence.filters;
        filters.may_be_called(identity.accounts.role(owner), None, nick.as_str())?;
        let note = note(by, &format!("bot new {scopes}"), nick.as_str(), None, &make.reason)?;
        let _order = identity.bots.order.lock().await;
        if identity.bots.all(Some(owner)).len() >= BOTS_MAX {
            let message = format!("one account has at most {BOTS_MAX} bots: revoke one first");
            return Err(Refusal::new(ErrorCode::Forbidden, message));
        }
        let person = identity.new_bot(owner, &nick).await?;
        let (token, hash) = new_token();
        let for_ms = make.for_ms.map(|time| time.clamp(1, FOR_MS_MAX));
        let expires_ms = for_ms.map(|time| self.0.log.clock().now_ms() + time);
        let user = User { bot: true, ..User::new(person, nick.as_str()) };
        let made_ms = unix_ms();
        let bot = Record { person, owner, nick, hash, scopes, rooms, made_ms, expires_ms };
        identity.accounts.change(vec![Change::AddBot(bot.clone()), note]).await?;
        identity.put_bot(bot);
        if !identity.accounts.has_account(owner) {
            // The account was deleted meanwhile, with its bots on disk.
            identity.end_bot(person);
        }
        Ok(MakeBotOk { user, token })
    }

    /// Somebody's bots.
    pub(crate) fn list_bots(&self, owner: PersonId) -> BotsOk {
        let now = self.0.log.clock().now_ms();
        let bots = self.0.identity.bots.all(Some(owner)).into_iter().map(|bot| {
            let Record { person, nick, scopes, rooms, made_ms, expires_ms, .. } = &bot.record;
            BotInfo {
                user: User { bot: true, ..User::new(*person, nick.as_str()) },
                scopes: *scopes,
                rooms: rooms.as_deref().map(<[RoomId]>::to_vec),
                made: *made_ms,
                left_ms: expires_ms.map(|expires| expires.saturating_sub(now)),
                sessions: self.0.identity.people.sessions_of(*person).len() as u64,
            }
        });
        BotsOk { bots: bots.collect() }
    }

    /// Ends a bot. When this returns, that is on disk, its token is good for nothing, and nothing of it is shown
    /// any more.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn revoke_bot(
        &self,
        by: &Actor,
        revoke: &RevokeBot,
    ) -> Result<Arc<Bot>, Refusal> {
        let identity = &self.0.identity;
        let asked = person_ref(&revoke.bot)?;
        let found = match &asked {
            PersonRef::Id(id) => identity.bots.find(*id),
            PersonRef::Nick(nick) => identity.bots.named(&nick.fold()),
        };
        let bot = found.ok_or_else(|| {
            let message = format!("there is no bot called {asked}");
            Refusal::new(ErrorCode::NoSuchPerson, message)
        })?;
        let Record { person, owner, ref nick, .. } = bot.record;
        if by.person() != Some(owner) {
            if by.person().is_some() && by.role() < Role::Administrator {
                let message = "this bot is somebody else's: only administrators may revoke it";
                return Err(Refusal::new(ErrorCode::Forbidden, message));
            }
            by.may_touch(identity.accounts.role(owner))?;
        }
        let note = note(by, "bot revoke", nick.as_str(), None, &revoke.reason)?;
        {
            let _order = identity.bots.order.lock().await;
            identity.accounts.change(vec![Change::EndBot { person }, note]).await?;
            identity.end_bot(person);
        }
        self.clear(person).await;
        Ok(bot)
    }

    /// Ends the bots of an account that was deleted.
    pub(crate) async fn end_bots_of(&self, owner: PersonId) {
        for bot in self.0.identity.bots.all(Some(owner)) {
            self.0.identity.end_bot(bot.record.person);
            self.clear(bot.record.person).await;
        }
    }

    /// Takes an ended bot out of every room, after what was taken of it before.
    async fn clear(&self, person: PersonId) {
        let reason = "the token of this bot was revoked".to_owned();
        self.0.rooms.enforce(None, Rule::Out(person, Some(reason))).await;
    }

    /// The bots of somebody who are here.
    pub(super) fn bots_here(&self, owner: PersonId) -> Vec<PersonId> {
        let bots = self.0.identity.bots.all(Some(owner)).into_iter();
        let people = &self.0.identity.people;
        bots.map(|bot| bot.record.person).filter(|bot| people.is_here(*bot)).collect()
    }

    /// The ids of the rooms of a list.
    fn list_for(
        &self,
        by: &Actor,
        rooms: Option<&[String]>,
    ) -> Result<Option<Box<[RoomId]>>, Refusal> {
        let Some(rooms) = rooms else { return Ok(None) };
        if rooms.is_empty() || rooms.len() > ROOMS_MAX {
            let message = format!("`rooms` has from 1 to {ROOMS_MAX} rooms; leave it out for all");
            return Err(Refusal::new(ErrorCode::BadCommand, message));
        }
        let mut ids = Vec::with_capacity(rooms.len());
        for room in rooms {
            let id = self.membership().seen(by.person(), room)?.attributes.id;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(Some(ids.into()))
    }
}

/// The scopes of a bot whose owner has this role, if the owner holds them all.
fn scopes_for(role: Role, scopes: &[Scope]) -> Result<Scopes, Refusal> {
    if role < Role::Member {
        let message = "a bot needs an owner with an account";
        return Err(Refusal::new(ErrorCode::NoAccount, message));
    }
    if let Some(above) = scopes.iter().find(|scope| scope.role() > role) {
        let (scope, needed, role) = (above.name(), above.role().name(), role.name());
        let message = format!("the scope `{scope}` needs an owner who is a {needed}, not a {role}");
        return Err(Refusal::new(ErrorCode::Forbidden, message));
    }
    let scopes: Scopes = scopes.iter().copied().collect();
    if scopes.is_empty() {
        let message = "`scopes` is empty: give one of read, send, moderate, admin at least";
        return Err(Refusal::new(ErrorCode::BadCommand, message));
    }
    if scopes.contains(Scope::Send) && !scopes.contains(Scope::Read) {
        let message = "the scope `send` needs `read`: a message is sent from inside a room";
        return Err(Refusal::new(ErrorCode::BadCommand, message));
    }
    Ok(scopes)
}
