//! From the records of a case to a document and back: what the case says is what the other side reads.

use garita_formats::out::{CaseRecord, Exporter, Sending, WriteError, write};
use garita_formats::{DocumentKind, Readings, read};
use serde_json::{Value, json};

pub(crate) const CASES: u64 = 1_000;

/// Type and subject of each record.
pub(crate) type Case = Vec<(&'static str, Value)>;

/// SplitMix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    pub(crate) fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[usize::try_from(self.below(of.len() as u64)).unwrap()]
    }

    pub(crate) fn perhaps(&mut self) -> bool {
        self.below(2) == 0
    }

    pub(crate) fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| char::from(b'0' + u8::try_from(self.below(10)).unwrap()))
            .collect()
    }
}

pub(crate) fn sending() -> Sending {
    Sending {
        sender: "TOCQ".to_owned(),
        sender_qualifier: String::new(),
        receiver: "CBP".to_owned(),
        receiver_qualifier: String::new(),
        control_number: 417,
        at: "2026-11-24T08:10:00".parse().unwrap(),
        test: false,
        supplied: std::collections::BTreeMap::new(),
    }
}

const WORDS: &[&str] = &[
    "Wire",
    "harnesses",
    "for",
    "cars",
    "Ñandú",
    "partes",
    "de",
    "40%",
    "steel",
    "frames,",
    "(new)",
    "no.",
    "5/8\"",
    "&",
];

pub(crate) fn words(random: &mut Random, from: u64, to: u64) -> String {
    let count = from + random.below(to - from);
    (0..count)
        .map(|_| random.one(WORDS))
        .collect::<Vec<_>>()
        .join(" ")
}

pub(crate) fn party(random: &mut Random, country: &str) -> Value {
    let mut party = json!({ "partyName": words(random, 1, 4), "country": country });
    if random.perhaps() {
        party["streetAddress"] = json!(format!(
            "{}, Av. {} {}",
            words(random, 1, 3),
            random.one(WORDS).trim_end_matches(','),
            random.digits(4)
        ));
    }
    if random.perhaps() {
        party["locality"] = json!(random.one(&["Laredo", "Querétaro", "San Antonio"]));
        party["region"] = json!(random.one(&["TX", "QR", "NL"]));
        party["postalCode"] = json!(random.digits(5));
    }
    party
}

/// A manifest with its shipments, as a carrier files them: only members that a 309 carries.
pub(crate) fn trip(seed: u64) -> Case {
    let random = &mut Random(seed);
    let scac = random.one(&["TOCQ", "ABCD", "XPQR"]);
    let port = random.one(&["2304", "2305", "2506", "2604", "2402", "2403"]);
    let trip = format!("{scac}{}", random.digits(10));
    let instant = format!(
        "2026-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        1 + random.below(12),
        1 + random.below(28),
        random.below(24),
        random.below(60),
        if random.perhaps() {
            0
        } else {
            random.below(60)
        }
    );
    let bills = random.below(5);
    let mut manifest = json!({
        "scac": scac, "trip": trip, "direction": "northbound", "port": port, "estimatedArrival": instant,
        "plate": format!("{}AK{}F", random.digits(2), random.digits(1)), "empty": bills == 0,
    });
    if random.perhaps() {
        manifest["plateState"] = json!(random.one(&["MX-TAM", "US-TX", "CA-ON"]));
    }
    if random.perhaps() {
        manifest["vin"] = json!("1M8GDM9AXKP042788");
    }
    let trailers = random.below(3);
    if trailers > 0 {
        let equipment: Vec<Value> = (0..trailers)
            .map(|number| match random.below(3) {
                0 => json!({ "equipmentNumber": format!("{number}{}UB", random.digits(4)), "equipmentKind": random.one(&["trailer", "reefer", "flatbed", "chassis"]) }),
                1 => json!({ "equipmentNumber": format!("{number}X{}", random.digits(4)) }),
                _ => {
                    let container = if number == 0 { "CSQU3054383" } else { "MSKU0000006" };
                    json!({ "equipmentNumber": container, "containerNumber": container, "equipmentKind": random.one(&["container-20", "container-40"]) })
                }
            })
            .collect();
        manifest["equipment"] = json!(equipment);
    }
    let seals: Vec<String> = (0..random.below(7))
        .map(|number| format!("{number}{}", random.digits(6)))
        .collect();
    if !seals.is_empty() {
        manifest["seals"] = json!(seals);
    }
    let loaded = random
        .perhaps()
        .then(|| random.one(&["QUERETARO", "MONTERREY", "SALTILLO"]));
    let mut shipments = Vec::new();
    let (mut packages, mut grams) = (0, 0);
    for number in 0..bills {
        let scn = format!("{scac}{}{number}", random.digits(8));
        let mut goods = Vec::new();
        let (mut own_packages, mut own_grams) = (0, 0);
        for _ in 0..=random.below(3) {
            let (count, weight) = (1 + random.below(900), 1 + random.below(9_000_000));
            let mut line = json!({ "goodsText": words(random, 1, 20), "packages": count });
            line["grossWeightKg"] = json!(f64::from(u32::try_from(weight).unwrap()) / 1_000.0);
            if random.perhaps() {
                line["packageUnit"] =
                    json!(random.one(&["CT", "CR", "PX", "BG", "DR", "RO", "PK", "UN"]));
            }
            if random.perhaps() {
                line["commodityCode"] = json!(random.one(&["854430", "85443000", "8544300000"]));
                line["originCountry"] = json!(random.one(&["MX", "US", "CN"]));
            }
            if random.below(4) == 0 {
                line["unNumber"] = json!(random.one(&["UN1993", "NA1993", "UN2319"]));
            }
            own_packages += count;
            own_grams += weight;
            goods.push(line);
        }
        let weight = f64::from(u32::try_from(own_grams).unwrap()) / 1_000.0;
        let mut shipment = json!({
            "scn": scn, "direction": "northbound", "scac": scac, "trip": trip, "port": port,
            "shipper": party(random, "MX"), "consignee": party(random, "US"),
            "goods": goods, "packages": own_packages, "grossWeightKg": weight,
        });
        if let Some(place) = loaded {
            shipment["loadedAt"] = json!(place);
        }
        if random.below(3) == 0 {
            shipment["inBondNumber"] = json!(random.one(&["257700030", "257700052", "680001232"]));
            shipment["destinationPort"] = json!("5501");
        }
        packages += own_packages;
        grams += own_grams;
        shipments.push((scn, own_packages, weight, shipment));
    }
    if bills > 0 {
        manifest["shipments"] = json!(shipments.iter().map(|(scn, packages, weight, _)| json!({ "scn": scn, "packages": packages, "grossWeightKg": weight })).collect::<Vec<_>>());
        manifest["packages"] = json!(packages);
        manifest["grossWeightKg"] = json!(f64::from(u32::try_from(grams).unwrap()) / 1_000.0);
        if let Some(place) = loaded {
            manifest["loadedAt"] = json!(place);
        }
    }
    std::iter::once(("Manifest", manifest))
        .chain(
            shipments
                .into_iter()
                .map(|(_, _, _, shipment)| ("Shipment", shipment)),
        )
        .collect()
}

