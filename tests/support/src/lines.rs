//! The lines that a program prints, read as they come, so that the program never blocks on its output.

use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::PATIENCE;

/// More than any test prints without reading.
const LINES_MAX: usize = 10_000;

/// The lines of a pipe. Waiting too long for the next one fails the test; after the last one there is none.
pub struct Lines {
    /// A mutex only so that threads can share the process.
    lines: Mutex<Receiver<String>>,
}

impl Lines {
    pub fn of(pipe: impl Read + Send + 'static) -> Self {
        let (to, lines) = sync_channel(LINES_MAX);
        thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                // Read on even if no test wants the lines any more.
                let _ = to.send(line);
            }
        });
        Self { lines: Mutex::new(lines) }
    }

    /// Reads up to a line that contains these words, and returns it.
    pub fn until(&mut self, words: &str) -> String {
        let mut before = Vec::new();
        for line in self {
            if line.contains(words) {
                return line;
            }
            before.push(line);
        }
        panic!("it ended without {words:?}; it printed {before:?}")
    }
}

impl Iterator for Lines {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let lines = self.lines.get_mut().unwrap_or_else(PoisonError::into_inner);
        match lines.recv_timeout(PATIENCE) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("no line came within {PATIENCE:?}"),
        }
    }
}
