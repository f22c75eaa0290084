//! The record that a captured event becomes: the event's text as it came, its context, and what lists say of it.

use serde_json::{Map, Value, json};

use super::document::Captured;

/// Its type.
pub const RECORD_TYPE: &str = "EventCaptured";
/// The kind of case that it is about: one event's name, as one party knows it.
pub const KIND: &str = "observation";
/// Most readers that an event names.
pub const READERS_MAX: usize = 50;

/// What a record's subject says of a captured event.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// The event's text.
    pub text: String,
    /// The context of its document; null where it had none.
    pub context: Value,
    /// Its name, given or made.
    pub id: String,
}

/// What the digest of an event's key is taken of: who captured it, and the event's name.
pub fn key_text(party: &str, id: &str) -> String {
    format!("{party} {id}")
}

/// A record's subject. `key` is the SHA-256 of [`key_text`], in hexadecimal.
pub fn subject(
    event: &Captured,
    context: &Value,
    id: &str,
    key: &str,
    readers: &[String],
) -> Value {
    let mut subject = Map::new();
    subject.insert("observation".to_owned(), json!(key));
    subject.insert("eventID".to_owned(), json!(id));
    for (member, to) in [
        ("type", "eventType"),
        ("eventTime", "eventTime"),
        ("bizStep", "bizStep"),
    ] {
        if let Some(text) = event.text_of(member) {
            subject.insert(to.to_owned(), json!(text));
        }
    }
    if event.value.get("errorDeclaration").is_some() {
        subject.insert("errorDeclared".to_owned(), json!(true));
    }
    subject.insert("event".to_owned(), json!(event.text));
    if !context.is_null() {
        subject.insert("context".to_owned(), json!(context.to_string()));
    }
    if !readers.is_empty() {
        subject.insert("readers".to_owned(), json!(readers));
    }
    Value::Object(subject)
}

/// What a subject holds; nothing where it is no whole one.
pub fn stored(subject: &Value) -> Option<Stored> {
    let text = |name: &str| subject.get(name).and_then(Value::as_str);
    Some(Stored {
        text: text("event")?.to_owned(),
        context: text("context")
            .and_then(|context| serde_json::from_str(context).ok())
            .unwrap_or(Value::Null),
        id: text("eventID")?.to_owned(),
    })
}
