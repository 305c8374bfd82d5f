//! One stranger of a flood: a connection, its state, and when it sends next.

use std::io;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use throng_protocol::{Command, Hello, Join, Kind, Send};

use super::Count;
use crate::lone_connection::{Endpoint, LoneConnection};
use crate::poller::Ready;

/// How long a stranger stays away after it was closed or not let in.
const AWAY: Duration = Duration::from_secs(1);

/// The most bytes that may wait for the socket; with more, the next text is skipped.
const OUT_MAX: usize = 64 * 1024;

/// The ids of its first two requests; sends have all higher ones.
const HELLO: u64 = 1;
const JOIN: u64 = 2;
const SENDS: u64 = 3;

pub(super) struct Stranger {
    connection: LoneConnection,
    stage: Stage,
    /// When to connect, or to send.
    next: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Coming,
    Greeting,
    Greeted,
    Joining,
    Joined,
    Refused,
}

impl Stranger {
    pub(super) fn new(token: u64) -> Self {
        let connection = LoneConnection::new(token);
        Self { connection, stage: Stage::Coming, next: Instant::now() }
    }

    pub(super) fn has_joined(&self) -> bool {
        self.stage == Stage::Joined
    }

    pub(super) fn is_due_to_come(&self, now: Instant) -> bool {
        self.connection.is_away() && self.next <= now
    }

    pub(super) fn is_due_to_speak(&self, now: Instant) -> bool {
        self.has_joined() && self.next <= now && self.connection.bytes_waiting() < OUT_MAX
    }

    pub(super) fn go_away(&mut self, now: Instant) {
        self.connection.leave();
        (self.stage, self.next) = (Stage::Coming, now + AWAY);
    }

    pub(super) fn come(&mut self, endpoint: &Endpoint) -> io::Result<()> {
        self.connection.come(endpoint, None)
    }

    /// Sends a text.
    ///
    /// # Errors
    /// When the connection has failed.
    pub(super) fn speak(
        &mut self,
        endpoint: &Endpoint,
        room: &str,
        text: String,
        number: u64,
        next: Instant,
    ) -> io::Result<()> {
        let millis = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let millis = u64::try_from(millis).unwrap_or(0);
        let tail = fastrand::u128(..).to_ne_bytes();
        let tail = tail.first_chunk().unwrap_or(&[0; 10]);
        let cid = uuid::Builder::from_unix_timestamp_millis(millis, tail).into_uuid().to_string();
        let send = Send { room: room.to_owned(), cid, kind: Kind::Text, text };
        self.connection.ask(SENDS + number, Command::Send(send));
        self.next = next;
        self.connection.flush(endpoint)
    }

    /// Does what the socket is ready for, counts the answers, and takes the next step into the room.
    ///
    /// # Errors
    /// When the connection has ended, or the server did not let it in.
    pub(super) fn ready(
        &mut self,
        event: Ready,
        endpoint: &Endpoint,
        nick: &str,
        room: &str,
        count: &mut Count,
    ) -> io::Result<()> {
        let stage = &mut self.stage;
        self.connection.ready(event, endpoint, |text| *stage = stage.after(text, count))?;
        match self.stage {
            Stage::Coming if self.connection.is_open() => {
                let hello = Hello { nick: Some(nick.to_owned()), ..Hello::default() };
                self.connection.ask(HELLO, Command::Hello(hello));
                self.stage = Stage::Greeting;
            }
            Stage::Greeted => {
                let room = room.to_owned();
                let join = Join { room, epoch: None, after: None, limit: Some(0) };
                self.connection.ask(JOIN, Command::Join(join));
                self.stage = Stage::Joining;
            }
            Stage::Refused => return Err(io::ErrorKind::PermissionDenied.into()),
            _ => return Ok(()),
        }
        self.connection.flush(endpoint)
    }
}

impl Stage {
    /// Answers lead to the next stage, or are counted; everything else is ignored.
    fn after(self, text: &[u8], count: &mut Count) -> Self {
        let ok = text.starts_with(b"{\"type\":\"ok\"");
        let error = text.starts_with(b"{\"type\":\"error\"");
        match self {
            Self::Greeting if ok => Self::Greeted,
            Self::Joining if ok => Self::Joined,
            Self::Greeting | Self::Joining if error => Self::Refused,
            Self::Joined => {
                count.accepted += u64::from(ok);
                count.refused += u64::from(error);
                self
            }
            _ => self,
        }
    }
}
