//! The command line: its commands, and the flags made from the table of settings.

use std::ffi::{OsStr, OsString};

use clap::builder::{Styles, ValueParser};
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::load::load;
use super::settings::{self, SETTINGS};
use super::source::FILE_KEY;
use super::{ConfigError, Loaded};

/// The command to run.
#[derive(Clone, Debug)]
pub enum Invocation {
    /// Run the server.
    Serve(Loaded),
    /// Print what is in force, with [`Loaded::print`].
    ShowConfig(Loaded),
    /// Print the page of settings of the documents, with [`super::markdown`].
    ShowMarkdown,
    /// Ask the running server with this configuration, with [`crate::run::health::check`].
    CheckHealth(Loaded),
    /// One of the commands that were handed to [`parse_with`].
    Other(Loaded, Box<ArgMatches>),
}

/// Reads the command line, the environment and the file that they name.
///
/// `arguments` begin with the program's name, as [`std::env::args_os`] gives them; `environment` is what
/// [`std::env::vars_os`] gives. They are parameters so that tests need not change those of their process.
///
/// # Errors
/// [`ConfigError::Usage`] for `--help`, `--version` and a command line that cannot be read;
/// [`ConfigError::Refused`] for values that are not allowed.
pub fn parse(
    arguments: impl IntoIterator<Item = OsString>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Invocation, ConfigError> {
    parse_with(arguments, environment, [])
}

/// The same, with further commands that this module does not know. Each of them takes the settings too; of these
/// its help shows only those that say which server is meant.
///
/// # Errors
/// Those of [`parse`].
pub fn parse_with(
    arguments: impl IntoIterator<Item = OsString>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
    further: impl IntoIterator<Item = Command>,
) -> Result<Invocation, ConfigError> {
    let (mut command, mut names) = (command(), Vec::new());
    for further in further {
        names.push(further.get_name().to_owned());
        command = command.subcommand(further.args(flags().map(shown_if_it_finds_a_server)));
    }
    let matches = command.try_get_matches_from(arguments)?;
    match matches.subcommand() {
        Some((name, other)) if names.iter().any(|further| further == name) => {
            let loaded = load(given(deepest(other)), environment)?;
            Ok(Invocation::Other(loaded, Box::new(other.clone())))
        }
        Some((HEALTH, health)) => load(given(health), environment).map(Invocation::CheckHealth),
        Some((_, config)) if config.get_flag(MARKDOWN) => Ok(Invocation::ShowMarkdown),
        Some((_, config)) => load(given(config), environment).map(Invocation::ShowConfig),
        None => load(given(&matches), environment).map(Invocation::Serve),
    }
}

/// The command that asks a running server.
const HEALTH: &str = "health";

/// The setting that says where a server's files are.
const DATA_DIR: &str = "data_dir";

/// The flag that prints the page of settings; hidden, since only who changes the table needs it.
const MARKDOWN: &str = "markdown";

const EXAMPLES: &str = "\
Each setting can be given as a flag, a variable or a key of the file, in this order of
precedence: --data-dir, THRONG_DATA_DIR, data_dir. Sizes are written like 4096 or 64KiB,
times like 250ms, 30s, 5m, 2h or 7d, lists with commas.

Examples:
  throng                                    run on this machine only, with all defaults
  throng --listen 0.0.0.0:8080              let others connect
  throng --config /etc/throng.toml          take the settings from a file
  THRONG_LOG=debug throng --listen [::]:0   log more, take a free port
  throng config --config /etc/throng.toml   print what would be in force, and from where
  throng health --listen [::]:8080           end with 0 when the server there is alive
  throng admin --data-dir data room list     ask the running server, as an administrator";

fn command() -> Command {
    let show = Command::new("config")
        .about("Print every setting in force and where it comes from")
        .arg(Arg::new(MARKDOWN).long(MARKDOWN).action(ArgAction::SetTrue).hide(true));
    Command::new("throng")
        .version(env!("CARGO_PKG_VERSION"))
        .about(env!("CARGO_PKG_DESCRIPTION"))
        .after_help(EXAMPLES)
        .styles(Styles::plain())
        .max_term_width(100)
        .disable_help_subcommand(true)
        .subcommand(show)
        .subcommand(
            Command::new(HEALTH)
                .about("Ask the server on the configured address whether it is alive"),
        )
        .args(flags())
}

/// The flags of the file and of all settings.
fn flags() -> impl Iterator<Item = Arg> {
    let file = flag(FILE_KEY, "FILE")
        .help("TOML file with settings; none is read unless it is named")
        .help_heading(SETTINGS[0].group);
    let settings = SETTINGS.iter().map(|setting| {
        let what = setting.what();
        let help = match setting.default {
            "" => what.trim_end_matches('.').to_owned(),
            default => format!("{} [{default}]", what.trim_end_matches('.')),
        };
        let action = if (setting.is_list)() { ArgAction::Append } else { ArgAction::Set };
        flag(setting.key, (setting.value_name)())
            .action(action)
            .help(help)
            .help_heading(setting.group)
    });
    [file].into_iter().chain(settings)
}

/// Hides a flag that says nothing about which server is meant.
fn shown_if_it_finds_a_server(flag: Arg) -> Arg {
    let finds = [FILE_KEY, DATA_DIR].iter().any(|key| flag.get_id() == key);
    flag.hide(!finds).help_heading("Which server")
}

/// The matches of the last command on the line, which have the flags of all before it.
fn deepest(matches: &ArgMatches) -> &ArgMatches {
    matches.subcommand().map_or(matches, |(_, below)| deepest(below))
}

/// A flag accepts any text: the setting's parser decides what is valid, so that all errors are reported at
/// once.
fn flag(key: &'static str, value_name: &'static str) -> Arg {
    Arg::new(key)
        .long(settings::flag(key))
        .value_name(value_name)
        .value_parser(ValueParser::os_string())
        .allow_negative_numbers(true)
        .global(true)
}

/// The values on the command line: key, flag as written, value.
fn given(matches: &ArgMatches) -> Vec<(&'static str, String, OsString)> {
    let keys = SETTINGS.iter().map(|setting| setting.key).chain([FILE_KEY]);
    let value = |key| {
        let values: Vec<OsString> = matches.get_many(key)?.cloned().collect();
        Some(values.join(OsStr::new(",")))
    };
    keys.filter_map(|key| Some((key, format!("--{}", settings::flag(key)), value(key)?))).collect()
}
