//! An attempt to connect: TCP, TLS, and the WebSocket handshake.

use std::time::Duration;

use async_tungstenite::tungstenite::Error;
use async_tungstenite::tungstenite::client::IntoClientRequest;
use async_tungstenite::tungstenite::handshake::client::{Request, Response};
use async_tungstenite::tungstenite::http::HeaderValue;
use async_tungstenite::tungstenite::http::header::{ORIGIN, RETRY_AFTER};
use async_tungstenite::tungstenite::protocol::WebSocketConfig;
use async_tungstenite::{WebSocketStream, client_async_with_config};
use futures::future::{BoxFuture, FutureExt};

use super::stream::Stream;
use super::tls::Tls;
use crate::address::Address;
use crate::error::{ConnectError, DisconnectReason};
use crate::options::Options;
use crate::runtime::Runtime;

/// A WebSocket to the server.
pub(super) type Socket<R> = WebSocketStream<Stream<<R as Runtime>::Stream>>;

/// The longest message that is read. A page has 64 KiB unless the server is configured otherwise; nobody
/// tells it to make pages of more than this.
const MESSAGE_BYTES_MAX: usize = 4 << 20;

/// tungstenite zero-fills its buffer at every attempt to read.
const READ_BUFFER: usize = 4 << 10;

/// What every attempt needs.
pub(super) struct Dialer<R: Runtime> {
    runtime: R,
    address: Address,
    request: Request,
    tls: Option<Tls>,
    pub(super) timeout: Duration,
}

impl<R: Runtime> Dialer<R> {
    pub(super) fn new(
        runtime: R,
        address: Address,
        options: &Options,
    ) -> Result<Self, ConnectError> {
        let mut request = address.url.as_str().into_client_request().map_err(|error| {
            ConnectError::BadUrl { url: address.url.clone(), problem: error.to_string() }
        })?;
        if let Some(origin) = &options.origin {
            let value = HeaderValue::from_str(origin).map_err(|_| {
                ConnectError::BadOption(format!("{origin:?} cannot be sent as an origin"))
            })?;
            request.headers_mut().insert(ORIGIN, value);
        }
        let tls = address.secure.then(|| Tls::new(&address.host, options)).transpose()?;
        Ok(Self { runtime, address, request, tls, timeout: options.dial_timeout })
    }

    pub(super) fn dial(&self) -> BoxFuture<'static, Result<Socket<R>, DisconnectReason>> {
        let dialling = self.runtime.dial(&self.address.host, self.address.port);
        let (address, request, tls) =
            (self.address.shown(), self.request.clone(), self.tls.clone());
        async move {
            let stream = dialling.await.map_err(|error| DisconnectReason::Dial {
                address: address.clone(),
                problem: error.to_string(),
            })?;
            let stream = match tls {
                None => Stream::Plain(stream),
                Some(tls) => {
                    let connecting = tls.connector.connect(tls.name.clone(), stream);
                    Stream::Tls(Box::new(connecting.await.map_err(|error| tls.reason(&error))?))
                }
            };
            let config = WebSocketConfig::default()
                .read_buffer_size(READ_BUFFER)
                .write_buffer_size(0)
                .max_message_size(Some(MESSAGE_BYTES_MAX))
                .max_frame_size(Some(MESSAGE_BYTES_MAX));
            match client_async_with_config(request, stream, Some(config)).await {
                Ok((socket, _)) => Ok(socket),
                Err(error) => Err(reason(address, error)),
            }
        }
        .boxed()
    }

    pub(super) fn too_late(&self) -> DisconnectReason {
        let problem = format!("nothing came of it within {:.1} s", self.timeout.as_secs_f64());
        DisconnectReason::Dial { address: self.address.shown(), problem }
    }
}

fn reason(address: String, error: Error) -> DisconnectReason {
    match error {
        Error::Http(response) => refusal(address, &response),
        error => DisconnectReason::Dial {
            address,
            problem: format!("no WebSocket could be agreed on: {error}"),
        },
    }
}

/// What an HTTP answer in place of a WebSocket means.
fn refusal(address: String, response: &Response) -> DisconnectReason {
    let status = response.status().as_u16();
    let problem = match status {
        403 => {
            "it does not serve clients that come by this address or with this origin; use the \
                address that the server printed"
        }
        404 | 405 | 200..=299 | 426 => {
            "there is no throng at this address; check host, port and path"
        }
        300..=399 => "it sends us elsewhere; use the address that it means",
        429 => "too many connections come from your address",
        503 => "it is full or restarting",
        _ => "check the address",
    };
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .map(Duration::from_secs);
    DisconnectReason::Http { address, status, problem: problem.to_owned(), retry_after }
}
