//! ANSI X12 353, customs events advisory: what a carrier reports of goods in bond, in and out.
//!
//! Loops as in releases 4010 to 6050: M10, P4, then M15 for each event with K1. M1501 says both what happened and by
//! what the goods are named. Of its codes only `2`, `6` and `B` are confirmed to name a bill of lading; the rest of
//! the list is taken from the same order (unsure) and is configuration.

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

/// What an event becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Becomes {
    /// `InbondArrivalReported`.
    Arrival,
    /// `InbondExportReported`.
    Export,
    /// `LiabilityTransferred`.
    Transfer,
    /// No record: it is told as a note.
    Nothing,
}

/// By what the goods of an event are named in M1502.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NamedBy {
    /// The in-bond number.
    Inbond,
    /// A bill of lading, whose issuer is in M1505.
    Bill,
    /// A container.
    Container,
}

/// A code of M1501 and its meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Event {
    /// M1501.
    pub code: String,
    /// What it becomes.
    pub becomes: Becomes,
    /// What M1502 is.
    pub named_by: NamedBy,
}

/// How an ambiguous guide is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Reading {
    /// Where the trip number is.
    pub trip: TripElement,
    /// IANA zone of the times of events; `None`: the zone of the port, for ports on the Mexican border.
    pub zone: Option<String>,
    /// The codes of M1501 (unsure but for `2`, `6` and `B`).
    pub events: Vec<Event>,
    /// Element of M15 with the facility, FIRMS code (unsure).
    pub firms: usize,
    /// Codes of M1513 under which M1514 is the in-bond number of goods named otherwise (unsure).
    pub inbond_qualifiers: Vec<String>,
}

impl Default for Reading {
    fn default() -> Reading {
        let event = |code: &str, becomes, named_by| Event {
            code: code.to_owned(),
            becomes,
            named_by,
        };
        Reading {
            trip: TripElement::M1007,
            zone: None,
            events: vec![
                event("1", Becomes::Arrival, NamedBy::Inbond),
                event("2", Becomes::Arrival, NamedBy::Bill),
                event("3", Becomes::Arrival, NamedBy::Container),
                event("5", Becomes::Export, NamedBy::Inbond),
                event("6", Becomes::Export, NamedBy::Bill),
                event("7", Becomes::Export, NamedBy::Container),
                event("A", Becomes::Transfer, NamedBy::Inbond),
                event("B", Becomes::Transfer, NamedBy::Bill),
                event("C", Becomes::Transfer, NamedBy::Container),
            ],
            firms: 17,
            inbond_qualifiers: vec!["IB".to_owned()],
        }
    }
}

impl Reading {
    fn event(&self, code: &str) -> Option<&Event> {
        self.events.iter().find(|found| found.code == code)
    }
}

const ARRIVAL: &str = "InbondArrivalReported";
const EXPORT: &str = "InbondExportReported";
const TRANSFER: &str = "LiabilityTransferred";

/// Each event has its day and time.
const HAPPENED: &[(&str, &str)] = &[
    (ARRIVAL, OCCURRED),
    (EXPORT, OCCURRED),
    (TRANSFER, OCCURRED),
];

