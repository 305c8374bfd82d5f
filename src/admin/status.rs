//! `status`: how the server is.

use serde_json::{Value, json};

use super::refused::Refused;
use crate::server::Server;

pub(super) async fn show(server: &Server) -> Result<Value, Refused> {
    let (rooms, private_rooms, rooms_in_memory) = server.rooms.count();
    Ok(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "process": std::process::id(),
        "data_dir": server.config.data_dir.to_string_lossy(),
        "epoch": server.log.epoch(),
        "uptime": server.started.elapsed().as_secs(),
        "connections": server.metrics.connections.get(),
        "sessions": server.metrics.sessions.get(),
        "rooms": rooms,
        "private_rooms": private_rooms,
        "rooms_in_memory": rooms_in_memory,
        "members": server.metrics.members.get(),
        "raid": server.raid.held(server.log.clock().now_ms()).is_some(),
        "log_writable": server.log.is_writable(),
    }))
}
