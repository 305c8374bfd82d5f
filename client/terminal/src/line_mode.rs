//! Lines instead of a screen: for screen readers, and for programs that read a room through a pipe.
//!
//! Messages go to stdout, one per line; notes and errors go to stderr. An input line is a command, or a
//! message to the room that was joined last. The state and the commands are the same as on the screen.

use std::collections::HashMap;
use std::io::{self, IsTerminal, Write};

use async_signal::{Signal, Signals};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use futures::StreamExt;
use futures::future::FutureExt;
use jiff::tz::TimeZone;
use throng_protocol::LogEntry;

use crate::arguments::Arguments;
use crate::commands::help_text;
use crate::connection::{Connection, now};
use crate::effect::Effect;
use crate::event::Event;
use crate::model::{ConnectionState, Entry, Model, Said, Tone};
use crate::password_input::{self, Hushed};
use crate::pipe::{self, Lines};
use crate::run::{keep_settings, sentence, take_settings};
use crate::sanitize;
use crate::terminal::complain;
use crate::unsent::Unsent;
use crate::update::update;

/// How many entries of each page are printed, by the page's number.
#[derive(Default)]
struct Printer {
    printed: HashMap<u64, u64>,
}

/// Runs until the input ends, the person quits, or the output is closed.
pub(crate) async fn talk(mut connection: Connection, _: &Arguments) -> anyhow::Result<()> {
    let mut model = Model::new(connection.url(), TimeZone::system(), now());
    // Who reads one room through a pipe gets no others.
    (model.opens_own, model.idles) = (false, false);
    for room in connection.rooms() {
        model.shown = model.find_or_add(room);
        model.room_mut().asked = true;
    }
    take_settings(&connection, &mut model);
    let ended = match turn(&mut connection, &mut model).await {
        // The reader of our output has exited: `… | head`.
        Err(error) if is_broken_pipe(&error) => Ok(()),
        other => other,
    };
    let unsent = Unsent::of(&connection.close().await);
    ended?;
    match unsent.sentence("lines", "the room") {
        Some(sentence) => anyhow::bail!(sentence),
        None => Ok(()),
    }
}

