//! Rooms that people make, and who is in them. What changes a room is not sent twice, unless the server says that it
//! was not done.

use std::time::Duration;

use futures::channel::oneshot;
use throng_protocol::{
    Accept, BadName, Command, DeleteRoom, INTEGER_MAX, Invite, InviteLinkOk, Leave, ListMine,
    ListPeople, MakeInviteLink, MakeRoom, MineOk, OpenDirect, OwnRoom, PeopleOk, PersonId, Rank,
    RoomId, RoomKind, RoomName, RoomRef, SetRank, SetRoom,
};

use super::Client;
use crate::core::Answer;
use crate::error::RequestError;
use crate::pending::PendingRequest;
use crate::person::AsPerson;
use crate::room::AsRoom;
use crate::room_settings::RoomSettings;

type To<T> = oneshot::Sender<Result<T, RequestError>>;

impl Client {
    /// Makes a room, public or private, of which we are the moderator. The topic may be empty. To be in it here,
    /// [`join`](Client::join) it.
    ///
    /// ```no_run
    /// # use throng_client::{Client, RoomKind};
    /// # async fn example(client: Client) -> Result<(), throng_client::RequestError> {
    /// let made = client.make_room("kitchen-crew", RoomKind::Private, "who cooks").await?;
    /// client.join(&made.room).await?;
    /// # Ok(()) }
    /// ```
    pub fn make_room(&self, name: &str, kind: RoomKind, topic: &str) -> PendingRequest<OwnRoom> {
        let (name, topic) = (name.to_owned(), topic.to_owned());
        self.make_room_as(MakeRoom { name, kind, topic, ..MakeRoom::default() })
    }

    /// Makes a room of which more is said from the beginning: what it is for, its place, and who may do what there.
    ///
    /// ```no_run
    /// # use throng_client::{Client, MakeRoom, Right, RoomGroups};
    /// # async fn example(client: Client) -> Result<(), throng_client::RequestError> {
    /// let groups = RoomGroups::default().with(Right::See, vec!["staff".into()]);
    /// let room = MakeRoom {
    ///     name: "staff".into(),
    ///     groups: Some(Box::new(groups)),
    ///     ..MakeRoom::default()
    /// };
    /// client.make_room_as(room).await?;
    /// # Ok(()) }
    /// ```
    pub fn make_room_as(&self, room: MakeRoom) -> PendingRequest<OwnRoom> {
        let command = RoomName::parse(&room.name)
            .map(|name| Command::MakeRoom(MakeRoom { name: name.to_string(), ..room }));
        self.getting(command, Answer::Room)
    }

    /// Opens the direct room with these people, at most 19: the one that there is, or a new one.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let direct = client.open_direct(["@bo"]).await?;
    /// client.join(&direct.room).await?;
    /// client.send(&direct.room, "hello bo").await?;
    /// # Ok(()) }
    /// ```
    pub fn open_direct<P: AsPerson>(
        &self,
        people: impl IntoIterator<Item = P>,
    ) -> PendingRequest<OwnRoom> {
        let people = people.into_iter().map(|it| it.as_person().map(|it| it.to_string()));
        let people = people.collect::<Result<Vec<_>, BadName>>();
        self.getting(people.map(|people| Command::Direct(OpenDirect { people })), Answer::Room)
    }

    /// Asks somebody into a private room. They are in it once they join it.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.invite("kitchen-crew", "@bo").await?;
    /// # Ok(()) }
    /// ```
    pub fn invite(&self, room: impl AsRoom, person: impl AsPerson) -> PendingRequest<()> {
        let person = person.as_person().map(|person| person.to_string());
        self.about_any(&room, person, Answer::Done, |room, person| {
            Command::Invite(Invite { room, person })
        })
    }

    /// Makes a link that lets people into a room: for how long, and how many of them. Without these it is good for a
    /// week and for 100 people. For a browser it is the server's address, `#room=` and the code.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// let day = Duration::from_secs(24 * 3_600);
    /// let link = client.make_invite_link("kitchen-crew", Some(day), Some(1)).await?;
    /// println!("https://chat.example/#room={}", link.code);
    /// # Ok(()) }
    /// ```
    pub fn make_invite_link(
        &self,
        room: impl AsRoom,
        lasting: Option<Duration>,
        uses: Option<u32>,
    ) -> PendingRequest<InviteLinkOk> {
        let millis = |time: Duration| {
            u64::try_from(time.as_millis()).unwrap_or(INTEGER_MAX).min(INTEGER_MAX)
        };
        let for_ms = lasting.map(millis);
        self.about_any(&room, Ok(()), Answer::InviteLink, |room, ()| {
            Command::InviteLink(MakeInviteLink { room, for_ms, uses })
        })
    }

    /// Uses a link into a room, of which we are a member then. It takes the code, or the whole link.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client, link: &str) -> Result<(), throng_client::RequestError> {
    /// let own = client.accept(link).await?;
    /// client.join(&own.room).await?;
    /// # Ok(()) }
    /// ```
    pub fn accept(&self, link: &str) -> PendingRequest<OwnRoom> {
        let code = link.split_once("#room=").map_or(link, |(_, code)| code).trim().to_owned();
        self.getting(Ok(Command::Accept(Accept { code })), Answer::Room)
    }

