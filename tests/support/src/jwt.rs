//! JWTs as an application signs them, with keys of every kind, and the file in which a server reads whom to trust.
//!
//! Headers and claims are what a test wants, right or wrong; `keys/rsa-2048.der` is a key for tests alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use serde_json::{Value, json};

/// The issuer of [`claims`].
pub const ISSUER: &str = "https://app.example";

/// The audience of [`claims`].
pub const AUDIENCE: &str = "throng";

/// Signs with one key.
pub struct Signer {
    key: SigningKey,
    kid: Option<String>,
}

enum SigningKey {
    Hs256(Vec<u8>),
    Rs256(Box<RsaKeyPair>),
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
}

impl Signer {
    pub fn hs256(secret: &[u8]) -> Self {
        Self::of(SigningKey::Hs256(secret.to_vec()))
    }

    /// Always the same key.
    pub fn rs256() -> Self {
        let key = RsaKeyPair::from_pkcs8(include_bytes!("../keys/rsa-2048.der"));
        Self::of(SigningKey::Rs256(Box::new(key.expect("a key"))))
    }

    /// Another key each time.
    pub fn es256() -> Self {
        let (random, algorithm) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
        let key = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random);
        Self::of(SigningKey::Es256(key.expect("a key")))
    }

    /// Another key each time.
    pub fn eddsa() -> Self {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).expect("a key");
        let key = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).expect("a key");
        Self::of(SigningKey::EdDsa(key))
    }

    fn of(key: SigningKey) -> Self {
        Self { key, kid: None }
    }

    /// The same with a name, which stands in headers and in [`Signer::jwk`].
    #[must_use]
    pub fn named(mut self, kid: &str) -> Self {
        self.kid = Some(kid.to_owned());
        self
    }

    pub fn algorithm(&self) -> &'static str {
        match &self.key {
            SigningKey::Hs256(_) => "HS256",
            SigningKey::Rs256(_) => "RS256",
            SigningKey::Es256(_) => "ES256",
            SigningKey::EdDsa(_) => "EdDSA",
        }
    }

    /// The header that belongs to the key.
    pub fn header(&self) -> Value {
        let mut header = json!({"typ": "JWT", "alg": self.algorithm()});
        if let Some(kid) = &self.kid {
            header["kid"] = json!(kid);
        }
        header
    }

    pub fn sign(&self, claims: &Value) -> String {
        self.sign_as(&self.header(), claims)
    }

    /// With any header, and the key's algorithm whatever the header says.
    pub fn sign_as(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", part(header), part(claims));
        let signature = self.signature(message.as_bytes());
        format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }

    fn signature(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.key {
            SigningKey::Hs256(secret) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
                hmac::sign(&key, message).as_ref().to_vec()
            }
            SigningKey::Rs256(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).expect("signed");
                signature
            }
            SigningKey::Es256(key) => key.sign(&random, message).expect("signed").as_ref().to_vec(),
            SigningKey::EdDsa(key) => key.sign(message).as_ref().to_vec(),
        }
    }

    /// The public key, or the secret, as a JWK (RFC 7517).
    pub fn jwk(&self) -> Value {
        let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let mut jwk = match &self.key {
            SigningKey::Hs256(secret) => json!({"kty": "oct", "k": text(secret)}),
            SigningKey::Rs256(key) => {
                let public = PublicKeyComponents::<Vec<u8>>::from(key.public());
                json!({"kty": "RSA", "n": text(&public.n), "e": text(&public.e)})
            }
            SigningKey::Es256(key) => {
                let (x, y) = key.public_key().as_ref()[1..].split_at(32);
                json!({"kty": "EC", "crv": "P-256", "x": text(x), "y": text(y)})
            }
            SigningKey::EdDsa(key) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": text(key.public_key().as_ref())})
            }
        };
        jwk["use"] = json!("sig");
        if let Some(kid) = &self.kid {
            jwk["kid"] = json!(kid);
        }
        jwk
    }

    /// The public key in PEM (RFC 5280, `SubjectPublicKeyInfo`), or the secret as it is.
    pub fn key_file(&self) -> Vec<u8> {
        const RSA: &[u8] = &[
            0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1,
            1, 1, 5, 0, 0x03, 0x82, 0x01, 0x0f, 0,
        ];
        const P256: &[u8] = &[
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a,
            0x86, 0x48, 0xce, 0x3d, 3, 1, 7, 3, 0x42, 0,
        ];
        const ED25519: &[u8] = &[0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];
        let (prefix, key) = match &self.key {
            SigningKey::Hs256(secret) => return secret.clone(),
            SigningKey::Rs256(key) => (RSA, key.public().as_ref()),
            SigningKey::Es256(key) => (P256, key.public_key().as_ref()),
            SigningKey::EdDsa(key) => (ED25519, key.public_key().as_ref()),
        };
        let body = BASE64_STANDARD.encode([prefix, key].concat());
        let lines: Vec<&str> =
            body.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
        let lines = lines.join("\n");
        format!("-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n").into_bytes()
    }
}

/// A part of a JWT.
pub fn part(json: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(json.to_string())
}

/// What [`ISSUER`] says about somebody now, for five minutes.
pub fn claims(subject: &str) -> Value {
    let now = now_s();
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + 300,
    })
}

/// The same with other claims in place of those, or beside them.
pub fn claims_with(subject: &str, others: Value) -> Value {
    let mut claims = claims(subject);
    for (name, value) in others.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    claims
}

/// Unix time in seconds.
pub fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A JWK set of these keys.
pub fn jwks(keys: &[&Signer]) -> String {
    json!({"keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>()}).to_string()
}

/// Writes a file of issuers with one JWK set of [`ISSUER`], and returns its path. `more` are further lines.
pub fn trust(folder: &Path, keys: &[&Signer], more: &str) -> PathBuf {
    fs::write(folder.join("jwks.json"), jwks(keys)).expect("written");
    let mut algorithms: Vec<_> = keys.iter().map(|key| key.algorithm()).collect();
    algorithms.dedup();
    let file = folder.join("issuers.toml");
    let text = format!(
        "[[jwt]]\nissuer = {ISSUER:?}\naudience = {AUDIENCE:?}\nalgorithms = {algorithms:?}\n\
         jwks_file = \"jwks.json\"\n{more}\n"
    );
    fs::write(&file, text).expect("written");
    file
}
