//! What a declared table's columns are: texts, numbers, flags, instants with their local day, month, hour and weekday.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::check_types::{self, Ty};
use crate::model::{Column, Model, Table};
use crate::schema;

/// What an instant column has beside itself, local to the table's zone: `referred.month` is `2026-11`, `referred.hour` 0 to 23,
/// `referred.weekday` 1 (Monday) to 7.
pub const PARTS: [&str; 4] = ["day", "month", "hour", "weekday"];

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// A text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// Milliseconds since 1970.
    Instant,
}

/// The columns of a table by name, an instant's parts among them (`referred.month`); none where it cannot be told from the schema.
pub fn column_types(model: &Model, table: &Table) -> BTreeMap<String, Option<ColumnType>> {
    let mut out = BTreeMap::new();
    for (name, column) in &table.columns {
        let ty = column_type(model, table, column);
        out.insert(name.clone(), ty);
        if ty == Some(ColumnType::Instant) {
            for part in PARTS {
                let of_part = match part {
                    "hour" | "weekday" => ColumnType::Number,
                    _ => ColumnType::Text,
                };
                out.insert(format!("{name}.{part}"), Some(of_part));
            }
        }
    }
    out
}

/// What one column holds; none where it cannot be told.
pub(crate) fn column_type(model: &Model, table: &Table, column: &Column) -> Option<ColumnType> {
    match column {
        Column::Entered { .. } => Some(ColumnType::Instant),
        Column::At(typed) => {
            let Some(inside) = typed.path.under("credentialSubject") else {
                return match typed.path.steps().next().flatten() {
                    Some("occurred") => Some(ColumnType::Instant),
                    _ => Some(ColumnType::Text),
                };
            };
            let root = model.schemas.get(&typed.record_type)?;
            let steps = inside.steps().map(|s| s.map(str::to_owned));
            let member = schema::resolve(root, schema::member(root, steps)?);
            if member.get("format").and_then(Value::as_str) == Some("date-time") {
                return Some(ColumnType::Instant);
            }
            of(&Ty::of_schema(root, member, 0))
        }
        Column::Is(e) => {
            let env = crate::check::case_env(model, &table.row_per, true);
            of(&check_types::type_of(e, &env))
        }
    }
}

fn of(ty: &Ty) -> Option<ColumnType> {
    match ty {
        Ty::Bool => Some(ColumnType::Flag),
        Ty::Num => Some(ColumnType::Number),
        Ty::Str | Ty::OneOf(_) => Some(ColumnType::Text),
        Ty::Any | Ty::List(..) | Ty::Obj(..) => None,
    }
}
