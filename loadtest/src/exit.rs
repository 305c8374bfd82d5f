//! The exit codes of the program, for the shell or the CI that started it.

use std::process::ExitCode;

/// The result of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything was checked, and passed.
    Success,
    /// A promise was broken or could not be checked, or a bound failed.
    Failure,
    /// A signal cut the run short: the exit code that a shell gives for it.
    Signal(u8),
    /// The run could not start.
    CouldNotRun,
}

impl Exit {
    pub(crate) fn of(good: bool) -> Self {
        if good { Self::Success } else { Self::Failure }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Success => Self::SUCCESS,
            Exit::Failure => Self::FAILURE,
            Exit::CouldNotRun => Self::from(2),
            Exit::Signal(code) => Self::from(code),
        }
    }
}
