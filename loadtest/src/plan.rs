//! What a run does: a crowd, and phases one after another. The scenarios are built-in plans
//! (`plan/scenarios.rs`); a TOML file (`plan/toml.rs`) is a custom one. Both are checked (`plan/check.rs`)
//! before anything starts.

mod check;
mod scenarios;
mod toml;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(crate) use self::check::BadPlan;
pub(crate) use self::scenarios::Scenario;
pub(crate) use self::toml::read;

/// A planned run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Plan {
    /// The name of the scenario or of the file.
    pub(crate) name: String,
    /// What the plan is like in real life, as a sentence.
    pub(crate) like: String,
    pub(crate) clients: u32,
    pub(crate) rooms: u32,
    /// How many of the rooms each client is a member of.
    pub(crate) rooms_per_client: u32,
    /// The length of a text.
    pub(crate) text_bytes: usize,
    /// The most clients that may be connecting at a time.
    pub(crate) underway: u32,
    /// Clients send no `ping`, and only answer the server's.
    pub(crate) silent: bool,
    /// The seed of all random choices.
    pub(crate) seed: u64,
    #[serde(rename = "phase")]
    pub(crate) phases: Vec<Phase>,
}

/// A load, and at most one disturbance while it lasts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Phase {
    pub(crate) name: String,
    pub(crate) load: Load,
    pub(crate) seconds: f64,
    pub(crate) disturbance: Option<Disturbance>,
    /// A warm-up is checked like every phase, and left out of the figures of the whole run.
    pub(crate) warm_up: bool,
}

/// Who sends, and when.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Load {
    /// An open loop: messages per second over all rooms, due whether or not the server keeps up. 0 means
    /// silence.
    Rate(f64),
    /// A closed loop: each room keeps this number of sends outstanding.
    Outstanding(u32),
}

/// Which addresses a server exempts from the limits per address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trusted {
    /// None: a flood must meet the default limits.
    Nobody,
    /// Those of the crowd, and not those of strangers who try passwords.
    Crowd,
    /// All of this machine. A crowd needs that, since it comes from only a few addresses.
    Everybody,
}

/// What goes wrong, or what people do.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Disturbance {
    /// The rate grows by `factor` every `step_seconds` until p99 passes `p99_ms`, something is refused, or
    /// the phase's time is over.
    Ramp { factor: f64, step_seconds: f64, p99_ms: f64 },
    /// All clients drop and return at once, this number of times over the phase.
    Storm { times: u32 },
    /// This number of clients per second leave; each comes back after a while.
    Churn { per_second: f64 },
    /// This share of the clients stops reading for `pause_seconds` at a time.
    SlowReaders { share: f64, pause_seconds: f64 },
    /// Strangers from another address send texts to the first room, each at this rate.
    Flood { senders: u32, per_second: f64, text_bytes: usize },
    /// Strangers from addresses of 127.1.0.0/16 and above bring one wrong password a second each.
    Logins { strangers: u32 },
    /// The server is drained with SIGTERM and started again, this number of times over the phase.
    Restart { times: u32 },
    /// The server is killed with SIGKILL at random moments, this number of times over the phase.
    Crash { times: u32 },
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            name: String::new(),
            like: String::new(),
            clients: 10_000,
            rooms: 100,
            rooms_per_client: 1,
            text_bytes: 128,
            underway: 200,
            silent: false,
            seed: 0,
            phases: Vec::new(),
        }
    }
}

impl Default for Phase {
    fn default() -> Self {
        Self {
            name: String::new(),
            load: Load::Rate(0.0),
            seconds: 10.0,
            disturbance: None,
            warm_up: false,
        }
    }
}

impl Plan {
    /// The length of all phases together, unless something holds them up.
    pub(crate) fn time(&self) -> Duration {
        self.phases.iter().map(Phase::time).sum()
    }
}

impl Plan {
    /// Whether anybody sends anything.
    pub(crate) fn speaks(&self) -> bool {
        self.phases.iter().any(|phase| phase.load != Load::Rate(0.0))
    }

    /// Which addresses a server must exempt, so that the plan measures what it says.
    pub(crate) fn trusted(&self) -> Trusted {
        let disturbances = self.phases.iter().filter_map(|phase| phase.disturbance);
        disturbances.map(Disturbance::trusted).min().unwrap_or(Trusted::Everybody)
    }
}

impl Trusted {
    /// As the server takes them.
    pub(crate) fn networks(self) -> Option<&'static str> {
        match self {
            Self::Nobody => None,
            Self::Crowd => Some("127.0.0.0/16"),
            Self::Everybody => Some("127.0.0.0/8,::1/128"),
        }
    }

    /// The last part of the crowd's first address: the strangers of a flood come from 127.0.0.1.
    pub(crate) fn first_address(self) -> u8 {
        if self == Self::Nobody { 2 } else { 1 }
    }
}

impl Disturbance {
    fn trusted(self) -> Trusted {
        match self {
            Self::Flood { .. } => Trusted::Nobody,
            Self::Logins { .. } => Trusted::Crowd,
            _ => Trusted::Everybody,
        }
    }
}

impl Phase {
    /// The length of the phase, unless something holds it up. A checked plan has a valid time here.
    pub(crate) fn time(&self) -> Duration {
        Duration::try_from_secs_f64(self.seconds).unwrap_or_default()
    }
}

impl Load {
    /// Messages per second, if the rate is fixed.
    pub(crate) fn rate(self) -> f64 {
        match self {
            Self::Rate(rate) => rate,
            Self::Outstanding(_) => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Disturbance, Phase, Plan, Trusted};

    #[test]
    fn of_several_disturbances_the_one_that_needs_the_least_trust_decides() {
        let flood = Disturbance::Flood { senders: 1, per_second: 1.0, text_bytes: 32 };
        let (logins, storm) =
            (Disturbance::Logins { strangers: 1 }, Disturbance::Storm { times: 1 });
        let trusted = |disturbances: &[Disturbance]| {
            let phase = |of: &Disturbance| Phase { disturbance: Some(*of), ..Phase::default() };
            let phases = disturbances.iter().map(phase).collect();
            Plan { phases, ..Plan::default() }.trusted()
        };
        assert_eq!(trusted(&[]), Trusted::Everybody);
        assert_eq!(trusted(&[storm]), Trusted::Everybody);
        assert_eq!(trusted(&[storm, logins]), Trusted::Crowd);
        assert_eq!(trusted(&[logins, flood, storm]), Trusted::Nobody);
    }
}
