//! BTS border crossing entry data: counts by port, month and measure, as CSV, in and out.
//!
//! Counts of trucks and of trains become figures of a place, one for each port and month, compiled from what BTS published; of the
//! other measures a draft says that it leaves them out, and [`read_table`] gives them all. Both the titles that BTS publishes
//! (`Port Code`) and plain ones (`port_code`) are read.

use crate::ReadError;
use crate::delimited::{self, Row, Table, Writer};
use crate::draft::{Builder, Draft, Fault, Places, Severity, SourcePlace};
use crate::elements::ElementRow;
use crate::kinds::{DocumentKind, Head};
use crate::projects::noon;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};

/// The page of the data set.
pub const SOURCE: &str =
    "https://data.bts.gov/Research-and-Statistics/Border-Crossing-Entry-Data/keg4-3bc2";
const RECORD: &str = "IndicatorStated";
/// Longest name of a place.
const NAME_CHARS_MAX: usize = 120;
/// Measures that become figures, with the figure's code and its unit.
const STATED: &[(&str, &str, &str)] = &[
    ("Trucks", "trucks-a-month", "trucks"),
    ("Trains", "trains-a-month", "trains"),
];

/// The measures that BTS publishes.
pub const MEASURES: &[&str] = &[
    "Trucks",
    "Truck Containers Loaded",
    "Truck Containers Empty",
    "Trains",
    "Rail Containers Loaded",
    "Rail Containers Empty",
    "Train Passengers",
    "Buses",
    "Bus Passengers",
    "Personal Vehicles",
    "Personal Vehicle Passengers",
    "Pedestrians",
];

/// One count.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Crossings {
    /// Month, `YYYY-MM`.
    pub month: String,
    /// Port, four digits.
    pub port_code: String,
    /// The port's name.
    pub port_name: String,
    /// The state's name.
    pub state: String,
    /// One of [`MEASURES`].
    pub measure: String,
    /// How many crossed into the United States in that month.
    pub value: u64,
    /// Latitude, as written.
    pub latitude: String,
    /// Longitude, as written.
    pub longitude: String,
}

/// The columns: our name, BTS's, whether a row can't be without it, in English and in Spanish.
const COLUMNS: &[(&str, &str, bool, &str, &str)] = &[
    ("month", "Date", true, "month", "mes"),
    (
        "port_code",
        "Port Code",
        true,
        "port, four digits",
        "puerto, cuatro dígitos",
    ),
    (
        "port_name",
        "Port Name",
        false,
        "name of the port",
        "nombre del puerto",
    ),
    ("state", "State", false, "state", "estado"),
    (
        "measure",
        "Measure",
        true,
        "what is counted",
        "qué se cuenta",
    ),
    ("value", "Value", true, "how many", "cuántos"),
    ("latitude", "Latitude", false, "latitude", "latitud"),
    ("longitude", "Longitude", false, "longitude", "longitud"),
];

/// Whether a file that begins so is such a table.
pub(crate) fn recognises(head: &Head<'_>) -> bool {
    let has = |name: &str| head.first_line_has(name);
    !head.is_xml() && (has("port_code") || has("Port Code")) && (has("measure") || has("Measure"))
}

/// Reads the table into figures of places, with all faults.
///
/// # Errors
/// When the bytes are no bounded CSV, or a column that every row needs is missing.
pub fn read(bytes: &[u8]) -> Result<Draft, ReadError> {
    let table = delimited::read(bytes)?;
    let parsed = parse(&table)?;
    let mut out = Builder::new(DocumentKind::BtsCrossings, parsed.places);
    let mut left_out: BTreeMap<&str, (u64, &Row)> = BTreeMap::new();
    for (count, row) in parsed.found.iter().zip(&parsed.rows) {
        let stated = STATED
            .iter()
            .find(|(measure, ..)| *measure == count.measure);
        match stated {
            Some((_, code, unit)) => figure(&mut out, &parsed.columns, row, count, code, unit),
            None => left_out.entry(&count.measure).or_insert((0, row)).0 += 1,
        }
    }
    for (measure, (rows, first)) in left_out {
        out.fault_at(
            Severity::Note,
            "measure-not-stated",
            "",
            Some(first.row_place()),
            format!(
                "{rows} counts of {measure} are left out: only trucks and trains become figures"
            ),
            format!(
                "se omiten {rows} conteos de {measure}: solo camiones y trenes se vuelven cifras"
            ),
        );
    }
    Ok(out.finish())
}

