//! The edge: listeners, accepted connections, and their handshakes.

pub(crate) mod accept;
mod handshake;
