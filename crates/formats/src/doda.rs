//! DODA, the operation document for customs dispatch: the content of its QR, in and out; PITA in the same form.
//!
//! The guide that fixes order and lengths of the QR's fields could not be read (`documents.md` §5.6), so delimiter, order
//! and the form as a web address are a [`Reading`]. What the facts give are the fields themselves.

mod document;
mod elements;
mod map;
mod parse;
#[cfg(test)]
mod tests;

pub use document::DodaDocument;
pub use elements::elements;

use crate::ReadError;
use crate::draft::{Draft, Fault};
use crate::kinds::Head;
use serde::{Deserialize, Serialize};

/// A field of the QR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DodaField {
    /// Integration number, 6 to 15 digits.
    IntegrationNumber,
    /// `DODA` or `PITA`.
    Kind,
    /// Aduana and section, three digits.
    Aduana,
    /// `IMP`, `EXP` or `TRA`; `1`, `2` are read as the first two.
    Operation,
    /// Licence of the broker, four digits.
    Patente,
    /// Pedimentos of 15 digits, many.
    Pedimentos,
    /// Value receipts of consolidated remittances, many.
    Coves,
    /// Plate of the tractor.
    Plate,
    /// CAAT of the carrier.
    Caat,
    /// Containers and trailers, many.
    Equipment,
    /// Seals, many.
    Seals,
    /// US entry or in-bond number.
    UsEntry,
    /// Day of issue.
    Date,
    /// A field that is passed over.
    Unread,
}

/// What the guide leaves open here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Reading {
    /// What stands between fields.
    pub delimiter: char,
    /// What stands between the values of a field that has many.
    pub list_delimiter: char,
    /// The fields in order.
    pub fields: Vec<DodaField>,
    /// For a QR that is a web address: which query parameter is which field.
    pub parameters: Vec<(String, DodaField)>,
    /// The address before its query, for writing; `None` writes the delimited form.
    pub address: Option<String>,
}

impl Default for Reading {
    /// The fields in the order in which the facts list them; in an address `D3` is the integration number (unsure).
    fn default() -> Reading {
        Reading {
            delimiter: '|',
            list_delimiter: ',',
            fields: vec![
                DodaField::Aduana,
                DodaField::Operation,
                DodaField::Patente,
                DodaField::Pedimentos,
                DodaField::Coves,
                DodaField::Plate,
                DodaField::Caat,
                DodaField::Equipment,
                DodaField::Seals,
                DodaField::UsEntry,
                DodaField::IntegrationNumber,
                DodaField::Date,
                DodaField::Kind,
            ],
            parameters: vec![
                ("D1".to_owned(), DodaField::Unread),
                ("D2".to_owned(), DodaField::Unread),
                ("D3".to_owned(), DodaField::IntegrationNumber),
            ],
            address: None,
        }
    }
}

/// Whether a file that begins so is a DODA's QR in the usual reading: one line of eleven delimiters or more that begins
/// with an aduana. The form as an address is not recognised: any address could be one.
pub(crate) fn recognises(head: &Head<'_>) -> bool {
    let bytes = head.bytes().trim_ascii_end();
    let count = bytes.iter().filter(|byte| **byte == b'|').count();
    let aduana = bytes
        .get(..4)
        .is_some_and(|start| start.ends_with(b"|") && start.iter().take(3).all(u8::is_ascii_digit));
    aduana && (11..=12).contains(&count) && !bytes.contains(&b'\n')
}

/// Reads the QR's content into a draft: a `DodaIssued`.
///
/// # Errors
/// When the text is not one bounded line, or its fields are not those of the reading.
pub fn read(bytes: &[u8], reading: &Reading) -> Result<Draft, ReadError> {
    let (document, places) = parse::parse(bytes, reading)?;
    Ok(map::draft(&document, places))
}

/// Reads the QR's content, with all faults found in it.
///
/// # Errors
/// As [`read`].
pub fn read_document(
    bytes: &[u8],
    reading: &Reading,
) -> Result<(DodaDocument, Vec<Fault>), ReadError> {
    let (document, places) = parse::parse(bytes, reading)?;
    Ok((document, places.faults().to_vec()))
}

/// Writes the QR's content as the reading says. A delimiter inside a value is left out: the form has no escape.
pub fn write(document: &DodaDocument, reading: &Reading) -> String {
    parse::write(document, reading)
}
