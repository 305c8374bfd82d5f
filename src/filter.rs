//! The filters in force, in memory, for every send and every name: what may be said on the server and in its rooms.
//!
//! The directory has them on disk; here they are for as long as the server runs. A session matches a text before the
//! room's task sees it, and brings along what was found ([`Judged`]); the room compares two pointers to know
//! whether that still holds.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::available_parallelism;

use async_lock::Semaphore;
use parking_lot::RwLock;
use throng_protocol::{Detail, ErrorCode, FilterAction, Refusal, Role, RoomId};

use crate::base::tasks::Tasks;

use compiled::Compiled;
use rule::Rule;

mod compiled;
#[cfg(test)]
mod cost;
mod hosts;
pub(crate) mod rule;
mod words;

/// Up to this many steps a text is matched in the session's own task, above it on a thread of the blocking pool. A step is
/// what `Compiled::steps` counts, and takes a third of a nanosecond at worst (`cost.rs`): five milliseconds.
const STEPS_IN_PLACE: u64 = 1 << 24;

/// When to send again, in milliseconds, what was matched by rules that changed before the room took it.
const CHANGED_MS: u64 = 50;

/// All filters.
pub(crate) struct Filters {
    /// Whether there is one: most servers have none, and every send asks.
    is_any: AtomicBool,
    state: RwLock<State>,
    /// Held while a filter is stored and put in force.
    pub(crate) order: async_lock::Mutex<()>,
    /// Long matchings at the same time: half of the processors, so that the chat has the rest.
    long: Arc<Semaphore>,
    tasks: Arc<Tasks>,
}

#[derive(Default)]
struct State {
    /// In the order of their numbers.
    rules: Vec<Arc<Rule>>,
    server: Option<Arc<Compiled>>,
    rooms: HashMap<RoomId, Arc<Compiled>>,
}

/// The filters that hold in one place.
#[derive(Clone, Default)]
pub(crate) struct InForce {
    server: Option<Arc<Compiled>>,
    room: Option<Arc<Compiled>>,
}

/// What the filters that were in force found in a text.
#[derive(Default)]
pub(crate) struct Judged {
    in_force: InForce,
    caught: Vec<Arc<Rule>>,
}

impl InForce {
    fn all(&self) -> impl Iterator<Item = &Arc<Compiled>> {
        self.server.iter().chain(&self.room)
    }

    fn steps(&self, bytes: usize) -> u64 {
        self.all().map(|it| it.steps(bytes)).sum()
    }

    fn caught(&self, text: &str) -> Vec<Arc<Rule>> {
        self.all().flat_map(|it| it.caught(text)).collect()
    }

    fn is_same(&self, other: &Self) -> bool {
        let same = |one: &Option<Arc<Compiled>>, other: &Option<Arc<Compiled>>| match (one, other) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        };
        same(&self.server, &other.server) && same(&self.room, &other.room)
    }
}

impl Filters {
    /// The filters of the directory.
    pub(crate) fn load(stored: Vec<throng_log::Filter>, tasks: Arc<Tasks>) -> Arc<Self> {
        let at_once = available_parallelism().map_or(1, |cores| cores.get().div_ceil(2));
        let filters = Self {
            is_any: AtomicBool::new(false),
            state: RwLock::default(),
            order: async_lock::Mutex::new(()),
            long: Arc::new(Semaphore::new(at_once)),
            tasks,
        };
        filters.replace(stored.into_iter().map(Rule::kept).map(Arc::new).collect());
        Arc::new(filters)
    }

    /// Every filter, in the order of their numbers.
    pub(crate) fn rules(&self) -> Vec<Arc<Rule>> {
        self.state.read().rules.clone()
    }

    /// Puts these in force, in place of all. What has not changed in a room stays the same there.
    pub(crate) fn replace(&self, rules: Vec<Arc<Rule>>) {
        let is_any = !rules.is_empty();
        let mut state = self.state.write();
        let (server, mut rooms) = (state.server.take(), std::mem::take(&mut state.rooms));
        let mut by_room: HashMap<Option<RoomId>, Vec<Arc<Rule>>> = HashMap::new();
        for rule in &rules {
            by_room.entry(rule.stored.room).or_default().push(Arc::clone(rule));
        }
        let compiled = |rules: Vec<Arc<Rule>>, old: Option<Arc<Compiled>>| match old {
            Some(old) if old.is_of(&rules) => old,
            _ => Arc::new(Compiled::new(rules)),
        };
        state.server = by_room.remove(&None).map(|rules| compiled(rules, server));
        for (room, rules) in by_room {
            let Some(room) = room else { continue };
            let old = rooms.remove(&room);
            state.rooms.insert(room, compiled(rules, old));
        }
        state.rules = rules;
        self.is_any.store(is_any, Ordering::Release);
    }

