//! What is written is read again: a thousand trucks, reports and responses, made from seeds.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

use garita_formats::edi::map::Envelope;
use garita_formats::edifact::{TripReading, cuscar, cusrep, cusres};
use garita_formats::elements::untold;
use garita_formats::x12_309::{
    Bill, BillEquipment, Goods, Inbond, InterchangeHeader, Party, Text, TruckManifestDocument,
    Vehicle,
};
use garita_formats::{Draft, Severity, edi, x12_309};
use serde_json::{Value, json};

const CASES: u64 = 1_000;

/// Numbers from a seed, the same ones each time.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }

    fn words(&mut self, least: u64, most: u64) -> String {
        const WORDS: &[&str] = &[
            "Arneses", "O'Brien", "+", "A+B", "10:30", "¿qué?", "ñandú", "piezas", "??", "Nave",
            "Über", "''", "S.A.", "de", "C.V.", "wire", "harness:", "12/24", "(copper)", "\"x\"",
            "&", "México",
        ];
        let count = least + self.below(most - least + 1);
        let words: Vec<&str> = (0..count).map(|_| self.pick(WORDS)).collect();
        words.join(" ")
    }

    fn plate(&mut self) -> String {
        format!(
            "{}{:03}",
            self.pick(&["AB", "47AK", "XQ1"]),
            self.below(1_000)
        )
    }
}

fn envelope(number: u64, kind: &str) -> Envelope {
    let text = str::to_owned;
    Envelope {
        sender: text("TOCQ"),
        sender_qualifier: text("02"),
        receiver: text("CBP-ACE"),
        receiver_qualifier: text("ZZ"),
        date: text("20261124"),
        time: text("0810"),
        control_number: number.to_string(),
        standard: text("UNOY"),
        version: text("4"),
        group_code: text(kind),
        group_sender: text("TOCQ"),
        group_receiver: text("CBP-ACE"),
        group_date: text("20261124"),
        group_time: text("0810"),
        group_control_number: number.to_string(),
        release: text("D:03B:UN"),
        set_control_number: number.to_string(),
        ..Envelope::default()
    }
}

fn loud(draft: &Draft) -> Vec<(&'static str, &str)> {
    let faults = draft
        .faults
        .iter()
        .filter(|fault| fault.severity > Severity::Note);
    faults
        .map(|fault| (fault.code, fault.en.as_str()))
        .collect()
}

fn owned(draft: &Draft) -> Vec<(String, Value)> {
    let records = draft.records.iter();
    records
        .map(|record| (record.record_type.clone(), record.subject.clone()))
        .collect()
}

fn borrowed(records: &[(String, Value)]) -> Vec<(&str, &Value)> {
    records
        .iter()
        .map(|(kind, subject)| (kind.as_str(), subject))
        .collect()
}

/// A truck as a 309 says it.
fn truck(dice: &mut Dice) -> TruckManifestDocument {
    let text = str::to_owned;
    let number = dice.below(1_000_000);
    let count = dice.below(5);
    let vin = dice.pick(&["1M8GDM9AXKP042788", ""]);
    let state = dice.pick(&["TAM", "TX", ""]);
    TruckManifestDocument {
        interchange: InterchangeHeader {
            sender_qualifier: text("02"),
            sender: text("TOCQ"),
            receiver_qualifier: text("ZZ"),
            receiver: text("CBP"),
            date: text("261124"),
            time: text("0810"),
            standard: text("^"),
            version: text("00502"),
            control_number: format!("{number:09}"),
            acknowledgment: text("0"),
            usage: text("P"),
            group_code: text("AQ"),
            group_sender: text("TOCQ"),
            group_receiver: text("CBP"),
            group_date: text("20261124"),
            group_time: text("0810"),
            group_control_number: text("417"),
            release: text("005020"),
            set_control_number: text("0417"),
        },
        scac: text(dice.pick(&["TOCQ", "ABCD"])),
        mode: text("J"),
        trip: format!("TOCQ{number}"),
        vehicle: Some(Vehicle {
            vin: text(vin),
            plate: dice.plate(),
            plate_state: text(state),
            plate_country: text(if state == "TX" { "US" } else { "MX" }),
            seals: (0..dice.below(3))
                .map(|at| format!("77{number}{at}"))
                .collect(),
        }),
        port: text(dice.pick(&["2304", "2402", "2403", "2506", "2603"])),
        arrival_date: format!("2026{:02}{:02}", 1 + dice.below(12), 1 + dice.below(28)),
        arrival_time: format!("{:02}{:02}", 4 + dice.below(20), dice.below(60)),
        bills: (0..count).map(|line| bill(dice, line)).collect(),
        ..TruckManifestDocument::default()
    }
}

