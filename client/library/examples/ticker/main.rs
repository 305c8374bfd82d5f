//! A ticker bot: asks several sources for their prices and says them in a room, on a rhythm.
//!
//!     cargo run -p throng-client --example ticker -- ws://127.0.0.1:8080 market \
//!         --every 10 --within 2 gold=http://127.0.0.1:9000/gold tin=http://127.0.0.1:9000/tin
//!
//! A source is an HTTP address that answers with a number. Each has its own interval, so that
//! one that fails, is slow, or sends something else stops and delays none of the others. The room
//! reads why a price is missing, once, until that changes.

mod price;

use std::time::{Duration, Instant};

use async_std::task::{block_on, sleep};
use futures::future::try_join_all;
use throng_client::{Client, Options, SendError};

use self::price::Source;

const USAGE: &str = "ticker URL ROOM [--every SECONDS] [--within SECONDS] NAME=http://… …";

fn main() -> anyhow::Result<()> {
    let ticker = Ticker::from_arguments(std::env::args().skip(1))?;
    block_on(ticker.run())
}

struct Ticker {
    url: String,
    room: String,
    /// From one price of a source to its next.
    every: Duration,
    /// So long a source may take. Never longer than `every`: who is late would miss the next one.
    within: Duration,
    sources: Vec<Source>,
}

impl Ticker {
    fn from_arguments(mut given: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let (mut places, mut sources) = (Vec::new(), Vec::new());
        let (mut every, mut within) = (Duration::from_secs(10), Duration::from_secs(2));
        while let Some(word) = given.next() {
            match word.as_str() {
                "--every" => every = seconds(&word, given.next())?,
                "--within" => within = seconds(&word, given.next())?,
                _ if places.len() < 2 => places.push(word),
                _ => sources.push(Source::parse(&word)?),
            }
        }
        let Ok([url, room]) = <[String; 2]>::try_from(places) else { anyhow::bail!(USAGE) };
        anyhow::ensure!(!sources.is_empty(), "no source is named. {USAGE}");
        Ok(Self { url, room, every, within: within.min(every), sources })
    }

    async fn run(&self) -> anyhow::Result<()> {
        // A price that could not be said before the next one comes is not worth saying.
        let options = Options::guest("ticker").give_up_after(Some(self.every));
        let (client, events) = Client::connect(&self.url, options).await?;
        // Nobody reads here. Kept and not read, the events would hold up the answers.
        drop(events);
        let joined = client.join(&self.room).await?;
        println!("telling {} prices in {}", self.sources.len(), joined.room);
        let ended = try_join_all(self.sources.iter().map(|source| self.tell(&client, source)));
        match ended.await {
            Err(SendError::Closed { .. }) => anyhow::bail!("{}", client.state()),
            Err(error) => Err(error.into()),
            Ok(_) => unreachable!("there is a source, and none ends without an error"),
        }
    }

    /// Tells the prices of one source until the client ends.
    async fn tell(&self, client: &Client, source: &Source) -> Result<(), SendError> {
        let mut next = Instant::now();
        let mut known_trouble = None;
        loop {
            let (line, reason) = match source.price(self.within).await {
                Ok(price) => (format!("{}: {price}", source.name), None),
                Err(reason) => {
                    let words = reason.to_string();
                    (format!("{}: no price: {words}", source.name), Some(words))
                }
            };
            if reason.is_none() || reason != known_trouble {
                match client.send(&self.room, &line).await {
                    Ok(_) => known_trouble = reason,
                    Err(SendError::GaveUp { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            // The rhythm counts from the beginning, so that it does not drift. What is over is left
            // out.
            while next <= Instant::now() {
                next += self.every;
            }
            sleep(next.saturating_duration_since(Instant::now())).await;
        }
    }
}

fn seconds(flag: &str, given: Option<String>) -> anyhow::Result<Duration> {
    let number = given.and_then(|text| text.parse().ok());
    number
        .and_then(|number| Duration::try_from_secs_f64(number).ok())
        .filter(|duration| *duration >= Duration::from_millis(10))
        .ok_or_else(|| anyhow::anyhow!("{flag} needs a number of seconds, at least 0.01"))
}
