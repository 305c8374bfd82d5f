//! An example as a process of its own: started, waited for, killed.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::Duration;

/// A running example. It is killed when this is dropped.
pub(crate) struct Program {
    name: &'static str,
    child: Child,
    lines: Receiver<String>,
}

impl Program {
    pub(crate) fn start(name: &'static str, arguments: &[&str]) -> Self {
        let mut child = Command::new(path(name))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example starts");
        let stdout = BufReader::new(child.stdout.take().expect("it was piped"));
        // A handful of lines; more would wait in the pipe.
        let (to, lines) = sync_channel(64);
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if to.send(line).is_err() {
                    return;
                }
            }
        });
        Self { name, child, lines }
    }

    /// Waits for a line that says this.
    pub(crate) fn says(&self, words: &str, patience: Duration) {
        loop {
            let line = self.lines.recv_timeout(patience);
            let line = line.unwrap_or_else(|_| panic!("{} never said {words:?}", self.name));
            if line.contains(words) {
                return;
            }
        }
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("it is our child").is_none()
    }

    /// SIGKILL: it has no last word.
    pub(crate) fn kill(mut self) {
        assert!(self.is_running(), "{} ended by itself", self.name);
        self.child.kill().expect("it was running");
        self.child.wait().expect("it was killed");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `cargo nextest run -p throng-client` and `cargo test` build the examples too, beside the tests.
fn path(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("the test has a path");
    let deps = test.parent().expect("it lies in a folder");
    let path = deps.join("../examples").join(name);
    assert!(path.is_file(), "build it: cargo build -p throng-client --example {name}");
    path
}
