//! The start: what is printed, and a clear word when it cannot be.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::harness::http::get;
use crate::harness::launch::program;
use crate::harness::server::Server;

#[test]
fn the_start_prints_where_it_listens_and_what_it_allows() {
    let server = Server::start(&[]);
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
    let server = Server::start(&[]);
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
    let output = refuses(&["--outbox-bytes-max", "64KiB", "--page-bytes-max", "64KiB"]);
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
    assert_eq!(output.status.code(), Some(2));
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

#[test]
fn a_port_that_is_taken_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = fails(&["--listen", &address, "--metrics-listen", "off"]);
    assert!(output.contains(&address), "{output}");
    let output = fails(&["--listen", "127.0.0.1:0", "--metrics-listen", &address]);
    assert!(output.contains(&address) && output.contains("metrics"), "{output}");
}

#[test]
fn a_data_directory_in_use_is_told() {
    let server = Server::start(&[]);
    let data = server.data_dir();
    let data = data.to_str().expect("a path");
    let flags = ["--listen", "127.0.0.1:0", "--metrics-listen", "off", "--data-dir", data];
    let output = fails(&flags);
    assert!(output.contains(data), "{output}");
    assert!(output.contains("another") || output.contains("in use"), "{output}");
    server.guest("ana").barrier();
}

#[test]
fn a_data_directory_that_cannot_be_made_is_told() {
    let home = TempDir::new().expect("a temporary directory");
    let file = home.path().join("file");
    std::fs::write(&file, "not a folder").expect("a file");
    for data in [file.clone(), file.join("data"), "/proc/throng".into()] {
        let data = data.to_str().expect("a path");
        let flags = ["--listen", "127.0.0.1:0", "--metrics-listen", "off", "--data-dir", data];
        let output = fails(&flags);
        assert!(output.contains(data), "{output}");
    }
}

#[test]
fn a_log_that_is_no_log_is_told_and_left_alone() {
    let mut server = Server::start(&[]);
    let mut ana = server.guest("ana");
    ana.join("lobby");
    ana.send("lobby", "hello");
    server.terminate();
    server.wait_exit();
    let data = server.data_dir();
    for entry in walk(&data).filter(|path| path.is_file()) {
        if std::fs::read(&entry).expect("a file").starts_with(b"SQLite format 3") {
            std::fs::write(&entry, b"something else entirely ".repeat(1_000)).expect("a file");
        }
    }
    let data = data.to_str().expect("a path");
    let flags = ["--listen", "127.0.0.1:0", "--metrics-listen", "off", "--data-dir", data];
    let output = fails(&flags);
    assert!(output.contains(data), "where it is: {output}");
}

#[test]
fn a_log_whose_key_is_missing_is_told_and_nothing_is_written() {
    let mut server = Server::start(&[]);
    let mut ana = server.guest("ana");
    ana.join("lobby");
    ana.send("lobby", "hello");
    // In a young log all is in the write-ahead log, and after a clean end all is in the database.
    server.kill9();
    refuses_without_its_key(&server.data_dir());
    server.restart();
    assert_eq!(server.guest("bo").join("lobby").head, 1, "with its key it is as it was");
    server.terminate();
    server.wait_exit();
    refuses_without_its_key(&server.data_dir());
    server.restart();
    assert_eq!(server.guest("bo").join("lobby").head, 1, "with its key it is as it was");
}

/// Takes the key away, sees that no server starts and that nothing changes, and puts it back.
fn refuses_without_its_key(data: &Path) {
    let key = data.join("secret.key");
    let aside = data.with_file_name("aside.key");
    std::fs::rename(&key, &aside).expect("it is moved");
    let before = contents(data);
    let data_dir = data.to_str().expect("a path");
    let flags = ["--listen", "127.0.0.1:0", "--metrics-listen", "off", "--data-dir", data_dir];
    let words = refuses(&flags);
    assert!(words.contains(key.to_str().expect("a path")), "what is missing: {words}");
    assert!(words.contains(data.join("throng.db").to_str().expect("a path")), "{words}");
    assert!(words.contains("missing") && words.contains("put back"), "what to do: {words}");
    // Told by names first: the bytes of a database are no message.
    let after = contents(data);
    assert!(after.keys().eq(before.keys()), "{:?} became {:?}", before.keys(), after.keys());
    assert!(after == before, "a file was written");
    std::fs::rename(&aside, &key).expect("it is moved back");
}

#[test]
fn a_first_start_that_was_cut_short_is_begun_again() {
    let mut server = Server::start(&[]);
    server.kill9();
    let data = server.data_dir();
    let key = std::fs::read(data.join("secret.key")).expect("a key");
    let leave_only = |files: &[(&str, &[u8])]| {
        std::fs::remove_dir_all(&data).expect("it goes away");
        std::fs::create_dir(&data).expect("a directory");
        for (name, bytes) in files {
            std::fs::write(data.join(name), bytes).expect("a file");
        }
    };
    for files in [
        &[("secret.new", &key[..5])][..],
        &[("secret.key", &key)],
        &[("secret.key", &key), ("throng.lock", b""), ("throng.db", b"")],
        &[("throng.lock", b""), ("throng.db", b"")],
    ] {
        leave_only(files);
        server.restart();
        server.guest("ana").barrier();
        server.kill9();
    }
}

#[test]
fn help_and_version_are_no_failures() {
    for flag in ["--help", "--version"] {
        let output = run(program().arg(flag));
        assert!(output.status.success(), "{flag}: {}", words(&output));
        assert!(!output.stdout.is_empty());
    }
}

/// Starts a server that must refuse its configuration; gives its words.
fn refuses(flags: &[&str]) -> String {
    let (code, words) = start(flags);
    assert_eq!(code, Some(2), "{flags:?}: {words}");
    words
}

/// Starts a server that must fail for another reason than its configuration; gives its words.
fn fails(flags: &[&str]) -> String {
    let (code, words) = start(flags);
    assert!(code.is_some_and(|code| code != 0), "{flags:?}: {words}");
    assert!(!words.contains("panicked"), "{flags:?}: {words}");
    words
}

fn start(flags: &[&str]) -> (Option<i32>, String) {
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

/// Every file below a folder, with what is in it.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = walk(folder).filter(|path| path.is_file());
    files.map(|path| (path.clone(), std::fs::read(path).expect("a file"))).collect()
}

/// Every file and folder below a folder, itself included.
fn walk(folder: &Path) -> impl Iterator<Item = PathBuf> {
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