fn figure(
    out: &mut Builder,
    columns: &[Option<usize>],
    row: &Row,
    count: &Crossings,
    code: &str,
    unit: &str,
) {
    let Some(last) = last_day(&count.month) else {
        return;
    };
    let place = |index: usize| {
        let name = COLUMNS.get(index).map_or("", |(name, ..)| *name);
        match columns.get(index).copied().flatten() {
            Some(column) => row.place(column, name),
            None => row.row_place(),
        }
    };
    let record = out.record(RECORD);
    out.compiled(record, &format!("row {}", row.line));
    let named = match count.port_name.trim() {
        "" => count.port_code.clone(),
        name => name.chars().take(NAME_CHARS_MAX).collect(),
    };
    let day = last.to_string();
    let members: [(&str, serde_json::Value, usize); 11] = [
        ("/place", count.port_code.as_str().into(), 1),
        ("/placeNameEn", named.as_str().into(), 2),
        ("/placeNameEs", named.as_str().into(), 2),
        ("/indicator", code.into(), 4),
        ("/value", count.value.into(), 5),
        ("/unit", unit.into(), 4),
        ("/asOf", day.as_str().into(), 0),
        ("/statedOn", day.into(), 0),
        // The table does not say when it was published.
        ("/approximate", true.into(), 0),
        ("/statedBy", "BTS".into(), 4),
        ("/sources/0", SOURCE.into(), 4),
    ];
    for (pointer, value, index) in members {
        let place = place(index);
        let origin = place.path.clone();
        out.set_at(record, pointer, value, &origin, place);
    }
    if let Some(at) = noon(last) {
        let place = place(0);
        let origin = place.path.clone();
        out.place(origin.clone(), place);
        out.occurred(record, at, &origin);
    }
}

/// The last day of a month, `2024-02`.
fn last_day(month: &str) -> Option<Date> {
    let first: Date = format!("{month}-01").parse().ok()?;
    Some(first.last_of_month())
}

/// Reads the counts, with all faults; a row that has an error is told and left out.
///
/// # Errors
/// As [`read`].
pub fn read_table(bytes: &[u8]) -> Result<(Vec<Crossings>, Vec<Fault>), ReadError> {
    let table = delimited::read(bytes)?;
    let parsed = parse(&table)?;
    Ok((parsed.found, parsed.places.faults().to_vec()))
}

/// Writes counts under our column names.
pub fn write_csv(rows: &[Crossings]) -> String {
    let mut out = Writer::new(',');
    out.row(COLUMNS.iter().map(|(name, ..)| *name));
    for row in rows {
        let value = row.value.to_string();
        out.row([
            row.month.as_str(),
            &row.port_code,
            &row.port_name,
            &row.state,
            &row.measure,
            &value,
            &row.latitude,
            &row.longitude,
        ]);
    }
    out.finish()
}

/// The columns of the table.
pub fn elements() -> Vec<ElementRow> {
    COLUMNS
        .iter()
        .map(|(name, bts, required, en, es)| {
            ElementRow::new(
                *name,
                format!("{en} (BTS: {bts})"),
                format!("{es} (BTS: {bts})"),
                *required,
                goes(name),
            )
        })
        .collect()
}

/// Where a column of a count of trucks or trains goes.
fn goes(column: &str) -> &'static [(&'static str, &'static str)] {
    match column {
        "month" => &[
            (RECORD, "/asOf"),
            (RECORD, "/statedOn"),
            (RECORD, "occurred"),
        ],
        "port_code" => &[(RECORD, "/place")],
        "port_name" => &[(RECORD, "/placeNameEn"), (RECORD, "/placeNameEs")],
        "measure" => &[(RECORD, "/indicator"), (RECORD, "/unit")],
        "value" => &[(RECORD, "/value")],
        _ => &[],
    }
}

/// A table's counts, each with its row.
struct Parsed<'t> {
    found: Vec<Crossings>,
    rows: Vec<&'t Row>,
    columns: Vec<Option<usize>>,
    places: Places,
}

fn parse(table: &Table) -> Result<Parsed<'_>, ReadError> {
    let mut places = Places::default();
    table.tell(&mut places);
    let mut columns = Vec::new();
    for (name, bts, required, ..) in COLUMNS {
        let column = table.column(name).or_else(|| table.column(bts));
        if column.is_none() && *required {
            let line = table.header_line;
            return Err(ReadError::new(
                "column-missing",
                format!("column `{name}` or `{bts}` is missing"),
                format!("falta la columna `{name}` o `{bts}`"),
            )
            .at(SourcePlace::new(
                line,
                None,
                format!("row {line}"),
                &table.header.join(" "),
            )));
        }
        columns.push(column);
    }
    let mut reader = Reader {
        columns,
        places,
        seen: HashSet::new(),
    };
    let mut found = Vec::new();
    let mut lines = Vec::new();
    for row in &table.rows {
        if let Some(count) = reader.row(row) {
            found.push(count);
            lines.push(row);
        }
    }
    doubled(&found, &lines, &mut reader.places);
    Ok(Parsed {
        found,
        rows: lines,
        columns: reader.columns,
        places: reader.places,
    })
}

struct Reader {
    columns: Vec<Option<usize>>,
    places: Places,
    seen: HashSet<(String, String, String)>,
}

