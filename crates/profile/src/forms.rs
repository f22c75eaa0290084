//! Forms from schemas: sections and fields, in both languages, in the schema's order.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::builtin;
use crate::load::Profile;
use crate::pointer::escape;
use crate::schema::resolve;

/// Most fields of a form, lists' columns included.
pub const FIELDS_MAX: usize = 500;
/// How deep groups may stand in each other.
const DEPTH_MAX: usize = 6;
/// Up to this many choices are shown side by side, more as a list to pick from.
const RADIO_MAX: usize = 4;

/// Words in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// English.
    pub en: String,
    /// Spanish.
    pub es: String,
}

/// A form of one record type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// Record type.
    pub record_type: String,
    /// Its title.
    pub title: Words,
    /// What it is for.
    pub help: Words,
    /// Sections in order; the first, of the subject's own fields, may have no title.
    pub sections: Vec<Section>,
}

/// A group of fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Pointer of the group's object.
    pub pointer: String,
    /// Title.
    pub title: Words,
    /// Help.
    pub help: Words,
    /// Fields.
    pub fields: Vec<Field>,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Pointer from the document's root; inside a list, from the list's entry (`/scn`).
    pub pointer: String,
    /// Member's name.
    pub name: String,
    /// How it is asked.
    pub kind: FieldKind,
    /// Label.
    pub label: Words,
    /// Hint.
    pub hint: Words,
    /// Example.
    pub example: String,
    /// Example for readers of Spanish, where it is prose; else as `example`.
    pub example_es: String,
    /// Whether the record needs it.
    pub required: bool,
    /// Only one value is possible: shown, not asked.
    pub fixed: Option<Value>,
    /// Choices, with their words.
    pub choices: Vec<Choice>,
    /// Code list, where one governs it.
    pub codes: Option<String>,
    /// Columns of a list of groups.
    pub columns: Vec<Field>,
    /// The form of the text, for the browser's own check; empty: none.
    pub pattern: String,
    /// Longest text.
    pub max_length: Option<u64>,
    /// Holds personal data.
    pub personal: bool,
}

/// How a field is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// A number with a fraction.
    Number,
    /// A whole number.
    Integer,
    /// A day.
    Date,
    /// An instant.
    DateTime,
    /// Yes or no.
    Boolean,
    /// Few choices side by side.
    Radio,
    /// Many choices.
    Select,
    /// A list of texts, one a line.
    TextList,
    /// A list of groups: a table with `columns`.
    ObjectList,
    /// Too deep or too free for a form: asked as JSON.
    Json,
}

/// A choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// The value in the record.
    pub value: Value,
    /// Its words.
    pub label: Words,
}

/// The form of a record type; none where the profile has no such type.
pub fn form(profile: &Profile, record_type: &str) -> Option<Form> {
    profile.model().records.get(record_type)?;
    let empty = crate::schema::any_object();
    let root = profile.model().schemas.get(record_type).unwrap_or(&empty);
    let mut maker = Maker {
        profile,
        root,
        left: FIELDS_MAX,
    };
    let mut sections = Vec::new();
    maker.section(
        resolve(root, root),
        "/credentialSubject".to_owned(),
        0,
        &mut sections,
    );
    // The subject's own title is the form's.
    if let Some(first) = sections
        .first_mut()
        .filter(|s| s.pointer == "/credentialSubject")
    {
        first.title = Words::default();
        first.help = Words::default();
    }
    let title = title_words(profile, record_type);
    Some(Form {
        record_type: record_type.to_owned(),
        title,
        help: words(root, "description"),
        sections,
    })
}

/// The title of a record type: `records.TYPE` of the texts, else its schema's title, else its name.
pub fn title_words(profile: &Profile, record_type: &str) -> Words {
    let texts = text_words(profile, &format!("records.{record_type}"));
    if !texts.en.is_empty() {
        return texts;
    }
    let from_schema = profile
        .model()
        .schemas
        .get(record_type)
        .map(|s| words(s, "title"))
        .unwrap_or_default();
    if from_schema.en.is_empty() {
        let (en, es) = builtin::title(record_type).unwrap_or((record_type, record_type));
        return Words {
            en: en.to_owned(),
            es: es.to_owned(),
        };
    }
    from_schema
}

/// A text as it is, another value as JSON.
fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// A text key in both languages; empty where a language lacks it.
pub fn text_words(profile: &Profile, key: &str) -> Words {
    let get = |lang: &str| {
        profile
            .model()
            .texts
            .get(lang)
            .and_then(|t| t.get(key))
            .cloned()
            .unwrap_or_default()
    };
    Words {
        en: get("en"),
        es: get("es"),
    }
}

struct Maker<'a> {
    profile: &'a Profile,
    root: &'a Value,
    left: usize,
}

