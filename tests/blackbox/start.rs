//! The start: what the server prints, and clear errors when it cannot start.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use rustix::process::Signal;

use support::eventually;
use support::http::{get, request, upgrade_head};
use support::process::Process;
use support::program::program;
use support::server::Server;

/// The exit code for a reason that does not pass by itself.
pub(crate) const WRONG: i32 = 2;

#[test]
fn the_start_prints_where_it_listens_and_what_it_allows() {
    let server = Server::start();
    let printed = server.printed().join("\n");
    assert!(printed.contains(&format!("http://{}", server.address())), "{printed}");
    assert!(printed.contains(&format!("data in {}", server.data_dir().display())), "{printed}");
    let metrics = format!("metrics on http://{}/metrics", server.metrics_address());
    assert!(printed.contains(&metrics), "{printed}");
    assert!(printed.contains("connections"), "{printed}");
    assert!(server.data_dir().is_dir());
    assert_eq!(get(server.address(), "/healthz").status, 200, "what is printed is true");
}

#[test]
fn the_data_directory_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let server = Server::start();
    server.guest("ana").join("lobby");
    for entry in walk(&server.data_dir()) {
        let mode = entry.metadata().expect("metadata").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} has the mode {mode:o}", entry.display());
    }
}

#[test]
fn a_wrong_value_is_refused_with_its_key_and_what_is_allowed() {
    for (flag, value, key) in [
        ("--listen", "localhost", "listen"),
        ("--heartbeat", "soon", "heartbeat"),
        ("--heartbeat", "1", "heartbeat"),
        ("--outbox-bytes-max", "64 parsecs", "outbox_bytes_max"),
        ("--page-events-max", "0", "page_events_max"),
        ("--page-events-max", "-1", "page_events_max"),
        ("--rooms-open", "perhaps", "rooms_open"),
        ("--trust", "10.0.0.0/99", "trust"),
        ("--log-format", "xml", "log_format"),
        ("--origins", "chat.example/path", "origins"),
    ] {
        let output = refuses(&[flag, value]);
        assert!(output.contains(key), "{flag} {value}: {output}");
        assert!(output.contains(value) && output.contains("allowed"), "{flag} {value}: {output}");
    }
}

#[test]
fn values_that_do_not_go_together_are_refused_with_both_keys() {
    let output = refuses(&["--outbox-bytes-max", "32KiB", "--page-bytes-max", "32KiB"]);
    assert!(output.contains("outbox_bytes_max") && output.contains("page_bytes_max"), "{output}");
}

#[test]
fn an_unknown_flag_variable_or_key_is_refused() {
    assert!(refuses(&["--no-such-flag", "1"]).contains("no-such-flag"));
    let home = TempDir::new().expect("a temporary directory");
    let file = home.path().join("throng.toml");
    std::fs::write(&file, "hartbeat = \"10s\"\n").expect("a file");
    let output = refuses(&["--config", file.to_str().expect("a path")]);
    assert!(output.contains("hartbeat") && output.contains("heartbeat"), "{output}");
    let mut command = program();
    let output = run(command.current_dir(home.path()).env("THRONG_LISTN", "127.0.0.1:0"));
    assert_eq!(output.status.code(), Some(WRONG));
    assert!(words(&output).contains("THRONG_LISTEN"), "{}", words(&output));
}

#[test]
fn every_mistake_is_told_at_once() {
    let output = refuses(&["--heartbeat", "soon", "--rooms-open", "perhaps"]);
    assert!(output.contains("heartbeat") && output.contains("rooms_open"), "{output}");
}

