//! How people show themselves: profiles, the nicks that they had, presence.

use throng_protocol::{
    AskNickHistory, AskProfiles, ClearProfile, Command, NickHistoryOk, Presence, PresenceOk,
    Profile, ProfilesOk, SetPresence,
};

use super::Client;
use crate::core::{Answer, Core};
use crate::pending::PendingRequest;
use crate::person::AsPerson;
use crate::profile_change::ProfileChange;

impl Client {
    /// Changes what we say about ourselves, which needs an account, and returns all of it.
    ///
    /// ```no_run
    /// # use throng_client::ProfileChange;
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.set_profile(ProfileChange::new().status("reading")).await?;
    /// # Ok(()) }
    /// ```
    pub fn set_profile(&self, change: ProfileChange) -> PendingRequest<Profile> {
        self.getting(Ok(Command::SetProfile(change.into_command())), Answer::Profile)
    }

    /// What people say about themselves, and how they are there: of at most 20 people, in their order. Show a
    /// display name beside the nick, never in its place. Nothing says when it changes.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// for profile in client.profiles(["@ana", "@bo"]).await?.profiles {
    ///     let name = profile.display_name.unwrap_or_default();
    ///     println!("{} {name} is {}", profile.user.nick, profile.user.presence.name());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn profiles(
        &self,
        people: impl IntoIterator<Item = impl AsPerson>,
    ) -> PendingRequest<ProfilesOk> {
        let people = people.into_iter().map(|it| it.as_person().map(|it| it.to_string()));
        let command = people
            .collect::<Result<_, _>>()
            .map(|people| Command::Profiles(AskProfiles { people }));
        self.getting(command, Answer::Profiles)
    }

    /// Takes away all that somebody says about themselves, as a moderator.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.clear_profile("@eve", "insults").await?;
    /// # Ok(()) }
    /// ```
    pub fn clear_profile(&self, person: impl AsPerson, reason: &str) -> PendingRequest<()> {
        let command = person.as_person().map(|person| {
            let (person, reason) = (person.to_string(), reason.to_owned());
            Command::ClearProfile(ClearProfile { person, reason })
        });
        self.getting(command, Answer::Done)
    }

    /// What somebody was called, the newest change first, as a moderator.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// for change in client.nick_history("@eve").await?.changes {
    ///     println!("{} became {}", change.from, change.to);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn nick_history(&self, person: impl AsPerson) -> PendingRequest<NickHistoryOk> {
        let command = person
            .as_person()
            .map(|person| Command::NickHistory(AskNickHistory { person: person.to_string() }));
        self.getting(command, Answer::NickHistory)
    }

    /// Says whether nobody is at this device, for instance after some minutes without a key. We are away when
    /// we are at none of our devices. It is said again by itself after a reconnect.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// let shown = client.set_away(true).await?.presence;
    /// # Ok(()) }
    /// ```
    pub fn set_away(&self, away: bool) -> PendingRequest<PresenceOk> {
        self.present(SetPresence { away: Some(away), dnd: None })
    }

    /// Says whether we do not want to be disturbed, on all of our devices. It is said again by itself after a
    /// reconnect, unless another device has taken it back.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.set_dnd(true).await?;
    /// # Ok(()) }
    /// ```
    pub fn set_dnd(&self, dnd: bool) -> PendingRequest<PresenceOk> {
        self.present(SetPresence { away: None, dnd: Some(dnd) })
    }

    /// Says that we are back: at this device, and to be disturbed.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.set_back().await?;
    /// # Ok(()) }
    /// ```
    pub fn set_back(&self) -> PendingRequest<PresenceOk> {
        self.present(SetPresence { away: Some(false), dnd: Some(false) })
    }

    /// How we are shown. While it is [`Presence::Dnd`], notify of nothing.
    ///
    /// ```no_run
    /// # use throng_client::{Event, Presence};
    /// # fn example(client: throng_client::Client, event: Event) {
    /// if let Event::Message { message, .. } = event {
    ///     if client.presence() != Presence::Dnd {
    ///         println!("\x07{}", message.text);
    ///     }
    /// }
    /// # }
    /// ```
    pub fn presence(&self) -> Presence {
        self.handle.shared.look(Core::presence)
    }

    fn present(&self, set: SetPresence) -> PendingRequest<PresenceOk> {
        self.getting(Ok(Command::Presence(set)), Answer::Presence)
    }
}
