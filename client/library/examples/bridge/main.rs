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
    Client, Cursor, ErrorCode, Event, Events, Message, Options, Range, Room, RoomName, SendError,
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
        let joining =
            [0, 1].map(|way| reader.join_after(&bridge.names[way], bridge.rooms[way].cursor));
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
    /// The same person as the reader, on a separate connection: while a copy waits for its
    /// answer, the reader's queue may fill up and stop its socket, and the answer must come all the
    /// same.
    writer: Client,
    /// What the rooms are called: commands name them so.
    names: [RoomName; 2],
    /// Which rooms they are, as events say it.
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
        let [first, second] = [begin(&writer, names[0]).await?, begin(&writer, names[1]).await?];
        let (names, here) = ([first.0, second.0], [first.1, second.1]);
        anyhow::ensure!(
            here[0].room != here[1].room,
            "a bridge needs two rooms, and {} is one",
            names[0]
        );
        let rooms = match kept {
            None => here,
            Some(kept) => check(kept.rooms, &here, &names, &keeper)?,
        };
        let bridge = Self { writer, names, rooms, keeper };
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
                    let cursor = reader.cursor(&room);
                    let epoch = cursor.map_or(self.rooms[way].cursor.epoch, |cursor| cursor.epoch);
                    self.rooms[way].cursor = Cursor { epoch, seq: next - 1 };
                    self.save().await?;
                }
                Event::Joined(joined) => self.joined(&joined.room),
                Event::Refused { room: Some(room), fault } => {
                    anyhow::bail!("the bridge was put out of {room}: {}", fault.message)
                }
                _ => {}
            }
        }
        anyhow::bail!("{}", reader.state())
    }

    /// Which room it is; the other one gets the copy.
    fn way(&self, room: &Room) -> anyhow::Result<usize> {
        let way = self.rooms.iter().position(|side| side.room == room.id);
        way.ok_or_else(|| anyhow::anyhow!("{room} is none of the two rooms of this bridge"))
    }

    /// A room in which nothing was said is forgotten when the server restarts; another one has its
    /// name then.
    fn joined(&mut self, room: &Room) {
        if let Some(way) = self.names.iter().position(|name| *name == room.name) {
            self.rooms[way].room = room.id;
        }
    }

    async fn carry(&mut self, way: usize, message: &Message) -> anyhow::Result<()> {
        if message.seq <= self.rooms[way].cursor.seq {
            return Ok(());
        }
        let is_ours = self.writer.me().is_some_and(|me| me.id == message.from.id);
        if !is_ours {
            let text_bytes = self.writer.limits().map_or(0, |limits| limits.text_bytes);
            for (cid, text) in copies(message, way, text_bytes as usize) {
                let to = &self.names[1 - way];
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
            let room = &self.names[way];
            let page = self.writer.history(room, Range::After(after), PAGE).await?;
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
async fn begin(writer: &Client, room: &str) -> anyhow::Result<(RoomName, Carried)> {
    let joined = writer.join(room).await?;
    let Room { id, name } = joined.room;
    let epoch = writer.cursor(id).expect("it was joined").epoch;
    Ok((name, Carried { room: id, cursor: Cursor { epoch, seq: joined.head } }))
}

/// How far the rooms were carried, if the file is that of a bridge between them. A room of which
/// nothing was carried may have another id: then nothing had been said in it.
fn check(
    mut kept: [Carried; 2],
    here: &[Carried; 2],
    names: &[RoomName; 2],
    keeper: &Keeper,
) -> anyhow::Result<[Carried; 2]> {
    for (kept, here) in kept.iter_mut().zip(here) {
        anyhow::ensure!(
            kept.room == here.room || kept.cursor.seq == 0,
            "{} belongs to a bridge between other rooms than {} and {}; name another file for these",
            keeper.path().display(),
            names[0],
            names[1],
        );
        kept.room = here.room;
    }
    Ok(kept)
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
