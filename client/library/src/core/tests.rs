//! The core against a model of a server, through random histories by seed, and single facts.

mod facts;
mod model;
mod world;
