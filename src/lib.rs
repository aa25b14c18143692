//! Phủ Sóng: where the mobile signal is missing, whom the digital teams have
//! not reached, and where the two meet.
//!
//! Data enters at `ingest` and leaves at `api`. Each room names only rooms
//! that stand above it in this list; `tests/it/rooms.rs` checks it.

pub mod model;

pub mod engine;
pub mod ingest;
pub mod store;
pub mod tiles;

pub mod flow;

pub mod api;

pub mod cli;
