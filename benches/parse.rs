//! The wire: a command read, a name folded, an event written.
//!
//!     cargo bench -p throng --bench parse
//!
//! The floors are what the libraries below take for the same bytes: serde_json for a tree of any value,
//! and for a value that is written.

#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use serde_json::Value;
use throng_protocol::{Message, Nick, Request, RoomName};

mod support;

fn main() {
    support::run(&[decode, fold, encode], &["decode", "fold", "encode"]);
}

fn decode(criterion: &mut Criterion) {
    let send = format!(
        r#"{{"type":"send","id":12,"room":"lobby","cid":"01890000-0000-7000-8000-000000000001","text":"{}"}}"#,
        "x".repeat(128)
    );
    let join = r#"{"type":"join","id":12,"room":"lobby"}"#;
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Bytes(send.len() as u64));
    group.bench_function("floor", |bencher| {
        bencher.iter(|| serde_json::from_str::<Value>(black_box(&send)));
    });
    group.bench_function("send", |bencher| {
        bencher.iter(|| Request::parse(black_box(&send)).expect("a command"))
    });
    group.throughput(Throughput::Bytes(join.len() as u64));
    group.bench_function("join", |bencher| {
        bencher.iter(|| Request::parse(black_box(join)).expect("a command"))
    });
    group.finish();
}

fn fold(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fold");
    group.bench_function("floor", |bencher| {
        bencher.iter(|| black_box("Team-Kitchen-2").to_lowercase());
    });
    for (what, name) in
        [("ascii", "Team-Kitchen-2"), ("latin", "Küche-Größe"), ("hindi", "रसोई-टीम")]
    {
        let room = RoomName::parse(name).expect("a name");
        group.bench_function(format!("{what}, fold"), |bencher| {
            bencher.iter(|| black_box(&room).fold());
        });
        group.bench_function(format!("{what}, parse"), |bencher| {
            bencher.iter(|| Nick::parse(black_box(name)));
        });
    }
    group.finish();
}

fn encode(criterion: &mut Criterion) {
    let text = format!(
        r#"{{"type":"message","room":"01K9ZS0000R00M000000000001","seq":7,"at":1767225600000,"from":{{"id":"01K9ZS0000ANA0000000000001","nick":"ana"}},"cid":"01890000-0000-7000-8000-000000000001","text":"{}"}}"#,
        "x".repeat(128)
    );
    let message: Message = serde_json::from_str(&text).expect("a message");
    let tree: Value = serde_json::from_str(&text).expect("JSON");
    let mut group = criterion.benchmark_group("encode");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("floor", |bencher| bencher.iter(|| black_box(&tree).to_string()));
    group.bench_function("message", |bencher| {
        bencher.iter(|| serde_json::to_string(black_box(&message)).expect("JSON"));
    });
    group.finish();
}
