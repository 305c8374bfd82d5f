//! Frames: events as bytes, encoded once and shared by all who get them.
//!
//! The server's frames are unmasked (RFC 6455, section 5.1), so the same bytes serve all members.

use std::sync::{Arc, LazyLock};

use async_tungstenite::tungstenite::protocol::frame::FrameHeader;
use async_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};
use throng_protocol::{CloseCode, Farewell};

/// The most bytes of events that are joined into one frame for a room's members. A frame that is half written
/// can't be dropped, so a stalled connection holds at least this much.
const JOINED_BYTES_MAX: usize = 32 * 1024;

/// The longest header of a server's frame: two bytes and eight of length (RFC 6455, section 5.2).
const HEADER_MAX: usize = 10;

/// One or several whole WebSocket frames, ready to be written.
#[derive(Clone, Debug)]
pub(crate) struct Frame(Arc<[u8]>);

impl Frame {
    /// One text message.
    pub(crate) fn text(json: &str) -> Self {
        let mut bytes = Vec::with_capacity(json.len() + HEADER_MAX);
        put(&mut bytes, OpCode::Data(Data::Text), json.as_bytes());
        Self(bytes.into())
    }

    /// One binary message.
    pub(crate) fn binary(payload: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(payload.len() + HEADER_MAX);
        put(&mut bytes, OpCode::Data(Data::Binary), payload);
        Self(bytes.into())
    }

    /// Several events in as few shared buffers as possible: then one system call per member carries all of
    /// them.
    pub(crate) fn joined<'a>(events: impl Iterator<Item = &'a str>) -> Vec<Self> {
        let mut frames = Vec::with_capacity(1);
        let mut bytes = Vec::new();
        for json in events {
            if !bytes.is_empty() && bytes.len() + json.len() > JOINED_BYTES_MAX {
                frames.push(Self(std::mem::take(&mut bytes).into()));
            }
            put(&mut bytes, OpCode::Data(Data::Text), json.as_bytes());
        }
        if !bytes.is_empty() {
            frames.push(Self(bytes.into()));
        }
        frames
    }

    /// The last words: `bye`, and the close frame with the same code (RFC 6455, section 5.5.1).
    pub(crate) fn farewell(bye: &Farewell) -> Self {
        let mut bytes = Vec::with_capacity(256);
        let json = serde_json::to_string(bye).unwrap_or_default();
        put(&mut bytes, OpCode::Data(Data::Text), json.as_bytes());
        bytes.extend_from_slice(&Self::close(bye).0);
        Self(bytes.into())
    }

    /// The close frame of these last words, without the `bye`.
    pub(crate) fn close(bye: &Farewell) -> Self {
        Self::closing(bye.code, &bye.reason)
    }

    /// A close frame without a `bye`, for a client that asked for it.
    pub(crate) fn normal_close() -> Self {
        Self::closing(CloseCode::Normal.number(), "bye")
    }

    /// An empty ping (RFC 6455, section 5.5.2), shared by all.
    pub(crate) fn ping() -> &'static Self {
        static PING: LazyLock<Frame> = LazyLock::new(|| {
            let mut bytes = Vec::with_capacity(2);
            put(&mut bytes, OpCode::Control(Control::Ping), &[]);
            Frame(bytes.into())
        });
        &PING
    }

    /// Whole frames made by tungstenite: a pong or the response to a close.
    pub(crate) fn raw(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    fn closing(code: u16, reason: &str) -> Self {
        // A control frame carries at most 125 bytes: two for the code, the rest for the reason.
        let end = (0..=123.min(reason.len())).rev().find(|at| reason.is_char_boundary(*at));
        let mut payload = code.to_be_bytes().to_vec();
        payload.extend_from_slice(&reason.as_bytes()[..end.unwrap_or(0)]);
        let mut bytes = Vec::with_capacity(payload.len() + 2);
        put(&mut bytes, OpCode::Control(Control::Close), &payload);
        Self(bytes.into())
    }
}

fn put(bytes: &mut Vec<u8>, opcode: OpCode, payload: &[u8]) {
    let header = FrameHeader { opcode, ..FrameHeader::default() };
    header.format(payload.len() as u64, bytes).expect("a Vec takes all that is written");
    bytes.extend_from_slice(payload);
}

#[cfg(test)]
mod tests {
    use super::Frame;
    use throng_protocol::Farewell;

    #[test]
    fn a_text_has_the_shortest_header_of_rfc_6455() {
        assert_eq!(&Frame::text("hi").as_bytes()[..2], [0x81, 2]);
        assert_eq!(&Frame::text(&"x".repeat(126)).as_bytes()[..4], [0x81, 126, 0, 126]);
        assert_eq!(Frame::text(&"x".repeat(70_000)).as_bytes()[1], 127);
    }

    #[test]
    fn a_ping_is_two_bytes() {
        assert_eq!(Frame::ping().as_bytes(), [0x89, 0]);
    }

    #[test]
    fn many_events_become_few_buffers_of_bounded_size() {
        let event = "x".repeat(1_000);
        let frames = Frame::joined(std::iter::repeat_n(&*event, 100));
        assert_eq!(frames.iter().map(Frame::len).sum::<usize>(), 100 * 1_004);
        assert!(frames.len() == 4 && frames.iter().all(|frame| frame.len() <= 34 * 1024));
    }

    #[test]
    fn a_long_reason_is_cut_at_a_character() {
        let reason = "é".repeat(100);
        let bye = Farewell { code: 4000, reason, reconnect: true, after_ms: None };
        let frame = Frame::farewell(&bye);
        let close = &frame.as_bytes()[frame.len() - 126..];
        assert_eq!(close[..4], [0x88, 124, 0x0f, 0xa0]);
        assert!(std::str::from_utf8(&close[4..]).is_ok());
    }
}
