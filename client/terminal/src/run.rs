//! The screen's loop: events go through `update`, then the screen is drawn.

use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use anyhow::Context;
use async_signal::{Signal, Signals};
use crossterm::event::{Event as Input, EventStream, MouseButton, MouseEventKind};
use futures::StreamExt;
use futures::future::{BoxFuture, Fuse, FutureExt};
use jiff::tz::TimeZone;

use crate::arguments::Arguments;
use crate::colour::{Depth, Palette};
use crate::connection::{Connection, now};
use crate::effect::Effect;
use crate::event::Event;
use crate::model::{ConnectionState, Model, Tone};
use crate::paste_detection::{self, PasteDetector};
use crate::terminal::{self, Screen, complain};
use crate::unsent::Unsent;
use crate::update::update;
use crate::view;

/// Countdowns and the names of people typing are accurate to the second.
const TICK: Duration = Duration::from_secs(1);

/// The most events between two drawings: a flood of messages costs few drawings, and the screen still moves.
const EVENTS_PER_DRAWING_MAX: usize = 256;

/// Rows for each notch of a mouse wheel, as in other programs.
const WHEEL_ROWS: isize = 3;

/// Why the loop ended.
enum Ending {
    Quit,
    Signal,
    /// The server refuses us: a sentence for the person.
    Refused(String),
}

/// Runs the screen until the person quits.
pub(crate) async fn run(
    mut connection: Connection,
    arguments: &Arguments,
    zone: TimeZone,
) -> anyhow::Result<()> {
    let palette = Palette(Depth::of(arguments.no_color, |name| std::env::var(name).ok()));
    let mut model = Model::new(connection.url(), zone, now());
    for room in connection.rooms() {
        model.shown = model.find_or_add(room);
        model.room_mut().asked = true;
    }
    take_settings(&connection, &mut model);
    model.settings.mouse &= !arguments.no_mouse;
    if let Some(charset) = terminal::odd_charset(|name| std::env::var(name).ok()) {
        let sentence = format!(
            "Your locale is {charset}, and this program writes UTF-8: letters beyond ASCII may look \
             wrong, and what you type may not arrive. LC_ALL=C.UTF-8 helps if the terminal knows it."
        );
        model.note(Tone::Error, &sentence);
    }
    let mut screen =
        Screen::enter(model.settings.mouse).context("The terminal cannot be used; try --plain")?;
    model.size = crossterm::terminal::size().unwrap_or(model.size);
    let ending = turn(&mut connection, &mut model, &mut screen, palette).await;
    drop(screen);
    let outgoing = model.rooms.iter().flat_map(|room| &room.outgoing);
    let failed = outgoing.filter_map(|outgoing| outgoing.state.failure());
    let failed: Vec<bool> = failed.map(|failure| failure.is_unknown).collect();
    let mut unsent = Unsent::of(&connection.close().await);
    failed.into_iter().for_each(|is_unknown| unsent.add(is_unknown));
    if let Ending::Refused(sentence) = ending? {
        anyhow::bail!(sentence);
    }
    unsent.sentence("messages", "the rooms").map_or(Ok(()), |sentence| Ok(complain(&sentence)?))
}

async fn turn(
    connection: &mut Connection,
    model: &mut Model,
    screen: &mut Screen,
    palette: Palette,
) -> anyhow::Result<Ending> {
    let mut inputs = EventStream::new().fuse();
    let signals = [Signal::Term, Signal::Hup, Signal::Int, Signal::Tstp, Signal::Cont];
    let mut signals = Signals::new(signals)?.fuse();
    let mut tick = Box::pin(async_std::task::sleep(TICK).fuse());
    let mut keys = Keys { pastes: PasteDetector::default(), pause: Box::pin(Fuse::terminated()) };
    loop {
        if screen.is_taken() && !screen.is_bare() {
            screen.set_title(model.title())?;
            screen.terminal().draw(|frame| view::draw(frame, model, palette))?;
        }
        let mut events = futures::select_biased! {
            signal = signals.next() => match signal.transpose()? {
                Some(Signal::Tstp) => vec![Event::Stop],
                Some(Signal::Cont) => {
                    screen.go_on()?;
                    // The size may have changed meanwhile: only the shell got that signal.
                    let (columns, rows) = crossterm::terminal::size().unwrap_or(model.size);
                    vec![Event::Resize(columns, rows)]
                }
                _ => return Ok(Ending::Signal),
            },
            input = inputs.next() => match input {
                Some(input) => keys.read(input?),
                None => return Ok(Ending::Signal),
            },
            // Before the server's events: a room in which messages never pause must not hold Enter back.
            () = &mut keys.pause => keys.pastes.pause(),
            heard = connection.next().fuse() => heard,
            () = tick => {
                tick = Box::pin(async_std::task::sleep(TICK).fuse());
                vec![Event::Tick]
            }
        };
        for _ in 0..EVENTS_PER_DRAWING_MAX {
            for event in std::mem::take(&mut events) {
                if let Some(ending) = take(event, connection, model, screen)? {
                    return Ok(ending);
                }
            }
            // Polled with the waker of this task, since the stream of keys keeps the first waker that it
            // gets.
            events = match futures::poll!(inputs.next()) {
                Poll::Ready(Some(input)) => keys.read(input?),
                _ => match futures::poll!(Box::pin(connection.next())) {
                    Poll::Ready(heard) => heard,
                    Poll::Pending => break,
                },
            };
        }
        for event in events {
            if let Some(ending) = take(event, connection, model, screen)? {
                return Ok(ending);
            }
        }
    }
}

