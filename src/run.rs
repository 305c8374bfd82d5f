//! A server's life: start, serve, drain.

use std::sync::Arc;
use std::time::Duration;

use futures::future::{Either, select};
use throng_log::data_dir;
use throng_log::search::SearchIndex;
use throng_log::sqlite::{CommitObserver, OpenError, Settings, SqliteLog};
use tracing::warn;

use crate::admin;
use crate::base::fs_limits;
use crate::base::metrics::Metrics;
use crate::base::tasks::{Name, Tasks};
use crate::config::Config;
use crate::edge::accept;
use crate::erasing;
use crate::handler::{Handler, MakeHandler};
use crate::http::Service;
use crate::identity::jwt::Jwts;
use crate::identity::oidc::Providers;
use crate::identity::secret;
use crate::moderation::raid;
use crate::peace;
use crate::server::{Server, once_a_second};

mod drain;
pub mod health;
pub mod logs;
mod signals;
mod start;

pub use start::StartError;

use drain::drain;
use signals::Signals;
use start::Waiting;

/// How the server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All clients got a `bye`, and everything received is on disk.
    Drained,
    /// The grace period ended before all tasks had; everything acknowledged is on disk.
    Late,
    /// A second signal came.
    AtOnce,
    /// A signal came before the server had started; nothing was received.
    Unstarted,
}

/// Runs a server until a signal ends it. `announce` gets the lines for the operator.
///
/// # Errors
/// [`StartError`] says why it did not start.
pub async fn run(config: Config, announce: impl Fn(&str)) -> Result<Ended, StartError> {
    serve(config, announce, None).await
}

/// Runs a server with another use of messages than the chat.
///
/// # Errors
/// [`StartError`] says why it did not start.
pub async fn run_with<H: Handler>(
    config: Config,
    announce: impl Fn(&str),
    make: impl Fn() -> H + Send + Sync + 'static,
) -> Result<Ended, StartError> {
    serve(config, announce, Some(Box::new(move || Box::new(make())))).await
}

async fn serve(
    config: Config,
    announce: impl Fn(&str),
    handler: Option<MakeHandler>,
) -> Result<Ended, StartError> {
    let mut signals = Signals::take().map_err(StartError::Signals)?;
    let started = {
        let starting = std::pin::pin!(start(config, &announce, handler));
        let told = std::pin::pin!(signals.end());
        match select(starting, told).await {
            Either::Left((started, _)) => started?,
            Either::Right(_) => return Ok(Ended::Unstarted),
        }
    };
    let (server, log) = started;
    signals.end().await;
    announce("draining; a second signal ends the server at once");
    let drained = std::pin::pin!(drain(&server, log));
    let again = std::pin::pin!(signals.end_again());
    match select(drained, again).await {
        Either::Left((ended, _)) => Ok(ended),
        Either::Right(_) => Ok(Ended::AtOnce),
    }
}

/// Starts everything that runs until the drain.
async fn start(
    mut config: Config,
    announce: &impl Fn(&str),
    handler: Option<MakeHandler>,
) -> Result<(Arc<Server>, Arc<SqliteLog>), StartError> {
    fs_limits::keep_private();
    config.data_dir = data_dir::resolve(&config.data_dir)
        .map_err(|source| OpenError::Directory { path: config.data_dir.clone(), source })?;
    let allowed = fs_limits::raise();
    let waiting = Waiting::new(config.start_wait, announce);
    let listener = waiting.listen(config.listen, "--listen", config.send_buffer).await?;
    let metrics_listener = match config.metrics_listen {
        Some(at) => Some(waiting.listen(at, "--metrics-listen", config.send_buffer).await?),
        None => None,
    };
    let metrics = Metrics::new();
    let tasks = Tasks::new(config.long_poll, Arc::clone(&metrics));
    let jwts = Jwts::load(config.issuers_file.as_deref(), Arc::clone(&tasks))?;
    let (log, secret) = waiting.with(async || open_log(&config, &metrics, &tasks).await).await?;
    let log = Arc::new(log);
    let search = open_search(&config, &log)?;
    let trusted = (jwts, Providers::load(config.issuers_file.as_deref(), &secret)?);
    let dir = config.data_dir.clone();
    let stored = (&log, search);
    let server = Server::build(config, allowed, stored, &secret, metrics, tasks, trusted, handler)
        .await
        .map_err(|error| StartError::Read { dir, error })?;
    admin::listener::start(&server);
    // Whoever reads the first line may stop the server at once: nothing is waited for after it.
    let claim = start::claim(&server).await;
    start::announce(&server, &listener, metrics_listener.as_ref(), allowed, announce);
    claim.iter().for_each(|line| announce(line));
    let spawn = |label, service, listener| {
        let run = accept::run(Arc::clone(&server), service, listener);
        server.tasks.spawn(Name::service(label), run);
    };
    spawn("accept", Service::Chat, listener);
    if let Some(listener) = metrics_listener {
        spawn("accept-metrics", Service::Metrics, listener);
    }
    server.tasks.spawn(Name::service("heartbeat"), once_a_second::run(Arc::clone(&server)));
    server.tasks.spawn(Name::service("erasing"), erasing::run(Arc::clone(&server)));
    server.tasks.spawn(Name::service("raid switch"), raid::run(Arc::clone(&server)));
    server.tasks.spawn(Name::service("filter reports"), peace::run(Arc::clone(&server)));
    Ok((server, log))
}

/// Opens the log on another thread, so that signals are handled while a disk is slow.
async fn open_log(
    config: &Config,
    metrics: &Arc<Metrics>,
    tasks: &Tasks,
) -> Result<(SqliteLog, [u8; 32]), StartError> {
    let dir = config.data_dir.clone();
    let settings = Settings {
        page_bytes_max: config.page_bytes_max,
        observer: Arc::new(Observed(Arc::clone(metrics))),
        ..Settings::default()
    };
    let open = move || {
        // In this order: a look that leaves no trace, the secret, the log that is made with it, and the mark
        // that it was made.
        let found = match SqliteLog::find(&dir)? {
            (database, true) => secret::Found::Log(database),
            (database, false) => secret::Found::None(database),
        };
        let secret = secret::load(&dir, found)?;
        let log = SqliteLog::open(&dir, &secret, settings)?;
        if let Err(error) = secret::mark(&dir) {
            warn!(%error, "it was not noted in the key's file that a log was made");
        }
        Ok((log, secret))
    };
    tasks.blocking(open).await
}

/// Opens the index of the log. What is missing in it is taken in while the server runs.
fn open_search(config: &Config, log: &Arc<SqliteLog>) -> Result<Option<SearchIndex>, StartError> {
    if !config.search {
        return Ok(None);
    }
    let erase_after = Settings::default().erase_after;
    let index = SearchIndex::open(&config.data_dir, Arc::clone(log) as _, erase_after);
    index.map(Some).map_err(|error| OpenError::Thread(error).into())
}

/// Reports what the log does to the metrics.
struct Observed(Arc<Metrics>);

impl CommitObserver for Observed {
    fn committed(&self, items: usize, rooms: usize, took: Duration) {
        self.0.commit_messages.observe(items as f64);
        self.0.commit_rooms.observe(rooms as f64);
        self.0.commit_seconds.observe(took.as_secs_f64());
    }

    fn failed(&self, _: usize, _: usize, _: &str) {
        self.0.commit_failures.inc();
    }

    fn checkpointed(&self, _: u64, stall: Duration) {
        self.0.checkpoint_seconds.observe(stall.as_secs_f64());
    }
}
