//! The limits that a server tells its clients in the answer to `hello`.

use serde::{Deserialize, Serialize};

/// The longest message that a server sends, in bytes. Several WebSocket libraries refuse more by
/// default: coder/websocket (Go) 32,768, others 65,535 or 65,536.
pub const MESSAGE_BYTES_MAX: usize = 32_768;

/// What a client may count on, and what it must stay under. All are the server's configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The longest text of a message, in bytes of UTF-8.
    pub text_bytes: u64,
    /// The longest message from a client, in bytes, whether in one WebSocket frame or in several.
    pub frame_bytes: u64,
    /// The longest message from the server, in bytes: what a client's library must take
    /// ([`MESSAGE_BYTES_MAX`]). A server that does not say it is older than the limit, and sent up to
    /// three times as much.
    #[serde(default = "message_bytes_unsaid")]
    pub message_bytes: u64,
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

/// For servers from before there was this limit: pages had up to 64 KiB and the members beside.
fn message_bytes_unsaid() -> u64 {
    3 * MESSAGE_BYTES_MAX as u64
}

#[cfg(test)]
mod tests {
    use super::{Limits, MESSAGE_BYTES_MAX};

    #[test]
    fn the_limits_of_an_older_server_are_read() {
        let json = r#"{"text_bytes":4096,"frame_bytes":16384,"page_events":100,"rooms":64,
            "sends_burst":25,"sends_per_second":5,"retry_ms":604800000}"#;
        let limits: Limits = serde_json::from_str(json).expect("limits");
        assert!(limits.message_bytes > MESSAGE_BYTES_MAX as u64, "pages were longer then");
    }
}
