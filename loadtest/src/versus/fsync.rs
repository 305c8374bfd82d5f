//! The cost of an fsync on the disk that the server writes to.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// As much as a small commit writes.
const BLOCK: [u8; 4096] = [0x5a; 4096];

/// Enough for a stable median.
const TIMES: usize = 64;

/// The median time of `TIMES` fsyncs of a file in `dir`, which is removed afterwards.
pub(super) fn median(dir: &Path) -> Result<Duration> {
    std::fs::create_dir_all(dir)?;
    let path = dir.join("fsync");
    let measured = measure(&path).with_context(|| format!("no fsync in {}", dir.display()));
    std::fs::remove_file(&path)?;
    measured
}

fn measure(path: &Path) -> Result<Duration> {
    let mut file = File::create(path)?;
    let mut times = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let began = Instant::now();
        file.write_all(&BLOCK)?;
        file.sync_data()?;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    Ok(times[TIMES / 2])
}
