//! What a record type requires and a sheet leaves out; how many items its lists have.

use super::cell;
use super::columns::{escape, required_of, resolve, titles, type_of};
use super::reader::Reading;
use crate::draft::{Missing, SourcePlace};
use serde_json::Value;

/// As deep as columns go.
const DEPTH_MAX: usize = 20;

/// All that is missing, told at the cells that should hold it.
pub(super) fn missing(reading: &mut Reading<'_>) -> Vec<Missing> {
    let schema = reading.sheet.schema.clone();
    let mut walk = Walk {
        root: &schema,
        found: Vec::new(),
        counts: Vec::new(),
    };
    let subject = std::mem::take(&mut reading.subject);
    let at = At {
        pointer: String::new(),
        general: String::new(),
        row: reading.first,
    };
    walk.object(reading, &schema, &subject, &at, 0);
    reading.subject = subject;
    let Walk { found, counts, .. } = walk;
    for (pointer, row, en, es) in counts {
        let place = SourcePlace::new(row, None, format!("row {row}"), "");
        reading.error(en.0, Some(pointer), Some(place), en.1, es);
    }
    let mut out = Vec::new();
    for (gap, at) in found {
        let column = reading
            .sheet
            .columns
            .iter()
            .position(|column| column.pointer == at.general);
        // A column that the whole sheet lacks is told once where it is required always.
        let absent = column.is_none_or(|column| reading.heads.column_of(column).is_none());
        let always = column
            .and_then(|column| reading.sheet.columns.get(column))
            .is_some_and(|column| column.required);
        if !(absent && always) {
            let place = match column.and_then(|column| reading.heads.column_of(column)) {
                Some(column) => cell::place(at.row, column, &gap.en, ""),
                None => SourcePlace::new(at.row, None, format!("row {} {}", at.row, gap.en), ""),
            };
            reading.error(
                "cell-missing",
                Some(gap.pointer.clone()),
                Some(place),
                format!("{} is missing", gap.en),
                format!("falta {}", gap.es),
            );
        }
        out.push(gap);
    }
    out
}

#[derive(Clone)]
struct At {
    pointer: String,
    /// The pointer with `*` for each index.
    general: String,
    row: u32,
}

type Counted = (String, u32, (&'static str, String), String);

struct Walk<'a> {
    root: &'a Value,
    found: Vec<(Missing, At)>,
    counts: Vec<Counted>,
}

impl<'a> Walk<'a> {
    fn object(
        &mut self,
        reading: &Reading<'_>,
        schema: &'a Value,
        value: &Value,
        at: &At,
        depth: usize,
    ) {
        let schema = resolve(self.root, schema);
        let members = schema.get("properties").and_then(Value::as_object);
        if depth > DEPTH_MAX {
            return;
        }
        for (name, said) in members.into_iter().flatten() {
            let member = resolve(self.root, said);
            let token = escape(name);
            let here = At {
                pointer: format!("{}/{token}", at.pointer),
                general: format!("{}/{token}", at.general),
                row: at.row,
            };
            let is_required = required_of(schema).any(|one| one == name);
            match (value.get(name), type_of(member)) {
                (Some(inner @ Value::Object(_)), "object") => {
                    self.object(reading, member, inner, &here, depth + 1);
                }
                (Some(Value::Array(items)), "array") => {
                    self.list(reading, member, items, &here, name, depth);
                }
                (Some(_), _) => {}
                (None, _) if !is_required || is_told(reading, &here.pointer) => {}
                // Of a group that is left out, what it would need is told by its own columns.
                (None, "object") if required_of(member).next().is_some() => {
                    self.object(reading, member, &Value::Null, &here, depth + 1);
                }
                (None, _) => {
                    let (en, es) = match reading
                        .sheet
                        .columns
                        .iter()
                        .find(|column| column.pointer == here.general)
                    {
                        Some(column) => (column.en.clone(), column.es.clone()),
                        None => titles(member, name),
                    };
                    let pointer = here.pointer.clone();
                    self.found.push((Missing { pointer, en, es }, here));
                }
            }
        }
    }

    fn list(
        &mut self,
        reading: &Reading<'_>,
        schema: &'a Value,
        items: &[Value],
        at: &At,
        name: &str,
        depth: usize,
    ) {
        let Some(shape) = schema.get("items") else {
            return;
        };
        let found = reading
            .sheet
            .lists
            .iter()
            .find(|list| list.pointer == at.general);
        let Some(list) = found else {
            return;
        };
        let (en, es) = titles(schema, name);
        let mut count = |code, en: String, es: String| {
            self.counts
                .push((at.pointer.clone(), at.row, (code, en), es));
        };
        if items.len() < list.least {
            count(
                "items-too-few",
                format!("{en}: {} items, {} are the least", items.len(), list.least),
                format!(
                    "{es}: {} elementos; el mínimo es {}",
                    items.len(),
                    list.least
                ),
            );
        }
        if items.len() > list.most {
            count(
                "items-too-many",
                format!("{en}: {} items, {} are the most", items.len(), list.most),
                format!(
                    "{es}: {} elementos; el máximo es {}",
                    items.len(),
                    list.most
                ),
            );
        }
        for (index, item) in items.iter().enumerate() {
            let pointer = format!("{}/{index}", at.pointer);
            let row = reading.rows.get(&pointer).copied().unwrap_or(at.row);
            let here = At {
                pointer,
                general: format!("{}/*", at.general),
                row,
            };
            self.object(reading, shape, item, &here, depth + 1);
        }
    }
}

/// Whether a cell of the member, or of a member in it, was filled: what is wrong with it is told already.
fn is_told(reading: &Reading<'_>, pointer: &str) -> bool {
    reading.told.contains(pointer)
}
