//! A running program: what it prints and logs, its signals, and its end.

use std::fs::{File, OpenOptions};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::PATIENCE;
use crate::lines::Lines;

/// A running program, such as a server. It is killed when this is dropped.
pub struct Process {
    child: Child,
    lines: Lines,
    log: PathBuf,
}

/// What a server printed when it was ready.
pub struct Greeting {
    pub lines: Vec<String>,
    pub address: SocketAddr,
    pub metrics: Option<SocketAddr>,
}

impl Process {
    /// Starts `command`, whose stderr goes to the file `log`.
    pub fn spawn(command: Command, log: &Path) -> Self {
        Self::spawn_with(command, log, Stdio::null())
    }

    /// The same, with this stdin.
    pub fn spawn_with(mut command: Command, log: &Path, stdin: Stdio) -> Self {
        let mut child = command
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(open_log(log))
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} did not start: {error}"));
        let lines = Lines::of(child.stdout.take().expect("it was piped"));
        Self { child, lines, log: log.to_owned() }
    }

    /// Waits for the lines that a server prints when it is ready.
    pub fn greeting(&mut self) -> Greeting {
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

    /// The next printed line; `None` when the program has ended.
    pub fn line(&mut self) -> Option<String> {
        self.lines.next()
    }

    /// Waits for a line that contains these words.
    pub fn prints(&mut self, words: &str) -> String {
        self.lines.until(words)
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, asked: Signal) {
        signal(&self.child, asked);
    }

    /// Waits for the end of the process.
    pub fn wait(&mut self) -> ExitStatus {
        wait(&mut self.child)
    }

    /// Whether the process has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("it is our child").is_some()
    }

    /// Kills the process, which is as close to a power cut as a process gets.
    pub fn kill9(&mut self) {
        self.child.kill().expect("the process is there");
        self.child.wait().expect("it is our child");
    }

    /// What the process has logged so far, in whole lines.
    pub fn log(&self) -> String {
        let mut log = std::fs::read_to_string(&self.log).expect("the log can be read");
        log.truncate(log.rfind('\n').map_or(0, |at| at + 1));
        log
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only if the process has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            println!("--- its log\n{}--- end of the log", tail(&self.log()));
        }
    }
}

/// Sends a signal to a running program.
pub fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).expect("the process is there");
}

/// Waits for the end of a program.
pub fn wait(child: &mut Child) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("it is our child") {
            return status;
        }
        assert!(start.elapsed() < PATIENCE, "after {PATIENCE:?} the program still runs");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The last lines of a log: the others of a storm are the same.
fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(200)..].iter().flat_map(|line| [*line, "\n"]).collect()
}

fn open_log(path: &Path) -> File {
    OpenOptions::new().create(true).append(true).open(path).expect("the log can be written")
}
