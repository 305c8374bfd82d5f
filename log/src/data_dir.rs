//! Directories: their paths, and how to create them so that they survive a power cut.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Component, Path, PathBuf};

/// The absolute path, without `..`, of something that may not exist yet: a `..` behind a directory that is
/// still to be made would lead nowhere. Also, SQLite never takes an absolute path for a URI.
///
/// # Errors
/// When the working directory, or a part of the path that is there, can't be read.
pub fn resolve(path: &Path) -> io::Result<PathBuf> {
    let mut resolved = PathBuf::new();
    for component in std::path::absolute(path)?.components() {
        if component == Component::ParentDir {
            // A path that exists may be a link, which `..` would leave; one that does not exist is not a
            // link.
            if resolved.exists() {
                resolved = resolved.canonicalize()?;
            }
            resolved.pop();
        } else {
            resolved.push(component);
        }
    }
    Ok(resolved)
}

/// Makes a directory for its owner alone, and its missing parents, so that they survive a power cut: for each
/// new name, its parent directory is synced.
///
/// # Errors
/// When it can't be made, or something else has the name.
pub fn make_directory(path: &Path) -> io::Result<()> {
    let path = resolve(path)?;
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::{make_directory, resolve};

    #[test]
    fn a_path_is_resolved_as_the_system_would_once_its_parts_are_there() {
        let home = tempfile::tempdir().expect("a directory");
        let home = home.path().canonicalize().expect("it is there");
        fs::create_dir_all(home.join("far/away")).expect("made");
        symlink(home.join("far/away"), home.join("link")).expect("made");
        for (given, resolved) in [
            ("new/../x", "x"),
            ("a/b/../../c", "c"),
            ("./file:x", "file:x"),
            ("link/../x", "far/x"),
            ("link/y", "link/y"),
            ("link/new/../y", "link/y"),
            ("x/.", "x"),
        ] {
            assert_eq!(resolve(&home.join(given)).expect(given), home.join(resolved), "{given}");
        }
        let relative = resolve("file:x".as_ref()).expect("a working directory");
        assert!(relative.is_absolute() && relative.ends_with("file:x"));
    }

    #[test]
    fn a_directory_is_made_and_nothing_beside_it() {
        let home = tempfile::tempdir().expect("a directory");
        make_directory(&home.path().join("new/../x/y")).expect("it is made");
        assert!(home.path().join("x/y").is_dir());
        assert!(!home.path().join("new").exists());
    }
}