    /// Forgets the filters of a room that was deleted.
    pub(crate) fn forget_room(&self, room: RoomId) {
        if self.is_any() {
            let rules = self.rules().into_iter().filter(|rule| rule.stored.room != Some(room));
            self.replace(rules.collect());
        }
    }

    pub(crate) fn is_any(&self) -> bool {
        self.is_any.load(Ordering::Acquire)
    }

    fn in_force(&self, room: Option<RoomId>) -> InForce {
        if !self.is_any() {
            return InForce::default();
        }
        let state = self.state.read();
        let of_room = room.and_then(|room| state.rooms.get(&room));
        InForce { server: state.server.clone(), room: of_room.cloned() }
    }

    /// Matches a text that is to be said in a room, or anywhere on the server.
    pub(crate) async fn judge(&self, room: Option<RoomId>, text: &str) -> Judged {
        let in_force = self.in_force(room);
        if in_force.steps(text.len()) <= STEPS_IN_PLACE {
            let caught = in_force.caught(text);
            return Judged { in_force, caught };
        }
        let permit = self.long.acquire_arc().await;
        let (rules, text) = (in_force.clone(), text.to_owned());
        let matching = move || {
            // Held until the end, also when nobody waits for it any more.
            let _permit = permit;
            rules.caught(&text)
        };
        let caught = self.tasks.blocking(matching).await;
        Judged { in_force, caught }
    }

    /// Whether a judgement was made by the filters that hold now.
    pub(crate) fn still_holds(&self, judged: &Judged, room: RoomId) -> Result<(), Refusal> {
        if judged.in_force.is_same(&self.in_force(Some(room))) {
            return Ok(());
        }
        let message = "a filter has changed at this moment: try again with the same cid";
        Err(Refusal::later(ErrorCode::Busy, message, CHANGED_MS))
    }

    /// Whether somebody with this role may call something so: a room, its topic, themselves. Names are short, and
    /// matched in place.
    ///
    /// # Errors
    /// When a filter refuses it.
    pub(crate) fn may_be_called(
        &self,
        role: Role,
        room: Option<RoomId>,
        name: &str,
    ) -> Result<(), Refusal> {
        let caught = self.in_force(room).caught(name);
        let refuses = |rule: &&Arc<Rule>| rule.stored.action == FilterAction::Refuse;
        match caught.iter().find(|rule| refuses(rule) && role < rule.stored.exempt) {
            Some(rule) => Err(rule.refusal()),
            None => Ok(()),
        }
    }
}

impl Judged {
    /// What becomes of the text of somebody with this role: the reason of the report, if it is to be reported.
    ///
    /// # Errors
    /// When a filter refuses it.
    pub(crate) fn outcome(&self, role: impl FnOnce() -> Role) -> Result<Option<Box<str>>, Refusal> {
        if self.caught.is_empty() {
            return Ok(None);
        }
        let role = role();
        let concerning = || self.caught.iter().filter(|rule| role < rule.stored.exempt);
        let with = |action| concerning().find(|rule| rule.stored.action == action);
        match with(FilterAction::Refuse) {
            Some(rule) => Err(rule.refusal()),
            None => Ok(with(FilterAction::Report).map(|rule| rule.words().into())),
        }
    }

    /// Every filter that found something.
    pub(crate) fn caught(&self) -> &[Arc<Rule>] {
        &self.caught
    }
}

impl Rule {
    /// The filter by its number, and what its maker says.
    fn words(&self) -> String {
        let (number, reason) = (self.stored.number, &self.stored.reason);
        match &**reason {
            "" => format!("filter {number}"),
            reason => format!("filter {number}: {reason}"),
        }
    }

