//! A workbook (Office Open XML, ISO/IEC 29500-1 §18) as a table: which sheet, its cells, which numbers are days.

use super::cell::{Cell, Row, Table};
use super::container::{self, Parts};
use super::csv::{check_cell, too_many_cells, too_many_rows};
use super::{CELLS_MAX, ROWS_MAX};
use crate::{ReadError, xml};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Names of the sheets that a template has beside the records.
pub(super) const OWN_SHEETS: [&str; 4] = ["Help", "Ayuda", "Codes", "Claves"];
/// A book of a year's shared texts; more are an attack.
const SHARED_TEXTS_MAX: usize = CELLS_MAX;

/// Reads the sheet named `wanted`, or the first one.
pub(super) fn read(bytes: &[u8], wanted: &str) -> Result<Table, ReadError> {
    let mut parts = Parts::open(bytes)?;
    if !parts.has("xl/workbook.xml") {
        return Err(other_container(&mut parts)?);
    }
    let book = small(&mut parts, "xl/workbook.xml")?.ok_or_else(container::damaged)?;
    let sheets: Vec<(String, String)> = children(&book, "sheets")
        .filter(|sheet| sheet.local() == "sheet")
        .map(|sheet| {
            let by = sheet
                .attributes
                .iter()
                .find(|a| a.qualified && a.name == "id");
            let text =
                |found: Option<&xml::Attribute>| found.map(|a| a.value.clone()).unwrap_or_default();
            (text(sheet.attribute("name")), text(by))
        })
        .collect();
    let from_1904 = book
        .children
        .iter()
        .find(|child| child.local() == "workbookPr")
        .and_then(|properties| properties.attribute("date1904"))
        .is_some_and(|said| matches!(said.value.as_str(), "1" | "true"));
    let (name, relation) = sheets
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
        .or_else(|| sheets.first())
        .cloned()
        .ok_or_else(container::damaged)?;
    let relations =
        small(&mut parts, "xl/_rels/workbook.xml.rels")?.ok_or_else(container::damaged)?;
    let target = relations
        .children
        .iter()
        .find(|one| one.attribute("Id").is_some_and(|id| id.value == relation))
        .and_then(|one| one.attribute("Target"))
        .map(|target| match target.value.strip_prefix('/') {
            Some(whole) => whole.to_owned(),
            None => format!("xl/{}", target.value),
        })
        .ok_or_else(container::damaged)?;
    let days = match small(&mut parts, "xl/styles.xml")? {
        Some(styles) => days_of(&styles),
        None => Vec::new(),
    };
    let shared = match parts.part("xl/sharedStrings.xml")? {
        Some(part) => shared_texts(&part)?,
        None => Vec::new(),
    };
    let sheet = parts.part(&target)?.ok_or_else(container::damaged)?;
    let mut table = Cells {
        shared: &shared,
        days: &days,
        from_1904,
        table: Table::default(),
        row: Row::default(),
        cells: 0,
    }
    .read(&sheet)?;
    table.unread = sheets
        .into_iter()
        .map(|(other, _)| other)
        .filter(|other| *other != name && !OWN_SHEETS.contains(&other.as_str()))
        .collect();
    Ok(table)
}

/// A part that has some kilobytes in any workbook.
fn small(parts: &mut Parts<'_>, name: &str) -> Result<Option<xml::Element>, ReadError> {
    match parts.part(name)? {
        Some(part) => xml::parse(&part).map(Some),
        None => Ok(None),
    }
}

fn children<'a>(
    root: &'a xml::Element,
    name: &'static str,
) -> impl Iterator<Item = &'a xml::Element> {
    root.children
        .iter()
        .filter(move |child| child.local() == name)
        .flat_map(|child| &child.children)
}