async fn turn(connection: &mut Connection, model: &mut Model) -> anyhow::Result<()> {
    let mut printer = Printer::default();
    let mut lines = Lines::new();
    let mut signals = Signals::new([Signal::Term, Signal::Hup, Signal::Int])?.fuse();
    let (mut listens, mut any_line) = (true, false);
    let mut patience = Box::pin(futures::future::Fuse::terminated());
    let mut asking = Asking::default();
    loop {
        printer.print(model)?;
        let answer = asking.ask(model)?;
        if !answer.is_empty() {
            for event in answer {
                take(event, connection, model)?;
            }
            continue;
        }
        // What has ended for good reports itself: the failed lines alone would look like a success.
        if !listens && any_line && connection.waiting() == 0 && !connection.has_ended() {
            return Ok(());
        }
        let events = futures::select_biased! {
            _ = signals.next() => return Ok(()),
            heard = connection.next().fuse() => heard,
            line = next_line(&mut lines, listens).fuse() => match line? {
                Some(line) => {
                    any_line = true;
                    match model.prompt.is_some() {
                        true => answered(&line),
                        false => {
                            model.line_mut().set(line.trim_end());
                            vec![key(KeyCode::Enter)]
                        }
                    }
                }
                // Ctrl-D quits. An input without any line, such as /dev/null, means to listen only.
                None => {
                    listens = false;
                    any_line |= io::stdin().is_terminal();
                    patience = Box::pin(async_std::task::sleep(pipe::PATIENCE).fuse());
                    Vec::new()
                }
            },
            () = patience => match any_line {
                true => anyhow::bail!(unanswered(connection, model).await),
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

/// The question for a password that the person was shown, and the terminal without its echo.
#[derive(Default)]
struct Asking {
    shown: Option<String>,
    hushed: Option<Hushed>,
}

impl Asking {
    /// Shows a new question, and returns what answers it where nobody types.
    fn ask(&mut self, model: &Model) -> anyhow::Result<Vec<Event>> {
        let Some(prompt) = &model.prompt else {
            *self = Self::default();
            return Ok(Vec::new());
        };
        if !io::stdin().is_terminal() {
            return Ok(match password_input::from_environment(prompt) {
                Ok(password) => answered(password.reveal()),
                Err(sentence) => {
                    complain(&sentence)?;
                    vec![key(KeyCode::Esc)]
                }
            });
        }
        if self.hushed.is_none() {
            self.hushed = Some(Hushed::without_echo()?);
        }
        let label = prompt.label();
        if self.shown.as_ref() != Some(&label) {
            complain(&format!("{label} (it is not shown):"))?;
            self.shown = Some(label);
        }
        Ok(Vec::new())
    }
}

/// The keys that answer a question.
fn answered(text: &str) -> Vec<Event> {
    vec![Event::Paste(text.to_owned()), key(KeyCode::Enter)]
}

fn key(code: KeyCode) -> Event {
    Event::Key(KeyEvent::new(code, KeyModifiers::NONE))
}

/// What became of the lines without an answer in time.
async fn unanswered(connection: &mut Connection, model: &Model) -> String {
    let unsent = Unsent::of(&connection.give_up().await);
    let seconds = pipe::PATIENCE.as_secs();
    match (&model.me, &model.connection) {
        (None, ConnectionState::Offline { why, .. }) => {
            format!("Nothing was sent: {}", sentence(why))
        }
        (None, _) => format!("Nothing was sent: no answer from {}.", model.server),
        _ => format!(
            "The server has not answered all lines within {seconds} seconds. {}",
            unsent.sentence("lines", "the room").unwrap_or_default()
        ),
    }
}

/// Waits forever once the input has ended.
async fn next_line(lines: &mut Lines, listens: bool) -> io::Result<Option<String>> {
    if listens { lines.next().await } else { std::future::pending().await }
}

/// Handles an event; `false` if the person quits.
fn take(event: Event, connection: &mut Connection, model: &mut Model) -> anyhow::Result<bool> {
    if let Event::Connection(ConnectionState::Closed { why, next }) = &event {
        anyhow::bail!("{} {next}", sentence(why));
    }
    if matches!(event, Event::SecondFactorNeeded { .. }) && !io::stdin().is_terminal() {
        anyhow::bail!(pipe::NEEDS_CODE);
    }
    if matches!(event, Event::LoggedOut) {
        complain("You are logged out on this device.")?;
        return Ok(false);
    }
    if let Event::SendFailed { room, failure, .. } = &event {
        complain(&format!("! {}: {}", model.titled(room), failure.sentence()))?;
    }
    if let Event::History { room, page, .. } = &event {
        let messages = page.events.iter().cloned().filter_map(LogEntry::into_message);
        let said = messages.map(|message| Said::new(&message, None, false));
        for said in said.filter(|said| !model.hides(said)) {
            print_said(&model.titled(room), &said, &model.zone)?;
        }
    }
    for effect in update(model, event, now()) {
        match effect {
            Effect::Quit => return Ok(false),
            Effect::Keep => keep_settings(connection, model),
            effect => {
                if let Some(event) = connection.carry_out(effect) {
                    update(model, event, now());
                }
            }
        }
    }
    // What the screen shows outside of the log.
    if model.help.take().is_some() {
        let lines: Vec<String> = help_text(model.role)
            .iter()
            .map(|(left, right)| format!("{left:17} {right}"))
            .collect();
        complain(&lines.join("\n"))?;
    }
    if let Some(search) = model.room_mut().search.take() {
        let found = |entry: &&Entry| search.finds().contains(&entry.key());
        for entry in model.room().entries.iter().filter(found) {
            if let Entry::Said(said) = entry {
                print_said(&model.room().title(), said, &model.zone)?;
            }
        }
    }
    Ok(true)
}

impl Printer {
    /// Prints the entries added since the last call.
    fn print(&mut self, model: &Model) -> anyhow::Result<()> {
        // A room that is joined again starts empty.
        self.printed.retain(|number, _| model.rooms.iter().any(|room| room.number == *number));
        for room in &model.rooms {
            let printed = self.printed.entry(room.number).or_default();
            let fresh = usize::try_from(room.pushed.saturating_sub(*printed)).unwrap_or(0);
            *printed = room.pushed;
            for entry in &room.entries[room.entries.len().saturating_sub(fresh)..] {
                match entry {
                    Entry::Said(said) if model.hides(said) => {}
                    Entry::Said(said) => print_said(&room.title(), said, &model.zone)?,
                    Entry::Note { tone, lines, .. } => {
                        let before = if *tone == Tone::Error { "! " } else { "" };
                        complain(&format!("{before}{}", lines.join("\n")))?;
                    }
                }
            }
        }
        Ok(())
    }
}

fn print_said(room: &str, said: &Said, zone: &TimeZone) -> io::Result<()> {
    let time = crate::view::time(said.at, zone);
    let mut out = io::stdout().lock();
    for line in sanitize::lines(&said.text) {
        match said.is_action {
            true => writeln!(out, "{time} {room} * {} {line}", said.nick)?,
            false => writeln!(out, "{time} {room} <{}> {line}", said.nick)?,
        }
    }
    out.flush()
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
    kind == Some(io::ErrorKind::BrokenPipe)
}
