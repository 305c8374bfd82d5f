//! OpenID Connect: people log in at a provider that the operator named, by the authorization code flow with PKCE.
//!
//! A log-in in progress is remembered by the browser alone, in a cookie that the server signed: state, nonce and the
//! verifier of PKCE. The server keeps nothing, so nobody fills its memory by beginning log-ins, and a restart in
//! between loses none. What comes out is what a JWT of an embedding application says
//! ([`Vouched`]): the ID token is judged by the same code.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_lock::Mutex;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use futures::future::{BoxFuture, FutureExt};
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use throng_log::clock::unix_ms;
use url::Url;

use crate::identity::jwt::issuers::{self, Issuer, IssuersError};
use crate::identity::jwt::{Vouched, ring_provider};
use crate::identity::oidc::fetch::{Fetcher, is_this_machine};
use crate::identity::oidc::provider::{Begun, Provider};
use crate::identity::signer::Signer;

mod fetch;
mod provider;

pub(crate) use provider::Failure;

/// How long a person may take at the provider, in milliseconds.
const LOGIN_MS: u64 = 10 * 60 * 1_000;

/// All providers.
pub(crate) struct Providers {
    by_name: HashMap<String, Provider>,
    signer: Signer,
    /// The address under which people see the server, without a slash at the end.
    public_url: String,
}

/// One provider, as the operator writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    issuer: String,
    client_id: String,
    client_secret_file: Option<PathBuf>,
    #[serde(default = "code_algorithms")]
    algorithms: Vec<String>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    more_hosts: Vec<String>,
    #[serde(default)]
    allow_http: bool,
    authority_file: Option<PathBuf>,
    nick_claim: Option<String>,
    roles_claim: Option<String>,
    #[serde(default)]
    roles: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct File {
    public_url: Option<String>,
    #[serde(default)]
    oidc: Vec<Entry>,
    #[serde(default)]
    jwt: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    issuer: String,
}

fn code_algorithms() -> Vec<String> {
    ["RS256", "ES256", "EdDSA"].map(str::to_owned).to_vec()
}

/// A log-in that has begun: where the browser goes, and the cookie that it keeps meanwhile.
pub(crate) struct Started {
    pub(crate) url: String,
    pub(crate) cookie: String,
}

/// What the browser remembers.
#[derive(Serialize, Deserialize)]
struct Remembered {
    provider: String,
    state: String,
    nonce: String,
    verifier: String,
    /// Unix milliseconds.
    expires: u64,
}

/// What the provider sends the browser back with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Returned {
    pub(crate) code: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) iss: Option<String>,
    pub(crate) error: Option<String>,
}

impl Returned {
    /// Reads a query. A field that is there twice makes it nobody's.
    pub(crate) fn parse(query: &str) -> Option<Self> {
        let mut returned = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let field = match &*name {
                "code" => &mut returned.code,
                "state" => &mut returned.state,
                "iss" => &mut returned.iss,
                "error" => &mut returned.error,
                _ => continue,
            };
            if field.replace(value.into_owned()).is_some() {
                return None;
            }
        }
        Some(returned)
    }
}

impl Providers {
    /// The providers in a file; none without a file. `secret` is the server's.
    ///
    /// # Errors
    /// When something in it is wrong.
    pub(crate) fn load(file: Option<&Path>, secret: &[u8; 32]) -> Result<Self, IssuersError> {
        ring_provider::install();
        let signer = Signer::new(secret, "throng oidc");
        let mut providers = Self { by_name: HashMap::new(), signer, public_url: String::new() };
        let Some(path) = file else { return Ok(providers) };
        let text = issuers::read(path)?;
        let wrong = |problem: String| IssuersError::new(path, problem);
        let file: File = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        if file.oidc.is_empty() {
            return Ok(providers);
        }
        providers.public_url = public(file.public_url.as_deref()).map_err(wrong)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        for entry in file.oidc {
            let name = entry.name.clone();
            if file.jwt.iter().any(|jwt| jwt.issuer == entry.issuer) {
                // A person would have the rooms of the one and not of the other.
                return Err(wrong(format!("the issuer of {name:?} is in [[jwt]] too")));
            }
            let provider = entry.check(folder, &providers.public_url);
            let provider = provider.map_err(|it| wrong(format!("provider {name:?}: {it}")))?;
            let is_known = |other: &Provider| other.issuer.name() == provider.issuer.name();
            if providers.by_name.values().any(is_known) || providers.by_name.contains_key(&name) {
                return Err(wrong(format!("provider {name:?} is there twice")));
            }
            providers.by_name.insert(name, provider);
        }
        Ok(providers)
    }

