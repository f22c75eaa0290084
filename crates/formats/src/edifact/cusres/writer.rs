//! From records to a CUSRES.

use super::reading::{Becomes, Reading};
use super::table::CUSRES;
use crate::edi::map::occurred::{self, text_of};
use crate::edi::map::{Envelope, write as write_document};
use crate::edifact::Written;
use crate::edifact::node::{Filling, left_out};
use serde_json::Value;

/// Writes what customs answers and decides about one trip: records of type `ManifestAccepted`, `ManifestRejected`,
/// `ConveyanceArrived`, `HoldPlaced`, `HoldRemoved` and `ReleaseDecision`.
///
/// A record whose code the reading does not list is left out. A message has one time, that of all its records.
pub fn write(records: &[(&str, &Value)], envelope: &Envelope, reading: &Reading) -> Written {
    let mut out = Filling::root(&CUSRES);
    let answers = records
        .iter()
        .any(|(found, _)| matches!(*found, "ManifestAccepted" | "ManifestRejected"));
    let document = match reading.error_documents.first() {
        Some(document) if answers => document,
        _ => &reading.status_document,
    };
    let said = |pointer: &str| {
        let mut all = records.iter();
        all.find_map(|(_, subject)| subject.pointer(pointer)?.as_str())
            .unwrap_or("")
    };
    out.segment(&[("document", document), ("trip", said("/trip"))]);
    if let Some(decided) = decided(records) {
        out.segment(&[("decided", &decided), ("decided-format", "203")]);
    }
    let scac = said("/scac");
    if !scac.is_empty() {
        out.segment(&[("stage", "11"), ("mode", "03"), ("carrier", scac)]);
    }
    if !said("/port").is_empty() {
        out.segment(&[("port", said("/port")), ("port-list", "77")]);
    }
    out.segment(&[("plate", said("/plate"))]);
    for (record_type, subject) in records {
        record(&mut out, record_type, subject, reading);
    }
    let (text, replaced) = write_document(&CUSRES, &out.document(envelope.clone()), reading);
    let again = super::read(text.as_bytes(), reading);
    Written {
        left_out: left_out(records, again.ok().as_ref()),
        text,
        replaced,
    }
}

/// The local minute in which all of the records happened, where it is one and told of each.
fn decided(records: &[(&str, &Value)]) -> Option<String> {
    let mut all = records.iter().map(|(_, subject)| {
        let [date, time] = [occurred::DATE, occurred::TIME].map(|at| text_of(subject, at));
        (!date.is_empty()).then(|| [date, time].concat().concat())
    });
    let first = all.next()??;
    all.all(|other| other.as_ref() == Some(&first))
        .then_some(first)
}

fn record(out: &mut Filling<Reading>, record_type: &str, subject: &Value, reading: &Reading) {
    let text = |pointer: &str| {
        subject
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or("")
    };
    let (becomes, hold) = match record_type {
        "ManifestAccepted" => (Becomes::ManifestAccepted, None),
        "ManifestRejected" => (Becomes::ManifestRejected, None),
        "ConveyanceArrived" => (Becomes::ConveyanceArrived, None),
        "HoldPlaced" => {
            let kind = text("/kind");
            (Becomes::HoldPlaced, (!kind.is_empty()).then_some(kind))
        }
        "HoldRemoved" => (Becomes::HoldRemoved, None),
        "ReleaseDecision" => (Becomes::ReleaseDecision, None),
        _ => return,
    };
    let listed = reading.code(becomes, hold);
    match becomes {
        Becomes::ManifestAccepted | Becomes::ManifestRejected | Becomes::ConveyanceArrived => {
            let own = Some(text("/errorCode")).filter(|code| !code.is_empty());
            if let (Some(code), Some(mut pass)) = (own.or(listed), out.inner("SG4")) {
                error(&mut pass, "1", code, text("/responseText"));
                out.add(pass);
            }
        }
        Becomes::HoldPlaced | Becomes::HoldRemoved => {
            if let Some(code) = listed {
                shipment(out, text("/scn"), ("", ""), Some((code, text("/cause"))));
            }
        }
        Becomes::ReleaseDecision => {
            let Some(code) = listed.filter(|_| text("/decision") == "release") else {
                return;
            };
            let scns = subject.pointer("/scns").and_then(Value::as_array);
            let scns: Vec<&str> = scns
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            let named = (text("/entryNumber"), text("/inBondNumber"));
            if let [scn] = scns.as_slice() {
                shipment(out, scn, named, Some((code, "")));
            } else if let Some(mut pass) = out.inner("SG4") {
                // One code for the trip, and the shipments that the message names.
                error(&mut pass, "1", code, "");
                out.add(pass);
                for scn in scns {
                    shipment(out, scn, ("", ""), None);
                }
            }
        }
        Becomes::Nothing => {}
    }
}

fn error(out: &mut Filling<Reading>, section: &str, code: &str, text: &str) {
    out.segment(&[("section", section)]);
    out.segment(&[("code", code)]);
    out.segment(&[("text-1", text)]);
}

fn shipment(
    out: &mut Filling<Reading>,
    scn: &str,
    (entry, inbond): (&str, &str),
    said: Option<(&str, &str)>,
) {
    let Some(mut pass) = out.inner("SG6") else {
        return;
    };
    match (entry, inbond) {
        ("", "") => pass.segment(&[("named-kind", "700")]),
        ("", inbond) => pass.segment(&[("named-kind", "950"), ("inbond", inbond)]),
        (entry, _) => pass.segment(&[("named-kind", "929"), ("entry", entry)]),
    }
    pass.segment(&[("scn", scn)]);
    if let Some((code, text)) = said
        && let Some(mut inside) = pass.inner("SG14")
    {
        error(&mut inside, "2", code, text);
        pass.add(inside);
    }
    out.add(pass);
}
