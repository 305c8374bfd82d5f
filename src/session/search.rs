//! Finding what was said: `search`.

use std::sync::Arc;

use throng_protocol::SearchMessages;

use super::Session;
use crate::connection::ConnectionEnd;
use crate::identity::people::Person;
use crate::search::Searching;
use crate::wire::answer::Answer;

impl Session {
    pub(super) async fn search(
        &mut self,
        person: &Arc<Person>,
        ask: &SearchMessages,
    ) -> Result<Answer, ConnectionEnd> {
        let list = self.bot.as_ref().and_then(|bot| bot.rooms()).map(<[_]>::to_vec);
        let searching = Searching { server: self.server(), person: Arc::clone(person), list };
        let found = self.driving(searching.find(ask)).await?;
        Ok(found.map_or_else(Answer::from, Answer::Found))
    }
}
