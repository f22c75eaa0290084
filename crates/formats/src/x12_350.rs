//! ANSI X12 350, customs status information: what CBP tells of shipments, read as reports and written as CBP would.
//!
//! Loops as in releases 4060 to 6010: M10, then P4 with V9, VEH, NM1, VID, then X4 for each shipment with K1, N9, N7.
//! What a disposition code means for a truck is published nowhere that was found (unsure): the codes are those of the
//! manifests of other modes, and their meaning is configuration.

use crate::ReadError;
use crate::draft::{Draft, Severity};
use crate::edi::map::{Deriving, Envelope, Form, Loop, Opens, Pass, Record, Row, SetMap, occurred};
use crate::elements::{ElementRow, OCCURRED};
use crate::kinds::DocumentKind;
use crate::manifest::pieces;
use crate::x12_309::TripElement;
use crate::x12_out::{Heading, Written, filled_write};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a disposition becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Becomes {
    /// `ReleaseDecision` with decision `release`.
    Release,
    /// `HoldPlaced`.
    Hold,
    /// `HoldRemoved`.
    HoldRemoved,
    /// `ConveyanceArrived`, once for a trip.
    Arrived,
    /// No record: it is told as a note.
    Nothing,
}

/// A disposition code and its meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Disposition {
    /// X407.
    pub code: String,
    /// What it becomes.
    pub becomes: Becomes,
    /// Of a hold: its kind, as in the code list `hold-kinds`; empty where the code does not say, then it is missing.
    #[serde(default)]
    pub hold: String,
    /// Of a hold: what it ends with; empty where the code does not say, then it is missing.
    #[serde(default)]
    pub ends_with: String,
}

/// How an ambiguous guide is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Reading {
    /// Where the trip number is.
    pub trip: TripElement,
    /// IANA zone of the times of events; `None`: the zone of the port, for ports on the Mexican border.
    pub zone: Option<String>,
    /// Whether X401 lacks the SCAC of X409, which then stands before it in the shipment control number.
    pub scn_without_scac: bool,
    /// Element of VEH with the tractor's plate (unsure, as in the 309).
    pub veh_plate: usize,
    /// What the dispositions mean (unsure for trucks).
    pub dispositions: Vec<Disposition>,
    /// Codes of N901 and X415 under which an in-bond number stands (unsure).
    pub inbond_qualifiers: Vec<String>,
}

impl Default for Reading {
    fn default() -> Reading {
        let disposition = |code: &str, becomes| Disposition {
            code: code.to_owned(),
            becomes,
            hold: String::new(),
            ends_with: String::new(),
        };
        Reading {
            trip: TripElement::M1007,
            zone: None,
            scn_without_scac: false,
            veh_plate: 12,
            dispositions: vec![
                disposition("1C", Becomes::Release),
                disposition("1B", Becomes::Release),
                disposition("1H", Becomes::Hold),
                disposition("1G", Becomes::Hold),
                disposition("1I", Becomes::HoldRemoved),
                disposition("1F", Becomes::HoldRemoved),
                disposition("19", Becomes::Arrived),
                disposition("02", Becomes::Nothing),
                disposition("11", Becomes::Nothing),
                disposition("12", Becomes::Nothing),
                disposition("13", Becomes::Nothing),
                disposition("18", Becomes::Nothing),
                disposition("1A", Becomes::Nothing),
                disposition("1J", Becomes::Nothing),
            ],
            inbond_qualifiers: vec!["IB".to_owned()],
        }
    }
}

impl Reading {
    fn disposition(&self, code: &str) -> Option<&Disposition> {
        self.dispositions.iter().find(|found| found.code == code)
    }
}

/// The records of which day and time are told.
const HAPPENED: &[(&str, &str)] = &[
    ("ReleaseDecision", OCCURRED),
    ("HoldPlaced", OCCURRED),
    ("HoldRemoved", OCCURRED),
    ("ConveyanceArrived", OCCURRED),
];