fn bill(dice: &mut Dice, line: u64) -> Bill {
    let text = str::to_owned;
    let goods: Vec<Goods> = (0..1 + dice.below(3)).map(|_| goods(dice)).collect();
    let quantity: u64 = goods
        .iter()
        .map(|line| line.quantity.parse::<u64>().unwrap())
        .sum();
    let serial = 10_000_000 + dice.below(80_000_000);
    Bill {
        line: (line + 1).to_string(),
        bill_number: format!("TOCQ{}{line}", dice.below(1_000_000)),
        quantity: quantity.to_string(),
        unit: text("CTN"),
        weight: format!("{}.{:03}", 1 + dice.below(20_000), dice.below(1_000)),
        weight_unit: text("K"),
        place_of_receipt: text(dice.pick(&["QUERETARO", "San Luis Potosí", ""])),
        issuer_scac: text("TOCQ"),
        parties: ["SH", "CN"].iter().map(|code| party(dice, code)).collect(),
        inbond: dice.one_in(3).then(|| Inbond {
            entry_type: text("61"),
            number: format!("{serial}{}", serial % 7),
            destination_port: text("5501"),
            ..Inbond::default()
        }),
        equipment: vec![BillEquipment {
            code: text(dice.pick(&["TL", "RT", "FT", "2B", "4B", "CH"])),
            initial: text(if dice.one_in(4) { "CSQU" } else { "" }),
            number: text("3054383"),
            seals: (0..dice.below(3))
                .map(|at| format!("88{line}{at}0"))
                .collect(),
            goods,
            ..BillEquipment::default()
        }],
        ..Bill::default()
    }
}

fn party(dice: &mut Dice, code: &str) -> Party {
    let text = str::to_owned;
    Party {
        code: text(code),
        name: format!("X {}", dice.words(1, 9)),
        address: (0..dice.below(3))
            .map(|_| format!("y{}", dice.words(1, 4).replace(' ', "")))
            .collect(),
        city: text(dice.pick(&["Querétaro", "Laredo", ""])),
        state: text(dice.pick(&["QR", "TX", ""])),
        postal_code: text(dice.pick(&["76120", ""])),
        country: text(dice.pick(&["MX", "US"])),
        ..Party::default()
    }
}

fn goods(dice: &mut Dice) -> Goods {
    let text = str::to_owned;
    let more = dice.below(7);
    Goods {
        quantity: (1 + dice.below(500)).to_string(),
        description: format!("Goods {}", dice.words(1, 4)),
        code_qualifier: text("J"),
        code: text(dice.pick(&["8544300000", "870880", "87088099"])),
        weight_unit: text("K"),
        weight: format!("{}.5", 1 + dice.below(900)),
        unit: text(dice.pick(&["CTN", "PLT", "BAG", "XYZ"])),
        country: text(dice.pick(&["MX", "CN", ""])),
        hazards: if dice.one_in(4) {
            vec![text("3480")]
        } else {
            vec![]
        },
        more: (0..more)
            .map(|_| Text {
                description: format!("z {}", dice.words(1, 3)),
                marks: String::new(),
            })
            .collect(),
        ..Goods::default()
    }
}

