//! `--plain --send`: sends every line of the input, and waits for the answers at the end.

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use anyhow::bail;
use async_signal::{Signal, Signals};
use async_std::io::{ReadExt, Stdin};
use futures::StreamExt;
use futures::future::FutureExt;
use futures::stream::FuturesUnordered;
use throng_client::Outcome;
use unicode_segmentation::UnicodeSegmentation;

use crate::connection::Connection;
use crate::event::{Event, Request};
use crate::model::{ConnectionState, RoomLabel};
use crate::run::sentence;
use crate::sanitize;
use crate::terminal::complain;
use crate::unsent::Unsent;

/// The most sends that wait for their answers; beyond that, the input is not read. It is twice the burst that
/// a server takes at once, so the connection is never idle.
const WAITING_MAX: usize = 64;

/// How long to wait for the last answers: a server that restarts is back by then.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// How long to wait after a signal: somebody wants us gone.
const PATIENCE_AFTER_SIGNAL: Duration = Duration::from_secs(2);

/// A longer line is split: no server takes texts as long as this, and an input without newlines must not fill
/// the memory.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// Nobody can type a code into a pipe.
pub(crate) const NEEDS_CODE: &str = "This account asks for a code of its app. Log in once in a terminal with --login \
                                     NICK: the next start without it is the same person.";

/// The longest text in bytes, until the server has sent its limit.
const TEXT_BYTES: usize = 4_096;

/// The outcome of the sends.
#[derive(Default)]
struct Tally {
    said: u64,
    refused: u64,
    why: String,
    /// A signal came before the end of the input: the rest is not sent.
    cut_short: bool,
    /// Whether the server has ever greeted us, and if known why not.
    greeted: bool,
    offline: Option<String>,
}

/// Sends every line of the input to `room`, and returns when each has its answer.
///
/// # Errors
/// A sentence, when a line was not sent, or may not have been.
pub(crate) async fn say_lines(mut connection: Connection, room: &RoomLabel) -> anyhow::Result<()> {
    let mut tally = Tally::default();
    let ended = turn(&mut connection, room, &mut tally).await;
    connection.close().await;
    ended?;
    if tally.refused > 0 {
        let all = tally.said + tally.refused;
        bail!("{} of {all} lines were not sent: {}", tally.refused, sentence(&tally.why));
    }
    if tally.cut_short && tally.said == 0 {
        bail!("Nothing was sent: stopped before the end of the input.");
    }
    if tally.cut_short {
        bail!(
            "Stopped before the end of the input: {} of its lines are on the server's disk, what \
             came after them was not sent.",
            tally.said
        );
    }
    Ok(())
}

async fn turn(
    connection: &mut Connection,
    room: &RoomLabel,
    tally: &mut Tally,
) -> anyhow::Result<()> {
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
            waiting.push(connection.client().send(room.to_ask(), &text));
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
            heard = connection.next().fuse() => for event in heard {
                tally.told(event)?;
            },
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
            () = patience => {
                let mut unsent = Unsent { not_said: texts.len(), unknown: 0 };
                for sending in waiting.iter() {
                    connection.client().give_up(sending.cid());
                }
                while let Some(answer) = waiting.next().await {
                    match answer {
                        Ok(_) => tally.said += 1,
                        Err(error) => unsent.add(error.outcome() == Outcome::Unknown),
                    }
                }
                return tally.end(unsent, &room.name);
            }
        }
    }
    Ok(())
}

async fn wanted(lines: &mut Lines, wants: bool) -> io::Result<Option<String>> {
    if wants { lines.next().await } else { std::future::pending().await }
}

impl Tally {
    /// Handles an event of the connection: some go to stderr, some end everything.
    fn told(&mut self, event: Event) -> anyhow::Result<()> {
        match event {
            Event::Connection(ConnectionState::Closed { why, next }) => {
                bail!("{} {next}", sentence(&why))
            }
            Event::SecondFactorNeeded { .. } => bail!(NEEDS_CODE),
            Event::Refused { room, request: Request::Join, why, .. } => {
                let name = room.map(|room| room.name).unwrap_or_default();
                bail!("#{name} cannot be joined: {}", sentence(&why))
            }
            Event::Connection(ConnectionState::Offline { why, .. }) => {
                // Reported once for each reason, not for each attempt.
                if self.offline.as_ref() != Some(&why) {
                    complain(&format!("offline: {why}; it is tried again"))?;
                }
                self.offline = Some(why);
            }
            Event::Greeted { notice, .. } => {
                (self.greeted, self.offline) = (true, None);
                notice.map_or(Ok(()), |notice| complain(&notice))?;
            }
            _ => {}
        }
        Ok(())
    }