/// The table.
pub static MAP: SetMap<Reading> = SetMap {
    set: "350",
    syntax: crate::edi::Syntax::X12,
    groups: &["AU", "SO"],
    root: Loop {
        needs: &["M10", "P4"],
        rows: &[
            Row::new("M10", 1, "scac", "Carrier’s SCAC", "SCAC del transportista")
                .form(Form::Identifier("scac", "scac-form"))
                .goes(&[("ConveyanceArrived", "/scac")])
                .max(4),
            Row::new("M10", 2, "mode", "Mode of transport", "Modo de transporte"),
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
                .goes(&[("ConveyanceArrived", "/trip")]),
        ],
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
                .goes(&[("ConveyanceArrived", "/port"), ("ReleaseDecision", "/port")]),
                Row::new(
                    "P4",
                    2,
                    "port-date",
                    "Date at the port",
                    "Fecha en el puerto",
                )
                .form(Form::Date),
                Row::new("V9", 1, "event", "Event", "Evento"),
                Row::new(
                    "V9",
                    3,
                    "event-date",
                    "Date of the event",
                    "Fecha del evento",
                )
                .form(Form::Date),
                Row::new(
                    "V9",
                    4,
                    "event-time",
                    "Time of the event",
                    "Hora del evento",
                )
                .form(Form::Time),
                Row::new(
                    "VEH",
                    1,
                    "vehicle",
                    "Vehicle’s line",
                    "Renglón del vehículo",
                ),
                Row::new("VEH", 12, "plate", "Tractor’s plate", "Placa del tractor")
                    .at(|reading: &Reading| reading.veh_plate)
                    .form(Form::Identifier("plate", "plate-form"))
                    .goes(&[("ConveyanceArrived", "/plate")]),
            ],
            passing: &["NM1", "VID", "M7", "M7A", "K1"],
            loops: &[Loop {
                rows: &[
                    Row::new(
                        "X4",
                        1,
                        "scn",
                        "Shipment control number",
                        "Número de control del embarque",
                    )
                    .derived(&[
                        ("ReleaseDecision", "/scns/*"),
                        ("HoldPlaced", "/scn"),
                        ("HoldRemoved", "/scn"),
                    ])
                    .unfold(unfold_scn),
                    Row::new("X4", 2, "quantity", "Packages", "Bultos").form(Form::Decimal),
                    Row::new("X4", 4, "entry", "Entry number", "Número de entrada")
                        .form(Form::Identifier("entry-number", "entry-form"))
                        .goes(&[("ReleaseDecision", "/entryNumber")])
                        .max(15),
                    Row::new("X4", 5, "date", "Date", "Fecha")
                        .form(Form::Date)
                        .derived(HAPPENED)
                        .unfold(|_, _, subject| occurred::text_of(subject, occurred::DATE))
                        .required(),
                    Row::new("X4", 6, "time", "Time", "Hora")
                        .form(Form::Time)
                        .derived(HAPPENED)
                        .unfold(|_, _, subject| occurred::text_of(subject, occurred::TIME)),
                    Row::new("X4", 7, "disposition", "Disposition", "Resultado")
                        .derived(&[
                            ("ReleaseDecision", "/decision"),
                            ("HoldPlaced", "/kind"),
                            ("HoldPlaced", "/endsWith"),
                        ])
                        .check(check_disposition)
                        .unfold(unfold_disposition)
                        .required()
                        .max(2),
                    Row::new(
                        "X4",
                        9,
                        "issuer",
                        "SCAC of the shipment’s issuer",
                        "SCAC de quien emitió el embarque",
                    )
                    .form(Form::Identifier("scac", "scac-form"))
                    .required()
                    .unfold(unfold_issuer),
                    Row::new(
                        "X4",
                        15,
                        "reference-kind",
                        "Kind of reference",
                        "Clase de referencia",
                    ),
                    Row::new(
                        "X4",
                        16,
                        "reference",
                        "Reference, such as the in-bond number",
                        "Referencia, como el número de in-bond",
                    )
                    .derived(&[("ReleaseDecision", "/inBondNumber")]),
                    Row::new("K1", 1, "remark", "Remark", "Observación")
                        .derived(&[("HoldPlaced", "/cause"), ("HoldRemoved", "/cause")])
                        .unfold(|_, _, subject| {
                            let cause = subject.get("cause").and_then(Value::as_str);
                            pieces(cause.unwrap_or(""), 30)
                        }),
                    Row::new(
                        "K1",
                        2,
                        "remark-more",
                        "Remark, further",
                        "Observación, continuación",
                    )
                    .derived(&[("HoldPlaced", "/cause"), ("HoldRemoved", "/cause")]),
                    Row::new(
                        "N9",
                        1,
                        "n9-kind",
                        "Kind of reference",
                        "Clase de referencia",
                    )
                    .unfold(|reading, _, subject| {
                        match subject.get("inBondNumber") {
                            Some(_) => reading.inbond_qualifiers.iter().take(1).cloned().collect(),
                            None => Vec::new(),
                        }
                    }),
                    Row::new(
                        "N9",
                        2,
                        "n9",
                        "Reference, such as the in-bond number",
                        "Referencia, como el número de in-bond",
                    )
                    .derived(&[("ReleaseDecision", "/inBondNumber")])
                    .unfold(|_, _, subject| {
                        let number = subject.get("inBondNumber").and_then(Value::as_str);
                        number.map(str::to_owned).into_iter().collect()
                    }),
                ],
                passing: &["N7"],
                opens: Opens::By(
                    &[
                        "ReleaseDecision",
                        "HoldPlaced",
                        "HoldRemoved",
                        "ConveyanceArrived",
                    ],
                    opened,
                ),
                ..Loop::new("X4", "X4")
            }],
            // The arrival is written as a disposition of X4, so nothing is filled here.
            opens: Opens::By(&[], arrived),
            ..Loop::new("P4", "P4")
        }],
        passing: &["BA1"],
        ..Loop::root()
    },
    records: &[
        Record {
            needs: &[(
                "/scns",
                "the shipment control number",
                "el número de control del embarque",
            )],
            report: true,
            derive: Some(derive_release),
            ..Record::new("ReleaseDecision")
        },
        Record {
            needs: &[
                (
                    "/scn",
                    "the shipment control number",
                    "el número de control del embarque",
                ),
                ("/kind", "the kind of hold", "la clase de retención"),
                (
                    "/endsWith",
                    "what the hold ends with",
                    "con qué termina la retención",
                ),
            ],
            report: true,
            derive: Some(derive_hold),
            ..Record::new("HoldPlaced")
        },
        Record {
            needs: &[(
                "/scn",
                "the shipment control number",
                "el número de control del embarque",
            )],
            report: true,
            derive: Some(derive_hold),
            ..Record::new("HoldRemoved")
        },
        Record {
            needs: &[
                ("/scac", "the carrier's SCAC", "el SCAC del transportista"),
                ("/trip", "the trip number", "el número de viaje"),
            ],
            report: true,
            derive: Some(derive_arrival),
            ..Record::new("ConveyanceArrived")
        },
    ],
};

