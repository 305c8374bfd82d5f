//! Carries out a plan: one server, one crowd, all phases, one ending.

use anyhow::Result;

use super::Prelude;
use super::arrival::come_and_go;
use super::runner::{Ending, RunOptions, Runner};
use crate::crowd::{Crowd, Shape};
use crate::plan::Plan;
use crate::record;
use crate::subject::Subject;

/// Carries out a plan; `on_phase` gets each phase when it is over.
///
/// # Errors
/// If not all clients could join. Later failures are in the ending.
pub(crate) fn carry_out(
    plan: &Plan,
    shape: Shape,
    subject: Subject,
    options: RunOptions,
    prelude: Option<Prelude>,
    mut on_phase: impl FnMut(&record::Phase),
) -> Result<Ending> {
    let before = match prelude {
        Some(prelude) => come_and_go(prelude, &shape, &subject)?,
        None => None,
    };
    let mut runner = Runner::new(Crowd::new(shape)?, subject, options)?;
    runner.arrive(plan.underway)?;
    for phase in &plan.phases {
        if !runner.goes_on() {
            break;
        }
        on_phase(runner.phase(phase)?);
    }
    if let Some((before, prelude)) = before.zip(prelude)
        && prelude.is_measured
    {
        runner.idle_memory(before, prelude.settle);
    }
    runner.end()
}
