//! Keeping people away, and telling moderators of a message.

use std::time::Duration;

use throng_protocol::{
    Command, Delete, Distance, INTEGER_MAX, KeepAway, KeptAwayOk, ListKeptAway, ListReports, Purge,
    PurgeOk, Report, ReportsOk, Sent, Settle,
};

use super::Client;
use crate::core::Answer;
use crate::pending::PendingRequest;
use crate::person::AsPerson;
use crate::room::AsRoom;

impl Client {
    /// Keeps somebody away, on every device of ours. They hear nothing of it.
    ///
    /// ```no_run
    /// # use throng_client::Distance;
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.keep_away("@eve", Distance::Block).await?;
    /// # Ok(()) }
    /// ```
    pub fn keep_away(&self, person: impl AsPerson, distance: Distance) -> PendingRequest<()> {
        let command = person
            .as_person()
            .map(|person| Command::KeepAway(KeepAway { person: person.to_string(), distance }));
        self.getting(command, Answer::Done)
    }

    /// Whom we keep away.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// for kept in client.kept_away().await?.people {
    ///     println!("{}", kept.user.nick);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn kept_away(&self) -> PendingRequest<KeptAwayOk> {
        self.getting(Ok(Command::KeptAway(ListKeptAway {})), Answer::KeptAway)
    }

    /// Tells those who keep a room of a message in it.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.report("lobby", 7, "it sells watches").await?;
    /// # Ok(()) }
    /// ```
    pub fn report(&self, room: impl AsRoom, seq: u64, reason: &str) -> PendingRequest<()> {
        let reason = reason.to_owned();
        self.about_any(&room, Ok(reason), Answer::Done, |room, reason| {
            Command::Report(Report { room, seq, reason })
        })
    }

    /// What was reported and is not settled, the newest first: in a room that we keep, or in all rooms, which needs
    /// the role of a moderator. Further pages with the number of the last report as `before`.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// for report in client.reports(Some("lobby"), None).await?.reports {
    ///     println!("{} said {:?}: {}", report.from.nick, report.text, report.reason);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn reports(
        &self,
        room: Option<impl AsRoom>,
        before: Option<u64>,
    ) -> PendingRequest<ReportsOk> {
        let list = |room| Command::Reports(ListReports { room, before, settled: false });
        match room {
            Some(room) => {
                self.about_any(&room, Ok(()), Answer::Reports, |room, ()| list(Some(room)))
            }
            None => self.getting(Ok(list(None)), Answer::Reports),
        }
    }

    /// Deletes the text of a message for good: our own, or as a moderator that of somebody below. The answer is the
    /// place of the entry that says so.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.delete("lobby", 7, "").await?;
    /// # Ok(()) }
    /// ```
    pub fn delete(&self, room: impl AsRoom, seq: u64, reason: &str) -> PendingRequest<Sent> {
        let reason = reason.to_owned();
        self.about_any(&room, Ok(reason), Answer::Deleted, |room, reason| {
            Command::Delete(Delete { room, seq, reason })
        })
    }

    /// Deletes the texts of all that somebody has said lately, in one room or in all, and returns how many: our own,
    /// or as a moderator those of somebody below. It reaches back a week at most.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// let gone = client.purge("@eve", Some("lobby"), Duration::from_secs(600), "spam").await?;
    /// println!("{} messages are gone", gone.deleted);
    /// # Ok(()) }
    /// ```
    pub fn purge(
        &self,
        person: impl AsPerson,
        room: Option<impl AsRoom>,
        last: Duration,
        reason: &str,
    ) -> PendingRequest<PurgeOk> {
        let reason = reason.to_owned();
        let last_ms = u64::try_from(last.as_millis()).unwrap_or(u64::MAX).min(INTEGER_MAX);
        let person = person.as_person().map(|person| person.to_string());
        let purge = move |room, person| Command::Purge(Purge { person, room, last_ms, reason });
        match room {
            Some(room) => self
                .about_any(&room, person, Answer::Purged, |room, person| purge(Some(room), person)),
            None => self.getting(person.map(|person| purge(None, person)), Answer::Purged),
        }
    }

    /// Settles a report, with a word about what was done.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.settle(3, "muted for an hour").await?;
    /// # Ok(()) }
    /// ```
    pub fn settle(&self, number: u64, words: &str) -> PendingRequest<()> {
        let words = words.to_owned();
        self.getting::<()>(Ok(Command::Settle(Settle { number, words })), Answer::Done)
    }
}
