//! The resource usage of a process and of the machine, from /proc (proc(5)).

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

/// Ticks of /proc/PID/stat per second: `USER_HZ`, 100 on every Linux that Rust runs on.
const TICKS_PER_SECOND: u64 = 100;

/// The usage of a process: totals so far, and current values.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Reading {
    /// Processor time in user and kernel mode, of all threads.
    pub(crate) cpu: Duration,
    /// Resident memory in bytes.
    pub(crate) resident: u64,
    pub(crate) threads: u64,
    pub(crate) open_files: u64,
}

/// The memory of a process, exact and in bytes: the kernel walks all its pages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// All resident memory, including the program's own pages.
    pub(crate) resident: u64,
    /// Resident pages that belong to no file: heap and stacks.
    pub(crate) anonymous: u64,
}

/// The usage of a process now.
///
/// # Errors
/// If there is no such process, or it belongs to somebody else.
pub(crate) fn reading(pid: u32) -> Result<Reading> {
    let status = read(&format!("/proc/{pid}/status"))?;
    let field = |name| field_of(&status, name).with_context(|| format!("no {name} of {pid}"));
    Ok(Reading {
        cpu: cpu(pid)?,
        // A zombie has no memory.
        resident: field("VmRSS:").unwrap_or(0) * 1024,
        threads: field("Threads:")?,
        open_files: open_files(pid)?,
    })
}

/// The processor time of a process so far, in user and kernel mode, of all its threads.
pub(crate) fn cpu(pid: u32) -> Result<Duration> {
    let path = format!("/proc/{pid}/stat");
    let stat = read(&path)?;
    cpu_of(&stat).with_context(|| format!("{path} has an unknown form: {stat:?}"))
}

/// The memory of a process now.
pub(crate) fn memory(pid: u32) -> Result<Memory> {
    let path = format!("/proc/{pid}/smaps_rollup");
    let text = read(&path)?;
    let field = |name| field_of(&text, name).with_context(|| format!("{path} has no {name}"));
    Ok(Memory { resident: field("Rss:")? * 1024, anonymous: field("Anonymous:")? * 1024 })
}

/// The processor time of all programs on the machine so far.
pub(crate) fn machine_cpu() -> Result<Duration> {
    let stat = read("/proc/stat")?;
    busy_of(&stat).context("/proc/stat has an unknown form")
}

/// How many connections have found a listen queue full so far, on the whole machine.
pub(crate) fn listen_overflows() -> Result<u64> {
    let path = "/proc/net/netstat";
    overflows_of(&read(path)?).with_context(|| format!("{path} has no ListenOverflows"))
}

fn read(path: &str) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{path} cannot be read"))
}

/// Since Linux 6.2 the size of the folder is the count; before that, its entries are counted.
fn open_files(pid: u32) -> Result<u64> {
    let path = format!("/proc/{pid}/fd");
    let folder = Path::new(&path);
    let cannot = || format!("{path} cannot be read: does the process belong to somebody else?");
    match std::fs::metadata(folder).with_context(cannot)?.len() {
        0 => Ok(std::fs::read_dir(folder).with_context(cannot)?.count() as u64),
        size => Ok(size),
    }
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

/// The sum of the first line without the fourth and fifth field, which are idle and waiting.
fn busy_of(stat: &str) -> Option<Duration> {
    let ticks: u64 = stat
        .lines()
        .next()?
        .split_ascii_whitespace()
        .skip(1)
        .take(8)
        .zip(1..)
        .filter(|(_, field)| *field != 4 && *field != 5)
        .filter_map(|(ticks, _)| ticks.parse::<u64>().ok())
        .sum();
    Some(from_ticks(ticks))
}

/// The sum of fields 14 and 15. Before them is the program's name, in parentheses, which may contain
/// anything.
fn cpu_of(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(from_ticks(user + system))
}

fn from_ticks(ticks: u64) -> Duration {
    Duration::from_millis(ticks * (1000 / TICKS_PER_SECOND))
}

/// The number behind a name, whatever its unit.
fn field_of(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{busy_of, cpu_of, field_of, memory, overflows_of, reading};

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
    fn a_process_is_read_as_it_is() {
        assert_eq!(field_of("Rss:      10 kB\nPss: 3 kB\n", "Pss:"), Some(3));
        let own = reading(std::process::id()).expect("our own");
        assert!(memory(std::process::id()).expect("our own").resident > 100_000);
        assert!(own.resident > 100_000 && own.threads >= 1, "{own:?}");
        let file = std::fs::File::open("/proc/self/stat").expect("a file");
        let more = reading(std::process::id()).expect("our own").open_files;
        drop(file);
        assert!(more >= 4, "the standard three and the file: {more}");
        assert!(reading(u32::MAX).is_err());
    }
}
