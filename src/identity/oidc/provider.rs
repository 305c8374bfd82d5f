//! One provider: what it says about itself (OpenID Connect Discovery), its keys, and a log-in from its beginning to
//! the ID token.

use std::sync::Arc;

use async_lock::Mutex;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::{
    AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, ExtraTokenFields, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, Scope, StandardRevocableToken, StandardTokenResponse, TokenUrl,
};
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use throng_log::clock::now_ms;
use tracing::info;

use super::fetch::{FetchError, Fetcher};
use crate::identity::jwt::issuers::Issuer;
use crate::identity::jwt::keys::{self, Key};
use crate::identity::jwt::{self, BadJwt, Vouched};

/// How long what a provider says about itself is good, in milliseconds.
const FRESH_MS: u64 = 3_600_000;

/// For an unknown key the keys are not read more often than this, in milliseconds: whoever forges a token chooses it.
const KEYS_MS: u64 = 5_000;

/// A provider, as the operator configured it.
pub(super) struct Provider {
    /// Its name in paths.
    pub(super) name: String,
    /// Its claims, its audience (this client) and its algorithms.
    pub(super) issuer: Issuer,
    pub(super) algorithms: Vec<jsonwebtoken::Algorithm>,
    pub(super) client_id: String,
    pub(super) client_secret: Option<String>,
    /// Where it sends people back to.
    pub(super) redirect: String,
    pub(super) scopes: Vec<String>,
    pub(super) fetcher: Fetcher,
    /// What it said about itself, and when.
    pub(super) known: Mutex<Option<(Arc<Metadata>, u64)>>,
    pub(super) keys: RwLock<Arc<Vec<Arc<Key>>>>,
    pub(super) keys_read: Mutex<Option<u64>>,
}

/// The part of a provider's metadata that is used.
#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// The beginning of a log-in.
pub(super) struct Begun {
    /// Where the browser goes.
    pub(super) url: String,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
}

/// Why a log-in did not come to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The provider could not be asked.
    #[error("{0}")]
    Unreachable(String),
    /// What the provider or the browser said does not fit.
    #[error("{0}")]
    Refused(String),
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        Self::Unreachable(error.to_string())
    }
}

impl From<BadJwt> for Failure {
    fn from(bad: BadJwt) -> Self {
        Self::Refused(format!("the provider's ID token: {bad}"))
    }
}

/// What a provider adds to its token.
#[derive(Debug, Serialize, Deserialize)]
struct IdToken {
    id_token: String,
}

impl ExtraTokenFields for IdToken {}

type OAuth = Client<
    BasicErrorResponse,
    StandardTokenResponse<IdToken, BasicTokenType>,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

impl Provider {
    /// Begins a log-in.
    pub(super) async fn begin(&self) -> Result<Begun, Failure> {
        let metadata = self.metadata().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let nonce = CsrfToken::new_random_len(32).into_secret();
        let client = self.client(&metadata)?;
        let scopes = self.scopes.iter().map(|scope| Scope::new(scope.clone()));
        let (url, state) = client
            .authorize_url(|| CsrfToken::new_random_len(32))
            .add_scope(Scope::new("openid".to_owned()))
            .add_scopes(scopes)
            .add_extra_param("nonce", nonce.clone())
            .set_pkce_challenge(challenge)
            .url();
        let (state, verifier) = (state.into_secret(), verifier.into_secret());
        Ok(Begun { url: url.into(), state, nonce, verifier })
    }

