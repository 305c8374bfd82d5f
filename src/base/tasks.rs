//! Tasks: the only place where they start, and where their end is awaited.
//!
//! Every task has a name. The wrapper around it reports each poll that takes too long; a panic ends only that
//! task, and its name is logged.

use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use dashmap::DashMap;
use event_listener::{Event, listener};
use futures::channel::oneshot;
use pin_project_lite::pin_project;
use throng_log::Throttle;
use tracing::{error, warn};

use crate::base::metrics::Metrics;

/// What a task is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// The accept loops, the heartbeat and other things that run as long as the server.
    Service,
    /// A connection that speaks HTTP.
    Http,
    /// An upgrade, from its response to the start of the session. It is not a task, but is entered here: a
    /// drain must know that one more session is coming.
    Handshake,
    /// An HTTP response that takes time: its handler works, or its body is streamed. It is not a task, but is
    /// entered here: a drain waits for it for a moment.
    Answer,
    /// A connection after the upgrade.
    Session,
    /// A room.
    Room,
    /// The listener for administrators, with the number 0, and each connection of one.
    Admin,
}

/// A task's name: its kind and the number of its connection or room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    pub(crate) kind: Kind,
    pub(crate) number: u64,
    /// What a service does; empty for the others.
    pub(crate) label: &'static str,
}

impl Name {
    pub(crate) fn service(label: &'static str) -> Self {
        Self { kind: Kind::Service, number: 0, label }
    }

    pub(crate) fn numbered(kind: Kind, number: u64) -> Self {
        Self { kind, number, label: "" }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Service => write!(f, "service {}", self.label),
            Kind::Http => write!(f, "http {}", self.number),
            Kind::Handshake => write!(f, "handshake {}", self.number),
            Kind::Answer => write!(f, "answer {}", self.number),
            Kind::Session => write!(f, "session {}", self.number),
            Kind::Room => write!(f, "room {}", self.number),
            Kind::Admin => write!(f, "admin {}", self.number),
        }
    }
}

/// How much `computing` gives way, unless it is urgent. Where everything else wants the whole processor, a thread of this
/// niceness still gets about a sixtieth of a core (the kernel weighs 15 against 1,024): what takes 20 ms is done after a
/// second or so. At 10 it took a tenth, and the chat noticed.
const COMPUTING_NICE: i32 = 19;

/// All tasks that run.
pub(crate) struct Tasks {
    running: DashMap<u64, Name>,
    next: AtomicU64,
    ended: Event,
    /// Longer polls are reported.
    long_poll: Duration,
    /// On an overcommitted machine, every poll would be reported.
    long_polls: Throttle,
    metrics: Arc<Metrics>,
}

impl Tasks {
    pub(crate) fn new(long_poll: Duration, metrics: Arc<Metrics>) -> Arc<Self> {
        Arc::new(Self {
            running: DashMap::new(),
            next: AtomicU64::new(0),
            ended: Event::new(),
            long_poll,
            long_polls: Throttle::new(),
            metrics,
        })
    }

    /// Starts a task. It is counted until it has ended, however it ends.
    #[expect(clippy::disallowed_methods, reason = "this is the one place where tasks start")]
    pub(crate) fn spawn(
        self: &Arc<Self>,
        name: Name,
        future: impl Future<Output = ()> + Send + 'static,
    ) {
        let running = self.enter(name);
        async_std::task::spawn(Watched { future, running });
    }

    /// Starts a task whose result is waited for. Dropping the future does not stop the work: what it has begun to
    /// change is changed as a whole. `None` when it panicked.
    pub(crate) fn whole<T: Send + 'static, W: Future<Output = T> + Send + 'static>(
        self: &Arc<Self>,
        name: Name,
        work: W,
    ) -> impl Future<Output = Option<T>> + use<T, W> {
        let (answer, answered) = oneshot::channel();
        self.spawn(name, async move {
            let _ = answer.send(work.await);
        });
        async move { answered.await.ok() }
    }

    /// Counts something as running until the returned value is dropped.
    pub(crate) fn enter(self: &Arc<Self>, name: Name) -> Running {
        let key = self.next.fetch_add(1, Ordering::Relaxed);
        self.running.insert(key, name);
        Running { tasks: Arc::clone(self), key, name }
    }

