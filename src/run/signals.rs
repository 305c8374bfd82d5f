//! Signals: the ones that end the server, and the ones that must not.

use std::io;
use std::time::{Duration, Instant};

use async_signal::{Signal, Signals as Stream};
use futures::StreamExt;
use tracing::info;

/// A second signal within this time counts as the same one: Ctrl-C reaches the server from the terminal, and
/// again from the program that started it.
const SAME: Duration = Duration::from_secs(1);

/// The signals of this process. They are caught before anything else, so that none of them ends it.
pub(super) struct Signals {
    taken: Stream,
    /// Caught and never read: with the handler, a write beyond the limit of file sizes fails like one on a
    /// full disk, instead of ending the process (setrlimit(2), RLIMIT_FSIZE).
    _file_size: Stream,
    has_terminal: bool,
}

impl Signals {
    /// # Errors
    /// Those of the system.
    pub(super) fn take() -> io::Result<Self> {
        use Signal::{Alarm, Hup, Int, Quit, Term, Usr1, Usr2, Xfsz};
        let mut taken = Stream::new([Term, Int, Quit, Usr1, Usr2, Alarm])?;
        if !is_hangup_ignored() {
            taken.add_signals([Hup])?;
        }
        Ok(Self { taken, _file_size: Stream::new([Xfsz])?, has_terminal: has_terminal() })
    }

    /// Returns at a signal that asks the server to end.
    pub(super) async fn end(&mut self) {
        loop {
            match self.next().await {
                Signal::Term | Signal::Int | Signal::Quit => return,
                Signal::Hup if self.has_terminal => return,
                Signal::Hup => info!(
                    "SIGHUP: nothing was reloaded; the configuration is read at the start alone"
                ),
                signal => note(signal),
            }
        }
    }

    /// Returns at a signal that asks a draining server to end at once. A terminal that is closed meanwhile
    /// does not count.
    pub(super) async fn end_again(&mut self) {
        let first = Instant::now();
        loop {
            match self.next().await {
                Signal::Term | Signal::Int | Signal::Quit if first.elapsed() >= SAME => return,
                signal => note(signal),
            }
        }
    }

    async fn next(&mut self) -> Signal {
        loop {
            // The stream has no end. A failed read is repeated.
            if let Some(Ok(signal)) = self.taken.next().await {
                return signal;
            }
        }
    }
}

fn note(signal: Signal) {
    info!(?signal, "a signal was ignored");
}

/// Whether the process has a controlling terminal (tty(4)), which sends SIGHUP when it is closed.
fn has_terminal() -> bool {
    std::fs::File::open("/dev/tty").is_ok()
}

/// Whether the process was started with SIGHUP ignored, as nohup(1) does. It stays so.
fn is_hangup_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    ignores_hangup(&status)
}

/// Reads the mask of ignored signals (proc_pid_status(5)): SIGHUP is the lowest bit.
fn ignores_hangup(status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::ignores_hangup;

    #[test]
    fn the_mask_of_ignored_signals_tells_of_nohup() {
        assert!(ignores_hangup("Name:\tthrong\nSigIgn:\t0000000000001001\nSigCgt:\t0\n"));
        assert!(!ignores_hangup("SigIgn:\t0000000000001000\nSigCgt:\t0000000000000001\n"));
        assert!(!ignores_hangup("SigIgn:\tx\n") && !ignores_hangup(""));
    }
}
