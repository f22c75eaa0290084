//! Showing a part of what was signed: `ecdsa-sd-2023` (Data Integrity ECDSA Cryptosuites 1.0 §3.3 to §3.5) and `bbs-2023` (Data
//! Integrity BBS Cryptosuites 1.0 §3.2 to §3.4), the latter so that two showings of one document cannot be linked by their proofs.
//!
//! An issuer signs a document so that each of its statements can be shown or held back: the **base proof**, for the holder alone. Some
//! statements are *mandatory*: named by the issuer by JSON pointers, shown always. The holder **derives** a document with the
//! mandatory statements and those that he selects, and a proof that verifies without the rest.
//!
//! Which statements belong to a pointer is found by where nodes stand in the document ([`Canonicalizer::dataset_by_place`]), never by
//! text: a literal that looks like a blank node stays a literal, and of two nodes that look alike each is itself.
//!
//! [`Canonicalizer::dataset_by_place`]: garita_canon::Canonicalizer::dataset_by_place

#[cfg(feature = "bbs")]
pub mod bbs;
mod disclosure;
pub mod ecdsa_sd;
mod pointers;
mod statements;
mod value;

pub use pointers::{POINTERS_MAX, select};

/// The largest proof value: ten thousand statements with a signature each, and the room for as many pointers.
pub(crate) const PROOF_VALUE_BYTES_MAX: usize = 1 << 20;
