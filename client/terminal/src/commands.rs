//! The commands: one table, from which `/help`, completion and the parser read.

mod help;
mod log;
mod parse;
mod rooms;
mod settings;

pub(crate) use help::text as help_text;
pub(crate) use parse::{Input, read};

use crate::effect::Effect;
use crate::model::{Model, RoomLabel, Tone};

/// A slash command.
pub(crate) struct Command {
    pub(crate) name: &'static str,
    /// Other names, which people know from other programs.
    aliases: &'static [&'static str],
    /// What follows the name.
    takes: &'static str,
    help: &'static str,
    /// Executes the command. An error is a sentence for the person.
    run: fn(&mut Model, &str, &mut Vec<Effect>) -> Result<(), String>,
}

/// All commands, in the order of `/help`. A new command is a line here.
pub(crate) static COMMANDS: &[Command] = &[
    Command {
        name: "join",
        aliases: &["j"],
        takes: "ROOM",
        help: "Join a room. It is created if it does not exist.",
        run: rooms::join,
    },
    Command {
        name: "leave",
        aliases: &["part", "close"],
        takes: "[ROOM]",
        help: "Leave a room: this one, unless you name another.",
        run: rooms::leave,
    },
    Command {
        name: "rooms",
        aliases: &["list"],
        takes: "[AFTER]",
        help: "List the public rooms, after a name if you give one.",
        run: rooms::rooms,
    },
    Command {
        name: "nick",
        aliases: &[],
        takes: "NAME",
        help: "Change your nick, in all rooms.",
        run: rooms::nick,
    },
    Command {
        name: "device",
        aliases: &["link"],
        takes: "",
        help: "Show a code that logs another device in as you, once and within some minutes.",
        run: rooms::device,
    },
    Command {
        name: "me",
        aliases: &[],
        takes: "TEXT",
        help: "Say what you are doing: /me waves.",
        run: rooms::me,
    },
    Command {
        name: "who",
        aliases: &["names", "members"],
        takes: "",
        help: "Show who is in this room: how many, and some of them.",
        run: rooms::who,
    },
    Command {
        name: "history",
        aliases: &[],
        takes: "",
        help: "Load older messages. Scrolling up (PageUp, mouse wheel) does it too.",
        run: log::history,
    },
    Command {
        name: "search",
        aliases: &["find", "grep"],
        takes: "WORDS",
        help: "Find words in the loaded messages. Again, or Ctrl-R: the previous find; Alt-R: the next.",
        run: log::search,
    },
    Command {
        name: "clear",
        aliases: &["cls"],
        takes: "",
        help: "Clear the screen. Nothing is lost: scroll up to see it again.",
        run: log::clear,
    },
    Command {
        name: "copy",
        aliases: &["bare"],
        takes: "",
        help: "Show the plain text of the screen, for copying: long addresses stay in one piece.",
        run: log::copy,
    },
    Command {
        name: "ignore",
        aliases: &[],
        takes: "[NICK]",
        help: "Hide somebody's messages and mentions, for you alone. Without a nick: list the people you ignore.",
        run: settings::ignore,
    },
    Command {
        name: "unignore",
        aliases: &[],
        takes: "NICK",
        help: "Show somebody's messages again.",
        run: settings::unignore,
    },
    Command {
        name: "words",
        aliases: &[],
        takes: "on|off",
        help: "Whether your nick without an @ counts as a mention.",
        run: settings::words,
    },
    Command {
        name: "mouse",
        aliases: &[],
        takes: "on|off",
        help: "Whether this program uses the mouse, or the terminal does, to select text.",
        run: settings::mouse,
    },
    Command {
        name: "retry",
        aliases: &[],
        takes: "",
        help: "Send the failed messages of this room again. Nothing is sent twice.",
        run: log::retry,
    },
    Command {
        name: "discard",
        aliases: &[],
        takes: "",
        help: "Discard the failed messages of this room.",
        run: log::discard,
    },
    Command {
        name: "help",
        aliases: &["h", "?"],
        takes: "[COMMAND]",
        help: "Show the commands and keys, or more about one command.",
        run: help::help,
    },
    Command {
        name: "quit",
        aliases: &["exit", "q"],
        takes: "",
        help: "Quit the program.",
        run: quit,
    },
];

/// Executes a command.
pub(crate) fn run(model: &mut Model, name: &str, argument: &str, effects: &mut Vec<Effect>) {
    let done = match find(name) {
        Some(command) => (command.run)(model, argument, effects),
        None => Err(unknown(name)),
    };
    if let Err(sentence) = done {
        model.note(Tone::Error, &sentence);
    }
}

/// The command with this name or alias.
pub(crate) fn find(name: &str) -> Option<&'static Command> {
    let name = name.to_lowercase();
    COMMANDS.iter().find(|command| command.name == name || command.aliases.contains(&&*name))
}

fn unknown(name: &str) -> String {
    let near = |command: &&Command| strsim::damerau_levenshtein(command.name, &name.to_lowercase());
    match COMMANDS.iter().min_by_key(near).filter(|command| near(command) <= 2) {
        Some(nearest) => {
            format!("There is no command /{name}. Did you mean /{}? /help lists all.", nearest.name)
        }
        None => format!("There is no command /{name}. /help lists all."),
    }
}

fn quit(_: &mut Model, _: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    effects.push(Effect::Quit);
    Ok(())
}

fn usage(command: &Command) -> String {
    format!("/{} {}", command.name, command.takes).trim_end().to_owned()
}

fn in_room(model: &Model) -> Result<RoomLabel, String> {
    model
        .room_label()
        .ok_or_else(|| "This page is not a room. Join one first, for example: /join lobby".into())
}
