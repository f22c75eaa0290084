//! The sets whose tables write them: the envelopes and the heading that no record tells.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::{CaseRecord, Sending};
use crate::draft::Missing;
use crate::edi::map::{Envelope, occurred};
use crate::kinds::Readings;
use crate::manifest::southern_port_zone;
use crate::x12_out::{Heading, Written};
use crate::{x12_350, x12_353, x12_355, x12_358};

type Out = Result<Vec<u8>, Vec<Missing>>;
type Typed<'a> = (&'a str, &'a Value);

/// What CBP says of shipments.
pub(super) fn status_350(
    records: &[CaseRecord<'_>],
    sending: &Sending,
    readings: &Readings,
) -> Out {
    let own = [
        "ReleaseDecision",
        "HoldPlaced",
        "HoldRemoved",
        "ConveyanceArrived",
    ];
    set(
        records,
        &own,
        sending,
        ("AU", "004060", Some(readings.x12_350.zone.as_deref())),
        |own, heading, envelope| Some(x12_350::write(own, heading, envelope, &readings.x12_350)),
    )
}

/// What a carrier reports of goods in bond.
pub(super) fn events_353(
    records: &[CaseRecord<'_>],
    sending: &Sending,
    readings: &Readings,
) -> Out {
    let own = [
        "InbondArrivalReported",
        "InbondExportReported",
        "LiabilityTransferred",
    ];
    set(
        records,
        &own,
        sending,
        ("AX", "006050", Some(readings.x12_353.zone.as_deref())),
        |own, heading, envelope| Some(x12_353::write(own, heading, envelope, &readings.x12_353)),
    )
}

/// What CBP answers to a manifest: the last answer.
pub(super) fn answer_355(
    records: &[CaseRecord<'_>],
    sending: &Sending,
    readings: &Readings,
) -> Out {
    let own = ["ManifestAccepted", "ManifestRejected"];
    set(
        records,
        &own,
        sending,
        ("AZ", "006040", None),
        |own, heading, envelope| {
            let last = own.last()?;
            Some(x12_355::write(*last, heading, envelope, &readings.x12_355))
        },
    )
}

/// The bills on one truck.
pub(super) fn consist_358(
    records: &[CaseRecord<'_>],
    sending: &Sending,
    readings: &Readings,
) -> Out {
    // A consist is of a trip to come: its day and time are those of the arrival, whenever the manifest was made.
    let to_come: Vec<CaseRecord<'_>> = records
        .iter()
        .map(|record| CaseRecord {
            occurred: None,
            ..*record
        })
        .collect();
    set(
        &to_come,
        &["Manifest"],
        sending,
        ("BD", "004040", None),
        |own, heading, envelope| {
            let (_, manifest) = own.first()?;
            Some(x12_358::write(
                manifest,
                heading,
                envelope,
                &readings.x12_358,
            ))
        },
    )
}

/// Writes a set. One that tells when each record happened comes with the zone of its reading, one that tells no times with none.
fn set(
    records: &[CaseRecord<'_>],
    own: &[&str],
    sending: &Sending,
    (group, release, times): (&str, &str, Option<Option<&str>>),
    write: impl FnOnce(&[Typed<'_>], &Heading, &Envelope) -> Option<Written>,
) -> Out {
    let heading = heading(records, sending);
    let mut missing: Vec<Missing> = Vec::new();
    let mut said: Vec<(&str, Value)> = Vec::new();
    for record in records
        .iter()
        .filter(|record| own.contains(&record.record_type))
    {
        let place = |member: &str| record.subject.get(member)?.as_str();
        let export = place("exportPort");
        let port = export.or_else(|| place("port")).unwrap_or(&heading.port);
        let local = occurred::said(record.subject, record.occurred, port, times.flatten());
        let is_untold = occurred::text_of(&local, occurred::TIME).is_empty();
        if times.is_some() && record.occurred.is_some() && is_untold {
            // The heading's time would be read as the record's.
            let gap = Missing {
                pointer: match export {
                    Some(_) => "/exportPort",
                    None => "/port",
                }
                .to_owned(),
                en: "a port whose time zone is known, or `zone` in the reading".to_owned(),
                es: "un puerto cuyo huso horario se conozca, o `zone` en la lectura".to_owned(),
            };
            if !missing.contains(&gap) {
                missing.push(gap);
            }
        }
        said.push((record.record_type, local));
    }
    if !missing.is_empty() {
        return Err(missing);
    }
    let typed: Vec<Typed<'_>> = said.iter().map(|(name, said)| (*name, said)).collect();
    let envelope = envelope(sending, &heading.scac, group, release);
    match write(&typed, &heading, &envelope) {
        Some(written) if written.replaced.is_empty() => Ok(written.text.into_bytes()),
        Some(written) => Err(written
            .replaced
            .iter()
            .map(|replaced| Missing {
                pointer: String::new(),
                en: format!(
                    "a text without the characters that X12 keeps for itself, not {replaced:?}"
                ),
                es: format!("un texto sin los caracteres que X12 se reserva, no {replaced:?}"),
            })
            .collect()),
        None => Err(vec![Missing {
            pointer: String::new(),
            en: format!("a record of type {}", own.join(", ")),
            es: format!("un registro de tipo {}", own.join(", ")),
        }]),
    }
}

/// The head of the set, as far as any record of the case tells it; the time is that of the first record.
fn heading(records: &[CaseRecord<'_>], sending: &Sending) -> Heading {
    let text = |member: &str| {
        records
            .iter()
            .find_map(|record| record.subject.get(member)?.as_str())
            .unwrap_or("")
            .to_owned()
    };
    let port = text("port");
    let expected = text("estimatedArrival").parse().ok();
    let at = records
        .iter()
        .find_map(|record| record.occurred)
        .or(expected)
        .zip(southern_port_zone(&port).and_then(|zone| TimeZone::get(zone).ok()))
        .map_or(sending.at, |(instant, zone)| zone.to_datetime(instant));
    Heading {
        scac: text("scac"),
        mode: "J".to_owned(),
        country: text("plateState")
            .split_once('-')
            .map_or("MX", |(country, _)| country)
            .to_owned(),
        trip: text("trip"),
        port,
        date: day(at),
        time: at.strftime("%H%M").to_string(),
    }
}

fn day(at: DateTime) -> String {
    at.strftime("%Y%m%d").to_string()
}

/// The envelopes of one set. Where nobody is named, the carrier sends under its SCAC (qualifier 02), to CBP.
pub(crate) fn envelope(sending: &Sending, scac: &str, group: &str, release: &str) -> Envelope {
    let or = |text: &str, usual: &str| if text.is_empty() { usual } else { text }.to_owned();
    let number = sending.control_number;
    let (date, time) = (day(sending.at), sending.at.strftime("%H%M").to_string());
    Envelope {
        sender: or(&sending.sender, scac),
        sender_qualifier: or(&sending.sender_qualifier, "02"),
        receiver: or(&sending.receiver, "CBP"),
        receiver_qualifier: or(&sending.receiver_qualifier, "ZZ"),
        date: date.get(2..).unwrap_or("").to_owned(),
        time: time.clone(),
        control_number: format!("{number:09}"),
        standard: "^".to_owned(),
        version: release.get(..5).unwrap_or(release).to_owned(),
        acknowledgment: "0".to_owned(),
        usage: if sending.test { "T" } else { "P" }.to_owned(),
        group_code: group.to_owned(),
        group_sender: or(&sending.sender, scac),
        group_receiver: or(&sending.receiver, "CBP"),
        group_date: date,
        group_time: time,
        group_control_number: number.to_string(),
        release: release.to_owned(),
        set_control_number: format!("{:04}", number % 1_000_000_000),
    }
}
