//! Requests to providers: only to the hosts that the operator named, over TLS, without redirects, and bounded in
//! time and size. One connection for each, since a log-in needs two or three.

use std::sync::Arc;
use std::time::Duration;

use async_io::Timer;
use async_lock::Semaphore;
use async_std::net::TcpStream;
use futures::future::{BoxFuture, Either, FutureExt, select};
use futures::io::{AsyncRead, AsyncWrite};
use futures_rustls::TlsConnector;
use futures_rustls::pki_types::CertificateDer;
use futures_rustls::pki_types::ServerName;
use futures_rustls::pki_types::pem::PemObject;
use futures_rustls::rustls::{ClientConfig, RootCertStore, crypto};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{self, HeaderValue};
use hyper::{Request, Response};
use oauth2::AsyncHttpClient;
use smol_hyper::rt::FuturesIo;
use url::{Host, Url};

/// The longest answer of a provider. Discovery and key sets have a few kilobytes.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// How long a request may take, from the look-up of the name to the end of the answer.
const TIME: Duration = Duration::from_secs(5);

/// The most requests at a time. A provider that hangs must not collect connections.
const REQUESTS_MAX: usize = 32;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("{0} is not an address that this server may ask: {1}")]
    Forbidden(String, &'static str),
    #[error("too many requests to providers are under way")]
    Busy,
    #[error("{0} did not answer within 5 s")]
    Late(String),
    #[error("{0}: {1}")]
    Failed(String, String),
}

/// Where requests may go, and how.
pub(super) struct Fetcher {
    tls: TlsConnector,
    hosts: Vec<String>,
    /// Whether plain HTTP may be spoken with hosts that are not this machine.
    allow_http: bool,
    running: Arc<Semaphore>,
}

impl Fetcher {
    /// Requests to these hosts.
    ///
    /// # Errors
    /// When TLS can't be used.
    pub(super) fn new(
        hosts: Vec<String>,
        allow_http: bool,
        authority: Option<&std::path::Path>,
    ) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(path) = authority {
            let wrong = |problem: String| format!("{}: {problem}", path.display());
            let found = CertificateDer::pem_file_iter(path).map_err(|it| wrong(it.to_string()))?;
            for certificate in found {
                let certificate = certificate.map_err(|it| wrong(it.to_string()))?;
                roots.add(certificate).map_err(|it| wrong(it.to_string()))?;
            }
        }
        let config =
            ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .map_err(|error| error.to_string())?
                .with_root_certificates(roots)
                .with_no_client_auth();
        let tls = TlsConnector::from(Arc::new(config));
        Ok(Self { tls, hosts, allow_http, running: Arc::new(Semaphore::new(REQUESTS_MAX)) })
    }

    /// Reads what is at an address.
    ///
    /// # Errors
    /// Why not.
    pub(super) async fn get(&self, url: &str) -> Result<Bytes, FetchError> {
        let request = Request::get(url).body(Vec::new());
        let request = request.map_err(|it| FetchError::Failed(url.into(), it.to_string()))?;
        let response = self.send(request).await?;
        match response.status().is_success() {
            true => Ok(response.into_body().into()),
            false => Err(FetchError::Failed(url.into(), format!("status {}", response.status()))),
        }
    }

    /// Sends a request, and reads the answer whatever its status.
    ///
    /// # Errors
    /// Why not.
    pub(super) async fn send(
        &self,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, FetchError> {
        let url = self.checked(&request.uri().to_string())?;
        let name = url.host_str().unwrap_or_default().to_owned();
        let _running = self.running.try_acquire().ok_or(FetchError::Busy)?;
        let sending = Box::pin(self.exchange(&url, request));
        match select(sending, Timer::after(TIME)).await {
            Either::Left((done, _)) => done.map_err(|problem| FetchError::Failed(name, problem)),
            Either::Right(_) => Err(FetchError::Late(name)),
        }
    }

    /// An address that may be asked.
    ///
    /// # Errors
    /// Why it may not.
    pub(super) fn checked(&self, url: &str) -> Result<Url, FetchError> {
        let forbidden = |why| FetchError::Forbidden(url.chars().take(200).collect(), why);
        let parsed = Url::parse(url).map_err(|_| forbidden("it is no address"))?;
        let host = parsed.host_str().ok_or_else(|| forbidden("it has no host"))?;
        if !self.hosts.iter().any(|known| known == host) {
            return Err(forbidden("its host is not the provider's; see `more_hosts`"));
        }
        match parsed.scheme() {
            "https" => Ok(parsed),
            "http" if self.allow_http || is_this_machine(&parsed) => Ok(parsed),
            _ => Err(forbidden("it is not https; see `allow_http`")),
        }
    }

    async fn exchange(
        &self,
        url: &Url,
        mut request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, String> {
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or(443);
        let authority = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        *request.uri_mut() = path.parse().map_err(words)?;
        let headers = request.headers_mut();
        headers.insert(header::HOST, HeaderValue::from_str(&authority).map_err(words)?);
        headers.insert(header::USER_AGENT, HeaderValue::from_static("throng"));
        headers.entry(header::ACCEPT).or_insert(HeaderValue::from_static("application/json"));
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let socket = TcpStream::connect((bare, port)).await.map_err(words)?;
        match url.scheme() {
            "http" => speak(socket, request).await,
            _ => {
                let name = ServerName::try_from(bare.to_owned()).map_err(words)?;
                speak(self.tls.connect(name, socket).await.map_err(words)?, request).await
            }
        }
    }
}

impl<'c> AsyncHttpClient<'c> for Fetcher {
    type Error = FetchError;
    type Future = BoxFuture<'c, Result<Response<Vec<u8>>, FetchError>>;

    fn call(&'c self, request: Request<Vec<u8>>) -> Self::Future {
        self.send(request).boxed()
    }
}

/// One request over a connection. The connection is driven beside it, and ends with it.
async fn speak<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    stream: S,
    request: Request<Vec<u8>>,
) -> Result<Response<Vec<u8>>, String> {
    let io = FuturesIo::new(stream);
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(io).await.map_err(words)?;
    let asking = Box::pin(async move {
        let request = request.map(|body| Full::new(Bytes::from(body)));
        let (head, body) = sender.send_request(request).await.map_err(words)?.into_parts();
        let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await;
        let body = body.map_err(|_| "the answer is too long, or was cut".to_owned())?;
        Ok(Response::from_parts(head, body.to_bytes().to_vec()))
    });
    match select(asking, Box::pin(connection)).await {
        Either::Left((answer, _)) => answer,
        // The connection may end while its last bytes are still with us.
        Either::Right((_, asking)) => asking.await,
    }
}

/// Whether an address leads to this machine and nowhere else.
pub(super) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}
