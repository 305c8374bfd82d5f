//! `session`: which sessions there are, and closing one of them.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use serde_json::{Value, json};
use tracing::info;

use super::arguments::Arguments;
use super::refused::Refused;
use crate::base::tasks::yield_now;
use crate::delivery::peer::{Alarm, Peer};
use crate::identity::people::Person;
use crate::server::Server;

/// The most sessions in one answer, which is made in memory: about two megabytes.
const LIST_MAX: usize = 10_000;

/// How many sessions are looked at before others may go on. Each costs a system call, for its address.
const LOOKS_AT_ONCE: usize = 64;

pub(super) async fn list(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let network = arguments.text_if_given("address").map(network).transpose()?;
    let (mut listed, mut more) = (Vec::new(), false);
    for (place, (person, peer)) in by_number(server).into_iter().enumerate() {
        if place % LOOKS_AT_ONCE == LOOKS_AT_ONCE - 1 {
            yield_now().await;
        }
        let address = peer.address();
        let is_wanted = network.is_none_or(|it| address.is_some_and(|ip| it.contains(&ip)));
        if !is_wanted || peer.greeted_at() == 0 {
            continue;
        }
        more = listed.len() >= LIST_MAX;
        if more {
            break;
        }
        listed.push(json!({
            "number": peer.id(),
            "person": person.id(),
            "nick": person.nick(),
            "address": address,
            "since": peer.greeted_at(),
        }));
    }
    Ok(json!({"sessions": listed, "more": more}))
}

pub(super) async fn close(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let number = arguments.number("number")?;
    let mut sessions = server.identity.people.sessions().into_iter();
    let Some((person, peer)) = sessions.find(|(_, peer)| peer.id() == number) else {
        let message = format!("there is no session {number}: `session list` shows those there are");
        return Err(Refused::not_found(message));
    };
    peer.alarm(Alarm::Close);
    info!(session = number, "an administrator closes the session");
    Ok(json!({"closed": number, "person": person.id(), "nick": person.nick()}))
}

fn by_number(server: &Server) -> Vec<(Arc<Person>, Arc<Peer>)> {
    let mut sessions = server.identity.people.sessions();
    sessions.sort_unstable_by_key(|(_, peer)| peer.id());
    sessions
}

/// Reads an address, or a network such as `192.0.2.0/24`.
fn network(text: &str) -> Result<IpNet, Refused> {
    let address = text.parse::<IpAddr>().map(|ip| IpNet::from(ip.to_canonical()));
    address.or_else(|_| text.parse::<IpNet>()).map_err(|_| {
        let message = "must be an address or a network, such as 192.0.2.7 or 2001:db8::/64";
        Refused::bad_argument(format!("\"address\" {message}"))
    })
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn an_address_is_the_network_of_itself() {
        for (text, shown) in [
            ("192.0.2.7", "192.0.2.7/32"),
            ("::ffff:192.0.2.7", "192.0.2.7/32"),
            ("192.0.2.0/24", "192.0.2.0/24"),
            ("2001:db8::/64", "2001:db8::/64"),
        ] {
            assert_eq!(network(text).expect(text).to_string(), shown);
        }
        for text in ["", "localhost", "192.0.2", "192.0.2.7/33", "1.2.3.4:80"] {
            assert!(network(text).is_err(), "{text}");
        }
    }
}
