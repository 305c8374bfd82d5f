//! Outboxes over real loopback sockets.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use async_std::io::ReadExt;
use async_std::net::TcpStream;
use futures::executor::block_on;
use futures::future::{Either, FutureExt, poll_fn, select};
use futures::task::{ArcWake, waker};
use throng_protocol::ErrorCode;

use super::{Alarm, Budget, Offered, Outbox, Refusal};
use crate::frame::Frame;
use crate::metrics::Metrics;

/// More than the kernel's buffers take of a peer that reads nothing.
const LARGE: usize = 1024 * 1024;

pub(crate) fn budget(event_bytes_max: usize, total_bytes_max: usize) -> Arc<Budget> {
    Arc::new(Budget {
        event_bytes_max,
        answer_bytes_max: 1_000,
        total_bytes_max,
        waiting_bytes: AtomicUsize::new(0),
        metrics: Metrics::new(),
    })
}

/// An outbox and the other end of its socket. Their buffers are as small as the system allows.
pub(crate) fn pair(id: u64, budget: &Arc<Budget>) -> (Arc<Outbox>, TcpStream) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let peer = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
    let peer = peer.expect("a socket");
    peer.set_recv_buffer_size(1).expect("a buffer size");
    peer.connect(&listener.local_addr().expect("an address").into()).expect("a connection");
    let (socket, _) = listener.accept().expect("a connection");
    socket2::SockRef::from(&socket).set_send_buffer_size(1).expect("a buffer size");
    let outbox = Outbox::new(id, socket.into(), Arc::clone(budget));
    (outbox, std::net::TcpStream::from(peer).into())
}

