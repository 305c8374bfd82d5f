//! The inputs that are kept go through their checks with every run of the tests: those that found
//! something once, and those from which the search begins.

use std::fs;
use std::path::Path;

/// The corpus is for beginning from, not for keeping what a search has gathered.
const FILES_MAX: usize = 60;
const BYTES_MAX: u64 = 4_096;

fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .expect("a corpus")
        .map(|entry| entry.expect("a file").path())
        .collect();
    paths.sort();
    assert!((1..=FILES_MAX).contains(&paths.len()), "{} files in {target}", paths.len());
    for path in paths {
        let data = fs::read(&path).expect("it can be read");
        assert!(data.len() as u64 <= BYTES_MAX, "{} is long", path.display());
        println!("{}", path.display());
        check(&data);
    }
    check(b"");
}

macro_rules! replayed {
    ($($target:ident),*) => {
        $(
            #[test]
            fn $target() {
                replay(stringify!($target), throng_fuzz::$target::check);
            }
        )*
    };
}

replayed!(http, session, frames, commands, guard, tokens, markdown);