    /// Starts blocking work on a separate thread. The caller must await it.
    #[expect(clippy::disallowed_methods, reason = "this is the one place where tasks start")]
    pub(crate) fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> impl Future<Output = T> + Unpin {
        async_std::task::spawn_blocking(work)
    }

    /// Starts work that computes for long, on a new thread, which gives way to all others unless it `is_urgent`.
    /// `None` when the system gives no thread, or when the work panicked. Dropping the future does not stop the work.
    ///
    /// The pool of `blocking` does not fit. Without a privilege a thread's priority only sinks, so it would stay low for
    /// whatever the pool does next. And the C library keeps for each long-lived thread what that freed last.
    pub(crate) fn computing<T, W>(
        &self,
        label: &'static str,
        is_urgent: bool,
        work: W,
    ) -> impl Future<Output = Option<T>> + use<T, W>
    where
        T: Send + 'static,
        W: FnOnce() -> T + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let started = thread::Builder::new().name(label.to_owned()).spawn(move || {
            if !is_urgent {
                // Where it is forbidden, the work is done at the usual priority.
                let _ = rustix::process::setpriority_process(None, COMPUTING_NICE);
            }
            let _ = answer.send(work());
        });
        async move {
            if let Err(error) = started {
                warn!(thread = label, %error, "the system gives no thread: is there a limit to them?");
                return None;
            }
            let done = answered.await.ok();
            if done.is_none() {
                error!(thread = label, "a thread panicked; this is a defect");
            }
            done
        }
    }

    /// Waits until no task of this kind runs.
    pub(crate) async fn ended(&self, kind: Kind) {
        loop {
            listener!(self.ended => ended);
            if !self.running.iter().any(|task| task.kind == kind) {
                return;
            }
            ended.await;
        }
    }

    /// The names of the tasks of this kind that still run.
    pub(crate) fn late(&self, kind: Kind) -> Vec<Name> {
        self.running.iter().map(|task| *task.value()).filter(|name| name.kind == kind).collect()
    }
}

/// Removes the task from the count when it is dropped: at its end, or when it is cancelled.
pub(crate) struct Running {
    tasks: Arc<Tasks>,
    key: u64,
    name: Name,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.tasks.running.remove(&self.key);
        self.tasks.ended.notify(usize::MAX);
    }
}

pin_project! {
    /// A future and the watch around it. The fields are dropped in this order: the future's own cleanup comes
    /// before the task counts as ended.
    struct Watched<F> {
        #[pin]
        future: F,
        running: Running,
    }
}

impl<F: Future<Output = ()>> Future for Watched<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let running = this.running;
        let began = Instant::now();
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| this.future.poll(cx)));
        let took = began.elapsed();
        if took > running.tasks.long_poll {
            running.tasks.metrics.long_polls.inc();
            if let Some(held_back) = running.tasks.long_polls.pass() {
                let (task, ms) = (running.name, took.as_millis());
                warn!(%task, ms, held_back, "a poll blocked the executor");
            }
        }
        polled.unwrap_or_else(|_| {
            error!(task = %running.name, "a task panicked and was ended; this is a defect");
            Poll::Ready(())
        })
    }
}

