//! Signals: which ones end the server and how, and which must not.

use std::os::fd::OwnedFd;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, prlimit};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use tempfile::TempDir;
use throng_protocol::{CloseCode, ErrorCode, Sent};

use crate::drain::with_a_deaf_client;
use support::client::{Client, send};
use support::process::Process;
use support::program::program_by;
use support::server::Server;
use support::wire::Wire;
use support::{eventually, fresh_cid};

#[test]
fn quit_drains() {
    let mut server = Server::start();
    let mut ana = server.guest("ana");
    server.signal(Signal::QUIT);
    let bye = ana.wire.expect_bye(CloseCode::GoingAway);
    assert!(bye.reconnect && bye.after_ms.is_some());
    assert_eq!(server.wait_exit().code(), Some(0));
}

#[test]
fn signals_without_a_meaning_are_logged_and_end_nothing() {
    let mut server = Server::setup().started_by(&["setsid"]).start();
    let mut ana = server.guest("ana");
    for (signal, name) in [(Signal::USR1, "Usr1"), (Signal::USR2, "Usr2"), (Signal::ALARM, "Alarm")]
    {
        server.signal(signal);
        eventually("it is logged", || server.log().contains(name));
        ana.barrier();
    }
    server.signal(Signal::HUP);
    eventually("it is logged", || server.log().contains("nothing was reloaded"));
    ana.barrier();
    assert_eq!(server.stop().code(), Some(0));
}

#[test]
fn a_terminal_that_is_closed_drains() {
    let terminal = InTerminal::start(&["setsid", "--ctty"]);
    let mut ana = Client::guest(Wire::connect(terminal.address), "ana");
    let (mut process, _home) = terminal.close();
    ana.wire.expect_bye(CloseCode::GoingAway);
    assert_eq!(process.wait().code(), Some(0));
}

#[test]
fn with_nohup_a_terminal_that_is_closed_changes_nothing() {
    let terminal = InTerminal::start(&["setsid", "--ctty", "nohup"]);
    let mut ana = Client::guest(Wire::connect(terminal.address), "ana");
    let (mut process, _home) = terminal.close();
    process.signal(Signal::HUP);
    process.signal(Signal::USR1);
    eventually("the signal after it is logged", || process.log().contains("Usr1"));
    ana.barrier();
    process.signal(Signal::TERM);
    ana.wire.expect_bye(CloseCode::GoingAway);
    assert_eq!(process.wait().code(), Some(0));
}

/// A server started in a terminal.
struct InTerminal {
    process: Process,
    address: std::net::SocketAddr,
    terminal: OwnedFd,
    home: TempDir,
}

impl InTerminal {
    fn start(starter: &[&str]) -> Self {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)
            .expect("a terminal");
        grantpt(&terminal).and_then(|()| unlockpt(&terminal)).expect("a terminal");
        let path = ptsname(&terminal, Vec::new()).expect("its name").into_string().expect("UTF-8");
        let inside = std::fs::File::options().read(true).write(true).open(path).expect("it");
        let home = TempDir::new().expect("a temporary directory");
        let mut command = program_by(starter);
        command.current_dir(home.path()).args(["--listen", "127.0.0.1:0"]);
        command.args(["--metrics-listen", "off"]);
        let log = home.path().join("log");
        let mut process = Process::spawn_with(command, &log, Stdio::from(inside));
        let address = process.greeting().address;
        Self { process, address, terminal, home }
    }

    /// Closes the terminal; the kernel then sends SIGHUP to the programs in it.
    fn close(self) -> (Process, TempDir) {
        drop(self.terminal);
        (self.process, self.home)
    }
}

/// The server gets Ctrl-C twice if the program that started it passes it on.
#[test]
fn a_second_signal_at_the_same_moment_is_the_first_one() {
    loop {
        let (mut server, _deaf, _ana) = with_a_deaf_client("10m");
        let before = Instant::now();
        server.terminate();
        server.interrupt();
        let between = before.elapsed();
        eventually("both are received", || server.log().contains("ignored"));
        // On a machine that slept between the two, they are not of the same moment.
        if between < Duration::from_millis(500) {
            assert!(!server.has_ended(), "it drains");
            return;
        }
    }
}

#[test]
fn a_limit_of_file_sizes_is_like_a_full_disk() {
    let limit = ["sh", "-c", "ulimit -S -f 2000 && exec \"$0\" \"$@\""];
    let mut server = Server::setup().started_by(&limit).start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let text = "x".repeat(4_000);
    let mut sent: Vec<(String, Sent)> = Vec::new();
    let refused = loop {
        assert!(sent.len() < 5_000, "twenty megabytes went into files of two");
        let cid = fresh_cid();
        let id = ana.wire.post(send("lobby", &cid, &text));
        match ana.answer(id) {
            Ok(ok) => sent.push((cid, ok.body().expect("a seq"))),
            Err(fault) => {
                assert_eq!(fault.code, ErrorCode::StorageUnavailable, "{}", fault.message);
                break cid;
            }
        }
        ana.take_pushes();
    };
    assert!(!server.has_ended() && sent.len() > 20, "{}", sent.len());

    let pid = Pid::from_raw(i32::try_from(server.id()).expect("a pid")).expect("a pid");
    let maximum = getrlimit(Resource::Fsize).maximum;
    let lifted = Rlimit { current: maximum, maximum };
    prlimit(Some(pid), Resource::Fsize, lifted).expect("the limit is lifted");
    let mut late: Option<Sent> = None;
    eventually("the log can be written again", || {
        late = ana.ask(send("lobby", &refused, &text)).ok().map(|ok| ok.body().expect("a seq"));
        late.is_some()
    });
    sent.push((refused, late.expect("it was sent")));
    server.kill9();
    server.restart();
    let mut ana = server.known(ana.token());
    ana.join("lobby");
    for (cid, first) in &sent {
        let again = ana.send_as("lobby", cid, &text);
        assert_eq!(again, Sent { dup: true, ..*first }, "what was acknowledged is there");
    }
}
