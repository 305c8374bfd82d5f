//! Every scenario with a small crowd against the real server: it holds, it ends, and its exit code
//! says so.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

/// A crowd for a few seconds.
const SMALL: &str = "--clients 60 --rooms 6 --rooms-per-client 2 --patience-seconds 20";

/// The server beside the load tester, as `cargo nextest run --workspace` builds it; with `-p
/// throng-loadtest` alone it is built here.
fn server() -> &'static Path {
    static SERVER: OnceLock<PathBuf> = OnceLock::new();
    SERVER.get_or_init(|| {
        let program = Path::new(env!("CARGO_BIN_EXE_throng-loadtest"));
        let folder = program.parent().expect("the folder of a profile");
        let target = folder.parent().expect("the target folder");
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--package", "throng", "--target-dir"])
            .arg(target)
            .args(if folder.ends_with("release") { &["--release"][..] } else { &[] })
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .status()
            .expect("cargo starts");
        let server = folder.join("throng");
        assert!(built.success() && server.is_file(), "no server at {}", server.display());
        server
    })
}

fn loadtest(test: &str) -> Command {
    let dir: PathBuf = [env!("CARGO_TARGET_TMPDIR"), "scenarios", test].iter().collect();
    let mut command = Command::new(env!("CARGO_BIN_EXE_throng-loadtest"));
    command.env("XDG_DATA_HOME", &dir).current_dir(env!("CARGO_TARGET_TMPDIR"));
    command
}

/// Runs it against a server of its own.
fn run(test: &str, arguments: &str) -> Output {
    let dir: PathBuf = [env!("CARGO_TARGET_TMPDIR"), "scenarios", test].iter().collect();
    let mut command = loadtest(test);
    command.args(arguments.split_whitespace());
    command.arg("--server").arg(server()).arg("--dir").arg(dir);
    command.output().expect("the load tester starts")
}

fn told(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    format!("{out}{err}")
}

/// Runs it, sees it hold, and returns what it said.
fn holds(test: &str, arguments: &str) -> String {
    let output = run(test, arguments);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(0), "{test}: {told}");
    assert!(told.contains("PROMISES HELD"), "{test}: {told}");
    told
}

#[test]
fn the_calm_scenarios_hold() {
    for name in ["steady", "town-hall", "soak"] {
        let rooms = if name == "town-hall" { "" } else { "--rooms 6 --rooms-per-client 2" };
        let told = holds(name, &format!("{name} --clients 60 {rooms} --rate 100 --seconds 1"));
        assert!(told.contains("HELD  200 acknowledged"), "{name}: {told}");
        assert!(told.contains("200 read back from the log"), "{name}: {told}");
    }
}

#[test]
fn saturation_and_silence_hold() {
    let told = holds("saturate", &format!("saturate {SMALL} --seconds 1 --outstanding 2"));
    assert!(told.contains(" acknowledged, "), "{told}");
    let told = holds("idle", &format!("idle {SMALL} --seconds 1 --settle-seconds 0 --warm-up 10"));
    assert!(told.contains("growth per connection since warm"), "{told}");
    assert!(told.contains("of processor time a second"), "{told}");
}

#[test]
fn the_ramp_ends_with_a_capacity() {
    // Small steps: beside other programs an answer takes half a second, and after a doubling a step of
    // a second would seem not to keep up.
    let ramp = "ramp --rate 50 --factor 1.05 --step-seconds 1 --seconds 3 --p99-ms 20000";
    let told = holds("ramp", &format!("{ramp} {SMALL}"));
    assert!(told.contains("the capacity is at least"), "{told}");
    let ramp = "ramp --rate 50 --factor 2 --step-seconds 1 --seconds 3 --p99-ms 0.1";
    let told = holds("ramp-over", &format!("{ramp} {SMALL}"));
    assert!(told.contains("the first rate was too much already"), "{told}");
}

#[test]
fn storms_churn_and_slow_readers_hold() {
    let told = holds("storm", &format!("storm {SMALL} --seconds 2 --times 2 --rate 50"));
    assert_eq!(told.matches("all joined again").count(), 2, "{told}");
    let told = holds("churn", &format!("churn {SMALL} --seconds 2 --per-second 20 --rate 50"));
    assert!(told.contains("40 times a client left"), "{told}");
    let slow = "slow-readers --seconds 2 --share 0.1 --pause-seconds 0.5 --rate 100";
    let told = holds("slow", &format!("{slow} {SMALL}"));
    assert!(told.contains("2 times 10.0 % of the clients stopped reading"), "{told}");
}

#[test]
fn a_restart_loses_nothing() {
    let told = holds("restart", &format!("restart {SMALL} --seconds 2 --times 1 --rate 50"));
    assert!(told.contains("SIGTERM") && told.contains("everybody back"), "{told}");
}

