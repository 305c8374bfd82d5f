//! The arguments of commands: what a row declares, and what a request gives.

use serde_json::{Map, Value};

use super::refused::Refused;

/// An argument of a command, as its row declares it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Argument {
    /// Its key in the request; for an option, the flag without its dashes.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// Whether it has to be given. Those are written without a flag, in their order.
    pub(crate) is_required: bool,
    /// One sentence for the help, without a full stop.
    pub(crate) about: &'static str,
}

/// What an argument may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
    /// Given or not.
    Switch,
}

/// An argument that has to be given.
pub(crate) const fn required(name: &'static str, kind: Kind, about: &'static str) -> Argument {
    Argument { name, kind, is_required: true, about }
}

/// An argument that may be left out.
pub(crate) const fn optional(name: &'static str, kind: Kind, about: &'static str) -> Argument {
    Argument { name, kind, is_required: false, about }
}

/// The arguments of a request, each of them declared and of its kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Arguments(Map<String, Value>);

impl Arguments {
    /// Checks what a request gives against what the command takes.
    ///
    /// # Errors
    /// The first argument that is unknown, of another kind, or missing.
    pub(super) fn read(declared: &[Argument], given: Map<String, Value>) -> Result<Self, Refused> {
        let mut known = Map::new();
        for (name, value) in given {
            let argument = declared.iter().find(|argument| argument.name == name);
            let argument = argument.ok_or_else(|| unknown(&name, declared))?;
            if value.is_null() {
                continue;
            }
            if !argument.kind.takes(&value) {
                let kind = argument.kind.words();
                return Err(Refused::bad_argument(format!("{:?} must be {kind}", argument.name)));
            }
            known.insert(name, value);
        }
        match declared.iter().find(|it| it.is_required && !known.contains_key(it.name)) {
            Some(missing) => Err(Self::missing(missing.name)),
            None => Ok(Self(known)),
        }
    }

    /// A text that has to be given.
    ///
    /// # Errors
    /// When the row does not declare it so, and it is missing.
    pub(crate) fn text(&self, name: &str) -> Result<&str, Refused> {
        self.text_if_given(name).ok_or_else(|| Self::missing(name))
    }

    /// Why, for the audit log; empty where it is not said.
    pub(crate) fn reason(&self) -> String {
        self.text_if_given("reason").unwrap_or_default().to_owned()
    }

    /// A number that has to be given.
    ///
    /// # Errors
    /// When the row does not declare it so, and it is missing.
    pub(crate) fn number(&self, name: &str) -> Result<u64, Refused> {
        self.number_if_given(name).ok_or_else(|| Self::missing(name))
    }

    /// A number that may be left out.
    pub(crate) fn number_if_given(&self, name: &str) -> Option<u64> {
        self.0.get(name).and_then(Value::as_u64)
    }

    /// A text that may be left out.
    pub(crate) fn text_if_given(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// Whether a switch was given.
    pub(crate) fn switch(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    fn missing(name: &str) -> Refused {
        Refused::bad_argument(format!("{name:?} is missing"))
    }
}

impl Kind {
    fn takes(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Number => value.is_u64(),
            Self::Switch => value.is_boolean(),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a whole number, 0 or more",
            Self::Switch => "true or false",
        }
    }
}

fn unknown(name: &str, declared: &[Argument]) -> Refused {
    let names: Vec<&str> = declared.iter().map(|argument| argument.name).collect();
    Refused::bad_argument(match names.is_empty() {
        true => format!("{name:?} is unknown: this command takes no arguments"),
        false => format!("{name:?} is unknown: this command takes {}", names.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Argument, Arguments, Kind, Refused, optional, required};

    const DECLARED: &[Argument] = &[
        required("room", Kind::Text, "a room"),
        optional("count", Kind::Number, "how many"),
        optional("all", Kind::Switch, "everything"),
    ];

    fn read(given: Value) -> Result<Arguments, Refused> {
        let Value::Object(given) = given else { panic!("an object") };
        Arguments::read(DECLARED, given)
    }

    #[test]
    fn what_is_declared_is_taken() {
        let read = read(json!({"room": "lobby", "count": 3, "all": true})).expect("it is right");
        assert_eq!(read.text("room"), Ok("lobby"));
        assert_eq!(read.number("count"), Ok(3));
        assert!(read.switch("all") && !read.switch("room"));
        assert_eq!(read.text_if_given("count"), None);
    }

    #[test]
    fn null_is_the_same_as_nothing() {
        let read = read(json!({"room": "lobby", "count": null})).expect("it is right");
        assert!(read.number("count").is_err());
    }

    #[test]
    fn what_is_missing_unknown_or_of_another_kind_is_refused_by_name() {
        for (given, named) in [
            (json!({}), "room"),
            (json!({"room": null}), "room"),
            (json!({"room": 1}), "room"),
            (json!({"room": "a", "count": -1}), "count"),
            (json!({"room": "a", "count": 1.5}), "count"),
            (json!({"room": "a", "count": "1"}), "count"),
            (json!({"room": "a", "all": "yes"}), "all"),
            (json!({"room": "a", "rooms": "b"}), "rooms"),
        ] {
            let refused = read(given.clone()).expect_err("it is wrong");
            let written = serde_json::to_value(refused).expect("it is text");
            assert_eq!(written["code"], "bad_argument", "{given}");
            let message = written["message"].as_str().expect("words");
            assert!(message.starts_with(&format!("{named:?} ")), "{given}: {message}");
        }
    }
}
