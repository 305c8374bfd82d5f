//! From a frame to the work of a command: decode it, reserve room for the answer, count it, ask the gate, and
//! do it.

use std::sync::Arc;

use async_tungstenite::tungstenite::Utf8Bytes;
use throng_log::clock;
use throng_protocol::{Command, ErrorCode, JWT_BYTES_MAX, Rank, Refusal, Request, Role};
use tracing::debug;

use super::Session;
use crate::base::metrics;
use crate::connection::{ConnectionEnd, Incoming};
use crate::delivery::ticket::Ticket;
use crate::identity::people::Person;
use crate::rights::action::{Action, AnswerSize, Rated, Who};
use crate::rights::policy::{Policy, Principal};
use crate::wire::answer::{ANSWER_BYTES, Answer};
use crate::wire::codec;

/// The largest message before the hello: a token has about 250 bytes. Where people may come by a JWT, that comes
/// on top.
const HELLO_BYTES_MAX: usize = 4 * 1024;

/// After this many refusals one after another, the client ignores errors and is closed.
const REFUSALS_MAX: u32 = 100;

/// As how many commands a search counts: it reads twenty messages, and the index.
const SEARCH_COMMANDS: u32 = 5;

/// The result of a command.
pub(super) enum Outcome {
    /// Answered with this.
    Answered(Ticket, Answer),
    /// Handed over to a room with its ticket; the room answers.
    HandedOver,
    /// Handed over to a room, which will refuse it unless it is a retry of a committed message.
    LookedUp,
}

impl Outcome {
    pub(super) fn refused(ticket: Ticket, refusal: Refusal) -> Self {
        Self::Answered(ticket, refusal.into())
    }
}

impl Session {
    /// Processes one message.
    pub(super) async fn take(&mut self, incoming: Incoming) -> Result<(), ConnectionEnd> {
        let Request { id, command } = match self.decode(incoming)? {
            Ok(request) => request,
            Err((id, refusal)) => {
                let ticket = self.ticket(id, ANSWER_BYTES).await?;
                let refusal = self.take_command().err().unwrap_or(refusal);
                return self.answer(ticket, refusal.into());
            }
        };
        let action = Action::of(&command);
        let row = action.row();
        let mut ticket = self.ticket(Some(id), self.answer_bytes(row.answer)).await?;
        if row.answer == AnswerSize::Page && !ticket.reserve_page() {
            let message = "the server holds all it can for slow readers; try again";
            let refusal = Refusal::later(ErrorCode::Busy, message, 2_000);
            return self.answer(ticket, refusal.into());
        }
        let label = metrics::Command { command: row.name };
        self.connection.server.metrics.commands.get_or_create(&label).inc();
        let admitted = match row.rate {
            Rated::Command => self.take_command(),
            Rated::Search => self.take_commands(SEARCH_COMMANDS),
            Rated::Send | Rated::Room => Ok(()),
        };
        let admitted = admitted.and_then(|()| self.may(action));
        if let Err(refusal) = admitted.and_then(|()| self.may_be_there(&command)) {
            return self.answer(ticket, refusal.into());
        }
        if let Err(refusal) = self.may_by_itself(&command) {
            return self.answer(ticket, refusal.into());
        }
        match self.obey(command, ticket).await? {
            Outcome::Answered(ticket, answer) => self.answer(ticket, answer),
            Outcome::HandedOver => {
                self.refusals = 0;
                Ok(())
            }
            Outcome::LookedUp => self.count_refusal(),
        }
    }

    /// The work of a command. The gate has let it through.
    async fn obey(&mut self, command: Command, ticket: Ticket) -> Result<Outcome, ConnectionEnd> {
        let (person, command) = match (self.person.clone(), command) {
            (_, Command::Hello(hello)) => return self.hello(hello, ticket).await,
            (_, Command::Bye(_)) => return self.bye(ticket).await,
            (Some(person), command) => (person, command),
            (None, _) => {
                // The gate lets no stranger get here.
                let refusal = Refusal::new(ErrorCode::HelloFirst, "the first command is `hello`");
                return Ok(Outcome::refused(ticket, refusal));
            }
        };
        let answer = match command {
            Command::Nick(change) => self.nick(&person, &change).await?,
            Command::Link(_) => self.link(&person),
            Command::Rooms(list) => self.list_rooms(&person, &list),
            Command::Ping(_) => Answer::Done,
            Command::WhoAmI(_) => self.who_am_i(&person),
            Command::Hello(_) | Command::Bye(_) => Answer::Done,
            Command::Leave(leave) if leave.forget => {
                return Box::pin(self.forget_room(&person, &leave, ticket)).await;
            }
            Command::Leave(leave) => return Ok(self.leave(&leave, ticket)),
            Command::Join(join) => return self.join(&person, join, ticket).await,
            Command::Send(send) => return self.send(&person, send, ticket).await,
            Command::Edit(edit) => return self.edit(&person, edit, ticket).await,
            Command::History(history) => return self.history(&person, &history, ticket).await,
            Command::Members(list) => return self.list_members(&list, ticket).await,
            Command::Typing(typing) => return self.start_typing(&typing, ticket).await,
            // Boxed, so that what is asked once in a while takes no room beside each send.
            other => return Box::pin(self.obey_people(&person, other, ticket)).await,
        };
        Ok(Outcome::Answered(ticket, answer))
    }

