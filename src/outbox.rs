//! The outbox: a session's bounded queue of frames, whose far end is the socket.
//!
//! Everything that leaves a connection leaves through here, in order, in whole frames: answers,
//! events, pongs, the close. Rooms and sessions feed it and never wait. Where nothing waits in it
//! an offer tries the write at once, so a message costs each member one lock and one system call,
//! and wakes no task; what the socket does not take stays first in the queue, and the session's
//! task, woken, writes on when the socket is writable again.
//!
//! What happens when it is full: ephemeral events are dropped as soon as something waits; an event
//! of the log over `event_bytes_max` (or over the budget of all outboxes together) is refused, and
//! the room tells the member that it is `behind`. Answers have a reserve of their own: a command is
//! only read when there is room for its answer. One pong, and the last words, always fit.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use async_std::io::Write;
use async_std::net::TcpStream;
use parking_lot::Mutex;

use crate::clock;
use crate::frame::Frame;
use crate::metrics::Metrics;

#[cfg(test)]
pub(crate) mod tests;
mod ticket;

pub(crate) use ticket::{Refusal, Ticket};

/// The limits that all outboxes share, and the sum of what waits in them.
pub(crate) struct Budget {
    /// The most bytes of events that wait for one connection.
    pub(crate) event_bytes_max: usize,
    /// The most bytes of answers that are owed to, or wait for, one connection. One answer always
    /// fits, whatever its size.
    pub(crate) answer_bytes_max: usize,
    /// The most bytes that wait for all connections together. Events are refused at three quarters
    /// of it, pages at the whole: newcomers get in while others do not read.
    pub(crate) total_bytes_max: usize,
    /// The bytes that wait now.
    pub(crate) waiting_bytes: AtomicUsize,
    /// Where refusals are counted.
    pub(crate) metrics: Arc<Metrics>,
}

/// What became of an offered event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offered {
    /// Written, or waiting in its place.
    Taken,
    /// There is no room for it.
    Full,
    /// The connection is ending; nothing more will be sent.
    Closed,
}

/// Why the session's task is called, besides readiness of the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alarm {
    /// The client has been silent for too long.
    Silent,
    /// A write has made no progress for too long.
    Stalled,
    /// The server is draining.
    Drain,
}

/// What the session's task learns when it drives the outbox.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Driven {
    /// Set until somebody clears it.
    pub(crate) alarm: Option<Alarm>,
    /// Whether everything was written.
    pub(crate) is_empty: bool,
    /// The person has another nick; told once.
    pub(crate) renamed: bool,
}

/// One connection's outbox.
pub(crate) struct Outbox {
    id: u64,
    socket: TcpStream,
    budget: Arc<Budget>,
    /// When the last whole frame of the client was read, in seconds of [`clock::now_seconds`].
    heard_at: AtomicU32,
    greeted: AtomicBool,
    queue: Mutex<Queue>,
}

struct Queue {
    frames: VecDeque<Queued>,
    /// Bytes of the first frame that the socket has taken already.
    head_sent: usize,
    event_bytes: usize,
    answer_bytes: usize,
    /// Reserved for answers that rooms have not given yet.
    owed_bytes: usize,
    /// How many commands have no answer yet.
    open: u32,
    /// When the socket took a whole frame last, or when the queue began, in seconds.
    moved_at: u32,
    stage: Stage,
    alarm: Option<Alarm>,
    renamed: bool,
    /// The session's task waits for room or for answers.
    is_awaited: bool,
    waker: Option<Waker>,
}

struct Queued {
    frame: Frame,
    class: Class,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Event,
    Answer,
    Pong,
    Last,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Open,
    /// The last words are queued: nothing comes after them.
    Closing,
    /// The socket is broken.
    Broken,
}

/// How many frames one system call joins. Linux takes up to 1,024 (IOV_MAX); beyond a few dozen
/// nothing is gained, and the array of slices lives on the stack.
const JOINED_FRAMES_MAX: usize = 32;

impl Outbox {
    pub(crate) fn new(id: u64, socket: TcpStream, budget: Arc<Budget>) -> Arc<Self> {
        let now = clock::now_seconds();
        Arc::new(Self {
            id,
            socket,
            budget,
            heard_at: AtomicU32::new(now),
            greeted: AtomicBool::new(false),
            queue: Mutex::new(Queue {
                frames: VecDeque::new(),
                head_sent: 0,
                event_bytes: 0,
                answer_bytes: 0,
                owed_bytes: 0,
                open: 0,
                moved_at: now,
                stage: Stage::Open,
                alarm: None,
                renamed: false,
                is_awaited: false,
                waker: None,
            }),
        })
    }

    /// The connection's number, as in the log lines.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// The socket, for the session's task to read from.
    pub(crate) fn socket(&self) -> &TcpStream {
        &self.socket
    }

