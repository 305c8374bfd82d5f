//! Named groups: those that we are in, and for administrators all of them.

use throng_protocol::{
    Assign, BadName, Command, DeleteGroup, GroupName, GroupPeopleOk, GroupsOk, ListGroupPeople,
    ListGroups, MakeGroup, PersonId, RenameGroup,
};

use super::Client;
use crate::core::Answer;
use crate::pending::PendingRequest;
use crate::person::AsPerson;

impl Client {
    /// The groups that we are in.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// for group in client.my_groups().await?.groups {
    ///     println!("{}", group.name);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn my_groups(&self) -> PendingRequest<GroupsOk> {
        let list = ListGroups { all: false, after: None };
        self.getting(Ok(Command::Groups(list)), Answer::Groups)
    }

    /// All groups of the server, with how many people are in each: the first ones, or those after a name. This is for
    /// moderators.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// for group in client.all_groups(None).await?.groups {
    ///     println!("{}: {}", group.name, group.members.unwrap_or_default());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn all_groups(&self, after: Option<&str>) -> PendingRequest<GroupsOk> {
        let list = ListGroups { all: true, after: after.map(str::to_owned) };
        self.getting(Ok(Command::Groups(list)), Answer::Groups)
    }

    /// Who is in a group: the first ones, or those after somebody. This is for moderators.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// for user in client.group_people("staff", None).await?.people {
    ///     println!("{}", user.nick);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn group_people(
        &self,
        group: &str,
        after: Option<PersonId>,
    ) -> PendingRequest<GroupPeopleOk> {
        let list = |group| Command::GroupPeople(ListGroupPeople { group, after });
        self.getting(named(group).map(list), Answer::GroupPeople)
    }

    /// Makes a group, in which nobody is yet. This and what follows is for administrators; reasons may be empty.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.make_group("staff", "").await?;
    /// client.assign("staff", "@bo", true, "since today").await?;
    /// # Ok(()) }
    /// ```
    pub fn make_group(&self, name: &str, reason: &str) -> PendingRequest<()> {
        let reason = reason.to_owned();
        let make = |name| Command::MakeGroup(MakeGroup { name, reason });
        self.getting::<()>(named(name).map(make), Answer::Done)
    }

    /// Gives a group another name. Its people and the rooms that name it stay.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.rename_group("staff", "crew", "").await?;
    /// # Ok(()) }
    /// ```
    pub fn rename_group(&self, group: &str, name: &str, reason: &str) -> PendingRequest<()> {
        let reason = reason.to_owned();
        let both = named(group).and_then(|group| Ok((group, named(name)?)));
        let rename = |(group, name)| Command::RenameGroup(RenameGroup { group, name, reason });
        self.getting::<()>(both.map(rename), Answer::Done)
    }

    /// Deletes a group. The rooms that name it stay as narrow as they are.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.delete_group("crew", "nobody is left").await?;
    /// # Ok(()) }
    /// ```
    pub fn delete_group(&self, group: &str, reason: &str) -> PendingRequest<()> {
        let reason = reason.to_owned();
        let delete = |group| Command::DeleteGroup(DeleteGroup { group, reason });
        self.getting::<()>(named(group).map(delete), Answer::Done)
    }

    /// Puts somebody with an account into a group, or takes them out of it.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.assign("staff", "@bo", false, "went home").await?;
    /// # Ok(()) }
    /// ```
    pub fn assign(
        &self,
        group: &str,
        person: impl AsPerson,
        member: bool,
        reason: &str,
    ) -> PendingRequest<()> {
        let reason = reason.to_owned();
        let both = named(group).and_then(|group| Ok((group, person.as_person()?.to_string())));
        let assign = |(group, person)| Command::Assign(Assign { group, person, member, reason });
        self.getting::<()>(both.map(assign), Answer::Done)
    }
}

fn named(group: &str) -> Result<String, BadName> {
    GroupName::parse(group).map(|name| name.to_string())
}
