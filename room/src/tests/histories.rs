//! Random histories by seed: the promises hold whatever happens to a room, in any order.
//!
//! `THRONG_SEED=n cargo nextest run random_histories` runs one of them.

use throng_log::{Append, Body};
use throng_protocol::Presence;

use super::log::{epoch, person, said};
use super::world::{Ask, Client, Stands, World, text};
use crate::catch_up::Cursor;
use crate::effect::Asked;
use crate::roster::JoinId;

const HISTORIES: u64 = 5_000;
const STEPS: usize = 50;
const CLIENTS: u64 = 6;

#[test]
fn random_histories_keep_every_promise() {
    if let Some(seed) = std::env::var("THRONG_SEED").ok().and_then(|it| it.parse().ok()) {
        return history(seed);
    }
    let workers = std::thread::available_parallelism().map_or(2, usize::from) as u64;
    std::thread::scope(|scope| {
        for worker in 0..workers {
            scope.spawn(move || {
                (0..HISTORIES).filter(|it| it % workers == worker).for_each(history)
            });
        }
    });
}

/// Prints the seed of a history that failed.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the history that failed: THRONG_SEED={}", self.0);
        }
    }
}

fn history(seed: u64) {
    let _seed = Seed(seed);
    let mut world = World::new(seed);
    // Some histories have another node that writes too, and some a retention.
    let has_other_node = world.random.bool();
    let has_retention = world.random.bool();
    for _ in 0..STEPS {
        match world.random.u8(..100) {
            0..14 => join(&mut world),
            14..18 => leave(&mut world),
            18..36 => send(&mut world),
            36..44 => ask_history(&mut world),
            44..46 => ask_members(&mut world),
            46..47 => rename(&mut world),
            47..48 => remove(&mut world),
            48..49 => typing(&mut world),
            49..51 => set_presence(&mut world),
            51..55 => {
                let ms = world.random.u64(..2_500);
                world.tick(ms);
            }
            55..58 if has_other_node => other_node(&mut world),
            58..60 if has_retention => retention(&mut world),
            55..60 => repair(&mut world),
            60..72 => drop(world.log_takes_batch(true)),
            72..82 => drop(world.deliver_commit()),
            82..92 => drop(world.log_reads(true)),
            _ => drop(world.deliver_page()),
        }
        if world.random.u8(..4) > 0 {
            world.begin_commit();
        }
    }
    quiesce(&mut world, has_other_node);
}

/// Nothing new happens, the log works, and time passes: then every client has everything.
fn quiesce(world: &mut World, has_other_node: bool) {
    settle(world);
    if has_other_node {
        // The room learns what another node wrote when this one writes.
        let last = said(1, 900_000, "the last");
        world.send(last);
        settle(world);
    }
    pass_time(world);
    repair(world);
    pass_time(world);
    assert_eq!(world.head, world.log.head(), "the room's head is the log's");
    assert!(world.tickets.iter().all(|ticket| ticket.is_answered), "a command without an answer");
    world.check_view();
    for connection in 1..=CLIENTS {
        let client = |world: &World| world.clients.get(&connection).map(|it| (it.stands, it.last));
        for _ in 0..100 {
            let Some((Stands::Reading, after)) = client(world) else { break };
            let after = after.map(|after| after.min(world.head));
            world.join(connection, Cursor { epoch: Some(epoch(1)), after, limit: None });
            settle(world);
        }
        let end = client(world).filter(|(stands, _)| *stands != Stands::Out);
        assert!(end.is_none_or(|end| end == (Stands::Live, Some(world.head))), "{end:?}");
    }
}

fn pass_time(world: &mut World) {
    for _ in 0..4 {
        let Some(due) = world.state.next_tick() else { break };
        world.tick(due.saturating_sub(world.now));
        settle(world);
    }
}

/// Lets everything in flight arrive.
fn settle(world: &mut World) {
    for _ in 0..1_000 {
        world.begin_commit();
        let moved = [
            world.log_takes_batch(false),
            world.log_reads(false),
            world.deliver_commit(),
            world.deliver_page(),
        ];
        if moved == [false; 4] {
            return;
        }
    }
    panic!("reads without end");
}

fn join(world: &mut World) {
    let connection = world.random.u64(1..=CLIENTS);
    let (seq, number) = (some_seq(world), world.random.u64(1..=5));
    let random = &mut world.random;
    let fresh = Client { person: number, stands: Stands::Out, last: None, join: 0 };
    let client = world.clients.entry(connection).or_insert(fresh);
    let after = match random.u8(..10) {
        0..6 => client.last,
        6..8 => Some(seq),
        _ => None,
    };
    let number = if random.u8(..20) == 0 { 2 } else { 1 };
    let limit = if random.bool() { None } else { Some(random.u64(..9)) };
    world.join(connection, Cursor { epoch: after.map(|_| epoch(number)), after, limit });
}

