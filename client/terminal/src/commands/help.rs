//! `/help`: the commands and the keys, as a page that can be leafed through.

use throng_protocol::Role;

use super::{Group, find, shown_to, unknown, usage};
use crate::effect::Effect;
use crate::model::{Help, HelpLine, Model, Tone};

/// The keys, and what each does.
const KEYS: &[(&str, &str)] = &[
    ("Tab, Shift-Tab", "complete @nicks, #rooms, :emoji and /commands; go through the choices"),
    ("Up, Down", "the row above or below; above the first row, your earlier messages"),
    ("Alt-Enter", "a new line in the message"),
    ("Ctrl-W", "cut a word; Ctrl-U all before the cursor, Ctrl-K all behind it"),
    ("Ctrl-C, Ctrl-Y", "cut the whole text; paste what was cut"),
    ("Alt-1 … Alt-9", "the room of this number; Ctrl-N, Ctrl-P: the next, the one before"),
    ("Alt-A", "the next room with something new, mentions first"),
    ("PageUp, PageDown", "or the wheel: scroll; older messages load by themselves"),
    ("Ctrl-End", "back to the end"),
    ("Ctrl-R, Alt-R", "the previous and the next find; Esc ends the search"),
    ("Alt-L", "plain text for copying, as /copy"),
    ("Ctrl-L, Ctrl-Z", "redraw; suspend until fg"),
    ("Ctrl-C twice", "leave"),
];

/// What else one should know.
const REST: &[(&str, &str)] = &[
    ("@nick", "mentions somebody; code, addresses and your own messages do not"),
    ("**bold** `code`", "_italic_, ~~struck~~, lists, > quotes and ``` blocks; :tada: is an emoji"),
    ("//me", "two slashes send a text that looks like a command"),
];

/// The whole page, for somebody with this role: the commands by what they are about, and the keys.
pub(crate) fn text(role: Role) -> Vec<HelpLine> {
    let owned = |(left, right): &(&str, &str)| ((*left).to_owned(), (*right).to_owned());
    let gap = || std::iter::once((String::new(), String::new()));
    let group = |group: Group| {
        let commands = shown_to(role).filter(move |command| command.group == group);
        let lines = commands.map(|command| (usage(command), command.help.to_owned()));
        std::iter::once(heading(group.heading())).chain(lines)
    };
    let has = |group: &Group| shown_to(role).any(|command| command.group == *group);
    let commands = Group::ALL.into_iter().filter(has).flat_map(|it| group(it).chain(gap()));
    let keys = std::iter::once(heading("Keys"));
    commands
        .chain(keys)
        .chain(KEYS.iter().map(owned))
        .chain(gap())
        .chain(REST.iter().map(owned))
        .collect()
}

fn heading(text: &str) -> HelpLine {
    (text.to_uppercase(), String::new())
}

pub(super) fn help(model: &mut Model, name: &str, _: &mut Vec<Effect>) -> Result<(), String> {
    let name = name.trim_start_matches('/');
    if name.is_empty() {
        model.help = Some(Help { lines: text(model.role), top: 0 });
        return Ok(());
    }
    let command = find(name).ok_or_else(|| unknown(name))?;
    let also: Vec<String> = command.aliases.iter().map(|alias| format!("/{alias}")).collect();
    let also = if also.is_empty() { String::new() } else { format!(" Also: {}.", also.join(", ")) };
    model.note(Tone::Plain, &format!("{}  {}{also}", usage(command), command.help));
    Ok(())
}
