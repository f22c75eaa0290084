//! Facts of a case page that stand in no record of the case: board fields that links answer.

use garita_profile::board::BoardRow;
use garita_profile::links;
use serde_json::Value;

use super::words::Say;
use crate::console::{Fact, Rich};

/// The fields of a board's row that name a link and are known, under the board's own words for them.
pub(super) fn linked(say: &Say, row: Option<&(String, BoardRow)>) -> Vec<Fact> {
    let Some((name, row)) = row else {
        return Vec::new();
    };
    let Some(board) = say.profile.model().boards.get(name) else {
        return Vec::new();
    };
    let fields = board
        .fields
        .iter()
        .filter(|(_, expr)| !links::names([*expr]).is_empty());
    fields
        .filter_map(|(field, _)| {
            let text = words(say, row.fields.get(field)?)?;
            Some(Fact {
                label: say.word(&format!("board.{field}")),
                value: Rich::text(text),
                ..Fact::default()
            })
        })
        .collect()
}

/// A value in words, each state by its own; none where there is nothing to say.
fn words(say: &Say, value: &Value) -> Option<String> {
    let one = |value: &Value| match value {
        Value::String(text) if say.profile.model().states.contains_key(text) => {
            Some(say.state(Some(text)).label)
        }
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(n) => Some(n.to_string()),
        _ => None,
    };
    let told: Vec<String> = match value {
        Value::Array(items) => items.iter().filter_map(one).collect(),
        other => one(other).into_iter().collect(),
    };
    (!told.is_empty()).then(|| told.join(", "))
}
