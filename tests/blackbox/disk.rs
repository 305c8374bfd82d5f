//! A full disk: senders get errors, readers read on, and the server recovers by itself.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use throng_protocol::{ErrorCode, Event, History, Sent};

use support::client::{Client, page_of, send};
use support::http::get;
use support::process::{Greeting, Process};
use support::program::program_by;
use support::{eventually, fresh_cid};

#[test]
fn a_full_disk_stops_senders_and_not_readers_and_heals_by_itself() {
    let small = SmallDisk::start("16m");
    let mut ana = small.guest("ana");
    let mut bo = small.guest("bo");
    ana.join("lobby");
    bo.join("lobby");
    let text = "x".repeat(2_000);
    for _ in 0..50 {
        ana.send("lobby", &text);
        bo.expect_message("lobby");
    }

    small.fill();
    let (refused, accepted) = send_until_refused(&mut ana, &text);
    for _ in 0..accepted {
        bo.expect_message("lobby");
    }
    let head = 50 + accepted;

    // Reading goes on, from memory and from the disk, for old and for new readers.
    let page = bo.history(History { after: Some(0), ..page_of("lobby") });
    assert_eq!((page.events[0].seq, page.head), (1, head));
    assert_eq!(small.guest("cy").join("lobby").head, head);
    ana.fail(send("lobby", &refused, &text), ErrorCode::StorageUnavailable);
    assert_eq!(get(small.greeting.address, "/healthz").status, 200, "the server itself is well");
    // Senders that try again and again cause neither many log lines nor a readiness that flaps.
    for _ in 0..100 {
        ana.fail(send("lobby", &refused, &text), ErrorCode::StorageUnavailable);
        assert_eq!(get(small.greeting.address, "/readyz").status, 503);
    }
    let lines = || small.process.log().lines().filter(|line| line.contains("ERROR")).count();
    eventually("it is logged", || lines() > 0);
    // One in ten seconds.
    assert!(lines() <= 6, "{} lines for 100 sends:\n{}", lines(), small.process.log());

    small.free();
    let mut sent: Option<Sent> = None;
    eventually("the log can be written again", || {
        sent = ana.ask(send("lobby", &refused, &text)).ok().map(|ok| ok.body().expect("a seq"));
        sent.is_some()
    });
    let sent = sent.expect("it was sent");
    assert_eq!(sent.seq, head + 1, "no refused send has taken a seq");
    assert_eq!(ana.send_as("lobby", &refused, &text), Sent { dup: true, ..sent });
    let message = bo.expect_message("lobby");
    assert_eq!((message.seq, message.cid.to_string()), (sent.seq, refused.clone()));
    ana.send("lobby", "well again");
    assert_eq!(bo.expect_message("lobby").text, "well again");
    assert_eq!(get(small.greeting.address, "/readyz").status, 200);
}

#[test]
fn a_crash_with_a_full_disk_loses_nothing_that_was_acknowledged() {
    let mut small = SmallDisk::start("16m");
    let mut ana = small.guest("ana");
    let token = ana.token().to_owned();
    ana.join("lobby");
    let text = "x".repeat(2_000);
    for _ in 0..50 {
        ana.send("lobby", &text);
    }
    small.fill();
    let (refused, accepted) = send_until_refused(&mut ana, &text);
    small.free();
    small.restart();
    let mut ana = Client::known(support::wire::Wire::connect(small.greeting.address), &token);
    let page = ana.join("lobby");
    assert!(page.head >= 50 + accepted, "{} were acknowledged", 50 + accepted);
    let sent = ana.send_as("lobby", &refused, &text);
    assert!(sent.seq > 50 + accepted, "a refused send is not an earlier one");
}

/// Sends until the disk is full; returns the cid of the refused send, and how many were accepted.
fn send_until_refused(client: &mut Client, text: &str) -> (String, u64) {
    // Free space within the log's files is used up first.
    for accepted in 0..10_000 {
        let cid = fresh_cid();
        let id = client.wire.post(send("lobby", &cid, text));
        match client.answer(id) {
            Ok(_) => {}
            Err(fault) => {
                assert_eq!(fault.code, ErrorCode::StorageUnavailable, "{}", fault.message);
                client.take_pushes().iter().for_each(|push| {
                    assert!(matches!(push, Event::Message(_) | Event::Members(_)))
                });
                return (cid, accepted);
            }
        }
    }
    panic!("ten thousand sends went to a full disk");
}

/// A server whose data directory is a small file system in memory, mounted where only the server and its
/// children see it. The test reaches it through `/proc`.
struct SmallDisk {
    // Declared before `home`, so that the server is dropped first.
    process: Process,
    greeting: Greeting,
    holder: Process,
    home: tempfile::TempDir,
}

impl SmallDisk {
    fn start(size: &str) -> Self {
        let home = tempfile::TempDir::new().expect("a temporary directory");
        // The holder keeps the mount alive while the server restarts.
        let script = "mount -t tmpfs -o size=\"$1\" tmpfs \"$2\" && echo ready && exec sleep 600";
        std::fs::create_dir(home.path().join("disk")).expect("a folder to mount on");
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", size]);
        command.arg(home.path().join("disk"));
        let log = home.path().join("log");
        let mut holder = Process::spawn(command, &log);
        let line = holder.line();
        assert_eq!(
            line.as_deref(),
            Some("ready"),
            "this test mounts a small tmpfs in a user namespace of its own; allow them \
             (sysctl kernel.unprivileged_userns_clone=1, or --security-opt seccomp=unconfined \
             in a container); unshare said {:?}",
            holder.log()
        );
        let (process, greeting) = serve(&home, &holder, "127.0.0.1:0");
        Self { process, greeting, holder, home }
    }

    fn restart(&mut self) {
        self.process.kill9();
        let listen = self.greeting.address.to_string();
        (self.process, self.greeting) = serve(&self.home, &self.holder, &listen);
    }

    fn guest(&self, nick: &str) -> Client {
        Client::guest(support::wire::Wire::connect(self.greeting.address), nick)
    }

    /// Fills all free space of the disk.
    fn fill(&self) {
        let mut balloon = File::create(self.balloon()).expect("the test reaches the disk");
        for chunk in [vec![0; 64 * 1024], vec![0; 512]] {
            while balloon.write_all(&chunk).is_ok() {}
        }
    }

    /// Frees that space.
    fn free(&self) {
        std::fs::remove_file(self.balloon()).expect("the balloon is there");
    }

    fn balloon(&self) -> PathBuf {
        let disk = self.home.path().join("disk/balloon");
        let inside = disk.strip_prefix("/").expect("an absolute path");
        PathBuf::from(format!("/proc/{}/root", self.holder.id())).join(inside)
    }
}

/// Starts the server in the holder's mount namespace.
fn serve(home: &tempfile::TempDir, holder: &Process, listen: &str) -> (Process, Greeting) {
    let holder = holder.id().to_string();
    let mut command = program_by(&[
        "nsenter",
        "--preserve-credentials",
        "--user",
        "--mount",
        "--target",
        &holder,
    ]);
    command.args(["--listen", listen, "--metrics-listen", "off", "--trust", "127.0.0.0/8"]);
    command.arg("--data-dir").arg(home.path().join("disk/data"));
    let mut process = Process::spawn(command, &home.path().join("log"));
    let greeting = process.greeting();
    (process, greeting)
}
