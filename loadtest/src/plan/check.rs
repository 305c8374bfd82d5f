//! Checks whether a plan can be run, before anything starts. Errors say which values are allowed.

use super::{Disturbance, Load, Phase, Plan};
use crate::sends::TEXT_BYTES_MIN;
use crate::units;

/// The longest text: no server accepts more in a frame.
const TEXT_BYTES_MAX: usize = 64 * 1024;

/// The longest phase: a month, so that every run ends.
const SECONDS_MAX: f64 = 31.0 * 86_400.0;

/// Far more than one machine can send, so that a typing error fails before the run.
const RATE_MAX: f64 = 1e6;

/// The most outstanding sends of a room. More would show nothing new about a server, and cost memory here.
const OUTSTANDING_MAX: u32 = 10_000;

/// The most strangers of a flood: one address has about this number of ports.
const SENDERS_MAX: u32 = 28_000;

/// The most restarts or storms of a phase.
const TIMES_MAX: u32 = 1000;

/// A value of a plan that is not allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub(crate) struct BadPlan {
    /// The index of the phase; `None` if it is a value of the plan.
    pub(super) phase: Option<usize>,
    /// The name of the value in the file.
    pub(super) key: &'static str,
    what: String,
}

impl Plan {
    /// Checks all values.
    ///
    /// # Errors
    /// The first one that is not allowed.
    pub(crate) fn check(&self) -> Result<(), BadPlan> {
        let bad = |key, what: String| Err(BadPlan { phase: None, key, what });
        if self.clients == 0 {
            return bad("clients", "clients = 0: a crowd needs at least 1".to_owned());
        }
        if self.rooms == 0 || self.rooms_per_client == 0 {
            let key = if self.rooms == 0 { "rooms" } else { "rooms_per_client" };
            return bad(key, format!("{key} = 0: it must be at least 1"));
        }
        if self.rooms_per_client > self.rooms {
            let (each, rooms) = (self.rooms_per_client, self.rooms);
            let rooms = units::counted(rooms.into(), "room");
            let what = format!("rooms_per_client = {each}: the plan has only {rooms}");
            return bad("rooms_per_client", what);
        }
        if !(TEXT_BYTES_MIN..=TEXT_BYTES_MAX).contains(&self.text_bytes) {
            let what = format!(
                "text_bytes = {}: it must be from {TEXT_BYTES_MIN} (a text carries its number and \
                 its time) to {TEXT_BYTES_MAX}",
                self.text_bytes
            );
            return bad("text_bytes", what);
        }
        if self.underway == 0 {
            return bad("underway", "underway = 0: nobody could ever connect".to_owned());
        }
        if self.phases.is_empty() {
            return bad("phase", "there is no [[phase]]: nothing would happen".to_owned());
        }
        let mut phases = self.phases.iter().enumerate();
        phases.try_for_each(|(place, phase)| {
            phase.check().map_err(|(key, what)| BadPlan { phase: Some(place), key, what })
        })
    }

    /// Whether a phase ends or kills the server.
    pub(crate) fn ends_server(&self) -> bool {
        let ends = |disturbance| {
            matches!(disturbance, Disturbance::Restart { .. } | Disturbance::Crash { .. })
        };
        self.phases.iter().filter_map(|phase| phase.disturbance).any(ends)
    }
}

