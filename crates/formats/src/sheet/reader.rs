//! From a table to drafts: which row names the columns, which rows are one record, where each value lands.

use super::cell::{self, Cell, Row, Table};
use super::codes::folded;
use super::value::{self, Trouble};
use super::{
    RECORD_NUMBER, ROWS_MAX, Sheet, SheetDraft, SheetReading, SheetRecord, csv, required, workbook,
};
use crate::draft::{DraftRecord, FAULTS_MAX, Fault, Severity, SourcePlace, insert};
use crate::{ReadError, text};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Reads a filled sheet, see [`Sheet::read`].
pub(super) fn read(
    sheet: &Sheet,
    bytes: &[u8],
    reading: &SheetReading,
) -> Result<SheetDraft, ReadError> {
    let table = table(sheet, bytes)?;
    let mut rows = table.rows.iter().peekable();
    let header = rows.next().ok_or_else(|| no_header(sheet, 1))?;
    let mut faults = Faults::default();
    remarks(&table, &mut faults);
    let heads = heads(sheet, header, &mut faults);
    if heads.by_column.is_empty() {
        return Err(no_header(sheet, header.number));
    }
    while rows.next_if(|row| is_titles(sheet, &heads, row)).is_some() {}
    let rows: Vec<&Row> = rows.collect();
    if rows.len() > ROWS_MAX {
        return Err(csv::too_many_rows());
    }
    missing_columns(sheet, &heads, header, &mut faults);
    untitled(&heads, header, &rows, &mut faults);
    let mut records = Vec::new();
    for (number, rows) in grouped(&heads, &rows) {
        let mut one = Reading {
            sheet,
            heads: &heads,
            reading,
            index: records.len(),
            subject: Value::Object(Map::new()),
            sources: BTreeMap::new(),
            told: BTreeSet::new(),
            items: vec![None; sheet.lists.len()],
            rows: HashMap::new(),
            first: rows.first().map_or(0, |row| row.number),
            errors: 0,
            faults: &mut faults,
        };
        for (at, row) in rows.iter().enumerate() {
            one.row(row, rows.first().filter(|_| at > 0).copied());
        }
        records.push(one.finish(number));
    }
    let of_sheet = faults.errors_of_sheet > 0;
    for record in &mut records {
        record.complete = record.errors == 0 && record.draft.missing.is_empty() && !of_sheet;
    }
    faults.told.sort_by_key(|fault| {
        fault
            .place
            .as_ref()
            .map_or((0, None), |place| (place.line, place.column))
    });
    Ok(SheetDraft {
        record_type: sheet.record_type.clone(),
        records,
        faults: faults.told,
        faults_untold: faults.untold,
    })
}

/// The first row as each delimiter would have it, see [`super::SheetHead`].
pub(super) fn first_rows(bytes: &[u8]) -> Result<Vec<Row>, ReadError> {
    match kind(bytes)? {
        FileKind::Workbook(bytes) => Ok(workbook::read(bytes, "")?
            .rows
            .into_iter()
            .take(1)
            .collect()),
        FileKind::Text(bytes) => csv::first_rows(bytes),
    }
}

/// The file as a table, whichever of the two it is.
fn table(sheet: &Sheet, bytes: &[u8]) -> Result<Table, ReadError> {
    match kind(bytes)? {
        FileKind::Workbook(bytes) => workbook::read(bytes, &sheet.record_type),
        FileKind::Text(bytes) => csv::read(bytes, &|row| fits(sheet, row)),
    }
}

enum FileKind<'a> {
    Workbook(&'a [u8]),
    Text(&'a [u8]),
}

/// What the file is, or why it is none that is read.
fn kind(bytes: &[u8]) -> Result<FileKind<'_>, ReadError> {
    let bytes = text::bounded(bytes)?;
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Ok(FileKind::Workbook(bytes));
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        // The stream of an encrypted workbook has this name, in UTF-16.
        let name: Vec<u8> = "EncryptedPackage"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let is_encrypted = bytes.windows(name.len()).any(|window| window == name);
        return Err(if is_encrypted {
            super::container::encrypted()
        } else {
            workbook::save_as(
                "sheet-xls",
                "a workbook of before 2007 (xls)",
                "un libro anterior a 2007 (xls)",
            )
        });
    }
    let head = bytes.trim_ascii_start();
    if head.starts_with(b"<") {
        return Err(workbook::save_as(
            "sheet-html",
            "a web page or XML",
            "una página web o XML",
        ));
    }
    if head.starts_with(b"%PDF-") {
        return Err(workbook::save_as(
            "sheet-pdf",
            "a PDF document",
            "un documento PDF",
        ));
    }
    if bytes.contains(&0) {
        return Err(workbook::save_as(
            "sheet-kind-unknown",
            "no text and no workbook",
            "algo que no es texto ni libro",
        ));
    }
    Ok(FileKind::Text(bytes))
}

