//! The `garita` binary.

fn main() {}
