//! A wall clock that a test can set, for servers that are started with it. It uses libfaketime, which sits
//! between a program and the C library. The monotonic clocks are not changed, so timers are right.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// The clock of all servers that are started with its environment.
pub struct FakeClock {
    home: TempDir,
}

impl Default for FakeClock {
    fn default() -> Self {
        Self::new()
    }
}

impl FakeClock {
    /// A clock that is right.
    pub fn new() -> Self {
        let clock = Self { home: TempDir::new().expect("a temporary directory") };
        clock.set("+0");
        clock
    }

    /// Sets the clock: `+100d` and `-180d` are relative to the true time, `@1970-01-01 00:00:10` is absolute
    /// and runs on from there.
    pub fn set(&self, time: &str) {
        // Moved into place, since the server may be reading it.
        let aside = self.home.path().join("aside");
        std::fs::write(&aside, format!("{time}\n")).expect("written");
        std::fs::rename(aside, self.file()).expect("moved");
    }

    pub fn env(&self) -> Vec<(String, String)> {
        let file = self.file().display().to_string();
        let set = |name: &str, value: String| (name.to_owned(), value);
        vec![
            set("LD_PRELOAD", library().display().to_string()),
            set("FAKETIME_TIMESTAMP_FILE", file),
            set("FAKETIME_NO_CACHE", "1".into()),
            set("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()),
        ]
    }

    fn file(&self) -> PathBuf {
        self.home.path().join("time")
    }
}

fn library() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").expect("/usr/lib").filter_map(Result::ok);
    let found = folders.map(|folder| folder.path()).chain([Path::new("/usr/lib").to_owned()]);
    found
        .map(|folder| folder.join("faketime/libfaketime.so.1"))
        .find(|library| library.is_file())
        .expect("libfaketime is needed: `sudo apt-get install faketime`")
}
