//! Other things to be done with messages than to chat: the accept loop, the handshake, the reader, the
//! outbox, every limit and every deadline are the same ones.
//!
//! A conformance suite judges a WebSocket server by what it sends back. `examples/ws_echo.rs` is a
//! server for that.

/// A message of a client, or to one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A text message.
    Text(String),
    /// A binary message.
    Binary(Vec<u8>),
}

/// What one connection does with its messages.
pub trait Handler: Send + 'static {
    /// Takes one message, and returns what is sent back, if anything is.
    fn message(&mut self, message: Message) -> Option<Message>;
}

/// Makes the handler of each connection.
pub(crate) type MakeHandler = Box<dyn Fn() -> Box<dyn Handler> + Send + Sync>;
