//! The login of a browser is in a cookie: no script reads it, and no other page sets, clears or uses it.

use std::io::{Read, Write};

use support::client::{Client, PASSWORD, hello};
use support::http::{Response, request, upgrade_head};
use support::server::Server;
use support::wire::{How, Wire, tcp};
use throng_protocol::{
    CloseCode, Command, ErrorCode, ListLogins, LogOut, LoginsOk, TOKEN_IN_COOKIE,
};

const JSON: &str = "Content-Type: application/json\r\n";

/// A page at this server, as browsers name it in `Host` and `Origin`.
struct Page<'a> {
    server: &'a Server,
    host: String,
    origin: String,
}

impl<'a> Page<'a> {
    /// The page at the address that the server prints.
    fn on_this_machine(server: &'a Server) -> Self {
        let host = server.address().to_string();
        let origin = format!("http://{host}");
        Self { server, host, origin }
    }

    /// The page behind a proxy that speaks HTTPS.
    fn over_https(server: &'a Server) -> Self {
        let host = format!("localhost:{}", server.address().port());
        let origin = format!("https://{host}");
        Self { server, host, origin }
    }

    fn ask(&self, method: &str, headers: &str, body: &str) -> Response {
        let Self { server, host, .. } = self;
        let length = body.len();
        request(
            server.address(),
            &format!(
                "{method} /login-cookie HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
                 {headers}Content-Length: {length}\r\n\r\n{body}"
            ),
        )
    }

    fn headers(&self) -> String {
        format!("Origin: {}\r\nSec-Fetch-Site: same-origin\r\n{JSON}", self.origin)
    }

    /// Moves a token into a cookie.
    fn exchange(&self, token: &str) -> Response {
        self.ask("POST", &self.headers(), &format!("{{\"token\":\"{token}\"}}"))
    }

    /// The cookie that the browser then sends.
    fn cookie(&self, token: &str) -> String {
        let answer = self.exchange(token);
        assert_eq!(answer.status, 204, "{}", answer.head);
        let set = answer.header("set-cookie").expect("a cookie");
        set.split(';').next().expect("a pair").to_owned()
    }

    fn leave(&self, login: u64, cookie: &str) -> Response {
        let headers = format!("{}Cookie: {cookie}\r\n", self.headers());
        self.ask("DELETE", &headers, &format!("{{\"login\":{login}}}"))
    }

    /// Connects with this cookie.
    fn connect(&self, cookie: &str) -> Wire {
        let extra = format!("Origin: {}\r\nCookie: {cookie}\r\n", self.origin);
        upgraded(self.server, &self.host, &extra)
    }
}

fn upgraded(server: &Server, host: &str, extra: &str) -> Wire {
    let mut stream = tcp(server.address(), &How::default()).expect("the server listens");
    let head = format!("{}\r\n", upgrade_head(host, extra));
    stream.write_all(head.as_bytes()).expect("the server reads");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("the server answers");
        answer.push(byte[0]);
    }
    assert!(answer.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&answer));
    Wire::over(stream)
}

fn account(server: &Server, nick: &str) -> Client {
    Client::account(Wire::connect(server.address()), nick, PASSWORD)
}

fn by_cookie() -> Command {
    hello(None, Some(TOKEN_IN_COOKIE))
}

fn refused(mut wire: Wire) {
    wire.post(by_cookie());
    wire.expect_fault(ErrorCode::BadToken);
}

