//! Reasons why figures may say more about the generator or the machine than about the server.

use crate::plan::Disturbance;
use crate::record::{Figures, Machine};
use crate::units;

/// The generator is one thread: above this share of a processor, it limits the run.
const GENERATOR_BUSY: f64 = 0.9;

/// The most by which the generator may be late in writing a send before it distorts latencies.
const LATE_MS_MAX: u64 = 50;

/// Below this share of all processors, nobody waited because of the server.
const SERVER_CALM: f64 = 0.5;

/// How many processors other programs may keep busy without a warning.
const OTHERS_MAX: f64 = 0.1;

/// A span of time from the generator's side.
pub(super) struct View<'a> {
    pub(super) figures: &'a Figures,
    /// The most by which the generator was late, in milliseconds.
    pub(super) late_ms: u64,
    /// Connections that found the listen queue full.
    pub(super) overflows: u64,
    pub(super) machine: &'a Machine,
    /// The disturbance of the phase.
    pub(super) disturbance: Option<Disturbance>,
}

/// Percentiles of a whole run that rest on too few values: another run may show a quite different figure.
pub(super) fn of_run(total: &Figures) -> Vec<String> {
    let told = [("latency", &total.latency, "delivery"), ("acknowledged", &total.commit, "answer")];
    let thin = told.into_iter().filter(|(_, of, _)| !of.thin().is_empty());
    thin.map(|(name, of, noun)| {
        let (count, thin) = (units::counted(of.count, noun), of.thin().join(", "));
        format!("{name}: {count} can't tell {thin}; at least ten must lie beyond a percentile")
    })
    .collect()
}

/// The warnings, one sentence each.
pub(super) fn of(view: &View<'_>) -> Vec<String> {
    let figures = view.figures;
    let mut warnings = Vec::new();
    let busy = figures.generator.processors;
    // With these the load is even: a server that was calm on average was calm all the time, also when the
    // generator was late.
    let even = matches!(view.disturbance, None | Some(Disturbance::Churn { .. }));
    let most = SERVER_CALM * f64::from(view.machine.processors);
    let calm = even && figures.server.is_some_and(|server| server.processors < most);
    if busy >= GENERATOR_BUSY {
        warnings.push(format!(
            "the generator was the bottleneck: its one thread kept {busy:.2} of a processor busy; \
             the server may be able to do more (fewer clients, or a second machine, show it)"
        ));
    } else if view.late_ms > LATE_MS_MAX && calm {
        warnings.push(format!(
            "the generator was late by up to {} ms in sending, while the server was not busy: the \
             highest latencies are its own",
            view.late_ms
        ));
    }
    if figures.other_processors > OTHERS_MAX {
        warnings.push(format!(
            "other programs kept {:.2} processors busy: measure again on a quiet machine",
            figures.other_processors
        ));
    }
    if view.overflows > 0 {
        let most = view.machine.listen_backlog_max;
        warnings.push(format!(
            "{} found the listen queue full, which costs each a second or more: raise \
             net.core.somaxconn (it is {most}), for example with `sysctl -w \
             net.core.somaxconn=16384`",
            units::counted(view.overflows, "connection")
        ));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::{View, of, of_run};
    use crate::plan::Disturbance;
    use crate::record::example;
    use crate::record::{Figures, Machine, Usage};

    fn warnings(generator: f64, server: f64, others: f64, late_ms: u64, overflows: u64) -> String {
        warnings_with(None, generator, server, others, late_ms, overflows)
    }

    fn warnings_with(
        disturbance: Option<Disturbance>,
        generator: f64,
        server: f64,
        others: f64,
        late_ms: u64,
        overflows: u64,
    ) -> String {
        let machine = Machine {
            processors: 2,
            processor: String::new(),
            memory: 0,
            kernel: String::new(),
            open_files_max: 0,
            listen_backlog_max: 4096,
        };
        let usage = |processors| Usage { processors, ..Usage::default() };
        let figures = Figures {
            generator: usage(generator),
            server: Some(usage(server)),
            other_processors: others,
            ..Figures::default()
        };
        let view = View { figures: &figures, late_ms, overflows, machine: &machine, disturbance };
        of(&view).join("\n")
    }

    #[test]
    fn a_quiet_run_raises_none() {
        assert_eq!(warnings(0.5, 1.5, 0.05, 200, 0), "", "a busy server may hold the generator up");
    }

    #[test]
    fn where_the_load_is_uneven_an_average_tells_of_no_calm_server() {
        let ramp = Disturbance::Ramp { factor: 1.3, step_seconds: 8.0, p99_ms: 500.0 };
        assert_eq!(warnings_with(Some(ramp), 0.5, 0.5, 0.0, 200, 0), "");
        let churn = Disturbance::Churn { per_second: 100.0 };
        assert!(warnings_with(Some(churn), 0.5, 0.5, 0.0, 200, 0).contains("late by up to 200 ms"));
    }

    #[test]
    fn a_percentile_of_too_few_is_told() {
        let mut total = example::held().total;
        assert_eq!(of_run(&total), [""; 0]);
        (total.latency.count, total.commit.count) = (999, 1);
        let told = of_run(&total);
        assert!(told[0].starts_with("latency: 999 deliveries can't tell p99, p99.9;"), "{told:?}");
        assert!(told[1].starts_with("acknowledged: 1 answer can't tell p50, "), "{told:?}");
    }

    #[test]
    fn each_reason_is_told() {
        assert!(warnings(0.95, 0.5, 0.0, 0, 0).contains("the generator was the bottleneck"));
        assert!(warnings(0.5, 0.5, 0.0, 200, 0).contains("late by up to 200 ms"));
        assert!(warnings(0.1, 0.1, 0.4, 0, 0).contains("other programs kept 0.40"));
        assert!(warnings(0.1, 0.1, 0.0, 0, 7).contains("net.core.somaxconn (it is 4096)"));
    }
}
