//! The work of each second: deadlines, people who have been away for long enough, the clocks.

use std::sync::Arc;
use std::time::Duration;

use async_io::Timer;
use futures::future::{Either, select};
use throng_log::clock;

use crate::base::clock_watch;
use crate::server::Server;

/// Runs until the drain begins.
pub(crate) async fn run(server: Arc<Server>) {
    let mut seconds = 0_u64;
    let mut clocks = clock_watch::Watch::new();
    loop {
        clocks.look(server.log.clock());
        let second = Timer::after(Duration::from_secs(1));
        match select(second, std::pin::pin!(server.drain.begun())).await {
            Either::Left(_) => {
                server.heartbeat.look_at_due().await;
                let now = clock::now_ms();
                server.identity.sweep(now);
                if seconds.is_multiple_of(60) {
                    server.slots.sweep(now);
                }
                seconds += 1;
            }
            Either::Right(_) => return,
        }
    }
}
