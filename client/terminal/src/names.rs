//! What is wrong with a name that somebody typed, and a suggestion.

use throng_protocol::{BadName, RoomName, RoomRef};

use crate::model::RoomLabel;

/// Why a text is not a valid name, and a valid one, if the rules suggest one.
pub(crate) struct BadlyNamed {
    pub(crate) why: String,
    pub(crate) suggestion: Option<String>,
}

/// Reads a name.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn read<T>(
    typed: &str,
    parse: impl Fn(&str) -> Result<T, BadName>,
) -> Result<T, BadlyNamed> {
    parse(typed).map_err(|bad| BadlyNamed {
        why: match bad.suggestion() {
            Some(_) => format!("{typed:?} has a space in it, and names have none."),
            None => format!("{typed:?} cannot be a name: {bad}."),
        },
        suggestion: bad.suggestion().map(str::to_owned),
    })
}

/// Reads the name of a room, with or without `#`, or its id.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn room(typed: &str) -> Result<RoomLabel, BadlyNamed> {
    if let Ok(RoomRef::Id(id)) = RoomRef::parse(typed) {
        return Ok(RoomLabel { id: Some(id), name: typed.to_owned() });
    }
    let name = read(typed.trim_start_matches('#'), RoomName::parse)?;
    Ok(RoomLabel::named(name.as_str()))
}

#[cfg(test)]
mod tests {
    use throng_protocol::Nick;

    use super::{read, room};

    #[test]
    fn spaces_become_hyphens_and_other_faults_are_named() {
        let bad = |typed: &str| read(typed, Nick::parse).expect_err("no name");
        let spaced = bad("Ana  Maria");
        assert_eq!(spaced.suggestion.as_deref(), Some("Ana-Maria"));
        assert!(spaced.why.contains("space"), "{}", spaced.why);
        assert_eq!(bad("Ana Maria!").suggestion, None);
        assert!(bad("a:b").why.contains("U+003A"), "{}", bad("a:b").why);
        assert_eq!(bad("").suggestion, None);
        assert!(read("ana", Nick::parse).is_ok());
    }

    #[test]
    fn an_id_is_one_without_a_sign() {
        let id = "01K9ZS0000R00M000000000001";
        let ask = |typed: &str| room(typed).ok().map(|room| room.to_ask());
        assert_eq!(ask(id).as_deref(), Some(id));
        let named = format!("#{id}");
        assert_eq!(ask(&named), Some(named));
        assert_eq!(ask("##lobby").as_deref(), Some("#lobby"));
        assert_eq!(ask("a:b"), None);
    }
}
