//! A cell as the file has it, and how its place is named.

use crate::draft::SourcePlace;

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Text(String),
    /// A number as the file writes it.
    Number(String),
    Bool(bool),
    /// A number that is shown as a date or time: days since the workbook's beginning.
    Day {
        serial: f64,
        from_1904: bool,
    },
    /// Computed: its value is as old as the last program that opened the file.
    Formula(String),
    /// `#N/A`, `#REF!`.
    Error(String),
}

/// A row that has something in it; columns from 0, ascending.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Row {
    /// As a spreadsheet counts it, from 1.
    pub(super) number: u32,
    pub(super) cells: Vec<(u32, Cell)>,
}

impl Row {
    pub(super) fn cell(&self, column: u32) -> Option<&Cell> {
        let at = self.cells.binary_search_by_key(&column, |(at, _)| *at).ok();
        at.and_then(|at| self.cells.get(at)).map(|(_, cell)| cell)
    }
}

/// A table with something remarkable of the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    /// Read as ISO 8859-1, which the file does not say.
    pub(super) latin1: bool,
    /// Merged ranges, by the cell at their upper left.
    pub(super) merged: Vec<(u32, u32, String)>,
    /// Sheets that were not read.
    pub(super) unread: Vec<String>,
}

impl Cell {
    /// The text as one sees it.
    pub(super) fn shown(&self) -> String {
        match self {
            Cell::Text(text) | Cell::Number(text) | Cell::Formula(text) | Cell::Error(text) => {
                text.clone()
            }
            Cell::Bool(yes) => yes.to_string(),
            Cell::Day { serial, .. } => serial.to_string(),
        }
    }
}

/// `B7`.
pub(super) fn name(row: u32, column: u32) -> String {
    format!("{}{row}", letters(column))
}

/// `A`, `Z`, `AA`: the letters of a column, from 0.
pub(super) fn letters(column: u32) -> String {
    let mut out = Vec::new();
    let mut left = column + 1;
    while left > 0 {
        left -= 1;
        out.push(char::from(b'A' + u8::try_from(left % 26).unwrap_or(0)));
        left /= 26;
    }
    out.iter().rev().collect()
}

/// The place of a cell: `B7 SCAC`.
pub(super) fn place(row: u32, column: u32, title: &str, text: &str) -> SourcePlace {
    let path = format!("{} {title}", name(row, column));
    SourcePlace::new(row, Some(column + 1), path.trim_end(), text)
}
