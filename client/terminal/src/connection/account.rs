//! Accounts and moderation through the client library.

use std::time::Duration;

use futures::StreamExt;
use futures::future::FutureExt;
use throng_client::{
    Client, DisconnectReason, ErrorCode, Event as LibraryEvent, Events, Logout, Options,
    PendingRequest, Restriction, Role, Search, State,
};
use throng_protocol::{
    AddFilter, AskWhy, Purge, Restrict, RestrictionKind, SearchMessages, SwitchRaid,
};

use super::events::{self, translate};
use super::{Connection, named, next_of, own_rooms};
use crate::effect::{Act, WhichLogin};
use crate::event::{Event, Request};
use crate::model::{ConnectionState, RoomLabel};
use crate::secret::Secret;

/// A login under way.
pub(super) struct Attempt {
    client: Client,
    events: Events,
    login: Login,
}

/// What somebody logs in with, for as long as the account may ask for a code too.
pub(super) struct Login {
    pub(super) nick: String,
    pub(super) password: Secret,
}

impl Login {
    /// The event that asks for the code, if that is why the login was refused.
    pub(super) fn needs_code(self, why: &DisconnectReason) -> Option<Event> {
        let DisconnectReason::Hello(fault) = why else { return None };
        let Self { nick, password } = self;
        (fault.code == ErrorCode::SecondFactorNeeded)
            .then_some(Event::SecondFactorNeeded { nick, password })
    }
}

impl Attempt {
    /// Its next event; none without a login.
    pub(super) async fn next(attempt: &mut Option<Self>) -> LibraryEvent {
        match attempt {
            Some(attempt) => next_of(&mut attempt.events).await,
            None => std::future::pending().await,
        }
    }
}

impl Connection {
    /// The client has ended.
    pub(super) fn closed(&mut self, why: DisconnectReason) -> Vec<Event> {
        let ended = |why: &DisconnectReason, next| {
            vec![Event::Connection(ConnectionState::Closed { why: why.to_string(), next })]
        };
        if let Some(ended) = self.bot_ended(&why) {
            return vec![ended];
        }
        if let Some(ask) = self.login.take().and_then(|login| login.needs_code(&why)) {
            return vec![ask];
        }
        match &why {
            DisconnectReason::LoggedOut { .. } => {
                self.forget();
                match self.is_logging_out {
                    true => vec![Event::LoggedOut],
                    false => ended(&why, events::next(&why)),
                }
            }
            DisconnectReason::Token(_) if self.is_registering => {
                self.forget();
                let why = "you have an account now, but its answer was lost on the way".to_owned();
                let next = "/login NICK logs in with the new password.";
                vec![Event::Connection(ConnectionState::Closed { why, next })]
            }
            DisconnectReason::Token(_) if self.has_account() => {
                self.identity.forget();
                let why = "your login on this device has ended".to_owned();
                let next = "/login NICK logs in again, as does --login NICK at the start.";
                vec![Event::Connection(ConnectionState::Closed { why, next })]
            }
            DisconnectReason::Token(_) => self.begin_again().unwrap_or_else(|error| {
                let (why, next) = (error.to_string(), "Start the program again.");
                vec![Event::Connection(ConnectionState::Closed { why, next })]
            }),
            why => ended(why, events::next(why)),
        }
    }

    fn has_account(&self) -> bool {
        self.identity.account().is_some() || self.client.role() > Role::Guest
    }

    /// Deletes the saved token of this client, which is good for nothing any more.
    fn forget(&mut self) {
        if let Some(token) = self.kept.take() {
            self.identity.forget_if(&token);
        }
    }

    /// Logs in with a second client. It takes the place of the present one when the server has greeted it.
    pub(super) fn log_in(
        &mut self,
        nick: String,
        password: Secret,
        code: Option<Secret>,
    ) -> Option<Event> {
        if self.waiting() > 0 {
            let why = "Some of your messages have no answer yet. Log in when they are sent.";
            return Some(refusal(why.to_owned()));
        }
        let options = named(Options::password(nick.as_str(), password.reveal()));
        let secret = self.identity.device_secret(&nick);
        let options = secret.into_iter().fold(options, Options::device_secret);
        let options = match &code {
            Some(code) => options.second_factor(code.reveal()),
            None => options,
        };
        match Client::start(self.url(), options) {
            Ok((client, events)) => {
                self.attempt = Some(Attempt { client, events, login: Login { nick, password } });
                None
            }
            Err(error) => Some(refusal(error.to_string())),
        }
    }

