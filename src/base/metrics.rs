//! The metrics of a running server: counters and gauges for Prometheus.
//!
//! The names are those of the OpenMetrics text that `/metrics` serves. Everything is counted where it
//! happens; frequent things are counted in batches.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use throng_protocol::ErrorCode;

mod plain;
mod process;

use process::Process;
#[cfg(test)]
pub(crate) use process::resident_bytes;

/// Every series of the server.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) connections: Gauge<i64, AtomicI64>,
    pub(crate) refused: Family<Reason, Counter>,
    pub(crate) sessions: Gauge<i64, AtomicI64>,
    pub(crate) ended: Family<Reason, Counter>,
    pub(crate) rooms: Gauge<i64, AtomicI64>,
    pub(crate) members: Gauge<i64, AtomicI64>,
    pub(crate) commands: Family<Command, Counter>,
    pub(crate) errors: Family<Code, Counter>,
    /// 1 while the raid switch is on.
    pub(crate) raid: Gauge<i64, AtomicI64>,
    pub(crate) passwords: Family<Password, Counter>,
    pub(crate) messages: Counter<u64, AtomicU64>,
    pub(crate) deliveries: Counter<u64, AtomicU64>,
    pub(crate) behind: Counter<u64, AtomicU64>,
    pub(crate) pings: Counter<u64, AtomicU64>,
    outbox_bytes: Gauge<i64, AtomicI64>,
    pub(crate) commit_messages: Histogram,
    pub(crate) commit_rooms: Histogram,
    pub(crate) commit_seconds: Histogram,
    pub(crate) commit_failures: Counter<u64, AtomicU64>,
    pub(crate) checkpoint_seconds: Histogram,
    pub(crate) long_polls: Counter<u64, AtomicU64>,
}

/// A command's name, as on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Command {
    pub(crate) command: &'static str,
}

/// An error code, as on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Code {
    pub(crate) code: String,
}

/// What became of a password that was brought: its lane, and whether it was judged or met too many others.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Password {
    pub(crate) lane: &'static str,
    pub(crate) outcome: &'static str,
}

/// Why something was refused or ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Reason {
    pub(crate) reason: &'static str,
}

impl Metrics {
    pub(crate) fn new() -> Arc<Self> {
        let seconds = || Histogram::new(exponential_buckets(0.000_25, 2.0, 16));
        let counts = || Histogram::new(exponential_buckets(1.0, 2.0, 13));
        let mut metrics = Self {
            registry: Registry::default(),
            connections: Gauge::default(),
            refused: Family::default(),
            sessions: Gauge::default(),
            ended: Family::default(),
            rooms: Gauge::default(),
            members: Gauge::default(),
            commands: Family::default(),
            errors: Family::default(),
            raid: Gauge::default(),
            passwords: Family::default(),
            messages: Counter::default(),
            deliveries: Counter::default(),
            behind: Counter::default(),
            pings: Counter::default(),
            outbox_bytes: Gauge::default(),
            commit_messages: counts(),
            commit_rooms: counts(),
            commit_seconds: seconds(),
            commit_failures: Counter::default(),
            checkpoint_seconds: seconds(),
            long_polls: Counter::default(),
        };
        metrics.register();
        Arc::new(metrics)
    }

    fn register(&mut self) {
        self.registry.register_collector(Box::new(Process));
        let to = self.registry.sub_registry_with_prefix("throng");
        to.register("connections", "Open connections of all kinds", self.connections.clone());
        to.register(
            "refused_connections",
            "Connections and upgrades refused, by reason",
            self.refused.clone(),
        );
        to.register("sessions", "Connections that said hello", self.sessions.clone());
        to.register("ended_sessions", "Sessions ended, by reason", self.ended.clone());
        to.register("rooms", "Rooms in memory", self.rooms.clone());
        to.register("members", "Memberships, over all rooms", self.members.clone());
        to.register("commands", "Commands received, by kind", self.commands.clone());
        to.register("errors", "Commands refused, by code", self.errors.clone());
        to.register("raid", "Whether the raid switch is on", self.raid.clone());
        to.register(
            "passwords",
            "Passwords brought, by lane and by whether there was a turn",
            self.passwords.clone(),
        );
        to.register("messages", "Messages committed", self.messages.clone());
        to.register("deliveries", "Messages offered to members", self.deliveries.clone());
        to.register("behind", "Times a slow reader was put behind", self.behind.clone());
        to.register("pings", "Pings sent to silent clients", self.pings.clone());
        to.register("outbox_bytes", "Bytes waiting in all outboxes", self.outbox_bytes.clone());
        to.register("commit_messages", "Messages in one commit", self.commit_messages.clone());
        to.register("commit_rooms", "Rooms in one commit", self.commit_rooms.clone());
        to.register("commit_seconds", "Time of one commit", self.commit_seconds.clone());
        to.register("commit_failures", "Commits that failed", self.commit_failures.clone());
        to.register(
            "checkpoint_seconds",
            "Time for which a checkpoint held up commits and reads",
            self.checkpoint_seconds.clone(),
        );
        to.register("long_polls", "Polls that blocked the executor", self.long_polls.clone());
    }

    /// Counts a refused command.
    pub(crate) fn count_error(&self, code: ErrorCode) {
        let code = serde_json::to_value(code).ok().and_then(|it| it.as_str().map(str::to_owned));
        self.errors.get_or_create(&Code { code: code.unwrap_or_default() }).inc();
    }

    /// The text format of Prometheus, version 0.0.4.
    pub(crate) fn plain(&self, waiting_bytes: usize) -> String {
        plain::from_openmetrics(&self.openmetrics(waiting_bytes))
    }

    /// The OpenMetrics text (OpenMetrics 1.0).
    pub(crate) fn openmetrics(&self, waiting_bytes: usize) -> String {
        self.outbox_bytes.set(i64::try_from(waiting_bytes).unwrap_or(i64::MAX));
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
