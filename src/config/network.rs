//! The kinds of values that name an address, a network or an origin.

use std::net::{IpAddr, SocketAddr};

use hyper::Uri;
use ipnet::{IpNet, Ipv4Net};

use super::kind::Kind;

/// An address and port to listen on.
pub(super) struct Address;

impl Kind for Address {
    type Value = SocketAddr;

    fn parse(&self, text: &str) -> Result<SocketAddr, String> {
        text.parse().map_err(|_| "not an IP address with a port".into())
    }

    fn allowed(&self) -> String {
        "ADDR:PORT with a numeric address, such as 127.0.0.1:8080 or [::]:8080; \
         port 0 takes a free one"
            .into()
    }

    fn show(&self, value: &SocketAddr) -> String {
        value.to_string()
    }

    fn value_name(&self) -> &'static str {
        "ADDR:PORT"
    }
}

/// A network of addresses.
pub(super) struct Network;

impl Kind for Network {
    type Value = IpNet;

    fn parse(&self, text: &str) -> Result<IpNet, String> {
        let network = match text.parse::<IpNet>() {
            Ok(network) => network.trunc(),
            Err(_) => text
                .parse()
                .map(|address: IpAddr| address.into())
                .map_err(|_| "neither an IP address nor a network")?,
        };
        Ok(canonical(network))
    }

    fn allowed(&self) -> String {
        "networks such as 10.0.0.0/8 or fd00::/8, or single addresses".into()
    }

    fn show(&self, value: &IpNet) -> String {
        value.to_string()
    }

    fn value_name(&self) -> &'static str {
        "CIDR"
    }
}

/// The IPv4 network of an IPv6 network of mapped addresses (RFC 4291, section 2.5.5.2): clients are compared
/// by their IPv4 addresses, whatever kind of socket they use.
fn canonical(network: IpNet) -> IpNet {
    let v4 = match network {
        IpNet::V4(_) => None,
        IpNet::V6(v6) => v6.addr().to_ipv4_mapped().zip(v6.prefix_len().checked_sub(MAPPED_BITS)),
    };
    v4.and_then(|(address, bits)| Ipv4Net::new(address, bits).ok()).map_or(network, IpNet::V4)
}

/// The bits before the IPv4 address in a mapped address.
const MAPPED_BITS: u8 = 96;

/// The origin of a web page, written as browsers write it in the `Origin` header (RFC 6454, section 6.2):
/// lower case, without a path and without the scheme's default port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WebOrigin(String);

impl WebOrigin {
    /// Parses an origin, and brings it into the form that browsers send.
    pub fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.to_ascii_lowercase().parse().ok()?;
        let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
        let host = authority.host();
        // hyper accepts `host:` and `host:99999` as having no port, and `user@host` as a host.
        let plain = uri.port_u16().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        if host.is_empty() || authority.as_str() != plain || uri.path_and_query()?.as_str() != "/" {
            return None;
        }
        let is_usual =
            matches!((scheme, uri.port_u16()), ("http", Some(80)) | ("https", Some(443)));
        Some(Self(format!("{scheme}://{}", if is_usual { host } else { &plain })))
    }

    /// The origin as browsers send it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The origin of a web page.
pub(super) struct Web;

impl Kind for Web {
    type Value = WebOrigin;

    fn parse(&self, text: &str) -> Result<WebOrigin, String> {
        WebOrigin::parse(text).ok_or_else(|| "not an origin".into())
    }

    fn allowed(&self) -> String {
        "origins such as https://chat.example or http://localhost:3000: a scheme, a host \
         (in ASCII, as browsers send it), perhaps a port, and no path"
            .into()
    }

    fn show(&self, value: &WebOrigin) -> String {
        value.as_str().into()
    }

    fn value_name(&self) -> &'static str {
        "ORIGIN"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::kind::List;

    #[test]
    fn an_origin_is_kept_as_browsers_send_it() {
        for (text, origin) in [
            ("https://Chat.Example", "https://chat.example"),
            ("https://chat.example:443/", "https://chat.example"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://[::1]:80", "http://[::1]"),
            ("tauri://localhost", "tauri://localhost"),
        ] {
            assert_eq!(
                WebOrigin::parse(text).as_ref().map(WebOrigin::as_str),
                Some(origin),
                "{text}"
            );
        }
    }

    #[test]
    fn what_no_browser_sends_is_no_origin() {
        for text in [
            "",
            "null",
            "*",
            "chat.example",
            "//chat.example",
            "https://",
            "https://a/path",
            "https://a?q",
            "https://me@a",
            "https://a:",
            "https://a:99999",
            "https://bücher.example",
        ] {
            assert_eq!(WebOrigin::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_network_may_be_one_address_and_forgets_its_host_bits() {
        let shown = |text| List(Network).parse(text).map(|value| List(Network).show(&value));
        assert_eq!(shown("10.1.2.3/8, ::1"), Ok("10.0.0.0/8,::1/128".into()));
        assert_eq!(shown(""), Ok(String::new()));
        assert_eq!(
            shown("::ffff:10.1.2.3/104,::ffff:192.0.2.7,::ffff:0:0/96"),
            Ok("10.0.0.0/8,192.0.2.7/32,0.0.0.0/0".into()),
            "mapped addresses are those of IPv4"
        );
        assert_eq!(shown("::/0,::ffff:0:0/95"), Ok("::/0,::fffe:0:0/95".into()));
        assert_eq!(
            shown("10.0.0.0/33"),
            Err("\"10.0.0.0/33\" is neither an IP address nor a network".into())
        );
    }
}
