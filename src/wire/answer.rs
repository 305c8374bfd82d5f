//! Answers to commands, before they become bytes.

use throng_protocol::{
    AddFilterOk, AuditOk, BotsOk, FiltersOk, Greeting, GroupPeopleOk, GroupsOk, InviteLinkOk,
    KeptAwayOk, LinkOk, LoginsOk, MakeBotOk, MembersPage, MineOk, NickHistoryOk, NickOk, OwnRoom,
    Page, PeopleOk, PresenceOk, Profile, ProfilesOk, PurgeOk, RaidOk, RefreshOk, Refusal,
    RegisterOk, ReportsOk, RoomsPage, SearchOk, SecondFactorOk, Sent, WhoAmIOk, WhyOk,
};

use crate::wire::entry::Entry;

/// The bytes reserved for an answer without a page. The longest is an `error` that quotes the mistake and
/// suggests a name.
pub(crate) const ANSWER_BYTES: usize = 1_024;

/// The answer to one command.
#[derive(Debug)]
pub(crate) enum Answer {
    /// Done, with nothing else to say.
    Done,
    /// To `hello`.
    Greeting(Box<Greeting>),
    /// To `nick`.
    Nick(NickOk),
    /// To `link`.
    Link(LinkOk),
    /// To `whoami`.
    WhoAmI(WhoAmIOk),
    /// To `rooms`.
    Rooms(RoomsPage),
    /// To `join` and `history`.
    Page(Box<Page<Entry>>),
    /// To `send` and `delete`.
    Sent(Sent),
    /// To `members`.
    Members(MembersPage),
    /// To `register`.
    Registered(RegisterOk),
    /// To `logins`.
    Logins(LoginsOk),
    /// To `second_factor`.
    SecondFactor(SecondFactorOk),
    /// To `audit`.
    Audit(AuditOk),
    /// To `why`.
    Why(WhyOk),
    /// To `make_room`, `direct` and `accept`.
    Room(Box<OwnRoom>),
    /// To `invite_link`.
    InviteLink(InviteLinkOk),
    /// To `mine`.
    Mine(MineOk),
    /// To `people`.
    People(PeopleOk),
    /// To `kept_away`.
    KeptAway(KeptAwayOk),
    /// To `reports`.
    Reports(ReportsOk),
    /// To `purge`.
    Purged(PurgeOk),
    /// To `bot_new`.
    MadeBot(MakeBotOk),
    /// To `bots`.
    Bots(BotsOk),
    /// To `raid`.
    Raid(RaidOk),
    /// To `groups`.
    Groups(GroupsOk),
    /// To `group_people`.
    GroupPeople(GroupPeopleOk),
    /// To `filters`.
    Filters(FiltersOk),
    /// To `filter_add`.
    FilterAdded(AddFilterOk),
    /// To `refresh`.
    Refreshed(RefreshOk),
    /// To `set_profile`.
    Profile(Box<Profile>),
    /// To `profiles`.
    Profiles(ProfilesOk),
    /// To `nick_history`.
    NickHistory(NickHistoryOk),
    /// To `presence`.
    Presence(PresenceOk),
    /// To `search`.
    Found(SearchOk),
    /// It was not done.
    Refused(Refusal),
}

impl From<throng_room::Answer<Entry>> for Answer {
    fn from(answer: throng_room::Answer<Entry>) -> Self {
        match answer {
            throng_room::Answer::Page(page) => Self::Page(Box::new(page)),
            throng_room::Answer::Sent(sent) => Self::Sent(sent),
            throng_room::Answer::Members(members) => Self::Members(members),
            throng_room::Answer::Done => Self::Done,
            throng_room::Answer::Refused(refusal) => Self::Refused(refusal),
        }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
