//! The router with test routes that read bodies and stream, over real sockets: no route of the server does
//! that yet, and later ones will rely on it.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_std::net::TcpListener;
use async_std::task::block_on;
use dashmap::DashMap;
use futures::stream::{self, StreamExt};
use hyper::body::Bytes;
use hyper::{Method, StatusCode};
use support::PATIENCE;
use support::http::{Response, parse};
use support::wire::{How, tcp};

use super::answer::{Answer, text, with_body};
use super::answer_body::AnswerBody;
use super::connection::Connection;
use super::context::{Context, Service};
use super::request::Request;
use super::router::{Handler, Limits, Route, Routes};
use crate::base::metrics::resident_bytes;
use crate::base::tasks::{Kind, Name};
use crate::server::in_process::InProcess;

mod downloads;
mod requests;
mod uploads;

/// The longest upload that the test route accepts.
const UPLOAD_BYTES_MAX: u64 = 50 << 20;

/// The longest body of the route that reads it whole.
const WHOLE_BYTES_MAX: u64 = 64;

/// The time limit of a route that is to exceed it.
const BRIEF: Duration = Duration::from_millis(200);

/// Longer than a test waits for anything.
const LONG: Duration = Duration::from_secs(3_600);

/// How much the process may grow while 50 MB go through it.
const GROWTH_MAX: u64 = 8 << 20;

static CHUNK: [u8; 16 * 1024] = [b'x'; 16 * 1024];

static ROUTES: LazyLock<Routes> = LazyLock::new(|| {
    let put = Limits { body_bytes: UPLOAD_BYTES_MAX, time: PATIENCE };
    let post = Limits { body_bytes: WHOLE_BYTES_MAX, time: PATIENCE };
    let file = get(PATIENCE, |c, r| Box::pin(name(c, r)));
    let whole = Route::guarded().on(Method::POST, post, |c, r| Box::pin(whole(c, r)));
    Routes::new(get(PATIENCE, |c, r| Box::pin(nothing(c, r))))
        .route("/files/{id}", file.on(Method::PUT, put, |c, r| Box::pin(upload(c, r))))
        .route("/whole", whole)
        .route("/stream/{chunks}", get(PATIENCE, |c, r| Box::pin(download(c, r))))
        .route("/sized/{chunks}", get(PATIENCE, |c, r| Box::pin(download(c, r))))
        .route("/short", get(PATIENCE, |c, r| Box::pin(of_wrong_length(c, r))))
        .route("/long", get(PATIENCE, |c, r| Box::pin(of_wrong_length(c, r))))
        .route("/dry/{chunks}", get(BRIEF, |c, r| Box::pin(dry(c, r))))
        .route("/fails", get(PATIENCE, |c, r| Box::pin(fails(c, r))))
        .route("/waits", get(LONG, |c, r| Box::pin(waits(c, r))))
        .route("/late", get(BRIEF, |c, r| Box::pin(waits(c, r))))
        .route("/panics", get(PATIENCE, |_, _| panic!("as the test wants it")))
});

fn get(time: Duration, handler: Handler) -> Route {
    Route::guarded().on(Method::GET, Limits { body_bytes: 0, time }, handler)
}

async fn nothing(_: &Context, _: Request) -> Answer {
    text(StatusCode::NOT_FOUND, "nothing\n")
}

async fn name(_: &Context, request: Request) -> Answer {
    text(StatusCode::OK, request.parameter("id").unwrap_or_default())
}

async fn upload(_: &Context, mut request: Request) -> Answer {
    let (mut bytes, mut longest) = (0, 0);
    loop {
        match request.body.chunk().await {
            Ok(Some(chunk)) => {
                bytes += chunk.len();
                longest = longest.max(chunk.len());
            }
            Ok(None) => return text(StatusCode::CREATED, &format!("{bytes} {longest}")),
            Err(error) => return error.answer(),
        }
    }
}

async fn whole(_: &Context, mut request: Request) -> Answer {
    match request.body.whole().await {
        Ok(bytes) => text(StatusCode::OK, &String::from_utf8_lossy(&bytes)),
        Err(error) => error.answer(),
    }
}

/// How many chunks were made, by the number of chunks of the whole download. Each test uses another number,
/// so that tests in the same process do not count each other's.
static MADE: LazyLock<DashMap<u64, usize>> = LazyLock::new(DashMap::new);

fn chunks(request: &Request) -> u64 {
    let chunks = request.parameter("chunks").and_then(|chunks| chunks.parse().ok());
    chunks.expect("a number")
}

