//! How a client is to behave: who it is, and how much it may hold.

use std::sync::Arc;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use throng_protocol::{LinkCode, Nick};

use crate::error::ConnectError;

/// Who connects, and within which bounds.
///
/// ```
/// use std::time::Duration;
/// use throng_client::Options;
///
/// let options = Options::guest("ana").events_max(100).dial_timeout(Duration::from_secs(5));
/// let again = Options::token("v1.MDFL.c2ln").nick("ana-maria");
/// ```
#[derive(Clone)]
pub struct Options {
    pub(crate) nick: Option<String>,
    pub(crate) token: Option<String>,
    pub(crate) code: Option<LinkCode>,
    pub(crate) login: Option<Login>,
    pub(crate) device_secret: Option<String>,
    pub(crate) jwt: Option<JwtProvider>,
    pub(crate) device: String,
    pub(crate) events_max: usize,
    pub(crate) queue_bytes: usize,
    pub(crate) sends_max: usize,
    pub(crate) dial_timeout: Duration,
    pub(crate) give_up_after: Option<Duration>,
    pub(crate) origin: Option<String>,
    pub(crate) page: u64,
    pub(crate) roots: Vec<Vec<u8>>,
}

/// Fetches a JWT. The error says in words why there is none.
pub(crate) type JwtProvider =
    Arc<dyn Fn() -> BoxFuture<'static, Result<String, String>> + Send + Sync>;

/// What somebody with an account says once, in place of a token.
#[derive(Clone)]
pub(crate) struct Login {
    pub(crate) password: String,
    /// A code of the authenticator app, or a recovery code.
    pub(crate) second_factor: Option<String>,
    /// The secret of a link with which `password` becomes the account's.
    pub(crate) reset: Option<String>,
}

impl Options {
    /// Somebody new, who would like to be called so.
    ///
    /// ```
    /// let options = throng_client::Options::guest("ana");
    /// ```
    pub fn guest(nick: impl Into<String>) -> Self {
        Self { nick: Some(nick.into()), ..Self::anybody() }
    }

    /// A new person, with a nick chosen by the server.
    ///
    /// ```
    /// let options = throng_client::Options::anybody();
    /// ```
    pub fn anybody() -> Self {
        Self {
            nick: None,
            token: None,
            code: None,
            login: None,
            device_secret: None,
            jwt: None,
            device: format!(
                "throng-client/{} ({})",
                env!("CARGO_PKG_VERSION"),
                std::env::consts::OS
            ),
            events_max: 1_024,
            queue_bytes: 1 << 20,
            sends_max: 1_024,
            dial_timeout: Duration::from_secs(15),
            give_up_after: None,
            origin: None,
            page: 50,
            roots: Vec::new(),
        }
    }

