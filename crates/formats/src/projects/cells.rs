//! The cells of a row under their columns' names: what is told of any of them, and what is read from each kind.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use jiff::civil::Date;

use super::ROWS_MAX;
use super::coarse_date::{CoarseDate, Precision};
use super::words::CURRENCIES;
use crate::ReadError;
use crate::delimited::{self, Row, Table};
use crate::draft::{Builder, Places, Severity, SourcePlace};
use crate::elements::ElementRow;
use crate::kinds::DocumentKind;

/// What a record type holds of digits before the point of an amount.
const AMOUNT_DIGITS_MAX: usize = 15;

/// One column of a table.
pub(super) struct Column {
    pub(super) name: &'static str,
    /// Whether a row can't be without it; the column itself must always be there.
    pub(super) required: bool,
    /// The longest cell, in characters.
    pub(super) chars_max: usize,
    pub(super) en: &'static str,
    pub(super) es: &'static str,
    /// The members that it fills.
    pub(super) goes: &'static [(&'static str, &'static str)],
}

/// The columns as rows of a page.
pub(super) fn elements(columns: &[Column]) -> Vec<ElementRow> {
    let row = |c: &Column| ElementRow::new(c.name, c.en, c.es, c.required, c.goes);
    columns.iter().map(row).collect()
}

/// A table that is read, and the draft that it becomes.
pub(super) struct Reader {
    pub(super) out: Builder,
    columns: &'static [Column],
    /// Where each column stands in the file.
    at: Vec<Option<usize>>,
    width: usize,
    /// Errors told of rows so far.
    errors: usize,
}

/// A cell of a row.
#[derive(Clone, Copy)]
pub(super) struct Cell<'r> {
    pub(super) name: &'static str,
    /// Its text, trimmed; empty where the file has no such column.
    pub(super) text: &'r str,
    row: &'r Row,
    column: Option<usize>,
}

