//! A session: what one client may do, from its hello to its end.
//!
//! One task per connection, one exit path: leave, flush, close. The connection feeds it with
//! messages; it feeds rooms with commands. Answers and events go from there straight into the
//! outbox, which this task drives whenever it runs.

use std::future::Future;
use std::sync::Arc;
use std::task::Poll;

use async_tungstenite::tungstenite::Utf8Bytes;
use futures::future::poll_fn;
use throng_protocol::{Command, ErrorCode, Fold, Request};
use tracing::debug;

use crate::admission::Place;
use crate::clock;
use crate::connection::reader::{Incoming, Reader};
use crate::metrics;
use crate::outbox::{Alarm, Driven, Outbox, Refusal, Ticket};
use crate::people::Person;
use crate::rate::Used;
use crate::room::{Handle, Visit};
use crate::server::Server;

mod end;
mod hello;
mod speak;
mod visit;

pub(crate) use end::SessionEnd;

/// The largest message before the hello: a token has about 250 bytes.
const HELLO_BYTES_MAX: usize = 4 * 1024;

/// What is reserved for an answer without a page. The longest is an `error` that quotes a name.
pub(crate) const ANSWER_BYTES: usize = 768;

/// After so many refusals one after another the client is not listening, and is closed.
const REFUSALS_MAX: u32 = 100;

/// How many commands are taken before others may go on.
const COMMANDS_AT_ONCE: u32 = 16;

/// One client.
pub(crate) struct Session {
    server: Arc<Server>,
    outbox: Arc<Outbox>,
    reader: Reader,
    place: Place,
    /// Nobody, before the hello.
    person: Option<Arc<Person>>,
    rooms: Vec<Joined>,
    joins: u64,
    commands: Used,
    refusals: u32,
}

/// A room that the client has joined. Dropping it leaves the room.
struct Joined {
    room: Arc<Handle>,
    /// The last join that the room was given.
    visit: Visit,
    /// The `leave` that is answered with it.
    ticket: Option<Box<Ticket>>,
}

impl Drop for Joined {
    fn drop(&mut self) {
        self.room.leave(self.visit, self.ticket.take().map(|ticket| *ticket));
    }
}

impl Session {
    /// Boxed, since a future holds what is moved into it twice, and there are ten thousand.
    pub(crate) fn new(server: Arc<Server>, outbox: Arc<Outbox>, place: Place) -> Box<Self> {
        let reader = Reader::new(server.rates.small_frames);
        Box::new(Self {
            server,
            outbox,
            reader,
            place,
            person: None,
            rooms: Vec::new(),
            joins: 0,
            commands: Used::default(),
            refusals: 0,
        })
    }

    /// Serves the client until one of both ends it. `early` is what came with the handshake.
    pub(crate) async fn run(mut self: Box<Self>, early: Vec<u8>) {
        self.server.wheel.watch(&self.outbox);
        if self.server.drain.has_begun() {
            self.outbox.alarm(Alarm::Drain);
        }
        let end = self.serve(early).await;
        // Boxed, so that the states of an ending take no room in ten thousand idle tasks.
        Box::pin(self.end(end)).await;
    }

    async fn serve(&mut self, early: Vec<u8>) -> SessionEnd {
        let bytes_max = self.server.config.frame_bytes_max;
        if let Err(end) = self.reader.begin(&early, &self.outbox, bytes_max) {
            return end.into();
        }
        drop(early);
        let mut taken = 0_u32;
        loop {
            let incoming = match self.next().await {
                Ok(incoming) => incoming,
                Err(end) => return end,
            };
            if let Err(end) = Box::pin(self.take(incoming)).await {
                return end;
            }
            taken += 1;
            if taken.is_multiple_of(COMMANDS_AT_ONCE) {
                crate::tasks::yield_now().await;
            }
        }
    }

