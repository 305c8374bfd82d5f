//! The futures that wait for an answer.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::channel::oneshot;
use futures::future::FutureExt;
use throng_protocol::{Cid, Sent};

use crate::error::{RequestError, SendError};
use crate::shared::Handle;

/// A send that waits for its seq.
///
/// The message is queued when [`crate::Client::send`] is called, not when this is polled, so that
/// the order of the calls is the order of the messages. **Dropping this does not recall it**; only
/// the answer is lost. [`crate::Client::give_up`] recalls it where that is still possible.
///
/// ```no_run
/// # async fn example(client: throng_client::Client) -> Result<(), throng_client::SendError> {
/// let first = client.send("lobby", "one");
/// let second = client.send("lobby", "two");
/// println!("{} is shown as pending", first.cid());
/// assert!(first.await?.seq < second.await?.seq);
/// # Ok(()) }
/// ```
pub struct Sending {
    pub(crate) cid: Cid,
    pub(crate) answer: oneshot::Receiver<Result<Sent, SendError>>,
    /// A send that is waited for keeps the client.
    pub(crate) _handle: Arc<Handle>,
}

impl Sending {
    /// The id under which the message comes back as an event ([`throng_protocol::Message::cid`]),
    /// and under which it can be sent again ([`crate::Client::send_as`]).
    ///
    /// ```no_run
    /// # fn example(client: throng_client::Client) {
    /// let cid = client.send("lobby", "hello").cid();
    /// # }
    /// ```
    pub fn cid(&self) -> Cid {
        self.cid
    }
}

impl Future for Sending {
    type Output = Result<Sent, SendError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // The core answers everything before it goes; a lost end is that of a broken one.
        let closed = SendError::Closed { outcome: crate::error::Outcome::Unknown };
        self.answer.poll_unpin(cx).map(|answer| answer.unwrap_or(Err(closed)))
    }
}

impl std::fmt::Debug for Sending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sending").field("cid", &self.cid).finish_non_exhaustive()
    }
}

/// A request that waits for its answer.
///
/// It is sent when the method is called, and again after a reconnect, until there is an answer. What changes an
/// account, a room or another person is sent once: when its answer is lost, there is [`RequestError::Unanswered`].
/// Dropping this drops the request; a join or a leave is carried out all the same.
///
/// ```no_run
/// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
/// let page = client.members("lobby").await?;
/// println!("{} people", page.members.count);
/// # Ok(()) }
/// ```
pub struct PendingRequest<T> {
    pub(crate) answer: oneshot::Receiver<Result<T, RequestError>>,
    /// A request that is waited for keeps the client.
    pub(crate) _handle: Arc<Handle>,
}

impl<T> Future for PendingRequest<T> {
    type Output = Result<T, RequestError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.answer.poll_unpin(cx).map(|answer| answer.unwrap_or(Err(RequestError::Closed)))
    }
}

impl<T> std::fmt::Debug for PendingRequest<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PendingRequest").finish_non_exhaustive()
    }
}
