//! When an event happened, as the document says it, and as it is said again.

use garita_formats::out::{CaseRecord, Exporter, WriteError, write};
use garita_formats::{DocumentKind, Draft, Readings, read, read_as};
use serde_json::{Value, json};

use crate::round_trip::sending;

const STATUS: &str = "ISA*00*          *00*          *ZZ*CBP            *02*TOCQ           *261124*1512*^*00406*000000350*0*P*>~\
GS*AU*CBP*TOCQ*20261124*1512*350*X*004060~ST*350*0350~M10*TOCQ*J*MX****TOCQ2611240417~P4*2304*20261124~\
X4*TOCQ88402171*480**ABC12345676*20261124*1511*1C**TOCQ~X4*TOCQ88402172*10***20261124*1517*1I**TOCQ~\
X4*TOCQ88402173****20261124**1I**TOCQ~X4*TOCQ88402171****20261124*0719*19**TOCQ~SE*8*0350~GE*1*350~IEA*1*000000350~";

fn times(draft: &Draft) -> Vec<(&str, Option<&str>)> {
    let records = draft.records.iter();
    records
        .map(|record| {
            let at = record
                .occurred
                .as_ref()
                .map(|occurred| occurred.at.as_str());
            (record.record_type.as_str(), at)
        })
        .collect()
}

#[test]
fn each_disposition_of_a_350_has_its_own_minute() {
    let draft = read(DocumentKind::X12Status350, STATUS.as_bytes()).unwrap();
    assert_eq!(
        times(&draft),
        [
            ("ConveyanceArrived", Some("2026-11-24T13:19:00Z")),
            ("ReleaseDecision", Some("2026-11-24T21:11:00Z")),
            ("HoldRemoved", Some("2026-11-24T21:17:00Z")),
            ("HoldRemoved", None),
        ]
    );
    let place = draft.records[1].occurred.as_ref().unwrap().place.clone();
    assert_eq!(place.unwrap().path, "350 #0350/4 X406");
    let notes: Vec<&str> = draft.faults.iter().map(|fault| fault.code).collect();
    assert_eq!(notes, ["local-time", "occurred-day-only"]);
}

#[test]
fn a_port_inland_has_no_zone_until_it_is_configured() {
    let text = "ISA*00*          *00*          *02*TOCQ           *ZZ*CBP            *261126*0910*^*00605*000000353*0*P*>~\
GS*AX*TOCQ*CBP*20261126*0910*353*X*006050~ST*353*0353~M10*TOCQ*J*MX****TOCQ2611240417~P4*5501*20261126~\
M15*1*680001232*20261126*5501**0905****DALLAS*TX******M029~M15*5*257700030*20261126*2304**0915~\
SE*5*0353~GE*1*353~IEA*1*000000353~";
    let draft = read(DocumentKind::X12Events353, text.as_bytes()).unwrap();
    assert_eq!(
        times(&draft),
        [
            ("InbondArrivalReported", None),
            ("InbondExportReported", Some("2026-11-26T15:15:00Z")),
        ]
    );
    assert!(
        draft
            .faults
            .iter()
            .any(|fault| fault.code == "zone-unknown")
    );
    let mut readings = Readings::default();
    readings.x12_353.zone = Some("America/Chicago".to_owned());
    let draft = read_as(DocumentKind::X12Events353, text.as_bytes(), &readings).unwrap();
    assert_eq!(times(&draft)[0].1, Some("2026-11-26T15:05:00Z"));
}

#[test]
fn responses_of_edifact_tell_when_customs_decided() {
    let of = |times: &str| {
        let count = 8 + times.matches('\'').count();
        format!(
            "UNB+UNOA:4+CBP-ACE:ZZ+TOCQ:02+20261124:1512+7002'UNH+7002+CUSRES:D:03B:UN'BGM+34:::ST+TOCQ2611240417'{times}\
TDT+11++03+:::TR+TOCQ+I++:146::1M8GDM9AXKP042788'LOC+60+2304:77'ERP+1'ERC+SN030'DOC+700'RFF+AAM:TOCQ88402171'\
UNT+{count}+7002'UNZ+1+7002'"
        )
    };
    for (said, expected) in [
        ("DTM+163:202611241510:203'", Some("2026-11-24T21:10:00Z")),
        ("DTM+137:20261124:102'", None),
        (
            "DTM+137:202611241500:203'DTM+178:202611241455:203'",
            Some("2026-11-24T20:55:00Z"),
        ),
        (
            "DTM+163:202611241510-0500:205'",
            Some("2026-11-24T20:10:00Z"),
        ),
        ("DTM+163:at noon:203'", None),
        ("", None),
    ] {
        let draft = read(DocumentKind::EdifactCusres, of(said).as_bytes()).unwrap();
        assert_eq!(times(&draft), [("ConveyanceArrived", expected)], "{said}");
    }
}

