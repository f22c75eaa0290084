//! The messages of EDIFACT, in syntax 4, directory D.03B.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::{CaseRecord, Sending, x12};
use crate::draft::Missing;
use crate::edi::map::{Envelope, occurred};
use crate::edifact::{Written, cuscar, cusrep, cusres};
use crate::kinds::Readings;
use crate::manifest::southern_port_zone;

type Out = Result<Vec<u8>, Vec<Missing>>;

/// A truck manifest with its shipments.
pub(super) fn cargo_report(
    records: &[CaseRecord<'_>],
    sending: &Sending,
    readings: &Readings,
) -> Out {
    let own = ["Manifest", "Shipment"];
    message(records, &own, sending, |own, envelope| {
        cuscar::write(own, envelope, &readings.edifact_trip)
    })
}

/// The truck, without its goods.
pub(super) fn conveyance_report(
    records: &[CaseRecord<'_>],
    sending: &Sending,
    readings: &Readings,
) -> Out {
    let first = ["Conveyance", "Appointment", "Manifest"]
        .into_iter()
        .find(|wanted| records.iter().any(|r| r.record_type == *wanted));
    let own: Vec<&str> = first.into_iter().collect();
    message(records, &own, sending, |own, envelope| {
        cusrep::write(own, envelope, &readings.edifact_trip)
    })
}

/// What customs answer to a manifest, and say of its shipments.
pub(super) fn response(records: &[CaseRecord<'_>], sending: &Sending, readings: &Readings) -> Out {
    let own = [
        "ManifestAccepted",
        "ManifestRejected",
        "HoldPlaced",
        "HoldRemoved",
        "ReleaseDecision",
        "ConveyanceArrived",
    ];
    let reading = &readings.edifact_cusres;
    // The port of the message, as its reader takes it, whosever record names it.
    let port = records
        .iter()
        .filter(|record| own.contains(&record.record_type))
        .find_map(|record| record.subject.get("port")?.as_str())
        .unwrap_or("");
    let zone = reading.zone.as_deref();
    let said: Vec<(&str, Value)> = records
        .iter()
        .map(|record| {
            let occurred = record.occurred.filter(|at| is_plain(*at, port, zone));
            let said = occurred::said(record.subject, occurred, port, zone);
            (record.record_type, said)
        })
        .collect();
    let said: Vec<CaseRecord<'_>> = said
        .iter()
        .map(|(record_type, subject)| CaseRecord {
            record_type,
            subject,
            occurred: None,
        })
        .collect();
    message(&said, &own, sending, |own, envelope| {
        cusres::write(own, envelope, reading)
    })
}

/// Whether the local time of an instant says it: an hour of the night when clocks go back is said twice.
fn is_plain(at: Timestamp, port: &str, zone: Option<&str>) -> bool {
    let zone = zone.or_else(|| southern_port_zone(port));
    zone.and_then(|name| TimeZone::get(name).ok())
        .is_some_and(|zone| zone.to_timestamp(zone.to_datetime(at)).ok() == Some(at))
}

fn message(
    records: &[CaseRecord<'_>],
    own: &[&str],
    sending: &Sending,
    write: impl FnOnce(&[(&str, &Value)], &Envelope) -> Written,
) -> Out {
    let typed: Vec<(&str, &Value)> = records
        .iter()
        .filter(|record| own.contains(&record.record_type))
        .map(|record| (record.record_type, record.subject))
        .collect();
    let scac = records
        .iter()
        .find_map(|record| record.subject.get("scac")?.as_str())
        .unwrap_or("");
    let envelope = Envelope {
        date: sending.at.strftime("%Y%m%d").to_string(),
        standard: "UNOC".to_owned(),
        version: "4".to_owned(),
        control_number: sending.control_number.to_string(),
        set_control_number: "1".to_owned(),
        acknowledgment: String::new(),
        usage: if sending.test { "1" } else { "" }.to_owned(),
        group_code: String::new(),
        group_sender: String::new(),
        group_receiver: String::new(),
        group_date: String::new(),
        group_time: String::new(),
        group_control_number: String::new(),
        ..x12::envelope(sending, scac, "", "D:03B:UN")
    };
    let written = write(&typed, &envelope);
    if written.replaced.is_empty() {
        return Ok(written.text.into_bytes());
    }
    Err(written
        .replaced
        .iter()
        .map(|replaced| Missing {
            pointer: String::new(),
            en: format!("a text without the characters that EDIFACT can't have, not {replaced:?}"),
            es: format!("un texto sin los caracteres que EDIFACT no puede llevar, no {replaced:?}"),
        })
        .collect())
}
