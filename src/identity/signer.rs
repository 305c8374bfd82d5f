//! Signatures under what clients keep for the server: HMAC-SHA-256 (RFC 2104), under a key for each purpose that is
//! derived from the secret in the data directory. Nothing is stored.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Signs and checks for one purpose.
pub(crate) struct Signer(Hmac<Sha256>);

impl Signer {
    /// A signer for a purpose, of which no signature is good for another one.
    pub(crate) fn new(secret: &[u8; 32], purpose: &str) -> Self {
        let derived = hmac(secret).chain_update(purpose).finalize();
        Self(hmac(&derived.into_bytes()))
    }

    pub(crate) fn sign(&self, body: &[u8]) -> [u8; 32] {
        self.0.clone().chain_update(body).finalize().into_bytes().into()
    }

    /// Whether this is the body's signature. It takes as long for every wrong one.
    pub(crate) fn has_signed(&self, body: &[u8], signature: &[u8]) -> bool {
        self.0.clone().chain_update(body).verify_slice(signature).is_ok()
    }
}

fn hmac(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

#[cfg(test)]
mod tests {
    use super::Signer;

    #[test]
    fn a_signature_is_good_for_its_body_its_purpose_and_its_secret() {
        let signer = Signer::new(&[1; 32], "one");
        let signature = signer.sign(b"body");
        assert!(signer.has_signed(b"body", &signature));
        assert!(!signer.has_signed(b"bodies", &signature));
        assert!(!signer.has_signed(b"body", &signature[1..]) && !signer.has_signed(b"body", &[]));
        assert!(!Signer::new(&[1; 32], "two").has_signed(b"body", &signature));
        assert!(!Signer::new(&[2; 32], "one").has_signed(b"body", &signature));
    }
}
