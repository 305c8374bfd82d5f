//! What an answer must be, by the simplest reading of the protocol.

use throng_log::{Append, Body};
use throng_protocol::{ErrorCode, MemberSample, Page, Sent, User};

use super::log::epoch;
use super::world::{Ask, Stands, World};
use crate::catch_up::Cursor;
use crate::effect::{Answer, Asked};
use crate::recent::Encoded;
use crate::recent::plain_entries::{Plain, room_id};

impl World {
    pub(super) fn check_answer(&mut self, ticket: usize, answer: Answer<Plain>) {
        let it = &mut self.tickets[ticket];
        assert!(!std::mem::replace(&mut it.is_answered, true), "answered twice: {answer:?}");
        match (&it.ask, answer) {
            (&Ask::Join { connection, cursor, head, first }, answer) => {
                let is_current = self.clients[&connection].stands == Stands::Joining(ticket);
                self.check_join(connection, cursor, (head, first), is_current, answer);
            }
            (&Ask::History { asked, limit, head }, Answer::Page(page)) => {
                self.check_history(asked, limit, head, &page);
            }
            (Ask::History { .. }, Answer::Refused(refusal)) => {
                assert_eq!(refusal.code, ErrorCode::Busy);
            }
            (Ask::Send { append }, answer) => {
                let append = append.clone();
                self.check_sent(&append, answer);
            }
            (Ask::Members, Answer::Members(members)) => {
                self.check_sample(&members.members, usize::MAX);
            }
            (Ask::Leave, Answer::Done) => {}
            (_, answer) => panic!("the wrong kind of answer: {answer:?}"),
        }
    }

    fn check_join(
        &mut self,
        connection: u64,
        cursor: Cursor,
        (head_then, first_then): (u64, u64),
        is_current: bool,
        answer: Answer<Plain>,
    ) {
        let page = match answer {
            Answer::Page(page) => page,
            Answer::Refused(refusal) => {
                let voided = refusal.code == ErrorCode::Superseded;
                assert!(!(voided && is_current), "{refusal:?}");
                // A join that was overtaken by its leave becomes void before any page is read for it.
                assert!(voided || is_current || self.delivered_first.is_none(), "{refusal:?}");
                if is_current {
                    assert_eq!(refusal.code, ErrorCode::Busy);
                    self.clients.get_mut(&connection).expect("a client").stands = Stands::Reading;
                }
                return;
            }
            other => panic!("{other:?}"),
        };
        assert!(is_current, "a voided join got a page");
        self.check_page(&page, cursor.limit.unwrap_or(u64::MAX));
        let taken: usize = page.events.iter().map(Encoded::bytes_in_page).sum();
        let left = self.limits.page.bytes.saturating_sub(taken);
        self.check_sample(page.members.as_ref().expect("the answer to a join has members"), left);
        let last = page.events.last().map(Encoded::seq);
        let has_events = cursor.limit != Some(0);
        let after = cursor.after.filter(|_| has_events);
        let is_foreign = |after| cursor.epoch != Some(epoch(1)) || after > head_then;
        let is_reset = after.is_some_and(is_foreign);
        let is_limited =
            after.filter(|_| !is_reset).is_some_and(|after| match self.delivered_first {
                Some(_) => self.first > after + 1,
                None => head_then - after > self.limits.catch_up_max || after + 1 < first_then,
            });
        assert_eq!((page.reset, page.limited), (is_reset, is_limited), "{cursor:?} {page:?}");
        match after.filter(|_| !is_reset && !is_limited) {
            Some(after) => {
                assert_eq!(page.events.is_empty(), after == self.head, "{cursor:?} {page:?}");
                if let Some(first) = page.events.first() {
                    assert_eq!(first.seq(), after + 1, "a hole after the cursor");
                }
                assert_eq!(page.more, last.unwrap_or(after) < self.head);
            }
            None => {
                assert!(!page.more, "the latest page reaches the head");
                let is_empty = !has_events || self.first > self.head;
                assert_eq!(last, (!is_empty).then_some(self.head), "{cursor:?} {page:?}");
            }
        }
        let client = self.clients.get_mut(&connection).expect("a client");
        client.last = if page.more { last.or(after) } else { Some(self.head) };
        client.stands = if page.more { Stands::Reading } else { Stands::Live };
    }