    /// The names of the providers, in their order.
    pub(crate) fn names(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.by_name.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    /// Whether there is a provider with this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// Whether a provider decides the roles of its people.
    pub(crate) fn decides_roles(&self, issuer: &str) -> bool {
        let mut all = self.by_name.values();
        all.any(|provider| provider.issuer.name() == issuer && provider.issuer.decides_roles())
    }

    /// Where the page is, for somebody who has logged in with this code.
    pub(crate) fn page(&self, code: &str) -> String {
        format!("{}/#device={code}", self.public_url)
    }

    /// Begins a log-in at a provider.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn start(&self, name: &str) -> Result<Started, Failure> {
        let provider = self.provider(name)?;
        let Begun { url, state, nonce, verifier } = provider.begin().await?;
        let cookie = cookie_of(&state);
        let expires = unix_ms() + LOGIN_MS;
        let remembered = Remembered { provider: name.to_owned(), state, nonce, verifier, expires };
        let value = self.sign(&remembered);
        Ok(Started { url, cookie: self.cookie(name, &cookie, &value, LOGIN_MS / 1_000) })
    }

    /// The cookie that a finished log-in leaves behind: none.
    pub(crate) fn forget(&self, name: &str, returned: &Returned) -> Option<String> {
        let state = returned.state.as_deref().filter(|state| is_token(state))?;
        Some(self.cookie(name, &cookie_of(state), "", 0))
    }

    /// Ends a log-in. `cookies` are all that the browser sent.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn finish<'a>(
        &'a self,
        name: &'a str,
        returned: Returned,
        cookies: &'a str,
    ) -> BoxFuture<'a, Result<Vouched, Failure>> {
        async move {
            let provider = self.provider(name)?;
            let Remembered { nonce, verifier, .. } = self.remembered(name, &returned, cookies)?;
            if let Some(error) = returned.error {
                let shown: String = error.chars().filter(char::is_ascii_graphic).take(64).collect();
                return Err(Failure::Refused(format!("the provider let nobody in: {shown}")));
            }
            let code = returned.code.ok_or_else(|| Failure::Refused("there is no code".into()))?;
            provider.end(code, returned.iss.as_deref(), &nonce, verifier).await
        }
        .boxed()
    }

    /// What the browser remembers of the log-in that it comes back from.
    fn remembered(
        &self,
        name: &str,
        returned: &Returned,
        cookies: &str,
    ) -> Result<Remembered, Failure> {
        let elsewhere = || {
            Failure::Refused("this log-in was not begun in this browser, or too long ago".into())
        };
        let state = returned.state.as_deref().filter(|it| is_token(it)).ok_or_else(elsewhere)?;
        let wanted = cookie_of(state);
        let found = cookies.split(';').filter_map(|cookie| cookie.trim().split_once('='));
        let mut found = found.filter(|(name, _)| *name == wanted).map(|(_, value)| value);
        let remembered = found.find_map(|value| self.read(value)).ok_or_else(elsewhere)?;
        let is_own = remembered.provider == name
            && remembered.state == state
            && remembered.expires > unix_ms();
        if is_own { Ok(remembered) } else { Err(elsewhere()) }
    }

    fn provider(&self, name: &str) -> Result<&Provider, Failure> {
        let missing = || Failure::Refused("there is no such provider".into());
        self.by_name.get(name).ok_or_else(missing)
    }

    fn cookie(&self, provider: &str, name: &str, value: &str, seconds: u64) -> String {
        let secure = if self.public_url.starts_with("https") { "; Secure" } else { "" };
        let path = Url::parse(&self.public_url).map(|url| url.path().to_owned());
        let path = path.unwrap_or_default();
        let path = path.trim_end_matches('/');
        // Lax: it is the provider's page that leads back.
        format!(
            "{name}={value}; Path={path}/oidc/{provider}; Max-Age={seconds}; HttpOnly; \
             SameSite=Lax{secure}"
        )
    }

    fn sign(&self, remembered: &Remembered) -> String {
        let body = BASE64.encode(serde_json::to_vec(remembered).unwrap_or_default());
        format!("{body}.{}", BASE64.encode(self.signer.sign(body.as_bytes())))
    }

    fn read(&self, value: &str) -> Option<Remembered> {
        let (body, signature) = value.split_once('.')?;
        let is_own = self.signer.has_signed(body.as_bytes(), &BASE64.decode(signature).ok()?);
        if is_own { serde_json::from_slice(&BASE64.decode(body).ok()?).ok() } else { None }
    }
}

