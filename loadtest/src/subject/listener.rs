//! Which process listens on an address of this machine: the listening socket's inode stands in
//! /proc/net/tcp and tcp6, and among the open files of its process (proc(5)).

use std::net::SocketAddr;
use std::path::Path;

/// The state LISTEN in /proc/net/tcp.
const LISTEN: &str = "0A";

/// The process, where it can be seen: a loopback address, and a process of ours, or of anybody for
/// root.
pub(super) fn find(address: SocketAddr) -> Option<u32> {
    if !address.ip().to_canonical().is_loopback() {
        return None;
    }
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"];
    let texts: Vec<String> =
        tables.iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    let inode = texts.iter().find_map(|text| inode_of(text, address.port()))?;
    let target = format!("socket:[{inode}]");
    let processes = std::fs::read_dir("/proc").ok()?.flatten();
    processes
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .find(|pid| holds(*pid, &target))
}

/// Fields: number, local address, remote address, state, …, inode as the tenth.
fn inode_of(table: &str, port: u16) -> Option<u64> {
    let wanted = format!(":{port:04X}");
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let listens = fields.get(3)? == &LISTEN && fields.get(1)?.ends_with(&wanted);
        listens.then(|| fields.get(9)?.parse().ok())?
    })
}

fn holds(pid: u32, target: &str) -> bool {
    let Ok(files) = std::fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    files
        .flatten()
        .any(|file| std::fs::read_link(file.path()).is_ok_and(|link| link == Path::new(target)))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::find;

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
