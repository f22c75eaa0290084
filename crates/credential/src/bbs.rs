//! BLS12-381 keys and BBS signatures (draft-irtf-cfrg-bbs-signatures, ciphersuite BLS12-381-SHA-256).
//!
//! A key signs a list of messages; whoever has the signature proves that he has it for some of them, and each proof looks like no other.
//! The blinding of a proof is drawn by the library, from the operating system: it is not a function of what is handed in. A seed handed
//! in would be a secret more to be lost, by which all proofs of a holder could be linked.

#[cfg(feature = "bbs")]
pub(crate) mod proof;
#[cfg(feature = "bbs")]
mod signature;

#[cfg(feature = "bbs")]
pub(crate) use proof::proof_holds;
#[cfg(feature = "bbs")]
pub(crate) use signature::prove;
#[cfg(feature = "bbs")]
pub use signature::{MESSAGES_MAX, SecretKey};

/// Whether 96 bytes are a compressed point of BLS12-381 G2 that a key can be: on the curve, in the group, not at infinity.
#[cfg(feature = "bbs")]
pub(crate) fn is_public_key(bytes: &[u8; 96]) -> bool {
    signature::public_key(bytes).is_some()
}

/// Without the library, as far as can be seen from the flags of the point: such a key can be named, and verifies nothing.
#[cfg(not(feature = "bbs"))]
pub(crate) fn is_public_key(bytes: &[u8; 96]) -> bool {
    matches!(bytes.first(), Some(first) if first & 0xc0 == 0x80)
}