#[test]
fn a_crash_loses_nothing_and_the_seed_says_when() {
    let crash = format!("crash {SMALL} --seconds 2 --times 2 --rate 50 --seed 7");
    let moments = |told: &str| {
        let killed = told.lines().filter_map(|line| line.split_once("SIGKILL "));
        killed.filter_map(|(_, rest)| Some(rest.get(..4)?.to_owned())).collect::<Vec<_>>()
    };
    let (first, second) = (holds("crash", &crash), holds("crash-again", &crash));
    assert_eq!(moments(&first).len(), 2, "{first}");
    assert_eq!(moments(&first), moments(&second), "{first}\n{second}");
}

#[test]
fn a_plan_in_a_file_runs_and_is_recorded() {
    let json = Path::new(env!("CARGO_TARGET_TMPDIR")).join("short.json");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/short.toml");
    let told = holds("plan", &format!("plan {file} --json {}", json.display()));
    assert!(told.contains("the power fails"), "{told}");
    let text = std::fs::read_to_string(&json).expect("a result");
    let result: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let again = result["again"].as_str().expect("a command line");
    assert!(again.contains("plan") && again.contains("--seed "), "{again}");
    assert_eq!(result["phases"].as_array().map(Vec::len), Some(4), "the arrival and three");
    assert_eq!(result["verdict"]["broken"], 0);
    assert!(result["total"]["server"]["resident"].as_u64() > Some(1 << 20), "{text}");
}

#[test]
fn a_bound_that_is_passed_ends_with_1() {
    let output = run("bound", &format!("steady {SMALL} --seconds 1 --fail-if p99>0.001ms"));
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("BOUND FAILED"), "{}", told(&output));
}

#[test]
fn a_server_that_runs_already_is_tested_seen_and_left_alone() {
    let mut running = Running::start();
    let url = format!("ws://localhost:{}/ws", running.port);
    let arguments = format!("steady {SMALL} --seconds 1 --rate 50 --url {url}");
    let output = loadtest("url").args(arguments.split_whitespace()).output().expect("it starts");
    let told = told(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("PROMISES HELD") && !told.contains("out of sight"), "{told}");
    assert!(running.child.try_wait().expect("a child").is_none(), "the server still runs");
    let refused = loadtest("url").args(["crash", "--url", &url]).output().expect("it starts");
    assert_eq!(refused.status.code(), Some(2));
    assert!(self::told(&refused).contains("needs a server that the load tester started"));
}

#[test]
fn an_interrupted_run_ends_early_with_its_report_and_leaves_no_server() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scenarios").join("interrupt");
    let mut command = loadtest("interrupt");
    command.args(format!("steady {SMALL} --seconds 600 --rate 50").split_whitespace());
    command.arg("--server").arg(server()).arg("--dir").arg(&dir);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    let mut lines =
        std::io::BufRead::lines(std::io::BufReader::new(child.stderr.take().expect("a pipe")));
    // The first line of the progress tells that everybody is there.
    let first = lines.next().expect("a line").expect("text");
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("it runs");
    let rest: Vec<String> = lines.map_while(Result::ok).collect();
    let output = child.wait_with_output().expect("it ends");
    let told = told(&output);
    assert_eq!(output.status.code(), Some(0), "{first} {rest:?} {told}");
    assert!(told.contains("ended early") && told.contains("PROMISES HELD"), "{told}");
    let left = std::fs::read_dir(&dir).map_or(0, Iterator::count);
    assert_eq!(left, 0, "the server's data are removed");
}

#[test]
fn what_cannot_be_run_ends_with_2_and_says_what_to_do() {
    let two = |arguments: &[&str]| {
        let output = loadtest("two").args(arguments).output().expect("the load tester starts");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", told(&output));
        told(&output)
    };
    assert!(two(&["steady", "--server", "/nonexistent/throng"]).contains("--server"));
    assert!(two(&["steady", "--url", "wss://chat.example/ws"]).contains("behind the proxy"));
    assert!(two(&["steady", "--url", "ws://127.0.0.1:1/ws"]).contains("nobody answers"));
    assert!(two(&["plan", "/nonexistent.toml"]).contains("cannot be read"));
    assert!(two(&["ramp", "--rate", "0"]).contains("a ramp grows a rate"));
    assert!(two(&["steady", "--seconds=-1"]).contains("seconds"));
}

/// A server that somebody started. Dropping it ends it.
struct Running {
    child: Child,
    port: u16,
}

impl Running {
    fn start() -> Self {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scenarios").join("running");
        let _ = std::fs::remove_dir_all(&dir);
        let mut child = Command::new(server())
            .args(["--listen", "127.0.0.1:0", "--metrics-listen", "off"])
            .args(["--trust", "127.0.0.0/8,::1/128", "--data-dir"])
            .arg(dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let out = std::io::BufReader::new(child.stdout.take().expect("a pipe"));
        let mut lines = std::io::BufRead::lines(out).map_while(Result::ok);
        let port = lines.find_map(|line| {
            let (_, rest) = line.split_once("127.0.0.1:")?;
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        });
        // What the server says later is read away, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port: port.expect("the server prints its address") }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
