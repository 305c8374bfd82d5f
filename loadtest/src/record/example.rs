//! Invented runs with a value in every field, for the tests of the reports.

use std::collections::BTreeMap;

use crate::latency_histogram::{Curve, Percentiles};
use crate::oracle::{Kind, Verdict, Violation};
use crate::plan::{self, Disturbance, Load, Plan};
use crate::record::{
    BoundCheck, CutShort, Figures, Grade, Judgement, Machine, Phase, Run, SCHEMA, Sample, Subject,
    Usage,
};

/// The seed that the report of a broken run must show.
pub(crate) const SEED: u64 = 4711;

/// A minute of steady talk, then a storm; every promise held.
pub(crate) fn held() -> Run {
    Run {
        schema: SCHEMA,
        version: "0.1.0".to_owned(),
        started_ms: 1_780_000_000_000,
        seconds: 91.5,
        again: format!("throng-loadtest storm --clients 10000 --seed {SEED}"),
        plan: plan(),
        machine: Machine {
            processors: 2,
            processor: "An Example Processor".to_owned(),
            memory: 8 << 30,
            kernel: "6.12.0".to_owned(),
            open_files_max: 20_000,
            listen_backlog_max: 4096,
        },
        subject: Subject {
            name: "throng".to_owned(),
            url: "ws://127.0.0.1:40123/ws".to_owned(),
            measured: "/proc".to_owned(),
        },
        phases: phases(),
        samples: (1..=91).map(sample).collect(),
        total: figures(91.5, 12.5),
        curve: Curve(curve()),
        verdict: Verdict {
            acknowledged: 91_497,
            deliveries: 9_149_700,
            verified: 91_497,
            ..Verdict::default()
        }
        .concluded(),
        cut_short: None,
        judgement: Judgement {
            grade: Grade::Good,
            words: "99 of 100 deliveries took at most 12.5 ms; up to 100 ms feels instant"
                .to_owned(),
        },
        warnings: vec!["other programs kept 0.31 processors busy".to_owned()],
        bounds: vec![BoundCheck {
            bound: "p99>50ms".to_owned(),
            measured: Some(12.5),
            kept: true,
            words: "p99 was 12.5 ms".to_owned(),
        }],
    }
}

/// The same run, in which a client never got what others got.
pub(crate) fn broken() -> Run {
    let mut run = held();
    run.verdict.broken = 23;
    run.verdict.examples = (0..20).map(violation).collect();
    run.verdict = run.verdict.concluded();
    run
}

/// The same run, cut short when the server died: three sends had no answer.
pub(crate) fn unchecked() -> Run {
    let mut run = held();
    run.verdict.verified -= 61;
    run.verdict.unanswered = 3;
    run.verdict.unchecked = vec![
        "3 sends had no answer; the longest waited 12.3 s".to_owned(),
        "61 acknowledged messages could not be read back from the log".to_owned(),
    ];
    run.verdict = run.verdict.concluded();
    run.total.unanswered = 3;
    run.total.settled = false;
    let why = "the server ended by itself (signal: 9 (SIGKILL)); see its log".to_owned();
    run.cut_short = Some(CutShort { why, seconds: 45.0, planned: 90.0 });
    run
}

fn violation(client: u32) -> Violation {
    Violation {
        kind: Kind::Skipped,
        room: Some("load-7".to_owned()),
        seq: Some(43),
        client: Some(client),
        expected: "41".to_owned(),
        got: "43".to_owned(),
        words: format!("skipped: client {client} in room load-7 at 43 expected 41, got 43"),
    }
}

/// A violation that quotes a server.
pub(crate) fn garbled(what: &str) -> Violation {
    Violation { kind: Kind::Garbled, got: what.to_owned(), words: what.to_owned(), ..violation(1) }
}

fn plan() -> Plan {
    let phase = |name: &str, seconds, disturbance| plan::Phase {
        name: name.to_owned(),
        load: Load::Rate(1000.0),
        seconds,
        disturbance,
        warm_up: false,
    };
    Plan {
        name: "storm".to_owned(),
        like: "A switch fails, and everybody returns at once.".to_owned(),
        clients: 10_000,
        rooms: 100,
        rooms_per_client: 1,
        text_bytes: 128,
        underway: 200,
        silent: false,
        seed: SEED,
        phases: vec![
            phase("steady", 60.0, None),
            phase("storm", 30.0, Some(Disturbance::Storm { times: 1 })),
        ],
    }
}

