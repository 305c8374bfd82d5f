//! Identity: people, their nicks, tokens, and codes for another device.

pub(crate) mod device_codes;
pub(crate) mod guests;
pub(crate) mod people;
pub(crate) mod secret;
pub(crate) mod tokens;