impl Maker<'_> {
    fn section(&mut self, schema: &Value, pointer: String, depth: usize, out: &mut Vec<Section>) {
        let mut fields = Vec::new();
        let mut groups = Vec::new();
        for (name, member) in schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let member_schema = resolve(self.root, member);
            let at = format!("{pointer}/{}", escape(name));
            let grouped = member_schema.get("type").and_then(Value::as_str) == Some("object")
                && member_schema
                    .get("properties")
                    .is_some_and(Value::is_object);
            if grouped && depth < DEPTH_MAX {
                groups.push((at, member_schema.clone()));
            } else if let Some(field) =
                self.field(name, member, at, is_required(schema, name), depth)
            {
                fields.push(field);
            }
        }
        if !fields.is_empty() {
            out.push(Section {
                pointer,
                title: words(schema, "title"),
                help: words(schema, "description"),
                fields,
            });
        }
        for (at, group) in groups {
            self.section(&group, at, depth + 1, out);
        }
    }

    fn field(
        &mut self,
        name: &str,
        member: &Value,
        pointer: String,
        required: bool,
        depth: usize,
    ) -> Option<Field> {
        self.left = self.left.checked_sub(1)?;
        let schema = resolve(self.root, member);
        // Words beside a `$ref` speak of this use, those behind it of the type.
        let own_or = |w: &str| {
            let own = words(member, w);
            if own.en.is_empty() {
                words(schema, w)
            } else {
                own
            }
        };
        let mut label = own_or("title");
        if label.en.is_empty() {
            label = Words {
                en: name.to_owned(),
                es: name.to_owned(),
            };
        }
        let codes = schema
            .get("x-codes")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let choices = self.choices(schema, codes.as_deref());
        let kind_of = schema.get("type").and_then(|t| {
            t.as_str().or_else(|| {
                t.as_array()?
                    .iter()
                    .find_map(|t| t.as_str().filter(|t| *t != "null"))
            })
        });
        let mut columns = Vec::new();
        let kind = match (kind_of, schema.get("format").and_then(Value::as_str)) {
            _ if !choices.is_empty() => {
                if choices.len() <= RADIO_MAX && codes.is_none() {
                    FieldKind::Radio
                } else {
                    FieldKind::Select
                }
            }
            (Some("string"), Some("date-time")) => FieldKind::DateTime,
            (Some("string"), Some("date")) => FieldKind::Date,
            (Some("string"), _)
                if schema
                    .get("maxLength")
                    .and_then(Value::as_u64)
                    .is_some_and(|m| m > 200) =>
            {
                FieldKind::LongText
            }
            (Some("string"), _) => FieldKind::Text,
            (Some("integer"), _) => FieldKind::Integer,
            (Some("number"), _) => FieldKind::Number,
            (Some("boolean"), _) => FieldKind::Boolean,
            (Some("array"), _) => {
                let items = schema.get("items").map(|i| resolve(self.root, i));
                match items.and_then(|i| i.get("type")).and_then(Value::as_str) {
                    Some("string") => FieldKind::TextList,
                    Some("object") if depth < DEPTH_MAX => {
                        let items = items.cloned().unwrap_or_default();
                        for (column, s) in items
                            .get("properties")
                            .and_then(Value::as_object)
                            .into_iter()
                            .flatten()
                        {
                            let at = format!("/{}", escape(column));
                            columns.extend(self.field(
                                column,
                                s,
                                at,
                                is_required(&items, column),
                                depth + 1,
                            ));
                        }
                        FieldKind::ObjectList
                    }
                    _ => FieldKind::Json,
                }
            }
            _ => FieldKind::Json,
        };
        let example = member
            .get("examples")
            .or_else(|| schema.get("examples"))
            .and_then(|e| e.get(0));
        Some(Field {
            pointer,
            name: name.to_owned(),
            kind,
            label,
            hint: own_or("description"),
            example_es: member
                .get("x-example-es")
                .or_else(|| schema.get("x-example-es"))
                .or(example)
                .map(plain)
                .unwrap_or_default(),
            example: example.map(plain).unwrap_or_default(),
            required,
            fixed: schema.get("const").cloned(),
            choices,
            codes,
            columns,
            pattern: schema
                .get("pattern")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            max_length: schema.get("maxLength").and_then(Value::as_u64),
            personal: schema.get("x-personal") == Some(&Value::Bool(true))
                || member.get("x-personal") == Some(&Value::Bool(true)),
        })
    }

    fn choices(&self, schema: &Value, codes: Option<&str>) -> Vec<Choice> {
        if let Some(list) = codes.and_then(|c| self.profile.model().codelists.get(c)) {
            // A list of thousands is searched by the page, not written into it.
            return list
                .iter()
                .take(FIELDS_MAX)
                .map(|c| Choice {
                    value: Value::String(c.code.clone()),
                    label: Words {
                        en: c.en.clone(),
                        es: c.es.clone(),
                    },
                })
                .collect();
        }
        let listed = schema
            .get("enum")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        listed
            .map(|v| {
                let plain = v.as_str().map_or_else(|| v.to_string(), str::to_owned);
                let named = |lang: &str| {
                    schema
                        .get(format!("x-enum-{lang}"))
                        .and_then(|n| n.get(&plain))
                        .and_then(Value::as_str)
                };
                let texts = text_words(self.profile, &format!("values.{plain}"));
                let or = |own: Option<&str>, text: String| {
                    own.map_or(
                        if text.is_empty() { plain.clone() } else { text },
                        str::to_owned,
                    )
                };
                Choice {
                    value: v.clone(),
                    label: Words {
                        en: or(named("en"), texts.en),
                        es: or(named("es"), texts.es),
                    },
                }
            })
            .collect()
    }
}

/// `title` with `x-title-es`, `description` with `x-description-es`; Spanish falls back on English.
fn words(schema: &Value, word: &str) -> Words {
    let en = schema
        .get(word)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let es = schema
        .get(format!("x-{word}-es"))
        .or_else(|| schema.get("x-es").and_then(|x| x.get(word)))
        .and_then(Value::as_str)
        .map_or_else(|| en.clone(), str::to_owned);
    Words { en, es }
}

fn is_required(schema: &Value, name: &str) -> bool {
    schema
        .get("required")
        .and_then(Value::as_array)
        .is_some_and(|r| r.iter().any(|n| n.as_str() == Some(name)))
}
