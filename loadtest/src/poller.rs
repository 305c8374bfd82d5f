//! Readiness of sockets: a thin layer over epoll (epoll(7)).
//!
//! The crowd and the floor each own one, and choose the tokens. The floor's is level-triggered. The crowd's
//! is edge-triggered: it makes one system call per delivery instead of two, and the crowd reads until nothing
//! is left.

use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, Result};

/// One epoll instance.
pub(crate) struct Poller {
    epoll: OwnedFd,
    /// Flags that all sockets have in addition to their interest.
    always: EventFlags,
    /// The buffer for the events of a wait, allocated once.
    events: Vec<epoll::Event>,
}

/// What to watch a socket for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interest {
    /// Readability, or the end of the connection.
    Read,
    /// Readability and writability.
    ReadWrite,
    /// Writability only.
    Write,
    /// Only failures, which epoll always reports.
    Failure,
}

/// A ready socket.
#[derive(Clone, Copy)]
pub(crate) struct Ready {
    /// The token that it was registered with.
    pub(crate) token: u64,
    /// A read will not block.
    pub(crate) readable: bool,
    /// A write will not block.
    pub(crate) writable: bool,
    /// The connection was reset, or both sides have closed it.
    pub(crate) failed: bool,
    /// The peer has closed it: after the bytes that are there comes the end.
    pub(crate) ended: bool,
}

/// The most events per wait: enough to amortise the call, and few enough that the clock and the due sends are
/// looked at every millisecond or so.
pub(crate) const EVENTS_MAX: usize = 256;

impl Poller {
    /// Level-triggered: reports a socket as long as it is ready.
    pub(crate) fn of_levels() -> Result<Self> {
        Self::new(EventFlags::empty())
    }

    /// Edge-triggered: reports a socket when it becomes ready, and when its interest is set.
    pub(crate) fn of_edges() -> Result<Self> {
        Self::new(EventFlags::ET | EventFlags::RDHUP)
    }

    fn new(always: EventFlags) -> Result<Self> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        Ok(Self { epoll, always, events: Vec::with_capacity(EVENTS_MAX) })
    }

    pub(crate) fn add(&self, socket: impl AsFd, token: u64, interest: Interest) -> Result<()> {
        epoll::add(&self.epoll, socket, EventData::new_u64(token), interest.flags() | self.always)
    }

    pub(crate) fn modify(&self, socket: impl AsFd, token: u64, interest: Interest) -> Result<()> {
        epoll::modify(
            &self.epoll,
            socket,
            EventData::new_u64(token),
            interest.flags() | self.always,
        )
    }

    /// Waits for at most `timeout` (`None`: forever), and puts the ready sockets into `ready`. A signal ends
    /// the wait early, with none.
    pub(crate) fn wait(&mut self, ready: &mut Vec<Ready>, timeout: Option<Duration>) -> Result<()> {
        ready.clear();
        let timeout = timeout.map(timespec);
        self.look(timeout.as_ref().map(|_| &NOW))?;
        if let Some(timeout) = timeout.filter(|timeout| self.events.is_empty() && *timeout != NOW) {
            // epoll_wait(2) rounds up to milliseconds, half of which would count as the server's latency;
            // ppoll(2) does not. epoll_pwait2 would need Linux 5.11, and a feature of rustix that a build of
            // the whole workspace would enable for the server too.
            let mut epoll = [PollFd::new(&self.epoll, PollFlags::IN)];
            uninterrupted(poll(&mut epoll, Some(&timeout)))?;
            self.look(Some(&NOW))?;
        }
        ready.extend(self.events.iter().map(|event| {
            let flags = event.flags;
            let failed = flags.intersects(EventFlags::ERR | EventFlags::HUP);
            Ready {
                token: event.data.u64(),
                readable: failed || flags.contains(EventFlags::IN),
                writable: failed || flags.contains(EventFlags::OUT),
                failed,
                ended: failed || flags.contains(EventFlags::RDHUP),
            }
        }));
        Ok(())
    }

    fn look(&mut self, timeout: Option<&Timespec>) -> Result<()> {
        self.events.clear();
        uninterrupted(epoll::wait(&self.epoll, spare_capacity(&mut self.events), timeout))
    }
}

const NOW: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

fn timespec(timeout: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: timeout.subsec_nanos().into(),
    }
}

/// A signal ends a wait early; that is not an error.
fn uninterrupted(waited: Result<usize>) -> Result<()> {
    match waited {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error),
    }
}

impl Interest {
    fn flags(self) -> EventFlags {
        match self {
            Self::Read => EventFlags::IN,
            Self::ReadWrite => EventFlags::IN | EventFlags::OUT,
            Self::Write => EventFlags::OUT,
            Self::Failure => EventFlags::empty(),
        }
    }
}
