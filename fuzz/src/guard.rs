//! The guard against foreign pages, judged by how browsers read an address.

use std::net::{Ipv4Addr, SocketAddr};

use throng::internals::passes_guard;
use url::{Host, Origin, Url};

const LISTED: &str = "https://chat.example";

/// The first line is `Host`, the second, if there is one, `Origin`.
///
/// # Panics
/// When a page passes that must not.
pub fn check(data: &[u8]) {
    let mut lines = data.splitn(2, |byte| *byte == b'\n');
    let host = lines.next().unwrap_or_default();
    let origin = lines.next();
    let headers: Vec<(&str, &[u8])> = [("host", Some(host)), ("origin", origin)]
        .iter()
        .filter_map(|(name, value)| value.map(|it| (*name, it)))
        .collect();
    for local in [[127, 0, 0, 1], [192, 0, 2, 1]] {
        let local = SocketAddr::from((local, 8080));
        if passes_guard(local, &[LISTED], &headers) != Some(true) {
            continue;
        }
        let host = std::str::from_utf8(host).expect("a Host that passes is text");
        let page = Url::parse(&format!("http://{host}/"));
        if local.ip().is_loopback() {
            // A browser that sends this Host has connected to that name. What no browser can send is
            // not its affair.
            assert!(page.as_ref().map_or(true, is_own), "the Host {host:?} leads anywhere");
        }
        if let (Some(origin), Ok(page)) = (origin, page) {
            let origin = std::str::from_utf8(origin).expect("an Origin that passes is text");
            assert!(is_allowed(origin, &page), "the Origin {origin:?} is not that of {host:?}");
        }
        let twice: Vec<_> = headers.iter().chain(&headers).copied().collect();
        assert_eq!(passes_guard(local, &[LISTED], &twice), Some(false), "two of a header pass");
    }
}

/// Whether only this machine, or the proxy of the listed origin, has this host.
fn is_own(page: &Url) -> bool {
    match page.host() {
        Some(Host::Ipv4(address)) => address.is_loopback() || address == Ipv4Addr::UNSPECIFIED,
        Some(Host::Ipv6(address)) => {
            let address = std::net::IpAddr::from(address).to_canonical();
            address.is_loopback() || address.is_unspecified()
        }
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost"
                || name.ends_with(".localhost")
                || name == "chat.example"
                || std::fs::read_to_string("/proc/sys/kernel/hostname")
                    .is_ok_and(|own| own.trim().eq_ignore_ascii_case(name))
        }
        None => false,
    }
}

/// Whether a browser that sends this origin shows a page of this host, or of the listed one. Schemes
/// are not compared: TLS may end before the server.
fn is_allowed(origin: &str, page: &Url) -> bool {
    let http = origin.replacen("ws", "http", usize::from(origin.starts_with("ws")));
    // What a browser sends is the serialisation of an origin. Of anything else nobody's page is meant.
    let Ok(sent) = Url::parse(&http) else { return true };
    let Origin::Tuple(scheme, host, port) = sent.origin() else { return false };
    if sent.origin().ascii_serialization() == LISTED {
        return true;
    }
    let default = if scheme == "https" { 443 } else { 80 };
    let own = page.port().unwrap_or(default);
    page.host().map(|it| it.to_string()) == Some(host.to_string()) && own == port
}
