//! Outboxes over real loopback sockets, each with a near and a far end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use async_std::io::ReadExt;
use async_std::net::TcpStream;
use futures::executor::block_on;
use futures::future::{Either, FutureExt, poll_fn, select};
use futures::task::{ArcWake, waker};
use throng_protocol::ErrorCode;
use throng_protocol::Refusal;

use crate::base::metrics::Metrics;
use crate::delivery::budget::Budget;
use crate::delivery::outbox::Offered;
use crate::delivery::peer::{Alarm, Driven, Peer};
use crate::wire::answer::Answer;
use crate::wire::frame::Frame;

/// More than the kernel's buffers hold for a far end that reads nothing.
const LARGE: usize = 1024 * 1024;

pub(crate) fn budget(event_bytes_max: usize, total_bytes_max: usize) -> Arc<Budget> {
    Arc::new(Budget::new(event_bytes_max, 1_000, total_bytes_max, Metrics::new()))
}

/// A peer and the other end of its socket. Their buffers are as small as the system allows.
pub(crate) fn pair(id: u64, budget: &Arc<Budget>) -> (Arc<Peer>, TcpStream) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let far = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
    let far = far.expect("a socket");
    far.set_recv_buffer_size(1).expect("a buffer size");
    far.connect(&listener.local_addr().expect("an address").into()).expect("a connection");
    let (socket, _) = listener.accept().expect("a connection");
    socket2::SockRef::from(&socket).set_send_buffer_size(1).expect("a buffer size");
    let near = Peer::new(id, TcpStream::from(socket), Arc::clone(budget));
    (near, std::net::TcpStream::from(far).into())
}

/// Reads at the far end while the near end is driven, as the session's task does.
fn read(near: &Peer, far: &mut TcpStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    let reading = far.read_exact(&mut bytes);
    let driving = poll_fn(|cx| match near.drive(cx) {
        Ok(_) => Poll::<()>::Pending,
        Err(error) => panic!("{error}"),
    });
    match block_on(select(reading, driving)) {
        Either::Left((read, _)) => read.expect("all bytes"),
        Either::Right(_) => unreachable!("driving never ends"),
    }
    bytes
}

fn event(fill: char, bytes: usize) -> Frame {
    Frame::text(&fill.to_string().repeat(bytes))
}

/// A peer with a half-written frame.
fn stalled(budget: &Arc<Budget>) -> (Arc<Peer>, TcpStream, Frame) {
    let (near, far) = pair(1, budget);
    let large = event('l', LARGE);
    assert_eq!(near.outbox.offer_event(&large), Offered::Taken);
    assert!(near.outbox.head_sent() > 0, "a part of it is written");
    (near, far, large)
}

fn joined(frames: &[&Frame]) -> Vec<u8> {
    frames.iter().flat_map(|frame| frame.as_bytes()).copied().collect()
}

fn driven(near: &Peer) -> Driven {
    near.drive(&mut Context::from_waker(Waker::noop())).expect("a whole socket")
}

fn waiting(budget: &Budget) -> usize {
    budget.waiting_bytes()
}

#[test]
fn order_is_kept_over_partial_writes_and_the_budget_returns_to_zero() {
    let budget = budget(usize::MAX / 2, usize::MAX / 2);
    let (near, mut far) = pair(1, &budget);
    let mut random = fastrand::Rng::with_seed(1);
    let frames: Vec<_> =
        ('a'..='z').cycle().take(200).map(|fill| event(fill, random.usize(1..20_000))).collect();
    for frame in &frames {
        assert_eq!(near.outbox.offer_event(frame), Offered::Taken);
    }
    assert!(waiting(&budget) > 0, "the socket did not take all at once");
    let expected = joined(&frames.iter().collect::<Vec<_>>());
    assert_eq!(read(&near, &mut far, expected.len()), expected);
    assert!(driven(&near).is_empty);
    assert_eq!(waiting(&budget), 0);
    assert_eq!(near.outbox.counts(), (0, 0, 0));
}

#[test]
fn ephemeral_events_are_dropped_as_soon_as_something_waits() {
    let budget = budget(2 * LARGE, 2 * LARGE);
    let (near, mut far) = pair(1, &budget);
    let typing = event('t', 10);
    assert_eq!(near.outbox.offer_ephemeral(&typing), Offered::Taken);
    let large = event('l', LARGE);
    assert_eq!(near.outbox.offer_event(&large), Offered::Taken);
    assert_eq!(near.outbox.offer_ephemeral(&event('d', 10)), Offered::Full);
    let after = event('a', 10);
    assert_eq!(near.outbox.offer_event(&after), Offered::Taken);
    let expected = joined(&[&typing, &large, &after]);
    assert_eq!(read(&near, &mut far, expected.len()), expected);
}

