//! A separate server for each test, on a free port, with a data directory that is removed afterwards.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use rustix::process::Signal;
use tempfile::TempDir;

use crate::client::Client;
use crate::metrics::Metrics;
use crate::process::Process;
use crate::setup::Setup;
use crate::wire::Wire;

/// A running server and its data directory, which outlives a restart.
pub struct Server {
    process: Process,
    setup: Setup,
    address: SocketAddr,
    metrics: Option<SocketAddr>,
    printed: Vec<String>,
    home: TempDir,
}

impl Server {
    /// Starts a server that trusts this machine: no limits per address, no rate limits.
    pub fn start() -> Self {
        Self::setup().start()
    }

    /// The same with these flags, to be started by the caller.
    pub fn with(flags: impl IntoIterator<Item = impl AsRef<str>>) -> Setup {
        Self::setup().with(flags)
    }

    /// The same, to be set up and started by the caller.
    pub fn setup() -> Setup {
        Self::strict().with(["--trust", "127.0.0.0/8"])
    }

    /// A server that trusts no address, to be set up and started by the caller.
    pub fn strict() -> Setup {
        Setup::default()
    }

    pub(crate) fn start_from(setup: Setup) -> Self {
        raise_nofile();
        let home = TempDir::new().expect("a temporary directory");
        let mut process = setup.spawn(home.path(), (Ipv4Addr::LOCALHOST, 0).into());
        let greeting = process.greeting();
        let (address, metrics, printed) = (greeting.address, greeting.metrics, greeting.lines);
        Self { process, setup, address, metrics, printed, home }
    }

    /// Starts the server again after its end, on the same port and data directory.
    pub fn restart(&mut self) {
        let mut process = self.setup.spawn(self.home.path(), self.address);
        let greeting = process.greeting();
        assert_eq!(greeting.address, self.address, "it listens where it did before");
        (self.process, self.metrics, self.printed) = (process, greeting.metrics, greeting.lines);
    }

    /// Starts another server on the same port and data directory, without waiting for it.
    pub fn start_next(&mut self, flags: &[&str]) -> Process {
        self.setup.add(flags);
        self.setup.spawn(self.home.path(), self.address)
    }

    /// Adds flags to those of the next start.
    pub fn add_flags(&mut self, flags: &[&str]) {
        self.setup.add(flags);
    }

    /// Kills the server, which is as close to a power cut as a process gets.
    pub fn kill9(&mut self) {
        self.process.kill9();
    }

    /// Asks the server to drain.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Asks the server to drain, and waits for its end.
    pub fn stop(&mut self) -> ExitStatus {
        self.terminate();
        self.wait_exit()
    }

    /// Asks the server to drain, if it is still running.
    pub fn terminate_if_running(&mut self) {
        if !self.has_ended() {
            self.terminate();
        }
    }

    pub fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    pub fn signal(&self, signal: Signal) {
        self.process.signal(signal);
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    pub fn wait_exit(&mut self) -> ExitStatus {
        self.process.wait()
    }

    pub fn has_ended(&mut self) -> bool {
        self.process.has_ended()
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The WebSocket URL: `ws://127.0.0.1:40123`.
    pub fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// The lines that the server printed when it was ready.
    pub fn printed(&self) -> &[String] {
        &self.printed
    }

    /// Waits for a line that the server prints later, and contains these words.
    pub fn prints(&mut self, words: &str) -> String {
        self.process.prints(words)
    }

    /// What a server that has ended printed after it was ready.
    pub fn printed_later(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.process.line()).collect()
    }

    /// The server's own directory, which is removed with it. Tests may put files there.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    pub fn data_dir(&self) -> PathBuf {
        self.home.path().join("data")
    }

    pub fn log(&self) -> String {
        self.process.log()
    }

    /// The server's metrics now.
    pub fn metrics(&self) -> Metrics {
        Metrics::scrape(self.metrics.expect("this server was started without metrics"))
    }

    /// The address of `/metrics`.
    pub fn metrics_address(&self) -> SocketAddr {
        self.metrics.expect("this server was started without metrics")
    }

    /// The resident memory of the process, in bytes.
    pub fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))
            .expect("the server runs");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("VmRSS");
        let kib = line.split_whitespace().nth(1).expect("a number").parse::<u64>();
        kib.expect("a number") * 1024
    }

    /// How many sockets the process has open. Files come and go with the log's own work.
    pub fn open_sockets(&self) -> usize {
        let path = format!("/proc/{}/fd", self.process.id());
        let open = std::fs::read_dir(path).expect("the server runs").flatten();
        let targets = open.filter_map(|entry| std::fs::read_link(entry.path()).ok());
        targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count()
    }

    /// A new person with this nick, greeted.
    pub fn guest(&self, nick: &str) -> Client {
        Client::guest(self.wire(), nick)
    }

    /// A new person with this nick and an account.
    pub fn member(&self, nick: &str) -> Client {
        let mut client = self.guest(nick);
        client.register();
        client
    }

    /// A person who was here before.
    pub fn known(&self, token: &str) -> Client {
        Client::known(self.wire(), token)
    }

    /// A new person with any nick.
    pub fn anybody(&self) -> Client {
        Client::anybody(self.wire())
    }

    /// A WebSocket connection that has not said hello.
    pub fn wire(&self) -> Wire {
        Wire::connect(self.address)
    }
}

/// Tests with crowds need more sockets than the usual limit of 1,024.
pub fn raise_nofile() {
    rlimit::increase_nofile_limit(rlimit::INFINITY).expect("up to the hard limit it may be raised");
}
