//! Who is who: people, their nicks, tokens, passwords, and codes for another device.

pub(crate) mod device_codes;
pub(crate) mod guests;
#[cfg_attr(not(test), expect(dead_code, reason = "no command takes a password yet"))]
pub(crate) mod passwords;
pub(crate) mod people;
pub(crate) mod secret;
pub(crate) mod tokens;
