//! A bridge between two rooms: what is said in one appears in the other, with its author's nick.
//!
//!     cargo run -p throng-client --example bridge -- ws://127.0.0.1:8080 north south bridge.json
//!
//! It begins with what is said after its first start. From then on nothing is lost, repeated or
//! put in another order, whatever happens to the connection, to the server or to the bridge: the
//! file keeps how far each room has been carried, and a copy has a `cid` made from its original, so
//! the server recognises what was said already but not yet noted in the file. That holds while
//! the server remembers the `cid`: `limits.retry_ms`, a week unless told otherwise.
//!
//! What the bridge says itself it does not carry back. But nothing stops three bridges in a ring, a
//! to b, b to c and c to a, from sending a message round for ever: do not build one.

mod copy;
mod kept;

use async_std::task::block_on;
use futures::StreamExt;
use futures::future::try_join;
use throng_client::{
    Client, Cursor, ErrorCode, Event, Events, Message, Options, Range, RoomName, SendError,
};

use self::copy::copies;
use self::kept::{Carried, Keeper, Kept};

/// A full page, as servers usually allow it.
const PAGE: u32 = 100;

fn main() -> anyhow::Result<()> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let Ok([url, first, second, file]) = <[String; 4]>::try_from(given) else {
        anyhow::bail!("bridge URL ROOM OTHER-ROOM FILE")
    };
    block_on(async {
        let (mut bridge, reader, events) =
            Bridge::build(&url, [&first, &second], Keeper::new(file)).await?;
        let joining = bridge.rooms.each_ref().map(|it| reader.join_after(&it.room, it.cursor));
        let joined = async {
            let [first, second] = joining;
            let (first, second) = (first.await?.room, second.await?.room);
            println!("{first} and {second} are bridged");
            Ok(())
        };
        // Events are read from the first on: unread, they would hold up the answers to the joins.
        try_join(joined, bridge.carry_all(&reader, events)).await?;
        Ok(())
    })
}

struct Bridge {
    /// The same person as the reader, on a connection of its own: while a copy waits for its
    /// answer, the reader's queue may fill up and stop its socket, and the answer must come all the
    /// same.
    writer: Client,
    rooms: [Carried; 2],
    keeper: Keeper,
}

impl Bridge {
    async fn build(
        url: &str,
        names: [&String; 2],
        keeper: Keeper,
    ) -> anyhow::Result<(Self, Client, Events)> {
        let kept = keeper.load().await?;
        let options = kept
            .as_ref()
            .map_or_else(|| Options::guest("bridge"), |kept| Options::token(kept.token.as_str()));
        let (writer, unread) = Client::connect(url, options).await?;
        drop(unread);
        let token = writer.token().expect("it was greeted");
        let (reader, events) = Client::connect(url, Options::token(token)).await?;
        let here = [begin(&writer, names[0]).await?, begin(&writer, names[1]).await?];
        let [first, second] = here.each_ref().map(|carried| &carried.room);
        anyhow::ensure!(first != second, "a bridge needs two rooms, and {first} is one");
        let rooms = match kept {
            None => here,
            Some(kept) => {
                check(&kept, [first, second], &keeper)?;
                kept.rooms
            }
        };
        let bridge = Self { writer, rooms, keeper };
        // Before the first copy: who cannot say later who it was would repeat it.
        bridge.save().await?;
        Ok((bridge, reader, events))
    }

    /// Carries until the connection ends for good.
    async fn carry_all(&mut self, reader: &Client, mut events: Events) -> anyhow::Result<()> {
        while let Some(event) = events.next().await {
            match event {
                Event::Message { room, message, .. } => {
                    let way = self.way(&room)?;
                    self.carry(way, &message).await?;
                }
                Event::Gap { room, next, reset: false, .. } => {
                    let way = self.way(&room)?;
                    self.fill(way, next).await?;
                }
                Event::Gap { room, next, reset: true, .. } => {
                    // A backup was restored, of both rooms. It goes on with the latest page, of
                    // which the server recognises what had been carried.
                    let way = self.way(&room)?;
                    let cursor = reader.cursor(&self.rooms[way].room);
                    let epoch = cursor.map_or(self.rooms[way].cursor.epoch, |cursor| cursor.epoch);
                    self.rooms[way].cursor = Cursor { epoch, seq: next - 1 };
                    self.save().await?;
                }
                Event::Refused { room: Some(room), fault } => {
                    anyhow::bail!("the bridge was put out of {room}: {}", fault.message)
                }
                _ => {}
            }
        }
        anyhow::bail!("{}", reader.state())
    }

