//! async-std as the [`Runtime`].

use std::io;
use std::time::Duration;

use async_std::net::TcpStream;
use futures::future::{BoxFuture, FutureExt};

use super::Runtime;

/// async-std: what [`crate::Client::connect`] and [`crate::Client::start`] use.
///
/// ```no_run
/// # use throng_client::{AsyncStd, Client, Options};
/// # fn example() -> Result<(), throng_client::ConnectError> {
/// let (client, events) = Client::start_on(AsyncStd, "ws://127.0.0.1:8080", Options::anybody())?;
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct AsyncStd;

impl Runtime for AsyncStd {
    type Stream = TcpStream;

    fn dial(&self, host: &str, port: u16) -> BoxFuture<'static, io::Result<TcpStream>> {
        let host = host.to_owned();
        async move {
            let stream = TcpStream::connect((host.as_str(), port)).await?;
            // A frame is one write, and a person waits for it.
            stream.set_nodelay(true)?;
            Ok(stream)
        }
        .boxed()
    }

    fn sleep(&self, for_: Duration) -> BoxFuture<'static, ()> {
        async_std::task::sleep(for_).boxed()
    }

    #[expect(clippy::disallowed_methods, reason = "the one task of a client; its handles end it")]
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        async_std::task::spawn(task);
    }
}