    /// A person who was here before, by the token that [`crate::Client::token`] gave.
    ///
    /// ```
    /// let options = throng_client::Options::token("v1.MDFL.c2ln");
    /// ```
    pub fn token(token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..Self::anybody() }
    }

    /// A bot, by the token that its owner got from [`Client::make_bot`](crate::Client::make_bot). The token stays the
    /// same. When it has expired or was revoked, the client ends with
    /// [`DisconnectReason::Token`](crate::DisconnectReason::Token) or, while it is connected, with
    /// [`DisconnectReason::LoggedOut`](crate::DisconnectReason::LoggedOut).
    ///
    /// ```no_run
    /// # fn example() -> Result<(), std::env::VarError> {
    /// let options = throng_client::Options::bot(std::env::var("HERALD_TOKEN")?);
    /// # Ok(()) }
    /// ```
    pub fn bot(token: impl Into<String>) -> Self {
        Self::token(token)
    }

    /// A person who is here with another device, by the code that [`crate::Client::link`] gave there.
    /// It can be used once: keep [`crate::Client::token`] for the next time.
    ///
    /// ```
    /// # use throng_client::{LinkCode, Options};
    /// let typed = "abcde fghjk";
    /// let options = LinkCode::parse(typed).map(Options::code);
    /// assert!(options.is_some(), "case, hyphens and spaces do not matter");
    /// ```
    pub fn code(code: LinkCode) -> Self {
        Self { code: Some(code), ..Self::anybody() }
    }

    /// Somebody with an account, by nick and password. The token of the greeting takes the place of the
    /// password, which is then forgotten: keep [`crate::Client::token`] for the next time.
    ///
    /// A wrong password, and a nick without an account, end the client with
    /// [`DisconnectReason::Hello`](crate::DisconnectReason::Hello) and the code `wrong_password`.
    ///
    /// ```
    /// let options = throng_client::Options::password("ana", "turtle in the sun");
    /// ```
    pub fn password(nick: impl Into<String>, password: impl Into<String>) -> Self {
        let login = Login { password: password.into(), second_factor: None, reset: None };
        Self { nick: Some(nick.into()), login: Some(login), ..Self::anybody() }
    }

    /// Somebody with an account who gives it a new password, with the secret of a link that an administrator
    /// made. The account's other logins end. A secret can be used once: when the connection is lost before the
    /// greeting, the next attempt may end with the code `bad_link` although the new password is set.
    ///
    /// ```
    /// let options = throng_client::Options::reset("Zm9yIHNob3c", "turtle in the rain");
    /// ```
    pub fn reset(secret: impl Into<String>, password: impl Into<String>) -> Self {
        let (password, reset) = (password.into(), Some(secret.into()));
        let login = Login { password, second_factor: None, reset };
        Self { login: Some(login), ..Self::anybody() }
    }

    /// The device secret of an earlier login of this person, which [`crate::Client::device_secret`] gave, beside a
    /// password. In a storm of logins this one comes first then.
    ///
    /// ```
    /// let options = throng_client::Options::password("ana", "turtle in the sun").device_secret("Zm9yIHNob3c");
    /// ```
    #[must_use]
    pub fn device_secret(mut self, secret: impl Into<String>) -> Self {
        self.device_secret = Some(secret.into());
        self
    }

    /// Somebody for whom an application vouches, by JSON Web Tokens that this function fetches. It is called for each
    /// attempt to connect, and on the live connection before a JWT expires: the session goes on, with its rooms and
    /// what waits to be sent. While it fails, it is called again and again, with pauses; what it fails with is shown
    /// as [`DisconnectReason::Jwt`](crate::DisconnectReason::Jwt) where there is no connection without it.
    ///
    /// An attempt may take [`dial_timeout`](Options::dial_timeout), the function included. It runs in the client's
    /// one task, so it must not block.
    ///
    /// ```
    /// # use throng_client::Options;
    /// # async fn ask_our_application() -> Result<String, std::io::Error> { Ok("a.b.c".into()) }
    /// let options = Options::jwt(|| async {
    ///     ask_our_application().await.map_err(|error| error.to_string())
    /// });
    /// ```
    pub fn jwt<F, W>(provider: F) -> Self
    where
        F: Fn() -> W + Send + Sync + 'static,
        W: Future<Output = Result<String, String>> + Send + 'static,
    {
        Self { jwt: Some(Arc::new(move || provider().boxed())), ..Self::anybody() }
    }

    /// A code of the authenticator app, or a recovery code, beside a password: where the greeting was refused with
    /// the code `second_factor_needed`. A code is good once, so a connection that is lost before the greeting may
    /// end the next attempt with `wrong_second_factor`.
    ///
    /// ```
    /// let options = throng_client::Options::password("ana", "turtle in the sun").second_factor("123456");
    /// ```
    #[must_use]
    pub fn second_factor(mut self, code: impl Into<String>) -> Self {
        let code = code.into();
        self.login = self.login.map(|login| Login { second_factor: Some(code), ..login });
        self
    }

    /// What this client is called in the person's list of [`logins`](crate::Client::logins). The server keeps the
    /// first 64 characters. By default the name and version of this library, and the operating system.
    ///
    /// ```
    /// let options = throng_client::Options::password("ana", "turtle in the sun").device("ana's bridge");
    /// ```
    #[must_use]
    pub fn device(mut self, device: impl Into<String>) -> Self {
        self.device = device.into().chars().take(DEVICE_CHARS_MAX).collect();
        self
    }

    /// What to be called, beside a token.
    ///
    /// ```
    /// let options = throng_client::Options::token("v1.MDFL.c2ln").nick("ana");
    /// ```
    #[must_use]
    pub fn nick(mut self, nick: impl Into<String>) -> Self {
        self.nick = Some(nick.into());
        self
    }

    /// The most events that wait for the caller; then the socket is no longer read. 1,024 by default: ten
    /// full pages, enough to draw while the next one arrives. One frame may exceed it.
    ///
    /// ```
    /// let options = throng_client::Options::anybody().events_max(64);
    /// ```
    #[must_use]
    pub fn events_max(mut self, events: usize) -> Self {
        self.events_max = events.max(1);
        self
    }

    /// The most bytes of events that wait for the caller, and the most bytes of texts that wait to be sent.
    /// 1 MiB each by default, which a phone can afford.
    ///
    /// ```
    /// let options = throng_client::Options::anybody().queue_bytes(64 << 10);
    /// ```
    #[must_use]
    pub fn queue_bytes(mut self, bytes: usize) -> Self {
        self.queue_bytes = bytes.max(1);
        self
    }

    /// The most sends that wait for an answer: 1,024 by default, which is what a person types in a day
    /// offline. One more fails with [`crate::SendError::QueueFull`].
    ///
    /// ```
    /// let options = throng_client::Options::anybody().sends_max(16);
    /// ```
    #[must_use]
    pub fn sends_max(mut self, sends: usize) -> Self {
        self.sends_max = sends.max(1);
        self
    }

    /// How long an attempt to connect may take, to the end of the WebSocket handshake: 15 seconds
    /// by default, since a server to which thousands return admits them one by one.
    ///
    /// ```
    /// let options = throng_client::Options::anybody().dial_timeout(std::time::Duration::from_secs(3));
    /// ```
    #[must_use]
    pub fn dial_timeout(mut self, timeout: Duration) -> Self {
        self.dial_timeout = timeout;
        self
    }

    /// After how long a send without an answer is given up ([`crate::SendError::GaveUp`]). `None`, the
    /// default: only when a retry would no longer be safe (`limits.retry_ms`).
    ///
    /// ```
    /// let options = throng_client::Options::anybody().give_up_after(Some(std::time::Duration::from_secs(60)));
    /// ```
    #[must_use]
    pub fn give_up_after(mut self, after: Option<Duration>) -> Self {
        self.give_up_after = after;
        self
    }

    /// An `Origin` to send, for a server behind a proxy that requires one. None by default.
    ///
    /// ```
    /// let options = throng_client::Options::anybody().origin("https://chat.example.org");
    /// ```
    #[must_use]
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.origin = Some(origin.into());
        self
    }

    /// The number of messages in a page when joining or catching up: 50 by default, two tall screens.
    /// The server reduces it to its limit.
    ///
    /// ```
    /// let options = throng_client::Options::anybody().page(100);
    /// ```
    #[must_use]
    pub fn page(mut self, messages: u64) -> Self {
        self.page = messages.max(1);
        self
    }

    /// Trusts this certificate (DER) for `wss`, beside the roots of the system: for a server with
    /// a private authority. May be called several times.
    ///
    /// ```no_run
    /// # fn example() -> std::io::Result<()> {
    /// let options = throng_client::Options::anybody().root_certificate(std::fs::read("our-authority.der")?);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn root_certificate(mut self, der: impl Into<Vec<u8>>) -> Self {
        self.roots.push(der.into());
        self
    }

    /// Looks at what the server would refuse for good.
    pub(crate) fn check(&self) -> Result<(), ConnectError> {
        if let Some(nick) = &self.nick {
            Nick::parse(nick)?;
        }
        if self.token.as_ref().is_some_and(|token| token.len() > TOKEN_BYTES_MAX) {
            let text = format!("a token has at most {TOKEN_BYTES_MAX} bytes; this is none");
            return Err(ConnectError::BadOption(text));
        }
        if let Some(login) = &self.login {
            if login.password.len() > PASSWORD_BYTES_MAX {
                let text = format!("a password has at most {PASSWORD_BYTES_MAX} bytes");
                return Err(ConnectError::BadOption(text));
            }
            let secrets = login.reset.iter().chain(&login.second_factor).chain(&self.device_secret);
            if secrets.into_iter().any(|secret| secret.len() > SECRET_BYTES_MAX) {
                let text = "secrets and the code of an app are shorter than this";
                return Err(ConnectError::BadOption(text.to_owned()));
            }
        }
        Ok(())
    }
}

/// A hello may have 4,096 bytes, and a longer one would be answered by a close for good.
const TOKEN_BYTES_MAX: usize = 3_500;

/// No server takes a longer password (the specification, `register`).
const PASSWORD_BYTES_MAX: usize = 1_024;

/// A secret has 43 characters today.
const SECRET_BYTES_MAX: usize = 1_024;

/// The server cuts off the rest (the specification, `hello`).
const DEVICE_CHARS_MAX: usize = 64;

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The token, the code and the password are secrets, and options end up in logs.
        f.debug_struct("Options")
            .field("nick", &self.nick)
            .field("token", &self.token.as_ref().map(|_| "…"))
            .field("code", &self.code.map(|_| "…"))
            .field("password", &self.login.as_ref().map(|_| "…"))
            .field("jwt", &self.jwt.as_ref().map(|_| "…"))
            .field("device", &self.device)
            .finish_non_exhaustive()
    }
}
