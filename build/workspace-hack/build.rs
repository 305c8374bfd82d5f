//! Nothing to do: cargo heeds build dependencies only where there is such a file.

fn main() {}
