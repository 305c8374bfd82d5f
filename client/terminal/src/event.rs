//! What happens: keys, messages of the server, the passing of time. `update` handles each.

use std::time::Duration;

use crossterm::event::KeyEvent;
use throng_protocol::{
    AuditOk, Cid, Edited, FiltersOk, GroupPeopleOk, GroupsOk, InviteLinkOk, LinkOk, LogEntry,
    LoginInfo, MemberSample, Message, NickHistoryOk, OwnRoom, Page, PersonId, Presence, Profile,
    RaidOk, ReportMade, ReportsOk, Role, RoomId, RoomInfo, RoomsPage, SearchMessages, SearchOk,
    User, WhyOk,
};

use crate::model::{ConnectionState, Failure, RoomLabel};
use crate::secret::Secret;

/// Something that happened.
#[derive(Debug)]
pub(crate) enum Event {
    Key(KeyEvent),
    Paste(String),
    /// Rows up (negative: down).
    Wheel(isize),
    Click {
        column: u16,
        row: u16,
    },
    Resize(u16, u16),
    Focus(bool),
    /// SIGTSTP: suspend until the shell continues us.
    Stop,
    /// Time passed.
    Tick,
    Connection(ConnectionState),
    Greeted {
        user: User,
        role: Role,
        notice: Option<String>,
        /// The longest text that the server takes, in bytes.
        text_max: Option<usize>,
    },
    Message(Message),
    Gap {
        room: RoomId,
        first: u64,
        head: u64,
        /// The missing seqs: the first and the last.
        missing: (u64, u64),
        reset: bool,
    },
    /// The server has answered the join of `asked`: it is this room.
    JoinAnswered {
        asked: RoomLabel,
        room: RoomLabel,
    },
    Joined {
        room: RoomLabel,
        info: RoomInfo,
        description: String,
        first: u64,
        head: u64,
        members: MemberSample,
    },
    Left {
        room: RoomId,
    },
    Typing {
        room: RoomId,
        who: Vec<String>,
    },
    Members {
        room: RoomId,
        count: u64,
        away: u64,
        change: Change,
    },
    /// The send has its cid. Comes before any other event about it.
    CidAssigned {
        key: u64,
        cid: Cid,
    },
    Sent {
        key: u64,
    },
    SendFailed {
        room: RoomLabel,
        key: u64,
        failure: Failure,
    },
    /// These messages lost their texts.
    Deleted {
        room: RoomId,
        messages: Vec<u64>,
    },
    /// A message has another text.
    Edited(Edited),
    /// The page that ends before this seq.
    History {
        room: RoomLabel,
        before: u64,
        page: Page<LogEntry>,
    },
    /// The members of a room; `aloud` if the person asked for them.
    Who {
        room: RoomLabel,
        members: MemberSample,
        aloud: bool,
    },
    Listed(RoomsPage),
    Renamed(User),
    DeviceCode(LinkOk),
    /// Somebody took us out of a room.
    Removed {
        room: RoomLabel,
        reason: String,
    },
    /// The rooms that the server keeps for the person; `aloud` if the person asked for them.
    Mine {
        rooms: Vec<OwnRoom>,
        aloud: bool,
    },
    /// The person has another room, or another rank in one, perhaps by somebody else.
    Added {
        own: OwnRoom,
        by: Option<User>,
    },
    /// A room that the person made, a direct one, or that of a link: it is to be shown, with a sentence, and with
    /// a text to be said there.
    Opened {
        own: OwnRoom,
        text: String,
        done: String,
    },
    InviteLink {
        room: RoomLabel,
        link: InviteLinkOk,
    },
    /// Something else is said of a room now: its name, its topic, who may do what.
    Changed {
        room: RoomLabel,
        info: RoomInfo,
        description: String,
    },
    /// The person has left this room for good.
    Forgotten(RoomLabel),
    /// A room that is not joined here is none of the person's any more.
    SeatGone {
        id: RoomId,
        reason: String,
    },
    /// What was asked for is done: a sentence for the person.
    Done(String),
    /// Our role on the server has changed.
    Role(Role),
    /// The password was right, and the account asks for a code of its app.
    SecondFactorNeeded {
        nick: String,
        password: Secret,
    },
    /// This login ended by our own wish.
    LoggedOut,
    Logins(Vec<LoginInfo>),
    /// A page of the audit log, of one room if there is one.
    Audit {
        room: Option<RoomLabel>,
        page: AuditOk,
    },
    /// A page of what was reported, of one room if there is one.
    Reports {
        room: Option<RoomLabel>,
        page: ReportsOk,
    },
    /// A message was reported in a room that we keep.
    Reported(ReportMade),
    /// The person's groups, or all of the server.
    Groups {
        groups: GroupsOk,
        all: bool,
    },
    /// Who is in a group.
    GroupPeople {
        group: String,
        people: GroupPeopleOk,
    },
    /// A page of filters, of one room if there is one.
    Filters {
        room: Option<RoomLabel>,
        page: FiltersOk,
    },
    /// How the raid switch stands.
    Raid(RaidOk),
    /// What somebody says about themselves.
    Whois(Profile),
    /// What somebody was called.
    NickHistory(NickHistoryOk),
    /// Messages that were searched for, and the search for more.
    Found {
        found: SearchOk,
        next: Option<SearchMessages>,
    },
    /// We are shown otherwise, by what one of our devices said.
    Presence(Presence),
    /// Why this command is allowed or refused.
    Why {
        command: String,
        answer: WhyOk,
    },
    /// How long an answer took.
    Lag(Duration),
    /// A request was refused. `room` is the one that it was about.
    Refused {
        room: Option<RoomLabel>,
        request: Request,
        why: String,
        /// A name that the server would accept.
        suggestion: Option<String>,
    },
}

/// The request that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    Join,
    Nick,
    Register,
    LogOut,
    /// One that changes something, and whose answer was lost: it may have been carried out.
    Unanswered,
    History,
    Background,
    Other,
}

/// A change of the members of a room.
#[derive(Debug)]
pub(crate) enum Change {
    Sample(Vec<User>),
    Moved { joined: Vec<User>, left: Vec<PersonId> },
    Count,
}
