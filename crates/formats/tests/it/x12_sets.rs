//! The customs sets beside the manifest, 350, 353, 355 and 358: content and round trips.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

use garita_formats::edi::map::Envelope;
use garita_formats::elements::untold;
use garita_formats::{
    DocumentKind, Draft, Heading, Readings, Severity, read, read_as, recognise, x12_350, x12_353,
    x12_355, x12_358,
};
use serde_json::{Value, json};

pub(crate) const STATUS: &str = "ISA*00*          *00*          *ZZ*CBP            *02*TOCQ           *261124*1512*^*00406*000000350*0*P*>~
GS*AU*CBP*TOCQ*20261124*1512*350*X*004060~
ST*350*0350~
M10*TOCQ*J*MX****TOCQ2611240417~
P4*2304*20261124~
VEH*1***********47AK2F~
X4*TOCQ88402171*480**ABC12345676*20261124*1511*1C**TOCQ~
N9*IB*680001232~
X4*TOCQ88402172*10***20261124*1511*1H**TOCQ~
K1*WOOD PACKING STATEMENT*MISSING~
X4*TOCQ88402173****20261124*1511*1I**TOCQ~
X4*TOCQ88402171****20261124*1511*19**TOCQ~
X4*TOCQ88402172****20261124*1511*19**TOCQ~
SE*12*0350~
GE*1*350~
IEA*1*000000350~
";

pub(crate) const EVENTS: &str = "ISA*00*          *00*          *02*TOCQ           *ZZ*CBP            *261126*0910*^*00605*000000353*0*P*>~
GS*AX*TOCQ*CBP*20261126*0910*353*X*006050~
ST*353*0353~
M10*TOCQ*J*MX****TOCQ2611240417~
P4*5501*20261126~
M15*1*680001232*20261126*5501**0905****DALLAS*TX******M029~
K1*Seal intact~
M15*5*257700030*20261126*2304**0915~
M15*A*257700052*20261126*5501**0920***LLNO*LAREDO*TX~
M15*2*88402171*20261126*5501*TOCQ*0925*******IB*257700015***M029~
SE*9*0353~
GE*1*353~
IEA*1*000000353~
";

pub(crate) const ANSWER: &str = "ISA*00*          *00*          *ZZ*CBP            *02*TOCQ           *261124*0815*^*00604*000000355*0*P*>~
GS*AZ*CBP*TOCQ*20261124*0815*355*X*006040~
ST*355*0355~
M10*TOCQ*J*MX****TOCQ2611240417*1*X~
VEH*1***********47AK2F~
K1*S04*PLATE NOT ON FILE~
P4*2304*20261124~
LX*1~
M11*TOCQ88402171**480*CTN*9120*K~
K1*QUANTITY DIFFERS~
K3*MANIFEST REJECTED~
SE*10*0355~
GE*1*355~
IEA*1*000000355~
";

pub(crate) const CONSIST: &str = "ISA*00*          *00*          *02*TOCQ           *ZZ*CBP            *261124*0810*^*00404*000000358*0*P*>~
GS*BD*TOCQ*CBP*20261124*0810*358*X*004040~
ST*358*0358~
M10*TOCQ*J*MX****TOCQ2611240417*2~
VEH*1*1M8GDM9AXKP042788**********47AK2F*TAM*MX~
M7*7741091~
P4*2304*20261124***0910~
VID*TL**31UB8L*7741093~
MBL*TOCQ*TOCQ88402171~
M13*TOCQ*2304*A*TOCQ88402171~
MBL*TOCQ*TOCQ88402172~
SE*10*0358~
GE*1*358~
IEA*1*000000358~
";

pub(crate) const ALL: [(DocumentKind, &str); 4] = [
    (DocumentKind::X12Status350, STATUS),
    (DocumentKind::X12Events353, EVENTS),
    (DocumentKind::X12Answer355, ANSWER),
    (DocumentKind::X12Consist358, CONSIST),
];

fn loud(draft: &Draft) -> Vec<(&'static str, String)> {
    draft
        .faults
        .iter()
        .filter(|fault| fault.severity > Severity::Note)
        .map(|fault| {
            let place = fault
                .place
                .as_ref()
                .map_or(String::new(), |place| place.path.clone());
            (fault.code, place)
        })
        .collect()
}

fn subjects(draft: &Draft) -> Vec<(&str, Value)> {
    draft
        .records
        .iter()
        .map(|record| (record.record_type.as_str(), record.subject.clone()))
        .collect()
}

