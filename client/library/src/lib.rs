//! The client library of throng: connect, resume, retry; a handle and a stream of events.
//!
//! ```no_run
//! use futures::StreamExt;
//! use throng_client::{Client, Event, Options};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let (client, mut events) = Client::connect("ws://127.0.0.1:8080", Options::guest("ana")).await?;
//! let room = client.join("lobby").await?.room;
//! let sent = client.send(&room, "hello").await?;
//! println!("on disk as number {}", sent.seq);
//! while let Some(event) = events.next().await {
//!     if let Event::Message { room, message, .. } = event {
//!         println!("#{room} <{}> {}", message.from.nick, message.text);
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
//!   gives up, or the server may have forgotten it. An error says whether it was
//!   certainly not sent, or whether that is unknown ([`Settled`]).
//! - **Sends to one room keep their order.** Per room one is in flight at a time; with more, the next
//!   could overtake one that is refused for a moment.
//! - **Calm.** It reconnects when the server says so, otherwise after a random back-off that doubles.
//!
//! # Back-pressure
//!
//! [`Events`] is a bounded queue: [`Options::events_max`] and [`Options::queue_bytes`]. When the
//! caller does not read it, the library stops reading the socket, but keeps pinging. The server
//! then says `behind`, and later closes. Nothing is lost: the library reads it from the log when the caller
//! reads again. Answers arrive on the same socket, so **a caller that never reads events gets no answers
//! either**: drop [`Events`] if you do not want them. Sends are bounded as well
//! ([`Options::sends_max`]): one too many fails at once with [`SendError::QueueFull`] and is not
//! sent. Await the [`Sending`].
//!
//! # How it is made
//!
//! `core` decides, without I/O and without a clock; `driver` is a thin layer of sockets and
//! timers around it. Any runtime with futures-io streams will do: see [`Runtime`].

mod address;
mod bot;
mod client;
mod core;
mod driver;
mod error;
mod event;
mod event_stream;
mod options;
mod pending;
mod person;
mod profile_change;
mod restriction;
mod room;
mod room_settings;
mod runtime;
mod search;
mod shared;

pub use bot::NewBot;
pub use client::{Client, Logout};
pub use error::{ConnectError, DisconnectReason, Outcome, RequestError, SendError};
pub use event::{Change, Cursor, Event, Joined, Range, RoomsQuery, State};
pub use event_stream::Events;
pub use options::Options;
pub use pending::{PendingRequest, Sending};
pub use person::AsPerson;
pub use profile_change::ProfileChange;
pub use restriction::Restriction;
pub use room::{AsRoom, Room};
pub use room_settings::RoomSettings;
#[cfg(feature = "async-std")]
pub use runtime::AsyncStd;
pub use runtime::Runtime;
pub use search::Search;
pub use throng_protocol::{
    AddFilter, AddFilterOk, AuditEntry, AuditOk, BadName, BotGreeting, BotInfo, BotsOk, Cid,
    Deleted, Distance, Edited, Epoch, ErrorCode, Fault, Filter, FilterAction, FilterKind,
    FiltersOk, GroupInfo, GroupName, GroupPeopleOk, GroupsOk, Hit, InviteLinkOk, KeptAway,
    KeptAwayOk, Kind, Limits, LinkCode, LinkOk, LogEntry, LoginInfo, LoginsOk, MakeBotOk, MakeRoom,
    MemberSample, MembersPage, Message, MineOk, NickHistoryOk, OwnRoom, Page, PastNick, PeopleOk,
    PersonId, PersonRef, Presence, PresenceOk, Profile, ProfilesOk, PurgeOk, RaidOk, Rank,
    RegisterOk, ReportMade, Reported, ReportsOk, RestrictionKind, Right, Role, RoomGroups, RoomId,
    RoomInfo, RoomKind, RoomListing, RoomName, RoomRef, RoomsPage, Scope, Scopes, SearchOk, Seat,
    SecondFactorOk, Sent, Settled, Status, SwitchRaid, User, WhoAmIOk, WhyOk,
};
