//! When clients are pinged, and when their sessions are alarmed.

use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use futures::AsyncReadExt;
use futures::executor::block_on;

use super::{Heartbeat, Patience};
use crate::delivery::peer::{Alarm, Peer};
use crate::delivery::tests::{budget, pair};
use crate::delivery::timer_wheel::LOOK_SECONDS_MAX;
use crate::wire::frame::Frame;
use throng_log::clock;

const MIB: usize = 1024 * 1024;

fn heartbeat() -> Heartbeat {
    Heartbeat::new(Patience {
        hello: Duration::from_secs(5),
        ping: Duration::from_secs(25),
        silence: Duration::from_secs(60),
        write: Duration::from_secs(20),
    })
}

fn alarm(peer: &Peer) -> Option<Alarm> {
    peer.drive(&mut Context::from_waker(Waker::noop())).expect("a whole socket").alarm
}

/// Lets the heartbeat look for this many seconds, clears each alarm like a session that finds it unfounded,
/// and returns in which seconds there was one.
fn alarms(heartbeat: &Heartbeat, peer: &Peer, seconds: u32) -> Vec<(u32, Alarm)> {
    let begin = peer.heard_at();
    let mut alarms = Vec::new();
    for second in 0..seconds {
        block_on(heartbeat.look_until(begin + second));
        if let Some(alarm) = alarm(peer) {
            alarms.push((second, alarm));
            peer.clear(alarm);
        }
    }
    alarms
}

#[test]
fn whoever_is_due_is_looked_at_again_and_again() {
    let (done, is_done) = std::sync::mpsc::sync_channel(1);
    // In another thread, so that a heartbeat that deadlocks fails the test instead of blocking it.
    std::thread::spawn(move || {
        let heartbeat = heartbeat();
        let (peer, _far) = pair(1, &budget(MIB, MIB));
        heartbeat.watch(&peer);
        let seconds = alarms(&heartbeat, &peer, 100);
        let _ = done.send(seconds.iter().map(|(second, _)| *second).collect::<Vec<_>>());
    });
    let seconds = is_done.recv_timeout(Duration::from_secs(60)).expect("the heartbeat looks");
    assert_eq!(seconds, (6..100).collect::<Vec<_>>(), "from the sixth second on, each");
}

#[test]
fn a_greeted_client_may_be_silent_for_longer() {
    let heartbeat = heartbeat();
    let (peer, _far) = pair(1, &budget(MIB, MIB));
    heartbeat.watch(&peer);
    peer.greet();
    assert_eq!(alarms(&heartbeat, &peer, 62), [(61, Alarm::Silent)]);
}

/// In which seconds a greeted client is pinged that never answers, or that answers each ping at once.
fn pings(answers: bool, seconds: u32) -> Vec<u32> {
    let heartbeat = heartbeat();
    let (peer, mut far) = pair(1, &budget(MIB, MIB));
    peer.greet();
    heartbeat.watch(&peer);
    let begin = peer.heard_at();
    let mut pinged = Vec::new();
    for second in 0..seconds {
        block_on(heartbeat.look_until(begin + second));
        if peer.is_pinged() && answers {
            pinged.push(second);
            let mut ping = [0; 2];
            block_on(far.read_exact(&mut ping)).expect("a ping");
            assert_eq!(ping, [0x89, 0]);
            peer.heard_in(begin + second);
        } else if peer.is_pinged() && pinged.is_empty() {
            pinged.push(second);
        }
    }
    drop(peer);
    let mut rest = Vec::new();
    block_on(far.read_to_end(&mut rest)).expect("the end");
    assert_eq!(rest.len(), if answers { 0 } else { 2 * pinged.len() }, "one for each silence");
    pinged
}

#[test]
fn a_silent_client_is_pinged_once_in_each_silence() {
    assert_eq!(pings(false, 60), [26], "25 s, rounded up, and not again");
    assert_eq!(pings(true, 100), [26, 52, 78]);
}

