//! The processor time of a span: of the server, of this program, and of all others.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::record::Usage;
use crate::subject::Subject;
use crate::usage::{self, Reading};

/// All running totals at a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meter {
    at: Instant,
    server: Option<Reading>,
    /// Whether the server's processor time is part of this machine's.
    beside: bool,
    own: Reading,
    machine: Duration,
    overflows: u64,
}

/// What was used between two moments.
#[derive(Clone, Copy, Debug)]
pub(super) struct Used {
    pub(super) seconds: f64,
    pub(super) server: Option<Usage>,
    pub(super) generator: Usage,
    pub(super) server_cpu: Option<Duration>,
    pub(super) generator_cpu: Duration,
    pub(super) other_processors: f64,
    /// Connections that found a listen queue full, on the whole machine.
    pub(super) overflows: u64,
}

impl Meter {
    pub(super) fn read(subject: &Subject) -> Result<Self> {
        Ok(Self {
            at: Instant::now(),
            server: subject.reading(),
            beside: subject.is_beside(),
            own: usage::reading(std::process::id())?,
            machine: usage::machine_cpu()?,
            overflows: usage::listen_overflows()?,
        })
    }

    /// What was used since `before`. While the server restarts, there is none to measure.
    pub(super) fn since(&self, before: &Self) -> Used {
        let seconds = (self.at - before.at).as_secs_f64().max(1e-6);
        let pair = self.server.zip(before.server);
        let server_cpu = pair.map(|(now, then)| now.cpu.saturating_sub(then.cpu));
        let generator_cpu = self.own.cpu.saturating_sub(before.own.cpu);
        let known = generator_cpu + server_cpu.filter(|_| self.beside).unwrap_or_default();
        let others = self.machine.saturating_sub(before.machine).saturating_sub(known);
        Used {
            seconds,
            server: pair.map(|(now, _)| usage_of(now, server_cpu.unwrap_or_default(), seconds)),
            generator: usage_of(self.own, generator_cpu, seconds),
            server_cpu,
            generator_cpu,
            other_processors: others.as_secs_f64() / seconds,
            overflows: self.overflows.saturating_sub(before.overflows),
        }
    }

    /// The server's resident memory.
    pub(super) fn resident(&self) -> Option<u64> {
        self.server.map(|server| server.resident)
    }
}

fn usage_of(now: Reading, cpu: Duration, seconds: f64) -> Usage {
    let Reading { resident, threads, open_files, .. } = now;
    Usage { processors: cpu.as_secs_f64() / seconds, resident, threads, open_files }
}
