//! The command line, made from the table of commands.

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::{Map, Value};

use crate::admin::arguments::{Argument, Kind};
use crate::admin::row::Row;
use crate::admin::table::TABLE;

/// The flag that prints the answer as the server gave it.
const JSON: &str = "json";

const ABOUT: &str = "Ask the server that runs with this data directory";

const NOTES: &str = "\
The exit code is 0 when the server did it, 1 when it refused, 2 when the command line or the
user is wrong, and 75 when no server is running.";

/// What a command line asks for.
pub(super) struct Asked {
    pub(super) row: &'static Row,
    pub(super) request: Value,
    pub(super) as_json: bool,
}

/// The command `admin`, with all of the table below it.
pub fn command() -> Command {
    let json = Arg::new(JSON)
        .long(JSON)
        .action(ArgAction::SetTrue)
        .global(true)
        .help("Print the answer as one line of JSON");
    let admin = parent("admin", ABOUT.to_owned()).arg(json).after_help(NOTES);
    groups().into_iter().fold(admin, |admin, group| admin.subcommand(branch(group)))
}

/// The first words of all names, each once, in the order of the table.
fn groups() -> Vec<&'static str> {
    let mut groups: Vec<&str> = Vec::new();
    for row in TABLE {
        let group = row.name.split(' ').next().unwrap_or_default();
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    groups
}

/// A command of one word, or a group with its commands.
fn branch(group: &'static str) -> Command {
    let rows = TABLE.iter().filter_map(|row| Some((row, row.name.strip_prefix(group)?)));
    let rows: Vec<(&Row, &str)> = rows
        .filter_map(|(row, rest)| match rest.strip_prefix(' ') {
            Some(word) => Some((row, word)),
            None => rest.is_empty().then_some((row, "")),
        })
        .collect();
    if let [(row, "")] = rows[..] {
        return leaf(row, group);
    }
    let words: Vec<&str> = rows.iter().map(|(_, word)| *word).collect();
    let about = format!("About {group}s: {}", words.join(", "));
    rows.into_iter()
        .fold(parent(group, about), |parent, (row, word)| parent.subcommand(leaf(row, word)))
}

fn parent(name: &'static str, about: String) -> Command {
    Command::new(name)
        .about(about)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
}

fn leaf(row: &'static Row, word: &'static str) -> Command {
    Command::new(word).about(row.about).args(row.arguments.iter().map(argument))
}

fn argument(declared: &'static Argument) -> Arg {
    let upper = declared.name.to_ascii_uppercase();
    let arg = Arg::new(declared.name).help(declared.about).required(declared.is_required);
    let arg = match declared.kind {
        Kind::Text => arg.value_name(upper),
        Kind::Number => arg.value_name(upper).value_parser(value_parser!(u64)),
        Kind::Switch => arg.action(ArgAction::SetTrue),
    };
    match (declared.is_required, declared.kind) {
        (true, _) => arg,
        (false, kind) => {
            // A name may begin with a hyphen; after a flag it can be nothing else.
            arg.long(declared.name.replace('_', "-")).allow_hyphen_values(kind == Kind::Text)
        }
    }
}

impl Asked {
    /// What the matches of [`command`] ask for.
    pub(super) fn read(matches: &ArgMatches) -> Self {
        let (mut words, mut matches) = (Vec::new(), matches);
        while let Some((word, below)) = matches.subcommand() {
            words.push(word);
            matches = below;
        }
        let name = words.join(" ");
        let row = TABLE.iter().find(|row| row.name == name).expect("the commands are the table's");
        let mut request = Map::new();
        request.insert("command".to_owned(), name.into());
        for declared in row.arguments {
            let given = match declared.kind {
                Kind::Text => matches.get_one::<String>(declared.name).cloned().map(Value::from),
                Kind::Number => matches.get_one::<u64>(declared.name).copied().map(Value::from),
                Kind::Switch => matches.get_flag(declared.name).then_some(Value::Bool(true)),
            };
            request.extend(given.map(|value| (declared.name.to_owned(), value)));
        }
        Self { row, request: request.into(), as_json: matches.get_flag(JSON) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Asked, command};
    use crate::config::cli::{self, Invocation};

    fn asked(words: &[&str]) -> Asked {
        let matches = command().try_get_matches_from(words);
        Asked::read(&matches.unwrap_or_else(|error| panic!("{words:?}: {error}")))
    }

    #[test]
    fn a_command_line_becomes_a_request() {
        for (words, request) in [
            (&["status"][..], json!({"command": "status"})),
            (&["room", "list"], json!({"command": "room list"})),
            (&["room", "list", "--query", "-x"], json!({"command": "room list", "query": "-x"})),
            (&["room", "list", "--occupied"], json!({"command": "room list", "occupied": true})),
            (&["room", "show", "#lobby"], json!({"command": "room show", "room": "#lobby"})),
            (&["session", "close", "7"], json!({"command": "session close", "number": 7})),
        ] {
            let words = [&["admin"], words].concat();
            let asked = asked(&words);
            assert_eq!(asked.request, request);
            assert!(!asked.as_json);
        }
        assert!(
            super::Asked::read(&command().get_matches_from(["admin", "--json", "status"])).as_json
        );
        assert!(asked(&["admin", "status", "--json"]).as_json);
    }

    #[test]
    fn what_the_table_does_not_have_is_a_wrong_command_line() {
        for words in [
            &["admin"][..],
            &["admin", "room"],
            &["admin", "room", "burn"],
            &["admin", "room", "show"],
            &["admin", "session", "close", "-1"],
            &["admin", "session", "close", "all"],
            &["admin", "status", "--query", "x"],
        ] {
            let error = command().try_get_matches_from(words).expect_err("it is wrong");
            assert_eq!(error.exit_code(), 2, "{words:?}");
        }
    }

    #[test]
    fn the_table_and_the_settings_share_a_command_line() {
        let words = ["throng", "admin", "room", "list", "--data-dir", "/there", "--query", "a"];
        for words in
            [words, ["throng", "--data-dir", "/there", "admin", "room", "list", "--query", "a"]]
        {
            let words = words.map(std::ffi::OsString::from);
            match cli::parse_with(words, [], [command()]).expect("it is right") {
                Invocation::Other(loaded, matches) => {
                    assert_eq!(loaded.config.data_dir.to_str(), Some("/there"));
                    let request = json!({"command": "room list", "query": "a"});
                    assert_eq!(Asked::read(&matches).request, request);
                }
                other => panic!("{other:?}"),
            }
        }
    }
}
