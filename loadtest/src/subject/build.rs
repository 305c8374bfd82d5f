//! The throng binary beside this program. It is built if cargo has built only this program, as `cargo run -p
//! throng-loadtest` does.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The throng binary of this program's build. If this program is in the target folder of a workspace that
/// exists, it is built first.
///
/// # Errors
/// If it cannot be built.
pub(super) fn beside() -> Result<PathBuf> {
    let program = std::env::current_exe().context("this program does not know where it is")?;
    let folder = program.parent().context("this program is in no directory")?;
    let binary = folder.join("throng");
    if let Some((workspace, profile)) = workspace_of(folder) {
        build(&workspace, folder, profile)?;
    }
    Ok(binary)
}

/// The workspace that this program was compiled in, and its profile, if the program is in a target folder of
/// cargo and the workspace still exists.
fn workspace_of(folder: &Path) -> Option<(PathBuf, &str)> {
    let target = folder.parent()?;
    let of_cargo =
        target.join("CACHEDIR.TAG").is_file() || target.join(".rustc_info.json").is_file();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    let manifest = std::fs::read_to_string(workspace.join("Cargo.toml")).ok()?;
    let is_ours = manifest.contains("[workspace]") && manifest.contains("name = \"throng\"");
    let profile = match folder.file_name()?.to_str()? {
        // Only the folder of cargo's `dev` profile has another name.
        "debug" => "dev",
        other => other,
    };
    (of_cargo && is_ours).then(|| (workspace.to_owned(), profile))
}

fn build(workspace: &Path, folder: &Path, profile: &str) -> Result<()> {
    let target = folder.parent().context("a profile's folder lies in a target folder")?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--package", "throng", "--profile", profile]);
    cargo.arg("--target-dir").arg(target).current_dir(workspace).stdin(Stdio::null());
    say!("building the server beside: cargo build --package throng --profile {profile}");
    match cargo.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => bail!(
            "the server could not be built ({status}); build it with `cargo build --release \
             --package throng`, or name a binary with --server"
        ),
        // Without cargo, use the existing binary; if there is none, starting it fails with a message.
        Err(_) => Ok(()),
    }
}
