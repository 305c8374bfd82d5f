//! Files: whose they are, how many may be open, and so how many connections there may be.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use rustix::fs::Mode;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit, umask};

/// What the server itself needs: the log's files, listeners, epoll and stderr; 64 connections that
/// are being refused and 64 that look at the metrics.
const OWN: u64 = 192;

/// Makes every file that the process creates its owner's alone. What people said is not for other
/// users of the machine.
pub(crate) fn keep_private() {
    umask(Mode::RWXG | Mode::RWXO);
}

/// Makes a directory for its owner alone, and those above it that are missing, so that they
/// survive a power cut: each new name is synced with the directory that it stands in.
///
/// # Errors
/// When it can't be made, or something else has the name.
pub(crate) fn make_directory(path: &Path) -> io::Result<()> {
    let path = std::path::absolute(path)?;
    let mut missing: Vec<&Path> = path.ancestors().take_while(|it| !it.exists()).collect();
    while let Some(next) = missing.pop() {
        DirBuilder::new().mode(0o700).create(next)?;
        if let Some(parent) = next.parent() {
            File::open(parent)?.sync_all()?;
        }
    }
    match fs::metadata(&path)?.is_dir() {
        true => Ok(()),
        false => Err(io::ErrorKind::NotADirectory.into()),
    }
}

/// Raises the soft limit of open files to the hard one, and returns how many connections that
/// allows.
pub(crate) fn raise() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let open = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    // No limit at all means as many as the kernel has memory for.
    usize::try_from(open.unwrap_or(1 << 20).saturating_sub(OWN)).unwrap_or(usize::MAX).max(1)
}
