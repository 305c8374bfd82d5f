//! A server's life: start, serve, drain.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use async_io::Timer;
use async_lock::Semaphore;
use async_signal::{Signal, Signals};
use async_std::net::TcpListener;
use futures::StreamExt;
use futures::future::{Either, select};
use tracing::{error, info, warn};

use crate::accept;
use crate::admission::{Count, Places};
use crate::chatlog::sqlite::{CommitObserver, OpenError, Settings, SqliteLog};
use crate::chatlog::{Chatlog, LogError};
use crate::clock;
use crate::config::Config;
use crate::deadlines::{Patience, Wheel};
use crate::files;
use crate::handshake::Service;
use crate::metrics::Metrics;
use crate::outbox::{Alarm, Budget};
use crate::people::People;
use crate::room::{Limits, PageSize, Surroundings};
use crate::rooms::Rooms;
use crate::secret::{self, SecretError};
use crate::server::{Drain, Rates, Server, millis};
use crate::session::ANSWER_BYTES;
use crate::tasks::{Kind, Name, Tasks};
use crate::token::Tokens;

/// How many refused connections are told why at the same time.
const REFUSALS_MAX: usize = 64;

/// How long the log may take to be closed: its write-ahead log is copied into the database.
const CLOSE: Duration = Duration::from_secs(10);

/// How many connections the address for metrics takes: a few who watch, each with a few.
const WATCHERS_MAX: usize = 64;

/// How many names of late tasks are logged.
const LATE_MAX: usize = 20;

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address can't be listened on.
    #[error("{address} ({flag}): {}", listen_words(error))]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The flag that sets it.
        flag: &'static str,
        /// What the system says.
        error: io::Error,
    },
    /// The secret can't be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The log can't be opened.
    #[error(transparent)]
    Log(#[from] OpenError),
    /// The log can't be read.
    #[error("the log in {} can't be read: {error}", dir.display())]
    Read {
        /// The data directory.
        dir: PathBuf,
        /// What the log says.
        error: LogError,
    },
    /// Signals can't be caught.
    #[error("signals can't be caught: {0}")]
    Signals(io::Error),
}

/// How the server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Everybody was told, and everything that was received is on disk.
    Drained,
    /// The grace was over before all tasks had ended; what was acknowledged is on disk.
    Late,
    /// A second signal came.
    AtOnce,
}

/// Runs a server until a signal ends it. `announce` gets the lines for the operator.
///
/// # Errors
/// [`StartError`] says why it did not start.
pub async fn run(config: Config, announce: impl Fn(&str)) -> Result<Ended, StartError> {
    files::keep_private();
    let allowed = files::raise();
    let listener = listen(config.listen, "--listen", config.send_buffer)?;
    let metrics_listener = config
        .metrics_listen
        .map(|address| listen(address, "--metrics-listen", config.send_buffer))
        .transpose()?;
    let mut signals = Signals::new([Signal::Term, Signal::Int]).map_err(StartError::Signals)?;
    let (server, log) = build(config, allowed).await?;
    announce_start(&server, &listener, metrics_listener.as_ref(), allowed, &announce);
    let spawn = |label, service, listener| {
        let run = accept::run(Arc::clone(&server), service, listener);
        server.tasks.spawn(Name::service(label), run);
    };
    spawn("accept", Service::Chat, listener);
    if let Some(listener) = metrics_listener {
        spawn("accept-metrics", Service::Metrics, listener);
    }
    server.tasks.spawn(Name::service("wheel"), turn(Arc::clone(&server)));

    signals.next().await;
    announce("draining; a second signal ends the server at once");
    let drained = std::pin::pin!(drain(&server, log));
    let second = std::pin::pin!(signals.next());
    match select(drained, second).await {
        Either::Left((ended, _)) => Ok(ended),
        Either::Right(_) => Ok(Ended::AtOnce),
    }
}

fn listen(
    address: SocketAddr,
    flag: &'static str,
    send_buffer: usize,
) -> Result<TcpListener, StartError> {
    accept::listen(address, send_buffer).map_err(|error| StartError::Listen {
        address,
        flag,
        error,
    })
}

