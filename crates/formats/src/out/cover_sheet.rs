//! The content of the QR on a truck manifest's cover sheet, which the carrier prints for the driver.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{CaseRecord, Reads, Sending, leading};
use crate::cover_sheet::{CoverSheet, Plate, write};
use crate::draft::Missing;
use crate::kinds::Readings;
use crate::manifest::southern_port_zone;

/// The sheet of a `Manifest`: trip, day of arrival, plates of the tractor and of the first trailer.
pub(super) fn sheet(
    records: &[CaseRecord<'_>],
    _: &Sending,
    readings: &Readings,
) -> Result<Vec<u8>, Vec<Missing>> {
    let manifest = leading(records, "Manifest", ("the manifest", "el manifiesto"))?;
    let mut reads = Reads::of(manifest.subject);
    if reads.text("/direction") == "southbound" {
        reads.lacks(
            "/direction",
            "a trip to the United States: the sheet goes with an ACE manifest",
            "un viaje hacia Estados Unidos: la carátula va con un manifiesto de ACE",
        );
    }
    let reading = &readings.ace_cover_sheet;
    let number = reads.required("/plate", "the tractor's plate", "la placa del tractor");
    let issued = reads.required(
        "/plateState",
        "who issued the tractor's plate",
        "quién expidió la placa del tractor",
    );
    // A trailer that has no plate stays away whole: the sheet knows a trailer by nothing else.
    let trailer = reads.text("/equipment/0/plate");
    let trailer_issued = match trailer.is_empty() {
        true => String::new(),
        false => reads.required(
            "/equipment/0/plateState",
            "who issued the trailer's plate",
            "quién expidió la placa del remolque",
        ),
    };
    let sheet = CoverSheet {
        version: reading.version.clone(),
        trip: reads.required("/trip", "the trip number", "el número de viaje"),
        estimated_arrival: arrival_day(&mut reads),
        plate1: plate(&issued, number),
        plate2: plate(&trailer_issued, trailer),
    };
    let missing = reads.missing();
    match missing.is_empty() {
        true => Ok(write(&sheet, reading).into_bytes()),
        false => Err(missing),
    }
}

/// The day at the port, `YYYYMMDD`.
fn arrival_day(reads: &mut Reads<'_>) -> String {
    let instant: Option<Timestamp> = reads.text("/estimatedArrival").parse().ok();
    let zone = southern_port_zone(&reads.text("/port")).and_then(|name| TimeZone::get(name).ok());
    match (instant, zone) {
        (Some(instant), Some(zone)) => zone.to_datetime(instant).strftime("%Y%m%d").to_string(),
        (None, _) => {
            reads.lacks(
                "/estimatedArrival",
                "the expected arrival",
                "la llegada prevista",
            );
            String::new()
        }
        (_, None) => {
            reads.lacks(
                "/port",
                "a port of the southern border: the day of arrival is that of its zone",
                "un puerto de la frontera sur: el día de llegada es el de su zona horaria",
            );
            String::new()
        }
    }
}

fn plate(issued: &str, number: String) -> Plate {
    let (country, state) = issued.split_once('-').unwrap_or_default();
    Plate {
        country: country.to_owned(),
        state: state.to_owned(),
        number,
    }
}
