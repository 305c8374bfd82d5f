//! The scenarios: each starts a server, drives a crowd, and says what came of it.

mod bench;
mod idle;
mod load;
mod restart;
mod storm;
mod versus;

use anyhow::Result;

use crate::arguments::Scenario;
use crate::floor::{self, Flaw, Manner};

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
            let every = arguments.fault_every;
            let flaw = arguments.fault.map(|fault| Flaw { fault, every, count: 0 });
            let manner = Manner { joined: arguments.joined, log: arguments.log, flaw };
            floor::serve(arguments.listen, manner).map(|()| true)
        }
    }
}