#[test]
fn events_over_the_limit_of_one_connection_are_refused() {
    let budget = budget(LARGE + 1_000, 10 * LARGE);
    let (near, mut far, large) = stalled(&budget);
    let small = event('s', 400);
    assert_eq!(near.outbox.offer_event(&small), Offered::Taken);
    assert_eq!(near.outbox.offer_event(&small), Offered::Taken);
    assert_eq!(near.outbox.offer_event(&small), Offered::Full);
    let expected = joined(&[&large, &small, &small]);
    assert_eq!(read(&near, &mut far, expected.len()), expected);
    assert_eq!(near.outbox.offer_event(&small), Offered::Taken, "there is room again");
}

#[test]
fn stalled_peers_together_stay_within_the_total() {
    let total = 4 * LARGE;
    let budget = budget(LARGE * 2, total);
    let pairs: Vec<_> = (0..8).map(|id| pair(id, &budget)).collect();
    let frame = event('e', 64 * 1024);
    let mut refused = 0;
    for _ in 0..40 {
        for (near, _) in &pairs {
            refused += usize::from(near.outbox.offer_event(&frame) == Offered::Full);
        }
    }
    assert!(refused > 0);
    // Each empty outbox accepts one frame, whatever the others hold.
    assert!(waiting(&budget) <= total + pairs.len() * frame.len());
    drop(pairs);
    assert_eq!(waiting(&budget), 0, "what is dropped is given back");
}

#[test]
fn a_pong_replaces_an_older_one_that_still_waits() {
    let budget = budget(2 * LARGE, 2 * LARGE);
    let (near, mut far, large) = stalled(&budget);
    let before = waiting(&budget);
    for number in 0..1_000 {
        near.outbox.control(Frame::raw(&[0x8a, 2, (number / 256) as u8, (number % 256) as u8]));
    }
    assert_eq!(waiting(&budget), before + 4);
    let after = event('a', 10);
    near.outbox.offer_event(&after);
    let expected = joined(&[&large, &Frame::raw(&[0x8a, 2, 3, 231]), &after]);
    assert_eq!(read(&near, &mut far, expected.len()), expected);
    assert_eq!(waiting(&budget), 0);
}