    /// Offers events of a room's log. Never waits.
    pub(crate) fn offer_event(&self, frame: &Frame) -> Offered {
        let mut queue = self.queue.lock();
        if queue.stage != Stage::Open {
            return Offered::Closed;
        }
        if !queue.frames.is_empty() {
            let total = self.budget.waiting_bytes.load(Ordering::Relaxed);
            if queue.event_bytes + frame.len() > self.budget.event_bytes_max
                || total + frame.len() > self.budget.total_bytes_max / 4 * 3
            {
                return Offered::Full;
            }
        }
        self.push(&mut queue, frame, Class::Event)
    }

    /// Offers what may be lost: it is dropped as soon as anything waits.
    pub(crate) fn offer_ephemeral(&self, frame: &Frame) -> Offered {
        let mut queue = self.queue.lock();
        match queue.stage {
            Stage::Open if queue.frames.is_empty() => self.push(&mut queue, frame, Class::Event),
            Stage::Open => Offered::Full,
            Stage::Closing | Stage::Broken => Offered::Closed,
        }
    }

    /// Tells of a room that it is `behind`. It counts as an answer: a client can only be put
    /// behind again after it joined again, and for that it must have read.
    pub(crate) fn offer_behind(&self, frame: &Frame) -> Offered {
        let mut queue = self.queue.lock();
        match queue.stage {
            Stage::Open => self.push(&mut queue, frame, Class::Answer),
            Stage::Closing | Stage::Broken => Offered::Closed,
        }
    }

    /// Queues a control frame that tungstenite made: a pong, or the answer to a close, after which
    /// nothing may come.
    pub(crate) fn control(&self, frame: Frame) {
        const CLOSE: u8 = 0x88;
        match frame.as_bytes().first() {
            Some(&CLOSE) => self.finish(&frame),
            _ => self.pong(frame),
        }
    }

    /// Whether so many bytes more keep within what may wait for all connections together.
    pub(crate) fn has_room_for(&self, bytes: usize) -> bool {
        let waiting = self.budget.waiting_bytes.load(Ordering::Relaxed);
        waiting + bytes <= self.budget.total_bytes_max
    }

    /// Queues a pong in place of an older one that still waits: only the newest ping needs an
    /// answer (RFC 6455, section 5.5.3).
    fn pong(&self, frame: Frame) {
        let mut queue = self.queue.lock();
        if queue.stage != Stage::Open {
            return;
        }
        let first_whole = usize::from(queue.head_sent > 0);
        let waiting = queue.frames.iter().skip(first_whole).position(|it| it.class == Class::Pong);
        if let Some(at) = waiting {
            let old = queue.frames[at + first_whole].frame.len();
            self.budget.waiting_bytes.fetch_add(frame.len(), Ordering::Relaxed);
            self.budget.waiting_bytes.fetch_sub(old, Ordering::Relaxed);
            queue.frames[at + first_whole].frame = frame;
        } else {
            self.push(&mut queue, &frame, Class::Pong);
        }
    }

    /// Queues the last words, and drops the events of the log that are not half written: the
    /// client reads them after it came back.
    pub(crate) fn finish(&self, last: &Frame) {
        let mut queue = self.queue.lock();
        if queue.stage != Stage::Open {
            return;
        }
        let half = usize::from(queue.head_sent > 0);
        let mut dropped = 0;
        let mut at = 0;
        queue.frames.retain(|it| {
            let keep = at < half || it.class != Class::Event;
            at += 1;
            dropped += if keep { 0 } else { it.frame.len() };
            keep
        });
        queue.event_bytes = queue.event_bytes.saturating_sub(dropped);
        self.budget.waiting_bytes.fetch_sub(dropped, Ordering::Relaxed);
        self.push(&mut queue, last, Class::Last);
        if queue.stage == Stage::Open {
            queue.stage = Stage::Closing;
        }
    }

    /// Remembers that a whole frame came from the client.
    pub(crate) fn heard(&self) {
        self.heard_at.store(clock::now_seconds(), Ordering::Relaxed);
    }

    /// From now on the heartbeat counts, no longer the deadline of `hello`.
    pub(crate) fn greet(&self) {
        self.greeted.store(true, Ordering::Relaxed);
        self.heard();
    }

    pub(crate) fn is_greeted(&self) -> bool {
        self.greeted.load(Ordering::Relaxed)
    }

    /// When the client was heard last, and since when the socket has taken nothing of what waits.
    pub(crate) fn signs_of_life(&self) -> (u32, Option<u32>) {
        let queue = self.queue.lock();
        let stuck = (!queue.frames.is_empty()).then_some(queue.moved_at);
        (self.heard_at.load(Ordering::Relaxed), stuck)
    }

    /// Calls the session's task. A drain is not covered up by a later alarm.
    pub(crate) fn alarm(&self, alarm: Alarm) {
        let mut queue = self.queue.lock();
        if queue.alarm != Some(Alarm::Drain) {
            queue.alarm = Some(alarm);
        }
        queue.wake();
    }

