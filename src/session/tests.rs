//! The rules of every command, over a transport in memory: a whole server in this process, without listeners,
//! HTTP and deadlines. Tests that need those are in `tests/blackbox`.

use std::future::poll_fn;
use std::io::{self, IoSlice, Read, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use async_std::task::block_on;
use support::client::Client;
use support::wire::Wire;
use throng_protocol::Command;

use crate::base::tasks::{Kind, Name};
use crate::connection::Connection;
use crate::delivery::pipe::{PipeEnd, pipe};
use crate::delivery::transport::Transport;
use crate::moderation::raid;
use crate::server::in_process::InProcess;
use crate::session::Session;

mod accounts;
mod bots;
mod deleting;
mod editing;
mod errors;
mod filters;
mod groups;
mod history;
mod hostile_commands;
mod ids;
mod jwt;
mod leaving_rooms;
mod moderation;
mod peace;
mod people;
mod presence;
mod private_rooms;
mod profiles;
mod raid_switch;
mod random_histories;
mod resume;
mod retry;
mod rooms;
mod search;
mod shadow;
mod talk;
mod who_am_i;

/// As much as a socket's buffers would hold.
const PIPE_BYTES: usize = 256 * 1024;

/// A server that has not been started.
struct Setup {
    flags: Vec<String>,
}

impl Setup {
    /// Adds flags.
    fn with(mut self, flags: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.flags.extend(flags.into_iter().map(|flag| flag.as_ref().to_owned()));
        self
    }

    fn start(self) -> Server {
        let server = InProcess::start(&self.flags);
        server.tasks.spawn(Name::service("raid switch"), raid::run(Arc::clone(&server)));
        server.tasks.spawn(Name::service("filter reports"), crate::peace::run(Arc::clone(&server)));
        Server(server)
    }
}

/// A server in this process.
struct Server(InProcess);

impl Server {
    /// Starts a server that trusts every address: no limits per address, no rate limits.
    fn start() -> Self {
        Self::setup().start()
    }

    /// The same with these flags, to be started by the caller.
    fn with(flags: impl IntoIterator<Item = impl AsRef<str>>) -> Setup {
        Self::setup().with(flags)
    }

    fn setup() -> Setup {
        Self::strict().with(["--trust", "127.0.0.0/8"])
    }

    /// A server that trusts no address, to be started by the caller.
    fn strict() -> Setup {
        Setup { flags: Vec::new() }
    }

    /// A connection that has not said hello.
    fn wire(&self) -> Wire {
        self.page(None)
    }

    /// The same of a page whose cookie has this token.
    fn page(&self, cookie: Option<&str>) -> Wire {
        let (near, far) = pipe(PIPE_BYTES);
        let number = self.0.number_connection();
        let mut slot = self.0.slots.take(IpAddr::V4(Ipv4Addr::LOCALHOST)).expect("a slot");
        slot.become_session().expect("a slot of a session");
        let connection = Connection::new(&self.0, number, Transport::Pipe(near), slot);
        let name = Name::numbered(Kind::Session, number);
        self.0.tasks.spawn(name, Session::new(connection, cookie.map(Box::from)).run(Vec::new()));
        Wire::over(Blocking(far))
    }

    /// A new person with this nick, greeted.
    fn guest(&self, nick: &str) -> Client {
        Client::guest(self.wire(), nick)
    }

    /// A person who was here before.
    fn known(&self, token: &str) -> Client {
        Client::known(self.wire(), token)
    }

    /// A new person with any nick.
    fn anybody(&self) -> Client {
        Client::anybody(self.wire())
    }
}

/// The far end of a pipe, for a client that blocks.
struct Blocking(PipeEnd);

impl Read for Blocking {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let reading = poll_fn(|cx| self.0.poll_read(cx, bytes));
        let patience = async_std::future::timeout(support::PATIENCE, reading);
        block_on(patience).unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl Write for Blocking {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let writing = poll_fn(|cx| self.0.poll_write(cx, &[IoSlice::new(bytes)]));
        let patience = async_std::future::timeout(support::PATIENCE, writing);
        block_on(patience).unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Asks for what must be done.
fn done(client: &mut Client, command: Command) {
    let _ = client.ask(command).unwrap_or_else(|fault| panic!("{fault:?}"));
}
