//! The target of strict JSON and of JCS: what is read is what everybody reads, and has one form.

use garita_canon::json::JsonError;
use garita_canon::{jcs, json};
use serde_json::Value;

/// JSON: a refusal with its place, or a value as a lenient reader has it, whose canonical form is its own.
pub(crate) fn run(_: &'static str, bytes: &[u8]) {
    let limits = json::Limits::default();
    let value = match json::parse(bytes, &limits) {
        Ok(value) => value,
        Err(error) => {
            assert!(!error.code().is_empty() && !error.to_string().is_empty());
            assert!(error.offset().is_none_or(|offset| offset <= bytes.len()));
            assert!(
                error
                    .pointer()
                    .is_none_or(|place| place.starts_with('/') || place.is_empty())
            );
            return;
        }
    };
    let canonical = jcs::canonicalize(&value).unwrap_or_default();
    // By their canonical forms: -0 is an integer to ours and a double to serde_json.
    let lenient = serde_json::from_slice::<Value>(bytes).ok();
    let lenient = lenient.and_then(|value| jcs::canonicalize(&value).ok());
    assert_eq!(lenient.as_ref(), Some(&canonical), "read as by others");
    assert!(!canonical.is_empty(), "what was read has a canonical form");
    match json::parse(&canonical, &limits) {
        // JCS writes 1e20 as an integer, which the strict reader takes only up to 2^53: such a text has no canonical form to be read.
        Err(JsonError::Number { .. }) if is_large(&value) => {}
        again => {
            let again = again.ok().and_then(|again| jcs::canonicalize(&again).ok());
            assert_eq!(again, Some(canonical), "the canonical form is its own");
        }
    }
    if let Value::Object(members) = &value {
        let mut turned: Vec<_> = members.clone().into_iter().collect();
        turned.reverse();
        let turned = jcs::digest(&Value::Object(turned.into_iter().collect()));
        assert_eq!(turned, jcs::digest(&value), "order counts for nothing");
    }
}

/// Whether there is a number beyond 2^53 that JCS writes without an exponent.
fn is_large(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            let size = number.as_f64().map(f64::abs);
            size.is_some_and(|size| (9_007_199_254_740_992.0..1e21).contains(&size))
        }
        Value::Array(items) => items.iter().any(is_large),
        Value::Object(members) => members.values().any(is_large),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}
