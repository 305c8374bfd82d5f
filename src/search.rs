//! Finding what was said: who asks, what they may read, and what they get.
//!
//! The index knows words and places; the text of a hit comes from the log, as it is now.

use std::sync::Arc;

use futures::future::join_all;
use throng_log::Entry;
use throng_log::search::{MaySee, Query, SearchError};
use throng_protocol::{
    ErrorCode, HITS_MAX, Hit, PersonId, QUERY_CHARS_MAX, Refusal, RoomId, RoomKind, RoomRef,
    SearchMessages, SearchOk,
};

use self::language::Words;
use crate::actor::person_ref;
use crate::identity::people::Person;
use crate::membership::Membership;
use crate::rooms::fence::no_such_id;
use crate::rooms::message;
use crate::server::Server;
use crate::wire::entry::{self, Sight};

mod language;

/// What stands around a hit in the answer, besides the message: the room's name and the marks.
const HIT_BYTES: usize = 256;

/// After how long a search that found no place is worth another try.
const RETRY_MS: u64 = 1_000;

/// Searches for somebody.
pub(crate) struct Searching {
    pub(crate) server: Arc<Server>,
    pub(crate) person: Arc<Person>,
    /// The rooms of a bot that is bound to a list.
    pub(crate) list: Option<Vec<RoomId>>,
}

impl Searching {
    /// Finds messages.
    ///
    /// # Errors
    /// Why nothing was looked for.
    pub(crate) async fn find(&self, ask: &SearchMessages) -> Result<SearchOk, Refusal> {
        let Some(index) = &self.server.search else {
            let message = "searching is turned off on this server";
            return Err(Refusal::new(ErrorCode::Forbidden, message));
        };
        let mut answer = SearchOk { indexing: !index.status().is_caught_up, ..SearchOk::default() };
        let Some(mut query) = self.query(ask).await? else { return Ok(answer) };
        let limit = ask.limit.unwrap_or(HITS_MAX).clamp(1, HITS_MAX);
        loop {
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let hits = index.find(query.clone(), self.may_see(), limit).await.map_err(refusal)?;
            (answer.more, answer.searched_to) = (hits.is_more, hits.searched_to);
            let below = hits.places.last().copied();
            self.take(&query, &hits.places, &mut answer).await?;
            // What was found may be deleted by now.
            if !answer.hits.is_empty() || !answer.more || below.is_none() {
                return Ok(answer);
            }
            query.below = below;
        }
    }

    /// What is asked of the index. `None` if nothing can be found.
    async fn query(&self, ask: &SearchMessages) -> Result<Option<Query>, Refusal> {
        if ask.query.chars().count() > QUERY_CHARS_MAX {
            let message = format!("a search has at most {QUERY_CHARS_MAX} characters");
            return Err(Refusal::new(ErrorCode::BadCommand, message));
        }
        let words = Words::parse(&ask.query, ask.utc_offset)?;
        let viewer = self.person.id();
        let mut room = None;
        if let Some(given) = &ask.room {
            room = Some(Membership(&self.server).seen(Some(viewer), given)?.attributes.id);
        }
        if let Some(name) = &words.room {
            // A room of which somebody may not know is one that there is not.
            let found = RoomRef::parse(name).ok();
            let found = found.and_then(|name| self.server.rooms.find(Some(viewer), &name));
            let Some(found) = found.map(|shown| shown.attributes.id) else { return Ok(None) };
            if room.is_some_and(|room| room != found) {
                return Ok(None);
            }
            room = Some(found);
        }
        // Where a message stands among the others tells of it, too.
        if ask.below.is_some_and(|below| !self.may_see()(below.room, None)) {
            return Err(no_such_id());
        }
        let query = Query {
            terms: words.terms,
            room,
            senders: self.senders(&words.from).await?,
            since: words.since,
            until: [words.until, ask.until].into_iter().flatten().min(),
            has_link: words.has_link,
            below: ask.below.map(|below| (below.room, below.seq)),
        };
        // There are no files yet.
        Ok((!words.has_file).then_some(query))
    }

    /// The people of these names; those whom nobody knows have said nothing.
    async fn senders(&self, names: &[String]) -> Result<Option<Vec<PersonId>>, Refusal> {
        if names.is_empty() {
            return Ok(None);
        }
        let mut senders = Vec::with_capacity(names.len());
        for name in names {
            match self.server.identity.find(&person_ref(name)?).await {
                Ok((person, _)) => senders.push(person),
                Err(refusal) if refusal.code == ErrorCode::NoSuchPerson => {}
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(Some(senders))
    }

    /// Whether the person may read a room now, as a join of it would be judged.
    fn may_see(&self) -> MaySee {
        let (server, person, list) =
            (Arc::clone(&self.server), Arc::clone(&self.person), self.list.clone());
        let confined = person.confined_to();
        Box::new(move |room, hidden_of| {
            let Some(shown) = server.rooms.find(Some(person.id()), &RoomRef::Id(room)) else {
                return false;
            };
            let now_ms = server.log.clock().now_ms();
            let sees =
                |sender| server.fence.sight(person.id(), sender, &shown.attributes) != Sight::Other;
            list.as_ref().is_none_or(|list| list.contains(&room))
                && hidden_of.is_none_or(sees)
                && confined.as_ref().is_none_or(|rooms| rooms.has(room, &shown.fold))
                && server.fence.may_enter(person.id(), &shown.attributes, now_ms).is_ok()
        })
    }

    /// Adds the messages at these places, as far as there is room in a frame.
    async fn take(
        &self,
        query: &Query,
        places: &[(RoomId, u64)],
        answer: &mut SearchOk,
    ) -> Result<(), Refusal> {
        let bytes_max = self.server.config.page_bytes_max;
        let log = &*self.server.log;
        let read = places.iter().map(|(room, seq)| message::read(log, *room, *seq));
        let mut bytes = 0;
        for ((room, _), found) in places.iter().zip(join_all(read).await) {
            let entry = match found {
                Ok(entry) => entry,
                Err(refusal) if refusal.code == ErrorCode::StorageUnavailable => {
                    return Err(refusal);
                }
                // It is damaged, which the log says: the others are found.
                Err(_) => continue,
            };
            let Some(hit) = self.hit(query, *room, &entry) else { continue };
            bytes += HIT_BYTES + hit_bytes(&hit);
            if bytes > bytes_max && !answer.hits.is_empty() {
                (answer.more, answer.searched_to) = (true, None);
                break;
            }
            answer.hits.push(hit);
        }
        Ok(())
    }

    fn hit(&self, query: &Query, room: RoomId, entry: &Entry) -> Option<Hit> {
        let viewer = self.person.id();
        let shown = self.server.rooms.find(Some(viewer), &RoomRef::Id(room))?;
        let sight = self.server.fence.sight(viewer, entry.sender, &shown.attributes);
        // Its text may be gone by now, and was perhaps never for everybody.
        let message = entry::message_of(room, entry, sight)?;
        let marks = query.marks(&message.text).into_iter();
        let marks = marks.map(|(from, to)| (from as u64, to as u64));
        Some(Hit {
            room_name: (shown.attributes.kind != RoomKind::Direct)
                .then(|| shown.attributes.name.as_str().to_owned()),
            message,
            marks: marks.collect(),
        })
    }
}

/// About what a hit takes in a frame: JSON writes some characters with six.
fn hit_bytes(hit: &Hit) -> usize {
    serde_json::to_string(hit).map_or(0, |json| json.len())
}

fn refusal(error: SearchError) -> Refusal {
    Refusal::later(ErrorCode::Busy, format!("{error}: try again"), RETRY_MS)
}
