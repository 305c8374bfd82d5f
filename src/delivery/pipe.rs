//! A transport in memory, for tests: two ends, each of which reads what the other writes.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use parking_lot::Mutex;

/// One end of a pipe. Dropping it closes it.
pub(crate) struct PipeEnd {
    input: Arc<Mutex<Half>>,
    output: Arc<Mutex<Half>>,
}

#[derive(Default)]
struct Half {
    bytes: VecDeque<u8>,
    capacity: usize,
    is_closed: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

/// Two ends; `capacity` bytes fit into each direction.
pub(crate) fn pipe(capacity: usize) -> (PipeEnd, PipeEnd) {
    let half = || Arc::new(Mutex::new(Half { capacity, ..Half::default() }));
    let (there, back) = (half(), half());
    let near = PipeEnd { input: Arc::clone(&back), output: Arc::clone(&there) };
    (near, PipeEnd { input: there, output: back })
}

impl PipeEnd {
    pub(crate) fn poll_read(
        &self,
        cx: &mut Context<'_>,
        bytes: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let mut half = self.input.lock();
        if half.bytes.is_empty() && !half.is_closed {
            half.reader = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let taken = half.bytes.len().min(bytes.len());
        for (byte, read) in bytes.iter_mut().zip(half.bytes.drain(..taken)) {
            *byte = read;
        }
        wake(&mut half.writer);
        Poll::Ready(Ok(taken))
    }

    pub(crate) fn poll_write(
        &self,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut half = self.output.lock();
        if half.is_closed {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let room = half.capacity - half.bytes.len();
        if room == 0 {
            half.writer = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let before = half.bytes.len();
        half.bytes.extend(slices.iter().flat_map(|slice| slice.iter()).take(room));
        wake(&mut half.reader);
        Poll::Ready(Ok(half.bytes.len() - before))
    }

    pub(crate) fn shutdown_write(&self) {
        close(&self.output);
    }
}

impl Drop for PipeEnd {
    fn drop(&mut self) {
        close(&self.input);
        close(&self.output);
    }
}

fn close(half: &Mutex<Half>) {
    let mut half = half.lock();
    half.is_closed = true;
    wake(&mut half.reader);
    wake(&mut half.writer);
}

fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}
