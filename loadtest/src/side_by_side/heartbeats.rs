//! What heartbeats of an idle crowd cost a server: clients that send pings, compared with clients that are
//! silent and answer the server's pings.

use anyhow::Result;

use super::{Side, SideBySide};
use crate::arguments::Idle;
use crate::exit::Exit;
use crate::plan::{Plan, Scenario};
use crate::record;
use crate::run::Prelude;
use crate::units;

/// The name of the measured phase on both sides.
const PHASE: &str = "idle";

/// Five heartbeats of 30 s, or six silences of 25 s: both fit a whole number of times.
const SECONDS: f64 = 150.0;

const FIGURES: &[&str] = &["idle_cpu_millis_per_second", "resident_per_connection_since_warm"];

/// Measures both kinds of heartbeat.
pub(crate) fn heartbeats(of: &Idle, prelude: Prelude) -> Result<Exit> {
    let seconds = of.common.seconds.unwrap_or(SECONDS);
    let plan = Scenario::Idle.plan(of.common.rate, Some(seconds));
    let silent = Plan { silent: true, ..plan.clone() };
    SideBySide {
        common: &of.common,
        rounds: of.rounds,
        sides: [
            Side { name: "clients ping", plan },
            Side { name: "the server pings", plan: silent },
        ],
        phase: PHASE,
        figures: FIGURES,
        prelude: Some(prelude),
        flaw,
    }
    .run()
}

/// A server that does not ping, or closes silent clients, is not compared.
fn flaw(side: usize, phase: &record::Phase) -> Option<String> {
    let count = |name: &str| phase.figures.counts.get(name).copied().unwrap_or(0);
    let closed = count("closed with 4000");
    if closed > 0 {
        return Some(format!(
            "the server closed {} for being silent",
            units::counted(closed, "client")
        ));
    }
    (side == 1 && count("pings answered") == 0)
        .then(|| "the server sent no ping: it does not ping, or the time was too short".to_owned())
}