#[test]
fn the_last_words_drop_whole_events_and_nothing_comes_after_them() {
    let budget = budget(2 * LARGE, 2 * LARGE);
    let (near, mut far, large) = stalled(&budget);
    let dropped = event('d', 100);
    near.outbox.offer_event(&dropped);
    block_on(near.ticket(Some(7), 100)).answer(&Answer::Done);
    near.outbox.offer_event(&dropped);
    let last = event('z', 20);
    near.outbox.finish(&last);
    near.outbox.finish(&event('y', 20));
    assert_eq!(near.outbox.offer_event(&dropped), Offered::Closed);
    assert_eq!(near.outbox.offer_ephemeral(&dropped), Offered::Closed);
    assert_eq!(near.outbox.offer_behind(&dropped), Offered::Closed);
    near.outbox.control(dropped.clone());
    block_on(near.ticket(Some(8), 100)).answer(&Answer::Done);
    let answer = Frame::text(r#"{"type":"ok","id":7}"#);
    let expected = joined(&[&large, &answer, &last]);
    assert_eq!(read(&near, &mut far, expected.len()), expected);
    assert!(driven(&near).is_empty);
    assert_eq!(waiting(&budget), 0);
    drop(near);
    let end = block_on(far.read(&mut [0; 1])).expect("an orderly end");
    assert_eq!(end, 0, "nothing comes after the last words");
}

#[test]
fn a_behind_fits_where_events_do_not() {
    let budget = budget(LARGE, LARGE);
    let (near, _peer, _) = stalled(&budget);
    assert_eq!(near.outbox.offer_event(&event('e', 10)), Offered::Full);
    assert_eq!(near.outbox.offer_behind(&event('b', 10)), Offered::Taken);
}

#[test]
fn a_broken_socket_closes_the_outbox() {
    let budget = budget(LARGE, LARGE);
    let (near, far, _) = stalled(&budget);
    // Closed with unread bytes: the system resets the connection.
    drop(far);
    let broke = (0..1_000).any(|_| near.drive(&mut Context::from_waker(Waker::noop())).is_err());
    assert!(broke);
}

#[test]
fn answers_reserve_their_room_and_release_it() {
    let budget = budget(LARGE, LARGE);
    let (near, mut far) = pair(1, &budget);
    let first = block_on(near.ticket(Some(1), 600));
    assert!(near.ticket(Some(2), 600).now_or_never().is_none(), "1,200 bytes of 1,000");
    let wakes = Arc::new(Wakes::default());
    let called = waker(Arc::clone(&wakes));
    near.drive(&mut Context::from_waker(&called)).expect("a whole socket");
    first.answer(&Answer::Done);
    assert_eq!(wakes.0.load(Ordering::Relaxed), 1, "the task that waits for room is woken");
    let second = near.ticket(Some(2), 600).now_or_never().expect("there is room again");
    second.answer(&Refusal::new(ErrorCode::BadRoom, "no").into());
    let expected = joined(&[
        &Frame::text(r#"{"type":"ok","id":1}"#),
        &Frame::text(r#"{"type":"error","id":2,"code":"bad_room","message":"no"}"#),
    ]);
    assert_eq!(read(&near, &mut far, expected.len()), expected);
    assert_eq!(near.outbox.counts(), (0, 0, 0));
}

#[test]
fn answers_that_are_not_read_hold_back_further_commands() {
    let budget = budget(LARGE, LARGE);
    let (near, mut far, large) = stalled(&budget);
    let text = "x".repeat(900);
    block_on(near.ticket(Some(1), 900)).answer(&Refusal::new(ErrorCode::BadRoom, text).into());
    assert!(near.ticket(Some(2), 100).now_or_never().is_none());
    read(&near, &mut far, large.len() + 900);
    assert!(driven(&near).is_empty);
    assert!(near.ticket(Some(2), 100).now_or_never().is_some());
}

#[test]
fn one_answer_fits_whatever_its_size() {
    let (near, _peer) = pair(1, &budget(LARGE, LARGE));
    assert!(near.ticket(Some(1), 50_000).now_or_never().is_some());
}

#[test]
fn a_ticket_dropped_unanswered_tells_the_client_to_try_again() {
    let budget = budget(LARGE, LARGE);
    let (near, mut far) = pair(1, &budget);
    drop(block_on(near.ticket(Some(3), 100)));
    let header = read(&near, &mut far, 4);
    let json = read(&near, &mut far, usize::from(u16::from_be_bytes([header[2], header[3]])));
    let fault: throng_protocol::Fault = serde_json::from_slice(&json).expect("an error");
    assert_eq!((fault.id, fault.code, fault.retry_ms), (Some(3), ErrorCode::Busy, Some(1_000)));
    assert_eq!(near.outbox.counts(), (0, 0, 0));
}

#[test]
fn a_drain_waits_until_every_command_is_answered() {
    let (near, _peer) = pair(1, &budget(LARGE, LARGE));
    let tickets = [block_on(near.ticket(Some(1), 10)), block_on(near.ticket(Some(2), 10))];
    assert!(near.all_answered(1).now_or_never().is_none());
    let [first, second] = tickets;
    first.answer(&Answer::Done);
    assert!(near.all_answered(1).now_or_never().is_some());
    assert!(near.all_answered(0).now_or_never().is_none());
    drop(second);
    assert!(near.all_answered(0).now_or_never().is_some());
}

#[test]
fn a_drain_is_not_covered_up_by_a_later_alarm() {
    let (near, _peer) = pair(1, &budget(LARGE, LARGE));
    near.alarm(Alarm::Silent);
    assert_eq!(driven(&near).alarm, Some(Alarm::Silent));
    near.clear(Alarm::Stalled);
    assert_eq!(driven(&near).alarm, Some(Alarm::Silent), "another alarm was cleared");
    near.clear(Alarm::Silent);
    assert_eq!(driven(&near).alarm, None);
    near.alarm(Alarm::Drain);
    near.alarm(Alarm::Stalled);
    assert_eq!(driven(&near).alarm, Some(Alarm::Drain));
}

#[test]
fn a_new_nick_is_told_once() {
    let (near, _peer) = pair(1, &budget(LARGE, LARGE));
    near.rename();
    assert!(driven(&near).renamed);
    assert!(!driven(&near).renamed);
}

/// Counts how often it was woken.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl ArcWake for Wakes {
    fn wake_by_ref(wakes: &Arc<Self>) {
        wakes.0.fetch_add(1, Ordering::Relaxed);
    }
}
