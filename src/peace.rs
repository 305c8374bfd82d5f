//! Keeping out of each other's way, and reports: what people do for themselves, and what moderators then do.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::Arc;

use futures::future::{Either, select};
use throng_log::clock::unix_ms;
use throng_log::{Body, Change, KeptAway, ReportKey, ReportRange, Settled};
use throng_protocol::{
    Distance, ErrorCode, KeepAway, KeptAwayOk, ListReports, PersonId, Rank, Refusal, Report,
    ReportMade, Reported, ReportsOk, Role, Settle, User,
};
use tracing::warn;

use crate::actor::{Actor, line, note, person_ref};
use crate::identity::accounts::no_such_report;
use crate::identity::people::Person;
use crate::membership::Membership;
use crate::rooms::flagged::Flagged;
use crate::rooms::handle::Shown;
use crate::rooms::message::{self, no_such_message};
use crate::server::Server;
use crate::wire::codec;

/// The most people whom one person keeps away: their list fits into a frame.
const KEPT_AWAY_MAX: usize = 150;

/// The longest reason of a report, and what a moderator writes about it, in bytes.
const WORDS_BYTES_MAX: usize = 400;

/// How much of a reported message is kept with the report, in characters.
const TEXT_CHARS: usize = 300;

/// The most reports in one page: with texts, reasons and names of full length they fit into a frame.
const REPORTS_PAGE: u32 = 8;

/// The rules of distances and reports on a server.
pub(crate) struct Peace<'a>(pub(crate) &'a Server);

impl Peace<'_> {
    /// Keeps somebody away, on every device of the one who asks.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn keep_away(
        &self,
        person: &Person,
        connection: u64,
        keep: &KeepAway,
    ) -> Result<(), Refusal> {
        let server = self.0;
        let (other, nick) = server.identity.find(&person_ref(&keep.person)?).await?;
        if other == person.id() {
            return Err(Refusal::new(ErrorCode::BadCommand, "nobody keeps themselves away"));
        }
        let _order = server.distances.order.lock().await;
        let own = server.distances.of(person.id());
        let is_known = own.iter().any(|it| it.other == other);
        if own.len() >= KEPT_AWAY_MAX && !is_known && keep.distance != Distance::None {
            let message = format!("nobody keeps more than {KEPT_AWAY_MAX} people away");
            return Err(Refusal::new(ErrorCode::BadCommand, message));
        }
        let distance = keep.distance;
        let it = KeptAway { person: person.id(), other, nick: nick.as_str().into(), distance };
        server.identity.accounts.change(vec![Change::KeepAway(it.clone())]).await?;
        server.distances.put(&it);
        let frame = codec::event(&shown(&it));
        for peer in server.identity.people.sessions_of(person.id()) {
            if peer.id() != connection {
                peer.outbox.offer_event(&frame);
            }
        }
        Ok(())
    }

    /// Whom somebody keeps away.
    pub(crate) fn kept_away(&self, person: PersonId) -> KeptAwayOk {
        KeptAwayOk { people: self.0.distances.of(person).iter().map(shown).collect() }
    }

    /// Tells those who keep a room of a message in it.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn report(&self, person: &Person, report: &Report) -> Result<(), Refusal> {
        let server = self.0;
        let user = person.user();
        let room = Membership(server).seen(Some(user.id), &report.room)?;
        let now = server.log.clock().now_ms();
        server.fence.may_enter(user.id, &room.attributes, now)?;
        let reason = words("reason", &report.reason)?;
        self.file(&room, report.seq, Some(&user), reason).await
    }

    /// Reports what a filter has flagged. A room that was deleted meanwhile has nobody who would look at it.
    async fn report_flagged(&self, flagged: Flagged) -> Result<(), Refusal> {
        let Flagged { room, entry, reason } = flagged;
        let Ok(shown) = Membership(self.0).seen(None, &room.to_string()) else { return Ok(()) };
        let seq = match entry.body {
            Body::Edit { target, .. } => target,
            _ => entry.seq,
        };
        self.file(&shown, seq, None, reason).await
    }

    /// Stores a report with what the message says now, and tells those who keep the room. A message is reported once by
    /// each person, and once by the filters of the server, who are `None`.
    async fn file(
        &self,
        room: &Shown,
        seq: u64,
        by: Option<&User>,
        reason: Box<str>,
    ) -> Result<(), Refusal> {
        let (server, id) = (self.0, room.attributes.id);
        let entry = message::read(&*server.log, id, seq).await?;
        let reader = by.map(|by| by.id);
        if server.fence.is_hidden_from(reader, &entry, &room.attributes) {
            return Err(no_such_message(seq));
        }
        // A filter has looked at what the sender has of it.
        let body =
            if reader.is_none_or(|it| it == entry.sender) { entry.own() } else { &entry.body };
        let Body::Message { text, .. } = body else { return Err(no_such_message(seq)) };
        let key = ReportKey::Of { by: by.map(|by| by.id), room: id, seq };
        if server.identity.report(key).await?.is_some() {
            // They have told already.
            return Ok(());
        }
        let made = throng_log::Report {
            id: 0,
            at_ms: unix_ms(),
            by: by.map(|by| by.id),
            by_name: by.map_or("server", |by| &by.nick).into(),
            reason,
            room: id,
            seq,
            sender: entry.sender,
            nick: entry.nick.clone(),
            text: text.chars().take(TEXT_CHARS).collect::<String>().into(),
            settled: None,
        };
        server.identity.accounts.change(vec![Change::Report(made)]).await?;
        if let Some(stored) = server.identity.report(key).await? {
            self.tell(room, &ReportMade { number: stored.id, room: id });
        }
        Ok(())
    }

    /// A page of reports.
    ///
    /// # Errors
    /// Why they are not shown.
    pub(crate) async fn reports(
        &self,
        by: &Actor,
        list: &ListReports,
    ) -> Result<ReportsOk, Refusal> {
        let room = match list.room.as_deref() {
            Some(room) => Some(Membership(self.0).kept(by, room)?.attributes.id),
            None => {
                by.may_with(Role::Moderator)?;
                None
            }
        };
        // One more tells whether there are more.
        let limit = REPORTS_PAGE + 1;
        let reader = Membership(self.0).reader(by);
        let (before, settled) = (list.before, list.settled);
        let range = ReportRange { before, limit, room, settled, reader };
        let found = self.0.identity.reports(range).await?;
        let more = found.len() > REPORTS_PAGE as usize;
        let reports = found.into_iter().take(REPORTS_PAGE as usize).map(reported).collect();
        Ok(ReportsOk { reports, more })
    }

    /// Settles a report.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn settle(&self, by: &Actor, settle: &Settle) -> Result<(), Refusal> {
        let server = self.0;
        let key = ReportKey::Number(settle.number);
        let report = server.identity.report(key).await?.ok_or_else(no_such_report)?;
        // Who must not know of the room learns nothing from the number of a report.
        Membership(server).kept(by, &report.room.to_string()).map_err(|_| no_such_report())?;
        let words = words("words", &settle.words)?;
        let subject = format!("{} in message {}", report.nick, report.seq);
        let note = note(by, "settle", &subject, Some(report.room), &words)?;
        let settled = Settled { by: by.person(), by_name: by.name().into(), words };
        let change = Change::Settle { number: settle.number, settled };
        server.identity.accounts.change(vec![change, note]).await
    }

    /// Tells those who keep a room: its moderators, and those of the server where they may know of it.
    fn tell(&self, room: &Shown, made: &ReportMade) {
        let server = self.0;
        let seats = server.seats.of_room(room.attributes.id);
        let mut keepers: HashSet<_> =
            server.identity.accounts.from(Role::Moderator).into_iter().collect();
        let moderators = seats.iter().filter(|seat| seat.rank == Rank::Moderator);
        keepers.extend(moderators.map(|seat| seat.person));
        let frame = codec::event(made);
        for keeper in keepers {
            if server.fence.keeps(keeper, &room.attributes) {
                for peer in server.identity.people.sessions_of(keeper) {
                    peer.outbox.offer_event(&frame);
                }
            }
        }
    }
}

