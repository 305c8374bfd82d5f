//! Which process listens on an address of this machine: the inode of the listening socket is in /proc/net/tcp
//! and tcp6, and among the open files of its process (proc(5)).

use std::net::{IpAddr, SocketAddr};
use std::path::Path;

/// The state LISTEN in /proc/net/tcp.
const LISTEN: &str = "0A";

/// The process, if it can be found: the address is a loopback one, and the process belongs to us, or we are
/// root.
pub(super) fn find(address: SocketAddr) -> Option<u32> {
    let ip = address.ip().to_canonical();
    if !ip.is_loopback() {
        return None;
    }
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"];
    let texts = tables.iter().filter_map(|path| std::fs::read_to_string(path).ok());
    let listeners: Vec<Listener> = texts.flat_map(|text| listeners(&text)).collect();
    let listener = nearest(&listeners, SocketAddr::new(ip, address.port()))?;
    let target = format!("socket:[{}]", listener.inode);
    let processes = std::fs::read_dir("/proc").ok()?.flatten();
    processes
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .find(|pid| holds(*pid, &target))
}

/// A listening socket.
struct Listener {
    address: SocketAddr,
    inode: u64,
}

/// Fields: number, local address, remote address, state, …; the tenth is the inode.
fn listeners(table: &str) -> Vec<Listener> {
    let listener = |line: &str| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let listens = fields.get(3)? == &LISTEN;
        let address = address_of(fields.get(1)?)?;
        listens.then_some(Listener { address, inode: fields.get(9)?.parse().ok()? })
    };
    table.lines().skip(1).filter_map(listener).collect()
}

/// `0100007F:1F90`: the address in 32-bit words in this machine's byte order, and the port.
fn address_of(field: &str) -> Option<SocketAddr> {
    let (ip, port) = field.split_once(':')?;
    let word = |start: usize| u32::from_str_radix(ip.get(start..start + 8)?, 16).ok();
    let words: Vec<[u8; 4]> =
        (0..ip.len()).step_by(8).map_while(word).map(u32::to_ne_bytes).collect();
    let ip = match words.concat().as_slice() {
        &[a, b, c, d] => IpAddr::from([a, b, c, d]),
        bytes => IpAddr::from(<[u8; 16]>::try_from(bytes).ok()?),
    };
    Some(SocketAddr::new(ip.to_canonical(), u16::from_str_radix(port, 16).ok()?))
}

/// The listener that gets connections to this address: the one on this very address, or else one on all
/// addresses.
fn nearest(listeners: &[Listener], address: SocketAddr) -> Option<&Listener> {
    let on_port = || listeners.iter().filter(|it| it.address.port() == address.port());
    let everywhere = |it: &&Listener| {
        let ip = it.address.ip();
        ip.is_unspecified() && (ip.is_ipv6() || address.is_ipv4())
    };
    on_port().find(|it| it.address.ip() == address.ip()).or_else(|| on_port().find(everywhere))
}

fn holds(pid: u32, target: &str) -> bool {
    let Ok(files) = std::fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    files
        .flatten()
        .any(|file| std::fs::read_link(file.path()).is_ok_and(|link| link == Path::new(target)))
}

#[cfg(test)]
mod tests {
    use std::net::{SocketAddr, TcpListener};

    use super::{find, listeners, nearest};

    #[test]
    fn two_servers_on_one_port_are_told_apart() {
        let line = |address: &str, inode: u64| {
            format!(
                " 0: {address} 00000000:0000 0A 00000000:00000000 00:00000000 0 0 0 {inode} 1\n"
            )
        };
        // The fields of a little-endian machine.
        if cfg!(target_endian = "big") {
            return;
        }
        let (v4, v6) = ("0100007F:1F90", "00000000000000000000000001000000:1F90");
        let table = format!("head\n{}{}", line(v4, 4), line(v6, 6));
        let found = |table: &str, address: &str| {
            let address: SocketAddr = address.parse().expect("an address");
            nearest(&listeners(table), address).map(|it| it.inode)
        };
        assert_eq!(found(&table, "127.0.0.1:8080"), Some(4));
        assert_eq!(found(&table, "[::1]:8080"), Some(6));
        assert_eq!(found(&table, "127.0.0.2:8080"), None);
        assert_eq!(found(&table, "127.0.0.1:8081"), None);
        let all = format!("head\n{}{}", line("00000000:1F90", 1), line(v4, 4));
        assert_eq!(found(&all, "127.0.0.1:8080"), Some(4));
        assert_eq!(found(&all, "127.0.0.2:8080"), Some(1));
        assert_eq!(found(&all, "[::1]:8080"), None);
        let dual = format!("head\n{}", line("00000000000000000000000000000000:1F90", 9));
        assert_eq!(found(&dual, "127.0.0.1:8080"), Some(9));
    }

    #[test]
    fn our_own_listener_is_found_and_nobody_elses() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        assert_eq!(find(address), Some(std::process::id()));
        drop(listener);
        assert_ne!(find(address), Some(std::process::id()));
        assert_eq!(find("192.0.2.1:80".parse().expect("an address")), None);
    }
}
