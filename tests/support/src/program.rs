//! The programs that tests start: they are beside the test, in the same `target/debug`.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::SystemTime;

/// The folder of the running test's build: `target/debug`.
pub fn built() -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    test.ancestors().nth(2).expect("tests are in target/debug/deps").to_owned()
}

/// The program under test.
///
/// Cargo builds it before the tests of its package, and with `--workspace` before all tests. A command such
/// as `cargo nextest run -p throng-client` does not, so it is built here if it is older than its sources.
pub fn throng() -> &'static Path {
    static THRONG: OnceLock<PathBuf> = OnceLock::new();
    THRONG.get_or_init(|| {
        let path = built().join("throng");
        if std::env::var("CARGO_PKG_NAME").as_deref() != Ok("throng") {
            // Under nextest each test is a process: the first one builds, and the others wait for it.
            let _building = lock(&built().join("throng-test-support.lock"));
            if !is_fresh(&path) {
                build();
            }
        }
        assert!(path.is_file(), "there is no server at {}", path.display());
        path
    })
}

/// The command that starts the server, without settings from the environment.
pub fn program() -> Command {
    without_settings(Command::new(throng()))
}

/// The same, started by another program that becomes the server.
pub fn program_by(starter: &[&str]) -> Command {
    let mut command = Command::new(starter[0]);
    command.args(&starter[1..]).arg(throng());
    without_settings(command)
}

/// The command that starts an example of the package under test. Cargo builds it with the package's tests.
pub fn example(name: &str) -> Command {
    let path = built().join("examples").join(name);
    assert!(path.is_file(), "build it: cargo build --workspace --example {name}");
    without_settings(Command::new(path))
}

fn without_settings(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("THRONG_") {
            command.env_remove(name);
        }
    }
    command
}

/// Whether a program is at least as new as all its sources, which cargo lists in a file beside it. Running
/// cargo would take a second for each test, and could replace the program while others start it.
fn is_fresh(program: &Path) -> bool {
    let Some(built) = changed(program) else { return false };
    let list = std::fs::read_to_string(program.with_extension("d")).unwrap_or_default();
    let Some((_, sources)) = list.split_once(": ") else { return false };
    sources.split_whitespace().all(|path| changed(Path::new(path)).is_some_and(|it| it <= built))
}

/// When a file, or the newest file in a folder, was changed.
fn changed(path: &Path) -> Option<SystemTime> {
    if path.is_dir() {
        let entries = path.read_dir().ok()?;
        return entries.map(|entry| changed(&entry.ok()?.path())).max()?;
    }
    path.metadata().and_then(|file| file.modified()).ok()
}

fn lock(path: &Path) -> File {
    let mut options = OpenOptions::new();
    let options = options.write(true).create(true).truncate(false);
    let file = options.open(path).expect("a file in the target folder");
    file.lock().expect("the file can be locked");
    file
}

fn build() {
    let folder = built();
    let profile = folder.file_name().and_then(|name| name.to_str()).expect("the name of a profile");
    let profile = if profile == "debug" { "dev" } else { profile };
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--quiet", "--package", "throng", "--profile", profile, "--target-dir"])
        .arg(folder.parent().expect("the target folder"))
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .status()
        .expect("cargo starts");
    assert!(status.success(), "the server cannot be built");
}
