//! A WebSocket connection as a client has it: frames in, frames out, no logic.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use socket2::{Domain, Socket, Type};
use throng_protocol::{
    CloseCode, Command, ErrorCode, Event, Farewell, Fault, MESSAGE_BYTES_MAX, Request,
};
use tungstenite::protocol::{Role, WebSocketConfig};
use tungstenite::{Error, Message, WebSocket};

use crate::PATIENCE;

/// The transport of a connection.
pub trait Stream: Read + Write + Send {}

impl<T: Read + Write + Send> Stream for T {}

/// A WebSocket connection to the server.
pub struct Wire {
    socket: WebSocket<Box<dyn Stream>>,
    id: u64,
    longest: usize,
}

/// What the server sent.
#[derive(Debug)]
pub enum Received {
    /// A text frame.
    Event(Event),
    /// A close frame with its code.
    Closed(u16),
    /// The end of the connection without a close frame.
    Lost(String),
}

/// How to connect, where it differs from most tests.
#[derive(Default)]
pub struct How {
    /// The local address to connect from.
    pub source: Option<Ipv4Addr>,
    /// A small receive buffer, for a slow reader.
    pub receive_buffer: Option<usize>,
}

impl Wire {
    pub fn connect(address: SocketAddr) -> Self {
        Self::connect_as(address, &How::default())
    }

    pub fn connect_as(address: SocketAddr, how: &How) -> Self {
        Self::try_connect(address, how).unwrap_or_else(|error| panic!("no upgrade: {error}"))
    }

    /// A connection over any stream that has already been upgraded.
    pub fn over(stream: impl Stream + 'static) -> Self {
        let stream: Box<dyn Stream> = Box::new(stream);
        let socket = WebSocket::from_raw_socket(stream, Role::Client, None);
        Self { socket, id: 0, longest: 0 }
    }

    /// Connects and upgrades; the error may be the server's HTTP response.
    pub fn try_connect(address: SocketAddr, how: &How) -> Result<Self, Error> {
        let stream: Box<dyn Stream> = Box::new(tcp(address, how)?);
        let config = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(0);
        let url = format!("ws://{address}/ws");
        match tungstenite::client::client_with_config(url, stream, Some(config)) {
            Ok((socket, _)) => Ok(Self { socket, id: 0, longest: 0 }),
            Err(tungstenite::HandshakeError::Failure(error)) => Err(error),
            Err(tungstenite::HandshakeError::Interrupted(_)) => {
                panic!("the server did not answer the upgrade within {PATIENCE:?}")
            }
        }
    }

    /// Sends a command under the next id, and returns the id. May fail only if the server has closed; then
    /// [`Wire::read`] returns how.
    pub fn post(&mut self, command: Command) -> u64 {
        self.id += 1;
        let request = Request { id: self.id, command };
        self.text(&request.to_json());
        self.id
    }

    /// Sends a text frame.
    pub fn text(&mut self, text: &str) {
        self.message(Message::text(text.to_owned()));
    }

    /// Sends a binary frame.
    pub fn binary(&mut self, bytes: &[u8]) {
        self.message(Message::binary(bytes.to_vec()));
    }

    fn message(&mut self, message: Message) {
        match self.socket.send(message) {
            Ok(()) | Err(Error::ConnectionClosed | Error::AlreadyClosed | Error::Protocol(_)) => {}
            Err(Error::Io(error)) if error.kind() != ErrorKind::WouldBlock => {}
            Err(error) => panic!("the server reads nothing any more: {error}"),
        }
    }

    /// Reads the next frame; fails the test if none comes.
    pub fn read(&mut self) -> Received {
        loop {
            match self.socket.read() {
                Ok(Message::Text(text)) => {
                    let event = Event::parse(&text)
                        .unwrap_or_else(|error| panic!("{error} in the event {text}"));
                    self.longest = self.longest.max(text.len());
                    assert!(text.len() <= MESSAGE_BYTES_MAX, "{} bytes in one message", text.len());
                    let is_later = match &event {
                        Event::Entry(entry) => entry.kind != "hidden",
                        event => matches!(event, Event::Unknown(_)),
                    };
                    assert!(!is_later, "no event of version 1: {text}");
                    return Received::Event(event);
                }
                Ok(Message::Close(Some(frame))) => return Received::Closed(frame.code.into()),
                Ok(Message::Close(None)) => return Received::Closed(1005),
                Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => {}
                Ok(Message::Binary(bytes)) => panic!("{} binary bytes came", bytes.len()),
                Err(Error::Io(error)) if is_timeout(&error) => {
                    panic!("nothing came within {PATIENCE:?}")
                }
                Err(error) => return Received::Lost(error.to_string()),
            }
        }
    }

    /// The length of the longest message since the last call, in bytes.
    pub fn take_longest(&mut self) -> usize {
        std::mem::take(&mut self.longest)
    }

    /// Reads the next event; the connection must not end.
    pub fn event(&mut self) -> Event {
        match self.read() {
            Received::Event(event) => event,
            other => panic!("an event should have come, not {other:?}"),
        }
    }

    /// Reads an error with this code.
    pub fn expect_fault(&mut self, code: ErrorCode) -> Fault {
        match self.event() {
            Event::Error(fault) if fault.code == code => fault,
            other => panic!("the error {code:?} should have come, not {other:?}"),
        }
    }

    /// Reads up to the `bye`, then the close frame with the same code, then the end of the stream.
    pub fn expect_bye(&mut self, code: CloseCode) -> Farewell {
        let bye = loop {
            match self.read() {
                Received::Event(Event::Bye(bye)) => break bye,
                Received::Event(_) => {}
                other => panic!("the bye {code:?} should have come, not {other:?}"),
            }
        };
        assert_eq!(bye.code, code.number(), "{}", bye.reason);
        assert_eq!(bye.reconnect, CloseCode::comes_back(bye.code), "as the table says");
        assert!(!bye.reason.is_empty(), "the bye has a reason");
        self.expect_close(code.number());
        bye
    }

    /// Reads the close frame, then the end of the stream.
    pub fn expect_close(&mut self, code: u16) {
        match self.read() {
            Received::Closed(given) => assert_eq!(given, code, "the close code"),
            other => panic!("the close {code} should have come, not {other:?}"),
        }
        match self.read() {
            Received::Lost(_) => {}
            other => panic!("the connection should have ended, but then came {other:?}"),
        }
    }

    /// Closes as a browser does: sends a close frame, then waits for the server's.
    pub fn close(&mut self) {
        self.socket.close(None).expect("a close frame can be sent");
    }
}

/// Whether a read timed out.
pub fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// A TCP connection whose reads and writes fail the test if they take too long.
pub fn tcp(address: SocketAddr, how: &How) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    if let Some(bytes) = how.receive_buffer {
        socket.set_recv_buffer_size(bytes)?;
    }
    if let Some(source) = how.source {
        socket.bind(&SocketAddr::from((source, 0)).into())?;
    }
    socket.connect_timeout(&address.into(), PATIENCE)?;
    socket.set_tcp_nodelay(true)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    Ok(socket.into())
}