/// Reads all 350 of a file: a record for each disposition that becomes one.
///
/// # Errors
/// When the bytes are no X12, or break a limit.
pub fn read(bytes: &[u8], reading: &Reading) -> Result<Draft, ReadError> {
    MAP.read(DocumentKind::X12Status350, bytes, reading)
}

/// Writes what CBP says of shipments of one trip: `ReleaseDecision`, `HoldPlaced`, `HoldRemoved`, `ConveyanceArrived`.
///
/// A record names its type and its `credentialSubject`. Of a `ReleaseDecision` with several shipments each is a
/// disposition of its own.
pub fn write(
    records: &[(&str, &Value)],
    heading: &Heading,
    envelope: &Envelope,
    reading: &Reading,
) -> Written {
    let single: Vec<(&str, Value)> = records
        .iter()
        .flat_map(|(record_type, subject)| one_by_one(record_type, subject))
        .collect();
    let records: Vec<(&str, &Value)> = single
        .iter()
        .map(|(name, subject)| (*name, subject))
        .collect();
    filled_write(&MAP, &records, heading, envelope, reading)
}

/// Which element goes where.
pub fn elements() -> Vec<ElementRow> {
    MAP.elements()
}

fn one_by_one<'a>(record_type: &'a str, subject: &Value) -> Vec<(&'a str, Value)> {
    let scns = subject.get("scns").and_then(Value::as_array);
    let Some(scns) = scns else {
        return vec![(record_type, subject.clone())];
    };
    let one = |scn: &Value| {
        let mut subject = subject.clone();
        if let Some(members) = subject.as_object_mut() {
            members.insert("scns".to_owned(), Value::Array(vec![scn.clone()]));
        }
        (record_type, subject)
    };
    scns.iter().map(one).collect()
}

