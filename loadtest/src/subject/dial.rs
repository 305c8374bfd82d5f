//! The first contact with a running server. A name may have several addresses, and the server may listen on
//! any of them: `localhost` is often both `::1` and `127.0.0.1`.

use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// All addresses of `host:port`, in the resolver's order.
pub(super) fn resolve(host: &str) -> Result<Vec<SocketAddr>> {
    let addresses: Vec<SocketAddr> =
        host.to_socket_addrs().with_context(|| format!("{host} cannot be resolved"))?.collect();
    if addresses.is_empty() {
        bail!("{host} has no address");
    }
    Ok(addresses)
}

/// Connects to the first address that answers, each within `patience`.
///
/// # Errors
/// If none answers, with the error of each.
pub(super) fn first(
    addresses: &[SocketAddr],
    patience: Duration,
) -> Result<(TcpStream, SocketAddr)> {
    let mut refusals = Vec::new();
    for address in addresses {
        match TcpStream::connect_timeout(address, patience) {
            Ok(socket) => return Ok((socket, *address)),
            Err(error) => refusals.push(format!("{address}: {error}")),
        }
    }
    bail!("{}", refusals.join("; "))
}

#[cfg(test)]
mod tests {
    use std::net::{SocketAddr, TcpListener};
    use std::time::Duration;

    use super::{first, resolve};

    const PATIENCE: Duration = Duration::from_secs(5);

    fn closed() -> SocketAddr {
        TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port")
    }

    #[test]
    fn the_first_address_that_answers_is_taken() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let open = listener.local_addr().expect("its address");
        let (_, found) = first(&[closed(), open, closed()], PATIENCE).expect("one answers");
        assert_eq!(found, open);
    }

    #[test]
    fn where_none_answers_each_is_named() {
        let (one, other) = (closed(), closed());
        let error = first(&[one, other], PATIENCE).expect_err("nobody").to_string();
        assert!(error.contains(&one.to_string()) && error.contains(&other.to_string()), "{error}");
    }

    #[test]
    fn a_name_has_all_its_addresses() {
        assert_eq!(resolve("127.0.0.1:90").expect("an address").len(), 1);
        assert!(!resolve("localhost:90").expect("a name").is_empty());
        assert!(resolve("127.0.0.1:http").is_err());
    }
}
