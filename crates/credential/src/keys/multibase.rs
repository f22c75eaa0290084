//! Multibase and multicodec, as far as keys and proofs need them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::{KeyError, KeyType, MULTIBASE_CHARS_MAX};

/// Decodes base58btc multibase (`z…`), bounded.
pub(crate) fn base58_multibase(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix('z')?;
    if digits.len() > MULTIBASE_CHARS_MAX {
        return None;
    }
    bs58::decode(digits).into_vec().ok()
}

/// Writes base58btc multibase.
pub(crate) fn to_base58_multibase(bytes: &[u8]) -> String {
    let mut text = String::from("z");
    text.push_str(&bs58::encode(bytes).into_string());
    text
}

/// Decodes base64url multibase (`u…`, no padding) of at most `bytes_max` bytes.
pub(crate) fn base64url_multibase(text: &str, bytes_max: usize) -> Option<Vec<u8>> {
    let digits = text.strip_prefix('u')?;
    if digits.len() > bytes_max.saturating_mul(4).div_ceil(3) {
        return None;
    }
    URL_SAFE_NO_PAD.decode(digits).ok()
}

/// Writes base64url multibase.
pub(crate) fn to_base64url_multibase(bytes: &[u8]) -> String {
    format!("u{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// A public key with its prefix.
pub(super) fn prefixed(prefix: [u8; 2], raw: &[u8]) -> String {
    to_base58_multibase(&[&prefix, raw].concat())
}

/// A secret key with its prefix.
pub(super) fn prefixed_secret(prefix: [u8; 2], raw: &[u8]) -> Zeroizing<String> {
    let bytes = Zeroizing::new([&prefix, raw].concat());
    Zeroizing::new(to_base58_multibase(&bytes))
}

/// Kind and key of bytes with a prefix; the error names the kind that was found.
pub(super) fn strip(
    bytes: &[u8],
    prefix: impl Fn(KeyType) -> [u8; 2],
) -> Result<(KeyType, &[u8]), KeyError> {
    for kind in KeyType::ALL {
        if let Some(raw) = bytes.strip_prefix(&prefix(kind)) {
            return Ok((kind, raw));
        }
    }
    let name = match bytes {
        [0xed, 0x01, ..] => "Ed25519 public".to_owned(),
        [0x80, 0x26, ..] => "Ed25519 secret".to_owned(),
        [0x80, 0x24, ..] => "P-256 public".to_owned(),
        [0x81, 0x24, ..] => "P-384 public".to_owned(),
        [0x82, 0x24, ..] => "P-521 public".to_owned(),
        [0x85, 0x24, ..] => "RSA".to_owned(),
        [0xe7, 0x01, ..] => "secp256k1".to_owned(),
        [0xec, 0x01, ..] => "X25519".to_owned(),
        [0xeb, 0x01, ..] => "BLS12-381 G2 public".to_owned(),
        [0xea, 0x01, ..] => "BLS12-381 G1".to_owned(),
        [0x86, 0x26, ..] => "P-256 secret".to_owned(),
        [0x87, 0x26, ..] => "P-384 secret".to_owned(),
        [0x88, 0x26, ..] => "P-521 secret".to_owned(),
        [0x8a, 0x26, ..] => "BLS12-381 G2 secret".to_owned(),
        [first, second, ..] => format!("0x{first:02x}{second:02x}"),
        [] | [_] => "none".to_owned(),
    };
    Err(KeyError::TypeUnsupported { name })
}
