//! The library, in this program's words: its events and answers become `update::Event`s, and
//! effects become calls. No other file that decides something knows it.

use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::future::{BoxFuture, FutureExt};
use futures::stream::FuturesUnordered;
use throng_client::{AskError, Client, Event as Told, Events, Options, Range, State, Trouble};
use throng_protocol::{Kind, RoomName};

use crate::identity::Identity;
use crate::model::Link;
use crate::update::{Asked, Change, Effect, Event};

/// A page of history: two tall screens.
const PAGE: u32 = 100;

/// A client, and the answers that are waited for. Each answer is polled where the events are: no
/// task is left behind.
pub(crate) struct Connection {
    client: Client,
    events: Events,
    answers: FuturesUnordered<BoxFuture<'static, Vec<Event>>>,
    identity: Identity,
    url: String,
    nick: Option<String>,
    /// Rooms that were asked for, for a client that has to begin again.
    rooms: Vec<String>,
    notice: Option<String>,
    /// How many sends have no answer.
    waiting: usize,
}

impl Connection {
    /// Starts to connect, as the person of the kept token if there is one.
    pub(crate) fn start(
        url: &str,
        nick: Option<String>,
        identity: Identity,
    ) -> anyhow::Result<Self> {
        let (client, events) = begin(url, nick.as_deref(), identity.token())?;
        let (url, answers) = (url.to_owned(), FuturesUnordered::new());
        Ok(Self {
            client,
            events,
            answers,
            identity,
            url,
            nick,
            rooms: Vec::new(),
            notice: None,
            waiting: 0,
        })
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// How many sends have no answer, those to rooms that were left included.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The rooms that were asked for, as they are written.
    pub(crate) fn rooms(&self) -> &[String] {
        &self.rooms
    }

    /// Joins a room.
    pub(crate) fn join(&mut self, room: &str) -> Result<(), String> {
        let name = RoomName::parse(room.trim_start_matches('#')).map_err(|bad| {
            format!("{room:?} cannot be a room: {bad}. For example: --room lobby")
        })?;
        self.rooms.push(name.to_string());
        self.ask_to_join(name.as_str());
        Ok(())
    }

    fn ask_to_join(&self, room: &str) {
        self.question(Some(room), Asked::Join, self.client.join(room), |_| Vec::new());
    }

    /// What happened next; `None` when nothing can happen any more.
    pub(crate) async fn next(&mut self) -> Option<Vec<Event>> {
        loop {
            let told = futures::select_biased! {
                told = self.events.next().fuse() => told,
                answer = self.answers.select_next_some() => {
                    let sends = |event: &&Event| matches!(event, Event::Sent { .. } | Event::Unsent { .. });
                    self.waiting -= answer.iter().filter(sends).count();
                    return Some(answer);
                }
            };
            match told? {
                Told::State(State::Closed { why: Trouble::Token(_) }) => {
                    if let Err(error) = self.begin_again() {
                        return Some(vec![Event::Link(Link::Closed { why: error.to_string() })]);
                    }
                }
                Told::Greeted { user, notice } => {
                    let notice = self.keep().or(notice).or(self.notice.take());
                    return Some(vec![Event::Greeted { user, notice }]);
                }
                other => {
                    if let Some(event) = heard(other) {
                        return Some(vec![event]);
                    }
                }
            }
        }
    }

    /// The server does not know the token: the person is somebody new, in the same rooms.
    fn begin_again(&mut self) -> anyhow::Result<()> {
        self.identity.forget();
        (self.client, self.events) = begin(&self.url, self.nick.as_deref(), None)?;
        self.notice =
            Some("The server did not know you any more: you are somebody new here.".into());
        self.rooms.clone().iter().for_each(|room| self.ask_to_join(room));
        Ok(())
    }

    /// Keeps the newest token; a sentence when that fails.
    fn keep(&self) -> Option<String> {
        let token = self.client.token()?;
        let error = self.identity.keep(&token).err()?;
        Some(format!("Your token could not be kept ({error}): next time you are somebody new."))
    }

    /// Does what `update` asks for. Events that follow at once are returned.
    pub(crate) fn carry_out(&mut self, effect: Effect) -> Option<Event> {
        match effect {
            Effect::Send { room, key, cid, text, is_action } => {
                let kind = if is_action { Kind::Action } else { Kind::Text };
                let sending = self.client.send_as(&room, kind, &text, cid);
                let named = Event::Named { room: room.clone(), key, cid: sending.cid() };
                let answer = sending.map(move |answer| match answer {
                    Ok(_) => vec![Event::Sent { room, key }],
                    Err(error) => vec![Event::Unsent { room, key, why: error.to_string() }],
                });
                self.answers.push(answer.boxed());
                self.waiting += 1;
                return Some(named);
            }
            Effect::Join(room) => {
                self.rooms.push(room.clone());
                self.ask_to_join(&room);
            }
            Effect::Leave(room) => {
                self.rooms.retain(|other| *other != room);
                self.question(None, Asked::Quietly, self.client.leave(&room), |()| Vec::new());
            }
            Effect::History { room, before } => {
                let page = self.client.history(&room, Range::Before(before), PAGE);
                let name = room.clone();
                self.question(Some(&room), Asked::History, page, |page| {
                    vec![Event::History { room: name, page }]
                });
            }
            Effect::Members { room, aloud } => self.ask_who(room, aloud),
            Effect::Rooms { after } => {
                let query = throng_client::RoomsQuery { after, ..Default::default() };
                let page = self.client.rooms(query);
                self.question(None, Asked::Else, page, |page| vec![Event::Listed(page)]);
            }
            Effect::Rename(nick) => {
                let renamed = self.client.rename(&nick);
                self.question(None, Asked::Else, renamed, |user| vec![Event::Renamed(user)]);
            }
            Effect::Typing(room) => self.client.typing(&room),
            // These are the terminal's.
            Effect::Bell | Effect::Suspend | Effect::Redraw | Effect::Quit => {}
        }
        None
    }

    fn ask_who(&self, room: String, aloud: bool) {
        let (asked, name) = (Instant::now(), room.clone());
        let how = if aloud { Asked::Else } else { Asked::Quietly };
        self.question(Some(&room), how, self.client.members(&name), move |page| {
            let who = Event::Who { room: name, members: page.members, aloud };
            vec![Event::Lag(asked.elapsed()), who]
        });
    }

    fn question<T: 'static>(
        &self,
        room: Option<&str>,
        asked: Asked,
        answer: impl Future<Output = Result<T, AskError>> + Send + 'static,
        good: impl FnOnce(T) -> Vec<Event> + Send + 'static,
    ) {
        let room = room.map(str::to_owned);
        let answer = answer.map(move |answer| match answer {
            Ok(value) => good(value),
            // Either is told by what took its place.
            Err(AskError::Superseded | AskError::Closed) => Vec::new(),
            Err(error) => vec![Event::Refused { room, asked, why: error.to_string() }],
        });
        self.answers.push(answer.boxed());
    }

