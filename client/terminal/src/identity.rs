//! Who the person is the next time: the token, in a private file.
//!
//! The file's first line is the token. The second is the nick of the account that the token logs in to, if it is not a
//! guest's: when the server no longer takes it, the person has to log in again.
//!
//! Beside it stands the device secret of the last account that logged in here, which stays after a logout: with it, the
//! next login comes first where many try passwords.
//!
//! A token is a secret: anybody who has it is you. There is one file for each server and each nick given with
//! `--nick`, so that two nicks on one machine are two people.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::model::Settings;

/// No token of any server is longer than a first frame (4,096 bytes), and a nick has 24 characters.
const FILE_BYTES_MAX: u64 = 4_096 + 256;

/// Where the token is saved; nowhere with `--fresh`.
#[derive(Debug)]
pub(crate) struct Identity {
    path: Option<PathBuf>,
}

impl Identity {
    /// The file for a server and a nick, under `$XDG_STATE_HOME/throng-chat` or, without it,
    /// `~/.local/state/throng-chat` (XDG Base Directory Specification).
    ///
    /// # Errors
    /// When there is no home, or its folder cannot be made.
    pub(crate) fn of(url: &str, nick: Option<&str>, fresh: bool) -> io::Result<Self> {
        if fresh {
            return Ok(Self { path: None });
        }
        let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
        let state = absolute("XDG_STATE_HOME")
            .or_else(|| absolute("HOME").map(|home| home.join(".local/state")))
            .ok_or_else(|| io::Error::other("neither XDG_STATE_HOME nor HOME names a folder"))?;
        let folder = state.join("throng-chat");
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        Ok(Self { path: Some(folder.join(file_name(url, nick))) })
    }

    /// The saved token, if there is one and it can be read.
    pub(crate) fn token(&self) -> Option<String> {
        self.line(0)
    }

    /// The nick of the account that the saved token logs in to; `None` for a guest's.
    pub(crate) fn account(&self) -> Option<String> {
        self.line(1)
    }

    /// The device secret of an earlier login with this nick.
    pub(crate) fn device_secret(&self, nick: &str) -> Option<String> {
        let path = self.path.as_ref()?.with_extension("device");
        let of = line_of(&path, 0)?;
        if of.to_lowercase() == nick.to_lowercase() { line_of(&path, 1) } else { None }
    }

    /// Saves the device secret of a login.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn keep_device_secret(&self, nick: &str, secret: &str) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        write(&path.with_extension("device"), format!("{nick}\n{secret}\n").as_bytes())
    }

    fn line(&self, number: usize) -> Option<String> {
        line_of(self.path.as_ref()?, number)
    }

    /// Saves a token, with the nick of its account if it has one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn keep(&self, token: &str, account: Option<&str>) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        match account {
            Some(nick) => write(path, format!("{token}\n{nick}\n").as_bytes()),
            None => write(path, token.as_bytes()),
        }
    }

    /// Renames the saved token, since another person takes its place. It stays beside the new one.
    ///
    /// # Errors
    /// When it cannot be moved.
    pub(crate) fn put_aside(&self) -> io::Result<()> {
        match &self.path {
            Some(path) if path.exists() => {
                std::fs::rename(path, path.with_extension("token.before"))
            }
            _ => Ok(()),
        }
    }

    /// Deletes the token, if it is this one: another window may have logged in meanwhile.
    pub(crate) fn forget_if(&self, token: &str) {
        if self.token().as_deref() == Some(token) {
            self.forget();
        }
    }

    /// Deletes the token: the server no longer accepts it.
    pub(crate) fn forget(&self) {
        if let Some(path) = &self.path {
            // A missing file is fine.
            let _ = std::fs::remove_file(path);
        }
    }

    /// The saved settings, or the defaults if there are none.
    ///
    /// # Errors
    /// When they are there and cannot be read.
    pub(crate) fn settings(&self) -> io::Result<Settings> {
        let Some(path) = self.settings_path() else { return Ok(Settings::default()) };
        match std::fs::read(path) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Settings::default()),
            Err(error) => Err(error),
        }
    }

    /// Saves the settings.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn keep_settings(&self, settings: &Settings) -> io::Result<()> {
        let Some(path) = self.settings_path() else { return Ok(()) };
        write(&path, &serde_json::to_vec(settings)?)
    }

    fn settings_path(&self) -> Option<PathBuf> {
        Some(self.path.as_ref()?.with_extension("settings"))
    }
}

fn line_of(path: &Path, number: usize) -> Option<String> {
    let file = File::open(path).ok()?;
    let mut text = String::new();
    file.take(FILE_BYTES_MAX).read_to_string(&mut text).ok()?;
    let line = text.lines().nth(number)?.trim();
    (!line.is_empty()).then(|| line.to_owned())
}

/// Replaces a file atomically: after a crash it has the old or the new content.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    // A left-over temporary file may have another mode.
    file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}

/// Server and nick as a file name; bytes other than plain letters, digits, `.` and `-` are percent-encoded.
fn file_name(url: &str, nick: Option<&str>) -> String {
    let plain = |text: &str| -> String {
        let bytes = text.bytes().map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        });
        bytes.collect()
    };
    let nick = nick.map(|nick| format!("@{}", plain(nick))).unwrap_or_default();
    format!("{}{nick}.token", plain(url))
}

#[cfg(test)]
mod tests {
    use super::{Identity, file_name};
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_token_is_for_its_owner_alone_and_comes_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("one.token");
        let identity = Identity { path: Some(path.clone()) };
        assert_eq!(identity.token(), None);
        identity.keep("first", Some("ana")).expect("written");
        assert_eq!(
            (identity.token(), identity.account()),
            (Some("first".into()), Some("ana".into()))
        );
        identity.keep("second", None).expect("written");
        assert_eq!((identity.token(), identity.account()), (Some("second".into()), None));
        let mode = std::fs::metadata(&path).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        identity.put_aside().expect("moved");
        assert_eq!(identity.token(), None);
        let before = std::fs::read_to_string(folder.path().join("one.token.before"));
        assert_eq!(before.expect("it is there"), "second");
        identity.put_aside().expect("nothing to move");
        identity.keep_device_secret("Ana", "secret").expect("written");
        identity.keep("third", None).expect("written");
        identity.forget_if("second");
        assert_eq!(identity.token().as_deref(), Some("third"));
        identity.forget_if("third");
        assert_eq!(identity.token(), None);
        assert_eq!(
            identity.device_secret("ana").as_deref(),
            Some("secret"),
            "it outlives a logout"
        );
        assert_eq!(identity.device_secret("bo"), None, "it is somebody else's");
    }

    #[test]
    fn each_server_and_nick_has_a_file_of_its_own() {
        assert_eq!(file_name("ws://h:1", None), "ws%3A%2F%2Fh%3A1.token");
        assert_eq!(file_name("ws://h", Some("../ö")), "ws%3A%2F%2Fh@..%2F%C3%B6.token");
    }
}
