//! From the QR's text to the plain document and back.

use super::{DodaDocument, DodaField, Reading};
use crate::ReadError;
use crate::draft::{Places, Severity, SourcePlace};
use crate::identifiers::{self, IdentifierError};
use crate::text::{self, Encoding};

/// The largest QR holds 4,296 characters.
const CHARACTERS_MAX: usize = 4_296;
/// The record type holds a hundred pedimentos; no other list is longer.
const VALUES_MAX: usize = 100;

pub(super) fn parse(bytes: &[u8], reading: &Reading) -> Result<(DodaDocument, Places), ReadError> {
    let bytes = text::bounded(bytes)?;
    let text = text::decode(bytes, Encoding::Utf8)?;
    let text = text.trim();
    let refuse = |en: String, es: String| {
        Err(ReadError::new("doda-fields", en, es).at(SourcePlace::new(1, Some(1), "QR", text)))
    };
    if text.chars().count() > CHARACTERS_MAX || text.contains(['\r', '\n']) {
        return refuse(
            format!("a QR is one line of at most {CHARACTERS_MAX} characters"),
            format!("un QR es una línea de hasta {CHARACTERS_MAX} caracteres"),
        );
    }
    let mut places = Places::default();
    let mut document = DodaDocument::default();
    let address = ["https://", "http://"].iter().any(|scheme| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    if address {
        let Some((before, query)) = text.split_once('?') else {
            return refuse(
                "this address has no query with the fields".to_owned(),
                "esta dirección no tiene consulta con los campos".to_owned(),
            );
        };
        let mut column = before.chars().count() + 2;
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let known = reading
                .parameters
                .iter()
                .find(|(parameter, _)| parameter == name);
            let start = column + name.chars().count() + 1;
            match known {
                Some((_, field)) => {
                    let value = percent_decoded(value);
                    take(&mut document, *field, &value, start, reading, &mut places);
                }
                None => places.fault_at(
                    Severity::Note,
                    "parameter-not-read",
                    "",
                    Some(SourcePlace::new(1, u32::try_from(column).ok(), "QR", pair)),
                    "a parameter of this address is not read".to_owned(),
                    "un parámetro de esta dirección no se lee".to_owned(),
                ),
            }
            column += pair.chars().count() + 1;
        }
    } else {
        let fields: Vec<&str> = text.split(reading.delimiter).collect();
        // The kind is last and ours: the QR of a DODA need not say that it is one.
        let optional = reading.fields.last() == Some(&DodaField::Kind);
        let fits = fields.len() == reading.fields.len()
            || (optional && fields.len() + 1 == reading.fields.len());
        if !fits {
            let (found, wanted) = (fields.len(), reading.fields.len());
            return refuse(
                format!("{wanted} fields are expected, there are {found}"),
                format!("se esperan {wanted} campos, hay {found}"),
            );
        }
        let mut column = 1;
        for (field, value) in reading.fields.iter().zip(&fields) {
            take(&mut document, *field, value, column, reading, &mut places);
            column += value.chars().count() + 1;
        }
    }
    Ok((document, places))
}

/// Takes a field's value or values, with places and faults.
fn take(
    document: &mut DodaDocument,
    field: DodaField,
    text: &str,
    column: usize,
    reading: &Reading,
    places: &mut Places,
) {
    let parts: Vec<&str> = match field.is_list() {
        true => text.split(reading.list_delimiter).collect(),
        false => vec![text],
    };
    let mut at = column;
    let mut count = 0;
    let mut seen: Vec<String> = Vec::new();
    for part in parts {
        let start = at;
        at += part.chars().count() + 1;
        let value = part.trim();
        if value.is_empty() || field == DodaField::Unread {
            continue;
        }
        let origin = match field.is_list() {
            true => format!("/{}/{count}", field.name()),
            false => format!("/{}", field.name()),
        };
        let place = SourcePlace::new(
            1,
            u32::try_from(start).ok(),
            format!("QR/{}", field.name()),
            value,
        );
        if count == VALUES_MAX || seen.iter().any(|known| known == value) {
            let (code, en, es) = match count == VALUES_MAX {
                true => (
                    "too-many-values",
                    "more values than a document holds",
                    "más valores de los que caben",
                ),
                false => (
                    "value-repeated",
                    "this value is given twice",
                    "este valor está repetido",
                ),
            };
            places.fault_at(
                Severity::Error,
                code,
                &origin,
                Some(place),
                en.to_owned(),
                es.to_owned(),
            );
            continue;
        }
        seen.push(value.to_owned());
        places.put(origin.clone(), place);
        document.add(field, value);
        count += 1;
        if let Some((code, en, es)) = misformed(field, value) {
            let name = field.name();
            places.fault(
                Severity::Error,
                code,
                &origin,
                format!("{name}: {en}"),
                format!("{name}: {es}"),
            );
        }
    }
}

