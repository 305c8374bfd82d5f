//! A WebSocket connection as a client has it: frames in, frames out, nothing decided.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use socket2::{Domain, Socket, Type};
use throng_protocol::{CloseCode, Command, ErrorCode, Event, Farewell, Fault, Request};
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Error, Message, WebSocket};

use super::PATIENCE;

/// A WebSocket connection to the server.
pub(crate) struct Wire {
    socket: WebSocket<TcpStream>,
    id: u64,
}

/// What came.
#[derive(Debug)]
pub(crate) enum Received {
    /// A text frame.
    Event(Event),
    /// A close frame with its code.
    Closed(u16),
    /// The end of the connection without a close frame.
    Lost(String),
}

/// How to connect, where it differs from what most tests want.
#[derive(Default)]
pub(crate) struct How {
    /// The address to come from.
    pub(crate) source: Option<Ipv4Addr>,
    /// A small receive buffer, for a reader that is to be slow.
    pub(crate) receive_buffer: Option<usize>,
}

impl Wire {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        Self::connect_as(address, &How::default())
    }

    pub(crate) fn connect_as(address: SocketAddr, how: &How) -> Self {
        Self::try_connect(address, how).unwrap_or_else(|error| panic!("no upgrade: {error}"))
    }

    /// Connects and upgrades; the error may be the server's answer in HTTP.
    pub(crate) fn try_connect(address: SocketAddr, how: &How) -> Result<Self, Error> {
        let stream = tcp(address, how)?;
        let config = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(0);
        let url = format!("ws://{address}/ws");
        match tungstenite::client::client_with_config(url, stream, Some(config)) {
            Ok((socket, _)) => Ok(Self { socket, id: 0 }),
            Err(tungstenite::HandshakeError::Failure(error)) => Err(error),
            Err(tungstenite::HandshakeError::Interrupted(_)) => {
                panic!("the server did not answer the upgrade within {PATIENCE:?}")
            }
        }
    }

    /// Sends a command under the next id, which it returns. It may fail only when the server has
    /// closed; then [`Wire::read`] tells how.
    pub(crate) fn post(&mut self, command: Command) -> u64 {
        self.id += 1;
        let request = Request { id: self.id, command };
        self.text(&request.to_json());
        self.id
    }

    /// Sends a text frame.
    pub(crate) fn text(&mut self, text: &str) {
        self.message(Message::text(text.to_owned()));
    }

    /// Sends a binary frame.
    pub(crate) fn binary(&mut self, bytes: &[u8]) {
        self.message(Message::binary(bytes.to_vec()));
    }

    fn message(&mut self, message: Message) {
        match self.socket.send(message) {
            Ok(()) | Err(Error::ConnectionClosed | Error::AlreadyClosed | Error::Protocol(_)) => {}
            Err(Error::Io(error)) if error.kind() != ErrorKind::WouldBlock => {}
            Err(error) => panic!("the server takes nothing any more: {error}"),
        }
    }

    /// Reads what comes next; fails the test when nothing comes.
    pub(crate) fn read(&mut self) -> Received {
        loop {
            match self.socket.read() {
                Ok(Message::Text(text)) => {
                    let event = Event::parse(&text)
                        .unwrap_or_else(|error| panic!("{error} in the event {text}"));
                    assert!(!matches!(event, Event::Unknown(_)), "no event of version 1: {text}");
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

    /// Reads the next event; the connection must not end.
    pub(crate) fn event(&mut self) -> Event {
        match self.read() {
            Received::Event(event) => event,
            other => panic!("an event should have come, not {other:?}"),
        }
    }

    /// Reads an error with this code.
    pub(crate) fn expect_fault(&mut self, code: ErrorCode) -> Fault {
        match self.event() {
            Event::Error(fault) if fault.code == code => fault,
            other => panic!("the error {code:?} should have come, not {other:?}"),
        }
    }

    /// Reads to the `bye`, then the close frame with the same code, then the end of the stream.
    pub(crate) fn expect_bye(&mut self, code: CloseCode) -> Farewell {
        let bye = loop {
            match self.read() {
                Received::Event(Event::Bye(bye)) => break bye,
                Received::Event(_) => {}
                other => panic!("the bye {code:?} should have come, not {other:?}"),
            }
        };
        assert_eq!(bye.code, code.number(), "{}", bye.reason);
        assert_eq!(bye.reconnect, CloseCode::comes_back(bye.code), "as the table says");
        assert!(!bye.reason.is_empty(), "a person wants to know why");
        self.expect_close(code.number());
        bye
    }

    /// Reads the close frame, then the end of the stream.
    pub(crate) fn expect_close(&mut self, code: u16) {
        match self.read() {
            Received::Closed(given) => assert_eq!(given, code, "the close code"),
            other => panic!("the close {code} should have come, not {other:?}"),
        }
        match self.read() {
            Received::Lost(_) => {}
            other => panic!("the connection should have ended, but then came {other:?}"),
        }
    }

    /// Closes as a browser does: a close frame, then wait for the server's.
    pub(crate) fn close(&mut self) {
        self.socket.close(None).expect("a close frame can be sent");
    }
}

/// Whether a read gave up waiting.
pub(crate) fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// A TCP connection whose reads and writes fail the test when they take too long.
pub(crate) fn tcp(address: SocketAddr, how: &How) -> io::Result<TcpStream> {
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
