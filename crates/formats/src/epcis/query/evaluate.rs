//! Whether an event is taken: a pure function over the event, its prefixes and when it was recorded.

use serde_json::{Map, Value};

use super::super::context::Namespaces;
use super::super::{epcs, instant, vocabulary as words};
use super::parameter::{Compare, Path, Scope, Test, Wanted};

/// Deepest extension looked into.
const DEPTH_MAX: usize = 64;

/// An event as a query looks at it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The event.
    pub event: &'a Value,
    /// What its prefixes mean.
    pub namespaces: &'a Namespaces,
    /// When it was recorded, in ms since 1970 UTC.
    pub recorded_ms: i64,
}

/// What events are ordered by. Events without the value come last.
#[derive(Debug, Clone, PartialEq)]
pub enum SortKey {
    /// An instant, ns since 1970 UTC.
    Time(i128),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// No value.
    None,
}

impl SortKey {
    /// Which comes first, smallest first; no value after all others.
    pub fn compare(&self, other: &SortKey) -> std::cmp::Ordering {
        let rank = |key: &SortKey| match key {
            SortKey::Time(_) => 0,
            SortKey::Number(_) => 1,
            SortKey::Text(_) => 2,
            SortKey::None => 3,
        };
        match (self, other) {
            (SortKey::Time(a), SortKey::Time(b)) => a.cmp(b),
            (SortKey::Number(a), SortKey::Number(b)) => a.total_cmp(b),
            (SortKey::Text(a), SortKey::Text(b)) => a.cmp(b),
            _ => rank(self).cmp(&rank(other)),
        }
    }
}

pub(super) fn time_key(value: Option<&Value>) -> SortKey {
    value
        .and_then(Value::as_str)
        .and_then(instant)
        .map_or(SortKey::None, SortKey::Time)
}

pub(super) fn field_key(seen: &Seen<'_>, name: &str) -> SortKey {
    let mut key = SortKey::None;
    if let Value::Object(members) = seen.event {
        for (found, value) in members {
            if found.contains(':') && seen.namespaces.expand(found) == name {
                key = match value {
                    Value::Number(number) => number.as_f64().map_or(SortKey::None, SortKey::Number),
                    Value::String(text) => match instant(text) {
                        Some(at) => SortKey::Time(at),
                        None => SortKey::Text(text.clone()),
                    },
                    _ => SortKey::None,
                };
            }
        }
    }
    key
}

pub(super) fn takes(test: &Test, seen: &Seen<'_>) -> bool {
    let event = seen.event;
    match test {
        Test::EventType(types) => event
            .get("type")
            .and_then(Value::as_str)
            .is_some_and(|found| {
                let found = word(found, seen);
                types.contains(&found)
            }),
        Test::RecordTime(compare, at) => {
            holds(&(i128::from(seen.recorded_ms) * 1_000_000), *compare, at)
        }
        Test::Time(paths, compare, at) => any(event, paths, &mut |value| {
            value
                .as_str()
                .and_then(instant)
                .is_some_and(|found| holds(&found, *compare, at))
        }),
        Test::Words(paths, wanted) => any(event, paths, &mut |value| {
            value.as_str().is_some_and(|found| {
                let found = word(found, seen);
                wanted.contains(&found)
            })
        }),
        Test::Flag(path, wanted) => {
            reach(event, path, &mut |value| value.as_bool() == Some(*wanted))
        }
        Test::Match(paths, wanted) => any(event, paths, &mut |value| {
            value
                .as_str()
                .is_some_and(|found| wanted.iter().any(|one| epcs::matches(found, one)))
        }),
        Test::Number(paths, member, compare, wanted, unit) => any(event, paths, &mut |item| {
            let fits = unit
                .as_ref()
                .is_none_or(|unit| item.get("uom").and_then(Value::as_str) == Some(unit.as_str()));
            fits && item
                .get(*member)
                .and_then(Value::as_f64)
                .is_some_and(|found| wanted.iter().any(|one| holds(&found, *compare, one)))
        }),
        Test::Typed(list, member, kind, wanted) => reach(event, list, &mut |item| {
            item.get("type")
                .and_then(Value::as_str)
                .is_some_and(|found| word(found, seen) == *kind)
                && item
                    .get(*member)
                    .and_then(Value::as_str)
                    .is_some_and(|found| wanted.iter().any(|one| one == found))
        }),
        Test::Exists(path) => reach(event, path, &mut |_| true),
        Test::Field {
            scope,
            inner,
            name,
            wanted,
        } => fields(seen, *scope, *inner, name, &mut |value| match wanted {
            None => true,
            Some((compare, wanted)) => fits(value, *compare, wanted, seen),
        }),
        Test::HasAttribute(name, attributes) => {
            fields(seen, Scope::Event, false, name, &mut |value| {
                attributes.iter().any(|attribute| {
                    members_of(value)
                        .iter()
                        .any(|members| named(members, attribute, seen).is_some())
                })
            })
        }
        Test::Attribute(name, attribute, wanted) => {
            fields(seen, Scope::Event, false, name, &mut |value| {
                members_of(value).iter().any(|members| {
                    named(members, attribute, seen)
                        .is_some_and(|value| fits(value, Compare::Equal, wanted, seen))
                })
            })
        }
    }
}

