//! The commands: one table, from which `/help`, completion and the parser read.

use throng_protocol::{Nick, RoomName};

use crate::model::{Model, Standing, Tone};
use crate::update::Effect;

/// What a person can ask for with a slash.
pub(crate) struct Command {
    pub(crate) name: &'static str,
    /// Other names that people bring along.
    aliases: &'static [&'static str],
    /// What comes after the name.
    takes: &'static str,
    help: &'static str,
    /// Carries it out. An error is a sentence for the person.
    run: fn(&mut Model, &str, &mut Vec<Effect>) -> Result<(), String>,
}

/// All of them, in the order of `/help`. A new one is a line here.
pub(crate) static COMMANDS: &[Command] = &[
    Command {
        name: "join",
        aliases: &["j"],
        takes: "ROOM",
        help: "Go into a room. It is made if nobody was there before.",
        run: join,
    },
    Command {
        name: "leave",
        aliases: &["part", "close"],
        takes: "[ROOM]",
        help: "Leave a room: this one, unless you name another.",
        run: leave,
    },
    Command {
        name: "rooms",
        aliases: &["list"],
        takes: "[AFTER]",
        help: "List the public rooms, after a name if you give one.",
        run: rooms,
    },
    Command {
        name: "nick",
        aliases: &[],
        takes: "NAME",
        help: "Be called something else, in all rooms.",
        run: nick,
    },
    Command {
        name: "me",
        aliases: &[],
        takes: "TEXT",
        help: "Say what you do: /me waves.",
        run: me,
    },
    Command {
        name: "who",
        aliases: &["names", "members"],
        takes: "",
        help: "Show who is in this room: how many, and some of them.",
        run: who,
    },
    Command {
        name: "history",
        aliases: &[],
        takes: "",
        help: "Load older messages. Scrolling up (PageUp, mouse wheel) does it too.",
        run: history,
    },
    Command {
        name: "retry",
        aliases: &[],
        takes: "",
        help: "Send again what failed in this room. Nothing is said twice.",
        run: retry,
    },
    Command {
        name: "discard",
        aliases: &[],
        takes: "",
        help: "Throw away what failed in this room.",
        run: discard,
    },
    Command {
        name: "help",
        aliases: &["h", "?"],
        takes: "[COMMAND]",
        help: "Show the commands and keys, or more about one command.",
        run: help,
    },
    Command {
        name: "quit",
        aliases: &["exit", "q"],
        takes: "",
        help: "Say goodbye and end the program.",
        run: quit,
    },
];

const KEYS: &str = "\
Keys: Tab completes nicks, #rooms and /commands. Up and Down bring back what you wrote.
Alt-1 to Alt-9, Ctrl-N, Ctrl-P: another room. Alt-A: the next room with something new.
PageUp, PageDown, mouse wheel: scroll. Alt-Enter: a new line. Ctrl-W, Ctrl-U, Ctrl-K cut, Ctrl-Y pastes.
Two slashes at the beginning say a text that begins with one.";

/// Carries out a line that begins with a slash.
pub(crate) fn run(model: &mut Model, line: &str, effects: &mut Vec<Effect>) {
    let rest = line.strip_prefix('/').unwrap_or(line);
    let (name, argument) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let done = match find(name) {
        Some(command) => (command.run)(model, argument.trim(), effects),
        None => Err(unknown(name)),
    };
    if let Err(sentence) = done {
        model.note(Tone::Trouble, &sentence);
    }
}

/// The command of this name, or of this other name.
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

fn join(model: &mut Model, room: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let room = room.trim_start_matches('#');
    let name = RoomName::parse(room)
        .map_err(|bad| format!("{room:?} cannot be a room: {bad}. For example: /join lobby"))?;
    let at = model.find_or_add(name.as_str());
    if !model.rooms[at].joined {
        effects.push(Effect::Join(name.to_string()));
    }
    crate::update::show(model, at);
    Ok(())
}

