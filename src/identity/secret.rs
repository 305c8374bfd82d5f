//! The server's secret: 32 random bytes in the data directory, beside the log rather than in it.
//!
//! The keys that sign tokens and digest message bodies are derived from it. A copy of the log alone is not
//! enough for either.
//!
//! Once a log was made with it, a mark follows the secret, so that a log that is missing later is not taken
//! for a first start.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use throng_log::data_dir;

const FILE: &str = "secret.key";

/// How long the secret is.
const BYTES: usize = 32;

/// The mark after the secret, once a log was made with it.
const MARK: &[u8] = b"a log was made\n";

/// Why there is no secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file could not be read or written.
    #[error("{}: {error}: the server keeps its secret there and must own the directory", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        error: io::Error,
    },
    /// There is no secret, but a log that was made with one.
    #[error(
        "{} is missing, and the log beside it, {}, was made with it: put back the {FILE} that was \
         in use with this log (it belongs to the same backup); no other key fits, and none was \
         made. Without it this log cannot be served; to begin with an empty one, choose another \
         data directory",
        path.display(), log.display()
    )]
    Missing {
        /// Where it has to be.
        path: PathBuf,
        /// The database of that log.
        log: PathBuf,
    },
    /// There is a secret that a log was made with, but no log.
    #[error(
        "{} is missing or empty, and the key beside it, {}, was in use with a log: look whether the \
         right disk is mounted there, or put back the throng.db of the same backup. Nothing was \
         made. To begin with an empty log, choose another data directory, or move the key away: then \
         nobody is recognised any more",
        log.display(), path.display()
    )]
    Lost {
        /// The key.
        path: PathBuf,
        /// Where the database has to be.
        log: PathBuf,
    },
    /// The file has another size or other content.
    #[error(
        "{} must hold a secret of 32 bytes and holds {bytes} bytes: bring it back from a backup (without it nobody \
         is recognised, and retries are not either)",
        path.display()
    )]
    Size {
        /// The file.
        path: PathBuf,
        /// How many bytes it holds.
        bytes: usize,
    },
}

/// The log found in a data directory.
pub(crate) enum Found {
    /// There is a log in this database.
    Log(PathBuf),
    /// There is no log; it would be in this database.
    None(PathBuf),
}

/// Reads the secret, or makes one in a directory that has none.
///
/// Beside a log, no secret is made: it would not be that log's, and an operator would take it for the right
/// one. If a log was made with a secret, the secret is refused without that log.
///
/// A new secret is on disk when this returns. If the log is made only afterwards, no power cut leaves a log
/// without its secret.
///
/// # Errors
/// [`SecretError`] says what is wrong with the file, or what is missing beside it.
pub(crate) fn load(dir: &Path, found: Found) -> Result<[u8; BYTES], SecretError> {
    let path = dir.join(FILE);
    let wrong = |error| SecretError::Io { path: path.clone(), error };
    match (fs::read(&path), found) {
        (Ok(bytes), found) => match (read(&bytes), found) {
            (Some((_, true)), Found::None(log)) => Err(SecretError::Lost { path, log }),
            (Some((secret, _)), _) => Ok(secret),
            (None, _) => Err(SecretError::Size { path, bytes: bytes.len() }),
        },
        (Err(error), Found::Log(log)) if error.kind() == io::ErrorKind::NotFound => {
            Err(SecretError::Missing { path, log })
        }
        (Err(error), Found::None(_)) if error.kind() == io::ErrorKind::NotFound => {
            data_dir::make_directory(dir).map_err(wrong)?;
            let mut secret = [0; BYTES];
            getrandom::fill(&mut secret).map_err(|error| wrong(io::Error::other(error)))?;
            make(dir, &path, &secret).map_err(wrong)?;
            Ok(secret)
        }
        (Err(error), _) => Err(wrong(error)),
    }
}