/// A word of the standard bare, an address in full.
fn word(text: &str, seen: &Seen<'_>) -> String {
    words::bare(&seen.namespaces.expand(text)).into_owned()
}

fn holds<T: PartialOrd>(found: &T, compare: Compare, wanted: &T) -> bool {
    match compare {
        Compare::Equal => found == wanted,
        Compare::Above => found > wanted,
        Compare::AtLeast => found >= wanted,
        Compare::Below => found < wanted,
        Compare::AtMost => found <= wanted,
    }
}

fn any(event: &Value, paths: &[Path], test: &mut dyn FnMut(&Value) -> bool) -> bool {
    paths.iter().any(|path| reach(event, path, test))
}

/// Whether something at the end of a path passes; lists on the way and at the end are gone through.
fn reach(value: &Value, path: &[&str], test: &mut dyn FnMut(&Value) -> bool) -> bool {
    if let Value::Array(items) = value {
        return items.iter().any(|item| reach(item, path, test));
    }
    match path.split_first() {
        None => test(value),
        Some((name, rest)) => value
            .get(*name)
            .is_some_and(|inner| reach(inner, rest, test)),
    }
}

/// Whether an extension field of that name passes.
fn fields(
    seen: &Seen<'_>,
    scope: Scope,
    inner: bool,
    name: &str,
    test: &mut dyn FnMut(&Value) -> bool,
) -> bool {
    let path: &[&str] = match scope {
        Scope::Event => &[],
        Scope::Ilmd => &["ilmd"],
        Scope::Error => &["errorDeclaration"],
        Scope::SensorElement => &["sensorElementList"],
        Scope::SensorMetadata => &["sensorElementList", "sensorMetadata"],
        Scope::SensorReport => &["sensorElementList", "sensorReport"],
        Scope::ReadPoint => &["readPoint"],
        Scope::BizLocation => &["bizLocation"],
    };
    reach(seen.event, path, &mut |group| {
        let Value::Object(members) = group else {
            return false;
        };
        members
            .iter()
            .filter(|(member, _)| member.contains(':'))
            .any(|(member, value)| {
                if inner {
                    deep(value, name, seen, test, 0)
                } else {
                    seen.namespaces.expand(member) == name && each(value, test)
                }
            })
    })
}

/// Looks for a member at any depth below.
fn deep(
    value: &Value,
    name: &str,
    seen: &Seen<'_>,
    test: &mut dyn FnMut(&Value) -> bool,
    depth: usize,
) -> bool {
    if depth > DEPTH_MAX {
        return false;
    }
    match value {
        Value::Array(items) => items
            .iter()
            .any(|item| deep(item, name, seen, test, depth + 1)),
        Value::Object(members) => members.iter().any(|(member, value)| {
            (seen.namespaces.expand(member) == name && each(value, test))
                || deep(value, name, seen, test, depth + 1)
        }),
        _ => false,
    }
}

/// A list passes where one of its items does.
fn each(value: &Value, test: &mut dyn FnMut(&Value) -> bool) -> bool {
    match value {
        Value::Array(items) => items.iter().any(&mut *test),
        other => test(other),
    }
}

fn members_of(value: &Value) -> Vec<&Map<String, Value>> {
    match value {
        Value::Object(members) => vec![members],
        Value::Array(items) => items.iter().filter_map(Value::as_object).collect(),
        _ => Vec::new(),
    }
}

fn named<'a>(members: &'a Map<String, Value>, name: &str, seen: &Seen<'_>) -> Option<&'a Value> {
    members
        .iter()
        .find(|(member, _)| seen.namespaces.expand(member) == name)
        .map(|(_, value)| value)
}

fn fits(value: &Value, compare: Compare, wanted: &Wanted, seen: &Seen<'_>) -> bool {
    // A typed value of JSON-LD stands under `@value`.
    let value = value.get("@value").unwrap_or(value);
    match wanted {
        Wanted::Texts(texts) => match value {
            Value::String(found) => texts.iter().any(|text| {
                text == found || seen.namespaces.expand(text) == seen.namespaces.expand(found)
            }),
            Value::Number(found) => {
                let found = found.as_f64();
                texts
                    .iter()
                    .any(|text| found.is_some() && text.parse::<f64>().ok() == found)
            }
            Value::Bool(found) => texts.iter().any(|text| text == &found.to_string()),
            _ => false,
        },
        Wanted::Number(number) => {
            let found = match value {
                Value::Number(found) => found.as_f64(),
                Value::String(text) => text.parse().ok(),
                _ => None,
            };
            found.is_some_and(|found| holds(&found, compare, number))
        }
        Wanted::Time(at) => value
            .as_str()
            .and_then(instant)
            .is_some_and(|found| holds(&found, compare, at)),
        Wanted::Flag(flag) => {
            value.as_bool() == Some(*flag)
                || value.as_str() == Some(if *flag { "true" } else { "false" })
        }
    }
}
