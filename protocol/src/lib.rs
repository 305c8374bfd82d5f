//! The wire protocol of throng, version 1: JSON text frames over WebSocket.
//!
//! This crate owns what client and server must agree on: [`Command`]s (client to server),
//! [`Event`]s (server to client), the rules for names, ids and texts, the limits, the error codes
//! and the close codes. It does no I/O and knows no clock. Its `README.md` is the specification;
//! the examples in `golden/` are checked from here and from the browser client's tests.

mod account;
mod bot;
mod cid;
mod close;
mod command;
mod deletion;
mod edit;
mod entry;
mod error_code;
mod event;
mod filter;
mod group;
mod id;
mod jwt;
mod limits;
mod line;
mod link_code;
mod name;
mod peace;
mod person_ref;
mod profile;
mod refusal;
mod role;
mod room;
mod room_ref;
mod scope;
mod search;
mod text;

pub use account::{
    AskWhy, AuditEntry, AuditOk, ChangePassword, Claim, GiveRole, Kick, Lift, ListLogins, LogOut,
    LoginInfo, LoginsOk, RaidOk, ReadAudit, Register, RegisterOk, Removed, Restrict,
    RestrictionKind, RoleChanged, SecondFactorOk, SetSecondFactor, SwitchRaid, Unregister, WhyOk,
};
pub use bot::{BotGreeting, BotInfo, BotsOk, ListBots, MakeBot, MakeBotOk, RevokeBot};
pub use cid::{BadCid, Cid};
pub use close::CloseCode;
pub use command::{
    BadCommand, Bye, Command, Hello, History, Join, Leave, Link, ListMembers, ListRooms,
    NickChange, Ping, Request, Send, StartTyping, WhoAmI,
};
pub use deletion::{Delete, Deleted, Purge, PurgeOk};
pub use edit::{Edit, Edited};
pub use entry::{LogEntry, UnknownEntry};
pub use error_code::ErrorCode;
pub use event::{
    Behind, Event, Farewell, Fault, Greeting, Kind, LinkOk, MemberSample, MembersChanged,
    MembersPage, Message, NickOk, Ok, OkBody, Page, RoomInfo, RoomListing, RoomsPage, Sent, Typing,
    User, WhoAmIOk,
};
pub use filter::{
    AddFilter, AddFilterOk, Filter, FilterAction, FilterKind, FiltersOk, ListFilters, RemoveFilter,
};
pub use group::{
    Assign, DeleteGroup, GroupInfo, GroupPeopleOk, GroupsOk, ListGroupPeople, ListGroups,
    MakeGroup, RenameGroup, Right, RoomGroups,
};
pub use id::{BadId, Epoch, PersonId, RoomId};
pub use jwt::{JWT_BYTES_MAX, Refresh, RefreshDue, RefreshOk};
pub use limits::{Limits, MESSAGE_BYTES_MAX};
pub use line::{BadLine, Line};
pub use link_code::LinkCode;
pub use name::{BadName, Fold, GroupName, Nick, RoomName};
pub use peace::{
    Distance, KeepAway, KeptAway, KeptAwayOk, ListKeptAway, ListReports, Report, ReportMade,
    Reported, ReportsOk, Settle, Settled,
};
pub use person_ref::PersonRef;
pub use profile::{
    AskNickHistory, AskProfiles, ClearProfile, Colour, DISPLAY_NAME_CHARS_MAX, NickHistoryOk,
    PROFILES_MAX, PRONOUNS_CHARS_MAX, PastNick, Presence, PresenceChanged, PresenceOk, Profile,
    ProfilesOk, STATUS_CHARS_MAX, SetPresence, SetProfile, Status,
};
pub use refusal::{Detail, Refusal};
pub use role::Role;
pub use room::{
    Accept, Added, DeleteRoom, Invite, InviteLinkOk, ListMine, ListPeople, MakeInviteLink,
    MakeRoom, MineOk, OpenDirect, OwnRoom, PeopleOk, Rank, RoomChanged, RoomKind, RoomOk, Seat,
    SetRank, SetRoom,
};
pub use room_ref::RoomRef;
pub use scope::{Scope, Scopes};
pub use search::{Below, HITS_MAX, Hit, QUERY_CHARS_MAX, SearchMessages, SearchOk};
pub use text::{BadText, Text};

/// The version of the protocol that this crate speaks, as in `hello.version`.
pub const VERSION: u32 = 1;

/// What a server of this version can do beyond the first version 1, as `hello` lists it.
pub const FEATURES: [&str; 7] =
    ["deletion", "edits", "filters", "nick_history", "presence", "profiles", SEARCH];

/// The feature that a server can lack by its configuration: `search`.
pub const SEARCH: &str = "search";

/// The `token` in the hello of a page whose login is in a cookie, and in the answer to it: no script sees the real
/// one.
pub const TOKEN_IN_COOKIE: &str = "cookie";

/// The largest integer in the protocol: 2^53 - 1, the largest that a JavaScript number holds
/// exactly (ECMA-262, `Number.MAX_SAFE_INTEGER`).
pub const INTEGER_MAX: u64 = (1 << 53) - 1;
