//! Writes interchanges for foreign parsers to read: `edi make FOLDER COUNT`.
//!
//! Beside each file stands what our own reader reads of it, for the two to be compared.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a tool of the tests"
)]

use garita_formats::edi::acknowledge::{Acknowledgement, Stamp, acknowledge};
use garita_formats::edi::map::Envelope;
use garita_formats::edi::{Segment, Syntax, Text};
use garita_formats::{Heading, Readings, x12_350, x12_353, x12_355, x12_358};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What people write, with what an interchange can't have in a value as it stands.
const WORDS: [&str; 8] = [
    "sello",
    "Querétaro",
    "a+b",
    "c:d",
    "what?",
    "don't",
    "50 %",
    "x & y",
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [verb, folder, count] = arguments.as_slice() else {
        return;
    };
    assert_eq!(verb, "make");
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder).unwrap();
    for number in 0..count.parse().unwrap() {
        make(&folder, number);
    }
}

fn make(folder: &Path, number: usize) {
    let readings = Readings::default();
    let words: Vec<&str> = (0..1 + number % 9)
        .map(|index| WORDS[(number + index * 3) % WORDS.len()])
        .collect();
    let words = words.join(" ");
    let scn = format!("TOCQ{number:08}");
    let inbond = {
        let serial = 10_000_000 + number;
        format!("{serial}{}", serial % 7)
    };
    let heading = Heading {
        scac: "TOCQ".into(),
        mode: "J".into(),
        country: "MX".into(),
        trip: format!("TOCQ{number}"),
        port: "2304".into(),
        date: "20261124".into(),
        time: "0910".into(),
    };
    let release = json!({"scns": [scn, "TOCQ2"], "decision": "release", "inBondNumber": inbond, "port": "2304"});
    let removed = json!({"scn": scn, "cause": words});
    let status = x12_350::write(
        &[("ReleaseDecision", &release), ("HoldRemoved", &removed)],
        &heading,
        &envelope("AU", number),
        &readings.x12_350,
    );
    let arrival = json!({"inBondNumber": inbond, "firms": "M029", "site": "DALLAS", "note": words});
    let export = json!({"inBondNumber": inbond, "exportPort": "2304"});
    let events = x12_353::write(
        &[
            ("InbondArrivalReported", &arrival),
            ("InbondExportReported", &export),
        ],
        &heading,
        &envelope("AX", number),
        &readings.x12_353,
    );
    let rejected = json!({"scac": "TOCQ", "trip": "T1", "responseText": words, "errorCode": "S04", "port": "2304"});
    let answer = x12_355::write(
        ("ManifestRejected", &rejected),
        &heading,
        &envelope("AZ", number),
        &readings.x12_355,
    );
    let manifest = json!({
        "scac": "TOCQ", "trip": "T1", "port": "2304", "plate": "47AK2F", "plateState": "MX-TAM", "seals": ["7741091"],
        "equipment": [{"equipmentNumber": "CSQU3054383"}], "shipments": [{"scn": scn}],
    });
    let consist = x12_358::write(
        &manifest,
        &heading,
        &envelope("BD", number),
        &readings.x12_358,
    );
    for (name, written) in [
        ("350", &status),
        ("353", &events),
        ("355", &answer),
        ("358", &consist),
    ] {
        keep(
            folder,
            &format!("{name}-{number:04}"),
            Syntax::X12,
            &written.text,
        );
    }
    let stamp = Stamp {
        date: "20261124".into(),
        time: "1600".into(),
        control_number: u32::try_from(number).unwrap() + 1,
    };
    // One of three is wrong, so that answers name places too.
    let received = match number % 3 {
        0 => consist.text.replace("P4*2304", "P4*23Z4"),
        _ => consist.text,
    };
    for (name, kind) in [
        ("997", Acknowledgement::Functional997),
        ("999", Acknowledgement::Implementation999),
    ] {
        let answer = acknowledge(received.as_bytes(), kind, &stamp, &readings).unwrap();
        let answer = String::from_utf8(answer).unwrap();
        keep(folder, &format!("{name}-{number:04}"), Syntax::X12, &answer);
    }
    let cargo = format!(
        "UNB+UNOC:3+TO?+CQ:ZZ+USCBP+261124:0910+{number}'UNH+1+APERAK:D:95B:UN'BGM+85'UNT+{}+1'UNZ+1+{number}'",
        3 + number % 2
    );
    let answer = acknowledge(cargo.as_bytes(), Acknowledgement::Contrl, &stamp, &readings).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    keep(
        folder,
        &format!("contrl-{number:04}"),
        Syntax::Edifact,
        &answer,
    );
}

fn envelope(group: &str, number: usize) -> Envelope {
    Envelope {
        sender_qualifier: "02".into(),
        sender: "TOCQ".into(),
        receiver_qualifier: "ZZ".into(),
        receiver: "CBP".into(),
        date: "261124".into(),
        time: "0810".into(),
        standard: "^".into(),
        version: "00501".into(),
        control_number: format!("{number:09}"),
        acknowledgment: "0".into(),
        usage: "P".into(),
        group_code: group.into(),
        group_sender: "TOCQ".into(),
        group_receiver: "CBP".into(),
        group_date: "20261124".into(),
        group_time: "0810".into(),
        group_control_number: number.to_string(),
        release: "005010".into(),
        set_control_number: "0001".into(),
    }
}

/// Writes the interchange, and beside it the segments that we read of it, the envelopes' trailers as we know them.
fn keep(folder: &Path, name: &str, syntax: Syntax, text: &str) {
    let ending = match syntax {
        Syntax::X12 => "x12",
        Syntax::Edifact => "edifact",
    };
    std::fs::write(folder.join(format!("{name}.{ending}")), text).unwrap();
    let read = Text::decode(text.as_bytes(), syntax).unwrap();
    let mut reader = read.interchanges();
    let mut out: Vec<Value> = Vec::new();
    while let Some(interchange) = reader.interchange().unwrap() {
        out.push(shown(&interchange.header));
        for group in &interchange.groups {
            out.extend(group.header.as_ref().map(shown));
            for set in &group.sets {
                out.push(shown(&set.header));
                out.extend(set.segments.iter().map(shown));
                let count = (set.segments.len() + 2).to_string();
                let end = if syntax == Syntax::X12 { "SE" } else { "UNT" };
                out.push(json!([end, [[count], [set.control_number]]]));
            }
            if let Some(header) = &group.header {
                let control = header.element(6).unwrap_or("");
                out.push(json!(["GE", [[group.sets.len().to_string()], [control]]]));
            }
        }
        let (end, control) = match syntax {
            Syntax::X12 => ("IEA", interchange.header.element(13)),
            Syntax::Edifact => ("UNZ", interchange.header.element(5)),
        };
        out.push(json!([end, [["1"], [control.unwrap_or("")]]]));
    }
    assert!(reader.take_problems().is_empty(), "{name}: {text}");
    let json = Value::from(out).to_string();
    std::fs::write(folder.join(format!("{name}.json")), json).unwrap();
}

fn shown(segment: &Segment<'_>) -> Value {
    let count = segment.elements().count();
    let element = |number| -> Vec<String> {
        // ISA11 and ISA16 are delimiters themselves.
        if segment.id == "ISA" {
            return vec![segment.element(number).unwrap_or("").to_owned()];
        }
        let parts = (1..=6).map(|part| {
            segment
                .component(number, part)
                .unwrap_or_default()
                .into_owned()
        });
        parts.collect()
    };
    let elements: Vec<Vec<String>> = (1..=count).map(element).collect();
    json!([segment.id, elements])
}
