//! Prints the values in force for an operator, and the page of settings in the documents.

use std::io::{self, Write};

use super::Loaded;
use super::settings::{SETTINGS, Setting};

impl Loaded {
    /// Prints each setting: its key, the value in force, and its origin. The output is also TOML, so it can
    /// be saved as a file and used with `--config`.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let rows: Vec<_> = self
            .all()
            .map(|given| (given.key, toml_value(&given.value), given.origin.to_string()))
            .collect();
        let key_width = rows.iter().map(|(key, ..)| key.len()).max().unwrap_or(0);
        let value_width = rows.iter().map(|(_, value, _)| value.chars().count()).max().unwrap_or(0);
        for (key, value, origin) in rows {
            // A path may contain a newline, which would end the comment.
            let origin = origin.replace(char::is_control, "?");
            writeln!(out, "{key:key_width$} = {value:value_width$}  # {origin}")?;
        }
        Ok(())
    }
}

/// Integers and booleans are bare; everything else is a basic string (TOML 1.0).
fn toml_value(text: &str) -> String {
    // A path such as `007` is not a number in TOML.
    let is_number = text.parse::<i64>().is_ok_and(|number| number.to_string() == text);
    if is_number || text.parse::<bool>().is_ok() {
        return text.into();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", c as u32)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Prints `docs/configuration.md`. A test checks that the file is up to date.
///
/// # Errors
/// Those of `out`.
pub fn markdown(out: &mut impl Write) -> io::Result<()> {
    out.write_all(INTRODUCTION.as_bytes())?;
    for group in SETTINGS.chunk_by(|one, other| one.group == other.group) {
        writeln!(out, "\n## {}\n", group[0].group)?;
        writeln!(out, "| Key | Default | What it is, and why |\n|---|---|---|")?;
        for setting in group {
            writeln!(out, "{}", row(setting))?;
        }
    }
    Ok(())
}

fn row(setting: &Setting) -> String {
    let default = match setting.default {
        "" => "(empty)".into(),
        default => format!("`{default}`"),
    };
    let text = setting.paragraphs().collect::<Vec<_>>().join(" ");
    let allowed = (setting.allowed)();
    format!("| `{}` | {default} | {text} Allowed: {allowed}. |", setting.key)
}

const INTRODUCTION: &str = "\
# Configuration

<!-- Made by `throng config --markdown > docs/configuration.md`; a test compares them. -->

throng runs without any configuration. Each setting can be given in three ways, which say the same
things. The first that is given wins:

1. a flag: `--data-dir /srv/throng`
2. an environment variable: `THRONG_DATA_DIR=/srv/throng`
3. a key of a TOML file: `data_dir = \"/srv/throng\"`

An empty variable counts as not set; only for a list it means that the list is empty.

The file is named by `--config FILE` or `THRONG_CONFIG`; without either, none is read. In the file,
lists may be TOML lists, and numbers and truth values may stand bare; everything else is a string.

- Sizes are bytes, written like `4096`, `64KiB`, `1MiB` or `1GiB`.
- Times need a unit, one of `ms`, `s`, `m`, `h` and `d`: `250ms`, `30s`, `7d`.
- Counts may be grouped with `_`: `100_000`.
- Lists have commas: `10.0.0.0/8,fd00::/8`.

`throng config`, with the same flags, variables and file, prints what is in force and where each
value comes from. What it prints is itself a TOML file.

The server refuses to start when anything is wrong: a value that is not allowed (also when another
source overrides it), a key in the file or a variable beginning with `THRONG_` that is no setting,
or two values that do not go together. It names all of them at once. Kubernetes gives containers
variables such as `THRONG_SERVICE_HOST` when there is a service with the name `throng`: set
`enableServiceLinks: false` for the pod, or give the service another name.
";
