//! The connection through the client library: its events and answers become `Event`s, and `Effect`s become
//! calls. No other file with logic uses the library.

mod account;
mod bots;
mod events;
mod own_rooms;
mod profiles;

pub(crate) use events::now;

use std::collections::HashSet;
use std::time::Instant;

use futures::StreamExt;
use futures::future::{BoxFuture, FutureExt};
use futures::stream::FuturesUnordered;
use throng_client::{
    Client, Cursor, Event as LibraryEvent, Events, Options, Range, RequestError, Role, State,
};
use throng_protocol::{Cid, Kind, LinkCode, RoomId};

use account::{Attempt, Login};
use events::{failure, label, translate};

use crate::effect::Effect;
use crate::event::{Event, Request};
use crate::identity::Identity;
use crate::model::RoomLabel;
use crate::secret::Secret;

/// A page of history: two tall screens.
const PAGE: u32 = 100;

/// As whom the program begins.
pub(crate) enum Start {
    /// As the person of the saved token, or as somebody new who would like this nick.
    Again(Option<String>),
    /// As the person of another device.
    Code(LinkCode),
    /// As somebody with an account.
    LogIn { nick: String, password: Secret },
    /// As the bot with this token.
    Bot(Secret),
}

/// A client and its pending answers. `next` polls the answers together with the events, so no task is needed.
pub(crate) struct Connection {
    client: Client,
    events: Events,
    answers: FuturesUnordered<BoxFuture<'static, Vec<Event>>>,
    identity: Identity,
    url: String,
    nick: Option<String>,
    /// The joined rooms, for a client that has to start over: named as the person wrote them, and after the
    /// answer as the server does.
    rooms: Vec<RoomLabel>,
    /// The private and direct rooms among all that were joined: nobody but their members finds them.
    closed: HashSet<RoomId>,
    notice: Option<String>,
    /// A device code or a login makes us another person than before on this machine.
    is_new_here: bool,
    /// The token that was saved last.
    kept: Option<String>,
    /// A login under way, with a second client: the present one goes on until it succeeds.
    attempt: Option<Attempt>,
    /// What the program began with, until the greeting.
    login: Option<Login>,
    /// This login ends by the person's own wish.
    is_logging_out: bool,
    /// A `register` has no answer: the account may be there all the same.
    is_registering: bool,
    /// The program began with the token of a bot.
    is_bot: bool,
    /// Sends without an answer, by the key under which the model knows them.
    waiting: Vec<(u64, Cid)>,
}

