//! What the model wants done outside: `run` and `connection` carry it out.

use throng_protocol::{
    AddFilter, AskWhy, Assign, Cid, ClearProfile, Delete, DeleteGroup, DeleteRoom, GiveRole,
    Invite, KeepAway, Kick, Lift, MakeBot, MakeGroup, Purge, RemoveFilter, RenameGroup, Report,
    Restrict, RevokeBot, RoomKind, SearchMessages, SetProfile, SetRank, SetRoom, Settle,
    SwitchRaid,
};

use crate::model::{Outgoing, RoomLabel};
use crate::secret::Secret;

/// An action outside the model.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    Send {
        room: RoomLabel,
        key: u64,
        cid: Option<Cid>,
        text: String,
        is_action: bool,
    },
    Join(RoomLabel),
    Leave(RoomLabel),
    /// Loads the page that ends before this seq.
    History {
        room: RoomLabel,
        before: u64,
    },
    Members {
        room: RoomLabel,
        aloud: bool,
    },
    Rooms {
        after: Option<String>,
    },
    /// Asks for the rooms that the server keeps for the person.
    Mine,
    /// Opens the direct room with these people, and says this there if it is not empty.
    Direct {
        people: Vec<String>,
        text: String,
    },
    /// Makes a room; `done` is what to say then.
    Make {
        name: String,
        kind: RoomKind,
        done: String,
    },
    InviteLink(RoomLabel),
    /// Uses a link into a room.
    Accept(String),
    /// Leaves a room for good.
    Forget(RoomLabel),
    Rename(String),
    /// Asks for a code for another device.
    DeviceCode,
    /// Becomes the person with this account, in the same rooms.
    LogIn {
        nick: String,
        password: Secret,
        /// A code of the authenticator app.
        code: Option<Secret>,
    },
    Register {
        password: Secret,
        invitation: Option<String>,
    },
    ChangePassword {
        old: Secret,
        new: Secret,
    },
    Unregister {
        password: Secret,
        /// Whether what was said goes too.
        messages: bool,
    },
    LogOut(WhichLogin),
    Logins,
    Claim(String),
    MakeBot(MakeBot),
    /// Lists one's own bots.
    Bots,
    /// Does something to somebody or to a room; `done` is what to say then, if anything.
    Act {
        act: Act,
        done: String,
    },
    Audit {
        room: Option<RoomLabel>,
        before: Option<u64>,
    },
    /// Asks what was reported.
    Reports {
        room: Option<RoomLabel>,
        before: Option<u64>,
    },
    Why(AskWhy),
    /// Asks for the person's groups, or for all of the server.
    Groups {
        all: bool,
    },
    /// Asks who is in a group.
    GroupPeople(String),
    AddFilter(AddFilter),
    /// Asks for the filters of the server, or of a room.
    Filters {
        room: Option<RoomLabel>,
        after: Option<u64>,
    },
    /// Turn the raid switch, or ask how it stands.
    Raid(SwitchRaid),
    /// Changes what the person says about themselves.
    SetProfile(SetProfile),
    /// Asks what somebody says about themselves.
    Whois(String),
    /// Asks what somebody was called.
    NickHistory(String),
    /// Searches what was said.
    Search(SearchMessages),
    /// Says how the person is there; `aloud` if it was by hand.
    Attend {
        attendance: Attendance,
        aloud: bool,
    },
    Typing(RoomLabel),
    Bell,
    /// Saves the settings.
    Keep,
    /// Turns the program's use of the mouse on or off.
    Mouse(bool),
    /// Shows only these lines, until a key is pressed.
    Bare(Vec<String>),
    Suspend,
    Redraw,
    Quit,
}

/// How the person is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attendance {
    /// Nobody is at this device.
    Away,
    /// Somebody is at this device again.
    Here,
    /// Not to be disturbed.
    Dnd,
    /// At this device, and to be disturbed.
    Back,
}

/// Which logins end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhichLogin {
    This,
    Others,
    Number(u64),
}

/// What is done to somebody, or to a room.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Act {
    Role(GiveRole),
    Restrict(Restrict),
    Lift(Lift),
    Kick(Kick),
    /// Ends all logins of somebody.
    LogOut {
        person: String,
        reason: String,
    },
    Invite(Invite),
    Set(SetRoom),
    Rank(SetRank),
    Delete(DeleteRoom),
    RevokeBot(RevokeBot),
    RemoveFilter(RemoveFilter),
    KeepAway(KeepAway),
    Report(Report),
    Settle(Settle),
    DeleteMessage(Delete),
    /// Replaces the text of a message of ours.
    Edit {
        room: String,
        seq: u64,
        text: String,
    },
    Purge(Purge),
    MakeGroup(MakeGroup),
    RenameGroup(RenameGroup),
    DeleteGroup(DeleteGroup),
    Assign(Assign),
    ClearProfile(ClearProfile),
}

impl Effect {
    pub(crate) fn send(room: &RoomLabel, outgoing: &Outgoing) -> Self {
        Self::Send {
            room: room.clone(),
            key: outgoing.key,
            cid: outgoing.cid,
            text: outgoing.text.clone(),
            is_action: outgoing.is_action,
        }
    }
}
