//! How many clients this machine allows: each takes an open file here, and one in the server.

use rustix::process::{Resource, getrlimit};

/// Files that are no clients: the program's own, and in the server the log, the listener, and
/// what it keeps free for them.
const OWN_FILES: u64 = 100;
const SERVER_FILES: u64 = 500;

/// The most clients; a server that is `started` here has the same limit as this program.
pub(crate) fn most_clients(started: bool) -> u32 {
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let kept = if started { SERVER_FILES } else { OWN_FILES };
    u32::try_from(limit.saturating_sub(kept)).unwrap_or(u32::MAX).max(1)
}
