//! The tree and its notes through the public border.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that fails may panic"
)]

mod notes;
mod proof_text;
mod tiles;
mod tree;
mod witness;
