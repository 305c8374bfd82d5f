//! A proxy between clients and a server that does to connections what networks do: on the test's command, or
//! at random by a seed.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use self::network_faults::{Fate, Gusts};

pub use self::network_faults::Weather;

mod network_faults;

#[cfg(test)]
mod tests;

/// A running proxy. Dropping it cuts its connections and accepts no others.
pub struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    server: SocketAddr,
    weather: Weather,
    seed: u64,
    line: Mutex<Line>,
    /// Wakes threads that hold bytes back.
    changed: Condvar,
}

/// What the test's commands have set.
#[derive(Default)]
struct Line {
    /// The open connections by number: the client's socket and the server's.
    open: BTreeMap<u64, [TcpStream; 2]>,
    /// How many connections came so far; the next one gets this number.
    asked: u64,
    is_refusing: bool,
    is_held: bool,
    /// On connections with lower numbers, everything from the server is lost.
    mute_before: u64,
    is_calm: bool,
    cuts: u64,
    is_over: bool,
}

impl Proxy {
    /// Forwards everything to the server until another method says otherwise.
    pub fn to(server: SocketAddr) -> Self {
        Self::stormy(server, Weather::default(), 0)
    }

    /// Breaks connections as the weather and the seed say. What a thread does with the next bytes is derived
    /// from the seed and the number of the connection, so a failure can be repeated (as far as the machine's
    /// timing allows).
    pub fn stormy(server: SocketAddr, weather: Weather, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (line, changed) = Default::default();
        let state = Arc::new(State { server, weather, seed, line, changed });
        let accepting = Arc::clone(&state);
        thread::spawn(move || accept(&accepting, &listener));
        Self { address, state }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The WebSocket URL of the proxy.
    pub fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// Cuts all connections; accepts new ones.
    pub fn cut(&self) {
        self.state.cut(&mut self.state.line());
    }

    /// Cuts all connections, and new ones at once, until [`Proxy::accept`].
    pub fn refuse(&self) {
        let mut line = self.state.line();
        line.is_refusing = true;
        self.state.cut(&mut line);
    }

    /// Accepts new connections again.
    pub fn accept(&self) {
        self.state.line().is_refusing = false;
    }

    /// Holds all bytes back in both directions, like a line that goes silent: neither side notices, and
    /// nothing is lost. [`Proxy::release`] ends it.
    pub fn hold(&self) {
        self.state.line().is_held = true;
    }

    /// Forwards everything again, first what was held back.
    pub fn release(&self) {
        self.state.line().is_held = false;
        self.state.changed.notify_all();
    }

    /// Loses everything that the server sends on the open connections. What clients send arrives.
    pub fn mute(&self) {
        let mut line = self.state.line();
        line.mute_before = line.asked;
    }

    /// Ends the weather: from now on everything is forwarded, on new connections too.
    pub fn calm(&self) {
        self.state.line().is_calm = true;
    }

    /// How often the weather cut a connection or made it mute.
    pub fn cuts(&self) -> u64 {
        self.state.line().cuts
    }

    /// How many connections came so far.
    pub fn asked(&self) -> u64 {
        self.state.line().asked
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let mut line = self.state.line();
        line.is_over = true;
        self.state.cut(&mut line);
        drop(line);
        // Wakes the accept loop, which then ends.
        let _ = TcpStream::connect(self.address);
    }
}

fn accept(state: &Arc<State>, listener: &TcpListener) {
    for client in listener.incoming().flatten() {
        let number = {
            let mut line = state.line();
            if line.is_over {
                return;
            }
            line.asked += 1;
            if line.is_refusing {
                continue;
            }
            line.asked - 1
        };
        // The server may be dead right now; then the connection ends too.
        let Ok(server) = TcpStream::connect(state.server) else { continue };
        state.open(number, client, server);
    }
}

impl State {
    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cut(&self, line: &mut Line) {
        for (_, sides) in std::mem::take(&mut line.open) {
            end(&sides);
        }
        self.changed.notify_all();
    }

    fn open(self: &Arc<Self>, number: u64, client: TcpStream, server: TcpStream) {
        let sides = [&client, &server].map(|side| side.try_clone().expect("a socket"));
        let mut line = self.line();
        if line.is_refusing || line.is_over {
            return end(&sides);
        }
        line.open.insert(number, sides);
        drop(line);
        let back = [&server, &client].map(|side| side.try_clone().expect("a socket"));
        self.pass(number, false, [client, server]);
        self.pass(number, true, back);
    }

    fn pass(self: &Arc<Self>, number: u64, is_answer: bool, [mut from, mut to]: [TcpStream; 2]) {
        let state = Arc::clone(self);
        let gusts = Gusts::new(self.weather, self.seed, number * 2 + u64::from(is_answer));
        thread::spawn(move || {
            // An error ends the connection like its normal end.
            let _ = state.copy(number, is_answer, gusts, &mut from, &mut to);
            state.line().open.remove(&number);
            end(&[from, to]);
        });
    }

    fn copy(
        &self,
        number: u64,
        is_answer: bool,
        mut gusts: Gusts,
        from: &mut TcpStream,
        to: &mut TcpStream,
    ) -> io::Result<()> {
        to.set_nodelay(true)?;
        let mut buffer = [0; 2_048];
        let mut is_mute = false;
        loop {
            let read = from.read(&mut buffer)?;
            if read == 0 {
                return Ok(());
            }
            let is_calm = {
                let line = self.line();
                let is_held = |line: &mut Line| line.is_held && line.open.contains_key(&number);
                let line = self.changed.wait_while(line, is_held);
                let line = line.unwrap_or_else(PoisonError::into_inner);
                is_mute |= is_answer && number < line.mute_before;
                line.is_calm
            };
            if is_mute {
                continue;
            }
            match gusts.write(&buffer[..read], to, is_calm)? {
                Fate::Passed => {}
                Fate::Mute => {
                    self.line().cuts += 1;
                    is_mute = true;
                }
                Fate::Cut => {
                    self.line().cuts += 1;
                    return Ok(());
                }
            }
        }
    }
}

fn end(sides: &[TcpStream; 2]) {
    // Fails only if the connection has already ended.
    sides.iter().for_each(|side| drop(side.shutdown(Shutdown::Both)));
}
