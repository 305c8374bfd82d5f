//! The table of actions: for each command its name in the metrics, the size of its answer, its rate, who may
//! do it, and the scope that a bot needs for it.

use throng_protocol::{Command, Role, Scope};

/// An action that can be requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Hello,
    Nick,
    Link,
    ListRooms,
    Join,
    /// Part of a join: the room does not exist yet.
    MakeRoom,
    Leave,
    Send,
    History,
    ListMembers,
    Type,
    Ping,
    Bye,
    WhoAmI,
    Register,
    ChangePassword,
    ListLogins,
    LogOut,
    Unregister,
    SetSecondFactor,
    Claim,
    GiveRole,
    Restrict,
    Lift,
    Kick,
    ReadAudit,
    AskWhy,
    /// Makes a room that stays.
    FoundRoom,
    OpenDirect,
    Invite,
    MakeInviteLink,
    Accept,
    ListMine,
    ListPeople,
    SetRoom,
    DeleteRoom,
    SetRank,
    KeepAway,
    ListKeptAway,
    Report,
    ListReports,
    Settle,
    Delete,
    Edit,
    Purge,
    MakeBot,
    ListBots,
    RevokeBot,
    SwitchRaid,
    ListFilters,
    AddFilter,
    RemoveFilter,
    Refresh,
    Assign,
    ClearProfile,
    DeleteGroup,
    ListGroupPeople,
    ListGroups,
    ListProfiles,
    MakeGroup,
    ReadNickHistory,
    RenameGroup,
    Search,
    SetPresence,
    SetProfile,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// Its name in the metrics: the command's `type`.
    pub(crate) name: &'static str,
    pub(crate) answer: AnswerSize,
    pub(crate) rate: Rated,
    pub(crate) who: Who,
    /// What a bot needs beside that.
    pub(crate) bots: Bots,
}

/// How much room the answer may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AnswerSize {
    Short,
    /// A page, and a little around it.
    Page,
}

/// The rate that it counts against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rated {
    /// The rate of commands, before anything else is done.
    Command,
    /// Its own rate, which is checked after the search for a duplicate.
    Send,
    /// The rate of new rooms.
    Room,
    /// The rate of commands, as several of them.
    Search,
}

/// Who may do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// A client that has not said hello.
    Stranger,
    /// Every client.
    Anybody,
    /// Every person.
    Person,
    /// Every person, if the configuration allows it.
    WhereOpen,
    /// Every person, if the configuration allows it, and in any case with this role or a higher one.
    WhereOpenOrFrom(Role),
    /// Every person with this role or a higher one.
    From(Role),
    /// Moderators of the server, and in a room its own.
    Keeper,
}

/// What a bot needs for it, beside its owner's role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bots {
    /// Nothing.
    Any,
    /// A token with this scope.
    With(Scope),
    /// It is not for bots.
    Never,
}

/// Where a command does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    /// In this room.
    Room(&'a str),
    /// On the whole server, or in every room.
    Server,
    /// It only concerns the client.
    Nowhere,
}