    /// The result when not all answers came.
    fn end(&self, unsent: Unsent, room: &str) -> anyhow::Result<()> {
        if !self.greeted {
            let why = self.offline.as_deref().unwrap_or("the server does not answer");
            bail!("Nothing was sent: {}", sentence(why));
        }
        let Some(unsent) = unsent.sentence("lines", &format!("#{room}")) else { return Ok(()) };
        let rest = if self.cut_short { " Nor was what came after them sent." } else { "" };
        let why = self.offline.as_deref().unwrap_or("the server does not answer");
        bail!("{} {unsent}{rest}", sentence(why))
    }
}

/// The texts to send for a line: without terminal sequences, and split where it is too long. None for a blank
/// line.
fn pieces(line: &str, connection: &Connection) -> Vec<String> {
    cut(
        &sanitize::line(&sanitize::without_sequences(line)),
        connection.text_max().unwrap_or(TEXT_BYTES),
    )
}

fn cut(line: &str, max: usize) -> Vec<String> {
    let mut texts = vec![String::new()];
    for sign in line.graphemes(true).flat_map(|sign| {
        // A single grapheme may be longer than the limit.
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

/// The lines of stdin, of bounded length. A thread for blocking work waits for the input, never this one.
pub(crate) struct Lines {
    input: Stdin,
    held: Vec<u8>,
    searched: usize,
    ended: bool,
    /// How many lines were read, and whether one of them was not UTF-8.
    count: u64,
    is_broken: bool,
}

impl Lines {
    pub(crate) fn new() -> Self {
        Self {
            input: async_std::io::stdin(),
            held: Vec::new(),
            searched: 0,
            ended: false,
            count: 0,
            is_broken: false,
        }
    }

    /// The next line without its newline; `None` after the last one. Dropping the future midway loses
    /// nothing: what was read is held here or in stdin's buffer.
    pub(crate) async fn next(&mut self) -> io::Result<Option<String>> {
        loop {
            let end = self.held[self.searched..].iter().position(|byte| *byte == b'\n');
            let end = end.map(|at| self.searched + at);
            if let Some(end) = end.or((self.held.len() >= LINE_BYTES_MAX).then_some(LINE_BYTES_MAX))
            {
                // Split between characters.
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
                return self.text(&line).map(Some);
            }
            self.searched = self.held.len();
            if self.ended {
                let line = std::mem::take(&mut self.held);
                self.searched = 0;
                return if line.is_empty() { Ok(None) } else { self.text(&line).map(Some) };
            }
            let mut chunk = [0; 4_096];
            let read = self.input.read(&mut chunk).await?;
            self.ended = read == 0;
            self.held.extend_from_slice(&chunk[..read]);
        }
    }

    /// The text of a line. The first line that is not UTF-8 is reported: nobody should find other text in the
    /// room than they put in without knowing why.
    fn text(&mut self, line: &[u8]) -> io::Result<String> {
        self.count += 1;
        let text = String::from_utf8_lossy(line);
        if matches!(text, Cow::Owned(_)) && !std::mem::replace(&mut self.is_broken, true) {
            complain(&format!(
                "line {} of the input is not UTF-8: what cannot be read is said as \u{fffd}, here and \
                 further on. Convert it first, for example with: iconv -f latin1 -t utf-8",
                self.count
            ))?;
        }
        Ok(text.trim_end_matches('\r').to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_long_line_is_said_in_pieces_and_nothing_is_lost() {
        let line = "é".repeat(10);
        assert_eq!(cut(&line, 7).concat(), line);
        assert!(cut(&line, 7).iter().all(|text| text.len() <= 7));
        assert!(cut("   ", 10).is_empty());
    }
}
