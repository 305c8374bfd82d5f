//! A run: a crowd applies a plan to a server. The runner (`run/runner.rs`) goes through the phases, the
//! sampler (`run/sampler.rs`) takes a sample per second, and the result is a `record::Run`.

mod arrival;
mod disturbance;
mod execute;
mod figures;
mod leak_check;
mod machine;
mod open_files;
mod prepare;
mod runner;
mod sampler;
mod schedule;
mod signals;
mod total;
mod warnings;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Result, bail};

pub(crate) use self::execute::carry_out;
pub(crate) use self::open_files::fits;
pub(crate) use self::prepare::{can_be_flooded, leave_out_empty_rooms, prepare, shape};
pub(crate) use self::runner::{Ending, RunOptions};
pub(crate) use self::signals::Interrupt;
use crate::arguments::Common;
use crate::bound::Bound;
use crate::exit::Exit;
use crate::judgement;
use crate::oracle::Outcome;
use crate::plan::Plan;
use crate::progress::Progress;
use crate::record::{Run, SCHEMA};
use crate::report::{self, Outputs};
use crate::subject::Subject;
use crate::units;
use crate::usage::Memory;

/// What happens before the crowd arrives, so that one-time allocations of the server do not count as the
/// clients'.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prelude {
    /// How many clients come and go.
    pub(crate) warm_up: u32,
    /// The wait before each measurement of memory.
    pub(crate) settle: Duration,
    /// Whether memory is also measured exactly once all clients are there.
    pub(crate) is_measured: bool,
}

/// The server's memory before the first client, and after some came and went.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before {
    fresh: Memory,
    warm: Memory,
}

/// Runs a plan and reports.
///
/// # Errors
/// When it could not be run.
pub(crate) fn run(mut plan: Plan, common: &Common, prelude: Option<Prelude>) -> Result<Exit> {
    let results = &common.results;
    prepare(&mut plan, &common.crowd, common.subject.url.as_deref())?;
    let changes = results.fail_if.iter().find(|bound| bound.is_change());
    if let Some(bound) = changes {
        bail!("the bound '{bound}' is about a change: compare takes it, and a run side by side");
    }
    if common.subject.url.is_some() && plan.ends_server() {
        bail!(
            "a restart or a crash needs a server that the load tester started; leave --url out, \
             or the phase"
        );
    }
    results.fail_if.iter().try_for_each(|bound| bound.fits(&plan, true))?;
    let outputs = Outputs::open(results.json.as_deref(), results.html.as_deref())?;
    say!("{}: {}", plan.name, plan.like);
    leave_out_empty_rooms(&mut plan);
    say!(
        "{} in {}, {} in {}, seed {}",
        units::counted(plan.clients.into(), "client"),
        units::counted(plan.rooms.into(), "room"),
        units::counted(plan.phases.len() as u64, "phase"),
        units::seconds(plan.time().as_secs_f64()),
        plan.seed
    );
    let subject = Subject::new(&common.subject, plan.trusted())?;
    can_be_flooded(&plan, &subject)?;
    let seen = subject.reading().is_some();
    results.fail_if.iter().try_for_each(|bound| bound.fits(&plan, seen))?;
    if !seen && plan.phases.iter().any(leak_check::is_judged) {
        bail!(
            "a calm phase of an hour or more is judged by the server's growth, and the server is \
             out of sight; name its process with --pid, or --metrics-url"
        );
    }
    let shape = shape(&plan, &common.crowd, &subject);
    let interrupt = Interrupt::listen()?;
    let options =
        RunOptions::new(&plan, &common.crowd, Progress::new(plan.clients)).heeding(&interrupt);
    let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let ending = carry_out(&plan, shape, subject, options, prelude, |_| {})?;
    let started_ms = u64::try_from(started.as_millis()).unwrap_or(0);
    let run = record(ending, plan, started_ms, &results.fail_if)?;
    say!("{}", report::text(&run));
    outputs.write(&run)?;
    let asked = interrupt.stop_signal().filter(|_| run.verdict.outcome != Outcome::Broken);
    Ok(asked.map_or(Exit::of(run.good()), |signal| Exit::Signal(signal.exit_code())))
}

fn record(ending: Ending, plan: Plan, started_ms: u64, bounds: &[Bound]) -> Result<Run> {
    let again = again(plan.seed);
    let judgement = judgement::of(&plan, &ending.total);
    let mut run = Run {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started_ms,
        seconds: ending.seconds,
        again,
        plan,
        machine: machine::look()?,
        subject: ending.subject,
        phases: ending.phases,
        samples: ending.samples,
        total: ending.total,
        curve: ending.curve,
        verdict: ending.verdict,
        cut_short: ending.cut_short,
        judgement,
        warnings: ending.warnings,
        bounds: ending.checks,
    };
    let checks: Vec<_> = bounds.iter().map(|bound| bound.check(&run)).collect();
    run.bounds.extend(checks);
    Ok(run)
}

/// The command line of this run, with its seed.
pub(crate) fn again(seed: u64) -> String {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let seeded = given.iter().any(|word| word == "--seed" || word.starts_with("--seed="));
    let mut words = vec!["throng-loadtest".to_owned()];
    words.extend(given.iter().map(|word| quoted(word)));
    if !seeded {
        words.push(format!("--seed {seed}"));
    }
    words.join(" ")
}

/// Quoted for a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+[]".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_shell_takes_back_what_it_gave() {
        assert_eq!(quoted("--fail-if"), "--fail-if");
        assert_eq!(quoted("p99>50ms"), "'p99>50ms'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
