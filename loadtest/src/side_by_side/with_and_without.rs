//! How a disturbance affects those who chat: a scenario compared with the same load without it.

use anyhow::Result;

use super::{Side, SideBySide};
use crate::arguments::{Common, Flood, Logins};
use crate::exit::Exit;
use crate::plan::{Phase, Plan, Scenario};

/// Measures the crowd with and without a flood, which an honest sender feels in its commits.
pub(crate) fn flood(of: &Flood) -> Result<Exit> {
    let (senders, per_second, text_bytes) = (of.senders, of.per_second, of.flood_bytes);
    let scenario = Scenario::Flood { senders, per_second, text_bytes };
    const FIGURES: &[&str] =
        &["commit.p50", "commit.p99", "commit.max", "p50", "p99", "behind", "errors", "unanswered"];
    with_and_without(&of.common, of.rounds, scenario, "with the flood", FIGURES)
}

/// Measures the crowd with and without a storm of wrong passwords, whose hashes take processor time.
pub(crate) fn logins(of: &Logins) -> Result<Exit> {
    let scenario = Scenario::Logins { strangers: of.wrong };
    const FIGURES: &[&str] =
        &["p50", "p99", "commit.p99", "cpu-per-delivery", "behind", "errors", "unanswered"];
    with_and_without(&of.common, of.rounds, scenario, "with the storm", FIGURES)
}

fn with_and_without(
    common: &Common,
    rounds: u32,
    scenario: Scenario,
    with: &'static str,
    figures: &'static [&'static str],
) -> Result<Exit> {
    let disturbed = scenario.plan(common.rate, common.seconds);
    let calm = |phase: &Phase| Phase { disturbance: None, ..phase.clone() };
    let phases = disturbed.phases.iter().map(calm).collect();
    let without = Plan { phases, ..disturbed.clone() };
    SideBySide {
        common,
        rounds,
        sides: [Side { name: "without it", plan: without }, Side { name: with, plan: disturbed }],
        phase: scenario.name(),
        figures,
        prelude: None,
        flaw: |_, _| None,
    }
    .run()
}
