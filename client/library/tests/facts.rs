//! The library against the real server: what callers rely on, one fact at a time.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use async_executor::Executor;
use async_std::future::timeout;
use async_std::task::block_on;
use futures::StreamExt;
use futures::future::{BoxFuture, FutureExt};
use futures_rustls::rustls;
use support::PATIENCE;
use support::http_stub::HttpStub;
use support::proxy::Proxy;
use support::server::Server;
use throng_client::{
    Client, ConnectError, DisconnectReason, Event, Events, LinkCode, Options, Outcome, Range,
    RequestError, RoomsQuery, Runtime, SendError, State,
};

async fn connect(server: &Server, nick: &str) -> (Client, Events) {
    Client::connect(&server.url(), Options::guest(nick)).await.expect("the server is there")
}

/// Reads events until `is_it` returns a value.
async fn until<T>(events: &mut Events, mut is_it: impl FnMut(Event) -> Option<T>) -> T {
    loop {
        let event = timeout(PATIENCE, events.next()).await.expect("in time");
        if let Some(it) = is_it(event.expect("it does not end")) {
            return it;
        }
    }
}

#[test]
fn everything_that_can_be_asked_is_answered() {
    let server = Server::start();
    block_on(async {
        let (ana, mut events) = connect(&server, "ana").await;
        let joined = ana.join("#Lobby").await.expect("it is open");
        assert_eq!((joined.room.name.as_str(), joined.head, joined.members.count), ("Lobby", 0, 1));
        let sent = ana.send("lobby", "hello").await.expect("it is said");
        assert_eq!((sent.seq, sent.dup), (1, false));
        let cid = until(&mut events, |event| match event {
            Event::Message { message, caught_up: false, .. } => Some(message.cid),
            _ => None,
        });
        let cid = cid.await;
        let kind = throng_client::Kind::Text;
        let again = ana.send_as("lobby", kind, "hello", Some(cid)).await.expect("it is known");
        assert_eq!((again.seq, again.dup), (1, true));
        let page = ana.history("lobby", Range::Latest, 10).await.expect("a page");
        assert_eq!(page.events[0].text, "hello");
        let page = ana.entries("lobby", Range::Latest, 10).await.expect("a page");
        assert_eq!(page.events[0].seq(), 1);
        let rooms = ana.rooms(RoomsQuery::default()).await.expect("a list");
        assert_eq!(rooms.rooms[0].name, "Lobby");
        assert_eq!(ana.members("lobby").await.expect("a page").members.count, 1);
        assert_eq!(ana.rename("anna").await.expect("it is free").nick, "anna");
        assert_eq!(ana.me().expect("greeted").nick, "anna");
        assert_eq!(ana.cursor("LOBBY").expect("it was read").seq, 1);
        ana.leave("lobby").await.expect("it was joined");
        assert_eq!(ana.leave("lobby").await, Err(RequestError::NotJoined));
        let refused = ana.send("lobby", "who is there?").await.expect_err("nobody");
        assert!(matches!(&refused, SendError::Refused(_)), "{refused}");
        assert_eq!(refused.outcome(), Outcome::NotSent);
        ana.close().await;
        assert!(matches!(ana.state(), State::Closed { why: DisconnectReason::Closed }));
        assert!(matches!(ana.send("lobby", "x").await, Err(SendError::Closed { .. })));
    });
}

#[test]
fn a_kept_token_and_cursor_read_on_after_the_end_of_the_program() {
    let server = Server::start();
    block_on(async {
        let (ana, _events) = connect(&server, "ana").await;
        ana.join("lobby").await.expect("it is open");
        ana.send("lobby", "one").await.expect("said");
        let (token, me) = (ana.token().expect("greeted"), ana.me().expect("greeted"));
        let mut cursor = ana.cursor("lobby").expect("joined");
        cursor.seq = 1;
        ana.send("lobby", "two").await.expect("said");
        ana.close().await;
        let url = server.url();
        let (ana, mut events) =
            Client::connect(&url, Options::token(token)).await.expect("the token is good");
        assert_eq!(ana.me().expect("greeted").id, me.id);
        drop(ana.join_after("lobby", cursor));
        let seen = until(&mut events, |event| match event {
            Event::Message { message, caught_up, .. } => Some((message.seq, caught_up)),
            _ => None,
        });
        assert_eq!(seen.await, (2, true));
    });
}

