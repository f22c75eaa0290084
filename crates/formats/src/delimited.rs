//! A bounded reader of delimited text as spreadsheets and brokers' programs export it.
//!
//! Over the csv crate, which splits. What is added: the delimiter found from the first line (`,`, `;` or tab, as Excel
//! uses one or the other by locale), UTF-8 with or without a byte order mark, Latin-1 where it is no UTF-8, limits,
//! and the line of each row.

use crate::ReadError;
use crate::draft::{Places, Severity, SourcePlace};
use crate::text::{self, Encoding};
use std::borrow::Cow;

/// Six years of monthly figures of all ports are 5,000 rows; two hundred thousand are an attachment or an attack.
pub(crate) const ROWS_MAX: usize = 200_000;
/// The widest form read here has 130 columns.
pub(crate) const CELLS_OF_ROW_MAX: usize = 512;
/// The longest free text of the documents read here has a few thousand characters.
pub(crate) const CELL_BYTES_MAX: usize = 64 * 1024;

/// A table: the first row names the columns.
pub(crate) struct Table {
    /// Line of the header.
    pub(crate) header_line: u32,
    /// The columns' names, trimmed.
    pub(crate) header: Vec<String>,
    /// The rows below.
    pub(crate) rows: Vec<Row>,
    /// Whether the text was no UTF-8 and so read as Latin-1.
    latin1: bool,
    /// Whether a text read as Latin-1 holds letters that look like UTF-8.
    mixed: bool,
}

/// A row with its line.
pub(crate) struct Row {
    /// Line of its first cell, from 1.
    pub(crate) line: u32,
    /// The cells, trimmed.
    pub(crate) cells: Vec<String>,
    /// The columns whose cell, as it stands in the file, a spreadsheet takes for a formula.
    pub(crate) formulas: Vec<usize>,
}

impl Row {
    /// The place of a cell under its column's name.
    pub(crate) fn place(&self, column: usize, name: &str) -> SourcePlace {
        let text = self.cells.get(column).map_or("", String::as_str);
        SourcePlace::new(
            self.line,
            Some(u32::try_from(column + 1).unwrap_or(u32::MAX)),
            format!("row {}/{name}", self.line),
            text,
        )
    }

    /// The place of the whole row.
    pub(crate) fn row_place(&self) -> SourcePlace {
        let shown = self.cells.join(" ");
        SourcePlace::new(self.line, None, format!("row {}", self.line), shown.trim())
    }
}

/// Reads a table.
///
/// # Errors
/// `document-too-large`, `document-empty`, `encoding-unknown`, `encoding-mixed`, `csv-malformed`, `csv-truncated`,
/// `csv-too-many-rows`, `csv-too-many-cells`, `csv-value-too-long`.
pub(crate) fn read(bytes: &[u8]) -> Result<Table, ReadError> {
    let marked = bytes.starts_with(b"\xEF\xBB\xBF");
    let bytes = text::bounded(bytes)?;
    let utf8 = std::str::from_utf8(bytes).is_ok();
    let text: Cow<'_, str> = match utf8 || marked {
        true => text::decode(bytes, Encoding::Utf8)?,
        false => text::decode(bytes, Encoding::Latin1)?,
    };
    if text.contains('\0') {
        return Err(text::encoding_unknown("binary"));
    }
    let mut table = Table {
        header_line: 1,
        header: Vec::new(),
        rows: Vec::new(),
        latin1: !utf8,
        mixed: !utf8 && looks_double(bytes),
    };
    let mut lines = Lines {
        bytes: text.as_bytes(),
        at: 0,
        line: 1,
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    loop {
        let start = reader.position().byte();
        let more = reader.read_record(&mut record).map_err(|_| {
            ReadError::new(
                "csv-malformed",
                "a row can't be split into cells",
                "una fila no se puede dividir en celdas",
            )
        })?;
        if !more {
            break;
        }
        let line = lines.to(usize::try_from(start).unwrap_or(usize::MAX));
        let end = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        let at = |code: &'static str, en: String, es: String| {
            let path = format!("row {line}");
            Err(ReadError::new(code, en, es).at(SourcePlace::new(line, None, path, "")))
        };
        if reader.is_done() || end >= text.len() {
            let raw = text.as_bytes().get(lines.at..).unwrap_or(&[]);
            if raw.iter().filter(|byte| **byte == b'"').count() % 2 == 1 {
                return at(
                    "csv-truncated",
                    "a quote is opened and never closed".to_owned(),
                    "se abre una comilla que nunca se cierra".to_owned(),
                );
            }
        }
        if table.rows.len() >= ROWS_MAX {
            return at(
                "csv-too-many-rows",
                format!("more than {ROWS_MAX} rows"),
                format!("más de {ROWS_MAX} filas"),
            );
        }
        if record.len() > CELLS_OF_ROW_MAX {
            return at(
                "csv-too-many-cells",
                format!("more than {CELLS_OF_ROW_MAX} cells in a row"),
                format!("más de {CELLS_OF_ROW_MAX} celdas en una fila"),
            );
        }
        if record.iter().any(|cell| cell.len() > CELL_BYTES_MAX) {
            return at(
                "csv-value-too-long",
                format!("a cell of more than {CELL_BYTES_MAX} bytes"),
                format!("una celda de más de {CELL_BYTES_MAX} bytes"),
            );
        }
        let formulas = record
            .iter()
            .enumerate()
            .filter(|(_, cell)| opens_as_formula(cell))
            .map(|(column, _)| column)
            .collect();
        let cells: Vec<String> = record
            .iter()
            .map(|cell| text::unguarded(cell.trim()).to_owned())
            .collect();
        if cells.iter().all(String::is_empty) {
            continue;
        }
        if table.header.is_empty() {
            table.header_line = line;
            table.header = cells;
        } else {
            table.rows.push(Row {
                line,
                cells,
                formulas,
            });
        }
    }
    Ok(table)
}

