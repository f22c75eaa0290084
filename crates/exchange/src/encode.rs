//! Small encodings that every station uses: base64url, RFC 6920 names, instants.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;

const NI_PREFIX: &str = "ni:///sha-256;";

/// Base64url without padding.
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Bytes of a base64url text without padding.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Standard base64.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Bytes of a standard base64 text.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// RFC 6920 name of a SHA-256 digest.
pub fn ni(digest: &[u8; 32]) -> String {
    format!("{NI_PREFIX}{}", base64url(digest))
}

/// Whether a text is a well-formed RFC 6920 SHA-256 name.
pub fn is_ni(text: &str) -> bool {
    text.strip_prefix(NI_PREFIX)
        .and_then(from_base64url)
        .is_some_and(|bytes| bytes.len() == 32)
}

/// Instant of an RFC 3339 text with zone, ms since 1970.
pub fn parse_instant_ms(text: &str) -> Option<i64> {
    text.parse::<Timestamp>()
        .ok()
        .map(Timestamp::as_millisecond)
}

/// RFC 3339 text in UTC with milliseconds.
pub fn instant_text(ms: i64) -> String {
    match Timestamp::from_millisecond(ms) {
        Ok(instant) => format!("{instant:.3}"),
        Err(_) => "1970-01-01T00:00:00.000Z".to_owned(),
    }
}

/// `N` random bytes from the operating system.
///
/// # Errors
/// When the system has no randomness to give.
pub fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_keep_their_milliseconds() {
        let text = instant_text(1_795_532_400_123);
        assert_eq!(parse_instant_ms(&text), Some(1_795_532_400_123));
        assert!(text.ends_with(".123Z"), "{text}");
        assert_eq!(parse_instant_ms("2026-11-24T15:10:00"), None);
    }
}
