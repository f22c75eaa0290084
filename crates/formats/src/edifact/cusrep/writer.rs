//! From records to a CUSREP.

use super::table::CUSREP;
use crate::edi::map::{Envelope, write as write_document};
use crate::edifact::Written;
use crate::edifact::moment;
use crate::edifact::node::{Filling, left_out};
use crate::edifact::reading::{TripElement, TripReading};
use crate::edifact::trip;
use jiff::Timestamp;
use serde_json::Value;

/// Writes one record: `Manifest`, `Conveyance`, `ConveyanceArrived`, `Appointment` or `TripCancelled`; further ones are
/// left out, since a report is of one trip.
///
/// An appointment has no port, so its times are written only where the reading names a zone.
pub fn write(records: &[(&str, &Value)], envelope: &Envelope, reading: &TripReading) -> Written {
    let mut out = Filling::root(&CUSREP);
    if let Some((record_type, subject)) = records.first() {
        let first =
            |list: &[String], usual: &str| list.first().map_or(usual.to_owned(), String::clone);
        let (document, function) = match *record_type {
            "Conveyance" => ("336".to_owned(), first(&reading.replacing, "4")),
            "ConveyanceArrived" => (first(&reading.arrival_documents, "98"), "9".to_owned()),
            "TripCancelled" => ("336".to_owned(), first(&reading.cancelling, "1")),
            _ => ("336".to_owned(), "9".to_owned()),
        };
        report(&mut out, subject, (&document, &function), reading);
    }
    let (text, replaced) = write_document(&CUSREP, &out.document(envelope.clone()), reading);
    let again = super::read(text.as_bytes(), reading);
    Written {
        left_out: left_out(records, again.ok().as_ref()),
        text,
        replaced,
    }
}

fn report(
    out: &mut Filling<TripReading>,
    subject: &Value,
    (document, function): (&str, &str),
    reading: &TripReading,
) {
    let text = |pointer: &str| {
        subject
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or("")
    };
    let trip = match reading.trip {
        TripElement::Bgm1004 => text("/trip"),
        TripElement::Tdt8028 => "",
    };
    out.segment(&[
        ("document", document),
        ("trip", trip),
        ("function", function),
    ]);
    trip::write_arrival(out, subject, reading);
    window(out, subject, reading);
    trip::write_cause(out, text("/cause"));
    let seals = subject.pointer("/seals").and_then(Value::as_array);
    for seal in seals.into_iter().flatten().filter_map(Value::as_str) {
        out.segment(&[("seal", seal)]);
    }
    if !text("/port").is_empty() {
        out.segment(&[("port", text("/port")), ("port-list", "77")]);
    }
    let shipments = subject.pointer("/shipments").and_then(Value::as_array);
    for item in shipments.into_iter().flatten() {
        let Some(mut pass) = out.inner("DOC") else {
            return;
        };
        let scn = item.pointer("/scn").and_then(Value::as_str).unwrap_or("");
        pass.segment(&[("scn", scn)]);
        if let Some(Value::Number(number)) = item.pointer("/packages") {
            pass.segment(&[("aboard", &number.to_string())]);
        }
        out.add(pass);
    }
    if let Some(mut carrier) = out
        .inner("NAD carrier")
        .filter(|_| !text("/scac").is_empty())
    {
        carrier.segment(&[("scac", text("/scac"))]);
        out.add(carrier);
    }
    trip::write_driver(out, subject, reading);
    trip::write_vehicle(out, subject, reading);
    trip::write_equipment(out, subject);
}

fn window(out: &mut Filling<TripReading>, subject: &Value, reading: &TripReading) {
    let local = |pointer: &str| {
        let said: Timestamp = subject.pointer(pointer)?.as_str()?.parse().ok()?;
        moment::text(said, reading.zone.as_deref()?)
    };
    if let (Some(from), Some(until)) = (local("/window/windowStart"), local("/window/windowEnd")) {
        let period = format!("{from}-{until}");
        out.segment(&[("arrival", &period), ("arrival-format", "719")]);
    }
}
