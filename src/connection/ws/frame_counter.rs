//! Finds where one WebSocket frame of the client ends and the next begins.
//!
//! Between frames, nothing but the socket is held of a connection: the WebSocket state is built when bytes
//! come, and dropped when a whole message has been read. tungstenite does not say where that is, so the bytes
//! are counted here, with tungstenite's own parser of headers.

use std::io::Cursor;

use async_tungstenite::tungstenite::protocol::frame::FrameHeader;
use async_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use crate::base::rate_limit::{Rate, Used};

/// A position in the client's stream of bytes.
#[derive(Default)]
pub(crate) struct FrameCounter {
    /// The payload bytes of the current frame that are still to come.
    payload_left: u64,
    header: [u8; HEADER_MAX],
    header_len: u8,
    /// Whether a message has begun in a fragment and not ended.
    is_fragmented: bool,
    small: Used,
}

/// The longest header of a client's frame: two bytes, eight of length, four of mask (RFC 6455, section 5.2).
const HEADER_MAX: usize = 14;

/// The content of a piece of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Advanced {
    /// How many frames ended in it.
    pub(crate) frames: u32,
}

/// Why the stream can't be followed any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// Not a frame of RFC 6455. tungstenite finds the same error, and describes it.
    NotAFrame,
    /// A close frame without a mask. No client sends that; a proxy that ends a tunnel by itself does (Caddy
    /// 2.6, when it reloads). Its meaning is clear, and it is nobody's fault.
    Closed,
    /// Pings and small fragments at a higher rate than any client needs.
    Flood,
}

/// A fragment of at least this many bytes is not small. The size of messages is limited, and they have their
/// own rates; several libraries fragment messages at 4,096 bytes.
const SMALL_FRAGMENT: u64 = 1_024;

impl FrameCounter {
    /// Whether the position is between two messages, so that no state need be kept.
    pub(crate) fn is_between_messages(&self) -> bool {
        self.payload_left == 0 && self.header_len == 0 && !self.is_fragmented
    }

    /// Advances by these bytes.
    ///
    /// Control frames and small fragments have a rate limit: they cost the server work, and are not counted
    /// as commands.
    pub(crate) fn advance(
        &mut self,
        mut bytes: &[u8],
        small: Rate,
        now_ms: u64,
    ) -> Result<Advanced, Lost> {
        let mut frames = 0;
        while !bytes.is_empty() {
            if self.payload_left > 0 {
                let eaten = self.payload_left.min(bytes.len() as u64);
                self.payload_left -= eaten;
                bytes = &bytes[usize::try_from(eaten).unwrap_or(bytes.len())..];
            } else {
                let Some((header, length)) = self.read_header(&mut bytes)? else { break };
                self.payload_left = length;
                let is_counted = match header.opcode {
                    OpCode::Control(Control::Close) if header.mask.is_none() => {
                        return Err(Lost::Closed);
                    }
                    OpCode::Control(_) => true,
                    OpCode::Data(data) => {
                        self.is_fragmented = !header.is_final;
                        let is_whole = header.is_final && matches!(data, Data::Text | Data::Binary);
                        !is_whole && length < SMALL_FRAGMENT
                    }
                };
                if is_counted {
                    self.small.take(small, now_ms).map_err(|_| Lost::Flood)?;
                }
            }
            if self.payload_left == 0 && self.header_len == 0 {
                frames += 1;
            }
        }
        Ok(Advanced { frames })
    }

