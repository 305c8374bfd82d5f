//! The log of record: the messages of every room, in order, on disk.
//!
//! Rooms pass in batches and wait. The log commits the batches of all waiting rooms in one transaction with
//! one fsync, and answers each item. Until the log has answered an item, nobody may be shown it.
//!
//! [`Log`] is what a room needs to know, [`Directory`] what a session needs to know about people.
//! [`sqlite::SqliteLog`] implements both; PostgreSQL is to come behind the same traits.
//!
//! [`search::SearchIndex`] follows any log and finds messages by their words.
//!
//! The log stores [`Entry`]s. It knows names and ids, but not the form of an entry on the wire.

mod accounts;
pub mod clock;
mod committed;
pub mod data_dir;
mod directory;
mod entry;
mod erasure;
mod filters;
mod groups;
mod log;
mod log_clock;
mod peace;
mod profiles;
mod rooms;
pub mod search;
pub mod sqlite;
mod throttle;

pub use accounts::{
    Account, AccountKey, Audit, AuditFrom, AuditRange, Bot, Change, External, ExternalId,
    FoundLink, Grant, LinkPurpose, Login, Logins, NewLink, NewLogin, Raid, Restriction,
    SecondFactor, SecretHash, Subject, Unchanged,
};
pub use committed::Committed;
pub use directory::{Directory, NickNote, NickRecord};
pub use entry::{Body, DELETE_TARGETS_MAX, Edited, Entry, MessageKind, Shadow};
pub use erasure::Erasure;
pub use filters::Filter;
pub use groups::{Group, GroupId};
pub use log::{
    Append, Appended, Found, Log, LogError, LogPage, NamedRoom, NotEdited, Range, RoomRecord,
    Search,
};
pub use log_clock::LogClock;
pub use peace::{KeptAway, Report, ReportKey, ReportRange, Settled};
pub use profiles::{NickChange, Profile, ProfileChange, Status};
pub use rooms::{Reader, RoomAttributes, Seat};
pub use throttle::Throttle;
