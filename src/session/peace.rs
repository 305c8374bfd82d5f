//! `keep_away`, `kept_away`, `report`, `reports` and `settle`.

use std::sync::Arc;

use throng_protocol::{KeepAway, ListReports, Report, Settle};

use super::Session;
use crate::connection::ConnectionEnd;
use crate::identity::people::Person;
use crate::peace::Peace;
use crate::wire::answer::Answer;

impl Session {
    pub(super) async fn keep_away(
        &mut self,
        person: &Arc<Person>,
        keep: KeepAway,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, person, from) = (self.server(), Arc::clone(person), self.connection.peer.id());
        self.done(async move { Peace(&server).keep_away(&person, from, &keep).await }).await
    }

    pub(super) fn list_kept_away(&self, person: &Person) -> Answer {
        Answer::KeptAway(Peace(&self.connection.server).kept_away(person.id()))
    }

    pub(super) async fn report(
        &mut self,
        person: &Arc<Person>,
        report: Report,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, person) = (self.server(), Arc::clone(person));
        self.done(async move { Peace(&server).report(&person, &report).await }).await
    }

    pub(super) async fn list_reports(
        &mut self,
        person: &Person,
        list: &ListReports,
    ) -> Result<Answer, ConnectionEnd> {
        let by = self.actor(person);
        let page = self.driving(Peace(&self.connection.server).reports(&by, list)).await?;
        Ok(page.map_or_else(Answer::from, Answer::Reports))
    }

    pub(super) async fn settle(
        &mut self,
        person: &Person,
        settle: Settle,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, by) = (self.server(), self.actor(person));
        self.done(async move { Peace(&server).settle(&by, &settle).await }).await
    }
}