impl<'a> Place<'a> {
    /// Where this command does something.
    pub(crate) fn of(command: &'a Command) -> Self {
        let in_one = |room: &'a Option<String>| room.as_deref().map_or(Self::Server, Self::Room);
        match command {
            Command::Join(it) => Self::Room(&it.room),
            Command::Leave(it) => Self::Room(&it.room),
            Command::Send(it) => Self::Room(&it.room),
            Command::History(it) => Self::Room(&it.room),
            Command::Members(it) => Self::Room(&it.room),
            Command::Typing(it) => Self::Room(&it.room),
            Command::Kick(it) => Self::Room(&it.room),
            Command::Restrict(it) => in_one(&it.room),
            Command::Lift(it) => in_one(&it.room),
            Command::Audit(it) => in_one(&it.room),
            Command::Invite(it) => Self::Room(&it.room),
            Command::InviteLink(it) => Self::Room(&it.room),
            Command::People(it) => Self::Room(&it.room),
            Command::SetRoom(it) => Self::Room(&it.room),
            Command::DeleteRoom(it) => Self::Room(&it.room),
            Command::Rank(it) => Self::Room(&it.room),
            Command::Report(it) => Self::Room(&it.room),
            Command::Reports(it) => in_one(&it.room),
            Command::Delete(it) => Self::Room(&it.room),
            Command::Edit(it) => Self::Room(&it.room),
            Command::Purge(it) => in_one(&it.room),
            Command::Filters(it) => in_one(&it.room),
            Command::FilterAdd(it) => in_one(&it.room),
            Command::Role(_)
            | Command::MakeRoom(_)
            | Command::Direct(_)
            | Command::Accept(_)
            | Command::Settle(_)
            | Command::GroupPeople(_)
            | Command::MakeGroup(_)
            | Command::RenameGroup(_)
            | Command::DeleteGroup(_)
            | Command::Assign(_)
            | Command::FilterRemove(_)
            | Command::ClearProfile(_)
            | Command::NickHistory(_)
            | Command::Raid(_) => Self::Server,
            Command::Why(it) => it.room.as_deref().map_or(Self::Nowhere, Self::Room),
            Command::Search(it) => it.room.as_deref().map_or(Self::Nowhere, Self::Room),
            Command::Hello(_)
            | Command::Nick(_)
            | Command::Link(_)
            | Command::Rooms(_)
            | Command::Ping(_)
            | Command::Bye(_)
            | Command::WhoAmI(_)
            | Command::Register(_)
            | Command::Password(_)
            | Command::Logins(_)
            | Command::LogOut(_)
            | Command::Unregister(_)
            | Command::SecondFactor(_)
            | Command::Claim(_)
            | Command::Mine(_)
            | Command::Refresh(_)
            | Command::KeepAway(_)
            | Command::KeptAway(_)
            | Command::SetProfile(_)
            | Command::Profiles(_)
            | Command::Presence(_)
            | Command::BotNew(_)
            | Command::Bots(_)
            | Command::BotRevoke(_)
            | Command::Groups(_) => Self::Nowhere,
        }
    }
}

impl Action {
    /// Every action.
    pub(crate) const ALL: [Self; 65] = [
        Self::Hello,
        Self::Nick,
        Self::Link,
        Self::ListRooms,
        Self::Join,
        Self::MakeRoom,
        Self::Leave,
        Self::Send,
        Self::History,
        Self::ListMembers,
        Self::Type,
        Self::Ping,
        Self::Bye,
        Self::WhoAmI,
        Self::Register,
        Self::ChangePassword,
        Self::ListLogins,
        Self::LogOut,
        Self::Unregister,
        Self::SetSecondFactor,
        Self::Claim,
        Self::GiveRole,
        Self::Restrict,
        Self::Lift,
        Self::Kick,
        Self::ReadAudit,
        Self::AskWhy,
        Self::FoundRoom,
        Self::OpenDirect,
        Self::Invite,
        Self::MakeInviteLink,
        Self::Accept,
        Self::ListMine,
        Self::ListPeople,
        Self::SetRoom,
        Self::DeleteRoom,
        Self::SetRank,
        Self::KeepAway,
        Self::ListKeptAway,
        Self::Report,
        Self::ListReports,
        Self::Settle,
        Self::Delete,
        Self::Edit,
        Self::Purge,
        Self::MakeBot,
        Self::ListBots,
        Self::RevokeBot,
        Self::SwitchRaid,
        Self::ListFilters,
        Self::AddFilter,
        Self::RemoveFilter,
        Self::Refresh,
        Self::ListGroups,
        Self::ListGroupPeople,
        Self::MakeGroup,
        Self::RenameGroup,
        Self::DeleteGroup,
        Self::Assign,
        Self::SetProfile,
        Self::ListProfiles,
        Self::ClearProfile,
        Self::ReadNickHistory,
        Self::SetPresence,
        Self::Search,
    ];

