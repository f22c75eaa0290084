//! From bytes to judged events, each with its own text.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::check::{self, Slips, cut};
use super::{EVENT_BYTES_MAX, EVENT_ID_BYTES_MAX, places, shapes};
use crate::ReadError;
use crate::draft::{Severity, SourcePlace};
use crate::text::{self, Encoding};

/// A document's events with all that is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The context that holds for its events, as it stands; null where there is none.
    pub context: Value,
    /// The document's own name, where it has one.
    pub id: Option<String>,
    /// Its events, in order.
    pub events: Vec<Captured>,
    /// What is wrong, in the order of the document; [`Problem::event`] says with which event.
    pub problems: Vec<Problem>,
    /// Further ones, counted.
    pub problems_untold: usize,
    pub(super) places: BTreeMap<String, SourcePlace>,
}

/// One event of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Captured {
    /// Its place in the document, as a JSON pointer.
    pub pointer: String,
    /// Its text as it stands there.
    pub text: String,
    /// The same, read.
    pub value: Value,
}

/// Something wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable code.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// JSON pointer into the document.
    pub pointer: String,
    /// Place in the text.
    pub place: Option<SourcePlace>,
    /// Index of the event, where it is one's.
    pub event: Option<usize>,
    /// English.
    pub en: String,
    /// Spanish.
    pub es: String,
}

impl Captured {
    /// A text member.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.value.get(name).and_then(Value::as_str)
    }
}

impl Document {
    /// Whether nothing of weight is wrong with it.
    pub fn is_good(&self) -> bool {
        self.problems_untold == 0
            && self
                .problems
                .iter()
                .all(|problem| problem.severity < Severity::Error)
    }
}

/// Reads a document of events (`EPCISDocument`, `EPCISQueryDocument`) or one event with its context.
///
/// # Errors
/// Where it is too large, no UTF-8, no JSON, or no EPCIS; what leaves something readable is a [`Problem`].
pub fn document(bytes: &[u8]) -> Result<Document, ReadError> {
    let (text, value) = json(bytes)?;
    let kind = value.get("type").and_then(Value::as_str).unwrap_or("");
    let mut slips = Slips::default();
    let list = match kind {
        "EPCISDocument" => {
            check::document(&value, &shapes::DOCUMENT, &mut slips);
            "/epcisBody/eventList"
        }
        "EPCISQueryDocument" => {
            check::document(&value, &shapes::QUERY_DOCUMENT, &mut slips);
            "/epcisBody/queryResults/resultsBody/eventList"
        }
        _ if value.is_object() && value.get("epcisBody").is_none() => {
            return one(&text, value);
        }
        _ => {
            return Err(ReadError::new(
                "document-type-unknown",
                format!(
                    "`{}` is no EPCIS document; `type` is EPCISDocument, EPCISQueryDocument, or an event's",
                    cut(kind)
                ),
                format!(
                    "`{}` no es un documento EPCIS; `type` es EPCISDocument, EPCISQueryDocument o el de un evento",
                    cut(kind)
                ),
            ));
        }
    };
    let events: Vec<(String, Value)> = value
        .pointer(list)
        .and_then(Value::as_array)
        .map(|items| {
            items
                .iter()
                .take(super::EVENTS_MAX)
                .enumerate()
                .map(|(index, event)| (format!("{list}/{index}"), event.clone()))
                .collect()
        })
        .unwrap_or_default();
    let context = value.get("@context").cloned().unwrap_or(Value::Null);
    let id = value.get("id").and_then(Value::as_str).map(str::to_owned);
    finish(&text, context, id, events, slips)
}

/// Reads one event by itself, with or without a context.
///
/// # Errors
/// As [`document`].
pub fn single(bytes: &[u8]) -> Result<Document, ReadError> {
    let (text, value) = json(bytes)?;
    one(&text, value)
}

fn one(text: &str, value: Value) -> Result<Document, ReadError> {
    let mut slips = Slips::default();
    check::event(&value, "", &mut slips);
    if !value.is_object() {
        return Err(ReadError::new(
            "document-type-unknown",
            "an event is a JSON object",
            "un evento es un objeto JSON",
        ));
    }
    finish(text, Value::Null, None, vec![(String::new(), value)], slips)
}

