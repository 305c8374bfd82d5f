//! A whole server in a test's process, without listeners.

use std::ffi::OsString;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use async_std::task::block_on;
use tempfile::TempDir;
use throng_log::search::SearchIndex;
use throng_log::sqlite::{Settings, SqliteLog};

use super::{Server, once_a_second};
use crate::base::metrics::Metrics;
use crate::base::tasks::{Name, Tasks};
use crate::config::Config;
use crate::config::cli::{self, Invocation};
use crate::identity::jwt::Jwts;
use crate::identity::oidc::Providers;

/// A server with its own log. Dropping it drains it.
pub(crate) struct InProcess {
    server: Arc<Server>,
    _home: TempDir,
}

impl InProcess {
    pub(crate) fn start(flags: &[impl AsRef<str>]) -> Self {
        let home = in_memory();
        let secret: [u8; 32] = std::array::from_fn(|_| fastrand::u8(..));
        let log = SqliteLog::open(home.path(), &secret, Settings::default());
        let log = Arc::new(log.expect("the log opens"));
        let config = config(flags);
        let metrics = Metrics::new();
        let tasks = Tasks::new(config.long_poll, Arc::clone(&metrics));
        let jwts = Jwts::load(config.issuers_file.as_deref(), Arc::clone(&tasks));
        let jwts = jwts.expect("the issuers can be read");
        let providers = Providers::load(config.issuers_file.as_deref(), &secret);
        let trusted = (jwts, providers.expect("the providers can be read"));
        let index = || SearchIndex::open(home.path(), Arc::clone(&log) as _, Duration::ZERO);
        let search = config.search.then(|| index().expect("its threads start"));
        let stored = (&log, search);
        let building = Server::build(config, 100, stored, &secret, metrics, tasks, trusted, None);
        let server = block_on(building).expect("the log can be read");
        server.tasks.spawn(Name::service("heartbeat"), once_a_second::run(Arc::clone(&server)));
        Self { server, _home: home }
    }
}

impl Deref for InProcess {
    type Target = Arc<Server>;

    fn deref(&self) -> &Arc<Server> {
        &self.server
    }
}

impl Drop for InProcess {
    fn drop(&mut self) {
        // This ends `once_a_second`.
        self.server.drain.begin();
    }
}

fn config(flags: &[impl AsRef<str>]) -> Config {
    let arguments =
        ["throng"].into_iter().chain(flags.iter().map(AsRef::as_ref)).map(OsString::from);
    match cli::parse(arguments, []) {
        Ok(Invocation::Serve(loaded)) => loaded.config,
        other => panic!("these flags should start a server, not {other:?}"),
    }
}

/// A directory that needs no syncs, if there is such a place.
fn in_memory() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).expect("a temporary directory")
}
