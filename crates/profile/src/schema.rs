//! JSON Schemas of record types: compiled once, answering in both languages.
//!
//! A schema describes `credentialSubject`. One written for the whole document (with `credentialSubject` among its properties) is read
//! as its subject's part.

use std::collections::BTreeMap;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{PatternOptions, ValidationError, Validator};
use serde_json::{Value, json};

use crate::case::Problem;
use crate::finding::{Finding, FindingSeverity};
use crate::model::{Model, Severity};
use crate::pointer::escape;

/// Most faults told of one document: a form has fewer fields, and a hostile list would give thousands.
pub const SCHEMA_FAULTS_MAX: usize = 200;

/// The compiled schemas of a profile, by record type.
#[derive(Debug, Default)]
pub struct Schemas {
    validators: BTreeMap<String, Validator>,
}

/// The part of a schema that describes `credentialSubject`.
pub(crate) fn subject_of(schema: Value) -> Value {
    let Some(subject) = schema.pointer("/properties/credentialSubject").cloned() else {
        return schema;
    };
    let mut subject = subject;
    if let (Some(out), Some(defs)) = (subject.as_object_mut(), schema.get("$defs")) {
        out.entry("$defs").or_insert_with(|| defs.clone());
    }
    subject
}

/// Compiles one schema: 2020-12, formats checked, nothing fetched, patterns in linear time.
pub(crate) fn compile(schema: &Value) -> Result<Validator, String> {
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .with_pattern_options(
            PatternOptions::regex()
                .size_limit(1 << 20)
                .dfa_size_limit(1 << 20),
        )
        .offline()
        .build(schema)
        .map_err(|e| e.to_string())
}

impl Schemas {
    pub(crate) fn compile(model: &Model, findings: &mut Vec<Finding>) -> Schemas {
        let mut validators = BTreeMap::new();
        for (name, schema) in &model.schemas {
            match compile(schema) {
                Ok(v) => {
                    validators.insert(name.clone(), v);
                }
                Err(why) => findings.push(Finding {
                    file: match model.type_of.get(name).filter(|p| **p != model.id) {
                        Some(other) => {
                            crate::load::beside(other, &format!("schemas/{name}.json"))
                        }
                        None => format!("schemas/{name}.json"),
                    },
                    line: 0,
                    code: "bad-schema".to_owned(),
                    severity: FindingSeverity::Error,
                    message: format!("the schema cannot be used: {why}"),
                    help: "JSON Schema 2020-12, references within the file only, patterns without look-around".to_owned(),
                }),
            }
        }
        Schemas { validators }
    }

    /// Faults of a subject, pointers from the document's root; empty where the type has no schema.
    pub fn faults(&self, record_type: &str, subject: &Value) -> Vec<Problem> {
        let Some(validator) = self.validators.get(record_type) else {
            return Vec::new();
        };
        faults(validator, subject)
    }

    /// Whether a record type has a schema.
    pub fn has(&self, record_type: &str) -> bool {
        self.validators.contains_key(record_type)
    }
}

pub(crate) fn faults(validator: &Validator, subject: &Value) -> Vec<Problem> {
    let mut out = Vec::new();
    for error in validator.iter_errors(subject).take(SCHEMA_FAULTS_MAX) {
        describe(&error, &mut out);
    }
    out.sort_by(|a, b| (&a.pointer, &a.code).cmp(&(&b.pointer, &b.code)));
    out.dedup();
    out.truncate(SCHEMA_FAULTS_MAX);
    out
}