fn leave(world: &mut World) {
    let connection = world.random.u64(1..=CLIENTS);
    if let Some(client) = world.clients.get_mut(&connection) {
        client.stands = Stands::Out;
        // Now and then the leave overtakes the join that it ends.
        let overtaken = world.random.u8(..4) == 0;
        if overtaken {
            world.joins += 1;
            world.clients.get_mut(&connection).expect("a client").join = world.joins;
        }
        let join = world.clients[&connection].join;
        let join_id = JoinId { connection, join };
        let ticket = world.random.bool().then(|| world.ticket(Ask::Leave));
        let effects = world.state.leave(join_id, ticket);
        world.carry_out(effects);
        if overtaken {
            world.join_of(join_id, Cursor { epoch: None, after: None, limit: None }, false);
        }
    }
}

/// Somebody is taken out: all of their sessions, also those that still wait for the answer to their join.
fn remove(world: &mut World) {
    let number = world.random.u64(1..=5);
    let removed = world.state.remove_where(|it| it == person(number));
    let mut gone: Vec<_> = removed.into_iter().map(|(join_id, ())| join_id.connection).collect();
    gone.sort_unstable();
    let mut there = Vec::new();
    for (connection, client) in &mut world.clients {
        if client.person == number && client.stands != Stands::Out {
            client.stands = Stands::Out;
            there.push(*connection);
        }
    }
    assert_eq!(gone, there);
    world.carry_out(Vec::new());
}

fn send(world: &mut World) {
    for _ in 0..world.random.usize(1..4) {
        let append = some_append(world);
        world.send(append);
    }
}

fn other_node(world: &mut World) {
    for _ in 0..world.random.usize(1..6) {
        let append = Append { admit: true, ..some_append(world) };
        world.log.append(&[append]);
    }
}

/// Few cids, so that retries, even of sends in flight, and conflicts are common.
fn some_append(world: &mut World) -> Append {
    let head = world.log.head();
    let random = &mut world.random;
    let (sender, number) = (random.u64(1..=3), random.u64(..40));
    if random.u8(..8) == 0 {
        let targets = (0..random.usize(..4)).map(|_| random.u64(..head + 2)).collect();
        let body = Body::Delete { targets };
        return Append { body, admit: random.u8(..8) > 0, ..said(sender, 100 + number, "") };
    }
    if random.u8(..5) == 0 {
        let text = "e".repeat(random.usize(1..300)).into();
        let body = Body::Edit { target: random.u64(..head + 2), text };
        let (admit, shadow) = (random.u8(..8) > 0, random.u8(..3) == 0);
        return Append { body, admit, shadow, ..said(sender, 200 + number, "") };
    }
    let length = if random.u8(..20) == 0 { 1 } else { number as usize * 7 % 500 + 1 };
    let (admit, shadow) = (random.u8(..8) > 0, random.u8(..4) == 0);
    Append { admit, shadow, ..said(sender, number, &"y".repeat(length)) }
}

fn ask_history(world: &mut World) {
    let seq = some_seq(world);
    let asked = match world.random.u8(..4) {
        0 => Asked::Latest,
        1 => Asked::Before(seq),
        2 => Asked::After(seq),
        _ => Asked::Around(seq),
    };
    let limit = if world.random.bool() { None } else { Some(world.random.u64(..9)) };
    let ticket = world.ticket(Ask::History { asked, limit, head: world.head });
    let effects = world.state.history(asked, limit, ticket);
    world.carry_out(effects);
}

fn ask_members(world: &mut World) {
    let ticket = world.ticket(Ask::Members);
    let effect = world.state.members(ticket);
    world.carry_out(vec![effect]);
}

fn rename(world: &mut World) {
    let (id, nick) = (person(world.random.u64(1..=5)), text(&mut world.random));
    world.users.get_mut(&id).expect("everybody").nick.clone_from(&nick);
    world.state.rename(id, &nick);
}

/// Somebody goes away or comes back, which each of their sessions says for itself.
fn set_presence(world: &mut World) {
    let presences = [Presence::Online, Presence::Away, Presence::Dnd];
    let (number, presence) = (world.random.u64(1..=5), presences[world.random.usize(..3)]);
    world.users.get_mut(&person(number)).expect("everybody").presence = presence;
    let own = world.clients.iter().filter(|(_, client)| client.person == number);
    for connection in own.map(|(connection, _)| *connection) {
        world.state.set_presence(connection, presence);
    }
}

fn typing(world: &mut World) {
    let is_hidden = world.random.u8(..3) == 0;
    world.state.typing(world.random.u64(1..=CLIENTS), is_hidden);
}

fn retention(world: &mut World) {
    world.log.first = world.random.u64(world.log.first..=world.head.max(world.log.first));
}

/// What a failed batch left behind comes back.
fn repair(world: &mut World) {
    let lost = std::mem::take(&mut world.lost);
    world.log.append(&lost);
}

fn some_seq(world: &mut World) -> u64 {
    match world.random.u8(..20) {
        0 => u64::MAX,
        1 => u64::MAX - 1,
        2 => 0,
        _ => world.random.u64(..world.log.head() + 4),
    }
}
