//! TLS by rustls, with the roots of the system.

use std::io;
use std::sync::Arc;

use futures_rustls::TlsConnector;
use futures_rustls::pki_types::{CertificateDer, ServerName};
use futures_rustls::rustls::{self, CertificateError, ClientConfig, RootCertStore};

use crate::error::{ConnectError, DisconnectReason};
use crate::options::Options;

/// How to trust a server, and under which name.
#[derive(Clone)]
pub(super) struct Tls {
    pub(super) connector: TlsConnector,
    pub(super) name: ServerName<'static>,
    host: String,
}

impl Tls {
    pub(super) fn new(host: &str, options: &Options) -> Result<Self, ConnectError> {
        let mut roots = RootCertStore::empty();
        let system = rustls_native_certs::load_native_certs();
        // Old machines hold certificates that rustls does not read; the others still count.
        roots.add_parsable_certificates(system.certs);
        for der in &options.roots {
            roots.add(CertificateDer::from(der.clone())).map_err(|error| {
                ConnectError::BadOption(format!("a root certificate cannot be used: {error}"))
            })?;
        }
        if roots.is_empty() {
            let text = "this machine has no root certificates, so no wss server can be trusted; \
                        install them (Debian: ca-certificates), or set SSL_CERT_FILE";
            return Err(ConnectError::BadOption(text.to_owned()));
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| ConnectError::BadOption(format!("TLS cannot be used: {error}")))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(host.to_owned()).map_err(|_| ConnectError::BadUrl {
            url: host.to_owned(),
            problem: "this is no name that a certificate can have".to_owned(),
        })?;
        let connector = TlsConnector::from(Arc::new(config));
        Ok(Self { connector, name, host: host.to_owned() })
    }

    /// Why there is no secure connection, and what to do.
    pub(super) fn reason(&self, error: &io::Error) -> DisconnectReason {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        let problem = match inner {
            Some(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer)) => {
                "its certificate is signed by nobody whom this machine trusts. If the server is \
                 yours, add its authority to the system's roots, or name its file in SSL_CERT_FILE"
                    .to_owned()
            }
            Some(rustls::Error::InvalidCertificate(problem)) => {
                format!("its certificate cannot be trusted ({problem})")
            }
            Some(rustls::Error::InvalidMessage(_)) => {
                "it does not speak TLS there. If it has none, write ws:// instead of wss://".into()
            }
            _ => error.to_string(),
        };
        DisconnectReason::Tls { host: self.host.clone(), problem }
    }
}
