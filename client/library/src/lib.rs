//! The client library of throng: connect, resume, retry; a handle and a stream of events.
//!
//! ```no_run
//! use futures::StreamExt;
//! use throng_client::{Client, Event, Options};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let (client, mut events) = Client::connect("ws://127.0.0.1:8080", Options::guest("ana")).await?;
//! client.join("lobby").await?;
//! let sent = client.send("lobby", "hello").await?;
//! println!("on disk as number {}", sent.seq);
//! while let Some(event) = events.next().await {
//!     if let Event::Message { message, .. } = event {
//!         println!("<{}> {}", message.from.nick, message.text);
//!     }
//! }
//! # Ok(()) }
//! ```
//!
//! # What it promises
//!
//! - **Every message once, in order, without a hole**, per room, whatever happens to the connection
//!   or to the server. Where the server says that too much was missed, there is an
//!   [`Event::Gap`], never silence.
//! - **Every send has one seq.** It is retried under its `cid` until the server answers, the caller
//!   gives up, or the time is over for which the server remembers it. An error tells whether it was
//!   certainly not said, or whether that is unknown ([`Outcome`]).
//! - **Sends to one room keep their order.** Per room one is under way at a time: with more, one
//!   that is refused for a moment would be overtaken by the next.
//! - **Calm.** It comes back when the server says so, else after a random time that doubles.
//!
//! # Back-pressure
//!
//! [`Events`] is a bounded queue: [`Options::events_max`] and [`Options::queue_bytes`]. When the
//! caller does not read it, the library stops reading the socket, but goes on pinging. The server
//! then says `behind`, later closes; nothing is lost, and it is read from the log when the caller
//! reads again. Answers come over the same socket, so **who never reads events gets no answers
//! either**: drop [`Events`] if you do not want them. Sends are bounded as well
//! ([`Options::sends_max`]): one too many fails at once with [`SendError::QueueFull`], and nothing
//! of it is sent. Await the [`Sending`].
//!
//! # How it is made
//!
//! `core` decides, without I/O and without a clock; `driver` is the thin layer of sockets and
//! timers around it. Any runtime with futures-io streams will do: see [`Runtime`].

mod address;
mod asking;
mod client;
mod core;
mod driver;
mod error;
mod event;
mod events;
mod options;
mod runtime;
mod shared;

pub use asking::{Asking, Sending};
pub use client::Client;
pub use error::{AskError, ConnectError, Outcome, SendError, Trouble};
pub use event::{Change, Cursor, Event, Joined, Range, RoomsQuery, State};
pub use events::Events;
pub use options::Options;
#[cfg(feature = "async-std")]
pub use runtime::AsyncStd;
pub use runtime::Runtime;
pub use throng_protocol::{
    BadName, Cid, Epoch, ErrorCode, Fault, Kind, Limits, MemberSample, MembersPage, Message, Page,
    PersonId, RoomListing, RoomName, RoomsPage, Sent, User,
};
