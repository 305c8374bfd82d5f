//! Which pages may send requests: the checks of `Host` and `Origin`.
//!
//! A browser sends any page's requests with this server's cookies and from this machine, so the server checks
//! where they come from. The `Origin` shows a page of another site; the `Host` shows a page whose own name
//! resolves to a loopback address (DNS rebinding).

use std::net::{IpAddr, SocketAddr};

use hyper::StatusCode;
use hyper::header::{self, HeaderMap};
use hyper::http::uri::{Authority, Uri};
use rustix::system::uname;

use super::answer::{Answer, refuse};
use super::headers::single;
use crate::config::Config;

/// The refusal, if the request is refused.
pub(crate) fn refusal(config: &Config, local: SocketAddr, headers: &HeaderMap) -> Option<Answer> {
    let host = single(headers, &header::HOST).and_then(|host| host.parse::<Authority>().ok());
    let Some(host) = host else {
        let reason = "One Host header is needed";
        return Some(refuse(StatusCode::BAD_REQUEST, reason, "one Host header is needed\n"));
    };
    // The connection's local address, so that a server that listens on all addresses is safe too.
    if local.ip().to_canonical().is_loopback()
        && !is_loopback(host.host())
        && !is_listed_host(config, host.host())
    {
        let words = "this address is for this machine: use localhost as the host, or name the \
             page's origin in `origins`\n";
        return Some(refuse(StatusCode::FORBIDDEN, "Host is not of this machine", words));
    }
    if headers.contains_key(header::ORIGIN) {
        let origin = single(headers, &header::ORIGIN).unwrap_or_default();
        if !is_own(origin, &host) && !is_listed(config, origin) {
            let words = "pages of this origin may not connect: name it in `origins`\n";
            return Some(refuse(StatusCode::FORBIDDEN, "Origin not listed in origins", words));
        }
    }
    None
}

/// A page of this very server, as browsers name it in `Origin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OwnPage {
    /// It came over HTTPS, if only up to a proxy.
    Secure,
    /// It came without, from the machine on which the browser runs.
    Loopback,
}

/// The page that sent a request, if it is one of this very server, and nobody on the line reads along.
pub(super) fn own_page(headers: &HeaderMap) -> Option<OwnPage> {
    let host = single(headers, &header::HOST)?.parse::<Authority>().ok()?;
    let origin = single(headers, &header::ORIGIN).filter(|origin| is_own(origin, &host))?;
    let origin = origin.parse::<Uri>().ok()?;
    match origin.scheme_str()? {
        "https" => Some(OwnPage::Secure),
        "http" if stays_on_machine(origin.host()?) => Some(OwnPage::Loopback),
        _ => None,
    }
}

/// Whether browsers never look for this host on another machine.
fn stays_on_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    match address {
        Ok(address) => address.is_loopback(),
        Err(_) => {
            let host = host.to_ascii_lowercase();
            host == "localhost" || host.ends_with(".localhost")
        }
    }
}

/// Whether a host on a loopback connection can only be this machine. A foreign page has neither the
/// unspecified address nor this machine's own name.
fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    match address.map(|address| address.to_canonical()) {
        Ok(address) => address.is_loopback() || address.is_unspecified(),
        Err(_) => {
            let host = host.trim_end_matches('.').to_ascii_lowercase();
            host == "localhost" || host.ends_with(".localhost") || is_own_name(&host)
        }
    }
}

/// Debian's hosts file, for example, has the machine's name with 127.0.1.1.
fn is_own_name(host: &str) -> bool {
    !host.is_empty() && uname().nodename().to_bytes().eq_ignore_ascii_case(host.as_bytes())
}

/// Whether a page came from this server, whatever the scheme, since a proxy may terminate TLS. Some
/// libraries, such as ws4py, send the WebSocket URL; no browser does.
fn is_own(origin: &str, host: &Authority) -> bool {
    let Ok(origin) = origin.parse::<Uri>() else { return false };
    let (Some(scheme), Some(authority)) = (origin.scheme_str(), origin.authority()) else {
        return false;
    };
    let default = match scheme {
        "http" | "ws" => 80,
        "https" | "wss" => 443,
        _ => return false,
    };
    authority.host().eq_ignore_ascii_case(host.host())
        && authority.port_u16().unwrap_or(default) == host.port_u16().unwrap_or(default)
}