/// What the peer reads while the session's task drives the outbox.
fn read(outbox: &Outbox, peer: &mut TcpStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    let reading = peer.read_exact(&mut bytes);
    let driving = poll_fn(|cx| match outbox.drive(cx) {
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

/// An outbox with a frame that is half written.
fn stalled(budget: &Arc<Budget>) -> (Arc<Outbox>, TcpStream, Frame) {
    let (outbox, peer) = pair(1, budget);
    let large = event('l', LARGE);
    assert_eq!(outbox.offer_event(&large), Offered::Taken);
    assert!(outbox.queue.lock().head_sent > 0, "a part of it is written");
    (outbox, peer, large)
}

fn joined(frames: &[&Frame]) -> Vec<u8> {
    frames.iter().flat_map(|frame| frame.as_bytes()).copied().collect()
}

fn driven(outbox: &Outbox) -> super::Driven {
    outbox.drive(&mut Context::from_waker(Waker::noop())).expect("a whole socket")
}

fn waiting(budget: &Budget) -> usize {
    budget.waiting_bytes.load(Ordering::Relaxed)
}

#[test]
fn order_is_kept_over_partial_writes_and_the_budget_returns_to_zero() {
    let budget = budget(usize::MAX / 2, usize::MAX / 2);
    let (outbox, mut peer) = pair(1, &budget);
    let mut random = fastrand::Rng::with_seed(1);
    let frames: Vec<_> =
        ('a'..='z').cycle().take(200).map(|fill| event(fill, random.usize(1..20_000))).collect();
    for frame in &frames {
        assert_eq!(outbox.offer_event(frame), Offered::Taken);
    }
    assert!(waiting(&budget) > 0, "the socket did not take all at once");
    let expected = joined(&frames.iter().collect::<Vec<_>>());
    assert_eq!(read(&outbox, &mut peer, expected.len()), expected);
    assert!(driven(&outbox).is_empty);
    assert_eq!(waiting(&budget), 0);
    let queue = outbox.queue.lock();
    assert_eq!((queue.event_bytes, queue.answer_bytes, queue.frames.capacity()), (0, 0, 0));
}

#[test]
fn ephemeral_events_are_dropped_as_soon_as_something_waits() {
    let budget = budget(2 * LARGE, 2 * LARGE);
    let (outbox, mut peer) = pair(1, &budget);
    let typing = event('t', 10);
    assert_eq!(outbox.offer_ephemeral(&typing), Offered::Taken);
    let large = event('l', LARGE);
    assert_eq!(outbox.offer_event(&large), Offered::Taken);
    assert_eq!(outbox.offer_ephemeral(&event('d', 10)), Offered::Full);
    let after = event('a', 10);
    assert_eq!(outbox.offer_event(&after), Offered::Taken);
    let expected = joined(&[&typing, &large, &after]);
    assert_eq!(read(&outbox, &mut peer, expected.len()), expected);
}

#[test]
fn events_over_the_limit_of_one_connection_are_refused() {
    let budget = budget(LARGE + 1_000, 10 * LARGE);
    let (outbox, mut peer, large) = stalled(&budget);
    let small = event('s', 400);
    assert_eq!(outbox.offer_event(&small), Offered::Taken);
    assert_eq!(outbox.offer_event(&small), Offered::Taken);
    assert_eq!(outbox.offer_event(&small), Offered::Full);
    let expected = joined(&[&large, &small, &small]);
    assert_eq!(read(&outbox, &mut peer, expected.len()), expected);
    assert_eq!(outbox.offer_event(&small), Offered::Taken, "there is room again");
}

#[test]
fn stalled_peers_together_stay_within_the_total() {
    let total = 4 * LARGE;
    let budget = budget(LARGE * 2, total);
    let peers: Vec<_> = (0..8).map(|id| pair(id, &budget)).collect();
    let frame = event('e', 64 * 1024);
    let mut refused = 0;
    for _ in 0..40 {
        for (outbox, _) in &peers {
            refused += usize::from(outbox.offer_event(&frame) == Offered::Full);
        }
    }
    assert!(refused > 0);
    // Where nothing waits one frame is taken, whatever others hold.
    assert!(waiting(&budget) <= total + peers.len() * frame.len());
    drop(peers);
    assert_eq!(waiting(&budget), 0, "what is dropped is given back");
}

#[test]
fn a_pong_replaces_an_older_one_that_still_waits() {
    let budget = budget(2 * LARGE, 2 * LARGE);
    let (outbox, mut peer, large) = stalled(&budget);
    let before = waiting(&budget);
    for number in 0..1_000 {
        outbox.pong(Frame::raw(&[0x8a, 2, (number / 256) as u8, (number % 256) as u8]));
    }
    assert_eq!(waiting(&budget), before + 4);
    let after = event('a', 10);
    outbox.offer_event(&after);
    let expected = joined(&[&large, &Frame::raw(&[0x8a, 2, 3, 231]), &after]);
    assert_eq!(read(&outbox, &mut peer, expected.len()), expected);
    assert_eq!(waiting(&budget), 0);
}

#[test]
fn the_last_words_drop_whole_events_and_nothing_comes_after_them() {
    let budget = budget(2 * LARGE, 2 * LARGE);
    let (outbox, mut peer, large) = stalled(&budget);
    let dropped = event('d', 100);
    outbox.offer_event(&dropped);
    block_on(outbox.ticket(Some(7), 100)).ok(&());
    outbox.offer_event(&dropped);
    let last = event('z', 20);
    outbox.finish(&last);
    outbox.finish(&event('y', 20));
    assert_eq!(outbox.offer_event(&dropped), Offered::Closed);
    assert_eq!(outbox.offer_ephemeral(&dropped), Offered::Closed);
    assert_eq!(outbox.offer_behind(&dropped), Offered::Closed);
    outbox.pong(dropped.clone());
    block_on(outbox.ticket(Some(8), 100)).ok(&());
    let answer = Frame::text(r#"{"type":"ok","id":7}"#);
    let expected = joined(&[&large, &answer, &last]);
    assert_eq!(read(&outbox, &mut peer, expected.len()), expected);
    assert!(driven(&outbox).is_empty);
    assert_eq!(waiting(&budget), 0);
    drop(outbox);
    let end = block_on(peer.read(&mut [0; 1])).expect("an orderly end");
    assert_eq!(end, 0, "nothing comes after the last words");
}

#[test]
fn a_behind_fits_where_events_do_not() {
    let budget = budget(LARGE, LARGE);
    let (outbox, _peer, _) = stalled(&budget);
    assert_eq!(outbox.offer_event(&event('e', 10)), Offered::Full);
    assert_eq!(outbox.offer_behind(&event('b', 10)), Offered::Taken);
}

#[test]
fn a_broken_socket_closes_the_outbox() {
    let budget = budget(LARGE, LARGE);
    let (outbox, peer, _) = stalled(&budget);
    // Closed with bytes unread: the system resets the connection.
    drop(peer);
    let broke = (0..1_000).any(|_| outbox.drive(&mut Context::from_waker(Waker::noop())).is_err());
    assert!(broke);
}

#[test]
fn answers_reserve_their_room_and_release_it() {
    let budget = budget(LARGE, LARGE);
    let (outbox, mut peer) = pair(1, &budget);
    let first = block_on(outbox.ticket(Some(1), 600));
    assert!(outbox.ticket(Some(2), 600).now_or_never().is_none(), "1,200 bytes of 1,000");
    let wakes = Arc::new(Wakes::default());
    let called = waker(Arc::clone(&wakes));
    outbox.drive(&mut Context::from_waker(&called)).expect("a whole socket");
    first.ok(&());
    assert_eq!(wakes.0.load(Ordering::Relaxed), 1, "who waits for room is called");
    let second = outbox.ticket(Some(2), 600).now_or_never().expect("there is room again");
    second.refuse(&Refusal::new(ErrorCode::BadRoom, "no"));
    let expected = joined(&[
        &Frame::text(r#"{"type":"ok","id":1}"#),
        &Frame::text(r#"{"type":"error","id":2,"code":"bad_room","message":"no"}"#),
    ]);
    assert_eq!(read(&outbox, &mut peer, expected.len()), expected);
    assert_eq!(outbox.queue.lock().owed_bytes, 0);
}

#[test]
fn answers_that_are_not_read_hold_back_further_commands() {
    let budget = budget(LARGE, LARGE);
    let (outbox, mut peer, large) = stalled(&budget);
    let text = "x".repeat(900);
    block_on(outbox.ticket(Some(1), 900)).refuse(&Refusal::new(ErrorCode::BadRoom, text));
    assert!(outbox.ticket(Some(2), 100).now_or_never().is_none());
    read(&outbox, &mut peer, large.len() + 900);
    assert!(driven(&outbox).is_empty);
    assert!(outbox.ticket(Some(2), 100).now_or_never().is_some());
}

#[test]
fn one_answer_fits_whatever_its_size() {
    let (outbox, _peer) = pair(1, &budget(LARGE, LARGE));
    assert!(outbox.ticket(Some(1), 50_000).now_or_never().is_some());
}

#[test]
fn a_ticket_dropped_unanswered_tells_the_client_to_try_again() {
    let budget = budget(LARGE, LARGE);
    let (outbox, mut peer) = pair(1, &budget);
    drop(block_on(outbox.ticket(Some(3), 100)));
    let header = read(&outbox, &mut peer, 4);
    let json = read(&outbox, &mut peer, usize::from(u16::from_be_bytes([header[2], header[3]])));
    let fault: throng_protocol::Fault = serde_json::from_slice(&json).expect("an error");
    assert_eq!((fault.id, fault.code, fault.retry_ms), (Some(3), ErrorCode::Busy, Some(1_000)));
    assert_eq!(outbox.queue.lock().owed_bytes, 0);
}

#[test]
fn a_drain_waits_until_every_command_is_answered() {
    let (outbox, _peer) = pair(1, &budget(LARGE, LARGE));
    let tickets = [block_on(outbox.ticket(Some(1), 10)), block_on(outbox.ticket(Some(2), 10))];
    assert!(outbox.all_answered(1).now_or_never().is_none());
    let [first, second] = tickets;
    first.ok(&());
    assert!(outbox.all_answered(1).now_or_never().is_some());
    assert!(outbox.all_answered(0).now_or_never().is_none());
    drop(second);
    assert!(outbox.all_answered(0).now_or_never().is_some());
}

#[test]
fn a_drain_is_not_covered_up_by_a_later_alarm() {
    let (outbox, _peer) = pair(1, &budget(LARGE, LARGE));
    outbox.alarm(Alarm::Silent);
    assert_eq!(driven(&outbox).alarm, Some(Alarm::Silent));
    outbox.clear(Alarm::Stalled);
    assert_eq!(driven(&outbox).alarm, Some(Alarm::Silent), "another alarm was cleared");
    outbox.clear(Alarm::Silent);
    assert_eq!(driven(&outbox).alarm, None);
    outbox.alarm(Alarm::Drain);
    outbox.alarm(Alarm::Stalled);
    assert_eq!(driven(&outbox).alarm, Some(Alarm::Drain));
}

#[test]
fn a_new_nick_is_told_once() {
    let (outbox, _peer) = pair(1, &budget(LARGE, LARGE));
    outbox.rename();
    assert!(driven(&outbox).renamed);
    assert!(!driven(&outbox).renamed);
}

/// Counts how often it was woken.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl ArcWake for Wakes {
    fn wake_by_ref(wakes: &Arc<Self>) {
        wakes.0.fetch_add(1, Ordering::Relaxed);
    }
}
