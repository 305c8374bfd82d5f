//! Files: whose they are, how many may be open, and so how many connections there may be.

use rustix::fs::Mode;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit, umask};

/// What the server itself needs: the log's files, listeners, epoll and stderr; 64 connections that
/// are being refused and 64 that look at the metrics.
const OWN: u64 = 192;

/// Makes every file that the process creates its owner's alone. What people said is not for other
/// users of the machine.
pub(crate) fn keep_private() {
    umask(Mode::RWXG | Mode::RWXO);
}

/// Raises the soft limit of open files to the hard one, and returns how many connections that
/// allows.
pub(crate) fn raise() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let open = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    // No limit at all means as many as the kernel has memory for.
    usize::try_from(open.unwrap_or(1 << 20).saturating_sub(OWN)).unwrap_or(usize::MAX).max(1)
}
