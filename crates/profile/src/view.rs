//! What of a record a view shows: by pointers, for who derives it from the record's own proof, or as a reduced document.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::model::{Model, RecordType};
use crate::pointer::{Path, escape};

/// The envelope's members that every view shows. `salt` would let a view's holder test guesses of what it does not show; `saw` and
/// `follows` name records of which a partial reader may know nothing, but ids alone say nothing, and the fold's order needs `follows`.
pub(crate) const ENVELOPE: [&str; 17] = [
    "@context",
    "id",
    "type",
    "issuer",
    "network",
    "profile",
    "about",
    "occurred",
    "standing",
    "onBehalfOf",
    "replaces",
    "follows",
    "automation",
    "simulated",
    "validFrom",
    "validUntil",
    "credentialStatus",
];

/// Members that no view shows, whatever its paths say.
const NEVER: [&str; 4] = ["salt", "saw", "proof", "view"];

/// Steps of a path; `None` is a wildcard.
type Steps<'a> = Vec<Option<&'a str>>;

/// Names of the views that a record type has.
pub fn views(ty: &RecordType) -> BTreeSet<&str> {
    ty.audience
        .iter()
        .filter(|a| !a.view.is_empty())
        .map(|a| a.view_name.as_str())
        .collect()
}

/// JSON pointers of what every view of a document shows beside its contexts and its id: the members of the envelope that it has.
pub fn envelope_pointers(document: &Value) -> Vec<String> {
    ENVELOPE
        .iter()
        .filter(|name| !matches!(**name, "@context" | "id") && document.get(name).is_some())
        .map(|name| format!("/{name}"))
        .collect()
}

/// JSON pointers of what a view shows beside the envelope, in the document's order; empty where it has nothing of it. None where the
/// record's type has no such view.
pub fn pointers(
    model: &Model,
    document: &Value,
    record_type: &str,
    view_name: &str,
) -> Option<Vec<String>> {
    let shown = shown(model, record_type, view_name)?;
    let shown: Vec<Steps<'_>> = shown.iter().map(|path| path.steps().collect()).collect();
    let mut found = Vec::new();
    point(document, &shown, "", &mut found);
    Some(found)
}

/// The reduced record for a view, unsigned: the same id, the envelope without salt and `saw`, and of the rest only what the view
/// discloses. None where the record's type has no such view.
///
/// Each disclosed member keeps its place in the document; in a list that a wildcard or number reaches into, items keep their order
/// and hold only what is disclosed. `about` stays: whoever gets a view may know which cases it is about. The subject's own `id` stays.
pub fn reduce(
    model: &Model,
    document: &Value,
    record_type: &str,
    view_name: &str,
) -> Option<Value> {
    let shown = shown(model, record_type, view_name)?;
    let source = document.as_object()?;
    let mut out = Map::new();
    for name in ENVELOPE {
        if let Some(value) = source.get(name) {
            out.insert(name.to_owned(), value.clone());
        }
    }
    let mut shown: Vec<Steps<'_>> = shown.iter().map(|path| path.steps().collect()).collect();
    shown.push(vec![Some("credentialSubject"), Some("id")]);
    if let Some(Value::Object(rest)) = disclose(document, &shown) {
        for (name, value) in rest {
            out.entry(name).or_insert(value);
        }
    }
    // A credential needs a subject, even an empty one.
    out.entry("credentialSubject")
        .or_insert_with(|| Value::Object(Map::new()));
    Some(Value::Object(out))
}

/// The paths of a view; none where the type has no such view. Lines that share a name are one view: their members together.
fn shown<'m>(model: &'m Model, record_type: &str, view_name: &str) -> Option<Vec<&'m Path>> {
    let ty = model.records.get(record_type)?;
    let paths: Vec<&Path> = ty
        .audience
        .iter()
        .filter(|a| a.view_name == view_name)
        .flat_map(|a| &a.view)
        .collect();
    if paths.is_empty() {
        return None;
    }
    let may = |path: &&Path| match path.steps().next() {
        Some(Some(first)) => !NEVER.contains(&first),
        Some(None) => true,
        None => false,
    };
    Some(paths.into_iter().filter(may).collect())
}

/// The rest of each path whose first step matches.
fn below<'p>(paths: &[Steps<'p>], matches: impl Fn(Option<&str>) -> bool) -> Vec<Steps<'p>> {
    paths
        .iter()
        .filter_map(|path| path.split_first())
        .filter(|(first, _)| matches(**first))
        .map(|(_, rest)| rest.to_vec())
        .collect()
}

/// Whether a step reaches an item of a list.
fn reaches(index: usize) -> impl Fn(Option<&str>) -> bool {
    let number = index.to_string();
    move |step| step.is_none_or(|step| step == number)
}

/// What of `value` the paths reach; none where nothing.
fn disclose(value: &Value, paths: &[Steps<'_>]) -> Option<Value> {
    if paths.iter().any(Vec::is_empty) {
        return Some(value.clone());
    }
    match value {
        Value::Object(members) => {
            let mut out = Map::new();
            for (name, member) in members {
                let rest = below(paths, |step| step == Some(name.as_str()));
                if !rest.is_empty()
                    && let Some(shown) = disclose(member, &rest)
                {
                    out.insert(name.clone(), shown);
                }
            }
            (!out.is_empty()).then_some(Value::Object(out))
        }
        Value::Array(items) => {
            let out: Vec<Value> = items
                .iter()
                .enumerate()
                .filter_map(|(index, item)| {
                    let rest = below(paths, reaches(index));
                    if rest.is_empty() {
                        None
                    } else {
                        disclose(item, &rest)
                    }
                })
                .collect();
            (!out.is_empty()).then_some(Value::Array(out))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// Pointers of what the paths reach, as [`disclose`] finds it.
fn point(value: &Value, paths: &[Steps<'_>], here: &str, found: &mut Vec<String>) {
    if paths.iter().any(Vec::is_empty) {
        found.push(here.to_owned());
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let rest = below(paths, |step| step == Some(name.as_str()));
                if !rest.is_empty() {
                    point(member, &rest, &format!("{here}/{}", escape(name)), found);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let rest = below(paths, reaches(index));
                if !rest.is_empty() {
                    point(item, &rest, &format!("{here}/{index}"), found);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
