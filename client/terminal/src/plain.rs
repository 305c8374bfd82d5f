//! Lines instead of a screen: for screen readers, and for what reads a room through a pipe.
//!
//! Messages go to stdout, one line each; notes and troubles go to stderr. A line of the input is a
//! command or something to say in the room that was joined last. It is the same state and the same
//! commands as those of the screen.

use std::collections::HashMap;
use std::io::{self, IsTerminal, Write};

use async_signal::{Signal, Signals};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use futures::StreamExt;
use futures::future::FutureExt;
use jiff::tz::TimeZone;

use crate::arguments::Arguments;
use crate::link::{Connection, now};
use crate::model::{Entry, Link, Model, Said, Tone};
use crate::pipe::{self, Lines};
use crate::run::sentence;
use crate::terminal::complain;
use crate::update::{Effect, Event, update};

/// What has been printed of each room.
#[derive(Default)]
struct Printer {
    printed: HashMap<String, u64>,
}

/// Talks until the input ends, the person leaves, or nobody reads the output any more.
pub(crate) async fn talk(mut connection: Connection, _: &Arguments) -> anyhow::Result<()> {
    let mut model = Model::new(connection.url(), TimeZone::system(), now());
    for room in connection.rooms() {
        model.shown = model.find_or_add(room);
    }
    let ended = match turn(&mut connection, &mut model).await {
        // Whoever reads us has had enough: `… | head`.
        Err(error) if is_broken_pipe(&error) => Ok(()),
        other => other,
    };
    connection.close().await;
    ended
}

async fn turn(connection: &mut Connection, model: &mut Model) -> anyhow::Result<()> {
    let mut printer = Printer::default();
    let mut lines = Lines::new();
    let mut signals = Signals::new([Signal::Term, Signal::Hup, Signal::Int])?.fuse();
    let (mut listens, mut any_line) = (true, false);
    let mut patience = Box::pin(futures::future::Fuse::terminated());
    loop {
        printer.print(model)?;
        if !listens && any_line && connection.waiting() == 0 {
            return Ok(());
        }
        let events = futures::select_biased! {
            _ = signals.next() => return Ok(()),
            heard = connection.next().fuse() => heard.unwrap_or_default(),
            line = next_line(&mut lines, listens).fuse() => match line? {
                Some(line) => {
                    any_line = true;
                    model.line.set(line.trim_end());
                    vec![Event::Key(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE))]
                }
                // Ctrl-D leaves. An input without a line, like /dev/null, means only to listen.
                None => {
                    listens = false;
                    any_line |= io::stdin().is_terminal();
                    patience = Box::pin(async_std::task::sleep(pipe::PATIENCE).fuse());
                    Vec::new()
                }
            },
            () = patience => match any_line {
                true => anyhow::bail!(
                    "The server has not answered all lines within {} seconds: it is unknown \
                     whether they were said. Look into the room before you say them again.",
                    pipe::PATIENCE.as_secs()
                ),
                false => Vec::new(),
            },
        };
        for event in events {
            if !take(event, connection, model)? {
                return Ok(());
            }
        }
    }
}

/// Waits for ever once the input has ended.
async fn next_line(lines: &mut Lines, listens: bool) -> io::Result<Option<String>> {
    if listens { lines.next().await } else { std::future::pending().await }
}

/// Takes an event; `false` when the person leaves.
fn take(event: Event, connection: &mut Connection, model: &mut Model) -> anyhow::Result<bool> {
    if let Event::Link(Link::Closed { why }) = &event {
        anyhow::bail!("{} Look at the address, or choose another --nick.", sentence(why));
    }
    if let Event::Unsent { room, why, .. } = &event {
        complain(&format!("! Not said in #{room}: {} /retry tries again.", sentence(why)))?;
    }
    if let Event::History { room, page } = &event {
        for message in &page.events {
            print_said(room, &Said::new(message, None), &model.zone)?;
        }
    }
    for effect in update(model, event, now()) {
        match effect {
            Effect::Quit => return Ok(false),
            effect => {
                if let Some(event) = connection.carry_out(effect) {
                    update(model, event, now());
                }
            }
        }
    }
    Ok(true)
}

impl Printer {
    /// Prints what was added since the last time.
    fn print(&mut self, model: &Model) -> anyhow::Result<()> {
        // A room that is left and joined again begins anew.
        self.printed.retain(|name, _| model.rooms.iter().any(|room| room.name == *name));
        for room in &model.rooms {
            let printed = self.printed.entry(room.name.clone()).or_default();
            let fresh = usize::try_from(room.pushed.saturating_sub(*printed)).unwrap_or(0);
            *printed = room.pushed;
            for entry in &room.entries[room.entries.len().saturating_sub(fresh)..] {
                match entry {
                    Entry::Said(said) => print_said(&room.name, said, &model.zone)?,
                    Entry::Note { tone, lines, .. } => {
                        let before = if *tone == Tone::Trouble { "! " } else { "" };
                        complain(&format!("{before}{}", lines.join("\n")))?;
                    }
                }
            }
        }
        Ok(())
    }
}

fn print_said(room: &str, said: &Said, zone: &TimeZone) -> io::Result<()> {
    let time = crate::view::log::time(said.at, zone);
    let mut out = io::stdout().lock();
    for line in &said.lines {
        match said.is_action {
            true => writeln!(out, "{time} #{room} * {} {line}", said.nick)?,
            false => writeln!(out, "{time} #{room} <{}> {line}", said.nick)?,
        }
    }
    out.flush()
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
    kind == Some(io::ErrorKind::BrokenPipe)
}
