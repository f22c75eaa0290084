//! Comma-separated text in and out.

use super::cell::{Cell, Row, Table};
use super::{CELL_CHARS_MAX, CELLS_MAX, COLUMNS_MAX, ROWS_MAX};
use crate::ReadError;
use crate::draft::SourcePlace;
use crate::text::{self, Encoding};

/// Reads text into a table; `fits` tells how many cells of a first row are column names, by which the delimiter is chosen.
pub(super) fn read(bytes: &[u8], fits: &dyn Fn(&Row) -> usize) -> Result<Table, ReadError> {
    let (text, latin1) = decoded(bytes)?;
    let (text, told, skipped) = match text.get(..4).map(str::to_ascii_lowercase).as_deref() {
        // Excel's own word for the delimiter stands in a line of its own.
        Some("sep=") => {
            let delimiter = text.get(4..).and_then(|rest| rest.chars().next());
            let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
            (rest.to_owned(), delimiter, 1)
        }
        _ => (text, None, 0),
    };
    let delimiter = match told {
        Some(told) => told,
        None => {
            let mut best = (',', (0, 0));
            for candidate in [',', ';', '\t'] {
                let first = rows(&text, candidate, skipped, Some(1))?;
                let score = first
                    .first()
                    .map_or((0, 0), |row| (fits(row), row.cells.len()));
                if score > best.1 {
                    best = (candidate, score);
                }
            }
            best.0
        }
    };
    Ok(Table {
        rows: rows(&text, delimiter, skipped, None)?,
        latin1,
        ..Table::default()
    })
}

/// The first row with each delimiter that a text may have.
pub(super) fn first_rows(bytes: &[u8]) -> Result<Vec<Row>, ReadError> {
    let (text, _) = decoded(bytes)?;
    let mut found = Vec::new();
    for candidate in [',', ';', '\t'] {
        found.extend(rows(&text, candidate, 0, Some(1))?);
    }
    Ok(found)
}

/// UTF-8 where it is that; else ISO 8859-1, unless parts are plainly UTF-8.
fn decoded(bytes: &[u8]) -> Result<(String, bool), ReadError> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok((text.to_owned(), false));
    }
    let mixed = bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii());
    if mixed {
        return text::decode(bytes, Encoding::Utf8).map(|text| (text.into_owned(), false));
    }
    Ok((bytes.iter().map(|byte| windows_1252(*byte)).collect(), true))
}

/// A spreadsheet on Windows writes quotes, dashes and the euro sign where ISO 8859-1 has control characters.
fn windows_1252(byte: u8) -> char {
    const FROM_80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    byte.checked_sub(0x80)
        .and_then(|at| FROM_80.get(usize::from(at)).copied())
        .unwrap_or(char::from(byte))
}

fn rows(
    text: &str,
    delimiter: char,
    skipped: u32,
    most: Option<usize>,
) -> Result<Vec<Row>, ReadError> {
    let mut reader = Reader {
        rows: Vec::new(),
        row: Row {
            number: 1 + skipped,
            cells: Vec::new(),
        },
        column: 0,
        cells: 0,
    };
    let mut field = String::new();
    let (mut quoted, mut was_quoted) = (false, false);
    let mut opened = 1 + skipped;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if quoted {
            match letter {
                '"' if letters.peek() == Some(&'"') => {
                    letters.next();
                    field.push('"');
                }
                '"' => quoted = false,
                other => field.push(other),
            }
            continue;
        }
        match letter {
            '"' if field.trim().is_empty() && !was_quoted => {
                field.clear();
                (quoted, was_quoted) = (true, true);
                opened = reader.row.number;
            }
            '\r' | '\n' => {
                if letter == '\r' && letters.peek() == Some(&'\n') {
                    letters.next();
                }
                reader.field(&mut field)?;
                reader.end_of_row()?;
                was_quoted = false;
                if most.is_some_and(|most| reader.rows.len() >= most) {
                    return Ok(reader.rows);
                }
            }
            other if other == delimiter => {
                reader.field(&mut field)?;
                reader.column += 1;
                was_quoted = false;
            }
            other => field.push(other),
        }
    }
    if quoted && most.is_none() {
        return Err(ReadError::new(
            "quote-open",
            "a quotation mark is opened and not closed before the end of the file",
            "se abre una comilla que no se cierra antes del final del archivo",
        )
        .at(SourcePlace::new(
            opened,
            None,
            super::cell::name(opened, reader.column),
            &field,
        )));
    }
    reader.field(&mut field)?;
    reader.end_of_row()?;
    Ok(reader.rows)
}

