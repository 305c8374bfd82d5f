//! A bot with tokio-tungstenite and default options: see ../../../README.md.

use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::{Error, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let [url, first, mut second] = std::array::from_fn(|n| std::env::args().nth(n + 1).unwrap_or_default());
    let mut socket = match connect_async(url).await {
        Ok((socket, _)) => socket,
        Err(Error::Http(answer)) => return println!("refused {}", answer.status()),
        Err(error) => return println!("refused {error}"),
    };
    let _ = socket.send(Message::text(first)).await;
    while let Some(message) = socket.next().await {
        match message {
            Ok(Message::Text(text)) => {
                println!("message {text}");
                if !second.is_empty() {
                    let _ = socket.send(Message::text(std::mem::take(&mut second))).await;
                }
            }
            Ok(Message::Close(Some(close))) => println!("closed {} {}", close.code, close.reason),
            Ok(_) => {}
            Err(error) => println!("broken {error}"),
        }
    }
}
