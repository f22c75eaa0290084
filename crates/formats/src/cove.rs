//! COVE, the value receipt of Mexico's single window (VUCEM): the document with its receipt number, in and out.
//!
//! As XML it is read by its names without regard to namespaces and the SOAP envelope around it, since VUCEM has changed
//! both; as JSON it has the same names. The number's length is unsure (`documents.md` §5.5), so the number is checked in
//! form only. A COVE becomes an `InvoiceSummary`, and by the way a `SupportingDocument` that names the receipt.

mod document;
mod elements;
mod map;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub use document::{Cove, Domicilio, Mercancia, Persona};
pub use elements::elements;
pub use writer::{write_json, write_xml};

use crate::ReadError;
use crate::draft::{Draft, Fault};
use crate::kinds::Head;

/// Whether a file that begins so is a COVE.
pub(crate) fn recognises(head: &Head<'_>) -> bool {
    let named = head.has("numeroFacturaRelacionFacturas") || head.has("numeroFacturaOriginal");
    let json = head
        .bytes()
        .first()
        .is_some_and(|byte| matches!(byte, b'{' | b'['));
    named && (head.is_xml() || json)
}

/// Reads all COVEs of a file into one draft, with all faults.
///
/// # Errors
/// When the bytes are no bounded XML or JSON, or hold no COVE.
pub fn read(bytes: &[u8]) -> Result<Draft, ReadError> {
    let (documents, places) = reader::read(bytes)?;
    Ok(map::draft(&documents, places))
}

/// Reads the plain documents, with all faults found in them.
///
/// # Errors
/// As [`read`].
pub fn read_documents(bytes: &[u8]) -> Result<(Vec<Cove>, Vec<Fault>), ReadError> {
    let (documents, places) = reader::read(bytes)?;
    Ok((documents, places.faults().to_vec()))
}
