//! One connection of a storm of logins: from an address of its choice, one command at a time.

use std::io;
use std::net::Ipv4Addr;

use serde::Deserialize;
use throng_protocol::Command;

use crate::lone_connection::{Endpoint, LoneConnection};
use crate::poller::Ready;

/// What of an answer matters here.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Heard {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) code: String,
    #[serde(default)]
    pub(super) retry_ms: Option<u64>,
    #[serde(default)]
    pub(super) device_secret: Option<String>,
}

pub(super) struct Visitor {
    connection: LoneConnection,
    /// Whether an answer is still to come.
    asking: bool,
    id: u64,
}

impl Visitor {
    pub(super) fn new(token: u64) -> Self {
        Self { connection: LoneConnection::new(token), asking: false, id: 0 }
    }

    pub(super) fn is_away(&self) -> bool {
        self.connection.is_away()
    }

    /// Whether the next command can be asked.
    pub(super) fn is_free(&self) -> bool {
        self.connection.is_open() && !self.asking
    }

    pub(super) fn leave(&mut self) {
        self.connection.leave();
        self.asking = false;
    }

    /// Connects from this address.
    pub(super) fn come(&mut self, endpoint: &Endpoint, from: Ipv4Addr) -> io::Result<()> {
        self.asking = false;
        self.connection.come(endpoint, Some(from))
    }

    /// Asks something; [`Visitor::flush`] writes it.
    pub(super) fn ask(&mut self, command: Command) {
        self.id += 1;
        self.connection.ask(self.id, command);
        self.asking = true;
    }

    /// Writes the waiting bytes.
    ///
    /// # Errors
    /// When the connection has failed.
    pub(super) fn flush(&mut self, endpoint: &Endpoint) -> io::Result<()> {
        self.connection.flush(endpoint)
    }

    /// Does what the socket is ready for, and returns the answers.
    ///
    /// # Errors
    /// When the connection has ended, or the server did not let it in.
    pub(super) fn ready(&mut self, event: Ready, endpoint: &Endpoint) -> io::Result<Vec<Heard>> {
        let mut answers = Vec::new();
        self.connection.ready(event, endpoint, |text| {
            let heard = serde_json::from_slice::<Heard>(text).ok();
            answers.extend(heard.filter(|it| matches!(&*it.kind, "ok" | "error")));
        })?;
        self.asking &= answers.is_empty();
        Ok(answers)
    }
}
