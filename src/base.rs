//! The basis of everything: clocks, rates, tasks, metrics, limits of the system.

pub(crate) mod clock_watch;
pub(crate) mod drain_signal;
pub(crate) mod fs_limits;
pub(crate) mod metrics;
pub(crate) mod rate_limit;
pub(crate) mod tasks;
