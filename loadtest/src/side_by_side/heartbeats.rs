//! What showing life costs a server with an idle crowd: pings of all clients, beside clients that say
//! nothing and answer the server's.

use anyhow::Result;

use super::{Side, SideBySide};
use crate::arguments::Idle;
use crate::exit::Exit;
use crate::plan::{Plan, Scenario};
use crate::record;
use crate::run::Prelude;
use crate::units;

/// What the measured phase is called, on both sides.
const PHASE: &str = "idle";

/// Five heartbeats of 30 s, and six silences of 25 s: in both, as many whole ones as there is time for.
const SECONDS: f64 = 150.0;

const FIGURES: &[&str] = &["idle_cpu_millis_per_second", "resident_per_connection_since_warm"];

/// Measures both ways to show life.
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

/// A server that does not ping, or closes who says nothing, is not compared with anything.
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
