//! A watch over the wall clock, which can be wrong.
//!
//! Everything that must not depend on the wall clock uses the log's own time ([`LogClock`]).

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use throng_log::LogClock;
use throng_log::clock::{BEHIND_MAX_MS, now_ms, unix_ms};

/// How much the wall clock may gain or lose against the monotonic one between two looks, in
/// milliseconds: NTP slews by far less, and steps smaller than this do little harm.
const STEP_MAX_MS: u64 = 60_000;

/// Looks at the clocks once a second, and logs when the wall clock cannot be right.
pub(crate) struct Watch {
    last: Option<Reading>,
    is_behind: bool,
}

/// A reading of all clocks at one moment, in milliseconds.
#[derive(Clone, Copy, Debug)]
struct Reading {
    wall: u64,
    /// The monotonic clock, which stands still while the machine sleeps.
    awake: u64,
    /// The monotonic clock that runs on while the machine sleeps.
    running: u64,
    /// The latest time that the log has seen.
    log: u64,
}

/// Why the wall clock may be wrong. Times are in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doubt {
    Behind(u64),
    SetForward(u64),
    SetBack(u64),
    Slept(u64),
}

impl Watch {
    pub(crate) fn new() -> Self {
        Self { last: None, is_behind: false }
    }

    /// Looks at the clocks once.
    pub(crate) fn look(&mut self, log: &LogClock) {
        for doubt in self.judge(read(log)) {
            tell(doubt);
        }
    }

    fn judge(&mut self, now: Reading) -> impl Iterator<Item = Doubt> {
        let step = self.last.replace(now).and_then(|last| step(last, now));
        let behind = now.log.saturating_sub(now.wall);
        let was_behind = std::mem::replace(&mut self.is_behind, behind > BEHIND_MAX_MS);
        // One line for each time that it falls behind, not one a second.
        let behind = (self.is_behind && !was_behind).then_some(Doubt::Behind(behind));
        step.into_iter().chain(behind)
    }
}

fn read(log: &LogClock) -> Reading {
    let since_boot = clock_gettime(ClockId::Boottime);
    let running = u64::try_from(since_boot.tv_sec).unwrap_or(0) * 1_000
        + u64::try_from(since_boot.tv_nsec / 1_000_000).unwrap_or(0);
    Reading { wall: unix_ms(), awake: now_ms(), running, log: log.now_ms().max(log.newest_ms()) }
}

/// What the wall clock did and the monotonic ones did not.
fn step(last: Reading, now: Reading) -> Option<Doubt> {
    let gained = |than: fn(Reading) -> u64| {
        let wall = i128::from(now.wall) - i128::from(last.wall);
        wall - (i128::from(than(now)) - i128::from(than(last)))
    };
    let size = |gain: i128| u64::try_from(gain.unsigned_abs()).unwrap_or(u64::MAX);
    let (awake, running) = (gained(|it| it.awake), gained(|it| it.running));
    if size(awake) <= STEP_MAX_MS {
        None
    } else if size(running) <= STEP_MAX_MS {
        Some(Doubt::Slept(size(awake)))
    } else if running > 0 {
        Some(Doubt::SetForward(size(running)))
    } else {
        Some(Doubt::SetBack(size(running)))
    }
}

fn tell(doubt: Doubt) {
    let task = "heartbeat";
    let by = |ms| in_words(Duration::from_millis(ms));
    match doubt {
        Doubt::Behind(ms) => tracing::warn!(
            task,
            "the clock of this machine is {} behind what the log has seen: it is wrong now, or was \
             ahead then; new messages get the times that it says",
            by(ms)
        ),
        Doubt::SetForward(ms) => tracing::warn!(
            task,
            "the clock of this machine was set forward by {}, or the machine was paused",
            by(ms)
        ),
        Doubt::SetBack(ms) => {
            tracing::warn!(task, "the clock of this machine was set back by {}", by(ms));
        }
        Doubt::Slept(ms) => tracing::warn!(task, "this machine slept for {}", by(ms)),
    }
}

/// A time in words, in its two largest units.
fn in_words(time: Duration) -> String {
    let seconds = time.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes} min {} s", seconds % 60),
        (0, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Doubt, Reading, Watch, in_words};

    const DAY: u64 = 24 * 3_600_000;
    const START: Reading =
        Reading { wall: 20_000 * DAY, awake: 5_000, running: 9_000, log: 19_999 * DAY };

    /// The doubts about these readings, in order.
    fn doubts(readings: &[Reading]) -> Vec<Doubt> {
        let mut watch = Watch::new();
        readings.iter().flat_map(|reading| watch.judge(*reading).collect::<Vec<_>>()).collect()
    }

    /// A second later.
    fn later(reading: Reading) -> Reading {
        let Reading { wall, awake, running, log } = reading;
        Reading { wall: wall + 1_000, awake: awake + 1_000, running: running + 1_000, log }
    }

    #[test]
    fn a_clock_that_goes_on_as_it_should_is_not_doubted() {
        let late = Reading { awake: 65_000, running: 69_000, wall: START.wall + 60_000, ..START };
        let slewed = Reading { wall: late.wall + 1_500, ..later(late) };
        assert_eq!(doubts(&[START, later(START), late, slewed]), []);
    }

    #[test]
    fn a_step_is_reported_once_and_in_its_direction() {
        let ahead = Reading { wall: START.wall + 100 * DAY, ..later(START) };
        assert_eq!(doubts(&[START, ahead, later(ahead)]), [Doubt::SetForward(100 * DAY - 1_000)]);
        let back = Reading { wall: START.wall - DAY / 2, ..later(START) };
        assert_eq!(doubts(&[START, back, later(back)]), [Doubt::SetBack(DAY / 2 + 1_000)]);
    }

    #[test]
    fn a_sleep_is_no_step() {
        let awake = later(START);
        let slept =
            Reading { wall: awake.wall + 3_600_000, running: awake.running + 3_600_000, ..awake };
        assert_eq!(doubts(&[START, slept]), [Doubt::Slept(3_600_000)]);
    }

    #[test]
    fn a_clock_behind_the_log_is_reported_at_the_start_and_once() {
        let year = 365 * DAY;
        let behind = Reading { log: START.wall + year, ..START };
        assert_eq!(doubts(&[behind, later(behind), later(later(behind))]), [Doubt::Behind(year)]);
        let in_1970 = Reading { wall: 0, ..START };
        assert_eq!(doubts(&[in_1970]), [Doubt::Behind(START.log)]);
        let little = Reading { log: START.wall + 4 * 60_000, ..START };
        assert_eq!(doubts(&[little]), []);
        assert_eq!(doubts(&[behind, START, behind]).len(), 2, "again when it falls behind again");
    }

    #[test]
    fn times_are_said_in_two_units() {
        let said = |seconds| in_words(Duration::from_secs(seconds));
        assert_eq!((said(61).as_str(), said(7_260).as_str()), ("1 min 1 s", "2 h 1 min"));
        assert_eq!(said(100 * 86_400 + 3_600), "100 d 1 h");
    }
}