/// Another document in such a container.
fn other_container(parts: &mut Parts<'_>) -> Result<ReadError, ReadError> {
    if parts.has("xl/workbook.bin") {
        return Ok(save_as(
            "sheet-xlsb",
            "a binary workbook (xlsb)",
            "un libro binario (xlsb)",
        ));
    }
    if let Some(kind) = parts.part("mimetype")?
        && kind.starts_with(b"application/vnd.oasis.opendocument.spreadsheet")
    {
        return Ok(save_as(
            "sheet-ods",
            "an OpenDocument spreadsheet (ods)",
            "una hoja OpenDocument (ods)",
        ));
    }
    Ok(save_as(
        "sheet-kind-unknown",
        "a packed file that is no workbook",
        "un archivo comprimido que no es un libro",
    ))
}

pub(super) fn save_as(code: &'static str, en: &str, es: &str) -> ReadError {
    ReadError::new(
        code,
        format!("this is {en}; save it as an Excel workbook (xlsx) or as CSV"),
        format!("esto es {es}; guárdelo como libro de Excel (xlsx) o como CSV"),
    )
}

/// For each cell format, whether its numbers are shown as a date or a time.
fn days_of(styles: &xml::Element) -> Vec<bool> {
    let own: Vec<(&str, bool)> = children(styles, "numFmts")
        .filter_map(|format| {
            let id = format.attribute("numFmtId")?.value.as_str();
            Some((id, is_day(&format.attribute("formatCode")?.value)))
        })
        .collect();
    children(styles, "cellXfs")
        .map(|format| {
            let Some(id) = format.attribute("numFmtId") else {
                return false;
            };
            match own.iter().find(|(own, _)| *own == id.value) {
                Some((_, day)) => *day,
                // §18.8.30: the formats that every program has; those of East Asian languages among them.
                None => id
                    .value
                    .parse::<u32>()
                    .is_ok_and(|id| matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58)),
            }
        })
        .collect()
}

/// Whether a format has a part of a date outside of quotes, brackets and escapes.
fn is_day(format: &str) -> bool {
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    for letter in format.chars() {
        if escaped {
            escaped = false;
            continue;
        }
        match letter {
            '\\' | '_' | '*' if !quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' if !quoted => bracketed = true,
            ']' if !quoted => bracketed = false,
            'y' | 'Y' | 'd' | 'D' | 'h' | 'H' | 'm' | 'M' | 's' | 'S' if !quoted && !bracketed => {
                return true;
            }
            // Of a number in several forms the first is for positive ones.
            ';' if !quoted => return false,
            _ => {}
        }
    }
    false
}

/// Events of a part, without document types and with the text of each element gathered.
struct Events<'a> {
    reader: Reader<&'a [u8]>,
}

enum Met<'a> {
    Open(BytesStart<'a>, bool),
    Close(String),
    Text(String),
    End,
}

impl<'a> Events<'a> {
    fn of(part: &'a [u8]) -> Result<Events<'a>, ReadError> {
        if std::str::from_utf8(part).is_err() {
            return Err(container::damaged());
        }
        let mut reader = Reader::from_reader(part);
        reader.config_mut().check_end_names = true;
        Ok(Events { reader })
    }

    fn next(&mut self) -> Result<Met<'a>, ReadError> {
        loop {
            let event = self.reader.read_event().map_err(|_| container::damaged())?;
            return Ok(match event {
                Event::Start(tag) => Met::Open(tag, false),
                Event::Empty(tag) => Met::Open(tag, true),
                Event::End(tag) => Met::Close(local(tag.name().into_inner()).to_owned()),
                Event::Text(text) => {
                    let text = text.into_inner();
                    Met::Text(text.replace("\r\n", "\n"))
                }
                Event::CData(text) => Met::Text(text.into_inner().into_owned()),
                Event::GeneralRef(name) => {
                    let name = name.into_inner();
                    Met::Text(entity(&name).ok_or_else(container::damaged)?.to_string())
                }
                Event::DocType(_) => {
                    return Err(ReadError::new(
                        "xml-dtd",
                        "a part of the workbook has a document type; workbooks have none",
                        "una parte del libro lleva un tipo de documento; los libros no lo llevan",
                    ));
                }
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => continue,
                Event::Eof => Met::End,
            });
        }
    }
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let code = name.strip_prefix('#')?;
            let code = match code.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => code.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    tag.attributes()
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.into_inner() == name)
        .and_then(|attribute| attribute.normalized_value(XmlVersion::Implicit1_0).ok())
        .map(std::borrow::Cow::into_owned)
}

