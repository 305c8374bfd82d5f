//! The load tester as a process, and its output.

use std::process::{Command, Output};

use support::program::throng;
use tempfile::TempDir;

/// Where the load tester writes if it is given no other place.
const TEMPORARY: &str = env!("CARGO_TARGET_TMPDIR");

/// The command that starts the load tester with these arguments.
pub(crate) fn loadtest(arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_throng-loadtest"));
    command.args(arguments.split_whitespace());
    command.current_dir(TEMPORARY);
    command
}

/// The same, with the real server, whose data go into a folder.
pub(crate) fn loadtest_throng(arguments: &str, folder: &TempDir) -> Command {
    let mut command = loadtest(arguments);
    command.arg("--server").arg(throng()).arg("--dir").arg(folder.path().join("data"));
    command
}

/// A folder for this test alone.
pub(crate) fn folder() -> TempDir {
    TempDir::new_in(TEMPORARY).expect("a temporary directory")
}

/// Runs it to its end.
pub(crate) fn run(mut command: Command) -> Output {
    command.output().expect("the load tester starts")
}

/// Runs it to its end, checks its exit code, and returns its output.
pub(crate) fn ends_with(code: i32, command: Command) -> String {
    let what = format!("{command:?}");
    let output = run(command);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(code), "{what}: {told}");
    told
}

/// Its output.
pub(crate) fn told(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    format!("{out}{err}")
}
