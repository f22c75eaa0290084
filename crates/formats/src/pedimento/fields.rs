//! One table for each block of the pedimento: which fields it has, under which name, of which form.
//!
//! A name is used once in the whole document, so that it can be a member of the JSON form and a column of the CSV form
//! alike.

use super::forms::{self, Form};
use crate::draft::{Places, Severity, SourcePlace};
use crate::json::{Node, Value, token};
use serde::Serialize;

/// One field.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct FieldRule {
    /// Member of the JSON form and column of the CSV form.
    pub name: &'static str,
    /// The field of the plain document.
    pub field: &'static str,
    /// Whether a pedimento can't be without it.
    pub required: bool,
    /// The form of its value.
    pub form: Form,
    /// Number of the field in Anexo 22, with its block; `ours` where Anexo 22 has no such field.
    pub anexo: &'static str,
    /// What it is, in English.
    pub en: &'static str,
    /// What it is, in Spanish.
    pub es: &'static str,
}

/// A block of fields that all may be absent.
pub(super) trait Section: Default {
    /// The block's fields.
    const RULES: &'static [FieldRule];
    /// The value of the field at that position of the table.
    fn value(&self, index: usize) -> Option<&str>;
    /// Sets it.
    fn fill(&mut self, index: usize, value: String);
}

/// Declares a block from its table.
macro_rules! section {
    ($(#[$meta:meta])* $name:ident {
        $($field:ident : $member:literal $presence:ident $form:ident $anexo:literal $en:literal $es:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $(#[doc = concat!($en, " (`", $member, "`).")] pub $field: Option<String>,)*
        }

        impl $name {
            /// The block's fields.
            pub const FIELDS: &'static [super::fields::FieldRule] = &[
                $(super::fields::FieldRule {
                    name: $member,
                    field: stringify!($field),
                    required: section!(@required $presence),
                    form: super::forms::Form::$form,
                    anexo: $anexo,
                    en: $en,
                    es: $es,
                },)*
            ];
        }

        impl super::fields::Section for $name {
            const RULES: &'static [super::fields::FieldRule] = Self::FIELDS;

            fn value(&self, index: usize) -> Option<&str> {
                let slots = [$(&self.$field,)*];
                slots.get(index).and_then(|slot| slot.as_deref())
            }

            fn fill(&mut self, index: usize, value: String) {
                let slots = [$(&mut self.$field,)*];
                if let Some(slot) = slots.into_iter().nth(index) {
                    *slot = Some(value);
                }
            }
        }
    };
    (@required required) => { true };
    (@required optional) => { false };
}
pub(super) use section;

/// The fields that have a value, in the table's order.
pub(super) fn values<S: Section>(section: &S) -> impl Iterator<Item = (&'static FieldRule, &str)> {
    S::RULES
        .iter()
        .enumerate()
        .filter_map(|(index, rule)| section.value(index).map(|value| (rule, value)))
}

/// Reads a block from an object; members that are `lists` are left to the caller, unknown ones told.
pub(super) fn from_json<S: Section>(
    node: &Node,
    path: &str,
    origin: &str,
    lists: &[&str],
    places: &mut Places,
) -> S {
    let mut this = S::default();
    places.put(origin.to_owned(), node.place(path));
    if !matches!(node.value, Value::Object(_)) {
        places.fault_at(
            Severity::Error,
            "member-type",
            origin,
            Some(node.place(path)),
            "an object is expected here".to_owned(),
            "aquí se espera un objeto".to_owned(),
        );
        return this;
    }
    for (name, member) in node.members() {
        let path = format!("{path}/{}", token(name));
        let rule = S::RULES
            .iter()
            .enumerate()
            .find(|(_, rule)| rule.name == name);
        let Some((index, rule)) = rule else {
            if !lists.contains(&name.as_str()) {
                places.fault_at(
                    Severity::Warning,
                    "member-not-read",
                    origin,
                    Some(member.place(&path)),
                    format!("no field is called `{}`; it is not read", shown(name)),
                    format!("ningún campo se llama `{}`; no se lee", shown(name)),
                );
            }
            continue;
        };
        let at = format!("{origin}/{}", rule.field);
        match &member.value {
            Value::Text(text) | Value::Number(text) => {
                put(&mut this, index, &at, text, member.place(&path), places);
            }
            Value::Null => {}
            Value::Bool(_) | Value::List(_) | Value::Object(_) => places.fault_at(
                Severity::Error,
                "member-type",
                &at,
                Some(member.place(&path)),
                format!("`{name}` should be a text or a number"),
                format!("`{name}` debería ser un texto o un número"),
            ),
        }
    }
    missing(&this, origin, places);
    this
}

/// Puts a value with its place, and tells what is wrong with its form; a blank value is none.
pub(super) fn put<S: Section>(
    section: &mut S,
    index: usize,
    origin: &str,
    text: &str,
    place: SourcePlace,
    places: &mut Places,
) {
    let text = text.trim();
    let Some(rule) = S::RULES.get(index).filter(|_| !text.is_empty()) else {
        return;
    };
    places.put(origin.to_owned(), place);
    section.fill(index, text.to_owned());
    if let Some(wrong) = forms::misformed(rule.form, text) {
        places.fault(
            wrong.severity,
            wrong.code,
            origin,
            format!("`{}`: {}", rule.name, wrong.en),
            format!("`{}`: {}", rule.name, wrong.es),
        );
    }
}

/// Tells the required fields that have no value.
pub(super) fn missing<S: Section>(section: &S, origin: &str, places: &mut Places) {
    for (index, rule) in S::RULES.iter().enumerate() {
        if rule.required && section.value(index).is_none() {
            places.fault(
                Severity::Error,
                "field-missing",
                &format!("{origin}/{}", rule.field),
                format!("`{}` is required: {}", rule.name, rule.en),
                format!("falta `{}`: {}", rule.name, rule.es),
            );
        }
    }
}

/// A name as a message shows it.
pub(super) fn shown(name: &str) -> String {
    name.chars().take(40).collect()
}
