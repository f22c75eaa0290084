//! From a schema to columns.

use super::RECORD_NUMBER;
use super::codes::{Code, CodeLists};
use regex::{Regex, RegexBuilder};
use serde_json::Value;

/// Members in members; a schema that refers to itself ends here.
const DEPTH_MAX: usize = 8;
/// A pattern of the programs compiles to a few kilobytes.
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// One column: a member of the record.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name in the first row: member path with dots, `[]` after a list.
    pub name: String,
    /// JSON pointer into the subject, `*` for each item of a list.
    pub pointer: String,
    /// What people call it, with the groups that it stands in; English.
    pub en: String,
    /// The same, Spanish.
    pub es: String,
    /// What it is, English; may be empty.
    pub about_en: String,
    /// What it is, Spanish; may be empty.
    pub about_es: String,
    /// Whether it must be filled in every record.
    pub required: bool,
    /// Whether it must be filled where another column of its group or list is.
    pub required_in_group: bool,
    /// An example, as one would write it in the cell; may be empty.
    pub example: String,
    /// The list of objects in whose items it stands.
    pub(super) list: Option<usize>,
    pub(super) shape: Shape,
}

impl Column {
    /// The codes that are allowed; empty where any value of the form is.
    pub fn codes(&self) -> &[Code] {
        &self.shape.codes
    }

    /// Whether the cell holds several values with `;` between them.
    pub fn many(&self) -> bool {
        self.shape.many
    }
}

/// A list of objects.
#[derive(Clone, Debug)]
pub(super) struct List {
    /// Pointer with `*`: `/goods`, `/lines/*/permits`.
    pub(super) pointer: String,
    /// The list in whose items it stands.
    pub(super) parent: Option<usize>,
    pub(super) en: String,
    pub(super) es: String,
    pub(super) least: usize,
    pub(super) most: usize,
}

/// What a cell may hold.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) kind: Kind,
    pub(super) many: bool,
    pub(super) items_least: usize,
    pub(super) items_most: usize,
    pub(super) unique: bool,
    pub(super) pattern: Option<Regex>,
    pub(super) length_least: usize,
    pub(super) length_most: usize,
    pub(super) minimum: Option<f64>,
    pub(super) maximum: Option<f64>,
    pub(super) codes: Vec<Code>,
    /// Whether an empty list may be said.
    pub(super) empty_list: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Date,
    DateTime,
    Uri,
    Email,
    Integer,
    Number,
    Boolean,
    /// A shape that has no columns of its own: the cell holds JSON.
    Json,
}

/// The columns of a schema in its order, and the lists of objects they stand in, outer before inner.
pub(super) fn of(schema: &Value, codes: &CodeLists) -> (Vec<Column>, Vec<List>) {
    let mut walk = Walk {
        root: schema,
        codes,
        columns: Vec::new(),
        lists: Vec::new(),
    };
    let at = At {
        name: String::new(),
        pointer: String::new(),
        en: String::new(),
        es: String::new(),
        list: None,
        required: true,
        depth: 0,
    };
    walk.object(resolve(schema, schema), &at);
    (walk.columns, walk.lists)
}

/// Follows references within the schema, a few steps.
pub(super) fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let mut now = schema;
    for _ in 0..DEPTH_MAX {
        let target = now
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| reference.strip_prefix('#'))
            .and_then(|pointer| root.pointer(pointer));
        match target {
            Some(next) => now = next,
            None => break,
        }
    }
    now
}

/// The type; of several the first that is not null, and where none is said the one that its members show.
pub(super) fn type_of(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(one)) => one,
        Some(Value::Array(many)) => many
            .iter()
            .filter_map(Value::as_str)
            .find(|one| *one != "null")
            .unwrap_or("string"),
        _ if schema.get("properties").is_some() => "object",
        _ if schema.get("items").is_some() => "array",
        _ => "string",
    }
}

/// The names that an object must have.
pub(super) fn required_of(schema: &Value) -> impl Iterator<Item = &str> {
    let names = schema.get("required").and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str)
}

/// The title in both languages; the member's name where there is none.
pub(super) fn titles(schema: &Value, name: &str) -> (String, String) {
    let text = |key: &str| schema.get(key).and_then(Value::as_str);
    let en = text("title").unwrap_or(name);
    (en.to_owned(), text("x-title-es").unwrap_or(en).to_owned())
}

struct At {
    name: String,
    pointer: String,
    en: String,
    es: String,
    list: Option<usize>,
    required: bool,
    depth: usize,
}

impl At {
    fn member(&self, name: &str, schema: &Value, required: bool) -> At {
        let (en, es) = titles(schema, name);
        let join = |before: &str, between: &str, own: &str| match before {
            "" => own.to_owned(),
            before => format!("{before}{between}{own}"),
        };
        At {
            name: join(&self.name, ".", name),
            pointer: format!("{}/{}", self.pointer, escape(name)),
            en: join(&self.en, ": ", &en),
            es: join(&self.es, ": ", &es),
            list: self.list,
            required: self.required && required,
            depth: self.depth + 1,
        }
    }
}

/// A member's name as a token of a JSON pointer.
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

struct Walk<'a> {
    root: &'a Value,
    codes: &'a CodeLists,
    columns: Vec<Column>,
    lists: Vec<List>,
}

