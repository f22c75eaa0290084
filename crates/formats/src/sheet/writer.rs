//! Records as rows of the sheet.

use super::cell::Cell;
use super::columns::Column;
use super::{RECORD_NUMBER, Sheet, SheetLanguage, reader, value};
use serde_json::Value;

/// Header rows and the rows of all records.
pub(super) fn rows(
    sheet: &Sheet,
    records: &[Value],
    language: SheetLanguage,
) -> Vec<Vec<Option<Cell>>> {
    let [number_en, number_es] = reader::record_number_titles();
    let (mut names, mut titles) = (Vec::new(), Vec::new());
    if sheet.has_lists() {
        names.push(Some(Cell::Text(RECORD_NUMBER.to_owned())));
        titles.push(Some(Cell::Text(
            language.of(number_en, number_es).to_owned(),
        )));
    }
    for column in &sheet.columns {
        names.push(Some(Cell::Text(column.name.clone())));
        titles.push(Some(Cell::Text(title(column, language))));
    }
    let mut rows = vec![names, titles];
    for (at, record) in records.iter().enumerate() {
        let mut grid = Grid {
            sheet,
            offset: usize::from(sheet.has_lists()),
            rows: Vec::new(),
        };
        grid.place(None, record, 0);
        if sheet.has_lists() {
            for row in &mut grid.rows {
                if let Some(first) = row.first_mut() {
                    *first = Some(Cell::Text((at + 1).to_string()));
                }
            }
        }
        rows.append(&mut grid.rows);
    }
    rows
}

/// The column's title; an asterisk for what every record must have.
fn title(column: &Column, language: SheetLanguage) -> String {
    let title = language.of(&column.en, &column.es);
    if column.required {
        format!("{title} *")
    } else {
        title.to_owned()
    }
}

struct Grid<'a> {
    sheet: &'a Sheet,
    /// Columns before the first member.
    offset: usize,
    rows: Vec<Vec<Option<Cell>>>,
}

impl Grid<'_> {
    /// Places an object from a row on, its lists side by side below; tells how many rows it takes.
    fn place(&mut self, list: Option<usize>, object: &Value, row: usize) -> usize {
        let sheet = self.sheet;
        let base = match list.and_then(|list| sheet.lists.get(list)) {
            Some(list) => format!("{}/*", list.pointer),
            None => String::new(),
        };
        while self.rows.len() <= row {
            self.rows
                .push(vec![None; self.offset + sheet.columns.len()]);
        }
        for (at, column) in sheet.columns.iter().enumerate() {
            if column.list != list {
                continue;
            }
            let value = column
                .pointer
                .strip_prefix(&base)
                .and_then(|pointer| object.pointer(pointer));
            let slot = self
                .rows
                .get_mut(row)
                .and_then(|row| row.get_mut(self.offset + at));
            if let (Some(value), Some(slot)) = (value, slot) {
                *slot = Some(value::cell_of(&column.shape, value));
            }
        }
        let mut height = 1;
        for (at, inner) in sheet.lists.iter().enumerate() {
            if inner.parent != list {
                continue;
            }
            let items = inner
                .pointer
                .strip_prefix(&base)
                .and_then(|pointer| object.pointer(pointer))
                .and_then(Value::as_array);
            let mut taken = 0;
            for item in items.into_iter().flatten() {
                taken += self.place(Some(at), item, row + taken);
            }
            height = height.max(taken);
        }
        height
    }
}
