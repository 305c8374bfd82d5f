//! The built-in plans, each with a sentence that says what it is like in real life.

use super::{Disturbance, Load, Phase, Plan};

/// A built-in plan, with its own parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scenario {
    /// People talk at an even rate.
    Steady,
    /// Raises the rate until the server's capacity is found.
    Ramp { factor: f64, step_seconds: f64, p99_ms: f64 },
    /// All clients in one room.
    TownHall,
    /// All clients drop and return.
    Storm { times: u32 },
    /// Clients come and go.
    Churn { per_second: f64 },
    /// Some stop reading.
    SlowReaders { share: f64, pause_seconds: f64 },
    /// Strangers flood the room in which the crowd talks.
    Flood { senders: u32, per_second: f64, text_bytes: usize },
    /// Wrong passwords from many addresses.
    Logins { strangers: u32 },
    /// The server is drained and started again.
    Restart { times: u32 },
    /// The server is killed and started again.
    Crash { times: u32 },
    /// A steady load for hours.
    Soak,
    /// As fast as the server answers.
    Saturate { outstanding: u32 },
    /// Nobody sends.
    Idle,
}

/// How long a load lasts before the measurement: buffers, caches and page tables fill.
const WARM_UP_SECONDS: f64 = 3.0;

impl Scenario {
    /// The name on the command line and in records.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Steady => "steady",
            Self::Ramp { .. } => "ramp",
            Self::TownHall => "town-hall",
            Self::Storm { .. } => "storm",
            Self::Churn { .. } => "churn",
            Self::SlowReaders { .. } => "slow-readers",
            Self::Flood { .. } => "flood",
            Self::Logins { .. } => "logins",
            Self::Restart { .. } => "restart",
            Self::Crash { .. } => "crash",
            Self::Soak => "soak",
            Self::Saturate { .. } => "saturate",
            Self::Idle => "idle",
        }
    }

    /// What it is like in real life.
    pub(crate) fn like(self) -> &'static str {
        match self {
            Self::Steady => {
                "A busy evening: many rooms, and people talk at an even pace in all of them."
            }
            Self::Ramp { .. } => {
                "A day on which more and more people speak: how much can this machine carry?"
            }
            Self::TownHall => {
                "A live event: everybody listens in one room, and a few speak now and then."
            }
            Self::Storm { .. } => {
                "A network or a proxy fails for a moment: everybody drops, and returns at once."
            }
            Self::Churn { .. } => {
                "People on trains: connections break all the time, and come back a moment later."
            }
            Self::SlowReaders { .. } => {
                "Phones asleep and bad networks: some clients stop reading while the rest talk."
            }
            Self::Flood { .. } => {
                "Somebody with a script: guests of one address fill a room in which people talk."
            }
            Self::Logins { .. } => {
                "A list of stolen passwords, tried out from many addresses while people talk."
            }
            Self::Restart { .. } => {
                "An update in the evening: the server is drained and started again under load."
            }
            Self::Crash { .. } => {
                "The power cut that nobody planned: the server is killed at random moments."
            }
            Self::Soak => {
                "An ordinary week in short: the same load for hours, and nothing may grow."
            }
            Self::Saturate { .. } => {
                "Bots without manners: every room always has sends waiting for their answer."
            }
            Self::Idle => "Night: everybody is connected, and nobody says a word.",
        }
    }

    /// The default rate, in messages per second.
    fn rate(self) -> f64 {
        match self {
            Self::Steady => 300.0,
            Self::SlowReaders { .. } => 500.0,
            Self::Ramp { .. } | Self::Soak | Self::Churn { .. } => 200.0,
            Self::TownHall => 5.0,
            // A busy room, and a rate that every limit per room allows.
            Self::Flood { .. } => 20.0,
            // 100,000 deliveries a second to the default crowd.
            Self::Logins { .. } => 1_000.0,
            Self::Storm { .. } => 100.0,
            Self::Restart { .. } | Self::Crash { .. } => 300.0,
            Self::Saturate { .. } | Self::Idle => 0.0,
        }
    }

    /// The default length of the measurement, in seconds.
    fn seconds(self) -> f64 {
        match self {
            Self::Ramp { .. } => 120.0,
            // The heartbeat is 30 s: in this time each client sends at least one.
            Self::Crash { .. } | Self::SlowReaders { .. } | Self::Idle => 60.0,
            Self::Restart { .. } => 40.0,
            // A thousand sends, so that ten lie beyond the p99.
            Self::Flood { .. } => 50.0,
            // The first hours show what grows by the hour.
            Self::Soak => 4.0 * 3600.0,
            _ => 30.0,
        }
    }

    fn disturbance(self) -> Option<Disturbance> {
        match self {
            Self::Steady | Self::TownHall | Self::Soak | Self::Saturate { .. } | Self::Idle => None,
            Self::Ramp { factor, step_seconds, p99_ms } => {
                Some(Disturbance::Ramp { factor, step_seconds, p99_ms })
            }
            Self::Storm { times } => Some(Disturbance::Storm { times }),
            Self::Churn { per_second } => Some(Disturbance::Churn { per_second }),
            Self::SlowReaders { share, pause_seconds } => {
                Some(Disturbance::SlowReaders { share, pause_seconds })
            }
            Self::Flood { senders, per_second, text_bytes } => {
                Some(Disturbance::Flood { senders, per_second, text_bytes })
            }
            Self::Logins { strangers } => Some(Disturbance::Logins { strangers }),
            Self::Restart { times } => Some(Disturbance::Restart { times }),
            Self::Crash { times } => Some(Disturbance::Crash { times }),
        }
    }

    /// The default number of rooms.
    fn rooms(self) -> u32 {
        if matches!(self, Self::TownHall | Self::Flood { .. }) { 1 } else { 100 }
    }

    /// The default number of clients.
    fn clients(self) -> u32 {
        // The most connections that a few addresses may have.
        if matches!(self, Self::Flood { .. }) { 400 } else { Plan::default().clients }
    }

    /// The default length of texts. A pause must fill more than the kernel's and the server's buffers, or no
    /// client falls behind.
    fn text_bytes(self) -> usize {
        match self {
            Self::SlowReaders { .. } => 4_000,
            _ => Plan::default().text_bytes,
        }
    }

    /// The plan for the crowd of `shape`. `rate` and `seconds` replace the defaults.
    pub(crate) fn plan(self, rate: Option<f64>, seconds: Option<f64>) -> Plan {
        let load = match self {
            Self::Saturate { outstanding } => Load::Outstanding(outstanding),
            _ => Load::Rate(rate.unwrap_or(self.rate())),
        };
        let measured = Phase {
            name: self.name().to_owned(),
            load,
            seconds: seconds.unwrap_or(self.seconds()),
            disturbance: self.disturbance(),
            warm_up: false,
        };
        let warm_up = Phase {
            name: "warm-up".to_owned(),
            seconds: WARM_UP_SECONDS.min(measured.seconds),
            disturbance: None,
            warm_up: true,
            ..measured.clone()
        };
        let silent = self == Self::Idle || load.rate() == 0.0 && load == Load::Rate(load.rate());
        Plan {
            name: self.name().to_owned(),
            like: self.like().to_owned(),
            clients: self.clients(),
            rooms: self.rooms(),
            text_bytes: self.text_bytes(),
            phases: if silent { vec![measured] } else { vec![warm_up, measured] },
            ..Plan::default()
        }
    }
}
