//! Sessions that an application outside vouches for, by JSON Web Tokens (RFC 7519): how they last.

use serde::{Deserialize, Serialize};

use crate::Role;

/// The longest JWT that a server reads, in bytes.
pub const JWT_BYTES_MAX: usize = 8 * 1024;

/// Gives the session another JWT of the same person, before the one of now expires.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Refresh {
    /// In the compact form, at most [`JWT_BYTES_MAX`] bytes.
    pub jwt: String,
}

impl std::fmt::Debug for Refresh {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Refresh").finish_non_exhaustive()
    }
}

/// The answer to `refresh`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshOk {
    /// In how many milliseconds the JWT expires.
    pub expires_ms: u64,
    /// What the person may do on the whole server now.
    pub role: Role,
}

/// The JWT of this session expires soon: the client should send another one with `refresh`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "refresh")]
pub struct RefreshDue {
    /// In how many milliseconds the JWT expires.
    pub expires_ms: u64,
}
