//! throng-chat: the terminal client of throng.
//!
//! An event (a key, something from the server, a tick) goes through `update`, which changes the `model` and
//! returns effects; `view` draws the model. `run` is the loop around them for a screen, `line_mode` for
//! lines, `pipe` for input that is only sent. Only `connection` uses the library.

mod arguments;
mod connection;
mod identity;

mod line_mode;
mod password_input;
mod paste_detection;
mod pipe;
mod run;
mod terminal;
mod unsent;

mod actions;
mod commands;
mod completion;
mod composer;
mod effect;
mod emoji;
mod event;
mod input_history;
mod markdown;
mod model;
mod names;
mod secret;
mod styled_text;
mod update;

mod colour;
mod paint;
mod pattern;
mod sanitize;
mod view;
mod wrap;

#[cfg(test)]
mod tests;

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use clap::Parser;
use jiff::tz::TimeZone;
use throng_protocol::Nick;

use arguments::Arguments;
use connection::{Connection, Start};
use names::BadlyNamed;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match async_std::task::block_on(chat(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If stderr is closed, only the exit code reports it.
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
            "The input or the output is not a terminal. For pipes and screen readers add --plain; \
             to say every line of the input, --plain --room ROOM --send."
        );
    }
    if !arguments.plain && std::env::var_os("TERM").is_some_and(|term| term == "dumb") {
        bail!("This terminal (TERM=dumb) shows no screen. Add --plain: lines in, lines out.");
    }
    let bot = password_input::bot_token();
    if bot.is_some()
        && (arguments.login.is_some() || arguments.code.is_some() || arguments.nick.is_some())
    {
        bail!(
            "CHAT_TOKEN makes this program a bot, which has a nick: leave out --nick, --login and --code."
        );
    }
    // The environment has the token of a bot: nothing is saved.
    let is_fresh = arguments.fresh || bot.is_some();
    let identity = identity::Identity::of(&url, arguments.nick.as_deref(), is_fresh)
        .context("The token that identifies you cannot be saved; --fresh works without it")?;
    if let Some(nick) = &arguments.nick {
        names::read(nick, Nick::parse).map_err(|bad| bad_argument(bad, "--nick", "ana"))?;
    }
    let start = match (&arguments.login, arguments.code, bot) {
        (_, _, Some(token)) => Start::Bot(token),
        (Some(nick), _, None) => {
            let nick = names::read(nick.trim_start_matches('@'), Nick::parse)
                .map_err(|bad| bad_argument(bad, "--login", "ana"))?
                .to_string();
            let password = password_input::ask(&nick)?;
            Start::LogIn { nick, password }
        }
        (None, Some(code), None) => Start::Code(code),
        (None, None, None) => Start::Again(arguments.nick.clone()),
    };
    let mut connection = Connection::start(&url, start, identity)?;
    let mut rooms = Vec::with_capacity(arguments.room.len());
    for room in &arguments.room {
        let room = names::room(room).map_err(|bad| bad_argument(bad, "--room", "lobby"))?;
        connection.join(room.clone());
        rooms.push(room);
    }
    match (arguments.plain, arguments.send) {
        (true, true) => pipe::say_lines(connection, &rooms[0]).await,
        (true, false) => line_mode::talk(connection, arguments).await,
        (false, _) => run::run(connection, arguments, TimeZone::system()).await,
    }
}

fn bad_argument(bad: BadlyNamed, option: &str, example: &str) -> anyhow::Error {
    let meant = bad.suggestion.as_deref().unwrap_or(example);
    anyhow!("{} For example: {option} {meant}", bad.why)
}
