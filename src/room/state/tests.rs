//! The room's logic: facts one by one, and random histories against a simple model.

mod checks;
mod histories;
mod log;
mod world;
