//! Random faults for the bytes of a connection.

use std::io::{self, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

/// The chance of each fault, in thousandths, for each piece that is read.
#[derive(Clone, Copy, Default)]
pub struct Weather {
    /// The connection is cut somewhere in the piece.
    pub cut: u32,
    /// The piece arrives some milliseconds later.
    pub delay: u32,
    /// The piece arrives in two parts.
    pub split: u32,
    /// From now on nothing arrives in this direction, without an error on either side.
    pub mute: u32,
}

/// The weather in one direction of one connection.
pub(super) struct Gusts {
    weather: Weather,
    rng: fastrand::Rng,
}

/// What happens to a piece.
pub(super) enum Fate {
    Passed,
    Cut,
    Mute,
}

impl Gusts {
    pub(super) fn new(weather: Weather, seed: u64, number: u64) -> Self {
        let rng = fastrand::Rng::with_seed(seed.wrapping_mul(1_000_003) ^ number);
        Self { weather, rng }
    }

    /// Writes a piece, or the part of it that gets through.
    pub(super) fn write(
        &mut self,
        mut bytes: &[u8],
        to: &mut TcpStream,
        is_calm: bool,
    ) -> io::Result<Fate> {
        let Weather { cut, delay, split, mute } = match is_calm {
            true => Weather::default(),
            false => self.weather,
        };
        if self.hits(cut) {
            // Cut within a frame, or right before it. An error ends the connection too.
            let _ = to.write_all(&bytes[..self.rng.usize(..=bytes.len())]);
            return Ok(Fate::Cut);
        }
        if self.hits(mute) {
            return Ok(Fate::Mute);
        }
        if self.hits(delay) {
            thread::sleep(Duration::from_millis(self.rng.u64(1..20)));
        }
        while self.hits(split) && bytes.len() > 1 {
            let (first, rest) = bytes.split_at(self.rng.usize(1..bytes.len()));
            to.write_all(first)?;
            thread::yield_now();
            bytes = rest;
        }
        to.write_all(bytes)?;
        Ok(Fate::Passed)
    }

    fn hits(&mut self, chances: u32) -> bool {
        self.rng.u32(..1_000) < chances
    }
}