impl Connection {
    /// Starts to connect.
    pub(crate) fn start(url: &str, start: Start, identity: Identity) -> anyhow::Result<Self> {
        let is_new_here = !matches!(start, Start::Again(_));
        let is_bot = matches!(start, Start::Bot(_));
        let (mut asked, mut login) = (None, None);
        let (client, events) = match start {
            Start::Again(nick) => {
                let begun = begin(url, nick.as_deref(), identity.token())?;
                asked = nick;
                begun
            }
            Start::Bot(token) => Client::start(url, named(bots::options(&token)))?,
            Start::Code(code) => Client::start(url, named(Options::code(code)))?,
            Start::LogIn { nick, password } => {
                let options = Options::password(nick.as_str(), password.reveal());
                let secret = identity.device_secret(&nick);
                let options = secret.into_iter().fold(options, Options::device_secret);
                login = Some(Login { nick, password });
                Client::start(url, named(options))?
            }
        };
        let (url, answers) = (url.to_owned(), FuturesUnordered::new());
        Ok(Self {
            client,
            events,
            answers,
            identity,
            url,
            nick: asked,
            rooms: Vec::new(),
            closed: HashSet::new(),
            notice: None,
            is_new_here,
            kept: None,
            attempt: None,
            login,
            is_logging_out: false,
            is_registering: false,
            is_bot,
            waiting: Vec::new(),
        })
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The longest text that the server takes, in bytes; `None` before its greeting.
    pub(crate) fn text_max(&self) -> Option<usize> {
        usize::try_from(self.client.limits()?.text_bytes).ok()
    }

    /// How many sends have no answer, including those to rooms that the person has left.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Whether the client has ended for good, as an event says or will say.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.client.state(), State::Closed { .. })
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The rooms that the person wants to be in.
    pub(crate) fn rooms(&self) -> &[RoomLabel] {
        &self.rooms
    }

    /// Joins a room.
    pub(crate) fn join(&mut self, room: RoomLabel) {
        self.request_join(&room);
        self.rooms.push(room);
    }

    fn request_join(&self, room: &RoomLabel) {
        self.request_join_after(room, None);
    }

    fn request_join_after(&self, room: &RoomLabel, cursor: Option<Cursor>) {
        let joining = match cursor {
            Some(cursor) => self.client.join_after(room.to_ask(), cursor),
            None => self.client.join(room.to_ask()),
        };
        let asked = room.clone();
        self.request(Some(room), Request::Join, joining, |joined| {
            vec![Event::JoinAnswered { asked, room: label(joined.room) }]
        });
    }

    /// Waits for the next events. Once the connection has ended for good, only a login brings more.
    pub(crate) async fn next(&mut self) -> Vec<Event> {
        loop {
            // Answers first: the answer to a join says which room the following events are about.
            let event = futures::select_biased! {
                answer = self.answers.select_next_some() => {
                    self.take_answer(&answer);
                    return answer;
                }
                event = Attempt::next(&mut self.attempt).fuse() => match self.attempted(event) {
                    Some(events) => return events,
                    None => continue,
                },
                event = next_of(&mut self.events).fuse() => event,
            };
            match event {
                LibraryEvent::State(State::Closed { why }) => return self.closed(why),
                LibraryEvent::Greeted { user, role, notice } => {
                    self.login = None;
                    self.request_mine(false);
                    let notice = self.keep().or(notice).or(self.notice.take());
                    let text_max = self.text_max();
                    return vec![Event::Greeted { user, role, notice, text_max }];
                }
                LibraryEvent::Removed { room, reason } => {
                    self.rooms.retain(|other| other.id != Some(room.id));
                    return vec![Event::Removed { room: label(room), reason }];
                }
                LibraryEvent::Role(role) => {
                    let sentence = format!("Your role on this server is now {}.", role.name());
                    return vec![Event::Role(role), Event::Done(sentence)];
                }
                other => {
                    if let LibraryEvent::Joined(throng_client::Joined { info, .. })
                    | LibraryEvent::Changed { info, .. } = &other
                    {
                        self.learn(info);
                    }
                    if let Some(event) = translate(other) {
                        return vec![event];
                    }
                }
            }
        }
    }

    /// The server does not know the token: the person becomes a new one, in the same rooms. The server may
    /// have lost its log too, so the rooms are joined again by their names, not by their ids.
    fn begin_again(&mut self) -> anyhow::Result<Vec<Event>> {
        self.identity.forget();
        (self.client, self.events) = begin(&self.url, self.nick.as_deref(), None)?;
        self.notice =
            Some("The server no longer knows your token: you are a new person here.".into());
        let left = self.rooms.iter().filter_map(|room| Some(Event::Left { room: room.id? }));
        let left = left.collect();
        self.drop_closed();
        self.rooms.iter_mut().for_each(RoomLabel::forget_id);
        self.rooms.iter().for_each(|room| self.request_join(room));
        Ok(left)
    }

    /// Saves the newest token. Returns a sentence if that fails.
    fn keep(&mut self) -> Option<String> {
        let token = self.client.token()?;
        let is_new = std::mem::take(&mut self.is_new_here);
        let aside = if is_new { self.identity.put_aside() } else { Ok(()) };
        let nick = self.client.me().filter(|_| self.client.role() > Role::Guest).map(|me| me.nick);
        let error = aside.and_then(|()| self.identity.keep(&token, nick.as_deref())).err();
        if let (Some(nick), Some(secret)) = (&nick, self.client.device_secret()) {
            // Without it the next login only waits longer where many try passwords.
            let _ = self.identity.keep_device_secret(nick, &secret);
        }
        self.kept = Some(token);
        let error = error?;
        Some(format!(
            "Your token could not be saved ({error}): next time you will be a new person."
        ))
    }

    /// Carries out an effect of `update`. Returns an event that follows at once.
    pub(crate) fn carry_out(&mut self, effect: Effect) -> Option<Event> {
        match effect {
            Effect::Send { room, key, cid, text, is_action } => {
                let kind = if is_action { Kind::Action } else { Kind::Text };
                let sending = self.client.send_as(room.to_ask(), kind, &text, cid);
                let named = Event::CidAssigned { key, cid: sending.cid() };
                self.waiting.push((key, sending.cid()));
                let answer = sending.map(move |answer| match answer {
                    Ok(_) => vec![Event::Sent { key }],
                    Err(error) => vec![Event::SendFailed { room, key, failure: failure(&error) }],
                });
                self.answers.push(answer.boxed());
                return Some(named);
            }
            Effect::Join(room) => self.join(room),
            Effect::Leave(room) => {
                self.rooms.retain(|other| other.id != room.id || other.id.is_none());
                self.rooms.retain(|other| other.name != room.name);
                let leaving = self.client.leave(room.to_ask());
                self.request(None, Request::Background, leaving, |()| Vec::new());
            }
            Effect::History { room, before } => {
                let page = self.client.entries(room.to_ask(), Range::Before(before), PAGE);
                let about = room.clone();
                self.request(Some(&room), Request::History, page, move |page| {
                    vec![Event::History { room: about, before, page }]
                });
            }
            Effect::Members { room, aloud } => self.request_members(room, aloud),
            Effect::Rooms { after } => {
                let query = throng_client::RoomsQuery { after, ..Default::default() };
                let page = self.client.rooms(query);
                self.request(None, Request::Other, page, |page| vec![Event::Listed(page)]);
            }
            Effect::Mine => self.request_mine(true),
            Effect::Direct { people, text } => self.open_direct(&people, text),
            Effect::Make { name, kind, done } => self.make(&name, kind, done),
            Effect::InviteLink(room) => self.make_invite_link(room),
            Effect::Accept(link) => self.accept(&link),
            Effect::Forget(room) => self.forget_room(room),
            Effect::Rename(nick) => {
                let renamed = self.client.rename(&nick);
                self.request(None, Request::Nick, renamed, |user| vec![Event::Renamed(user)]);
            }
            Effect::DeviceCode => {
                let link = self.client.link();
                self.request(None, Request::Other, link, |link| vec![Event::DeviceCode(link)]);
            }
            Effect::Typing(room) => self.client.typing(room.to_ask()),
            Effect::LogIn { nick, password, code } => return self.log_in(nick, password, code),
            Effect::Register { password, invitation } => {
                self.register(&password, invitation.as_deref());
            }
            Effect::ChangePassword { old, new } => self.change_password(&old, &new),
            Effect::Unregister { password, messages } => self.unregister(&password, messages),
            Effect::LogOut(which) => self.log_out(which),
            Effect::Logins => self.request_logins(),
            Effect::Claim(secret) => self.claim(&secret),
            Effect::MakeBot(make) => self.make_bot(make),
            Effect::Bots => self.request_bots(),
            Effect::Act { act, done } => self.act(act, done),
            Effect::Audit { room, before } => self.request_audit(room, before),
            Effect::Reports { room, before } => self.request_reports(room, before),
            Effect::Why(ask) => self.request_why(ask),
            Effect::Raid(switch) => self.switch_raid(switch),
            Effect::Groups { all } => self.list_groups(all),
            Effect::GroupPeople(group) => self.list_group_people(group),
            Effect::AddFilter(filter) => self.add_filter(filter),
            Effect::Filters { room, after } => self.request_filters(room, after),
            Effect::SetProfile(set) => self.set_profile(set),
            Effect::Whois(person) => self.request_profile(person),
            Effect::NickHistory(person) => self.request_nick_history(&person),
            Effect::Search(search) => self.search(search),
            Effect::Attend { attendance, aloud } => self.attend(attendance, aloud),
            // The terminal carries these out.
            Effect::Bell
            | Effect::Keep
            | Effect::Mouse(_)
            | Effect::Bare(_)
            | Effect::Suspend
            | Effect::Redraw
            | Effect::Quit => {}
        }
        None
    }

    fn request_members(&self, room: RoomLabel, aloud: bool) {
        let (asked, about) = (Instant::now(), room.clone());
        let how = if aloud { Request::Other } else { Request::Background };
        self.request(Some(&room), how, self.client.members(room.to_ask()), move |page| {
            let who = Event::Who { room: about, members: page.members, aloud };
            vec![Event::Lag(asked.elapsed()), who]
        });
    }

    fn request<T: 'static>(
        &self,
        room: Option<&RoomLabel>,
        request: Request,
        answer: impl Future<Output = Result<T, RequestError>> + Send + 'static,
        good: impl FnOnce(T) -> Vec<Event> + Send + 'static,
    ) {
        let room = room.cloned();
        let answer = answer.map(move |answer| match answer {
            Ok(value) => good(value),
            // The newer request, or the end of the connection, reports itself.
            Err(RequestError::Superseded | RequestError::Closed) => Vec::new(),
            Err(error) => {
                let is_lost = matches!(error, RequestError::Unanswered);
                let request = if is_lost { Request::Unanswered } else { request };
                let suggestion = match &error {
                    RequestError::Refused(fault) => fault.suggestion.clone(),
                    _ => None,
                };
                vec![Event::Refused { room, request, why: error.to_string(), suggestion }]
            }
        });
        self.answers.push(answer.boxed());
    }