    /// Waits for the client's next message, and drives the outbox meanwhile.
    async fn next(&mut self) -> Result<Incoming, SessionEnd> {
        poll_fn(|cx| {
            let driven = self.outbox.drive(cx).map_err(SessionEnd::Broken)?;
            if driven.renamed {
                self.tell_nick();
            }
            if driven.alarm == Some(Alarm::Drain) && self.server.drain.has_lasted(end::FLUSH) {
                return Poll::Ready(Err(SessionEnd::Drained));
            }
            match self.reader.poll_next(cx, &self.outbox, self.server.config.frame_bytes_max) {
                Poll::Ready(Ok(incoming)) => Poll::Ready(Ok(incoming)),
                Poll::Ready(Err(end)) => Poll::Ready(Err(end.into())),
                Poll::Pending => {
                    self.judge(driven).map_or(Poll::Pending, |end| Poll::Ready(Err(end)))
                }
            }
        })
        .await
    }

    /// What an alarm means, now that everything the client sent has been read.
    fn judge(&self, driven: Driven) -> Option<SessionEnd> {
        let alarm = driven.alarm?;
        if alarm == Alarm::Drain {
            return Some(SessionEnd::Drained);
        }
        match self.server.wheel.alarm_for(&self.outbox) {
            Some(Alarm::Silent) if self.person.is_none() => Some(SessionEnd::HelloLate),
            Some(Alarm::Silent) => Some(SessionEnd::Silent),
            Some(Alarm::Stalled) => Some(SessionEnd::TooSlow),
            Some(Alarm::Drain) | None => {
                self.outbox.clear(alarm);
                None
            }
        }
    }

    /// Does one message.
    async fn take(&mut self, incoming: Incoming) -> Result<(), SessionEnd> {
        let request = match incoming {
            Incoming::Text(text) if self.person.is_none() && text.len() > HELLO_BYTES_MAX => {
                return Err(SessionEnd::TooBig(HELLO_BYTES_MAX));
            }
            Incoming::Text(text) => parse(&text),
            Incoming::Binary => Err((
                None,
                Refusal::new(ErrorCode::NotText, "commands are JSON in text frames, not binary"),
            )),
        };
        let (request, ticket) = match request {
            Ok(request) => {
                let bytes = self.answer_bytes(&request.command);
                let ticket = self.ticket(Some(request.id), bytes).await?;
                if bytes > ANSWER_BYTES && !self.outbox.has_room_for(bytes) {
                    let message = "the server holds as much as it may for slow readers; try again";
                    let refusal = Refusal::later(ErrorCode::Busy, message, 2_000);
                    return self.refuse(ticket, &refusal);
                }
                (request, ticket)
            }
            Err((id, refusal)) => {
                let ticket = self.ticket(id, ANSWER_BYTES).await?;
                return self.refuse_at_a_rate(ticket, refusal);
            }
        };
        let command = request.command.name();
        self.server.metrics.commands.get_or_create(&metrics::Command { command }).inc();
        // Sends have a rate of their own, which is judged after the search for a duplicate.
        if !matches!(request.command, Command::Send(_))
            && let Err(refusal) = self.take_command()
        {
            return self.refuse(ticket, &refusal);
        }
        self.obey(request, ticket).await
    }

    async fn obey(&mut self, request: Request, ticket: Ticket) -> Result<(), SessionEnd> {
        let Some(person) = self.person.clone() else {
            return match request.command {
                Command::Hello(hello) => self.hello(hello, ticket).await,
                Command::Bye(_) => self.bye(ticket).await,
                _ => {
                    let message = "the first command is `hello`, with a nick or a token";
                    self.refuse(ticket, &Refusal::new(ErrorCode::HelloFirst, message))
                }
            };
        };
        match request.command {
            Command::Hello(_) => {
                let message = "you have said hello; `nick` changes the nick";
                self.refuse(ticket, &Refusal::new(ErrorCode::HelloTwice, message))
            }
            Command::Nick(change) => self.nick(&person, &change, ticket),
            Command::Rooms(list) => self.rooms(&list, ticket),
            Command::Join(join) => self.join(&person, join, ticket).await,
            Command::Leave(leave) => self.leave(&leave, ticket),
            Command::Send(send) => self.send(&person, send, ticket).await,
            Command::History(history) => self.history(&history, ticket).await,
            Command::Members(list) => self.members(&list, ticket).await,
            Command::Typing(typing) => self.typing(&typing, ticket).await,
            Command::Ping(_) => self.agree(ticket, &()),
            Command::Bye(_) => self.bye(ticket).await,
        }
    }

