//! Declared tables: one row per case, made of records in force and of instants at which states were entered.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::acts::CaseView;
use crate::board::NamedScope;
use crate::calendar;
use crate::clocks::instant;
use crate::expr::{STEPS_MAX, Val};
use crate::indicator::PARTS;
use crate::load::Profile;
use crate::model::{Column, Model, Table, TypedPath};

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
            columns: columns(profile.model(), (name, t), case, &scope),
        })
        .collect()
}

/// The columns, instants as milliseconds with their local day, month, hour and weekday beside them.
fn columns(
    model: &Model,
    (table_name, table): (&str, &Table),
    case: CaseView<'_>,
    scope: &NamedScope<'_>,
) -> BTreeMap<String, Value> {
    let mut out = BTreeMap::new();
    let mut zone: Option<TimeZone> = None;
    for (name, column) in &table.columns {
        let mut value = cell(column, case, scope);
        if model.is_instant(table_name, name) {
            let at_ms = match &value {
                Value::String(text) => instant(text),
                other => other.as_i64(),
            };
            value = at_ms.map_or(Value::Null, Value::from);
            let zone = zone.get_or_insert_with(|| zone_of(model, table, case));
            out.extend(local(name, at_ms, zone));
        }
        out.insert(name.clone(), value);
    }
    out
}

/// `NAME.day`, `NAME.month`, `NAME.hour`, `NAME.weekday` of an instant; null where there is none.
fn local(name: &str, at_ms: Option<i64>, zone: &TimeZone) -> Vec<(String, Value)> {
    let at = at_ms
        .and_then(|ms| Timestamp::from_millisecond(ms).ok())
        .map(|t| zone.to_datetime(t));
    PARTS
        .iter()
        .map(|part| {
            let value = at.map_or(Value::Null, |at| match *part {
                "day" => Value::from(at.date().to_string()),
                "month" => Value::from(format!("{:04}-{:02}", at.year(), at.month())),
                "hour" => Value::from(at.hour()),
                _ => Value::from(at.weekday().to_monday_one_offset()),
            });
            (format!("{name}.{part}"), value)
        })
        .collect()
}

/// The zone of a table's instants for one case: that of its post's place, or the one named; else UTC.
fn zone_of(model: &Model, table: &Table, case: CaseView<'_>) -> TimeZone {
    let Some(named) = &table.zone else {
        return TimeZone::UTC;
    };
    let Some(post) = named.strip_prefix("post.").and_then(|p| model.posts.get(p)) else {
        return calendar::zone(named);
    };
    post.at
        .iter()
        .find_map(|typed| newest(typed, case))
        .and_then(|place| case.directory.zones.get(place.as_str()?))
        .map_or(TimeZone::UTC, |zone| calendar::zone(zone))
}

/// What a path finds in the newest record in force that has it.
fn newest<'a>(typed: &TypedPath, case: CaseView<'a>) -> Option<&'a Value> {
    let newest = case
        .state
        .records
        .iter()
        .rev()
        .filter(|r| r.in_force && r.record_type == typed.record_type);
    newest
        .filter_map(|s| case.records.iter().find(|r| r.id == s.id))
        .find_map(|r| typed.path.first(&r.document))
}

fn cell(column: &Column, case: CaseView<'_>, scope: &NamedScope<'_>) -> Value {
    match column {
        Column::At(typed) => newest(typed, case).cloned().unwrap_or(Value::Null),
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
