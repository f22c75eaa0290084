//! CUSRES, customs response: what customs answers and decides, in and out.
//!
//! A response says what it means by codes that each administration lists for itself: application errors in ERC,
//! processing indicators in GEI, the function in BGM 1225. Which code becomes which record is a [`Reading`]. The codes
//! of its default are those of the truck guides of CBP; of the status codes some are known from notices (SN521 to
//! SN528, CSMS 64824685), others from messages only, so a party should set its own list.
//!
//! Errors are content here, not faults of the file: each is told as a note, with what ERP points at.

mod derive;
mod reading;
mod table;
#[cfg(test)]
mod tests;
mod writer;

pub use reading::{Becomes, Outcome, Reading, SaidIn};
pub use table::CUSRES as MAP;
pub use writer::write;

use super::tags;
use crate::ReadError;
use crate::draft::Draft;
use crate::edi::map;
use crate::elements::ElementRow;
use crate::kinds::DocumentKind;

/// Reads all CUSRES of a file into one draft.
///
/// # Errors
/// When the bytes are of no interchange, or break a limit.
pub fn read(bytes: &[u8], reading: &Reading) -> Result<Draft, ReadError> {
    let mut found = map::documents(&table::CUSRES, bytes, reading)?;
    derive::tell_codes(&mut found, reading);
    Ok(map::draft(
        &table::CUSRES,
        DocumentKind::EdifactCusres,
        found,
        reading,
    ))
}

/// Which element goes where.
pub fn elements() -> Vec<ElementRow> {
    tags::elements(&table::CUSRES)
}
