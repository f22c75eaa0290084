//! CUSCAR, customs cargo report: the truck manifest, in and out.
//!
//! A report becomes the records that an ANSI X12 309 of the same truck becomes: a `Manifest` and a `Shipment` for each
//! consignment. What the function in BGM 1225 says besides is kept: a cancellation becomes `TripCancelled` or
//! `ShipmentCancelled`, a change is a manifest with a warning that it replaces an earlier one.

mod derive;
mod table;
#[cfg(test)]
mod tests;
mod writer;

pub use table::CUSCAR as MAP;
pub use writer::write;

use super::reading::TripReading;
use super::tags;
use crate::ReadError;
use crate::draft::Draft;
use crate::elements::ElementRow;
use crate::kinds::DocumentKind;

/// Reads all CUSCAR of a file into one draft.
///
/// # Errors
/// When the bytes are of no interchange, or break a limit.
pub fn read(bytes: &[u8], reading: &TripReading) -> Result<Draft, ReadError> {
    table::CUSCAR.read(DocumentKind::EdifactCuscar, bytes, reading)
}

/// Which element goes where.
pub fn elements() -> Vec<ElementRow> {
    tags::elements(&table::CUSCAR)
}
