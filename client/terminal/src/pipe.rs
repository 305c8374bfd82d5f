//! `--plain --send`: every line of the input is said, and the end waits for the answers.

use std::io;
use std::time::Duration;

use anyhow::bail;
use async_signal::{Signal, Signals};
use async_std::io::{ReadExt, Stdin};
use futures::StreamExt;
use futures::future::FutureExt;
use futures::stream::FuturesUnordered;
use unicode_segmentation::UnicodeSegmentation;

use crate::link::Connection;
use crate::model::Link;
use crate::run::sentence;
use crate::terminal::complain;
use crate::update::{Asked, Event};

/// So many lines wait for their answers; then the input is not read on. It is a burst that a server
/// takes at once, twice over, so the line is never idle.
const WAITING_MAX: usize = 64;

/// How long the end waits for the last answers: a server that restarts is back by then.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// How long after a signal, where somebody wants us gone.
const PATIENCE_AFTER_SIGNAL: Duration = Duration::from_secs(2);

/// A longer line is cut into several: no text may be as long, and an input without line ends
/// must not fill the memory.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// The limit of a server that has not told its own yet.
const TEXT_BYTES: usize = 4_096;

/// How the answers came out.
#[derive(Default)]
struct Tally {
    said: u64,
    refused: u64,
    why: String,
    /// A signal came before the end of the input: what it still holds is not said.
    cut_short: bool,
}

/// Says every line of the input in `room`. It returns when each has its answer.
///
/// # Errors
/// A sentence, when a line was not said or is not known to be.
pub(crate) async fn say_lines(mut connection: Connection, room: &str) -> anyhow::Result<()> {
    let mut tally = Tally::default();
    let ended = turn(&mut connection, room, &mut tally).await;
    connection.close().await;
    ended?;
    if tally.refused > 0 {
        let all = tally.said + tally.refused;
        bail!("{} of {all} lines were not said: {}", tally.refused, sentence(&tally.why));
    }
    if tally.cut_short {
        bail!(
            "Stopped before the end of the input: {} of its lines are on the server's disk, what \
             came after them was not said.",
            tally.said
        );
    }
    Ok(())
}

async fn turn(connection: &mut Connection, room: &str, tally: &mut Tally) -> anyhow::Result<()> {
    let mut lines = Lines::new();
    let mut signals = Signals::new([Signal::Term, Signal::Hup, Signal::Int])?.fuse();
    let mut waiting = FuturesUnordered::new();
    let mut texts = std::collections::VecDeque::new();
    let mut reads = true;
    let mut patience = Box::pin(futures::future::Fuse::terminated());
    while reads || !waiting.is_empty() || !texts.is_empty() {
        while waiting.len() < WAITING_MAX
            && let Some(text) = texts.pop_front()
        {
            let text: String = text;
            waiting.push(connection.client().send(room, &text));
        }
        let wants = reads && texts.is_empty();
        let mut next = Box::pin(wanted(&mut lines, wants).fuse());
        futures::select_biased! {
            answer = waiting.select_next_some() => match answer {
                Ok(_) => tally.said += 1,
                Err(error) => {
                    tally.refused += 1;
                    tally.why = error.to_string();
                }
            },
            heard = connection.next().fuse() => heard.into_iter().flatten().try_for_each(told)?,
            line = next => match line? {
                Some(line) => texts.extend(pieces(&line, connection)),
                None => {
                    reads = false;
                    patience = Box::pin(async_std::task::sleep(PATIENCE).fuse());
                }
            },
            _ = signals.next() => {
                tally.cut_short |= reads;
                reads = false;
                patience = Box::pin(async_std::task::sleep(PATIENCE_AFTER_SIGNAL).fuse());
            }
            () = patience => bail!(
                "Without an answer from the server: {} of the lines. It is unknown whether they were \
                 said: look into #{room} before you send them again.",
                waiting.len() + texts.len()
            ),
        }
    }
    Ok(())
}

async fn wanted(lines: &mut Lines, wants: bool) -> io::Result<Option<String>> {
    if wants { lines.next().await } else { std::future::pending().await }
}