fn no_header(sheet: &Sheet, row: u32) -> ReadError {
    ReadError::new(
        "sheet-no-header",
        format!("no column of the record type {} is named in the first row; begin with the template", sheet.record_type),
        format!("la primera fila no nombra ninguna columna del tipo de registro {}; parta de la plantilla", sheet.record_type),
    )
    .at(SourcePlace::new(row, None, format!("row {row}"), ""))
}

/// How many cells of a row name a column.
pub(super) fn fits(sheet: &Sheet, row: &Row) -> usize {
    let names = row.cells.iter();
    names
        .filter(|(_, cell)| {
            matches!(
                named(sheet, &cell.shown()),
                Named::Column(_) | Named::Number
            )
        })
        .count()
}

enum Named {
    Column(usize),
    Number,
    Several,
    Unknown,
}

/// The column that a head means: by its name, else by its title in either language.
fn named(sheet: &Sheet, head: &str) -> Named {
    let head = head.trim().trim_end_matches('*').trim_end();
    if head == RECORD_NUMBER {
        return Named::Number;
    }
    if let Some(at) = sheet.columns.iter().position(|column| column.name == head) {
        return Named::Column(at);
    }
    let wanted = folded(head);
    if record_number_titles()
        .iter()
        .any(|title| folded(title) == wanted)
    {
        return Named::Number;
    }
    let mut by_title = sheet.columns.iter().enumerate().filter(|(_, column)| {
        folded(&column.en) == wanted
            || folded(&column.es) == wanted
            || folded(&column.name) == wanted
    });
    match (by_title.next(), by_title.next()) {
        (Some((at, _)), None) => Named::Column(at),
        (Some(_), Some(_)) => Named::Several,
        (None, _) => Named::Unknown,
    }
}

/// Titles of the column that says which rows are one record.
pub(super) fn record_number_titles() -> [&'static str; 2] {
    ["Record number", "Número de registro"]
}

/// What the first row says of the columns.
pub(super) struct Heads {
    /// Column of the sheet to column of the record type.
    by_column: BTreeMap<u32, usize>,
    number: Option<u32>,
    /// Columns of the sheet by column of the record type.
    at: HashMap<usize, u32>,
    /// Columns of the file that say what they are, known or not.
    titled: BTreeSet<u32>,
}

impl Heads {
    pub(super) fn column_of(&self, column: usize) -> Option<u32> {
        self.at.get(&column).copied()
    }
}

fn heads(sheet: &Sheet, header: &Row, faults: &mut Faults) -> Heads {
    let mut heads = Heads {
        by_column: BTreeMap::new(),
        number: None,
        at: HashMap::new(),
        titled: BTreeSet::new(),
    };
    for (at, cell) in &header.cells {
        let text = cell.shown();
        let place = Some(cell::place(header.number, *at, "", &text));
        heads.titled.insert(*at);
        match named(sheet, &text) {
            Named::Number if heads.number.is_none() => heads.number = Some(*at),
            Named::Column(column) if !heads.at.contains_key(&column) => {
                heads.at.insert(column, *at);
                heads.by_column.insert(*at, column);
            }
            Named::Number | Named::Column(_) => faults.of_sheet(
                "column-repeated",
                place,
                format!("column `{text}` stands twice"),
                format!("la columna `{text}` está dos veces"),
            ),
            Named::Several => faults.of_sheet(
                "column-ambiguous",
                place,
                format!("`{text}` is the title of several columns; write the column's name, as the template has it"),
                format!("`{text}` es el título de varias columnas; escriba el nombre de la columna, como en la plantilla"),
            ),
            Named::Unknown => faults.of_sheet(
                "column-unknown",
                place,
                format!("`{text}` is no column of the record type {}", sheet.record_type),
                format!("`{text}` no es una columna del tipo de registro {}", sheet.record_type),
            ),
        }
    }
    heads
}

/// Whether a row repeats the columns' titles, as the second one of the template does.
fn is_titles(sheet: &Sheet, heads: &Heads, row: &Row) -> bool {
    row.cells.iter().all(|(at, cell)| {
        let text = cell.shown();
        let text = folded(text.trim_end_matches('*').trim_end());
        let title = |title: &str| folded(title) == text;
        match heads.by_column.get(at) {
            Some(column) => sheet
                .columns
                .get(*column)
                .is_some_and(|column| title(&column.en) || title(&column.es)),
            None => {
                heads.number == Some(*at) && record_number_titles().iter().any(|one| title(one))
            }
        }
    })
}

