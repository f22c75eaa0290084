//! ANSI X12 309, customs manifest: the truck manifest of ACE in and out, other manifests in.
//!
//! One `M10` is one trip, one `M11` one shipment. The general set leaves room that guides fill differently; what is
//! ambiguous is a field of [`Reading`], not code. A manifest of another mode of transport is read as well, with the
//! fault `not-a-truck-manifest`.

mod document;
mod elements;
mod from_records;
mod map;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub use document::{
    Bill, BillEquipment, Goods, Inbond, InterchangeHeader, Party, Reference, Text,
    TruckManifestDocument, Vehicle,
};
pub use elements::elements;
pub use from_records::from_records;
pub use writer::write;

use crate::ReadError;
use crate::draft::{Draft, Fault};
use crate::edi::{self, Syntax};
use serde::{Deserialize, Serialize};

/// Which element holds the trip number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TripElement {
    /// M1006, the voyage number of the general set; at most ten characters in its dictionary.
    M1006,
    /// M1007, which has room for the 25 characters that a trip number may have.
    M1007,
}

impl TripElement {
    /// The number of the element of M10.
    pub fn number(self) -> usize {
        match self {
            TripElement::M1006 => 6,
            TripElement::M1007 => 7,
        }
    }
}

/// How an ambiguous guide is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Reading {
    /// Codes of M1002 that mean a truck. The dictionary says `J` is motor; some senders write `T`.
    pub truck_modes: Vec<String>,
    /// Where the trip number is.
    pub trip: TripElement,
    /// Element of VEH with the tractor's plate.
    pub veh_plate: usize,
    /// Element of VEH with the state that issued it.
    pub veh_plate_state: usize,
    /// Element of VEH with the country that issued it.
    pub veh_plate_country: usize,
    /// Codes of VID01 that mean the tractor itself, for senders without VEH: then VID03 is its plate.
    pub vid_tractor_codes: Vec<String>,
    /// Whether M1101 lacks the SCAC of M1112, which then stands before it in the shipment control number.
    pub scn_without_scac: bool,
    /// IANA zone of the times in P4; `None`: the zone of the port, for ports on the Mexican border.
    pub zone: Option<String>,
}

impl Default for Reading {
    fn default() -> Reading {
        Reading {
            truck_modes: vec!["J".to_owned()],
            trip: TripElement::M1007,
            veh_plate: 12,
            veh_plate_state: 13,
            veh_plate_country: 14,
            vid_tractor_codes: vec!["TR".to_owned()],
            scn_without_scac: false,
            zone: None,
        }
    }
}

/// Reads all 309 of a file into one draft: a `Manifest` for each, and a `Shipment` for each bill.
///
/// # Errors
/// When the bytes are no X12, or break a limit.
pub fn read(bytes: &[u8], reading: &Reading) -> Result<Draft, ReadError> {
    let text = edi::Text::decode(bytes, Syntax::X12)?;
    let (documents, places) = reader::read(&text, reading)?;
    Ok(map::draft(&documents, places, reading))
}

/// Reads the plain documents, one for each 309 of the file, with all faults.
///
/// # Errors
/// As [`read`].
pub fn read_documents(
    bytes: &[u8],
    reading: &Reading,
) -> Result<(Vec<TruckManifestDocument>, Vec<Fault>), ReadError> {
    let text = edi::Text::decode(bytes, Syntax::X12)?;
    let (documents, places) = reader::read(&text, reading)?;
    Ok((documents, places.faults().to_vec()))
}