#[test]
fn a_token_goes_into_a_cookie_once_and_the_cookie_logs_in() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    let registered = ana.register();
    for page in [Page::on_this_machine(&server), Page::over_https(&server)] {
        let token = account(&server, "ana").token().to_owned();
        let answer = page.exchange(&token);
        let set = answer.header("set-cookie").expect("a cookie").to_owned();
        let is_secure = page.origin.starts_with("https");
        assert_eq!(set.starts_with("__Host-throng-"), is_secure, "{set}");
        assert_eq!(set.ends_with("; Secure"), is_secure, "{set}");
        assert!(set.contains("; Path=/; Max-Age=34560000; HttpOnly; SameSite=Strict"), "{set}");
        assert!(!set.contains("Domain") && !set.contains(&token), "{set}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));

        let cookie = set.split(';').next().expect("a pair").to_owned();
        let mut tab = Client::greet(page.connect(&format!("other=1; {cookie}")), by_cookie());
        assert_eq!(tab.greeting.user, registered.user);
        assert_eq!(tab.token(), TOKEN_IN_COOKIE, "no script sees the token");
        tab.barrier();
        // The token that scripts have seen is good for nothing.
        let again = page.exchange(&token);
        assert_eq!((again.status, again.header("set-cookie")), (410, None), "{}", again.head);
        let mut wire = Wire::connect(server.address());
        wire.post(hello(None, Some(&token)));
        wire.expect_fault(ErrorCode::BadToken);
    }
}

#[test]
fn no_other_page_and_no_form_sets_a_cookie() {
    let server = Server::start();
    let token = server.guest("ana").register().token;
    let page = Page::on_this_machine(&server);
    let (body, own) = (format!("{{\"token\":\"{token}\"}}"), &page.origin);
    let port = server.address().port();
    let refused = |headers: &str, status: u16| {
        let answer = page.ask("POST", headers, &body);
        assert_eq!((answer.status, answer.header("set-cookie")), (status, None), "{headers}");
    };
    refused(JSON, 403);
    for origin in [
        "https://evil.example".to_owned(),
        "null".to_owned(),
        format!("http://localhost:{port}"),
        format!("http://127.0.0.1:{}", port.wrapping_add(1)),
        format!("ws://127.0.0.1:{port}"),
    ] {
        refused(&format!("Origin: {origin}\r\n{JSON}"), 403);
    }
    refused(&format!("Origin: {own}\r\nSec-Fetch-Site: same-site\r\n{JSON}"), 403);
    refused(&format!("Origin: {own}\r\nSec-Fetch-Site: cross-site\r\n{JSON}"), 403);
    // What a form can send, even one of this page.
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        refused(&format!("Origin: {own}\r\nContent-Type: {kind}\r\n"), 415);
    }
    refused(&format!("Origin: {own}\r\n"), 415);
    let long = format!("{{\"token\":\"{token}\",\"more\":\"{}\"}}", "x".repeat(600));
    assert_eq!(page.ask("POST", &page.headers(), &long).status, 413);
    for broken in ["", "{", "[]", "{\"token\":7}", "{}"] {
        assert_eq!(page.ask("POST", &page.headers(), broken).status, 400, "{broken}");
    }
    assert_eq!(page.ask("GET", &page.headers(), "").status, 405);
    // All that changed nothing.
    page.cookie(&token);
}

#[test]
fn a_page_without_https_from_elsewhere_gets_no_cookie() {
    let server = Server::with(["--origins", "http://chat.example"]).start();
    let token = server.guest("ana").register().token;
    let elsewhere = |scheme: &str| Page {
        server: &server,
        host: "chat.example".into(),
        origin: format!("{scheme}://chat.example"),
    };
    let answer = elsewhere("http").exchange(&token);
    assert_eq!((answer.status, answer.header("set-cookie")), (403, None));
    assert!(answer.reason().contains("HTTPS"), "{}", answer.reason());
    let cookie = elsewhere("https").cookie(&token);
    refused(elsewhere("http").connect(&cookie));
}

