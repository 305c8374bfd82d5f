//! Counts of what happened, over a phase and over the last second.

use std::collections::BTreeMap;
use std::fmt;

use super::Crowd;
use crate::latency_histogram::Latency;

/// What happened without breaking a promise.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct Tally {
    /// Messages that were due.
    pub(crate) sends: u64,
    /// Messages that reached a client, live or in a page.
    pub(crate) deliveries: u64,
    /// Those messages that came in a page.
    pub(crate) in_pages: u64,
    /// Messages that were late because of the client itself.
    pub(crate) excused: u64,
    /// Events without a seq.
    pub(crate) ephemeral: u64,
    /// Delivered entries of types that this version does not know.
    pub(crate) later: u64,
    /// The server's pings that were answered.
    pub(crate) pongs: u64,
    /// Answered sends.
    pub(crate) acknowledged: u64,
    /// Answers that said `dup`.
    pub(crate) duplicates: u64,
    /// Sends that were written more than once.
    pub(crate) retries: u64,
    /// How often a client got `behind`.
    pub(crate) behind: u64,
    /// How often a client was too far behind when it joined, and had to read history.
    pub(crate) limited: u64,
    /// Pages of the log read back for a checkpoint.
    pub(crate) pages_read_back: u64,
    /// Connections that could not be made.
    pub(crate) refused_connections: u64,
    /// Connections that the server ended, by close code; 1006 means that there was no close frame.
    pub(crate) closes: BTreeMap<u16, u64>,
    /// Upgrades answered with another status than 101, by status.
    pub(crate) statuses: BTreeMap<u16, u64>,
    /// `error` answers, by code.
    pub(crate) errors: BTreeMap<String, u64>,
    /// The most by which the generator itself was late in writing a send, in milliseconds. It is part of all
    /// latencies.
    pub(crate) late_ms_max: u64,
}

/// What happened since the last sample.
#[derive(Clone, Debug)]
pub(crate) struct Second {
    pub(crate) sends: u64,
    pub(crate) acknowledged: u64,
    pub(crate) deliveries: u64,
    /// From due to delivered.
    pub(crate) latency: Latency,
    /// Error answers and closes, by kind.
    pub(crate) errors: BTreeMap<String, u64>,
}

/// The counts at the last sample, and the latencies since.
pub(super) struct Since {
    before: Tally,
    pub(super) latency: Latency,
}

impl Since {
    pub(super) fn new() -> Self {
        Self { before: Tally::default(), latency: Latency::new() }
    }
}

impl Tally {
    /// Everything that is not zero, by name in words.
    pub(crate) fn counts(&self) -> BTreeMap<String, u64> {
        let mut counts: BTreeMap<String, u64> = [
            ("in pages", self.in_pages),
            ("delayed by the reader itself", self.excused),
            ("ephemeral events", self.ephemeral),
            ("entries of a later version", self.later),
            ("pings answered", self.pongs),
            ("retries", self.retries),
            ("duplicates answered", self.duplicates),
            ("times behind", self.behind),
            ("times limited", self.limited),
            ("pages read back", self.pages_read_back),
            ("generator late by ms at worst", self.late_ms_max),
        ]
        .into_iter()
        .map(|(name, count)| (name.to_owned(), count))
        .collect();
        counts.extend(self.errors());
        counts.retain(|_, count| *count > 0);
        counts
    }

    /// Error answers and closes, by kind.
    fn errors(&self) -> BTreeMap<String, u64> {
        let refused = ("connections refused".to_owned(), self.refused_connections);
        let closes =
            self.closes.iter().map(|(code, count)| (format!("closed with {code}"), *count));
        let statuses =
            self.statuses.iter().map(|(code, count)| (format!("refused with {code}"), *count));
        let errors = self.errors.iter().map(|(code, count)| (format!("error {code}"), *count));
        let all = std::iter::once(refused).chain(closes).chain(statuses).chain(errors);
        all.filter(|(_, count)| *count > 0).collect()
    }
}

impl Crowd {
    /// All counts since the phase began, by name in words.
    pub(crate) fn counts(&self) -> BTreeMap<String, u64> {
        self.tally.counts()
    }

    /// What happened since the last call, for a sample each second.
    pub(crate) fn take_second(&mut self) -> Second {
        let (now, before) = (&self.tally, &self.since.before);
        let known = before.errors();
        let errors = now.errors().into_iter().map(|(name, count)| {
            let before = known.get(&name).copied().unwrap_or(0);
            (name, count.saturating_sub(before))
        });
        let second = Second {
            sends: now.sends.saturating_sub(before.sends),
            acknowledged: now.acknowledged.saturating_sub(before.acknowledged),
            deliveries: now.deliveries.saturating_sub(before.deliveries),
            latency: std::mem::replace(&mut self.since.latency, Latency::new()),
            errors: errors.filter(|(_, count)| *count > 0).collect(),
        };
        self.since.before = self.tally.clone();
        second
    }

    /// Resets latencies and counts for a new phase.
    pub(crate) fn start_phase(&mut self) {
        self.latency.clear();
        self.commit.clear();
        self.joins.clear();
        self.tally = Tally::default();
        self.since.before = Tally::default();
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> =
            self.counts().iter().map(|(name, count)| format!("{name}: {count}")).collect();
        f.write_str(&words.join("; "))
    }
}