fn leave(model: &mut Model, room: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let at = match room.trim_start_matches('#') {
        "" if model.shown == 0 => {
            return Err("This is the server's page, not a room. /quit ends the program.".into());
        }
        "" => model.shown,
        name => {
            model.find(name).ok_or(format!("You are not in #{name}. /rooms lists the rooms."))?
        }
    };
    effects.push(Effect::Leave(model.rooms[at].name.clone()));
    crate::update::remove(model, at);
    Ok(())
}

fn rooms(_: &mut Model, after: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let after = after.trim_start_matches('#');
    effects.push(Effect::Rooms { after: (!after.is_empty()).then(|| after.to_owned()) });
    Ok(())
}

fn nick(_: &mut Model, nick: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let nick = Nick::parse(nick)
        .map_err(|bad| format!("{nick:?} cannot be a nick: {bad}. For example: /nick ana"))?;
    effects.push(Effect::Rename(nick.to_string()));
    Ok(())
}

fn me(model: &mut Model, text: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    if text.is_empty() {
        return Err("What do you do? For example: /me waves".into());
    }
    crate::update::say(model, text, true, effects)
}

fn who(model: &mut Model, _: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    effects.push(Effect::Members { room: in_room(model)?, aloud: true });
    Ok(())
}

fn history(model: &mut Model, _: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    in_room(model)?;
    let oldest = model.room().entries.iter().position(|entry| entry.seq().is_some());
    let missing = oldest.and_then(|at| model.room().missing_before(at));
    match missing {
        Some((_, last)) => {
            crate::update::load(model, last + 1, effects);
            Ok(())
        }
        None => Err("There is nothing older in this room.".into()),
    }
}

fn retry(model: &mut Model, _: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let room = in_room(model)?;
    let failed = |standing: &Standing| matches!(standing, Standing::Failed(_));
    let mut any = false;
    for outgoing in model.room_mut().outgoing.iter_mut().filter(|o| failed(&o.standing)) {
        any = true;
        outgoing.standing = Standing::Pending;
        effects.push(Effect::send(&room, outgoing));
    }
    if any { Ok(()) } else { Err("Nothing has failed in this room.".into()) }
}

fn discard(model: &mut Model, _: &str, _: &mut Vec<Effect>) -> Result<(), String> {
    let outgoing = &mut model.room_mut().outgoing;
    let before = outgoing.len();
    outgoing.retain(|outgoing| !matches!(outgoing.standing, Standing::Failed(_)));
    if outgoing.len() < before { Ok(()) } else { Err("Nothing has failed in this room.".into()) }
}

fn help(model: &mut Model, name: &str, _: &mut Vec<Effect>) -> Result<(), String> {
    let name = name.trim_start_matches('/');
    if name.is_empty() {
        let columns = COMMANDS.iter().map(|c| usage(c).len()).max().unwrap_or(0);
        let lines: Vec<String> =
            COMMANDS.iter().map(|c| format!("{:columns$}  {}", usage(c), c.help)).collect();
        model.note(Tone::Plain, &format!("{}\n{KEYS}", lines.join("\n")));
        return Ok(());
    }
    let command = find(name).ok_or_else(|| unknown(name))?;
    let also: Vec<String> = command.aliases.iter().map(|alias| format!("/{alias}")).collect();
    let also = if also.is_empty() { String::new() } else { format!(" Also: {}.", also.join(", ")) };
    model.note(Tone::Plain, &format!("{}  {}{also}", usage(command), command.help));
    Ok(())
}

fn quit(_: &mut Model, _: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    effects.push(Effect::Quit);
    Ok(())
}

fn usage(command: &Command) -> String {
    format!("/{} {}", command.name, command.takes).trim_end().to_owned()
}

fn in_room(model: &Model) -> Result<String, String> {
    model.room_name().ok_or_else(|| "You are in no room here. For example: /join lobby".into())
}
