//! The wire: messages from and to clients as bytes. A second protocol would be a second codec.

pub(crate) mod answer;
pub(crate) mod codec;
pub(crate) mod entry;
pub(crate) mod frame;
