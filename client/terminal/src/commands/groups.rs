//! Commands about named groups. The server decides who may do what; it refuses with a sentence.

use throng_protocol::{Assign, DeleteGroup, GroupName, MakeGroup, RenameGroup};

use super::moderation::{act, person, word};
use crate::effect::{Act, Effect};
use crate::model::Model;

type Done = Result<(), String>;

const EXAMPLE: &str = "For example: /group make staff, /group add staff ana, /group staff";

pub(super) fn groups(_: &mut Model, rest: &str, effects: &mut Vec<Effect>) -> Done {
    let all = match rest.to_lowercase().as_str() {
        "" => false,
        "all" => true,
        other => return Err(format!("{other:?} is not all. For example: /groups, /groups all")),
    };
    effects.push(Effect::Groups { all });
    Ok(())
}

pub(super) fn group(model: &mut Model, rest: &str, effects: &mut Vec<Effect>) -> Done {
    let (what, rest) = word(rest);
    let (name, rest) = word(rest);
    match (what.to_lowercase().as_str(), name) {
        ("", _) => Err(EXAMPLE.to_owned()),
        // A group may be called as one of the words below; without anything behind it, it is a name.
        (_, "") => {
            effects.push(Effect::GroupPeople(group_name(what)?));
            Ok(())
        }
        ("make", _) => {
            let make = MakeGroup { name: group_name(name)?, reason: rest.to_owned() };
            let done = format!("There is a group {name} now. /group add {name} NICK fills it.");
            act(model, Act::MakeGroup(make), done, effects)
        }
        ("rename", _) => {
            let (new, reason) = word(rest);
            let (group, name) = (group_name(name)?, group_name(new)?);
            let done = format!("The group {group} is called {name} now.");
            let rename = RenameGroup { group, name, reason: reason.to_owned() };
            act(model, Act::RenameGroup(rename), done, effects)
        }
        ("delete", _) => {
            let delete = DeleteGroup { group: group_name(name)?, reason: rest.to_owned() };
            let done =
                format!("There is no group {name} any more. Rooms stay as narrow as they were.");
            act(model, Act::DeleteGroup(delete), done, effects)
        }
        (what @ ("add" | "remove"), _) => {
            let (nick, reason) = word(rest);
            let (person, nick) = person(nick).ok_or(EXAMPLE)?;
            let (group, member, reason) = (group_name(name)?, what == "add", reason.to_owned());
            let done = match member {
                true => format!("{nick} is in the group {name} now."),
                false => format!("{nick} is not in the group {name} any more."),
            };
            act(model, Act::Assign(Assign { group, person, member, reason }), done, effects)
        }
        (other, _) => {
            Err(format!("{other:?} is none of make, rename, delete, add, remove. {EXAMPLE}"))
        }
    }
}

fn group_name(name: &str) -> Result<String, String> {
    match GroupName::parse(name) {
        Ok(name) => Ok(name.to_string()),
        Err(bad) => Err(format!("{bad}. {EXAMPLE}")),
    }
}
