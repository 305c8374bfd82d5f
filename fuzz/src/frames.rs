//! Counting frames beside tungstenite: both must find the same ends.

use std::io::{Error, ErrorKind, Read, Result, Write};

use async_tungstenite::tungstenite::protocol::{Role, WebSocket};
use async_tungstenite::tungstenite::{self, Message};
use throng::internals::{Counted, count_frames};

/// The text frame `x` of a client.
const MARK: [u8; 7] = [0x81, 0x81, 0, 0, 0, 0, b'x'];

/// The first byte says in which pieces the rest comes. That is what a client sends.
///
/// # Panics
/// When it matters in which pieces it comes, or where a message ends is not where it ends.
pub fn check(data: &[u8]) {
    let Some((size, stream)) = data.split_first() else { return };
    let whole = count_frames(std::iter::once(stream));
    assert_eq!(
        count_frames(stream.chunks(usize::from(*size).max(1))),
        whole,
        "in pieces of {size}"
    );
    let Counted::Frames(_, true) = whole else { return };
    // The connection forgets all that it held here, so tungstenite must hold nothing either.
    let bytes = [stream, &MARK].concat();
    let mut socket = WebSocket::from_raw_socket(Given(&bytes), Role::Server, None);
    let mut last = None;
    loop {
        match socket.read() {
            Ok(message) => last = Some(message),
            Err(tungstenite::Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => break,
            // What is wrong with the stream ends the connection.
            Err(_) => return,
        }
        if matches!(last, Some(Message::Close(_))) {
            return;
        }
    }
    assert_eq!(last, Some(Message::text("x")), "{stream:?} is between two messages");
}

struct Given<'a>(&'a [u8]);

impl Read for Given<'_> {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize> {
        match self.0.read(buf)? {
            0 => Err(Error::from(ErrorKind::WouldBlock)),
            read => Ok(read),
        }
    }
}

impl Write for Given<'_> {
    fn write(&mut self, buf: &[u8]) -> Result<usize> {
        Ok(buf.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}