fn misformed(field: DodaField, value: &str) -> Option<(&'static str, String, String)> {
    let told = |right: bool, code, en: &str, es: &str| {
        (!right).then(|| (code, en.to_owned(), es.to_owned()))
    };
    let identifier = |name: &str, code| match identifiers::normalise(name, value) {
        Ok(_) => None,
        Err(wrong) => Some((code, wrong.to_string(), wrong.es())),
    };
    let digits = |from: usize, to: usize| {
        (from..=to).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit())
    };
    match field {
        DodaField::IntegrationNumber => told(
            digits(6, 15),
            "integration-number-form",
            "should be 6 to 15 digits",
            "debería ser de 6 a 15 dígitos",
        ),
        DodaField::Kind => told(
            matches!(value, "DODA" | "PITA"),
            "doda-kind-unknown",
            "should be DODA or PITA",
            "debería ser DODA o PITA",
        ),
        DodaField::Aduana => told(
            digits(3, 3),
            "aduana-form",
            "should be two digits of the aduana and one of the section",
            "debería ser dos dígitos de la aduana y uno de la sección",
        ),
        DodaField::Operation => told(
            operation(value).is_some(),
            "operation-unknown",
            "should be IMP, EXP or TRA",
            "debería ser IMP, EXP o TRA",
        ),
        DodaField::Patente => identifier("patente", "patente-form"),
        DodaField::Pedimentos => match identifiers::normalise("pedimento", value) {
            Ok(_) => None,
            Err(wrong @ IdentifierError::Part { .. }) => {
                Some(("pedimento-part", wrong.to_string(), wrong.es()))
            }
            Err(wrong) => Some(("pedimento-form", wrong.to_string(), wrong.es())),
        },
        DodaField::Coves => identifier("cove", "cove-form"),
        DodaField::Plate => identifier("plate", "plate-form"),
        DodaField::Caat => identifier("caat", "caat-form"),
        DodaField::Equipment => told(
            equipment(value),
            "equipment-form",
            "should be 3 to 14 capitals, digits and hyphens",
            "debería ser de 3 a 14 mayúsculas, dígitos y guiones",
        )
        .or_else(|| match looks_like_container(value) {
            true => identifier("container", "container-check-digit"),
            false => None,
        }),
        DodaField::Seals => told(
            seal(value),
            "seal-form",
            "should be 4 to 20 capitals, digits and hyphens",
            "debería ser de 4 a 20 mayúsculas, dígitos y guiones",
        ),
        DodaField::UsEntry => told(
            us_entry(value).is_some(),
            "us-entry-form",
            "should be a CBP entry number or an in-bond number with its check digit",
            "debería ser un número de entrada de CBP o de in-bond con su dígito verificador",
        ),
        DodaField::Date => told(
            value.len() == 10 && value.parse::<jiff::civil::Date>().is_ok(),
            "date-form",
            "should be a date like 2026-11-24",
            "debería ser una fecha como 2026-11-24",
        ),
        DodaField::Unread => None,
    }
}

/// The type of operation, also as the digit that the pedimento's archive uses.
pub(super) fn operation(value: &str) -> Option<&'static str> {
    match value {
        "IMP" | "1" => Some("IMP"),
        "EXP" | "2" => Some("EXP"),
        "TRA" => Some("TRA"),
        _ => None,
    }
}

pub(super) fn equipment(value: &str) -> bool {
    (3..=14).contains(&value.len()) && capitals(value)
}

pub(super) fn seal(value: &str) -> bool {
    (4..=20).contains(&value.len()) && capitals(value)
}

fn capitals(value: &str) -> bool {
    value
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-')
}

/// A number of ISO 6346's form is held to its check digit; a trailer has a number of its carrier's own.
pub(super) fn looks_like_container(value: &str) -> bool {
    value.len() == 11
        && value.bytes().take(4).all(|byte| byte.is_ascii_uppercase())
        && value.bytes().skip(4).all(|byte| byte.is_ascii_digit())
}

/// The US entry in its normal form.
pub(super) fn us_entry(value: &str) -> Option<String> {
    identifiers::normalise("entry-number", value)
        .or_else(|_| identifiers::normalise("inbond-number", value))
        .ok()
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(if byte == b'+' { b' ' } else { byte });
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let pair = (digit(rest.next()), digit(rest.next()));
        // What is no escape becomes a sign that no field has, so that the field's form tells it.
        let decoded = match pair {
            (Some(high), Some(low)) => u8::try_from(high * 16 + low).unwrap_or(b'%'),
            _ => b'%',
        };
        bytes.push(decoded);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(super) fn write(document: &DodaDocument, reading: &Reading) -> String {
    let value = |field: DodaField| {
        let clean = |text: &str| text.replace([reading.delimiter, '\r', '\n'], "");
        let texts = document.values(field);
        let texts: Vec<String> = match field.is_list() {
            true => texts
                .iter()
                .map(|text| clean(text).replace(reading.list_delimiter, ""))
                .collect(),
            false => texts.iter().map(|text| clean(text)).collect(),
        };
        texts.join(&reading.list_delimiter.to_string())
    };
    match &reading.address {
        Some(address) => {
            let pairs: Vec<String> = reading
                .parameters
                .iter()
                .map(|(name, field)| format!("{name}={}", percent_encoded(&value(*field))))
                .collect();
            format!("{address}?{}", pairs.join("&"))
        }
        None => {
            let fields: Vec<String> = reading.fields.iter().map(|field| value(*field)).collect();
            fields.join(&reading.delimiter.to_string())
        }
    }
}

fn percent_encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b',' => {
                out.push(char::from(byte))
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