impl Entry {
    fn check(self, folder: &Path, public_url: &str) -> Result<Provider, String> {
        let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !(1..=32).contains(&self.name.len()) || !self.name.chars().all(is_word) {
            return Err("`name` has 1 to 32 of a to z, 0 to 9 and `-`".into());
        }
        let url = Url::parse(&self.issuer).map_err(|_| "`issuer` is no address".to_owned())?;
        let is_safe = match url.scheme() {
            "https" => true,
            "http" => self.allow_http || is_this_machine(&url),
            _ => false,
        };
        if !is_safe {
            return Err("`issuer` is not https; `allow_http = true` allows it without".into());
        }
        let mut hosts = self.more_hosts;
        hosts.extend(url.host_str().map(str::to_owned));
        let algorithms = issuers::algorithms(&self.algorithms)?;
        if algorithms.is_empty() || algorithms.contains(&jsonwebtoken::Algorithm::HS256) {
            return Err("`algorithms` are of RS256, ES256 and EdDSA".into());
        }
        let secret = self.client_secret_file.map(|path| {
            let path = folder.join(path);
            let text = fs::read_to_string(&path);
            text.map(|text| text.trim().to_owned())
                .map_err(|error| format!("{}: {error}", path.display()))
        });
        let authority = self.authority_file.map(|path| folder.join(path));
        Ok(Provider {
            issuer: Issuer::of_provider(
                self.issuer,
                self.client_id.clone(),
                (self.nick_claim, self.roles_claim),
                self.roles,
            )?,
            algorithms,
            client_id: self.client_id,
            client_secret: secret.transpose()?,
            redirect: format!("{public_url}/oidc/{}/callback", self.name),
            scopes: self.scopes,
            fetcher: Fetcher::new(hosts, self.allow_http, authority.as_deref())?,
            name: self.name,
            known: Mutex::new(None),
            keys: RwLock::new(Arc::default()),
            keys_read: Mutex::new(None),
        })
    }
}

/// The address under which people see the server.
fn public(url: Option<&str>) -> Result<String, String> {
    let url = url.ok_or("`public_url` is missing: where do people see this server?")?;
    let parsed = Url::parse(url).map_err(|_| "`public_url` is no address".to_owned())?;
    let is_safe =
        parsed.scheme() == "https" || parsed.scheme() == "http" && is_this_machine(&parsed);
    if !is_safe || parsed.query().is_some() || parsed.fragment().is_some() {
        return Err("`public_url` is like https://chat.example.org".into());
    }
    Ok(url.trim_end_matches('/').to_owned())
}

/// The name of a log-in's cookie: several tabs may log in at once.
fn cookie_of(state: &str) -> String {
    format!("throng-oidc-{}", &state[..state.len().min(12)])
}

