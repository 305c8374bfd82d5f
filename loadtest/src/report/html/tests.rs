//! The page of the example runs, and of one with hostile strings.

use super::of;
use crate::record::example;

#[test]
fn the_page_tells_the_verdict_and_needs_nothing_else() {
    let page = of(&example::held()).expect("drawn");
    assert!(page.contains("<h1>Promises held</h1>") && page.contains("10,000"));
    for foreign in ["<script", "src=", "href=", "url(", "@import"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    let addresses = page.matches("http").count();
    let namespaces = page.matches("http://www.w3.org/2000/svg").count();
    // `http-equiv` is the only other word that begins with http.
    assert_eq!(addresses, namespaces + 1);
}

#[test]
fn a_broken_run_shows_evidence_and_seed_and_never_says_held() {
    let page = of(&example::broken()).expect("drawn");
    assert!(page.contains("<h1>Promises broken</h1>"));
    assert!(page.contains("--seed 4711</pre>"));
    assert_eq!(page.matches("<li>skipped: client").count(), 20);
    assert!(page.contains("And 3 more."));
    assert!(!page.to_lowercase().contains("held"));
}

#[test]
fn what_was_not_checked_and_a_failed_bound_are_not_green() {
    let page = of(&example::unchecked()).expect("drawn");
    assert!(page.contains("<header class=\"warn\">"), "{page}");
    assert!(page.contains("<h1>Promises not checked</h1>") && !page.contains("What was broken"));
    assert!(page.contains("Not checked: 3 sends had no answer; the longest waited 12.3 s.</p>"));
    assert!(page.contains("Cut short after 45.0 s of 90.0 s: the server ended by itself"));
    let mut run = example::held();
    assert!(of(&run).expect("drawn").contains("<header class=\"good\">"));
    run.bounds[0].kept = false;
    let page = of(&run).expect("drawn");
    assert!(page.contains("<header class=\"bad\">"));
    assert!(page.contains("<h1>Promises held, a bound failed</h1>"));
}

#[test]
fn foreign_strings_stay_text() {
    let hostile = "\"><script>alert('1')</script><img src=x onerror=alert(1)>&amp;\u{202e}";
    let mut run = example::broken();
    let (steady, storm) = run.phases.split_at_mut(1);
    let bound = &mut run.bounds[0];
    for text in [
        &mut run.version,
        &mut run.again,
        &mut run.plan.name,
        &mut run.plan.like,
        &mut run.machine.processor,
        &mut run.machine.kernel,
        &mut run.subject.name,
        &mut run.subject.url,
        &mut run.subject.measured,
        &mut steady[0].name,
        &mut storm[0].remarks[0],
        &mut bound.bound,
        &mut bound.words,
        &mut run.warnings[0],
    ] {
        *text = hostile.to_owned();
    }
    run.bounds.push(run.bounds[0].clone());
    run.bounds[1].kept = false;
    run.total.counts.insert(format!("error {hostile}"), 1);
    run.verdict.examples[0] = example::garbled(hostile);
    let page = of(&run).expect("drawn");
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains('\u{202e}'));
    assert!(page.matches("&lt;script&gt;alert(&#39;1&#39;)").count() >= 14, "it is shown as it is");
    assert!(page.contains("&amp;amp;"), "an escape of the hostile is text as well");
}