    /// Our rooms, which are the same on every device: the first ones, or those after a room.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// let (mut rooms, mut after) = (Vec::new(), None);
    /// loop {
    ///     let page = client.my_rooms(after).await?;
    ///     after = page.rooms.last().map(|last| last.room.id);
    ///     rooms.extend(page.rooms);
    ///     if !page.more {
    ///         break;
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    pub fn my_rooms(&self, after: Option<RoomId>) -> PendingRequest<MineOk> {
        self.getting(Ok(Command::Mine(ListMine { after })), Answer::Mine)
    }

    /// Who belongs to a private or direct room, here or not: the first ones, or those after somebody.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// for seat in client.people("kitchen-crew", None).await?.people {
    ///     println!("{} {:?}", seat.user.nick, seat.rank);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn people(&self, room: impl AsRoom, after: Option<PersonId>) -> PendingRequest<PeopleOk> {
        self.about_any(&room, Ok(()), Answer::People, |room, ()| {
            Command::People(ListPeople { room, after })
        })
    }

    /// Changes a room: its name, its topic, who may speak, how fast.
    ///
    /// ```no_run
    /// # use throng_client::{Client, RoomSettings};
    /// # async fn example(client: Client) -> Result<(), throng_client::RequestError> {
    /// client.set_room(RoomSettings::of("kitchen-crew").name("cooks")).await?;
    /// # Ok(()) }
    /// ```
    pub fn set_room(&self, settings: RoomSettings) -> PendingRequest<()> {
        match settings.into_parts() {
            Ok((room, set)) => self.about_any(&room, Ok(()), Answer::Done, |room, ()| {
                Command::SetRoom(SetRoom { room, ..set })
            }),
            Err(bad) => self.trying(Err(bad)),
        }
    }

    /// Deletes a room for everybody. They get the reason, which may be empty.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.delete_room("kitchen-crew", "nobody cooks").await?;
    /// # Ok(()) }
    /// ```
    pub fn delete_room(&self, room: impl AsRoom, reason: &str) -> PendingRequest<()> {
        let reason = reason.to_owned();
        self.about_any(&room, Ok(()), Answer::Done, |room, ()| {
            Command::DeleteRoom(DeleteRoom { room, reason })
        })
    }

    /// Makes a member a moderator of a room, or a moderator a member again.
    ///
    /// ```no_run
    /// # use throng_client::{Client, Rank};
    /// # async fn example(client: Client) -> Result<(), throng_client::RequestError> {
    /// client.set_rank("kitchen-crew", "@bo", Rank::Moderator).await?;
    /// # Ok(()) }
    /// ```
    pub fn set_rank(
        &self,
        room: impl AsRoom,
        person: impl AsPerson,
        rank: Rank,
    ) -> PendingRequest<()> {
        let person = person.as_person().map(|person| person.to_string());
        self.about_any(&room, person, Answer::Done, |room, person| {
            Command::Rank(SetRank { room, person, rank })
        })
    }

    /// Leaves a room for good, on every device, whether it is joined here or not. A private room then needs a new
    /// invitation. What still waits to be said there is given up.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.forget("kitchen-crew").await?;
    /// # Ok(()) }
    /// ```
    pub fn forget(&self, room: impl AsRoom) -> PendingRequest<()> {
        self.asking(|core, now, to| match room.as_room() {
            Ok(room) => {
                let room = core.reference(&room);
                let command = Command::Leave(Leave { room: room.to_string(), forget: true });
                core.ask(now, None, command, Answer::Forgotten(room, to));
            }
            Err(bad) => drop(to.send(Err(RequestError::BadName(bad)))),
        })
    }

    pub(super) fn getting<T>(
        &self,
        command: Result<Command, BadName>,
        answer: impl FnOnce(To<T>) -> Answer,
    ) -> PendingRequest<T> {
        self.asking(|core, now, to| match command {
            Ok(command) => core.ask(now, None, command, answer(to)),
            Err(bad) => drop(to.send(Err(RequestError::BadName(bad)))),
        })
    }

    /// Asks something about a room, joined or not.
    pub(super) fn about_any<T, V>(
        &self,
        room: &impl AsRoom,
        value: Result<V, BadName>,
        answer: impl FnOnce(To<T>) -> Answer,
        command: impl FnOnce(String, V) -> Command,
    ) -> PendingRequest<T> {
        let parts = || -> Result<(RoomRef, V), BadName> { Ok((room.as_room()?, value?)) };
        let parts = parts();
        self.asking(|core, now, to| match parts {
            Ok((room, value)) => {
                let room = core.reference(&room).to_string();
                core.ask(now, None, command(room, value), answer(to));
            }
            Err(bad) => drop(to.send(Err(RequestError::BadName(bad)))),
        })
    }
}
