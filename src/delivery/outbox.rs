//! The outbox: a bounded queue of frames, and the transport that sends them.
//!
//! Every frame that a connection sends goes through here, in order and whole: answers, events, pongs, the
//! close. Rooms and sessions feed it and never wait. If the queue is empty, an offer tries the write at once,
//! so a message costs each member one lock and one system call, and wakes no task. What the transport does
//! not take stays first in the queue, and the connection's task, once woken, writes on when the transport
//! takes more.
//!
//! When it is full: ephemeral events are dropped as soon as anything waits; an event of the log over
//! `event_bytes_max` (or over the budget of all outboxes together) is refused, and the room sends the member
//! `behind`. Answers have their own reserve: a command is only read when there is room for its answer. One
//! pong and the last words always fit.

use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use parking_lot::Mutex;
use throng_log::clock;

use crate::delivery::budget::Budget;
use crate::delivery::queue::{Class, Queue, Stage};
use crate::delivery::transport::Transport;
use crate::wire::frame::Frame;

/// The result of offering an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offered {
    /// Written, or waiting in the queue.
    Taken,
    /// There is no room for it.
    Full,
    /// The connection is ending; nothing more will be sent.
    Closed,
}

/// One connection's outbox.
pub(crate) struct Outbox {
    transport: Transport,
    budget: Arc<Budget>,
    sending: Mutex<Sending>,
}

struct Sending {
    queue: Queue,
    /// Whether the connection's task waits for room or for answers.
    is_awaited: bool,
    waker: Option<Waker>,
}

impl Outbox {
    /// `now` is the current second of [`clock::now_seconds`].
    pub(super) fn new(transport: Transport, budget: Arc<Budget>, now: u32) -> Self {
        let sending = Sending { queue: Queue::new(now), is_awaited: false, waker: None };
        Self { transport, budget, sending: Mutex::new(sending) }
    }

    /// The transport, for the connection's task to read from.
    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    pub(super) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Offers events of a room's log. Never waits.
    pub(crate) fn offer_event(&self, frame: &Frame) -> Offered {
        let mut sending = self.sending.lock();
        let queue = &sending.queue;
        if queue.stage() != Stage::Open {
            return Offered::Closed;
        }
        if !queue.is_empty()
            && (queue.event_bytes() + frame.len() > self.budget.event_bytes_max
                || !self.budget.has_room_for_event(frame.len()))
        {
            return Offered::Full;
        }
        self.push(&mut sending, frame, Class::Event)
    }

    /// Offers an event that may be lost: it is dropped if anything waits.
    pub(crate) fn offer_ephemeral(&self, frame: &Frame) -> Offered {
        let mut sending = self.sending.lock();
        match sending.queue.stage() {
            Stage::Open if sending.queue.is_empty() => self.push(&mut sending, frame, Class::Event),
            Stage::Open => Offered::Full,
            Stage::Closing | Stage::Broken => Offered::Closed,
        }
    }

    /// Queues `behind`. Charged to the answer budget: a client cannot fall behind again before it rejoins,
    /// and for that it must have read this.
    pub(crate) fn offer_behind(&self, frame: &Frame) -> Offered {
        let mut sending = self.sending.lock();
        match sending.queue.stage() {
            Stage::Open => self.push(&mut sending, frame, Class::Answer),
            Stage::Closing | Stage::Broken => Offered::Closed,
        }
    }

    /// Sends a ping, and returns whether it did. If anything waits, the client has not read, and a ping would
    /// show nothing new.
    pub(super) fn offer_ping(&self) -> bool {
        let mut sending = self.sending.lock();
        let is_ready = sending.queue.stage() == Stage::Open && sending.queue.is_empty();
        if is_ready {
            self.budget.metrics.pings.inc();
            self.push(&mut sending, Frame::ping(), Class::Event);
        }
        is_ready
    }

    /// Queues a control frame from tungstenite: a pong, or the response to a close, after which nothing may
    /// be sent.
    pub(crate) fn control(&self, frame: Frame) {
        const CLOSE: u8 = 0x88;
        match frame.as_bytes().first() {
            Some(&CLOSE) => self.finish(&frame),
            _ => self.pong(frame),
        }
    }

    /// Queues a pong, replacing an older one that still waits: only the newest ping needs a response (RFC
    /// 6455, section 5.5.3).
    fn pong(&self, frame: Frame) {
        let mut sending = self.sending.lock();
        if sending.queue.stage() != Stage::Open {
            return;
        }
        let bytes = frame.len();
        match sending.queue.replace_pong(frame) {
            Ok(replaced) => {
                self.budget.add(bytes);
                self.budget.remove(replaced);
            }
            Err(frame) => drop(self.push(&mut sending, &frame, Class::Pong)),
        }
    }

