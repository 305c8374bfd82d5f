//! The crowd and its oracle against correct floors, which are never accused, and against floors with every
//! fault, which always are.

mod protocol;

use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::{Crowd, Shape};
use crate::floor::{self, Fault, Flaw, Manner};
use crate::oracle::{Kind, Outcome, Verdict};

const SEEDS: u64 = 5;

/// How long a trial waits for messages that a faulty floor will never send.
const PATIENCE: Duration = Duration::from_millis(300);

const RIGHT: Manner = Manner { joined: false, log: true, flaw: None, quirk: None };

fn shape(address: SocketAddr, seed: u64) -> Shape {
    Shape {
        address,
        host: address.to_string(),
        path: "/ws".into(),
        clients: 24,
        rooms: 3,
        rooms_per_client: 1,
        text_bytes: 64,
        nick: "trial".into(),
        room: "trial".into(),
        addresses: 1,
        first_address: 1,
        nap: Duration::ZERO,
        log: true,
        strangers: false,
        silent: false,
        seed,
        deadline: Instant::now() + Duration::from_secs(60),
    }
}

/// A joined crowd at a floor.
fn crowd(manner: Manner, alter: impl FnOnce(&mut Shape), seed: u64) -> Result<Crowd> {
    let mut shape = shape(floor::serve_here(manner)?, seed);
    shape.log = manner.log;
    alter(&mut shape);
    let mut crowd = Crowd::new(shape)?;
    crowd.come(200);
    let all = crowd.size();
    assert!(crowd.turn_until(far(), |crowd| crowd.live() == all)?);
    Ok(crowd)
}

fn far() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

/// Makes this number of sends, a few per turn; `disturbance` runs before each.
fn say(crowd: &mut Crowd, count: u32, mut disturbance: impl FnMut(&mut Crowd, u32)) -> Result<()> {
    for number in 0..count {
        disturbance(crowd, number);
        crowd.speak(crowd.began().elapsed());
        crowd.turn(Instant::now() + Duration::from_micros(200))?;
    }
    Ok(())
}

fn end(crowd: &mut Crowd, patience: Duration) -> Result<(bool, Verdict)> {
    let deadline = Instant::now() + patience;
    let settled = crowd.settle(deadline)?;
    let answered = crowd.barrier(Instant::now() + patience)?;
    let read = crowd.checkpoint(Instant::now() + patience)?;
    Ok((settled && answered && read, crowd.verdict()))
}

/// Ends a trial in which everything was right.
fn acquitted(crowd: &mut Crowd, what: &str) -> Result<Verdict> {
    let (done, verdict) = end(crowd, Duration::from_secs(30))?;
    assert!(verdict.held(), "{what}: {verdict}");
    assert!(done, "{what}: {verdict}; {:?}", crowd.tally);
    assert!(verdict.acknowledged > 0 && verdict.deliveries > 0, "{what}");
    Ok(verdict)
}

#[test]
fn every_fault_is_caught_every_time() -> Result<()> {
    for (fault, log, kinds) in [
        (Fault::Drop, false, &[Kind::Skipped, Kind::Lost][..]),
        (Fault::Repeat, false, &[Kind::Repeated]),
        (Fault::Swap, false, &[Kind::Skipped, Kind::Lost]),
        (Fault::Rewrite, false, &[Kind::Differs]),
        (Fault::Forget, false, &[Kind::Differs, Kind::Lost]),
        (Fault::WrongSeq, false, &[Kind::Differs, Kind::Twice]),
        (Fault::Stray, false, &[Kind::Strayed]),
        (Fault::Again, true, &[Kind::Twice]),
        (Fault::Misfile, true, &[Kind::Differs]),
    ] {
        for seed in 0..SEEDS {
            let count = seed * 17;
            let flaw = Some(Flaw { fault, every: 150, count });
            let manner = Manner { joined: seed % 2 == 1, log, flaw, quirk: None };
            let mut crowd = crowd(manner, |_| {}, seed)?;
            say(&mut crowd, 200, |_, _| {})?;
            // A client that lost its connection comes back within half a second, and the trial waits for it.
            let patience = if log { PATIENCE * 10 } else { PATIENCE };
            let (_, verdict) = end(&mut crowd, patience)?;
            let found = verdict.examples.iter().any(|example| kinds.contains(&example.kind));
            assert!(found, "{fault:?}, seed {seed}: {verdict}");
        }
    }
    Ok(())
}

#[test]
fn rooms_that_share_an_id_are_seen_before_anything_is_said() -> Result<()> {
    let flaw = Some(Flaw { fault: Fault::OneId, every: 1, count: 0 });
    let verdict = crowd(Manner { flaw, ..RIGHT }, |_| {}, 3)?.verdict();
    assert!(verdict.examples.iter().any(|example| example.kind == Kind::Garbled), "{verdict}");
    Ok(())
}

