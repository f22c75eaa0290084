//! Which cases a record is about, and by which names people find it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::case::{CaseRef, Problem};
use crate::load::Profile;
use crate::model::{Kind, Severity};
use crate::pointer::{Path, text_of};

/// Longest key in bytes; keys stand in paths, labels and lists.
pub const KEY_BYTES_MAX: usize = 200;
/// Most cases one record is about: a manifest of the largest truck, a release of as many bills.
pub const ABOUT_MAX: usize = 5_000;

/// The record type of a document: the last entry of its `type`.
pub fn record_type(document: &Value) -> Option<&str> {
    match document.get("type")? {
        Value::String(s) => Some(s),
        Value::Array(items) => items.last()?.as_str(),
        _ => None,
    }
}

/// The cases a document is about by its profile: what its envelope's `about` must say.
///
/// Empty where the type names none itself (what `follows` another is about what that is about).
///
/// # Errors
/// Where a member that is part of a key has no fit value.
pub fn about(profile: &Profile, document: &Value) -> Result<Vec<CaseRef>, Problem> {
    let model = profile.model();
    let mut out = BTreeSet::new();
    let Some(ty) = record_type(document).and_then(|t| model.records.get(t)) else {
        return Ok(Vec::new());
    };
    for (kind_name, path) in &ty.about {
        let Some(kind) = model.kinds.get(kind_name) else {
            continue;
        };
        for (pointer, value) in path.values(document) {
            match key_of(kind, value) {
                Some(key) => {
                    out.insert(CaseRef {
                        kind: kind_name.clone(),
                        key,
                    });
                }
                // A pointer that finds nothing is not about that kind; an object without the key's members is nothing found
                // where it is the whole subject and the type is about other kinds too.
                None if value.is_object()
                    && ty.about.len() > 1
                    && !has_any_key_member(kind, value) => {}
                None => return Err(bad_key(kind_name, kind, &pointer)),
            }
            if out.len() > ABOUT_MAX {
                return Err(Problem {
                    code: "about-too-many".to_owned(),
                    pointer,
                    severity: Severity::Refuse,
                    en: format!("one record is about at most {ABOUT_MAX} cases"),
                    es: format!("un registro trata de {ABOUT_MAX} expedientes como máximo"),
                });
            }
        }
    }
    Ok(out.into_iter().collect())
}

/// The cases that the envelope's `about` names; none where it is malformed.
pub fn envelope_about(document: &Value) -> Option<Vec<CaseRef>> {
    let mut out = BTreeSet::new();
    for item in document
        .get("about")?
        .as_array()?
        .iter()
        .take(ABOUT_MAX + 1)
    {
        out.insert(CaseRef {
            kind: item.get("kind")?.as_str()?.to_owned(),
            key: item.get("key")?.as_str()?.to_owned(),
        });
    }
    Some(out.into_iter().collect())
}

/// A case's key from a value: an object with the key's members (those under `/credentialSubject`), or the whole key as one text.
///
/// None where a component is missing, empty, has a colon or a control character, or the key is too long.
pub fn key_of(kind: &Kind, value: &Value) -> Option<String> {
    let key = if value.is_object() {
        let mut parts = Vec::with_capacity(kind.key.len());
        for path in &kind.key {
            let part = inside(path).first_text(value)?;
            if !is_component(&part) {
                return None;
            }
            parts.push(part);
        }
        parts.join(":")
    } else {
        let text = text_of(value)?;
        let parts: Vec<&str> = text.split(':').collect();
        if parts.len() != kind.key.len() || !parts.iter().all(|p| is_component(p)) {
            return None;
        }
        text
    };
    (key.len() <= KEY_BYTES_MAX).then_some(key)
}

/// The names by which people find a record: (search name, value), in order, without repeats.
pub fn search_keys(profile: &Profile, document: &Value) -> Vec<(String, String)> {
    let mut out = BTreeSet::new();
    let ty = record_type(document).and_then(|t| profile.model().records.get(t));
    for (name, paths) in ty.into_iter().flat_map(|t| &t.search) {
        for text in paths.iter().flat_map(|p| p.texts(document)) {
            if !text.is_empty() && text.len() <= KEY_BYTES_MAX {
                out.insert((name.clone(), text));
            }
        }
    }
    out.into_iter().collect()
}

/// What people call a case: what the kind's `title` finds in the newest records that have it, else the key's last component.
///
/// `documents` are those in force, oldest first.
pub fn title<'d>(
    profile: &Profile,
    case: &CaseRef,
    documents: impl DoubleEndedIterator<Item = &'d Value> + Clone,
) -> String {
    let found = profile
        .model()
        .kinds
        .get(&case.kind)
        .into_iter()
        .flat_map(|k| &k.title)
        .find_map(|t| {
            documents
                .clone()
                .rev()
                .filter(|d| record_type(d) == Some(t.record_type.as_str()))
                .find_map(|d| t.path.first_text(d))
        });
    found.unwrap_or_else(|| case.key.rsplit(':').next().unwrap_or(&case.key).to_owned())
}

fn inside(path: &Path) -> Path {
    path.under("credentialSubject")
        .unwrap_or_else(|| path.clone())
}

fn has_any_key_member(kind: &Kind, value: &Value) -> bool {
    kind.key.iter().any(|p| inside(p).first(value).is_some())
}

/// INVARIANT (key components): a component has no colon, so a key splits in one way only.
fn is_component(text: &str) -> bool {
    !text.is_empty()
        && !text.contains(':')
        && !text.chars().any(char::is_control)
        && text.trim() == text
}

fn bad_key(kind_name: &str, kind: &Kind, pointer: &str) -> Problem {
    let members: Vec<String> = kind
        .key
        .iter()
        .map(|p| p.last_name().unwrap_or_default().to_owned())
        .collect();
    let members = members.join(", ");
    Problem {
        code: "about-key".to_owned(),
        pointer: pointer.to_owned(),
        severity: Severity::Refuse,
        en: format!(
            "the number of a {kind_name} is made of {members}; here it is incomplete or has a colon inside"
        ),
        es: format!(
            "el número de un expediente {kind_name} se forma con {members}; aquí está incompleto o lleva dos puntos"
        ),
    }
}
