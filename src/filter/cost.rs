//! What matching costs at most: `cargo test --release -p throng --lib filter::cost -- --ignored --nocapture`.

use std::sync::Arc;
use std::time::Instant;

use throng_log::Filter;
use throng_protocol::{FilterAction, FilterKind, Role};

use super::compiled::Compiled;
use super::rule::Rule;

/// The longest text that a server may allow, and the one that it allows without a setting.
const TEXTS: [usize; 2] = [15 * 1024, 4 * 1024];

/// The most filters of one place.
const RULES: usize = 100;

fn rule(kind: FilterKind, text: &str) -> Arc<Rule> {
    let stored = Filter {
        number: 1,
        made_ms: 0,
        by: None,
        by_name: "ana".into(),
        room: None,
        kind,
        text: text.into(),
        action: FilterAction::Refuse,
        exempt: Role::Moderator,
        reason: "".into(),
    };
    Arc::new(Rule::new(stored).unwrap_or_else(|bad| panic!("{text}: {bad}")))
}

/// A hundred filters with as many different parts as fit, of which a text has none.
fn full(kind: FilterKind, part: impl Fn(usize) -> String) -> Compiled {
    let text =
        |at: usize| (0..120).map(|number| part(at * 120 + number)).collect::<Vec<_>>().join(",");
    Compiled::new((0..RULES).map(|at| rule(kind, &text(at))).collect())
}

/// A text of at most so many bytes, without a period that would help.
fn text(bytes: usize, parts: &[&str]) -> String {
    let (mut text, mut random) = (String::new(), 12_345_u64);
    loop {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let part = parts[(random >> 33) as usize % parts.len()];
        if text.len() + part.len() > bytes {
            return text;
        }
        text.push_str(part);
    }
}

/// The best of some runs, in microseconds.
fn micros(rules: &Compiled, text: &str) -> u128 {
    let run = |_| {
        let begun = Instant::now();
        assert!(std::hint::black_box(rules.caught(text)).is_empty());
        begun.elapsed().as_micros()
    };
    (0..5).map(run).min().unwrap_or(0)
}

#[test]
#[ignore = "it measures, and says so: run it alone, in a release build"]
fn what_the_longest_text_costs() {
    let phrases = full(FilterKind::Words, |number| format!("w{number} a b c d"));
    let domains = full(FilterKind::Domains, |number| format!("d{number}.example"));
    // All of them allow what is linked, and are asked for each host.
    let links = full(FilterKind::Links, |number| match number % 120 {
        0 => "example".to_owned(),
        _ => format!("a{number}.example"),
    });
    let hostile = |text: &str| Compiled::new(vec![rule(FilterKind::Pattern, text); 2]);
    let optional = hostile("(?:a?){800}b");
    let late = hostile("[ab]*a[ab]{1500}c");
    let mail =
        Compiled::new(vec![rule(FilterKind::Pattern, r"[a-z0-9.]+@[a-z0-9.]+\.(?:xyz|top)")]);
    for bytes in TEXTS {
        for (name, rules, parts) in [
            ("words of one letter", &phrases, &["a ", "b ", "x "][..]),
            ("words with accents", &phrases, &["é ", "çà", " ö"]),
            ("Chinese", &phrases, &["爆", "弾", "見"]),
            ("hosts", &domains, &["a.b ", "c.d.e "]),
            ("hosts of another script", &domains, &["é.ç ", "ü.de "]),
            ("one long host", &domains, &["a.", "b."]),
            ("links", &links, &["http://a.example ", "http://b.c.example "]),
            ("an ordinary pattern", &mail, &["hello", " world.", " a@b.c"]),
            ("the largest patterns, hostile", &optional, &["a"]),
            ("the same, another", &late, &["a", "b"]),
        ] {
            let text = text(bytes, parts);
            println!("{:>6} bytes  {:>8} µs  {name}", text.len(), micros(rules, &text));
        }
        println!();
    }
    let usual = text(100, &["hello ", "all of ", "you, "]);
    println!(
        "   100 bytes  {:>8} µs  an ordinary message, 12,000 phrases",
        micros(&phrases, &usual)
    );
}
