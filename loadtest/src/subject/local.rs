//! A server that is started and ended here: a separate process, measured from outside. It dies with this
//! program, however that ends.

use std::convert::Infallible;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use rustix::process::{Pid, Signal, getppid, kill_process, set_parent_process_death_signal};

use super::build;
use crate::arguments::SubjectArguments;
use crate::plan::Trusted;
use crate::target::Target;

/// How long a server may take to print its address: after a crash it may have to check its log.
const START_MAX: Duration = Duration::from_secs(30);

/// How long a server may take to end after SIGTERM; throng's own grace period is shorter.
const DRAIN_MAX: Duration = Duration::from_secs(30);

/// Advice when there is no server to start.
const HOW_TO_BUILD: &str = "build it with `cargo build --release`, or name it with --server";

/// How to start a server.
#[derive(Clone, Debug)]
pub(crate) struct Recipe {
    pub(crate) target: Target,
    /// The throng binary.
    pub(crate) binary: PathBuf,
    /// For the server's data and log.
    pub(crate) dir: PathBuf,
    /// The fault of a floor.
    pub(crate) fault: Option<String>,
    pub(crate) trusted: Trusted,
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
    /// How to start a server in a new directory. Builds throng first if that is needed.
    pub(crate) fn new(arguments: &SubjectArguments, target: Target) -> Result<Self> {
        let binary = match &arguments.server {
            Some(binary) => binary.clone(),
            None if target == Target::Throng => build::beside()?,
            None => PathBuf::new(),
        };
        let fault = arguments.fault.and_then(|fault| fault.to_possible_value());
        let fault = fault.map(|value| value.get_name().to_owned());
        let dir = fresh_dir(arguments.dir.as_deref())?;
        Ok(Self { target, binary, dir, fault, trusted: Trusted::Everybody })
    }

    /// The same server for another run, in another directory.
    pub(crate) fn again(&self) -> Result<Self> {
        Ok(Self { dir: fresh_dir(self.dir.parent())?, ..self.clone() })
    }

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
        if self.target.is_throng() && !self.binary.is_file() {
            bail!("there is no server at {}; {HOW_TO_BUILD}", self.binary.display());
        }
        let mut child = command
            // Ctrl-C is only for this program, which ends the server after the last reading.
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .with_context(|| {
                format!("{} cannot be started; {HOW_TO_BUILD}", command.get_program().display())
            })?;
        let stdout = child.stdout.take().context("the server's output was not piped")?;
        let (sender, lines) = sync_channel(64);
        std::thread::spawn(move || {
            let mut stdout = BufReader::new(stdout);
            let mut line = String::new();
            // The address is in one of the first lines. Later lines are read only so that the server does not
            // block.
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
        if self.target.is_throng() {
            let mut command = Command::new(std::env::current_exe()?);
            command.args(["exec", &std::process::id().to_string()]).arg(&self.binary).arg("--");
            command.args(["--listen", &listen, "--metrics-listen", "off"]);
            if let Some(networks) = self.trusted.networks() {
                command.args(["--trust", networks]);
            }
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
    /// The address, once the server has printed it.
    ///
    /// # Errors
    /// If it ended, or did not print an address in time.
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

    /// The address of a server that has printed it.
    pub(crate) fn address(&self) -> Result<SocketAddrV4> {
        self.address.context("the server has not printed its address yet")
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal to the server.
    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).context("the server cannot be signalled; has it ended?")
    }

    /// The exit status, if it has ended.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Drains the server, and kills it if it does not end. Returns how long it took, or `None` if it was
    /// killed.
    pub(crate) fn stop(&mut self) -> Result<Option<Duration>> {
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
        // Both fail only if the process has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Becomes the server, which the kernel kills when `parent` ends: however this program ends, no server stays
/// behind. Returns only on failure.
pub(crate) fn exec(parent: u32, binary: &Path, arguments: &[OsString]) -> Result<Infallible> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let alive =
        getppid().is_some_and(|pid| u32::try_from(pid.as_raw_nonzero().get()) == Ok(parent));
    if !alive {
        bail!("the load tester has ended");
    }
    let error = Command::new(binary).args(arguments).exec();
    Err(error).with_context(|| format!("{} cannot be started; {HOW_TO_BUILD}", binary.display()))
}

/// A directory for one run; by default beside this program, which is more often on a disk than the system's
/// temporary directory.
fn fresh_dir(base: Option<&Path>) -> Result<PathBuf> {
    let name = format!("{}-{:08x}", std::process::id(), fastrand::u32(..));
    if let Some(base) = base {
        return Ok(base.join(name));
    }
    let program = std::env::current_exe().context("this program does not know where it is")?;
    let beside = program.parent().context("this program is in no directory")?;
    Ok(beside.join("loadtest-data").join(name))
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