/// Yields to other tasks.
pub(crate) async fn yield_now() {
    let mut has_yielded = false;
    futures::future::poll_fn(|cx| {
        if std::mem::replace(&mut has_yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::{Duration, Instant};

    use futures::FutureExt;
    use futures::executor::block_on;

    use super::{COMPUTING_NICE, Kind, Name, Tasks, yield_now};
    use crate::base::metrics::Metrics;

    fn tasks(long_poll: Duration) -> Arc<Tasks> {
        Tasks::new(long_poll, Metrics::new())
    }

    #[test]
    fn a_panic_ends_one_task_and_no_other() {
        let tasks = tasks(Duration::MAX);
        let (on, go) = async_channel::bounded::<()>(1);
        let waiting = Name::numbered(Kind::Room, 7);
        tasks.spawn(waiting, async move {
            let _ = go.recv().await;
        });
        tasks.spawn(Name::numbered(Kind::Session, 1), async { panic!("as the test wants it") });
        block_on(tasks.ended(Kind::Session));
        assert_eq!(tasks.late(Kind::Session), []);
        assert_eq!(tasks.late(Kind::Room), [waiting]);
        drop(on);
        block_on(tasks.ended(Kind::Room));
        assert!(tasks.running.is_empty());
    }

    #[test]
    fn work_that_is_done_as_a_whole_goes_on_without_the_one_who_waits() {
        let tasks = tasks(Duration::MAX);
        let name = Name::numbered(Kind::Answer, 1);
        let (on, go) = async_channel::bounded::<()>(1);
        let (done, ended) = async_channel::bounded(1);
        let waiting = tasks.whole(name, async move {
            let _ = go.recv().await;
            let _ = done.send(7).await;
        });
        drop(waiting);
        drop(on);
        assert_eq!(block_on(ended.recv()), Ok(7));
        block_on(tasks.ended(Kind::Answer));
        assert_eq!(block_on(tasks.whole(name, async { 8 })), Some(8));
        let failed: Option<u8> =
            block_on(tasks.whole(name, async { panic!("as the test wants it") }));
        assert_eq!(failed, None);
    }

    #[test]
    fn a_task_has_ended_only_after_what_it_held_is_gone() {
        struct Slow(Arc<AtomicBool>);
        impl Drop for Slow {
            fn drop(&mut self) {
                std::thread::yield_now();
                self.0.store(true, Ordering::SeqCst);
            }
        }
        for _ in 0..100 {
            let tasks = tasks(Duration::MAX);
            let is_gone = Arc::new(AtomicBool::new(false));
            let held = Slow(Arc::clone(&is_gone));
            tasks.spawn(Name::numbered(Kind::Session, 1), async move {
                yield_now().await;
                let _held = held;
                panic!("as the test wants it");
            });
            block_on(tasks.ended(Kind::Session));
            assert!(is_gone.load(Ordering::SeqCst));
        }
    }

    #[test]
    fn a_long_poll_is_reported_and_a_short_one_is_not() {
        let busy = || async {
            yield_now().await;
            let begin = Instant::now();
            while begin.elapsed() < Duration::from_millis(5) {}
        };
        for (long_poll, reported) in [(Duration::from_millis(4), true), (Duration::MAX, false)] {
            let tasks = tasks(long_poll);
            tasks.spawn(Name::service("busy"), busy());
            block_on(tasks.ended(Kind::Service));
            assert_eq!(tasks.metrics.long_polls.get() > 0, reported);
        }
    }

    #[test]
    fn who_waits_for_an_end_is_told_of_the_last_one() {
        let tasks = tasks(Duration::MAX);
        block_on(tasks.ended(Kind::Room));
        for number in 0..50 {
            tasks.spawn(Name::numbered(Kind::Room, number), yield_now());
        }
        block_on(tasks.ended(Kind::Room));
        assert_eq!(tasks.late(Kind::Room), []);
        tasks.spawn(Name::service("stays"), pending());
        assert!(tasks.ended(Kind::Service).now_or_never().is_none());
        assert_eq!(tasks.late(Kind::Service)[0].to_string(), "service stays");
    }

    #[test]
    fn computing_gives_way_and_leaves_the_priority_of_others() {
        let nice = || rustix::process::getpriority_process(None).expect("a priority");
        let before = nice();
        let tasks = tasks(Duration::MAX);
        let there = |is_urgent| block_on(tasks.computing("test", is_urgent, nice)).expect("it ran");
        assert_eq!(there(false), before.max(COMPUTING_NICE));
        assert_eq!(there(true), before);
        assert_eq!(nice(), before);
    }

    #[test]
    fn computing_that_panics_has_no_answer() {
        let panics = || -> u8 { panic!("as the test wants it") };
        assert_eq!(block_on(tasks(Duration::MAX).computing("test", false, panics)), None);
    }

    #[test]
    fn a_yield_gives_way_once() {
        let mut yielding = Box::pin(yield_now());
        assert!((&mut yielding).now_or_never().is_none());
        assert!((&mut yielding).now_or_never().is_some());
    }
}
