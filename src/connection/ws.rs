//! WebSocket (RFC 6455) with tungstenite, whose buffers exist only while there are bytes.

pub(crate) mod frame_counter;
pub(crate) mod reader;
