//! CUSREP, customs conveyance report: the trip without its goods, in and out.
//!
//! | the report | what it becomes |
//! | --- | --- |
//! | a trip, original or preliminary | `Manifest`, whose shipments have a number and no weight |
//! | a change of a trip | `Conveyance`: another tractor, trailer or driver |
//! | an arrival (document 98, or DTM+178) | `ConveyanceArrived` |
//! | a trip expected in a period (DTM format 719) | `Appointment` |
//! | a cancellation | `TripCancelled` |
//!
//! Arrival and export of in-bond goods, which the truck guides report with the same message, have no record of a
//! crossing; they are told as an error.

mod derive;
mod table;
#[cfg(test)]
mod tests;
mod writer;

pub use table::CUSREP as MAP;
pub use writer::write;

use super::reading::TripReading;
use super::tags;
use crate::ReadError;
use crate::draft::Draft;
use crate::elements::ElementRow;
use crate::kinds::DocumentKind;

/// Reads all CUSREP of a file into one draft.
///
/// # Errors
/// When the bytes are of no interchange, or break a limit.
pub fn read(bytes: &[u8], reading: &TripReading) -> Result<Draft, ReadError> {
    table::CUSREP.read(DocumentKind::EdifactCusrep, bytes, reading)
}

/// Which element goes where.
pub fn elements() -> Vec<ElementRow> {
    tags::elements(&table::CUSREP)
}