#[test]
fn a_cookie_counts_only_for_a_page_of_this_server_that_asks_for_it() {
    let sibling = "https://sibling.example";
    let server = Server::with(["--origins", sibling]).start();
    let token = server.guest("ana").register().token;
    let page = Page::over_https(&server);
    let cookie = page.cookie(&token);
    let (name, value) = cookie.split_once('=').expect("a pair");
    let Page { host, origin, .. } = &page;
    // A page that may connect, but is not of this server; and no page.
    for origin in [format!("Origin: {sibling}\r\n"), String::new()] {
        refused(upgraded(&server, host, &format!("{origin}Cookie: {cookie}\r\n")));
    }
    let headers = format!("Origin: {sibling}\r\n{JSON}");
    let posted = page.ask("POST", &headers, &format!("{{\"token\":\"{value}\"}}"));
    assert_eq!((posted.status, posted.header("set-cookie")), (403, None), "{}", posted.head);
    // What a sibling domain can set: no `__Host-`, or a second one.
    let plain = name.strip_prefix("__Host-").expect("the prefix");
    refused(page.connect(&format!("{plain}={value}")));
    refused(page.connect(&format!("{cookie}; {name}=other")));
    refused(page.connect("x"));
    // A guest's token is never taken from a cookie.
    let guest = server.guest("bo").token().to_owned();
    refused(page.connect(&format!("{name}={guest}")));
    // Another server of this host is not confused with this one.
    let other = Server::start();
    let other = Page { server: &other, host: host.clone(), origin: origin.clone() };
    assert_eq!(other.exchange(value).status, 410);

    let mut tab = Client::greet(page.connect(&cookie), by_cookie());
    assert_eq!(tab.nick(), "ana");
    tab.barrier();
    let mut guest = Client::greet(page.connect(&cookie), hello(Some("eve"), None));
    assert_eq!(guest.nick(), "eve", "a hello that does not ask for the cookie ignores it");
    guest.barrier();
    assert_eq!(server.known(server.guest("cid").token()).nick(), "cid");
}

#[test]
fn a_login_that_has_ended_leaves_a_cookie_without_use() {
    let server = Server::start();
    let registered = server.guest("ana").register();
    let page = Page::on_this_machine(&server);
    let cookie = page.cookie(&registered.token);
    let mut tab = Client::greet(page.connect(&cookie), by_cookie());
    let mut phone = account(&server, "ana");
    let _ = phone.ask(Command::LogOut(LogOut { others: true, ..LogOut::default() })).expect("done");
    tab.expect_closed(CloseCode::LoggedOut);
    refused(page.connect(&cookie));
    let cleared = page.leave(registered.login, &cookie);
    let set = cleared.header("set-cookie").expect("cleared");
    assert!(set.contains("=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"), "{set}");
}

#[test]
fn leaving_ends_the_login_of_the_cookie_and_no_later_one() {
    let server = Server::start();
    let registered = server.guest("ana").register();
    let page = Page::on_this_machine(&server);
    let cookie = page.cookie(&registered.token);
    let mut tab = Client::greet(page.connect(&cookie), by_cookie());
    // Another tab was late: it had an older login.
    let kept = page.leave(registered.login + 1, &cookie);
    assert_eq!((kept.status, kept.header("set-cookie")), (204, None));
    let body = format!("{{\"login\":{}}}", registered.login);
    let foreign = format!("Origin: https://evil.example\r\nCookie: {cookie}\r\n{JSON}");
    assert_eq!(page.ask("DELETE", &foreign, &body).status, 403);
    let as_form = format!("Origin: {}\r\nCookie: {cookie}\r\n", page.origin);
    assert_eq!(page.ask("DELETE", &as_form, &body).status, 415);
    tab.barrier();
    assert!(page.leave(registered.login, &cookie).header("set-cookie").is_some());
    tab.expect_closed(CloseCode::LoggedOut);
    let mut phone = account(&server, "ana");
    let listed: LoginsOk = phone.get(Command::Logins(ListLogins {}));
    assert_eq!(listed.logins.len(), 1, "only this one");
    assert_eq!(page.ask("DELETE", &page.headers(), &body).status, 204, "no cookie");
}

#[test]
fn wrong_tokens_from_one_address_have_to_wait() {
    let server = Server::strict().start();
    let page = Page::on_this_machine(&server);
    let statuses: Vec<u16> = (0..25).map(|_| page.exchange("guess").status).collect();
    assert!(statuses.starts_with(&[410; 20]) && statuses.ends_with(&[429; 5]), "{statuses:?}");
}
