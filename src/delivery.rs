//! Delivery: from a frame to a client's socket, bounded, and without waiting for slow readers.

pub(crate) mod budget;
pub(crate) mod heartbeat;
pub(crate) mod outbox;
pub(crate) mod peer;
#[cfg(test)]
pub(crate) mod pipe;
mod queue;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod ticket;
mod timer_wheel;
pub(crate) mod transport;
