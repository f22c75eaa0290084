//! The two digests of a profile: *core* is what the offices sign, *face* is what people see (design §5).

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Words of `profile.yaml` that change what is seen, not what is meant.
const FACE_WORDS: &[&str] = &[
    "board", "boards", "acts", "states", "epcis", "promises", "forms",
];
/// Words of a record type, kind or indicator that change what is seen.
const FACE_MEMBERS: &[&str] = &[
    "face",
    "side",
    "brief",
    "title",
    "page",
    "reference",
    "client",
    "public",
];
/// Members of a schema that are for forms.
const FACE_SCHEMA: &[&str] = &["title", "description", "examples", "$comment"];
/// `x-` members of a schema that decide what is refused, and so are signed.
const CORE_SCHEMA: &[&str] = &["x-personal", "x-codes"];

/// `ni:///sha-256;…` (RFC 6920) of the JCS form (RFC 8785) of `value`; none where it has no JCS form.
pub fn ni(value: &Value) -> Option<String> {
    let bytes = serde_json_canonicalizer::to_vec(value).ok()?;
    Some(format!(
        "ni:///sha-256;{}",
        URL_SAFE_NO_PAD.encode(Sha256::digest(bytes))
    ))
}

/// SHA-256 as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let digest = Sha256::digest(bytes);
    digest.iter().fold(String::new(), |mut out, byte| {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// `profile.yaml` in two: core and face.
pub(crate) fn split_profile(profile: &Value) -> (Value, Value) {
    let (mut core, mut face) = (Map::new(), Map::new());
    let Some(words) = profile.as_object() else {
        return (Value::Null, Value::Null);
    };
    for (word, value) in words {
        if FACE_WORDS.contains(&word.as_str()) {
            face.insert(word.clone(), value.clone());
        } else if word == "records" || word == "kinds" || word == "indicators" {
            let (mut inner_core, mut inner_face) = (Map::new(), Map::new());
            for (name, members) in value.as_object().into_iter().flatten() {
                let (seen, meant): (Map<String, Value>, Map<String, Value>) = members
                    .as_object()
                    .cloned()
                    .unwrap_or_default()
                    .into_iter()
                    .partition(|(m, _)| FACE_MEMBERS.contains(&m.as_str()));
                inner_core.insert(name.clone(), Value::Object(meant));
                if !seen.is_empty() {
                    inner_face.insert(name.clone(), Value::Object(seen));
                }
            }
            core.insert(word.clone(), Value::Object(inner_core));
            face.insert(word.clone(), Value::Object(inner_face));
        } else {
            core.insert(word.clone(), value.clone());
        }
    }
    (Value::Object(core), Value::Object(face))
}

/// A schema without what is for forms: titles, descriptions, examples, `x-…` of the other language.
///
/// Members of `properties` keep their names, whatever they are: a field may be called `title`.
pub(crate) fn schema_core(schema: &Value) -> Value {
    strip(schema, false)
}

/// The days of each calendar that do not count: a clock is due by them, so that a holiday more or less is another core.
///
/// Names and notes beside the days in the file are for people. Days are sorted and each once, as the loader gives them.
pub(crate) fn calendars_core(calendars: &BTreeMap<String, Vec<String>>) -> Value {
    json!(calendars)
}

fn strip(value: &Value, names: bool) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .filter(|(name, _)| {
                    names
                        || !(FACE_SCHEMA.contains(&name.as_str())
                            || (name.starts_with("x-") && !CORE_SCHEMA.contains(&name.as_str())))
                })
                .map(|(name, v)| {
                    let names_follow = !names
                        && [
                            "properties",
                            "$defs",
                            "patternProperties",
                            "dependentSchemas",
                        ]
                        .contains(&name.as_str());
                    let literal = !names && ["const", "enum", "default"].contains(&name.as_str());
                    (
                        name.clone(),
                        if literal {
                            v.clone()
                        } else {
                            strip(v, names_follow)
                        },
                    )
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(|v| strip(v, false)).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_changes_the_face_only() {
        let a = json!({"type": "object", "title": "A", "properties": {"title": {"type": "string", "title": "x", "x-title-es": "y"}}});
        let b = json!({"type": "object", "properties": {"title": {"type": "string"}}});
        assert_eq!(schema_core(&a), b);
    }

    #[test]
    fn the_code_list_of_a_field_is_signed() {
        let by = |list: &str| {
            schema_core(&json!({"type": "string", "x-codes": list, "x-enum-en": list}))
        };
        assert_eq!(by("ports"), json!({"type": "string", "x-codes": "ports"}));
        assert_ne!(by("ports"), by("aduanas"));
    }

    #[test]
    fn digest_does_not_depend_on_member_order() {
        assert_eq!(ni(&json!({"a": 1, "b": 2})), ni(&json!({"b": 2, "a": 1})));
        assert_ne!(ni(&json!({"a": 1})), ni(&json!({"a": 2})));
    }
}
