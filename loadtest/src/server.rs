//! The server under test: a process of its own, started and ended here, measured from outside.

use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::usage::{self, Memory};

/// How long a server may take to print its address: it may have a log to check after a crash.
const START_MAX: Duration = Duration::from_secs(30);

/// How long a server may take to end after SIGTERM; throng's own grace period is shorter.
const DRAIN_MAX: Duration = Duration::from_secs(30);

/// Which server.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, clap::ValueEnum, serde::Serialize,
)]
pub(crate) enum Target {
    /// The throng server.
    Throng,
    /// The bare epoll loop: one `send` per delivery.
    Floor,
    /// The bare epoll loop that joins waiting frames into one `send` per connection and wake.
    FloorJoined,
}

/// How to start a server.
#[derive(Clone, Debug)]
pub(crate) struct Recipe {
    pub(crate) target: Target,
    /// The throng binary.
    pub(crate) binary: PathBuf,
    /// For the data and the log of the server.
    pub(crate) dir: PathBuf,
    /// What the floor shall do wrong.
    pub(crate) fault: Option<String>,
}

/// A running server. Dropping it kills it.
pub(crate) struct Server {
    child: Child,
    recipe: Recipe,
    lines: Receiver<String>,
    address: Option<SocketAddrV4>,
    started: Instant,
}

impl Recipe {
    /// Starts the server and waits for its address.
    pub(crate) fn start(&self) -> Result<Server> {
        let mut server = self.spawn(0)?;
        while server.poll_address()?.is_none() {
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(server)
    }

    /// Starts the server on a port (0: a free one), without waiting.
    pub(crate) fn spawn(&self, port: u16) -> Result<Server> {
        std::fs::create_dir_all(&self.dir)
            .with_context(|| format!("the directory {} cannot be made", self.dir.display()))?;
        let log = std::fs::File::options().create(true).append(true).open(self.log())?;
        let mut command = self.command(port)?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .with_context(|| {
                format!(
                    "{} cannot be started; build it with `cargo build --release` or name it with \
                     --server",
                    command.get_program().display()
                )
            })?;
        let stdout = child.stdout.take().context("the server's output was not piped")?;
        let (sender, lines) = sync_channel(64);
        std::thread::spawn(move || {
            let mut stdout = BufReader::new(stdout);
            let mut line = String::new();
            // The address is in one of the first lines; all later ones only must not block it.
            while sender.try_send(std::mem::take(&mut line)).is_ok() {
                if stdout.read_line(&mut line).unwrap_or(0) == 0 {
                    return;
                }
            }
            let _ = std::io::copy(&mut stdout.by_ref(), &mut std::io::sink());
        });
        Ok(Server { child, recipe: self.clone(), lines, address: None, started: Instant::now() })
    }

    fn command(&self, port: u16) -> Result<Command> {
        let listen = format!("127.0.0.1:{port}");
        if self.target == Target::Throng {
            let mut command = Command::new(&self.binary);
            command.args(["--listen", &listen, "--metrics-listen", "off"]);
            command.args(["--trust", "127.0.0.0/8,::1/128"]);
            command.arg("--data-dir").arg(self.dir.join("data"));
            return Ok(command);
        }
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["floor", "--listen", &listen]);
        if self.target == Target::FloorJoined {
            command.arg("--joined");
        }
        if let Some(fault) = &self.fault {
            command.args(["--fault", fault]);
        }
        Ok(command)
    }

    fn log(&self) -> PathBuf {
        self.dir.join("server.log")
    }
}

impl Server {
    /// The address, as soon as the server has printed it.
    ///
    /// # Errors
    /// When it ended, or did not print one in time.
    pub(crate) fn poll_address(&mut self) -> Result<Option<SocketAddrV4>> {
        while let Ok(line) = self.lines.try_recv() {
            self.address = self.address.or_else(|| address_in(&line));
        }
        if self.address.is_none() {
            let log = self.recipe.log();
            if let Some(status) = self.child.try_wait()? {
                let words = std::fs::read_to_string(&log).unwrap_or_default();
                bail!("the server ended at its start ({status}):\n{}", words.trim_end());
            }
            if self.started.elapsed() > START_MAX {
                bail!("the server printed no address within {START_MAX:?}; see {}", log.display());
            }
        }
        Ok(self.address)
    }

    /// The address of a server that was waited for.
    pub(crate) fn address(&self) -> Result<SocketAddrV4> {
        self.address.context("the server has not printed its address yet")
    }

    pub(crate) fn cpu(&self) -> Result<Duration> {
        usage::cpu(self.child.id())
    }

    pub(crate) fn memory(&self) -> Result<Memory> {
        usage::memory(self.child.id())
    }

    /// Sends a signal to the server.
    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).context("the server cannot be signalled; has it ended?")
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Drains the server, and kills it if it does not end. Returns how long it took, `None` when
    /// it had to be killed.
    pub(crate) fn stop(mut self) -> Result<Option<Duration>> {
        let began = Instant::now();
        self.signal(Signal::TERM)?;
        while began.elapsed() < DRAIN_MAX {
            if self.ended()?.is_some() {
                return Ok(Some(began.elapsed()));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(None)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only for a process that has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The first `127.0.0.1:PORT` of a line.
fn address_in(line: &str) -> Option<SocketAddrV4> {
    let (_, rest) = line.split_once("127.0.0.1:")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some(SocketAddrV4::new(Ipv4Addr::LOCALHOST, digits.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::address_in;

    #[test]
    fn the_address_is_found_in_a_sentence() {
        let at = |line| address_in(line).map(|address| address.port());
        assert_eq!(at("throng listens on http://127.0.0.1:41234\n"), Some(41234));
        assert_eq!(at("listening on 127.0.0.1:80/ws."), Some(80));
        assert_eq!(at("data directory: /var/lib/throng"), None);
    }
}