/// §18.4.9: each text, its runs joined; how it is spoken is left out.
fn shared_texts(part: &[u8]) -> Result<Vec<String>, ReadError> {
    let mut events = Events::of(part)?;
    let mut texts = Vec::new();
    let mut text = String::new();
    let (mut inside, mut spoken) = (false, false);
    loop {
        match events.next()? {
            Met::Open(tag, empty) => match local(tag.name().into_inner()) {
                "si" if empty => texts.push(String::new()),
                "t" => inside = !empty,
                "rPh" => spoken = !empty,
                _ => {}
            },
            Met::Close(name) => match name.as_str() {
                "si" => texts.push(unescaped(&std::mem::take(&mut text))),
                "t" => inside = false,
                "rPh" => spoken = false,
                _ => {}
            },
            Met::Text(said) if inside && !spoken => text.push_str(&said),
            Met::Text(_) => {}
            Met::End => return Ok(texts),
        }
        if texts.len() > SHARED_TEXTS_MAX {
            return Err(too_many_cells());
        }
    }
}

/// §22.9.2.19: `_x000D_` for a character that XML cannot hold.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let hex = rest.get(at + 2..at + 6);
        let code = hex
            .filter(|_| rest.get(at + 6..at + 7) == Some("_"))
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
            .and_then(char::from_u32);
        let (before, after) = match code {
            Some(_) => (at, at + 7),
            None => (at + 2, at + 2),
        };
        out.push_str(rest.get(..before).unwrap_or_default());
        out.extend(code);
        rest = rest.get(after..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

struct Cells<'a> {
    shared: &'a [String],
    days: &'a [bool],
    from_1904: bool,
    table: Table,
    row: Row,
    cells: usize,
}

/// The cell that is being read.
#[derive(Default)]
struct Open {
    column: u32,
    kind: String,
    style: Option<usize>,
    value: String,
    formula: Option<String>,
}

