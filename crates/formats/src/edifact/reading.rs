//! How the guides of cargo and conveyance reports are read where they leave room.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which element holds the trip number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TripElement {
    /// BGM C106/1004, the number of the document: the truck guides of CBP.
    Bgm1004,
    /// TDT 8028, the journey: the general directory.
    Tdt8028,
}

/// The order of a driver's names in C080/3036.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameOrder {
    /// Family name, given name, further ones, as the truck guides of CBP have it.
    FamilyFirst,
    /// As they are said.
    AsWritten,
}

/// What the guides of CUSCAR and CUSREP leave open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct TripReading {
    /// Codes of TDT C220/8067 that mean a truck; UN Recommendation 19 says 3, the guides write `03`.
    pub truck_modes: Vec<String>,
    /// Where the trip number is.
    pub trip: TripElement,
    /// Code list (TDT C222/1131) of a VIN.
    pub vin_lists: Vec<String>,
    /// Code list (TDT C222/1131) of a licence plate.
    pub plate_lists: Vec<String>,
    /// The order of a driver's names.
    pub names: NameOrder,
    /// Functions (BGM 1225) that take back the whole report.
    pub cancelling: Vec<String>,
    /// Functions that take out the shipments named, or the report where none is named.
    pub deleting: Vec<String>,
    /// Functions that replace or change an earlier report.
    pub replacing: Vec<String>,
    /// Functions of a report that a later one completes.
    pub preliminary: Vec<String>,
    /// Functions that only confirm an earlier report.
    pub confirming: Vec<String>,
    /// Documents (BGM C002/1001) that report shipments without a trip.
    pub shipments_only: Vec<String>,
    /// Documents (BGM C002/1001) that report an arrival.
    pub arrival_documents: Vec<String>,
    /// States of a consignment (CNI C503/1373) that take it out of the report.
    pub shipment_cancelled: Vec<String>,
    /// Release types of the records for codes of GEI C012/7365; codes that are not here are told.
    pub release_types: BTreeMap<String, String>,
    /// Unit in which weights are written: the truck guides take `K`, Recommendation 20 says `KGM`. Both are read.
    pub weight_unit: String,
    /// IANA zone of the times in DTM; `None`: the zone of the port, for ports on the Mexican border.
    pub zone: Option<String>,
}

impl Default for TripReading {
    fn default() -> TripReading {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        TripReading {
            truck_modes: texts(&["3", "03"]),
            trip: TripElement::Bgm1004,
            vin_lists: texts(&["146"]),
            plate_lists: texts(&["215"]),
            names: NameOrder::FamilyFirst,
            cancelling: texts(&["1"]),
            deleting: texts(&["3"]),
            replacing: texts(&["4", "5", "20", "21", "33", "36"]),
            preliminary: texts(&["2", "14"]),
            confirming: texts(&["6"]),
            shipments_only: texts(&["87"]),
            arrival_documents: texts(&["98"]),
            shipment_cancelled: texts(&["22"]),
            release_types: BTreeMap::new(),
            weight_unit: "K".to_owned(),
            zone: None,
        }
    }
}

impl TripReading {
    /// Whether the code is in the list.
    pub(super) fn is(list: &[String], code: Option<&str>) -> bool {
        code.is_some_and(|code| list.iter().any(|found| found == code))
    }
}
