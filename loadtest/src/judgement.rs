//! Grades a run's latency by what it means for people who chat. A bad grade fails no run; `--fail-if` does
//! that.

use crate::plan::{Disturbance, Load, Plan};
use crate::record::{Figures, Grade, Judgement};
use crate::units;

/// Up to the first limit an answer feels instant, and up to the second a train of thought is not interrupted:
/// the limits of Miller (1968, "Response time in man-computer conversational transactions") as Nielsen gives
/// them (1993, "Usability Engineering", 5.5).
const INSTANT_MS: f64 = 100.0;
const FLUENT_MS: f64 = 1000.0;

/// With fewer deliveries, nothing can be said about one in a hundred.
const DELIVERIES_MIN: u64 = 100;

/// Grades the latency of a whole run, from due to delivered.
pub(crate) fn of(plan: &Plan, total: &Figures) -> Judgement {
    if let Some(why) = why_not(plan, total) {
        return Judgement { grade: Grade::NotJudged, words: why };
    }
    let p99 = total.latency.p99;
    let took = units::millis(p99);
    let (grade, words) = if p99 <= INSTANT_MS {
        (
            Grade::Good,
            format!("99 of 100 deliveries took at most {took}; up to 100 ms feels instant"),
        )
    } else if p99 <= FLUENT_MS {
        let words = "people notice it, and a conversation still flows (up to 1 s)";
        (Grade::Fair, format!("1 of 100 deliveries took {took} or longer: {words}"))
    } else {
        let words = "people talk past each other (above 1 s)";
        (Grade::Poor, format!("1 of 100 deliveries took {took} or longer: {words}"))
    };
    let outage = |disturbance: &Disturbance| {
        matches!(
            disturbance,
            Disturbance::Storm { .. } | Disturbance::Restart { .. } | Disturbance::Crash { .. }
        )
    };
    let outages = plan.phases.iter().filter_map(|phase| phase.disturbance.as_ref()).any(outage);
    let more = if outages { "; the outages of the plan are in it" } else { "" };
    Judgement { grade, words: words + more }
}

/// Why there is nothing to grade.
fn why_not(plan: &Plan, total: &Figures) -> Option<String> {
    let measured = || plan.phases.iter().filter(|phase| !phase.warm_up);
    if total.latency.count == 0 {
        return Some("no delivery was measured".to_owned());
    }
    if measured().any(|phase| matches!(phase.disturbance, Some(Disturbance::Ramp { .. }))) {
        return Some("a ramp goes on until latency is too high".to_owned());
    }
    if measured().any(|phase| matches!(phase.load, Load::Outstanding(_))) {
        return Some("a closed loop sends as fast as it is answered".to_owned());
    }
    (total.latency.count < DELIVERIES_MIN).then(|| {
        let deliveries = units::counted(total.latency.count, "delivery");
        format!("{deliveries} are too few to say anything of 1 in 100")
    })
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::plan::Scenario;
    use crate::record::{Figures, Grade, example};

    fn grade(p99: f64, count: u64, scenario: Scenario) -> (Grade, String) {
        let mut total = Figures { ..example::held().total };
        (total.latency.p99, total.latency.count) = (p99, count);
        let judgement = of(&scenario.plan(None, None), &total);
        (judgement.grade, judgement.words)
    }

    #[test]
    fn a_latency_is_judged_by_what_people_notice() {
        let (good, words) = grade(100.0, 10_000, Scenario::Steady);
        assert_eq!(good, Grade::Good);
        assert_eq!(words, "99 of 100 deliveries took at most 100 ms; up to 100 ms feels instant");
        assert_eq!(grade(100.1, 10_000, Scenario::Steady).0, Grade::Fair);
        assert_eq!(grade(1000.1, 10_000, Scenario::Steady).0, Grade::Poor);
        let (poor, words) = grade(4000.0, 10_000, Scenario::Crash { times: 1 });
        assert!(poor == Grade::Poor && words.ends_with("the outages of the plan are in it"));
    }

    #[test]
    fn what_means_nothing_is_not_judged() {
        let ramp = Scenario::Ramp { factor: 1.3, step_seconds: 8.0, p99_ms: 500.0 };
        for (count, scenario, why) in [
            (0, Scenario::Idle, "no delivery"),
            (99, Scenario::Steady, "99 deliveries are too few"),
            (1, Scenario::Steady, "1 delivery"),
            (10_000, ramp, "a ramp"),
            (10_000, Scenario::Saturate { outstanding: 4 }, "a closed loop"),
        ] {
            let (grade, words) = grade(1.0, count, scenario);
            assert!(grade == Grade::NotJudged && words.starts_with(why), "{words}");
        }
    }
}
