//! How far a reader has read in a room, and the check that it never sees a hole or a repeat.

use throng_protocol::{Command, Epoch, Join, Message, Page, RoomId};

/// A reader's position in one room. Each message must be the next one.
pub struct Cursor {
    room: String,
    /// From the first page or message.
    id: Option<RoomId>,
    epoch: Epoch,
    last: u64,
    limit: Option<u64>,
    messages: Vec<Message>,
}

impl Cursor {
    /// A reader that has read nothing of the room yet.
    pub fn start(room: &str, epoch: Epoch) -> Self {
        Self::at(room, epoch, 0)
    }

    /// A reader that has everything up to `last`.
    pub fn at(room: &str, epoch: Epoch, last: u64) -> Self {
        Self { room: room.into(), id: None, epoch, last, limit: None, messages: Vec::new() }
    }

    /// Asks for at most `limit` events per page.
    pub fn with_limit(mut self, limit: u64) -> Self {
        self.limit = Some(limit);
        self
    }

    pub fn room(&self) -> &str {
        &self.room
    }

    /// The room's id, once a page or message has come.
    pub fn id(&self) -> Option<RoomId> {
        self.id
    }

    pub fn last(&self) -> u64 {
        self.last
    }

    /// The messages read so far, in order.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The join that reads on.
    pub fn join(&self) -> Command {
        Command::Join(Join {
            room: self.room.clone(),
            epoch: Some(self.epoch),
            after: Some(self.last),
            limit: self.limit,
        })
    }

    /// Takes a live message, which must be the next one.
    pub fn take(&mut self, message: Message) {
        self.is_of(message.room);
        assert_eq!(message.seq, self.last + 1, "after seq {} in {}", self.last, self.room);
        self.last = message.seq;
        self.messages.push(message);
    }

    fn is_of(&mut self, id: RoomId) {
        let known = *self.id.get_or_insert(id);
        assert_eq!(id, known, "pages and messages of {} have one id", self.room);
    }

    /// Takes the answer to [`Cursor::join`]; returns whether there are more pages.
    pub fn take_page(&mut self, page: Page) -> bool {
        assert!(!page.reset && !page.limited, "the reader's place was lost: {page:?}");
        let (head, more) = (page.head, page.more);
        self.is_of(page.room.id);
        for message in page.events {
            self.take(message);
        }
        match more {
            true => assert!(self.last < head, "{} of {head} and more to come", self.last),
            false => assert_eq!(self.last, head, "the last page reaches the head"),
        }
        more
    }
}