#[test]
fn the_configuration_in_force_is_printed_with_its_sources() {
    let home = TempDir::new().expect("a temporary directory");
    let file = home.path().join("throng.toml");
    std::fs::write(&file, "heartbeat = \"11s\"\nnick_hold = \"12s\"\ngrace = \"13s\"\n")
        .expect("a file");
    let mut command = program();
    command.current_dir(home.path()).env("THRONG_NICK_HOLD", "14s").env("THRONG_GRACE", "15s");
    command.arg("config").arg("--config").arg(&file).args(["--grace", "16s"]);
    let output = run(&mut command);
    assert!(output.status.success(), "{}", words(&output));
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    let line = |key: &str| {
        let found = printed.lines().find(|line| line.split(' ').next() == Some(key));
        found.unwrap_or_else(|| panic!("{key} is missing in {printed}")).to_owned()
    };
    assert!(line("heartbeat").contains("11s") && line("heartbeat").contains("throng.toml"));
    assert!(line("nick_hold").contains("14s") && line("nick_hold").contains("THRONG_NICK_HOLD"));
    assert!(line("grace").contains("16s") && line("grace").contains("--grace"));
    assert!(line("listen").contains("default"));
    assert!(!home.path().join("data").exists(), "printing makes nothing");
}

/// A server that cannot start yet.
pub(crate) struct Waiting {
    pub(crate) process: Process,
    _home: TempDir,
}

impl Waiting {
    pub(crate) fn start(flags: &[&str]) -> Self {
        let home = TempDir::new().expect("a temporary directory");
        let mut command = program();
        command.current_dir(home.path()).args(flags);
        let process = Process::spawn(command, &home.path().join("log"));
        Self { process, _home: home }
    }
}

/// Somebody who tries it on the network opens the printed address.
#[test]
fn what_is_printed_for_all_addresses_can_be_opened() {
    let flags = ["--listen", "0.0.0.0:0", "--metrics-listen", "0.0.0.0:0"];
    let mut waiting = Waiting::start(&flags);
    let mut printed = || waiting.process.line().expect("a line");
    let port = |line: &str, before: &str, after: &str| -> u16 {
        let rest = line.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        rest.and_then(|port| port.parse().ok()).unwrap_or_else(|| panic!("{line}"))
    };
    let line = printed();
    let chat = port(&line, "throng listens on http://localhost:", " (all addresses)");
    let line = printed();
    let metrics = port(&line, "metrics on http://localhost:", "/metrics (all addresses)");
    let own = rustix::system::uname().nodename().to_string_lossy().into_owned();
    for host in ["localhost", "0.0.0.0", "[::]", &own, &own.to_uppercase()] {
        let get = |port: u16, path: &str| {
            let head = format!("GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n");
            request(([127, 0, 0, 1], port).into(), &head).status
        };
        assert_eq!(get(chat, "/"), 200, "{host}");
        assert_eq!(get(metrics, "/metrics"), 200, "{host}");
        let host = format!("{host}:{chat}");
        let head = upgrade_head(&host, &format!("Origin: http://{host}\r\n"));
        assert_eq!(request(([127, 0, 0, 1], chat).into(), &head).status, 101, "{host}");
        let head = upgrade_head(&host, &format!("Origin: http://evil.example:{chat}\r\n"));
        assert_eq!(request(([127, 0, 0, 1], chat).into(), &head).status, 403, "{host}");
    }
}

#[test]
fn a_limit_of_open_files_that_leaves_nothing_is_told() {
    for (nofile, is_told) in [(192, true), (250, true), (1_000, false)] {
        let server = Server::setup().open_files(nofile).start();
        // A separate thread writes the lines, in order.
        server.signal(Signal::USR1);
        eventually("the line after it is there", || server.log().contains("Usr1"));
        assert_eq!(server.log().contains("open files"), is_told, "{nofile}: {}", server.log());
    }
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let home = TempDir::new().expect("a temporary directory");
    let mut command = program();
    command.current_dir(home.path()).env("THRONG_CONFIG", "").env("THRONG_GRACE", "");
    command.env("THRONG_ORIGINS", "").arg("config");
    let output = run(&mut command);
    assert!(output.status.success(), "{}", words(&output));
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    let line = |key: &str| {
        let line = printed.lines().find(|line| line.starts_with(key));
        line.unwrap_or_else(|| panic!("{key} is missing in {printed}")).to_owned()
    };
    assert!(line("grace ").contains("20s") && line("grace ").ends_with("# default"));
    assert!(
        line("origins ").ends_with("# environment THRONG_ORIGINS"),
        "an empty variable sets an empty list"
    );
}