#[test]
fn a_code_makes_another_device_the_same_person_once() {
    let server = Server::start();
    block_on(async {
        let (ana, _events) = connect(&server, "ana").await;
        let link = ana.link().await.expect("a code");
        assert_eq!(link.expires_ms, 600_000);
        let url = server.url();
        let code = LinkCode::parse(&link.code.to_lowercase()).expect("it is one");
        let (other, _others) = Client::connect(&url, Options::code(code)).await.expect("greeted");
        assert_eq!(other.me(), ana.me());
        assert_ne!(other.token(), ana.token(), "the other device has its own token");
        let again = Client::connect(&url, Options::code(code)).await.map(|_| ());
        let refused = matches!(&again, Err(ConnectError::Failed(DisconnectReason::Hello(_))));
        assert!(refused, "{again:?}");
    });
}

#[test]
fn when_nobody_holds_a_client_the_server_sees_it_leave() {
    let server = Server::with(["--heartbeat", "1h"]).start();
    block_on(async {
        let (ana, mut events) = connect(&server, "ana").await;
        ana.join("lobby").await.expect("it is open");
        let (bo, bo_events) = connect(&server, "bo").await;
        bo.join("lobby").await.expect("it is open");
        let count = |of: u64| {
            move |event: Event| {
                matches!(event, Event::Members { count, .. } if count == of).then_some(())
            }
        };
        until(&mut events, count(2)).await;
        // The stream alone keeps the connection, and so would the handle; dropping both ends it.
        drop(bo);
        drop(bo_events);
        until(&mut events, count(1)).await;
    });
}

#[test]
fn what_is_said_while_the_server_is_away_is_said_when_it_is_back() {
    let mut server = Server::start();
    block_on(async {
        let (ana, mut events) = connect(&server, "ana").await;
        ana.join("lobby").await.expect("it is open");
        server.kill9();
        until(&mut events, |event| match event {
            Event::State(State::Offline { .. }) => Some(()),
            _ => None,
        })
        .await;
        let texts = ["one", "two", "three"];
        let waiting = texts.map(|text| ana.send("lobby", text));
        server.restart();
        for (place, sending) in waiting.into_iter().enumerate() {
            let sent = timeout(PATIENCE, sending).await.expect("in time").expect("it is said");
            assert_eq!(sent.seq, place as u64 + 1);
        }
    });
}

#[test]
fn a_line_that_goes_silent_is_given_up_and_what_was_said_meanwhile_arrives_once() {
    let server = Server::with(["--heartbeat", "1s", "--nick-hold", "0s"]).start();
    let proxy = Proxy::to(server.address());
    block_on(async {
        let options = Options::guest("ana");
        let (ana, mut events) = Client::connect(&proxy.url(), options).await.expect("it is there");
        ana.join("lobby").await.expect("it is open");
        proxy.hold();
        let waiting = ana.send("lobby", "is anybody there?");
        let why = until(&mut events, |event| match event {
            Event::State(State::Offline { why, .. }) => Some(why),
            _ => None,
        });
        assert!(matches!(why.await, DisconnectReason::Silent { .. }));
        proxy.release();
        let sent = timeout(PATIENCE, waiting).await.expect("in time").expect("it is said");
        assert_eq!(sent.seq, 1);
        assert_eq!(ana.send("lobby", "after").await.expect("it is said").seq, 2);
    });
}

