//! How people show themselves: `set_profile`, `profiles`, `clear_profile`, `nick_history` and `presence`.

use std::sync::Arc;

use throng_protocol::{
    AskNickHistory, AskProfiles, ClearProfile, PresenceOk, SetPresence, SetProfile,
};

use super::Session;
use crate::connection::ConnectionEnd;
use crate::identity::people::Person;
use crate::profiles::Profiles;
use crate::wire::answer::Answer;

impl Session {
    pub(super) async fn set_profile(
        &mut self,
        person: &Arc<Person>,
        set: SetProfile,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, person) = (self.server(), Arc::clone(person));
        let setting = async move { Profiles(&server).set(&person, &set).await };
        let profile = self.whole(setting).await?;
        Ok(profile.map_or_else(Answer::from, |profile| Answer::Profile(Box::new(profile))))
    }

    pub(super) async fn list_profiles(
        &mut self,
        person: &Person,
        ask: &AskProfiles,
    ) -> Result<Answer, ConnectionEnd> {
        let listing = Profiles(&self.connection.server);
        let profiles = self.driving(listing.list(Some(person.id()), ask)).await?;
        Ok(profiles.map_or_else(Answer::from, Answer::Profiles))
    }

    pub(super) async fn clear_profile(
        &mut self,
        person: &Person,
        clear: ClearProfile,
    ) -> Result<Answer, ConnectionEnd> {
        let (server, by) = (self.server(), self.actor(person));
        self.done(async move { Profiles(&server).clear(&by, &clear).await.map(drop) }).await
    }

    pub(super) async fn nick_history(
        &mut self,
        ask: &AskNickHistory,
    ) -> Result<Answer, ConnectionEnd> {
        let history = self.driving(Profiles(&self.connection.server).nick_history(ask)).await?;
        Ok(history.map_or_else(Answer::from, Answer::NickHistory))
    }

    pub(super) fn set_presence(&self, person: &Person, set: &SetPresence) -> Answer {
        let presence = person.set_presence(&self.connection.peer, set.away, set.dnd);
        Answer::Presence(PresenceOk { presence })
    }
}