    /// The action of the command with this `type`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.row().name == name)
    }

    /// The action of a command.
    pub(crate) fn of(command: &Command) -> Self {
        match command {
            Command::Hello(_) => Self::Hello,
            Command::Nick(_) => Self::Nick,
            Command::Link(_) => Self::Link,
            Command::Rooms(_) => Self::ListRooms,
            Command::Join(_) => Self::Join,
            Command::Leave(_) => Self::Leave,
            Command::Send(_) => Self::Send,
            Command::History(_) => Self::History,
            Command::Members(_) => Self::ListMembers,
            Command::Typing(_) => Self::Type,
            Command::Ping(_) => Self::Ping,
            Command::Bye(_) => Self::Bye,
            Command::WhoAmI(_) => Self::WhoAmI,
            Command::Register(_) => Self::Register,
            Command::Password(_) => Self::ChangePassword,
            Command::Logins(_) => Self::ListLogins,
            Command::LogOut(_) => Self::LogOut,
            Command::Unregister(_) => Self::Unregister,
            Command::SecondFactor(_) => Self::SetSecondFactor,
            Command::Claim(_) => Self::Claim,
            Command::Role(_) => Self::GiveRole,
            Command::Restrict(_) => Self::Restrict,
            Command::Lift(_) => Self::Lift,
            Command::Kick(_) => Self::Kick,
            Command::Audit(_) => Self::ReadAudit,
            Command::Why(_) => Self::AskWhy,
            Command::MakeRoom(_) => Self::FoundRoom,
            Command::Direct(_) => Self::OpenDirect,
            Command::Invite(_) => Self::Invite,
            Command::InviteLink(_) => Self::MakeInviteLink,
            Command::Accept(_) => Self::Accept,
            Command::Mine(_) => Self::ListMine,
            Command::People(_) => Self::ListPeople,
            Command::SetRoom(_) => Self::SetRoom,
            Command::DeleteRoom(_) => Self::DeleteRoom,
            Command::Rank(_) => Self::SetRank,
            Command::KeepAway(_) => Self::KeepAway,
            Command::KeptAway(_) => Self::ListKeptAway,
            Command::Report(_) => Self::Report,
            Command::Reports(_) => Self::ListReports,
            Command::Settle(_) => Self::Settle,
            Command::Delete(_) => Self::Delete,
            Command::Edit(_) => Self::Edit,
            Command::Purge(_) => Self::Purge,
            Command::BotNew(_) => Self::MakeBot,
            Command::Bots(_) => Self::ListBots,
            Command::BotRevoke(_) => Self::RevokeBot,
            Command::Raid(_) => Self::SwitchRaid,
            Command::Filters(_) => Self::ListFilters,
            Command::FilterAdd(_) => Self::AddFilter,
            Command::FilterRemove(_) => Self::RemoveFilter,
            Command::Refresh(_) => Self::Refresh,
            Command::Groups(_) => Self::ListGroups,
            Command::GroupPeople(_) => Self::ListGroupPeople,
            Command::MakeGroup(_) => Self::MakeGroup,
            Command::RenameGroup(_) => Self::RenameGroup,
            Command::DeleteGroup(_) => Self::DeleteGroup,
            Command::Assign(_) => Self::Assign,
            Command::SetProfile(_) => Self::SetProfile,
            Command::Profiles(_) => Self::ListProfiles,
            Command::ClearProfile(_) => Self::ClearProfile,
            Command::NickHistory(_) => Self::ReadNickHistory,
            Command::Presence(_) => Self::SetPresence,
            Command::Search(_) => Self::Search,
        }
    }

    /// Whether it is speech: judged by the room's task, in the order of the room and after the search for a duplicate.
    pub(crate) fn speaks(self) -> bool {
        matches!(self, Self::Send | Self::Edit | Self::Type)
    }

    /// Its row.
    pub(crate) fn row(self) -> Row {
        use Bots::{Any, Never, With};
        use Scope::{Admin, Moderate, Read};
        use {AnswerSize::*, Rated::*, Who::*};
        let row = |name, answer, rate, who, bots| Row { name, answer, rate, who, bots };
        match self {
            Self::Hello => row("hello", Short, Command, Stranger, Any),
            Self::Nick => row("nick", Short, Command, Person, Never),
            Self::Link => row("link", Short, Command, Person, Never),
            Self::ListRooms => row("rooms", Page, Command, Person, With(Read)),
            Self::Join => row("join", Page, Command, Person, With(Read)),
            Self::MakeRoom => row("join", Short, Room, WhereOpen, With(Scope::Send)),
            Self::Leave => row("leave", Short, Command, Person, With(Read)),
            Self::Send => row("send", Short, Send, Person, With(Scope::Send)),
            Self::History => row("history", Page, Command, Person, With(Read)),
            Self::ListMembers => row("members", Page, Command, Person, With(Read)),
            Self::Type => row("typing", Short, Command, Person, With(Scope::Send)),
            Self::Ping => row("ping", Short, Command, Person, Any),
            Self::Bye => row("bye", Short, Command, Anybody, Any),
            Self::WhoAmI => row("whoami", Short, Command, Person, Any),
            Self::Register => row("register", Short, Command, Person, Never),
            Self::ChangePassword => row("password", Short, Command, From(Role::Member), Never),
            Self::ListLogins => row("logins", Page, Command, From(Role::Member), Never),
            Self::LogOut => row("logout", Short, Command, From(Role::Member), Never),
            Self::Unregister => row("unregister", Short, Command, From(Role::Member), Never),
            Self::SetSecondFactor => {
                row("second_factor", Short, Command, From(Role::Member), Never)
            }
            Self::Claim => row("claim", Short, Command, Person, Never),
            Self::GiveRole => row("role", Short, Command, From(Role::Administrator), With(Admin)),
            Self::Restrict => row("restrict", Short, Command, Keeper, With(Moderate)),
            Self::Lift => row("lift", Short, Command, Keeper, With(Moderate)),
            Self::Kick => row("kick", Short, Command, Keeper, With(Moderate)),
            Self::ReadAudit => row("audit", Page, Command, Keeper, With(Admin)),
            Self::AskWhy => row("why", Short, Command, Person, Any),
            Self::MakeBot => row("bot_new", Short, Command, From(Role::Member), Never),
            Self::ListBots => row("bots", Page, Command, From(Role::Member), Never),
            Self::RevokeBot => row("bot_revoke", Short, Command, From(Role::Member), Never),
            Self::FoundRoom => row(
                "make_room",
                Page,
                Command,
                WhereOpenOrFrom(Role::Administrator),
                With(Moderate),
            ),
            Self::OpenDirect => row("direct", Page, Command, Person, With(Scope::Send)),
            Self::Invite => row("invite", Short, Command, Person, With(Moderate)),
            Self::MakeInviteLink => row("invite_link", Short, Command, Person, With(Moderate)),
            Self::Accept => row("accept", Page, Command, Person, With(Read)),
            Self::ListMine => row("mine", Page, Command, Person, With(Read)),
            Self::ListPeople => row("people", Page, Command, Person, With(Read)),
            Self::SetRoom => row("set_room", Short, Command, Keeper, With(Moderate)),
            Self::DeleteRoom => row("delete_room", Short, Command, Keeper, With(Admin)),
            Self::SetRank => row("rank", Short, Command, Keeper, With(Admin)),
            Self::KeepAway => row("keep_away", Short, Command, Person, Never),
            Self::ListKeptAway => row("kept_away", Page, Command, Person, Never),
            Self::Report => row("report", Short, Command, Person, With(Scope::Send)),
            Self::ListReports => row("reports", Page, Command, Keeper, With(Moderate)),
            Self::Settle => row("settle", Short, Command, Keeper, With(Moderate)),
            Self::Delete => row("delete", Short, Command, Person, With(Scope::Send)),
            Self::Edit => row("edit", Short, Send, Person, With(Scope::Send)),
            Self::Purge => row("purge", Short, Command, Person, With(Moderate)),
            Self::SwitchRaid => row("raid", Short, Command, From(Role::Moderator), With(Moderate)),
            Self::ListFilters => row("filters", Page, Command, Keeper, With(Moderate)),
            Self::AddFilter => row("filter_add", Short, Command, Keeper, With(Admin)),
            Self::RemoveFilter => row("filter_remove", Short, Command, Keeper, With(Admin)),
            Self::Refresh => row("refresh", Short, Command, Person, Never),
            Self::ListGroups => row("groups", Page, Command, Person, With(Read)),
            Self::ListGroupPeople => {
                row("group_people", Page, Command, From(Role::Moderator), With(Moderate))
            }
            Self::MakeGroup => {
                row("make_group", Short, Command, From(Role::Administrator), With(Admin))
            }
            Self::RenameGroup => {
                row("rename_group", Short, Command, From(Role::Administrator), With(Admin))
            }
            Self::DeleteGroup => {
                row("delete_group", Short, Command, From(Role::Administrator), With(Admin))
            }
            Self::Assign => row("assign", Short, Command, From(Role::Administrator), With(Admin)),
            Self::SetProfile => row("set_profile", Page, Command, From(Role::Member), Never),
            Self::ListProfiles => row("profiles", Page, Command, Person, With(Read)),
            Self::Search => row("search", Page, Search, Person, With(Read)),
            Self::ClearProfile => {
                row("clear_profile", Short, Command, From(Role::Moderator), With(Moderate))
            }
            Self::ReadNickHistory => {
                row("nick_history", Page, Command, From(Role::Moderator), With(Moderate))
            }
            Self::SetPresence => row("presence", Short, Command, Person, With(Read)),
        }
    }
}
