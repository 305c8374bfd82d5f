//! `throng health`: asks the server with this configuration whether it is alive, for containers without
//! another program that could ask.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use crate::config::Config;

/// The longest time of each step.
const PATIENCE: Duration = Duration::from_secs(3);

const REQUEST: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// The longest status line.
const LINE_BYTES_MAX: u64 = 256;

/// Why a server is not healthy.
#[derive(Debug, thiserror::Error)]
pub enum Unhealthy {
    /// There is no answer.
    #[error("no answer from {address}: {error}")]
    Silent {
        /// Where the server should be.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
    /// The answer is another one.
    #[error("{address} answers {status:?}")]
    Other {
        /// Where the server should be.
        address: SocketAddr,
        /// The status line.
        status: String,
    },
}

/// Asks the server on the configured address of this machine.
///
/// # Errors
/// When it does not answer, or does not answer that it is well.
pub fn check(config: &Config) -> Result<(), Unhealthy> {
    let address = reachable(config.listen);
    let status = ask(address).map_err(|error| Unhealthy::Silent { address, error })?;
    match status.split(' ').nth(1) {
        Some("200") => Ok(()),
        _ => Err(Unhealthy::Other { address, status }),
    }
}

fn ask(address: SocketAddr) -> io::Result<String> {
    let mut socket = TcpStream::connect_timeout(&address, PATIENCE)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    socket.write_all(REQUEST)?;
    let mut answer = Vec::new();
    socket.take(LINE_BYTES_MAX).read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer);
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}

/// The unspecified address is reached over loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
