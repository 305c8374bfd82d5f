//! Words for people, on standard output.

use std::fmt;
use std::io::{self, Write};

/// Prints a line. A reader that has gone (`throng-loadtest … | head`) must not end a run, whose
/// result may be written to a file all the same; so failures are passed over.
pub(crate) fn line(words: fmt::Arguments<'_>) {
    let _ = writeln!(io::stdout(), "{words}");
}

/// Like `println!`, without its panic when nobody reads any more.
macro_rules! say {
    ($($words:tt)*) => { $crate::stdout::line(format_args!($($words)*)) };
}
