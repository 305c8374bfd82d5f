//! A flood: strangers from one address send long texts to one room, as fast as they are set to.
//!
//! They have their own thread and loop, so that the crowd whose latency is measured does not wait for them.
//! They read what they get and ignore it: a sender that is refused sends its next text when that is due, and
//! one whose connection is closed comes back.

mod stranger;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use self::stranger::Stranger;
use crate::background::Background;
use crate::lone_connection::Endpoint;
use crate::poller::Ready;

/// The longest wait of the loop: texts are due every few milliseconds.
const TICK: Duration = Duration::from_millis(5);

/// The parameters of a flood.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) address: SocketAddr,
    /// The `Host` of the upgrade.
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) room: String,
    /// How many strangers there are.
    pub(crate) senders: u32,
    /// How many texts each sends per second.
    pub(crate) per_second: f64,
    pub(crate) text_bytes: usize,
}

/// The result of a flood.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Count {
    /// The most strangers in the room at any time.
    pub(crate) joined: u32,
    /// Texts that were written, that were accepted, and that were refused.
    pub(crate) sent: u64,
    pub(crate) accepted: u64,
    pub(crate) refused: u64,
    /// How often a stranger was not let in, or was closed.
    pub(crate) shut_out: u64,
}

/// Starts a flood.
pub(crate) fn start(order: Order) -> Background<Count> {
    Background::start(move |over| Strangers::new(order)?.run(over))
}

/// All strangers and what they share.
struct Strangers {
    order: Order,
    endpoint: Endpoint,
    strangers: Vec<Stranger>,
    count: Count,
    /// Texts so far; it makes each text unique.
    number: u64,
}

impl Strangers {
    fn new(order: Order) -> Result<Self> {
        let endpoint = Endpoint::new(order.address, &order.host, &order.path)?;
        let strangers = (0..order.senders).map(|at| Stranger::new(at.into())).collect();
        Ok(Self { order, endpoint, strangers, count: Count::default(), number: 0 })
    }

    fn run(mut self, over: &AtomicBool) -> Result<Count> {
        let mut ready: Vec<Ready> = Vec::new();
        while !over.load(Ordering::Relaxed) {
            let now = Instant::now();
            for place in 0..self.strangers.len() {
                self.act(place, now);
            }
            let joined = self.strangers.iter().filter(|it| it.has_joined()).count();
            self.count.joined = self.count.joined.max(u32::try_from(joined).unwrap_or(u32::MAX));
            self.endpoint.poller.wait(&mut ready, Some(TICK)).context("epoll failed")?;
            ready.iter().for_each(|event| self.handle(*event));
        }
        Ok(self.count)
    }

    /// What a stranger does when it is due: connects, or sends its next text.
    fn act(&mut self, place: usize, now: Instant) {
        let stranger = &mut self.strangers[place];
        let done = if stranger.is_due_to_come(now) {
            stranger.come(&self.endpoint)
        } else if stranger.is_due_to_speak(now) {
            let text = text(self.number, self.order.text_bytes);
            self.number += 1;
            self.count.sent += 1;
            let next = now + Duration::from_secs_f64(1.0 / self.order.per_second);
            stranger.speak(&self.endpoint, &self.order.room, text, self.number, next)
        } else {
            Ok(())
        };
        if done.is_err() {
            self.shut_out(place, now);
        }
    }

    fn handle(&mut self, event: Ready) {
        let place = usize::try_from(event.token).unwrap_or(0);
        let nick = format!("stranger{place}");
        let (stranger, room) = (&mut self.strangers[place], &self.order.room);
        if stranger.ready(event, &self.endpoint, &nick, room, &mut self.count).is_err() {
            self.shut_out(place, Instant::now());
        }
    }

    fn shut_out(&mut self, place: usize, now: Instant) {
        self.count.shut_out += 1;
        self.strangers[place].go_away(now);
    }
}

/// A text that the crowd does not take for its own, since it does not start with a number.
fn text(number: u64, bytes: usize) -> String {
    let head = format!("flood {number} ");
    let rest = bytes.saturating_sub(head.len());
    head + &"x".repeat(rest)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Order, start, text};
    use crate::floor::{self, Manner};
    use crate::sends::read_text;

    #[test]
    fn a_text_of_a_flood_is_not_taken_for_one_of_a_crowd() {
        assert_eq!(text(7, 4000).len(), 4000);
        assert_ne!(text(7, 40), text(8, 40));
        assert_eq!(read_text(&text(7, 4000)), (None, None));
    }

    #[test]
    fn strangers_come_flood_and_are_counted() {
        let manner = Manner { joined: false, log: true, flaw: None, quirk: None };
        let address = floor::serve_here(manner).expect("a floor");
        let flood = start(Order {
            address,
            host: address.to_string(),
            path: "/ws".to_owned(),
            room: "r".to_owned(),
            senders: 5,
            per_second: 200.0,
            text_bytes: 4000,
        });
        let began = Instant::now();
        while began.elapsed() < Duration::from_millis(500) {
            std::thread::yield_now();
        }
        let count = flood.end().expect("it ran");
        assert_eq!((count.joined, count.refused, count.shut_out), (5, 0, 0), "{count:?}");
        assert!(count.accepted > 5 && count.accepted <= count.sent, "{count:?}");
        assert!(count.sent <= 5 * 200, "no faster than its rate: {count:?}");
    }
}
