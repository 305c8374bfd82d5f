//! Fan-out: the batch of a room, offered to the outbox of each member over loopback sockets.
//!
//!     cargo bench -p throng --bench fanout
//!
//! The floor makes the same system calls with bytes that are ready. What it leaves out is what a room
//! adds: joining the frames, and a lock and a look at the queue for each member. The room's own task and
//! its roster are not reached from here: `throng-loadtest versus-floor` measures the whole.

#![allow(missing_docs)]

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use throng::internals::Members;

mod support;

/// A message as it goes to a room of 100.
fn event(seq: u64) -> String {
    format!(
        r#"{{"type":"message","room":"01K9ZS0000R00M000000000001","seq":{seq},"at":1767225600000,"from":{{"id":"01K9ZS0000ANA0000000000001","nick":"ana"}},"text":"{}"}}"#,
        "x".repeat(128)
    )
}

fn main() {
    rlimit::increase_nofile_limit(rlimit::INFINITY).expect("files may be opened");
    support::run(&[small, large, batch], &["100x1", "1000x1", "100x20"]);
}

fn small(criterion: &mut Criterion) {
    fanout(criterion.benchmark_group("100x1"), 100, 1);
}

fn large(criterion: &mut Criterion) {
    fanout(criterion.benchmark_group("1000x1"), 1_000, 1);
}

fn batch(criterion: &mut Criterion) {
    fanout(criterion.benchmark_group("100x20"), 100, 20);
}

fn fanout(mut group: BenchmarkGroup<'_, WallTime>, members: usize, events: u64) {
    let events: Vec<String> = (1..=events).map(event).collect();
    let events: Vec<&str> = events.iter().map(String::as_str).collect();
    group.throughput(Throughput::Elements((members * events.len()) as u64));
    let (sockets, mut peers) = pairs(members);
    let copies = sockets.iter().map(|socket| socket.try_clone().expect("a descriptor"));
    let outboxes = Members::new(copies);
    // What a member gets, once: the floor sends as many bytes.
    let (taken, bytes) = outboxes.offer(&events);
    assert_eq!(taken, members);
    drain(&mut peers, bytes);
    let ready = vec![b'x'; bytes];
    group.bench_function("floor", |bencher| {
        bencher.iter_custom(|rounds| {
            timed(
                rounds,
                || {
                    for mut socket in &sockets {
                        socket.write_all(&ready).expect("the peer reads");
                    }
                },
                || drain(&mut peers, bytes),
            )
        });
    });
    group.bench_function("offer", |bencher| {
        bencher.iter_custom(|rounds| {
            timed(
                rounds,
                || assert_eq!(outboxes.offer(&events).0, members),
                || drain(&mut peers, bytes),
            )
        });
    });
    group.finish();
}

/// How long the rounds took, without the reading at the other end.
fn timed(rounds: u64, mut round: impl FnMut(), mut after: impl FnMut()) -> Duration {
    (0..rounds)
        .map(|_| {
            let began = Instant::now();
            round();
            let took = began.elapsed();
            after();
            took
        })
        .sum()
}

fn pairs(count: usize) -> (Vec<TcpStream>, Vec<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    (0..count)
        .map(|_| {
            let peer = TcpStream::connect(address).expect("a connection");
            let (socket, _) = listener.accept().expect("a connection");
            socket.set_nodelay(true).expect("an option");
            (socket, peer)
        })
        .unzip()
}

/// Reads what every peer was sent.
fn drain(peers: &mut [TcpStream], bytes: usize) {
    let mut buffer = vec![0; bytes];
    for peer in peers {
        match peer.read_exact(&mut buffer) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return,
            Err(error) => panic!("{error}"),
        }
    }
}
