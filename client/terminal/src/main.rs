//! throng-chat: the terminal client of throng.
//!
//! An event (a key, something from the server, a tick) goes through `update`, which changes the
//! `model` and says what is to be done; `view` draws the model. `run` is the loop around them for a
//! screen, `plain` for lines, `pipe` for input that is only to be said. `link` alone knows the
//! library.

mod arguments;
mod identity;
mod link;

mod pipe;
mod plain;
mod run;
mod terminal;

mod commands;
mod complete;
mod line;
mod model;
mod update;

mod colour;
mod neutral;
mod paint;
mod view;
mod wrap;

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Parser;
use jiff::tz::TimeZone;

use arguments::Arguments;
use link::Connection;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match async_std::task::block_on(chat(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed stderr leaves only the exit code to tell it.
            let _ = terminal::complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn chat(arguments: &Arguments) -> anyhow::Result<()> {
    let url = arguments::address(&arguments.url).map_err(anyhow::Error::msg)?;
    if arguments.send && arguments.room.len() > 1 {
        bail!("--send says every line in one room: give one --room, for example --room ops.");
    }
    let is_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if !arguments.plain && !is_terminal {
        bail!(
            "The input or the output is no terminal. For pipes and screen readers add --plain; \
             to say every line of the input, --plain --room ROOM --send."
        );
    }
    let identity = identity::Identity::of(&url, arguments.nick.as_deref(), arguments.fresh)
        .context(
            "The token that makes you the same person again cannot be kept; --fresh goes without",
        )?;
    let mut connection = Connection::start(&url, arguments.nick.clone(), identity)?;
    for room in &arguments.room {
        connection.join(room).map_err(anyhow::Error::msg)?;
    }
    match (arguments.plain, arguments.send) {
        (true, true) => pipe::say_lines(connection, &arguments.room[0]).await,
        (true, false) => plain::talk(connection, arguments).await,
        (false, _) => run::run(connection, arguments, TimeZone::system()).await,
    }
}