fn phases() -> Vec<Phase> {
    let mut storm = figures(31.5, 1800.0);
    storm.settled = true;
    vec![
        Phase {
            name: "steady".to_owned(),
            began: 0.0,
            ended: 60.0,
            figures: figures(60.0, 9.5),
            remarks: Vec::new(),
            extra: BTreeMap::new(),
        },
        Phase {
            name: "storm".to_owned(),
            began: 60.0,
            ended: 91.5,
            figures: storm,
            remarks: vec!["everybody was joined again 4.20 s after all had dropped".to_owned()],
            extra: BTreeMap::from([
                ("return_seconds".to_owned(), 4.2),
                ("idle_cpu_millis_per_second".to_owned(), 7.5),
                ("resident_per_connection_since_warm".to_owned(), 1847.0),
                ("join_seconds".to_owned(), 3.1),
                ("drain_seconds".to_owned(), 1.5),
                ("start_seconds".to_owned(), 0.2),
                ("capacity_per_second".to_owned(), 1200.0),
                ("capacity_deliveries_per_second".to_owned(), 120_000.0),
            ]),
        },
    ]
}

fn figures(seconds: f64, p99: f64) -> Figures {
    Figures {
        seconds,
        sends: 91_497,
        acknowledged: 91_497,
        deliveries: 9_149_700,
        deliveries_per_second: 99_996.7,
        latency: percentiles(p99),
        commit: percentiles(p99 / 2.0),
        join: percentiles(p99 * 4.0),
        server_micros: Some(8.25),
        generator_micros: 3.4,
        other_processors: 0.31,
        server: Some(usage(46 << 20)),
        generator: usage(60 << 20),
        bytes_per_client: Some(1536.0),
        settled: true,
        unanswered: 0,
        counts: BTreeMap::from([
            ("closed with 1001".to_owned(), 10_000),
            ("connections refused".to_owned(), 3),
            ("refused with 503".to_owned(), 2),
            ("error busy".to_owned(), 7),
            ("retries".to_owned(), 7),
            ("times behind".to_owned(), 4),
        ]),
    }
}

fn percentiles(p99: f64) -> Percentiles {
    let count = 9_149_700;
    Percentiles { count, p50: p99 / 8.0, p90: p99 / 3.0, p99, p999: p99 * 2.0, max: p99 * 4.0 }
}

fn usage(resident: u64) -> Usage {
    Usage { processors: 0.83, resident, threads: 6, open_files: 10_031 }
}

/// A second of the example: the clients arrive, talk, all drop at 62 s, and are back four seconds later.
fn sample(second: u32) -> Sample {
    let at = f64::from(second);
    let away = (62..66).contains(&second);
    let there = if away { (second - 62) * 2500 } else { (second * 2000).min(10_000) };
    let wave = f64::from(second % 7);
    Sample {
        at,
        phase: usize::from(second > 60),
        connected: there,
        joined: there.saturating_sub(if away || second < 5 { 300 } else { 0 }),
        sends: 1000,
        acknowledged: 1000,
        deliveries: u64::from(there) * 10,
        latency: percentiles(if away { 1800.0 } else { 8.0 + wave }),
        errors: if away { BTreeMap::from([("busy".to_owned(), 7)]) } else { BTreeMap::default() },
        server: Some(usage((20 << 20) + u64::from(there) * 1536)),
        generator: usage(60 << 20),
        other_processors: 0.05 + wave / 50.0,
    }
}

fn curve() -> Vec<(f64, f64)> {
    let quantiles = [0.0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999, 0.99999, 1.0];
    let values = [0.3, 0.9, 1.56, 2.5, 4.2, 7.0, 12.5, 17.0, 25.0, 900.0, 1700.0, 1800.0];
    quantiles.into_iter().zip(values).collect()
}
