//! The loop of the screen: one event after another through `update`, then one drawing.

use std::task::Poll;
use std::time::Duration;

use anyhow::Context;
use async_signal::{Signal, Signals};
use crossterm::event::{Event as Input, EventStream, MouseButton, MouseEventKind};
use futures::StreamExt;
use futures::future::FutureExt;
use jiff::tz::TimeZone;

use crate::arguments::Arguments;
use crate::colour::{Depth, Palette};
use crate::link::{Connection, now};
use crate::model::{Link, Model, Standing};
use crate::terminal::{Screen, complain};
use crate::update::{Effect, Event, update};
use crate::view;

/// Countdowns and writers are shown to the second.
const TICK: Duration = Duration::from_secs(1);

/// So many events are taken before the screen is drawn again: a flood costs few drawings, and
/// still moves before the eyes.
const EVENTS_PER_DRAWING_MAX: usize = 256;

/// Rows per notch of a mouse wheel, as elsewhere.
const WHEEL_ROWS: isize = 3;

/// Why the loop ended.
enum Ending {
    Quit,
    Signal,
    /// The server will not have us: a sentence for the person.
    Refused(String),
}

/// Runs the screen until the person leaves.
pub(crate) async fn run(
    mut connection: Connection,
    arguments: &Arguments,
    zone: TimeZone,
) -> anyhow::Result<()> {
    let palette = Palette(Depth::of(arguments.no_color, |name| std::env::var(name).ok()));
    let mut model = Model::new(connection.url(), zone, now());
    for room in connection.rooms() {
        model.shown = model.find_or_add(room);
    }
    let mut screen = Screen::enter().context("The terminal cannot be used; try --plain")?;
    model.size = crossterm::terminal::size().unwrap_or(model.size);
    let ending = turn(&mut connection, &mut model, &mut screen, palette).await;
    drop(screen);
    let failed = |standing: &Standing| matches!(standing, Standing::Failed(_));
    let outgoing = model.rooms.iter().flat_map(|room| &room.outgoing);
    let unsent = connection.waiting() + outgoing.filter(|o| failed(&o.standing)).count();
    connection.close().await;
    match ending? {
        Ending::Refused(sentence) => anyhow::bail!(sentence),
        Ending::Quit | Ending::Signal if unsent > 0 => {
            complain(&format!(
                "{unsent} of your messages were not sent, or had no answer from the server yet."
            ))?;
        }
        Ending::Quit | Ending::Signal => {}
    }
    Ok(())
}

async fn turn(
    connection: &mut Connection,
    model: &mut Model,
    screen: &mut Screen,
    palette: Palette,
) -> anyhow::Result<Ending> {
    let mut inputs = EventStream::new().fuse();
    let mut signals = Signals::new([Signal::Term, Signal::Hup, Signal::Int])?.fuse();
    let mut tick = Box::pin(async_std::task::sleep(TICK).fuse());
    loop {
        screen.set_title(model.title())?;
        screen.terminal().draw(|frame| view::draw(frame, model, palette))?;
        let mut events = futures::select_biased! {
            _ = signals.next() => return Ok(Ending::Signal),
            input = inputs.next() => match input {
                Some(input) => read(input?).into_iter().collect(),
                None => return Ok(Ending::Signal),
            },
            heard = connection.next().fuse() => heard.unwrap_or_default(),
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
            // With the waker of this task, not with none: the stream of keys keeps the first one.
            events = match futures::poll!(inputs.next()) {
                Poll::Ready(Some(input)) => read(input?).into_iter().collect(),
                _ => match futures::poll!(Box::pin(connection.next())) {
                    Poll::Ready(Some(heard)) => heard,
                    _ => break,
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

/// Takes an event, and carries out what follows from it.
fn take(
    event: Event,
    connection: &mut Connection,
    model: &mut Model,
    screen: &mut Screen,
) -> anyhow::Result<Option<Ending>> {
    if let Event::Link(Link::Closed { why }) = &event
        && model.me.is_none()
    {
        let next = "Look at the address, or choose another nick with --nick NAME.";
        return Ok(Some(Ending::Refused(format!("{} {next}", sentence(why)))));
    }
    for effect in update(model, event, now()) {
        match effect {
            Effect::Quit => return Ok(Some(Ending::Quit)),
            Effect::Bell => screen.bell()?,
            Effect::Redraw => screen.clear()?,
            Effect::Suspend => screen.suspend()?,
            effect => {
                if let Some(event) = connection.carry_out(effect) {
                    update(model, event, now());
                }
            }
        }
    }
    Ok(None)
}

/// What somebody else wrote, ended as a sentence.
pub(crate) fn sentence(text: &str) -> String {
    format!("{}.", text.trim_end_matches('.'))
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
