//! WebSocket (RFC 6455) beside tungstenite: what it needs of buffers only while there are bytes.

pub(crate) mod frame_counter;
pub(crate) mod reader;
