//! What the library needs of a runtime, and the one that it uses by itself.

#[cfg(feature = "async-std")]
mod async_std;

use std::io;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::io::{AsyncRead, AsyncWrite};

#[cfg(feature = "async-std")]
pub use self::async_std::AsyncStd;

/// What the library needs of a runtime: to connect, to wait, and to run one task.
///
/// ```
/// use std::{io, time::Duration};
/// use futures::future::{BoxFuture, FutureExt};
///
/// #[derive(Clone)]
/// struct Smol(&'static async_executor::Executor<'static>);
///
/// impl throng_client::Runtime for Smol {
///     type Stream = async_net::TcpStream;
///
///     fn dial(&self, host: &str, port: u16) -> BoxFuture<'static, io::Result<Self::Stream>> {
///         let address = (host.to_owned(), port);
///         async move { async_net::TcpStream::connect(address).await }.boxed()
///     }
///
///     fn sleep(&self, for_: Duration) -> BoxFuture<'static, ()> {
///         async_io::Timer::after(for_).map(drop).boxed()
///     }
///
///     fn spawn(&self, task: BoxFuture<'static, ()>) {
///         self.0.spawn(task).detach();
///     }
/// }
/// ```
pub trait Runtime: Clone + Send + Sync + 'static {
    /// A connection.
    type Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static;

    /// Connects by TCP. The library puts a deadline on it and drops the future when that is over.
    ///
    /// # Errors
    /// What the system says.
    fn dial(&self, host: &str, port: u16) -> BoxFuture<'static, io::Result<Self::Stream>>;

    /// Waits.
    fn sleep(&self, for_: Duration) -> BoxFuture<'static, ()>;

    /// Runs a task. When the runtime drops it before its end, the client is closed, and
    /// everything that waits for it gets an error.
    fn spawn(&self, task: BoxFuture<'static, ()>);
}
