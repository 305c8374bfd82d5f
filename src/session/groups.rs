//! Named groups: `groups`, `group_people`, `make_group`, `rename_group`, `delete_group` and `assign`.

use throng_protocol::{Assign, DeleteGroup, ListGroupPeople, ListGroups, MakeGroup, RenameGroup};

use super::Session;
use crate::connection::ConnectionEnd;
use crate::identity::people::Person;
use crate::moderation::Moderation;
use crate::wire::answer::Answer;

impl Session {
    pub(super) fn list_groups(&self, person: &Person, list: &ListGroups) -> Answer {
        let groups = self.moderation().list_groups(&self.actor(person), list);
        groups.map_or_else(Answer::from, Answer::Groups)
    }

    pub(super) async fn list_group_people(
        &mut self,
        list: &ListGroupPeople,
    ) -> Result<Answer, ConnectionEnd> {
        let people = self.driving(self.moderation().group_people(list)).await?;
        Ok(people.map_or_else(Answer::from, Answer::GroupPeople))
    }

    pub(super) async fn make_group(
        &mut self,
        person: &Person,
        make: MakeGroup,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, by) = (self.server(), self.actor(person));
        self.done(async move { Moderation(&server).make_group(&by, &make).await }).await
    }

    pub(super) async fn rename_group(
        &mut self,
        person: &Person,
        rename: RenameGroup,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, by) = (self.server(), self.actor(person));
        self.done(async move { Moderation(&server).rename_group(&by, &rename).await }).await
    }

    pub(super) async fn delete_group(
        &mut self,
        person: &Person,
        delete: DeleteGroup,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, by) = (self.server(), self.actor(person));
        self.done(async move { Moderation(&server).delete_group(&by, &delete).await }).await
    }

    pub(super) async fn assign(
        &mut self,
        person: &Person,
        assign: Assign,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, by) = (self.server(), self.actor(person));
        self.done(async move { Moderation(&server).assign(&by, &assign).await }).await
    }
}
