//! The QR of a truck manifest's cover sheet, in and out.
//!
//! Five fields of fixed length joined by a delimiter: layout version (3), trip (25), estimated arrival `YYYYMMDD` (8),
//! two plates (12 each: country 2, state 3, number 7); 60 characters of data (`documents.md` §1.2). Which delimiter is
//! not written anywhere that was found, so it is a [`Reading`].

use crate::ReadError;
use crate::draft::{Builder, Draft, Fault, Places, Severity, SourcePlace};
use crate::elements::ElementRow;
use crate::identifiers;
use crate::kinds::{DocumentKind, Head};
use crate::text::{self, Encoding};
use serde::{Deserialize, Serialize};

/// Lengths of the five fields, without delimiters.
pub const FIELD_LENGTHS: [usize; 5] = [3, 25, 8, 12, 12];

/// A QR of 64 characters is expected; ten times that is another document.
const CHARACTERS_MAX: usize = 640;

/// What the guide leaves open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Reading {
    /// What stands between the fields; `None`: whatever sign follows the version, which is then told. Written is `|` then.
    pub delimiter: Option<char>,
    /// The layout version that is written; any is read.
    pub version: String,
}

impl Default for Reading {
    /// Any delimiter; version `001`, since the facts have but one layout and do not number it (unsure).
    fn default() -> Reading {
        Reading {
            delimiter: None,
            version: "001".to_owned(),
        }
    }
}

/// The content of the QR, blanks that fill a field taken away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CoverSheet {
    /// Layout version.
    pub version: String,
    /// Trip number.
    pub trip: String,
    /// Estimated arrival, `YYYYMMDD`.
    pub estimated_arrival: String,
    /// The tractor's plate.
    pub plate1: Plate,
    /// The trailer's plate.
    pub plate2: Plate,
}

/// A plate with who issued it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Plate {
    /// Country, two letters.
    pub country: String,
    /// State, two or three letters.
    pub state: String,
    /// The number on the plate, at most seven characters.
    pub number: String,
}

/// Whether a file that begins so is the content of a cover sheet's QR: 64 characters and the same sign between all fields.
pub(crate) fn recognises(head: &Head<'_>) -> bool {
    // Blanks at the end fill the last plate.
    let bytes = head.bytes();
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    let sign = bytes.get(3).filter(|sign| !sign.is_ascii_alphanumeric());
    bytes.len() == 64
        && sign.is_some()
        && [29, 38, 51].iter().all(|at| bytes.get(*at) == sign)
        && bytes
            .get(..3)
            .is_some_and(|version| version.iter().all(u8::is_ascii_alphanumeric))
}

/// Reads the QR's content into a draft: what it tells of a `Manifest`, as a by-product.
///
/// # Errors
/// When the text is no five fields.
pub fn read(bytes: &[u8], reading: &Reading) -> Result<Draft, ReadError> {
    let (sheet, places) = parse(bytes, reading)?;
    let mut out = Builder::new(DocumentKind::AceCoverSheet, places);
    let record = out.optional_record("Manifest");
    // ACE numbers trips freely, so the carrier can't be read from the trip.
    out.missing(
        record,
        "/scac",
        "the carrier's SCAC",
        "el SCAC del transportista",
    );
    match identifiers::check("trip-number", &sheet.trip) {
        Some(true) => out.set(record, "/trip", sheet.trip.as_str(), "/trip"),
        _ => out.missing(record, "/trip", "the trip number", "el número de viaje"),
    }
    out.missing(record, "/direction", "the direction", "el sentido");
    out.missing(record, "/port", "the US port", "el puerto de EE. UU.");
    out.missing(
        record,
        "/estimatedArrival",
        "the hour of arrival: a cover sheet has the day only",
        "la hora de llegada: la carátula solo tiene el día",
    );
    match plate_number(&sheet.plate1) {
        Some(number) => {
            out.set(record, "/plate", number, "/plate1");
            if let Some(state) = issued_by(&sheet.plate1) {
                out.set(record, "/plateState", state, "/plate1");
            }
        }
        None => out.missing(
            record,
            "/plate",
            "the tractor's plate",
            "la placa del tractor",
        ),
    }
    out.missing(
        record,
        "/empty",
        "whether the truck is empty",
        "si el camión va vacío",
    );
    if let Some(number) = plate_number(&sheet.plate2) {
        out.set(
            record,
            "/equipment/0/equipmentNumber",
            number.as_str(),
            "/plate2",
        );
        out.set(record, "/equipment/0/plate", number, "/plate2");
        if let Some(state) = issued_by(&sheet.plate2) {
            out.set(record, "/equipment/0/plateState", state, "/plate2");
        }
    }
    Ok(out.finish())
}

