//! An echo bot: says again what is said to it, as `!echo hello` or, by its nick, `echo: hello`.
//!
//!     cargo run -p throng-client --example echo -- ws://127.0.0.1:8080 lobby echo

use async_std::task::block_on;
use futures::StreamExt;
use throng_client::{Client, Event, Message, Options, User};

fn main() -> anyhow::Result<()> {
    let mut given = std::env::args().skip(1);
    let mut next = |default: &str| given.next().unwrap_or_else(|| default.to_owned());
    let (url, room, nick) = (next("ws://127.0.0.1:8080"), next("lobby"), next("echo"));
    block_on(async {
        let (client, events) = Client::connect(&url, Options::guest(nick)).await?;
        let joined = client.join(&room).await?;
        println!("listening in {}", joined.room);
        // Events are read on while answers wait to be sent; the library bounds how many may wait.
        let listening = events.for_each_concurrent(None, async |event| {
            let (Event::Message { message, .. }, Some(me)) = (event, client.me()) else { return };
            // What was said before we came was not said to us.
            let Some(text) = answer(&message, &me).filter(|_| message.seq > joined.head) else {
                return;
            };
            if let Err(error) = client.send(&joined.room, &text).await {
                eprintln!("message {} has no answer: {error}", message.seq);
            }
        });
        listening.await;
        anyhow::bail!("{}", client.state())
    })
}

/// No answer is a question, ours or another bot's: so no two bots talk in circles.
fn answer(message: &Message, me: &User) -> Option<String> {
    let by_name = || message.text.strip_prefix(&me.nick)?.strip_prefix(": ");
    let asked = message.text.strip_prefix("!echo ").or_else(by_name)?;
    (message.from.id != me.id).then(|| format!("» {asked}"))
}
