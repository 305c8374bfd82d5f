//! Ctrl-C: the first one ends the run early, and reports what was measured so far; a second one ends it at
//! once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::{Context, Result};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// A shell's exit code for a program ended by a signal is this plus the signal's number.
const SIGNALLED: i32 = 128;

/// The signal that asked the run to end: its number, or 0 if none did.
#[derive(Clone, Debug)]
pub(crate) struct Interrupt(Arc<AtomicUsize>);

/// A signal that asked for the end of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StopSignal(i32);

impl Interrupt {
    /// Catches SIGINT and SIGTERM from now on. A server that was started here dies with this program, so a
    /// second signal leaves none behind.
    pub(crate) fn listen() -> Result<Self> {
        let (number, asked) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        for signal in [SIGINT, SIGTERM] {
            let at_once = SIGNALLED + signal;
            let word = usize::try_from(signal).unwrap_or(0);
            // In this order: a signal sets the flag only after the check for a second signal.
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
    /// The exit code that a shell gives to a program ended by that signal.
    pub(crate) fn exit_code(self) -> u8 {
        u8::try_from(SIGNALLED + self.0).unwrap_or(1)
    }

    pub(crate) fn name(self) -> &'static str {
        if self.0 == SIGTERM { "SIGTERM" } else { "SIGINT" }
    }
}
