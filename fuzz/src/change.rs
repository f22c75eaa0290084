//! One value of a document changed: what a signature must not survive.

use garita_canon::json::push_pointer;
use serde_json::{Number, Value};

/// A number that bytes always give, to choose by (FNV-1a).
pub(crate) fn number(bytes: &[u8]) -> usize {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    });
    usize::try_from(hash >> 33).unwrap_or(0)
}

/// All places but the root.
pub(crate) fn places(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(document, None, &mut |place, _| found.push(place));
    found
}

/// The places of texts, numbers, truths and nulls, but for those below a member of the name `skipped`.
pub(crate) fn leaves(document: &Value, skipped: Option<&str>) -> Vec<String> {
    let mut found = Vec::new();
    walk(document, skipped, &mut |place, value| {
        if !value.is_object() && !value.is_array() {
            found.push(place);
        }
    });
    found
}

fn walk(document: &Value, skipped: Option<&str>, found: &mut dyn FnMut(String, &Value)) {
    let mut open = vec![(String::new(), document)];
    while let Some((place, value)) = open.pop() {
        let below = |step: &str| {
            let mut place = place.clone();
            push_pointer(&mut place, step);
            place
        };
        match value {
            Value::Object(members) => {
                let kept = members.iter().filter(|(name, _)| skipped != Some(name));
                open.extend(kept.map(|(name, value)| (below(name), value)));
            }
            Value::Array(items) => {
                let each = items.iter().enumerate();
                open.extend(each.map(|(n, item)| (below(&n.to_string()), item)));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        if !place.is_empty() {
            found(place, value);
        }
    }
}

/// The document with one of its values changed, chosen by a number; and where.
pub(crate) fn changed(
    document: &Value,
    number: usize,
    skipped: Option<&str>,
) -> Option<(String, Value)> {
    let places = leaves(document, skipped);
    let place = places.get(number.checked_rem(places.len())?)?;
    let mut changed = document.clone();
    let value = changed.pointer_mut(place)?;
    *value = match &*value {
        // A blank node by another name is the same node.
        Value::String(text) if text.starts_with("_:") => "urn:x:changed".into(),
        Value::String(text) => format!("{text}x").into(),
        Value::Bool(truth) => (!truth).into(),
        Value::Number(number) => other(number).into(),
        Value::Null | Value::Array(_) | Value::Object(_) => "x".into(),
    };
    Some((place.clone(), changed))
}

fn other(number: &Number) -> i64 {
    match number.as_f64() {
        Some(7.0) => 8,
        _ => 7,
    }
}
