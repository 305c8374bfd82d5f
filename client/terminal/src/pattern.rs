//! Regular expressions that are compiled at first use.

/// A regular expression that is known to be valid: the tests use each.
macro_rules! pattern {
    ($pattern:expr $(,)?) => {
        std::sync::LazyLock::new(|| regex::Regex::new($pattern).expect("a good pattern"))
    };
}
pub(crate) use pattern;
