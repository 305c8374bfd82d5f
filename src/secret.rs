//! The server's secret: 32 random bytes in the data directory, beside the log and not in it.
//!
//! Tokens are signed, and bodies of messages digested, with keys derived from it. Who has a copy of
//! the log alone can do neither.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::files;

const FILE: &str = "secret.key";

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
    /// There is none, and a log that was made with one.
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
        /// The database that was made with it.
        log: PathBuf,
    },
    /// The file has another size.
    #[error(
        "{} must hold 32 bytes and holds {bytes}: bring it back from a backup (without it nobody \
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

/// Reads the secret, or makes it in a directory that has none. `log` is the database that the
/// directory holds already: a secret that is made now would not be that log's, and whoever
/// finds it there would take it for the right one. So nothing is written then.
///
/// A new secret is on disk when this returns. As long as the log is made later, no power cut
/// leaves a log without its secret.
///
/// # Errors
/// [`SecretError`] says what is wrong with the file.
pub(crate) fn load(dir: &Path, log: Option<PathBuf>) -> Result<[u8; 32], SecretError> {
    let path = dir.join(FILE);
    let wrong = |error| SecretError::Io { path: path.clone(), error };
    let bytes = match (fs::read(&path), log) {
        (Ok(bytes), _) => bytes,
        (Err(error), Some(log)) if error.kind() == io::ErrorKind::NotFound => {
            return Err(SecretError::Missing { path, log });
        }
        (Err(error), None) if error.kind() == io::ErrorKind::NotFound => {
            files::make_directory(dir).map_err(wrong)?;
            let mut secret = [0; 32];
            getrandom::fill(&mut secret).map_err(|error| wrong(io::Error::other(error)))?;
            make(dir, &path, &secret).map_err(wrong)?;
            secret.to_vec()
        }
        (Err(error), _) => return Err(wrong(error)),
    };
    bytes.try_into().map_err(|bytes: Vec<u8>| SecretError::Size { path, bytes: bytes.len() })
}

/// Written aside and moved into place, so that a crash leaves no half of it.
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
    use super::{SecretError, load};
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_secret_is_made_once_and_is_for_the_owner_alone() {
        let dir = tempfile::tempdir().expect("a directory");
        let data = dir.path().join("a/b");
        let made = load(&data, None).expect("a secret");
        assert_eq!(load(&data, None).expect("the same"), made);
        assert_ne!(made, [0; 32]);
        let mode = fs::metadata(data.join("secret.key")).expect("it").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::write(data.join("secret.key"), b"short").expect("written");
        assert!(matches!(load(&data, None), Err(SecretError::Size { bytes: 5, .. })));
    }

    #[test]
    fn no_secret_is_made_beside_a_log_that_has_one() {
        let dir = tempfile::tempdir().expect("a directory");
        let log = Some(dir.path().join("throng.db"));
        let missing = load(dir.path(), log.clone());
        assert!(matches!(missing, Err(SecretError::Missing { .. })), "{missing:?}");
        assert_eq!(fs::read_dir(dir.path()).expect("a directory").count(), 0);
        let made = load(dir.path(), None).expect("a secret");
        assert_eq!(load(dir.path(), log).expect("the same"), made);
    }
}