    /// Tells the session's task that the person has another nick.
    pub(crate) fn rename(&self) {
        let mut queue = self.queue.lock();
        queue.renamed = true;
        queue.wake();
    }

    /// Forgets an alarm that the session found to be unfounded.
    pub(crate) fn clear(&self, alarm: Alarm) {
        let mut queue = self.queue.lock();
        if queue.alarm == Some(alarm) {
            queue.alarm = None;
        }
    }

    /// Called by the session's task whenever it runs: writes what waits, leaves its waker, and
    /// tells what else is the matter.
    ///
    /// # Errors
    /// When the socket is broken.
    pub(crate) fn drive(&self, cx: &mut Context<'_>) -> io::Result<Driven> {
        let mut queue = self.queue.lock();
        if !queue.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            queue.waker = Some(cx.waker().clone());
        }
        if queue.stage == Stage::Broken {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        while !queue.frames.is_empty() {
            let written = {
                let slices = queue.slices();
                let count = queue.frames.len().min(JOINED_FRAMES_MAX);
                Pin::new(&mut &self.socket).poll_write_vectored(cx, &slices[..count])
            };
            match written {
                Poll::Ready(Ok(0)) => {
                    queue.stage = Stage::Broken;
                    return Err(io::ErrorKind::WriteZero.into());
                }
                Poll::Ready(Ok(written)) => self.took(&mut queue, written),
                Poll::Ready(Err(error)) => {
                    queue.stage = Stage::Broken;
                    return Err(error);
                }
                Poll::Pending => break,
            }
        }
        Ok(Driven {
            alarm: queue.alarm,
            is_empty: queue.frames.is_empty(),
            renamed: std::mem::take(&mut queue.renamed),
        })
    }

    /// Writes a frame at once when nothing waits, and queues what is left of it.
    fn push(&self, queue: &mut Queue, frame: &Frame, class: Class) -> Offered {
        let was_empty = queue.frames.is_empty();
        let sent = match was_empty.then(|| send_now(&self.socket, frame.as_bytes())) {
            None => 0,
            Some(Ok(sent)) if sent == frame.len() => return Offered::Taken,
            Some(Ok(sent)) => sent,
            Some(Err(_)) => {
                queue.stage = Stage::Broken;
                queue.wake();
                return Offered::Closed;
            }
        };
        if was_empty {
            queue.head_sent = sent;
            queue.moved_at = clock::now_seconds();
        }
        match class {
            Class::Event => queue.event_bytes += frame.len(),
            Class::Answer => queue.answer_bytes += frame.len(),
            Class::Pong | Class::Last => {}
        }
        self.budget.waiting_bytes.fetch_add(frame.len(), Ordering::Relaxed);
        queue.frames.push_back(Queued { frame: frame.clone(), class });
        if was_empty {
            queue.wake();
        }
        Offered::Taken
    }

    /// Removes what the socket took from the front of the queue.
    fn took(&self, queue: &mut Queue, written: usize) {
        queue.head_sent += written;
        while let Some(first) = queue.frames.front() {
            let (len, class) = (first.frame.len(), first.class);
            if queue.head_sent < len {
                break;
            }
            queue.head_sent -= len;
            queue.frames.pop_front();
            // Only whole frames count: whoever takes a byte now and then makes no progress.
            queue.moved_at = clock::now_seconds();
            self.budget.waiting_bytes.fetch_sub(len, Ordering::Relaxed);
            match class {
                Class::Event => queue.event_bytes -= len,
                Class::Answer => queue.answer_bytes -= len,
                Class::Pong | Class::Last => {}
            }
        }
        if queue.frames.is_empty() {
            // An idle connection keeps no buffer.
            queue.frames = VecDeque::new();
        }
    }
}

impl Queue {
    fn wake(&self) {
        if let Some(waker) = &self.waker {
            waker.wake_by_ref();
        }
    }

    fn slices(&self) -> [IoSlice<'_>; JOINED_FRAMES_MAX] {
        let mut slices = [IoSlice::new(&[]); JOINED_FRAMES_MAX];
        let mut skip = self.head_sent;
        for (slice, queued) in slices.iter_mut().zip(&self.frames) {
            *slice = IoSlice::new(&queued.frame.as_bytes()[skip..]);
            skip = 0;
        }
        slices
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        let left: usize = self.queue.get_mut().frames.iter().map(|it| it.frame.len()).sum();
        self.budget.waiting_bytes.fetch_sub(left, Ordering::Relaxed);
    }
}

/// One `send` that never waits. Returns 0 where the socket's buffer is full.
fn send_now(socket: &TcpStream, bytes: &[u8]) -> io::Result<usize> {
    let mut cx = Context::from_waker(Waker::noop());
    match Pin::new(&mut &*socket).poll_write(&mut cx, bytes) {
        Poll::Ready(sent) => sent,
        // The session's task is about to wait for the socket with its own waker.
        Poll::Pending => Ok(0),
    }
}