impl Table {
    /// Tells what was assumed of the encoding and which rows have cells without a column.
    pub(crate) fn tell(&self, places: &mut Places) {
        self.tell_encoding(places);
        self.tell_extra_cells(places);
    }

    /// Tells what was assumed of the encoding.
    pub(crate) fn tell_encoding(&self, places: &mut Places) {
        let start = || Some(SourcePlace::new(1, None, "row 1", ""));
        if self.mixed {
            places.fault_at(
                Severity::Warning,
                "encoding-mixed",
                "",
                start(),
                "part of this text looks like UTF-8, part is not; it is read as ISO-8859-1, look at its accents"
                    .to_owned(),
                "una parte del texto parece UTF-8 y otra no; se lee como ISO-8859-1, revise los acentos".to_owned(),
            );
        } else if self.latin1 {
            places.fault_at(
                Severity::Note,
                "encoding-latin1",
                "",
                start(),
                "this is no UTF-8 and is read as ISO-8859-1".to_owned(),
                "no es UTF-8 y se lee como ISO-8859-1".to_owned(),
            );
        }
    }

    fn tell_extra_cells(&self, places: &mut Places) {
        for row in &self.rows {
            let extra = row.cells.iter().skip(self.header.len());
            if extra.clone().any(|cell| !cell.is_empty()) {
                let column = self.header.len();
                places.fault_at(
                    Severity::Error,
                    "csv-row-length",
                    "",
                    Some(row.place(column, "?")),
                    format!(
                        "this row has {} cells, the header {column}",
                        row.cells.len()
                    ),
                    format!(
                        "esta fila tiene {} celdas, el encabezado {column}",
                        row.cells.len()
                    ),
                );
            }
        }
    }

    /// The columns whose header fits the name, however it is capitalised, accented or spaced.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        let wanted = plain(name);
        self.header
            .iter()
            .position(|header| plain(header) == wanted)
    }
}

/// A column's name without capitals, accents, blanks and signs, so that `Tipo de operación` is `tipodeoperacion`.
pub(crate) fn plain(name: &str) -> String {
    name.chars()
        .flat_map(char::to_lowercase)
        .filter_map(|letter| match letter {
            'á' => Some('a'),
            'é' => Some('e'),
            'í' => Some('i'),
            'ó' => Some('o'),
            'ú' | 'ü' => Some('u'),
            'ñ' => Some('n'),
            letter if letter.is_alphanumeric() => Some(letter),
            _ => None,
        })
        .collect()
}

/// The delimiter that the first line uses most, outside of quotes.
fn delimiter(text: &str) -> u8 {
    let mut counts = [(b',', 0_u32), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => {
                if let Some((_, count)) = counts.iter_mut().find(|(sign, _)| *sign == byte) {
                    *count += 1;
                }
            }
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    counts
        .iter()
        .find(|(_, count)| *count == most)
        .map_or(b',', |(sign, _)| *sign)
}

/// Whether bytes that are no UTF-8 as a whole hold a letter written as UTF-8 writes Spanish ones.
fn looks_double(bytes: &[u8]) -> bool {
    bytes
        .windows(2)
        .any(|pair| matches!(pair, [0xC3, 0x80..=0xBF]))
}

/// Counts lines while positions only grow; a row begins after the line ends that stand before it.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
}

