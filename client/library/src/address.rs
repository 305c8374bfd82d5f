//! The address of a server: what is read from the URL that the caller gives.

use async_tungstenite::tungstenite::http::Uri;

use crate::error::ConnectError;

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// Without the brackets of IPv6, as a resolver wants it.
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) secure: bool,
    /// The URL of the WebSocket.
    pub(crate) url: String,
}

impl Address {
    /// Reads `ws://host:port` or `wss://host`; without a path it is `/ws`.
    pub(crate) fn parse(url: &str) -> Result<Self, ConnectError> {
        let bad = |problem: &str| ConnectError::BadUrl {
            url: url.to_owned(),
            problem: problem.to_owned(),
        };
        let Some((scheme, _)) = url.split_once("://") else {
            return Err(bad("it should begin with ws:// or wss://, as in ws://127.0.0.1:8080"));
        };
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "ws" => false,
            "wss" => true,
            "http" => return Err(bad("write ws:// instead of http://")),
            "https" => return Err(bad("write wss:// instead of https://")),
            _ => return Err(bad("it should begin with ws:// or wss://")),
        };
        if url.contains('#') {
            return Err(bad("leave out the part from # on; a room is joined, not addressed"));
        }
        let uri: Uri = url.parse().map_err(|error| bad(&format!("{error}")))?;
        let authority = uri.authority().ok_or_else(|| bad("the host is missing"))?;
        if authority.as_str().contains('@') {
            return Err(bad(
                "leave out the name before the @; who you are is said in the greeting",
            ));
        }
        let host = authority.host();
        if host.is_empty() {
            return Err(bad("the host is missing"));
        }
        let given = &authority.as_str()[host.len()..];
        let port = match given.strip_prefix(':') {
            None => {
                if secure {
                    443
                } else {
                    80
                }
            }
            Some(text) => text.parse().ok().filter(|port| *port != 0).ok_or_else(|| {
                bad("the port after the colon should be a number from 1 to 65535")
            })?,
        };
        let path = match uri.path_and_query().map(|path| path.as_str()) {
            None | Some("/" | "") => "/ws",
            Some(path) => path,
        };
        let scheme = if secure { "wss" } else { "ws" };
        let url = format!("{scheme}://{authority}{path}");
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Self { host, port, secure, url })
    }

    /// Host and port, for people.
    pub(crate) fn shown(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    fn parts(url: &str) -> (String, u16, bool, String) {
        let address = Address::parse(url).expect(url);
        (address.host, address.port, address.secure, address.url)
    }

    #[test]
    fn the_path_and_the_ports_are_filled_in() {
        let plain = ("127.0.0.1".into(), 8080, false, "ws://127.0.0.1:8080/ws".into());
        assert_eq!(parts("ws://127.0.0.1:8080"), plain);
        assert_eq!(parts("WS://127.0.0.1:8080/"), plain);
        let secure = ("chat.example.org".into(), 443, true, "wss://chat.example.org/ws".into());
        assert_eq!(parts("wss://chat.example.org"), secure);
        assert_eq!(parts("ws://[::1]/chat").0, "::1");
        assert_eq!(
            parts("ws://[::1]:7/chat"),
            ("::1".into(), 7, false, "ws://[::1]:7/chat".into())
        );
        assert_eq!(Address::parse("ws://[::1]:7").expect("valid").shown(), "[::1]:7");
    }

    #[test]
    fn a_bad_address_is_told_with_what_to_do() {
        for (url, word) in [
            ("", "ws://"),
            ("localhost:8080", "ws://"),
            ("http://localhost:8080", "ws:// instead"),
            ("https://localhost", "wss:// instead"),
            ("ftp://localhost", "ws://"),
            ("ws://", ""),
            ("ws://:8080", ""),
            ("ws://a b/", ""),
            ("ws://ana:secret@localhost", "greeting"),
            ("ws://localhost:0", "1 to 65535"),
            ("ws://localhost:65536", ""),
            ("ws://localhost:chat", ""),
            ("ws://localhost/#lobby", "joined"),
        ] {
            let error = Address::parse(url).expect_err(url).to_string();
            assert!(error.contains("is not the address of a server: "), "{error}");
            assert!(error.contains(word), "{url}: {error}");
        }
    }
}
