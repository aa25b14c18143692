//! Pure work on slices: no files, sockets, async, clock or chance.

pub mod boundaries;
pub mod names;
