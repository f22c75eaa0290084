//! ANSI X12 358, customs consist information: the bills that one truck carries on one trip, for manifests already filed.
//!
//! Loops as in releases 4040 to 6010: M10, VEH, CII, NM1, then P4 with VID for each piece of equipment and MBL for each
//! bill on it. It becomes a `Manifest` that lacks the packages and weights, which the consist does not have.

use crate::ReadError;
use crate::draft::{Draft, Severity};
use crate::edi::map::{
    Deriving, Document, Envelope, Form, Loop, Node, Opens, Pass, Record, Row, SetMap, fill,
    parse_date, parse_time, write as write_map,
};
use crate::elements::ElementRow;
use crate::identifiers;
use crate::kinds::DocumentKind;
use crate::manifest::{container_like, equipment_kind, instant, southern_port_zone};
use crate::x12_309::TripElement;
use crate::x12_out::{Heading, Written, complete};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashSet;

/// How an ambiguous guide is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Reading {
    /// Codes of M1002 that mean a truck.
    pub truck_modes: Vec<String>,
    /// Where the trip number is.
    pub trip: TripElement,
    /// Whether MBL02 lacks the SCAC of MBL01, which then stands before it in the shipment control number (unsure).
    pub scn_without_scac: bool,
    /// Element of VEH with the tractor's plate (unsure, as in the 309).
    pub veh_plate: usize,
    /// Element of VEH with the state that issued it.
    pub veh_plate_state: usize,
    /// Element of VEH with the country that issued it.
    pub veh_plate_country: usize,
    /// Codes of VID01 that mean the tractor itself; then VID03 is its plate.
    pub vid_tractor_codes: Vec<String>,
    /// IANA zone of the times in P4; `None`: the zone of the port, for ports on the Mexican border.
    pub zone: Option<String>,
}

impl Default for Reading {
    fn default() -> Reading {
        Reading {
            truck_modes: vec!["J".to_owned()],
            trip: TripElement::M1007,
            scn_without_scac: false,
            veh_plate: 12,
            veh_plate_state: 13,
            veh_plate_country: 14,
            vid_tractor_codes: vec!["TR".to_owned()],
            zone: None,
        }
    }
}

const MANIFEST: &str = "Manifest";

/// The loop of a bill, inside a piece of equipment or, in older releases, without one.
const MBL: Loop<Reading> = Loop {
    rows: &[
        Row::new(
            "MBL",
            1,
            "issuer",
            "SCAC of the bill’s issuer",
            "SCAC de quien emitió el conocimiento",
        )
        .form(Form::Identifier("scac", "scac-form"))
        .required(),
        Row::new(
            "MBL",
            2,
            "bill",
            "Shipment control number",
            "Número de control del embarque",
        )
        .derived(&[(MANIFEST, "/shipments/*/scn"), (MANIFEST, "/empty")])
        .required(),
        Row::new("MBL", 3, "action", "Action", "Acción"),
    ],
    passing: &["M13", "X1"],
    by_hand: true,
    ..Loop::new("MBL", "MBL")
};