#[test]
fn each_set_is_recognised_and_its_table_is_true() {
    for (kind, text) in ALL {
        assert_eq!(recognise(text.as_bytes()), Some(kind));
        let draft = read(kind, text.as_bytes()).unwrap();
        assert_eq!(loud(&draft), [], "{kind:?}");
        assert_eq!(untold(&draft), Vec::<String>::new(), "{kind:?}");
        for fault in &draft.faults {
            assert!(fault.en != fault.es && !fault.es.is_empty(), "{fault:?}");
        }
    }
}

#[test]
fn status_350() {
    let mut readings = Readings::default();
    for disposition in &mut readings.x12_350.dispositions {
        if disposition.code == "1H" {
            disposition.hold = "documents".into();
            disposition.ends_with = "the wood packing statement".into();
        }
    }
    let draft = read_as(DocumentKind::X12Status350, STATUS.as_bytes(), &readings).unwrap();
    assert_eq!(
        subjects(&draft),
        [
            (
                "ConveyanceArrived",
                json!({"scac": "TOCQ", "trip": "TOCQ2611240417", "port": "2304", "plate": "47AK2F"})
            ),
            (
                "ReleaseDecision",
                json!({"scns": ["TOCQ88402171"], "decision": "release", "entryNumber": "ABC-1234567-6", "inBondNumber": "680001232", "port": "2304"})
            ),
            (
                "HoldPlaced",
                json!({"scn": "TOCQ88402172", "kind": "documents", "endsWith": "the wood packing statement", "cause": "WOOD PACKING STATEMENT MISSING"})
            ),
            ("HoldRemoved", json!({"scn": "TOCQ88402173"})),
        ]
    );
    assert!(draft.is_complete(), "{draft:#?}");
    assert_eq!(untold(&draft), Vec::<String>::new());
    let record = &draft.records[1];
    assert_eq!(record.standing, Some("report"));
    assert_eq!(record.source.as_deref(), Some("350 0350, CBP 000000350"));
    assert_eq!(
        record.sources.get("/inBondNumber").unwrap().path,
        "350 #0350/6 N902"
    );
    assert_eq!(record.sources.get("/decision").unwrap().text, "1C");
    // What a code does not say is not made up.
    let plain = read(DocumentKind::X12Status350, STATUS.as_bytes()).unwrap();
    let missing: Vec<_> = plain.records[2]
        .missing
        .iter()
        .map(|gap| gap.pointer.as_str())
        .collect();
    assert_eq!(missing, ["/kind", "/endsWith"]);
}

#[test]
fn events_353() {
    let draft = read(DocumentKind::X12Events353, EVENTS.as_bytes()).unwrap();
    assert_eq!(
        subjects(&draft),
        [
            (
                "InbondArrivalReported",
                json!({"inBondNumber": "680001232", "firms": "M029", "site": "DALLAS, TX", "note": "Seal intact"})
            ),
            (
                "InbondExportReported",
                json!({"inBondNumber": "257700030", "exportPort": "2304"})
            ),
            (
                "LiabilityTransferred",
                json!({"inBondNumber": "257700052", "fromCarrier": "TOCQ", "toCarrier": "LLNO", "site": "LAREDO, TX"})
            ),
            (
                "InbondArrivalReported",
                json!({"inBondNumber": "257700015", "firms": "M029"})
            ),
        ]
    );
    let missing: Vec<_> = draft.records[2]
        .missing
        .iter()
        .map(|gap| gap.pointer.as_str())
        .collect();
    assert_eq!(missing, ["/toParty"], "a set has no DID");
    assert!(draft.records.iter().all(|record| record.standing.is_none()));
    assert_eq!(
        draft.records[3].sources.get("/inBondNumber").unwrap().path,
        "353 #0353/8 M1514"
    );
}