/// Reports what filters flag, until the drain begins.
pub(crate) async fn run(server: Arc<Server>) {
    loop {
        let (next, draining) = (pin!(server.flagged.next()), pin!(server.drain.begun()));
        let Either::Left((Some(flagged), _)) = select(next, draining).await else { return };
        report_flagged(&server, flagged).await;
    }
}

/// Reports what was flagged until now: the rooms have ended, and the log will be closed.
pub(crate) async fn report_rest(server: &Server) {
    while let Some(flagged) = server.flagged.take() {
        report_flagged(server, flagged).await;
    }
}

async fn report_flagged(server: &Server, flagged: Flagged) {
    let room = flagged.room;
    let done = Peace(server).report_flagged(flagged).await;
    // One that was deleted meanwhile is not there any more.
    if let Err(refusal) = done
        && matches!(refusal.code, ErrorCode::StorageUnavailable | ErrorCode::Internal)
    {
        warn!(%room, why = refusal.message, "what a filter has found could not be reported");
    }
}

fn shown(it: &KeptAway) -> throng_protocol::KeptAway {
    let user = User::new(it.other, &*it.nick);
    throng_protocol::KeptAway { user, distance: it.distance }
}

fn reported(it: throng_log::Report) -> Reported {
    let outcome = it.settled.map(|settled| throng_protocol::Settled {
        by: settled.by,
        by_name: settled.by_name.into_string(),
        words: settled.words.into_string(),
    });
    Reported {
        number: it.id,
        at: it.at_ms,
        by: it.by.map(|by| User::new(by, it.by_name)),
        reason: it.reason.into_string(),
        room: it.room,
        seq: it.seq,
        from: User::new(it.sender, it.nick),
        text: it.text.into_string(),
        outcome,
    }
}

fn words(what: &str, words: &str) -> Result<Box<str>, Refusal> {
    if words.trim().is_empty() {
        return Err(Refusal::new(ErrorCode::BadCommand, format!("{what}: it is empty")));
    }
    line(what, words, WORDS_BYTES_MAX)?;
    Ok(words.into())
}
