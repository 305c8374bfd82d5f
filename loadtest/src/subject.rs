//! The server under test: one started here (`subject/local.rs`), or one that is running already
//! (`subject/remote.rs`), and where its processor time and memory can be read.
//!
//! The runner asks it for readings; restarts and crashes end and start a local one.

mod build;
mod dial;
mod gauge;
mod listener;
mod local;
mod metrics;
mod remote;

use std::net::SocketAddr;
use std::process::ExitStatus;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::Signal;

use self::gauge::Gauge;
use self::local::Server;
pub(crate) use self::local::{Recipe, exec};
use self::remote::Remote;
use crate::arguments::SubjectArguments;
use crate::plan::Trusted;
use crate::record;
use crate::usage::{self, Memory, Reading};

/// A server under test.
pub(crate) struct Subject {
    kind: Kind,
    gauge: Gauge,
    /// Processor time of earlier processes of this server.
    past: Duration,
    /// Whether a disturbance is ending it right now.
    pub(crate) may_end: bool,
}

enum Kind {
    /// Started here.
    Local { recipe: Recipe, server: Server, address: SocketAddr },
    /// A running server.
    Remote(Remote),
}

impl Subject {
    /// Starts a server, or finds the running one. One that is started here exempts `trusted` from the limits per
    /// address.
    ///
    /// # Errors
    /// If it does not start or cannot be found, with what to do about it.
    pub(crate) fn new(arguments: &SubjectArguments, trusted: Trusted) -> Result<Self> {
        match &arguments.url {
            Some(url) => Self::remote(arguments, url),
            None => Self::local(Recipe { trusted, ..Recipe::new(arguments, arguments.target)? }),
        }
    }

    /// Starts a server.
    pub(crate) fn local(recipe: Recipe) -> Result<Self> {
        let server = recipe.start()?;
        let address = SocketAddr::V4(server.address()?);
        let gauge = Gauge::process(server.pid());
        let kind = Kind::Local { recipe, server, address };
        Ok(Self { kind, gauge, past: Duration::ZERO, may_end: false })
    }

    fn remote(arguments: &SubjectArguments, url: &str) -> Result<Self> {
        let mut remote = Remote::parse(url)?;
        remote.knock()?;
        let gauge = if let Some(pid) = arguments.pid {
            usage::reading(pid).with_context(|| format!("--pid {pid} can't be looked at"))?;
            Gauge::process(pid)
        } else if let Some(page) = &arguments.metrics_url {
            Gauge::metrics(page)?
        } else {
            Gauge::of_listener(remote.address())
        };
        let kind = Kind::Remote(remote);
        Ok(Self { kind, gauge, past: Duration::ZERO, may_end: false })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        match &self.kind {
            Kind::Local { address, .. } => *address,
            Kind::Remote(remote) => remote.address(),
        }
    }

    /// The `Host` of an upgrade.
    pub(crate) fn host(&self) -> String {
        match &self.kind {
            Kind::Local { address, .. } => address.to_string(),
            Kind::Remote(remote) => remote.host.clone(),
        }
    }

    /// The path of the WebSocket.
    pub(crate) fn path(&self) -> &str {
        match &self.kind {
            Kind::Local { .. } => remote::PATH,
            Kind::Remote(remote) => &remote.path,
        }
    }

    /// Whether it was started here.
    pub(crate) fn is_ours(&self) -> bool {
        matches!(self.kind, Kind::Local { .. })
    }

    /// Whether it has a log that can be read back; a floor has none.
    pub(crate) fn keeps_log(&self) -> bool {
        match &self.kind {
            Kind::Local { recipe, .. } => recipe.target.is_throng(),
            Kind::Remote(_) => true,
        }
    }

    pub(crate) fn record(&self) -> record::Subject {
        let (name, url) = match &self.kind {
            Kind::Local { recipe, address, .. } => {
                (recipe.target.name().to_owned(), format!("ws://{address}{}", remote::PATH))
            }
            Kind::Remote(remote) => (remote.to_string(), remote.to_string()),
        };
        record::Subject { name, url, measured: self.gauge.to_string() }
    }

    /// Its usage so far, including restarts, if that can be read.
    pub(crate) fn reading(&self) -> Option<Reading> {
        let reading = self.gauge.reading()?;
        Some(Reading { cpu: self.past + reading.cpu, ..reading })
    }

    /// Whether it shares the processors of this machine, as far as is known.
    pub(crate) fn is_beside(&self) -> bool {
        self.gauge.is_process()
    }

    /// Its exact memory, if it is a process on this machine.
    pub(crate) fn memory(&self) -> Option<Memory> {
        self.gauge.memory()
    }

    /// Sends a signal to a server that was started here.
    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        match &self.kind {
            Kind::Local { server, .. } => server.signal(signal),
            Kind::Remote(_) => bail!("only a server that was started here is ever ended"),
        }
    }

    /// The exit status, if it was started here and has ended.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        let Kind::Local { server, .. } = &mut self.kind else { return Ok(None) };
        let last = self.gauge.reading();
        let ended = server.ended()?;
        if ended.is_some()
            && let Some(last) = last
        {
            self.past += last.cpu;
            self.gauge = Gauge::Nowhere;
        }
        Ok(ended)
    }

    /// Starts the server again on the same port and data, after it has ended. Once it listens,
    /// [`Subject::is_up`] returns true.
    pub(crate) fn start_again(&mut self) -> Result<()> {
        let Kind::Local { recipe, server, address } = &mut self.kind else {
            bail!("only a server that was started here can be started again");
        };
        *server = recipe.spawn(address.port())?;
        self.gauge = Gauge::process(server.pid());
        Ok(())
    }

    /// Whether it has printed its address.
    ///
    /// # Errors
    /// If it ended, or did not print its address in time.
    pub(crate) fn is_up(&mut self) -> Result<bool> {
        match &mut self.kind {
            Kind::Local { server, .. } => Ok(server.poll_address()?.is_some()),
            Kind::Remote(_) => Ok(true),
        }
    }

    /// Ends a server that was started here, and removes its data unless it `keeps` them. Returns what a
    /// person should know about it.
    pub(crate) fn end(self, keeps: bool) -> Result<Option<String>> {
        let Kind::Local { recipe, mut server, .. } = self.kind else { return Ok(None) };
        let killed = server.ended()?.is_none() && server.stop()?.is_none();
        if keeps {
            return Ok(Some(format!(
                "the server's data and log are kept in {}",
                recipe.dir.display()
            )));
        }
        std::fs::remove_dir_all(&recipe.dir)
            .with_context(|| format!("{} cannot be removed", recipe.dir.display()))?;
        Ok(killed.then(|| "the server did not end after SIGTERM and was killed".to_owned()))
    }
}
