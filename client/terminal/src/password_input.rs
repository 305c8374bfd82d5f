//! Passwords outside of the screen: typed without an echo, or out of the environment where nobody types. The token of
//! a bot comes out of the environment too.
//!
//! They are never taken from the command line, which every program on the machine can read, nor from a line of a
//! pipe, which may be a log.

use std::io::{self, IsTerminal, Write};

use anyhow::bail;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::model::{Prompt, Purpose, Question};
use crate::secret::Secret;

/// The password of the account, where the input is not a terminal.
const PASSWORD: &str = "CHAT_PASSWORD";

/// The one that it is to have, for `/password`.
const NEW_PASSWORD: &str = "CHAT_NEW_PASSWORD";

/// The token of a bot, which this program then is.
const TOKEN: &str = "CHAT_TOKEN";

/// The terminal of the input without some of its modes. Dropping it brings them back.
pub(crate) struct Hushed(Termios);

impl Hushed {
    /// Turns the echo off.
    pub(crate) fn without_echo() -> io::Result<Self> {
        Self::without(LocalModes::ECHO)
    }

    fn without(modes: LocalModes) -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut quiet = before.clone();
        quiet.local_modes -= modes;
        tcsetattr(io::stdin(), OptionalActions::Now, &quiet)?;
        Ok(Self(before))
    }
}

impl Drop for Hushed {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

/// The token of the bot that this program is to be, if it is to be one.
pub(crate) fn bot_token() -> Option<Secret> {
    std::env::var(TOKEN).ok().filter(|token| !token.is_empty()).map(Secret::new)
}

/// Asks for a password before the program begins.
///
/// # Errors
/// A sentence, when there is none.
pub(crate) fn ask(nick: &str) -> anyhow::Result<Secret> {
    let prompt = Prompt::new(Purpose::LogIn { nick: nick.to_owned() });
    if !io::stdin().is_terminal() {
        return from_environment(&prompt).map_err(anyhow::Error::msg);
    }
    let _hushed = Hushed::without(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)?;
    let mut err = io::stderr();
    write!(err, "{}: ", prompt.label())?;
    err.flush()?;
    let typed = read();
    writeln!(err)?;
    match typed? {
        Some(secret) if !secret.is_empty() => Ok(secret),
        _ => bail!("No password was given."),
    }
}

/// Reads keys until Enter, byte by byte, so that no byte after it is lost. `None` when the person gives up.
fn read() -> io::Result<Option<Secret>> {
    let mut bytes = Vec::new();
    loop {
        let mut byte = [0];
        if rustix::io::read(io::stdin(), &mut byte)? == 0 {
            return Ok(None);
        }
        match byte[0] {
            b'\n' | b'\r' => break,
            // Ctrl-C, Ctrl-D, Ctrl-\, Ctrl-Z.
            3 | 4 | 28 | 26 => return Ok(None),
            // Ctrl-U.
            21 => bytes.clear(),
            8 | 127 => while bytes.pop().is_some_and(|byte: u8| byte & 0xc0 == 0x80) {},
            byte => bytes.push(byte),
        }
    }
    let mut secret = Secret::default();
    secret.push(&String::from_utf8_lossy(&bytes));
    Ok(Some(secret))
}

/// The answer of the environment to a question.
///
/// # Errors
/// A sentence, when the variable is not set.
pub(crate) fn from_environment(prompt: &Prompt) -> Result<Secret, String> {
    let name = match (&prompt.purpose, prompt.question()) {
        (Purpose::ChangePassword, Question::New | Question::Again) => NEW_PASSWORD,
        _ => PASSWORD,
    };
    match std::env::var(name) {
        Ok(value) if !value.is_empty() => Ok(Secret::new(value)),
        _ => Err(format!(
            "The input is not a terminal, so nobody can type a password. Set the environment variable {name}."
        )),
    }
}
