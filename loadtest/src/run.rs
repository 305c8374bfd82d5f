//! A run: a plan, done to a server by a crowd. The conductor (`run/conductor.rs`) goes through the
//! phases, the sampler (`run/sampler.rs`) takes a sample a second, and what came of it is a
//! `record::Run`.

mod arrival;
mod conductor;
mod doubts;
mod figures;
mod growth;
mod interrupt;
mod limits;
mod machine;
mod sampler;
mod schedule;
mod total;
mod trouble;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Result, bail};

pub(crate) use self::arrival::come_and_go;
pub(crate) use self::conductor::{Conductor, Manner};
pub(crate) use self::interrupt::Interrupt;
pub(crate) use self::limits::most_clients;
use crate::arguments::{Common, CrowdArguments};
use crate::bound::Bound;
use crate::crowd::{Crowd, Shape};
use crate::plan::Plan;
use crate::progress::Progress;
use crate::record::{Run, SCHEMA};
use crate::report;
use crate::subject::Subject;
use crate::usage::Memory;

/// What a run may take beyond what its plan says, for each phase: catching up, and coming back.
const SPARE_PER_PHASE: Duration = Duration::from_secs(120);

/// What a run may take besides: everybody's arrival, the last look at everything.
const SPARE: Duration = Duration::from_secs(300);

/// What `idle` does before everybody comes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prelude {
    /// Clients that come and go.
    pub(crate) warm_up: u32,
    /// The wait before each measurement of memory.
    pub(crate) settle: Duration,
}

/// The server's memory before anybody came, and after some came and went.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before {
    fresh: Memory,
    warm: Memory,
}

/// Runs a plan and reports; whether all promises held and all bounds were kept.
///
/// # Errors
/// When it could not be run.
pub(crate) fn run(mut plan: Plan, common: &Common, prelude: Option<Prelude>) -> Result<bool> {
    let results = &common.results;
    let mut notes = Vec::new();
    prepare(&mut plan, &common.crowd, common.subject.url.as_deref(), &mut notes)?;
    if common.subject.url.is_some() && plan.ends_server() {
        bail!(
            "a restart or a crash needs a server that the load tester started; leave --url out, \
             or the phase"
        );
    }
    results.fail_if.iter().try_for_each(|bound| bound.fits(&plan))?;
    say!("{}: {}", plan.name, plan.like);
    say!(
        "{} clients in {} rooms, {} phases in {:.0} s, seed {}",
        plan.clients,
        plan.rooms,
        plan.phases.len(),
        plan.time().as_secs_f64(),
        plan.seed
    );
    notes.iter().for_each(|note| say!("{note}"));
    let subject = Subject::new(&common.subject)?;
    let shape = shape(&plan, &common.crowd, &subject);
    let interrupt = Interrupt::listen()?;
    let manner = Manner::new(&plan, &common.crowd, Progress::new(plan.clients)).heeding(&interrupt);
    let before = prelude.and_then(|prelude| come_and_go(prelude, &shape, &subject).transpose());
    let before = before.transpose()?;
    let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut conductor = Conductor::new(Crowd::new(shape)?, subject, manner)?;
    conductor.arrive(plan.underway)?;
    for phase in &plan.phases {
        if !conductor.goes_on() {
            break;
        }
        conductor.phase(phase)?;
    }
    if let (Some(before), Some(prelude)) = (before, prelude) {
        conductor.idle_memory(before, prelude.settle)?;
    }
    let run = record(
        conductor,
        plan,
        u64::try_from(started.as_millis()).unwrap_or(0),
        &notes,
        &results.fail_if,
    )?;
    say!("{}", report::text(&run));
    report::write(&run, results.json.as_deref(), results.html.as_deref())?;
    Ok(run.good())
}