/// Handles an event, and carries out its effects.
fn take(
    event: Event,
    connection: &mut Connection,
    model: &mut Model,
    screen: &mut Screen,
) -> anyhow::Result<Option<Ending>> {
    // Bare text stays until the person has looked at it.
    if screen.is_bare() && matches!(event, Event::Key(_) | Event::Paste(_) | Event::Resize(..)) {
        screen.end_bare()?;
        if !matches!(event, Event::Resize(..)) {
            return Ok(None);
        }
    }
    if let Event::Connection(ConnectionState::Closed { why, next }) = &event
        && model.me.is_none()
    {
        return Ok(Some(Ending::Refused(format!("{} {next}", sentence(why)))));
    }
    for effect in update(model, event, now()) {
        match effect {
            Effect::Quit => return Ok(Some(Ending::Quit)),
            Effect::Bell => screen.bell()?,
            Effect::Redraw => screen.clear()?,
            Effect::Mouse(on) => screen.set_mouse(on)?,
            Effect::Bare(lines) => screen.show_bare(&lines)?,
            Effect::Keep => keep_settings(connection, model),
            Effect::Suspend => {
                if !screen.suspend()? {
                    model.note(
                        Tone::Plain,
                        "There is no shell to return to. /quit ends the program.",
                    );
                }
            }
            effect => {
                if let Some(event) = connection.carry_out(effect) {
                    update(model, event, now());
                }
            }
        }
    }
    Ok(None)
}

/// Loads the saved settings.
pub(crate) fn take_settings(connection: &Connection, model: &mut Model) {
    match connection.identity().settings() {
        Ok(settings) => model.settings = settings,
        Err(error) => {
            let sentence =
                format!("Your settings could not be read ({error}): the defaults are used.");
            model.note(Tone::Error, &sentence);
        }
    }
}

pub(crate) fn keep_settings(connection: &Connection, model: &mut Model) {
    if let Err(error) = connection.identity().keep_settings(&model.settings) {
        let sentence =
            format!("This setting could not be saved ({error}): it lasts until you quit.");
        model.note(Tone::Error, &sentence);
    }
}

/// Somebody else's text with a full stop at its end.
pub(crate) fn sentence(text: &str) -> String {
    format!("{}.", text.trim_end_matches('.'))
}

/// The terminal's input, and the timer that holds back keys that may be a paste.
struct Keys {
    pastes: PasteDetector,
    pause: Pin<Box<Fuse<BoxFuture<'static, ()>>>>,
}

impl Keys {
    fn read(&mut self, input: Input) -> Vec<Event> {
        if matches!(input, Input::Paste(_)) {
            self.pastes.marked();
        }
        let events = match input {
            Input::Key(key) => self.pastes.key(key),
            other => self.pastes.pause().into_iter().chain(read(other)).collect(),
        };
        if self.pastes.is_waiting() {
            self.pause = Box::pin(async_std::task::sleep(paste_detection::PAUSE).boxed().fuse());
        }
        events
    }
}

fn read(input: Input) -> Option<Event> {
    Some(match input {
        Input::Key(key) => Event::Key(key),
        Input::Paste(text) => Event::Paste(text),
        Input::Resize(columns, rows) => Event::Resize(columns, rows),
        Input::FocusGained => Event::Focus(true),
        Input::FocusLost => Event::Focus(false),
        Input::Mouse(mouse) => match mouse.kind {
            MouseEventKind::ScrollUp => Event::Wheel(WHEEL_ROWS),
            MouseEventKind::ScrollDown => Event::Wheel(-WHEEL_ROWS),
            MouseEventKind::Down(MouseButton::Left) => {
                Event::Click { column: mouse.column, row: mouse.row }
            }
            _ => return None,
        },
    })
}
