//! Roles, and what moderators and administrators do. None of it is sent twice, unless the server says that it was
//! not done.

use throng_protocol::{
    AddFilter, AddFilterOk, AskWhy, AuditOk, BadName, Command, FiltersOk, GiveRole, Kick,
    ListFilters, LogOut, RaidOk, ReadAudit, RemoveFilter, Role, SwitchRaid, WhyOk,
};

use super::Client;
use crate::core::Answer;
use crate::error::RequestError;
use crate::pending::PendingRequest;
use crate::person::AsPerson;
use crate::restriction::Restriction;
use crate::room::AsRoom;

impl Client {
    /// Gives an account another role, below our own. The reason stands in the audit log; it may be empty.
    ///
    /// ```no_run
    /// # use throng_client::{Client, Role};
    /// # async fn example(client: Client) -> Result<(), throng_client::RequestError> {
    /// client.set_role("@bo", Role::Moderator, "for the evenings").await?;
    /// # Ok(()) }
    /// ```
    pub fn set_role(&self, person: impl AsPerson, role: Role, reason: &str) -> PendingRequest<()> {
        self.trying(person.as_person().map(|person| {
            let (person, reason) = (person.to_string(), reason.to_owned());
            Command::Role(GiveRole { person, role, reason })
        }))
    }

    /// Ends all logins of somebody, whose role is below ours: their connections are closed, and no token that they
    /// had is good any more. For administrators. The reason stands in the audit log; it may be empty.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.log_out_person("@bo", "lost a telephone").await?;
    /// # Ok(()) }
    /// ```
    pub fn log_out_person(&self, person: impl AsPerson, reason: &str) -> PendingRequest<()> {
        self.trying(person.as_person().map(|person| {
            let (person, reason) = (Some(person.to_string()), reason.to_owned());
            Command::LogOut(LogOut { person, reason, ..LogOut::default() })
        }))
    }

    /// Mutes or bans somebody, in place of an earlier restriction of the same kind. When it is answered, it is on
    /// disk, and nothing is shown that the person says from then on.
    ///
    /// ```no_run
    /// # use throng_client::{Client, Restriction};
    /// # async fn example(client: Client) -> Result<(), throng_client::RequestError> {
    /// client.restrict(Restriction::mute("@bo").reason("cool down")).await?;
    /// # Ok(()) }
    /// ```
    pub fn restrict(&self, restriction: Restriction) -> PendingRequest<()> {
        self.trying(restriction.into_restrict().map(Command::Restrict))
    }

    /// Takes a restriction back. There may be none. How long it was to last makes no difference.
    ///
    /// ```no_run
    /// # use throng_client::{Client, Restriction};
    /// # async fn example(client: Client) -> Result<(), throng_client::RequestError> {
    /// client.lift(Restriction::mute("@bo")).await?;
    /// # Ok(()) }
    /// ```
    pub fn lift(&self, restriction: Restriction) -> PendingRequest<()> {
        self.trying(restriction.into_lift().map(Command::Lift))
    }

    /// Takes somebody out of a room. They get the reason, which may be empty, and may join again.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.kick("lobby", "@bo", "off topic").await?;
    /// # Ok(()) }
    /// ```
    pub fn kick(
        &self,
        room: impl AsRoom,
        person: impl AsPerson,
        reason: &str,
    ) -> PendingRequest<()> {
        let kick = || -> Result<Command, BadName> {
            let (room, person) = (room.as_room()?.to_string(), person.as_person()?.to_string());
            Ok(Command::Kick(Kick { room, person, reason: reason.to_owned() }))
        };
        self.trying(kick())
    }

    /// A page of the audit log, the newest first: of one room or of all, and before an entry's number or from the
    /// newest on.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// let page = client.audit(None, None).await?;
    /// let before = page.entries.last().filter(|_| page.more).map(|last| last.number);
    /// let older = client.audit(Some(&"lobby"), before).await?;
    /// # Ok(()) }
    /// ```
    pub fn audit(&self, room: Option<&dyn AsRoom>, before: Option<u64>) -> PendingRequest<AuditOk> {
        let room = room.map(AsRoom::as_room).transpose();
        self.asking(|core, now, to| match room {
            Ok(room) => {
                let room = room.map(|room| room.to_string());
                let command = Command::Audit(ReadAudit { room, before });
                core.ask(now, None, command, Answer::Audit(to));
            }
            Err(bad) => drop(to.send(Err(RequestError::BadName(bad)))),
        })
    }

