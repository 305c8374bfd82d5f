//! The basis of the tests: programs that are started, clients that read like a script, a proxy that breaks
//! connections, and raw sockets for what no client would send.
//!
//! `README.md` says how to write a test with it.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

pub mod client;
pub mod clock;
pub mod crowd;
pub mod cursor;
pub mod http;
pub mod http_stub;
pub mod jwt;
pub mod lines;
pub mod metrics;
pub mod process;
pub mod program;
pub mod proxy;
pub mod raw;
pub mod server;
pub mod setup;
pub mod wire;

/// How long a test waits for something that must come. Only a failing test waits this long: a machine that is
/// busy with other things must never make a test fail.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A second address of this machine, for the limits per address.
pub const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// A new random cid.
pub fn fresh_cid() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// Random numbers with which a failure can be repeated: the seed is printed, and `BLACKBOX_SEED` sets it.
pub fn seeded() -> fastrand::Rng {
    let seed = match std::env::var("BLACKBOX_SEED") {
        Ok(text) => text.parse().expect("BLACKBOX_SEED must be an integer"),
        Err(_) => fastrand::u64(..),
    };
    println!("run this again with BLACKBOX_SEED={seed}");
    fastrand::Rng::with_seed(seed)
}

/// Checks again and again until it is true. For what the server does without announcing it.
///
/// The pause between two checks only saves CPU time; the result does not depend on it.
pub fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "after {PATIENCE:?} still not so: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
