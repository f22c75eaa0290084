//! Fields of the schemas, compared: what a form asks for, what is refused.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::element::listed;
use super::{Change, Side};
use crate::digest::schema_core;
use crate::schema::resolve;

/// Deepest group of fields that is walked.
const DEPTH_MAX: usize = 16;
/// A constraint is told with its value where that is at most so long.
const SHOWN_MAX: usize = 120;

/// Where a field stands, whether it must be there, and its own constraints.
#[derive(Default)]
struct Field {
    required: bool,
    constraints: BTreeMap<String, Value>,
    words: Vec<Value>,
}

/// Tells the fields of each record type that is in both versions.
pub(super) fn compare(old: &Side, new: &Side, out: &mut Vec<Change>) {
    for (name, schema) in &new.own.schemas {
        let Some(was) = old.own.schemas.get(name) else {
            continue;
        };
        let told = out.len();
        fields_of(name, was, schema, out);
        let core = out.iter().skip(told).any(|c| c.core);
        // What no field says: conditions between fields, definitions nobody refers to.
        if !core && schema_core(was) != schema_core(schema) {
            out.push(change(
                "schema-changed",
                name,
                "",
                true,
                "what it allows changed otherwise than field by field",
                "lo que admite cambió de otro modo que campo por campo",
            ));
        }
    }
}

fn change(code: &str, name: &str, field: &str, core: bool, en: &str, es: &str) -> Change {
    let (of_en, of_es) = if field.is_empty() {
        (String::new(), String::new())
    } else {
        (format!(", field `{field}`"), format!(", campo `{field}`"))
    };
    Change {
        code: code.to_owned(),
        at: format!("schemas/{name}.json#{field}"),
        core,
        sees: None,
        en: format!("Record type `{name}`{of_en}: {en}."),
        es: format!("Tipo de registro `{name}`{of_es}: {es}."),
    }
}

fn fields_of(name: &str, old: &Value, new: &Value, out: &mut Vec<Change>) {
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    walk(old, old, String::new(), false, 0, &mut before);
    walk(new, new, String::new(), false, 0, &mut after);
    let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for path in all {
        match (before.get(path), after.get(path)) {
            (None, Some(field)) if field.required => out.push(change(
                "field-added-required",
                name,
                path,
                true,
                "new, and must be given",
                "nuevo y obligatorio",
            )),
            (None, Some(_)) => out.push(change(
                "field-added",
                name,
                path,
                true,
                "new, may be given",
                "nuevo y opcional",
            )),
            (Some(_), None) => out.push(change(
                "field-removed",
                name,
                path,
                true,
                "gone; who gives it is refused",
                "se quita; quien lo dé será rechazado",
            )),
            (Some(a), Some(b)) => changed(name, path, a, b, out),
            (None, None) => {}
        }
    }
}

fn changed(name: &str, path: &str, old: &Field, new: &Field, out: &mut Vec<Change>) {
    match (old.required, new.required) {
        (false, true) => out.push(change(
            "field-required",
            name,
            path,
            true,
            "could be left out and must now be given",
            "era opcional y ahora es obligatorio",
        )),
        (true, false) => out.push(change(
            "field-optional",
            name,
            path,
            true,
            "had to be given and may now be left out",
            "era obligatorio y ahora es opcional",
        )),
        (true, true) | (false, false) => {}
    }
    let words: BTreeSet<&String> = old
        .constraints
        .keys()
        .chain(new.constraints.keys())
        .collect();
    for word in words {
        let (a, b) = (old.constraints.get(word), new.constraints.get(word));
        if a == b {
            continue;
        }
        if let ("enum", Some(Value::Array(a)), Some(Value::Array(b))) = (word.as_str(), a, b) {
            values(name, path, a, b, out);
            continue;
        }
        let (en, es) = match (a.and_then(shown), b.and_then(shown)) {
            (Some(a), Some(b)) => (
                format!("`{word}` was {a} and is now {b}"),
                format!("`{word}` era {a} y ahora es {b}"),
            ),
            (None, Some(b)) if a.is_none() => (
                format!("now has `{word}` {b}"),
                format!("ahora tiene `{word}` {b}"),
            ),
            (Some(a), None) if b.is_none() => (
                format!("no longer has `{word}` {a}"),
                format!("ya no tiene `{word}` {a}"),
            ),
            (_, _) => (format!("`{word}` changed"), format!("`{word}` cambió")),
        };
        out.push(change("field-changed", name, path, true, &en, &es));
    }
    if old.words != new.words {
        out.push(change(
            "field-words",
            name,
            path,
            false,
            "its title, help or examples changed",
            "cambió su título, ayuda o ejemplos",
        ));
    }
}

/// Allowed values that came and went; another order alone is told too, as the core has it.
fn values(name: &str, path: &str, old: &[Value], new: &[Value], out: &mut Vec<Change>) {
    let texts = |list: &[Value]| -> BTreeSet<String> {
        let all = list
            .iter()
            .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
        all.collect()
    };
    let (a, b) = (texts(old), texts(new));
    let (come, gone) = (listed(b.difference(&a)), listed(a.difference(&b)));
    let mut tell = |code: &str, en: String, es: String| {
        out.push(change(code, name, path, true, &en, &es));
    };
    if !come.is_empty() {
        tell(
            "field-values-added",
            format!("may now also be {come}"),
            format!("ahora también puede ser {come}"),
        );
    }
    if !gone.is_empty() {
        tell(
            "field-values-removed",
            format!("may no longer be {gone}"),
            format!("ya no puede ser {gone}"),
        );
    }
    if come.is_empty() && gone.is_empty() {
        tell(
            "field-values-reordered",
            "its allowed values stand in another order".to_owned(),
            "sus valores admitidos están en otro orden".to_owned(),
        );
    }
}

fn shown(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(s) => s.clone(),
        other => other.to_string(),
    };
    (text.chars().count() <= SHOWN_MAX).then(|| format!("`{text}`"))
}

/// Fields by path, `*` for the items of a list; the group itself under its own path (the whole under the empty one).
fn walk(
    root: &Value,
    schema: &Value,
    path: String,
    required: bool,
    depth: usize,
    out: &mut BTreeMap<String, Field>,
) {
    if depth > DEPTH_MAX {
        return;
    }
    let schema = resolve(root, schema);
    let mut field = Field {
        required,
        ..Field::default()
    };
    for (word, value) in schema.as_object().into_iter().flatten() {
        match word.as_str() {
            "properties" | "required" | "items" | "$defs" | "$schema" | "$id" | "$ref" => {}
            "title" | "description" | "examples" | "$comment" => field.words.push(value.clone()),
            "x-codes" | "x-personal" => {
                field.constraints.insert(word.clone(), value.clone());
            }
            x if x.starts_with("x-") => field.words.push(value.clone()),
            _ => {
                field.constraints.insert(word.clone(), schema_core(value));
            }
        }
    }
    let must: BTreeSet<&str> = (schema.get("required").and_then(Value::as_array))
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for (name, inner) in (schema.get("properties").and_then(Value::as_object))
        .into_iter()
        .flatten()
    {
        let at = format!("{path}/{}", crate::pointer::escape(name));
        walk(
            root,
            inner,
            at,
            must.contains(name.as_str()),
            depth + 1,
            out,
        );
    }
    if let Some(items) = schema.get("items").filter(|i| i.is_object()) {
        walk(root, items, format!("{path}/*"), false, depth + 1, out);
    }
    out.insert(path, field);
}
