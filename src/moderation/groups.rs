//! Named groups: who makes them, who is put into them, and who reads about them.
//!
//! A group gives nobody a right by itself. Rooms name groups where they narrow who may do something
//! (`membership/narrowing.rs`).

use throng_log::{Change, Group};
use throng_protocol::{
    Assign, DeleteGroup, ErrorCode, GroupInfo, GroupName, GroupPeopleOk, GroupsOk, ListGroupPeople,
    ListGroups, MakeGroup, PersonId, Refusal, RenameGroup, Role, User,
};

use super::Moderation;
use crate::actor::{Actor, note, person_ref};
use crate::rooms::handle::Rule;

/// The most groups of a server. They are overseen by people, who read them in one list.
const GROUPS_MAX: usize = 1_000;

/// The most people in a group: each is a row and an entry in memory, and a crowd is what roles are for.
const PEOPLE_MAX: usize = 10_000;

/// The most groups of a person: with names of full length they fit into one answer.
const GROUPS_OF_PERSON_MAX: usize = 50;

/// The most groups or people in one answer: with names of full length they fit into a frame.
const PAGE: usize = 100;

impl Moderation<'_> {
    /// The groups that the actor is in, or all. At the server's machine it is always all.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn list_groups(&self, by: &Actor, list: &ListGroups) -> Result<GroupsOk, Refusal> {
        let own = by.person().filter(|_| !list.all).map(|it| self.0.fence.in_groups_as(it));
        if own.is_none() {
            by.may_with(Role::Moderator)?;
        }
        let after = list.after.as_deref().map(group_name).transpose()?.map(|name| name.fold());
        // One more tells whether there are more.
        let mut page = self.0.groups.page(own, after.as_ref(), PAGE + 1);
        let more = page.len() > PAGE;
        page.truncate(PAGE);
        let shown = |(name, count): (GroupName, usize)| GroupInfo {
            name: name.as_str().to_owned(),
            members: own.is_none().then_some(count as u64),
        };
        Ok(GroupsOk { groups: page.into_iter().map(shown).collect(), more })
    }

    /// Who is in a group.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn group_people(
        &self,
        list: &ListGroupPeople,
    ) -> Result<GroupPeopleOk, Refusal> {
        let group = self.0.groups.find(&list.group)?;
        let limit = u32::try_from(PAGE + 1).unwrap_or(u32::MAX);
        let mut people =
            self.0.identity.accounts.people_in_group(group.id, list.after, limit).await?;
        let more = people.len() > PAGE;
        people.truncate(PAGE);
        let people = people.into_iter().map(|(id, nick)| User::new(id, nick.as_str()));
        Ok(GroupPeopleOk { people: people.collect(), more })
    }

    /// Makes a group.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn make_group(&self, by: &Actor, make: &MakeGroup) -> Result<(), Refusal> {
        let server = self.0;
        let name = group_name(&make.name)?;
        let _order = server.seats.order.lock().await;
        self.is_free(&name, None)?;
        if server.groups.count() >= GROUPS_MAX {
            return Err(too_many(format!("this server has at most {GROUPS_MAX} groups")));
        }
        let note = note(by, "make_group", name.as_str(), None, &make.reason)?;
        let group = server.groups.number(name);
        server.identity.accounts.change(vec![Change::PutGroup(group.clone()), note]).await?;
        server.groups.put(&group);
        Ok(())
    }

    /// Gives a group another name.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn rename_group(&self, by: &Actor, it: &RenameGroup) -> Result<(), Refusal> {
        let server = self.0;
        let name = group_name(&it.name)?;
        let _order = server.seats.order.lock().await;
        let group = server.groups.find(&it.group)?;
        self.is_free(&name, Some(&group))?;
        let subject = format!("{} is {name} now", group.name);
        let note = note(by, "rename_group", &subject, None, &it.reason)?;
        let group = Group { name, ..group };
        server.identity.accounts.change(vec![Change::PutGroup(group.clone()), note]).await?;
        server.groups.put(&group);
        server.rooms.enforce_where(|room| room.names(group.id), &Rule::Attributes).await;
        Ok(())
    }

    /// Deletes a group. What rooms narrowed to it stays narrow: only those with the role, and the rooms' keepers, may do
    /// it then.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn delete_group(&self, by: &Actor, it: &DeleteGroup) -> Result<(), Refusal> {
        let server = self.0;
        let _order = server.seats.order.lock().await;
        let group = server.groups.find(&it.group)?;
        let note = note(by, "delete_group", group.name.as_str(), None, &it.reason)?;
        server.identity.accounts.change(vec![Change::DeleteGroup(group.id), note]).await?;
        server.groups.remove(group.id);
        server.rooms.forget_group(group.id).await;
        Ok(())
    }

    /// Puts somebody into a group, or takes them out of it. When this returns, they are shown nothing more of rooms that
    /// they do not see any more.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn assign(&self, by: &Actor, assign: &Assign) -> Result<(), Refusal> {
        let server = self.0;
        let (person, nick) = server.identity.find(&person_ref(&assign.person)?).await?;
        let _order = server.seats.order.lock().await;
        let group = server.groups.find(&assign.group)?;
        if server.groups.has_any(&[group.id], person) == assign.member {
            return Ok(());
        }
        let word = match assign.member {
            true => {
                self.may_have(person, &nick, &group)?;
                "assign"
            }
            false => "dismiss",
        };
        let note = note(by, word, &format!("{nick}, {}", group.name), None, &assign.reason)?;
        let change = Change::Assign { group: group.id, person, is_member: assign.member };
        server.identity.accounts.change(vec![change, note]).await?;
        if assign.member {
            server.groups.assign(group.id, person);
            return Ok(());
        }
        server.groups.dismiss(group.id, person);
        server.rooms.enforce_where(|room| room.names(group.id), &Rule::Sight).await;
        Ok(())
    }

    /// Whether a group takes somebody.
    fn may_have(&self, person: PersonId, nick: &str, group: &Group) -> Result<(), Refusal> {
        let server = self.0;
        if server.identity.bots.find(person).is_some() {
            let message = format!("{nick} is a bot: it is in the groups of its owner");
            return Err(Refusal::new(ErrorCode::BadCommand, message));
        }
        if !server.identity.accounts.has_account(person) {
            let message = format!("{nick} has no account, and only accounts are in groups");
            return Err(Refusal::new(ErrorCode::NoAccount, message));
        }
        if server.groups.people_in(group.id) >= PEOPLE_MAX {
            return Err(too_many(format!("at most {PEOPLE_MAX} people are in a group")));
        }
        if server.groups.of(person).len() >= GROUPS_OF_PERSON_MAX {
            return Err(too_many(format!("nobody is in more than {GROUPS_OF_PERSON_MAX} groups")));
        }
        Ok(())
    }

    /// Whether no other group has a name.
    fn is_free(&self, name: &GroupName, own: Option<&Group>) -> Result<(), Refusal> {
        match self.0.groups.named(&name.fold()) {
            Some(other) if own.is_none_or(|own| own.id != other.id) => {
                let message = format!("there is a group {} already", other.name);
                Err(Refusal::new(ErrorCode::GroupNameTaken, message))
            }
            _ => Ok(()),
        }
    }
}

fn too_many(message: String) -> Refusal {
    Refusal::new(ErrorCode::TooManyGroups, message)
}

fn group_name(name: &str) -> Result<GroupName, Refusal> {
    GroupName::parse(name).map_err(|bad| Refusal::bad_name(ErrorCode::BadCommand, "name", &bad))
}