#[test]
fn answer_355() {
    let draft = read(DocumentKind::X12Answer355, ANSWER.as_bytes()).unwrap();
    assert_eq!(
        subjects(&draft),
        [(
            "ManifestRejected",
            json!({"scac": "TOCQ", "trip": "TOCQ2611240417", "port": "2304", "errorCode": "S04",
                "responseText": "VEH 1: PLATE NOT ON FILE; M11 TOCQ88402171: QUANTITY DIFFERS"})
        )]
    );
    assert_eq!(
        draft.records[0].sources.get("/responseText").unwrap().path,
        "355 #0355/4 K101"
    );
    assert!(draft.is_complete());
    let accepted = ANSWER
        .replace("K1*S04*PLATE NOT ON FILE~\n", "")
        .replace("K1*QUANTITY DIFFERS~\n", "")
        .replace("K3*MANIFEST REJECTED", "K3*MANIFEST ACCEPTED")
        .replace("SE*10", "SE*8");
    let draft = read(DocumentKind::X12Answer355, accepted.as_bytes()).unwrap();
    assert_eq!(
        subjects(&draft),
        [(
            "ManifestAccepted",
            json!({"scac": "TOCQ", "trip": "TOCQ2611240417", "port": "2304", "responseText": "MANIFEST ACCEPTED"})
        )]
    );
    assert_eq!(untold(&draft), Vec::<String>::new());
    // Without words the presence of an error decides.
    let mute = accepted
        .replace("K3*MANIFEST ACCEPTED~\n", "")
        .replace("SE*8", "SE*7");
    let draft = read(DocumentKind::X12Answer355, mute.as_bytes()).unwrap();
    assert_eq!(draft.records[0].record_type, "ManifestAccepted");
    let mute = ANSWER
        .replace("K3*MANIFEST REJECTED~\n", "")
        .replace("SE*10", "SE*9");
    let draft = read(DocumentKind::X12Answer355, mute.as_bytes()).unwrap();
    assert_eq!(draft.records[0].record_type, "ManifestRejected");
    // The other reading of K1: all of it is text.
    let readings = Readings {
        x12_355: x12_355::Reading {
            remark: x12_355::RemarkForm::Text,
            ..x12_355::Reading::default()
        },
        ..Readings::default()
    };
    let draft = read_as(DocumentKind::X12Answer355, ANSWER.as_bytes(), &readings).unwrap();
    assert_eq!(
        draft.records[0].subject["responseText"],
        "VEH 1: S04 PLATE NOT ON FILE; M11 TOCQ88402171: QUANTITY DIFFERS"
    );
}

#[test]
fn consist_358() {
    let draft = read(DocumentKind::X12Consist358, CONSIST.as_bytes()).unwrap();
    assert_eq!(
        subjects(&draft),
        [(
            "Manifest",
            json!({
                "scac": "TOCQ", "trip": "TOCQ2611240417", "direction": "northbound", "port": "2304",
                "estimatedArrival": "2026-11-24T15:10:00Z", "plate": "47AK2F", "plateState": "MX-TAM",
                "vin": "1M8GDM9AXKP042788", "empty": false, "seals": ["7741091", "7741093"],
                "equipment": [{"equipmentNumber": "31UB8L", "equipmentKind": "trailer"}],
                "shipments": [{"scn": "TOCQ88402171"}, {"scn": "TOCQ88402172"}],
            })
        )]
    );
    let missing: Vec<_> = draft.records[0]
        .missing
        .iter()
        .map(|gap| gap.pointer.as_str())
        .collect();
    assert_eq!(
        missing,
        [
            "/shipments/0/packages",
            "/shipments/1/packages",
            "/shipments/0/grossWeightKg",
            "/shipments/1/grossWeightKg"
        ]
    );
    let readings = Readings {
        x12_358: x12_358::Reading {
            scn_without_scac: true,
            ..x12_358::Reading::default()
        },
        ..Readings::default()
    };
    let again = CONSIST.replacen(
        "MBL*TOCQ*TOCQ88402172",
        "VID*TL**31UB8L~\nMBL*TOCQ*TOCQ88402172",
        1,
    );
    let same = read(DocumentKind::X12Consist358, again.as_bytes()).unwrap();
    assert_eq!(
        same.records[0].subject, draft.records[0].subject,
        "a trailer named twice is one"
    );
    let bare = CONSIST.replace("*TOCQ8840", "*8840");
    let draft = read_as(DocumentKind::X12Consist358, bare.as_bytes(), &readings).unwrap();
    assert_eq!(
        draft.records[0].subject["shipments"][1]["scn"],
        "TOCQ88402172"
    );
}

fn envelope(group: &str) -> Envelope {
    let text = |value: &str| value.to_owned();
    Envelope {
        sender_qualifier: text("02"),
        sender: text("TOCQ"),
        receiver_qualifier: text("ZZ"),
        receiver: text("CBP"),
        date: text("261124"),
        time: text("0810"),
        standard: text("^"),
        version: text("00605"),
        control_number: text("000000417"),
        acknowledgment: text("0"),
        usage: text("P"),
        group_code: text(group),
        group_sender: text("TOCQ"),
        group_receiver: text("CBP"),
        group_date: text("20261124"),
        group_time: text("0810"),
        group_control_number: text("417"),
        release: text("006050"),
        set_control_number: text("0417"),
    }
}

