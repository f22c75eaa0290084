//! Figures of places: a row is an `IndicatorStated`.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Number, Value};

use super::cells::{Cell, Column, Reader, Seen, noon};
use super::list::{joined, texts};
use crate::ReadError;
use crate::delimited::{Row, Writer};
use crate::draft::{Draft, Fault};
use crate::kinds::DocumentKind;

#[cfg(test)]
mod tests;

const SOURCES_MAX: usize = 20;
const SOURCE_CHARS_MAX: usize = 600;
const RECORD: &str = "IndicatorStated";
/// A number with no more digits comes back from JSON as it was written.
const DIGITS_MAX: usize = 15;
/// More digits behind the point are no measurement.
const DECIMALS_MAX: usize = 6;

/// What is measured: its code, its unit, whether it may be below zero, the most that it can be.
const INDICATORS: &[(&str, &str, bool, f64)] = &[
    ("trucks-a-year", "trucks", false, 1e9),
    ("trucks-growth", "percent", true, 1e6),
    ("trains-a-year", "trains", false, 1e9),
    ("trucks-a-month", "trucks", false, 1e9),
    ("trains-a-month", "trains", false, 1e9),
    ("value-of-trade", "USD", false, 1e15),
    ("wait-minutes-median", "minutes", false, 10_080.0),
    ("wait-minutes-p90", "minutes", false, 10_080.0),
    ("truck-crossings", "crossings", false, 1e3),
    ("booths", "booths", false, 1e3),
    ("hours-open-a-week", "hours", false, 168.0),
    ("immex-jobs", "jobs", false, 1e9),
    ("projects-planned", "projects", false, 1e6),
];

/// A figure of a place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PlaceFigure {
    /// A port's code or a name in small letters: `2304`.
    pub place: String,
    /// Name in English.
    pub name_en: String,
    /// Name in Spanish.
    pub name_es: String,
    /// Code of what is measured.
    pub indicator: String,
    /// Decimal text, without zeros that say nothing.
    pub value: String,
    /// In what.
    pub unit: String,
    /// The last day of which it speaks, `YYYY-MM-DD`.
    pub as_of: String,
    /// Addresses or references.
    pub sources: Vec<String>,
    /// Note.
    pub note: Option<String>,
}

pub(super) const COLUMNS: &[Column] = &[
    column(
        "place",
        80,
        "a port's code, or a name in small letters",
        "el código de un puerto o un nombre en minúsculas",
        &[(RECORD, "/place")],
    ),
    column(
        "name_en",
        120,
        "name in English",
        "nombre en inglés",
        &[(RECORD, "/placeNameEn")],
    ),
    column(
        "name_es",
        120,
        "name in Spanish",
        "nombre en español",
        &[(RECORD, "/placeNameEs")],
    ),
    column(
        "indicator",
        40,
        "code of what is measured",
        "código de lo que se mide",
        &[(RECORD, "/indicator")],
    ),
    column(
        "value",
        40,
        "the number",
        "el número",
        &[(RECORD, "/value")],
    ),
    column(
        "unit",
        40,
        "the unit of that indicator",
        "la unidad de ese indicador",
        &[(RECORD, "/unit")],
    ),
    column(
        "as_of",
        10,
        "last day of which the number speaks",
        "último día del que habla el número",
        &[
            (RECORD, "/asOf"),
            (RECORD, "/statedOn"),
            (RECORD, "occurred"),
        ],
    ),
    column(
        "source",
        12_000,
        "addresses or references, parted by a bar between blanks",
        "direcciones o referencias, separadas por una barra entre espacios",
        &[(RECORD, "/sources/*")],
    ),
    Column {
        required: false,
        ..column("note", 1_000, "note", "nota", &[(RECORD, "/sourceNote")])
    },
];

const fn column(
    name: &'static str,
    chars_max: usize,
    en: &'static str,
    es: &'static str,
    goes: &'static [(&'static str, &'static str)],
) -> Column {
    Column {
        name,
        required: true,
        chars_max,
        en,
        es,
        goes,
    }
}

/// Reads figures of places, with all faults; a row that has an error is told and left out.
///
/// # Errors
/// As [`super::read_list`].
pub fn read_place_figures(bytes: &[u8]) -> Result<(Vec<PlaceFigure>, Vec<Fault>), ReadError> {
    let (draft, figures) = draft(bytes)?;
    Ok((figures, draft.faults))
}

