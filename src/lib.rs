//! x
pub mod chatlog;