struct Reader {
    rows: Vec<Row>,
    row: Row,
    column: u32,
    cells: usize,
}

impl Reader {
    fn field(&mut self, field: &mut String) -> Result<(), ReadError> {
        let text = std::mem::take(field);
        let kept = text.trim();
        if kept.is_empty() {
            return Ok(());
        }
        check_cell(self.row.number, self.column, kept)?;
        self.cells += 1;
        if self.cells > CELLS_MAX {
            return Err(too_many_cells());
        }
        // What a spreadsheet took for a formula it would write as its value: an equals sign is one that was not computed.
        let cell = if kept.starts_with('=') {
            Cell::Formula(kept.to_owned())
        } else {
            Cell::Text(text::unguarded(kept).to_owned())
        };
        self.row.cells.push((self.column, cell));
        Ok(())
    }

    fn end_of_row(&mut self) -> Result<(), ReadError> {
        let number = self.row.number;
        let row = std::mem::take(&mut self.row);
        if !row.cells.is_empty() {
            if self.rows.len() >= ROWS_MAX + 2 {
                return Err(too_many_rows());
            }
            self.rows.push(row);
        }
        self.row.number = number.saturating_add(1);
        self.column = 0;
        Ok(())
    }
}

/// That a cell stands within the table and holds no more than a spreadsheet's may.
pub(super) fn check_cell(row: u32, column: u32, text: &str) -> Result<(), ReadError> {
    let place = || {
        SourcePlace::new(
            row,
            Some(column.saturating_add(1)),
            super::cell::name(row, column.min(99_999)),
            text,
        )
    };
    if usize::try_from(column).is_ok_and(|column| column >= COLUMNS_MAX) {
        return Err(ReadError::new(
            "sheet-too-many-columns",
            format!("more than {COLUMNS_MAX} columns"),
            format!("más de {COLUMNS_MAX} columnas"),
        )
        .at(place()));
    }
    if text.len() > CELL_CHARS_MAX && text.chars().count() > CELL_CHARS_MAX {
        return Err(ReadError::new(
            "cell-too-long",
            format!("a cell holds more than {CELL_CHARS_MAX} characters"),
            format!("una celda tiene más de {CELL_CHARS_MAX} caracteres"),
        )
        .at(place()));
    }
    Ok(())
}

pub(super) fn too_many_cells() -> ReadError {
    ReadError::new(
        "sheet-too-many-cells",
        format!("more than {CELLS_MAX} cells are filled; send the sheet in parts"),
        format!("hay más de {CELLS_MAX} celdas con datos; envíe la hoja por partes"),
    )
}

pub(super) fn too_many_rows() -> ReadError {
    ReadError::new(
        "sheet-too-many-rows",
        format!("more than {ROWS_MAX} rows are filled; send the sheet in parts"),
        format!("hay más de {ROWS_MAX} filas con datos; envíe la hoja por partes"),
    )
}

/// Writes rows, safe to open in a spreadsheet. The mark in front is the only sign by which spreadsheets know UTF-8.
pub(super) fn write(rows: &[Vec<Option<Cell>>]) -> String {
    let mut out = String::from("\u{feff}");
    for row in rows {
        for (at, cell) in row.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            if let Some(cell) = cell {
                out.push_str(&written(cell));
            }
        }
        out.push_str("\r\n");
    }
    out
}

fn written(cell: &Cell) -> String {
    let text = match cell {
        Cell::Text(text) => text::guarded(text).into_owned(),
        other => other.shown(),
    };
    if text.contains([',', ';', '"', '\n', '\r', '\t']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}
