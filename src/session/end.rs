//! The end of a session: leave, then close.

use super::Session;
use crate::connection::ConnectionEnd;
use crate::wire::frame::Frame;

impl Session {
    pub(super) async fn end(mut self: Box<Self>, end: ConnectionEnd) {
        self.connection.note(&end);
        if matches!(end, ConnectionEnd::Drained) {
            self.connection.answer_all().await;
        }
        self.leave_all();
        self.connection.say_last(&end, Frame::farewell);
        self.connection.close(&end).await;
    }

    fn leave_all(&mut self) {
        self.rooms.clear();
        if let Some(person) = self.person.take() {
            let server = &self.connection.server;
            server.identity.leave(&person, self.connection.peer.id());
            server.metrics.sessions.dec();
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // After a panic too, leave the person and the rooms, and send the client a `bye`.
        self.leave_all();
        if std::thread::panicking() {
            self.connection.note(&ConnectionEnd::Failed);
            self.connection.say_last(&ConnectionEnd::Failed, Frame::farewell);
        }
    }
}