    /// The work of the commands about accounts, roles and restrictions.
    async fn obey_people(
        &mut self,
        person: &Arc<Person>,
        command: Command,
        ticket: Ticket,
    ) -> Result<Outcome, ConnectionEnd> {
        let answer = match command {
            Command::Refresh(refresh) => self.refresh(refresh).await?,
            Command::Register(register) => self.register(person, &register).await?,
            Command::Password(change) => self.change_password(person, &change).await?,
            Command::Logins(_) => self.list_logins(person).await?,
            Command::LogOut(log_out) => return self.log_out(person, &log_out, ticket).await,
            Command::Unregister(it) => return self.unregister(person, &it, ticket).await,
            Command::SecondFactor(set) => self.set_second_factor(person, &set).await?,
            Command::Claim(claim) => self.claim(person, &claim).await?,
            Command::Role(give) => self.give_role(person, &give).await?,
            Command::Restrict(restrict) => self.restrict(person, &restrict).await?,
            Command::Lift(lift) => self.lift(person, &lift).await?,
            Command::Kick(kick) => self.kick(person, &kick).await?,
            Command::Audit(read) => self.read_audit(person, &read).await?,
            Command::Why(ask) => self.why(person, &ask).await?,
            Command::MakeRoom(make) => self.make_room(person, make).await?,
            Command::Direct(open) => self.open_direct(person, open).await?,
            Command::Invite(invite) => self.invite(person, invite).await?,
            Command::InviteLink(make) => self.make_invite_link(person, make).await?,
            Command::Accept(accept) => self.accept(person, accept).await?,
            Command::Mine(list) => self.list_mine(person, &list),
            Command::People(list) => self.list_people(person, &list),
            Command::SetRoom(set) => self.set_room(person, set).await?,
            Command::DeleteRoom(delete) => self.delete_room(person, delete).await?,
            Command::Rank(set) => self.set_rank(person, set).await?,
            Command::KeepAway(keep) => self.keep_away(person, keep).await?,
            Command::KeptAway(_) => self.list_kept_away(person),
            Command::Report(report) => self.report(person, report).await?,
            Command::Reports(list) => self.list_reports(person, &list).await?,
            Command::Settle(settle) => self.settle(person, settle).await?,
            Command::Delete(delete) => self.delete(person, delete).await?,
            Command::Purge(purge) => self.purge(person, purge).await?,
            Command::BotNew(make) => self.make_bot(person, &make).await?,
            Command::Bots(_) => self.list_bots(person),
            Command::SetProfile(set) => self.set_profile(person, set).await?,
            Command::Profiles(ask) => self.list_profiles(person, &ask).await?,
            Command::ClearProfile(clear) => self.clear_profile(person, clear).await?,
            Command::NickHistory(ask) => self.nick_history(&ask).await?,
            Command::Presence(set) => self.set_presence(person, &set),
            Command::Search(ask) => self.search(person, &ask).await?,
            Command::BotRevoke(revoke) => self.revoke_bot(person, &revoke).await?,
            Command::Raid(switch) => self.switch_raid(person, &switch).await?,
            Command::Groups(list) => self.list_groups(person, &list),
            Command::GroupPeople(list) => self.list_group_people(&list).await?,
            Command::MakeGroup(make) => self.make_group(person, make).await?,
            Command::RenameGroup(rename) => self.rename_group(person, rename).await?,
            Command::DeleteGroup(delete) => self.delete_group(person, delete).await?,
            Command::Assign(assign) => self.assign(person, assign).await?,
            Command::Filters(list) => self.list_filters(person, &list),
            Command::FilterAdd(add) => self.add_filter(person, add).await?,
            Command::FilterRemove(remove) => self.remove_filter(person, remove).await?,
            Command::Hello(_)
            | Command::Nick(_)
            | Command::Link(_)
            | Command::Rooms(_)
            | Command::Join(_)
            | Command::Leave(_)
            | Command::Send(_)
            | Command::Edit(_)
            | Command::History(_)
            | Command::Members(_)
            | Command::Typing(_)
            | Command::Ping(_)
            | Command::Bye(_)
            | Command::WhoAmI(_) => Answer::Done,
        };
        Ok(Outcome::Answered(ticket, answer))
    }

