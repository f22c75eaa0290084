//! Judges a document against the table of shapes: all that is wrong at once, each with its JSON pointer.

use serde_json::{Map, Value};

use super::shapes::{self, Beside, Members, Shape};
use super::vocabulary as words;
use super::{EVENTS_MAX, instant};
use crate::draft::{FAULTS_MAX, Severity};

/// Something wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slip {
    /// JSON pointer into the document.
    pub(super) pointer: String,
    /// Stable code.
    pub(super) code: &'static str,
    /// How much it weighs.
    pub(super) severity: Severity,
    /// English.
    pub(super) en: String,
    /// Spanish.
    pub(super) es: String,
}

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Slips {
    /// The first [`FAULTS_MAX`].
    pub(super) told: Vec<Slip>,
    /// How many more there were.
    pub(super) untold: usize,
}

impl Slips {
    fn error(&mut self, pointer: &str, code: &'static str, en: String, es: String) {
        self.put(pointer, code, Severity::Error, en, es);
    }

    pub(super) fn put(
        &mut self,
        pointer: &str,
        code: &'static str,
        severity: Severity,
        en: String,
        es: String,
    ) {
        if self.told.len() >= FAULTS_MAX {
            self.untold += 1;
            return;
        }
        self.told.push(Slip {
            pointer: pointer.to_owned(),
            code,
            severity,
            en,
            es,
        });
    }
}

/// Judges a whole document.
pub(super) fn document(value: &Value, members: &'static Members, slips: &mut Slips) {
    group(value, &[members.named], members.beside, "", slips);
}

/// Judges one event.
pub(super) fn event(value: &Value, pointer: &str, slips: &mut Slips) {
    let event_type = value.get("type").and_then(Value::as_str).unwrap_or("");
    match shapes::of_event(event_type) {
        Some([own, shared]) => {
            let lists = [shapes::EVENT.named, own, shared];
            group(value, &lists, Beside::Extensions, pointer, slips);
            if let Value::Object(members) = value {
                objects(event_type, members, pointer, slips);
            }
        }
        None => {
            group(
                value,
                &[shapes::EVENT.named],
                Beside::Anything,
                pointer,
                slips,
            );
            if value.get("type").is_some_and(Value::is_string) && !is_uri(event_type) {
                slips.error(
                    &at(pointer, "type"),
                    "event-type-unknown",
                    format!(
                        "`{}` is no type of event; there are {}, and names with a prefix",
                        cut(event_type),
                        words::EVENT_TYPES.join(", ")
                    ),
                    format!(
                        "`{}` no es un tipo de evento; hay {}, y nombres con prefijo",
                        cut(event_type),
                        words::EVENT_TYPES.join(", ")
                    ),
                );
            }
        }
    }
}

/// That an event names objects, and only one that adds them describes them (§7.4.2 to §7.4.7).
fn objects(event_type: &str, members: &Map<String, Value>, pointer: &str, slips: &mut Slips) {
    let some = |name: &str| {
        members
            .get(name)
            .and_then(Value::as_array)
            .is_some_and(|items| !items.is_empty())
    };
    let there = |name: &str| members.get(name).is_some_and(Value::is_array);
    let action = members.get("action").and_then(Value::as_str);
    let (named, wanted) = match event_type {
        "ObjectEvent" => (
            there("epcList")
                || some("quantityList")
                || (some("sensorElementList") && members.contains_key("readPoint")),
            "`epcList`, `quantityList`, or `sensorElementList` with `readPoint`",
        ),
        "TransactionEvent" => (
            action == Some("DELETE") || there("epcList") || some("quantityList"),
            "`epcList` or `quantityList`",
        ),
        "TransformationEvent" => {
            let into = some("inputEPCList") || some("inputQuantityList");
            let out = some("outputEPCList") || some("outputQuantityList");
            (
                (into && out) || (members.contains_key("transformationID") && (into || out)),
                "inputs and outputs, or a `transformationID` with either",
            )
        }
        _ => (
            action == Some("DELETE") || some("childEPCs") || some("childQuantityList"),
            "`childEPCs` or `childQuantityList`",
        ),
    };
    if !named {
        slips.error(
            pointer,
            "event-without-objects",
            format!("a {event_type} needs {wanted}"),
            format!("un {event_type} requiere {wanted}"),
        );
    }
    if event_type == "AggregationEvent"
        && matches!(action, Some("ADD" | "DELETE"))
        && !members.contains_key("parentID")
    {
        slips.put(
            pointer,
            "parent-unnamed",
            Severity::Warning,
            "an aggregation that is made or undone should name its `parentID`".to_owned(),
            "una agregación que se hace o deshace debe nombrar su `parentID`".to_owned(),
        );
    }
    if event_type == "ObjectEvent" && members.contains_key("ilmd") && action != Some("ADD") {
        slips.error(
            &at(pointer, "ilmd"),
            "ilmd-without-add",
            "only an event with action ADD describes its objects in `ilmd`".to_owned(),
            "solo un evento con acción ADD describe sus objetos en `ilmd`".to_owned(),
        );
    }
}

