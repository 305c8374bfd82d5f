//! How a message looks in the other room: its text, and a `cid` that is always the same.

use throng_client::{Cid, Kind, Message};

/// A message becomes more than one only where the nick before it makes it too long.
const PARTS_MAX: usize = 128;

/// The copies of a message, in order: one, or several where a text has at most `text_bytes`.
///
/// `way` is 0 or 1: from the first room to the second, or back.
pub(crate) fn copies(message: &Message, way: usize, text_bytes: usize) -> Vec<(Cid, String)> {
    let nick = &message.from.nick;
    let author = match message.kind {
        Kind::Text => format!("<{nick}> "),
        Kind::Action => format!("* {nick} "),
    };
    // Four bytes hold any character, so that every part gets one.
    let space = text_bytes.saturating_sub(author.len()).max(4);
    let mut rest = message.text.as_str();
    let mut copies = Vec::new();
    while !rest.is_empty() && copies.len() < PARTS_MAX {
        let (part, after) = rest.split_at(rest.floor_char_boundary(space));
        copies.push((cid(message, way, copies.len()), format!("{author}{part}")));
        rest = after;
    }
    copies
}

/// The same for the same part of the same message, in whichever run of the bridge: the server then
/// knows a repetition. It is a UUIDv7 without chance: time and place of the message in its room
/// tell it from all others that this sender, which serves these two rooms alone, has ever copied.
/// (The time counts because after a backup was restored another message may get the same place.)
fn cid(message: &Message, way: usize, part: usize) -> Cid {
    let mut place = [0; 10];
    // RFC 9562, section 5.7: of bytes 0 and 2 the upper bits are version and variant.
    place[1] = (way << 7 | part) as u8;
    place[3..].copy_from_slice(&message.seq.to_be_bytes()[1..]);
    Cid::Uuid(uuid::Builder::from_unix_timestamp_millis(message.at, &place).into_uuid())
}
