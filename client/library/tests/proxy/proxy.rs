//! A proxy that cuts, delays, splits and stalls what goes through it, at random by seed.
//!
//! Each connection has two threads, one for each direction. What a thread does with the next bytes
//! is drawn from the seed and the number of the connection, so a failure can be played again (as
//! far as the machine's timing lets it).

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// What happens to the bytes, in chances of a thousand per piece that is read.
#[derive(Clone, Copy, Default)]
pub(crate) struct Weather {
    pub(crate) cut: u32,
    pub(crate) delay: u32,
    pub(crate) split: u32,
    /// From then on nothing passes in this direction, and nobody is told.
    pub(crate) stall: u32,
}

/// A running proxy. It ends with its listener.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
}

struct State {
    to: SocketAddr,
    weather: Weather,
    seed: u64,
    calm: AtomicBool,
    cuts: AtomicU64,
    ended: AtomicBool,
}

impl Proxy {
    pub(crate) fn start(to: SocketAddr, weather: Weather, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (calm, cuts, ended) = Default::default();
        let state = Arc::new(State { to, weather, seed, calm, cuts, ended });
        let accepting = Arc::clone(&state);
        thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                if accepting.ended.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(client) = stream else { continue };
                // The server may be dead just now: then so is the connection.
                let Ok(server) = TcpStream::connect(accepting.to) else { continue };
                accepting.pass(number as u64 * 2, &client, &server);
                accepting.pass(number as u64 * 2 + 1, &server, &client);
            }
        });
        Self { address, state }
    }

    /// From now on everything passes, on new connections too.
    pub(crate) fn calm(&self) {
        self.state.calm.store(true, Ordering::Relaxed);
    }

    /// How often a connection was cut or stalled.
    pub(crate) fn cuts(&self) -> u64 {
        self.state.cuts.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.ended.store(true, Ordering::Relaxed);
        // Wakes the accept loop, which then ends; what passes still ends with its connections.
        let _ = TcpStream::connect(self.address);
    }
}

impl State {
    fn pass(self: &Arc<Self>, number: u64, from: &TcpStream, to: &TcpStream) {
        let state = Arc::clone(self);
        let rng = fastrand::Rng::with_seed(self.seed.wrapping_mul(1_000_003) ^ number);
        let streams = (from.try_clone().expect("a socket"), to.try_clone().expect("a socket"));
        thread::spawn(move || {
            let (mut from, mut to) = streams;
            // An error is an end like any other here.
            let _ = state.copy(rng, &mut from, &mut to);
            let _ = from.shutdown(Shutdown::Both);
            let _ = to.shutdown(Shutdown::Both);
        });
    }

    fn copy(
        &self,
        mut rng: fastrand::Rng,
        from: &mut TcpStream,
        to: &mut TcpStream,
    ) -> std::io::Result<()> {
        to.set_nodelay(true)?;
        let mut buffer = [0; 2_048];
        let mut stalled = false;
        loop {
            let read = from.read(&mut buffer)?;
            if read == 0 {
                return Ok(());
            }
            let mut bytes = &buffer[..read];
            if stalled {
                continue;
            }
            if !self.calm.load(Ordering::Relaxed) {
                let weather = self.weather;
                if rng.u32(..1_000) < weather.cut {
                    self.cuts.fetch_add(1, Ordering::Relaxed);
                    // Somewhere in a frame, or right before it.
                    to.write_all(&bytes[..rng.usize(..=bytes.len())])?;
                    return Ok(());
                }
                if rng.u32(..1_000) < weather.stall {
                    self.cuts.fetch_add(1, Ordering::Relaxed);
                    stalled = true;
                    continue;
                }
                if rng.u32(..1_000) < weather.delay {
                    thread::sleep(Duration::from_millis(rng.u64(1..20)));
                }
                while rng.u32(..1_000) < weather.split && bytes.len() > 1 {
                    let (first, rest) = bytes.split_at(rng.usize(1..bytes.len()));
                    to.write_all(first)?;
                    thread::yield_now();
                    bytes = rest;
                }
            }
            to.write_all(bytes)?;
        }
    }
}
