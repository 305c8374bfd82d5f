//! Text for people, on standard output.

use std::fmt;
use std::io::{self, Write};

/// Prints a line. Ignores errors: a reader that has gone (`throng-loadtest … | head`) must not end a run,
/// whose result may also go to a file.
pub(crate) fn line(words: fmt::Arguments<'_>) {
    let _ = writeln!(io::stdout(), "{words}");
}

/// Like `println!`, but does not panic if the reader is gone.
macro_rules! say {
    ($($words:tt)*) => { $crate::stdout::line(format_args!($($words)*)) };
}