/// Whether a text is like the states that this server makes.
fn is_token(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (12..=128).contains(&text.len()) && text.chars().all(is_part)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::{Providers, Remembered, Returned};

    const GOOD: &str = "public_url = \"https://chat.example/below/\"\n[[oidc]]\nname = \"a\"\n\
                        issuer = \"https://id.example\"\nclient_id = \"throng\"\n";

    fn load(text: &str) -> Result<Providers, String> {
        let folder = TempDir::new().expect("a directory");
        let file = folder.path().join("issuers.toml");
        fs::write(&file, text).expect("written");
        Providers::load(Some(&file), &[7; 32]).map_err(|error| error.to_string())
    }

    fn remembered(state: &str, expires: u64) -> Remembered {
        let (provider, nonce, verifier) = ("a".into(), "n".into(), "v".into());
        Remembered { provider, state: state.into(), nonce, verifier, expires }
    }

    #[test]
    fn a_provider_that_would_weaken_something_is_refused() {
        assert_eq!(load(GOOD).err(), None);
        let jwt = "[[jwt]]\nissuer = \"https://id.example\"\n";
        for (text, words) in [
            (GOOD.replace("https://id", "http://id"), "not https"),
            (GOOD.replace("https://id.example", "id.example"), "no address"),
            (GOOD.replace("https://chat", "http://chat"), "public_url"),
            (GOOD.replace("public_url", "#"), "public_url"),
            (GOOD.replace("\"a\"", "\"A/b\""), "`name`"),
            (format!("{GOOD}algorithms = [\"HS256\"]"), "algorithms"),
            (format!("{GOOD}algorithms = [\"none\"]"), "algorithms"),
            (format!("{GOOD}client_secret_file = \"missing\""), "missing"),
            (format!("{GOOD}roles_claim = \"r\"\n[oidc.roles]\nroot = \"owner\""), "owner"),
            (format!("{GOOD}[oidc.roles]\nstaff = \"member\""), "roles_claim"),
            (format!("{GOOD}{}", &GOOD[GOOD.find("[[").expect("a table")..]), "twice"),
            (format!("{GOOD}{jwt}"), "[[jwt]] too"),
            (format!("{GOOD}secret = \"x\""), "unknown field"),
        ] {
            let said = load(&text).err().unwrap_or_default();
            assert!(said.contains(words), "{text}: {said}");
        }
        assert!(
            load(&format!("{}allow_http = true", GOOD.replace("https://id", "http://id"))).is_ok()
        );
    }

    #[test]
    fn a_log_in_is_remembered_by_the_browser_that_began_it_and_for_a_time() {
        let providers = load(GOOD).expect("read");
        let (state, later) = ("A".repeat(43), u64::MAX);
        let value = providers.sign(&remembered(&state, later));
        let returned = Returned { state: Some(state.clone()), ..Returned::default() };
        let found =
            |name: &str, cookies: &str| providers.remembered(name, &returned, cookies).is_ok();
        let cookie = format!("x=y; throng-oidc-{}={value}; z", &state[..12]);
        assert!(found("a", &cookie));
        assert!(!found("b", &cookie), "of another provider");
        assert!(!found("a", "") && !found("a", &cookie.replace("oidc-A", "oidc-B")));
        for at in 0..value.len() {
            let mut changed = value.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("ASCII");
            assert!(providers.read(&changed).is_none(), "byte {at}");
        }
        let other = providers.sign(&remembered(&"A".repeat(44), later));
        assert!(!found("a", &cookie.replace(&value, &other)), "another state");
        let over = providers.sign(&remembered(&state, 1));
        assert!(!found("a", &cookie.replace(&value, &over)), "too long ago");
        let set = providers.cookie("a", "throng-oidc-x", "v", 600);
        for rule in ["Path=/below/oidc/a;", "HttpOnly", "SameSite=Lax", "; Secure"] {
            assert!(set.contains(rule), "{set}");
        }
        assert_eq!(providers.page("ABCDE-FGHJK"), "https://chat.example/below/#device=ABCDE-FGHJK");
    }

    #[test]
    fn a_way_back_says_everything_once() {
        let parsed = Returned::parse("code=a%2Bb&state=s&x=1&x=2").expect("a way back");
        assert_eq!((parsed.code.as_deref(), parsed.state.as_deref()), (Some("a+b"), Some("s")));
        for twice in ["code=a&code=b", "state=a&state=a", "iss=a&iss=b&code=c", "error=a&error=b"] {
            assert_eq!(Returned::parse(twice), None, "{twice}");
        }
    }
}
