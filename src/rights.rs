//! Who may do what: one table of actions, and one gate before the work of each.

pub(crate) mod action;
pub(crate) mod policy;
