//! The table of actions: for each command its name in the metrics, the size of its answer, its rate, and who
//! may do it.

use throng_protocol::{Command, Role};

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
    Refresh,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// Its name in the metrics: the command's `type`.
    pub(crate) name: &'static str,
    pub(crate) answer: AnswerSize,
    pub(crate) rate: Rated,
    pub(crate) who: Who,
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
    /// Every person with this role or a higher one.
    From(Role),
}

impl Action {
    /// Every action.
    pub(crate) const ALL: [Self; 28] = [
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
        Self::Refresh,
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
            Command::Refresh(_) => Self::Refresh,
        }
    }

    /// Its row.
    pub(crate) fn row(self) -> Row {
        use {AnswerSize::*, Rated::*, Who::*};
        let row = |name, answer, rate, who| Row { name, answer, rate, who };
        match self {
            Self::Hello => row("hello", Short, Command, Stranger),
            Self::Nick => row("nick", Short, Command, Person),
            Self::Link => row("link", Short, Command, Person),
            Self::ListRooms => row("rooms", Page, Command, Person),
            Self::Join => row("join", Page, Command, Person),
            Self::MakeRoom => row("join", Short, Room, WhereOpen),
            Self::Leave => row("leave", Short, Command, Person),
            Self::Send => row("send", Short, Send, Person),
            Self::History => row("history", Page, Command, Person),
            Self::ListMembers => row("members", Page, Command, Person),
            Self::Type => row("typing", Short, Command, Person),
            Self::Ping => row("ping", Short, Command, Person),
            Self::Bye => row("bye", Short, Command, Anybody),
            Self::WhoAmI => row("whoami", Short, Command, Person),
            Self::Register => row("register", Short, Command, Person),
            Self::ChangePassword => row("password", Short, Command, From(Role::Member)),
            Self::ListLogins => row("logins", Page, Command, From(Role::Member)),
            Self::LogOut => row("logout", Short, Command, From(Role::Member)),
            Self::Unregister => row("unregister", Short, Command, From(Role::Member)),
            Self::SetSecondFactor => row("second_factor", Short, Command, From(Role::Member)),
            Self::Claim => row("claim", Short, Command, Person),
            Self::GiveRole => row("role", Short, Command, From(Role::Administrator)),
            Self::Restrict => row("restrict", Short, Command, From(Role::Moderator)),
            Self::Lift => row("lift", Short, Command, From(Role::Moderator)),
            Self::Kick => row("kick", Short, Command, From(Role::Moderator)),
            Self::ReadAudit => row("audit", Page, Command, From(Role::Moderator)),
            Self::AskWhy => row("why", Short, Command, Person),
            Self::Refresh => row("refresh", Short, Command, Person),
        }
    }
}