    /// An event of the login under way.
    pub(super) fn attempted(&mut self, event: LibraryEvent) -> Option<Vec<Event>> {
        match event {
            LibraryEvent::Greeted { user, role, notice } => {
                let Attempt { client, events, .. } = self.attempt.take()?;
                let before = std::mem::replace(&mut self.client, client);
                let mut last = std::mem::replace(&mut self.events, events);
                let unread = std::iter::from_fn(|| last.next().now_or_never().flatten());
                let mut heard: Vec<Event> = unread
                    .filter(|event| !matches!(event, LibraryEvent::State(_)))
                    .filter_map(translate)
                    .collect();
                self.is_new_here = before.me().is_none_or(|me| me.id != user.id);
                (self.is_logging_out, self.is_registering, self.is_bot) = (false, false, false);
                for room in self.rooms.clone() {
                    self.request_join_after(&room, before.cursor(room.to_ask()));
                }
                self.request_mine(false);
                let (notice, text_max) = (self.keep().or(notice), self.text_max());
                heard.push(Event::Greeted { user, role, notice, text_max });
                Some(heard)
            }
            LibraryEvent::State(State::Closed { why } | State::Offline { why, .. }) => {
                let login = self.attempt.take().map(|attempt| attempt.login);
                if let Some(ask) = login.and_then(|login| login.needs_code(&why)) {
                    return Some(vec![ask]);
                }
                let next = events::next(&why);
                Some(vec![refusal(
                    format!("You are not logged in: {why}. {next}").trim().to_owned(),
                )])
            }
            _ => None,
        }
    }

    pub(super) fn register(&mut self, password: &Secret, invitation: Option<&str>) {
        self.is_registering = true;
        let registering = self.client.register(password.reveal(), invitation);
        self.request(None, Request::Register, registering, |account| {
            let sentence = format!(
                "{} is your account now. On another device, /login {} and the password make you the same person.",
                account.user.nick, account.user.nick
            );
            vec![Event::Role(account.role), Event::Done(sentence)]
        });
    }

    pub(super) fn change_password(&self, old: &Secret, new: &Secret) {
        let changing = self.client.change_password(old.reveal(), new.reveal());
        self.tell(changing, "Your password is changed, and your other devices are logged out.");
    }

    pub(super) fn unregister(&mut self, password: &Secret, messages: bool) {
        self.is_logging_out = true;
        let deleting = self.client.unregister(password.reveal(), messages);
        let done = match messages {
            false => "Your account is deleted.",
            true => "Your account is deleted, and what you said will be gone in a moment.",
        };
        let done = done.to_owned();
        self.request(None, Request::LogOut, deleting, |()| vec![Event::Done(done)]);
    }

    pub(super) fn log_out(&mut self, which: WhichLogin) {
        let (which, done) = match which {
            WhichLogin::This => {
                self.is_logging_out = true;
                (Logout::This, None)
            }
            WhichLogin::Others => {
                (Logout::Others, Some("Your other devices are logged out.".into()))
            }
            WhichLogin::Number(number) => {
                (Logout::Login(number), Some(format!("The login {number} has ended.")))
            }
        };
        let ending = self.client.log_out(which);
        self.request(None, Request::LogOut, ending, |()| {
            done.map(Event::Done).into_iter().collect()
        });
    }

    pub(super) fn request_logins(&self) {
        let logins = self.client.logins();
        self.request(None, Request::Other, logins, |ok| vec![Event::Logins(ok.logins)]);
    }

    pub(super) fn claim(&self, secret: &str) {
        let claiming = self.client.claim(secret);
        let client = self.client.clone();
        self.request(None, Request::Other, claiming, move |()| {
            let sentence = "You are the owner of this server now. /help shows what you can do.";
            vec![Event::Role(client.role()), Event::Done(sentence.to_owned())]
        });
    }

    pub(super) fn act(&self, act: Act, done: String) {
        let acting = match act {
            Act::Role(give) => self.client.set_role(give.person, give.role, &give.reason),
            Act::Kick(kick) => self.client.kick(kick.room, kick.person, &kick.reason),
            Act::LogOut { person, reason } => self.client.log_out_person(person, &reason),
            Act::Invite(invite) => self.client.invite(invite.room, invite.person),
            Act::Set(set) => self.client.set_room(own_rooms::settings(set)),
            Act::MakeGroup(make) => self.client.make_group(&make.name, &make.reason),
            Act::RenameGroup(it) => self.client.rename_group(&it.group, &it.name, &it.reason),
            Act::DeleteGroup(it) => self.client.delete_group(&it.group, &it.reason),
            Act::Assign(it) => self.client.assign(&it.group, it.person, it.member, &it.reason),
            Act::Rank(set) => self.client.set_rank(set.room, set.person, set.rank),
            Act::Delete(delete) => self.client.delete_room(delete.room, &delete.reason),
            Act::KeepAway(keep) => self.client.keep_away(keep.person, keep.distance),
            Act::DeleteMessage(delete) => {
                let deleting = self.client.delete(delete.room, delete.seq, &delete.reason);
                return self.request(None, Request::Other, deleting, |_| vec![Event::Done(done)]);
            }
            Act::Edit { room, seq, text } => {
                let editing = self.client.edit(room, seq, &text).map(|edited| {
                    vec![match edited {
                        Ok(_) => Event::Done(done),
                        Err(error) => Event::Refused {
                            room: None,
                            request: Request::Other,
                            why: error.to_string(),
                            suggestion: None,
                        },
                    }]
                });
                return self.answers.push(editing.boxed());
            }
            Act::Purge(Purge { person, room, last_ms, reason }) => {
                let last = Duration::from_millis(last_ms);
                let purging = self.client.purge(person, room, last, &reason);
                return self.request(None, Request::Other, purging, |_| vec![Event::Done(done)]);
            }
            Act::Report(report) => self.client.report(report.room, report.seq, &report.reason),
            Act::ClearProfile(clear) => self.client.clear_profile(clear.person, &clear.reason),
            Act::Settle(settle) => self.client.settle(settle.number, &settle.words),
            Act::RemoveFilter(it) => self.client.remove_filter(it.number, &it.reason),
            Act::RevokeBot(revoke) => self.client.revoke_bot(revoke.bot, &revoke.reason),
            Act::Restrict(restrict) => self.client.restrict(restriction(restrict)),
            Act::Lift(lift) => {
                let (kind, person, address, room, for_ms, reason) =
                    (lift.kind, lift.person, lift.address, lift.room, None, lift.reason);
                let lifted = Restrict { kind, person, address, room, for_ms, reason };
                self.client.lift(restriction(lifted))
            }
        };
        self.tell(acting, &done);
    }