    /// Asks the gate.
    pub(super) fn may(&self, action: Action) -> Result<(), Refusal> {
        let principal = match (&self.person, &self.bot) {
            (Some(_), Some(bot)) => self.bot_as_principal(bot),
            (Some(person), None) => Principal::Person(self.role(person)),
            (None, _) => Principal::Stranger,
        };
        // Which room it is about is judged later.
        let keeps_one = action.row().who == Who::Keeper && self.keeps_a_room();
        let principal = if keeps_one { principal.at_least(Role::Moderator) } else { principal };
        let server = &self.connection.server;
        server.policy.may(principal, action)?;
        let now = || server.log.clock().now_ms();
        match principal {
            Principal::Person(role) if !action.speaks() && Policy::is_held_back(role, action) => {
                let what = "guests make no accounts and no rooms until it is over";
                server.raid.held(now()).map_or(Ok(()), |held| Err(held.refusal(what, now())))
            }
            _ => Ok(()),
        }
    }

    fn keeps_a_room(&self) -> bool {
        let own = self.person.as_ref().map(|it| self.connection.server.seats.of_person(it.id()));
        own.into_iter().flatten().any(|(_, rank)| rank == Rank::Moderator)
    }

    /// What a person may do on the whole server.
    pub(super) fn role(&self, person: &Person) -> Role {
        let identity = &self.connection.server.identity;
        match &self.bot {
            Some(bot) => bot.role(&identity.accounts),
            None => identity.accounts.role(person.id()),
        }
    }

    /// Answers a command, and ends the session of a client that gets nothing but refusals.
    fn answer(&mut self, ticket: Ticket, answer: Answer) -> Result<(), ConnectionEnd> {
        let Answer::Refused(refusal) = &answer else {
            self.refusals = 0;
            ticket.answer(&answer);
            return Ok(());
        };
        let Refusal { code, message, .. } = refusal;
        debug!(session = self.connection.peer.id(), ?code, "refused: {message}");
        ticket.answer(&answer);
        self.count_refusal()
    }

    fn count_refusal(&mut self) -> Result<(), ConnectionEnd> {
        self.refusals += 1;
        if self.refusals >= REFUSALS_MAX && !self.connection.slot.is_trusted() {
            return Err(ConnectionEnd::Flooding);
        }
        Ok(())
    }

    /// Counts a command against the session's rate.
    pub(super) fn take_command(&mut self) -> Result<(), Refusal> {
        self.take_commands(1)
    }

    fn take_commands(&mut self, count: u32) -> Result<(), Refusal> {
        if self.connection.slot.is_trusted() {
            return Ok(());
        }
        let rate = self.connection.server.rates.commands;
        self.commands.take_many(count, rate, clock::now_ms()).map_err(|retry_ms| {
            let message = "too many commands in a short time";
            Refusal::later(ErrorCode::RateLimited, message, retry_ms)
        })
    }

    fn decode(
        &self,
        incoming: Incoming,
    ) -> Result<Result<Request, (Option<u64>, Refusal)>, ConnectionEnd> {
        match incoming {
            Incoming::Text(text)
                if self.person.is_none() && text.len() > self.hello_bytes_max() =>
            {
                Err(ConnectionEnd::TooBig(self.hello_bytes_max()))
            }
            Incoming::Text(text) => Ok(decode(&text)),
            Incoming::Binary(_) => {
                let message = "commands are JSON in text frames, not binary";
                Ok(Err((None, Refusal::new(ErrorCode::NotText, message))))
            }
        }
    }

    fn hello_bytes_max(&self) -> usize {
        match self.connection.server.identity.jwts.is_empty() {
            true => HELLO_BYTES_MAX,
            false => HELLO_BYTES_MAX + JWT_BYTES_MAX,
        }
    }

    fn answer_bytes(&self, size: AnswerSize) -> usize {
        match size {
            AnswerSize::Short => ANSWER_BYTES,
            AnswerSize::Page => self.connection.server.config.page_bytes_max + ANSWER_BYTES,
        }
    }
}

fn decode(text: &Utf8Bytes) -> Result<Request, (Option<u64>, Refusal)> {
    codec::decode(text)
}
