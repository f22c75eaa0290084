//! The tree and its notes through the public border.

mod notes;
mod tiles;
mod tree;
