//! The load tester never says that something held which it could not check: the server dies, hangs or is left
//! running, the run is cut short, or it could not even start as planned.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use support::http_stub::HttpStub;
use support::lines::Lines;
use support::process::signal;
use support::server::Server;

use crate::tester::{self, ends_with, folder, loadtest, loadtest_throng, run, told};

/// A small crowd that talks for longer than any test needs.
const TALK: &str = "steady --clients 40 --rooms 4 --rate 100 --seconds 600 --patience-seconds 2";

/// A run in progress.
struct Run {
    child: Child,
    progress: Lines,
}

impl Run {
    fn start(mut command: Command) -> Self {
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let progress = Lines::of(child.stderr.take().expect("a pipe"));
        Self { child, progress }
    }

    /// Waits until the load of the measured phase is on.
    fn until_it_measures(&mut self) {
        while self.progress.until(" s  steady ").contains(" 0 sends/s") {}
    }

    fn end(self) -> Output {
        self.child.wait_with_output().expect("it ends")
    }
}

fn result(path: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(path).expect("a result");
    serde_json::from_str(&text).expect("JSON")
}

/// Runs against a server that gets a signal midway.
fn with_a_server_that(seconds: u32, fate: Signal) -> (Output, serde_json::Value) {
    let server = Server::with(["--metrics-listen", "off"]).start();
    let folder = folder();
    let json = folder.path().join("run.json");
    let url = format!("{}/ws", server.url());
    let talk = TALK.replace("600", &seconds.to_string());
    let mut run = Run::start(loadtest(&format!("{talk} --url {url} --json {}", json.display())));
    run.until_it_measures();
    server.signal(fate);
    let output = run.end();
    (output, result(&json))
}

/// What every run must report that could not be checked to its end.
fn is_not_checked(output: &Output, result: &serde_json::Value) {
    let told = told(output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("PROMISES NOT CHECKED") && !told.contains("HELD"), "{told}");
    assert!(!told.contains("LATENCY GOOD"), "it waited longer than that: {told}");
    assert_eq!(result["verdict"]["outcome"], "not-checked", "{told}");
    assert_eq!(result["verdict"]["broken"], 0, "no client saw a broken promise: {told}");
    let unanswered = result["verdict"]["unanswered"].as_u64().expect("a count");
    assert!(unanswered > 0, "{told}");
    assert!(told.contains(" had no answer"), "{told}");
    // The sends waited, so their latency is at least the waiting time.
    let longest = result["total"]["commit"]["max"].as_f64().expect("milliseconds");
    assert!(longest >= 2000.0, "{longest} ms; {told}");
}

#[test]
fn a_server_that_dies_in_the_middle_was_not_checked() {
    let (output, result) = with_a_server_that(4, Signal::KILL);
    is_not_checked(&output, &result);
    assert!(told(&output).contains("not joined at the end"), "{}", told(&output));
}

#[test]
fn a_server_that_hangs_in_the_middle_was_not_checked() {
    let (output, result) = with_a_server_that(4, Signal::STOP);
    is_not_checked(&output, &result);
    assert!(told(&output).contains("no answer to a last ping"), "{}", told(&output));
}

#[test]
fn a_server_that_was_started_here_and_dies_ends_the_run_with_its_report() {
    let folder = folder();
    let json = folder.path().join("run.json");
    let talk = format!("{TALK} --json {}", json.display());
    let mut run = Run::start(loadtest_throng(&talk, &folder));
    run.until_it_measures();
    kill_process(server_of(folder.path()), Signal::KILL).expect("the server runs");
    let output = run.end();
    let told = told(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("PROMISES NOT CHECKED"), "{told}");
    assert!(told.contains("the server ended by itself"), "{told}");
    assert!(told.contains("CUT SHORT"), "{told}");
    let result = result(&json);
    assert!(result["cut_short"]["why"].as_str().expect("a reason").contains("ended by itself"));
    assert_eq!(result["cut_short"]["planned"], 603.0);
}