    /// Records which sends were answered, and the server's ids and names of rooms.
    fn take_answer(&mut self, answer: &[Event]) {
        for event in answer {
            match event {
                Event::Sent { key } | Event::SendFailed { key, .. } => {
                    self.waiting.retain(|(waiting, _)| waiting != key);
                }
                Event::JoinAnswered { asked, room } => {
                    let known = self.rooms.iter_mut().filter(|known| *known == asked);
                    known.for_each(|known| known.clone_from(room));
                }
                Event::Forgotten(room) => self.rooms.retain(|known| known.id != room.id),
                Event::Refused { request: Request::Register, .. } => self.is_registering = false,
                Event::Refused { request: Request::LogOut, .. } => self.is_logging_out = false,
                // The token of the account takes the place of the guest's.
                Event::Role(_) => {
                    self.is_registering = false;
                    self.keep();
                }
                _ => {}
            }
        }
    }

    /// Stops waiting for answers, and returns what is known of those sends.
    pub(crate) async fn give_up(&mut self) -> Vec<Event> {
        for (_, cid) in &self.waiting {
            self.client.give_up(*cid);
        }
        self.last_answers().await
    }

    /// Closes the connection, and saves the token, which a change of nick may have replaced. Returns the
    /// outcome of the sends that had no answer yet.
    pub(crate) async fn close(mut self) -> Vec<Event> {
        self.keep();
        self.client.close().await;
        self.last_answers().await
    }

    /// The outcome of all sends. By now each has one.
    async fn last_answers(&mut self) -> Vec<Event> {
        let mut last = Vec::new();
        while !self.waiting.is_empty()
            && let Some(answer) = self.answers.next().await
        {
            self.take_answer(&answer);
            last.extend(answer);
        }
        last
    }
}

fn begin(url: &str, nick: Option<&str>, token: Option<String>) -> anyhow::Result<(Client, Events)> {
    let options = match (token, nick) {
        (Some(token), Some(nick)) => Options::token(token).nick(nick),
        (Some(token), None) => Options::token(token),
        (None, Some(nick)) => Options::guest(nick),
        (None, None) => Options::anybody(),
    };
    Ok(Client::start(url, named(options))?)
}

/// What this program is called in the person's list of logins.
fn named(options: Options) -> Options {
    options.device(format!("throng-chat/{} ({})", env!("CARGO_PKG_VERSION"), std::env::consts::OS))
}

/// The next event. There is none after the end.
async fn next_of(events: &mut Events) -> LibraryEvent {
    match events.next().await {
        Some(event) => event,
        None => std::future::pending().await,
    }
}
