//! The listener for administrators: from the start of the server to the beginning of its drain.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use async_lock::Semaphore;
use async_std::os::unix::net::UnixListener;
use async_std::task::sleep;
use futures::future::select;
use tracing::warn;

use super::{connection, socket};
use crate::base::tasks::{Kind, Name};
use crate::server::Server;

/// How many connections are served at the same time. Others wait to be accepted, in the kernel's queue; none of the
/// eight can hold a place for longer than its deadlines.
const CONNECTIONS_MAX: usize = 8;

/// The pause after accepting failed, when file descriptors run out.
const PAUSE: Duration = Duration::from_millis(500);

/// Listens in the data directory, which this server has locked. Without the socket the chat goes on.
pub(crate) fn start(server: &Arc<Server>) {
    let dir = &server.config.data_dir;
    match socket::listen(dir) {
        Ok((listener, file)) => {
            let run = run(Arc::clone(server), listener.into(), file);
            server.tasks.spawn(Name::numbered(Kind::Admin, 0), run);
        }
        Err(error) => {
            let path = dir.join(socket::NAME);
            let path = path.display();
            warn!(%path, %error, "`throng admin` cannot reach this server: it has no socket");
        }
    }
}

async fn run(server: Arc<Server>, listener: UnixListener, file: socket::SocketFile) {
    let draining = std::pin::pin!(server.drain.begun());
    let accepting = std::pin::pin!(accept_all(&server, &listener));
    select(draining, accepting).await;
    // Before the log is closed, after which the next server may listen here.
    drop(file);
}

async fn accept_all(server: &Arc<Server>, listener: &UnixListener) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut number = 0;
    loop {
        let slot = slots.acquire_arc().await;
        match listener.accept().await {
            Ok((socket, _)) => {
                number += 1;
                let serve = connection::serve(Arc::clone(server), socket);
                server.tasks.spawn(Name::numbered(Kind::Admin, number), async move {
                    serve.await;
                    drop(slot);
                });
            }
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                warn!(%error, "no administrator can connect for {} ms", PAUSE.as_millis());
                sleep(PAUSE).await;
            }
        }
    }
}
