//! BLS12-381 keys and BBS signatures.

/// Whether 96 bytes are a compressed point of BLS12-381 G2 that a key can be.
#[must_use]
pub(crate) fn is_public_key(bytes: &[u8; 96]) -> bool {
    // The flag of a compressed point that is not the one at infinity.
    matches!(bytes.first(), Some(first) if first & 0xc0 == 0x80)
}
