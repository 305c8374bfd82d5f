//! The files of the database, and whether they are still the ones at their paths.
//!
//! An open file lives on when it is deleted, moved, replaced, or covered by a mount. Commits to it succeed,
//! but a program that opens the path finds none of them. So before a commit is answered, the paths are checked:
//! three calls of stat(2), a few µs each. The files are never opened for that: closing the database's file
//! would drop SQLite's locks on it (fcntl(2)).

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The suffixes of SQLite's files.
const SUFFIXES: [&str; 3] = ["", "-wal", "-shm"];

/// The files as they were when they were opened.
pub(super) struct Files([File; SUFFIXES.len()]);

struct File {
    path: PathBuf,
    id: Id,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Id {
    device: u64,
    inode: u64,
}

/// A file that is no longer at its path.
#[derive(Clone, Debug, thiserror::Error)]
#[error(
    "{} is no longer the file that this server has open ({how}): put back what was moved away, or \
     restart the server to go on with what is there now",
    path.display()
)]
pub(super) struct Displaced {
    path: PathBuf,
    how: String,
    /// Whether it is the database itself; the two others are made again at each opening.
    pub(super) is_database: bool,
}

impl Files {
    /// Records the files of an open database.
    pub(super) fn of(database: &Path) -> io::Result<Self> {
        let file = |suffix: &str| {
            let mut path = database.as_os_str().to_owned();
            path.push(suffix);
            let path = PathBuf::from(path);
            Ok::<_, io::Error>(File { id: Id::of(&path)?, path })
        };
        let [database, wal, shm] = SUFFIXES;
        Ok(Self([file(database)?, file(wal)?, file(shm)?]))
    }

    /// Checks whether the paths still lead to the files.
    pub(super) fn check(&self) -> Result<(), Displaced> {
        self.0.iter().enumerate().try_for_each(|(number, file)| file.check(number == 0))
    }
}

impl File {
    fn check(&self, is_database: bool) -> Result<(), Displaced> {
        let how = match Id::of(&self.path) {
            Ok(id) if id == self.id => return Ok(()),
            Ok(_) => "another file has its name".into(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => "it is gone".into(),
            Err(error) => error.to_string(),
        };
        Err(Displaced { path: self.path.clone(), how, is_database })
    }
}

impl Id {
    fn of(path: &Path) -> io::Result<Self> {
        let found = fs::metadata(path)?;
        Ok(Self { device: found.dev(), inode: found.ino() })
    }
}