fn opened(pass: &Pass<'_, Reading>, reading: &Reading) -> Vec<&'static str> {
    match becomes(pass, reading) {
        Some(Becomes::Release) => vec!["ReleaseDecision"],
        Some(Becomes::Hold) => vec!["HoldPlaced"],
        Some(Becomes::HoldRemoved) => vec!["HoldRemoved"],
        // Each shipment of a truck tells its arrival; it arrives once, at its port.
        Some(Becomes::Arrived | Becomes::Nothing) | None => Vec::new(),
    }
}

fn arrived(port: &Pass<'_, Reading>, reading: &Reading) -> Vec<&'static str> {
    let arrival = |pass: Pass<'_, Reading>| becomes(&pass, reading) == Some(Becomes::Arrived);
    if port.inside().any(arrival) {
        vec!["ConveyanceArrived"]
    } else {
        Vec::new()
    }
}

fn becomes(pass: &Pass<'_, Reading>, reading: &Reading) -> Option<Becomes> {
    let code = pass.text("disposition")?;
    reading.disposition(code).map(|found| found.becomes)
}

fn check_disposition(
    reading: &Reading,
    code: &str,
) -> Option<(Severity, &'static str, String, String)> {
    match reading.disposition(code).map(|found| found.becomes) {
        None => Some((
            Severity::Warning,
            "disposition-unknown",
            format!("disposition `{code}` is not known: no record is made of it"),
            format!("no se conoce el resultado `{code}`: no se hace ningún registro"),
        )),
        Some(Becomes::Nothing) => Some((
            Severity::Note,
            "disposition-not-taken",
            format!("disposition `{code}` becomes no record"),
            format!("el resultado `{code}` no da lugar a ningún registro"),
        )),
        Some(_) => None,
    }
}

fn set_scn(one: &mut Deriving<'_, '_, Reading>, pointer: &str) {
    let (scn, issuer) = (one.pass.text("scn"), one.pass.text("issuer"));
    let Some(scn) = scn else { return };
    let scn = match issuer {
        Some(issuer) if one.reading.scn_without_scac => format!("{issuer}{scn}"),
        _ => scn.to_owned(),
    };
    one.identify(pointer, "scn", &scn, "scn", "scn-form");
}

fn derive_arrival(one: &mut Deriving<'_, '_, Reading>) {
    let (port, reading) = (one.pass, one.reading);
    let arrives = |pass: &Pass<'_, Reading>| becomes(pass, reading) == Some(Becomes::Arrived);
    if let Some(arrival) = port.inside().find(arrives) {
        let zone = reading.zone.as_deref();
        one.occurred(&arrival, port.text("port").unwrap_or(""), zone);
    }
}

/// When customs decided.
fn decided(one: &mut Deriving<'_, '_, Reading>) {
    let (pass, reading) = (one.pass, one.reading);
    one.occurred(
        pass,
        pass.text("port").unwrap_or(""),
        reading.zone.as_deref(),
    );
}

fn derive_release(one: &mut Deriving<'_, '_, Reading>) {
    decided(one);
    set_scn(one, "/scns/0");
    one.set("/decision", "release", "disposition");
    let qualifiers = &one.reading.inbond_qualifiers;
    let known = |kind: &str| qualifiers.iter().any(|found| found == kind);
    // The kinds and the references stand in the same segments, in the same order.
    let kinds = one.pass.texts("n9-kind");
    let listed = kinds
        .zip(one.pass.texts("n9"))
        .find(|(kind, _)| known(kind));
    let number = match listed {
        Some((_, number)) => Some((number.to_owned(), "n9")),
        None => one
            .pass
            .text("reference-kind")
            .filter(|kind| known(kind))
            .and_then(|_| Some((one.pass.text("reference")?.to_owned(), "reference"))),
    };
    if let Some((number, name)) = number {
        one.identify(
            "/inBondNumber",
            "inbond-number",
            &number,
            name,
            "inbond-number",
        );
    }
}

fn derive_hold(one: &mut Deriving<'_, '_, Reading>) {
    decided(one);
    set_scn(one, "/scn");
    let cause = one.pass.joined(&["remark", "remark-more"]);
    if !cause.is_empty() {
        let cause: String = cause.chars().take(500).collect();
        one.set("/cause", cause, "remark");
    }
    let code = one.pass.text("disposition").unwrap_or("");
    let Some(disposition) = one.reading.disposition(code) else {
        return;
    };
    if disposition.becomes == Becomes::Hold {
        for (pointer, text) in [
            ("/kind", &disposition.hold),
            ("/endsWith", &disposition.ends_with),
        ] {
            if !text.is_empty() {
                one.set(pointer, text.as_str(), "disposition");
            }
        }
    }
}

/// The shipment of a record, of those that name one.
fn scn_of(subject: &Value) -> Option<&str> {
    subject
        .get("scn")
        .or_else(|| subject.pointer("/scns/0"))
        .and_then(Value::as_str)
}

fn unfold_scn(reading: &Reading, _: &str, subject: &Value) -> Vec<String> {
    let scn = scn_of(subject);
    let written = scn.map(
        |scn| match (reading.scn_without_scac, scn.split_at_checked(4)) {
            (true, Some((_, rest))) => rest.to_owned(),
            _ => scn.to_owned(),
        },
    );
    written.into_iter().collect()
}

fn unfold_issuer(_: &Reading, _: &str, subject: &Value) -> Vec<String> {
    let issuer = scn_of(subject).and_then(|scn| scn.get(..4));
    let scac = subject.get("scac").and_then(Value::as_str);
    issuer.or(scac).map(str::to_owned).into_iter().collect()
}

fn unfold_disposition(reading: &Reading, record_type: &str, subject: &Value) -> Vec<String> {
    let becomes = match record_type {
        "ReleaseDecision" if subject.get("decision") == Some(&Value::from("release")) => {
            Becomes::Release
        }
        "HoldPlaced" => Becomes::Hold,
        "HoldRemoved" => Becomes::HoldRemoved,
        "ConveyanceArrived" => Becomes::Arrived,
        _ => return Vec::new(),
    };
    let said = |name: &str| subject.get(name).and_then(Value::as_str).unwrap_or("");
    let all = || {
        reading
            .dispositions
            .iter()
            .filter(|found| found.becomes == becomes)
    };
    let same =
        all().find(|found| found.hold == said("kind") && found.ends_with == said("endsWith"));
    same.or_else(|| all().next())
        .map(|found| found.code.clone())
        .into_iter()
        .collect()
}