fn describe(error: &ValidationError<'_>, out: &mut Vec<Problem>) {
    use ValidationErrorKind as K;
    let at = format!("/credentialSubject{}", error.instance_path().as_str());
    let field = field_name(&at);
    let mut tell = |code: &str, pointer: &str, en: String, es: String| {
        out.push(Problem {
            code: format!("schema-{code}"),
            pointer: pointer.to_owned(),
            severity: Severity::Refuse,
            en,
            es,
        });
    };
    match error.kind() {
        K::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            tell(
                "required",
                &format!("{at}/{}", escape(name)),
                format!("`{name}` is missing"),
                format!("falta `{name}`"),
            );
        }
        K::AdditionalProperties { unexpected } | K::UnevaluatedProperties { unexpected } => {
            for name in unexpected.iter().take(20) {
                tell(
                    "additional",
                    &format!("{at}/{}", escape(name)),
                    format!("`{name}` is not a field of this record"),
                    format!("`{name}` no es un campo de este registro"),
                );
            }
        }
        K::Type { kind } => {
            let types: Vec<String> = match kind {
                TypeKind::Single(t) => vec![t.to_string()],
                TypeKind::Multiple(set) => set.iter().map(|t| t.to_string()).collect(),
            };
            let (en, es): (Vec<&str>, Vec<&str>) = types.iter().map(|t| type_words(t)).unzip();
            tell(
                "type",
                &at,
                format!("`{field}` must be {}", en.join(" or ")),
                format!("`{field}` debe ser {}", es.join(" o ")),
            );
        }
        K::Enum { options } => {
            let all: Vec<String> = options
                .as_array()
                .into_iter()
                .flatten()
                .take(12)
                .map(show)
                .collect();
            let all = all.join(", ");
            tell(
                "enum",
                &at,
                format!("`{field}` must be one of: {all}"),
                format!("`{field}` debe ser uno de: {all}"),
            );
        }
        K::Constant { expected_value } => {
            let v = show(expected_value);
            tell(
                "const",
                &at,
                format!("`{field}` must be {v}"),
                format!("`{field}` debe ser {v}"),
            );
        }
        K::Pattern { .. } => tell(
            "pattern",
            &at,
            format!("`{field}` is not in the form that this number has"),
            format!("`{field}` no tiene la forma que lleva este número"),
        ),
        K::Format { format } => {
            let (en, es) = format_words(format);
            tell(
                "format",
                &at,
                format!("`{field}` must be {en}"),
                format!("`{field}` debe ser {es}"),
            );
        }
        K::Minimum { limit } => tell(
            "minimum",
            &at,
            format!("`{field}` must be at least {limit}"),
            format!("`{field}` debe ser al menos {limit}"),
        ),
        K::ExclusiveMinimum { limit } => {
            tell(
                "minimum",
                &at,
                format!("`{field}` must be more than {limit}"),
                format!("`{field}` debe ser mayor que {limit}"),
            );
        }
        K::Maximum { limit } => tell(
            "maximum",
            &at,
            format!("`{field}` must be at most {limit}"),
            format!("`{field}` debe ser como máximo {limit}"),
        ),
        K::ExclusiveMaximum { limit } => {
            tell(
                "maximum",
                &at,
                format!("`{field}` must be less than {limit}"),
                format!("`{field}` debe ser menor que {limit}"),
            );
        }
        K::MinLength { limit } => {
            tell(
                "min-length",
                &at,
                format!("`{field}` needs at least {limit} characters"),
                format!("`{field}` necesita al menos {limit} caracteres"),
            );
        }
        K::MaxLength { limit } => {
            tell(
                "max-length",
                &at,
                format!("`{field}` may have at most {limit} characters"),
                format!("`{field}` admite como máximo {limit} caracteres"),
            );
        }
        K::MinItems { limit } => tell(
            "min-items",
            &at,
            format!("`{field}` needs at least {limit} entries"),
            format!("`{field}` necesita al menos {limit} elementos"),
        ),
        K::MaxItems { limit } => {
            tell(
                "max-items",
                &at,
                format!("`{field}` may have at most {limit} entries"),
                format!("`{field}` admite como máximo {limit} elementos"),
            );
        }
        K::UniqueItems => tell(
            "unique",
            &at,
            format!("`{field}` names the same entry twice"),
            format!("`{field}` repite un elemento"),
        ),
        K::MultipleOf { multiple_of } => {
            tell(
                "multiple-of",
                &at,
                format!("`{field}` must be a multiple of {multiple_of}"),
                format!("`{field}` debe ser múltiplo de {multiple_of}"),
            );
        }
        _ => tell(
            "other",
            &at,
            format!("`{field}` does not fit this record's schema"),
            format!("`{field}` no se ajusta al esquema de este registro"),
        ),
    }
}

fn field_name(pointer: &str) -> &str {
    // An item's number says nothing by itself: "0" becomes the list's name.
    pointer
        .rsplit('/')
        .find(|s| s.parse::<usize>().is_err())
        .unwrap_or_default()
}