impl Cell<'_> {
    pub(super) fn place(&self) -> SourcePlace {
        match self.column {
            Some(column) => self.row.place(column, self.name),
            None => self.row.row_place(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

impl Reader {
    /// Reads a table's header, telling what is wrong with it.
    pub(super) fn open(
        kind: DocumentKind,
        bytes: &[u8],
        columns: &'static [Column],
    ) -> Result<(Reader, Vec<Row>), ReadError> {
        let table = delimited::read(bytes)?;
        if let Some(row) = table.rows.get(ROWS_MAX) {
            return Err(ReadError::new(
                "csv-too-many-rows",
                format!("more than {ROWS_MAX} rows"),
                format!("más de {ROWS_MAX} filas"),
            )
            .at(row.row_place()));
        }
        let mut places = Places::default();
        table.tell_encoding(&mut places);
        let at: Vec<Option<usize>> = columns.iter().map(|c| table.column(c.name)).collect();
        let place = |column: usize| header_place(&table, column);
        if at.iter().all(Option::is_none) {
            return Err(ReadError::new(
                "columns-unknown",
                "none of this table's columns is there",
                "no está ninguna de las columnas de esta tabla",
            )
            .at(place(0)));
        }
        let mut reader = Reader {
            out: Builder::new(kind, places),
            columns,
            at,
            width: table.header.len(),
            errors: 0,
        };
        for (column, found) in columns.iter().zip(reader.at.clone()) {
            if found.is_none() {
                let name = column.name;
                reader.tell_header(
                    "column-missing",
                    SourcePlace::new(
                        table.header_line,
                        None,
                        format!("row {}", table.header_line),
                        "",
                    ),
                    (
                        format!("column `{name}` is missing"),
                        format!("falta la columna `{name}`"),
                    ),
                );
            }
        }
        for (column, name) in table.header.iter().enumerate() {
            let shown: String = name.chars().take(40).collect();
            if name.is_empty() {
                reader.tell_header(
                    "column-untitled",
                    place(column),
                    (
                        format!("column {} has no name", column + 1),
                        format!("la columna {} no tiene nombre", column + 1),
                    ),
                );
            } else if table.column(name) != Some(column) {
                reader.tell_header(
                    "column-repeated",
                    place(column),
                    (
                        format!("column `{shown}` is there twice"),
                        format!("la columna `{shown}` está repetida"),
                    ),
                );
            } else if !reader.at.contains(&Some(column)) {
                reader.tell_header(
                    "column-unknown",
                    place(column),
                    (
                        format!("column `{shown}` is none of this table"),
                        format!("la columna `{shown}` no es de esta tabla"),
                    ),
                );
            }
        }
        Ok((reader, table.rows))
    }

    fn tell_header(&mut self, code: &'static str, place: SourcePlace, (en, es): (String, String)) {
        self.out
            .fault_at(Severity::Error, code, "", Some(place), en, es);
    }

    /// Errors told so far, to see whether a row had one.
    pub(super) fn errors(&self) -> usize {
        self.errors
    }

    /// The cell of a row under a column's name.
    pub(super) fn cell<'r>(&self, row: &'r Row, name: &'static str) -> Cell<'r> {
        let index = self.columns.iter().position(|column| column.name == name);
        let column = index.and_then(|index| self.at.get(index).copied().flatten());
        let text = column.and_then(|column| row.cells.get(column));
        Cell {
            name,
            text: text.map_or("", String::as_str),
            row,
            column,
        }
    }

    /// Tells what is wrong with any cell: too many or too few of them, one that is missing, too long, holds what no text
    /// has or is a formula.
    pub(super) fn row(&mut self, row: &Row) {
        if row.cells.len() != self.width {
            let (found, width) = (row.cells.len(), self.width);
            self.errors += 1;
            self.out.fault_at(
                Severity::Error,
                "csv-row-length",
                "",
                Some(row.row_place()),
                format!("this row has {found} cells, the header {width}"),
                format!("esta fila tiene {found} celdas, el encabezado {width}"),
            );
        }
        let columns = self.columns;
        for column in columns {
            let cell = self.cell(row, column.name);
            if cell.column.is_some() && cell.is_empty() && column.required {
                self.error("cell-missing", &cell, ("is empty", "está vacía"));
            }
            if cell.text.chars().count() > column.chars_max {
                let most = column.chars_max;
                self.error(
                    "cell-too-long",
                    &cell,
                    (
                        &format!("has more than {most} characters"),
                        &format!("tiene más de {most} caracteres"),
                    ),
                );
            }
            if cell.text.chars().any(is_hidden) {
                self.error(
                    "control-character",
                    &cell,
                    (
                        "holds a line end, a control character or one that turns the direction of text",
                        "contiene un salto de línea, un carácter de control o uno que cambia la dirección del texto",
                    ),
                );
            }
            if cell.column.is_some_and(|at| row.formulas.contains(&at)) {
                self.error(
                    "formula-in-cell",
                    &cell,
                    (
                        "begins as a formula does (= + - @ or a tab), which a spreadsheet would run",
                        "empieza como una fórmula (= + - @ o tabulador), que una hoja de cálculo ejecutaría",
                    ),
                );
            }
        }
    }

    /// Tells an error about a cell; its column's name stands before the words.
    pub(super) fn error(&mut self, code: &'static str, cell: &Cell<'_>, words: (&str, &str)) {
        self.errors += 1;
        self.tell(Severity::Error, code, cell, words);
    }

    /// Tells something about a cell.
    pub(super) fn tell(
        &mut self,
        severity: Severity,
        code: &'static str,
        cell: &Cell<'_>,
        (en, es): (&str, &str),
    ) {
        let (name, place) = (cell.name, cell.place());
        let origin = place.path.clone();
        self.out.fault_at(
            severity,
            code,
            &origin,
            Some(place),
            format!("`{name}` {en}"),
            format!("`{name}` {es}"),
        );
    }

    /// Sets a member to what a cell says.
    pub(super) fn set(
        &mut self,
        record: usize,
        pointer: &str,
        value: impl Into<serde_json::Value>,
        cell: &Cell<'_>,
    ) {
        let place = cell.place();
        let origin = place.path.clone();
        self.out.set_at(record, pointer, value, &origin, place);
    }

    /// Sets a list to the parts that a cell says.
    pub(super) fn set_each(
        &mut self,
        record: usize,
        member: &str,
        parts: &[String],
        cell: &Cell<'_>,
    ) {
        for (index, part) in parts.iter().enumerate() {
            self.set(record, &format!("{member}/{index}"), part.as_str(), cell);
        }
    }

    /// Says when what a record states happened.
    pub(super) fn occurred(&mut self, record: usize, at: jiff::Timestamp, cell: &Cell<'_>) {
        let place = cell.place();
        let origin = place.path.clone();
        self.out.place(origin.clone(), place);
        self.out.occurred(record, at, &origin);
    }

    /// The id of a project.
    pub(super) fn project(&mut self, cell: &Cell<'_>) -> Option<String> {
        if cell.is_empty() {
            return None;
        }
        if project_id(cell.text) {
            return Some(cell.text.to_owned());
        }
        self.error(
            "project-id-form",
            cell,
            (
                "should be 3 to 80 small letters, digits and hyphens, like us-ca-otay-mesa-east-poe",
                "debería tener de 3 a 80 letras minúsculas, dígitos y guiones, como us-ca-otay-mesa-east-poe",
            ),
        );
        None
    }

    /// One of the codes of a list, as written.
    pub(super) fn code(
        &mut self,
        cell: &Cell<'_>,
        codes: &[&'static str],
        code: &'static str,
    ) -> Option<&'static str> {
        if cell.is_empty() {
            return None;
        }
        let found = codes.iter().find(|known| **known == cell.text);
        if found.is_none() {
            let all = codes.join(", ");
            self.error(
                code,
                cell,
                (
                    &format!("should be one of {all}"),
                    &format!("debería ser uno de {all}"),
                ),
            );
        }
        found.copied()
    }

    /// A stated date, however coarse.
    pub(super) fn date(&mut self, cell: &Cell<'_>) -> Option<CoarseDate> {
        if cell.is_empty() {
            return None;
        }
        match cell.text.parse::<CoarseDate>() {
            Ok(date) => Some(date),
            Err(error) => {
                self.error(error.code(), cell, (&error.to_string(), &error.es()));
                None
            }
        }
    }

    /// The day on which something was stated.
    pub(super) fn day(&mut self, cell: &Cell<'_>) -> Option<Date> {
        if cell.is_empty() {
            return None;
        }
        let date = match cell.text.parse::<CoarseDate>() {
            Ok(date) if date.precision() == Precision::Day => return Some(date.first()),
            found => found,
        };
        match date {
            Err(error) if error.code() != "date-form" => {
                self.error(error.code(), cell, (&error.to_string(), &error.es()));
            }
            Ok(_) | Err(_) => self.error(
                "day-form",
                cell,
                (
                    "should be the day on which it was stated, like 2026-03-10",
                    "debería ser el día en que se declaró, como 2026-03-10",
                ),
            ),
        }
        None
    }

    /// A currency.
    pub(super) fn currency(&mut self, cell: &Cell<'_>) -> Option<&'static str> {
        self.code(cell, CURRENCIES, "currency-unknown")
    }

    /// An amount of money, above zero.
    pub(super) fn amount(&mut self, cell: &Cell<'_>) -> Option<String> {
        let text = cell.text;
        if text.is_empty() {
            return None;
        }
        if let Some(rest) = text.strip_prefix('-')
            && (delimited::is_number(rest) || without_separators(rest).is_some())
        {
            self.error(
                "amount-negative",
                cell,
                ("should not be negative", "no debería ser negativo"),
            );
            return None;
        }
        if let Some(value) = without_separators(text) {
            self.error(
                "amount-separators",
                cell,
                (
                    &format!("should be written without separators of thousands: {value}"),
                    &format!("debería escribirse sin separadores de miles: {value}"),
                ),
            );
            return None;
        }
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let point = text.contains('.');
        if whole.is_empty()
            || !digits(whole)
            || !digits(part)
            || (point && !(1..=2).contains(&part.len()))
            || (whole.len() > 1 && whole.starts_with('0'))
        {
            self.error(
                "amount-form",
                cell,
                (
                    "should be a plain number like 1300000000 or 14598276333.02",
                    "debería ser un número simple como 1300000000 o 14598276333.02",
                ),
            );
            return None;
        }
        if whole.len() > AMOUNT_DIGITS_MAX {
            self.error(
                "amount-too-large",
                cell,
                ("has more than 15 digits", "tiene más de 15 dígitos"),
            );
            return None;
        }
        if text.bytes().all(|byte| matches!(byte, b'0' | b'.')) {
            self.error(
                "amount-zero",
                cell,
                ("should be above zero", "debería ser mayor que cero"),
            );
            return None;
        }
        Some(text.to_owned())
    }

    /// Texts parted by a separator, each held to its limits.
    pub(super) fn parts(
        &mut self,
        cell: &Cell<'_>,
        separator: &str,
        (count_max, chars_max): (usize, usize),
    ) -> Vec<String> {
        if cell.is_empty() {
            return Vec::new();
        }
        let parts: Vec<String> = cell
            .text
            .split(separator)
            .map(|part| part.trim().to_owned())
            .collect();
        if parts.iter().any(String::is_empty) {
            self.error(
                "part-empty",
                cell,
                ("has an empty part", "tiene una parte vacía"),
            );
        }
        if parts.len() > count_max || parts.iter().any(|part| part.chars().count() > chars_max) {
            self.error(
                "cell-too-long",
                cell,
                (
                    &format!("holds at most {count_max} parts of {chars_max} characters"),
                    &format!("admite hasta {count_max} partes de {chars_max} caracteres"),
                ),
            );
        }
        parts
    }

    /// Tells that an actual completion lies after the day on which it was stated.
    pub(super) fn is_past(
        &mut self,
        actual: Option<CoarseDate>,
        stated_on: Option<Date>,
        cell: &Cell<'_>,
    ) {
        if let (Some(actual), Some(day)) = (actual, stated_on)
            && actual.first() > day
        {
            self.error(
                "actual-after-statement",
                cell,
                (
                    &format!("lies after {day}, the day on which it was stated as a fact"),
                    &format!("es posterior a {day}, el día en que se declaró como hecho"),
                ),
            );
        }
    }
}

fn header_place(table: &Table, column: usize) -> SourcePlace {
    let line = table.header_line;
    let name = table.header.get(column).map_or("", String::as_str);
    let number = u32::try_from(column + 1).unwrap_or(u32::MAX);
    SourcePlace::new(line, Some(number), format!("row {line}/{number}"), name)
}

/// Whether a text is a project's id: `us-ca-otay-mesa-east-poe`.
pub(crate) fn project_id(text: &str) -> bool {
    let right = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (3..=80).contains(&text.len()) && text.bytes().all(right) && !text.starts_with('-')
}

/// Noon of that day, UTC: a statement has a day and no hour, and noon is on that day at this border too.
pub(crate) fn noon(day: Date) -> Option<jiff::Timestamp> {
    jiff::tz::TimeZone::UTC
        .to_timestamp(day.at(12, 0, 0, 0))
        .ok()
}

/// Ids or keys that were there before, with the line of the first.
#[derive(Default)]
pub(super) struct Seen(HashMap<String, u32>);

impl Seen {
    /// The line at which it was there before.
    pub(super) fn before(&mut self, key: String, line: u32) -> Option<u32> {
        match self.0.entry(key) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(free) => {
                free.insert(line);
                None
            }
        }
    }
}

/// What a cell of text must not hold: line ends and other controls, and what shows text in another order than it is.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// The number, where the text writes one with separators of thousands: `1,300,000`, `1.300.000,50`, `1 300`.
fn without_separators(text: &str) -> Option<String> {
    let separator = text.chars().find(|letter| !letter.is_ascii_digit())?;
    if !matches!(
        separator,
        ',' | '.' | ' ' | '\'' | '_' | '’' | '\u{A0}' | '\u{202F}'
    ) {
        return None;
    }
    let mark = if separator == ',' { '.' } else { ',' };
    let (whole, part) = match text.rsplit_once([mark, '.']) {
        Some((whole, part)) if whole.contains(separator) && (1..=2).contains(&part.len()) => {
            (whole, Some(part))
        }
        _ => (text, None),
    };
    let mut groups = whole.split(separator);
    let first = groups.next()?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mut rest = groups.peekable();
    rest.peek()?;
    let right = (1..=3).contains(&first.len())
        && digits(first)
        && rest.all(|group| group.len() == 3 && digits(group))
        && part.is_none_or(digits);
    let plain: String = whole.chars().filter(char::is_ascii_digit).collect();
    right.then(|| match part {
        Some(part) => format!("{plain}.{part}"),
        None => plain,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_of_thousands_are_seen_through() {
        for (text, value) in [
            ("1,300,000", Some("1300000")),
            ("1.300.000,50", Some("1300000.50")),
            ("1,300,000.5", Some("1300000.5")),
            ("1 300", Some("1300")),
            ("1'300'000", Some("1300000")),
            ("1 300.25", Some("1300.25")),
            ("14.598.276.333", Some("14598276333")),
            ("1300000", None),
            ("1300.50", None),
            ("1,30", None),
            ("13,0000", None),
            ("1,300,00", None),
            ("1,300,000 M", None),
            ("$1,300", None),
        ] {
            assert_eq!(without_separators(text).as_deref(), value, "{text}");
        }
    }
}
