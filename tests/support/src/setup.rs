//! How to start a server: its flags, its environment, and the program that starts it.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use crate::process::Process;
use crate::program::{example, program, program_by};
use crate::server::Server;

/// A server that has not been started. Its restarts use the same settings.
#[derive(Default)]
pub struct Setup {
    program: Program,
    flags: Vec<String>,
    env: Vec<(String, String)>,
}

#[derive(Default)]
enum Program {
    #[default]
    Throng,
    /// Another program becomes the server.
    StartedBy(Vec<String>),
    Example(&'static str),
}

impl Setup {
    /// Adds flags.
    pub fn with(mut self, flags: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.add(flags);
        self
    }

    /// Adds environment variables.
    pub fn env(mut self, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        self.env.extend(variables);
        self
    }

    /// Has another program start the server and become it.
    pub fn started_by(mut self, starter: &[&str]) -> Self {
        self.program = Program::StartedBy(starter.iter().map(|&word| word.to_owned()).collect());
        self
    }

    /// Allows at most this many open files.
    pub fn open_files(self, most: u32) -> Self {
        self.started_by(&["sh", "-c", "ulimit -n \"$0\" && exec \"$@\"", &most.to_string()])
    }

    /// Starts an example in place of the server, with the same flags.
    pub fn example(mut self, name: &'static str) -> Self {
        self.program = Program::Example(name);
        self
    }

    pub fn start(self) -> Server {
        Server::start_from(self)
    }

    pub(crate) fn add(&mut self, flags: impl IntoIterator<Item = impl AsRef<str>>) {
        self.flags.extend(flags.into_iter().map(|flag| flag.as_ref().to_owned()));
    }

    /// Starts the process with its data in `home`, listening on `listen`.
    pub(crate) fn spawn(&self, home: &Path, listen: SocketAddr) -> Process {
        let mut command = self.command();
        command.current_dir(home).args(["--listen", &listen.to_string()]);
        command.arg("--data-dir").arg(home.join("data"));
        if !self.flags.iter().any(|flag| flag == "--metrics-listen") {
            command.args(["--metrics-listen", "127.0.0.1:0"]);
        }
        command.args(&self.flags).envs(self.env.iter().cloned());
        Process::spawn(command, &home.join("log"))
    }

    fn command(&self) -> Command {
        match &self.program {
            Program::Throng => program(),
            Program::StartedBy(starter) => {
                program_by(&starter.iter().map(String::as_str).collect::<Vec<_>>())
            }
            Program::Example(name) => example(name),
        }
    }
}