fn group(
    value: &Value,
    lists: &[&'static [shapes::Member]],
    beside: Beside,
    pointer: &str,
    slips: &mut Slips,
) {
    let Value::Object(members) = value else {
        wrong(pointer, "an object", "un objeto", slips);
        return;
    };
    let named = || lists.iter().flat_map(|list| list.iter());
    for (name, _, needed) in named() {
        if *needed && !members.contains_key(*name) {
            slips.error(
                pointer,
                "member-missing",
                format!("`{name}` is missing"),
                format!("falta `{name}`"),
            );
        }
    }
    for (name, value) in members {
        match named().find(|(known, _, _)| known == name) {
            Some((_, shape, _)) => judge(value, shape, &at(pointer, name), slips),
            None => match beside {
                Beside::Anything => {}
                Beside::Extensions if is_uri(name) => {}
                Beside::Extensions | Beside::Nothing => slips.error(
                    &at(pointer, name),
                    "member-unknown",
                    format!(
                        "`{}` is no member here; an extension has a prefix: `example:{}`",
                        cut(name),
                        cut(name)
                    ),
                    format!(
                        "`{}` no va aquí; una extensión lleva prefijo: `example:{}`",
                        cut(name),
                        cut(name)
                    ),
                ),
            },
        }
    }
}

fn judge(value: &Value, shape: &'static Shape, pointer: &str, slips: &mut Slips) {
    match shape {
        Shape::Text => {
            text(value, pointer, slips);
        }
        Shape::Uri => uri(value, pointer, slips),
        Shape::UriOrUris => match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    uri(item, &at(pointer, &index.to_string()), slips);
                }
            }
            other => uri(other, pointer, slips),
        },
        Shape::Time => {
            if let Some(found) = text(value, pointer, slips)
                && instant(found).is_none()
            {
                slips.error(
                    pointer,
                    "time-malformed",
                    format!(
                        "`{}` is no date and time with zone, as in 2026-11-24T15:10:00Z",
                        cut(found)
                    ),
                    format!(
                        "`{}` no es fecha y hora con zona, como 2026-11-24T15:10:00Z",
                        cut(found)
                    ),
                );
            }
        }
        Shape::Offset => {
            if let Some(found) = text(value, pointer, slips)
                && !is_offset(found)
            {
                slips.error(
                    pointer,
                    "offset-malformed",
                    format!(
                        "`{}` is no offset from UTC between -14:00 and +14:00, as in -06:00",
                        cut(found)
                    ),
                    format!(
                        "`{}` no es una diferencia con UTC entre -14:00 y +14:00, como -06:00",
                        cut(found)
                    ),
                );
            }
        }
        Shape::Number => {
            if !value.is_number() {
                wrong(pointer, "a number", "un número", slips);
            }
        }
        Shape::Flag => {
            if !value.is_boolean() {
                wrong(pointer, "true or false", "true o false", slips);
            }
        }
        Shape::Hex => {
            if let Some(found) = text(value, pointer, slips)
                && (found.is_empty() || !found.bytes().all(|byte| byte.is_ascii_hexdigit()))
            {
                wrong(
                    pointer,
                    "hexadecimal digits",
                    "dígitos hexadecimales",
                    slips,
                );
            }
        }
        Shape::Unit => {
            if let Some(found) = text(value, pointer, slips)
                && !is_unit(found)
            {
                slips.error(
                    pointer,
                    "unit-malformed",
                    format!("`{}` is no code of a unit, as in KGM", cut(found)),
                    format!("`{}` no es una clave de unidad, como KGM", cut(found)),
                );
            }
        }
        Shape::Version => {
            if let Some(found) = text(value, pointer, slips)
                && !is_version(found)
            {
                wrong(
                    pointer,
                    "a version, as in 2.0",
                    "una versión, como 2.0",
                    slips,
                );
            }
        }
        Shape::Context => context(value, pointer, slips),
        Shape::Word(known) => {
            if let Some(found) = text(value, pointer, slips)
                && !known.contains(&found)
            {
                word(found, pointer, slips);
            }
        }
        Shape::Only(known) => {
            if let Some(found) = text(value, pointer, slips)
                && !known.contains(&found)
            {
                slips.error(
                    pointer,
                    "word-unknown",
                    format!("`{}` is not one of {}", cut(found), known.join(", ")),
                    format!("`{}` no es uno de {}", cut(found), known.join(", ")),
                );
            }
        }
        Shape::List {
            of,
            least,
            distinct,
        } => items(value, of, *least, *distinct, pointer, slips),
        Shape::Group(members) => group(value, &[members.named], members.beside, pointer, slips),
        Shape::Event => event(value, pointer, slips),
    }
}

