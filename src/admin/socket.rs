//! The socket in the data directory: how the server listens on it, and how a client reaches it.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};
use socket2::{Domain, SockAddr, Socket, Type};
use tracing::warn;

/// The socket's name in the data directory.
pub(super) const NAME: &str = "admin.sock";

/// The longest path that the system takes for a socket: 108 bytes, and one of them ends it (unix(7)).
const PATH_BYTES_MAX: usize = 107;

/// A way to the socket, however long the path of the data directory is.
struct Way {
    dir: OwnedFd,
    path: PathBuf,
}

impl Way {
    fn to(dir: &Path) -> io::Result<Self> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let opened = rustix::fs::open(dir, flags, Mode::empty())?;
        let mut path = dir.join(NAME);
        if path.as_os_str().len() > PATH_BYTES_MAX {
            // The same directory by a short name (proc(5)).
            path = format!("/proc/self/fd/{}/{NAME}", opened.as_raw_fd()).into();
        }
        Ok(Self { dir: opened, path })
    }
}

/// The file of a server's socket. It is removed when this is dropped.
pub(super) struct SocketFile {
    dir: OwnedFd,
    /// Held open, so that no later file has its number.
    file: OwnedFd,
}

/// Listens in the data directory, for its owner alone. A socket that a crash left there is replaced: the log of
/// this directory is open, so no other server listens on it.
///
/// # Errors
/// When something else has the name, or the file system has no sockets.
pub(super) fn listen(dir: &Path) -> io::Result<(UnixListener, SocketFile)> {
    let way = Way::to(dir)?;
    warn_if_open_to_others(dir, &way.dir);
    match rustix::fs::statat(&way.dir, NAME, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(found) if FileType::from_raw_mode(found.st_mode) == FileType::Socket => {
            rustix::fs::unlinkat(&way.dir, NAME, AtFlags::empty())?;
        }
        Ok(_) => return Err(io::Error::other("what has this name is not a socket: move it away")),
        Err(rustix::io::Errno::NOENT) => {}
        Err(error) => return Err(error.into()),
    }
    // The umask of the process has kept others out before the mode is set.
    let listener = UnixListener::bind(&way.path)?;
    rustix::fs::chmodat(&way.dir, NAME, Mode::RUSR | Mode::WUSR, AtFlags::empty())?;
    listener.set_nonblocking(true)?;
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = rustix::fs::openat(&way.dir, NAME, flags, Mode::empty())?;
    Ok((listener, SocketFile { dir: way.dir, file }))
}

/// Connects to the server that listens in this data directory.
///
/// # Errors
/// Those of connect(2), or of opening the directory.
pub(super) fn connect(dir: &Path, patience: std::time::Duration) -> io::Result<Socket> {
    let way = Way::to(dir)?;
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    // Before the connection, so that a server that accepts nothing does not hold the program up.
    socket.set_write_timeout(Some(patience))?;
    socket.set_read_timeout(Some(patience))?;
    socket.connect(&SockAddr::unix(&way.path)?)?;
    Ok(socket)
}

/// Who may write in the directory could put another socket there, and answer in the server's place.
fn warn_if_open_to_others(dir: &Path, opened: &OwnedFd) {
    let others = Mode::WGRP | Mode::WOTH;
    if rustix::fs::fstat(opened).is_ok_and(|it| Mode::from_raw_mode(it.st_mode).intersects(others))
    {
        let dir = dir.display();
        warn!(%dir, "other users may write in the data directory: `chmod 700` closes it to them");
    }
}

impl SocketFile {
    fn is_at_its_path(&self) -> bool {
        let id = |found: Stat| (found.st_dev, found.st_ino);
        let there = rustix::fs::statat(&self.dir, NAME, AtFlags::SYMLINK_NOFOLLOW).map(id);
        there.is_ok() && there == rustix::fs::fstat(&self.file).map(id)
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Only this server's: after it, another one may listen here.
        if self.is_at_its_path() {
            // A socket that is left behind is replaced by the next server.
            let _ = rustix::fs::unlinkat(&self.dir, NAME, AtFlags::empty());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::PathBuf;
    use std::time::Duration;

    use super::{NAME, connect, listen};

    const PATIENCE: Duration = Duration::from_secs(10);

    /// A directory whose socket has a path of this length.
    fn with_length(home: &tempfile::TempDir, bytes: usize) -> PathBuf {
        let mut dir = home.path().to_owned();
        loop {
            let rest = bytes.checked_sub(dir.join(NAME).as_os_str().len()).expect("a short home");
            match rest {
                0 => break,
                1..=200 => dir.push("d".repeat((rest - 1).max(1))),
                _ => dir.push("d".repeat(100)),
            }
        }
        fs::create_dir_all(&dir).expect("made");
        dir
    }

    #[test]
    fn a_socket_is_reached_however_long_its_path_is() {
        for bytes in [106, 107, 108, 109, 600, 3_000] {
            let home = tempfile::tempdir().expect("a directory");
            let dir = with_length(&home, bytes);
            assert_eq!(dir.join(NAME).as_os_str().len(), bytes);
            let (listener, file) = listen(&dir).unwrap_or_else(|error| panic!("{bytes}: {error}"));
            let mode = fs::metadata(dir.join(NAME)).expect("it").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            connect(&dir, PATIENCE).unwrap_or_else(|error| panic!("{bytes}: {error}"));
            assert!(listener.accept().is_ok());
            drop(file);
            assert!(!dir.join(NAME).exists());
        }
    }

    #[test]
    fn a_socket_that_was_left_is_replaced_and_another_servers_is_not_removed() {
        let home = tempfile::tempdir().expect("a directory");
        let (first, left) = listen(home.path()).expect("it listens");
        drop(first);
        assert!(connect(home.path(), PATIENCE).is_err(), "nobody listens");
        let (_second, _file) = listen(home.path()).expect("it is replaced");
        drop(left);
        connect(home.path(), PATIENCE).expect("the second one is still there");
    }

    #[test]
    fn what_is_no_socket_is_left_alone() {
        let home = tempfile::tempdir().expect("a directory");
        fs::write(home.path().join(NAME), "notes").expect("written");
        assert!(listen(home.path()).is_err());
        assert_eq!(fs::read(home.path().join(NAME)).expect("it is there"), b"notes");
        fs::remove_file(home.path().join(NAME)).expect("removed");
        let elsewhere = tempfile::tempdir().expect("a directory");
        let (_other, _file) = listen(elsewhere.path()).expect("it listens");
        symlink(elsewhere.path().join(NAME), home.path().join(NAME)).expect("made");
        assert!(listen(home.path()).is_err());
        connect(elsewhere.path(), PATIENCE).expect("it is still there");
    }
}
