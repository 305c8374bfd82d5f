//! Ends the server with SIGTERM or SIGKILL and starts it again on the same port and data, under load. Its
//! clients come back and retry the sends without an answer.

use std::time::{Duration, Instant};

use anyhow::Result;
use rustix::process::Signal;

use super::{Disturbance, Next, Stage};
use crate::units;

/// The longest drain before the server is killed; throng's own grace period is shorter.
const DRAIN_MAX: Duration = Duration::from_secs(30);

/// How to end the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Drain,
    Kill,
}

pub(super) struct Ending {
    way: Way,
    /// When to end it, in order.
    moments: Vec<Instant>,
    /// How often it was ended.
    begun: usize,
    state: State,
    drains: Vec<f64>,
    starts: Vec<f64>,
    returns: Vec<f64>,
    /// The sentence about the current time.
    words: String,
}

#[derive(Clone, Copy)]
enum State {
    Up,
    Ending(Instant),
    Starting(Instant),
    Returning(Instant),
}

impl Ending {
    pub(super) fn new(way: Way, moments: Vec<Instant>) -> Self {
        Self {
            way,
            moments,
            begun: 0,
            state: State::Up,
            drains: Vec::new(),
            starts: Vec::new(),
            returns: Vec::new(),
            words: String::new(),
        }
    }

    /// Ends the server if the next moment has come. Returns whether it did.
    fn begin(&mut self, stage: &mut Stage<'_>, now: Instant) -> Result<bool> {
        let Some(moment) = self.moments.get(self.begun).copied().filter(|due| *due <= now) else {
            return Ok(false);
        };
        self.begun += 1;
        stage.subject.may_end = true;
        let (signal, name) = match self.way {
            Way::Drain => (Signal::TERM, "SIGTERM"),
            Way::Kill => (Signal::KILL, "SIGKILL"),
        };
        stage.subject.signal(signal)?;
        // All clients return at once: that is what an outage brings.
        let size = stage.crowd.size();
        stage.crowd.underway_max(size);
        // The planned moment, so that a seed gives the same report on a slow machine too.
        let after = (moment - stage.began).as_secs_f64();
        self.words = format!("{name} {after:.2} s into the phase");
        self.state = State::Ending(now);
        Ok(true)
    }

    fn ending(&mut self, stage: &mut Stage<'_>, since: Instant, now: Instant) -> Result<()> {
        let Some(status) = stage.subject.ended()? else {
            if now - since > DRAIN_MAX {
                stage.subject.signal(Signal::KILL)?;
                stage
                    .notes
                    .remarks
                    .push(format!("not drained within {DRAIN_MAX:?}: it was killed"));
            }
            return Ok(());
        };
        let took = (now - since).as_secs_f64();
        self.drains.push(took);
        self.words += &format!(", ended after {took:.2} s ({status})");
        stage.subject.start_again()?;
        self.state = State::Starting(now);
        Ok(())
    }

    fn starting(&mut self, stage: &mut Stage<'_>, since: Instant, now: Instant) -> Result<()> {
        if stage.subject.is_up()? {
            stage.subject.may_end = false;
            let took = (now - since).as_secs_f64();
            self.starts.push(took);
            self.words += &format!(", up again {took:.2} s later");
            self.state = State::Returning(now);
        }
        Ok(())
    }

    fn returning(&mut self, stage: &mut Stage<'_>, since: Instant, now: Instant) {
        if stage.crowd.live() == stage.crowd.size() {
            let took = (now - since).as_secs_f64();
            self.returns.push(took);
            self.tell(stage, &format!(", everybody back {took:.2} s after that"));
            self.state = State::Up;
        }
    }

    fn tell(&mut self, stage: &mut Stage<'_>, end: &str) {
        let words = std::mem::take(&mut self.words);
        stage.notes.remarks.push(words + end);
    }
}

impl Disturbance for Ending {
    fn poll(&mut self, stage: &mut Stage<'_>, now: Instant) -> Result<Next> {
        match self.state {
            State::Up => {
                if !self.begin(stage, now)? {
                    let next = self.moments.get(self.begun).copied();
                    return Ok(Next::Free(next.unwrap_or(stage.end)));
                }
            }
            State::Ending(since) => self.ending(stage, since, now)?,
            State::Starting(since) => {
                if let Err(error) = self.starting(stage, since, now) {
                    self.tell(stage, ", and it did not come back");
                    return Ok(Next::Failed(format!("{error:#}")));
                }
            }
            State::Returning(since) => {
                let words = self.words.clone();
                // A crash does not wait until the last one is over.
                if self.way == Way::Kill && self.begin(stage, now)? {
                    stage.notes.remarks.push(words + ", killed again before everybody was back");
                } else {
                    self.returning(stage, since, now);
                }
            }
        }
        Ok(Next::Busy(now + super::LOOK))
    }

    fn finish(&mut self, stage: &mut Stage<'_>) -> Result<()> {
        let times = self.moments.len() as u64;
        if (self.begun as u64) < times {
            let often = units::times(self.begun as u64);
            let words = format!("the server was ended {often} instead of {}", units::times(times));
            stage.notes.lacking.push(words);
        }
        // What is not over takes longer than this.
        let (since, times) = match self.state {
            State::Up => (None, &mut self.returns),
            State::Ending(since) => (Some(since), &mut self.drains),
            State::Starting(since) => (Some(since), &mut self.starts),
            State::Returning(since) => (Some(since), &mut self.returns),
        };
        times.extend(since.map(|since| since.elapsed().as_secs_f64()));
        if !self.words.is_empty() {
            let (live, size) = (stage.crowd.live(), stage.crowd.size());
            let size = units::counted(size.into(), "client");
            self.tell(stage, &format!(", only {live} of {size} came back in time"));
        }
        #[expect(clippy::cast_precision_loss, reason = "a small count")]
        stage.notes.extra.insert("times_ended".to_owned(), self.begun as f64);
        super::note_longest(stage, "drain_seconds", &self.drains);
        super::note_longest(stage, "start_seconds", &self.starts);
        super::note_longest(stage, "return_seconds", &self.returns);
        Ok(())
    }
}
