//! What a bridge keeps over its own end: who it is, and how far it has carried.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use async_std::fs;
use async_std::fs::OpenOptions;
use async_std::io::WriteExt;
use async_std::os::unix::fs::OpenOptionsExt;
use serde::{Deserialize, Serialize};
use throng_client::{Cursor, RoomId};

/// The content of the file.
#[derive(Serialize, Deserialize)]
pub(crate) struct Kept {
    /// The server knows a retry by its sender and its `cid`: another sender would say it again.
    pub(crate) token: String,
    pub(crate) rooms: [Carried; 2],
}

/// Everything up to the cursor is in the other room. A room may get another name, never another id.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Carried {
    pub(crate) room: RoomId,
    pub(crate) cursor: Cursor,
}

/// The file.
pub(crate) struct Keeper {
    path: PathBuf,
}

impl Keeper {
    pub(crate) fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// `None`: there is no file yet.
    pub(crate) async fn load(&self) -> anyhow::Result<Option<Kept>> {
        let shown = self.path.display();
        match fs::read(&self.path).await {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes).map_err(|error| {
                anyhow::anyhow!("{shown} is no file of a bridge ({error}); name another one")
            })?)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(anyhow::anyhow!("{shown} could not be read: {error}")),
        }
    }

    /// The file is the old one or the new one, whenever the power fails.
    pub(crate) async fn save(&self, kept: &Kept) -> anyhow::Result<()> {
        let problem =
            |error| anyhow::anyhow!("{} could not be written: {error}", self.path.display());
        self.replace(&serde_json::to_vec(kept)?).await.map_err(problem)
    }

    async fn replace(&self, bytes: &[u8]) -> std::io::Result<()> {
        let mut new = self.path.clone().into_os_string();
        new.push(".new");
        // The token is a secret.
        let mut options = OpenOptions::new();
        let mut file =
            options.write(true).create(true).truncate(true).mode(0o600).open(&new).await?;
        file.write_all(bytes).await?;
        file.sync_all().await?;
        fs::rename(&new, &self.path).await
    }
}
