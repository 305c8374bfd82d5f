//! Ctrl-C: the first one ends the run early, with what was measured so far; a second one at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::{Context, Result};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// What a shell adds to the number of the signal that ended a program.
const SIGNALLED: i32 = 128;

/// Whether somebody wants the run to end, and by which signal: its number, 0 as long as nobody does.
#[derive(Clone, Debug)]
pub(crate) struct Interrupt(Arc<AtomicUsize>);

/// A signal that asked for the end of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StopSignal(i32);

impl Interrupt {
    /// From now on SIGINT and SIGTERM are requests. A server that was started here dies with this
    /// program, so the second signal leaves none behind.
    pub(crate) fn listen() -> Result<Self> {
        let (number, asked) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        for signal in [SIGINT, SIGTERM] {
            let at_once = SIGNALLED + signal;
            let word = usize::try_from(signal).unwrap_or(0);
            // In this order: the first signal sets the flag that the second one finds.
            flag::register_conditional_shutdown(signal, at_once, Arc::clone(&asked))
                .and_then(|_| flag::register(signal, Arc::clone(&asked)))
                .and_then(|_| flag::register_usize(signal, Arc::clone(&number), word))
                .context("signals cannot be caught")?;
        }
        Ok(Self(number))
    }

    /// The signal that asked for the end.
    pub(crate) fn stop_signal(&self) -> Option<StopSignal> {
        let signal = i32::try_from(self.0.load(Ordering::Relaxed)).unwrap_or(0);
        (signal != 0).then_some(StopSignal(signal))
    }
}

impl StopSignal {
    /// The exit code that a shell gives a program which that signal ended.
    pub(crate) fn exit_code(self) -> u8 {
        u8::try_from(SIGNALLED + self.0).unwrap_or(1)
    }

    pub(crate) fn name(self) -> &'static str {
        if self.0 == SIGTERM { "SIGTERM" } else { "SIGINT" }
    }
}