#[test]
fn one_wrong_delivery_in_ten_thousand_is_caught() -> Result<()> {
    for fault in [Fault::Drop, Fault::Repeat, Fault::Swap, Fault::Rewrite] {
        for seed in 0..2 {
            let flaw = Some(Flaw { fault, every: 10_000, count: seed * 1_234 });
            let mut crowd = crowd(Manner { log: false, flaw, ..RIGHT }, |_| {}, seed)?;
            // 8 members get each: a little more than 10,000 deliveries.
            say(&mut crowd, 1_260, |_, _| {})?;
            let (_, verdict) = end(&mut crowd, PATIENCE)?;
            assert!((1..=10).contains(&verdict.broken), "{fault:?}, seed {seed}: {verdict}");
        }
    }
    Ok(())
}

#[test]
fn a_right_floor_is_never_accused() -> Result<()> {
    for seed in 0..SEEDS {
        for (joined, log, per_client) in [(false, false, 1), (true, true, 3), (false, true, 2)] {
            let manner = Manner { joined, log, ..RIGHT };
            let mut crowd = crowd(manner, |shape| shape.rooms_per_client = per_client, seed)?;
            say(&mut crowd, 150, |_, _| {})?;
            let verdict = acquitted(&mut crowd, &format!("seed {seed}, {manner:?}"))?;
            assert_eq!(verdict.acknowledged, 150);
            assert_eq!(verdict.deliveries, 150 * 8 * u64::from(per_client));
            assert_eq!(verdict.verified, if log { 150 } else { 0 });
            assert_eq!(crowd.oracle.remembered(), (0, 0), "all of it is freed");
        }
    }
    Ok(())
}

#[test]
fn clients_that_come_and_go_miss_nothing() -> Result<()> {
    for seed in 0..SEEDS {
        let mut crowd = crowd(RIGHT, |shape| shape.rooms_per_client = 2, seed)?;
        say(&mut crowd, 300, |crowd, number| {
            if number % 10 == 0 {
                crowd.part(2, Duration::from_millis(1)..Duration::from_millis(20));
            }
            if number % 100 == 50 {
                crowd.begin_checkpoint();
            }
        })?;
        let verdict = acquitted(&mut crowd, &format!("seed {seed}"))?;
        assert_eq!((verdict.acknowledged, verdict.verified), (300, 300));
        assert!(crowd.tally.in_pages > 0, "they came back and read: {:?}", crowd.tally);
        assert_eq!(crowd.connected(), crowd.size());
    }
    Ok(())
}

#[test]
fn all_drop_and_return_while_messages_are_due() -> Result<()> {
    for seed in 0..SEEDS {
        let mut crowd = crowd(RIGHT, |_| {}, seed)?;
        say(&mut crowd, 200, |crowd, number| {
            if number == 100 {
                crowd.vanish();
                crowd.come(8);
            }
        })?;
        acquitted(&mut crowd, &format!("seed {seed}"))?;
    }
    Ok(())
}

#[test]
fn slow_readers_have_everything_in_the_end_and_their_delay_is_their_own() -> Result<()> {
    for seed in 0..SEEDS {
        let mut crowd = crowd(RIGHT, |shape| shape.text_bytes = 4_000, seed)?;
        assert_eq!(crowd.deafen(0.25), 6);
        // About 5 MB for each of them. The floor does not queue that much, so it closes some.
        say(&mut crowd, 4_000, |_, _| {})?;
        assert!(crowd.oracle.waiting() > 0, "they did not read");
        crowd.checkpoint(far())?;
        acquitted(&mut crowd, &format!("seed {seed}"))?;
        assert!(crowd.tally.excused > 0, "{:?}", crowd.tally);
    }
    Ok(())
}

#[test]
fn what_could_not_be_seen_is_not_said_to_have_held() -> Result<()> {
    let mut crowd = crowd(RIGHT, |_| {}, 1)?;
    say(&mut crowd, 50, |_, _| {})?;
    acquitted(&mut crowd, "before")?;
    assert_eq!(crowd.verdict().outcome, Outcome::Held);
    // All clients are gone, and ten sends are due.
    crowd.vanish();
    (0..10).for_each(|_| crowd.speak(crowd.began().elapsed()));
    let (done, verdict) = end(&mut crowd, PATIENCE)?;
    assert!(!done);
    assert_eq!((verdict.outcome, verdict.broken), (Outcome::NotChecked, 0), "{verdict}");
    assert_eq!(verdict.unanswered, 10);
    let seen = verdict.to_string();
    for words in ["10 sends had no answer", "not joined at the end: 24 of 24 clients"] {
        assert!(seen.contains(words), "{words} in {seen}");
    }
    // Each of the ten is one answer and eight deliveries that took at least as long as the trial waited.
    let (latency, commit) = crowd.latencies();
    assert_eq!(commit.count(), 60);
    assert_eq!(latency.count(), 60 * 8);
    assert!(latency.percentiles().max >= PATIENCE.as_secs_f64() * 1000.0);
    Ok(())
}

