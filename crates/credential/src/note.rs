//! Raw Ed25519 over bytes, for signed notes (C2SP signed-note, tlog-cosignature).
//!
//! The log's crate doesn't know this one; whoever composes both passes these two functions on.

use crate::keys::{SigningKey, VerificationKey};

/// Signs `message` as it is. RFC 8032 §5.1.6, 64 bytes.
#[must_use]
pub fn ed25519_sign(key: &SigningKey, message: &[u8]) -> [u8; 64] {
    key.sign(message)
}

/// Whether `signature` is `key`'s over `message`, by the strict rule of [`crate::keys`].
#[must_use]
pub fn ed25519_verify(key: &VerificationKey, message: &[u8], signature: &[u8; 64]) -> bool {
    key.verify(message, signature).is_ok()
}
