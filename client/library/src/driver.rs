//! The thin layer of sockets and timers around the core: one task per client.
//!
//! It asks the core what to do, does it, and reports the result to the core. Handles wake it.

mod connection;
mod dial;
mod stream;
mod tls;

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures::future::FutureExt;

use self::connection::Link;
use self::dial::{Dialer, Socket};
use crate::address::Address;
use crate::core::Step;
use crate::error::{ConnectError, DisconnectReason};
use crate::options::{JwtProvider, Options};
use crate::runtime::Runtime;
use crate::shared::Shared;

/// No timer is set for longer: a server may ask for any wait, and not every clock can count it.
const SLEEP_MAX: Duration = Duration::from_secs(3_600);

/// Starts the one task of a client.
pub(crate) fn start<R: Runtime>(
    runtime: R,
    address: Address,
    options: &Options,
    shared: Arc<Shared>,
) -> Result<(), ConnectError> {
    let dialer = Dialer::new(runtime.clone(), address, options)?;
    let driver = Driver { runtime: runtime.clone(), dialer, jwt: options.jwt.clone(), shared };
    runtime.spawn(driver.run().boxed());
    Ok(())
}

struct Driver<R: Runtime> {
    runtime: R,
    dialer: Dialer<R>,
    jwt: Option<JwtProvider>,
    shared: Arc<Shared>,
}

impl<R: Runtime> Driver<R> {
    async fn run(self) {
        loop {
            match self.shared.drive(|core, now| core.step(now)) {
                Step::Finished => break,
                Step::Wait(until) => self.wait(until).await,
                Step::Dial => match self.dial().await {
                    Some(Ok((socket, jwt))) => self.hold(socket, jwt).await,
                    Some(Err(reason)) => self.shared.drive(|core, now| core.lost(now, reason)),
                    None => {}
                },
            }
        }
    }

    /// Waits until a time, or until a handle asks for something.
    async fn wait(&self, until: Option<Duration>) {
        let mut timer = until.map(|until| {
            self.runtime.sleep(until.saturating_sub(self.shared.now()).min(SLEEP_MAX))
        });
        poll_fn(|cx| {
            let due = timer.as_mut().is_some_and(|timer| timer.poll_unpin(cx).is_ready());
            if self.shared.was_asked(cx) || due { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// Dials, unless the caller closes meanwhile. Dropping an attempt midway is safe: nothing was
    /// said.
    async fn dial(&self) -> Option<Result<(Socket<R>, Option<String>), DisconnectReason>> {
        // The JWT first: it is short-lived, and a server that is asked for nothing keeps no place for us.
        let mut attempt = Box::pin(async {
            let jwt = match &self.jwt {
                Some(fetch) => {
                    let fetched = fetch().await;
                    Some(fetched.map_err(|problem| DisconnectReason::Jwt { problem })?)
                }
                None => None,
            };
            Ok((self.dialer.dial().await?, jwt))
        });
        let mut timer = self.runtime.sleep(self.dialer.timeout);
        poll_fn(|cx| {
            self.shared.was_asked(cx);
            if !self.shared.look(|core| core.is_dialling()) {
                return Poll::Ready(None);
            }
            if let Poll::Ready(result) = attempt.poll_unpin(cx) {
                return Poll::Ready(Some(result));
            }
            timer.poll_unpin(cx).map(|()| Some(Err(self.dialer.too_late())))
        })
        .await
    }

    /// Holds a connection until it is lost or given up.
    async fn hold(&self, socket: Socket<R>, jwt: Option<String>) {
        self.shared.drive(|core, now| {
            jwt.into_iter().for_each(|jwt| core.bring_jwt(jwt));
            core.opened(now);
        });
        let mut link = Link::new(self.runtime.clone(), socket, self.jwt.clone());
        poll_fn(|cx| link.poll(cx, &self.shared)).await;
    }
}

impl<R: Runtime> Drop for Driver<R> {
    fn drop(&mut self) {
        // The runtime may drop the task at any time: nobody must wait for it then.
        self.shared.with(|core, _| core.finish(DisconnectReason::Closed));
    }
}