impl Cells<'_> {
    fn read(mut self, part: &[u8]) -> Result<Table, ReadError> {
        let mut events = Events::of(part)?;
        let mut open: Option<Open> = None;
        let mut inside = String::new();
        let (mut next_column, mut spoken) = (0, false);
        loop {
            match events.next()? {
                Met::Open(tag, empty) => match local(tag.name().into_inner()) {
                    "row" => {
                        self.end_of_row()?;
                        let before = self.row.number;
                        self.row.number = attribute(&tag, "r")
                            .and_then(|number| number.parse().ok())
                            .unwrap_or(before.saturating_add(1));
                        // Rows that stand twice or backwards would make one name for two cells.
                        if self.row.number <= before {
                            return Err(container::damaged());
                        }
                        next_column = 0;
                    }
                    "c" => {
                        let column = match attribute(&tag, "r") {
                            Some(name) => column_of(&name).ok_or_else(container::damaged)?,
                            None => next_column,
                        };
                        if column < next_column {
                            return Err(container::damaged());
                        }
                        next_column = column.saturating_add(1);
                        if !empty {
                            open = Some(Open {
                                column,
                                kind: attribute(&tag, "t").unwrap_or_default(),
                                style: attribute(&tag, "s").and_then(|s| s.parse().ok()),
                                ..Open::default()
                            });
                        }
                    }
                    "f" => {
                        if let Some(open) = &mut open {
                            open.formula = Some(String::new());
                        }
                        if !empty {
                            "f".clone_into(&mut inside);
                        }
                    }
                    "v" if !empty => "v".clone_into(&mut inside),
                    "t" if !empty && !spoken => "t".clone_into(&mut inside),
                    "rPh" => spoken = !empty,
                    "mergeCell" => {
                        let range = attribute(&tag, "ref").unwrap_or_default();
                        let at = range.split(':').next().and_then(place_of);
                        if let (Some((row, column)), true) = (at, self.table.merged.len() < 100) {
                            self.table.merged.push((row, column, range));
                        }
                    }
                    _ => {}
                },
                Met::Text(text) => match (&mut open, inside.as_str()) {
                    (Some(open), "f") => {
                        open.formula.get_or_insert_default().push_str(&text);
                    }
                    (Some(open), "v" | "t") => open.value.push_str(&text),
                    _ => {}
                },
                Met::Close(name) => match name.as_str() {
                    "c" => {
                        if let Some(open) = open.take() {
                            self.cell(open)?;
                        }
                    }
                    "f" | "v" | "t" => inside.clear(),
                    "rPh" => spoken = false,
                    "sheetData" => self.end_of_row()?,
                    _ => {}
                },
                Met::End => {
                    self.end_of_row()?;
                    return Ok(self.table);
                }
            }
        }
    }

    fn cell(&mut self, open: Open) -> Result<(), ReadError> {
        let value = match open.kind.as_str() {
            "s" => {
                let at = open.value.trim().parse::<usize>().ok();
                at.and_then(|at| self.shared.get(at))
                    .cloned()
                    .ok_or_else(container::damaged)?
            }
            "inlineStr" | "str" => unescaped(&open.value),
            _ => open.value,
        };
        let cell = match (open.formula, open.kind.as_str()) {
            (Some(formula), _) => Cell::Formula(format!("={formula}")),
            (None, "b") => Cell::Bool(value.trim() == "1"),
            (None, "e") => Cell::Error(value),
            // A date as text, of the strict variant of the format.
            (None, "s" | "inlineStr" | "str" | "d") => Cell::Text(value.trim().to_owned()),
            (None, _) => {
                let number = value.trim();
                let day = open.style.and_then(|style| self.days.get(style));
                match number.parse::<f64>() {
                    Ok(serial) if day == Some(&true) => Cell::Day {
                        serial,
                        from_1904: self.from_1904,
                    },
                    _ => Cell::Number(number.to_owned()),
                }
            }
        };
        let shown = cell.shown();
        if shown.trim().is_empty() {
            return Ok(());
        }
        check_cell(self.row.number, open.column, &shown)?;
        self.cells += 1;
        if self.cells > CELLS_MAX {
            return Err(too_many_cells());
        }
        self.row.cells.push((open.column, cell));
        Ok(())
    }

    fn end_of_row(&mut self) -> Result<(), ReadError> {
        if self.row.cells.is_empty() {
            return Ok(());
        }
        if self.table.rows.len() >= ROWS_MAX + 2 {
            return Err(too_many_rows());
        }
        let cells = std::mem::take(&mut self.row.cells);
        self.table.rows.push(Row {
            number: self.row.number,
            cells,
        });
        Ok(())
    }
}

/// The column of `AB12`, from 0.
fn column_of(name: &str) -> Option<u32> {
    place_of(name).map(|(_, column)| column)
}

fn place_of(name: &str) -> Option<(u32, u32)> {
    let digits = name.find(|letter: char| letter.is_ascii_digit())?;
    let (letters, row) = name.split_at_checked(digits)?;
    // `XFD` is the last column of the format.
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let mut column = 0;
    for letter in letters.bytes() {
        let value = letter
            .to_ascii_uppercase()
            .checked_sub(b'A')
            .filter(|v| *v < 26)?;
        column = column * 26 + u32::from(value) + 1;
    }
    Some((row.parse().ok()?, column - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_cells() {
        assert_eq!(place_of("A1"), Some((1, 0)));
        assert_eq!(place_of("AB12"), Some((12, 27)));
        assert_eq!(place_of("XFD1048576"), Some((1_048_576, 16_383)));
        assert_eq!(crate::sheet::cell::name(12, 27), "AB12");
        for bad in ["", "A", "1", "ABCD1", "a-1", "Ñ1"] {
            assert_eq!(place_of(bad), None, "{bad}");
        }
        assert!(is_day("dd/mm/yyyy") && is_day("[$-409]d mmm yy") && is_day("hh:mm"));
        assert!(!is_day("#,##0.00 \"days\"") && !is_day("General") && !is_day("[Red]0.0"));
        assert_eq!(unescaped("a_x000D_b_x_c"), "a\rb_x_c");
    }
}
