//! The core against a model of a server, through random histories by seed, through the vectors that all clients share,
//! and single facts.

mod accounts;
mod facts;
mod jwt;
mod model;
mod own_rooms;
mod rooms;
mod vectors;
mod world;
