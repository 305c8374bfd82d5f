//! One source of prices: an HTTP address that answers with a number, and all the ways in which it
//! may not.

use std::time::Duration;

use async_std::future::timeout;
use async_std::net::TcpStream;
use futures::future::{self, Either};
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::handshake;
use hyper::{Request, Response, StatusCode, Uri, header};
use smol_hyper::rt::FuturesIo;

/// A number has fewer digits; a longer answer is something else, and may not end.
const BODY_BYTES_MAX: usize = 64;

/// Where a price comes from.
pub(crate) struct Source {
    pub(crate) name: String,
    uri: Uri,
}

/// Why there is no price now. As text it follows "no price: ".
#[derive(Debug, thiserror::Error)]
pub(crate) enum DisconnectReason {
    #[error("no connection to {address} ({error})")]
    Connect { address: String, error: std::io::Error },
    #[error("it does not answer in HTTP ({0})")]
    Http(#[from] hyper::Error),
    #[error("it answered with the status {0}")]
    Status(StatusCode),
    #[error("it answered with more than a number")]
    TooLong,
    #[error("it answered with something that is no number")]
    NoNumber,
    #[error("it did not answer within {} s", .0.as_secs_f64())]
    Late(Duration),
}

impl Source {
    /// Reads `name=http://host:port/path`.
    pub(crate) fn parse(given: &str) -> anyhow::Result<Self> {
        let parts = given.split_once('=').filter(|(name, _)| !name.trim().is_empty());
        let (name, uri) = parts.ok_or_else(|| {
            anyhow::anyhow!("{given:?} is no source; write name=http://host:port/path")
        })?;
        let uri: Uri = uri.parse().map_err(|error| anyhow::anyhow!("{given:?}: {error}"))?;
        // TLS would be a second connector; a proxy beside this program can add it.
        anyhow::ensure!(
            uri.scheme_str() == Some("http") && uri.host().is_some_and(|host| !host.is_empty()),
            "{given:?} is no source; its address should begin with http:// and a host"
        );
        Ok(Self { name: name.trim().to_owned(), uri })
    }

    /// Asks for the price, and waits no longer than this. Dropping it midway is safe: nothing is
    /// kept.
    pub(crate) async fn price(&self, within: Duration) -> Result<String, DisconnectReason> {
        timeout(within, self.ask()).await.unwrap_or(Err(DisconnectReason::Late(within)))
    }

    async fn ask(&self) -> Result<String, DisconnectReason> {
        let host = self.uri.host().unwrap_or_default();
        let port = self.uri.port_u16().unwrap_or(80);
        // A resolver wants an IPv6 address without its brackets.
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((bare, port)).await.map_err(|error| {
            DisconnectReason::Connect { address: format!("{host}:{port}"), error }
        })?;
        let (mut sender, connection) = handshake(FuturesIo::new(stream)).await?;
        let path = self.uri.path_and_query().map_or("/", |path| path.as_str());
        let request = Request::get(path)
            .header(header::HOST, format!("{host}:{port}"))
            .header(header::CONNECTION, "close")
            .body(Empty::<Bytes>::new())
            .expect("a path and a host that were read from an address");
        let answer = async { read(sender.send_request(request).await?).await };
        // The connection is driven here and ends here: no task is left behind.
        match future::select(Box::pin(answer), Box::pin(connection)).await {
            Either::Left((answer, _)) => answer,
            Either::Right((_, answer)) => answer.await,
        }
    }
}

async fn read(response: Response<Incoming>) -> Result<String, DisconnectReason> {
    if response.status() != StatusCode::OK {
        return Err(DisconnectReason::Status(response.status()));
    }
    let body = Limited::new(response.into_body(), BODY_BYTES_MAX).collect().await;
    let body = body.map_err(|error| match error.downcast::<hyper::Error>() {
        Ok(error) => DisconnectReason::Http(*error),
        Err(error) if error.is::<LengthLimitError>() => DisconnectReason::TooLong,
        Err(_) => DisconnectReason::NoNumber,
    })?;
    let bytes = body.to_bytes();
    let text = std::str::from_utf8(&bytes).map_err(|_| DisconnectReason::NoNumber)?.trim();
    // What comes from outside goes into a room: only a number passes, as it was written.
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(text.to_owned()),
        _ => Err(DisconnectReason::NoNumber),
    }
}
