//! A server of its own for each test: on a free port, with a data directory that goes away.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use rustix::process::Signal;
use tempfile::TempDir;

use super::client::Client;
use super::launch::{Process, program, program_with_files};
use super::metrics::Metrics;
use super::wire::Wire;

/// A running server and its data directory, which outlives a restart.
pub(crate) struct Server {
    process: Process,
    flags: Vec<String>,
    address: SocketAddr,
    metrics: Option<SocketAddr>,
    printed: Vec<String>,
    home: TempDir,
}

impl Server {
    /// Starts a server that trusts this machine: no limits per address, no rate limits.
    pub(crate) fn start(flags: &[&str]) -> Self {
        Self::start_strict(&[flags, &["--trust", "127.0.0.0/8"]].concat())
    }

    /// Starts a server that trusts nobody.
    pub(crate) fn start_strict(flags: &[&str]) -> Self {
        Self::start_program(program(), flags)
    }

    /// Starts a server that trusts this machine and may have so many open files.
    pub(crate) fn start_with_files(nofile: u32, flags: &[&str]) -> Self {
        let flags = [flags, &["--trust", "127.0.0.0/8"]].concat();
        Self::start_program(program_with_files(nofile), &flags)
    }

    fn start_program(program: Command, flags: &[&str]) -> Self {
        raise_nofile();
        let home = TempDir::new().expect("a temporary directory");
        let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
        let (process, address, metrics, printed) =
            launch(program, home.path(), "127.0.0.1:0", metrics_flag(&flags), &flags);
        Self { process, flags, address, metrics, printed, home }
    }

    /// Starts the server again, on the same port and data directory, after its end.
    pub(crate) fn restart(&mut self) {
        let listen = self.address.to_string();
        let (process, address, metrics, printed) =
            launch(program(), self.home.path(), &listen, metrics_flag(&self.flags), &self.flags);
        assert_eq!(address, self.address, "it listens where it did before");
        self.process = process;
        self.metrics = metrics;
        self.printed = printed;
    }

    /// Adds flags to those of the next start.
    pub(crate) fn add_flags(&mut self, flags: &[&str]) {
        self.flags.extend(flags.iter().map(|flag| (*flag).to_owned()));
    }

    pub(crate) fn kill9(&mut self) {
        self.process.kill9();
    }

    /// Asks the server to drain.
    pub(crate) fn terminate(&self) {
        self.process.signal(Signal::TERM);
    }

    pub(crate) fn interrupt(&self) {
        self.process.signal(Signal::INT);
    }

    pub(crate) fn wait_exit(&mut self) -> ExitStatus {
        self.process.wait()
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.process.has_ended()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The lines that it printed when it was ready.
    pub(crate) fn printed(&self) -> &[String] {
        &self.printed
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.home.path().join("data")
    }

    pub(crate) fn log(&self) -> String {
        self.process.log()
    }

    /// What `/metrics` says now.
    pub(crate) fn metrics(&self) -> Metrics {
        Metrics::scrape(self.metrics.expect("this server was started without metrics"))
    }

    /// Where `/metrics` is.
    pub(crate) fn metrics_address(&self) -> SocketAddr {
        self.metrics.expect("this server was started without metrics")
    }

    /// The resident memory of the process, in bytes.
    pub(crate) fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))
            .expect("the server runs");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("VmRSS is told");
        let kib = line.split_whitespace().nth(1).expect("a number").parse::<u64>();
        kib.expect("a number") * 1024
    }

    /// How many files and sockets the process holds open.
    pub(crate) fn open_files(&self) -> usize {
        let path = format!("/proc/{}/fd", self.process.id());
        std::fs::read_dir(path).expect("the server runs").count()
    }

    /// Somebody new with this nick, greeted.
    pub(crate) fn guest(&self, nick: &str) -> Client {
        Client::guest(self.wire(), nick)
    }

    /// Somebody who was here before.
    pub(crate) fn known(&self, token: &str) -> Client {
        Client::known(self.wire(), token)
    }

    /// Somebody new, whose nick does not matter.
    pub(crate) fn anybody(&self) -> Client {
        Client::anybody(self.wire())
    }

    /// A WebSocket connection that has said nothing yet.
    pub(crate) fn wire(&self) -> Wire {
        Wire::connect(self.address)
    }
}

fn metrics_flag(flags: &[String]) -> &'static str {
    match flags.iter().any(|flag| flag == "--metrics-listen") {
        true => "",
        false => "127.0.0.1:0",
    }
}

fn launch(
    mut command: Command,
    home: &Path,
    listen: &str,
    metrics_listen: &str,
    flags: &[String],
) -> (Process, SocketAddr, Option<SocketAddr>, Vec<String>) {
    command.current_dir(home).args(["--listen", listen]).arg("--data-dir").arg(home.join("data"));
    if !metrics_listen.is_empty() {
        command.args(["--metrics-listen", metrics_listen]);
    }
    command.args(flags);
    let mut process = Process::spawn(command, &home.join("log"));
    let greeting = process.greeting();
    (process, greeting.address, greeting.metrics, greeting.lines)
}

/// The tests of crowds need more sockets than the usual 1,024.
pub(crate) fn raise_nofile() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })
        .expect("the soft limit may be raised to the hard one");
}
