//! Checkpoints: the crowd reads back from the server's log what was acknowledged or shown, and compares it;
//! then the oracle forgets it. Without checkpoints, a run of hours would remember every message.
//!
//! The load continues meanwhile: pages are requested between other things, a few at a time.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use anyhow::Result;
use throng_protocol::{Command, History, LogEntry, Page};

use super::Crowd;
use super::send::RequestId;
use crate::oracle::EntryDigest;

/// The most pages requested at a time, by different clients: enough to keep up with any load, and few
/// compared with it.
const REQUESTS_MAX: usize = 16;

/// How often to look for requests whose client has lost its connection.
const LOOK: Duration = Duration::from_millis(20);

/// A checkpoint in progress.
pub(super) struct Reading {
    /// How far to read each room: its head when the checkpoint began.
    upto: BTreeMap<u32, u64>,
    /// Rooms whose next page has not been requested.
    waiting: VecDeque<u32>,
    /// Rooms with a requested page: by which client, on which connection.
    asked: BTreeMap<u32, (u32, u32)>,
    /// When to look at the requests again, and after a refusal when to repeat one.
    again: Instant,
}

impl Reading {
    pub(super) fn next_look(&self, now: Instant) -> Instant {
        self.again.max(now)
    }
}

impl Crowd {
    /// Starts to read back what was acknowledged or shown since the last checkpoint. The next turns do the
    /// work. Does nothing while a checkpoint is in progress. Call this every minute or so in a long run.
    /// Without a log to read, what all members got is trusted.
    pub(crate) fn begin_checkpoint(&mut self) {
        if !self.shape.log {
            self.oracle.free(false);
            return;
        }
        if self.reading.is_some() {
            return;
        }
        let unread = |room| self.oracle.unread(room).map(|(_, upto)| (room, upto));
        let upto: BTreeMap<u32, u64> = (0..self.seats.rooms()).filter_map(unread).collect();
        let waiting = upto.keys().copied().collect();
        let again = Instant::now();
        self.reading = Some(Reading { upto, waiting, asked: BTreeMap::new(), again });
        self.end_checkpoint();
    }

    /// Ends a checkpoint that has nothing left to read.
    fn end_checkpoint(&mut self) {
        let done = |reading: &mut Reading| reading.waiting.is_empty() && reading.asked.is_empty();
        if self.reading.take_if(done).is_some() {
            self.oracle.free(true);
        }
    }

    /// Whether a checkpoint is in progress.
    pub(crate) fn checking(&self) -> bool {
        self.reading.is_some()
    }

    /// Reads back from the log all that was acknowledged or shown until now, and frees what is verified;
    /// returns whether that was done by `deadline`. Calls [`Crowd::turn`] meanwhile; a scenario with an open
    /// loop uses [`Crowd::begin_checkpoint`] and goes on.
    ///
    /// # Errors
    /// As [`Crowd::turn`].
    pub(crate) fn checkpoint(&mut self, deadline: Instant) -> Result<bool> {
        // A checkpoint in progress began too early.
        if !self.turn_until(deadline, |crowd| !crowd.checking())? {
            return Ok(false);
        }
        self.begin_checkpoint();
        self.turn_until(deadline, |crowd| !crowd.checking())
    }

    /// Requests the next pages, and those that were lost with a connection.
    pub(super) fn read_back(&mut self, now: Instant) {
        let Some(reading) = &mut self.reading else { return };
        if reading.again > now {
            return;
        }
        reading.again = now + LOOK;
        let clients = &self.clients;
        let waiting = &mut reading.waiting;
        reading.asked.retain(|room, (client, generation)| {
            let client = &clients[*client as usize];
            let stands = client.is(*generation) && !client.deaf;
            if !stands {
                waiting.push_back(*room);
            }
            stands
        });
        self.ask_for_pages();
    }

    fn ask_for_pages(&mut self) {
        for _ in 0..REQUESTS_MAX {
            let Some(reading) = &mut self.reading else { return };
            if reading.asked.len() >= REQUESTS_MAX {
                return;
            }
            let Some(room) = reading.waiting.pop_front() else { return };
            match self.draw_speaker(room) {
                Some(seat) => self.ask_for_page(room, self.seats.client(seat)),
                // No client of this room is reading: try again at the next look.
                None => {
                    if let Some(reading) = &mut self.reading {
                        reading.waiting.push_back(room);
                    }
                }
            }
        }
    }

    fn ask_for_page(&mut self, room: u32, index: u32) {
        let Some((after, _)) = self.oracle.unread(room) else { return };
        let generation = self.clients[index as usize].generation;
        if let Some(reading) = &mut self.reading {
            reading.asked.insert(room, (index, generation));
        }
        let history = History {
            room: self.reference(room),
            before: None,
            after: Some(after),
            around: None,
            limit: Some(self.page_events),
        };
        self.request(index, RequestId::Log(room), Command::History(history));
    }

    pub(super) fn page_read_back(&mut self, index: u32, room: u32, page: &Page<LogEntry>) {
        let Some(reading) = &mut self.reading else { return };
        // Another client was asked meanwhile. Its answer counts, and only once.
        if reading.asked.get(&room).is_none_or(|(asked, _)| *asked != index) {
            return;
        }
        reading.asked.remove(&room);
        let upto = reading.upto.get(&room).copied().unwrap_or(0);
        self.tally.pages_read_back += 1;
        for entry in &page.events {
            self.oracle.logged(room, entry.seq(), &EntryDigest::read(entry), Some(entry));
        }
        let read = self.oracle.unread(room).map_or(u64::MAX, |(read, _)| read);
        if read < upto {
            if page.more && !page.events.is_empty() {
                if let Some(reading) = &mut self.reading {
                    reading.waiting.push_back(room);
                }
            } else {
                self.oracle.log_ends(room, read, upto);
            }
        }
        self.ask_for_pages();
        self.end_checkpoint();
    }

    /// The server refuses a page for now.
    pub(super) fn page_refused(&mut self, room: u32, again: Instant) {
        let Some(reading) = &mut self.reading else { return };
        if reading.asked.remove(&room).is_some() {
            reading.waiting.push_back(room);
            reading.again = again.min(Instant::now() + Duration::from_secs(1));
        }
    }
}