impl Lines<'_> {
    fn to(&mut self, position: usize) -> u32 {
        while let Some(byte) = self.bytes.get(self.at) {
            if self.at >= position && !matches!(byte, b'\n' | b'\r') {
                break;
            }
            if *byte == b'\n' {
                self.line = self.line.saturating_add(1);
            }
            self.at += 1;
        }
        self.line
    }
}

/// Writes rows, safe to open in a spreadsheet, quoting what needs quotes.
pub(crate) struct Writer {
    delimiter: char,
    out: String,
}

impl Writer {
    /// Nothing yet.
    pub(crate) fn new(delimiter: char) -> Writer {
        Writer {
            delimiter,
            out: String::new(),
        }
    }

    /// Writes a row.
    pub(crate) fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        let mut first = true;
        for cell in cells {
            if !first {
                self.out.push(self.delimiter);
            }
            first = false;
            let cell = match is_number(cell) {
                true => Cow::Borrowed(cell),
                false => text::guarded(cell),
            };
            let quotes = cell.contains([self.delimiter, '"', '\n', '\r', ',', ';', '\t']);
            if quotes {
                self.out.push('"');
                self.out.push_str(&cell.replace('"', "\"\""));
                self.out.push('"');
            } else {
                self.out.push_str(&cell);
            }
        }
        self.out.push_str("\r\n");
    }

    /// The text.
    pub(crate) fn finish(self) -> String {
        self.out
    }
}

/// Whether a spreadsheet takes a cell, blanks before it and all, for a formula.
fn opens_as_formula(cell: &str) -> bool {
    let text = cell.trim();
    (cell.starts_with(['\t', '\r']) && !text.is_empty())
        || (text.starts_with(['=', '+', '-', '@']) && !is_number(text))
}

/// Whether a cell is a number and nothing else, which a spreadsheet takes for what it is.
pub(crate) fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    let mut parts = digits.splitn(2, '.');
    parts.all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_their_lines() {
        let table = read(b"a;b\r\n\r\n1;\"x\r\ny\"\r\n2;z\r\n").unwrap();
        assert_eq!(table.header, ["a", "b"]);
        let rows: Vec<(u32, &str)> = table
            .rows
            .iter()
            .map(|row| (row.line, row.cells[1].as_str()))
            .collect();
        assert_eq!(rows, [(3, "x\r\ny"), (5, "z")]);
        assert_eq!(table.column("B "), Some(1));
        assert_eq!(plain("Tipo de Operación"), "tipodeoperacion");
    }

    #[test]
    fn encodings_and_limits() {
        let latin = read(b"a,b\nAnlisis,\xe1\n").unwrap();
        assert_eq!(latin.rows[0].cells[1], "á");
        assert!(latin.latin1 && !latin.mixed);
        assert!(read(b"a,b\n\xc3\xa1,\xe1\n").unwrap().mixed);
        let code = |bytes: &[u8]| read(bytes).map_or_else(|error| error.code(), |_| "read");
        assert_eq!(code(b"\xEF\xBB\xBFa,b\n\xe1,x\n"), "encoding-mixed");
        assert_eq!(code(b"a,b\n1,\"x\n"), "csv-truncated");
        assert_eq!(
            code("a\n".repeat(ROWS_MAX + 2).as_bytes()),
            "csv-too-many-rows"
        );
        assert_eq!(code("a,".repeat(1_000).as_bytes()), "csv-too-many-cells");
        assert_eq!(
            code(format!("a\n{}\n", "x".repeat(100_000)).as_bytes()),
            "csv-value-too-long"
        );
        assert_eq!(code(b" \r\n"), "document-empty");
        assert_eq!(code(b"PK\x03\x04\x00\x00"), "encoding-unknown");
    }

    #[test]
    fn nothing_that_is_written_opens_as_a_formula() {
        let cells = [
            "=HYPERLINK(\"http://evil.example\";\"x\")",
            "+52 867 1",
            "-1+1",
            "@SUM(1)",
            "\t=1",
            "\r=1",
            "'=1",
            "''=1",
            "'tis",
            "-99.5",
            "+5",
            "-",
            "-.5",
            "AQ-1",
        ];
        for delimiter in [',', ';', '\t'] {
            let mut out = Writer::new(delimiter);
            out.row(["a", "b"]);
            for cell in cells {
                out.row([cell, "x"]);
            }
            let text = out.finish();
            let table = read(text.as_bytes()).unwrap();
            let again: Vec<&str> = table.rows.iter().map(|row| row.cells[0].as_str()).collect();
            assert_eq!(again, cells);
            for line in text.split_terminator("\r\n") {
                let shown = line.trim_start_matches('"');
                let is_safe = !shown.starts_with(['=', '+', '-', '@', '\t', '\r']);
                assert!(is_safe || is_number(shown.split(delimiter).next().unwrap()));
            }
        }
    }
}
