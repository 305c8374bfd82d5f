//! Patterns that are compiled when they are first used.

/// A pattern that is known to be right when the program is built: the tests use each.
macro_rules! pattern {
    ($pattern:expr $(,)?) => {
        std::sync::LazyLock::new(|| regex::Regex::new($pattern).expect("a good pattern"))
    };
}
pub(crate) use pattern;