/// The text with its value, bounded.
fn json(bytes: &[u8]) -> Result<(String, Value), ReadError> {
    let bytes = text::bounded(bytes)?;
    let text = text::decode(bytes, Encoding::Utf8)?;
    let value: Value = serde_json::from_str(&text).map_err(|error| {
        let (en, es) = if error.is_eof() {
            ("the JSON ends too soon", "el JSON termina antes de tiempo")
        } else {
            ("this is no JSON", "esto no es JSON")
        };
        ReadError::new(
            "json-syntax",
            format!("{en}: {error}"),
            format!("{es}: {error}"),
        )
        .at(SourcePlace::new(
            u32::try_from(error.line()).unwrap_or(u32::MAX),
            Some(u32::try_from(error.column()).unwrap_or(u32::MAX)),
            "",
            "",
        ))
    })?;
    Ok((text.into_owned(), value))
}

fn finish(
    text: &str,
    context: Value,
    id: Option<String>,
    events: Vec<(String, Value)>,
    mut slips: Slips,
) -> Result<Document, ReadError> {
    let mut wanted: BTreeSet<String> = BTreeSet::from(["/@context".to_owned()]);
    for (pointer, event) in &events {
        wanted.insert(pointer.clone());
        for member in ["eventID", "type", "eventTime", "bizStep", "@context"] {
            wanted.insert(check::at(pointer, member));
        }
        sizes(pointer, event, &mut slips);
    }
    wanted.extend(slips.told.iter().map(|slip| slip.pointer.clone()));
    let (spans, twice) = places::find(text, &wanted)?;
    for pointer in &twice {
        slips.put(
            pointer,
            "json-member-twice",
            Severity::Warning,
            "this name stands twice in one object; the last value counts".to_owned(),
            "este nombre está dos veces en un objeto; vale el último valor".to_owned(),
        );
    }
    let mut captured = Vec::with_capacity(events.len());
    for (pointer, value) in events {
        let own = spans
            .get(&pointer)
            .and_then(|span| text.get(span.clone()))
            .unwrap_or("");
        if own.len() > EVENT_BYTES_MAX {
            slips.put(
                &pointer,
                "event-too-large",
                Severity::Error,
                format!(
                    "the event is {} bytes, more than {EVENT_BYTES_MAX}",
                    own.len()
                ),
                format!(
                    "el evento tiene {} bytes, más de {EVENT_BYTES_MAX}",
                    own.len()
                ),
            );
        }
        // Who reads a name given twice may take either value: what is kept says one.
        let ambiguous = twice.iter().any(|twice| {
            twice
                .strip_prefix(&pointer)
                .is_some_and(|rest| rest.starts_with('/'))
        });
        captured.push(Captured {
            text: if ambiguous {
                value.to_string()
            } else {
                own.to_owned()
            },
            pointer,
            value,
        });
    }
    let places = places::places(text, &spans);
    let mut problems: Vec<Problem> = slips
        .told
        .into_iter()
        .map(|slip| Problem {
            code: slip.code,
            severity: slip.severity,
            place: places.get(&slip.pointer).cloned(),
            event: captured.iter().position(|event| {
                slip.pointer
                    .strip_prefix(&event.pointer)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }),
            pointer: slip.pointer,
            en: slip.en,
            es: slip.es,
        })
        .collect();
    problems.sort_by_key(|problem| {
        problem
            .place
            .as_ref()
            .map_or((0, None), |place| (place.line, place.column))
    });
    Ok(Document {
        context,
        id,
        events: captured,
        problems,
        problems_untold: slips.untold,
        places,
    })
}

fn sizes(pointer: &str, event: &Value, slips: &mut Slips) {
    if let Some(id) = event.get("eventID").and_then(Value::as_str)
        && id.len() > EVENT_ID_BYTES_MAX
    {
        slips.put(
            &check::at(pointer, "eventID"),
            "event-id-too-long",
            Severity::Error,
            format!("an `eventID` has at most {EVENT_ID_BYTES_MAX} bytes"),
            format!("un `eventID` tiene a lo más {EVENT_ID_BYTES_MAX} bytes"),
        );
    }
}

/// A value as one text, whatever the order of its members: equal values give equal texts.
pub fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by_key(|(name, _)| *name);
            out.push('{');
            for (index, (name, value)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}
