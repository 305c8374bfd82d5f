//! WebSocket frames (RFC 6455, section 5.2): only what a client and a floor need that know each other, and
//! check what arrives.

/// A text frame.
pub(crate) const TEXT: u8 = 1;
/// A close frame.
pub(crate) const CLOSE: u8 = 8;
/// A ping frame.
pub(crate) const PING: u8 = 9;
/// A pong frame.
pub(crate) const PONG: u8 = 10;

/// The longest payload accepted. A page of the log may have a few hundred kilobytes; a greater length means
/// that the stream is out of step.
const PAYLOAD_MAX: u64 = 16 << 20;

/// The head of a frame, and where its payload lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// What kind of frame.
    pub(crate) opcode: u8,
    /// The key of a client's frame; `None` in a server's frame.
    pub(crate) mask: Option<[u8; 4]>,
    /// Where the payload begins.
    pub(crate) start: usize,
    /// Where the payload, and so the frame, ends.
    pub(crate) end: usize,
}

/// Bytes that are not a frame that either side would send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadFrame {
    /// A bit of an extension that nobody negotiated.
    #[error("a frame has reserved bits set (first byte {0:#04x})")]
    Reserved(u8),
    /// A fragmented message.
    #[error("a fragmented message (first byte {0:#04x}); throng sends whole frames")]
    Fragment(u8),
    /// A length that cannot be right.
    #[error("a frame claims {0} bytes")]
    Length(u64),
}

/// Reads the head of the frame at the start of `bytes`; `None` until the whole frame is there.
pub(crate) fn head(bytes: &[u8]) -> Result<Option<Head>, BadFrame> {
    let [first, second, rest @ ..] = bytes else { return Ok(None) };
    if first & 0x70 != 0 {
        return Err(BadFrame::Reserved(*first));
    }
    if first & 0x80 == 0 || first & 0x0f == 0 {
        return Err(BadFrame::Fragment(*first));
    }
    let (extra, length) = match second & 0x7f {
        126 => match rest.first_chunk::<2>() {
            Some(length) => (2, u64::from(u16::from_be_bytes(*length))),
            None => return Ok(None),
        },
        127 => match rest.first_chunk::<8>() {
            Some(length) => (8, u64::from_be_bytes(*length)),
            None => return Ok(None),
        },
        short => (0, u64::from(short)),
    };
    let length = usize::try_from(length)
        .ok()
        .filter(|_| length <= PAYLOAD_MAX)
        .ok_or(BadFrame::Length(length))?;
    let masked = second & 0x80 != 0;
    let mask = if masked { rest[extra..].first_chunk::<4>().copied() } else { None };
    if masked && mask.is_none() {
        return Ok(None);
    }
    let start = 2 + extra + if masked { 4 } else { 0 };
    let end = start + length;
    Ok((bytes.len() >= end).then_some(Head { opcode: first & 0x0f, mask, start, end }))
}

/// Appends a client's frame, masked as section 5.3 requires.
pub(crate) fn write_masked(out: &mut Vec<u8>, opcode: u8, payload: &[u8]) {
    let key = fastrand::u32(..).to_ne_bytes();
    write_head(out, opcode, payload.len(), 0x80);
    out.extend_from_slice(&key);
    let start = out.len();
    out.extend_from_slice(payload);
    apply_mask(&mut out[start..], key);
}

/// Appends a server's frame.
pub(crate) fn write_unmasked(out: &mut Vec<u8>, opcode: u8, payload: &[u8]) {
    write_head(out, opcode, payload.len(), 0);
    out.extend_from_slice(payload);
}

/// Masks or unmasks in place.
pub(crate) fn apply_mask(payload: &mut [u8], key: [u8; 4]) {
    for (byte, key) in payload.iter_mut().zip(key.iter().cycle()) {
        *byte ^= key;
    }
}

fn write_head(out: &mut Vec<u8>, opcode: u8, length: usize, mask_bit: u8) {
    out.push(0x80 | opcode);
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ ..=125), _) => out.push(mask_bit | short),
        (_, Ok(middle)) => {
            out.push(mask_bit | 126);
            out.extend_from_slice(&middle.to_be_bytes());
        }
        _ => {
            out.push(mask_bit | 127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BadFrame, Head, PING, TEXT, apply_mask, head, write_masked, write_unmasked};

    /// Reads whole frames from `bytes`, which arrive in two reads, split at `at`.
    fn read_split(bytes: &[u8], at: usize) -> Vec<(u8, Vec<u8>)> {
        let mut frames = Vec::new();
        let mut carry: Vec<u8> = Vec::new();
        for piece in [&bytes[..at], &bytes[at..]] {
            carry.extend_from_slice(piece);
            while let Some(Head { opcode, mask, start, end }) = head(&carry).expect("good frames") {
                let mut payload = carry[start..end].to_vec();
                if let Some(key) = mask {
                    apply_mask(&mut payload, key);
                }
                frames.push((opcode, payload));
                carry.drain(..end);
            }
        }
        assert!(carry.is_empty(), "nothing is left over");
        frames
    }

    #[test]
    fn frames_of_all_lengths_survive_a_split_at_every_byte() {
        let payloads = [vec![], vec![b'a'; 125], vec![b'b'; 126], vec![b'c'; 70_000]];
        for write in [write_masked, write_unmasked] {
            let mut bytes = Vec::new();
            for payload in &payloads {
                write(&mut bytes, TEXT, payload);
            }
            write(&mut bytes, PING, b"x");
            // The inside of the long payload is uniform; only its ends matter.
            for at in (0..500).chain(bytes.len() - 500..=bytes.len()) {
                let frames = read_split(&bytes, at);
                assert_eq!(frames.len(), 5, "split at {at}");
                for (frame, payload) in frames.iter().zip(&payloads) {
                    assert_eq!((frame.0, &frame.1), (TEXT, payload), "split at {at}");
                }
                assert_eq!(frames[4], (PING, b"x".to_vec()));
            }
        }
    }

    #[test]
    fn bytes_out_of_step_are_refused() {
        assert_eq!(head(&[0xc1, 0]), Err(BadFrame::Reserved(0xc1)));
        assert_eq!(head(&[0x01, 0]), Err(BadFrame::Fragment(0x01)));
        assert_eq!(head(&[0x80, 0]), Err(BadFrame::Fragment(0x80)));
        let huge = [0x81, 127, 0xff, 0, 0, 0, 0, 0, 0, 0];
        assert!(matches!(head(&huge), Err(BadFrame::Length(_))));
    }
}
