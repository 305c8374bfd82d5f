//! `whoami`: who this client is, since when, and on which device.

use throng_protocol::WhoAmIOk;

use super::Session;
use crate::identity::people::Person;
use crate::wire::answer::Answer;

impl Session {
    pub(super) fn who_am_i(&self, person: &Person) -> Answer {
        Answer::WhoAmI(WhoAmIOk {
            user: person.user(),
            since: person.id().at(),
            connection: self.connection.peer.id(),
            connected: self.connection.peer.greeted_at(),
        })
    }
}