    /// Says goodbye, and keeps the token that a new nick may have brought.
    pub(crate) async fn close(self) {
        self.keep();
        self.client.close().await;
    }
}

fn begin(url: &str, nick: Option<&str>, token: Option<String>) -> anyhow::Result<(Client, Events)> {
    let options = match (token, nick) {
        (Some(token), Some(nick)) => Options::token(token).nick(nick),
        (Some(token), None) => Options::token(token),
        (None, Some(nick)) => Options::guest(nick),
        (None, None) => Options::anybody(),
    };
    Ok(Client::start(url, options)?)
}

/// An event of the library; `None` for one of a later version.
fn heard(told: Told) -> Option<Event> {
    Some(match told {
        Told::State(state) => Event::Link(link(state)?),
        Told::Message { message, .. } => Event::Heard(message),
        Told::Gap { room, first, head, reset, .. } => {
            Event::Gap { room: room.to_string(), first, head, reset }
        }
        Told::Joined(joined) => Event::Joined {
            room: joined.room.to_string(),
            first: joined.first,
            head: joined.head,
            members: joined.members,
        },
        Told::Left { room } => Event::Left { room: room.to_string() },
        Told::Typing { room, who } => Event::Typing { room: room.to_string(), who },
        Told::Members { room, count, change } => {
            let change = match change {
                throng_client::Change::Sample(sample) => Change::Sample(sample),
                throng_client::Change::Moved { joined, left } => Change::Moved { joined, left },
                _ => Change::Count,
            };
            Event::Members { room: room.to_string(), count, change }
        }
        Told::Refused { room, fault } => Event::Refused {
            room: room.map(|room| room.to_string()),
            asked: Asked::Join,
            why: fault.message,
        },
        _ => return None,
    })
}

fn link(state: State) -> Option<Link> {
    Some(match state {
        State::Connecting { attempt } => Link::Connecting { attempt },
        State::Live => Link::Live,
        State::CatchingUp { rooms } => Link::CatchingUp { rooms },
        State::Offline { why, again_in } => {
            Link::Offline { why: why.to_string(), until: now() + millis(again_in) }
        }
        State::Closed { why } => Link::Closed { why: why.to_string() },
        _ => return None,
    })
}

/// Unix milliseconds.
pub(crate) fn now() -> u64 {
    millis(std::time::UNIX_EPOCH.elapsed().unwrap_or_default())
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