/// Writes them, safe to open in a spreadsheet.
pub fn write_place_figures(figures: &[PlaceFigure]) -> String {
    let mut out = Writer::new(',');
    out.row(COLUMNS.iter().map(|column| column.name));
    for figure in figures {
        out.row([
            figure.place.as_str(),
            &figure.name_en,
            &figure.name_es,
            &figure.indicator,
            &figure.value,
            &figure.unit,
            &figure.as_of,
            &joined(&figure.sources, " | ", " / "),
            figure.note.as_deref().unwrap_or(""),
        ]);
    }
    out.finish()
}

impl PlaceFigure {
    /// From the subject of an `IndicatorStated`.
    pub fn of_record(subject: &Value) -> PlaceFigure {
        let text = |name: &str| subject.get(name).and_then(Value::as_str).map(str::to_owned);
        let given = |name: &str| text(name).unwrap_or_default();
        let value = subject.get("value").map(Value::to_string);
        PlaceFigure {
            place: given("place"),
            name_en: given("placeNameEn"),
            name_es: given("placeNameEs"),
            indicator: given("indicator"),
            value: value.unwrap_or_default(),
            unit: given("unit"),
            as_of: given("asOf"),
            sources: texts(subject, "sources"),
            note: text("sourceNote"),
        }
    }
}

pub(super) fn draft(bytes: &[u8]) -> Result<(Draft, Vec<PlaceFigure>), ReadError> {
    let (mut reader, rows) = Reader::open(DocumentKind::PlaceIndicators, bytes, COLUMNS)?;
    let mut known = Known::default();
    let figures = rows
        .iter()
        .filter_map(|row| read_row(&mut reader, row, &mut known))
        .collect();
    Ok((reader.out.finish(), figures))
}

/// What was said of places in rows before.
#[derive(Default)]
struct Known {
    seen: Seen,
    /// Line and names under which a place came first.
    named: HashMap<String, (u32, String, String)>,
}

fn read_row(reader: &mut Reader, row: &Row, known: &mut Known) -> Option<PlaceFigure> {
    let before = reader.errors();
    reader.row(row);
    let cell = |reader: &Reader, name: &'static str| reader.cell(row, name);

    let place_cell = cell(reader, "place");
    place(reader, &place_cell);
    let [en, es] = ["name_en", "name_es"].map(|name| cell(reader, name));
    one_name(reader, row, (&place_cell, &en, &es), &mut known.named);
    let indicator_cell = cell(reader, "indicator");
    let codes: Vec<&'static str> = INDICATORS.iter().map(|(code, ..)| *code).collect();
    let code = reader.code(&indicator_cell, &codes, "indicator-unknown");
    let of = INDICATORS.iter().find(|(known, ..)| Some(*known) == code);
    let unit_cell = cell(reader, "unit");
    if let Some((code, unit, ..)) = of
        && !unit_cell.is_empty()
        && unit_cell.text != *unit
    {
        reader.error(
            "unit-unfit",
            &unit_cell,
            (
                &format!("should be {unit}, the unit of {code}"),
                &format!("debería ser {unit}, la unidad de {code}"),
            ),
        );
    }
    let value_cell = cell(reader, "value");
    let value = value(reader, &value_cell, of);
    let day_cell = cell(reader, "as_of");
    let day = reader.day(&day_cell);
    let source_cell = cell(reader, "source");
    let sources = reader.parts(&source_cell, " | ", (SOURCES_MAX, SOURCE_CHARS_MAX));
    let key = format!(
        "{}\n{}\n{}",
        place_cell.text, indicator_cell.text, day_cell.text
    );
    if !place_cell.is_empty()
        && let Some(line) = known.seen.before(key, row.line)
    {
        reader.error(
            "figure-repeated",
            &indicator_cell,
            (
                &format!("is on line {line} already for that place and day"),
                &format!("ya está en la línea {line} para ese lugar y ese día"),
            ),
        );
    }
    if reader.errors() > before {
        return None;
    }

    let (value, number) = value?;
    let record = reader.out.record(RECORD);
    reader.out.compiled(record, &format!("row {}", row.line));
    for (member, cell) in [
        ("/place", &place_cell),
        ("/placeNameEn", &en),
        ("/placeNameEs", &es),
        ("/indicator", &indicator_cell),
        ("/unit", &unit_cell),
        ("/asOf", &day_cell),
        ("/statedOn", &day_cell),
    ] {
        reader.set(record, member, cell.text, cell);
    }
    reader.set(record, "/value", number, &value_cell);
    if let Some(at) = day.and_then(noon) {
        reader.occurred(record, at, &day_cell);
    }
    reader.set_each(record, "/sources", &sources, &source_cell);
    let note_cell = cell(reader, "note");
    if !note_cell.is_empty() {
        reader.set(record, "/sourceNote", note_cell.text, &note_cell);
    }
    Some(PlaceFigure {
        place: place_cell.text.to_owned(),
        name_en: en.text.to_owned(),
        name_es: es.text.to_owned(),
        indicator: indicator_cell.text.to_owned(),
        value,
        unit: unit_cell.text.to_owned(),
        as_of: day_cell.text.to_owned(),
        sources,
        note: (!note_cell.is_empty()).then(|| note_cell.text.to_owned()),
    })
}

