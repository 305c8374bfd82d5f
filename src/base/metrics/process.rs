//! The resource usage of this process, under the names that Prometheus clients agree on, so that existing
//! dashboards and the load tester find it. Read from /proc at each scrape.
//!
//! A value that cannot be read is left out, never shown as 0.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use rustix::param::page_size;
use rustix::process::{Resource, getrlimit};
use rustix::time::{ClockId, clock_gettime};

/// Collects the figures of this process.
#[derive(Debug)]
pub(super) struct Process;

impl Collector for Process {
    fn encode(&self, mut to: DescriptorEncoder<'_>) -> fmt::Result {
        let cpu = ConstCounter::new(cpu_seconds());
        let help = "Processor time used, in user and kernel mode";
        put(&mut to, "process_cpu_seconds", help, &cpu)?;
        let gauges = [
            ("process_resident_memory_bytes", "Resident memory of the process", resident_bytes()),
            ("process_threads", "Threads of the process", entries("/proc/self/task")),
            ("process_open_fds", "Open file descriptors", open_files()),
            ("process_max_fds", "The most file descriptors that may be open", open_files_max()),
        ];
        for (name, help, value) in gauges {
            if let Some(value) = value.and_then(|value| i64::try_from(value).ok()) {
                put(&mut to, name, help, &ConstGauge::new(value))?;
            }
        }
        Ok(())
    }
}

fn put(
    to: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    metric: &impl EncodeMetric,
) -> fmt::Result {
    let encoder = to.encode_descriptor(name, help, None, metric.metric_type())?;
    metric.encode(encoder)
}

#[expect(clippy::cast_precision_loss, reason = "exact for 285 years")]
fn cpu_seconds() -> f64 {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    used.tv_sec as f64 + used.tv_nsec as f64 / 1e9
}

/// The second field of statm (proc_pid_statm(5)), in pages.
pub(crate) fn resident_bytes() -> Option<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(pages * page_size() as u64)
}

/// Since Linux 6.2 the size of the directory is the count; before that it is 0 (proc_pid_fd(5)). Ten thousand
/// entries are only counted if they must be.
fn open_files() -> Option<u64> {
    let fds = "/proc/self/fd";
    let told = std::fs::metadata(fds).ok()?.len();
    if told > 0 { Some(told) } else { entries(fds) }
}

fn open_files_max() -> Option<u64> {
    getrlimit(Resource::Nofile).current
}

fn entries(directory: &str) -> Option<u64> {
    Some(std::fs::read_dir(directory).ok()?.count() as u64)
}