#[test]
fn a_truck_says_the_same_as_309_and_as_cuscar() {
    let reading = TripReading::default();
    for seed in 0..CASES {
        let document = truck(&mut Dice(seed));
        let usual = x12_309::Reading::default();
        let text = x12_309::write(&document, &usual);
        let first = x12_309::read(text.as_bytes(), &usual).unwrap();
        let records = owned(&first);
        let out = cuscar::write(&borrowed(&records), &envelope(seed, "CUSCAR"), &reading);
        assert_eq!(out.left_out, Vec::<String>::new(), "{seed}\n{}", out.text);
        assert_eq!(out.replaced, []);
        let second = cuscar::read(out.text.as_bytes(), &reading).unwrap();
        assert_eq!(owned(&second), records, "{seed}\n{}", out.text);
        assert_eq!(untold(&second), Vec::<String>::new());
        assert_eq!(
            first.is_complete(),
            second.is_complete(),
            "{:?}",
            loud(&second)
        );
    }
}

#[test]
fn what_only_a_cuscar_says_is_read_again() {
    let reading = TripReading {
        release_types: [
            ("P".to_owned(), "PAPS".to_owned()),
            ("F".to_owned(), "FAST".to_owned()),
        ]
        .into(),
        weight_unit: "KGM".to_owned(),
        ..TripReading::default()
    };
    const KINDS: &[&str] = &[
        "trailer",
        "trailer-53",
        "trailer-48",
        "tank",
        "reefer",
        "flatbed",
        "chassis",
        "container-20",
        "container-40",
    ];
    for seed in 0..CASES {
        let dice = &mut Dice(seed + 5_000);
        let text = x12_309::write(&truck(dice), &x12_309::Reading::default());
        let first = x12_309::read(text.as_bytes(), &x12_309::Reading::default()).unwrap();
        let mut records = owned(&first);
        for (kind, subject) in &mut records {
            if kind == "Manifest" {
                let name = format!("Xóchitl {} Chávez", dice.words(1, 14));
                subject["driver"] = json!({"driverName": name});
                subject["equipment"] = (0..1 + dice.below(4))
                    .map(|at| {
                        let mut one = json!({"equipmentNumber": format!("{}{at}", dice.plate())});
                        if dice.one_in(2) {
                            one["equipmentKind"] = dice.pick(KINDS).into();
                        }
                        if dice.one_in(2) {
                            one["plate"] = dice.plate().into();
                            one["plateState"] = dice.pick(&["US-TX", "MX-NLE"]).into();
                        }
                        one
                    })
                    .collect();
            } else if subject.get("releaseType").is_none() && dice.one_in(2) {
                subject["releaseType"] = dice.pick(&["PAPS", "FAST"]).into();
            }
        }
        let out = cuscar::write(&borrowed(&records), &envelope(seed, "CUSCAR"), &reading);
        assert_eq!(out.left_out, Vec::<String>::new(), "{seed}\n{}", out.text);
        let again = cuscar::read(out.text.as_bytes(), &reading).unwrap();
        assert_eq!(owned(&again), records, "{seed}\n{}", out.text);
        assert_eq!(untold(&again), Vec::<String>::new());
    }
}

