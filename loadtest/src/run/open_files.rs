//! How many clients this machine allows: each takes an open file here and one in the server.

use anyhow::{Result, bail};
use rustix::process::{Resource, getrlimit};

use crate::units;

/// Open files besides the clients': this program's own, and in the server the log, the listener, and its
/// reserve.
const OWN_FILES: u64 = 100;
const SERVER_FILES: u64 = 500;

/// An error if more clients are wanted than can be connected: with fewer, this would be another run than the
/// one asked for. A server that is `started` here has the same limit as this program.
pub(crate) fn fits(clients: u32, started: bool) -> Result<()> {
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let kept = if started { SERVER_FILES } else { OWN_FILES };
    let needed = u64::from(clients) + kept;
    if needed <= limit {
        return Ok(());
    }
    let clients = units::counted(clients.into(), "client");
    let way = match limit.saturating_sub(kept) {
        0 => String::new(),
        most => format!(", or let fewer come with --clients {most}"),
    };
    bail!(
        "{clients} and what else is open take {needed} open files, and `ulimit -n` allows {limit}: \
         raise it with `ulimit -n {needed}` (as root, or LimitNOFILE of systemd){way}"
    )
}
