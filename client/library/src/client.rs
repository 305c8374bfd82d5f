//! The handle: what the caller asks for.

use std::sync::Arc;

use futures::channel::oneshot;
use throng_protocol::{
    Cid, Command, History, Kind, Limits, ListMembers, ListRooms, MembersPage, Nick, NickChange,
    Page, RoomName, RoomsPage, User,
};

use crate::address::Address;
use crate::core::{Answer, Core};
use crate::driver;
use crate::shared::{Handle, Shared};
use crate::{
    AskError, Asking, ConnectError, Cursor, Events, Joined, Options, Range, RoomsQuery, Runtime,
    SendError, Sending, State, Trouble,
};

/// A handle to a client: cheap to clone, and usable from many tasks at once.
///
/// When every handle, every [`Sending`], every [`Asking`] and the [`Events`] are gone, the
/// connection ends with a `bye`. The [crate's page](crate) has an example.
#[derive(Clone)]
pub struct Client {
    handle: Arc<Handle>,
}

#[cfg(feature = "async-std")]
impl Client {
    /// Connects, and waits for the server's greeting. From then on it comes back by itself.
    ///
    /// The URL is `ws://host:port`, or `wss://host` for TLS; without a path it is `/ws`.
    ///
    /// # Errors
    /// [`ConnectError`], when the address or an option cannot be used, or the first attempt fails.
    ///
    /// ```no_run
    /// # use throng_client::{Client, Options};
    /// # async fn example() -> Result<(), throng_client::ConnectError> {
    /// let (client, events) = Client::connect("ws://127.0.0.1:8080", Options::guest("ana")).await?;
    /// # Ok(()) }
    /// ```
    pub async fn connect(url: &str, options: Options) -> Result<(Self, Events), ConnectError> {
        Self::connect_on(crate::AsyncStd, url, options).await
    }

    /// Starts at once, and connects in the background: how that goes comes as
    /// [`crate::Event::State`]. What is asked for meanwhile waits.
    ///
    /// # Errors
    /// [`ConnectError`], when the address or an option cannot be used.
    ///
    /// ```no_run
    /// # use throng_client::{Client, Options};
    /// # fn example() -> Result<(), throng_client::ConnectError> {
    /// let (client, events) = Client::start("ws://127.0.0.1:8080", Options::guest("ana"))?;
    /// client.send("lobby", "said when there is a connection");
    /// # Ok(()) }
    /// ```
    pub fn start(url: &str, options: Options) -> Result<(Self, Events), ConnectError> {
        Self::start_on(crate::AsyncStd, url, options)
    }
}

impl Client {
    /// [`Client::connect`] on another runtime.
    ///
    /// # Errors
    /// [`ConnectError`], when the address or an option cannot be used, or the first attempt fails.
    ///
    /// ```no_run
    /// # use throng_client::{Client, Options, Runtime};
    /// # async fn example(runtime: impl Runtime) -> Result<(), throng_client::ConnectError> {
    /// let (client, events) = Client::connect_on(runtime, "ws://127.0.0.1:8080", Options::guest("ana")).await?;
    /// # Ok(()) }
    /// ```
    pub async fn connect_on<R: Runtime>(
        runtime: R,
        url: &str,
        options: Options,
    ) -> Result<(Self, Events), ConnectError> {
        let (told, first) = oneshot::channel();
        let pair = Self::run(runtime, url, options, Some(told))?;
        match first.await {
            Ok(Ok(())) => Ok(pair),
            Ok(Err(trouble)) => Err(ConnectError::Failed(trouble)),
            Err(_) => Err(ConnectError::Failed(Trouble::Closed)),
        }
    }

    /// [`Client::start`] on another runtime.
    ///
    /// # Errors
    /// [`ConnectError`], when the address or an option cannot be used.
    ///
    /// ```no_run
    /// # use throng_client::{Client, Options, Runtime};
    /// # fn example(runtime: impl Runtime) -> Result<(), throng_client::ConnectError> {
    /// let (client, events) = Client::start_on(runtime, "ws://127.0.0.1:8080", Options::guest("ana"))?;
    /// # Ok(()) }
    /// ```
    pub fn start_on<R: Runtime>(
        runtime: R,
        url: &str,
        options: Options,
    ) -> Result<(Self, Events), ConnectError> {
        Self::run(runtime, url, options, None)
    }

    fn run<R: Runtime>(
        runtime: R,
        url: &str,
        options: Options,
        first: Option<oneshot::Sender<Result<(), Trouble>>>,
    ) -> Result<(Self, Events), ConnectError> {
        let address = Address::parse(url)?;
        options.check()?;
        let shared = Shared::new(Core::new(&options, fastrand::u64(..), first));
        driver::start(runtime, address, &options, Arc::clone(&shared))?;
        let events = Events { shared: Arc::clone(&shared), ended: false };
        Ok((Self { handle: Arc::new(Handle { shared }) }, events))
    }