    pub(super) fn request_audit(&self, room: Option<RoomLabel>, before: Option<u64>) {
        let page = match room.as_ref().map(RoomLabel::to_ask) {
            Some(asked) => self.client.audit(Some(&asked), before),
            None => self.client.audit(None, before),
        };
        self.request(None, Request::Other, page, |page| vec![Event::Audit { room, page }]);
    }

    pub(super) fn request_reports(&self, room: Option<RoomLabel>, before: Option<u64>) {
        let asked = room.as_ref().map(RoomLabel::to_ask);
        let page = self.client.reports(asked, before);
        self.request(None, Request::Other, page, |page| vec![Event::Reports { room, page }]);
    }

    pub(super) fn search(&self, search: SearchMessages) {
        let asked = Search::from(search.clone());
        self.request(None, Request::Other, self.client.search(asked), |found| {
            let next = search.next(&found);
            vec![Event::Found { found, next }]
        });
    }

    pub(super) fn request_why(&self, ask: AskWhy) {
        let AskWhy { command, room, person, text } = ask;
        let is_mine = person.is_none();
        let room = room.as_ref().map(|room| room as &dyn throng_client::AsRoom);
        let person = person.as_ref().map(|person| person as &dyn throng_client::AsPerson);
        let why = match (text, room) {
            (Some(text), Some(room)) => self.client.why_text(room, &text),
            _ => self.client.why(&command, room, person),
        };
        self.request(None, Request::Other, why, move |answer| {
            let role = answer.role;
            let mut events = vec![Event::Why { command, answer }];
            events.extend(is_mine.then_some(Event::Role(role)));
            events
        });
    }

    pub(super) fn list_groups(&self, all: bool) {
        let listing = if all { self.client.all_groups(None) } else { self.client.my_groups() };
        self.request(None, Request::Other, listing, move |groups| {
            vec![Event::Groups { groups, all }]
        });
    }

    pub(super) fn list_group_people(&self, group: String) {
        let listing = self.client.group_people(&group, None);
        self.request(None, Request::Other, listing, |people| {
            vec![Event::GroupPeople { group, people }]
        });
    }

    pub(super) fn switch_raid(&self, switch: SwitchRaid) {
        let switching = self.client.raid(switch);
        self.request(None, Request::Other, switching, |raid| vec![Event::Raid(raid)]);
    }

    pub(super) fn add_filter(&self, filter: AddFilter) {
        let adding = self.client.add_filter(filter);
        self.request(None, Request::Other, adding, |added| {
            vec![Event::Done(format!("Filter {} holds.", added.number))]
        });
    }

    pub(super) fn request_filters(&self, room: Option<RoomLabel>, after: Option<u64>) {
        let page = match room.as_ref().map(RoomLabel::to_ask) {
            Some(asked) => self.client.filters(Some(&asked), after),
            None => self.client.filters(None, after),
        };
        self.request(None, Request::Other, page, |page| vec![Event::Filters { room, page }]);
    }

    fn tell(&self, doing: PendingRequest<()>, done: &str) {
        let done = done.to_owned();
        self.request(None, Request::Other, doing, |()| vec![Event::Done(done)]);
    }
}

fn restriction(restrict: Restrict) -> Restriction {
    let Restrict { kind, person, address, room, for_ms, reason } = restrict;
    let it = match (kind, person) {
        (RestrictionKind::Mute, person) => Restriction::mute(person.unwrap_or_default()),
        (RestrictionKind::Shadow, person) => Restriction::shadow(person.unwrap_or_default()),
        (RestrictionKind::Ban, Some(person)) => Restriction::ban(person),
        (RestrictionKind::Ban, None) => Restriction::ban_address(address.unwrap_or_default()),
    };
    let it = room.into_iter().fold(it, Restriction::room);
    let time = for_ms.map(std::time::Duration::from_millis);
    time.into_iter().fold(it, Restriction::lasting).reason(reason)
}

fn refusal(why: String) -> Event {
    Event::Refused { room: None, request: Request::Other, why, suggestion: None }
}