    /// What people read whose text it refuses. What it looks for is for those who keep the room.
    fn refusal(&self) -> Refusal {
        let place = if self.stored.room.is_some() { "in this room" } else { "on this server" };
        let message = format!("this is not said {place} ({})", self.words());
        let reason = &self.stored.reason;
        let detail = (!reason.is_empty()).then(|| Detail::Reason(reason.to_string()));
        Refusal { detail, ..Refusal::new(ErrorCode::Filtered, message) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use async_std::task::block_on;
    use futures::FutureExt;
    use throng_log::Filter;
    use throng_protocol::{ErrorCode, FilterAction, FilterKind, Role, RoomId};

    use super::{Filters, Judged, Rule};
    use crate::base::metrics::Metrics;
    use crate::base::tasks::Tasks;

    fn stored(number: u64, room: Option<RoomId>, kind: FilterKind, text: &str) -> Filter {
        Filter {
            number,
            made_ms: 0,
            by: None,
            by_name: "ana".into(),
            room,
            kind,
            text: text.into(),
            action: FilterAction::Refuse,
            exempt: Role::Moderator,
            reason: "".into(),
        }
    }

    fn filters(stored: Vec<Filter>) -> Arc<Filters> {
        Filters::load(stored, Tasks::new(Duration::MAX, Metrics::new()))
    }

    fn room(number: u64) -> RoomId {
        RoomId::from_parts(number, 0)
    }

    fn numbers(judged: &Judged) -> Vec<u64> {
        judged.caught().iter().map(|rule| rule.stored.number).collect()
    }

    #[test]
    fn a_judgement_holds_until_the_filters_of_its_place_change() {
        let words = |number, room| stored(number, room, FilterKind::Words, "x1");
        let filters = filters(vec![words(1, None), words(2, Some(room(1)))]);
        let judged = block_on(filters.judge(Some(room(1)), "an x1"));
        assert_eq!(numbers(&judged), [1, 2]);
        let elsewhere = block_on(filters.judge(Some(room(2)), "an x1"));
        assert_eq!(numbers(&elsewhere), [1]);
        let add = |more: Filter| {
            let mut rules = filters.rules();
            rules.push(Arc::new(Rule::new(more).unwrap_or_else(|bad| panic!("{bad}"))));
            filters.replace(rules);
        };
        add(words(3, Some(room(2))));
        assert_eq!(filters.still_holds(&judged, room(1)), Ok(()), "another room's concern it not");
        let refusal = filters.still_holds(&elsewhere, room(2)).expect_err("its own do");
        assert_eq!((refusal.code, refusal.retry_ms), (ErrorCode::Busy, Some(50)));
        add(words(4, None));
        assert!(filters.still_holds(&judged, room(1)).is_err(), "those of the server do");
        filters.replace(Vec::new());
        assert!(filters.still_holds(&judged, room(1)).is_err(), "and that there are none");
        assert_eq!(filters.still_holds(&Judged::default(), room(1)), Ok(()));
    }

    #[test]
    fn a_text_of_before_the_first_filter_holds_no_more() {
        let filters = filters(Vec::new());
        let judged = block_on(filters.judge(Some(room(1)), "an x1"));
        assert_eq!(filters.still_holds(&judged, room(1)), Ok(()));
        let rule = Rule::new(stored(1, None, FilterKind::Words, "x1"));
        filters.replace(vec![Arc::new(rule.unwrap_or_else(|bad| panic!("{bad}")))]);
        assert!(filters.still_holds(&judged, room(1)).is_err());
    }

    #[test]
    fn a_long_matching_holds_up_no_other_task() {
        let large = stored(1, None, FilterKind::Pattern, "(?:a?){800}b");
        let filters = filters(vec![large.clone(), Filter { number: 2, ..large }]);
        let long = "a".repeat(1_000);
        assert!(filters.judge(None, &long).now_or_never().is_none(), "it is on another thread");
        assert_eq!(numbers(&block_on(filters.judge(None, &format!("{long}b")))), [1, 2]);
        let short = filters.judge(None, "ab").now_or_never();
        assert_eq!(
            short.map(|judged| numbers(&judged)),
            Some(vec![1, 2]),
            "it is matched in place"
        );
    }

    #[test]
    fn a_stored_filter_that_this_version_cannot_read_finds_nothing_and_stays() {
        let bad = stored(1, None, FilterKind::Pattern, "(");
        let filters = filters(vec![bad.clone(), stored(2, None, FilterKind::Unknown, "x")]);
        assert!(block_on(filters.judge(None, "( x")).caught().is_empty());
        assert_eq!(filters.rules().len(), 2);
        assert_eq!(filters.rules()[0].stored, bad);
    }
}
