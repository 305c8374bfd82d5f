//! How a flood affects an honest sender, compared with the same load without it.

use anyhow::Result;

use super::{Side, SideBySide};
use crate::arguments::Flood;
use crate::exit::Exit;
use crate::plan::{Phase, Plan, Scenario};

/// The name of the measured phase on both sides.
const PHASE: &str = "flood";

const FIGURES: &[&str] =
    &["commit.p50", "commit.p99", "commit.max", "p50", "p99", "behind", "errors", "unanswered"];

/// Measures the crowd with and without the flood.
pub(crate) fn flood(of: &Flood) -> Result<Exit> {
    let (senders, per_second, text_bytes) = (of.senders, of.per_second, of.flood_bytes);
    let scenario = Scenario::Flood { senders, per_second, text_bytes };
    let flooded = scenario.plan(of.common.rate, of.common.seconds);
    let calm = |phase: &Phase| Phase { disturbance: None, ..phase.clone() };
    let phases = flooded.phases.iter().map(calm).collect();
    let without = Plan { phases, ..flooded.clone() };
    SideBySide {
        common: &of.common,
        rounds: of.rounds,
        sides: [
            Side { name: "without it", plan: without },
            Side { name: "with the flood", plan: flooded },
        ],
        phase: PHASE,
        figures: FIGURES,
        prelude: None,
        flaw: |_, _| None,
    }
    .run()
}