    /// Waits until there is room for the answer, so that a client that reads no answers can't make
    /// the server keep them: its commands wait in its own socket.
    async fn ticket(&mut self, id: Option<u64>, bytes: usize) -> Result<Ticket, SessionEnd> {
        let outbox = Arc::clone(&self.outbox);
        self.driving(outbox.ticket(id, bytes)).await
    }

    /// Drives the outbox while something else is waited for. A client that takes nothing is not
    /// waited for longer than a write may stall.
    async fn driving<T>(&self, work: impl Future<Output = T>) -> Result<T, SessionEnd> {
        let mut work = std::pin::pin!(work);
        poll_fn(|cx| {
            let driven = self.outbox.drive(cx).map_err(SessionEnd::Broken)?;
            if driven.renamed {
                self.tell_nick();
            }
            if let Poll::Ready(done) = work.as_mut().poll(cx) {
                return Poll::Ready(Ok(done));
            }
            match driven.alarm {
                Some(Alarm::Drain) if self.server.drain.has_lasted(end::FLUSH) => {
                    Poll::Ready(Err(SessionEnd::Drained))
                }
                Some(_) if self.server.wheel.alarm_for(&self.outbox) == Some(Alarm::Stalled) => {
                    Poll::Ready(Err(SessionEnd::TooSlow))
                }
                _ => Poll::Pending,
            }
        })
        .await
    }

    fn agree<T: serde::Serialize>(&mut self, ticket: Ticket, body: &T) -> Result<(), SessionEnd> {
        self.refusals = 0;
        ticket.ok(body);
        Ok(())
    }

    /// Refuses a command, and ends the session of a client that gets nothing but refusals.
    fn refuse(&mut self, ticket: Ticket, refusal: &Refusal) -> Result<(), SessionEnd> {
        debug!(session = self.outbox.id(), code = ?refusal.code, "refused: {}", refusal.message);
        ticket.refuse(refusal);
        self.count_refusal()
    }

    /// Refuses what is malformed. It counts as a command: it never reaches another rate.
    fn refuse_at_a_rate(&mut self, ticket: Ticket, refusal: Refusal) -> Result<(), SessionEnd> {
        let refusal = self.take_command().err().unwrap_or(refusal);
        self.refuse(ticket, &refusal)
    }

    fn count_refusal(&mut self) -> Result<(), SessionEnd> {
        self.refusals += 1;
        if self.refusals >= REFUSALS_MAX && !self.place.is_trusted() {
            return Err(SessionEnd::Flooding);
        }
        Ok(())
    }

    /// Counts a command against the session's rate.
    fn take_command(&mut self) -> Result<(), Refusal> {
        if self.place.is_trusted() {
            return Ok(());
        }
        self.commands.take(self.server.rates.commands, clock::now_ms()).map_err(|retry_ms| {
            Refusal::later(ErrorCode::RateLimited, "too many commands in a short time", retry_ms)
        })
    }

    fn answer_bytes(&self, command: &Command) -> usize {
        match command {
            Command::Join(_) | Command::History(_) | Command::Members(_) | Command::Rooms(_) => {
                self.server.config.page_bytes_max + ANSWER_BYTES
            }
            _ => ANSWER_BYTES,
        }
    }

    fn joined(&self, fold: &Fold) -> Option<usize> {
        self.rooms.iter().position(|joined| joined.room.fold() == fold)
    }
}

fn parse(text: &Utf8Bytes) -> Result<Request, (Option<u64>, Refusal)> {
    Request::parse(text).map_err(|bad| (bad.id, Refusal::new(bad.code, bad.message)))
}
