//! What all connections share: the parts of a running server, in one place.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use async_lock::Semaphore;
use event_listener::{Event, listener};
use throng_protocol::Limits;

use crate::admission::Places;
use crate::chatlog::Chatlog;
use crate::config::Config;
use crate::deadlines::Wheel;
use crate::metrics::Metrics;
use crate::outbox::Budget;
use crate::people::People;
use crate::rate::Rate;
use crate::rooms::Rooms;
use crate::tasks::Tasks;
use crate::token::Tokens;

/// A running server.
pub(crate) struct Server {
    pub(crate) config: Config,
    pub(crate) rates: Rates,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) tasks: Arc<Tasks>,
    pub(crate) budget: Arc<Budget>,
    pub(crate) wheel: Wheel,
    pub(crate) log: Arc<dyn Chatlog>,
    pub(crate) rooms: Arc<Rooms>,
    pub(crate) people: People,
    pub(crate) tokens: Tokens,
    pub(crate) places: Arc<Places>,
    /// Places for those who look at the metrics: also when the server is full.
    pub(crate) metrics_places: Arc<Places>,
    /// How many handshakes may be worked on at the same time.
    pub(crate) admissions: Arc<Semaphore>,
    /// How many refused connections may be told so at the same time.
    pub(crate) refusals: Arc<Semaphore>,
    pub(crate) drain: Drain,
    pub(crate) next_connection: AtomicU64,
}

/// The rates of the configuration, in the form in which they are counted.
#[derive(Clone, Copy)]
pub(crate) struct Rates {
    pub(crate) sends: Rate,
    pub(crate) commands: Rate,
    pub(crate) rooms_made: Rate,
    /// New people from one address.
    pub(crate) people_made: Rate,
    /// Control frames and fragments, which no command counts.
    pub(crate) small_frames: Rate,
}

/// Pings and fragments that a client may send at once, and then every second. Browsers cut no
/// message of ours into fragments, and nobody needs ten pings a second.
const SMALL_FRAMES: (u64, u64) = (100, 10);

/// How many new people a second may come from one address in the long run. At once there may be as
/// many as connections; who has a token is not new.
const PEOPLE_PER_SECOND: u64 = 1;

impl Rates {
    pub(crate) fn new(config: &Config) -> Self {
        let second = Duration::from_secs(1);
        let sends = u64::from(config.sends_per_second);
        let commands = u64::from(config.commands_per_second);
        let rooms = u64::from(config.rooms_made_per_hour);
        Self {
            sends: Rate::new(sends, second, u64::from(config.sends_burst)),
            commands: Rate::new(commands, second, u64::from(config.commands_burst)),
            rooms_made: Rate::new(rooms, Duration::from_secs(3_600), rooms),
            people_made: Rate::new(
                PEOPLE_PER_SECOND,
                second,
                config.connections_per_address_max as u64,
            ),
            small_frames: Rate::new(SMALL_FRAMES.1, second, SMALL_FRAMES.0),
        }
    }
}

impl Server {
    /// What clients are told of the limits.
    pub(crate) fn limits(&self) -> Limits {
        let config = &self.config;
        Limits {
            text_bytes: config.text_bytes_max as u64,
            frame_bytes: config.frame_bytes_max as u64,
            page_events: u64::from(config.page_events_max),
            rooms: config.rooms_per_session_max as u64,
            sends_burst: u64::from(config.sends_burst),
            sends_per_second: u64::from(config.sends_per_second),
            retry_ms: millis(config.retry),
        }
    }

    pub(crate) fn number_connection(&self) -> u64 {
        self.next_connection.fetch_add(1, Ordering::Relaxed)
    }
}

/// A duration in whole milliseconds.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Whether the server is draining, and a way to wait for that.
#[derive(Default)]
pub(crate) struct Drain {
    /// When it began.
    since: OnceLock<Instant>,
    begun: Event,
}

impl Drain {
    pub(crate) fn begin(&self) {
        self.since.get_or_init(Instant::now);
        self.begun.notify(usize::MAX);
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.since.get().is_some()
    }

    /// Whether it has lasted for so long.
    pub(crate) fn has_lasted(&self, time: Duration) -> bool {
        self.since.get().is_some_and(|since| since.elapsed() >= time)
    }

    /// Returns when the drain has begun. Dropping it midway is safe.
    pub(crate) async fn begun(&self) {
        listener!(self.begun => begun);
        if !self.has_begun() {
            begun.await;
        }
    }
}
