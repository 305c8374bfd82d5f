//! One connection of an administrator: a line in, a line out, each with its deadline.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use async_io::Timer;
use async_std::io::prelude::{ReadExt, WriteExt};
use async_std::os::unix::net::UnixStream;
use futures::future::{Either, select};
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::debug;

use super::arguments::Arguments;
use super::line_buffer::{LINE_BYTES_MAX, LineBuffer, TooLong};
use super::refused::Refused;
use super::table;
use crate::server::Server;

/// How long a client may take for its next request. A person who types one needs some seconds.
const READ: Duration = Duration::from_secs(10);

/// How long a command may take: some reads of the log, while the disk is slow.
const WORK: Duration = Duration::from_secs(10);

/// How long a client may take to read an answer.
const WRITE: Duration = Duration::from_secs(10);

/// How much is read at once.
const CHUNK_BYTES: usize = 4 * 1024;

/// What came from the client.
enum Incoming {
    Line(Vec<u8>),
    /// A line that is longer than it may be.
    TooLong,
    /// No whole line within the deadline.
    Late,
    /// The client went away, or the server drains.
    End,
}

/// Serves one connection until the client goes away, breaks a rule, or the drain begins. A command that is being
/// done then is answered.
pub(super) async fn serve(server: Arc<Server>, mut socket: UnixStream) {
    let mut buffer = LineBuffer::default();
    loop {
        let (answer, is_last) = match next_line(&server, &mut socket, &mut buffer).await {
            Incoming::Line(line) => (answer(&server, &line).await, false),
            Incoming::TooLong => {
                let message = format!("a request has at most {LINE_BYTES_MAX} bytes");
                (Err(Refused::new("too_long", message)), true)
            }
            Incoming::Late => {
                let message = format!("no whole line came within {} s", READ.as_secs());
                (Err(Refused::new("timeout", message)), true)
            }
            Incoming::End => return,
        };
        let line = encode(&answer);
        let written = within(WRITE, socket.write_all(line.as_bytes())).await;
        if is_last || !matches!(written, Some(Ok(()))) {
            return;
        }
    }
}

async fn next_line(server: &Server, socket: &mut UnixStream, buffer: &mut LineBuffer) -> Incoming {
    let reading = std::pin::pin!(within(READ, read_line(socket, buffer)));
    let draining = std::pin::pin!(server.drain.begun());
    match select(reading, draining).await {
        Either::Left((Some(Ok(incoming)), _)) => incoming,
        Either::Left((Some(Err(error)), _)) => {
            debug!(%error, "a connection of an administrator broke");
            Incoming::End
        }
        Either::Left((None, _)) => Incoming::Late,
        Either::Right(_) => Incoming::End,
    }
}

async fn read_line(socket: &mut UnixStream, buffer: &mut LineBuffer) -> io::Result<Incoming> {
    loop {
        match buffer.take_line() {
            Ok(Some(line)) => return Ok(Incoming::Line(line)),
            Ok(None) => {}
            Err(TooLong) => return Ok(Incoming::TooLong),
        }
        let mut chunk = [0; CHUNK_BYTES];
        match socket.read(&mut chunk).await? {
            0 => return Ok(Incoming::End),
            read => buffer.add(&chunk[..read]),
        }
    }
}

/// Does what a line asks for.
async fn answer(server: &Server, line: &[u8]) -> Result<Value, Refused> {
    let (command, given) = parse(line)?;
    let row = table::find(&command).ok_or_else(|| {
        let message = format!("there is no command {command:?}: `throng admin --help` lists them");
        Refused::new("unknown_command", message)
    })?;
    let arguments = Arguments::read(row.arguments, given)?;
    debug!(command = row.name, "an administrator asks");
    within(WORK, (row.run)(server, arguments)).await.unwrap_or_else(|| {
        let message = format!("the command took longer than {} s", WORK.as_secs());
        Err(Refused::new("timeout", message))
    })
}

/// Takes a request apart: the command, and everything beside it.
fn parse(line: &[u8]) -> Result<(String, Map<String, Value>), Refused> {
    let bad = |message: String| Refused::new("bad_json", message);
    let request = serde_json::from_slice(line).map_err(|error| bad(error.to_string()))?;
    let Value::Object(mut given) = request else {
        return Err(bad("a request is an object".to_owned()));
    };
    match given.remove("command") {
        Some(Value::String(command)) => Ok((command, given)),
        _ => Err(bad("\"command\" must be the name of a command".to_owned())),
    }
}

/// An answer as it is written: an object with one field.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Answer<'a> {
    Ok(&'a Value),
    Error(&'a Refused),
}

fn encode(answer: &Result<Value, Refused>) -> String {
    let answer = match answer {
        Ok(value) => Answer::Ok(value),
        Err(refused) => Answer::Error(refused),
    };
    let mut line = serde_json::to_string(&answer).expect("values and texts are JSON");
    line.push('\n');
    line
}

/// Waits for something, but not longer than this; `None` when it takes longer. Dropping the waits of this file
/// midway is safe.
async fn within<T>(time: Duration, work: impl Future<Output = T>) -> Option<T> {
    let work = std::pin::pin!(work);
    match select(work, Timer::after(time)).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Refused, encode, parse};

    #[test]
    fn a_request_is_a_command_and_what_is_beside_it() {
        let (command, given) =
            parse(br#"{"query": "a", "command": "room list"}"#).expect("it is right");
        assert_eq!(command, "room list");
        assert_eq!(json!(given), json!({"query": "a"}));
    }

    #[test]
    fn what_is_no_request_is_refused() {
        let deep = "[".repeat(10_000);
        for line in [
            &b""[..],
            b"status",
            b"[]",
            b"\"status\"",
            b"{}",
            b"{\"command\": 1}",
            b"\xff\xfe",
            b"{\"command\": \"status\"} {}",
            deep.as_bytes(),
        ] {
            let refused = parse(line).expect_err("it is wrong");
            let written = serde_json::to_value(refused).expect("it is text");
            assert_eq!(written["code"], "bad_json", "{line:?}");
        }
    }

    #[test]
    fn an_answer_is_one_line() {
        let ok = encode(&Ok(json!({"text": "a\nb"})));
        assert_eq!(ok, "{\"ok\":{\"text\":\"a\\nb\"}}\n");
        let refused = encode(&Err(Refused::new("not_found", "no\nline")));
        assert_eq!(refused.matches('\n').count(), 1, "{refused}");
    }
}