impl<'a> Walk<'a> {
    fn object(&mut self, schema: &'a Value, at: &At) {
        let members = schema.get("properties").and_then(Value::as_object);
        for (name, said) in members.into_iter().flatten() {
            let member = resolve(self.root, said);
            let required = required_of(schema).any(|one| one == name);
            let here = at.member(name, member, required);
            if here.name != RECORD_NUMBER {
                self.member(member, &here, required);
            }
        }
    }

    fn member(&mut self, schema: &'a Value, at: &At, required_in_group: bool) {
        if at.depth < DEPTH_MAX {
            match type_of(schema) {
                "object" if has_members(schema) => return self.object(schema, at),
                "array" => {
                    let items = schema
                        .get("items")
                        .map_or(&Value::Null, |items| resolve(self.root, items));
                    if type_of(items) == "object" && has_members(items) {
                        self.lists.push(List {
                            pointer: at.pointer.clone(),
                            parent: at.list,
                            en: at.en.clone(),
                            es: at.es.clone(),
                            least: count(schema, "minItems").unwrap_or(0),
                            most: count(schema, "maxItems").unwrap_or(usize::MAX),
                        });
                        let inside = At {
                            name: format!("{}[]", at.name),
                            pointer: format!("{}/*", at.pointer),
                            en: at.en.clone(),
                            es: at.es.clone(),
                            list: self.lists.len().checked_sub(1),
                            required: at.required && count(schema, "minItems").unwrap_or(0) > 0,
                            depth: at.depth + 1,
                        };
                        return self.object(items, &inside);
                    }
                    if !matches!(type_of(items), "object" | "array") {
                        return self.leaf(schema, items, true, at, required_in_group);
                    }
                }
                "object" => {}
                _ => return self.leaf(schema, schema, false, at, required_in_group),
            }
        }
        self.leaf(schema, &Value::Null, false, at, required_in_group);
    }

    fn leaf(
        &mut self,
        schema: &'a Value,
        value: &'a Value,
        many: bool,
        at: &At,
        required_in_group: bool,
    ) {
        let text = |key: &str| {
            let said = schema.get(key).or_else(|| value.get(key));
            said.and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let first = |schema: &Value| {
            schema
                .get("examples")
                .and_then(Value::as_array)
                .and_then(|all| all.first())
                .cloned()
        };
        let example = first(schema).or_else(|| first(value));
        let shape = self.shape(schema, value, many);
        self.columns.push(Column {
            name: at.name.clone(),
            pointer: at.pointer.clone(),
            en: at.en.clone(),
            es: at.es.clone(),
            about_en: text("description"),
            about_es: text("x-description-es"),
            required: at.required,
            required_in_group,
            example: example
                .map(|example| super::value::text_of(&shape, &example))
                .unwrap_or_default(),
            list: at.list,
            shape,
        });
    }

    fn shape(&self, schema: &Value, value: &Value, many: bool) -> Shape {
        let kind = match (type_of(value), value.get("format").and_then(Value::as_str)) {
            _ if value.is_null() => Kind::Json,
            ("integer", _) => Kind::Integer,
            ("number", _) => Kind::Number,
            ("boolean", _) => Kind::Boolean,
            ("string", Some("date")) => Kind::Date,
            ("string", Some("date-time")) => Kind::DateTime,
            ("string", Some("uri")) => Kind::Uri,
            ("string", Some("email")) => Kind::Email,
            ("string", _) => Kind::Text,
            _ => Kind::Json,
        };
        let number = |key: &str| value.get(key).and_then(Value::as_f64);
        Shape {
            kind,
            many,
            items_least: count(schema, "minItems").unwrap_or(0),
            items_most: count(schema, "maxItems").unwrap_or(usize::MAX),
            unique: schema.get("uniqueItems") == Some(&Value::Bool(true)),
            // A pattern that this engine does not know is left to admission.
            pattern: value
                .get("pattern")
                .and_then(Value::as_str)
                .and_then(|pattern| {
                    let mut builder = RegexBuilder::new(pattern);
                    builder.size_limit(PATTERN_BYTES_MAX).build().ok()
                }),
            length_least: count(value, "minLength").unwrap_or(0),
            length_most: count(value, "maxLength").unwrap_or(usize::MAX),
            minimum: number("minimum"),
            maximum: number("maximum"),
            codes: self.codes_of(value),
            empty_list: many && count(schema, "minItems").unwrap_or(0) == 0,
        }
    }

    fn codes_of(&self, value: &Value) -> Vec<Code> {
        let listed = value
            .get("enum")
            .and_then(Value::as_array)
            .cloned()
            .or_else(|| value.get("const").map(|only| vec![only.clone()]));
        if let Some(listed) = listed {
            let label = |key: &str, code: &str| {
                let labels = value.get(key);
                labels
                    .and_then(|labels| labels.get(code))
                    .and_then(Value::as_str)
                    .unwrap_or(code)
                    .to_owned()
            };
            let texts = listed.iter().filter_map(Value::as_str);
            return texts
                .map(|code| Code {
                    code: code.to_owned(),
                    en: label("x-enum-en", code),
                    es: label("x-enum-es", code),
                })
                .collect();
        }
        let name = value.get("x-codes").and_then(Value::as_str);
        name.and_then(|name| self.codes.get(name))
            .cloned()
            .unwrap_or_default()
    }
}

fn has_members(schema: &Value) -> bool {
    let members = schema.get("properties").and_then(Value::as_object);
    members.is_some_and(|members| !members.is_empty())
}

fn count(schema: &Value, key: &str) -> Option<usize> {
    schema
        .get(key)
        .and_then(Value::as_u64)
        .and_then(|count| usize::try_from(count).ok())
}
