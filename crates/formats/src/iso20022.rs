//! ISO 20022: payment messages and their header, in and out.
//!
//! One kind of document; the message and its version are told by the namespace of its `Document`. [`read_document`]
//! gives the plain document as it stands; [`read`] makes a draft of it; [`write`] writes one; [`compose`] makes
//! messages of records. The tables in `tables/` say which element holds what, in which order, how often: reading,
//! checking, writing and the page of elements walk them. Amounts are exact decimals; nothing is read as a float.
//!
//! | message | versions |
//! | --- | --- |
//! | head.001, business application header | 001.02 |
//! | pain.001, credit transfer initiation | 001.09 to 001.12 |
//! | pain.002, payment status report | 001.10, 001.12, 001.14 |
//! | pain.013, creditor's payment activation request | 001.07 |
//! | pacs.002, payment status report between banks | 001.10 |
//! | pacs.004, payment return | 001.10 |
//! | pacs.008, credit transfer between banks | 001.08, 001.09, 001.10, 001.12 |
//! | camt.054, debit and credit notification | 001.08, 001.09, 001.10, 001.12 |

mod amount;
mod checks;
pub mod compose;
mod document;
mod elements;
mod map;
mod source;
mod structure;
mod structure_check;
pub mod tables;
#[cfg(test)]
mod tests;
mod values;
mod words;
mod writer;

pub use crate::currency::minor_unit;
pub use amount::Exact;
pub use document::{IsoDocument, Node, Part, Wrapper};
pub use elements::elements;
pub use source::NAMESPACE;
pub use structure::{DataType, Form, Rule, Value};
pub use writer::write;

use crate::draft::{Draft, Fault, Places, Severity};
use crate::{ReadError, xml};
use source::Source;

/// Reads a message, its header, or both in an envelope into a draft, with all faults.
///
/// # Errors
/// When the bytes are no bounded, well-formed XML, hold neither `Document` nor `AppHdr` of ISO 20022
/// (`iso20022-missing`), or a message (`iso20022-message`) or version (`iso20022-version`) that is not read.
pub fn read(bytes: &[u8]) -> Result<Draft, ReadError> {
    let root = xml::parse(bytes)?;
    let source = source::find(&root)?;
    let mut places = Places::default();
    check(&source, &mut places);
    Ok(map::draft(&source, places))
}

/// Reads the plain document, with all faults found in it.
///
/// # Errors
/// As [`read`].
pub fn read_document(bytes: &[u8]) -> Result<(IsoDocument, Vec<Fault>), ReadError> {
    let root = xml::parse(bytes)?;
    let source = source::find(&root)?;
    let mut places = Places::default();
    check(&source, &mut places);
    Ok((source::document(&source), places.faults().to_vec()))
}

/// Checks header and message: against the tables first, then what the tables can't say.
fn check(source: &Source<'_>, places: &mut Places) {
    if let Some((header, Some(definition))) = source.header {
        structure_check::check(header, definition.data_type, places);
    }
    if let Some((document, definition)) = source.document {
        match source::first(document, definition.element) {
            Some(root) => {
                structure_check::check(root, definition.data_type, places);
                checks::message(root, definition, places);
            }
            None => structure_check::missing(document, definition.element, places),
        }
        for child in &document.children {
            if child.local() != definition.element {
                structure_check::unknown(child, document, places);
            }
        }
    }
    checks::header(source, places);
    for other in &source.others {
        structure_check::tell(
            places,
            Severity::Error,
            "message-many",
            other,
            "only the first message of a file is read".to_owned(),
            "solo se lee el primer mensaje de un archivo".to_owned(),
        );
    }
}
