//! Keeping the peace: `role`, `restrict`, `lift`, `kick`, `delete`, `purge`, `audit`, `why` and filters.

use std::sync::Arc;

use throng_log::clock;
use throng_protocol::{
    AddFilter, AddFilterOk, AskWhy, Delete, ErrorCode, GiveRole, Kick, Lift, ListFilters, Purge,
    ReadAudit, Refusal, RemoveFilter, Restrict, SwitchRaid,
};

use super::Session;
use crate::actor::Actor;
use crate::connection::ConnectionEnd;
use crate::identity::people::Person;
use crate::moderation::Moderation;
use crate::server::Server;
use crate::wire::answer::Answer;

impl Session {
    pub(super) async fn give_role(
        &mut self,
        person: &Person,
        give: &GiveRole,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, by, give) = (self.server(), self.actor(person), give.clone());
        self.done(async move { Moderation(&server).set_role(&by, &give).await }).await
    }

    pub(super) async fn restrict(
        &mut self,
        person: &Person,
        restrict: &Restrict,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, by, restrict) = (self.server(), self.actor(person), restrict.clone());
        self.done(async move { Moderation(&server).restrict(&by, &restrict).await }).await
    }

    pub(super) async fn lift(
        &mut self,
        person: &Person,
        lift: &Lift,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, by, lift) = (self.server(), self.actor(person), lift.clone());
        self.done(async move { Moderation(&server).lift(&by, &lift).await }).await
    }

    pub(super) async fn kick(
        &mut self,
        person: &Person,
        kick: &Kick,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, by, kick) = (self.server(), self.actor(person), kick.clone());
        self.done(async move { Moderation(&server).kick(&by, &kick).await }).await
    }

    pub(super) async fn read_audit(
        &mut self,
        person: &Person,
        read: &ReadAudit,
    ) -> Result<Answer, ConnectionEnd> {
        let by = self.actor(person);
        let page = self.driving(self.moderation().audit(&by, read)).await?;
        Ok(page.map_or_else(Answer::from, Answer::Audit))
    }

    pub(super) async fn why(
        &mut self,
        person: &Person,
        ask: &AskWhy,
    ) -> Result<Answer, ConnectionEnd> {
        let by = self.actor(person);
        let why = self.driving(self.moderation().why(&by, ask)).await?;
        Ok(why.map_or_else(Answer::from, Answer::Why))
    }

    pub(super) async fn switch_raid(
        &mut self,
        person: &Person,
        switch: &SwitchRaid,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, by, switch) = (self.server(), self.actor(person), switch.clone());
        let switching = async move { Moderation(&server).raid(&by, &switch).await };
        Ok(self.whole(switching).await?.map_or_else(Answer::from, Answer::Raid))
    }

    pub(super) async fn delete(
        &mut self,
        person: &Arc<Person>,
        delete: Delete,
    ) -> Result<Answer, ConnectionEnd> {
        if let Err(refusal) = self.take_deletion(person) {
            return Ok(refusal.into());
        }
        let (server, by) = (self.server(), self.actor(person));
        let deleting = async move { Moderation(&server).delete(&by, &delete).await };
        Ok(self.whole(deleting).await?.map_or_else(Answer::from, Answer::Sent))
    }

    pub(super) async fn purge(
        &mut self,
        person: &Arc<Person>,
        purge: Purge,
    ) -> Result<Answer, ConnectionEnd> {
        if let Err(refusal) = self.take_deletion(person) {
            return Ok(refusal.into());
        }
        let (server, by) = (self.server(), self.actor(person));
        let purging = async move { Moderation(&server).purge(&by, &purge).await };
        Ok(self.whole(purging).await?.map_or_else(Answer::from, Answer::Purged))
    }

    /// A deletion costs the members of its room what a message costs, so it counts as one.
    fn take_deletion(&self, person: &Person) -> Result<(), Refusal> {
        if self.connection.slot.is_trusted() {
            return Ok(());
        }
        let rate = self.connection.server.rates.sends;
        person.take_send(rate, clock::now_ms()).map_err(|retry_ms| {
            let message = "you are deleting too much in too short a time";
            Refusal::later(ErrorCode::RateLimited, message, retry_ms)
        })
    }

    pub(super) fn list_filters(&self, person: &Person, list: &ListFilters) -> Answer {
        let page = self.moderation().filters(&self.actor(person), list);
        page.map_or_else(Answer::from, Answer::Filters)
    }

    pub(super) async fn add_filter(
        &mut self,
        person: &Person,
        add: AddFilter,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, by) = (self.server(), self.actor(person));
        let adding = async move { Moderation(&server).add_filter(&by, &add).await };
        let added = self.whole(adding).await?;
        let added = added.map(|number| AddFilterOk { number });
        Ok(added.map_or_else(Answer::from, Answer::FilterAdded))
    }

    pub(super) async fn remove_filter(
        &mut self,
        person: &Person,
        remove: RemoveFilter,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, by) = (self.server(), self.actor(person));
        self.done(async move { Moderation(&server).remove_filter(&by, &remove).await }).await
    }

    pub(super) fn moderation(&self) -> Moderation<'_> {
        Moderation(&self.connection.server)
    }

    pub(super) fn actor(&self, person: &Person) -> Actor {
        Actor::session(person, self.role(person), self.address())
    }

    pub(super) fn server(&self) -> Arc<Server> {
        Arc::clone(&self.connection.server)
    }

    pub(super) async fn done(
        &self,
        work: impl Future<Output = Result<(), Refusal>> + Send + 'static,
    ) -> Result<Answer, ConnectionEnd> {
        let done = self.whole(work).await?;
        Ok(done.map_or_else(Answer::from, |()| Answer::Done))
    }
}