    /// Turns the raid switch of the server on or off, or asks how it stands. While it is on, nobody new comes in as
    /// a guest, guests say nothing and join slowly, and no account is made.
    ///
    /// ```no_run
    /// # use throng_client::{Client, SwitchRaid};
    /// # async fn example(client: Client) -> Result<(), throng_client::RequestError> {
    /// let reason = "bots".to_owned();
    /// client.raid(SwitchRaid { on: Some(true), for_ms: Some(30 * 60_000), reason }).await?;
    /// let raid = client.raid(SwitchRaid::default()).await?;
    /// println!("{}", if raid.on { "strangers are kept out" } else { "the door is open" });
    /// # Ok(()) }
    /// ```
    pub fn raid(&self, switch: SwitchRaid) -> PendingRequest<RaidOk> {
        self.asking(|core, now, to| core.ask(now, None, Command::Raid(switch), Answer::Raid(to)))
    }

    /// Asks why a command (its `type` on the wire) is allowed or refused: in a room or on the server, to us or, for
    /// administrators, to somebody else.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// let why = client.why("send", Some(&"lobby"), None).await?;
    /// println!("{}: {}", if why.allowed { "allowed" } else { "refused" }, why.rule);
    /// let theirs = client.why("send", None, Some(&"@bo")).await?;
    /// # Ok(()) }
    /// ```
    pub fn why(
        &self,
        command: &str,
        room: Option<&dyn AsRoom>,
        person: Option<&dyn AsPerson>,
    ) -> PendingRequest<WhyOk> {
        let ask = || -> Result<AskWhy, BadName> {
            let room = room.map(AsRoom::as_room).transpose()?.map(|room| room.to_string());
            let person =
                person.map(AsPerson::as_person).transpose()?.map(|person| person.to_string());
            Ok(AskWhy { command: command.to_owned(), room, person, text: None })
        };
        self.asking_why(ask())
    }

    /// Asks whether we could say this in a room, and if not, which rule or filter forbids it.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// let why = client.why_text("lobby", "see https://example.com").await?;
    /// println!("{}: {}", if why.allowed { "allowed" } else { "refused" }, why.rule);
    /// # Ok(()) }
    /// ```
    pub fn why_text(&self, room: impl AsRoom, text: &str) -> PendingRequest<WhyOk> {
        self.asking_why(room.as_room().map(|room| {
            let (command, text) = ("send".to_owned(), Some(text.to_owned()));
            AskWhy { command, room: Some(room.to_string()), person: None, text }
        }))
    }

    fn asking_why(&self, ask: Result<AskWhy, BadName>) -> PendingRequest<WhyOk> {
        self.asking(|core, now, to| match ask {
            Ok(ask) => core.ask(now, None, Command::Why(ask), Answer::Why(to)),
            Err(bad) => drop(to.send(Err(RequestError::BadName(bad)))),
        })
    }

    /// Makes a filter: a rule about what may be said, on the server or in a room. When it is answered, it holds.
    ///
    /// ```no_run
    /// # use throng_client::{AddFilter, Client, FilterAction, FilterKind};
    /// # async fn example(client: Client) -> Result<(), throng_client::RequestError> {
    /// let words = AddFilter::new(FilterKind::Words, "casino, buy now").reason("no advertising");
    /// let number = client.add_filter(words).await?.number;
    /// let links = AddFilter::new(FilterKind::Links, "example.org").in_room("#lobby");
    /// client.add_filter(links.action(FilterAction::Report)).await?;
    /// # Ok(()) }
    /// ```
    pub fn add_filter(&self, filter: AddFilter) -> PendingRequest<AddFilterOk> {
        let command = Command::FilterAdd(filter);
        self.asking(|core, now, to| core.ask(now, None, command, Answer::FilterAdded(to)))
    }

    /// Ends a filter. The reason stands in the audit log; it may be empty.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.remove_filter(3, "too strict").await?;
    /// # Ok(()) }
    /// ```
    pub fn remove_filter(&self, number: u64, reason: &str) -> PendingRequest<()> {
        let reason = reason.to_owned();
        self.trying(Ok(Command::FilterRemove(RemoveFilter { number, reason })))
    }

    /// A page of the filters of a room, or of the whole server: those after a number, or from the first one on.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// let page = client.filters(None, None).await?;
    /// let after = page.filters.last().filter(|_| page.more).map(|last| last.number);
    /// let of_room = client.filters(Some(&"lobby"), None).await?;
    /// # Ok(()) }
    /// ```
    pub fn filters(
        &self,
        room: Option<&dyn AsRoom>,
        after: Option<u64>,
    ) -> PendingRequest<FiltersOk> {
        let room = room.map(AsRoom::as_room).transpose();
        self.asking(|core, now, to| match room {
            Ok(room) => {
                let room = room.map(|room| room.to_string());
                let command = Command::Filters(ListFilters { room, after });
                core.ask(now, None, command, Answer::Filters(to));
            }
            Err(bad) => drop(to.send(Err(RequestError::BadName(bad)))),
        })
    }

    pub(super) fn trying(&self, command: Result<Command, BadName>) -> PendingRequest<()> {
        self.asking(|core, now, to| match command {
            Ok(command) => core.ask(now, None, command, Answer::Done(to)),
            Err(bad) => drop(to.send(Err(RequestError::BadName(bad)))),
        })
    }
}