    /// Ends a log-in: exchanges the code, and judges the ID token. `iss` is what the answer says about who gave it
    /// (RFC 9207).
    pub(super) async fn end(
        &self,
        code: String,
        iss: Option<&str>,
        nonce: &str,
        verifier: String,
    ) -> Result<Vouched, Failure> {
        let metadata = self.metadata().await?;
        let is_own = match iss {
            Some(iss) => iss == metadata.issuer,
            None => !metadata.authorization_response_iss_parameter_supported,
        };
        if !is_own {
            let problem = "the answer is not this provider's: begin again".to_owned();
            return Err(Failure::Refused(problem));
        }
        let client = self.client(&metadata)?;
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request_async(&self.fetcher)
            .await
            .map_err(|error| match error {
                RequestTokenError::Request(error) => error.into(),
                RequestTokenError::ServerResponse(refusal) => {
                    Failure::Refused(format!("the provider refused the code: {}", refusal.error()))
                }
                RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                    Failure::Refused("the provider's answer has no ID token".to_owned())
                }
            })?;
        self.judge(&answer.extra_fields().id_token, nonce).await
    }

    async fn judge(&self, id_token: &str, nonce: &str) -> Result<Vouched, Failure> {
        let header = jwt::header_of(id_token)?;
        let key = self.key(header.kid.as_deref()).await?.ok_or(BadJwt::UnknownKey)?;
        let claims = jwt::open(&self.issuer, &key, id_token)?;
        let text = |name: &str| claims.other(name).and_then(|value| value.as_str());
        if text("nonce") != Some(nonce) {
            return Err(Failure::Refused("this ID token is for another log-in".to_owned()));
        }
        // Said to several, it must have been made for us (OpenID Connect Core, section 3.1.3.7).
        let is_shared =
            claims.other("aud").is_some_and(|aud| aud.as_array().is_some_and(|it| it.len() > 1));
        let party = text("azp");
        if party.is_some_and(|azp| azp != self.client_id) || (is_shared && party.is_none()) {
            return Err(Failure::Refused("this ID token is for another client".to_owned()));
        }
        Ok(self.issuer.vouched(claims)?)
    }

    fn client(&self, metadata: &Metadata) -> Result<OAuth, Failure> {
        let bad = |_| Failure::Refused("the provider names an address that is none".to_owned());
        // The browser goes to the one, and the code to the other.
        self.fetcher.checked(&metadata.authorization_endpoint)?;
        self.fetcher.checked(&metadata.token_endpoint)?;
        let client = Client::new(ClientId::new(self.client_id.clone()))
            .set_auth_uri(AuthUrl::new(metadata.authorization_endpoint.clone()).map_err(bad)?)
            .set_token_uri(TokenUrl::new(metadata.token_endpoint.clone()).map_err(bad)?)
            .set_redirect_uri(RedirectUrl::new(self.redirect.clone()).map_err(bad)?);
        Ok(match &self.client_secret {
            Some(secret) => client.set_client_secret(ClientSecret::new(secret.clone())),
            None => client,
        })
    }

    /// What the provider says about itself.
    async fn metadata(&self) -> Result<Arc<Metadata>, Failure> {
        let mut known = self.known.lock().await;
        if let Some((metadata, read)) = &*known
            && now_ms().saturating_sub(*read) < FRESH_MS
        {
            return Ok(Arc::clone(metadata));
        }
        let issuer = self.issuer.name();
        let at = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let found = self.fetcher.get(&at).await?;
        let metadata: Metadata = serde_json::from_slice(&found).map_err(|error| {
            Failure::Refused(format!("what the provider says of itself: {error}"))
        })?;
        if metadata.issuer != issuer {
            let problem = format!("the provider says that it is {:?}", metadata.issuer);
            return Err(Failure::Refused(problem));
        }
        let metadata = Arc::new(metadata);
        *known = Some((Arc::clone(&metadata), now_ms()));
        Ok(metadata)
    }

    /// The key that an ID token means. For an unknown one the keys are read again.
    async fn key(&self, kid: Option<&str>) -> Result<Option<Arc<Key>>, Failure> {
        let mut read = self.keys_read.lock().await;
        let now = now_ms();
        let is_fresh = read.is_some_and(|at| now.saturating_sub(at) < FRESH_MS);
        if is_fresh && let Some(key) = keys::pick(&self.keys.read(), kid) {
            return Ok(Some(key));
        }
        if read.is_none_or(|at| now.saturating_sub(at) >= KEYS_MS) {
            let metadata = self.metadata().await?;
            let set = self.fetcher.get(&metadata.jwks_uri).await?;
            let found = keys::set(&set, &self.algorithms)
                .map_err(|problem| Failure::Refused(format!("the provider's keys: {problem}")))?;
            info!(provider = self.name, keys = found.len(), "the keys of a provider were read");
            *self.keys.write() = Arc::new(found);
            *read = Some(now);
        }
        Ok(keys::pick(&self.keys.read(), kid))
    }
}
