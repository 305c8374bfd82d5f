//! Who is who: people, their nicks, accounts and passwords, bots, tokens, and codes for another device.

pub(crate) mod accounts;
pub(crate) mod bots;
pub(crate) mod device_codes;
pub(crate) mod device_secrets;
pub(crate) mod guests;
pub(crate) mod jwt;
pub(crate) mod oidc;
pub(crate) mod passwords;
pub(crate) mod people;
pub(crate) mod room_set;
pub(crate) mod secret;
mod signer;
pub(crate) mod standing;
pub(crate) mod tokens;
pub(crate) mod totp;
