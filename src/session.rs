//! A session: the commands of one client, from its hello to its end.
//!
//! One task per connection, one exit path: leave, flush, close. The connection passes messages to it, and it
//! passes commands to rooms. From there, answers and events go straight to the peer, which this task drives
//! whenever it runs.

use std::future::Future;
use std::sync::Arc;

use throng_protocol::{ErrorCode, PresenceChanged, Refusal, RoleChanged, RoomRef};
use throng_room::JoinId;

use crate::base::rate_limit::Used;
use crate::base::tasks::{Kind, Name, yield_now};
use crate::connection::{Connection, ConnectionEnd, Incoming};
use crate::delivery::peer::{Driven, Peer};
use crate::delivery::ticket::Ticket;
use crate::identity::bots::Bot;
use crate::identity::guests::outside::VouchedSession;
use crate::identity::people::Person;
use crate::identity::totp::Secret;
use crate::rooms::handle::Handle;
use crate::server::Server;
use crate::wire::codec;

mod account;
mod bots;
pub(crate) mod dispatch;
mod end;
mod groups;
mod hello;
mod membership;
mod moderation;
mod peace;
mod profiles;
mod refresh;
mod rooms;
mod search;
mod send;
#[cfg(test)]
mod tests;
mod who_am_i;

/// How many commands are processed before other tasks run.
const COMMANDS_AT_ONCE: u32 = 16;

/// One client.
pub(crate) struct Session {
    connection: Connection,
    /// `None` before the hello.
    person: Option<Arc<Person>>,
    /// What it is beside a person, if it is a bot.
    bot: Option<Arc<Bot>>,
    rooms: Vec<Joined>,
    joins: u64,
    commands: Used,
    refusals: u32,
    /// What the client called itself in its hello.
    device: Option<Box<str>>,
    /// The token in the page's cookie, until the hello.
    cookie: Option<Box<str>>,
    /// The secret of a second factor that is to be turned on.
    offered_secret: Option<Box<Secret>>,
    /// How long the session lasts, if an issuer outside vouches for it.
    vouched: Option<Box<VouchedSession>>,
}

/// A room that the client has joined. Dropping this leaves the room.
struct Joined {
    room: Arc<Handle>,
    /// The last join that was sent to the room.
    join_id: JoinId,
    /// The `leave` command to be answered when it is dropped.
    ticket: Option<Box<Ticket>>,
}

impl Drop for Joined {
    fn drop(&mut self) {
        self.room.leave(self.join_id, self.ticket.take().map(|ticket| *ticket));
    }
}

impl Session {
    /// Boxed, since a future holds a value that is moved into it twice, and there are ten thousand.
    ///
    /// `cookie`: the token in the cookie of the page that connects.
    pub(crate) fn new(connection: Connection, cookie: Option<Box<str>>) -> Box<Self> {
        Box::new(Self {
            connection,
            person: None,
            bot: None,
            rooms: Vec::new(),
            joins: 0,
            commands: Used::default(),
            refusals: 0,
            device: None,
            cookie,
            offered_secret: None,
            vouched: None,
        })
    }

    /// Serves the client until one of the two sides ends it. `early` has the bytes that came with the
    /// handshake.
    pub(crate) async fn run(mut self: Box<Self>, early: Vec<u8>) {
        let end = self.serve(early).await;
        // Boxed, so that the states of an ending take no memory in ten thousand idle tasks.
        Box::pin(self.end(end)).await;
    }

    async fn serve(&mut self, early: Vec<u8>) -> ConnectionEnd {
        if let Err(end) = self.connection.begin(early) {
            return end;
        }
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
                yield_now().await;
            }
        }
    }

    /// Waits for the client's next message.
    async fn next(&mut self) -> Result<Incoming, ConnectionEnd> {
        let (person, rooms) = (&self.person, &self.rooms);
        self.connection
            .next(|server, peer, driven| tell(server, peer, person.as_deref(), rooms, driven))
            .await
    }

    /// Waits until there is room for the answer.
    async fn ticket(&self, id: Option<u64>, bytes: usize) -> Result<Ticket, ConnectionEnd> {
        let (person, rooms) = (&self.person, &self.rooms);
        self.connection
            .ticket(id, bytes, |server, peer, driven| {
                tell(server, peer, person.as_deref(), rooms, driven)
            })
            .await
    }

    /// Drives the peer while waiting for something else.
    async fn driving<T>(&self, work: impl Future<Output = T>) -> Result<T, ConnectionEnd> {
        let (person, rooms) = (&self.person, &self.rooms);
        self.connection
            .driving(work, |server, peer, driven| {
                tell(server, peer, person.as_deref(), rooms, driven)
            })
            .await
    }

    /// Does something that must not be left half done when the client goes away: what is on disk would not be in
    /// force.
    async fn whole<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Refusal>> + Send + 'static,
    ) -> Result<Result<T, Refusal>, ConnectionEnd> {
        let name = Name::numbered(Kind::Answer, self.connection.peer.id());
        let done = self.driving(self.connection.server.tasks.whole(name, work)).await?;
        Ok(done.unwrap_or_else(|| {
            Err(Refusal::new(ErrorCode::Internal, "the server failed at this, which it logged"))
        }))
    }

    /// The index of the client's membership of a room.
    fn joined(&self, room: &RoomRef) -> Option<usize> {
        let rooms = self.rooms.iter().enumerate();
        let live = rooms.filter(|(_, joined)| !joined.room.has_ended(joined.join_id));
        let mut live = live.map(|(at, joined)| (at, &joined.room));
        let found = match room {
            RoomRef::Id(id) => live.find(|(_, room)| room.id() == *id),
            RoomRef::Name(name) => {
                let fold = name.fold();
                // As the rooms are found (`Rooms::find`).
                live.filter(|(_, room)| room.is_called(&fold))
                    .min_by_key(|(_, room)| room.precedence())
            }
        };
        found.map(|(at, _)| at)
    }
}

/// Tells the session's rooms that its person has changed their nick or is there otherwise, and the client that they
/// have another role or presence. Before the hello there is nothing to tell: its answer says both.
fn tell(server: &Server, peer: &Peer, person: Option<&Person>, rooms: &[Joined], driven: Driven) {
    let Some(person) = person else { return };
    if driven.renamed {
        let nick = person.nick();
        for joined in rooms {
            joined.room.rename(person.id(), nick.as_str());
        }
    }
    if driven.has_new_presence {
        let presence = person.presence();
        for joined in rooms {
            joined.room.note_presence(joined.join_id.connection, presence);
        }
        peer.outbox.offer_event(&codec::event(&PresenceChanged { presence }));
    }
    if driven.has_new_role {
        let role = server.identity.role_of(person.id());
        // If it has no room, the client reads nothing, and the next hello says the role.
        peer.outbox.offer_event(&codec::event(&RoleChanged { role }));
    }
}
