//! A query from the members of an address: `EQ_bizStep=shipping%7Creceiving`.

use serde_json::{Map, Number, Value};

use super::super::context::Namespaces;
use super::parameter::Takes;
use super::{Query, Slip, takes_of};

/// Reads a query from an address's members, values of a list parted by `|` or given by repeating the name.
///
/// # Errors
/// All slips at once, as [`Query::read`].
pub fn from_pairs<'a>(
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    known: &Namespaces,
) -> Result<Query, Vec<Slip>> {
    let mut members: Map<String, Value> = Map::new();
    let mut slips = Vec::new();
    for (name, text) in pairs {
        let Some(takes) = takes_of(name) else {
            slips.push(super::parameter::unknown(name));
            continue;
        };
        let Some(value) = value(takes, text) else {
            slips.push(super::parameter::wrong(name, takes));
            continue;
        };
        match (members.get_mut(name), value) {
            (Some(Value::Array(held)), Value::Array(more)) => held.extend(more),
            (Some(_), _) => slips.push(Slip::new(
                "parameter-twice",
                name,
                format!("`{name}` is given twice"),
                format!("`{name}` viene dos veces"),
            )),
            (None, value) => {
                members.insert(name.to_owned(), value);
            }
        }
    }
    match Query::of(&members, known) {
        Ok(query) if slips.is_empty() => Ok(query),
        Ok(_) => Err(slips),
        Err(more) => {
            slips.extend(more);
            Err(slips)
        }
    }
}

fn value(takes: Takes, text: &str) -> Option<Value> {
    let number = |text: &str| -> Option<Value> {
        if let Ok(whole) = text.parse::<u64>() {
            return Some(Value::from(whole));
        }
        text.parse::<f64>()
            .ok()
            .and_then(Number::from_f64)
            .map(Value::Number)
    };
    let list = || {
        Value::Array(
            text.split('|')
                .filter(|part| !part.is_empty())
                .map(Value::from)
                .collect(),
        )
    };
    match takes {
        Takes::Texts | Takes::TextsOrFlag => Some(list()),
        Takes::Text | Takes::Time => Some(Value::from(text)),
        Takes::Number => number(text),
        Takes::Numbers => text
            .split('|')
            .map(number)
            .collect::<Option<Vec<_>>>()
            .map(Value::Array),
        Takes::TimeOrNumber => number(text).or_else(|| Some(Value::from(text))),
        Takes::TextsTimeOrNumber => Some(list()),
        Takes::Presence => match text {
            "" | "true" | "1" | "null" => Some(Value::Bool(true)),
            "false" | "0" => Some(Value::Bool(false)),
            _ => None,
        },
    }
}