/// Whether this is the host of one of the operator's own pages: a proxy on this machine forwards it, and
/// nobody else can make that name resolve to this machine.
fn is_listed_host(config: &Config, host: &str) -> bool {
    config.origins.iter().any(|allowed| {
        let origin = allowed.as_str().parse::<Uri>().ok();
        let listed = origin.as_ref().and_then(Uri::host);
        listed.is_some_and(|listed| listed.eq_ignore_ascii_case(host))
    })
}

fn is_listed(config: &Config, origin: &str) -> bool {
    let is_it = |origin: &str| {
        config.origins.iter().any(|allowed| allowed.as_str().eq_ignore_ascii_case(origin))
    };
    let page = origin.strip_prefix("ws").map(|rest| format!("http{rest}"));
    is_it(origin) || page.is_some_and(|page| is_it(&page))
}

#[cfg(test)]
mod tests {
    use super::refusal;
    use crate::config::{Config, WebOrigin};
    use hyper::header::{HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN};
    use rustix::system::uname;

    fn passes(local: &str, headers: &[(HeaderName, &str)]) -> bool {
        passes_with(&Config::default(), local, headers)
    }

    fn passes_with(config: &Config, local: &str, headers: &[(HeaderName, &str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, HeaderValue::from_str(value).expect("a header"));
        }
        refusal(config, local.parse().expect("an address"), &map).is_none()
    }

    #[test]
    fn on_loopback_only_loopback_hosts_pass() {
        let own = uname().nodename().to_string_lossy().into_owned();
        let upper = format!("{}:8080", own.to_uppercase());
        for host in [
            "localhost:8080",
            "127.0.0.1",
            "[::1]:8080",
            "chat.localhost",
            "127.9.9.9:1",
            "0.0.0.0:8080",
            "[::]:8080",
            &*own,
            &*upper,
        ] {
            assert!(passes("127.0.0.1:8080", &[(HOST, host)]), "{host}");
        }
        let near = format!("{own}.evil.example");
        for host in ["evil.example", "localhost.evil.example", "192.0.2.1:8080", "", ".", &*near] {
            assert!(!passes("127.0.0.1:8080", &[(HOST, host)]), "{host}");
        }
        assert!(passes("192.0.2.1:8080", &[(HOST, "chat.example")]));
        assert!(!passes("127.0.0.1:8080", &[]));
        assert!(!passes("127.0.0.1:1", &[(HOST, "localhost"), (HOST, "localhost")]));
    }

    #[test]
    fn a_proxy_on_this_machine_may_pass_on_the_host_of_a_listed_origin() {
        let origin = WebOrigin::parse("https://chat.example").expect("an origin");
        let config = Config { origins: vec![origin], ..Config::default() };
        let own = (ORIGIN, "https://chat.example");
        assert!(passes_with(&config, "127.0.0.1:8080", &[(HOST, "chat.example"), own.clone()]));
        assert!(passes_with(&config, "127.0.0.1:8080", &[(HOST, "chat.example:8443")]));
        assert!(!passes_with(&config, "127.0.0.1:8080", &[(HOST, "evil.example"), own]));
        let local = "192.0.2.1:8080";
        let from = |origin| [(HOST, "inside.example"), (ORIGIN, origin)];
        assert!(passes_with(&config, local, &from("wss://chat.example")), "of a library");
        assert!(!passes_with(&config, local, &from("ws://chat.example")), "another scheme");
    }

    #[test]
    fn only_the_servers_own_pages_may_connect() {
        let local = "192.0.2.1:8080";
        let host = (HOST, "chat.example:8080");
        for origin in
            ["http://chat.example:8080", "https://CHAT.example:8080", "ws://chat.example:8080"]
        {
            assert!(passes(local, &[host.clone(), (ORIGIN, origin)]), "{origin}");
        }
        for origin in ["https://chat.example", "ws://chat.example:80", "wss://chat.example"] {
            assert!(passes(local, &[(HOST, "chat.example"), (ORIGIN, origin)]), "{origin}");
        }
        for origin in [
            "http://evil.example",
            "null",
            "",
            "http://chat.example",
            "file:///x",
            "ws://evil.example:8080",
            "wss://chat.example",
        ] {
            assert!(!passes(local, &[host.clone(), (ORIGIN, origin)]), "{origin}");
        }
    }
}
