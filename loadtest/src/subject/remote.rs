//! The address of a running server: `ws://host:port/path`.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::dial;

/// The path of throng's WebSocket.
pub(super) const PATH: &str = "/ws";

/// The longest first connect, around the world and with one lost packet.
const KNOCK_MAX: Duration = Duration::from_secs(5);

/// A running server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Remote {
    /// All addresses of its name; after `knock`, only the one that answered.
    addresses: Vec<SocketAddr>,
    /// As it was written, with the port.
    pub(super) host: String,
    pub(super) path: String,
}

impl Remote {
    /// Parses a URL and resolves its host.
    ///
    /// # Errors
    /// If it is not a `ws://` URL, or its host has no address.
    pub(super) fn parse(url: &str) -> Result<Self> {
        let (scheme, rest) = url.split_once("://").with_context(|| {
            format!("--url {url:?} is not an address; it must look like ws://127.0.0.1:8080/ws")
        })?;
        match scheme.to_ascii_lowercase().as_str() {
            "ws" => {}
            "wss" => bail!(
                "--url {url:?}: the load tester speaks no TLS; aim it at the plain port behind the \
                 proxy, as in ws://127.0.0.1:8080/ws, on the proxy's machine or through a tunnel"
            ),
            _ => bail!("--url {url:?} begins with {scheme}://; it must begin with ws://"),
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.is_empty() || authority.contains('@') {
            bail!("--url {url:?} names no host; it must look like ws://127.0.0.1:8080/ws");
        }
        // An IPv6 address is in brackets; its own colons do not start a port.
        let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| !port.ends_with(']'));
        let host = if has_port { authority.to_owned() } else { format!("{authority}:80") };
        let addresses =
            dial::resolve(&host).with_context(|| format!("--url {url:?} names nobody"))?;
        let path = if path.is_empty() || path == "/" { PATH } else { path };
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Ok(Self { addresses, host: authority.to_owned(), path })
    }

    /// Connects once to find out which address answers: if there is no server, the run fails at once, instead
    /// of after the whole patience.
    pub(super) fn knock(&mut self) -> Result<()> {
        let (_, address) = dial::first(&self.addresses, KNOCK_MAX)
            .with_context(|| format!("nobody answers at {self}"))?;
        self.addresses = vec![address];
        Ok(())
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.addresses[0]
    }
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ws://{}{}", self.host, self.path)
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::Remote;

    #[test]
    fn names_addresses_ports_and_paths_are_understood() {
        let parsed = |url| {
            let remote = Remote::parse(url).expect("an address");
            (remote.address().to_string(), remote.to_string())
        };
        let whole = ("127.0.0.1:90".to_owned(), "ws://127.0.0.1:90/chat".to_owned());
        assert_eq!(parsed("ws://127.0.0.1:90/chat"), whole);
        assert_eq!(parsed("ws://[::1]:90").0, "[::1]:90");
        assert_eq!(parsed("ws://[::1]").0, "[::1]:80");
        assert_eq!(parsed("WS://127.0.0.1/").1, "ws://127.0.0.1/ws");
        assert!(Remote::parse("ws://localhost:90").expect("a name").address().ip().is_loopback());
    }

    #[test]
    fn who_answers_is_taken_whichever_of_the_addresses_it_is() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let open = listener.local_addr().expect("its address");
        let mut remote = Remote::parse("ws://127.0.0.1:1/ws").expect("an address");
        assert!(format!("{:#}", remote.knock().expect_err("nobody")).contains("127.0.0.1:1: "));
        remote.addresses.push(open);
        remote.knock().expect("the second answers");
        assert_eq!(remote.address(), open);
    }

    #[test]
    fn what_cannot_be_tested_is_refused_with_the_way() {
        let error = |url| format!("{:#}", Remote::parse(url).expect_err("no address"));
        assert!(error("wss://chat.example/ws").contains("plain port behind the proxy"));
        assert!(error("http://127.0.0.1").contains("must begin with ws://"));
        assert!(error("127.0.0.1:80").contains("must look like ws://"));
        assert!(error("ws:///ws").contains("names no host"));
        assert!(error("ws://127.0.0.1:http").contains("cannot be resolved"));
    }
}
