//! How a client is to behave: who it is, and how much it may hold.

use std::time::Duration;

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
    pub(crate) events_max: usize,
    pub(crate) queue_bytes: usize,
    pub(crate) sends_max: usize,
    pub(crate) dial_timeout: Duration,
    pub(crate) give_up_after: Option<Duration>,
    pub(crate) origin: Option<String>,
    pub(crate) page: u64,
    pub(crate) roots: Vec<Vec<u8>>,
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
        Ok(())
    }
}

/// A hello may have 4,096 bytes, and a longer one would be answered by a close for good.
const TOKEN_BYTES_MAX: usize = 3_500;

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The token and the code are secrets, and options end up in logs.
        f.debug_struct("Options")
            .field("nick", &self.nick)
            .field("token", &self.token.as_ref().map(|_| "…"))
            .field("code", &self.code.map(|_| "…"))
            .finish_non_exhaustive()
    }
}
