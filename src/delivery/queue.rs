//! The frames that wait for one connection: in order, in classes, with their bytes. Plain values, without
//! socket and clock.

use std::collections::VecDeque;
use std::io::IoSlice;

use crate::wire::frame::Frame;

/// How many frames one system call joins. Linux takes up to 1,024 (IOV_MAX), but more than a few dozen gain
/// nothing, and the array of slices is on the stack.
const JOINED_FRAMES_MAX: usize = 32;

/// The class of a frame, for the limits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// An event: refused if too many bytes of events wait.
    Event,
    /// An answer: its room is reserved before its command is read.
    Answer,
    /// A pong: at most one waits.
    Pong,
    /// The close, and what comes right before it.
    Last,
}

/// Whether the queue accepts frames.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Open,
    /// The last words are queued: nothing comes after them.
    Closing,
    /// The transport is broken.
    Broken,
}

/// The waiting frames, and the reservations for answers. Times are in seconds of the caller's clock.
pub(super) struct Queue {
    frames: VecDeque<Queued>,
    /// How many bytes of the first frame the transport has already taken.
    head_sent: usize,
    event_bytes: usize,
    answer_bytes: usize,
    /// Bytes reserved for answers that have not been given.
    owed_bytes: usize,
    /// How many commands have no answer yet.
    unanswered: u32,
    /// When the transport last took a whole frame, or when the queue began.
    moved_at: u32,
    stage: Stage,
}

struct Queued {
    frame: Frame,
    class: Class,
}

impl Queue {
    pub(super) fn new(now: u32) -> Self {
        Self {
            frames: VecDeque::new(),
            head_sent: 0,
            event_bytes: 0,
            answer_bytes: 0,
            owed_bytes: 0,
            unanswered: 0,
            moved_at: now,
            stage: Stage::Open,
        }
    }

    pub(super) fn stage(&self) -> Stage {
        self.stage
    }

    pub(super) fn set_stage(&mut self, stage: Stage) {
        self.stage = stage;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// How many bytes of events wait.
    pub(super) fn event_bytes(&self) -> usize {
        self.event_bytes
    }

    /// How many bytes of answers wait or are reserved.
    pub(super) fn answer_bytes(&self) -> usize {
        self.answer_bytes + self.owed_bytes
    }

    /// How many commands have no answer yet.
    pub(super) fn unanswered(&self) -> u32 {
        self.unanswered
    }

    /// Since when the transport has taken no whole frame, if any frame waits.
    pub(super) fn stuck_since(&self) -> Option<u32> {
        (!self.is_empty()).then_some(self.moved_at)
    }

    /// How many bytes of its first frame the transport has taken.
    #[cfg(test)]
    pub(super) fn head_sent(&self) -> usize {
        self.head_sent
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.frames.capacity()
    }

    /// The bytes of all waiting frames, each counted whole.
    pub(super) fn bytes(&self) -> usize {
        self.frames.iter().map(|it| it.frame.len()).sum()
    }

    /// Reserves room for the answer to a command.
    pub(super) fn owe(&mut self, bytes: usize) {
        self.owed_bytes += bytes;
        self.unanswered += 1;
    }

    /// The command is answered: ends its reservation.
    pub(super) fn settle(&mut self, bytes: usize) {
        self.owed_bytes -= bytes;
        self.unanswered -= 1;
    }

    /// Adds a frame of which the transport has taken `sent` bytes; more than 0 only if the queue is empty.
    pub(super) fn push(&mut self, frame: Frame, class: Class, sent: usize, now: u32) {
        if self.frames.is_empty() {
            self.head_sent = sent;
            self.moved_at = now;
        }
        match class {
            Class::Event => self.event_bytes += frame.len(),
            Class::Answer => self.answer_bytes += frame.len(),
            Class::Pong | Class::Last => {}
        }
        self.frames.push_back(Queued { frame, class });
    }

    /// Replaces a waiting pong of which nothing is written. Returns the bytes of the old pong, or the new one
    /// if there is none to replace.
    pub(super) fn replace_pong(&mut self, pong: Frame) -> Result<usize, Frame> {
        let begun = usize::from(self.head_sent > 0);
        match self.frames.iter_mut().skip(begun).find(|it| it.class == Class::Pong) {
            Some(waiting) => Ok(std::mem::replace(&mut waiting.frame, pong).len()),
            None => Err(pong),
        }
    }

    /// Drops the events of which nothing is written, and returns their bytes.
    pub(super) fn drop_events(&mut self) -> usize {
        let begun = usize::from(self.head_sent > 0);
        let (mut dropped, mut at) = (0, 0);
        self.frames.retain(|it| {
            let keep = at < begun || it.class != Class::Event;
            at += 1;
            dropped += if keep { 0 } else { it.frame.len() };
            keep
        });
        self.event_bytes -= dropped;
        dropped
    }

    /// Removes what the transport has taken, and returns the bytes of the frames that are written whole.
    pub(super) fn took(&mut self, written: usize, now: u32) -> usize {
        self.head_sent += written;
        let mut whole = 0;
        while let Some(first) = self.frames.front() {
            let (len, class) = (first.frame.len(), first.class);
            if self.head_sent < len {
                break;
            }
            self.head_sent -= len;
            self.frames.pop_front();
            // Only whole frames count: a client that takes a byte now and then makes no progress.
            self.moved_at = now;
            whole += len;
            match class {
                Class::Event => self.event_bytes -= len,
                Class::Answer => self.answer_bytes -= len,
                Class::Pong | Class::Last => {}
            }
        }
        if self.frames.is_empty() {
            // An idle connection keeps no buffer.
            self.frames = VecDeque::new();
        }
        whole
    }

    /// Calls `write` with the bytes to be written next.
    pub(super) fn with_slices<T>(&self, write: impl FnOnce(&[IoSlice<'_>]) -> T) -> T {
        let mut slices = [IoSlice::new(&[]); JOINED_FRAMES_MAX];
        let mut skip = self.head_sent;
        for (slice, queued) in slices.iter_mut().zip(&self.frames) {
            *slice = IoSlice::new(&queued.frame.as_bytes()[skip..]);
            skip = 0;
        }
        write(&slices[..self.frames.len().min(JOINED_FRAMES_MAX)])
    }
}
