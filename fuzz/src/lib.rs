//! What each fuzz target checks. A check panics when something is wrong.
//!
//! `fuzz/run` has libFuzzer call a check with inputs that it makes up; `tests/corpus.rs` calls it with
//! those that are kept.

pub mod commands;
pub mod frames;
pub mod guard;
pub mod http;
pub mod markdown;
pub mod session;
pub mod tokens;

mod server;

/// The terminal client is a program, so what is wanted of it is compiled here once more.
#[path = "../../client/terminal/src"]
mod terminal {
    #[allow(dead_code, unused_imports)]
    pub(crate) mod markdown;
    pub(crate) mod pattern;
}

pub(crate) use terminal::pattern;

#[cfg(fuzzing)]
pub use libfuzzer_sys;

/// Makes the program of a target. Without libFuzzer it replays the files that it is given.
#[macro_export]
macro_rules! target {
    ($check:path) => {
        #[cfg(fuzzing)]
        $crate::libfuzzer_sys::fuzz_target!(|data: &[u8]| $check(data));

        #[cfg(not(fuzzing))]
        fn main() -> std::io::Result<()> {
            for path in std::env::args_os().skip(1) {
                $check(&std::fs::read(path)?);
            }
            Ok(())
        }
    };
}
