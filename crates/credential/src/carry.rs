//! A credential as a text that fits a QR code: `GARITA1:`, then Base45 (RFC 9285) of its JSON, compressed by DEFLATE (RFC 1951).
//!
//! All of it is of the QR code's own alphabet, in which a character costs 5.5 bits. The text is no secret and no proof: what counts is
//! the proof inside.

use garita_canon::json;
use serde_json::Value;

use crate::problem::{Code, Problem};

/// How such a text begins, by which a scanner's output is told from a file. The digit is the version of this form.
pub const PREFIX: &str = "GARITA1:";
/// Longest text read: the largest QR code holds 4,296 characters.
pub const TEXT_CHARS_MAX: usize = 4_296;
/// Largest credential inflated: forty times what a QR code holds, before which no document that was made small to be carried stands.
pub const INFLATED_BYTES_MAX: usize = 128 << 10;
/// The best compression that the library has: it is done once for a credential.
const LEVEL: u8 = 10;

/// The digits of Base45, which are the alphabet of QR codes.
const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Whether a text is meant to be one of these.
#[must_use]
pub fn is_carried(text: &str) -> bool {
    text.trim_start().starts_with(PREFIX)
}

/// The document as a text to be carried.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn to_text(document: &Value) -> Result<String, Problem> {
    let mut bytes = serde_json::to_vec(document)
        .map_err(|e| Problem::new(Code::CarriedMalformed, "", e.to_string()))?;
    loop {
        let text = base45(&miniz_oxide::deflate::compress_to_vec(&bytes, LEVEL));
        // A space at the end is lost in half of the fields it is pasted into; a blank more inside gives another end.
        if !text.ends_with(' ') {
            return Ok(format!("{PREFIX}{text}"));
        }
        bytes.push(b' ');
    }
}

/// The document that a text carries.
///
/// # Errors
/// With `carried-malformed` where it is no such text, too long, or holds no JSON object.
pub fn from_text(text: &str) -> Result<Value, Problem> {
    let wrong = |why: &str| Problem::new(Code::CarriedMalformed, "", why.to_owned());
    // A space is a digit of Base45: only what keyboards and scanners put at the ends is taken off.
    let text = text.trim_matches(['\r', '\n', '\t', '\u{feff}']);
    let digits = text
        .trim_start()
        .strip_prefix(PREFIX)
        .ok_or_else(|| wrong("it does not begin with `GARITA1:`"))?;
    if digits.len() > TEXT_CHARS_MAX {
        return Err(wrong("it is longer than any QR code"));
    }
    let deflated = from_base45(digits).ok_or_else(|| wrong("a sign was lost or changed"))?;
    let bytes = miniz_oxide::inflate::decompress_to_vec_with_limit(&deflated, INFLATED_BYTES_MAX)
        .map_err(|_| wrong("what it holds is torn, or too large"))?;
    let limits = json::Limits {
        bytes_max: INFLATED_BYTES_MAX,
        ..json::Limits::default()
    };
    let document = json::parse(&bytes, &limits).map_err(|e| wrong(&e.to_string()))?;
    if document.is_object() {
        Ok(document)
    } else {
        Err(wrong("it holds no document"))
    }
}

/// RFC 9285 §3: two bytes are three digits, a last one alone is two; the least digit first.
fn base45(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(2) * 3);
    for pair in bytes.chunks(2) {
        let (mut value, digits) = match pair {
            [a, b] => (u32::from(*a) * 256 + u32::from(*b), 3),
            [a] => (u32::from(*a), 2),
            _ => continue,
        };
        for _ in 0..digits {
            let digit = ALPHABET.get((value % 45) as usize).copied().unwrap_or(b'0');
            out.push(char::from(digit));
            value /= 45;
        }
    }
    out
}

fn from_base45(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 3 * 2 + 1);
    for group in text.as_bytes().chunks(3) {
        let mut value = 0_u32;
        for sign in group.iter().rev() {
            let digit = ALPHABET.iter().position(|a| a == sign)?;
            value = value * 45 + u32::try_from(digit).ok()?;
        }
        match group.len() {
            3 => out.extend(u16::try_from(value).ok()?.to_be_bytes()),
            2 => out.push(u8::try_from(value).ok()?),
            _ => return None,
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn base45_is_that_of_the_rfc() {
        // RFC 9285 §4.3 and §4.4.
        for (bytes, text) in [
            ("AB", "BB8"),
            ("Hello!!", "%69 VD92EX0"),
            ("base-45", "UJCLQE7W581"),
            ("ietf!", "QED8WEX0"),
        ] {
            assert_eq!(base45(bytes.as_bytes()), text);
            assert_eq!(from_base45(text).unwrap(), bytes.as_bytes());
        }
        // A value beyond two bytes (§4.4: "GGW" is 65,536 and is refused), one sign alone, one that is no digit.
        for wrong in ["GGW", ":::", "A", "ab", "BB8A"] {
            assert_eq!(from_base45(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_document_comes_back_as_it_was() {
        let document =
            json!({ "type": ["VerifiableCredential"], "issuer": "did:example:ñ", "n": 1 });
        let text = to_text(&document).unwrap();
        assert!(is_carried(&text) && text.bytes().all(|b| ALPHABET.contains(&b)));
        assert_eq!(from_text(&text).unwrap(), document);
        assert_eq!(from_text(&format!("{text}\r\n")).unwrap(), document);
    }

    #[test]
    fn no_text_ends_in_a_space() {
        for n in 0..500 {
            let document = json!({ "n": n });
            let text = to_text(&document).unwrap();
            assert!(!text.ends_with(' '));
            assert_eq!(from_text(&text).unwrap(), document);
        }
    }

    #[test]
    fn what_is_torn_changed_or_swollen_is_refused() {
        let text = to_text(
            &json!({ "name": "Arneses Queretanos, S.A. de C.V.", "mids": ["MXARNQUE1250QUE"] }),
        )
        .unwrap();
        let code = |text: &str| from_text(text).unwrap_err().code().to_owned();
        assert_eq!(code("{}"), "carried-malformed");
        assert_eq!(code(&text[..text.len() - 4]), "carried-malformed");
        assert_eq!(code(&text.to_lowercase()), "carried-malformed");
        assert_eq!(
            code(&format!("{PREFIX}{}", "A".repeat(5_000))),
            "carried-malformed"
        );
        let bomb =
            miniz_oxide::deflate::compress_to_vec(&vec![b' '; INFLATED_BYTES_MAX + 1], LEVEL);
        assert!(bomb.len() < 2_000);
        assert_eq!(
            code(&format!("{PREFIX}{}", base45(&bomb))),
            "carried-malformed"
        );
        let list = miniz_oxide::deflate::compress_to_vec(b"[1]", LEVEL);
        assert_eq!(
            code(&format!("{PREFIX}{}", base45(&list))),
            "carried-malformed"
        );
    }
}
