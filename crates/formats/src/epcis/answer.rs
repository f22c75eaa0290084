//! The answer to a query: an `EPCISQueryDocument` in which each event stands as it was captured.

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::CONTEXT;
use super::context::Merged;

/// An event on its way out.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Its text as captured, or made.
    pub text: String,
    /// The context under which it was captured; null where there was none.
    pub context: Value,
    /// Members that the repository adds where the event brought none: `eventID`, `recordTime`.
    pub added: Vec<(&'static str, String)>,
}

/// Whom the answer is for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Heading<'a> {
    /// Name of the query; `SimpleEventQuery` for one without.
    pub query: &'a str,
    /// The subscription that it is sent to.
    pub subscription: Option<&'a str>,
    /// When it was made: date and time with zone.
    pub created: &'a str,
}

/// The document.
pub fn document(heading: &Heading<'_>, events: &[Outgoing]) -> String {
    let mut merged = Merged::default();
    let mut list = String::new();
    for event in events {
        let own = (!merged.take(&event.context)).then_some(&event.context);
        if !list.is_empty() {
            list.push(',');
        }
        list.push_str(&text(event, own));
    }
    let mut results = Map::new();
    results.insert("queryName".to_owned(), Value::from(heading.query));
    if let Some(id) = heading.subscription {
        results.insert("subscriptionID".to_owned(), Value::from(id));
    }
    let mut results = Value::Object(results).to_string();
    results.pop();
    format!(
        "{{\"@context\":{},\"type\":\"EPCISQueryDocument\",\"schemaVersion\":\"2.0\",\"creationDate\":{},\"epcisBody\":{{\"queryResults\":{results},\"resultsBody\":{{\"eventList\":[{list}]}}}}}}}}",
        merged.context(),
        Value::from(heading.created),
    )
}

/// One event with what the repository adds; its own text stays byte for byte.
pub fn text(event: &Outgoing, context: Option<&Value>) -> String {
    let Some(rest) = event.text.trim_start().strip_prefix('{') else {
        return event.text.clone();
    };
    // A member that the event brought itself is its own to say.
    let held: Map<String, Value> = serde_json::from_str(&event.text).unwrap_or_default();
    let mut first = String::new();
    if let Some(context) = context
        && !held.contains_key("@context")
    {
        first.push_str(&format!("\"@context\":{context},"));
    }
    for (name, value) in &event.added {
        if !held.contains_key(*name) {
            first.push_str(&format!(
                "{}:{},",
                Value::from(*name),
                Value::from(value.as_str())
            ));
        }
    }
    if held.is_empty() {
        first.pop();
    }
    format!("{{{first}{rest}")
}

/// A list of names, as the typed resources answer.
pub fn collection(members: impl IntoIterator<Item = String>) -> Value {
    json!({ "@context": CONTEXT, "type": "Collection", "member": members.into_iter().collect::<Vec<_>>() })
}

/// Whether a text is one JSON value: what is put together from pieces is looked at before it leaves.
pub fn is_json(text: &str) -> bool {
    serde_json::from_str::<&RawValue>(text).is_ok()
}