fn listen_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            "another program listens there: choose another port, or port 0 for a free one".into()
        }
        io::ErrorKind::PermissionDenied => {
            "this user may not listen there: ports below 1024 need a privilege".into()
        }
        io::ErrorKind::AddrNotAvailable => "this machine does not have that address".into(),
        _ => error.to_string(),
    }
}

async fn build(
    config: Config,
    allowed: usize,
) -> Result<(Arc<Server>, Arc<SqliteLog>), StartError> {
    let metrics = Metrics::new();
    let tasks = Tasks::new(config.long_poll, Arc::clone(&metrics));
    // In this order: a look that leaves no trace, the secret, and the log that is made with it.
    let secret = secret::load(&config.data_dir, SqliteLog::find(&config.data_dir)?)?;
    let settings = Settings {
        page_bytes_max: config.page_bytes_max,
        observer: Arc::new(Observed { metrics: Arc::clone(&metrics), told_at: AtomicU32::new(0) }),
        ..Settings::default()
    };
    let log = Arc::new(SqliteLog::open(&config.data_dir, &secret, settings)?);
    let limits = Limits {
        page: PageSize { events: config.page_events_max as usize, bytes: config.page_bytes_max },
        catch_up_max: config.catch_up_max,
        members_listed_max: config.members_listed_max,
        typing_members_max: config.typing_members_max,
    };
    let shared: Arc<dyn Chatlog> = Arc::clone(&log) as _;
    let around = Surroundings { log: Arc::clone(&shared), metrics: Arc::clone(&metrics), limits };
    let rooms = Rooms::load(Arc::clone(&tasks), around, config.rooms_max)
        .await
        .map_err(|error| StartError::Read { dir: config.data_dir.clone(), error })?;
    let connections_max = config.connections_max.unwrap_or(allowed);
    let server = Server {
        rates: Rates::new(&config),
        budget: Arc::new(budget(&config, &metrics)),
        wheel: Wheel::new(Patience {
            hello: config.hello_timeout,
            silence: config.heartbeat * 2,
            write: config.write_timeout,
        }),
        rooms,
        log: shared,
        people: People::new(millis(config.nick_hold)),
        tokens: Tokens::new(&secret, config.token_ttl),
        places: Places::new(
            connections_max,
            config.connections_per_address_max,
            config.trust.clone(),
            Count { connections: metrics.connections.clone(), refused: metrics.refused.clone() },
        ),
        metrics_places: Places::new(WATCHERS_MAX, WATCHERS_MAX, Vec::new(), Count::default()),
        admissions: Arc::new(Semaphore::new(config.admissions_max)),
        refusals: Arc::new(Semaphore::new(REFUSALS_MAX)),
        drain: Drain::default(),
        next_connection: AtomicU64::new(1),
        metrics,
        tasks,
        config,
    };
    Ok((Arc::new(server), log))
}

fn budget(config: &Config, metrics: &Arc<Metrics>) -> Budget {
    Budget {
        event_bytes_max: config.outbox_bytes_max,
        // Two pages: one on its way while the next is read.
        answer_bytes_max: 2 * (config.page_bytes_max + ANSWER_BYTES),
        total_bytes_max: config.outboxes_bytes_max,
        waiting_bytes: AtomicUsize::new(0),
        metrics: Arc::clone(metrics),
    }
}

fn announce_start(
    server: &Server,
    listener: &TcpListener,
    metrics: Option<&TcpListener>,
    allowed: usize,
    announce: &impl Fn(&str),
) {
    if let Ok(address) = listener.local_addr() {
        announce(&format!("throng listens on http://{address}"));
    }
    if let Some(address) = metrics.and_then(|listener| listener.local_addr().ok()) {
        announce(&format!("metrics on http://{address}/metrics"));
    }
    let dir = &server.config.data_dir;
    let dir = dir.canonicalize().unwrap_or_else(|_| dir.clone());
    announce(&format!("data in {}", dir.display()));
    let connections = server.config.connections_max.unwrap_or(allowed);
    announce(&format!(
        "up to {connections} connections ({} from one address); open files allow {allowed}",
        server.config.connections_per_address_max
    ));
    if connections > allowed {
        warn!(
            connections,
            allowed, "connections_max is more than the limit of open files allows: raise that"
        );
    }
}

