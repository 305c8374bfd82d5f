//! What the person wrote: a message, or a command.

/// What the person meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Input<'a> {
    Text(&'a str),
    Command { name: &'a str, argument: &'a str },
}

/// Parses what the person wrote. A command is a slash, letters, and then a space or the end. The letters need
/// not name a command, so that a typo gets an answer. `/etc/hosts` and `// a comment` are messages. A text of
/// several lines is a message too unless it is `/me`: a paste runs no command. Two slashes start a message
/// that would otherwise be a command; it is sent with one.
pub(crate) fn read(written: &str) -> Input<'_> {
    match written.strip_prefix('/').filter(|rest| rest.starts_with('/')) {
        Some(rest) if command(rest).is_some() => Input::Text(rest),
        Some(_) => Input::Text(written),
        None => command(written).unwrap_or(Input::Text(written)),
    }
}

fn command(written: &str) -> Option<Input<'_>> {
    let rest = written.strip_prefix('/')?;
    let (name, argument) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let is_word = |name: &str| name.chars().all(|c| c.is_ascii_alphabetic());
    let is_name = name == "?" || (!name.is_empty() && is_word(name));
    let is_one = !written.contains('\n') || name.eq_ignore_ascii_case("me");
    (is_name && is_one).then(|| Input::Command { name, argument: argument.trim() })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{Input, read};

    #[test]
    fn both_clients_read_a_line_in_the_same_way() {
        let examples = include_str!("../../../web/tests/golden/line.json");
        let examples: Vec<Value> = serde_json::from_str(examples).expect("a list of examples");
        assert!(examples.len() > 20);
        for example in examples {
            let text = |field: &str| example[field].as_str().expect("a text");
            let (line, name) = (text("line").trim_end(), text("name"));
            match read(line) {
                Input::Text(said) => assert_eq!(said, text("says"), "{name}"),
                Input::Command { name: command, argument } => {
                    let meant = (command.to_lowercase(), argument);
                    assert_eq!(meant, (text("command").to_owned(), text("rest")), "{name}");
                }
            }
        }
    }
}
