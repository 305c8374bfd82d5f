//! How a client is to behave: who it is, and how much it may hold.

use std::time::Duration;

use throng_protocol::Nick;

use crate::ConnectError;

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

    /// Somebody new, for whom the server finds a nick.
    ///
    /// ```
    /// let options = throng_client::Options::anybody();
    /// ```
    pub fn anybody() -> Self {
        Self {
            nick: None,
            token: None,
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

    /// Somebody who was here before, by the token that [`crate::Client::token`] gave.
    ///
    /// ```
    /// let options = throng_client::Options::token("v1.MDFL.c2ln");
    /// ```
    pub fn token(token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..Self::anybody() }
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

    /// How many events wait for the caller before the socket is no longer read: 1,024 unless told
    /// otherwise. That is ten full pages: enough to draw while the next one comes. One frame more
    /// may come on top.
    ///
    /// ```
    /// let options = throng_client::Options::anybody().events_max(64);
    /// ```
    #[must_use]
    pub fn events_max(mut self, events: usize) -> Self {
        self.events_max = events.max(1);
        self
    }

    /// How many bytes of events wait for the caller before the socket is no longer read, and how
    /// many bytes of texts may wait to be sent: 1 MiB each unless told otherwise, which a phone can
    /// bear.
    ///
    /// ```
    /// let options = throng_client::Options::anybody().queue_bytes(64 << 10);
    /// ```
    #[must_use]
    pub fn queue_bytes(mut self, bytes: usize) -> Self {
        self.queue_bytes = bytes.max(1);
        self
    }

    /// How many sends may wait for their answers: 1,024 unless told otherwise, what a person types
    /// in a day offline. One more fails with [`crate::SendError::QueueFull`].
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
    /// unless told otherwise, since a server to which thousands return admits them one by one.
    ///
    /// ```
    /// let options = throng_client::Options::anybody().dial_timeout(std::time::Duration::from_secs(3));
    /// ```
    #[must_use]
    pub fn dial_timeout(mut self, timeout: Duration) -> Self {
        self.dial_timeout = timeout;
        self
    }

    /// After how long a send without an answer is given up ([`crate::SendError::GaveUp`]). `None`,
    /// as it is unless told otherwise: only when a retry would not be safe any more
    /// (`limits.retry_ms`).
    ///
    /// ```
    /// let options = throng_client::Options::anybody().give_up_after(Some(std::time::Duration::from_secs(60)));
    /// ```
    #[must_use]
    pub fn give_up_after(mut self, after: Option<Duration>) -> Self {
        self.give_up_after = after;
        self
    }

    /// An `Origin` to send, for a server behind something that asks for one. None is sent unless
    /// told.
    ///
    /// ```
    /// let options = throng_client::Options::anybody().origin("https://chat.example.org");
    /// ```
    #[must_use]
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.origin = Some(origin.into());
        self
    }

    /// How many messages a page has that is read when joining or catching up: 50 unless told
    /// otherwise, a tall screen twice. The server cuts it to its own limit.
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
    /// an authority of its own. May be called several times.
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
        // The token is a secret, and options end up in logs.
        f.debug_struct("Options")
            .field("nick", &self.nick)
            .field("token", &self.token.as_ref().map(|_| "…"))
            .finish_non_exhaustive()
    }
}