/// Marks that a log was made with the secret, once the log is on disk.
///
/// # Errors
/// [`SecretError::Io`] when the file can't be written; it is then unchanged.
pub(crate) fn mark(dir: &Path) -> Result<(), SecretError> {
    let path = dir.join(FILE);
    let marked = fs::read(&path).and_then(|bytes| match read(&bytes) {
        Some((secret, false)) => make(dir, &path, &[&secret, MARK].concat()),
        _ => Ok(()),
    });
    marked.map_err(|error| SecretError::Io { path, error })
}

/// The secret in the file, and whether a log was made with it.
fn read(bytes: &[u8]) -> Option<([u8; BYTES], bool)> {
    let (secret, mark) = bytes.split_first_chunk()?;
    (mark.is_empty() || mark == MARK).then_some((*secret, !mark.is_empty()))
}

/// Written to another file and renamed, so that a crash leaves no half of it.
fn make(dir: &Path, path: &Path, secret: &[u8]) -> io::Result<()> {
    let aside = path.with_extension("new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.write_all(secret)?;
    file.sync_all()?;
    fs::rename(&aside, path)?;
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::{Found, SecretError, load, mark};
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    fn log(dir: &Path) -> Found {
        Found::Log(dir.join("throng.db"))
    }

    fn no_log(dir: &Path) -> Found {
        Found::None(dir.join("throng.db"))
    }

    #[test]
    fn the_secret_is_made_once_and_is_for_the_owner_alone() {
        let dir = tempfile::tempdir().expect("a directory");
        let data = dir.path().join("a/b");
        let made = load(&data, no_log(&data)).expect("a secret");
        assert_eq!(load(&data, no_log(&data)).expect("the same"), made);
        assert_ne!(made, [0; 32]);
        for _ in 0..2 {
            let mode = fs::metadata(data.join("secret.key")).expect("it").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            mark(&data).expect("it is marked");
            assert_eq!(load(&data, log(&data)).expect("the same"), made);
        }
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        let dir = tempfile::tempdir().expect("a directory");
        for (bytes, size) in [(&b"short"[..], 5), (&[1; 31], 31), (&[1; 33], 33), (&[1; 47], 47)] {
            fs::write(dir.path().join("secret.key"), bytes).expect("written");
            let refused = load(dir.path(), log(dir.path()));
            assert!(matches!(refused, Err(SecretError::Size { bytes, .. }) if bytes == size));
            mark(dir.path()).expect("it is left alone");
            assert_eq!(fs::read(dir.path().join("secret.key")).expect("readable"), bytes);
        }
    }

    #[test]
    fn no_secret_is_made_beside_a_log_that_has_one() {
        let dir = tempfile::tempdir().expect("a directory");
        let missing = load(dir.path(), log(dir.path()));
        assert!(matches!(missing, Err(SecretError::Missing { .. })), "{missing:?}");
        assert_eq!(fs::read_dir(dir.path()).expect("a directory").count(), 0);
        let made = load(dir.path(), no_log(dir.path())).expect("a secret");
        assert_eq!(load(dir.path(), log(dir.path())).expect("the same"), made);
    }

    #[test]
    fn a_log_that_was_made_with_it_is_missed() {
        let dir = tempfile::tempdir().expect("a directory");
        fs::write(dir.path().join("secret.key"), [7; 32]).expect("written by an older version");
        assert_eq!(
            load(dir.path(), no_log(dir.path())).expect("a start that was cut short"),
            [7; 32]
        );
        mark(dir.path()).expect("it is marked");
        let lost = load(dir.path(), no_log(dir.path())).expect_err("the log is missed");
        assert!(matches!(lost, SecretError::Lost { .. }), "{lost:?}");
        let words = lost.to_string();
        for part in ["throng.db is missing", "secret.key", "mounted", "put back", "empty log"] {
            assert!(words.contains(part), "{part} in {words}");
        }
        assert_eq!(fs::read_dir(dir.path()).expect("a directory").count(), 1, "nothing was made");
    }
}