#[test]
fn a_conveyance_report_is_read_again() {
    let reading = TripReading {
        zone: Some("America/Chicago".to_owned()),
        ..TripReading::default()
    };
    for seed in 0..CASES {
        let dice = &mut Dice(seed);
        let (scac, trip) = ("TOCQ", format!("TOCQ{}", dice.below(1_000_000)));
        let mut one = json!({"scac": scac, "trip": trip});
        let kind = match seed % 5 {
            0 => {
                one["port"] = "2304".into();
                one["plate"] = dice.plate().into();
                "ConveyanceArrived"
            }
            1 => {
                let swapped = dice.pick(&["tractor", "trailer", "driver"]);
                one["swapped"] = swapped.into();
                match swapped {
                    "tractor" => {
                        one["plate"] = dice.plate().into();
                        one["plateState"] = "MX-TAM".into();
                        one["vin"] = "1M8GDM9AXKP042788".into();
                    }
                    "trailer" => {
                        one["equipment"] =
                            json!([{"equipmentNumber": dice.plate(), "equipmentKind": "reefer"}]);
                    }
                    _ => {
                        one["driver"] =
                            json!({"driverName": format!("Ana {} Díaz", dice.words(1, 12))})
                    }
                }
                one["cause"] = format!("Because {} ok", dice.words(1, 30)).into();
                "Conveyance"
            }
            2 => {
                one["cause"] = format!("Because {} ok", dice.words(1, 90)).into();
                "TripCancelled"
            }
            3 => {
                one["plate"] = dice.plate().into();
                let hour = 10 + dice.below(10);
                one["window"] = json!({
                    "windowStart": format!("2026-11-24T{hour}:00:00Z"), "windowEnd": format!("2026-11-24T{hour}:45:00Z"),
                });
                "Appointment"
            }
            _ => {
                let count = dice.below(4);
                one["direction"] = "northbound".into();
                one["port"] = "2304".into();
                one["estimatedArrival"] = "2026-11-24T15:10:00Z".into();
                one["plate"] = dice.plate().into();
                one["empty"] = (count == 0).into();
                if count > 0 {
                    one["seals"] = json!(["7741093", "7741094"]);
                    one["packages"] = (count * (count + 1) / 2).into();
                    one["shipments"] = (1..=count)
                        .map(|at| json!({"scn": format!("TOCQ{at}{seed}"), "packages": at}))
                        .collect();
                }
                "Manifest"
            }
        };
        let out = cusrep::write(&[(kind, &one)], &envelope(seed, "CUSREP"), &reading);
        assert_eq!(out.left_out, Vec::<String>::new(), "{seed}\n{}", out.text);
        let again = cusrep::read(out.text.as_bytes(), &reading).unwrap();
        assert_eq!(
            owned(&again),
            [(kind.to_owned(), one)],
            "{seed}\n{}",
            out.text
        );
        assert_eq!(untold(&again), Vec::<String>::new());
    }
}

#[test]
fn a_response_is_read_again() {
    let reading = cusres::Reading::default();
    for seed in 0..CASES {
        let dice = &mut Dice(seed);
        let scn = |dice: &mut Dice| format!("TOCQ{}", dice.below(1_000_000_000));
        let mut answer = json!({"scac": "TOCQ", "trip": format!("TOCQ{seed}"), "port": "2304"});
        let words = format!("Text {} end", dice.words(1, 20));
        let records: Vec<(String, Value)> = match seed % 5 {
            0 => {
                answer["responseText"] = words.into();
                vec![("ManifestAccepted".to_owned(), answer)]
            }
            1 => {
                answer["responseText"] = words.into();
                answer["errorCode"] = dice.pick(&["033", "402", "S04"]).into();
                vec![("ManifestRejected".to_owned(), answer)]
            }
            2 => {
                answer["plate"] = dice.plate().into();
                vec![("ConveyanceArrived".to_owned(), answer)]
            }
            3 => {
                let scns: Vec<String> = (0..2 + dice.below(5))
                    .map(|at| format!("TOCQ{seed}X{at}"))
                    .collect();
                let one = json!({"scns": scns, "decision": "release", "port": "2402"});
                vec![("ReleaseDecision".to_owned(), one)]
            }
            _ => {
                let mut all = Vec::new();
                for _ in 0..1 + dice.below(6) {
                    let scn = scn(dice);
                    all.push(match dice.below(3) {
                        0 => {
                            let mut one = json!({"scn": scn, "cause": words});
                            one["kind"] = "data".into();
                            ("HoldPlaced".to_owned(), one)
                        }
                        1 => (
                            "HoldRemoved".to_owned(),
                            json!({"scn": scn, "cause": words}),
                        ),
                        _ => {
                            let mut one = json!({"scns": [scn], "decision": "release"});
                            match dice.below(3) {
                                0 => one["entryNumber"] = "ABC-1234567-6".into(),
                                1 => one["inBondNumber"] = "680001232".into(),
                                _ => {}
                            }
                            ("ReleaseDecision".to_owned(), one)
                        }
                    });
                }
                all
            }
        };
        let out = cusres::write(&borrowed(&records), &envelope(seed, "CUSRES"), &reading);
        assert_eq!(out.left_out, Vec::<String>::new(), "{seed}\n{}", out.text);
        let again = cusres::read(out.text.as_bytes(), &reading).unwrap();
        assert_eq!(owned(&again), records, "{seed}\n{}", out.text);
        assert_eq!(untold(&again), Vec::<String>::new());
        assert_eq!(loud(&again), []);
    }
}

