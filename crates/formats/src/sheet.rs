//! A spreadsheet for any record type, made from the type's schema: template out, filled sheet in, records out.
//!
//! For those who have only a spreadsheet. One sheet holds records of one type. What stands where:
//!
//! | schema | sheet |
//! | --- | --- |
//! | member, member in a member | one column, `scac`, `shipper.address` |
//! | list of plain values | one cell, the values with `;` between them (`\;` for a semicolon in a value); `[]` is an empty list |
//! | list of objects | a block of columns `goods[].packages`, one row for each item |
//! | anything else | one cell of JSON |
//!
//! A type with lists of objects has the column `record-number` in front: rows of one number are one record, whose plain columns stand in
//! its first row. A row without a number is a record of its own. Item n of each list is the n-th row of the record in which a column of
//! that list is filled; an item of a list within a list belongs to the last item of the outer list at or above its row.
//!
//! An empty cell is a member left out, so what a sheet cannot say is an empty text and blanks around a text. Nothing is guessed: a day
//! that can be read two ways, a time without its zone, a number with an ambiguous separator and digits that the spreadsheet took away are
//! faults at their cell; a [`SheetReading`] says how they are meant.
//!
//! The workbook's container and markup are read here within limits and not by a library: one that hands over a dense table of cells, or
//! that inflates before it counts, can be made to take all memory by a file of some kilobytes.

mod cell;
mod codes;
mod columns;
mod container;
mod csv;
mod dates;
mod draft;
mod numbers;
mod reader;
mod required;
mod value;
mod workbook;
mod workbook_out;
mod writer;

use crate::ReadError;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use codes::{Code, CodeLists};
pub use columns::Column;
pub use draft::{SheetDraft, SheetRecord};

use columns::List;

/// A day's crossings of a large carrier are some hundred rows; twenty thousand are no work of a person with a spreadsheet.
pub const ROWS_MAX: usize = 20_000;
/// The widest record type of the programs has some sixty columns.
pub const COLUMNS_MAX: usize = 512;
/// Cells with something in them; a full sheet of the widest type reaches it at eight thousand rows.
pub const CELLS_MAX: usize = 500_000;
/// A spreadsheet itself takes no longer text in a cell.
pub const CELL_CHARS_MAX: usize = 32_767;
/// All parts of a workbook that are read, inflated. A sheet at [`CELLS_MAX`] has some 30 MB of markup.
pub const INFLATED_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The column that says which rows are one record.
pub const RECORD_NUMBER: &str = "record-number";

/// What a sheet is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SheetForm {
    /// Comma-separated, RFC 4180, UTF-8 with a byte order mark, by which spreadsheets know it.
    Csv,
    /// Office Open XML workbook (ISO/IEC 29500).
    Xlsx,
}

/// The language of titles and help.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SheetLanguage {
    /// English.
    #[default]
    En,
    /// Spanish.
    Es,
}

impl SheetLanguage {
    /// One of two texts.
    pub(crate) fn of<'a>(self, en: &'a str, es: &'a str) -> &'a str {
        match self {
            SheetLanguage::En => en,
            SheetLanguage::Es => es,
        }
    }
}

/// How what can be read two ways is meant; nothing is assumed where a member is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct SheetReading {
    /// Which number of `03/04/2026` is the day.
    pub dates: Option<DateOrder>,
    /// IANA name of the zone of times that say none.
    pub zone: Option<String>,
    /// What `12,345` means.
    pub decimal: Option<DecimalMark>,
}

/// The order of a date in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// 03/04/2026 is the third of April.
    DayFirst,
    /// 03/04/2026 is the fourth of March.
    MonthFirst,
}

/// The mark before the decimals; the other one groups thousands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecimalMark {
    /// 12,345 is twelve thousand.
    Point,
    /// 12,345 is a little more than twelve.
    Comma,
}

/// The sheet of one record type.
#[derive(Clone, Debug)]
pub struct Sheet {
    record_type: String,
    en: String,
    es: String,
    schema: Value,
    columns: Vec<Column>,
    lists: Vec<List>,
}

impl Sheet {
    /// The sheet of a record type: `schema` describes its subject, `codes` are the lists that `x-codes` names.
    pub fn new(record_type: &str, schema: &Value, codes: &CodeLists) -> Sheet {
        let (columns, lists) = columns::of(schema, codes);
        let text = |name: &str| schema.get(name).and_then(Value::as_str).map(str::to_owned);
        let en = text("title").unwrap_or_else(|| record_type.to_owned());
        Sheet {
            record_type: record_type.to_owned(),
            es: text("x-title-es").unwrap_or_else(|| en.clone()),
            en,
            schema: schema.clone(),
            columns,
            lists,
        }
    }

    /// The record type.
    pub fn record_type(&self) -> &str {
        &self.record_type
    }

    /// What people call the record type.
    pub fn title(&self, language: SheetLanguage) -> &str {
        language.of(&self.en, &self.es)
    }

    /// The columns in the order of the template, without [`RECORD_NUMBER`].
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Whether a record may take several rows, so that the sheet has the column [`RECORD_NUMBER`].
    pub fn has_lists(&self) -> bool {
        !self.lists.is_empty()
    }

    /// An empty sheet to fill in; a workbook has a second sheet that explains each column and lists of the allowed codes.
    pub fn template(&self, form: SheetForm, language: SheetLanguage) -> Vec<u8> {
        self.write(&[], form, language)
    }

    /// Records (their subjects) as a sheet in the form of the template: what [`Sheet::read`] gives is equal to them.
    pub fn write(&self, records: &[Value], form: SheetForm, language: SheetLanguage) -> Vec<u8> {
        let rows = writer::rows(self, records, language);
        match form {
            SheetForm::Csv => csv::write(&rows).into_bytes(),
            SheetForm::Xlsx => workbook_out::write(self, &rows, language),
        }
    }

    /// Reads a filled sheet, CSV or XLSX, into drafts, all faults at their cells at once.
    ///
    /// # Errors
    /// When the file is no sheet that can be read: too large, encrypted, damaged, another kind of spreadsheet, or without a row of
    /// column names that this record type has.
    pub fn read(&self, bytes: &[u8], reading: &SheetReading) -> Result<SheetDraft, ReadError> {
        reader::read(self, bytes, reading)
    }

    /// How many of a file's column names this record type has, of how many: to tell of which type a sheet is.
    pub fn knows(&self, head: &SheetHead) -> (usize, usize) {
        head.rows
            .iter()
            .map(|row| (reader::fits(self, row), row.cells.len()))
            .max()
            .unwrap_or_default()
    }
}

/// The first row of a file that may be a sheet, read once for all record types.
#[derive(Clone, Debug)]
pub struct SheetHead {
    /// One row, or, of text, one for each delimiter that it may have.
    rows: Vec<cell::Row>,
}

impl SheetHead {
    /// The first row; none where the file is no sheet.
    pub fn of(bytes: &[u8]) -> Option<SheetHead> {
        let rows = reader::first_rows(bytes).ok()?;
        (!rows.is_empty()).then_some(SheetHead { rows })
    }
}