async fn download(context: &Context, request: Request) -> Answer {
    let chunks = chunks(&request);
    let is_sized = request.path().starts_with("/sized");
    let length = is_sized.then_some(chunks * CHUNK.len() as u64);
    let source = stream::iter((0..chunks).map(move |_| {
        *MADE.entry(chunks).or_default() += 1;
        Ok(Bytes::from_static(&CHUNK))
    }));
    streamed(AnswerBody::streamed(context, length, source))
}

/// Some chunks, and then nothing more.
async fn dry(context: &Context, request: Request) -> Answer {
    let some = stream::iter((0..chunks(&request)).map(|_| Ok(Bytes::from_static(&CHUNK))));
    streamed(AnswerBody::streamed(context, None, some.chain(stream::pending())))
}

/// One chunk, and then an error.
async fn fails(context: &Context, _: Request) -> Answer {
    let chunks = [Ok(Bytes::from_static(b"first")), Err(io::Error::other("as the test wants it"))];
    streamed(AnswerBody::streamed(context, None, stream::iter(chunks)))
}

/// One chunk, with a length that is too large or too small.
async fn of_wrong_length(context: &Context, request: Request) -> Answer {
    let length = if request.path() == "/short" { 6 } else { 4 };
    let first = stream::iter([Ok(Bytes::from_static(b"first"))]);
    streamed(AnswerBody::streamed(context, Some(length), first))
}

fn streamed(body: AnswerBody) -> Answer {
    with_body(StatusCode::OK, "application/octet-stream", body)
}

/// How many handlers of `/waits` and `/late` are running.
static WAITING: AtomicUsize = AtomicUsize::new(0);

async fn waits(_: &Context, _: Request) -> Answer {
    struct Counted;
    impl Drop for Counted {
        fn drop(&mut self) {
            WAITING.fetch_sub(1, Ordering::SeqCst);
        }
    }
    WAITING.fetch_add(1, Ordering::SeqCst);
    let _counted = Counted;
    std::future::pending().await
}

/// A server with the test's routes.
struct Served {
    server: InProcess,
    address: SocketAddr,
}

impl Served {
    fn start(flags: &[&str]) -> Self {
        let server = InProcess::start(&[flags, &["--trust", "127.0.0.0/8"]].concat());
        let listener = block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::clone(&server);
        server.tasks.spawn(Name::service("accept"), async move {
            while let Ok((socket, peer)) = listener.accept().await {
                let slot = shared.slots.take(peer.ip()).expect("a slot");
                let lease = shared.admissions.acquire_arc().await;
                let number = shared.number_connection();
                let admitted = Some((slot, lease));
                let mut connection =
                    Connection::new(Arc::clone(&shared), Service::Chat, number, address, admitted);
                connection.routes = &ROUTES;
                shared.tasks.spawn(Name::numbered(Kind::Http, number), async move {
                    connection.serve(socket).await;
                });
            }
        });
        Self { server, address }
    }

    fn connect(&self) -> TcpStream {
        tcp(self.address, &How::default()).expect("the server listens")
    }

    /// A client that reads little at once.
    fn connect_narrow(&self) -> TcpStream {
        let narrow = How { receive_buffer: Some(4096), ..How::default() };
        tcp(self.address, &narrow).expect("the server listens")
    }

    /// The request line and the `Host`, without the empty line.
    fn head(&self, line: &str) -> String {
        format!("{line} HTTP/1.1\r\nHost: {}\r\n", self.address)
    }

    /// Sends a head. Each header has its line end.
    fn say(&self, socket: &mut TcpStream, line: &str, headers: &str) {
        let head = format!("{}{headers}\r\n", self.head(line));
        socket.write_all(head.as_bytes()).expect("the server reads");
    }

    /// Sends a head and a body, and reads to the end of the connection.
    fn ask(&self, line: &str, headers: &str, body: &[u8]) -> Response {
        let mut socket = self.connect();
        self.say(&mut socket, line, &format!("{headers}Connection: close\r\n"));
        socket.write_all(body).expect("the server reads");
        parse(&read_to_end(&mut socket))
    }

    /// How many tasks of a kind there are.
    fn running(&self, kind: Kind) -> usize {
        self.server.tasks.late(kind).len()
    }
}

/// The memory of this process, in bytes. Each test is a separate process.
fn resident() -> u64 {
    resident_bytes().expect("Linux")
}

fn read_to_end(socket: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).expect("the connection ends, and without a reset");
    bytes
}

/// Reads until the bytes end with `end`.
fn read_until(socket: &mut TcpStream, end: &[u8]) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(end) {
        let mut byte = [0];
        socket.read_exact(&mut byte).expect("more comes");
        bytes.push(byte[0]);
    }
    String::from_utf8(bytes).expect("text")
}
