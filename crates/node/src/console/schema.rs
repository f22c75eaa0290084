//! A form out of a JSON Schema, and the document back out of what was posted. Labels and hints come from whoever knows the program.

use serde_json::{Map, Value};

use super::board::Choice;
use super::form::{Field, FieldKind, FormSection};
use super::lang::Lang;

/// Fields of one form: a schema with more is no form for a person.
const FIELDS_MAX: usize = 400;
/// Rows of one repeated part.
const ROWS_MAX: usize = 200;
/// Depth of objects inside objects.
const DEPTH_MAX: usize = 6;
/// Up to so many choices are radios.
const RADIOS_MAX: usize = 6;

/// The mark of members that a file fills: which of its facts.
pub const FILE: &str = "x-file";
/// The file's SHA-256 in hexadecimal: the member whose field takes the file.
pub const FILE_DIGEST: &str = "sha-256";

/// Whether a member is not asked, since the file beside it tells it.
fn told_by_file(member: &Value) -> bool {
    member
        .get(FILE)
        .and_then(Value::as_str)
        .is_some_and(|fact| fact != FILE_DIGEST)
}

/// What the form says of one member, in the page's language: label, hint, and the words of its choices by value.
pub struct Words {
    /// Label.
    pub label: String,
    /// Hint.
    pub hint: String,
    /// Code -> words, for enumerations and code lists; codes without words show as they are.
    pub choices: Vec<(String, String)>,
}

/// The sections of a form for a JSON Schema 2020-12 of type object. `at` is the pointer its members hang on
/// (`/credentialSubject`), `value` what is known already, `words` gives labels by pointer without row numbers (`/credentialSubject/seals/*/number`)
/// and the member's own schema. Members with a `const` are not asked.
pub fn sections_of(
    lang: Lang,
    schema: &Value,
    at: &str,
    value: &Value,
    words: &dyn Fn(&str, &Value) -> Words,
) -> Vec<FormSection> {
    let mut form = Builder {
        lang,
        root: schema,
        words,
        sections: Vec::new(),
        fields: 0,
    };
    form.object(schema, at, at, value, String::new(), String::new(), None, 0);
    form.sections
        .retain(|s| !s.fields.is_empty() || s.add.is_some());
    form.sections
}

/// The document of what was posted: names are pointers under `at`, typed by the schema. Empty answers are left out, so that
/// "required" says what is missing; what doesn't parse stays text, so that the schema names it at its place.
pub fn document_of(schema: &Value, at: &str, posted: &[(String, String)]) -> Value {
    let mut out = Value::Object(Map::new());
    for (name, answer) in posted {
        let Some(rest) = name.strip_prefix(at) else {
            continue;
        };
        let answer = answer.trim();
        if answer.is_empty() || !rest.starts_with('/') {
            continue;
        }
        let path: Vec<String> = rest
            .split('/')
            .skip(1)
            .map(|part| part.replace("~1", "/").replace("~0", "~"))
            .collect();
        if path.len() > 2 * DEPTH_MAX {
            continue;
        }
        let typed = typed(kind_at(schema, schema, &path), answer);
        put(&mut out, &path, typed);
    }
    squeeze(&mut out);
    out
}

struct Builder<'a> {
    lang: Lang,
    root: &'a Value,
    words: &'a dyn Fn(&str, &Value) -> Words,
    sections: Vec<FormSection>,
    fields: usize,
}

