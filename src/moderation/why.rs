//! Why a command is allowed or refused: the same judges in the same order as for the command itself, asked in words.

use std::sync::Arc;

use throng_log::RoomAttributes;
use throng_protocol::{
    AskWhy, ErrorCode, PersonId, Rank, Refusal, Right, Role, RoomId, RoomKind, WhyOk,
};

use super::Moderation;
use crate::actor::{Actor, person_ref};
use crate::identity::bots::Bot;
use crate::rights::action::{Action, Who};
use crate::rights::policy::{Policy, Principal};
use crate::rooms::handle::Shown;

/// About whom and what is asked.
struct Question {
    action: Action,
    subject: PersonId,
    /// What the subject is beside a person, if it is a bot.
    bot: Option<Arc<Bot>>,
    /// What the subject may do on the whole server.
    role: Role,
    room: Option<Arc<Shown>>,
    /// What would be said.
    text: Option<String>,
}

impl Question {
    fn room(&self) -> Option<&RoomAttributes> {
        self.room.as_ref().map(|room| &room.attributes)
    }
}

impl Moderation<'_> {
    /// Whether a command is allowed, and the rule that decides.
    ///
    /// # Errors
    /// When the question can't be answered, or not to this actor.
    pub(crate) async fn why(&self, by: &Actor, ask: &AskWhy) -> Result<WhyOk, Refusal> {
        let question = self.question(by, ask).await?;
        let role = question.role;
        if let Some(rule) = self.forbidden(&question).await? {
            return Ok(WhyOk { allowed: false, rule, role });
        }
        let server = self.0;
        let Question { action, subject, bot, .. } = &question;
        let principal = match bot {
            Some(bot) => Principal::Bot(role, bot.record.scopes),
            None => Principal::Person(role),
        };
        let keeps = question.room().is_some_and(|room| server.fence.keeps(*subject, room));
        let least = if keeps && action.row().who == Who::Keeper { Role::Moderator } else { role };
        let principal = principal.at_least(least);
        let allowed = server.policy.may(principal, *action).is_ok();
        let rule = server.policy.rule(principal, *action);
        let narrowed = match question.room() {
            Some(room) if allowed => self.narrowing(*action, room).await?,
            _ => None,
        };
        let shadow = self.shadow(by, &question);
        let rules: Vec<_> = [Some(rule), narrowed, shadow].into_iter().flatten().collect();
        let rule = rules.join("; ");
        Ok(WhyOk { allowed, rule, role })
    }

    async fn question(&self, by: &Actor, ask: &AskWhy) -> Result<Question, Refusal> {
        let server = self.0;
        let action = Action::named(&ask.command).ok_or_else(|| {
            let shown: String = ask.command.chars().take(32).collect();
            Refusal::new(ErrorCode::BadCommand, format!("{shown:?} is not a command"))
        })?;
        if ask.text.as_ref().is_some_and(|text| text.len() > server.config.text_bytes_max) {
            let message = "text: it is longer than a text may be";
            return Err(Refusal::new(ErrorCode::TextTooLong, message));
        }
        let room = ask.room.as_deref();
        let room = room.map(|room| self.membership().seen(by.person(), room)).transpose()?;
        let subject = self.subject(by, ask.person.as_deref()).await?;
        let bot = server.identity.bots.find(subject);
        let role = server.identity.role_of(subject);
        Ok(Question { action, subject, bot, role, room, text: ask.text.clone() })
    }

    /// About whom somebody asks: about anybody, if they are an administrator, and otherwise about themselves and their
    /// bots.
    async fn subject(&self, by: &Actor, other: Option<&str>) -> Result<PersonId, Refusal> {
        let identity = &self.0.identity;
        let Some(other) = other else {
            return by.person().ok_or_else(|| {
                let message = "`person` is missing: about whom do you ask?";
                Refusal::new(ErrorCode::BadCommand, message)
            });
        };
        let (subject, _) = identity.find(&person_ref(other)?).await?;
        let owner = identity.bots.find(subject).map(|bot| bot.record.owner);
        let is_own = by.person().is_some_and(|by| by == subject || Some(by) == owner);
        if !is_own && by.role() < Role::Administrator {
            let message =
                "only administrators may ask about somebody else, and owners about their bots";
            return Err(Refusal::new(ErrorCode::Forbidden, message));
        }
        Ok(subject)
    }

    /// What hides from others what is said. It is not said to the person concerned, and not to who answers for them.
    fn shadow(&self, by: &Actor, question: &Question) -> Option<String> {
        let server = self.0;
        let (all, subject) = (&server.identity.restrictions, question.subject);
        let is_own = by.person().is_some_and(|by| all.are_one(by, subject));
        if is_own || !question.action.speaks() {
            return None;
        }
        // No room has this id.
        let room = question.room().map_or(RoomId::from_bytes([0; 16]), |room| room.id);
        let held = all.shadow(subject, room, server.log.clock().now_ms())?;
        Some(format!("a shadow ban hides it from others {}", held.place()))
    }

    /// What forbids it, besides the table of actions.
    async fn forbidden(&self, question: &Question) -> Result<Option<String>, Refusal> {
        let Question { action, subject, bot, role, room: shown, text } = question;
        let room = shown.as_deref();
        let owner = bot.as_ref().map(|bot| bot.record.owner);
        let of_owner = owner.and_then(|owner| self.restriction_on(*action, owner, room));
        if let Some(refusal) = of_owner {
            let rule = format!("a restriction of the bot's owner forbids it: {}", refusal.message);
            return Ok(Some(rule));
        }
        if let Some(rule) = self.narrowed_out(*action, *subject, *role, room).await? {
            return Ok(Some(rule));
        }
        if let Some(refusal) = self.refused_in(*action, *subject, room) {
            let rule =
                format!("a rule of the room or a restriction forbids it: {}", refusal.message);
            return Ok(Some(rule));
        }
        if let (Action::Send | Action::Edit, Some(shown), Some(text)) = (action, shown, text)
            && let Err(refusal) = self.filtered(*subject, shown, text).await
        {
            return Ok(Some(format!("a filter forbids it: {}", refusal.message)));
        }
        let list = bot.as_ref().and_then(|bot| bot.rooms());
        let of_room = room.map(|room| Policy::may_be_in(list, Some(room.attributes.id)));
        if let Some(Err(refusal)) = of_room {
            return Ok(Some(refusal.message));
        }
        if let Some(rule) = room.and_then(|room| self.confinement_in(*action, *subject, room)) {
            return Ok(Some(rule));
        }
        Ok(if bot.is_none() { self.held_back(*role, *action) } else { None })
    }

    /// What the room narrows, where that keeps somebody from an action. Restrictions win over it, so they are named
    /// instead where there are some.
    async fn narrowed_out(
        &self,
        action: Action,
        subject: PersonId,
        role: Role,
        room: Option<&Shown>,
    ) -> Result<Option<String>, Refusal> {
        let Some(room) = room else { return Ok(None) };
        if self.restriction_on(action, subject, Some(room)).is_some() {
            return Ok(None);
        }
        let (fence, it) = (&self.0.fence, &room.attributes);
        if it.is_narrowed() && !fence.may_know(subject, it) {
            return self.sentence(Right::See, it).await.map(Some);
        }
        let is_out = match right_of(action) {
            Some(Right::Speak) => !it.archived && !fence.may_speak_by_right(subject, it),
            Some(Right::Moderate) => role >= Role::Moderator && !fence.keeps(subject, it),
            Some(Right::Invite) => self.membership().may_invite(subject, room).is_err(),
            Some(Right::See) | None => false,
        };
        match right_of(action) {
            Some(right) if is_out => self.sentence(right, it).await.map(Some),
            _ => Ok(None),
        }
    }

    /// What a room narrows that has to do with an action, if it narrows that.
    async fn narrowing(
        &self,
        action: Action,
        room: &RoomAttributes,
    ) -> Result<Option<String>, Refusal> {
        let is_narrowed = |right: &Right| match right {
            Right::See => room.is_narrowed(),
            Right::Speak => room.speak > Role::Guest,
            Right::Invite => room.invite > Rank::Member,
            Right::Moderate => room.moderate > Role::Moderator,
        };
        match right_of(action).filter(is_narrowed) {
            Some(right) => self.sentence(right, room).await.map(Some),
            None => Ok(None),
        }
    }

    /// Who has a right in a room, and who set it there.
    async fn sentence(&self, right: Right, room: &RoomAttributes) -> Result<String, Refusal> {
        let who = |least: &str| self.0.fence.who_has(room, right, least);
        let rule = match right {
            Right::See => format!("this room is there only for {}", who(room.see.name())),
            Right::Speak => {
                format!("only its moderators and {} say something here", who(room.speak.name()))
            }
            Right::Invite if room.kind == RoomKind::Direct => {
                "nobody is invited to a direct room".to_owned()
            }
            Right::Invite => match &*self.0.groups.names(room.groups_for(right)) {
                [] if room.invite == Rank::Member => "only its members invite here".to_owned(),
                [] => "only its moderators invite here".to_owned(),
                names => {
                    format!("only its moderators invite here, and the groups {}", names.join(", "))
                }
            },
            Right::Moderate => {
                let who = who(room.moderate.name());
                format!("only its own moderators keep this room, and of those of the server {who}")
            }
        };
        let set = self.membership().narrowed_by(room.id, right).await?;
        let by = set.map(|set| format!(", set by {}", set.by_name)).unwrap_or_default();
        let place = match room.name.as_str() {
            "" => "the room".to_owned(),
            name => format!("#{name}"),
        };
        Ok(format!("{rule} (`{}` of {place}{by})", right.name()))
    }

    /// Why an application outside keeps somebody who is here from joining a room.
    fn confinement_in(&self, action: Action, person: PersonId, room: &Shown) -> Option<String> {
        let rooms = self.0.identity.people.present(person)?.confined_to()?;
        let is_outside = action == Action::Join && !rooms.has(room.attributes.id, &room.fold);
        is_outside
            .then(|| "the application by which they came lets them into other rooms only".into())
    }

    /// The restriction that keeps somebody from an action in a room, or anywhere.
    fn restriction_on(
        &self,
        action: Action,
        person: PersonId,
        room: Option<&Shown>,
    ) -> Option<Refusal> {
        let server = self.0;
        let (all, now) = (&server.identity.restrictions, server.log.clock().now_ms());
        // No room has this id.
        let nowhere = RoomId::from_bytes([0; 16]);
        let room = room.map_or(nowhere, |room| room.attributes.id);
        let held = match action.speaks() {
            true => all.on_send(person, room, now),
            false => all.on_join(person, room, now),
        };
        held.map(|held| held.refusal(now))
    }

    /// What refuses an action to a person in a room, or anywhere.
    fn refused_in(
        &self,
        action: Action,
        person: PersonId,
        room: Option<&Shown>,
    ) -> Option<Refusal> {
        let server = self.0;
        let now = server.log.clock().now_ms();
        let Some(room) = room else { return self.restriction_on(action, person, None) };
        let judged = match action.speaks() {
            true => server.fence.may_speak(person, &room.attributes, now),
            false => server.fence.may_enter(person, &room.attributes, now),
        };
        judged.err()
    }
}

/// The right that a room may narrow for an action.
fn right_of(action: Action) -> Option<Right> {
    match action {
        Action::Join | Action::History | Action::ListMembers | Action::ListPeople => {
            Some(Right::See)
        }
        _ if action.speaks() => Some(Right::Speak),
        Action::Invite | Action::MakeInviteLink => Some(Right::Invite),
        other if other.row().who == Who::Keeper => Some(Right::Moderate),
        _ => None,
    }
}