    /// Which room it is; the other one gets the copy.
    fn way(&self, room: &RoomName) -> anyhow::Result<usize> {
        let way = self.rooms.iter().position(|side| side.room == room.to_string());
        way.ok_or_else(|| anyhow::anyhow!("{room} is none of the two rooms of this bridge"))
    }

    async fn carry(&mut self, way: usize, message: &Message) -> anyhow::Result<()> {
        if message.seq <= self.rooms[way].cursor.seq {
            return Ok(());
        }
        let is_ours = self.writer.me().is_some_and(|me| me.id == message.from.id);
        if !is_ours {
            let text_bytes = self.writer.limits().map_or(0, |limits| limits.text_bytes);
            for (cid, text) in copies(message, way, text_bytes as usize) {
                let to = &self.rooms[1 - way].room;
                match self.writer.send_as(to, Default::default(), &text, Some(cid)).await {
                    Ok(_) => {}
                    Err(error) if is_about_the_text(&error) => {
                        eprintln!("message {} is not in {to}: {error}", message.seq);
                    }
                    // Whether it was said or not: the next start begins with it again.
                    Err(error) => anyhow::bail!("message {} is not in {to}: {error}", message.seq),
                }
            }
        }
        self.rooms[way].cursor.seq = message.seq;
        // Our own can be skipped again: that is not worth a write.
        if is_ours { Ok(()) } else { self.save().await }
    }

    /// Carries what the server does not bring by itself after a long time away.
    async fn fill(&mut self, way: usize, next: u64) -> anyhow::Result<()> {
        while self.rooms[way].cursor.seq + 1 < next {
            let after = self.rooms[way].cursor.seq;
            let room = self.rooms[way].room.clone();
            let page = self.writer.history(&room, Range::After(after), PAGE).await?;
            let gone = page.first.min(next);
            if gone > after + 1 {
                eprintln!("{room}: {} to {} are not in the log any more", after + 1, gone - 1);
            }
            for message in page.events.iter().filter(|message| message.seq < next) {
                self.carry(way, message).await?;
            }
            if self.rooms[way].cursor.seq == after {
                break;
            }
        }
        self.rooms[way].cursor.seq = next - 1;
        self.save().await
    }

    async fn save(&self) -> anyhow::Result<()> {
        let token = self.writer.token().expect("it was greeted");
        self.keeper.save(&Kept { token, rooms: self.rooms.clone() }).await
    }
}

/// Joins for writing. Who carries for the first time begins at the end of what is there.
async fn begin(writer: &Client, room: &str) -> anyhow::Result<Carried> {
    let joined = writer.join(room).await?;
    let room = joined.room.to_string();
    let epoch = writer.cursor(&room).expect("it was joined").epoch;
    Ok(Carried { room, cursor: Cursor { epoch, seq: joined.head } })
}

/// Whether the file is that of a bridge between these rooms.
fn check(kept: &Kept, names: [&String; 2], keeper: &Keeper) -> anyhow::Result<()> {
    let [first, second] = kept.rooms.each_ref().map(|carried| &carried.room);
    anyhow::ensure!(
        [first, second] == names,
        "{} belongs to a bridge between {first} and {second}; name another file for other rooms",
        keeper.path().display(),
    );
    Ok(())
}

/// Whether every retry would fail like this one. `conflict`: the server's `text_bytes` has changed
/// since it was carried, in other parts.
fn is_about_the_text(error: &SendError) -> bool {
    match error {
        SendError::BadText(_) => true,
        SendError::Refused(fault) => {
            matches!(fault.code, ErrorCode::BadText | ErrorCode::TextTooLong | ErrorCode::Conflict)
        }
        _ => false,
    }
}
