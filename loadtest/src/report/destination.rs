//! Where a result is written to: either a plain file, which gets the complete result or stays as it was, or a
//! device, pipe or terminal, which gets the bytes.
//!
//! Opened before a run: nobody should find out only after an hour that the result can't be written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;

/// A path that a result can be written to.
#[derive(Debug)]
pub(crate) struct Destination {
    /// As it was given.
    path: PathBuf,
    way: Way,
}

#[derive(Debug)]
enum Way {
    /// Write a file beside this one and rename it. Of a symbolic link, this is the file that it points to.
    Beside(PathBuf),
    /// Write into what is there.
    Into(File),
}

impl Destination {
    /// Finds out how to write to a path, and whether that is possible.
    ///
    /// # Errors
    /// If it is not, with what to do about it.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let way = Self::way(path).with_context(|| {
            format!(
                "{} cannot be written: name a file in a directory that is there, or a device or pipe",
                path.display()
            )
        })?;
        Ok(Self { path: path.to_owned(), way })
    }

    fn way(path: &Path) -> Result<Way> {
        let Some(metadata) = metadata(path)? else {
            let target = target(path)?;
            probe(&target)?;
            return Ok(Way::Beside(target));
        };
        if metadata.is_dir() {
            bail!("it is a directory");
        }
        if !metadata.is_file() || is_open_here(&metadata) {
            return Ok(Way::Into(open_as_it_is(path, &metadata)?));
        }
        let target = target(path)?;
        match probe(&target) {
            Ok(()) => Ok(Way::Beside(target)),
            // No file can be created beside it, but the file itself may be writable.
            Err(error) => match OpenOptions::new().write(true).open(&target) {
                Ok(file) => Ok(Way::Into(file)),
                Err(_) => Err(error.into()),
            },
        }
    }

    /// Writes the whole result.
    pub(crate) fn write(self, content: &[u8]) -> Result<()> {
        let written = match self.way {
            Way::Beside(target) => write_beside(&target, content),
            Way::Into(file) => write_into(file, content),
        };
        written.with_context(|| format!("{} cannot be written", self.path.display()))
    }
}

/// The metadata of this path, links followed; `None` if nothing is there.
fn metadata(path: &Path) -> io::Result<Option<fs::Metadata>> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The file that a path stands for, whether or not it exists: a link at the end of the path is followed.
fn target(path: &Path) -> Result<PathBuf> {
    /// The most links in a row, as the kernel has it (path_resolution(7)).
    const LINKS_MAX: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..LINKS_MAX {
        match fs::read_link(&path) {
            // A relative link starts in its own directory.
            Ok(link) => path = path.parent().unwrap_or(Path::new("")).join(link),
            Err(_) => {
                path.file_name().context("it names no file")?;
                return Ok(path);
            }
        }
    }
    bail!("its links lead nowhere")
}

/// Whether this program already has a file open, such as standard output: the result is then appended there.
fn is_open_here(metadata: &fs::Metadata) -> bool {
    let same = |fd: &str| {
        let other = fs::metadata(fd);
        other.is_ok_and(|other| (other.dev(), other.ino()) == (metadata.dev(), metadata.ino()))
    };
    ["/proc/self/fd/1", "/proc/self/fd/2"].into_iter().any(same)
}

/// Opens a device, a pipe, or a file that is already open. A pipe without a reader is an error.
fn open_as_it_is(path: &Path, metadata: &fs::Metadata) -> Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).append(metadata.is_file());
    let nonblock = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or(0);
    let file = match options.custom_flags(nonblock).open(path) {
        Ok(file) => file,
        Err(error) if error.raw_os_error() == Some(Errno::NXIO.raw_os_error()) => {
            if metadata.file_type().is_fifo() {
                bail!("this pipe has no reader: start its reader first");
            }
            bail!("it is a socket or a device without a driver");
        }
        Err(error) => return Err(error.into()),
    };
    // From here on, a write waits for its reader.
    fcntl_setfl(&file, fcntl_getfl(&file)? - OFlags::NONBLOCK)?;
    Ok(file)
}

/// Whether a file can be created beside this one.
fn probe(target: &Path) -> io::Result<()> {
    let beside = beside(target);
    File::create(&beside)?;
    fs::remove_file(beside)
}

fn beside(target: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(format!(".{}", std::process::id()));
    target.with_file_name(name)
}

/// Writes beside the target and renames, so that a reader, or a full disk, never leaves half a result.
fn write_beside(target: &Path, content: &[u8]) -> io::Result<()> {
    let beside = beside(target);
    let written = File::create(&beside).and_then(|mut file| {
        if let Ok(metadata) = fs::metadata(target) {
            file.set_permissions(metadata.permissions())?;
        }
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&beside, target)
    });
    let Err(error) = written else { return Ok(()) };
    // Only the first error matters.
    let _ = fs::remove_file(&beside);
    // A file that is a mount point itself, as in containers, cannot be replaced.
    if error.raw_os_error() == Some(Errno::BUSY.raw_os_error()) {
        return write_into(OpenOptions::new().write(true).open(target)?, content);
    }
    Err(error)
}

fn write_into(mut file: File, content: &[u8]) -> io::Result<()> {
    let metadata = file.metadata()?;
    if metadata.is_file() && !is_open_here(&metadata) {
        file.set_len(0)?;
    }
    file.write_all(content)?;
    // Only files and disks can be synced.
    if metadata.is_file() { file.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests;