type Bad = (&'static str, String);

impl Phase {
    fn check(&self) -> Result<(), Bad> {
        between("seconds", self.seconds, 0.1, SECONDS_MAX)?;
        match self.load {
            Load::Rate(rate) => between("rate", rate, 0.0, RATE_MAX)?,
            Load::Outstanding(count) if (1..=OUTSTANDING_MAX).contains(&count) => {}
            Load::Outstanding(count) => {
                let what = format!("outstanding = {count}: it must be from 1 to {OUTSTANDING_MAX}");
                return Err(("outstanding", what));
            }
        }
        self.disturbance.map_or(Ok(()), |disturbance| disturbance.check(self))
    }
}

impl Disturbance {
    fn check(self, phase: &Phase) -> Result<(), Bad> {
        match self {
            Self::Ramp { factor, step_seconds, p99_ms } => {
                if phase.load.rate() <= 0.0 {
                    let what = "a ramp grows a rate: give the phase load = { rate = … } above 0";
                    return Err(("load", what.to_owned()));
                }
                between("factor", factor, 1.01, 10.0)?;
                between("step_seconds", step_seconds, 1.0, phase.seconds)?;
                between("p99_ms", p99_ms, 0.1, 120_000.0)
            }
            Self::Flood { senders, per_second, text_bytes } => {
                between("senders", f64::from(senders), 1.0, f64::from(SENDERS_MAX))?;
                between("per_second", per_second, 0.01, 1000.0)?;
                if (TEXT_BYTES_MIN..=TEXT_BYTES_MAX).contains(&text_bytes) {
                    return Ok(());
                }
                let what = format!("it must be from {TEXT_BYTES_MIN} to {TEXT_BYTES_MAX}");
                Err(("text_bytes", format!("text_bytes = {text_bytes}: {what}")))
            }
            Self::Logins { strangers } => {
                between("strangers", f64::from(strangers), 1.0, f64::from(SENDERS_MAX))
            }
            Self::Churn { per_second } => between("per_second", per_second, 0.01, 10_000.0),
            Self::SlowReaders { share, pause_seconds } => {
                between("share", share, 0.0001, 1.0)?;
                between("pause_seconds", pause_seconds, 0.1, phase.seconds)
            }
            Self::Storm { times } | Self::Restart { times } | Self::Crash { times } => {
                if (1..=TIMES_MAX).contains(&times) {
                    Ok(())
                } else {
                    Err(("times", format!("times = {times}: it must be from 1 to {TIMES_MAX}")))
                }
            }
        }
    }
}

/// Also an error for NaN.
fn between(key: &'static str, value: f64, least: f64, most: f64) -> Result<(), Bad> {
    if value >= least && value <= most {
        Ok(())
    } else {
        Err((key, format!("{key} = {value}: it must be from {least} to {most}")))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Disturbance, Load, Phase, Plan, Scenario};

    fn with(phase: Phase) -> Result<(), String> {
        let plan = Plan { phases: vec![phase], ..Plan::default() };
        plan.check().map_err(|bad| bad.to_string())
    }

    #[test]
    fn what_is_not_allowed_is_refused_and_named() {
        let words = |phase| with(phase).expect_err("not allowed");
        let silent = Phase { seconds: f64::NAN, ..Phase::default() };
        assert!(words(silent).starts_with("seconds = NaN"));
        let ramp = Disturbance::Ramp { factor: 1.5, step_seconds: 5.0, p99_ms: 100.0 };
        let ramp = Phase { disturbance: Some(ramp), ..Phase::default() };
        assert!(words(ramp).contains("a ramp grows a rate"));
        let none = Phase { disturbance: Some(Disturbance::Crash { times: 0 }), ..Phase::default() };
        assert!(words(none).contains("from 1 to"));
        let closed = Phase { load: Load::Outstanding(0), ..Phase::default() };
        assert!(words(closed).starts_with("outstanding = 0"));
        assert!(Plan::default().check().expect_err("no phase").to_string().contains("[[phase]]"));
    }

    #[test]
    fn every_scenario_passes_its_own_check() {
        let all = [
            Scenario::Steady,
            Scenario::Ramp { factor: 1.3, step_seconds: 8.0, p99_ms: 500.0 },
            Scenario::TownHall,
            Scenario::Storm { times: 3 },
            Scenario::Churn { per_second: 100.0 },
            Scenario::SlowReaders { share: 0.02, pause_seconds: 5.0 },
            Scenario::Flood { senders: 250, per_second: 5.0, text_bytes: 4000 },
            Scenario::Logins { strangers: 500 },
            Scenario::Restart { times: 2 },
            Scenario::Crash { times: 4 },
            Scenario::Soak,
            Scenario::Saturate { outstanding: 4 },
            Scenario::Idle,
        ];
        for scenario in all {
            let plan = scenario.plan(None, None);
            assert_eq!(plan.check(), Ok(()), "{scenario:?}");
            assert!(plan.like.ends_with(['.', '?']), "{scenario:?} says what it is like");
        }
    }
}
