//! Terminals of a test's own. Nothing waits for a time, only for what is to be seen.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use support::PATIENCE;
use support::server::Server;

/// The program with a state of this test's own, and nothing of the environment's.
pub(crate) fn environment(server: &Server) -> [(&'static str, PathBuf); 2] {
    [("XDG_STATE_HOME", server.home().join("state")), ("TZ", PathBuf::from("UTC"))]
}

fn command(server: &Server, arguments: &[&str]) -> CommandBuilder {
    command_to(server.address(), server, arguments)
}

fn command_to(address: SocketAddr, server: &Server, arguments: &[&str]) -> CommandBuilder {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_throng-chat"));
    command.arg(address.to_string());
    command.args(arguments);
    command.env_remove("NO_COLOR");
    command.env("TERM", "xterm-256color");
    command.env("COLORTERM", "truecolor");
    environment(server).into_iter().for_each(|(name, value)| command.env(name, value));
    command
}

/// A terminal with the program in it.
pub(crate) struct Seat {
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    seen: Arc<(Mutex<Seen>, Condvar)>,
}

/// What came out of the program.
pub(crate) struct Seen {
    parser: vt100::Parser<Heard>,
    ended: bool,
    /// All of it.
    pub(crate) raw: Vec<u8>,
}

/// What a terminal does with what is no text.
#[derive(Default)]
pub(crate) struct Heard {
    pub(crate) bells: usize,
    pub(crate) title: String,
}

impl vt100::Callbacks for Heard {
    fn audible_bell(&mut self, _: &mut vt100::Screen) {
        self.bells += 1;
    }

    fn set_window_title(&mut self, _: &mut vt100::Screen, title: &[u8]) {
        self.title = String::from_utf8_lossy(title).into_owned();
    }
}

impl Seat {
    pub(crate) fn start(server: &Server, arguments: &[&str]) -> Self {
        Self::start_sized(server, arguments, (100, 24))
    }

    /// At another address than the server's, such as a proxy's.
    pub(crate) fn start_at(address: SocketAddr, server: &Server, arguments: &[&str]) -> Self {
        Self::spawn(command_to(address, server, arguments), (100, 24))
    }

    pub(crate) fn start_sized(server: &Server, arguments: &[&str], size: (u16, u16)) -> Self {
        Self::spawn(command(server, arguments), size)
    }

    /// In a terminal that a variable of the environment describes.
    pub(crate) fn start_with(
        server: &Server,
        arguments: &[&str],
        (name, value): (&str, &str),
    ) -> Self {
        let mut command = command(server, arguments);
        command.env(name, value);
        Self::spawn(command, (100, 24))
    }

    /// As a job of a shell, which says when it has stopped, waits for Enter, and goes on with it.
    pub(crate) fn start_as_job(server: &Server, arguments: &[&str]) -> Self {
        let program = command(server, arguments);
        let job =
            "set -m; \"$@\"; while [ \"$(jobs)\" ]; do echo It has stopped.; read -r _; fg; done";
        let mut shell = CommandBuilder::new("bash");
        shell.args(["-c", job, "bash"]);
        shell.args(program.get_argv());
        for (name, value) in program.iter_full_env_as_str() {
            shell.env(name, value);
        }
        Self::spawn(shell, (100, 24))
    }

    fn spawn(command: CommandBuilder, size: (u16, u16)) -> Self {
        let pty = native_pty_system().openpty(pty_size(size)).expect("a terminal");
        let child = pty.slave.spawn_command(command).expect("the program starts");
        let parser =
            vt100::Parser::new_with_callbacks(cells(size.1), cells(size.0), 0, Heard::default());
        let seen = Seen { parser, ended: false, raw: Vec::new() };
        let seen = Arc::new((Mutex::new(seen), Condvar::new()));
        let reader = pty.master.try_clone_reader().expect("a reader");
        let shared = Arc::clone(&seen);
        thread::spawn(move || watch(reader, &shared));
        let keys = pty.master.take_writer().expect("a writer");
        Self { master: pty.master, keys, child, seen }
    }

    pub(crate) fn keys(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).and_then(|()| self.keys.flush()).expect("it reads");
    }

    pub(crate) fn write(&mut self, line: &str) {
        self.keys(&format!("{line}\r"));
    }

    /// Waits until the screen shows this.
    pub(crate) fn sees(&self, text: &str) {
        self.until(text, |seen| seen.parser.screen().contents().contains(text));
    }

    /// Turns the pages of the help until one shows this. What says which page it is stands below it, and is drawn last.
    pub(crate) fn pages_to(&mut self, text: &str) {
        let page_of = |screen: &str| screen.split_once("(help, ").map(|(_, page)| page.to_owned());
        loop {
            let screen = self.look(|seen| seen.parser.screen().contents());
            if screen.contains(text) {
                return;
            }
            self.keys(" ");
            let page = page_of(&screen);
            assert!(page.is_some(), "this is not the help:\n{screen}");
            self.until(&format!("{text}, nor another page"), |seen| {
                let screen = seen.parser.screen().contents();
                page_of(&screen).is_some_and(|now| Some(now) != page)
            });
        }
    }

    pub(crate) fn sees_no(&self, text: &str) {
        self.until(&format!("no {text}"), |seen| !seen.parser.screen().contents().contains(text));
    }

    /// Waits until something holds.
    pub(crate) fn until(&self, what: &str, holds: impl Fn(&Seen) -> bool) {
        let (lock, changed) = &*self.seen;
        let seen = lock.lock().unwrap_or_else(PoisonError::into_inner);
        let (seen, timeout) = changed
            .wait_timeout_while(seen, PATIENCE, |seen| !holds(seen))
            .unwrap_or_else(PoisonError::into_inner);
        assert!(
            !timeout.timed_out(),
            "after {PATIENCE:?} the screen shows no {what:?}:\n{}",
            seen.parser.screen().contents()
        );
    }

    pub(crate) fn look<T>(&self, look: impl FnOnce(&Seen) -> T) -> T {
        look(&self.seen.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn resize(&self, size: (u16, u16)) {
        let mut seen = self.seen.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.parser.screen_mut().set_size(cells(size.1), cells(size.0));
        self.master.resize(pty_size(size)).expect("it can be resized");
    }

    /// The group of processes that the terminal belongs to now: a job, or the shell.
    pub(crate) fn foreground(&self) -> rustix::process::Pid {
        let group = self.master.process_group_leader().and_then(rustix::process::Pid::from_raw);
        group.expect("there is one")
    }

    pub(crate) fn pid(&self) -> rustix::process::Pid {
        let pid = self.child.process_id().and_then(|pid| i32::try_from(pid).ok());
        pid.and_then(rustix::process::Pid::from_raw).expect("it runs")
    }

    /// Waits for the end of the program, and sees that the terminal is as it was.
    pub(crate) fn ends(&mut self) -> u32 {
        self.until("end", |seen| seen.ended);
        self.look(|seen| {
            let screen = seen.parser.screen();
            assert!(!screen.alternate_screen(), "the other screen was left");
            assert!(!screen.hide_cursor(), "the cursor is back");
            assert!(!screen.bracketed_paste(), "pastes are as they were");
            assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        });
        self.child.wait().expect("it ends").exit_code()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        // It fails only when the program has ended already.
        let _ = self.child.kill();
    }
}

impl Seen {
    pub(crate) fn heard(&self) -> &Heard {
        self.parser.callbacks()
    }

    pub(crate) fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }
}

fn watch(mut reader: Box<dyn Read + Send>, shared: &(Mutex<Seen>, Condvar)) {
    let mut bytes = [0; 4_096];
    loop {
        // A terminal whose other side is gone ends with an error on Linux.
        let read = reader.read(&mut bytes).unwrap_or(0);
        let mut seen = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.parser.process(&bytes[..read]);
        seen.raw.extend_from_slice(&bytes[..read]);
        seen.ended = read == 0;
        shared.1.notify_all();
        if seen.ended {
            return;
        }
    }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("a terminal has cells")
}

fn pty_size((columns, rows): (u16, u16)) -> PtySize {
    PtySize { rows, cols: columns, ..PtySize::default() }
}
