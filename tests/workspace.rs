//! The README's commands build each library once: `-p throng-chat` and `--workspace` use what `cargo run` has
//! built.
//!
//! A library is built again if a command wants other features of it than the commands before.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// The features of each library, as one command wants them. One command may build a library twice, for the
/// programs and for build scripts and macros.
type Features = BTreeMap<String, BTreeSet<String>>;

#[test]
fn every_command_builds_the_libraries_with_the_same_features() {
    let all = wanted(&["--workspace"]);
    let mut drifted = Vec::new();
    for program in ["throng", "throng-chat", "throng-loadtest"] {
        for (library, features) in wanted(&["--package", program]) {
            for other in features.difference(&all[&library]) {
                let needed = &all[&library];
                drifted
                    .push(format!("{program}: {library} has {other:?}, all together {needed:?}"));
            }
        }
    }
    assert!(
        drifted.is_empty(),
        "these would be built again for another program; name the missing features in \
         [workspace.dependencies] of Cargo.toml or, where no program names the library, in \
         build/workspace-hack/Cargo.toml:\n{}",
        drifted.join("\n")
    );
}

fn wanted(packages: &[&str]) -> Features {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--edges", "normal,build", "--no-dedupe", "--prefix", "none"])
        .args(["--format", "{p}\t{f}"])
        .args(packages)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo starts");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{packages:?}: {words}");
    let mut wanted = Features::new();
    let lines = String::from_utf8(output.stdout).expect("UTF-8");
    for (library, features) in lines.lines().filter_map(|line| line.split_once('\t')) {
        wanted.entry(library.to_owned()).or_default().insert(features.to_owned());
    }
    assert!(wanted.len() > 50, "cargo's output was parsed: {}", wanted.len());
    wanted
}
