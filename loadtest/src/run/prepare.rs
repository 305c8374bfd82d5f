//! Before a run: applies the command line to a plan, checks whether the plan can be carried out here, and
//! describes its crowd.

use std::net::IpAddr;
use std::time::Duration;

use anyhow::{Result, bail};

use super::open_files::fits;
use crate::arguments::CrowdArguments;
use crate::crowd::Shape;
use crate::plan::{Plan, Trusted};
use crate::subject::Subject;
use crate::units;

/// Extra time for each phase beyond the plan: catching up, and coming back.
const SPARE_PER_PHASE: Duration = Duration::from_secs(120);

/// Extra time for the run: the arrival, and the final checks.
const SPARE: Duration = Duration::from_secs(300);

/// Applies the command line and a seed to the plan, and checks whether it can be carried out.
pub(crate) fn prepare(plan: &mut Plan, crowd: &CrowdArguments, url: Option<&str>) -> Result<()> {
    let set = |value: &mut u32, given: Option<u32>| *value = given.unwrap_or(*value);
    set(&mut plan.clients, crowd.clients);
    set(&mut plan.rooms, crowd.rooms);
    set(&mut plan.rooms_per_client, crowd.rooms_per_client);
    set(&mut plan.underway, crowd.underway);
    plan.text_bytes = crowd.text_bytes.unwrap_or(plan.text_bytes);
    // Below 2^53, so that every JSON parser reads the same number.
    let drawn = || if plan.seed == 0 { fastrand::u64(1..1 << 53) } else { plan.seed };
    plan.seed = crowd.seed.unwrap_or_else(drawn);
    fits(plan.clients, url.is_none())?;
    Ok(plan.check()?)
}

/// Leaves out rooms without clients: they would take part in nothing.
pub(crate) fn leave_out_empty_rooms(plan: &mut Plan) {
    let most = plan.clients.saturating_mul(plan.rooms_per_client);
    if plan.rooms > most {
        say!(
            "{} instead of {}: {} in {} each can't fill more",
            units::counted(most.into(), "room"),
            plan.rooms,
            units::counted(plan.clients.into(), "client"),
            units::counted(plan.rooms_per_client.into(), "room")
        );
        plan.rooms = most;
    }
}

/// Whether the crowd can choose its addresses.
fn is_beside(subject: &Subject) -> bool {
    matches!(subject.address().ip(), IpAddr::V4(ip) if ip.is_loopback())
}

/// An error if the strangers of a flood or a storm of logins and the crowd could not come from different addresses.
pub(crate) fn can_be_flooded(plan: &Plan, subject: &Subject) -> Result<()> {
    if plan.trusted() != Trusted::Everybody && !is_beside(subject) {
        bail!(
            "strangers come from other addresses than the crowd, and so they need a server on \
             127.0.0.0/8"
        );
    }
    Ok(())
}

/// The crowd of a plan.
pub(crate) fn shape(plan: &Plan, crowd: &CrowdArguments, subject: &Subject) -> Shape {
    let address = subject.address();
    let phases = u32::try_from(plan.phases.len()).unwrap_or(u32::MAX);
    // Twice the patience: at the end of each phase, and of the run.
    let patience = Duration::from_secs(crowd.patience_seconds);
    let spare = SPARE + (SPARE_PER_PHASE + patience).saturating_mul(phases) + patience * 2;
    // On a server that others test too, each run has its own rooms: it would report others' messages as
    // invented.
    let name = if subject.is_ours() {
        "load".to_owned()
    } else {
        format!("load-{:06x}", plan.seed & 0xff_ffff)
    };
    let beside = is_beside(subject);
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
        strangers: plan.trusted() == Trusted::Nobody,
        silent: plan.silent,
        addresses: if beside { crowd.addresses } else { 1 },
        first_address: plan.trusted().first_address(),
        nap: Duration::from_micros(crowd.nap_micros),
        seed: plan.seed,
        deadline: std::time::Instant::now() + plan.time() + spare,
    }
}
