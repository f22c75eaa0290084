//! JSON Canonicalization Scheme (RFC 8785): one sequence of bytes for a JSON value.

use serde_json::Value;
use sha2::{Digest, Sha256};
use thiserror::Error;

/// A value nested deeper than this has not come through [`crate::json::parse`]; it would exhaust the stack.
pub const DEPTH_MAX: usize = 512;

/// Why a value has no canonical form.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum JcsError {
    /// Nested deeper than [`DEPTH_MAX`].
    #[error("value is nested deeper than the {DEPTH_MAX} levels allowed")]
    TooDeep,
    /// A number outside the doubles, or an integer beyond 2^53 (RFC 8785 §3.2.2.3).
    #[error("value holds a number that cannot be carried exactly, write it as a string")]
    Number,
}

impl JcsError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooDeep => "json-too-deep",
            Self::Number => "json-number",
        }
    }
}

/// The canonical bytes of a value, in UTF-8.
///
/// # Errors
/// When the value holds an integer beyond 2^53 or is nested deeper than [`DEPTH_MAX`]; never for what
/// [`crate::json::parse`] gave.
pub fn canonicalize(value: &Value) -> Result<Vec<u8>, JcsError> {
    let mut out = Vec::with_capacity(4 * 1024);
    write(value, 0, &mut out)?;
    Ok(out)
}

/// SHA-256 of the canonical bytes.
///
/// # Errors
/// As [`canonicalize`].
pub fn digest(value: &Value) -> Result<[u8; 32], JcsError> {
    Ok(Sha256::digest(canonicalize(value)?).into())
}

/// Own, as the library sorts by UTF-16 whatever the keys are and takes four times as long; numbers with a fraction are its affair.
fn write(value: &Value, depth: usize, out: &mut Vec<u8>) -> Result<(), JcsError> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => {
            check(value, depth)?;
            match (number.as_u64(), number.as_i64()) {
                (Some(whole), _) => out.extend_from_slice(whole.to_string().as_bytes()),
                (None, Some(whole)) => out.extend_from_slice(whole.to_string().as_bytes()),
                (None, None) => {
                    let text = serde_json_canonicalizer::to_vec(number);
                    out.extend_from_slice(&text.map_err(|_| JcsError::Number)?);
                }
            }
        }
        Value::String(text) => write_text(text, out),
        Value::Array(_) | Value::Object(_) if depth >= DEPTH_MAX => return Err(JcsError::TooDeep),
        Value::Array(items) => {
            out.push(b'[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                write(item, depth + 1, out)?;
            }
            out.push(b']');
        }
        Value::Object(map) => {
            let mut members: Vec<(&String, &Value)> = map.iter().collect();
            if map.keys().all(|key| key.is_ascii()) {
                members.sort_unstable_by(|a, b| a.0.cmp(b.0));
            } else {
                // §3.2.3: by UTF-16 code units, which differs from bytes beyond the basic plane.
                members.sort_unstable_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
            }
            out.push(b'{');
            for (n, (key, member)) in members.into_iter().enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                write_text(key, out);
                out.push(b':');
                write(member, depth + 1, out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

/// §3.2.2.2.
fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let needs = text.bytes().fold(false, |found, byte| {
        found | (byte < 0x20) | (byte == b'"') | (byte == b'\\')
    });
    if !needs {
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
        return;
    }
    for byte in text.bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x09 => out.extend_from_slice(b"\\t"),
            0x0a => out.extend_from_slice(b"\\n"),
            0x0c => out.extend_from_slice(b"\\f"),
            0x0d => out.extend_from_slice(b"\\r"),
            0x00..=0x1f => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

pub(crate) fn check(value: &Value, depth: usize) -> Result<(), JcsError> {
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
        Value::Number(number) => {
            let beyond = number.as_u64().is_some_and(|n| n > 1 << 53)
                || number.as_i64().is_some_and(|n| n < -(1 << 53));
            if beyond {
                Err(JcsError::Number)
            } else {
                Ok(())
            }
        }
        Value::Array(_) | Value::Object(_) if depth >= DEPTH_MAX => Err(JcsError::TooDeep),
        Value::Array(items) => items.iter().try_for_each(|item| check(item, depth + 1)),
        Value::Object(map) => map.values().try_for_each(|item| check(item, depth + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn writes_what_the_library_writes() {
        let texts: Vec<String> = (0..0x80_u32)
            .filter_map(char::from_u32)
            .chain("ñ€😀\u{e000}\u{ffff}\u{10000}".chars())
            .map(|c| format!("a{c}b"))
            .collect();
        let by_key: serde_json::Map<String, Value> =
            texts.iter().map(|t| (t.clone(), json!([t]))).collect();
        let values = [
            json!(texts),
            Value::Object(by_key),
            json!({"b": {}, "a": [], "": [null, true, false], "z": {"y": 1, "x": -7}}),
            json!([
                0,
                -1,
                1_u64 << 53,
                1.5,
                1e21,
                1e-7,
                -0.0,
                333_333_333.333_333_3,
                1e300,
                0.1
            ]),
        ];
        for value in values {
            let expected = serde_json_canonicalizer::to_vec(&value).unwrap();
            assert_eq!(canonicalize(&value).unwrap(), expected);
        }
    }

    fn check_form(input: &Value, expected: &str) {
        assert_eq!(
            String::from_utf8(canonicalize(input).unwrap()).unwrap(),
            expected
        );
    }

    #[test]
    fn writes_the_canonical_form() {
        check_form(
            &json!({"b": 1, "a": [true, null, "x"], "": {}}),
            r#"{"":{},"a":[true,null,"x"],"b":1}"#,
        );
        check_form(
            &json!({"\u{20ac}": "Euro", "\r": "CR", "\u{fb33}": "He", "1": "1", "\u{1f600}": "Sm", "\u{80}": "C", "\u{f6}": "o"}),
            "{\"\\r\":\"CR\",\"1\":\"1\",\"\u{80}\":\"C\",\"\u{f6}\":\"o\",\"\u{20ac}\":\"Euro\",\"\u{1f600}\":\"Sm\",\"\u{fb33}\":\"He\"}",
        );
        check_form(
            &json!([
                333_333_333.333_333_3,
                1e30,
                4.50,
                2e-3,
                1e-27,
                0.0,
                -0.0,
                1e21,
                1e20,
                56.0
            ]),
            "[333333333.3333333,1e+30,4.5,0.002,1e-27,0,0,1e+21,100000000000000000000,56]",
        );
        check_form(
            &json!("\u{20ac}$\u{f}\nA'B\"\\\\\"/\u{7f}"),
            "\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\u{7f}\"",
        );
    }

    #[test]
    fn order_of_members_does_not_change_the_digest() {
        assert_eq!(
            digest(&json!({"a": 1, "b": {"c": 2, "d": 3}})),
            digest(&json!({"b": {"d": 3, "c": 2}, "a": 1.0}))
        );
        assert_ne!(digest(&json!({"a": 1})), digest(&json!({"a": "1"})));
    }

    #[test]
    fn refuses_numbers_and_depth_that_do_not_fit() {
        assert_eq!(
            canonicalize(&json!(9_007_199_254_740_993_u64))
                .unwrap_err()
                .code(),
            "json-number"
        );
        assert_eq!(
            canonicalize(&json!([i64::MIN])).unwrap_err().code(),
            "json-number"
        );
        let deep = (0..600).fold(json!(1), |inner, _| json!([inner]));
        assert_eq!(canonicalize(&deep).unwrap_err().code(), "json-too-deep");
    }
}
