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
    check(value, 0)?;
    serde_json_canonicalizer::to_vec(value).map_err(|_| JcsError::Number)
}

/// SHA-256 of the canonical bytes.
///
/// # Errors
/// As [`canonicalize`].
pub fn digest(value: &Value) -> Result<[u8; 32], JcsError> {
    Ok(Sha256::digest(canonicalize(value)?).into())
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
