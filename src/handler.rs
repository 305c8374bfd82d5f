//! Other uses of messages than the chat: the accept loop, the handshake, the reader, the outbox, and all
//! limits and deadlines are the same.
//!
//! A conformance suite judges a WebSocket server by what it sends back. `examples/ws_echo.rs` is a server for
//! that.

/// A message from or to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A text message.
    Text(String),
    /// A binary message.
    Binary(Vec<u8>),
}

/// Processes the messages of one connection.
pub trait Handler: Send + 'static {
    /// Takes one message, and returns the reply, if there is one.
    fn message(&mut self, message: Message) -> Option<Message>;
}

/// Makes the handler of each connection.
pub(crate) type MakeHandler = Box<dyn Fn() -> Box<dyn Handler> + Send + Sync>;
