//! The start: possible obstacles, which of them to wait for, and what the operator reads.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use async_io::Timer;
use async_std::net::TcpListener;
use throng_log::LogError;
use throng_log::sqlite::OpenError;
use tracing::warn;

use crate::config::Config;
use crate::edge::accept;
use crate::identity::jwt::IssuersError;
use crate::identity::secret::SecretError;
use crate::server::Server;

/// The pause between two attempts.
const AGAIN: Duration = Duration::from_millis(200);

/// Nobody who starts a chat server wants fewer connections than this.
const CONNECTIONS_FEW: usize = 64;

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
    /// The issuers that the server is to trust can't be used.
    #[error(transparent)]
    Issuers(#[from] IssuersError),
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

impl StartError {
    /// Whether another start would fail in the same way until somebody changes something. Other reasons may
    /// be gone the next time: a port in use, a full disk, a directory that is not mounted yet.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Listen { error, .. } => error.kind() == io::ErrorKind::PermissionDenied,
            Self::Secret(
                SecretError::Missing { .. } | SecretError::Lost { .. } | SecretError::Size { .. },
            ) => true,
            Self::Secret(SecretError::Io { .. }) => false,
            Self::Issuers(_) => true,
            Self::Log(error) => error.is_permanent(),
            Self::Read { .. } | Self::Signals(_) => false,
        }
    }

    /// Whether the reason is likely to be gone within seconds: the previous server still drains, another
    /// program reads the database, an address does not exist yet.
    fn passes_soon(&self) -> bool {
        match self {
            Self::Listen { error, .. } => {
                matches!(error.kind(), io::ErrorKind::AddrInUse | io::ErrorKind::AddrNotAvailable)
            }
            Self::Log(error) => error.passes_soon(),
            _ => false,
        }
    }
}

/// How long a start keeps trying.
pub(super) struct Waiting<F> {
    until: Instant,
    wait: Duration,
    announce: F,
}

impl<F: Fn(&str)> Waiting<F> {
    pub(super) fn new(wait: Duration, announce: F) -> Self {
        Self { until: Instant::now() + wait, wait, announce }
    }

    /// Tries until it succeeds, or fails for a reason that does not pass within the time.
    pub(super) async fn with<T>(
        &self,
        mut attempt: impl AsyncFnMut() -> Result<T, StartError>,
    ) -> Result<T, StartError> {
        let mut is_announced = false;
        loop {
            match attempt().await {
                Err(error) if error.passes_soon() && Instant::now() < self.until => {
                    if !std::mem::replace(&mut is_announced, true) {
                        (self.announce)(&format!("waiting up to {:?}: {error}", self.wait));
                    }
                    Timer::after(AGAIN).await;
                }
                done => return done,
            }
        }
    }

    /// Listens on an address.
    pub(super) async fn listen(
        &self,
        address: SocketAddr,
        flag: &'static str,
        send_buffer: usize,
    ) -> Result<TcpListener, StartError> {
        let listen = || accept::listen(address, send_buffer);
        self.with(async || listen().map_err(|error| StartError::Listen { address, flag, error }))
            .await
    }
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

/// Prints where the server is and what it allows.
pub(super) fn announce(
    server: &Server,
    listener: &TcpListener,
    metrics: Option<&TcpListener>,
    allowed: usize,
    announce: &impl Fn(&str),
) {
    if let Ok(address) = listener.local_addr() {
        announce(&format!("throng listens on {}", url(address, "")));
    }
    if let Some(address) = metrics.and_then(|listener| listener.local_addr().ok()) {
        announce(&format!("metrics on {}", url(address, "/metrics")));
    }
    let Config { data_dir, connections_max, connections_per_address_max, .. } = &server.config;
    let dir = data_dir.canonicalize().unwrap_or_else(|_| data_dir.clone());
    let made = if server.log.is_new() { " (a new log was made)" } else { "" };
    announce(&format!("data in {}{made}", dir.display()));
    let connections = connections_max.unwrap_or(allowed);
    announce(&format!(
        "up to {connections} connections ({connections_per_address_max} sessions from one \
         address); open files allow {allowed}"
    ));
    if connections > allowed {
        warn!(
            connections,
            allowed, "connections_max is more than the limit of open files allows: raise that"
        );
    }
    if allowed < CONNECTIONS_FEW {
        warn!(
            allowed,
            "the limit of open files leaves almost no connections: raise it (ulimit -n, \
             LimitNOFILE=)"
        );
    }
}

/// How the operator becomes the owner, as long as nobody is.
pub(super) async fn claim(server: &Server) -> Option<String> {
    let accounts = &server.identity.accounts;
    if server.handler.is_some() || accounts.has_owner() {
        return None;
    }
    match accounts.make_owner_link().await {
        Ok(secret) => Some(format!(
            "nobody owns this server yet: make an account in a client, and enter there, within 24 \
             hours:\n    /claim {secret}"
        )),
        Err(refusal) => {
            warn!(reason = refusal.message, "no link for an owner could be made");
            None
        }
    }
}

/// What a person types into a browser. No browser goes to the address that stands for all.
fn url(address: SocketAddr, path: &str) -> String {
    match address.ip().to_canonical().is_unspecified() {
        true => format!("http://localhost:{}{path} (all addresses)", address.port()),
        false => format!("http://{address}{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::url;

    #[test]
    fn an_address_is_printed_as_a_browser_takes_it() {
        for (address, printed) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080/metrics"),
            ("[::1]:8080", "http://[::1]:8080/metrics"),
            ("0.0.0.0:80", "http://localhost:80/metrics (all addresses)"),
            ("[::]:8080", "http://localhost:8080/metrics (all addresses)"),
            ("[::ffff:0.0.0.0]:8080", "http://localhost:8080/metrics (all addresses)"),
        ] {
            assert_eq!(url(address.parse().expect("an address"), "/metrics"), printed);
        }
    }
}
