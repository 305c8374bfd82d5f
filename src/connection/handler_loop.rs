//! The loop of a connection whose messages go to a [`Handler`] instead of a session.

use crate::base::tasks::yield_now;
use crate::connection::{Connection, ConnectionEnd, Incoming};
use crate::handler::{Handler, Message};
use crate::wire::frame::Frame;

/// How many messages are processed before other tasks run.
const MESSAGES_AT_ONCE: u32 = 16;

/// Serves one connection until one of the two sides ends it.
pub(crate) async fn run(mut connection: Connection, mut handler: Box<dyn Handler>, early: Vec<u8>) {
    let end = match serve(&mut connection, handler.as_mut(), early).await {
        Ok(never) => match never {},
        Err(end) => end,
    };
    connection.note(&end);
    if matches!(end, ConnectionEnd::Drained) {
        connection.answer_all().await;
    }
    // No `bye`: that belongs to the chat's protocol.
    connection.say_last(&end, Frame::close);
    connection.close(&end).await;
}

async fn serve(
    connection: &mut Connection,
    handler: &mut dyn Handler,
    early: Vec<u8>,
) -> Result<std::convert::Infallible, ConnectionEnd> {
    connection.begin(early)?;
    // There is no hello to wait for: the heartbeat applies from the start.
    connection.peer.greet();
    let mut taken = 0_u32;
    loop {
        let message = match connection.next(|_, _, _| {}).await? {
            Incoming::Text(text) => Message::Text(text.as_str().to_owned()),
            Incoming::Binary(bytes) => Message::Binary(bytes.to_vec()),
        };
        let frame = handler.message(message).map(|reply| match reply {
            Message::Text(text) => Frame::text(&text),
            Message::Binary(bytes) => Frame::binary(&bytes),
        });
        if let Some(frame) = frame {
            connection.ticket(None, frame.len(), |_, _, _| {}).await?.reply(&frame);
        }
        taken += 1;
        if taken.is_multiple_of(MESSAGES_AT_ONCE) {
            yield_now().await;
        }
    }
}
