//! How people show themselves: what they say about themselves, and the nicks that they had. Sessions and
//! administrators at the server's machine do it through this one file.

use throng_log::{Change, ProfileChange, Status};
use throng_protocol::{
    AskNickHistory, AskProfiles, BadLine, ClearProfile, Colour, DISPLAY_NAME_CHARS_MAX, ErrorCode,
    Line, NickHistoryOk, PROFILES_MAX, PRONOUNS_CHARS_MAX, PastNick, PersonId, Presence, Profile,
    ProfilesOk, Refusal, STATUS_CHARS_MAX, SetProfile, User,
};

use crate::actor::{Actor, note, person_ref};
use crate::identity::people::Person;
use crate::server::Server;

/// The longest time for a status, in milliseconds: a year. Who means longer gives no time.
const STATUS_MS_MAX: u64 = 365 * 24 * 3_600_000;

/// The rules of profiles on a server.
pub(crate) struct Profiles<'a>(pub(crate) &'a Server);

impl Profiles<'_> {
    /// Changes what somebody says about themselves, and returns all of it.
    ///
    /// # Errors
    /// Why not. Who may say nothing on the whole server may take away, and not add.
    pub(crate) async fn set(&self, person: &Person, set: &SetProfile) -> Result<Profile, Refusal> {
        let (server, id) = (self.0, person.id());
        let now = server.log.clock().now_ms();
        let change = change_of(set, now)?;
        if change.says_something()
            && let Some(held) = server.identity.restrictions.on_words(id, now)
        {
            return Err(held.refusal(now));
        }
        let change = Change::SetProfile { person: id, change };
        server.identity.accounts.change(vec![change]).await?;
        let stored = server.identity.profiles(vec![id]).await?.pop().unwrap_or_default();
        Ok(shown(person.user(), stored, now))
    }

    /// What people say about themselves, as `viewer` may see it; `None` for somebody at the server's machine.
    ///
    /// # Errors
    /// Why it is not said.
    pub(crate) async fn list(
        &self,
        viewer: Option<PersonId>,
        ask: &AskProfiles,
    ) -> Result<ProfilesOk, Refusal> {
        let server = self.0;
        if ask.people.is_empty() || ask.people.len() > PROFILES_MAX {
            let message = format!("people: from 1 to {PROFILES_MAX}");
            return Err(Refusal::new(ErrorCode::BadCommand, message));
        }
        let mut users = Vec::with_capacity(ask.people.len());
        for person in &ask.people {
            users.push(self.user(viewer, person).await?);
        }
        let people = users.iter().map(|user| user.id).collect();
        let stored = server.identity.profiles(people).await?;
        let now = server.log.clock().now_ms();
        let both = users.into_iter().zip(stored);
        Ok(ProfilesOk { profiles: both.map(|(user, stored)| shown(user, stored, now)).collect() })
    }

    /// Takes away what somebody says about themselves, and returns what they are called.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn clear(&self, by: &Actor, clear: &ClearProfile) -> Result<String, Refusal> {
        let server = self.0;
        let (person, nick) = server.identity.find(&person_ref(&clear.person)?).await?;
        by.may_touch(server.identity.role_of(person))?;
        let note = note(by, "clear profile", &nick, None, &clear.reason)?;
        let change = Change::SetProfile { person, change: ProfileChange::all_away() };
        server.identity.accounts.change(vec![change, note]).await?;
        Ok(nick)
    }

    /// The nicks that somebody had. Whether the one who asks may know is judged before.
    ///
    /// # Errors
    /// When there is no such person, or they can't be read.
    pub(crate) async fn nick_history(
        &self,
        ask: &AskNickHistory,
    ) -> Result<NickHistoryOk, Refusal> {
        let user = self.user(None, &ask.person).await?;
        let changes = self.0.identity.nick_history(user.id).await?;
        let changes = changes.into_iter().map(|it| PastNick {
            at: it.at_ms,
            from: it.from.into_string(),
            to: it.to.into_string(),
        });
        Ok(NickHistoryOk { user, changes: changes.collect() })
    }

    /// Somebody by their id or nick, and how they are there. Whom they block does not learn whether they are.
    async fn user(&self, viewer: Option<PersonId>, person: &str) -> Result<User, Refusal> {
        let server = self.0;
        let (id, nick) = server.identity.find(&person_ref(person)?).await?;
        let is_hidden = viewer.is_some_and(|viewer| server.distances.is_blocked(id, viewer));
        let here = server.identity.people.present(id).filter(|it| it.is_here() && !is_hidden);
        Ok(match here {
            Some(person) => person.user(),
            None => {
                // As it is spelled, and not as it was asked for.
                let name = server.identity.accounts.find(id).await?.and_then(|it| it.name);
                let nick = name.map_or(nick, |name| name.as_str().to_owned());
                let bot = server.identity.bots.find(id).is_some();
                User { bot, presence: Presence::Offline, ..User::new(id, nick) }
            }
        })
    }
}

fn shown(user: User, stored: throng_log::Profile, now_ms: u64) -> Profile {
    let status = stored.status.filter(|it| it.until_ms.is_none_or(|until| until > now_ms));
    let text = |line: Line| line.as_str().to_owned();
    Profile {
        user,
        display_name: stored.display_name.map(text),
        colour: stored.colour.map(|colour| colour.to_string()),
        pronouns: stored.pronouns.map(text),
        status: status.map(|Status { text: line, until_ms }| throng_protocol::Status {
            text: text(line),
            left_ms: until_ms.map(|until| until - now_ms),
        }),
    }
}

/// What a command changes, if it follows the rules.
fn change_of(set: &SetProfile, now_ms: u64) -> Result<ProfileChange, Refusal> {
    let status = line("status", set.status.as_deref(), STATUS_CHARS_MAX)?;
    if set.status_for_ms.is_some() && !matches!(status, Some(Some(_))) {
        let message = "`status_for_ms` needs a `status`";
        return Err(Refusal::new(ErrorCode::BadCommand, message));
    }
    let until_ms = set.status_for_ms.map(|time| now_ms + time.clamp(1, STATUS_MS_MAX));
    Ok(ProfileChange {
        display_name: line("display_name", set.display_name.as_deref(), DISPLAY_NAME_CHARS_MAX)?,
        colour: set.colour.as_deref().map(colour).transpose()?,
        pronouns: line("pronouns", set.pronouns.as_deref(), PRONOUNS_CHARS_MAX)?,
        status: status.map(|line| line.map(|text| Status { text, until_ms })),
    })
}

/// A field of one line: `None` where it is absent, `Some(None)` where it is empty.
fn line(
    field: &str,
    text: Option<&str>,
    chars_max: usize,
) -> Result<Option<Option<Line>>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    if text.trim().is_empty() {
        return Ok(Some(None));
    }
    let refused = |bad: BadLine| {
        let code = match bad {
            BadLine::TooLong { .. } => ErrorCode::TextTooLong,
            BadLine::Blank | BadLine::Character(_) | BadLine::Marks => ErrorCode::BadText,
        };
        Refusal::new(code, format!("{field}: {bad}"))
    };
    Line::parse(text, chars_max).map(|line| Some(Some(line))).map_err(refused)
}

fn colour(text: &str) -> Result<Option<Colour>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    Colour::parse(text).map(Some).ok_or_else(|| {
        let message = "colour: write it as #rrggbb, like #ff8800";
        Refusal::new(ErrorCode::BadText, message)
    })
}