impl Builder<'_> {
    #[expect(
        clippy::too_many_arguments,
        reason = "one recursive walk; a struct for its frame would be read once"
    )]
    fn object(
        &mut self,
        schema: &Value,
        at: &str,
        general: &str,
        value: &Value,
        title: String,
        hint: String,
        remove: Option<Choice>,
        depth: usize,
    ) {
        if depth > DEPTH_MAX {
            return;
        }
        let schema = resolve(self.root, schema);
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut section = FormSection {
            title,
            hint,
            remove,
            ..FormSection::default()
        };
        let mut nested = Vec::new();
        for (name, member) in schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let member = resolve(self.root, member);
            if self.fields >= FIELDS_MAX || member.get("const").is_some() || told_by_file(member) {
                continue;
            }
            let token = name.replace('~', "~0").replace('/', "~1");
            let (here, plain) = (format!("{at}/{token}"), format!("{general}/{token}"));
            let known = value.get(name).unwrap_or(&Value::Null);
            match type_of(member) {
                "object" | "array" => nested.push((member, here, plain, known)),
                kind => {
                    self.fields += 1;
                    let optional = !required.contains(&name.as_str());
                    section
                        .fields
                        .push(self.field(member, kind, here, &plain, known, optional));
                }
            }
        }
        self.sections.push(section);
        for (member, here, plain, known) in nested {
            let said = (self.words)(&plain, member);
            if type_of(member) == "object" {
                self.object(
                    member,
                    &here,
                    &plain,
                    known,
                    said.label,
                    said.hint,
                    None,
                    depth + 1,
                );
            } else {
                self.rows(member, &here, &plain, known, &said, depth);
            }
        }
    }

    fn rows(
        &mut self,
        member: &Value,
        here: &str,
        plain: &str,
        known: &Value,
        said: &Words,
        depth: usize,
    ) {
        let items = resolve(self.root, member.get("items").unwrap_or(&Value::Null));
        let none = Vec::new();
        let rows = known.as_array().unwrap_or(&none);
        let least = member
            .get("minItems")
            .and_then(Value::as_u64)
            .unwrap_or(0)
            .min(1);
        let count = rows
            .len()
            .max(usize::try_from(least).unwrap_or(1))
            .min(ROWS_MAX);
        for at in 0..count {
            let value = rows.get(at).unwrap_or(&Value::Null);
            let (row, every) = (format!("{here}/{at}"), format!("{plain}/*"));
            let title = format!("{} {}", said.label, at + 1);
            let remove = Some(Choice::new(
                row.clone(),
                self.lang.with("form.remove", &[("what", &title)]),
                false,
            ));
            if type_of(items) == "object" {
                self.object(
                    items,
                    &row,
                    &every,
                    value,
                    title,
                    String::new(),
                    remove,
                    depth + 1,
                );
            } else if self.fields < FIELDS_MAX {
                self.fields += 1;
                let mut field = self.field(items, type_of(items), row, &every, value, false);
                field.label = title;
                self.sections.push(FormSection {
                    fields: vec![field],
                    remove,
                    ..FormSection::default()
                });
            }
        }
        let add = Some(Choice::new(
            here,
            self.lang.with("form.add", &[("what", &said.label)]),
            false,
        ));
        self.sections.push(FormSection {
            hint: said.hint.clone(),
            add,
            ..FormSection::default()
        });
    }

    fn field(
        &self,
        member: &Value,
        kind: &str,
        name: String,
        plain: &str,
        known: &Value,
        optional: bool,
    ) -> Field {
        let said = (self.words)(plain, member);
        let value = match known {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let listed = member.get("enum").and_then(Value::as_array);
        let mut choices: Vec<Choice> = match listed {
            Some(codes) => codes
                .iter()
                .filter_map(Value::as_str)
                .map(|code| {
                    let words = said
                        .choices
                        .iter()
                        .find(|(c, _)| c == code)
                        .map_or(code, |(_, w)| w.as_str());
                    Choice::new(code, words, code == value)
                })
                .collect(),
            None => said
                .choices
                .iter()
                .map(|(code, words)| Choice::new(code, words, *code == value))
                .collect(),
        };
        let kind = if member.get(FILE).and_then(Value::as_str) == Some(FILE_DIGEST) {
            FieldKind::File
        } else if !choices.is_empty() {
            if choices.len() <= RADIOS_MAX {
                FieldKind::Radios
            } else {
                choices.insert(0, Choice::new("", "", value.is_empty()));
                FieldKind::Select
            }
        } else {
            match (kind, member.get("format").and_then(Value::as_str)) {
                ("integer" | "number", _) => FieldKind::Number,
                ("boolean", _) => FieldKind::Tick,
                (_, Some("date")) => FieldKind::Date,
                (_, Some("date-time")) => FieldKind::DateTime,
                _ if member
                    .get("maxLength")
                    .and_then(Value::as_u64)
                    .is_some_and(|max| max > 200) =>
                {
                    FieldKind::Area
                }
                _ => FieldKind::Text,
            }
        };
        Field {
            name,
            label: said.label,
            hint: said.hint,
            optional,
            kind,
            value,
            choices,
        }
    }
}

/// Follows `$ref` inside the schema, a few steps: a schema that refers to itself ends as it is.
fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let mut now = schema;
    for _ in 0..DEPTH_MAX {
        let target = now
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|r| r.strip_prefix('#'))
            .and_then(|p| root.pointer(p));
        match target {
            Some(next) => now = next,
            None => break,
        }
    }
    now
}

/// The member's type; of several, the first that isn't null. A schema that names none is told by what it has.
fn type_of(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(one)) => one,
        Some(Value::Array(many)) => many
            .iter()
            .filter_map(Value::as_str)
            .find(|t| *t != "null")
            .unwrap_or("string"),
        _ if schema.get("properties").is_some() => "object",
        _ if schema.get("items").is_some() => "array",
        _ => "string",
    }
}

fn kind_at<'a>(root: &'a Value, schema: &'a Value, path: &[String]) -> &'a str {
    let mut now = resolve(root, schema);
    for part in path {
        let next = if type_of(now) == "array" {
            now.get("items")
        } else {
            now.get("properties").and_then(|p| p.get(part))
        };
        match next {
            Some(next) => now = resolve(root, next),
            None => return "string",
        }
    }
    type_of(now)
}

