//! The commands: one table, from which `/help`, completion and the parser read.

mod account;
mod help;
mod log;
mod moderation;
mod parse;
mod rooms;
mod settings;

pub(crate) use help::text as help_text;
pub(crate) use parse::{Input, read};

use throng_protocol::Role;

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
    group: Group,
    /// The least role that is shown it. The server is who refuses.
    from: Role,
    /// Executes the command. An error is a sentence for the person.
    run: fn(&mut Model, &str, &mut Vec<Effect>) -> Result<(), String>,
}

/// What a command is about: a heading of `/help`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Rooms,
    Messages,
    Account,
    Moderation,
    Program,
}

impl Group {
    const ALL: [Self; 5] =
        [Self::Rooms, Self::Messages, Self::Account, Self::Moderation, Self::Program];

    fn heading(self) -> &'static str {
        match self {
            Self::Rooms => "Rooms and people",
            Self::Messages => "Messages",
            Self::Account => "Your account",
            Self::Moderation => "Keeping the peace",
            Self::Program => "This program",
        }
    }
}

/// All commands, in the order of `/help`. A new command is a line here.
pub(crate) static COMMANDS: &[Command] = &[
    Command {
        name: "join",
        aliases: &["j"],
        takes: "ROOM",
        help: "Join a room. It is created if it does not exist.",
        group: Group::Rooms,
        from: Role::Guest,
        run: rooms::join,
    },
    Command {
        name: "leave",
        aliases: &["part", "close"],
        takes: "[ROOM]",
        help: "Leave a room: this one, unless you name another.",
        group: Group::Rooms,
        from: Role::Guest,
        run: rooms::leave,
    },
    Command {
        name: "rooms",
        aliases: &["list"],
        takes: "[AFTER]",
        help: "List the public rooms, after a name if you give one.",
        group: Group::Rooms,
        from: Role::Guest,
        run: rooms::rooms,
    },
    Command {
        name: "nick",
        aliases: &[],
        takes: "NAME",
        help: "Change your nick, in all rooms.",
        group: Group::Rooms,
        from: Role::Guest,
        run: rooms::nick,
    },
    Command {
        name: "who",
        aliases: &["names", "members"],
        takes: "",
        help: "Show who is in this room: how many, and some of them.",
        group: Group::Rooms,
        from: Role::Guest,
        run: rooms::who,
    },
    Command {
        name: "ignore",
        aliases: &[],
        takes: "[NICK]",
        help: "Hide somebody's messages and mentions, for you alone. Without a nick: list the people you ignore.",
        group: Group::Rooms,
        from: Role::Guest,
        run: settings::ignore,
    },
    Command {
        name: "unignore",
        aliases: &[],
        takes: "NICK",
        help: "Show somebody's messages again.",
        group: Group::Rooms,
        from: Role::Guest,
        run: settings::unignore,
    },
    Command {
        name: "why",
        aliases: &[],
        takes: "COMMAND [NICK]",
        help: "Ask why you may do something here or not: /why send. Administrators may ask about others.",
        group: Group::Rooms,
        from: Role::Guest,
        run: moderation::why,
    },
    Command {
        name: "me",
        aliases: &[],
        takes: "TEXT",
        help: "Say what you are doing: /me waves.",
        group: Group::Messages,
        from: Role::Guest,
        run: rooms::me,
    },
    Command {
        name: "history",
        aliases: &[],
        takes: "",
        help: "Load older messages. Scrolling up (PageUp, mouse wheel) does it too.",
        group: Group::Messages,
        from: Role::Guest,
        run: log::history,
    },
    Command {
        name: "search",
        aliases: &["find", "grep"],
        takes: "WORDS",
        help: "Find words in the loaded messages. Again, or Ctrl-R: the previous find; Alt-R: the next.",
        group: Group::Messages,
        from: Role::Guest,
        run: log::search,
    },
    Command {
        name: "clear",
        aliases: &["cls"],
        takes: "",
        help: "Clear the screen. Nothing is lost: scroll up to see it again.",
        group: Group::Messages,
        from: Role::Guest,
        run: log::clear,
    },
    Command {
        name: "copy",
        aliases: &["bare"],
        takes: "",
        help: "Show the plain text of the screen, for copying: long addresses stay in one piece.",
        group: Group::Messages,
        from: Role::Guest,
        run: log::copy,
    },
    Command {
        name: "retry",
        aliases: &[],
        takes: "",
        help: "Send the failed messages of this room again. Nothing is sent twice.",
        group: Group::Messages,
        from: Role::Guest,
        run: log::retry,
    },
    Command {
        name: "discard",
        aliases: &[],
        takes: "",
        help: "Discard the failed messages of this room.",
        group: Group::Messages,
        from: Role::Guest,
        run: log::discard,
    },
    Command {
        name: "register",
        aliases: &[],
        takes: "[INVITATION]",
        help: "Get an account: your nick stays yours, on every device. Asks for a password.",
        group: Group::Account,
        from: Role::Guest,
        run: account::register,
    },
    Command {
        name: "login",
        aliases: &[],
        takes: "NICK",
        help: "Log in to your account, in place of who you are now. Asks for the password.",
        group: Group::Account,
        from: Role::Guest,
        run: account::log_in,
    },
    Command {
        name: "device",
        aliases: &["link"],
        takes: "",
        help: "Show a code that logs another device in as you, once and within some minutes.",
        group: Group::Account,
        from: Role::Guest,
        run: rooms::device,
    },
    Command {
        name: "logout",
        aliases: &[],
        takes: "[N|others]",
        help: "Log out here, or end the login with a number of /logins, or all other logins.",
        group: Group::Account,
        from: Role::Member,
        run: account::log_out,
    },
    Command {
        name: "logins",
        aliases: &["devices"],
        takes: "",
        help: "List the devices on which you are logged in.",
        group: Group::Account,
        from: Role::Member,
        run: account::logins,
    },
    Command {
        name: "password",
        aliases: &["passwd"],
        takes: "",
        help: "Change your password. All other devices are logged out.",
        group: Group::Account,
        from: Role::Member,
        run: account::password,
    },
    Command {
        name: "unregister",
        aliases: &[],
        takes: "",
        help: "Delete your account. Asks for the password.",
        group: Group::Account,
        from: Role::Member,
        run: account::unregister,
    },
    Command {
        name: "claim",
        aliases: &[],
        takes: "SECRET",
        help: "Become the owner of a new server, with the secret that it printed.",
        group: Group::Account,
        from: Role::Member,
        run: account::claim,
    },
    Command {
        name: "kick",
        aliases: &[],
        takes: "NICK [REASON]",
        help: "Take somebody out of this room. They may come back.",
        group: Group::Moderation,
        from: Role::Moderator,
        run: moderation::kick,
    },
    Command {
        name: "mute",
        aliases: &[],
        takes: "NICK [10m|2h|7d] [here] [REASON]",
        help: "Let somebody say nothing, on the server or only here, for a time or until /unmute.",
        group: Group::Moderation,
        from: Role::Moderator,
        run: moderation::mute,
    },
    Command {
        name: "unmute",
        aliases: &[],
        takes: "NICK [here] [REASON]",
        help: "Let somebody speak again.",
        group: Group::Moderation,
        from: Role::Moderator,
        run: moderation::unmute,
    },
    Command {
        name: "ban",
        aliases: &[],
        takes: "NICK [10m|2h|7d] [here] [REASON]",
        help: "Keep somebody out, of the server or only of this room. An address or a range can be banned too.",
        group: Group::Moderation,
        from: Role::Moderator,
        run: moderation::ban,
    },
    Command {
        name: "unban",
        aliases: &[],
        takes: "NICK [here] [REASON]",
        help: "Let somebody in again.",
        group: Group::Moderation,
        from: Role::Moderator,
        run: moderation::unban,
    },
    Command {
        name: "audit",
        aliases: &[],
        takes: "[here] [BEFORE]",
        help: "Show what moderators did, on the server or only here.",
        group: Group::Moderation,
        from: Role::Moderator,
        run: moderation::audit,
    },
    Command {
        name: "role",
        aliases: &[],
        takes: "NICK ROLE [REASON]",
        help: "Give an account another role: member, moderator, administrator.",
        group: Group::Moderation,
        from: Role::Administrator,
        run: moderation::role,
    },
    Command {
        name: "words",
        aliases: &[],
        takes: "on|off",
        help: "Whether your nick without an @ counts as a mention.",
        group: Group::Program,
        from: Role::Guest,
        run: settings::words,
    },
    Command {
        name: "mouse",
        aliases: &[],
        takes: "on|off",
        help: "Whether this program uses the mouse, or the terminal does, to select text.",
        group: Group::Program,
        from: Role::Guest,
        run: settings::mouse,
    },
    Command {
        name: "help",
        aliases: &["h", "?"],
        takes: "[COMMAND]",
        help: "Show the commands and keys, or more about one command.",
        group: Group::Program,
        from: Role::Guest,
        run: help::help,
    },
    Command {
        name: "quit",
        aliases: &["exit", "q"],
        takes: "",
        help: "Quit the program.",
        group: Group::Program,
        from: Role::Guest,
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

/// The commands that this role is shown.
pub(crate) fn shown_to(role: Role) -> impl Iterator<Item = &'static Command> {
    COMMANDS.iter().filter(move |command| command.from <= role)
}

/// Whether a line may hold a secret, and is better not remembered. Nobody has to write a password into the line,
/// and somebody will.
pub(crate) fn is_secret(line: &str) -> bool {
    let secret = ["register", "login", "password", "unregister", "claim"];
    match read(line.trim_end()) {
        Input::Command { name, argument } => {
            !argument.is_empty() && find(name).is_some_and(|it| secret.contains(&it.name))
        }
        Input::Text(_) => false,
    }
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