fn show(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn type_words(t: &str) -> (&'static str, &'static str) {
    match t {
        "string" => ("a text", "un texto"),
        "integer" => ("a whole number", "un número entero"),
        "number" => ("a number", "un número"),
        "boolean" => ("true or false", "verdadero o falso"),
        "array" => ("a list", "una lista"),
        "object" => ("a group of fields", "un grupo de campos"),
        _ => ("empty", "vacío"),
    }
}

fn format_words(f: &str) -> (&'static str, &'static str) {
    match f {
        "date-time" => (
            "an instant with its zone, as 2026-11-24T15:10:00Z",
            "un instante con su zona, como 2026-11-24T15:10:00Z",
        ),
        "date" => ("a date, as 2026-11-24", "una fecha, como 2026-11-24"),
        "time" => ("a time of day", "una hora"),
        "email" => ("an e-mail address", "un correo electrónico"),
        "uri" => ("an address (URI)", "una dirección (URI)"),
        "uuid" => ("a UUID", "un UUID"),
        _ => ("in its format", "del formato pedido"),
    }
}

/// The schema of a record type with `$ref`s of its own file followed, one step.
pub fn resolve<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    let mut now = schema;
    // A reference to a reference to itself must end.
    for _ in 0..8 {
        let Some(target) = now
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|r| r.strip_prefix('#'))
        else {
            return now;
        };
        match root.pointer(target) {
            Some(found) => now = found,
            None => return now,
        }
    }
    now
}

/// The schema of the member at a path relative to the subject; none where the schema knows no such member.
pub fn member(root: &Value, steps: impl Iterator<Item = Option<String>>) -> Option<&Value> {
    let mut now = resolve(root, root);
    for step in steps {
        now = match step {
            Some(name) => match now.get("properties").and_then(|p| p.get(&name)) {
                Some(found) => found,
                None => now
                    .get("allOf")
                    .or_else(|| now.get("anyOf"))
                    .or_else(|| now.get("oneOf"))
                    .and_then(Value::as_array)?
                    .iter()
                    .find_map(|s| {
                        resolve(root, s)
                            .get("properties")
                            .and_then(|p| p.get(&name))
                    })?,
            },
            None => now.get("items")?,
        };
        now = resolve(root, now);
    }
    Some(now)
}

/// A schema that takes any object, for record types without one.
pub fn any_object() -> Value {
    json!({"type": "object"})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_all_faults_in_both_languages() {
        let schema = json!({
            "type": "object", "additionalProperties": false, "required": ["scn", "weight"],
            "properties": {
                "scn": {"type": "string", "pattern": "^[A-Z]{4}[0-9]+$"}, "weight": {"type": "number", "minimum": 1},
                "when": {"type": "string", "format": "date-time"}, "mode": {"enum": ["FAST", "STD"]},
                "list": {"type": "array", "items": {"type": "object", "required": ["n"]}}
            }
        });
        let v = compile(&schema).unwrap();
        let check = |subject: Value, expected: &[(&str, &str)]| {
            let found = faults(&v, &subject);
            let found: Vec<(&str, &str)> = found
                .iter()
                .map(|p| (p.code.as_str(), p.pointer.as_str()))
                .collect();
            assert_eq!(found, expected, "{subject}");
        };
        check(json!({"scn": "TOCQ1", "weight": 2}), &[]);
        check(
            json!({"scn": "x", "weight": 0, "when": "2026-11-24T10:00:00", "mode": "?", "extra": 1, "list": [{"n": 1}, {}]}),
            &[
                ("schema-additional", "/credentialSubject/extra"),
                ("schema-required", "/credentialSubject/list/1/n"),
                ("schema-enum", "/credentialSubject/mode"),
                ("schema-pattern", "/credentialSubject/scn"),
                ("schema-minimum", "/credentialSubject/weight"),
                ("schema-format", "/credentialSubject/when"),
            ],
        );
        check(json!([]), &[("schema-type", "/credentialSubject")]);
        assert!(
            faults(&v, &json!({}))
                .iter()
                .all(|p| !p.en.is_empty() && p.es.starts_with("falta"))
        );
    }

    #[test]
    fn fetches_nothing_and_backtracks_never() {
        assert!(compile(&json!({"$ref": "https://example.org/a.json"})).is_err());
        assert!(compile(&json!({"$ref": "file:///etc/passwd"})).is_err());
        assert!(compile(&json!({"type": "string", "pattern": "(?=a)b"})).is_err());
        let v = compile(&json!({"properties": {"x": {"type": "string", "pattern": "^(a+)+$"}}}))
            .unwrap();
        assert_eq!(
            faults(&v, &json!({"x": format!("{}!", "a".repeat(50_000))})).len(),
            1
        );
    }
}
