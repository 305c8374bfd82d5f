//! What several tests of the library do.

use async_std::future::timeout;
use futures::StreamExt;
use support::PATIENCE;
use support::server::Server;
use throng_client::{Client, ErrorCode, Event, Events, Options, RequestError};

pub async fn connect(server: &Server, nick: &str) -> (Client, Events) {
    Client::connect(&server.url(), Options::guest(nick)).await.expect("the server is there")
}

/// The first event that this makes something of.
pub async fn told<T>(events: &mut Events, what: impl Fn(&Event) -> Option<T>) -> T {
    loop {
        let event = timeout(PATIENCE, events.next()).await.expect("in time").expect("it goes on");
        if let Some(found) = what(&event) {
            return found;
        }
    }
}

/// Why the server has refused it.
pub fn code<T: std::fmt::Debug>(answer: Result<T, RequestError>) -> ErrorCode {
    match answer {
        Err(RequestError::Refused(fault)) => fault.code,
        other => panic!("{other:?}"),
    }
}