    /// Reads a header from the front of the bytes; `None` if it continues in the next bytes.
    fn read_header(&mut self, bytes: &mut &[u8]) -> Result<Option<(FrameHeader, u64)>, Lost> {
        let held = usize::from(self.header_len);
        let more = bytes.len().min(self.header.len() - held);
        self.header[held..held + more].copy_from_slice(&bytes[..more]);
        let mut cursor = Cursor::new(&self.header[..held + more]);
        match FrameHeader::parse(&mut cursor) {
            Ok(Some((header, length))) => {
                let used = usize::try_from(cursor.position()).unwrap_or(held) - held;
                self.header_len = 0;
                *bytes = &bytes[used..];
                Ok(Some((header, length)))
            }
            Ok(None) => {
                self.header_len += u8::try_from(more).map_err(|_| Lost::NotAFrame)?;
                Ok(None)
            }
            Err(_) => Err(Lost::NotAFrame),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FrameCounter, Lost};
    use crate::base::rate_limit::Rate;
    use std::time::Duration;

    fn rate() -> Rate {
        Rate::new(10, Duration::from_secs(1), 100)
    }

    /// A masked client frame with a payload of zeros.
    fn frame(first: u8, length: usize) -> Vec<u8> {
        let mut bytes = vec![first];
        match length {
            0..=125 => bytes.push(0x80 | u8::try_from(length).expect("short")),
            _ => {
                bytes.push(0x80 | 126);
                bytes.extend(u16::try_from(length).expect("medium").to_be_bytes());
            }
        }
        bytes.extend([1, 2, 3, 4]);
        bytes.resize(bytes.len() + length, 0);
        bytes
    }

    #[test]
    fn frames_are_counted_however_the_stream_is_cut() {
        let mut stream = Vec::new();
        for (first, length) in [(0x81, 5), (0x81, 0), (0x89, 3), (0x81, 300), (0x01, 7), (0x80, 0)]
        {
            stream.extend(frame(first, length));
        }
        for cut in 1..stream.len() {
            let mut boundary = FrameCounter::default();
            let mut frames = 0;
            for piece in stream.chunks(cut) {
                frames += boundary.advance(piece, rate(), 0).expect("frames").frames;
            }
            assert_eq!((frames, boundary.is_between_messages()), (6, true), "pieces of {cut}");
        }
    }

    #[test]
    fn the_middle_of_a_frame_and_of_a_message_are_no_boundary() {
        let mut boundary = FrameCounter::default();
        boundary.advance(&frame(0x81, 5)[..8], rate(), 0).expect("a part");
        assert!(!boundary.is_between_messages());
        let mut boundary = FrameCounter::default();
        boundary.advance(&frame(0x01, 5), rate(), 0).expect("a fragment");
        boundary.advance(&frame(0x89, 0), rate(), 0).expect("a ping between fragments");
        assert!(!boundary.is_between_messages());
        boundary.advance(&frame(0x80, 0), rate(), 0).expect("the last fragment");
        assert!(boundary.is_between_messages());
    }

    #[test]
    fn large_fragments_are_not_counted_and_small_ones_are() {
        let fed = |length: usize| {
            let mut boundary = FrameCounter::default();
            let fragment = frame(0x00, length);
            (0..1_000).find_map(|_| boundary.advance(&fragment, rate(), 0).err())
        };
        assert_eq!(fed(1_024), None);
        assert_eq!(fed(1_023), Some(Lost::Flood));
    }

    #[test]
    fn a_close_without_a_mask_is_the_end_and_nothing_else_is_excused() {
        let unmasked = |first| FrameCounter::default().advance(&[first, 2, 0x03, 0xe9], rate(), 0);
        assert_eq!(unmasked(0x88), Err(Lost::Closed));
        assert!(unmasked(0x89).is_ok(), "tungstenite finds what is wrong with it");
        let masked = FrameCounter::default().advance(&frame(0x88, 2), rate(), 0);
        assert!(masked.is_ok(), "an ordinary close");
    }

    #[test]
    fn endless_empty_fragments_are_a_flood() {
        let mut boundary = FrameCounter::default();
        boundary.advance(&frame(0x01, 0), rate(), 0).expect("the first");
        let empty = frame(0x00, 0);
        let refused = (0..200).find_map(|_| boundary.advance(&empty, rate(), 0).err());
        assert_eq!(refused, Some(Lost::Flood));
    }
}
