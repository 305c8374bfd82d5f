//! What a process uses, from /proc (proc(5)).

use std::time::Duration;

use anyhow::{Context, Result};

/// How many ticks of /proc/PID/stat make a second: `USER_HZ`, 100 on every Linux that Rust runs on.
const TICKS_PER_SECOND: u32 = 100;

/// Memory of a process, in bytes.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct Memory {
    /// All that is resident, the program's own pages included.
    pub(crate) resident: u64,
    /// Resident pages that belong to no file: heap and stacks.
    pub(crate) anonymous: u64,
}

/// The processor time that a process has used so far, in user and kernel mode, by all its threads.
pub(crate) fn cpu(pid: u32) -> Result<Duration> {
    let path = format!("/proc/{pid}/stat");
    let stat = std::fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))?;
    cpu_of(&stat).with_context(|| format!("{path} has an unknown form: {stat:?}"))
}

/// The memory that a process uses now.
pub(crate) fn memory(pid: u32) -> Result<Memory> {
    let path = format!("/proc/{pid}/smaps_rollup");
    let text = std::fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))?;
    let field = |name| kilobytes(&text, name).with_context(|| format!("{path} has no {name}"));
    Ok(Memory { resident: field("Rss:")? * 1024, anonymous: field("Anonymous:")? * 1024 })
}

/// The processor time that all programs of the machine have used so far.
pub(crate) fn machine_cpu() -> Result<Duration> {
    let stat = std::fs::read_to_string("/proc/stat").context("/proc/stat cannot be read")?;
    busy_of(&stat).context("/proc/stat has an unknown form")
}

/// How many connections have found a listen queue full so far, on the whole machine.
pub(crate) fn listen_overflows() -> Result<u64> {
    let path = "/proc/net/netstat";
    let text = std::fs::read_to_string(path).with_context(|| format!("{path} cannot be read"))?;
    overflows_of(&text).with_context(|| format!("{path} has no ListenOverflows"))
}

/// A line of names, then a line of their values.
fn overflows_of(netstat: &str) -> Option<u64> {
    let mut lines = netstat.lines().filter(|line| line.starts_with("TcpExt:"));
    let (names, values) = (lines.next()?, lines.next()?);
    let (_, value) = names
        .split_ascii_whitespace()
        .zip(values.split_ascii_whitespace())
        .find(|(name, _)| *name == "ListenOverflows")?;
    value.parse().ok()
}

/// All of the first line but the fourth and the fifth field, which are idle and waiting.
fn busy_of(stat: &str) -> Option<Duration> {
    let ticks: u32 = stat
        .lines()
        .next()?
        .split_ascii_whitespace()
        .skip(1)
        .take(8)
        .zip(1..)
        .filter(|(_, field)| *field != 4 && *field != 5)
        .filter_map(|(ticks, _)| ticks.parse::<u32>().ok())
        .sum();
    Some(Duration::from_secs(1) * ticks / TICKS_PER_SECOND)
}

/// Fields 14 and 15. The name of the program comes before, in brackets, and may hold anything.
fn cpu_of(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some(Duration::from_secs(1) * (user + system) / TICKS_PER_SECOND)
}

fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{busy_of, cpu_of, kilobytes, memory, overflows_of};

    #[test]
    fn a_name_with_brackets_does_not_shift_the_fields() {
        let stat = "42 (a ) b) S 1 1 1 0 -1 4194560 9 0 0 0 150 50 0 0 20 0 1 0 7 0 0";
        assert_eq!(cpu_of(stat), Some(Duration::from_secs(2)));
    }

    #[test]
    fn the_machine_is_busy_with_all_but_idling() {
        let stat = "cpu  100 20 30 9999 9999 40 5 5 0 0\ncpu0 1 1\n";
        assert_eq!(busy_of(stat), Some(Duration::from_secs(2)));
    }

    #[test]
    fn overflows_are_found_by_name() {
        let netstat = "TcpExt: A ListenOverflows B\nTcpExt: 1 23 4\nIpExt: X\nIpExt: 9\n";
        assert_eq!(overflows_of(netstat), Some(23));
    }

    #[test]
    fn memory_is_read_in_bytes() {
        assert_eq!(kilobytes("Rss:      10 kB\nPss: 3 kB\n", "Pss:"), Some(3));
        assert!(memory(std::process::id()).expect("our own").resident > 100_000);
    }
}
