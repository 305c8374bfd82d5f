//! The stream of events that the caller reads.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::stream::{FusedStream, Stream};

use crate::event::Event;
use crate::shared::Shared;

/// The events of a client, in order: a bounded queue (see
/// [Back-pressure](crate#back-pressure)). It ends after [`crate::State::Closed`].
///
/// Dropping it says that nobody wants events; the client goes on without them. When the last
/// [`crate::Client`] is gone too, the connection ends with a `bye`.
///
/// ```no_run
/// use futures::StreamExt;
/// # async fn example(mut events: throng_client::Events) {
/// while let Some(event) = events.next().await {
///     println!("{event:?}");
/// }
/// # }
/// ```
pub struct Events {
    pub(crate) shared: Arc<Shared>,
    pub(crate) ended: bool,
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let next = self.shared.poll_event(cx);
        self.ended = matches!(next, Poll::Ready(None));
        next
    }
}

impl FusedStream for Events {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.shared.drop_events();
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}