/// The table.
pub static MAP: SetMap<Reading> = SetMap {
    set: "358",
    syntax: crate::edi::Syntax::X12,
    groups: &["BD", "SO"],
    root: Loop {
        needs: &["M10", "P4"],
        rows: &[
            Row::new("M10", 1, "scac", "Carrier’s SCAC", "SCAC del transportista")
                .form(Form::Identifier("scac", "scac-form"))
                .goes(&[(MANIFEST, "/scac")])
                .required()
                .max(4),
            Row::new("M10", 2, "mode", "Mode of transport", "Modo de transporte").check(check_mode),
            Row::new(
                "M10",
                3,
                "country",
                "Country of registration",
                "País de matrícula",
            ),
            Row::new("M10", 7, "trip", "Trip number", "Número de viaje")
                .at(|reading: &Reading| reading.trip.number())
                .form(Form::Identifier("trip-number", "trip-form"))
                .goes(&[(MANIFEST, "/trip")]),
            Row::new(
                "M10",
                8,
                "bills",
                "Number of bills",
                "Número de conocimientos",
            )
            .form(Form::Whole)
            .unfold(|_, _, subject| {
                let bills = subject.get("shipments").and_then(Value::as_array);
                vec![bills.map_or(0, Vec::len).to_string()]
            }),
            Row::new(
                "M10",
                9,
                "manifest-type",
                "Kind of manifest",
                "Clase de manifiesto",
            ),
            Row::new(
                "VEH",
                1,
                "vehicle",
                "Vehicle’s line",
                "Renglón del vehículo",
            ),
            Row::new("VEH", 2, "vin", "VIN", "NIV")
                .form(Form::Identifier("vin", "vin-form"))
                .goes(&[(MANIFEST, "/vin")]),
            Row::new("VEH", 12, "plate", "Tractor’s plate", "Placa del tractor")
                .at(|reading: &Reading| reading.veh_plate)
                .form(Form::Identifier("plate", "plate-form"))
                .goes(&[(MANIFEST, "/plate")]),
            Row::new(
                "VEH",
                13,
                "plate-state",
                "State that issued the plate",
                "Estado que expidió la placa",
            )
            .at(|reading: &Reading| reading.veh_plate_state)
            .derived(&[(MANIFEST, "/plateState")])
            .unfold(|_, _, subject| part_of_state(subject, 1)),
            Row::new(
                "VEH",
                14,
                "plate-country",
                "Country that issued the plate",
                "País que expidió la placa",
            )
            .at(|reading: &Reading| reading.veh_plate_country)
            .unfold(|_, _, subject| part_of_state(subject, 0)),
            seal_row("M7", 1, "seal1"),
            seal_row("M7", 2, "seal2"),
            seal_row("M7", 3, "seal3"),
            seal_row("M7", 4, "seal4"),
        ],
        passing: &["N9", "CII", "NM1", "DMG", "DMA", "REF", "N3", "N4"],
        opens: Opens::Each(MANIFEST),
        loops: &[Loop {
            max: 20,
            rows: &[
                Row::new(
                    "P4",
                    1,
                    "port",
                    "US port, Schedule D",
                    "Puerto de EE. UU., Schedule D",
                )
                .form(Form::Identifier("schedule-d", "port-form"))
                .goes(&[(MANIFEST, "/port")])
                .derived(&[(MANIFEST, "/direction"), (MANIFEST, "/empty")])
                .required(),
                Row::new(
                    "P4",
                    2,
                    "date",
                    "Date of arrival, local",
                    "Fecha de llegada, local",
                )
                .form(Form::Date),
                Row::new(
                    "P4",
                    5,
                    "time",
                    "Time of arrival, local",
                    "Hora de llegada, local",
                )
                .form(Form::Time)
                .derived(&[(MANIFEST, "/estimatedArrival")]),
            ],
            passing: &["LX"],
            loops: &[
                Loop {
                    rows: &[
                        Row::new(
                            "VID",
                            1,
                            "equipment-code",
                            "Kind of equipment",
                            "Clase de equipo",
                        )
                        .derived(&[(MANIFEST, "/equipment/*/equipmentKind")])
                        .required(),
                        Row::new(
                            "VID",
                            2,
                            "initial",
                            "Initial of the equipment",
                            "Siglas del equipo",
                        ),
                        Row::new(
                            "VID",
                            3,
                            "number",
                            "Number of the equipment",
                            "Número del equipo",
                        )
                        .derived(&[
                            (MANIFEST, "/equipment/*/equipmentNumber"),
                            (MANIFEST, "/equipment/*/containerNumber"),
                            (MANIFEST, "/plate"),
                        ]),
                        seal_row("VID", 4, "vid-seal1"),
                        seal_row("VID", 5, "vid-seal2"),
                    ],
                    by_hand: true,
                    loops: &[MBL],
                    ..Loop::new("VID", "VID")
                },
                MBL,
            ],
            ..Loop::new("P4", "P4")
        }],
        ..Loop::root()
    },
    records: &[Record {
        needs: &[
            ("/scac", "the carrier's SCAC", "el SCAC del transportista"),
            ("/trip", "the trip number", "el número de viaje"),
            (
                "/direction",
                "northbound or southbound",
                "hacia el norte o hacia el sur",
            ),
            (
                "/port",
                "the US port, Schedule D",
                "el puerto de EE. UU., Schedule D",
            ),
            (
                "/estimatedArrival",
                "when the truck is expected at the US port",
                "cuándo se espera el camión en el puerto de EE. UU.",
            ),
            ("/plate", "the tractor's plate", "la placa del tractor"),
            (
                "/shipments/*/packages",
                "the number of packages",
                "el número de bultos",
            ),
            (
                "/shipments/*/grossWeightKg",
                "the gross weight, with its unit",
                "el peso bruto, con su unidad",
            ),
        ],
        derive: Some(derive),
        ..Record::new(MANIFEST)
    }],
};

const fn seal_row(segment: &'static str, element: usize, name: &'static str) -> Row<Reading> {
    Row::new(segment, element, name, "Seal", "Candado o sello")
        .form(Form::Identifier("seal", "seal-form"))
        .goes(&[(MANIFEST, "/seals/*")])
}