#[test]
fn a_first_start_that_was_cut_short_is_begun_again() {
    let mut server = Server::start();
    server.kill9();
    let data = server.data_dir();
    let key = std::fs::read(data.join("secret.key")).expect("a key");
    // No log has been made yet, so the key's file does not say that one was.
    let key = &key[..32];
    let leave_only = |files: &[(&str, &[u8])]| {
        std::fs::remove_dir_all(&data).expect("it goes away");
        std::fs::create_dir(&data).expect("a directory");
        for (name, bytes) in files {
            std::fs::write(data.join(name), bytes).expect("a file");
        }
    };
    for files in [
        &[("secret.new", &key[..5])][..],
        &[("secret.key", key)],
        &[("secret.key", key), ("throng.lock", b""), ("throng.db", b"")],
        &[("throng.lock", b""), ("throng.db", b"")],
    ] {
        leave_only(files);
        server.restart();
        assert!(server.printed().join("\n").contains("a new log was made"), "it says so");
        server.guest("ana").barrier();
        server.kill9();
    }
}

#[test]
fn a_key_of_an_older_version_is_marked_when_its_log_was_opened() {
    let mut server = Server::start();
    let token = server.guest("ana").token().to_owned();
    server.stop();
    let key = server.data_dir().join("secret.key");
    let marked = std::fs::read(&key).expect("a key");
    assert!(marked.len() > 32, "it is marked");
    std::fs::write(&key, &marked[..32]).expect("as an older version left it");
    server.restart();
    server.known(&token).barrier();
    assert_eq!(std::fs::read(&key).expect("a key"), marked);
}

#[test]
fn a_data_directory_is_where_its_path_leads_whatever_is_in_it() {
    let home = TempDir::new().expect("a temporary directory");
    for (given, made) in
        [("file:x", "file:x"), ("new/../there", "there"), ("a?b=c&d#e", "a?b=c&d#e")]
    {
        let mut command = program();
        command.current_dir(home.path()).args(["--listen", "127.0.0.1:0", "--data-dir", given]);
        command.args(["--metrics-listen", "off"]);
        let mut process = Process::spawn(command, &home.path().join("log"));
        process.greeting();
        assert!(home.path().join(made).join("throng.db").is_file(), "{given}");
    }
    let mut names: Vec<_> = std::fs::read_dir(home.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["a?b=c&d#e", "file:x", "log", "there"], "and nothing beside it");
}

#[test]
fn help_and_version_are_no_failures() {
    for flag in ["--help", "--version"] {
        let output = run(program().arg(flag));
        assert!(output.status.success(), "{flag}: {}", words(&output));
        assert!(!output.stdout.is_empty());
    }
}

#[test]
fn the_program_asks_a_server_for_its_health() {
    let mut server = Server::with(["--connections-max", "1"]).start();
    let _full = server.guest("ana");
    let ask = |listen: &str| {
        let output = run(program().arg("health").args(["--listen", listen]));
        (output.status.code(), words(&output))
    };
    let port = server.address().port();
    let listens = [format!("127.0.0.1:{port}"), format!("0.0.0.0:{port}")];
    for listen in &listens {
        assert_eq!(ask(listen), (Some(0), String::new()), "{listen}");
    }
    server.kill9();
    for listen in &listens {
        let (code, words) = ask(listen);
        assert_eq!(code, Some(1), "{words}");
        assert!(words.contains(&format!("127.0.0.1:{port}")), "{words}");
    }
}

/// Starts a server that must refuse its configuration or data until somebody changes something; returns its
/// output.
pub(crate) fn refuses(flags: &[&str]) -> String {
    let (code, words) = start(flags);
    assert_eq!(code, Some(WRONG), "{flags:?}: {words}");
    words
}

pub(crate) fn start(flags: &[&str]) -> (Option<i32>, String) {
    let home = TempDir::new().expect("a temporary directory");
    let output = run(program().current_dir(home.path()).args(flags));
    (output.status.code(), words(&output))
}

fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?} did not start: {error}"))
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// All files and folders below a folder, and the folder itself.
pub(crate) fn walk(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let mut found = vec![folder.to_owned()];
    let mut at = 0;
    while at < found.len() {
        if let Ok(entries) = std::fs::read_dir(&found[at]) {
            found.extend(entries.map(|entry| entry.expect("an entry").path()));
        }
        at += 1;
    }
    found.into_iter()
}