#[test]
fn a_ping_comes_in_time_when_the_hello_had_longer() {
    let heartbeat = Heartbeat::new(Patience {
        hello: Duration::from_secs(60),
        ping: Duration::from_millis(1_700),
        silence: Duration::from_secs(4),
        write: Duration::from_secs(20),
    });
    let (peer, _far) = pair(1, &budget(MIB, MIB));
    heartbeat.watch(&peer);
    peer.greet();
    let begin = peer.heard_at();
    let pinged = (0..10).find(|second| {
        block_on(heartbeat.look_until(begin + second));
        peer.is_pinged()
    });
    assert_eq!(pinged, Some(3), "1.7 s, rounded up, and before the 4 s of silence");
}

#[test]
fn nobody_is_pinged_before_hello_or_while_something_waits() {
    let heartbeat = heartbeat();
    let (peer, _far) = pair(1, &budget(MIB, MIB));
    heartbeat.watch(&peer);
    alarms(&heartbeat, &peer, 50);
    assert!(!peer.is_pinged(), "not greeted");
    peer.greet();
    peer.outbox.offer_event(&Frame::text(&"x".repeat(MIB)));
    alarms(&heartbeat, &peer, 50);
    assert!(!peer.is_pinged(), "a ping would wait behind the rest");
}

#[test]
fn a_write_without_progress_is_noticed() {
    let heartbeat = heartbeat();
    let (peer, _far) = pair(1, &budget(MIB, MIB));
    peer.greet();
    heartbeat.watch(&peer);
    peer.outbox.offer_event(&Frame::text(&"x".repeat(MIB)));
    let (first, alarm) = alarms(&heartbeat, &peer, 50)[0];
    let (heard_at, stuck_since) = (peer.heard_at(), peer.outbox.stuck_since());
    let begun = stuck_since.expect("it is stuck") - heard_at;
    assert_eq!(alarm, Alarm::Stalled);
    // A handle was inserted when nothing was stuck yet, so it is looked at within half of the 20 s.
    assert!((21..=21 + 11).contains(&(first - begun)), "{first}");
}

#[test]
fn a_late_wheel_misses_nobody() {
    let heartbeat = heartbeat();
    let outboxes: Vec<_> = (0..20).map(|id| pair(id, &budget(MIB, MIB))).collect();
    outboxes.iter().for_each(|(peer, _)| heartbeat.watch(peer));
    block_on(heartbeat.look_until(clock::now_seconds() + 10 * LOOK_SECONDS_MAX));
    assert!(outboxes.iter().all(|(peer, _)| alarm(peer) == Some(Alarm::Silent)));
}

#[test]
fn a_connection_that_is_gone_leaves_the_heartbeat() {
    let heartbeat = heartbeat();
    let (peer, far) = pair(1, &budget(MIB, MIB));
    heartbeat.watch(&peer);
    let weak = Arc::downgrade(&peer);
    drop((peer, far));
    assert!(weak.upgrade().is_none(), "the heartbeat does not keep it");
    block_on(heartbeat.look_until(clock::now_seconds() + 2 * LOOK_SECONDS_MAX));
    assert_eq!(heartbeat.wheel.lock().len(), 0);
}

#[test]
fn a_drain_calls_everybody() {
    let heartbeat = heartbeat();
    let outboxes: Vec<_> = (0..20).map(|id| pair(id, &budget(MIB, MIB))).collect();
    outboxes.iter().for_each(|(peer, _)| heartbeat.watch(peer));
    heartbeat.alarm_all(Alarm::Drain);
    assert!(outboxes.iter().all(|(peer, _)| alarm(peer) == Some(Alarm::Drain)));
}

#[test]
fn nobody_is_called_early() {
    let heartbeat = Heartbeat::new(Patience {
        hello: Duration::from_millis(1_500),
        ping: Duration::MAX,
        silence: Duration::MAX,
        write: Duration::MAX,
    });
    let (peer, _far) = pair(1, &budget(MIB, MIB));
    heartbeat.watch(&peer);
    assert_eq!(alarms(&heartbeat, &peer, 4), [(3, Alarm::Silent)], "1.5 s, rounded up");
    peer.greet();
    assert_eq!(alarms(&heartbeat, &peer, 1_000), []);
}