/// The table.
pub static MAP: SetMap<Reading> = SetMap {
    set: "353",
    syntax: crate::edi::Syntax::X12,
    groups: &["AX", "SO"],
    root: Loop {
        needs: &["M15"],
        rows: &[
            Row::new("M10", 1, "scac", "Carrier’s SCAC", "SCAC del transportista")
                .form(Form::Identifier("scac", "scac-form"))
                .goes(&[(TRANSFER, "/fromCarrier")])
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
                .at(|reading: &Reading| reading.trip.number()),
            Row::new(
                "P4",
                1,
                "port",
                "US port, Schedule D",
                "Puerto de EE. UU., Schedule D",
            )
            .form(Form::Identifier("schedule-d", "port-form")),
            Row::new(
                "P4",
                2,
                "port-date",
                "Date at the port",
                "Fecha en el puerto",
            )
            .form(Form::Date),
        ],
        passing: &["CM"],
        loops: &[Loop {
            rows: &[
                Row::new(
                    "M15",
                    1,
                    "code",
                    "What happened, and by what the goods are named",
                    "Qué ocurrió y con qué se nombra la mercancía",
                )
                .check(check_event)
                .unfold(unfold_event)
                .required()
                .max(2),
                Row::new(
                    "M15",
                    2,
                    "named",
                    "In-bond number, bill or container",
                    "Número de in-bond, conocimiento o contenedor",
                )
                .derived(&[
                    (ARRIVAL, "/inBondNumber"),
                    (EXPORT, "/inBondNumber"),
                    (TRANSFER, "/inBondNumber"),
                ])
                .unfold(|_, _, subject| text_of(subject, "inBondNumber"))
                .required(),
                Row::new("M15", 3, "date", "Date", "Fecha")
                    .form(Form::Date)
                    .derived(HAPPENED)
                    .unfold(|_, _, subject| occurred::text_of(subject, occurred::DATE))
                    .required(),
                Row::new("M15", 4, "place", "Place, Schedule D", "Lugar, Schedule D")
                    .form(Form::Identifier("schedule-d", "port-form"))
                    .goes(&[(EXPORT, "/exportPort")]),
                Row::new(
                    "M15",
                    5,
                    "issuer",
                    "SCAC of the bill’s issuer",
                    "SCAC de quien emitió el conocimiento",
                )
                .form(Form::Identifier("scac", "scac-form")),
                Row::new("M15", 6, "time", "Time", "Hora")
                    .form(Form::Time)
                    .derived(HAPPENED)
                    .unfold(|_, _, subject| occurred::text_of(subject, occurred::TIME))
                    .required(),
                Row::new("M15", 7, "seal", "Seal", "Sello"),
                Row::new(
                    "M15",
                    8,
                    "next-id",
                    "Tax number of the next carrier",
                    "Número fiscal del siguiente transportista",
                ),
                Row::new(
                    "M15",
                    9,
                    "next",
                    "SCAC of the next carrier",
                    "SCAC del siguiente transportista",
                )
                .form(Form::Identifier("scac", "scac-form"))
                .goes(&[(TRANSFER, "/toCarrier")]),
                Row::new("M15", 10, "city", "City", "Ciudad")
                    .derived(&[(ARRIVAL, "/site"), (TRANSFER, "/site")])
                    .unfold(|_, _, subject| text_of(subject, "site"))
                    .max(30),
                Row::new("M15", 11, "state", "State", "Estado")
                    .derived(&[(ARRIVAL, "/site"), (TRANSFER, "/site")]),
                Row::new(
                    "M15",
                    13,
                    "reference-kind",
                    "Kind of reference",
                    "Clase de referencia",
                ),
                Row::new(
                    "M15",
                    14,
                    "reference",
                    "Reference, such as the in-bond number of a bill",
                    "Referencia, como el in-bond de un conocimiento",
                )
                .derived(&[
                    (ARRIVAL, "/inBondNumber"),
                    (EXPORT, "/inBondNumber"),
                    (TRANSFER, "/inBondNumber"),
                ]),
                Row::new(
                    "M15",
                    17,
                    "firms",
                    "Facility, FIRMS code",
                    "Recinto, código FIRMS",
                )
                .at(|reading: &Reading| reading.firms)
                .form(Form::Identifier("firms", "firms-form"))
                .goes(&[(ARRIVAL, "/firms")]),
                Row::new("K1", 1, "remark", "Remark", "Observación")
                    .derived(&[(ARRIVAL, "/note"), (EXPORT, "/note"), (TRANSFER, "/note")])
                    .unfold(|_, _, subject| {
                        let note = subject.get("note").and_then(Value::as_str);
                        pieces(note.unwrap_or(""), 30)
                    }),
                Row::new(
                    "K1",
                    2,
                    "remark-more",
                    "Remark, further",
                    "Observación, continuación",
                )
                .derived(&[
                    (ARRIVAL, "/note"),
                    (EXPORT, "/note"),
                    (TRANSFER, "/note"),
                ]),
            ],
            passing: &["M7A", "V1", "V2", "MEA"],
            opens: Opens::By(&[ARRIVAL, EXPORT, TRANSFER], opened),
            ..Loop::new("M15", "M15")
        }],
        ..Loop::root()
    },
    records: &[
        Record {
            needs: &[
                (
                    "/inBondNumber",
                    "the in-bond number",
                    "el número de in-bond",
                ),
                (
                    "/firms",
                    "the facility, FIRMS code",
                    "el recinto, código FIRMS",
                ),
            ],
            derive: Some(derive),
            ..Record::new(ARRIVAL)
        },
        Record {
            needs: &[
                (
                    "/inBondNumber",
                    "the in-bond number",
                    "el número de in-bond",
                ),
                ("/exportPort", "the port of export", "el puerto de salida"),
            ],
            derive: Some(derive),
            ..Record::new(EXPORT)
        },
        Record {
            needs: &[
                (
                    "/inBondNumber",
                    "the in-bond number",
                    "el número de in-bond",
                ),
                (
                    "/fromCarrier",
                    "the SCAC of who hands over",
                    "el SCAC de quien entrega",
                ),
                (
                    "/toCarrier",
                    "the SCAC of who takes over",
                    "el SCAC de quien recibe",
                ),
                (
                    "/toParty",
                    "the party that takes over, by its DID",
                    "la parte que recibe, por su DID",
                ),
            ],
            derive: Some(derive),
            ..Record::new(TRANSFER)
        },
    ],
};

