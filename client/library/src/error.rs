//! What can fail, in words for a person: connecting, sending, asking, and the connection itself.

use std::time::Duration;

use throng_protocol::{BadName, BadText, CloseCode, ErrorCode, Fault};

/// Whether something was said, when there is no answer that says so.
///
/// ```
/// # use throng_client::{Outcome, SendError};
/// fn tell(error: &SendError) -> &'static str {
///     match error.outcome() {
///         Outcome::NotSent => "It was not said.",
///         Outcome::Unknown => "Look for it before you say it again.",
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is certainly not in the room, and will not come there.
    NotSent,
    /// It was on its way at least once without an answer: it may be in the room. A retry with the
    /// same `cid` ([`crate::Client::send_as`]) finds out, while the server remembers it.
    Unknown,
}

/// Why a send has no seq.
///
/// ```no_run
/// # use throng_client::{Client, SendError};
/// # async fn example(client: Client) {
/// match client.send("lobby", "hello").await {
///     Ok(sent) => println!("{}", sent.seq),
///     Err(SendError::QueueFull) => println!("too fast"),
///     Err(error) => println!("{error}"),
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The server, or this library in its place, said no.
    #[error("{}", .0.message)]
    Refused(Fault),
    /// The room's name breaks the rules.
    #[error("the room's name: {0}")]
    BadRoom(#[from] BadName),
    /// The text breaks the rules.
    #[error("the text was not sent: {0}")]
    BadText(#[from] BadText),
    /// Too many sends wait already; see [`crate::Options::sends_max`].
    #[error("not sent: too many messages wait to be sent; wait for the answers of earlier ones")]
    QueueFull,
    /// The caller gave up, the time was over in which a retry is safe, or the room could not be joined again.
    #[error("gave up without an answer{}", .outcome.words())]
    GaveUp {
        /// Whether it was said.
        outcome: Outcome,
    },
    /// The client was closed, by the caller or for good by the server.
    #[error("the client was closed before the answer came{}", .outcome.words())]
    Closed {
        /// Whether it was said.
        outcome: Outcome,
    },
}

impl SendError {
    /// Whether it was said.
    ///
    /// ```
    /// # use throng_client::{Outcome, SendError};
    /// assert_eq!(SendError::QueueFull.outcome(), Outcome::NotSent);
    /// ```
    pub fn outcome(&self) -> Outcome {
        match self {
            // The server does not know itself, or this version does not know what its code means.
            Self::Refused(fault)
                if matches!(fault.code, ErrorCode::Internal | ErrorCode::Unknown) =>
            {
                Outcome::Unknown
            }
            Self::Refused(_) | Self::BadRoom(_) | Self::BadText(_) | Self::QueueFull => {
                Outcome::NotSent
            }
            Self::GaveUp { outcome } | Self::Closed { outcome } => *outcome,
        }
    }

    /// Whether the same text can never be accepted: a person has to change it, or the client has
    /// ended. Of another error the cause may go, and the same `cid` may be tried again.
    ///
    /// ```
    /// # use throng_client::SendError;
    /// assert!(!SendError::QueueFull.is_final());
    /// ```
    pub fn is_final(&self) -> bool {
        match self {
            Self::Refused(fault) => matches!(
                fault.code,
                ErrorCode::BadText
                    | ErrorCode::TextTooLong
                    | ErrorCode::BadRoom
                    | ErrorCode::BadCid
                    | ErrorCode::Conflict
                    | ErrorCode::BadJson
                    | ErrorCode::BadCommand
                    | ErrorCode::UnknownCommand
                    | ErrorCode::NotText
            ),
            Self::BadRoom(_) | Self::BadText(_) | Self::Closed { .. } => true,
            Self::QueueFull | Self::GaveUp { .. } => false,
        }
    }
}

impl Outcome {
    fn words(self) -> &'static str {
        match self {
            Self::NotSent => "; it was not sent",
            Self::Unknown => {
                "; it is unknown whether it was sent: look for it before you say it again"
            }
        }
    }
}

/// Why a request has no answer.
///
/// ```no_run
/// # use throng_client::{RequestError, Client};
/// # async fn example(client: Client) {
/// if let Err(RequestError::Refused(fault)) = client.join("lobby").await {
///     println!("{:?}: {}", fault.code, fault.message);
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The server said no.
    #[error("{}", .0.message)]
    Refused(Fault),
    /// The name of a room or a person breaks the rules.
    #[error(transparent)]
    BadName(#[from] BadName),
    /// The room was not joined, or was left meanwhile.
    #[error("you are not in this room; join it first")]
    NotJoined,
    /// A later join or leave of the same room took its place.
    #[error("a later join or leave of the same room took its place")]
    Superseded,
    /// The request is longer than the server reads.
    #[error("the request has {bytes} bytes, and the server reads {max}")]
    TooLong {
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        max: usize,
    },
    /// The connection was lost before the answer came, and the command is not repeated, since it changes
    /// something: it is unknown whether that was done.
    #[error(
        "the connection was lost before the answer came: look whether it was done before you try again"
    )]
    Unanswered,
    /// Too many requests wait for their answers.
    #[error("too many requests wait for an answer; wait for earlier ones")]
    QueueFull,
    /// The client was closed, by the caller or for good by the server.
    #[error("the client was closed before the answer came")]
    Closed,
}