/// Reads all 358 of a file: a `Manifest` without packages and weights for each.
///
/// # Errors
/// When the bytes are no X12, or break a limit.
pub fn read(bytes: &[u8], reading: &Reading) -> Result<Draft, ReadError> {
    MAP.read(DocumentKind::X12Consist358, bytes, reading)
}

/// Writes the consist of a `Manifest`. The heading gives day and time at the port, in its local time.
///
/// A record does not say on which equipment a bill is: all stand behind the last one.
pub fn write(
    manifest: &Value,
    heading: &Heading,
    envelope: &Envelope,
    reading: &Reading,
) -> Written {
    let mut root = fill(&MAP, &[(MANIFEST, manifest)], reading);
    complete(&MAP.root, &mut root, heading);
    let table = MAP.root.loops.first();
    if let (Some(table), Some((_, port))) = (table, root.loops.first_mut()) {
        equipment(table, port, manifest, reading);
    }
    let document = Document {
        envelope: envelope.clone(),
        root,
    };
    let (text, replaced) = write_map(&MAP, &document, reading);
    Written { text, replaced }
}

/// Which element goes where.
pub fn elements() -> Vec<ElementRow> {
    MAP.elements()
}

fn equipment(table: &Loop<Reading>, port: &mut Node, manifest: &Value, reading: &Reading) {
    let (Some(vid), Some(mbl)) = (table.loops.first(), table.loops.get(1)) else {
        return;
    };
    let list = |name: &str| {
        manifest
            .get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let text = |value: &Value, name: &str| {
        let text = value.get(name).and_then(Value::as_str);
        text.unwrap_or("").to_owned()
    };
    for item in list("equipment") {
        let mut node = Node::default();
        let kind = text(item, "equipmentKind");
        let known = ["TL", "RT", "FT", "CH", "2B", "4B"];
        let code = known
            .iter()
            .find(|code| equipment_kind(code) == Some(kind.as_str()));
        // TL is a trailer not otherwise said.
        node.put(vid, "equipment-code", code.unwrap_or(&"TL"));
        let number = text(item, "equipmentNumber");
        match number.split_at_checked(4) {
            Some((initial, rest)) if container_like(initial, rest) => {
                node.put(vid, "initial", initial);
                node.put(vid, "number", rest);
            }
            _ => node.put(vid, "number", &number),
        }
        port.loops.push((0, node));
    }
    if port.loops.is_empty() && manifest.get("shipments").is_some() {
        // A bill stands behind a piece of equipment; without one the truck itself is named.
        let mut node = Node::default();
        let code = reading
            .vid_tractor_codes
            .first()
            .map_or("TR", String::as_str);
        node.put(vid, "equipment-code", code);
        node.put(vid, "number", &text(manifest, "plate"));
        port.loops.push((0, node));
    }
    for item in list("shipments") {
        let scn = text(item, "scn");
        let (issuer, rest) = scn.split_at_checked(4).unwrap_or((&scn, ""));
        let mut node = Node::default();
        node.put(mbl, "issuer", issuer);
        node.put(
            mbl,
            "bill",
            if reading.scn_without_scac { rest } else { &scn },
        );
        port.loops.push((1, node));
    }
}

fn part_of_state(subject: &Value, part: usize) -> Vec<String> {
    let state = subject.get("plateState").and_then(Value::as_str);
    let part = state.and_then(|state| state.split('-').nth(part));
    part.map(str::to_owned).into_iter().collect()
}

fn check_mode(reading: &Reading, mode: &str) -> Option<(Severity, &'static str, String, String)> {
    if reading.truck_modes.iter().any(|known| known == mode) {
        return None;
    }
    Some((
        Severity::Error,
        "not-a-truck-manifest",
        format!(
            "not a truck: mode `{mode}`, a truck has {}",
            reading.truck_modes.join(" or ")
        ),
        format!(
            "no es un camión: modo `{mode}`, un camión tiene {}",
            reading.truck_modes.join(" o ")
        ),
    ))
}

fn derive(one: &mut Deriving<'_, '_, Reading>) {
    let root = one.pass;
    let ports: Vec<Pass<'_, Reading>> = root.inside().collect();
    if let Some(port) = ports.first() {
        arrival(one, port);
    }
    if let (Some(state), Some(country @ ("US" | "MX" | "CA"))) =
        (root.text("plate-state"), root.text("plate-country"))
    {
        let state = format!("{country}-{state}");
        one.set("/plateState", state, "plate-state");
    }
    let (mut pieces, mut bills) = (0, 0);
    let mut known: HashSet<String> = HashSet::new();
    for port in &ports {
        for inside in port.inside() {
            if inside.table.id == "VID" {
                if vid(one, &inside, pieces, &mut known) {
                    pieces += 1;
                }
                for bill in inside.inside() {
                    mbl(one, &bill, bills);
                    bills += 1;
                }
            } else {
                mbl(one, &inside, bills);
                bills += 1;
            }
        }
    }
    // What says it: the first bill, or a port without bills.
    let name = if bills > 0 { "bill" } else { "port" };
    one.set_at("/empty", bills == 0, name);
    let said = root
        .text("bills")
        .and_then(|text| text.parse::<usize>().ok());
    if let Some(said) = said.filter(|said| *said != bills) {
        one.tell(
            Severity::Error,
            "bill-count",
            "bills",
            format!("M1008 says {said} bills, there are {bills}"),
            format!("M1008 dice {said} conocimientos, hay {bills}"),
        );
    }
}

fn arrival(one: &mut Deriving<'_, '_, Reading>, port: &Pass<'_, Reading>) {
    let code = port.text("port").unwrap_or("");
    let truck = port.text("mode").is_some_and(|mode| {
        let modes = &one.reading.truck_modes;
        modes.iter().any(|known| known == mode)
    });
    if truck && southern_port_zone(code).is_some() {
        one.set_from("/direction", "northbound", port, "port");
    }
    let day = port.text("date").and_then(parse_date);
    let moment = port.text("time").and_then(parse_time);
    let (Some(day), Some(moment)) = (day, moment) else {
        return;
    };
    match instant(day, moment, code, one.reading.zone.as_deref()) {
        Some((instant, zone)) => {
            one.set_from("/estimatedArrival", instant.to_string(), port, "time");
            one.tell_from(
                Severity::Note,
                "local-time",
                port,
                "time",
                format!("P4 has no zone: the time is taken as local in {zone}"),
                format!("P4 no tiene huso: la hora se toma como local en {zone}"),
            );
        }
        None => one.tell_from(
            Severity::Warning,
            "zone-unknown",
            port,
            "time",
            format!("the zone of port {code} is not known, so the time is no instant"),
            format!("no se conoce el huso del puerto {code}, así que la hora no es un instante"),
        ),
    }
}

/// Takes a piece of equipment; tells whether it is a new one of the record.
fn vid(
    one: &mut Deriving<'_, '_, Reading>,
    pass: &Pass<'_, Reading>,
    index: usize,
    known: &mut HashSet<String>,
) -> bool {
    let code = pass.texts("equipment-code").next().unwrap_or("").to_owned();
    let initial = pass.texts("initial").next().unwrap_or("").to_owned();
    let Some(number) = pass.texts("number").next() else {
        return false;
    };
    let number = number.to_owned();
    if one.reading.vid_tractor_codes.contains(&code) {
        if one.member("/plate").is_none() {
            one.identify_from("/plate", "plate", &number, pass, "number", "plate-form");
        }
        return false;
    }
    let whole = format!("{initial}{number}");
    // The same trailer stands again where further bills are on it.
    if !known.insert(whole.clone()) {
        return false;
    }
    let to = format!("/equipment/{index}");
    one.set_from(
        &format!("{to}/equipmentNumber"),
        whole.as_str(),
        pass,
        "number",
    );
    if container_like(&initial, &number) {
        match identifiers::normalise("container", &whole) {
            Ok(normal) => one.set_from(&format!("{to}/containerNumber"), normal, pass, "number"),
            Err(wrong) => one.tell_from(
                Severity::Warning,
                "container-check-digit",
                pass,
                "number",
                format!("`{whole}`: {wrong}"),
                format!("`{whole}`: {}", wrong.es()),
            ),
        }
    }
    if let Some(kind) = equipment_kind(&code) {
        one.set_from(&format!("{to}/equipmentKind"), kind, pass, "equipment-code");
    }
    true
}

fn mbl(one: &mut Deriving<'_, '_, Reading>, pass: &Pass<'_, Reading>, index: usize) {
    let Some(bill) = pass.texts("bill").next() else {
        return;
    };
    let issuer = pass.texts("issuer").next().unwrap_or("");
    let scn = if one.reading.scn_without_scac {
        format!("{issuer}{bill}")
    } else {
        bill.to_owned()
    };
    let pointer = format!("/shipments/{index}/scn");
    one.identify_from(&pointer, "scn", &scn, pass, "bill", "scn-form");
}
