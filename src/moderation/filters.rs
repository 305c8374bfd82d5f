//! Filters: made, listed and removed, and what they say about a text.

use std::sync::Arc;

use throng_log::clock::unix_ms;
use throng_log::{Change, Filter as Stored};
use throng_protocol::{
    AddFilter, ErrorCode, Filter, FilterAction, FilterKind, FiltersOk, ListFilters, PersonId,
    Refusal, RemoveFilter, Role, RoomId,
};
use tracing::info;

use super::{Moderation, Place};
use crate::actor::{Actor, note};
use crate::filter::rule::{Bad, PATTERNS_BYTES_MAX, Rule};
use crate::identity::accounts::{no_such_filter, unread};
use crate::rooms::handle::{Rule as Enforced, Shown};

/// The most filters of the server. With their words and domains they are a list that somebody still reads.
const SERVER_MAX: usize = 100;

/// The most filters of a room.
const ROOM_MAX: usize = 20;

/// The most filters in all, since anybody may make rooms: with texts of full length they have two megabytes.
const ALL_MAX: usize = 1_000;

/// What a page of filters may have in bytes, if JSON doubles each of their texts: it fits into a frame.
const PAGE_BYTES_MAX: usize = 30_000;

/// What a filter has in bytes besides its texts.
const FILTER_BYTES: usize = 400;

/// How much of a filter stands in the audit log, in characters.
const NOTED_CHARS: usize = 100;

impl Moderation<'_> {
    /// Makes a filter, and returns its number. When this returns, it is on disk, and nothing that it refuses is
    /// committed any more.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn add_filter(&self, by: &Actor, add: &AddFilter) -> Result<u64, Refusal> {
        let server = self.0;
        let place = self.filtered_place(by, add.room.as_deref())?;
        let (by, room) = (&place.by, place.room());
        if add.kind == FilterKind::Pattern {
            // Anybody may make a room, and a pattern can cost a second of a processor for each message.
            by.may_with(Role::Administrator)?;
        }
        let exempt = add.exempt.unwrap_or(Role::Moderator);
        if exempt == Role::Guest {
            let message = "exempt: with guest nobody would be concerned";
            return Err(Refusal::new(ErrorCode::BadFilter, message));
        }
        self.may_exempt(by, exempt)?;
        let stored = Stored {
            number: 0,
            made_ms: unix_ms(),
            by: by.person(),
            by_name: by.name().into(),
            room,
            kind: add.kind,
            text: add.text.as_str().into(),
            action: known(add.action)?,
            exempt,
            reason: add.reason.as_str().into(),
        };
        let note = note(by, "filter add", &summary(&stored), room, &add.reason)?;
        let _order = server.fence.filters.order.lock().await;
        let rules = server.fence.filters.rules();
        within_bounds(&rules, room)?;
        let making = server.tasks.blocking(move || Rule::new(stored));
        let rule = making.await.map_err(|bad| bad_filter(&bad))?;
        let patterns: usize = rules.iter().map(|rule| rule.pattern_bytes()).sum();
        if patterns + rule.pattern_bytes() > PATTERNS_BYTES_MAX {
            let message = format!(
                "all patterns of this server together are too large: {} of {PATTERNS_BYTES_MAX} bytes are in use",
                patterns
            );
            return Err(Refusal::new(ErrorCode::BadFilter, message));
        }
        let add = Change::AddFilter(rule.stored.clone());
        server.identity.accounts.change(vec![add, note]).await?;
        let number = self.newest_filter().await?;
        let all = rules.into_iter().chain([rule.numbered(number)]).collect();
        self.hold(room, all).await;
        info!(by = by.name(), number, "a filter was made");
        Ok(number)
    }

    /// Ends a filter. When this returns, what it refused can be said.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn remove_filter(
        &self,
        by: &Actor,
        remove: &RemoveFilter,
    ) -> Result<(), Refusal> {
        let server = self.0;
        let _order = server.fence.filters.order.lock().await;
        let mut rules = server.fence.filters.rules();
        let at = rules.iter().position(|rule| rule.stored.number == remove.number);
        let stored = at.map(|at| rules.remove(at).stored.clone()).ok_or_else(no_such_filter)?;
        // Who must not know of the room learns nothing from the number of a filter.
        let room = stored.room.map(|room| room.to_string());
        let place = self.filtered_place(by, room.as_deref()).map_err(|refusal| match room {
            Some(_) => no_such_filter(),
            None => refusal,
        })?;
        self.may_exempt(&place.by, stored.exempt)?;
        let subject = format!("filter {}: {}", stored.number, summary(&stored));
        let note = note(&place.by, "filter remove", &subject, stored.room, &remove.reason)?;
        let change = Change::RemoveFilter { number: stored.number };
        server.identity.accounts.change(vec![change, note]).await?;
        self.hold(stored.room, rules).await;
        info!(by = by.name(), number = stored.number, "a filter was removed");
        Ok(())
    }

    /// A page of the filters of the server, or of a room.
    ///
    /// # Errors
    /// Why they are not shown.
    pub(crate) fn filters(&self, by: &Actor, list: &ListFilters) -> Result<FiltersOk, Refusal> {
        let room = self.place(by, list.room.as_deref())?.room();
        let after = list.after.unwrap_or(0);
        let rules = self.0.fence.filters.rules();
        let wanted = rules.iter().filter(|it| it.stored.room == room && it.stored.number > after);
        let (mut page, mut bytes) = (FiltersOk { filters: Vec::new(), more: false }, 0);
        for Rule { stored, .. } in wanted.map(|rule| &**rule) {
            bytes += FILTER_BYTES + 2 * (stored.text.len() + stored.reason.len());
            if bytes > PAGE_BYTES_MAX {
                page.more = true;
                break;
            }
            page.filters.push(shown(stored));
        }
        Ok(page)
    }

    /// Every filter, also those of rooms, for somebody at the server's machine.
    pub(crate) fn all_filters(&self) -> Vec<Filter> {
        self.0.fence.filters.rules().iter().map(|rule| shown(&rule.stored)).collect()
    }

    /// Every filter that finds something in a text, whoever would say it.
    pub(crate) async fn test_filters(&self, room: Option<RoomId>, text: &str) -> Vec<Filter> {
        let judged = self.0.fence.filters.judge(room, text).await;
        judged.caught().iter().map(|rule| shown(&rule.stored)).collect()
    }

    /// Whether the filters let somebody say something in a room.
    ///
    /// # Errors
    /// Which one does not.
    pub(super) async fn filtered(
        &self,
        person: PersonId,
        room: &Shown,
        text: &str,
    ) -> Result<(), Refusal> {
        let fence = &self.0.fence;
        let judged = fence.filters.judge(Some(room.attributes.id), text).await;
        judged.outcome(|| fence.role_in(person, &room.attributes)).map(drop)
    }

    /// Puts these filters in force. What was taken by the ones before is shown when this returns.
    async fn hold(&self, room: Option<RoomId>, rules: Vec<Arc<Rule>>) {
        let server = self.0;
        server.fence.filters.replace(rules);
        // Names and topics that were judged before are stored.
        drop(server.seats.order.lock().await);
        server.rooms.enforce(room, Enforced::Restriction).await;
    }

    /// The number of the filter that was stored last. The order is held.
    async fn newest_filter(&self) -> Result<u64, Refusal> {
        let stored = self.0.identity.filters().await.map_err(|error| unread(&error))?;
        Ok(stored.last().map_or(0, |filter| filter.number))
    }

    /// Where somebody makes and removes filters: in a room that they keep, or, as an administrator, on the server.
    fn filtered_place(&self, by: &Actor, room: Option<&str>) -> Result<Place, Refusal> {
        if room.is_none() {
            by.may_with(Role::Administrator)?;
        }
        self.place(by, room)
    }

    /// Whether somebody may decide about a filter that concerns everybody below this role.
    fn may_exempt(&self, by: &Actor, exempt: Role) -> Result<(), Refusal> {
        if by.person().is_some() && exempt > by.role() {
            let (own, exempt) = (by.role().name(), exempt.name());
            let message = format!("the role {own} decides nothing about people up to {exempt}");
            return Err(Refusal::new(ErrorCode::Forbidden, message));
        }
        Ok(())
    }
}

