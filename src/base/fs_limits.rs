//! What the process asks the system for: private files, and how many may be open.

use rlimit::{INFINITY, Resource, increase_nofile_limit};
use rustix::fs::Mode;
use rustix::process::umask;

/// What the server itself needs: the log's files, listeners, epoll and stderr; 64 connections that
/// are being refused, 64 that look at the metrics, and 8 of administrators.
const OWN: u64 = 192;

/// Makes every file that the process creates private to its owner: other users of the machine must not read
/// people's messages.
pub(crate) fn keep_private() {
    umask(Mode::RWXG | Mode::RWXO);
}

/// Raises the soft limit of open files to the hard one, and returns how many connections that allows.
pub(crate) fn raise() -> usize {
    let open = match increase_nofile_limit(INFINITY).or_else(|_| Resource::NOFILE.get_soft()) {
        // Without a limit, the kernel's memory is the limit.
        Ok(INFINITY) | Err(_) => 1 << 20,
        Ok(open) => open,
    };
    usize::try_from(open.saturating_sub(OWN)).unwrap_or(usize::MAX).max(1)
}
