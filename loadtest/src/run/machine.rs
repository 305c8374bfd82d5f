//! The machine of a run, for the record.

use anyhow::{Context, Result};
use rustix::process::{Resource, getrlimit};

use crate::record::Machine;

/// Reads /proc.
pub(super) fn look() -> Result<Machine> {
    let processors = std::thread::available_parallelism().context("the processors are unknown")?;
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    Ok(Machine {
        processors: u32::try_from(processors.get()).unwrap_or(u32::MAX),
        processor: value_of(&read("/proc/cpuinfo"), "model name").unwrap_or_default(),
        memory: value_of(&read("/proc/meminfo"), "MemTotal")
            .and_then(|words| words.strip_suffix(" kB")?.trim().parse::<u64>().ok())
            .map_or(0, |kilobytes| kilobytes * 1024),
        kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
        open_files_max: getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX),
        listen_backlog_max: read("/proc/sys/net/core/somaxconn").trim().parse().unwrap_or(0),
    })
}

/// The value of the first `name : value` line.
fn value_of(text: &str, name: &str) -> Option<String> {
    let mut lines = text.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::look;

    #[test]
    fn this_machine_has_processors_and_memory() {
        let machine = look().expect("a machine");
        assert!(machine.processors > 0 && machine.memory > 1 << 20, "{machine:?}");
        assert!(machine.listen_backlog_max > 0 && !machine.kernel.is_empty(), "{machine:?}");
    }
}
