//! The keyed digest of a message's body: it distinguishes a retry from a conflict, even if the text itself is
//! gone.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::entry::{Body, Edited, MessageKind, Shadow};

/// Half of HMAC-SHA256, which RFC 2104 allows. 128 bits are plenty: a sender could only collide with their
/// own messages.
pub(super) const DIGEST_BYTES: usize = 16;

/// A digest as it is stored.
pub(super) type Digest = [u8; DIGEST_BYTES];

/// Makes digests. The key prevents somebody who only has the database from guessing deleted texts.
#[derive(Clone)]
pub(super) struct BodyKey(Hmac<Sha256>);

impl BodyKey {
    /// Derives the key from the server's secret with a label, so that the secret can have other uses.
    pub(super) fn derive(secret: &[u8; 32]) -> Self {
        let mut derivation = keyed(secret);
        derivation.update(b"throng chatlog body 1");
        Self(keyed(&derivation.finalize().into_bytes().into()))
    }

    /// The digest of a message in a room. The room is given by its id, or by its fold from before there were
    /// room ids. Each part has a fixed length or is preceded by its length, so that no two bodies give the
    /// same input.
    pub(super) fn digest(&self, room: &[u8], body: &Body) -> Digest {
        let mut mac = self.0.clone();
        let columns = Columns::of(body);
        let targets = columns.targets.as_deref().unwrap_or_default();
        for part in [room, &[columns.kind], columns.text.as_bytes()] {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        // A message has none, and keeps the digest that it had before there were deletions.
        mac.update(targets);
        truncated(mac)
    }

    /// The value by which the database recognises this key.
    pub(super) fn check(&self) -> Digest {
        let mut mac = self.0.clone();
        mac.update(b"check");
        truncated(mac)
    }
}

/// A body as the columns of its row have it.
pub(super) struct Columns<'a> {
    pub(super) kind: u8,
    /// Empty for a message whose text was deleted: no message is empty when it is sent.
    pub(super) text: &'a str,
    /// The seqs of the messages that it changes, eight bytes each.
    pub(super) targets: Option<Vec<u8>>,
    /// For a message: the seq of the last entry that changed its text, or 0.
    pub(super) changed: u64,
    /// When that entry was committed, as far as it is read.
    pub(super) changed_at: u64,
}

/// The stored number of an entry that deletes. Those of messages are below it.
pub(super) const DELETE: u8 = 3;

/// The stored number of an entry that edits.
const EDIT: u8 = 4;

impl<'a> Columns<'a> {
    /// The columns of a body.
    pub(super) fn of(body: &'a Body) -> Self {
        let plain = Self { kind: 0, text: "", targets: None, changed: 0, changed_at: 0 };
        match body {
            Body::Message { kind, text, edited } => {
                let (changed, changed_at) = edited.map_or((0, 0), |it| (it.by, it.at));
                Self { kind: kind_number(*kind), text, changed, changed_at, ..plain }
            }
            Body::Deleted { kind, by } => Self { kind: kind_number(*kind), changed: *by, ..plain },
            Body::Edit { target, text } => {
                Self { kind: EDIT, text, targets: Some(bytes_of(&[*target])), ..plain }
            }
            Body::Delete { targets } => {
                Self { kind: DELETE, targets: Some(bytes_of(targets)), ..plain }
            }
        }
    }

    /// The body; `None` for a row that no version has written.
    pub(super) fn into_body(self) -> Option<Body> {
        let kind = match self.kind {
            0 => MessageKind::Text,
            1 => MessageKind::Action,
            DELETE => return Some(Body::Delete { targets: self.seqs()?.into() }),
            EDIT => {
                let [target] = self.seqs()?[..] else { return None };
                return Some(Body::Edit { target, text: self.text.into() });
            }
            _ => return None,
        };
        Some(match (self.text.is_empty(), self.changed) {
            (true, by @ 1..) => Body::Deleted { kind, by },
            (_, 0) => Body::message(kind, self.text),
            (false, by) => {
                let edited = Some(Edited { by, at: self.changed_at });
                Body::Message { kind, text: self.text.into(), edited }
            }
        })
    }

    fn seqs(&self) -> Option<Vec<u64>> {
        let (seqs, []) = self.targets.as_deref()?.as_chunks() else { return None };
        Some(seqs.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect())
    }
}

/// What a row has for its sender alone.
pub(super) struct OwnColumns<'a> {
    /// The row's own seq if all of it is hidden, the seq of the hidden entry that changed it last, or 0.
    pub(super) shadow: u64,
    /// The text of that entry, as far as it is read.
    pub(super) text: Option<&'a str>,
    /// When it was committed.
    pub(super) at: u64,
}

impl OwnColumns<'_> {
    /// What is not for everybody of the entry with this seq and this content.
    pub(super) fn into_shadow(self, seq: u64, body: &Body) -> Shadow {
        let edited = Some(Edited { by: self.shadow, at: self.at });
        match (body, self.text) {
            _ if self.shadow == seq => Shadow::Hidden,
            _ if self.shadow < seq => Shadow::None,
            (Body::Message { kind, .. }, Some(text)) => {
                Shadow::Own(Box::new(Body::Message { kind: *kind, text: text.into(), edited }))
            }
            // Only the last edit has its text.
            (Body::Edit { target, text }, _) if !text.is_empty() => {
                Shadow::Own(Box::new(Body::Edit { target: *target, text: "".into() }))
            }
            _ => Shadow::None,
        }
    }
}

fn bytes_of(seqs: &[u64]) -> Vec<u8> {
    seqs.iter().flat_map(|seq| seq.to_le_bytes()).collect()
}

fn kind_number(kind: MessageKind) -> u8 {
    match kind {
        MessageKind::Text => 0,
        MessageKind::Action => 1,
    }
}

fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length (RFC 2104)")
}

fn truncated(mac: Hmac<Sha256>) -> Digest {
    let whole = mac.finalize().into_bytes();
    let mut digest = [0; DIGEST_BYTES];
    digest.copy_from_slice(&whole[..DIGEST_BYTES]);
    digest
}

#[cfg(test)]
mod tests {
    use super::BodyKey;
    use crate::entry::{Body, MessageKind};

    #[test]
    fn room_kind_text_and_key_all_change_the_digest() {
        let digest = |secret: u8, room: &str, kind, text: &str| {
            BodyKey::derive(&[secret; 32]).digest(room.as_bytes(), &Body::message(kind, text))
        };
        let first = digest(1, "lobby", MessageKind::Text, "hello");
        assert_eq!(first, digest(1, "lobby", MessageKind::Text, "hello"));
        for other in [
            digest(2, "lobby", MessageKind::Text, "hello"),
            digest(1, "lobbyh", MessageKind::Text, "ello"),
            digest(1, "lobby", MessageKind::Action, "hello"),
            digest(1, "lobby", MessageKind::Text, "hello "),
        ] {
            assert_ne!(first, other);
        }
    }
}
