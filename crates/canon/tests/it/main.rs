//! The crate through its public border: the standards' own vectors, and attacks.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests, which the exception for tests does not see"
)]

mod compiled;
mod credentials;
mod jsonld_vectors;
mod rdfc_vectors;
mod strict;

use std::path::PathBuf;

/// A folder of the standards' vectors; where it is absent, says so.
fn vectors(folder: &str) -> Option<PathBuf> {
    let path = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/vectors"
    ))
    .join(folder);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: no folder {}", path.display());
    None
}

fn read(path: &std::path::Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}
