//! The commands: one table, from which `/help`, completion and the parser read.

mod account;
mod bots;
mod deleting;
mod filters;
mod groups;
mod help;
mod log;
mod moderation;
mod own_rooms;
mod parse;
mod peace;
mod profiles;
mod rooms;
mod settings;
mod table;

pub(crate) use help::text as help_text;
pub(crate) use moderation::in_words;
pub(crate) use parse::{Input, read};
pub(crate) use table::COMMANDS;
use table::Group;

use throng_protocol::Role;

use crate::effect::Effect;
use crate::model::{Model, RoomLabel, Tone};

/// A slash command.
pub(crate) struct Command {
    pub(crate) name: &'static str,
    /// Other names, which people know from other programs.
    pub(crate) aliases: &'static [&'static str],
    /// What follows the name.
    takes: &'static str,
    help: &'static str,
    group: Group,
    /// The least role that is shown it. The server is who refuses.
    from: Role,
    /// Executes the command. An error is a sentence for the person.
    run: fn(&mut Model, &str, &mut Vec<Effect>) -> Result<(), String>,
}

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

fn usage(command: &Command) -> String {
    format!("/{} {}", command.name, command.takes).trim_end().to_owned()
}

/// What a room is called in a sentence.
fn place(model: &Model, room: &RoomLabel) -> String {
    model.titled(room)
}

fn in_room(model: &Model) -> Result<RoomLabel, String> {
    model
        .room_label()
        .ok_or_else(|| "This page is not a room. Join one first, for example: /join lobby".into())
}
