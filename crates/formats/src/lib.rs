//! Documents people already have, to and from drafts; the field's identifiers.
//!
//! Bytes come in, a [`draft::Draft`] goes out: records that could be filed, the source place of every member, all
//! faults at once, and what the document does not tell. This crate knows documents, their own seals included; it knows
//! no record's signature, no profile and no network, does no I/O and asks no clock.
//!
//! | want | look |
//! | --- | --- |
//! | all kinds, their names and tables | [`IMPORTERS`] |
//! | what is this file | [`recognise`] |
//! | a draft from any file | [`read`] |
//! | Carta Porte and foreign trade in and out, and the seal | [`carta_porte`] |
//! | truck manifest in and out | [`x12_309`] |
//! | from a case to a document | [`out`] |
//! | customs status, events, answers, consist | [`x12_350`], [`x12_353`], [`x12_355`], [`x12_358`] |
//! | cargo reports, conveyance reports, customs responses of EDIFACT | [`edifact`] |
//! | X12 and EDIFACT, segment by segment | [`edi`] |
//! | pedimento in and out | [`pedimento`] |
//! | value receipt in and out | [`cove`] |
//! | QR of a DODA in and out | [`doda`] |
//! | QR of a manifest's cover sheet in and out | [`cover_sheet`] |
//! | entry and certification of origin as credentials, in | [`trade_credential`] |
//! | border wait times in and out | [`wait_times`] |
//! | border crossing counts in and out | [`bts`] |
//! | infrastructure projects and what was stated of them, in and out | [`projects`] |
//! | a project package of OC4IDS in and out | [`oc4ids`] |
//! | feeds and calendars out | [`feeds`] |
//! | a spreadsheet for any record type | [`sheet`] |
//! | events of things, their queries and schedules | [`epcis`] |
//! | check digits and normal forms | [`identifiers`] |

pub mod bts;
pub mod carta_porte;
mod country;
pub mod cove;
pub mod cover_sheet;
mod currency;
mod decimal;
mod delimited;
pub mod doda;
pub mod draft;
pub mod edi;
pub mod edifact;
pub mod elements;
pub mod epcis;
mod error;
pub mod feeds;
pub mod identifiers;
pub mod iso20022;
pub mod json;
pub mod kinds;
mod manifest;
mod money;
pub mod oc4ids;
pub mod out;
pub mod pedimento;
pub mod projects;
pub mod sheet;
mod text;
pub mod trade_credential;
mod tree;
pub mod wait_times;
pub mod x12_309;
pub mod x12_350;
pub mod x12_353;
pub mod x12_355;
pub mod x12_358;
mod x12_out;
pub mod xml;

pub use draft::{Draft, DraftRecord, Fault, Missing, Occurred, Severity, SourcePlace, Sources};
pub use error::ReadError;
pub use kinds::{DocumentKind, IMPORTERS, Importer, Readings};
pub use x12_out::{Heading, Written};

/// The largest file read. A Carta Porte with ten thousand goods is 5 MB, a 309 with a thousand bills 2 MB; more is
/// an attachment or an attack, and is refused before a byte of it is looked at.
pub const DOCUMENT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// What the bytes are, judged from their beginning; `None` when they are nothing that this crate reads.
///
/// An answer is no promise that the document is right: reading it may still tell faults.
pub fn recognise(bytes: &[u8]) -> Option<DocumentKind> {
    let head = kinds::Head::of(bytes);
    IMPORTERS
        .iter()
        .find(|importer| (importer.recognises)(&head))
        .map(|importer| importer.kind)
}

/// Reads a file of a kind, with the usual readings.
///
/// # Errors
/// When the bytes can't be read as that kind at all; faults that leave something readable are in the draft.
pub fn read(kind: DocumentKind, bytes: &[u8]) -> Result<Draft, ReadError> {
    read_as(kind, bytes, &Readings::default())
}

/// Reads a file of a kind, what is ambiguous read as configured.
///
/// # Errors
/// As [`read`].
pub fn read_as(kind: DocumentKind, bytes: &[u8], readings: &Readings) -> Result<Draft, ReadError> {
    (kind.importer().read)(bytes, readings)
}
