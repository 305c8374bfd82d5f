//! A person who talks with the examples in a room.

use std::time::Duration;

use async_std::future::timeout;
use futures::StreamExt;
use throng_client::{Client, Event, Events, Message, Options};

/// Longer than other tests wait: examples and servers are killed, and come back in their own time.
const PATIENCE: Duration = Duration::from_secs(60);

/// A client in one room, and what has been said there since it joined.
pub(crate) struct Person {
    pub(crate) client: Client,
    pub(crate) room: String,
    events: Events,
    pub(crate) heard: Vec<Message>,
}

impl Person {
    pub(crate) async fn join(url: &str, nick: &str, room: &str) -> Self {
        let (client, events) = Client::connect(url, Options::guest(nick)).await.expect("a server");
        client.join(room).await.expect("the room is open");
        Self { client, room: room.to_owned(), events, heard: Vec::new() }
    }

    /// Says a text, and waits until it is on disk.
    pub(crate) async fn say(&self, text: &str) {
        self.client.send(&self.room, text).await.expect("it is said");
    }

    /// Listens until `enough` is true of everything heard so far.
    pub(crate) async fn listen(&mut self, enough: impl Fn(&[Message]) -> bool) {
        let heard = &mut self.heard;
        let listening = async {
            while !enough(heard) {
                if let Event::Message { message, .. } = self.events.next().await.expect("no end") {
                    heard.push(message);
                }
            }
        };
        if timeout(PATIENCE, listening).await.is_err() {
            panic!("only this was said: {:#?}", self.texts());
        }
    }

    /// Listens until somebody says this text.
    pub(crate) async fn hears(&mut self, text: &str) {
        self.listen(|heard| heard.iter().any(|message| message.text == text)).await;
    }

    pub(crate) fn texts(&self) -> Vec<&str> {
        self.heard.iter().map(|message| message.text.as_str()).collect()
    }
}
