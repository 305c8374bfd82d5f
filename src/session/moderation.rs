//! Keeping the peace: `role`, `restrict`, `lift`, `kick`, `audit` and `why`.

use throng_protocol::{AskWhy, GiveRole, Kick, Lift, ReadAudit, Refusal, Restrict};

use super::Session;
use crate::connection::ConnectionEnd;
use crate::identity::people::Person;
use crate::moderation::{Actor, Moderation};
use crate::wire::answer::Answer;

impl Session {
    pub(super) async fn give_role(
        &mut self,
        person: &Person,
        give: &GiveRole,
    ) -> Result<Answer, ConnectionEnd> {
        let by = self.actor(person);
        self.done(self.moderation().set_role(&by, give)).await
    }

    pub(super) async fn restrict(
        &mut self,
        person: &Person,
        restrict: &Restrict,
    ) -> Result<Answer, ConnectionEnd> {
        let by = self.actor(person);
        self.done(self.moderation().restrict(&by, restrict)).await
    }

    pub(super) async fn lift(
        &mut self,
        person: &Person,
        lift: &Lift,
    ) -> Result<Answer, ConnectionEnd> {
        let by = self.actor(person);
        self.done(self.moderation().lift(&by, lift)).await
    }

    pub(super) async fn kick(
        &mut self,
        person: &Person,
        kick: &Kick,
    ) -> Result<Answer, ConnectionEnd> {
        let by = self.actor(person);
        self.done(self.moderation().kick(&by, kick)).await
    }

    pub(super) async fn read_audit(&mut self, read: &ReadAudit) -> Result<Answer, ConnectionEnd> {
        let page = self.driving(self.moderation().audit(read)).await?;
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

    fn moderation(&self) -> Moderation<'_> {
        Moderation(&self.connection.server)
    }

    fn actor(&self, person: &Person) -> Actor {
        Actor::session(person, self.role(person), self.address())
    }

    async fn done(
        &self,
        work: impl Future<Output = Result<(), Refusal>>,
    ) -> Result<Answer, ConnectionEnd> {
        let done = self.driving(work).await?;
        Ok(done.map_or_else(Answer::from, |()| Answer::Done))
    }
}