/// What is told on stderr of the connection, and what ends everything.
fn told(event: Event) -> anyhow::Result<()> {
    match event {
        Event::Link(Link::Closed { why }) => {
            bail!("{} Look at the address, or choose another --nick.", sentence(&why))
        }
        Event::Refused { room, asked: Asked::Join, why } => {
            let room = room.unwrap_or_default();
            bail!("#{room} cannot be joined: {}", sentence(&why))
        }
        Event::Link(Link::Offline { why, .. }) => {
            complain(&format!("offline: {why}; it is tried again"))?;
        }
        Event::Greeted { notice: Some(notice), .. } => complain(&notice)?,
        _ => {}
    }
    Ok(())
}

/// A line as texts that the server takes: without terminal sequences, cut where it is too long.
/// A blank line says nothing.
fn pieces(line: &str, connection: &Connection) -> Vec<String> {
    let limits = connection.client().limits();
    let max = limits.and_then(|limits| usize::try_from(limits.text_bytes).ok());
    cut(&without_sequences(line), max.unwrap_or(TEXT_BYTES))
}

fn cut(line: &str, max: usize) -> Vec<String> {
    let mut texts = vec![String::new()];
    for sign in line.graphemes(true).flat_map(|sign| {
        // A grapheme has no limit of its own.
        if sign.len() > max { sign.split("").collect() } else { vec![sign] }
    }) {
        if texts.last().is_some_and(|text| text.len() + sign.len() > max) {
            texts.push(String::new());
        }
        if let Some(text) = texts.last_mut() {
            text.push_str(sign);
        }
    }
    texts.retain(|text| !text.trim().is_empty());
    texts
}

/// Logs are coloured for terminals. The sequences go (ECMA-48, `CSI … final`); what other
/// controls there are becomes visible.
fn without_sequences(line: &str) -> String {
    let mut kept = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("\x1b[") {
        kept.push_str(&rest[..at]);
        let tail = &rest[at + 2..];
        let end = tail.find(|c| matches!(c, '\x40'..='\x7e')).map_or(tail.len(), |end| end + 1);
        rest = &tail[end..];
    }
    kept.push_str(rest);
    crate::neutral::line(&kept)
}

/// The lines of stdin, of a bounded length. Reading waits on a thread for blocking work, never on
/// this one.
pub(crate) struct Lines {
    input: Stdin,
    held: Vec<u8>,
    searched: usize,
    ended: bool,
}

impl Lines {
    pub(crate) fn new() -> Self {
        Self { input: async_std::io::stdin(), held: Vec::new(), searched: 0, ended: false }
    }

    /// The next line without its end; `None` after the last one. Dropping it midway loses nothing:
    /// what was read is held here or by stdin's own buffer.
    pub(crate) async fn next(&mut self) -> io::Result<Option<String>> {
        loop {
            let end = self.held[self.searched..].iter().position(|byte| *byte == b'\n');
            let end = end.map(|at| self.searched + at);
            if let Some(end) = end.or((self.held.len() >= LINE_BYTES_MAX).then_some(LINE_BYTES_MAX))
            {
                // Not inside of a character.
                let inside =
                    |at: &usize| self.held.get(*at).is_some_and(|byte| byte & 0xc0 == 0x80);
                let end =
                    (0..=end).rev().find(|at| !inside(at)).filter(|at| *at > 0).unwrap_or(end);
                let rest = self.held.split_off(end);
                let line = std::mem::replace(&mut self.held, rest);
                if self.held.first() == Some(&b'\n') {
                    self.held.remove(0);
                }
                self.searched = 0;
                return Ok(Some(text(&line)));
            }
            self.searched = self.held.len();
            if self.ended {
                let line = std::mem::take(&mut self.held);
                self.searched = 0;
                return Ok((!line.is_empty()).then(|| text(&line)));
            }
            let mut chunk = [0; 4_096];
            let read = self.input.read(&mut chunk).await?;
            self.ended = read == 0;
            self.held.extend_from_slice(&chunk[..read]);
        }
    }
}

fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).trim_end_matches('\r').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{cut, without_sequences};

    #[test]
    fn a_coloured_log_is_said_without_its_colours() {
        assert_eq!(without_sequences("\x1b[1;31merror\x1b[0m in \x1b[Kone"), "error in one");
        assert_eq!(without_sequences("a\x1b[1"), "a");
        assert_eq!(without_sequences("a\tb\x07"), "a    b␇");
    }

    #[test]
    fn a_long_line_is_said_in_pieces_and_nothing_is_lost() {
        let line = "é".repeat(10);
        assert_eq!(cut(&line, 7).concat(), line);
        assert!(cut(&line, 7).iter().all(|text| text.len() <= 7));
        assert!(cut("   ", 10).is_empty());
    }
}
