//! An HTTP server that gives the responses that a test wants, valid ones and all kinds of bad ones.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// The response to a request, by its number; the first is 1.
type Answer = fn(usize) -> Option<String>;

/// A running stub.
pub struct HttpStub {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    requests: AtomicUsize,
    ended: AtomicBool,
}

impl HttpStub {
    /// If the answer is `None`, the connection is held open, and nothing ever comes.
    pub fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let state = State { requests: AtomicUsize::new(0), ended: AtomicBool::new(false) };
        let state = Arc::new(state);
        let accepting = Arc::clone(&state);
        thread::spawn(move || {
            let mut held = Vec::new();
            for stream in listener.incoming() {
                if accepting.ended.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(mut stream) = stream else { continue };
                let number = accepting.requests.fetch_add(1, Ordering::Relaxed) + 1;
                match answer(number) {
                    // The client may be gone.
                    Some(text) => drop(
                        read_head(&mut stream).and_then(|()| stream.write_all(text.as_bytes())),
                    ),
                    None => held.push(stream),
                }
            }
        });
        Self { address, state }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many requests came.
    pub fn requests(&self) -> usize {
        self.state.requests.load(Ordering::Relaxed)
    }
}

impl Drop for HttpStub {
    fn drop(&mut self) {
        self.state.ended.store(true, Ordering::Relaxed);
        // Wakes the accept loop, which then ends.
        let _ = TcpStream::connect(self.address);
    }
}

/// An HTTP response.
pub fn answer(status: &str, body: &str) -> Option<String> {
    let length = body.len();
    Some(format!(
        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    ))
}

fn read_head(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? == 1 {
        head.push(byte[0]);
    }
    Ok(())
}
