//! `keep_away`, `kept_away`, `report`, `reports` and `settle`.

use std::sync::Arc;

use throng_protocol::Command;

use super::Session;
use crate::connection::ConnectionEnd;
use crate::identity::people::Person;
use crate::peace::Peace;
use crate::wire::answer::Answer;

impl Session {
    pub(super) async fn obey_peace(
        &mut self,
        person: &Arc<Person>,
        command: Command,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, by, who) = (self.server(), self.actor(person), Arc::clone(person));
        let from = self.connection.peer.id();
        match command {
            Command::KeepAway(keep) => {
                self.done(async move { Peace(&server).keep_away(&who, from, &keep).await }).await
            }
            Command::KeptAway(_) => Ok(Answer::KeptAway(Peace(&server).kept_away(who.id()))),
            Command::Report(report) => {
                self.done(async move { Peace(&server).report(&who, &report).await }).await
            }
            Command::Reports(list) => {
                let page = self.driving(Peace(&server).reports(&by, &list)).await?;
                Ok(page.map_or_else(Answer::from, Answer::Reports))
            }
            Command::Settle(settle) => {
                self.done(async move { Peace(&server).settle(&by, &settle).await }).await
            }
            _ => Ok(Answer::Done),
        }
    }
}