impl Reader {
    fn row(&mut self, row: &Row) -> Option<Crossings> {
        let cell = |index: usize| {
            let column = self.columns.get(index).copied().flatten();
            column
                .and_then(|column| row.cells.get(column))
                .map_or("", String::as_str)
        };
        let month = month(cell(0));
        let code = cell(1);
        let measure = cell(4);
        let value = cell(5);
        let known = MEASURES.contains(&measure);
        let port = code.len() == 4 && code.bytes().all(|byte| byte.is_ascii_digit());
        let number = match value.is_empty()
            || value.len() > 12
            || !value.bytes().all(|byte| byte.is_ascii_digit())
        {
            true => None,
            false => value.parse::<u64>().ok(),
        };
        let made = match (month.clone(), number, port && known) {
            (Some(month), Some(value), true) => Some(Crossings {
                month,
                port_code: code.to_owned(),
                port_name: cell(2).to_owned(),
                state: cell(3).to_owned(),
                measure: measure.to_owned(),
                value,
                latitude: cell(6).to_owned(),
                longitude: cell(7).to_owned(),
            }),
            _ => None,
        };
        for (right, index, code, en, es) in [
            (
                month.is_some(),
                0,
                "month-form",
                "should be a month like 2024-01 or Jan 2024",
                "debería ser un mes como 2024-01 o Jan 2024",
            ),
            (
                port,
                1,
                "port-form",
                "should be four digits",
                "debería ser de cuatro dígitos",
            ),
            (
                known,
                4,
                "measure-unknown",
                "is no measure that BTS publishes",
                "no es una medida que publique BTS",
            ),
            (
                number.is_some(),
                5,
                "value-form",
                "should be a whole number, not negative, without separators",
                "debería ser un número entero, no negativo, sin separadores",
            ),
        ] {
            if !right {
                self.tell(Severity::Error, code, row, index, en, es);
            }
        }
        let made = made?;
        let key = (
            made.month.clone(),
            made.port_code.clone(),
            made.measure.clone(),
        );
        if !self.seen.insert(key) {
            self.tell(
                Severity::Error,
                "count-repeated",
                row,
                4,
                "this month, port and measure is there twice",
                "este mes, puerto y medida está repetido",
            );
            return None;
        }
        Some(made)
    }

    fn tell(
        &mut self,
        severity: Severity,
        code: &'static str,
        row: &Row,
        index: usize,
        en: &str,
        es: &str,
    ) {
        let name = COLUMNS.get(index).map_or("", |(name, ..)| *name);
        let place = match self.columns.get(index).copied().flatten() {
            Some(column) => row.place(column, name),
            None => row.row_place(),
        };
        self.places.fault_at(
            severity,
            code,
            "",
            Some(place),
            format!("`{name}` {en}"),
            format!("`{name}` {es}"),
        );
    }
}

/// `2024-01`, `Jan 2024` as BTS publishes it, or the first of a month as it did before.
fn month(text: &str) -> Option<String> {
    const NAMES: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let digits = |text: &str, count: usize| {
        text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let (year, month) = match (text.split_once('-'), text.split_once(' ')) {
        (Some((year, month)), _) if digits(month, 2) => (year, month.parse::<usize>().ok()?),
        (_, Some((name, year))) => (year, NAMES.iter().position(|known| *known == name)? + 1),
        _ => return None,
    };
    (digits(year, 4) && (1..=12).contains(&month)).then(|| format!("{year}-{month:02}"))
}

/// Tells, once for a port, that it counts more containers than its trucks can carry: from late 2023 on the published
/// container measures are about doubled.
fn doubled(found: &[Crossings], rows: &[&Row], places: &mut Places) {
    let mut by_month: BTreeMap<(&str, &str), (u64, u64, usize)> = BTreeMap::new();
    for (index, count) in found.iter().enumerate() {
        let entry = by_month
            .entry((&count.port_code, &count.month))
            .or_insert((0, 0, index));
        match count.measure.as_str() {
            "Trucks" => entry.0 = count.value,
            "Truck Containers Loaded" | "Truck Containers Empty" => {
                entry.1 = entry.1.saturating_add(count.value);
                entry.2 = index;
            }
            _ => {}
        }
    }
    let mut told: BTreeMap<&str, (usize, &str, usize)> = BTreeMap::new();
    for ((port, month), (trucks, containers, index)) in &by_month {
        // A truck carries one container, two short ones at times; half as many again is beyond that.
        if *trucks > 0 && containers.saturating_mul(2) > trucks.saturating_mul(3) {
            told.entry(port).or_insert((0, month, *index)).0 += 1;
        }
    }
    for (port, (months, first, index)) in told {
        let place = rows.get(index).map(|row| row.row_place());
        places.fault_at(
            Severity::Warning,
            "containers-doubled",
            "",
            place,
            format!(
                "port {port} counts over 1.5 containers for each truck in {months} months from {first} on; use the measure Trucks"
            ),
            format!(
                "el puerto {port} cuenta más de 1.5 contenedores por camión en {months} meses desde {first}; use la medida Trucks"
            ),
        );
    }
}

#[cfg(test)]
mod tests;