fn heading() -> Heading {
    let text = |value: &str| value.to_owned();
    Heading {
        scac: text("TOCQ"),
        mode: text("J"),
        country: text("MX"),
        trip: text("TOCQ2611240417"),
        port: text("2304"),
        date: text("20261124"),
        time: text("0910"),
    }
}

/// A generator from a seed, the same everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn often(&mut self) -> bool {
        self.next(3) > 0
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.next(all.len() as u64)).unwrap()]
    }

    fn scn(&mut self) -> String {
        format!("TOCQ{:08}", self.next(100_000_000))
    }

    fn inbond(&mut self) -> String {
        let serial = 10_000_000 + self.next(89_999_999);
        format!("{serial}{}", serial % 7)
    }

    fn words(&mut self) -> String {
        let count = 1 + self.next(20);
        let words: Vec<&str> = (0..count)
            .map(|_| {
                self.of(&[
                    "sello",
                    "roto",
                    "Querétaro",
                    "piezas: 4",
                    "50 %",
                    "a+b'c?",
                    "wood",
                    "M&M",
                ])
            })
            .collect();
        words.join(" ")
    }
}

fn put(subject: &mut Value, name: &str, value: impl Into<Value>) {
    subject
        .as_object_mut()
        .unwrap()
        .insert(name.to_owned(), value.into());
}

fn check(
    kind: DocumentKind,
    text: &str,
    readings: &Readings,
    expected: &[(&str, Value)],
    seed: u64,
) {
    let draft = read_as(kind, text.as_bytes(), readings).unwrap();
    assert_eq!(subjects(&draft), expected, "seed {seed}: {text}");
    assert_eq!(loud(&draft), [], "seed {seed}: {text}");
    assert_eq!(untold(&draft), Vec::<String>::new(), "seed {seed}");
}

#[test]
fn a_thousand_350_come_back() {
    let mut readings = Readings::default();
    for disposition in &mut readings.x12_350.dispositions {
        if disposition.becomes == x12_350::Becomes::Hold {
            disposition.hold = if disposition.code == "1H" {
                "documents"
            } else {
                "food"
            }
            .into();
            disposition.ends_with = "a paper".into();
        }
    }
    for seed in 0..1_000 {
        let mut chance = Chance(seed);
        let mut records = Vec::new();
        if chance.often() {
            let mut subject = json!({"scac": "TOCQ", "trip": "TOCQ2611240417"});
            if chance.often() {
                put(&mut subject, "plate", "47AK2F");
            }
            put(&mut subject, "port", "2304");
            records.push(("ConveyanceArrived", subject));
        }
        for _ in 0..chance.next(6) {
            let scn = chance.scn();
            records.push(match chance.next(3) {
                0 => {
                    let mut subject = json!({"scns": [scn], "decision": "release", "port": "2304"});
                    if chance.often() {
                        put(&mut subject, "entryNumber", "ABC-1234567-6");
                    }
                    if chance.often() {
                        put(&mut subject, "inBondNumber", chance.inbond());
                    }
                    ("ReleaseDecision", subject)
                }
                1 => {
                    let mut subject = json!({"scn": scn, "kind": chance.of(&["documents", "food"]), "endsWith": "a paper"});
                    if chance.often() {
                        put(&mut subject, "cause", chance.words());
                    }
                    ("HoldPlaced", subject)
                }
                _ => ("HoldRemoved", json!({"scn": scn})),
            });
        }
        let borrowed: Vec<(&str, &Value)> = records
            .iter()
            .map(|(name, subject)| (*name, subject))
            .collect();
        let written = x12_350::write(&borrowed, &heading(), &envelope("AU"), &readings.x12_350);
        assert!(written.replaced.is_empty());
        if !records.is_empty() {
            check(
                DocumentKind::X12Status350,
                &written.text,
                &readings,
                &records,
                seed,
            );
        }
    }
}

