//! Writes one 309 in its envelopes.

use super::document::*;
use super::{Reading, TruckManifestDocument};
use crate::edi::SegmentWriter;

/// Writes the manifest as an interchange of one group of one set, with counts and trailers made.
///
/// The reading says where plate and trip go, as it does when reading.
pub fn write(document: &TruckManifestDocument, reading: &Reading) -> String {
    let mut out = SegmentWriter::new();
    let head = &document.interchange;
    out.isa(&[
        "00",
        "",
        "00",
        "",
        &head.sender_qualifier,
        &head.sender,
        &head.receiver_qualifier,
        &head.receiver,
        &head.date,
        &head.time,
        &head.standard,
        &head.version,
        &head.control_number,
        &head.acknowledgment,
        &head.usage,
        ">",
    ]);
    out.segment(
        "GS",
        &[
            &head.group_code,
            &head.group_sender,
            &head.group_receiver,
            &head.group_date,
            &head.group_time,
            &head.group_control_number,
            "X",
            &head.release,
        ],
    );
    out.segment("ST", &["309", &head.set_control_number]);
    let bills = document
        .bills
        .iter()
        .filter(|bill| !bill.bill_number.is_empty())
        .count();
    out.segment(
        "M10",
        &[
            &document.scac,
            &document.mode,
            &document.country,
            &document.conveyance_code,
            &document.conveyance_name,
            &document.voyage,
            &document.trip,
            &bills.to_string(),
            &document.manifest_type,
        ],
    );
    if let Some(vehicle) = &document.vehicle {
        veh(&mut out, vehicle, reading);
    }
    out.segment(
        "P4",
        &[
            &document.port,
            &document.arrival_date,
            "",
            &document.firms,
            &document.arrival_time,
        ],
    );
    for bill in &document.bills {
        write_bill(&mut out, bill);
    }
    out.se(&head.set_control_number);
    out.segment("GE", &["1", &head.group_control_number]);
    out.segment("IEA", &["1", &head.control_number]);
    out.finish()
}

fn veh(out: &mut SegmentWriter, vehicle: &Vehicle, reading: &Reading) {
    let last = reading
        .veh_plate
        .max(reading.veh_plate_state)
        .max(reading.veh_plate_country)
        .clamp(2, 32);
    let mut elements = vec![""; last];
    for (number, text) in [
        (1, "1"),
        (2, vehicle.vin.as_str()),
        (reading.veh_plate, &vehicle.plate),
        (reading.veh_plate_state, &vehicle.plate_state),
        (reading.veh_plate_country, &vehicle.plate_country),
    ] {
        if let Some(slot) = number.checked_sub(1).and_then(|at| elements.get_mut(at)) {
            *slot = text;
        }
    }
    out.segment("VEH", &elements);
    seals(out, &vehicle.seals);
}

/// M7 has room for four seals; more go into further M7.
fn seals(out: &mut SegmentWriter, seals: &[String]) {
    for four in seals.chunks(4) {
        let four: Vec<&str> = four.iter().map(String::as_str).collect();
        out.segment("M7", &four);
    }
}

fn write_bill(out: &mut SegmentWriter, bill: &Bill) {
    out.segment("LX", &[&bill.line]);
    if let Some(amendment) = &bill.amendment {
        let elements: Vec<&str> = amendment.iter().map(String::as_str).collect();
        out.segment("M13", &elements);
    }
    if !bill.bill_number.is_empty() {
        out.segment(
            "M11",
            &[
                &bill.bill_number,
                &bill.foreign_port,
                &bill.quantity,
                &bill.unit,
                &bill.weight,
                &bill.weight_unit,
                &bill.volume,
                &bill.volume_unit,
                &bill.bill_type,
                &bill.place_of_receipt,
                &bill.second_bill,
                &bill.issuer_scac,
            ],
        );
    }
    for reference in &bill.references {
        out.segment(
            "N9",
            &[
                &reference.qualifier,
                &reference.value,
                &reference.description,
            ],
        );
    }
    for party in &bill.parties {
        out.segment(
            "N1",
            &[&party.code, &party.name, &party.id_qualifier, &party.id],
        );
        for two in party.address.chunks(2) {
            let two: Vec<&str> = two.iter().map(String::as_str).collect();
            out.segment("N3", &two);
        }
        let place = [
            &party.city,
            &party.state,
            &party.postal_code,
            &party.country,
        ];
        if place.iter().any(|text| !text.is_empty()) {
            out.segment("N4", &place.map(String::as_str));
        }
    }
    if let Some(inbond) = &bill.inbond {
        out.segment(
            "M12",
            &[
                &inbond.entry_type,
                &inbond.number,
                &inbond.destination_port,
                &inbond.foreign_port,
                &inbond.value,
            ],
        );
    }
    for equipment in &bill.equipment {
        write_equipment(out, equipment);
    }
}

fn write_equipment(out: &mut SegmentWriter, equipment: &BillEquipment) {
    let mut vid_seals = equipment.vid_seals.iter().map(String::as_str);
    let (first, second) = (
        vid_seals.next().unwrap_or(""),
        vid_seals.next().unwrap_or(""),
    );
    out.segment(
        "VID",
        &[
            &equipment.code,
            &equipment.initial,
            &equipment.number,
            first,
            second,
            "",
            "",
            "",
            &equipment.iso_type,
            &equipment.load_status,
            &equipment.service,
        ],
    );
    seals(out, &equipment.seals);
    for goods in &equipment.goods {
        out.segment(
            "N10",
            &[
                &goods.quantity,
                &goods.description,
                &goods.marks,
                &goods.code_qualifier,
                &goods.code,
                &goods.value,
                &goods.weight_unit,
                &goods.weight,
                "",
                &goods.unit,
                &goods.country,
            ],
        );
        for hazard in &goods.hazards {
            out.segment("H1", &[hazard]);
        }
        for more in &goods.more {
            out.segment("N10", &["", &more.description, &more.marks]);
        }
    }
}
