//! The transports that carry the bytes of a connection.

use std::io::{self, IoSlice};
use std::net::{IpAddr, Shutdown};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use async_std::io::{Read, Write};
use async_std::net::TcpStream;

#[cfg(test)]
use crate::delivery::pipe::PipeEnd;

/// A stream of bytes in both directions. An enum instead of a trait object: a virtual call for each of a
/// hundred thousand deliveries a second gains nothing.
pub(crate) enum Transport {
    /// A TCP connection.
    Tcp(TcpStream),
    /// A pipe in memory, for tests without a process.
    #[cfg(test)]
    Pipe(PipeEnd),
}

impl Transport {
    /// Reads the available bytes; 0 bytes mean that the client has closed.
    pub(crate) fn poll_read(
        &self,
        cx: &mut Context<'_>,
        bytes: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        match self {
            Self::Tcp(socket) => Pin::new(&mut &*socket).poll_read(cx, bytes),
            #[cfg(test)]
            Self::Pipe(pipe) => pipe.poll_read(cx, bytes),
        }
    }

    /// Writes as much as the transport takes.
    pub(super) fn poll_write(
        &self,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self {
            Self::Tcp(socket) => Pin::new(&mut &*socket).poll_write_vectored(cx, slices),
            #[cfg(test)]
            Self::Pipe(pipe) => pipe.poll_write(cx, slices),
        }
    }

    /// Writes as much as the transport takes at once: 0 if it is full. Never waits.
    pub(super) fn write_now(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut cx = Context::from_waker(Waker::noop());
        let written = match self {
            Self::Tcp(socket) => Pin::new(&mut &*socket).poll_write(&mut cx, bytes),
            #[cfg(test)]
            Self::Pipe(pipe) => pipe.poll_write(&mut cx, &[IoSlice::new(bytes)]),
        };
        match written {
            Poll::Ready(written) => written,
            // The connection's task is about to wait with its own waker.
            Poll::Pending => Ok(0),
        }
    }

    /// The address at the other end, while there is one.
    pub(super) fn peer_address(&self) -> Option<IpAddr> {
        match self {
            Self::Tcp(socket) => socket.peer_addr().ok().map(|peer| peer.ip().to_canonical()),
            #[cfg(test)]
            Self::Pipe(_) => None,
        }
    }

    /// Says that nothing more will be written.
    pub(crate) fn shutdown_write(&self) {
        match self {
            // It may already be broken; then there is nothing to do.
            Self::Tcp(socket) => drop(socket.shutdown(Shutdown::Write)),
            #[cfg(test)]
            Self::Pipe(pipe) => pipe.shutdown_write(),
        }
    }
}

impl From<TcpStream> for Transport {
    fn from(socket: TcpStream) -> Self {
        Self::Tcp(socket)
    }
}
