//! The `phusong` binary.
fn main() {}