#[test]
fn a_send_whose_answer_is_lost_is_said_once() {
    let server = Server::start();
    let proxy = Proxy::to(server.address());
    block_on(async {
        let options = Options::guest("ana");
        let (ana, _events) = Client::connect(&proxy.url(), options).await.expect("it is there");
        ana.join("lobby").await.expect("it is open");
        let (bo, mut heard) = connect(&server, "bo").await;
        bo.join("lobby").await.expect("it is open");
        proxy.mute();
        let waiting = ana.send("lobby", "once");
        // The server has the send, and its answer is lost.
        until(&mut heard, |event| matches!(event, Event::Message { .. }).then_some(())).await;
        proxy.cut();
        let sent = timeout(PATIENCE, waiting).await.expect("in time").expect("it is said");
        assert_eq!((sent.seq, sent.dup), (1, true));
        assert_eq!(bo.send("lobby", "next").await.expect("it is said").seq, 2);
    });
}

#[test]
fn who_does_not_read_holds_little_and_loses_nothing() {
    const MESSAGES: u64 = 3_000;
    let server = Server::with(["--sends-per-second", "100000", "--sends-burst", "100000"]).start();
    block_on(async {
        let url = server.url();
        let options = Options::guest("slow").events_max(32);
        let (slow, mut events) = Client::connect(&url, options).await.expect("it is there");
        slow.join("lobby").await.expect("it is open");
        let (ana, ana_events) = connect(&server, "ana").await;
        // A caller that wants no events drops the stream, and still gets answers.
        drop(ana_events);
        ana.join("lobby").await.expect("it is open");
        let text = "x".repeat(1_000);
        for _ in 0..MESSAGES / 100 {
            let some: Vec<_> = (0..100).map(|_| ana.send("lobby", &text)).collect();
            for sending in some {
                timeout(PATIENCE, sending).await.expect("in time").expect("said");
            }
        }
        let ahead = slow.cursor("lobby").expect("joined").seq;
        assert!(ahead <= 64, "{ahead} messages were read from the socket, and nobody reads them");
        let mut last = 0;
        while last < MESSAGES {
            last = until(&mut events, |event| match event {
                Event::Message { message, .. } => {
                    assert_eq!(message.seq, last + 1);
                    Some(message.seq)
                }
                Event::Gap { .. } => panic!("it is not that far behind"),
                _ => None,
            })
            .await;
        }
    });
}

#[test]
fn a_first_attempt_that_fails_is_told_in_words() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound");
    block_on(async {
        let nobody = Client::connect(&format!("ws://{free}"), Options::anybody()).await;
        let error = nobody.expect_err("nobody listens").to_string();
        assert!(error.contains("no connection to 127.0.0.1"), "{error}");
        let bad = Client::connect("localhost:8080", Options::anybody()).await;
        assert!(matches!(bad, Err(ConnectError::BadUrl { .. })));
        let bad = Client::connect("ws://localhost", Options::guest("a b")).await;
        assert!(matches!(bad, Err(ConnectError::BadNick(_))));
        let server = Server::start();
        let url = server.url();
        let old = Client::connect(&url, Options::token("v1.not.ours")).await;
        assert!(matches!(old, Err(ConnectError::Failed(DisconnectReason::Token(_)))));
        let lost = Client::connect(&format!("{url}/elsewhere"), Options::anybody()).await;
        let error = lost.expect_err("no such page").to_string();
        assert!(error.contains("404") && error.contains("check host, port and path"), "{error}");
    });
}

/// Terminates TLS in front of a server with its own certificate; returns the address and the
/// certificate.
fn tls_before(to: SocketAddr) -> (SocketAddr, Vec<u8>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let der = made.cert.der().to_vec();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the usual versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .expect("they belong together");
    let acceptor = futures_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let acceptor = acceptor.clone();
            thread::spawn(move || block_on(forward(acceptor, stream, to)));
        }
    });
    (address, der)
}

/// A root that has signed nothing here, so that the test needs none of the machine's roots.
fn somebody_elses_authority() -> Vec<u8> {
    let mut params = rcgen::CertificateParams::default();
    params.distinguished_name.push(rcgen::DnType::CommonName, "somebody else");
    let key = rcgen::KeyPair::generate().expect("a key");
    params.self_signed(&key).expect("a certificate").der().to_vec()
}

