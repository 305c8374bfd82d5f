//! How a server is started: its flags, its data directory, what it prints, how it ends.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Instant;

use super::PATIENCE;

/// The program under test.
const BINARY: &str = env!("CARGO_BIN_EXE_throng");

/// A running process of the server, killed when it is dropped.
pub(crate) struct Process {
    child: Child,
    /// Held open: a server that prints something later must not die of it.
    stdout: BufReader<ChildStdout>,
    log: PathBuf,
}

/// What a server printed when it was ready.
pub(crate) struct Greeting {
    pub(crate) lines: Vec<String>,
    pub(crate) address: SocketAddr,
    pub(crate) metrics: Option<SocketAddr>,
}

/// The command that starts the program, without what the environment would configure.
pub(crate) fn program() -> Command {
    without_settings(Command::new(BINARY))
}

/// The same, with at most so many open files.
pub(crate) fn program_with_files(nofile: u32) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n \"$0\" && exec \"$@\"", &nofile.to_string(), BINARY]);
    without_settings(command)
}

fn without_settings(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("THRONG_") {
            command.env_remove(name);
        }
    }
    command
}

impl Process {
    /// Starts `command`, whose end is the server, with its log in `log`.
    pub(crate) fn spawn(mut command: Command, log: &Path) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(open_log(log))
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} did not start: {error}"));
        let stdout = BufReader::new(child.stdout.take().expect("it was piped"));
        Self { child, stdout, log: log.to_owned() }
    }

    /// Waits for the lines that a server prints when it is ready.
    pub(crate) fn greeting(&mut self) -> Greeting {
        let (mut lines, mut address, mut metrics) = (Vec::new(), None, None);
        while !lines.last().is_some_and(|line: &String| line.contains(" connections ")) {
            let line = self.line().unwrap_or_else(|| {
                panic!("the server ended before it was ready; it printed {lines:?}")
            });
            if let Some(rest) = line.strip_prefix("throng listens on http://") {
                address = Some(rest.parse().expect("an address and a port"));
            }
            if let Some(rest) = line.strip_prefix("metrics on http://") {
                let at = rest.strip_suffix("/metrics").expect("the path of the metrics");
                metrics = Some(at.parse().expect("an address and a port"));
            }
            lines.push(line);
        }
        Greeting { lines, address: address.expect("the loop ends with it"), metrics }
    }

    /// The next line that is printed; `None` when the program has ended.
    pub(crate) fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.stdout.read_line(&mut line).expect("stdout can be read");
        (read > 0).then(|| line.trim_end().to_owned())
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = i32::try_from(self.child.id()).expect("a pid fits");
        let pid = rustix::process::Pid::from_raw(pid).expect("a pid is not 0");
        rustix::process::kill_process(pid, signal).expect("the server is there");
    }

    /// Waits for the end of the process.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "after {PATIENCE:?} the server still runs");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    /// Whether the process has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("it is our child").is_some()
    }

    /// Ends the process as a power cut would, as far as a process can tell.
    pub(crate) fn kill9(&mut self) {
        self.child.kill().expect("the server is there");
        self.child.wait().expect("it is our child");
    }

    /// What the server has logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).expect("the log can be read")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only when the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            println!("--- the server's log\n{}--- end of the server's log", tail(&self.log()));
        }
    }
}

/// The end of a log: the rest of a storm says the same.
fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(200)..].iter().flat_map(|line| [*line, "\n"]).collect()
}

fn open_log(path: &Path) -> File {
    OpenOptions::new().create(true).append(true).open(path).expect("the log can be written")
}
