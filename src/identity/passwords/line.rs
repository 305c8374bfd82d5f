//! Who is next at the gate of the passwords: four lanes, of which an earlier one always comes first. Plain values
//! without a clock; [`gate`](super::gate) puts callers in and calls them up.

use std::collections::VecDeque;

/// The lane in which a caller waits. Earlier lanes come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lane {
    /// This person, or a device on which this person was in before.
    Proven,
    /// An address from which somebody was in lately.
    Credited,
    /// A stranger from whom little came so far.
    Few,
    /// A stranger from whom, or for whose name, much was tried lately.
    Many,
}

impl Lane {
    /// Every lane, the first one first.
    pub(crate) const ALL: [Self; 4] = [Self::Proven, Self::Credited, Self::Few, Self::Many];

    /// Whether something speaks for those who wait here: no storm of strangers fills it.
    pub(super) fn is_known(self) -> bool {
        self <= Self::Credited
    }

    /// Its name in the metrics.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Credited => "credited",
            Self::Few => "few",
            Self::Many => "many",
        }
    }

    /// Whether those who came first are first. Among strangers the last one is: in a storm more come than can be
    /// served, so that in the order of coming everybody would wait for the whole lane, and a client that has given up
    /// would be served in place of one that still waits.
    fn is_fair(self) -> bool {
        self.is_known()
    }
}

/// Those who wait.
#[derive(Debug)]
pub(super) struct Line<T> {
    /// In the order of coming.
    lanes: [VecDeque<(u64, T)>; 4],
    /// How many wait in each lane.
    waiting_max: usize,
    next: u64,
}

/// What became of a caller.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entered<T> {
    /// Waits, under this number.
    Waits(u64),
    /// Waits under this number, in place of another one, who came first.
    InPlaceOf(u64, T),
    /// The lane is full.
    Full,
}

impl<T> Line<T> {
    pub(super) fn new(waiting_max: usize) -> Self {
        Self { lanes: [const { VecDeque::new() }; 4], waiting_max, next: 0 }
    }

    /// Lets a caller wait. In a full lane of strangers the one who has waited longest gives way; a full lane of
    /// others takes nobody, since each of those who wait there has as good a claim.
    pub(super) fn enter(&mut self, lane: Lane, caller: T) -> Entered<T> {
        let waiting = &mut self.lanes[lane as usize];
        let is_full = waiting.len() >= self.waiting_max;
        if is_full && (lane.is_fair() || self.waiting_max == 0) {
            return Entered::Full;
        }
        let number = self.next;
        self.next += 1;
        let oldest = if is_full { waiting.pop_front() } else { None };
        waiting.push_back((number, caller));
        oldest.map_or(Entered::Waits(number), |(_, oldest)| Entered::InPlaceOf(number, oldest))
    }

    /// The next one.
    pub(super) fn call(&mut self) -> Option<T> {
        Lane::ALL.into_iter().find_map(|lane| {
            let waiting = &mut self.lanes[lane as usize];
            let next = if lane.is_fair() { waiting.pop_front() } else { waiting.pop_back() };
            next.map(|(_, caller)| caller)
        })
    }

    /// Forgets one who does not wait any more.
    pub(super) fn leave(&mut self, number: u64) {
        self.lanes.iter_mut().for_each(|waiting| waiting.retain(|(it, _)| *it != number));
    }

    /// How many wait in a lane.
    #[cfg(test)]
    pub(super) fn waiting(&self, lane: Lane) -> usize {
        self.lanes[lane as usize].len()
    }
}

#[cfg(test)]
mod tests {
    use super::{Entered, Lane, Line};

    fn line(waiting_max: usize, callers: &[(Lane, u32)]) -> Line<u32> {
        let mut line = Line::new(waiting_max);
        for (lane, caller) in callers {
            line.enter(*lane, *caller);
        }
        line
    }

    fn all(mut line: Line<u32>) -> Vec<u32> {
        std::iter::from_fn(|| line.call()).collect()
    }

    #[test]
    fn an_earlier_lane_comes_first_whoever_came_first() {
        let callers = [(Lane::Many, 4), (Lane::Few, 3), (Lane::Credited, 2), (Lane::Proven, 1)];
        assert_eq!(all(line(9, &callers)), [1, 2, 3, 4]);
    }

    #[test]
    fn strangers_are_called_from_the_last_and_others_from_the_first() {
        for (lane, order) in [
            (Lane::Proven, [1, 2, 3]),
            (Lane::Credited, [1, 2, 3]),
            (Lane::Few, [3, 2, 1]),
            (Lane::Many, [3, 2, 1]),
        ] {
            assert_eq!(all(line(9, &[(lane, 1), (lane, 2), (lane, 3)])), order, "{lane:?}");
        }
    }

    #[test]
    fn in_a_full_lane_the_oldest_stranger_gives_way_and_no_other() {
        for lane in [Lane::Few, Lane::Many] {
            let mut line = line(2, &[(lane, 1), (lane, 2)]);
            assert_eq!(line.enter(lane, 3), Entered::InPlaceOf(2, 1));
            assert_eq!(all(line), [3, 2]);
        }
        for lane in [Lane::Proven, Lane::Credited] {
            let mut line = line(2, &[(lane, 1), (lane, 2)]);
            assert_eq!(line.enter(lane, 3), Entered::Full);
            assert_eq!(all(line), [1, 2]);
        }
    }

    #[test]
    fn no_storm_takes_a_place_of_an_earlier_lane() {
        let mut line = line(3, &[(Lane::Proven, 1)]);
        for stranger in 100..1_000 {
            line.enter(if stranger % 2 == 0 { Lane::Few } else { Lane::Many }, stranger);
        }
        assert_eq!(line.waiting(Lane::Few) + line.waiting(Lane::Many), 6, "bounded");
        assert!(matches!(line.enter(Lane::Proven, 2), Entered::Waits(_)));
        assert_eq!([line.call(), line.call()], [Some(1), Some(2)]);
    }

    #[test]
    fn one_who_leaves_is_not_called_and_frees_the_place() {
        let mut line = line(2, &[(Lane::Proven, 1)]);
        let Entered::Waits(number) = line.enter(Lane::Proven, 2) else { panic!("a place") };
        line.leave(number);
        assert!(matches!(line.enter(Lane::Proven, 3), Entered::Waits(_)));
        assert_eq!(all(line), [1, 3]);
    }

    #[test]
    fn without_places_nobody_waits() {
        for lane in Lane::ALL {
            assert_eq!(line(0, &[]).enter(lane, 1), Entered::Full, "{lane:?}");
        }
    }
}