/// Reads the QR's content, with all faults found in it.
///
/// # Errors
/// As [`read`].
pub fn read_sheet(bytes: &[u8], reading: &Reading) -> Result<(CoverSheet, Vec<Fault>), ReadError> {
    let (sheet, places) = parse(bytes, reading)?;
    Ok((sheet, places.faults().to_vec()))
}

/// Writes the QR's content, each field filled with blanks to its length, or cut to it.
pub fn write(sheet: &CoverSheet, reading: &Reading) -> String {
    let plate = |plate: &Plate| {
        format!(
            "{}{}{}",
            filled(&plate.country, 2),
            filled(&plate.state, 3),
            filled(&plate.number, 7)
        )
    };
    let fields = [
        filled(&sheet.version, 3),
        filled(&sheet.trip, 25),
        filled(&sheet.estimated_arrival, 8),
        plate(&sheet.plate1),
        plate(&sheet.plate2),
    ];
    fields.join(&reading.delimiter.unwrap_or('|').to_string())
}

fn filled(text: &str, length: usize) -> String {
    let cut: String = text.chars().take(length).collect();
    format!("{cut:<length$}")
}

fn parse(bytes: &[u8], reading: &Reading) -> Result<(CoverSheet, Places), ReadError> {
    let bytes = text::bounded(bytes)?;
    let text = text::decode(bytes, Encoding::Utf8)?;
    // A scanner ends with a line end; blanks behind the last plate belong to it.
    let text = text.trim_end_matches(['\r', '\n']);
    let wrong = |en: &str, es: &str| {
        Err(
            ReadError::new("cover-sheet-fields", en, es).at(SourcePlace::new(
                1,
                Some(1),
                "QR",
                text,
            )),
        )
    };
    if text.chars().count() > CHARACTERS_MAX || text.contains(['\r', '\n']) {
        return wrong(
            "a cover sheet's QR is one line of 64 characters",
            "el QR de una carátula es una línea de 64 caracteres",
        );
    }
    let mut places = Places::default();
    let delimiter = match reading.delimiter {
        Some(sign) => sign,
        None => match text.chars().nth(3) {
            Some(sign) if !sign.is_alphanumeric() => {
                places.fault_at(
                    Severity::Note,
                    "delimiter-found",
                    "",
                    Some(SourcePlace::new(1, Some(4), "QR", &sign.to_string())),
                    format!("`{sign}` is taken as what stands between the fields"),
                    format!("se toma `{sign}` como separador de los campos"),
                );
                sign
            }
            _ => {
                return wrong(
                    "no sign stands behind the three characters of the layout version",
                    "ningún signo sigue a los tres caracteres de la versión",
                );
            }
        },
    };
    let fields: Vec<&str> = text.split(delimiter).collect();
    let [version, trip, arrival, plate1, plate2] = fields.as_slice() else {
        return wrong(
            &format!("five fields are expected, there are {}", fields.len()),
            &format!("se esperan cinco campos, hay {}", fields.len()),
        );
    };
    let mut column = 1;
    let names = ["version", "trip", "estimatedArrival", "plate1", "plate2"];
    for ((name, field), length) in names.iter().zip(&fields).zip(FIELD_LENGTHS) {
        let at = format!("/{name}");
        let place = SourcePlace::new(
            1,
            u32::try_from(column).ok(),
            format!("QR/{name}"),
            field.trim_end(),
        );
        places.put(at.clone(), place);
        let found = field.chars().count();
        column += found + 1;
        if found != length {
            places.fault(
                if found > length {
                    Severity::Error
                } else {
                    Severity::Warning
                },
                "field-length",
                &at,
                format!("{name} has {found} characters, not {length}"),
                format!("{name} tiene {found} caracteres, no {length}"),
            );
        }
    }
    let sheet = CoverSheet {
        version: version.trim().to_owned(),
        trip: trip.trim().to_owned(),
        estimated_arrival: arrival.trim().to_owned(),
        plate1: plate(plate1),
        plate2: plate(plate2),
    };
    check(&sheet, &mut places);
    Ok((sheet, places))
}

