//! The files in `contrib/` are what the documents show, and match the program.

use std::process::Command;

const UNIT: &str = include_str!("../contrib/systemd/throng.service");
const IMAGE: &str = include_str!("../contrib/docker/Dockerfile");
const OPERATING: &str = include_str!("../docs/operating.md");
const CONTEXT: &str = include_str!("../contrib/docker/Dockerfile.dockerignore");

#[test]
fn the_unit_in_the_documents_is_the_file() {
    assert!(OPERATING.contains(&format!("```ini\n{UNIT}```\n")), "copy one over the other");
}

/// Otherwise systemd would repeat a start that cannot succeed, or not repeat one that can.
#[test]
fn the_unit_starts_again_what_may_pass_and_nothing_else() {
    for line in ["Restart=on-failure", "RestartPreventExitStatus=2", "StartLimitIntervalSec=0"] {
        assert!(UNIT.lines().any(|found| found == line), "{line}");
    }
    let seconds = UNIT.lines().find_map(|line| line.strip_prefix("RestartSec="));
    assert!(seconds.is_some_and(|seconds| seconds.parse::<u32>().is_ok_and(|it| it >= 1)));
}

#[test]
fn the_image_sets_what_the_program_knows() {
    let variables = IMAGE.lines().filter_map(|line| line.strip_prefix("ENV "));
    let variables = variables.flat_map(|line| line.split(' ')).map(|pair| pair.split_once('='));
    let mut program = Command::new(env!("CARGO_BIN_EXE_throng"));
    for (name, value) in variables.map(|pair| pair.expect("name=value")) {
        program.env(name, value);
    }
    let output = program.arg("config").output().expect("it starts");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(printed.contains("0.0.0.0:8080") && printed.contains("\"/data\""), "{printed}");
}

/// A new crate of the workspace must be copied into the image's build.
#[test]
fn the_image_is_built_from_every_folder_of_the_workspace() {
    let manifest = include_str!("../Cargo.toml");
    let members = manifest.lines().find_map(|line| line.strip_prefix("members = "));
    let members = members.expect("the workspace has members").trim_matches(['[', ']']);
    let folders = members.split(',').map(|member| member.trim().trim_matches('"'));
    for folder in folders.chain(["src", "build", "build.rs", "benches", "Cargo.lock", "client/web"])
    {
        let top = folder.split('/').next().expect("a folder");
        let is_in = |line: &str| line == format!("!{top}") || line == format!("!{folder}");
        assert!(CONTEXT.lines().any(is_in), "{folder}");
    }
}
