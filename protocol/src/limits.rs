//! The limits that a server tells its clients in the answer to `hello`.

use serde::{Deserialize, Serialize};

/// What a client may count on, and what it must stay under. All are the server's configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The longest text of a message, in bytes of UTF-8.
    pub text_bytes: u64,
    /// The longest message from a client, in bytes, whether in one WebSocket frame or in several.
    pub frame_bytes: u64,
    /// The most events in one page; a larger `limit` is cut to this.
    pub page_events: u64,
    /// The most rooms that one session may be in.
    pub rooms: u64,
    /// How many sends a sender may make at once before the rate counts.
    pub sends_burst: u64,
    /// How many sends a second a sender may make in the long run.
    pub sends_per_second: u64,
    /// For how many milliseconds after its first attempt a `cid` is remembered at least; a client
    /// gives up retrying before that.
    pub retry_ms: u64,
}