fn missing_columns(sheet: &Sheet, heads: &Heads, header: &Row, faults: &mut Faults) {
    for (at, column) in sheet.columns.iter().enumerate() {
        if column.required && !heads.at.contains_key(&at) {
            faults.of_sheet(
                "column-missing",
                Some(SourcePlace::new(
                    header.number,
                    None,
                    format!("row {}", header.number),
                    "",
                )),
                format!(
                    "column `{}` ({}) is required and is not in the sheet",
                    column.name, column.en
                ),
                format!(
                    "la columna `{}` ({}) es obligatoria y no está en la hoja",
                    column.name, column.es
                ),
            );
        }
    }
}

/// Values in a column without a name would be left out silently.
fn untitled(heads: &Heads, header: &Row, rows: &[&Row], faults: &mut Faults) {
    let mut told = BTreeSet::new();
    for row in rows {
        for (at, cell) in &row.cells {
            if !heads.titled.contains(at) && told.insert(*at) {
                let name = cell::letters(*at);
                faults.of_sheet(
                    "column-untitled",
                    Some(cell::place(row.number, *at, "", &cell.shown())),
                    format!(
                        "column {name} has values and no name in row {}",
                        header.number
                    ),
                    format!(
                        "la columna {name} tiene valores y ningún nombre en la fila {}",
                        header.number
                    ),
                );
            }
        }
    }
}

fn remarks(table: &Table, faults: &mut Faults) {
    if table.latin1 {
        faults.tell(Fault {
            severity: Severity::Note,
            ..Fault::whole(
                "encoding-latin1",
                None,
                "the text is not UTF-8 and is read as ISO-8859-1 (Windows-1252)".to_owned(),
                "el texto no es UTF-8 y se lee como ISO-8859-1 (Windows-1252)".to_owned(),
            )
        });
    }
    for other in table.unread.iter().take(20) {
        faults.tell(Fault {
            severity: Severity::Note,
            ..Fault::whole(
                "sheet-unread",
                Some(SourcePlace::new(0, None, other.clone(), other)),
                format!("the sheet `{other}` is not read: records stand in one sheet"),
                format!("no se lee la hoja `{other}`: los registros están en una sola hoja"),
            )
        });
    }
    for (row, column, range) in &table.merged {
        faults.tell(Fault {
            severity: Severity::Warning,
            ..Fault::whole(
                "cells-merged",
                Some(cell::place(*row, *column, "", range)),
                format!("cells {range} are merged: only the first one has the value"),
                format!("las celdas {range} están combinadas: solo la primera tiene el valor"),
            )
        });
    }
}

/// Rows of one record, in the order in which records begin.
fn grouped<'a>(heads: &Heads, rows: &[&'a Row]) -> Vec<(Option<String>, Vec<&'a Row>)> {
    let mut records: Vec<(Option<String>, Vec<&Row>)> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for row in rows {
        let number = heads
            .number
            .and_then(|at| row.cell(at))
            .map(|cell| cell.shown().trim().to_owned());
        match &number {
            Some(text) => match known.get(text).and_then(|at| records.get_mut(*at)) {
                Some((_, rows)) => rows.push(row),
                None => {
                    known.insert(text.clone(), records.len());
                    records.push((number, vec![row]));
                }
            },
            None => records.push((None, vec![row])),
        }
    }
    records
}

/// Faults, counted beyond the limit.
#[derive(Default)]
pub(super) struct Faults {
    told: Vec<Fault>,
    untold: usize,
    errors_of_sheet: usize,
}

impl Faults {
    fn tell(&mut self, fault: Fault) {
        if self.told.len() < FAULTS_MAX {
            self.told.push(fault);
        } else {
            self.untold += 1;
        }
    }

    /// An error of no record: it holds up all.
    fn of_sheet(&mut self, code: &'static str, place: Option<SourcePlace>, en: String, es: String) {
        self.errors_of_sheet += 1;
        self.tell(Fault::whole(code, place, en, es));
    }
}

/// One record while its rows are read.
pub(super) struct Reading<'a> {
    pub(super) sheet: &'a Sheet,
    pub(super) heads: &'a Heads,
    reading: &'a SheetReading,
    index: usize,
    pub(super) subject: Value,
    sources: BTreeMap<String, SourcePlace>,
    /// Pointers of cells that were filled, rightly or not.
    pub(super) told: BTreeSet<String>,
    /// For each list the index of its item at hand.
    items: Vec<Option<usize>>,
    /// The row of each item, by pointer.
    pub(super) rows: HashMap<String, u32>,
    pub(super) first: u32,
    errors: usize,
    faults: &'a mut Faults,
}

