//! The drain: everything ends in the order in which messages flow, and HTTP ends last.

use std::sync::Arc;
use std::time::Duration;

use async_io::Timer;
use futures::future::{Either, join, select};
use throng_log::search::SearchIndex;
use throng_log::sqlite::SqliteLog;
use tracing::{error, info};

use super::Ended;
use crate::base::tasks::{Kind, Tasks};
use crate::delivery::peer::Alarm;
use crate::peace;
use crate::server::Server;

/// The longest closing of the log: its write-ahead log is copied into the database.
const CLOSE: Duration = Duration::from_secs(10);

/// How long answers that take time, uploads, streams and commands of administrators, are waited for while the
/// log is open. Those who chat come back only after it.
const ANSWERS: Duration = Duration::from_secs(3);

/// The longest last responses of HTTP. They delay nothing important any more.
const LAST_ANSWERS: Duration = Duration::from_secs(1);

/// How many names of late tasks are logged.
const LATE_MAX: usize = 20;

/// Ends the server. New connections are accepted until the end, to get an HTTP response.
pub(super) async fn drain(server: &Arc<Server>, log: Arc<SqliteLog>) -> Ended {
    info!("draining");
    server.drain.begin();
    let all = std::pin::pin!(async {
        // From here on no upgrade begins; those in progress have become sessions after this.
        server.tasks.ended(Kind::Handshake).await;
        let called = std::pin::pin!(call_sessions(server));
        let ended = std::pin::pin!(server.tasks.ended(Kind::Session));
        let answered = std::pin::pin!(join(
            server.tasks.ended(Kind::Answer),
            server.tasks.ended(Kind::Admin),
        ));
        join(
            select(ended, called),
            select(answered, Timer::after(ANSWERS.min(server.config.grace / 2))),
        )
        .await;
        server.rooms.drain();
        server.tasks.ended(Kind::Room).await;
        peace::report_rest(server).await;
    });
    let all_ended = matches!(select(all, Timer::after(server.config.grace)).await, Either::Left(_));
    if !all_ended {
        name_late(&server.tasks);
    }
    // The next server holds their nicks until they are back.
    server.identity.note_nicks();
    // On another thread, so that a second signal is handled even if a disk hangs.
    let indexed = Arc::clone(server);
    let closing = server.tasks.blocking(move || {
        indexed.search.iter().for_each(SearchIndex::close);
        log.close();
    });
    let is_closed = matches!(select(closing, Timer::after(CLOSE)).await, Either::Left(_));
    if !is_closed {
        error!("late: the log was not closed; what was acknowledged is on disk");
    }
    let in_time = all_ended && is_closed;
    info!(in_time, "drained");
    server.drain.finish();
    let last = std::pin::pin!(async {
        for kind in [Kind::Service, Kind::Http] {
            server.tasks.ended(kind).await;
        }
    });
    select(last, Timer::after(LAST_ANSWERS)).await;
    if in_time { Ended::Drained } else { Ended::Late }
}

/// Alarms the sessions, and once a second those that still wait for something, since they must not wait long.
async fn call_sessions(server: &Server) {
    loop {
        server.heartbeat.alarm_all(Alarm::Drain);
        Timer::after(Duration::from_secs(1)).await;
    }
}

fn name_late(tasks: &Tasks) {
    for kind in [Kind::Handshake, Kind::Session, Kind::Room, Kind::Admin] {
        let late = tasks.late(kind);
        for name in late.iter().take(LATE_MAX) {
            error!(task = %name, "late: it had not ended when the grace was over");
        }
        if late.len() > LATE_MAX {
            error!("late: {} more of the same kind", late.len() - LATE_MAX);
        }
    }
}