fn place(reader: &mut Reader, cell: &Cell<'_>) {
    if !cell.is_empty() && !super::project_id(cell.text) {
        reader.error(
            "place-form",
            cell,
            (
                "should be 3 to 80 small letters, digits and hyphens, like 2304",
                "debería tener de 3 a 80 letras minúsculas, dígitos y guiones, como 2304",
            ),
        );
    }
}

/// A place has one name in a language; two would be two places under one code, or one place twice.
fn one_name(
    reader: &mut Reader,
    row: &Row,
    (place, en, es): (&Cell<'_>, &Cell<'_>, &Cell<'_>),
    named: &mut HashMap<String, (u32, String, String)>,
) {
    if place.is_empty() {
        return;
    }
    let first = named
        .entry(place.text.to_owned())
        .or_insert_with(|| (row.line, en.text.to_owned(), es.text.to_owned()));
    let line = first.0;
    for (cell, name) in [(en, &first.1), (es, &first.2)] {
        if !cell.is_empty() && cell.text != name {
            reader.error(
                "place-named-otherwise",
                cell,
                (
                    &format!("is another name than line {line} has for this place"),
                    &format!("es otro nombre que el de la línea {line} para este lugar"),
                ),
            );
        }
    }
}

/// A plain number within what its indicator can be: as text and as JSON has it.
fn value(
    reader: &mut Reader,
    cell: &Cell<'_>,
    of: Option<&(&str, &str, bool, f64)>,
) -> Option<(String, Number)> {
    if cell.is_empty() {
        return None;
    }
    let Some(text) = plain(cell.text) else {
        reader.error(
            "value-form",
            cell,
            (
                "should be a plain number like 3026632 or -3.1, without separators of thousands",
                "debería ser un número simple como 3026632 o -3.1, sin separadores de miles",
            ),
        );
        return None;
    };
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let decimals = text.split_once('.').map_or(0, |(_, part)| part.len());
    if digits > DIGITS_MAX || decimals > DECIMALS_MAX {
        reader.error(
            "value-digits",
            cell,
            (
                "has more than 15 digits, or more than 6 behind the point",
                "tiene más de 15 dígitos, o más de 6 después del punto",
            ),
        );
        return None;
    }
    let number: f64 = text.parse().ok()?;
    let (below, most) = of.map_or((true, 1e15), |(_, _, below, most)| (*below, *most));
    if number < 0.0 && !below {
        reader.error(
            "value-negative",
            cell,
            ("should not be negative", "no debería ser negativo"),
        );
        return None;
    }
    if number.abs() > most {
        reader.error(
            "value-out-of-range",
            cell,
            (
                &format!("should be at most {most}"),
                &format!("debería ser a lo más {most}"),
            ),
        );
        return None;
    }
    let json = match text.parse::<i64>() {
        Ok(whole) => Number::from(whole),
        Err(_) => Number::from_f64(number)?,
    };
    Some((text, json))
}

/// The number without a plus and without zeros behind the point that say nothing; none where it is none.
fn plain(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let right = all(whole) && all(part) && (whole.len() == 1 || !whole.starts_with('0'));
    let part = part.trim_end_matches('0');
    right.then(|| match (whole, part) {
        ("0", "") => "0".to_owned(),
        (whole, "") => format!("{sign}{whole}"),
        (whole, part) => format!("{sign}{whole}.{part}"),
    })
}
