//! Declared tables: one row per case, made of records in force and of instants at which states were entered.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::acts::CaseView;
use crate::board::NamedScope;
use crate::expr::{STEPS_MAX, Val};
use crate::load::Profile;
use crate::model::Column;

/// A row of a declared table. Null where a value is not there or cannot be told; instants are ms since 1970.
#[derive(Debug, Clone, PartialEq)]
pub struct TableRow {
    /// Table.
    pub table: String,
    /// The case's key.
    pub key: String,
    /// Columns.
    pub columns: BTreeMap<String, Value>,
}

/// The rows that a case gives: one for each table of its kind. Who keeps them adds `recorded_from` and `recorded_to`.
///
/// A case that is not opened gives none: what a stranger files is in no statistics.
pub fn table_rows(profile: &Profile, case: CaseView<'_>) -> Vec<TableRow> {
    if case.state.opening.is_none() {
        return Vec::new();
    }
    let scope = NamedScope::new(profile, case);
    profile
        .model()
        .tables
        .iter()
        .filter(|(_, t)| t.row_per == case.state.case.kind)
        .map(|(name, t)| TableRow {
            table: name.clone(),
            key: case.state.case.key.clone(),
            columns: t
                .columns
                .iter()
                .map(|(c, column)| (c.clone(), cell(column, case, &scope)))
                .collect(),
        })
        .collect()
}

fn cell(column: &Column, case: CaseView<'_>, scope: &NamedScope<'_>) -> Value {
    match column {
        Column::At(typed) => {
            let newest = case
                .state
                .records
                .iter()
                .rev()
                .filter(|r| r.in_force && r.record_type == typed.record_type);
            newest
                .filter_map(|s| case.records.iter().find(|r| r.id == s.id))
                .find_map(|r| typed.path.first(&r.document).cloned())
                .unwrap_or(Value::Null)
        }
        Column::Entered { track: None, state } => case
            .state
            .way
            .iter()
            .find(|(_, s)| s == state)
            .map_or(Value::Null, |(at, _)| Value::from(*at)),
        Column::Entered {
            track: Some(track),
            state,
        } => entered(case, track, state),
        Column::Is(e) => e
            .eval(scope, STEPS_MAX)
            .known()
            .and_then(Val::to_json)
            .unwrap_or(Value::Null),
    }
}

/// When a track first entered a state: the effective time of the first record that moved it there.
fn entered(case: CaseView<'_>, track: &str, state: &str) -> Value {
    let moved = format!("{track}: {state}");
    case.state
        .records
        .iter()
        .filter(|r| r.in_force && r.moved.contains(&moved))
        .map(|r| r.effective_ms)
        .min()
        .or_else(|| {
            case.state
                .tracks
                .get(track)
                .filter(|t| t.state == state && t.by.is_some())
                .map(|t| t.since_ms)
        })
        .map_or(Value::Null, Value::from)
}
