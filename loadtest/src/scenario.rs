//! The scenarios: each starts a server, drives a crowd, and says what came of it.

mod bench;
mod figures;
mod idle;
mod load;
mod restart;
mod storm;
mod versus;

use anyhow::Result;

use crate::arguments::Scenario;
use crate::floor::{self, Manner};

/// Runs a scenario; whether all promises held.
pub(crate) fn run(scenario: Scenario) -> Result<bool> {
    match scenario {
        Scenario::Idle(arguments) => idle::run(&arguments),
        Scenario::Steady(arguments) => {
            load::run(&arguments.common, arguments.rooms, arguments.rate, arguments.span)
        }
        Scenario::TownHall(arguments) => {
            load::run(&arguments.common, 1, arguments.rate, arguments.span)
        }
        Scenario::Storm(arguments) => storm::run(&arguments),
        Scenario::Restart(arguments) => restart::run(&arguments),
        Scenario::VersusFloor(arguments) => versus::run(&arguments),
        Scenario::Floor(arguments) => {
            let manner = Manner { joined: arguments.joined, fault: arguments.fault };
            floor::serve(arguments.listen, manner).map(|()| true)
        }
    }
}
