//! The crate through its public border: the standards' own vectors, and attacks.