/// Gives the plan what the command line says, a seed, and no more clients than can be.
fn prepare(
    plan: &mut Plan,
    crowd: &CrowdArguments,
    url: Option<&str>,
    notes: &mut Vec<String>,
) -> Result<()> {
    let set = |value: &mut u32, given: Option<u32>| *value = given.unwrap_or(*value);
    set(&mut plan.clients, crowd.clients);
    set(&mut plan.rooms, crowd.rooms);
    set(&mut plan.rooms_per_client, crowd.rooms_per_client);
    set(&mut plan.underway, crowd.underway);
    plan.text_bytes = crowd.text_bytes.unwrap_or(plan.text_bytes);
    // Below 2^53, so that every reader of JSON reads the same number.
    let drawn = || if plan.seed == 0 { fastrand::u64(1..1 << 53) } else { plan.seed };
    plan.seed = crowd.seed.unwrap_or_else(drawn);
    let most = most_clients(url.is_none());
    if plan.clients > most {
        notes.push(format!(
            "only {most} of {} clients: each takes an open file, and `ulimit -n` allows no more; \
             raise it, for example with `ulimit -n 65536`, or LimitNOFILE of systemd",
            plan.clients
        ));
        plan.clients = most;
    }
    plan.rooms = plan.rooms.min(plan.clients.saturating_mul(plan.rooms_per_client)).max(1);
    Ok(plan.check()?)
}

/// The crowd of a plan.
pub(crate) fn shape(plan: &Plan, crowd: &CrowdArguments, subject: &Subject) -> Shape {
    let address = subject.address();
    let phases = u32::try_from(plan.phases.len()).unwrap_or(u32::MAX);
    // Twice the patience: at the end of each phase, and of the run.
    let patience = Duration::from_secs(crowd.patience_seconds);
    let spare = SPARE + (SPARE_PER_PHASE + patience).saturating_mul(phases) + patience * 2;
    // On a server that others test as well, each has its own rooms: what one sends there, another
    // would take for invented.
    let name = if subject.is_ours() {
        "load".to_owned()
    } else {
        format!("load-{:06x}", plan.seed & 0xff_ffff)
    };
    let beside = matches!(address.ip(), std::net::IpAddr::V4(ip) if ip.is_loopback());
    Shape {
        address,
        host: subject.host(),
        path: subject.path().to_owned(),
        clients: plan.clients,
        rooms: plan.rooms,
        rooms_per_client: plan.rooms_per_client,
        text_bytes: plan.text_bytes,
        nick: name.clone(),
        room: name,
        log: subject.keeps_log(),
        addresses: if beside { crowd.addresses } else { 1 },
        nap: Duration::from_micros(crowd.nap_micros),
        seed: plan.seed,
        deadline: std::time::Instant::now() + plan.time() + spare,
    }
}

fn record(
    conductor: Conductor,
    plan: Plan,
    started_ms: u64,
    notes: &[String],
    bounds: &[Bound],
) -> Result<Run> {
    let subject = conductor.subject.record();
    let again = again(plan.seed);
    let ending = conductor.end()?;
    let mut doubts = ending.doubts;
    doubts.splice(0..0, notes.iter().cloned());
    let mut run = Run {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started_ms,
        seconds: ending.seconds,
        again,
        plan,
        machine: machine::look()?,
        subject,
        phases: ending.phases,
        samples: ending.samples,
        total: ending.total,
        curve: ending.curve,
        verdict: ending.verdict,
        doubts,
        bounds: ending.checks,
    };
    let checks: Vec<_> = bounds.iter().map(|bound| bound.check(&run)).collect();
    run.bounds.extend(checks);
    Ok(run)
}

/// The command line of this run, with its seed.
fn again(seed: u64) -> String {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let seeded = given.iter().any(|word| word == "--seed" || word.starts_with("--seed="));
    let mut words = vec!["throng-loadtest".to_owned()];
    words.extend(given.iter().map(|word| quoted(word)));
    if !seeded {
        words.push(format!("--seed {seed}"));
    }
    words.join(" ")
}

/// As a shell takes it back.
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