async fn forward(acceptor: futures_rustls::TlsAcceptor, stream: TcpStream, to: SocketAddr) {
    let stream = async_std::net::TcpStream::from(stream);
    // A client that does not trust this certificate ends the handshake.
    let Ok(inner) = acceptor.accept(stream).await else { return };
    let Ok(outer) = async_std::net::TcpStream::connect(to).await else { return };
    let ((mut from, mut back), outer_) = (futures::AsyncReadExt::split(inner), outer.clone());
    let mut outer = outer;
    let up = futures::io::copy(&mut from, &mut outer);
    let down = futures::io::copy(&outer_, &mut back);
    let _ = futures::future::select(up.boxed_local(), down.boxed_local()).await;
}

#[test]
fn a_certificate_that_nobody_signed_is_refused_in_words_and_trusted_when_told_to() {
    let server = Server::start();
    let (address, certificate) = tls_before(server.address());
    block_on(async {
        let url = format!("wss://localhost:{}", address.port());
        let own = Options::anybody().root_certificate(certificate);
        let (client, _events) = Client::connect(&url, own.clone()).await.expect("it is trusted");
        client.join("lobby").await.expect("it is open");
        let wrong = Options::anybody().root_certificate(somebody_elses_authority());
        let error = Client::connect(&url, wrong).await.expect_err("nobody signed it").to_string();
        assert!(error.contains("whom this machine trusts"), "{error}");
        let name = Client::connect(&format!("wss://127.0.0.1:{}", address.port()), own).await;
        let error = name.expect_err("the certificate is for another name").to_string();
        assert!(error.contains("certificate"), "{error}");
    });
}

#[test]
fn a_server_that_is_full_is_asked_again_when_it_said() {
    let full = HttpStub::start(|_| {
        let head =
            "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n";
        Some(head.to_owned())
    });
    let url = format!("ws://{}", full.address());
    block_on(async {
        let (_client, mut events) =
            Client::start(&url, Options::anybody()).expect("a good address");
        let wait = until(&mut events, |event| match event {
            Event::State(State::Offline { again_in, .. }) => Some(again_in),
            _ => None,
        });
        assert!(wait.await >= Duration::from_secs(7));
    });
}

/// Another runtime: the executor and reactor of smol.
///
/// The executor holds the client's task, and the task holds this: so this must not hold the executor.
#[derive(Clone)]
struct Smol(Weak<Executor<'static>>);

impl Runtime for Smol {
    type Stream = async_net::TcpStream;

    fn dial(&self, host: &str, port: u16) -> BoxFuture<'static, io::Result<Self::Stream>> {
        let address = (host.to_owned(), port);
        async move { async_net::TcpStream::connect(address).await }.boxed()
    }

    fn sleep(&self, for_: Duration) -> BoxFuture<'static, ()> {
        futures::FutureExt::map(async_io::Timer::after(for_), drop).boxed()
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        if let Some(executor) = self.0.upgrade() {
            executor.spawn(task).detach();
        }
    }
}

#[test]
fn another_runtime_will_do_and_when_it_drops_the_client_nobody_waits() {
    let server = Server::start();
    let url = server.url();
    let executor = Arc::new(Executor::new());
    let runtime = Smol(Arc::downgrade(&executor));
    let (client, events) = async_io::block_on(executor.run(async {
        let (client, events) =
            Client::connect_on(runtime, &url, Options::guest("ana")).await.expect("it is there");
        client.join("lobby").await.expect("it is open");
        assert_eq!(client.send("lobby", "hello").await.expect("it is said").seq, 1);
        (client, events)
    }));
    let waiting = client.send("lobby", "nobody runs this");
    // The executor's tasks end with it.
    drop(executor);
    let answer = async_io::block_on(waiting);
    assert_eq!(answer, Err(SendError::Closed { outcome: Outcome::NotSent }));
    let rest: Vec<Event> = async_io::block_on(events.collect());
    assert!(matches!(rest.last(), Some(Event::State(State::Closed { .. }))));
}