impl Reading<'_> {
    fn row(&mut self, row: &Row, first: Option<&Row>) {
        let filled: BTreeSet<usize> = row
            .cells
            .iter()
            .filter_map(|(at, _)| self.heads.by_column.get(at))
            .filter_map(|column| self.sheet.columns.get(*column)?.list)
            .collect();
        for (at, list) in self.sheet.lists.iter().enumerate() {
            if !filled.contains(&at) {
                continue;
            }
            if list
                .parent
                .is_some_and(|parent| self.items.get(parent).is_none_or(Option::is_none))
            {
                self.error(
                    "row-without-item",
                    None,
                    Some(SourcePlace::new(
                        row.number,
                        None,
                        format!("row {}", row.number),
                        "",
                    )),
                    format!(
                        "`{}` belongs to an item that no row at or above this one begins",
                        list.en
                    ),
                    format!(
                        "`{}` pertenece a un elemento que ninguna fila hasta esta inicia",
                        list.es
                    ),
                );
                continue;
            }
            let next = self
                .items
                .get(at)
                .copied()
                .flatten()
                .map_or(0, |item| item + 1);
            if let Some(item) = self.items.get_mut(at) {
                *item = Some(next);
            }
            // A new item has its own lists within.
            for (inner, other) in self.sheet.lists.iter().enumerate().skip(at + 1) {
                if other.pointer.starts_with(&format!("{}/", list.pointer))
                    && let Some(item) = self.items.get_mut(inner)
                {
                    *item = None;
                }
            }
            if let Some(pointer) = self.located(&format!("{}/*", list.pointer), Some(at)) {
                insert(&mut self.subject, &pointer, Value::Object(Map::new()));
                self.rows.insert(pointer, row.number);
            }
        }
        for (at, cell) in &row.cells {
            if let Some(column) = self.heads.by_column.get(at) {
                self.cell(
                    row.number,
                    *at,
                    *column,
                    cell,
                    first.map(|first| first.cell(*at)),
                );
            }
        }
    }

    /// A pointer with the index of the item at hand for each `*`.
    fn located(&self, pointer: &str, list: Option<usize>) -> Option<String> {
        let mut indices = Vec::new();
        let mut at = list;
        while let Some(list) = at {
            indices.push(self.items.get(list).copied().flatten()?);
            at = self.sheet.lists.get(list)?.parent;
        }
        let mut out = String::new();
        for token in pointer.split('/').skip(1) {
            out.push('/');
            match token {
                "*" => out.push_str(&indices.pop()?.to_string()),
                name => out.push_str(name),
            }
        }
        Some(out)
    }

    fn cell(
        &mut self,
        row: u32,
        at: u32,
        column: usize,
        cell: &Cell,
        before: Option<Option<&Cell>>,
    ) {
        let Some(column) = self.sheet.columns.get(column) else {
            return;
        };
        let Some(pointer) = self.located(&column.pointer, column.list) else {
            return;
        };
        let shown = cell.shown();
        let place = cell::place(row, at, &column.en, &shown);
        if let (None, Some(before)) = (column.list, before) {
            // Values that are filled down to the other rows of a record say nothing new.
            if before != Some(cell) {
                let said = before.map(Cell::shown).unwrap_or_default();
                self.error(
                    "record-contradicts",
                    Some(pointer),
                    Some(place),
                    format!(
                        "the record's first row says `{said}` for `{}`, this one `{shown}`",
                        column.en
                    ),
                    format!(
                        "la primera fila del registro dice `{said}` en `{}`; esta dice `{shown}`",
                        column.es
                    ),
                );
            }
            return;
        }
        let (value, troubles) = value::read(&column.shape, cell, self.reading);
        self.told.insert(pointer.clone());
        for Trouble {
            code,
            severity,
            en,
            es,
        } in troubles
        {
            let shown = &place.text;
            let mut told = Fault::whole(
                code,
                Some(place.clone()),
                format!("{}: `{shown}` {en}", column.en),
                format!("{}: `{shown}` {es}", column.es),
            );
            told.record = Some(self.index);
            told.pointer = Some(pointer.clone());
            told.severity = severity;
            if severity == Severity::Error {
                self.errors += 1;
            }
            self.faults.tell(told);
        }
        if let Some(value) = value
            && insert(&mut self.subject, &pointer, value)
        {
            self.sources.insert(pointer, place);
        }
    }

    pub(super) fn error(
        &mut self,
        code: &'static str,
        pointer: Option<String>,
        place: Option<SourcePlace>,
        en: String,
        es: String,
    ) {
        self.errors += 1;
        let mut told = Fault::whole(code, place, en, es);
        told.record = Some(self.index);
        told.pointer = pointer;
        self.faults.tell(told);
    }

    fn finish(mut self, number: Option<String>) -> SheetRecord {
        let missing = required::missing(&mut self);
        SheetRecord {
            number,
            row: self.first,
            complete: false,
            draft: DraftRecord {
                record_type: self.sheet.record_type.clone(),
                optional: false,
                subject: self.subject,
                standing: None,
                source: None,
                sources: self.sources.into_iter().collect(),
                missing,
                occurred: None,
                amends: None,
            },
            errors: self.errors,
        }
    }
}
