//! How a client begins.

use std::sync::Arc;

use futures::channel::oneshot;

use super::Client;
use crate::address::Address;
use crate::core::Core;
use crate::driver;
use crate::error::{ConnectError, DisconnectReason};
use crate::event_stream::Events;
use crate::options::Options;
use crate::runtime::Runtime;
use crate::shared::{Handle, Shared};

#[cfg(feature = "async-std")]
impl Client {
    /// Connects, and waits for the server's greeting. From then on it comes back by itself.
    ///
    /// The URL is `ws://host:port`, or `wss://host` for TLS; without a path it is `/ws`.
    ///
    /// # Errors
    /// [`ConnectError`], when the address or an option cannot be used, or the first attempt fails.
    ///
    /// ```no_run
    /// # use throng_client::{Client, Options};
    /// # async fn example() -> Result<(), throng_client::ConnectError> {
    /// let (client, events) = Client::connect("ws://127.0.0.1:8080", Options::guest("ana")).await?;
    /// # Ok(()) }
    /// ```
    pub async fn connect(url: &str, options: Options) -> Result<(Self, Events), ConnectError> {
        Self::connect_on(crate::runtime::AsyncStd, url, options).await
    }

    /// Starts at once, and connects in the background: how that goes comes as
    /// [`crate::Event::State`]. What is asked for meanwhile waits.
    ///
    /// # Errors
    /// [`ConnectError`], when the address or an option cannot be used.
    ///
    /// ```no_run
    /// # use throng_client::{Client, Options};
    /// # fn example() -> Result<(), throng_client::ConnectError> {
    /// let (client, events) = Client::start("ws://127.0.0.1:8080", Options::guest("ana"))?;
    /// client.send("lobby", "said when there is a connection");
    /// # Ok(()) }
    /// ```
    pub fn start(url: &str, options: Options) -> Result<(Self, Events), ConnectError> {
        Self::start_on(crate::runtime::AsyncStd, url, options)
    }
}

impl Client {
    /// [`Client::connect`] on another runtime.
    ///
    /// # Errors
    /// [`ConnectError`], when the address or an option cannot be used, or the first attempt fails.
    ///
    /// ```no_run
    /// # use throng_client::{Client, Options, Runtime};
    /// # async fn example(runtime: impl Runtime) -> Result<(), throng_client::ConnectError> {
    /// let (client, events) = Client::connect_on(runtime, "ws://127.0.0.1:8080", Options::guest("ana")).await?;
    /// # Ok(()) }
    /// ```
    pub async fn connect_on<R: Runtime>(
        runtime: R,
        url: &str,
        options: Options,
    ) -> Result<(Self, Events), ConnectError> {
        let (told, first) = oneshot::channel();
        let pair = Self::run(runtime, url, options, Some(told))?;
        match first.await {
            Ok(Ok(())) => Ok(pair),
            Ok(Err(reason)) => Err(ConnectError::Failed(reason)),
            Err(_) => Err(ConnectError::Failed(DisconnectReason::Closed)),
        }
    }

    /// [`Client::start`] on another runtime.
    ///
    /// # Errors
    /// [`ConnectError`], when the address or an option cannot be used.
    ///
    /// ```no_run
    /// # use throng_client::{Client, Options, Runtime};
    /// # fn example(runtime: impl Runtime) -> Result<(), throng_client::ConnectError> {
    /// let (client, events) = Client::start_on(runtime, "ws://127.0.0.1:8080", Options::guest("ana"))?;
    /// # Ok(()) }
    /// ```
    pub fn start_on<R: Runtime>(
        runtime: R,
        url: &str,
        options: Options,
    ) -> Result<(Self, Events), ConnectError> {
        Self::run(runtime, url, options, None)
    }

    fn run<R: Runtime>(
        runtime: R,
        url: &str,
        options: Options,
        first: Option<oneshot::Sender<Result<(), DisconnectReason>>>,
    ) -> Result<(Self, Events), ConnectError> {
        let address = Address::parse(url)?;
        options.check()?;
        let shared = Shared::new(Core::new(&options, fastrand::u64(..), first));
        driver::start(runtime, address, &options, Arc::clone(&shared))?;
        let events = Events { shared: Arc::clone(&shared), ended: false };
        Ok((Self { handle: Arc::new(Handle { shared }) }, events))
    }
}
