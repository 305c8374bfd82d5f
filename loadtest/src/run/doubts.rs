//! Why figures may say more about the generator or the machine than about the server.

use crate::plan::Trouble;
use crate::record::{Figures, Machine};

/// The generator is one thread: at this share of one processor it is what limits the run.
const GENERATOR_BUSY: f64 = 0.9;

/// How late the generator may be in writing a send, at worst, before latencies are its own.
const LATE_MS_MAX: u64 = 50;

/// Below this share of all processors the server was not what made anybody wait.
const SERVER_CALM: f64 = 0.5;

/// What other programs may keep busy without being told.
const OTHERS_MAX: f64 = 0.1;

/// What a span of time looked like from the generator's side.
pub(super) struct View<'a> {
    pub(super) figures: &'a Figures,
    /// How late the generator was at worst, in milliseconds.
    pub(super) late_ms: u64,
    /// Connections that found the listen queue full.
    pub(super) overflows: u64,
    pub(super) machine: &'a Machine,
    /// What went wrong meanwhile.
    pub(super) trouble: Option<Trouble>,
}

/// One sentence each.
pub(super) fn of(view: &View<'_>) -> Vec<String> {
    let figures = view.figures;
    let mut doubts = Vec::new();
    let busy = figures.generator.processors;
    // With these the load is even. A server that was calm on average was so all the time, and not
    // busy just when the generator was late.
    let even = matches!(view.trouble, None | Some(Trouble::Churn { .. }));
    let most = SERVER_CALM * f64::from(view.machine.processors);
    let calm = even && figures.server.is_some_and(|server| server.processors < most);
    if busy >= GENERATOR_BUSY {
        doubts.push(format!(
            "the generator was the bottleneck: its one thread kept {busy:.2} of a processor busy; \
             the server may be able to do more (fewer clients, or a second machine, show it)"
        ));
    } else if view.late_ms > LATE_MS_MAX && calm {
        doubts.push(format!(
            "the generator was late by up to {} ms in sending, while the server was not busy: the \
             highest latencies are its own",
            view.late_ms
        ));
    }
    if figures.other_processors > OTHERS_MAX {
        doubts.push(format!(
            "other programs kept {:.2} processors busy: measure again on a quiet machine",
            figures.other_processors
        ));
    }
    if view.overflows > 0 {
        let most = view.machine.listen_backlog_max;
        doubts.push(format!(
            "{} connections found the listen queue full, which costs each a second or more: raise \
             net.core.somaxconn (it is {most}), for example with `sysctl -w \
             net.core.somaxconn=16384`",
            view.overflows
        ));
    }
    doubts
}

#[cfg(test)]
mod tests {
    use super::{View, of};
    use crate::plan::Trouble;
    use crate::record::{Figures, Machine, Usage};

    fn doubts(generator: f64, server: f64, others: f64, late_ms: u64, overflows: u64) -> String {
        doubts_with(None, generator, server, others, late_ms, overflows)
    }

    fn doubts_with(
        trouble: Option<Trouble>,
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
        let view = View { figures: &figures, late_ms, overflows, machine: &machine, trouble };
        of(&view).join("\n")
    }

    #[test]
    fn a_quiet_run_raises_none() {
        assert_eq!(doubts(0.5, 1.5, 0.05, 200, 0), "", "a busy server may hold the generator up");
    }

    #[test]
    fn where_the_load_is_uneven_an_average_tells_of_no_calm_server() {
        let ramp = Trouble::Ramp { factor: 1.3, step_seconds: 8.0, p99_ms: 500.0 };
        assert_eq!(doubts_with(Some(ramp), 0.5, 0.5, 0.0, 200, 0), "");
        let churn = Trouble::Churn { per_second: 100.0 };
        assert!(doubts_with(Some(churn), 0.5, 0.5, 0.0, 200, 0).contains("late by up to 200 ms"));
    }

    #[test]
    fn each_reason_is_told() {
        assert!(doubts(0.95, 0.5, 0.0, 0, 0).contains("the generator was the bottleneck"));
        assert!(doubts(0.5, 0.5, 0.0, 200, 0).contains("late by up to 200 ms"));
        assert!(doubts(0.1, 0.1, 0.4, 0, 0).contains("other programs kept 0.40"));
        assert!(doubts(0.1, 0.1, 0.0, 0, 7).contains("net.core.somaxconn (it is 4096)"));
    }
}