#[test]
fn what_goes_out_says_the_minute_of_each_record() {
    let release = json!({ "scns": ["TOCQ88402171"], "decision": "release", "port": "2304" });
    let removed = json!({ "scn": "TOCQ88402172", "cause": "wood packing treated" });
    let at = |text: &str| Some(text.parse().unwrap());
    let records = [
        CaseRecord {
            record_type: "ReleaseDecision",
            subject: &release,
            occurred: at("2026-11-24T21:11:42Z"),
        },
        CaseRecord {
            record_type: "HoldRemoved",
            subject: &removed,
            occurred: at("2026-11-25T04:58:00Z"),
        },
    ];
    let exporter = Exporter::named("x12-350").unwrap();
    let written = write(exporter, &records, &sending(), &Readings::default()).unwrap();
    let text = String::from_utf8(written.bytes.clone()).unwrap();
    assert!(text.contains("*20261124*1511*1C*"), "{text}");
    assert!(text.contains("*20261124*2258*1"), "{text}");
    let again = read(DocumentKind::X12Status350, &written.bytes).unwrap();
    assert_eq!(
        times(&again)[1],
        ("HoldRemoved", Some("2026-11-25T04:58:00Z"))
    );

    // 01:30 of the night when clocks go back is said twice a year: the later of both cannot be written.
    let twice = [CaseRecord {
        occurred: at("2026-11-01T07:30:00Z"),
        ..records[0]
    }];
    let refused = write(exporter, &twice, &sending(), &Readings::default());
    assert!(matches!(refused, Err(WriteError::Changed { pointer, .. }) if pointer == "/occurred"));
}

#[test]
fn a_response_says_when_customs_decided() {
    let accepted = json!({ "scac": "TOCQ", "trip": "TOCQ2611240417", "port": "2304" });
    let removed = json!({ "scn": "TOCQ88402172", "cause": "wood packing treated" });
    let of = |removed_at: &str| {
        let records = [
            CaseRecord {
                record_type: "ManifestAccepted",
                subject: &accepted,
                occurred: Some("2026-11-24T21:11:42Z".parse().unwrap()),
            },
            CaseRecord {
                record_type: "HoldRemoved",
                subject: &removed,
                occurred: Some(removed_at.parse().unwrap()),
            },
        ];
        let exporter = Exporter::named("edifact-cusres").unwrap();
        let written = write(exporter, &records, &sending(), &Readings::default()).unwrap();
        let left: Vec<(usize, String)> = written
            .left_out
            .into_iter()
            .filter(|left| left.pointer == "/occurred")
            .map(|left| (left.record, left.pointer))
            .collect();
        (String::from_utf8(written.bytes).unwrap(), left)
    };
    let (text, left) = of("2026-11-24T21:11:03Z");
    assert!(text.contains("DTM+163:202611241511:203'"), "{text}");
    assert_eq!(left, []);
    let draft = read(DocumentKind::EdifactCusres, text.as_bytes()).unwrap();
    assert_eq!(
        times(&draft),
        [
            ("ManifestAccepted", Some("2026-11-24T21:11:00Z")),
            ("HoldRemoved", Some("2026-11-24T21:11:00Z")),
        ]
    );
    // A message has one time: of two minutes neither is said of the other's record.
    let (text, left) = of("2026-11-24T21:12:00Z");
    assert!(!text.contains("DTM+"), "{text}");
    let named = |index: usize| (index, "/occurred".to_owned());
    assert_eq!(left, [named(0), named(1)]);
}

#[test]
fn no_time_is_made_up_for_a_port_without_a_zone() {
    let released = json!({ "scns": ["TOCQ88402171"], "decision": "release", "port": "5501" });
    let exported = json!({ "scac": "TOCQ", "inBondNumber": "257700030", "exportPort": "5501" });
    for (name, record_type, subject, pointer) in [
        ("x12-350", "ReleaseDecision", &released, "/port"),
        ("x12-353", "InbondExportReported", &exported, "/exportPort"),
    ] {
        let exporter = Exporter::named(name).unwrap();
        let send = |subject: &Value, readings: &Readings| {
            let record = CaseRecord {
                record_type,
                subject,
                occurred: Some("2026-11-24T21:11:00Z".parse().unwrap()),
            };
            write(exporter, &[record], &sending(), readings)
        };
        match send(subject, &Readings::default()) {
            Err(WriteError::Missing(missing)) => {
                assert_eq!(missing[0].pointer, pointer);
                assert!(missing[0].en.contains("zone") && missing[0].es.contains("huso"));
            }
            other => panic!("{other:?}"),
        }
        let mut readings = Readings::default();
        readings.x12_350.zone = Some("America/Chicago".to_owned());
        readings.x12_353.zone = Some("America/Chicago".to_owned());
        let written = send(subject, &readings).unwrap();
        let text = String::from_utf8(written.bytes).unwrap();
        assert!(text.contains("1511"), "{text}");
    }
}