/// Why there is no client.
///
/// ```no_run
/// # use throng_client::{Client, ConnectError, Options};
/// # async fn example() {
/// match Client::connect("ws://127.0.0.1:8080", Options::guest("ana")).await {
///     Ok((client, events)) => drop((client, events)),
///     Err(ConnectError::BadUrl { url, problem }) => eprintln!("{url}: {problem}"),
///     Err(error) => eprintln!("{error}"),
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The address cannot be used.
    #[error("{url:?} is not the address of a server: {problem}")]
    BadUrl {
        /// What was given.
        url: String,
        /// What is wrong with it, and how it should look.
        problem: String,
    },
    /// An option cannot be used.
    #[error("{0}")]
    BadOption(String),
    /// The nick breaks the rules.
    #[error("the nick: {0}")]
    BadNick(#[from] BadName),
    /// The first attempt failed. [`crate::Client::start`] goes on trying instead.
    #[error("{0}")]
    Failed(DisconnectReason),
}

/// Why there is no connection. As text it is a sentence for a person.
///
/// ```
/// # use throng_client::{State, DisconnectReason};
/// fn needs_a_nick(state: &State) -> bool {
///     matches!(state, State::Closed { why: DisconnectReason::Hello(_) })
/// }
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DisconnectReason {
    /// Nobody answers at the address.
    #[error("no connection to {address}: {problem}")]
    Dial {
        /// Host and port.
        address: String,
        /// What the system said.
        problem: String,
    },
    /// The server's certificate is not trusted, or TLS failed.
    #[error("no secure connection to {host}: {problem}")]
    Tls {
        /// Whose certificate was asked for.
        host: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// The server answered, but not with a WebSocket.
    #[error("the server at {address} refused the connection with HTTP status {status}: {problem}")]
    Http {
        /// Host and port.
        address: String,
        /// The status.
        status: u16,
        /// What it means, and what to do.
        problem: String,
        /// How long the server wants us to wait.
        retry_after: Option<Duration>,
    },
    /// The connection was lost.
    #[error("the connection was lost: {problem}")]
    Lost {
        /// What was seen of it.
        problem: String,
    },
    /// Nothing came for too long: the connection is dead, whatever the system thinks of it.
    #[error("nothing came from the server for {} seconds", .silence.as_secs_f64())]
    Silent {
        /// For how long.
        silence: Duration,
    },
    /// The server closed, with a reason or only with a code.
    #[error("the server closed the connection ({code}): {reason}")]
    Bye {
        /// The close code.
        code: u16,
        /// Its reason.
        reason: String,
    },
    /// The server did not greet us.
    #[error("the server refused the greeting: {}", .0.message)]
    Hello(Fault),
    /// The token was refused. Nothing is said under another name by itself: a retry from somebody
    /// else would be a second message. Forget the token and start with a nick.
    #[error("the server does not take this token: {}. Forget it, and log in again or connect with a nick; with a nick alone you are somebody new", .0.message.trim_end_matches('.'))]
    Token(Fault),
    /// This login has ended, by [`crate::Client::log_out`], another device, a new password or the end of the
    /// account (close code 4501). Forget the token; [`crate::Options::password`] logs in again.
    #[error("you were logged out: {reason}")]
    LoggedOut {
        /// Why, in the server's words.
        reason: String,
    },
    /// The person or the address may not be on this server (close code 4502, or `banned` in the greeting).
    #[error("you are banned: {reason}")]
    Banned {
        /// Why, in the server's words.
        reason: String,
        /// For how long, if the server says so.
        retry_after: Option<Duration>,
    },
    /// The function of [`crate::Options::jwt`] gave no JWT.
    #[error("the application gave no token to come in with: {problem}")]
    Jwt {
        /// What it failed with.
        problem: String,
    },
    /// The server said something that this library cannot read.
    #[error("the server's answer could not be read: {problem}")]
    Unreadable {
        /// What is wrong with it.
        problem: String,
    },
    /// [`crate::Client::close`] was called, or nobody holds the client any more.
    #[error("closed by this program")]
    Closed,
}

impl DisconnectReason {
    /// What a close code means, with the server's reason.
    pub(crate) fn of_close(code: u16, reason: String) -> Self {
        if code == CloseCode::LoggedOut.number() {
            Self::LoggedOut { reason }
        } else if code == CloseCode::Banned.number() {
            Self::Banned { reason, retry_after: None }
        } else {
            Self::Bye { code, reason }
        }
    }
}
