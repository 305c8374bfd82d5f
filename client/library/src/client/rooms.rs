//! What is asked about a room: to join it, to say something in it, to read it.

use std::sync::Arc;
use std::time::Duration;

use futures::channel::oneshot;
use throng_protocol::{
    Cid, Command, History, Kind, ListMembers, LogEntry, MembersPage, Page, RoomRef, SearchOk,
};

use super::Client;
use crate::core::{Answer, Core, Speech};
use crate::error::{RequestError, SendError};
use crate::event::{Cursor, Joined, Range};
use crate::pending::{PendingRequest, Sending};
use crate::room::AsRoom;
use crate::search::Search;

impl Client {
    /// Says something in a room that was joined. It is queued at once, in the order of the calls,
    /// and said when there is a connection; see [`Sending`].
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::SendError> {
    /// let sent = client.send("lobby", "hello").await?;
    /// # Ok(()) }
    /// ```
    pub fn send(&self, room: impl AsRoom, text: &str) -> Sending {
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
    pub fn send_as(&self, room: impl AsRoom, kind: Kind, text: &str, cid: Option<Cid>) -> Sending {
        self.say(&room, Speech::Message(kind), text, cid)
    }

    /// Replaces the text of a message of our own. It is queued among the sends to the room, and tried again as they
    /// are; the answer is the place of the entry that says so.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::SendError> {
    /// let said = client.send("lobby", "helo").await?;
    /// client.edit("lobby", said.seq, "hello").await?;
    /// # Ok(()) }
    /// ```
    pub fn edit(&self, room: impl AsRoom, seq: u64, text: &str) -> Sending {
        self.say(&room, Speech::Edit(seq), text, None)
    }

    /// Finds messages by their words in all rooms that we may read, the newest first: see [`Search`].
    pub fn search(&self, search: Search) -> PendingRequest<SearchOk> {
        self.getting(search.into_command().map(Command::Search), Answer::Found)
    }

    fn say(&self, room: &impl AsRoom, speech: Speech, text: &str, cid: Option<Cid>) -> Sending {
        let cid = cid.unwrap_or_else(|| Cid::Uuid(uuid::Uuid::now_v7()));
        let (to, answer) = oneshot::channel();
        match room.as_room() {
            Ok(room) => {
                self.with(|core, now| core.send(now, room, speech, text.to_owned(), cid, to))
            }
            Err(bad) => drop(to.send(Err(SendError::BadRoom(bad)))),
        }
        Sending { cid, answer, _handle: Arc::clone(&self.handle) }
    }

    /// Gives a send up: it is not tried again, and its [`Sending`] gets [`SendError::GaveUp`],
    /// which says whether it may have been sent. Returns `false` if it was answered already.
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
    /// reconnect, until it is left. A room that is joined already is read on from its cursor, under
    /// whatever name: two spellings, or a name and the id, are one room.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.join("lobby").await?;
    /// # Ok(()) }
    /// ```
    pub fn join(&self, room: impl AsRoom) -> PendingRequest<Joined> {
        self.join_from(room, None)
    }

    /// Joins a room and reads on after a cursor that was kept.
    ///
    /// ```no_run
    /// # use throng_client::{Client, Cursor};
    /// # async fn example(client: Client, kept: Cursor) -> Result<(), throng_client::RequestError> {
    /// client.join_after("lobby", kept).await?;
    /// # Ok(()) }
    /// ```
    pub fn join_after(&self, room: impl AsRoom, cursor: Cursor) -> PendingRequest<Joined> {
        self.join_from(room, Some(cursor))
    }

    fn join_from(&self, room: impl AsRoom, cursor: Option<Cursor>) -> PendingRequest<Joined> {
        self.about(room, |core, now, room, to| core.join(now, room, cursor, to))
    }

    /// Leaves a room, after the sends to it that wait have been answered.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.leave("lobby").await?;
    /// # Ok(()) }
    /// ```
    pub fn leave(&self, room: impl AsRoom) -> PendingRequest<()> {
        self.about(room, |core, now, room, to| core.leave(now, room, to))
    }

    /// A page of a room's log, of at most `limit` messages. It moves no cursor and brings no
    /// events.
    ///
    /// ```no_run
    /// # use throng_client::{Client, Range};
    /// # async fn example(client: Client) -> Result<(), throng_client::RequestError> {
    /// let page = client.history("lobby", Range::Latest, 50).await?;
    /// let older = page.events.first().map(|oldest| Range::Before(oldest.seq));
    /// # Ok(()) }
    /// ```
    pub fn history(&self, room: impl AsRoom, range: Range, limit: u32) -> PendingRequest<Page> {
        self.about(room, |core, now, room, to| {
            let command = page(&room, range, limit);
            core.ask(now, Some(room), command, Answer::Page(to));
        })
    }

    /// The same page with what this version does not understand of it: for those who count which
    /// seqs they have.
    ///
    /// ```no_run
    /// # use throng_client::{Client, Range};
    /// # async fn example(client: Client) -> Result<(), throng_client::RequestError> {
    /// let page = client.entries("lobby", Range::Latest, 50).await?;
    /// let oldest = page.events.first().map(|entry| entry.seq());
    /// # Ok(()) }
    /// ```
    pub fn entries(
        &self,
        room: impl AsRoom,
        range: Range,
        limit: u32,
    ) -> PendingRequest<Page<LogEntry>> {
        self.about(room, |core, now, room, to| {
            let command = page(&room, range, limit);
            core.ask(now, Some(room), command, Answer::Entries(to));
        })
    }

    /// Who is in a room: a count and a sample, or everybody where they are few.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// println!("{}", client.members("lobby").await?.members.count);
    /// # Ok(()) }
    /// ```
    pub fn members(&self, room: impl AsRoom) -> PendingRequest<MembersPage> {
        self.about(room, |core, now, room, to| {
            let command = Command::Members(ListMembers { room: room.to_string() });
            core.ask(now, Some(room), command, Answer::Members(to));
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
    pub fn typing(&self, room: impl AsRoom) {
        if let Ok(room) = room.as_room() {
            self.with(|core, now| core.typing(now, &room));
        }
    }

    /// How far a room has been read: up to the last message that was put into the queue of
    /// [`Events`](crate::Events). Who keeps cursors over the end of the program takes them from the messages that
    /// it has worked off: this one may be ahead of them.
    ///
    /// ```no_run
    /// # fn example(client: throng_client::Client) {
    /// let cursor = client.cursor("lobby");
    /// # }
    /// ```
    pub fn cursor(&self, room: impl AsRoom) -> Option<Cursor> {
        let room = room.as_room().ok()?;
        self.handle.shared.look(|core| core.cursor(&room))
    }

    fn about<T>(
        &self,
        room: impl AsRoom,
        ask: impl FnOnce(&mut Core, Duration, RoomRef, oneshot::Sender<Result<T, RequestError>>),
    ) -> PendingRequest<T> {
        self.asking(|core, now, to| match room.as_room() {
            Ok(room) => ask(core, now, room, to),
            Err(bad) => drop(to.send(Err(RequestError::BadName(bad)))),
        })
    }
}

/// The command that asks for a page.
fn page(room: &RoomRef, range: Range, limit: u32) -> Command {
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
    Command::History(history)
}