#[test]
fn a_thousand_353_come_back() {
    let readings = Readings::default();
    for seed in 0..1_000 {
        let mut chance = Chance(seed);
        let mut records = Vec::new();
        for _ in 0..=chance.next(5) {
            let mut subject = json!({"inBondNumber": chance.inbond()});
            let name = match chance.next(3) {
                0 => {
                    put(&mut subject, "firms", chance.of(&["M029", "A123"]));
                    "InbondArrivalReported"
                }
                1 => {
                    put(&mut subject, "exportPort", chance.of(&["2304", "2402"]));
                    "InbondExportReported"
                }
                _ => {
                    put(&mut subject, "fromCarrier", "TOCQ");
                    put(&mut subject, "toCarrier", "LLNO");
                    "LiabilityTransferred"
                }
            };
            if name != "InbondExportReported" && chance.often() {
                put(
                    &mut subject,
                    "site",
                    chance.of(&["LAREDO", "Nuevo Laredo, TAM"]),
                );
            }
            if chance.often() {
                put(&mut subject, "note", chance.words());
            }
            records.push((name, subject));
        }
        let borrowed: Vec<(&str, &Value)> = records
            .iter()
            .map(|(name, subject)| (*name, subject))
            .collect();
        let written = x12_353::write(&borrowed, &heading(), &envelope("AX"), &readings.x12_353);
        assert!(written.replaced.is_empty());
        check(
            DocumentKind::X12Events353,
            &written.text,
            &readings,
            &records,
            seed,
        );
    }
}

#[test]
fn a_thousand_355_come_back() {
    let readings = Readings::default();
    for seed in 0..1_000 {
        let mut chance = Chance(seed);
        let mut subject =
            json!({"scac": "TOCQ", "trip": format!("TOCQ{}", chance.next(1_000_000))});
        let name = if chance.often() {
            "ManifestRejected"
        } else {
            "ManifestAccepted"
        };
        if name == "ManifestRejected" || chance.often() {
            put(&mut subject, "responseText", chance.words());
        }
        if name == "ManifestRejected" && chance.often() {
            put(&mut subject, "errorCode", chance.of(&["S04", "1.2", "A-9"]));
        }
        put(&mut subject, "port", "2304");
        let written = x12_355::write(
            (name, &subject),
            &heading(),
            &envelope("AZ"),
            &readings.x12_355,
        );
        assert!(written.replaced.is_empty());
        check(
            DocumentKind::X12Answer355,
            &written.text,
            &readings,
            &[(name, subject)],
            seed,
        );
    }
}

#[test]
fn a_thousand_358_come_back() {
    for seed in 0..1_000 {
        let mut chance = Chance(seed);
        let readings = Readings {
            x12_358: x12_358::Reading {
                scn_without_scac: chance.often(),
                ..x12_358::Reading::default()
            },
            ..Readings::default()
        };
        let mut subject = json!({
            "scac": "TOCQ", "trip": format!("TOCQ{}", chance.next(1_000_000)), "direction": "northbound",
            "port": "2304", "estimatedArrival": "2026-11-24T15:10:00Z", "plate": "47AK2F",
        });
        if chance.often() {
            put(&mut subject, "plateState", chance.of(&["MX-TAM", "US-TX"]));
        }
        if chance.often() {
            put(&mut subject, "vin", "1M8GDM9AXKP042788");
        }
        if chance.often() {
            let seals: Vec<String> = (0..=chance.next(6))
                .map(|index| format!("77{index}1"))
                .collect();
            put(&mut subject, "seals", seals);
        }
        let equipment: Vec<Value> = (0..chance.next(3))
            .map(|index| match chance.next(2) {
                0 => json!({"equipmentNumber": format!("31UB8{index}"), "equipmentKind": chance.of(&["trailer", "reefer"])}),
                _ => json!({"equipmentNumber": "CSQU3054383", "containerNumber": "CSQU3054383", "equipmentKind": "container-40"}),
            })
            .take(if seed % 2 == 0 { 1 } else { 2 })
            .collect();
        let repeated = equipment.len() == 2
            && equipment[0]["equipmentNumber"] == equipment[1]["equipmentNumber"];
        if !equipment.is_empty() && !repeated {
            put(&mut subject, "equipment", equipment);
        }
        let shipments: Vec<Value> = (0..chance.next(5))
            .map(|_| json!({"scn": chance.scn()}))
            .collect();
        put(&mut subject, "empty", shipments.is_empty());
        if !shipments.is_empty() {
            put(&mut subject, "shipments", shipments);
        }
        let written = x12_358::write(&subject, &heading(), &envelope("BD"), &readings.x12_358);
        assert!(written.replaced.is_empty());
        check(
            DocumentKind::X12Consist358,
            &written.text,
            &readings,
            &[("Manifest", subject)],
            seed,
        );
    }
}