fn plate(field: &str) -> Plate {
    let part = |from: usize, count: usize| {
        let text: String = field.chars().skip(from).take(count).collect();
        text.trim().to_owned()
    };
    Plate {
        country: part(0, 2),
        state: part(2, 3),
        number: part(5, 7),
    }
}

fn check(sheet: &CoverSheet, places: &mut Places) {
    let mut error = |code, at: &str, en: &str, es: &str| {
        places.fault(Severity::Error, code, at, en.to_owned(), es.to_owned());
    };
    if sheet.version.is_empty() {
        error(
            "version-missing",
            "/version",
            "the layout version is missing",
            "falta la versión",
        );
    }
    if identifiers::check("trip-number", &sheet.trip) != Some(true) {
        error(
            "trip-form",
            "/trip",
            "the trip should be at most 25 capitals, digits and hyphens",
            "el viaje debería tener hasta 25 mayúsculas, dígitos y guiones",
        );
    }
    if arrival_day(&sheet.estimated_arrival).is_none() {
        error(
            "date-form",
            "/estimatedArrival",
            "the estimated arrival should be a date like 20261124",
            "la llegada estimada debería ser una fecha como 20261124",
        );
    }
    for (at, plate, required) in [
        ("/plate1", &sheet.plate1, true),
        ("/plate2", &sheet.plate2, false),
    ] {
        if *plate == Plate::default() {
            if required {
                error(
                    "plate-missing",
                    at,
                    "the first plate is missing",
                    "falta la primera placa",
                );
            }
            continue;
        }
        if plate_number(plate).is_none() || issued_by(plate).is_none() {
            error(
                "plate-form",
                at,
                "a plate is US, MX or CA, two or three letters of the state, and its number",
                "una placa es US, MX o CA, dos o tres letras de la entidad y su número",
            );
        }
    }
}

fn arrival_day(text: &str) -> Option<jiff::civil::Date> {
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let right = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let (month, day) = (
        i8::try_from(part(4, 6)?).ok()?,
        i8::try_from(part(6, 8)?).ok()?,
    );
    right
        .then(|| jiff::civil::Date::new(part(0, 4)?, month, day).ok())
        .flatten()
}

fn plate_number(plate: &Plate) -> Option<String> {
    identifiers::normalise("plate", &plate.number).ok()
}

fn issued_by(plate: &Plate) -> Option<String> {
    let letters = (2..=3).contains(&plate.state.len())
        && plate.state.bytes().all(|byte| byte.is_ascii_uppercase());
    (matches!(plate.country.as_str(), "US" | "MX" | "CA") && letters)
        .then(|| format!("{}-{}", plate.country, plate.state))
}

/// The fields of the QR.
pub fn elements() -> Vec<ElementRow> {
    vec![
        ElementRow::new(
            "QR/version",
            "layout version (3)",
            "versión del formato (3)",
            true,
            &[],
        ),
        ElementRow::new(
            "QR/trip",
            "trip number (25)",
            "número de viaje (25)",
            true,
            &[("Manifest", "/trip")],
        ),
        ElementRow::new(
            "QR/estimatedArrival",
            "estimated arrival, day (8)",
            "llegada estimada, día (8)",
            true,
            &[],
        ),
        ElementRow::new(
            "QR/plate1",
            "plate of the tractor: country 2, state 3, number 7",
            "placa del tractor: país 2, entidad 3, número 7",
            true,
            &[("Manifest", "/plate"), ("Manifest", "/plateState")],
        ),
        ElementRow::new(
            "QR/plate2",
            "plate of the trailer",
            "placa del remolque",
            false,
            &[
                ("Manifest", "/equipment/*/equipmentNumber"),
                ("Manifest", "/equipment/*/plate"),
                ("Manifest", "/equipment/*/plateState"),
            ],
        ),
    ]
}

#[cfg(test)]
mod tests;