#[test]
fn what_has_no_place_is_named() {
    let manifest = json!({"scac": "TOCQ", "trip": "T1", "port": "2304", "empty": true, "caat": "3A7K", "lane": "fast"});
    let out = cuscar::write(
        &[("Manifest", &manifest)],
        &envelope(1, "CUSCAR"),
        &TripReading::default(),
    );
    assert_eq!(out.left_out, ["Manifest /caat", "Manifest /lane"]);
    let held = json!({"scn": "TOCQ1", "kind": "seal", "endsWith": "a new seal"});
    let out = cusres::write(
        &[("HoldPlaced", &held)],
        &envelope(1, "CUSRES"),
        &cusres::Reading::default(),
    );
    assert_eq!(
        out.left_out,
        [
            "HoldPlaced /scn",
            "HoldPlaced /kind",
            "HoldPlaced /endsWith"
        ]
    );
}

/// Interchanges with what this reader finds in them, for the oracle `edifact` of `crates/garita/tests/oracles`.
#[test]
#[ignore = "writes into the folder ORACLE_OUT"]
fn interchanges_for_other_parsers() {
    let folder = std::path::PathBuf::from(std::env::var_os("ORACLE_OUT").unwrap());
    for seed in 0..100 {
        let document = truck(&mut Dice(seed));
        let text = x12_309::write(&document, &x12_309::Reading::default());
        let draft = x12_309::read(text.as_bytes(), &x12_309::Reading::default()).unwrap();
        let records = owned(&draft);
        let manifest = &borrowed(&records)[..1];
        let held = json!({"scn": "TOCQ1", "kind": "data", "cause": Dice(seed).words(3, 20)});
        for (name, out) in [
            (
                "cuscar",
                cuscar::write(
                    &borrowed(&records),
                    &envelope(seed, "CUSCAR"),
                    &TripReading::default(),
                ),
            ),
            (
                "cusrep",
                cusrep::write(manifest, &envelope(seed, "CUSREP"), &TripReading::default()),
            ),
            (
                "cusres",
                cusres::write(
                    &[("HoldPlaced", &held)],
                    &envelope(seed, ""),
                    &cusres::Reading::default(),
                ),
            ),
        ] {
            let file = |ending: &str| folder.join(format!("{name}-{seed}.{ending}"));
            std::fs::write(file("edi"), &out.text).unwrap();
            let draft = match name {
                "cuscar" => cuscar::read(out.text.as_bytes(), &TripReading::default()),
                "cusrep" => cusrep::read(out.text.as_bytes(), &TripReading::default()),
                _ => cusres::read(out.text.as_bytes(), &cusres::Reading::default()),
            };
            let whole: Vec<(String, Value)> = draft
                .unwrap()
                .records
                .into_iter()
                .filter(|record| record.missing.is_empty())
                .map(|record| (record.record_type, record.subject))
                .collect();
            let said = json!({"segments": segments(&out.text), "records": whole});
            std::fs::write(file("json"), said.to_string()).unwrap();
        }
    }
}

/// The segments of an interchange, each a list of its name and its elements, those lists of components.
fn segments(text: &str) -> Value {
    let text = edi::Text::decode(text.as_bytes(), edi::Syntax::Edifact).unwrap();
    let interchange = text.interchanges().interchange().unwrap().unwrap();
    let mut out = Vec::new();
    for group in &interchange.groups {
        for set in &group.sets {
            for segment in &set.segments {
                let elements = (1..=segment.elements().count()).map(|number| {
                    let parts = (1..=12).map(|at| {
                        segment
                            .component(number, at)
                            .unwrap_or_default()
                            .into_owned()
                    });
                    let mut parts: Vec<String> = parts.collect();
                    while parts.last().is_some_and(String::is_empty) {
                        parts.pop();
                    }
                    json!(parts)
                });
                let mut one = vec![json!(segment.id)];
                one.extend(elements);
                out.push(Value::Array(one));
            }
        }
    }
    Value::Array(out)
}
