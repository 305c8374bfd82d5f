//! What is searched for.

use throng_protocol::{BadName, SearchMessages, SearchOk};

use crate::room::AsRoom;

/// A search for messages, for [`Client::search`](crate::Client::search).
///
/// ```no_run
/// # use throng_client::Search;
/// # async fn example(client: throng_client::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let mut search = Some(Search::new("\"red fox\" from:ana").in_room("#lobby"));
/// while let Some(asked) = search {
///     let found = client.search(asked.clone()).await?;
///     for hit in &found.hits {
///         println!("{}: {}", hit.message.from.nick, hit.message.text);
///     }
///     search = asked.next(&found);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Search {
    command: SearchMessages,
    room: Option<BadName>,
}

impl Search {
    /// Words and `"phrases"`, all of which a message must have; `from:nick`, `in:#room`, `before:2026-11-30`,
    /// `after:2026-11-30` and `has:link` narrow it. At most 256 characters.
    pub fn new(query: impl Into<String>) -> Self {
        let command = SearchMessages { query: query.into(), ..SearchMessages::default() };
        Self { command, room: None }
    }

    /// Only in this room.
    #[must_use]
    pub fn in_room(mut self, room: impl AsRoom) -> Self {
        match room.as_room() {
            Ok(room) => self.command.room = Some(room.to_string()),
            Err(bad) => self.room = Some(bad),
        }
        self
    }

    /// By how many minutes our clock is ahead of UTC, for the days in the query.
    #[must_use]
    pub fn utc_offset(mut self, minutes: i64) -> Self {
        self.command.utc_offset = minutes;
        self
    }

    /// The most hits in an answer, from 1 to 20.
    #[must_use]
    pub fn limit(mut self, limit: u64) -> Self {
        self.command.limit = Some(limit);
        self
    }

    /// The search for what comes after this answer; `None` if there is nothing more.
    #[must_use]
    pub fn next(self, found: &SearchOk) -> Option<Self> {
        let command = self.command.next(found)?;
        Some(Self { command, ..self })
    }

    pub(crate) fn into_command(self) -> Result<SearchMessages, BadName> {
        self.room.map_or(Ok(self.command), Err)
    }
}

/// As it is written in a command.
impl From<SearchMessages> for Search {
    fn from(command: SearchMessages) -> Self {
        Self { command, room: None }
    }
}
