//! How a storm of wrong passwords affects those who chat, compared with the same load without it.

use anyhow::Result;

use super::{Side, SideBySide};
use crate::arguments::Logins;
use crate::exit::Exit;
use crate::plan::{Phase, Plan, Scenario};

/// The name of the measured phase on both sides.
const PHASE: &str = "logins";

const FIGURES: &[&str] =
    &["p50", "p99", "commit.p99", "cpu-per-delivery", "behind", "errors", "unanswered"];

/// Measures the crowd with and without the storm.
pub(crate) fn logins(of: &Logins) -> Result<Exit> {
    let scenario = Scenario::Logins { strangers: of.wrong };
    let stormy = scenario.plan(of.common.rate, of.common.seconds);
    let calm = |phase: &Phase| Phase { disturbance: None, ..phase.clone() };
    let phases = stormy.phases.iter().map(calm).collect();
    let without = Plan { phases, ..stormy.clone() };
    SideBySide {
        common: &of.common,
        rounds: of.rounds,
        sides: [
            Side { name: "without it", plan: without },
            Side { name: "with the storm", plan: stormy },
        ],
        phase: PHASE,
        figures: FIGURES,
        prelude: None,
        flaw: |_, _| None,
    }
    .run()
}
