//! `throng admin`: asks the server that runs with this data directory, and prints what it answers.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::time::Duration;

use clap::ArgMatches;
use serde_json::Value;
use throng_log::{clock, data_dir};

use super::row::Shown;
use super::socket;
use crate::config::Config;
use arguments::Asked;

mod arguments;
mod harmless;
mod show;

pub use arguments::command;

/// How long the server may take for each step: longer than a command may take there.
const PATIENCE: Duration = Duration::from_secs(30);

/// No answer is longer. The longest lists have some megabytes.
const ANSWER_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The server did it.
    Done,
    /// The server refused.
    Refused,
    /// This user may not ask.
    Denied,
    /// There is no server, or it gave no answer.
    NoServer,
    /// What the server answered could not be written.
    Unwritten,
}

/// Asks what [`command`] read from the command line. The answer goes to `out`, what went wrong to `err`.
pub fn run(
    config: &Config,
    matches: &ArgMatches,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Ended {
    let asked = Asked::read(matches);
    // As the server reads it: a part of the path that is missing is no hindrance for `..`.
    let dir = data_dir::resolve(&config.data_dir).unwrap_or_else(|_| config.data_dir.clone());
    let (ended, complaint) = print(&dir, asked, out);
    if !complaint.is_empty() {
        // Nobody is left to be told when this takes nothing; the exit code says how it ended.
        let _ = writeln!(err, "{complaint}");
    }
    ended
}

/// Asks, and prints, page by page where the answer says that there is more.
fn print(dir: &Path, mut asked: Asked, out: &mut impl Write) -> (Ended, String) {
    loop {
        let answer = match ask(dir, &asked.request) {
            Ok(answer) => answer,
            Err(error) => return explain(dir, &error),
        };
        let (ended, printed, complaint) = judge(&answer, &asked);
        if let Err(error) = out.write_all(printed.as_bytes()).and_then(|()| out.flush()) {
            return (Ended::Unwritten, format!("the answer could not be written: {error}"));
        }
        match (&asked.row.shown, &answer["ok"]["next"]) {
            (Shown::Lines(_), Value::Number(next)) => asked.request["after"] = next.clone().into(),
            _ => return (ended, complaint),
        }
    }
}

/// What an answer means, and what of it goes where.
fn judge(answer: &Value, asked: &Asked) -> (Ended, String, String) {
    let refused = answer.get("error");
    let ended = if refused.is_some() { Ended::Refused } else { Ended::Done };
    let is_lines = matches!(asked.row.shown, Shown::Lines(_)) && refused.is_none();
    if asked.as_json && !is_lines {
        return (ended, harmless::json(answer), String::new());
    }
    match refused {
        Some(refused) => {
            let message = refused.get("message").and_then(Value::as_str).unwrap_or_default();
            (ended, String::new(), harmless::text(message))
        }
        None => {
            let shown = show::answer(&asked.row.shown, &answer["ok"], clock::unix_ms());
            (ended, shown, String::new())
        }
    }
}

/// Sends a request, and reads the answer.
fn ask(dir: &Path, request: &Value) -> io::Result<Value> {
    let mut socket = socket::connect(dir, PATIENCE)?;
    // A request that is too long is answered before all of it was taken, so the answer is read in any case.
    let written = socket.write_all(format!("{request}\n").as_bytes());
    let mut line = Vec::new();
    let read = BufReader::new(socket).take(ANSWER_BYTES_MAX).read_until(b'\n', &mut line);
    match line.ends_with(b"\n") {
        true => serde_json::from_slice(&line).map_err(io::Error::from),
        false => {
            written?;
            read?;
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }
}

fn explain(dir: &Path, error: &io::Error) -> (Ended, String) {
    let shown = harmless::text(&dir.display().to_string());
    match error.kind() {
        io::ErrorKind::NotFound
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::ConnectionRefused => {
            let words = format!(
                "no server is running with the data directory {shown}. Start one with `throng --data-dir \
                 {shown}`, or name the directory of the one that is running (--data-dir, --config or \
                 THRONG_DATA_DIR)"
            );
            (Ended::NoServer, words)
        }
        io::ErrorKind::PermissionDenied => {
            let words = format!(
                "this user may not ask the server in {shown}: only root and the server's own user may"
            );
            (Ended::Denied, words)
        }
        _ => {
            let words = format!(
                "the server in {shown} gave no answer ({error}): it is ending, or its log says why"
            );
            (Ended::NoServer, words)
        }
    }
}