pub(crate) fn borrowed<'a>(case: &'a [(&'static str, Value)]) -> Vec<CaseRecord<'a>> {
    case.iter()
        .map(|(record_type, subject)| CaseRecord {
            record_type,
            subject,
            occurred: None,
        })
        .collect()
}

/// Numbers by value, lines of text joined: `480` and `480.0` say the same.
pub(crate) fn plain(value: &Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, member)| (name.clone(), plain(member)))
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(plain).collect()),
        Value::Number(number) => json!(number.as_f64()),
        Value::String(text) => json!(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        other => other.clone(),
    }
}

#[test]
fn a_thousand_trips_as_309() {
    let kind = DocumentKind::from_name("x12-309").unwrap();
    for seed in 0..CASES {
        let case = trip(seed);
        let written = write(
            Exporter::named("x12-309").unwrap(),
            &borrowed(&case),
            &sending(),
            &Readings::default(),
        )
        .unwrap_or_else(|error| panic!("seed {seed}: {error}: {case:#?}"));
        assert_eq!(written.left_out, [], "seed {seed}");
        let draft = read(kind, &written.bytes).unwrap();
        assert!(draft.is_complete(), "seed {seed}: {:#?}", draft.faults);
        assert_eq!(draft.records.len(), case.len());
        for (read, (record_type, subject)) in draft.records.iter().zip(&case) {
            assert_eq!(read.record_type, *record_type);
            assert_eq!(plain(&read.subject), plain(subject), "seed {seed}");
        }
    }
}

#[test]
fn what_a_format_has_no_place_for_is_named() {
    let mut case = trip(3);
    case[0].1["aduana"] = json!("240");
    case[0].1["driver"] = json!({ "driverName": "J. Pérez" });
    let written = write(
        Exporter::named("x12-309").unwrap(),
        &borrowed(&case),
        &sending(),
        &Readings::default(),
    )
    .unwrap();
    let left: Vec<&str> = written
        .left_out
        .iter()
        .map(|left| left.pointer.as_str())
        .collect();
    assert_eq!(left, ["/aduana", "/driver/driverName"]);
}

