//! Bytes as they come, cut into lines. Plain values: the connection does the reading.

/// The longest request, with its line feed.
pub(super) const LINE_BYTES_MAX: usize = 64 * 1024;

/// What was received and not taken yet.
#[derive(Default)]
pub(super) struct LineBuffer {
    bytes: Vec<u8>,
    /// Up to here there is no line feed.
    searched: usize,
}

/// A line is longer than it may be; what comes after it is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl LineBuffer {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Takes the next whole line, without its line feed.
    pub(super) fn take_line(&mut self) -> Result<Option<Vec<u8>>, TooLong> {
        let found = self.bytes[self.searched..].iter().position(|byte| *byte == b'\n');
        let length = found.map_or(self.bytes.len(), |at| self.searched + at + 1);
        if length > LINE_BYTES_MAX || (found.is_none() && length == LINE_BYTES_MAX) {
            return Err(TooLong);
        }
        self.searched = if found.is_some() { 0 } else { length };
        Ok(found.map(|_| {
            let mut line: Vec<u8> = self.bytes.drain(..length).collect();
            line.pop();
            line
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::{LINE_BYTES_MAX, LineBuffer, TooLong};

    #[test]
    fn lines_come_out_whole_however_they_came_in() {
        let text = b"one\n\ntwo\nhalf";
        for size in 1..=text.len() {
            let (mut buffer, mut lines) = (LineBuffer::default(), Vec::new());
            for piece in text.chunks(size) {
                buffer.add(piece);
                while let Some(line) = buffer.take_line().expect("short enough") {
                    lines.push(String::from_utf8(line).expect("UTF-8"));
                }
            }
            assert_eq!(lines, ["one", "", "two"], "{size}");
            assert_eq!(buffer.bytes, b"half");
        }
    }

    #[test]
    fn a_line_at_the_limit_is_taken_and_one_above_it_is_not() {
        let line = vec![b'x'; LINE_BYTES_MAX - 1];
        let mut buffer = LineBuffer::default();
        buffer.add(&line);
        assert_eq!(buffer.take_line(), Ok(None));
        buffer.add(b"\n");
        assert_eq!(buffer.take_line(), Ok(Some(line.clone())));
        buffer.add(&line);
        buffer.add(b"x");
        assert_eq!(buffer.take_line(), Err(TooLong), "whatever comes, it is too long");
        let mut buffer = LineBuffer::default();
        buffer.add(&[&line[..], b"x\n"].concat());
        assert_eq!(buffer.take_line(), Err(TooLong));
    }
}
