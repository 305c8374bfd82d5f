//! Who may ask: the checks of `Host` and `Origin`.
//!
//! A browser sends any page's requests with this server's cookies and from this machine, so the
//! server looks where they come from. A page of another site is refused by its `Origin`; a page
//! that has its own name resolve to a loopback address (DNS rebinding) by its `Host`.

use std::net::{IpAddr, SocketAddr};

use hyper::StatusCode;
use hyper::header::{self, HeaderMap};
use hyper::http::uri::{Authority, Uri};

use super::{Answer, single, text};
use crate::config::Config;

/// Returns the refusal, if the request is refused.
pub(super) fn refusal(config: &Config, local: SocketAddr, headers: &HeaderMap) -> Option<Answer> {
    let host = single(headers, &header::HOST).and_then(|host| host.parse::<Authority>().ok());
    let Some(host) = host else {
        return Some(text(StatusCode::BAD_REQUEST, "one Host header is needed\n"));
    };
    // What the connection came in on, so that a server that listens everywhere is safe as well.
    if local.ip().to_canonical().is_loopback()
        && !is_loopback(host.host())
        && !is_listed_host(config, host.host())
    {
        let words = "this address is for this machine: use localhost as the host, or name the \
             page's origin in `origins`\n";
        return Some(text(StatusCode::FORBIDDEN, words));
    }
    if headers.contains_key(header::ORIGIN) {
        let origin = single(headers, &header::ORIGIN).unwrap_or_default();
        if !is_own(origin, &host) && !is_listed(config, origin) {
            let words = "pages of this origin may not connect: name it in `origins`\n";
            return Some(text(StatusCode::FORBIDDEN, words));
        }
    }
    None
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    match address {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => {
            let host = host.trim_end_matches('.').to_ascii_lowercase();
            host == "localhost" || host.ends_with(".localhost")
        }
    }
}

/// Whether a page came from this server: whatever the scheme, since TLS may end before it.
fn is_own(origin: &str, host: &Authority) -> bool {
    let Ok(origin) = origin.parse::<Uri>() else { return false };
    let (Some(scheme), Some(authority)) = (origin.scheme_str(), origin.authority()) else {
        return false;
    };
    let default = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return false,
    };
    authority.host().eq_ignore_ascii_case(host.host())
        && authority.port_u16().unwrap_or(default) == host.port_u16().unwrap_or(default)
}

/// Whether the operator's own pages have this host: a proxy on this machine passes it on, and
/// nobody else can make that name lead here.
fn is_listed_host(config: &Config, host: &str) -> bool {
    config.origins.iter().any(|allowed| {
        let origin = allowed.as_str().parse::<Uri>().ok();
        let listed = origin.as_ref().and_then(Uri::host);
        listed.is_some_and(|listed| listed.eq_ignore_ascii_case(host))
    })
}

fn is_listed(config: &Config, origin: &str) -> bool {
    config.origins.iter().any(|allowed| allowed.as_str().eq_ignore_ascii_case(origin))
}

#[cfg(test)]
mod tests {
    use super::refusal;
    use crate::config::{Config, WebOrigin};
    use hyper::header::{HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN};

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
        for host in ["localhost:8080", "127.0.0.1", "[::1]:8080", "chat.localhost", "127.9.9.9:1"] {
            assert!(passes("127.0.0.1:8080", &[(HOST, host)]), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example", "192.0.2.1:8080", ""] {
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
    }

    #[test]
    fn only_the_servers_own_pages_may_connect() {
        let local = "192.0.2.1:8080";
        let host = (HOST, "chat.example:8080");
        for origin in ["http://chat.example:8080", "https://CHAT.example:8080"] {
            assert!(passes(local, &[host.clone(), (ORIGIN, origin)]), "{origin}");
        }
        assert!(passes(local, &[(HOST, "chat.example"), (ORIGIN, "https://chat.example")]));
        for origin in ["http://evil.example", "null", "", "http://chat.example", "file:///x"] {
            assert!(!passes(local, &[host.clone(), (ORIGIN, origin)]), "{origin}");
        }
    }
}