    fn check_history(&self, asked: Asked, limit: Option<u64>, head_then: u64, page: &Page<Plain>) {
        self.check_page(page, limit.unwrap_or(u64::MAX).max(1));
        assert!(page.members.is_none() && !page.limited && !page.reset);
        let first = page.events.first().map(Encoded::seq);
        let last = page.events.last().map(Encoded::seq);
        let more_before = first.is_some_and(|first| first > self.first);
        let more_after = last.is_some_and(|last| last < self.head);
        match asked {
            Asked::Latest | Asked::Before(_) => {
                let end = if let Asked::Before(seq) = asked { seq } else { u64::MAX };
                let end = end.min(head_then + 1);
                assert_eq!(last, (end > self.first).then(|| end - 1), "{asked:?} {page:?}");
                assert_eq!(page.more, more_before);
            }
            Asked::After(seq) => {
                let begin = seq.saturating_add(1).max(self.first);
                assert_eq!(first, (begin <= self.head).then_some(begin), "{asked:?} {page:?}");
                assert_eq!(page.more, more_after);
            }
            Asked::Around(seq) => {
                let is_there = (self.first..=self.head).contains(&seq);
                let is_in = page.events.iter().any(|entry| entry.seq() == seq);
                assert_eq!(is_in, is_there, "{asked:?} {page:?}");
                assert_eq!(page.more, more_after);
            }
        }
    }

    /// A page is a bounded part of what was shown.
    fn check_page(&self, page: &Page<Plain>, limit: u64) {
        assert_eq!((page.first, page.head), (self.first, self.head));
        assert!(page.events.len() as u64 <= limit.min(self.limits.page.events as u64));
        let bytes: usize = page.events.iter().map(Encoded::bytes_in_page).sum();
        assert!(bytes <= self.limits.page.bytes || page.events.len() == 1, "{bytes} bytes");
        for pair in page.events.windows(2) {
            assert_eq!(pair[0].seq() + 1, pair[1].seq(), "a hole in a page");
        }
        for entry in &page.events {
            assert!((self.first..=self.head).contains(&entry.seq()), "not shown yet, or removed");
            self.check_entry(entry);
        }
    }

    /// An entry is as the log has it, or as it was before changes that are not shown yet.
    pub(super) fn check_entry(&self, entry: &Plain) {
        let logged = self.log.entry(entry.seq()).expect("shown, and not in the log");
        if *entry == Plain::encode(room_id(), logged) {
            return;
        }
        let before = self.log.before(entry.seq());
        let state = before.iter().find(|(_, it)| *entry == Plain::encode(room_id(), it));
        let (by, _) = state.unwrap_or_else(|| panic!("{entry:?} is not {logged:?}"));
        assert!(*by > self.head, "{entry:?} was changed by {by}, and {} are shown", self.head);
    }

    fn check_sent(&mut self, append: &Append, answer: Answer<Plain>) {
        match answer {
            Answer::Sent(Sent { seq, at, dup, deleted }) => {
                let logged = self.log.original(seq).expect("acknowledged, and not in the log");
                assert!(
                    !deleted
                        || matches!(
                            self.log.entry(seq).map(|it| &it.body),
                            Some(Body::Deleted { .. })
                        )
                );
                let is_its_own = (logged.cid, logged.sender) == (append.cid, append.sender);
                if dup && !is_its_own && matches!(append.body, Body::Delete { .. }) {
                    // Everything was deleted before.
                    assert!(matches!(logged.body, Body::Delete { .. }));
                    return;
                }
                assert_eq!((logged.cid, logged.sender), (append.cid, append.sender));
                assert_eq!((&logged.body, logged.at), (&append.body, at));
                assert!(dup || append.admit, "it was not admitted");
                assert!(dup || self.firsts.insert(seq), "twice the first");
            }
            Answer::Refused(refusal) => {
                let known = self.log.seq_of(append);
                match refusal.code {
                    ErrorCode::Conflict => assert_eq!(known.map(|(_, same)| same), Some(false)),
                    ErrorCode::RateLimited => assert!(!append.admit),
                    ErrorCode::BadCommand => {
                        assert!(matches!(append.body, Body::Delete { .. } | Body::Edit { .. }));
                    }
                    ErrorCode::Forbidden => assert!(matches!(append.body, Body::Edit { .. })),
                    code => assert_eq!(code, ErrorCode::StorageUnavailable),
                }
            }
            other => panic!("{other:?}"),
        }
    }

    /// Every member is in the sample, if `left` bytes of the message are enough.
    fn check_sample(&self, members: &MemberSample, left: usize) {
        let people = self.people();
        assert_eq!(members.count, people.len() as u64);
        assert_eq!((members.away, members.dnd), self.not_online());
        // Each with a comma.
        let bytes = |user: &User| serde_json::to_string(user).expect("JSON").len() + 1;
        let all: usize = people.values().map(bytes).sum();
        assert_eq!(members.sample.len() == people.len(), all <= left, "{all} of {left} bytes");
        let sample = serde_json::to_string(&members.sample).expect("JSON");
        assert!(members.sample.is_empty() || sample.len() - 1 <= left, "of {left} bytes: {sample}");
        for user in &members.sample {
            assert_eq!(people.get(&user.id), Some(user));
        }
    }
}
