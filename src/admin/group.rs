//! `group`: named groups, and who is in them.

use serde_json::{Value, json};
use throng_protocol::{Assign, DeleteGroup, ListGroupPeople, ListGroups, MakeGroup, RenameGroup};

use super::arguments::Arguments;
use super::refused::Refused;
use crate::actor::Actor;
use crate::moderation::Moderation;
use crate::server::Server;

/// The most people in one answer, which is made in memory: as many as a group has.
const LIST_MAX: usize = 10_000;

pub(super) async fn list(server: &Server, _: Arguments) -> Result<Value, Refused> {
    let (mut groups, mut after) = (Vec::new(), None);
    loop {
        let page =
            Moderation(server).list_groups(&Actor::server(), &ListGroups { all: true, after })?;
        after = page.groups.last().map(|group| group.name.clone());
        groups.extend(page.groups);
        if !page.more {
            return Ok(json!({"groups": groups, "more": false}));
        }
    }
}

pub(super) async fn show(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let group = arguments.text("group")?;
    let (mut people, mut after) = (Vec::new(), None);
    loop {
        let list = ListGroupPeople { group: group.to_owned(), after };
        let page = Moderation(server).group_people(&list).await?;
        after = page.people.last().map(|user| user.id);
        let shown = page.people.into_iter().map(|it| json!({"person": it.id, "name": it.nick}));
        people.extend(shown);
        if !page.more || people.len() >= LIST_MAX {
            return Ok(json!({"people": people, "more": page.more}));
        }
    }
}

pub(super) async fn make(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let make = MakeGroup { name: arguments.text("name")?.to_owned(), reason: arguments.reason() };
    Moderation(server).make_group(&Actor::server(), &make).await?;
    Ok(json!({"made": make.name}))
}

pub(super) async fn rename(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let rename = RenameGroup {
        group: arguments.text("group")?.to_owned(),
        name: arguments.text("name")?.to_owned(),
        reason: arguments.reason(),
    };
    Moderation(server).rename_group(&Actor::server(), &rename).await?;
    Ok(json!({"renamed": rename.name}))
}

pub(super) async fn delete(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    let delete =
        DeleteGroup { group: arguments.text("group")?.to_owned(), reason: arguments.reason() };
    Moderation(server).delete_group(&Actor::server(), &delete).await?;
    Ok(json!({"deleted": delete.group}))
}

pub(super) async fn assign(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    put(server, &arguments, true).await
}

pub(super) async fn dismiss(server: &Server, arguments: Arguments) -> Result<Value, Refused> {
    put(server, &arguments, false).await
}

async fn put(server: &Server, arguments: &Arguments, member: bool) -> Result<Value, Refused> {
    let assign = Assign {
        group: arguments.text("group")?.to_owned(),
        person: arguments.text("person")?.to_owned(),
        member,
        reason: arguments.reason(),
    };
    Moderation(server).assign(&Actor::server(), &assign).await?;
    Ok(json!({"group": assign.group, "person": assign.person}))
}