    /// Says something in a room that was joined. It is queued at once, in the order of the calls,
    /// and said when there is a connection; see [`Sending`].
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::SendError> {
    /// let sent = client.send("lobby", "hello").await?;
    /// # Ok(()) }
    /// ```
    pub fn send(&self, room: &str, text: &str) -> Sending {
        self.send_as(room, Kind::Text, text, None)
    }

    /// Says something of a kind, or again under the `cid` of an earlier attempt (of this program,
    /// or of one before with the same token): the server then gives the first answer, and says it
    /// once.
    ///
    /// ```no_run
    /// # use throng_client::{Cid, Client, Kind};
    /// # async fn example(client: Client, cid: Cid) -> Result<(), throng_client::SendError> {
    /// client.send_as("lobby", Kind::Action, "waves", None).await?;
    /// let sent = client.send_as("lobby", Kind::Text, "hello", Some(cid)).await?;
    /// println!("{}", if sent.dup { "it was there already" } else { "said now" });
    /// # Ok(()) }
    /// ```
    pub fn send_as(&self, room: &str, kind: Kind, text: &str, cid: Option<Cid>) -> Sending {
        let cid = cid.unwrap_or_else(|| Cid::Uuid(uuid::Uuid::now_v7()));
        let (to, answer) = oneshot::channel();
        match RoomName::parse(trim(room)) {
            Ok(room) => self.with(|core, now| core.send(now, room, kind, text.to_owned(), cid, to)),
            Err(bad) => drop(to.send(Err(SendError::BadRoom(bad)))),
        }
        Sending { cid, answer, _handle: Arc::clone(&self.handle) }
    }

    /// Gives a send up: it is not tried again, and its [`Sending`] gets [`SendError::GaveUp`],
    /// which tells whether it may have been said. `false`: it was answered already.
    ///
    /// ```no_run
    /// # fn example(client: throng_client::Client) {
    /// let sending = client.send("lobby", "hello");
    /// let recalled = client.give_up(sending.cid());
    /// # }
    /// ```
    pub fn give_up(&self, cid: Cid) -> bool {
        self.with(|core, now| core.give_up(now, cid))
    }

    /// Joins a room and shows its latest page. From now on it is resumed by itself after every
    /// reconnect, until it is left. A room that is joined already is read on from its cursor.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::AskError> {
    /// client.join("lobby").await?;
    /// # Ok(()) }
    /// ```
    pub fn join(&self, room: &str) -> Asking<Joined> {
        self.join_from(room, None)
    }

    /// Joins a room and reads on after a cursor that was kept.
    ///
    /// ```no_run
    /// # use throng_client::{Client, Cursor};
    /// # async fn example(client: Client, kept: Cursor) -> Result<(), throng_client::AskError> {
    /// client.join_after("lobby", kept).await?;
    /// # Ok(()) }
    /// ```
    pub fn join_after(&self, room: &str, cursor: Cursor) -> Asking<Joined> {
        self.join_from(room, Some(cursor))
    }

    fn join_from(&self, room: &str, cursor: Option<Cursor>) -> Asking<Joined> {
        self.about(room, |core, now, room, to| core.join(now, room, cursor, to))
    }

    /// Leaves a room, after the sends to it that wait have been answered.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::AskError> {
    /// client.leave("lobby").await?;
    /// # Ok(()) }
    /// ```
    pub fn leave(&self, room: &str) -> Asking<()> {
        self.about(room, |core, now, room, to| core.leave(now, room, to))
    }

    /// A page of a room's log, of at most `limit` messages. It moves no cursor and brings no
    /// events.
    ///
    /// ```no_run
    /// # use throng_client::{Client, Range};
    /// # async fn example(client: Client) -> Result<(), throng_client::AskError> {
    /// let page = client.history("lobby", Range::Latest, 50).await?;
    /// let older = page.events.first().map(|oldest| Range::Before(oldest.seq));
    /// # Ok(()) }
    /// ```
    pub fn history(&self, room: &str, range: Range, limit: u32) -> Asking<Page> {
        self.about(room, |core, now, room, to| {
            let mut history = History {
                room: room.to_string(),
                before: None,
                after: None,
                around: None,
                limit: Some(limit.into()),
            };
            match range {
                Range::Latest => {}
                Range::Before(seq) => history.before = Some(seq),
                Range::After(seq) => history.after = Some(seq),
                Range::Around(seq) => history.around = Some(seq),
            }
            core.ask(now, Some(room), Command::History(history), Answer::Page(to));
        })
    }

    /// Who is in a room: a count and a sample, or everybody where they are few.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::AskError> {
    /// println!("{}", client.members("lobby").await?.members.count);
    /// # Ok(()) }
    /// ```
    pub fn members(&self, room: &str) -> Asking<MembersPage> {
        self.about(room, |core, now, room, to| {
            let command = Command::Members(ListMembers { room: room.to_string() });
            core.ask(now, Some(room), command, Answer::Members(to));
        })
    }

    /// The public rooms, page by page; see [`RoomsQuery`].
    ///
    /// ```no_run
    /// # use throng_client::{Client, RoomsQuery};
    /// # async fn example(client: Client) -> Result<(), throng_client::AskError> {
    /// let page = client.rooms(RoomsQuery::default()).await?;
    /// # Ok(()) }
    /// ```
    pub fn rooms(&self, query: RoomsQuery) -> Asking<RoomsPage> {
        let command = Command::Rooms(ListRooms {
            query: query.query,
            after: query.after,
            limit: query.limit,
        });
        self.asking(|core, now, to| core.ask(now, None, command, Answer::Rooms(to)))
    }

    /// Changes the nick, in all rooms.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::AskError> {
    /// let me = client.rename("ana-maria").await?;
    /// # Ok(()) }
    /// ```
    pub fn rename(&self, nick: &str) -> Asking<User> {
        self.asking(|core, now, to| match Nick::parse(nick) {
            Ok(nick) => {
                let command = Command::Nick(NickChange { nick: nick.to_string() });
                core.ask(now, None, command, Answer::Nick(to));
            }
            Err(bad) => drop(to.send(Err(AskError::BadName(bad)))),
        })
    }

    /// Tells a room that the person is writing. Call it with every key: it is said at most every
    /// three seconds, and not at all where it would not arrive at once.
    ///
    /// ```no_run
    /// # fn example(client: throng_client::Client) {
    /// client.typing("lobby");
    /// # }
    /// ```
    pub fn typing(&self, room: &str) {
        if let Ok(room) = RoomName::parse(trim(room)) {
            self.with(|core, now| core.typing(now, &room));
        }
    }

    /// Who we are, since the first greeting.
    ///
    /// ```no_run
    /// # fn example(client: throng_client::Client) {
    /// let nick = client.me().map(|me| me.nick);
    /// # }
    /// ```
    pub fn me(&self) -> Option<User> {
        self.handle.shared.look(|core| core.me().cloned())
    }

    /// The token to come back with as the same person, the newest that the server gave. It is
    /// secret: who has it is this person. It changes with every greeting and every new nick.
    ///
    /// ```no_run
    /// # fn example(client: throng_client::Client) {
    /// let options = client.token().map(throng_client::Options::token);
    /// # }
    /// ```
    pub fn token(&self) -> Option<String> {
        self.handle.shared.look(|core| core.token().map(str::to_owned))
    }

    /// How the connection is now.
    ///
    /// ```no_run
    /// # fn example(client: throng_client::Client) {
    /// println!("{}", client.state());
    /// # }
    /// ```
    pub fn state(&self) -> State {
        self.handle.shared.look(|core| core.state().clone())
    }

    /// What the server allows, since the first greeting.
    ///
    /// ```no_run
    /// # fn example(client: throng_client::Client) {
    /// let longest = client.limits().map(|limits| limits.text_bytes);
    /// # }
    /// ```
    pub fn limits(&self) -> Option<Limits> {
        self.handle.shared.look(|core| core.limits().cloned())
    }

    /// How far a room has been read: up to the last message that was put into the queue of
    /// [`Events`]. Who keeps cursors over the end of the program takes them from the messages that
    /// it has worked off: this one may be ahead of them.
    ///
    /// ```no_run
    /// # fn example(client: throng_client::Client) {
    /// let cursor = client.cursor("lobby");
    /// # }
    /// ```
    pub fn cursor(&self, room: &str) -> Option<Cursor> {
        let room = RoomName::parse(trim(room)).ok()?;
        self.handle.shared.look(|core| core.cursor(&room))
    }

    /// Says `bye`, and waits until the connection is gone, five seconds at most. Sends that
    /// are under way may still get their answers; the others get [`SendError::Closed`].
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) {
    /// client.close().await;
    /// # }
    /// ```
    pub async fn close(&self) {
        let (to, gone) = oneshot::channel();
        self.with(|core, now| core.close(now, Some(to)));
        // An error means the same: nobody is there any more who could close.
        let _ = gone.await;
    }

    fn with<T>(&self, turn: impl FnOnce(&mut Core, std::time::Duration) -> T) -> T {
        self.handle.shared.with(turn)
    }

    fn asking<T>(
        &self,
        ask: impl FnOnce(&mut Core, std::time::Duration, oneshot::Sender<Result<T, AskError>>),
    ) -> Asking<T> {
        let (to, answer) = oneshot::channel();
        self.with(|core, now| ask(core, now, to));
        Asking { answer, _handle: Arc::clone(&self.handle) }
    }

    fn about<T>(
        &self,
        room: &str,
        ask: impl FnOnce(&mut Core, std::time::Duration, RoomName, oneshot::Sender<Result<T, AskError>>),
    ) -> Asking<T> {
        self.asking(|core, now, to| match RoomName::parse(trim(room)) {
            Ok(room) => ask(core, now, room, to),
            Err(bad) => drop(to.send(Err(AskError::BadName(bad)))),
        })
    }
}

/// A leading `#` is not part of a name, but people write it.
fn trim(room: &str) -> &str {
    room.strip_prefix('#').unwrap_or(room)
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("state", &self.state()).finish_non_exhaustive()
    }
}
