//! From a manifest and its shipments to a 309.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::document::*;
use super::{Reading, TripElement, TruckManifestDocument, write};
use crate::draft::Missing;
use crate::manifest::southern_port_zone;
use crate::out::{CaseRecord, Reads, Sending, leading};

/// N301 and N302 have this many characters each (X12 element 166).
const ADDRESS_CHARS_MAX: usize = 55;
/// N1002 has this many (X12 element 352 as used here).
const DESCRIPTION_CHARS_MAX: usize = 45;

/// Writes the trip of a `Manifest` with the `Shipment` of each bill that it lists.
///
/// # Errors
/// What the records lack: the manifest, a shipment that it lists, an instant that can be told in local time.
pub fn from_records(
    records: &[CaseRecord<'_>],
    sending: &Sending,
    reading: &Reading,
) -> Result<Vec<u8>, Vec<Missing>> {
    let manifest = leading(records, "Manifest", ("the manifest", "el manifiesto"))?;
    let mut reads = Reads::of(manifest.subject);
    let mut document = trip(&mut reads, reading);
    document.interchange = interchange(sending, &document.scac);
    bills(&mut document, &mut reads, records, reading);
    let missing = reads.missing();
    if missing.is_empty() {
        Ok(write(&document, reading).into_bytes())
    } else {
        Err(missing)
    }
}

/// Where nobody else is named, the carrier sends under its SCAC (qualifier 02), to CBP.
fn interchange(sending: &Sending, scac: &str) -> InterchangeHeader {
    let or = |text: &str, usual: &str| if text.is_empty() { usual } else { text }.to_owned();
    let number = sending.control_number;
    let (date, time) = (
        sending.at.strftime("%Y%m%d").to_string(),
        sending.at.strftime("%H%M").to_string(),
    );
    InterchangeHeader {
        sender_qualifier: or(&sending.sender_qualifier, "02"),
        sender: or(&sending.sender, scac),
        receiver_qualifier: or(&sending.receiver_qualifier, "ZZ"),
        receiver: or(&sending.receiver, "CBP"),
        date: date.get(2..).unwrap_or("").to_owned(),
        time: time.clone(),
        standard: "^".to_owned(),
        version: "00502".to_owned(),
        control_number: format!("{number:09}"),
        acknowledgment: "0".to_owned(),
        usage: if sending.test { "T" } else { "P" }.to_owned(),
        group_code: "AQ".to_owned(),
        group_sender: or(&sending.sender, scac),
        group_receiver: or(&sending.receiver, "CBP"),
        group_date: date,
        group_time: time,
        group_control_number: number.to_string(),
        release: "005020".to_owned(),
        set_control_number: format!("{:04}", number % 1_000_000_000),
    }
}

fn trip(reads: &mut Reads<'_>, reading: &Reading) -> TruckManifestDocument {
    if reads.text("/direction") == "southbound" {
        reads.lacks(
            "/direction",
            "a trip to the United States: a 309 goes to CBP about arrivals",
            "un viaje hacia Estados Unidos: un 309 informa a CBP de llegadas",
        );
    }
    let number = reads.required("/trip", "the trip number", "el número de viaje");
    let (voyage, trip) = match reading.trip {
        TripElement::M1006 => (number, String::new()),
        TripElement::M1007 => (String::new(), number),
    };
    let port = reads.required(
        "/port",
        "the US port, Schedule D",
        "el puerto de EE. UU., Schedule D",
    );
    let (arrival_date, arrival_time) = arrival(reads, reading, &port);
    let (country, state) = split_state(&reads.text("/plateState"));
    TruckManifestDocument {
        scac: reads.required("/scac", "the carrier's SCAC", "el SCAC del transportista"),
        mode: reading.truck_modes.first().cloned().unwrap_or_default(),
        country: country.clone(),
        voyage,
        trip,
        manifest_type: "X".to_owned(),
        vehicle: Some(Vehicle {
            vin: reads.text("/vin"),
            plate: reads.required("/plate", "the tractor's plate", "la placa del tractor"),
            plate_state: state,
            plate_country: country,
            seals: Vec::new(),
        }),
        port,
        arrival_date,
        arrival_time,
        ..TruckManifestDocument::default()
    }
}

/// `MX-TAM` as country and state.
fn split_state(text: &str) -> (String, String) {
    text.split_once('-')
        .map_or((String::new(), String::new()), |(country, state)| {
            (country.to_owned(), state.to_owned())
        })
}

/// The arrival in the local time of the port.
fn arrival(reads: &mut Reads<'_>, reading: &Reading, port: &str) -> (String, String) {
    let zone = reading.zone.as_deref().or_else(|| southern_port_zone(port));
    let local = reads
        .text("/estimatedArrival")
        .parse::<Timestamp>()
        .ok()
        .zip(zone.and_then(|name| TimeZone::get(name).ok()))
        .map(|(instant, zone)| zone.to_datetime(instant));
    let Some(local) = local else {
        reads.lacks(
            "/estimatedArrival",
            "when the truck is expected, at a port whose zone is known",
            "cuándo se espera el camión, en un puerto de huso conocido",
        );
        return (String::new(), String::new());
    };
    let time = match local.second() {
        0 => local.strftime("%H%M"),
        _ => local.strftime("%H%M%S"),
    };
    (local.strftime("%Y%m%d").to_string(), time.to_string())
}

fn bills(
    document: &mut TruckManifestDocument,
    reads: &mut Reads<'_>,
    records: &[CaseRecord<'_>],
    reading: &Reading,
) {
    let mut equipment: Vec<BillEquipment> = reads
        .items("/equipment")
        .iter()
        .map(|item| self::equipment(&Reads::of(item)))
        .collect();
    let seals: Vec<String> = reads
        .items("/seals")
        .iter()
        .filter_map(|seal| seal.as_str().map(str::to_owned))
        .collect();
    // Which seal is on which trailer no record says: with one trailer there is no question.
    match (equipment.as_mut_slice(), &mut document.vehicle) {
        ([only], _) => only.seals = seals,
        (_, Some(vehicle)) => vehicle.seals = seals,
        (_, None) => {}
    }
    let listed = reads.items("/shipments");
    if listed.is_empty() {
        document.bills.push(Bill {
            line: "1".to_owned(),
            equipment,
            ..Bill::default()
        });
        return;
    }
    for (index, line) in listed.iter().enumerate() {
        let scn = Reads::of(line).text("/scn");
        let shipment = records.iter().find(|r| {
            r.record_type == "Shipment" && r.subject.pointer("/scn") == Some(&Value::from(&*scn))
        });
        let Some(shipment) = shipment else {
            reads.lacks(
                &format!("/shipments/{index}/scn"),
                &format!("the shipment {scn}, which the manifest lists"),
                &format!("el embarque {scn}, que el manifiesto enumera"),
            );
            continue;
        };
        let mut bill = self::bill(&Reads::of(shipment.subject), index, &scn, reading);
        let goods: Vec<Goods> = Reads::of(shipment.subject)
            .items("/goods")
            .iter()
            .map(|item| self::goods(&Reads::of(item)))
            .collect();
        // Goods stand under a piece of equipment; a truck without a trailer carries them itself.
        bill.equipment = match (index, equipment.is_empty()) {
            (_, true) => vec![BillEquipment {
                code: reading
                    .vid_tractor_codes
                    .first()
                    .cloned()
                    .unwrap_or_default(),
                number: reads.text("/plate"),
                ..BillEquipment::default()
            }],
            (0, false) => equipment.clone(),
            (_, false) => equipment
                .first()
                .map(|first| BillEquipment {
                    seals: Vec::new(),
                    ..first.clone()
                })
                .into_iter()
                .collect(),
        };
        if let Some(first) = bill.equipment.first_mut() {
            first.goods = goods;
        }
        document.bills.push(bill);
    }
}

fn equipment(reads: &Reads<'_>) -> BillEquipment {
    let number = reads.text("/equipmentNumber");
    let container = number == reads.text("/containerNumber");
    let (initial, rest) = match container.then(|| number.split_at_checked(4)).flatten() {
        Some((initial, rest)) => (initial.to_owned(), rest.to_owned()),
        None => (String::new(), number),
    };
    let code = match reads.text("/equipmentKind").as_str() {
        "trailer" => "TL",
        "reefer" => "RT",
        "flatbed" => "FT",
        "chassis" => "CH",
        "container-20" => "2B",
        "container-40" => "4B",
        _ => "ZZ",
    };
    BillEquipment {
        code: code.to_owned(),
        initial,
        number: rest,
        ..BillEquipment::default()
    }
}

fn bill(reads: &Reads<'_>, index: usize, scn: &str, reading: &Reading) -> Bill {
    let issuer = scn.get(..4).unwrap_or_default();
    let units: Vec<Option<&str>> = reads
        .items("/goods")
        .iter()
        .map(|item| item.pointer("/packageUnit").and_then(Value::as_str))
        .collect();
    // A unit on the bill holds for lines that have none of their own, so it stands there only where all lines say it.
    let unit = match units.as_slice() {
        [Some(first), rest @ ..] if rest.iter().all(|unit| *unit == Some(*first)) => {
            manifest_unit(first)
        }
        _ => "",
    };
    let inbond = reads.text("/inBondNumber");
    let destination = reads.text("/destinationPort");
    Bill {
        line: (index + 1).to_string(),
        bill_number: if reading.scn_without_scac {
            scn.get(4..).unwrap_or_default().to_owned()
        } else {
            scn.to_owned()
        },
        quantity: reads.text("/packages"),
        unit: unit.to_owned(),
        weight: reads.text("/grossWeightKg"),
        weight_unit: "K".to_owned(),
        place_of_receipt: reads.text("/loadedAt"),
        issuer_scac: issuer.to_owned(),
        parties: [("SH", "/shipper"), ("CN", "/consignee")]
            .into_iter()
            .map(|(code, at)| party(reads, code, at))
            .collect(),
        inbond: (!inbond.is_empty() || !destination.is_empty()).then(|| Inbond {
            number: inbond,
            destination_port: destination,
            ..Inbond::default()
        }),
        ..Bill::default()
    }
}

fn party(reads: &Reads<'_>, code: &str, at: &str) -> Party {
    let text = |member: &str| reads.text(&format!("{at}/{member}"));
    Party {
        code: code.to_owned(),
        name: text("partyName"),
        address: address(&text("streetAddress")),
        city: text("locality"),
        state: text("region"),
        postal_code: text("postalCode"),
        country: text("country"),
        ..Party::default()
    }
}

/// An address in parts of the format's length, cut at commas: joined by commas it is whole again.
fn address(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for piece in text.split(", ").filter(|piece| !piece.is_empty()) {
        match parts.last_mut() {
            Some(last) if last.chars().count() + piece.chars().count() + 2 <= ADDRESS_CHARS_MAX => {
                last.push_str(", ");
                last.push_str(piece);
            }
            _ => parts.push(piece.to_owned()),
        }
    }
    parts
}

fn goods(reads: &Reads<'_>) -> Goods {
    let code = reads.text("/commodityCode");
    let weight = reads.text("/grossWeightKg");
    let mut lines = lines(&reads.text("/goodsText")).into_iter();
    let hazard = reads.text("/unNumber");
    Goods {
        quantity: reads.text("/packages"),
        description: lines.next().unwrap_or_default(),
        code_qualifier: if code.is_empty() { "" } else { "J" }.to_owned(),
        code,
        weight_unit: if weight.is_empty() { "" } else { "K" }.to_owned(),
        weight,
        unit: manifest_unit(&reads.text("/packageUnit")).to_owned(),
        country: reads.text("/originCountry"),
        hazards: (!hazard.is_empty()).then_some(hazard).into_iter().collect(),
        more: lines
            .map(|description| Text {
                description,
                ..Text::default()
            })
            .collect(),
        ..Goods::default()
    }
}

/// A description in lines of the format's length, cut between words.
fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let mut current = String::new();
        for word in line.split(' ').filter(|word| !word.is_empty()) {
            let length = current.chars().count() + word.chars().count() + 1;
            if !current.is_empty() && length > DESCRIPTION_CHARS_MAX {
                lines.push(std::mem::take(&mut current));
            }
            if !current.is_empty() {
                current.push(' ');
            }
            current.push_str(word);
        }
        if !current.is_empty() {
            lines.push(current);
        }
    }
    lines
}

/// The manifest's code of a package unit; empty for those that it has none for.
fn manifest_unit(unit: &str) -> &'static str {
    match unit {
        "CT" => "CTN",
        "CR" => "CRT",
        "PX" => "PLT",
        "BG" => "BAG",
        "DR" => "DRM",
        "RO" => "ROL",
        "PK" => "PKG",
        "UN" => "UNT",
        _ => "",
    }
}
