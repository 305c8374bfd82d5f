//! Readiness of sockets: a thin layer over epoll (epoll(7)).
//!
//! The crowd and the floor each own one. Tokens are theirs to choose. The floor's is
//! level-triggered. The crowd's tells edges: it asks each socket once per delivery instead of
//! twice, and the crowd reads until nothing is left.

use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, Result};

/// One epoll instance.
pub(crate) struct Poller {
    epoll: OwnedFd,
    /// What all sockets have beside their interest.
    always: EventFlags,
    /// Room for what a wait brings, taken once.
    events: Vec<epoll::Event>,
}

/// What a socket waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interest {
    /// Bytes, or the end.
    Read,
    /// Bytes, and room for more of ours.
    ReadWrite,
    /// Room for more of ours alone.
    Write,
    /// Only failed connections, which epoll always reports.
    Failure,
}

/// A socket that is ready.
#[derive(Clone, Copy)]
pub(crate) struct Ready {
    /// What it was registered under.
    pub(crate) token: u64,
    /// A read will not wait.
    pub(crate) readable: bool,
    /// A write will not wait.
    pub(crate) writable: bool,
    /// The connection was reset, or both sides have ended it.
    pub(crate) failed: bool,
    /// The other side has ended it: the end is behind what is there to read.
    pub(crate) ended: bool,
}

/// Events taken per wait: enough to amortise the call, few enough that the clock, and the sends
/// that are due, are looked at every millisecond or so.
pub(crate) const EVENTS_MAX: usize = 256;

impl Poller {
    /// Tells a socket again and again while it is ready.
    pub(crate) fn of_levels() -> Result<Self> {
        Self::new(EventFlags::empty())
    }

    /// Tells a socket once when it becomes ready, and once when its interest is set.
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

    /// Waits for at most `timeout` (`None`: for ever) and puts what is ready into `ready`.
    /// A signal ends the wait early, with nothing.
    pub(crate) fn wait(&mut self, ready: &mut Vec<Ready>, timeout: Option<Duration>) -> Result<()> {
        ready.clear();
        let timeout = timeout.map(timespec);
        self.look(timeout.as_ref().map(|_| &NOW))?;
        if let Some(timeout) = timeout.filter(|timeout| self.events.is_empty() && *timeout != NOW) {
            // epoll_wait(2) rounds up to milliseconds, half of which would count as the server's
            // latency; ppoll(2) does not. epoll_pwait2 would need Linux 5.11 and a feature of rustix
            // that a build of the whole workspace passes on to the server.
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

/// A signal ends a wait early, and is no error.
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