fn items(
    value: &Value,
    of: &'static Shape,
    least: usize,
    distinct: bool,
    pointer: &str,
    slips: &mut Slips,
) {
    let Value::Array(items) = value else {
        wrong(pointer, "a list", "una lista", slips);
        return;
    };
    if items.len() < least {
        slips.error(
            pointer,
            "list-empty",
            "this list needs an item".to_owned(),
            "esta lista requiere un elemento".to_owned(),
        );
    }
    if matches!(of, Shape::Event) && items.len() > EVENTS_MAX {
        slips.error(
            pointer,
            "events-too-many",
            format!(
                "{} events, more than the {EVENTS_MAX} of a document",
                items.len()
            ),
            format!(
                "{} eventos, más de los {EVENTS_MAX} de un documento",
                items.len()
            ),
        );
        return;
    }
    let mut seen = std::collections::HashSet::new();
    for (index, item) in items.iter().enumerate() {
        let place = at(pointer, &index.to_string());
        judge(item, of, &place, slips);
        if distinct
            && let Some(text) = item.as_str()
            && !seen.insert(text)
        {
            slips.error(
                &place,
                "item-twice",
                format!("`{}` stands twice in this list", cut(text)),
                format!("`{}` está dos veces en esta lista", cut(text)),
            );
        }
    }
}

/// A word that the list does not have: an address that is not the standard's own counts, as it may be somebody's.
fn word(found: &str, pointer: &str, slips: &mut Slips) {
    let standard = words::bare(found);
    if standard != found {
        slips.error(
            pointer,
            "word-as-address",
            format!(
                "a word of the standard stands bare in JSON: `{}`",
                cut(&standard)
            ),
            format!(
                "una palabra del estándar va sola en JSON: `{}`",
                cut(&standard)
            ),
        );
    } else if !is_uri(found) {
        slips.error(
            pointer,
            "word-unknown",
            format!(
                "`{}` is no word of the standard; one's own has a prefix",
                cut(found)
            ),
            format!(
                "`{}` no es palabra del estándar; la propia lleva prefijo",
                cut(found)
            ),
        );
    }
}

fn context(value: &Value, pointer: &str, slips: &mut Slips) {
    match value {
        Value::String(_) => uri(value, pointer, slips),
        Value::Object(_) => {}
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let place = at(pointer, &index.to_string());
                match item {
                    Value::String(_) => uri(item, &place, slips),
                    Value::Object(_) => {}
                    _ => wrong(
                        &place,
                        "an address or an object",
                        "una dirección o un objeto",
                        slips,
                    ),
                }
            }
        }
        _ => wrong(pointer, "a JSON-LD context", "un contexto JSON-LD", slips),
    }
}

fn uri(value: &Value, pointer: &str, slips: &mut Slips) {
    if let Some(found) = text(value, pointer, slips)
        && !is_uri(found)
    {
        slips.error(
            pointer,
            "address-malformed",
            format!(
                "`{}` is no URI: it needs a scheme, as in urn:uuid:… or https://…",
                cut(found)
            ),
            format!(
                "`{}` no es un URI: requiere un esquema, como urn:uuid:… o https://…",
                cut(found)
            ),
        );
    }
}

fn text<'a>(value: &'a Value, pointer: &str, slips: &mut Slips) -> Option<&'a str> {
    let found = value.as_str();
    if found.is_none() {
        wrong(pointer, "a text", "un texto", slips);
    }
    found
}

fn wrong(pointer: &str, en: &str, es: &str, slips: &mut Slips) {
    slips.error(
        pointer,
        "value-malformed",
        format!("this must be {en}"),
        format!("esto debe ser {es}"),
    );
}

/// A scheme, a colon, and something without blanks behind it (RFC 3986 §3.1; the characters of RFC 3987 are let through).
pub(super) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_'))
        && !rest.is_empty()
        && !rest.chars().any(|letter| {
            letter.is_whitespace()
                || letter.is_control()
                || matches!(letter, '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`')
        })
}

fn is_offset(text: &str) -> bool {
    let bytes = text.as_bytes();
    let [b'+' | b'-', tens, ones, b':', minute_tens, minute_ones] = bytes else {
        return false;
    };
    if ![tens, ones, minute_tens, minute_ones]
        .iter()
        .all(|byte| byte.is_ascii_digit())
    {
        return false;
    }
    let hours = (tens - b'0') * 10 + (ones - b'0');
    let minutes = (minute_tens - b'0') * 10 + (minute_ones - b'0');
    hours < 14 && minutes < 60 || hours == 14 && minutes == 0
}

fn is_unit(text: &str) -> bool {
    (2..=3).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn is_version(text: &str) -> bool {
    text.split('.')
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The pointer to a member.
pub(super) fn at(pointer: &str, name: &str) -> String {
    let name = name.replace('~', "~0").replace('/', "~1");
    format!("{pointer}/{name}")
}

/// Enough of a value to recognise it in a message.
pub(super) fn cut(text: &str) -> String {
    const CHARS: usize = 80;
    let mut shown: String = text.chars().take(CHARS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