fn within_bounds(rules: &[Arc<Rule>], room: Option<RoomId>) -> Result<(), Refusal> {
    let there = rules.iter().filter(|rule| rule.stored.room == room).count();
    let (most, place) = match room {
        None => (SERVER_MAX, "the server has"),
        Some(_) => (ROOM_MAX, "a room has"),
    };
    let message = if there >= most {
        format!("{place} at most {most} filters: remove one first, or add to its words")
    } else if rules.len() >= ALL_MAX {
        format!("there are at most {ALL_MAX} filters in all rooms and on the server")
    } else {
        return Ok(());
    };
    Err(Refusal::new(ErrorCode::BadFilter, message))
}

fn known(action: FilterAction) -> Result<FilterAction, Refusal> {
    match action {
        FilterAction::Refuse | FilterAction::Report => Ok(action),
        FilterAction::Unknown => {
            let message = "action: this server knows refuse and report";
            Err(Refusal::new(ErrorCode::BadFilter, message))
        }
    }
}

fn bad_filter(bad: &Bad) -> Refusal {
    Refusal::new(ErrorCode::BadFilter, bad.to_string())
}

/// A filter in the audit log, on one line.
fn summary(filter: &Stored) -> String {
    let mut text: String = filter.text.chars().take(NOTED_CHARS).collect();
    if text.len() < filter.text.len() {
        text.push('…');
    }
    let text = text.replace('\n', ", ");
    let (kind, action) = (filter.kind.name(), filter.action.name());
    format!("{action} {kind} {text}").trim_end().to_owned()
}

fn shown(stored: &Stored) -> Filter {
    Filter {
        number: stored.number,
        made: stored.made_ms,
        by: stored.by,
        by_name: stored.by_name.to_string(),
        room: stored.room,
        kind: stored.kind,
        text: stored.text.to_string(),
        action: stored.action,
        exempt: stored.exempt,
        reason: stored.reason.to_string(),
    }
}