#[test]
fn a_last_ping_must_be_answered_on_the_connection_that_is_there() -> Result<()> {
    let mut crowd = crowd(RIGHT, |_| {}, 1)?;
    assert!(crowd.barrier(far())?);
    crowd.part(3, Duration::from_millis(400)..Duration::from_millis(500));
    assert!(!crowd.barrier(Instant::now() + PATIENCE / 3)?, "three are away");
    assert!(crowd.barrier(far())?, "the barrier pings them when they are back");
    Ok(())
}

#[test]
fn the_closed_loop_keeps_so_many_open_and_ends() -> Result<()> {
    let mut crowd = crowd(RIGHT, |_| {}, 1)?;
    crowd.outstanding(Some(4));
    let enough = |crowd: &Crowd| crowd.tally.acknowledged >= 500;
    assert!(crowd.turn_until(far(), enough)?);
    assert_eq!(crowd.unanswered, 12, "4 in each of 3 rooms");
    crowd.part(20, Duration::ZERO..Duration::from_millis(10));
    assert!(crowd.turn_until(far(), |crowd| crowd.tally.acknowledged >= 1000)?);
    crowd.outstanding(None);
    let verdict = acquitted(&mut crowd, "closed loop")?;
    assert_eq!(verdict.acknowledged, crowd.tally.sends);
    Ok(())
}

#[test]
fn a_second_tells_what_happened_since_the_last() -> Result<()> {
    let mut crowd = crowd(RIGHT, |_| {}, 1)?;
    say(&mut crowd, 30, |_, _| {})?;
    crowd.settle(far())?;
    let second = crowd.take_second();
    assert_eq!((second.sends, second.acknowledged, second.deliveries), (30, 30, 240));
    assert!(second.latency.percentiles().max > 0.0 && second.errors.is_empty(), "{second:?}");
    let second = crowd.take_second();
    assert_eq!((second.sends, second.deliveries, second.latency.percentiles().max), (0, 0, 0.0));
    assert!(crowd.counts().contains_key("ephemeral events") == (crowd.tally.ephemeral > 0));
    Ok(())
}

#[test]
fn a_run_is_the_same_again_with_the_same_seed() -> Result<()> {
    let draws = |seed| -> Result<Vec<u64>> {
        let mut crowd = Crowd::new(shape(([127, 0, 0, 1], 1).into(), seed))?;
        Ok((0..64)
            .map(|_| {
                crowd.speak(Duration::ZERO);
                let last = crowd.oracle.send(crowd.tally.sends - 1);
                last.map_or(0, |record| u64::from(record.room))
            })
            .collect())
    };
    assert_eq!(draws(7)?, draws(7)?);
    assert_ne!(draws(7)?, draws(8)?);
    Ok(())
}

#[test]
fn a_closed_door_is_not_hammered_at() -> Result<()> {
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let mut shape = shape(address, 1);
    shape.clients = 1_000;
    let mut crowd = Crowd::new(shape)?;
    crowd.come(1_000);
    let began = Instant::now();
    crowd.turn_until(began + Duration::from_millis(600), |_| false)?;
    let knocks = crowd.tally.refused_connections;
    // The connects of the first turn come before the first refusal; after that there are 16 each 50 ms.
    let looks = u64::try_from(began.elapsed().as_millis())? / 50 + 2;
    assert!((2..=256 + 16 * looks).contains(&knocks), "{knocks} in {looks} looks");
    Ok(())
}

/// The most resident memory of a client of a large crowd in the generator: joined, under load, with what the
/// oracle remembers of it. Ten thousand then take 80 MB, next to the server's.
const CLIENT_BYTES_MAX: u64 = 8 * 1024;

#[test]
fn a_client_takes_little_memory_under_load() -> Result<()> {
    const CLIENTS: u32 = 400;
    let manner = Manner { log: false, ..RIGHT };
    // Allocations that are made once, for a crowd of any size, do not count.
    let mut few = crowd(manner, |_| {}, 1)?;
    say(&mut few, 100, |_, _| {})?;
    acquitted(&mut few, "few")?;
    let before = crate::usage::memory(std::process::id())?.resident;
    let large =
        |shape: &mut Shape| (shape.clients, shape.rooms, shape.rooms_per_client) = (CLIENTS, 20, 4);
    let mut crowd = crowd(manner, large, 1)?;
    say(&mut crowd, 500, |_, _| {})?;
    acquitted(&mut crowd, "many")?;
    let grown = crate::usage::memory(std::process::id())?.resident.saturating_sub(before);
    // The floor is in this process too, so its connections count as well.
    let each = grown / u64::from(CLIENTS);
    assert!(each <= CLIENT_BYTES_MAX, "{each} bytes of memory per client");
    Ok(())
}