fn typed(kind: &str, answer: &str) -> Value {
    // People write thousands with commas at the border; the document has none.
    let digits = answer.replace(',', "");
    let parsed = match kind {
        "integer" => digits.parse::<i64>().ok().map(Value::from),
        "number" => digits
            .parse::<f64>()
            .ok()
            .and_then(serde_json::Number::from_f64)
            .map(Value::Number),
        "boolean" => Some(Value::Bool(answer == "true" || answer == "on")),
        _ => None,
    };
    parsed.unwrap_or_else(|| Value::String(answer.to_owned()))
}

/// Puts a value where the path says. A part that is a number below the limit makes a row, anything else a member.
fn put(into: &mut Value, path: &[String], value: Value) {
    let Some((first, rest)) = path.split_first() else {
        *into = value;
        return;
    };
    match first.parse::<usize>() {
        Ok(row) if row < ROWS_MAX => {
            if !into.is_array() {
                *into = Value::Array(Vec::new());
            }
            if let Value::Array(rows) = into {
                while rows.len() <= row {
                    rows.push(Value::Null);
                }
                if let Some(slot) = rows.get_mut(row) {
                    put(slot, rest, value);
                }
            }
        }
        _ => {
            if !into.is_object() {
                *into = Value::Object(Map::new());
            }
            if let Value::Object(members) = into {
                put(
                    members.entry(first.clone()).or_insert(Value::Null),
                    rest,
                    value,
                );
            }
        }
    }
}

/// Takes out rows that were left empty.
fn squeeze(value: &mut Value) {
    match value {
        Value::Array(rows) => {
            rows.retain(|row| !row.is_null());
            rows.iter_mut().for_each(squeeze);
        }
        Value::Object(members) => members.values_mut().for_each(squeeze),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Value {
        json!({
            "type": "object",
            "required": ["number", "state", "seals"],
            "properties": {
                "type": {"const": "SealCheck"},
                "number": {"type": "string"},
                "state": {"enum": ["whole", "broken", "absent"]},
                "packages": {"type": "integer"},
                "at": {"type": "string", "format": "date-time"},
                "seals": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/seal"}}
            },
            "$defs": {"seal": {"type": "object", "properties": {"number": {"type": "string"}}}}
        })
    }

    fn words(pointer: &str, _: &Value) -> Words {
        Words {
            label: pointer.rsplit('/').next().unwrap_or_default().to_owned(),
            hint: String::new(),
            choices: Vec::new(),
        }
    }

    #[test]
    fn makes_fields_of_a_schema() {
        let sections = sections_of(
            Lang::En,
            &schema(),
            "/credentialSubject",
            &json!({"number": "77"}),
            &words,
        );
        let fields: Vec<_> = sections.iter().flat_map(|s| &s.fields).collect();
        let names: Vec<_> = fields.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "/credentialSubject/number",
                "/credentialSubject/state",
                "/credentialSubject/packages",
                "/credentialSubject/at",
                "/credentialSubject/seals/0/number"
            ]
        );
        assert_eq!(fields[0].value, "77");
        assert_eq!(fields[1].kind, FieldKind::Radios);
        assert!(fields[2].optional && !fields[1].optional);
        assert_eq!(fields[3].kind, FieldKind::DateTime);
        assert!(sections.iter().any(|s| {
            s.add
                .as_ref()
                .is_some_and(|a| a.value == "/credentialSubject/seals")
        }));
    }

    #[test]
    fn reads_a_document_back() {
        let posted =
            |name: &str, value: &str| (format!("/credentialSubject/{name}"), value.to_owned());
        let document = document_of(
            &schema(),
            "/credentialSubject",
            &[
                posted("number", " 7741193 "),
                posted("packages", "1,204"),
                posted("seals/1/number", "x"),
                posted("at", ""),
                ("csrf".into(), "y".into()),
            ],
        );
        assert_eq!(
            document,
            json!({"number": "7741193", "packages": 1204, "seals": [{"number": "x"}]})
        );
    }

    #[test]
    fn hostile_names_make_bounded_documents() {
        let posted = [
            ("/s/a/99999999999".to_owned(), "x".to_owned()),
            (format!("/s{}", "/0".repeat(5000)), "x".to_owned()),
        ];
        let document = document_of(&json!({}), "/s", &posted);
        assert_eq!(document, json!({"a": {"99999999999": "x"}}));
    }

    #[test]
    fn what_does_not_parse_stays_for_the_schema_to_name() {
        let posted = [("/s/packages".to_owned(), "many".to_owned())];
        assert_eq!(
            document_of(&schema(), "/s", &posted),
            json!({"packages": "many"})
        );
    }
}