/// Reads all 353 of a file: a record for each event that becomes one.
///
/// # Errors
/// When the bytes are no X12, or break a limit.
pub fn read(bytes: &[u8], reading: &Reading) -> Result<Draft, ReadError> {
    MAP.read(DocumentKind::X12Events353, bytes, reading)
}

/// Writes events of one trip: `InbondArrivalReported`, `InbondExportReported`, `LiabilityTransferred`.
///
/// The heading gives day and time where the record's own are not at hand. `packages` and `toParty` have no element.
pub fn write(
    records: &[(&str, &Value)],
    heading: &Heading,
    envelope: &Envelope,
    reading: &Reading,
) -> Written {
    filled_write(&MAP, records, heading, envelope, reading)
}

/// Which element goes where.
pub fn elements() -> Vec<ElementRow> {
    MAP.elements()
}

fn text_of(subject: &Value, name: &str) -> Vec<String> {
    let text = subject.get(name).and_then(Value::as_str);
    text.map(str::to_owned).into_iter().collect()
}

fn opened(pass: &Pass<'_, Reading>, reading: &Reading) -> Vec<&'static str> {
    let event = pass.text("code").and_then(|code| reading.event(code));
    match event.map(|event| event.becomes) {
        Some(Becomes::Arrival) => vec![ARRIVAL],
        Some(Becomes::Export) => vec![EXPORT],
        Some(Becomes::Transfer) => vec![TRANSFER],
        Some(Becomes::Nothing) | None => Vec::new(),
    }
}

fn check_event(reading: &Reading, code: &str) -> Option<(Severity, &'static str, String, String)> {
    match reading.event(code).map(|event| event.becomes) {
        None => Some((
            Severity::Warning,
            "event-unknown",
            format!("event `{code}` is not known: no record is made of it"),
            format!("no se conoce el evento `{code}`: no se hace ningún registro"),
        )),
        Some(Becomes::Nothing) => Some((
            Severity::Note,
            "event-not-taken",
            format!("event `{code}` becomes no record"),
            format!("el evento `{code}` no da lugar a ningún registro"),
        )),
        Some(_) => None,
    }
}

fn unfold_event(reading: &Reading, record_type: &str, _: &Value) -> Vec<String> {
    let becomes = match record_type {
        ARRIVAL => Becomes::Arrival,
        EXPORT => Becomes::Export,
        TRANSFER => Becomes::Transfer,
        _ => return Vec::new(),
    };
    let fits = |event: &&Event| event.becomes == becomes && event.named_by == NamedBy::Inbond;
    let found = reading.events.iter().find(fits);
    found.map(|event| event.code.clone()).into_iter().collect()
}

fn derive(one: &mut Deriving<'_, '_, Reading>) {
    let (pass, reading) = (one.pass, one.reading);
    let place = pass.text("place").or_else(|| pass.text("port"));
    one.occurred(pass, place.unwrap_or(""), reading.zone.as_deref());
    let event = one
        .pass
        .text("code")
        .and_then(|code| one.reading.event(code));
    let named_by = event.map(|event| event.named_by);
    let kind = one.pass.text("reference-kind").unwrap_or("");
    let known = one
        .reading
        .inbond_qualifiers
        .iter()
        .any(|found| found == kind);
    let number = match named_by {
        Some(NamedBy::Inbond) => one.pass.text("named").map(|text| (text, "named")),
        _ if known => one.pass.text("reference").map(|text| (text, "reference")),
        _ => None,
    };
    if let Some((number, name)) = number {
        let number = number.to_owned();
        one.identify(
            "/inBondNumber",
            "inbond-number",
            &number,
            name,
            "inbond-number",
        );
    }
    if event.map(|event| event.becomes) != Some(Becomes::Export) {
        let site = [one.pass.text("city"), one.pass.text("state")];
        let site: Vec<&str> = site.into_iter().flatten().collect();
        if !site.is_empty() {
            one.set("/site", site.join(", "), "city");
        }
    }
    let note = one.pass.joined(&["remark", "remark-more"]);
    if !note.is_empty() {
        let note: String = note.chars().take(500).collect();
        one.set("/note", note, "remark");
    }
}
