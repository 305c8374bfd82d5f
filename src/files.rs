//! Open files: how many the system allows, and so how many connections.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What the server itself needs: the log's files and threads, listeners, epoll, stderr, and
/// connections that are refused or serve a page.
const OWN: u64 = 128;

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
