//! Where a server's processor time and memory are read. If they cannot be read, the figures are absent.

use std::fmt;
use std::net::SocketAddr;

use anyhow::Result;

use super::listener;
use super::metrics::Metrics;
use crate::usage::{self, Memory, Reading};

/// A way to read a server's usage.
pub(super) enum Gauge {
    /// A process on this machine.
    Process(u32),
    /// A page with the standard metrics of a process.
    Metrics(Metrics),
    /// None.
    Nowhere,
}

impl Gauge {
    pub(super) fn process(pid: u32) -> Self {
        if usage::reading(pid).is_ok() { Self::Process(pid) } else { Self::Nowhere }
    }

    /// Reads the page once, before the run depends on it.
    pub(super) fn metrics(page: &str) -> Result<Self> {
        Ok(Self::Metrics(Metrics::start(page)?))
    }

    /// The process that listens at this address, if that is on this machine and may be read.
    pub(super) fn of_listener(address: SocketAddr) -> Self {
        listener::find(address).map_or(Self::Nowhere, Self::process)
    }

    pub(super) fn is_process(&self) -> bool {
        matches!(self, Self::Process(_))
    }

    pub(super) fn reading(&self) -> Option<Reading> {
        match self {
            Self::Process(pid) => usage::reading(*pid).ok(),
            Self::Metrics(metrics) => metrics.latest(),
            Self::Nowhere => None,
        }
    }

    pub(super) fn memory(&self) -> Option<Memory> {
        match self {
            Self::Process(pid) => usage::memory(*pid).ok(),
            Self::Metrics(_) | Self::Nowhere => None,
        }
    }
}

impl fmt::Display for Gauge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process(_) => f.write_str("/proc"),
            Self::Metrics(metrics) => write!(f, "{}", metrics.page()),
            Self::Nowhere => f.write_str("nowhere (name its process with --pid, or --metrics-url)"),
        }
    }
}