/// The server whose data is in a directory, found by its command line in /proc.
fn server_of(folder: &Path) -> Pid {
    let mine = folder.display().to_string();
    let processes = std::fs::read_dir("/proc").expect("/proc").flatten();
    let pid =
        processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok()).find(|pid| {
            let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line);
            line.contains(&mine) && line.contains("--data-dir") && !line.contains("loadtest\0")
        });
    Pid::from_raw(pid.expect("a server")).expect("a process")
}

#[test]
fn a_run_that_is_cut_short_reports_and_ends_as_the_signal_does() {
    for (name, asked, code) in [("SIGTERM", Signal::TERM, 143), ("SIGINT", Signal::INT, 130)] {
        let folder = folder();
        let json = folder.path().join("run.json");
        let talk = format!("{TALK} --json {}", json.display());
        let mut talking = Run::start(loadtest_throng(&talk, &folder));
        talking.until_it_measures();
        signal(&talking.child, asked);
        let output = talking.end();
        let told = told(&output);
        assert_eq!(output.status.code(), Some(code), "{told}");
        assert!(told.contains("CUT SHORT") && told.contains(&format!(": {name}")), "{told}");
        let result = result(&json);
        assert_eq!(result["cut_short"]["why"], name, "{told}");
        let left = std::fs::read_dir(folder.path().join("data")).map_or(0, Iterator::count);
        assert_eq!(left, 0, "the server's data are removed: {told}");

        let json = json.display();
        let compared = run(loadtest(&format!("compare {json} {json}")));
        let lines = tester::told(&compared);
        assert_eq!(lines.matches("cut short").count(), 2, "{lines}");
    }
}

#[test]
fn a_run_that_ends_before_anybody_spoke_was_not_checked() {
    // It accepts connections and never answers: no client ever joins.
    let silent = HttpStub::start(|_| None);
    let url = format!("ws://{}/ws", silent.address());
    let mut run = Run::start(loadtest(&format!("{TALK} --url {url}")));
    let line = run.progress.next().expect("a line");
    assert!(line.contains(" arrival "), "nobody comes: {line}");
    signal(&run.child, Signal::TERM);
    let output = run.end();
    let told = told(&output);
    assert_eq!(output.status.code(), Some(143), "{told}");
    assert!(told.contains("PROMISES NOT CHECKED") && !told.contains("HELD"), "{told}");
    assert!(told.contains("nothing was acknowledged"), "{told}");
}

#[test]
fn more_clients_than_open_files_are_no_run() {
    let limited = |arguments: &str| {
        let program = env!("CARGO_BIN_EXE_throng-loadtest");
        let line = format!("ulimit -n 501; exec {program} {arguments}");
        let output = Command::new("sh").args(["-c", &line]).output().expect("a shell");
        let told = told(&output);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains("`ulimit -n` allows 501"), "{told}");
        told
    };
    assert!(limited("steady --clients 50 --target floor").contains("--clients 1"));
    assert!(limited("versus-floor --clients 50").contains("--clients 1"));
}

#[test]
fn a_result_that_cannot_be_written_is_told_before_the_run() {
    let folder = folder();
    let nowhere = folder.path().join("not/there.json");
    for what in
        ["steady --target floor --json", "steady --target floor --html", "versus-floor --json"]
    {
        let told = ends_with(2, loadtest(&format!("{what} {}", nowhere.display())));
        assert!(told.contains("there.json cannot be written"), "{told}");
        assert!(!told.contains("clients in"), "nothing has begun: {told}");
    }
}

#[test]
fn a_result_on_standard_output_follows_the_report() {
    let folder = folder();
    let path = folder.path().join("out.txt");
    let file = std::fs::File::create(&path).expect("a file");
    let line =
        "steady --clients 4 --rooms 1 --rate 20 --seconds 1 --target floor --json /proc/self/fd/1";
    let status = loadtest(line).stdout(file).stderr(Stdio::null()).status().expect("it starts");
    assert_eq!(status.code(), Some(0));
    let text = std::fs::read_to_string(&path).expect("text");
    assert!(text.contains("PROMISES HELD"), "{text}");
    let json = &text[text.find("\n{\n").expect("an object")..];
    serde_json::from_str::<serde_json::Value>(json).expect("JSON behind the report");
}