    /// Queues the last words, and drops the events of the log of which nothing is written: the client reads
    /// them when it is back.
    pub(crate) fn finish(&self, last: &Frame) {
        let mut sending = self.sending.lock();
        if sending.queue.stage() != Stage::Open {
            return;
        }
        self.budget.remove(sending.queue.drop_events());
        self.push(&mut sending, last, Class::Last);
        if sending.queue.stage() == Stage::Open {
            sending.queue.set_stage(Stage::Closing);
        }
    }

    /// Since when the transport has taken nothing of the queue, in seconds.
    pub(crate) fn stuck_since(&self) -> Option<u32> {
        self.sending.lock().queue.stuck_since()
    }

    /// Reserves room for an answer of `bytes`; if there is none, notes that the task waits for it.
    pub(super) fn try_owe(&self, bytes: usize) -> bool {
        let mut sending = self.sending.lock();
        let taken = sending.queue.answer_bytes();
        let is_full = taken + bytes > self.budget.answer_bytes_max || self.budget.is_full();
        sending.is_awaited = taken > 0 && is_full;
        if !sending.is_awaited {
            sending.queue.owe(bytes);
        }
        !sending.is_awaited
    }

    /// Queues the answer for which `reserved` bytes were reserved.
    pub(super) fn settle(&self, reserved: usize, answer: &Frame) {
        let mut sending = self.sending.lock();
        sending.queue.settle(reserved);
        if sending.queue.stage() == Stage::Open {
            self.push(&mut sending, answer, Class::Answer);
        }
        if sending.is_awaited {
            sending.wake();
        }
    }

    /// Whether at most `but` commands have no answer; if not, notes that the task waits.
    pub(super) fn has_answered_all(&self, but: u32) -> bool {
        let mut sending = self.sending.lock();
        sending.is_awaited = sending.queue.unanswered() > but;
        !sending.is_awaited
    }

    /// Wakes the connection's task.
    pub(super) fn wake(&self) {
        self.sending.lock().wake();
    }

    /// Writes the queue, registers the waker, and returns whether everything is written.
    ///
    /// # Errors
    /// When the transport is broken.
    pub(super) fn drive(&self, cx: &mut Context<'_>) -> io::Result<bool> {
        let mut sending = self.sending.lock();
        if !sending.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            sending.waker = Some(cx.waker().clone());
        }
        let queue = &mut sending.queue;
        if queue.stage() == Stage::Broken {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        while !queue.is_empty() {
            match queue.with_slices(|slices| self.transport.poll_write(cx, slices)) {
                Poll::Ready(Ok(0)) => {
                    queue.set_stage(Stage::Broken);
                    return Err(io::ErrorKind::WriteZero.into());
                }
                Poll::Ready(Ok(written)) => {
                    self.budget.remove(queue.took(written, clock::now_seconds()));
                }
                Poll::Ready(Err(error)) => {
                    queue.set_stage(Stage::Broken);
                    return Err(error);
                }
                Poll::Pending => break,
            }
        }
        Ok(queue.is_empty())
    }

    /// Writes a frame at once if the queue is empty, and queues the rest of it.
    fn push(&self, sending: &mut Sending, frame: &Frame, class: Class) -> Offered {
        let was_empty = sending.queue.is_empty();
        let sent = match was_empty.then(|| self.transport.write_now(frame.as_bytes())) {
            None => 0,
            Some(Ok(sent)) if sent == frame.len() => return Offered::Taken,
            Some(Ok(sent)) => sent,
            Some(Err(_)) => {
                sending.queue.set_stage(Stage::Broken);
                sending.wake();
                return Offered::Closed;
            }
        };
        self.budget.add(frame.len());
        sending.queue.push(frame.clone(), class, sent, clock::now_seconds());
        if was_empty {
            sending.wake();
        }
        Offered::Taken
    }

    /// How many bytes of the first frame are written.
    #[cfg(test)]
    pub(super) fn head_sent(&self) -> usize {
        self.sending.lock().queue.head_sent()
    }

    /// The bytes of events, of answers, and of memory for frames.
    #[cfg(test)]
    pub(super) fn counts(&self) -> (usize, usize, usize) {
        let queue = &self.sending.lock().queue;
        (queue.event_bytes(), queue.answer_bytes(), queue.capacity())
    }
}

impl Sending {
    fn wake(&self) {
        if let Some(waker) = &self.waker {
            waker.wake_by_ref();
        }
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.budget.remove(self.sending.get_mut().queue.bytes());
    }
}