/// Turns the wheel of deadlines once a second.
async fn turn(server: Arc<Server>) {
    let mut seconds = 0_u64;
    loop {
        let second = Timer::after(Duration::from_secs(1));
        match select(second, std::pin::pin!(server.drain.begun())).await {
            Either::Left(_) => {
                server.wheel.turn();
                let now = clock::now_ms();
                server.people.sweep(now);
                if seconds.is_multiple_of(60) {
                    server.places.sweep(now);
                }
                seconds += 1;
            }
            Either::Right(_) => return,
        }
    }
}

/// Ends everything in the order in which messages flow: sessions, rooms, log.
async fn drain(server: &Server, log: Arc<SqliteLog>) -> Ended {
    info!("draining");
    server.drain.begin();
    let all = std::pin::pin!(async {
        for kind in [Kind::Service, Kind::Handshake] {
            server.tasks.ended(kind).await;
        }
        let called = std::pin::pin!(call_sessions(server));
        let ended = std::pin::pin!(server.tasks.ended(Kind::Session));
        select(ended, called).await;
        server.rooms.drain();
        server.tasks.ended(Kind::Room).await;
    });
    let all_ended = matches!(select(all, Timer::after(server.config.grace)).await, Either::Left(_));
    if !all_ended {
        name_late(&server.tasks);
    }
    // On a thread of its own: while a disk hangs, a second signal is heard all the same.
    let closing = server.tasks.blocking(move || log.close());
    let is_closed = matches!(select(closing, Timer::after(CLOSE)).await, Either::Left(_));
    if !is_closed {
        error!("late: the log was not closed; what was acknowledged is on disk");
    }
    let in_time = all_ended && is_closed;
    info!(in_time, "drained");
    if in_time { Ended::Drained } else { Ended::Late }
}

/// Calls the sessions, and those that wait for something once a second again, since they must not
/// wait long.
async fn call_sessions(server: &Server) {
    loop {
        server.wheel.alarm_all(Alarm::Drain);
        Timer::after(Duration::from_secs(1)).await;
    }
}

fn name_late(tasks: &Tasks) {
    for kind in [Kind::Service, Kind::Handshake, Kind::Session, Kind::Room] {
        let late = tasks.late(kind);
        for name in late.iter().take(LATE_MAX) {
            error!(task = %name, "late: it had not ended when the grace was over");
        }
        if late.len() > LATE_MAX {
            error!("late: {} more of the same kind", late.len() - LATE_MAX);
        }
    }
}

/// Carries what the log does to the metrics and the log lines.
struct Observed {
    metrics: Arc<Metrics>,
    /// When a failure was logged last, in seconds of the monotonic clock; 0 after a recovery.
    told_at: AtomicU32,
}

/// A failure that goes on is logged so often, in seconds: each of thousands of senders that try
/// again meets it, and the lines may go to the disk that is full.
const TOLD_EVERY: u32 = 10;

impl CommitObserver for Observed {
    fn committed(&self, items: usize, rooms: usize, took: Duration) {
        self.metrics.commit_messages.observe(items as f64);
        self.metrics.commit_rooms.observe(rooms as f64);
        self.metrics.commit_seconds.observe(took.as_secs_f64());
    }

    fn failed(&self, items: usize, rooms: usize, reason: &str) {
        self.metrics.commit_failures.inc();
        let now = clock::now_seconds() + TOLD_EVERY;
        let told_at = self.told_at.load(Ordering::Relaxed);
        if now - told_at >= TOLD_EVERY {
            self.told_at.store(now, Ordering::Relaxed);
            error!(items, rooms, reason, "a commit failed: senders are told to try again");
        }
    }

    fn reopened(&self, is_writable: bool) {
        if is_writable {
            self.told_at.store(0, Ordering::Relaxed);
            info!("the log can be written again");
        }
    }

    fn checkpointed(&self, _: u64, stall: Duration) {
        self.metrics.checkpoint_seconds.observe(stall.as_secs_f64());
    }
}
