//! Progress on a terminal: a bar of the crowd, a bar of the phase, and the figures of the second.

use std::fmt;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::{Stage, figures};
use crate::record::Sample;
use crate::units;

/// The length of a phase's bar, in thousandths: its seconds are a fraction.
const STEPS: u64 = 1000;

/// In a phase of unknown length, a spinner moves between the samples.
const TICK: Duration = Duration::from_millis(200);

pub(super) struct Bars {
    all: MultiProgress,
    crowd: ProgressBar,
    phase: ProgressBar,
    figures: ProgressBar,
    errors: ProgressBar,
    timed: ProgressStyle,
    open: ProgressStyle,
}

impl fmt::Debug for Bars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bars").finish_non_exhaustive()
    }
}

impl Bars {
    pub(super) fn new(clients: u32) -> Self {
        let all = MultiProgress::new();
        let line = |template| all.add(ProgressBar::new(0).with_style(style(template)));
        let crowd = all.add(
            ProgressBar::new(clients.into())
                .with_style(style("   joined {bar:30.green/dim} {msg}").progress_chars("━━─")),
        );
        let phase = all.add(ProgressBar::new(STEPS));
        let timed = style(" {prefix:>8} {bar:30.cyan/dim} {msg}").progress_chars("━━─");
        let open = style(" {prefix:>8} {spinner:.cyan} {msg}");
        let bars = Self {
            crowd,
            phase,
            figures: line("          {msg}"),
            errors: line("          {msg:.yellow}"),
            timed,
            open,
            all,
        };
        bars.phase.set_style(bars.open.clone());
        bars.phase.enable_steady_tick(TICK);
        bars
    }

    pub(super) fn show(&self, sample: &Sample, stage: &Stage, errors: &str) {
        self.crowd.set_position(sample.joined.into());
        self.crowd.set_message(format!(
            "{} of {}, {} connected",
            units::count(sample.joined.into()),
            units::count(self.crowd.length().unwrap_or_default()),
            units::count(sample.connected.into())
        ));
        self.show_phase(stage);
        self.figures.set_message(figures(sample).trim_start().to_owned());
        if !errors.is_empty() {
            self.errors.set_message(format!("errors: {errors}"));
        }
    }

    fn show_phase(&self, stage: &Stage) {
        let name = units::clean(stage.phase);
        self.phase.set_prefix(format!("{}/{}", stage.place + 1, stage.phases.max(1)));
        let Some(seconds) = stage.seconds.filter(|seconds| *seconds > 0.0) else {
            self.phase.set_style(self.open.clone());
            self.phase.set_message(format!("{name}, for {}", whole(stage.elapsed)));
            return;
        };
        let left = (seconds - stage.elapsed).max(0.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
        let step = ((1.0 - left / seconds) * 1000.0) as u64;
        self.phase.set_style(self.timed.clone());
        self.phase.set_position(step.min(STEPS));
        // After its time, a phase waits until all clients have everything.
        let rest = match left {
            left if left > 0.0 => format!("{} left", whole(left)),
            _ => "catching up".to_owned(),
        };
        self.phase.set_message(format!("{name}, {rest}"));
    }

    pub(super) fn say(&self, sentence: &str) {
        // If the terminal is gone, the measurement still goes on.
        let _ = self.all.println(sentence);
    }

    pub(super) fn end(self) {
        self.phase.disable_steady_tick();
        // A bar that is dropped unfinished leaves its last line on the screen.
        for bar in [&self.errors, &self.figures, &self.phase, &self.crowd] {
            bar.finish_and_clear();
        }
        let _ = self.all.clear();
    }
}

/// Whole seconds: nobody reads hundredths on a bar.
fn whole(seconds: f64) -> String {
    if seconds < 99.5 { format!("{seconds:.0} s") } else { units::seconds(seconds) }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the templates above are well formed")
}