#[test]
fn what_would_be_read_as_something_else_is_not_sent() {
    let case = (0..).map(trip).find(|case| case.len() > 1).unwrap();
    let told = |change: &dyn Fn(&mut Case)| {
        let mut case = case.clone();
        change(&mut case);
        write(
            Exporter::named("x12-309").unwrap(),
            &borrowed(&case),
            &sending(),
            &Readings::default(),
        )
    };
    // A total that its parts don't sum up to.
    match told(&|case| case[0].1["packages"] = json!(1)) {
        Err(WriteError::Changed { pointer, is, .. }) => {
            assert_eq!((pointer.as_str(), is.as_str()), ("/packages", "1"))
        }
        other => panic!("{other:?}"),
    }
    match told(&|case| case[0].1["direction"] = json!("southbound")) {
        Err(WriteError::Missing(missing)) => assert_eq!(missing[0].pointer, "/direction"),
        other => panic!("{other:?}"),
    }
    match told(&|case| drop(case.pop())) {
        Err(WriteError::Missing(missing)) => {
            assert!(missing[0].pointer.starts_with("/shipments/"), "{missing:?}")
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_consist_tells_the_arrival_and_not_when_the_manifest_was_made() {
    let mut manifest = trip(3).remove(0).1;
    manifest["estimatedArrival"] = json!("2026-11-24T15:19:00Z");
    manifest["equipment"] = json!([{ "equipmentNumber": "5301", "equipmentKind": "trailer-53" }]);
    let made = CaseRecord {
        record_type: "Manifest",
        subject: &manifest,
        occurred: Some("2026-11-24T12:00:09Z".parse().unwrap()),
    };
    let written = write(
        Exporter::named("x12-358").unwrap(),
        &[made],
        &sending(),
        &Readings::default(),
    )
    .unwrap();
    // The code says a trailer, not how long it is.
    assert!(
        written
            .left_out
            .iter()
            .any(|left| left.pointer == "/equipment/0/equipmentKind")
    );
}

#[test]
fn every_exporter_writes_what_its_importer_reads() {
    let subjects = [
        ("Manifest", trip(3).remove(0).1),
        (
            "ManifestAccepted",
            json!({ "scac": "TOCQ", "trip": "TOCQ2611240417", "responseText": "ACCEPTED", "port": "2304" }),
        ),
        (
            "HoldRemoved",
            json!({ "scn": "TOCQ88402171", "kind": "documents" }),
        ),
        (
            "InbondExportReported",
            json!({ "inBondNumber": "680001232", "exportPort": "2304" }),
        ),
        (
            "PaymentOrder",
            json!({ "uetr": "eb6305c9-1f7f-49de-aed0-16487c27b42d", "assessment": "LOZA-D26-000088", "endToEndId": "LOZA-D26-000088-1",
            "amount": "15400.00", "currency": "MXN", "rail": "spei", "remittanceReference": "03260024345660001237",
            "debtorAccount": { "accountNumber": "032180000118359719", "accountKind": "clabe" } }),
        ),
        (
            "BankStatus",
            json!({ "uetr": "eb6305c9-1f7f-49de-aed0-16487c27b42d", "assessment": "LOZA-D26-000088", "bankStatus": "RJCT", "bankReason": "AM04" }),
        ),
        (
            "CreditNotice",
            json!({ "uetr": "eb6305c9-1f7f-49de-aed0-16487c27b42d", "assessment": "LOZA-D26-000088", "amount": "15400.00", "currency": "MXN",
            "bookedAt": "2026-11-24T13:00:09Z", "entryReference": "NTF-20261124-77" }),
        ),
        (
            "PaymentReturned",
            json!({ "uetr": "eb6305c9-1f7f-49de-aed0-16487c27b42d", "assessment": "LOZA-D26-000088", "amount": "15400.00", "currency": "MXN", "bankReason": "AC04" }),
        ),
    ];
    let mut written_types = std::collections::BTreeSet::new();
    for exporter in garita_formats::out::EXPORTERS {
        // Held with all that they need, by a thousand cases each, in `round_trip_border`.
        let border = [
            "ace-cover-sheet",
            "pedimento",
            "pedimento-csv",
            "carta-porte",
            "cove",
            "doda",
        ];
        if border.contains(&exporter.name) {
            continue;
        }
        let mut case: Vec<(&str, Value)> = match exporter.from[0] {
            "Manifest" => trip(3),
            _ => Vec::new(),
        };
        if case.is_empty() {
            case.extend(
                subjects
                    .iter()
                    .filter(|(name, _)| exporter.from.contains(name) && *name != "Manifest")
                    .cloned(),
            );
        }
        assert!(
            !case.is_empty() || exporter.name == "edifact-cusrep",
            "{}",
            exporter.name
        );
        if case.is_empty() {
            case.push(subjects[0].clone());
        }
        let written = write(exporter, &borrowed(&case), &sending(), &Readings::default())
            .unwrap_or_else(|error| panic!("{}: {error:?}", exporter.name));
        let kind = garita_formats::recognise(&written.bytes).unwrap();
        assert_eq!(kind, exporter.kind, "{}", exporter.name);
        let draft = read(kind, &written.bytes).unwrap();
        assert!(!draft.records.is_empty(), "{}", exporter.name);
        written_types.extend(
            draft
                .records
                .iter()
                .map(|record| record.record_type.clone()),
        );
    }
    assert!(written_types.len() >= 8, "{written_types:?}");
}
