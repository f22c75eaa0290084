//! From a case to the documents of a truck's crossing and back: cover sheet, pedimento, Carta Porte, COVE, DODA.

use std::collections::{BTreeMap, BTreeSet};

use garita_formats::out::{Exporter, Sending, WriteError, Written, is_choice, write};
use garita_formats::{Draft, Readings, Severity, read, recognise};
use serde_json::{Value, json};

use crate::round_trip::{CASES, Case, Random, borrowed, party, plain, sending, trip, words};

const RFCS: &[&str] = &[
    "EKU9003173C9",
    "XIA190128J61",
    "URE180429TM6",
    "MISC491214B86",
];

fn supplying(supplied: &[(String, String)]) -> Sending {
    Sending {
        supplied: supplied.iter().cloned().collect(),
        ..sending()
    }
}

pub(crate) fn sent(
    name: &str,
    case: &Case,
    supplied: &[(String, String)],
) -> Result<Written, WriteError> {
    write(
        Exporter::named(name).unwrap(),
        &borrowed(case),
        &supplying(supplied),
        &Readings::default(),
    )
}

/// Every leaf of a subject, plain, by its pointer.
fn leaves(value: &Value) -> BTreeMap<String, Value> {
    fn walk(value: &Value, at: &str, out: &mut BTreeMap<String, Value>) {
        match value {
            Value::Object(members) => members
                .iter()
                .for_each(|(name, member)| walk(member, &format!("{at}/{name}"), out)),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .for_each(|(index, item)| walk(item, &format!("{at}/{index}"), out)),
            leaf => drop(out.insert(at.to_owned(), leaf.clone())),
        }
    }
    let mut out = BTreeMap::new();
    walk(&plain(value), "", &mut out);
    out
}

/// The pointer with `*` for every index.
fn pattern(pointer: &str) -> String {
    pointer
        .split('/')
        .map(|step| {
            if step.parse::<usize>().is_ok() {
                "*"
            } else {
                step
            }
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// Writes the cases, reads them again: of the records that it is made from, each leaf comes back as it was or is named as left out, and
/// what is left out is of the patterns told, each of which occurs.
#[expect(clippy::panic, reason = "a case that does not go out fails the test")]
fn a_thousand(name: &str, make: impl Fn(u64) -> (Case, Vec<(String, String)>), left_out: &[&str]) {
    let exporter = Exporter::named(name).unwrap();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for seed in 0..CASES {
        let (case, supplied) = make(seed);
        let written = sent(name, &case, &supplied)
            .unwrap_or_else(|error| panic!("{name} {seed}: {error:#?}: {case:#?}"));
        let kind = recognise(&written.bytes);
        assert_eq!(kind, Some(exporter.kind), "{name} {seed}");
        let draft: Draft = read(exporter.kind, &written.bytes).unwrap();
        assert!(
            draft.faults.iter().all(|f| f.severity != Severity::Error),
            "{name} {seed}: {:#?}",
            draft.faults
        );
        for record_type in exporter.from {
            let told = case
                .iter()
                .enumerate()
                .filter(|(_, (of, _))| of == record_type);
            let again = draft
                .records
                .iter()
                .filter(|r| r.record_type == **record_type);
            let (told, again): (Vec<_>, Vec<_>) = (told.collect(), again.collect());
            assert_eq!(told.len(), again.len(), "{name} {seed}: {record_type}");
            for ((index, (_, subject)), again) in told.into_iter().zip(again) {
                let (is, back) = (leaves(subject), leaves(&again.subject));
                for (pointer, value) in &is {
                    let left = written
                        .left_out
                        .iter()
                        .any(|left| left.record == index && left.pointer == *pointer);
                    match left {
                        true => drop(seen.insert(pattern(pointer))),
                        false => {
                            assert_eq!(back.get(pointer), Some(value), "{name} {seed}: {pointer}")
                        }
                    }
                }
            }
        }
    }
    let wanted: BTreeSet<String> = left_out.iter().map(|text| (*text).to_owned()).collect();
    assert_eq!(seen, wanted, "{name}");
}

pub(crate) fn texts(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// A manifest whose plates are told with who issued them.
fn sheet(seed: u64) -> (Case, Vec<(String, String)>) {
    let random = &mut Random(seed ^ 0x5EED);
    let mut manifest = trip(seed).remove(0).1;
    manifest["plateState"] = json!(random.one(&["MX-TAM", "US-TX", "CA-ON"]));
    if manifest.get("equipment").is_some() && random.perhaps() {
        manifest["equipment"][0]["plate"] =
            json!(format!("{}UB{}L", random.digits(2), random.digits(1)));
        manifest["equipment"][0]["plateState"] = json!(random.one(&["MX-NLE", "US-TX"]));
    }
    (vec![("Manifest", manifest)], Vec::new())
}

#[test]
fn a_thousand_manifests_as_cover_sheet() {
    a_thousand(
        "ace-cover-sheet",
        sheet,
        &[
            "/direction",
            "/empty",
            "/equipment/*/containerNumber",
            "/equipment/*/equipmentKind",
            "/equipment/*/equipmentNumber",
            "/estimatedArrival",
            "/grossWeightKg",
            "/loadedAt",
            "/packages",
            "/port",
            "/scac",
            "/seals/*",
            "/shipments/*/grossWeightKg",
            "/shipments/*/packages",
            "/shipments/*/scn",
            "/vin",
        ],
    );
}

#[test]
fn the_day_on_a_cover_sheet_is_the_port_s() {
    let mut manifest = trip(3).remove(0).1;
    manifest["trip"] = json!("TOCQ2611240417");
    manifest["port"] = json!("2304");
    manifest["estimatedArrival"] = json!("2026-11-24T05:10:00Z");
    manifest["plate"] = json!("47AK2F");
    manifest["plateState"] = json!("MX-TAM");
    manifest["equipment"] =
        json!([{ "equipmentNumber": "5301", "plate": "31UB8L", "plateState": "MX-TAM" }]);
    let written = sent("ace-cover-sheet", &vec![("Manifest", manifest)], &[]).unwrap();
    assert_eq!(
        String::from_utf8(written.bytes).unwrap(),
        "001|TOCQ2611240417           |20261123|MXTAM47AK2F |MXTAM31UB8L "
    );
    // The trailer's number, which the sheet has no place for, is not taken for its plate in silence.
    assert!(
        written
            .left_out
            .iter()
            .any(|left| left.pointer == "/equipment/0/equipmentNumber")
    );
}

fn goods(random: &mut Random, count: u64, tariff: &[&str]) -> (Vec<Value>, u64, f64) {
    let (mut packages, mut grams) = (0, 0);
    let lines = (0..count)
        .map(|_| {
            let (own, weight) = (1 + random.below(900), 1 + random.below(9_000_000));
            packages += own;
            grams += weight;
            let mut line = json!({ "goodsText": format!("Arneses {}", words(random, 1, 20)), "packages": own, "commodityCode": random.one(tariff) });
            line["grossWeightKg"] = json!(f64::from(u32::try_from(weight).unwrap()) / 1_000.0);
            line
        })
        .collect();
    (
        lines,
        packages,
        f64::from(u32::try_from(grams).unwrap()) / 1_000.0,
    )
}

fn scns(random: &mut Random) -> Vec<String> {
    (0..1 + random.below(3))
        .map(|number| format!("TOCQ{}{number}", random.digits(7)))
        .collect()
}

fn of_invoice(random: &mut Random, country: &str, tax_number: &str) -> Value {
    let mut found = party(random, country);
    found["partyName"] = json!(format!("Arneses {}", words(random, 1, 4)));
    found["taxNumber"] = json!(tax_number);
    found
}

/// An invoice between Mexico and the north.
fn invoice(random: &mut Random, exports: bool, rfc: &str) -> Value {
    let here = of_invoice(random, "MX", rfc);
    let abroad_number = format!("{}-{}", random.digits(2), random.digits(7));
    let country = random.one(&["US", "CA"]);
    let abroad = of_invoice(random, country, &abroad_number);
    let (seller, buyer) = if exports {
        (here, abroad)
    } else {
        (abroad, here)
    };
    let mut lines = Vec::new();
    let mut total = 0;
    for _ in 0..=random.below(4) {
        let value = random.below(900_000_000);
        total += value;
        let mut line = json!({
            "goodsText": format!("Arneses {}", words(random, 1, 12)), "lineMinor": value,
            "quantity": f64::from(u32::try_from(1 + random.below(1_000_000)).unwrap()) / 100.0, "unit": random.one(&["H87", "KGM", "C62"]),
        });
        if random.perhaps() {
            line["commodityCode"] = json!("8544300000");
            line["originCountry"] = json!("MX");
        }
        lines.push(line);
    }
    let mut out = json!({
        "scns": scns(random), "invoiceNumber": format!("AQ-{}", random.digits(5)),
        "invoiceDate": format!("2026-{:02}-{:02}", 1 + random.below(12), 1 + random.below(28)),
        "seller": seller, "buyer": buyer, "currency": random.one(&["USD", "MXN", "JPY", "KWD"]), "totalMinor": total, "invoiceLines": lines,
    });
    if random.perhaps() {
        out["incoterm"] = json!(random.one(&["FCA", "DAP", "EXW"]));
        out["packages"] = json!(480);
        out["grossWeightKg"] = json!(9120.5);
        out["originCountry"] = json!("MX");
    }
    out
}

#[test]
fn a_thousand_invoices_as_cove() {
    let make = |seed| {
        let random = &mut Random(seed);
        let exports = random.perhaps();
        let rfc = random.one(RFCS);
        let case = (0..=random.below(2))
            .map(|_| ("InvoiceSummary", invoice(random, exports, rfc)))
            .collect();
        let operation = if exports { "TOCE.EXP" } else { "TOCE.IMP" };
        (case, texts(&[("tipoOperacion", operation)]))
    };
    a_thousand(
        "cove",
        make,
        &[
            "/grossWeightKg",
            "/incoterm",
            "/invoiceLines/*/commodityCode",
            "/invoiceLines/*/originCountry",
            "/originCountry",
            "/packages",
            "/scns/*",
        ],
    );
}

/// A pedimento, with the invoice that it is of, and what was said of it later.
pub(crate) fn pedimento(seed: u64) -> (Case, Vec<(String, String)>) {
    let random = &mut Random(seed);
    let exports = random.perhaps();
    let rfc = random.one(RFCS);
    let (mut lines, packages, weight) = {
        let count = 1 + random.below(4);
        goods(random, count, &["8544300000", "8708299900"])
    };
    let mut supplied = texts(&[
        ("tipoCambio", "18.3052"),
        ("medioTransporteEntradaSalida", "7"),
        ("nombreImportadorExportador", "Arneses Queretanos"),
        ("fechaPago", "2027-01-04"),
    ]);
    for (index, line) in lines.iter_mut().enumerate() {
        if random.perhaps() {
            line["originCountry"] = json!(random.one(&["MX", "US", "CN"]));
        }
        if random.below(4) == 0 {
            line["packageUnit"] = json!("CT");
            line["unNumber"] = json!("UN1993");
            line["mid"] = json!("MXARNQUE1250QUE");
        }
        for (name, value) in [("umc", "6"), ("cantidadUmc", "480.5")] {
            supplied.push((format!("partidas.{index}.{name}"), value.to_owned()));
        }
    }
    let parts = [
        "26".to_owned(),
        "24".to_owned(),
        "3456".to_owned(),
        format!("6{:06}", 1 + random.below(999_999)),
    ];
    let mut subject = json!({
        "year": parts[0], "customsOffice": parts[1], "patente": parts[2], "number": parts[3],
        "operation": if exports { "EXP" } else { "IMP" }, "clave": random.one(&["A1", "T1"]), "regime": if exports { "EXD" } else { "IMD" },
        "rfc": rfc, "grossWeightKg": weight, "packages": packages, "aduana": "240", "valueUsdCents": 1 + random.below(900_000_000), "goods": lines,
    });
    if random.perhaps() {
        subject["customsValueMxnCents"] = json!(random.below(900_000_000));
    }
    if random.perhaps() {
        subject["scns"] = json!(scns(random));
    }
    let role = if exports { "exporter" } else { "importer" };
    subject[role] = json!("did:web:trader.example");
    let mut case = vec![("Pedimento", subject)];
    let key = parts.join(":");
    if random.perhaps() {
        case[0].1["coves"] = json!([format!("COVE26A4F{}", random.digits(4))]);
        match random.perhaps() {
            true => case.push(("InvoiceSummary", invoice(random, exports, rfc))),
            false => supplied.extend(texts(&[("facturas.0.numeroFactura", "AQ-20417")])),
        }
    }
    if random.perhaps() {
        case.push((
            "PedimentoValidated",
            json!({ "pedimentos": [key], "acknowledgment": "A1B2C3D4" }),
        ));
        case.push(("PedimentoPaid", json!({ "pedimentos": [key], "captureLine": "03260024345660001237", "paidMxnCents": 1_540_000 })));
    }
    (case, supplied)
}

/// A pedimento that is paid, with nothing supplied about the payment.
fn paid() -> (Case, Vec<(String, String)>) {
    let (case, mut supplied) = (0..)
        .map(pedimento)
        .find(|(case, _)| case.iter().any(|(of, _)| *of == "PedimentoPaid"))
        .unwrap();
    supplied.retain(|(name, _)| name != "fechaPago");
    (case, supplied)
}

#[test]
fn a_paid_pedimento_goes_out_as_paid() {
    let (case, supplied) = paid();
    for name in ["pedimento", "pedimento-csv"] {
        match sent(name, &case, &supplied) {
            Err(WriteError::Missing(missing)) => assert_eq!(missing[0].pointer, "fechaPago"),
            other => panic!("{other:?}"),
        }
        // 23:30 of the 30th in Mexico.
        let mut records = borrowed(&case);
        for record in &mut records {
            record.occurred = Some("2026-12-31T05:30:00Z".parse().unwrap());
        }
        let exporter = Exporter::named(name).unwrap();
        let written = write(
            exporter,
            &records,
            &supplying(&supplied),
            &Readings::default(),
        )
        .unwrap();
        let text = String::from_utf8(written.bytes.clone()).unwrap();
        assert!(text.contains("2026-12-30"), "{text}");
        let draft = read(exporter.kind, &written.bytes).unwrap();
        assert!(draft.record("PedimentoPaid").is_some());
    }
}

#[test]
fn what_goes_along_and_does_not_arrive_is_named() {
    let (mut case, mut supplied) = paid();
    supplied.extend(texts(&[("fechaPago", "2027-01-04")]));
    for (of, subject) in &mut case {
        if *of == "PedimentoPaid" {
            // Without it the reader knows of no payment.
            subject.as_object_mut().unwrap().remove("captureLine");
        }
    }
    let at = case
        .iter()
        .position(|(of, _)| *of == "PedimentoPaid")
        .unwrap();
    let written = sent("pedimento", &case, &supplied).unwrap();
    let left: Vec<&str> = written
        .left_out
        .iter()
        .filter(|left| left.record == at)
        .map(|left| left.pointer.as_str())
        .collect();
    assert_eq!(left, ["/paidMxnCents"]);
}

/// Members of a pedimento's record that its fields have no place for.
const NOT_IN_A_PEDIMENTO: &[&str] = &[
    "/exporter",
    "/goods/*/mid",
    "/goods/*/originCountry",
    "/goods/*/packageUnit",
    "/goods/*/unNumber",
    "/importer",
];

#[test]
fn a_thousand_pedimentos_as_json() {
    a_thousand("pedimento", pedimento, NOT_IN_A_PEDIMENTO);
}

#[test]
fn a_thousand_pedimentos_as_csv() {
    a_thousand("pedimento-csv", pedimento, NOT_IN_A_PEDIMENTO);
}

#[test]
fn a_transit_and_a_rectification_go_out_too() {
    let (mut case, mut supplied) = pedimento(3);
    supplied.push(("valorDolares".to_owned(), "48120.00".to_owned()));
    let subject = &mut case[0].1;
    for member in ["aduana", "valueUsdCents", "importer", "exporter"] {
        subject.as_object_mut().unwrap().remove(member);
    }
    for (member, value) in [
        ("operation", "TRA"),
        ("clave", "T3"),
        ("regime", "TRA"),
        ("originAduana", "240"),
        ("destinationAduana", "640"),
        ("plate", "47AK2F"),
        ("caat", "3A7K"),
        ("carrierRfc", "EKU9003173C9"),
    ] {
        subject[member] = json!(value);
    }
    let transit = vec![("TransitPedimento", subject.clone())];
    supplied.push(("facturas.0.numeroFactura".to_owned(), "AQ-20417".to_owned()));
    let written = sent("pedimento", &transit, &supplied).unwrap();
    let draft = read(Exporter::named("pedimento").unwrap().kind, &written.bytes).unwrap();
    assert_eq!(draft.records[0].record_type, "TransitPedimento");

    let (mut case, mut supplied) = pedimento(4);
    case[0].1["clave"] = json!("R1");
    supplied.push(("facturas.0.numeroFactura".to_owned(), "AQ-20417".to_owned()));
    match sent("pedimento", &case, &supplied) {
        Err(WriteError::Missing(missing)) => assert_eq!(missing[0].pointer, "pedimentoOriginal"),
        other => panic!("{other:?}"),
    }
    let subject = &case[0].1;
    let key = ["year", "customsOffice", "patente", "number"]
        .map(|part| subject[part].as_str().unwrap().to_owned())
        .join(":");
    case.push(("Rectified", json!({ "pedimentos": [key], "rectifies": "26:24:3456:6000001", "clave": "R1", "cause": "peso" })));
    let written = sent("pedimento", &case, &supplied).unwrap();
    assert!(
        String::from_utf8(written.bytes)
            .unwrap()
            .contains("262434566000001")
    );
}

#[test]
fn a_thousand_dodas() {
    let make = |seed| {
        let random = &mut Random(seed);
        let pedimentos: Vec<String> = (0..=random.below(5))
            .map(|number| format!("26:24:3456:6{}{:03}", random.digits(3), number + 1))
            .collect();
        let mut issued = json!({
            "integrationNumber": random.digits(9), "dodaKind": random.one(&["DODA", "PITA"]), "operation": random.one(&["IMP", "EXP", "TRA"]),
            "pedimentos": pedimentos, "aduana": "240", "patente": "3456",
        });
        if random.perhaps() {
            issued["plate"] = json!("47AK2F");
            issued["caat"] = json!("3A7K");
            issued["seals"] = json!([random.digits(7), random.digits(8)]);
        }
        if random.perhaps() {
            issued["equipment"] = match random.perhaps() {
                true => {
                    json!([{ "equipmentNumber": "CSQU3054383", "containerNumber": "CSQU3054383", "equipmentKind": "container-40" }])
                }
                false => {
                    json!([{ "equipmentNumber": "31UB8L", "plate": "31UB8L", "plateState": "MX-TAM" }, { "equipmentNumber": "5301" }])
                }
            };
        }
        if random.perhaps() {
            issued["usEntry"] = json!(random.one(&["ABC-1234567-6", "680001232"]));
            issued["coves"] = json!(["COVE26A4F7K21"]);
        }
        if random.perhaps() {
            issued["scac"] = json!("TOCQ");
            issued["trip"] = json!("TOCQ2611240417");
            issued["scns"] = json!(scns(random));
        }
        (
            vec![("DodaIssued", issued)],
            texts(&[("date", "2026-11-24")]),
        )
    };
    a_thousand(
        "doda",
        make,
        &[
            "/equipment/*/equipmentKind",
            "/equipment/*/plate",
            "/equipment/*/plateState",
            "/scac",
            "/scns/*",
            "/trip",
        ],
    );
}

#[test]
fn of_two_dodas_the_one_that_is_asked_for_goes_out() {
    let doda = |number: &str| {
        (
            "DodaIssued",
            json!({ "integrationNumber": number, "dodaKind": "DODA", "operation": "EXP", "pedimentos": ["26:24:3456:6000123"], "aduana": "240", "patente": "3456" }),
        )
    };
    let case = vec![doda("240417001"), doda("240417002")];
    match sent("doda", &case, &[]) {
        Err(WriteError::Missing(missing)) => {
            assert_eq!(missing[0].pointer, "integrationNumber");
            assert!(is_choice("integrationNumber") && !is_choice("tipoCambio"));
            assert!(missing[0].en.contains("240417002") && missing[0].es.contains("240417002"));
        }
        other => panic!("{other:?}"),
    }
    let written = sent("doda", &case, &texts(&[("integrationNumber", "240417002")])).unwrap();
    assert!(
        String::from_utf8(written.bytes)
            .unwrap()
            .contains("|240417002|")
    );
}

/// A Carta Porte with its shipments, and what the carrier's own files say beside.
pub(crate) fn carta_porte(seed: u64) -> (Case, Vec<(String, String)>) {
    let random = &mut Random(seed);
    let south = random.perhaps();
    let rfc = random.one(RFCS);
    let (from, to) = if south { ("US", "MX") } else { ("MX", "US") };
    let count = 1 + random.below(3);
    let mut shipments = Vec::new();
    let mut all: Vec<Value> = Vec::new();
    let side = |random: &mut Random, country: &str, tag: u64| {
        let number = if country == "MX" {
            rfc.to_owned()
        } else {
            format!("12345678{tag}")
        };
        let mut side = of_invoice(random, country, &number);
        side["locality"] = json!(random.one(&["Laredo", "Querétaro", "San Antonio"]));
        side["region"] = json!(if country == "MX" { "QUE" } else { "TX" });
        side["postalCode"] = json!(if country == "MX" { "76120" } else { "78045" });
        side
    };
    let shipper = side(random, from, 0);
    for number in 0..count {
        let consignee = side(random, to, number);
        let lines = 1 + random.below(3);
        let (mut lines, packages, weight) = goods(random, lines, &["85443000", "8544300000"]);
        for line in &mut lines {
            line["packageUnit"] = json!(random.one(&["CT", "PX", "BG"]));
            if random.below(5) == 0 {
                line["unNumber"] = json!("UN1993");
            }
            if random.below(5) == 0 {
                line["originCountry"] = json!("MX");
                line["mid"] = json!("MXARNQUE1250QUE");
            }
        }
        all.extend(lines.iter().cloned());
        shipments.push(json!({
            "scn": format!("TOCQ{}{number}", random.digits(7)), "direction": if south { "southbound" } else { "northbound" },
            "shipper": shipper, "consignee": consignee, "goods": lines, "packages": packages, "grossWeightKg": weight,
        }));
    }
    let grams: f64 = all
        .iter()
        .map(|line| (line["grossWeightKg"].as_f64().unwrap() * 1_000.0).round())
        .sum();
    let packages: u64 = all
        .iter()
        .map(|line| line["packages"].as_u64().unwrap())
        .sum();
    let mut own = json!({
        "scac": "TOCQ", "trip": format!("TOCQ{}", random.digits(10)), "idCcp": format!("CCC1a2b3-c4d5-4e6f-8a9b-{}", random.digits(12)),
        "direction": if south { "southbound" } else { "northbound" }, "pedimentos": ["26:24:3456:6000123"], "plate": "47AK2F",
        "scns": shipments.iter().map(|shipment| shipment["scn"].clone()).collect::<Vec<_>>(),
        "vehicleConfig": "T3S2", "permitSict": "TPAF01", "grossWeightKg": grams / 1_000.0, "packages": packages,
        "distanceKm": f64::from(u32::try_from(1 + random.below(9_000)).unwrap()),
        "driver": { "driverName": format!("Xóchitl {}", words(random, 1, 3)), "licence": format!("LFD{}", random.digits(7)) },
        "equipment": [{ "equipmentNumber": "5301", "plate": "31UB8L", "equipmentKind": "trailer-53", "plateState": "MX-TAM" }],
    });
    let place = |party: &Value| {
        format!(
            "{}, {}",
            party["locality"].as_str().unwrap(),
            party["region"].as_str().unwrap()
        )
    };
    own["origin"] = json!(place(&shipper));
    own["destination"] = json!(place(&shipments[0]["consignee"]));
    if random.perhaps() {
        own["goods"] = json!(all);
        if count > 1 {
            // Of its own lines nothing says which shipment each is of.
            own.as_object_mut().unwrap().remove("scns");
        }
    }
    if random.perhaps() {
        own["cfdiKind"] = json!("T");
        own["cfdiUuid"] = json!("5f0c1a2b-3c4d-4e6f-8a9b-0c1d2e3f4a5b");
        own["rfc"] = json!(rfc);
    }
    let mut supplied = texts(&[
        ("RegimenAduanero", if south { "IMD" } else { "EXD" }),
        ("RFCImpo", rfc),
        ("Autotransporte.NumPermisoSCT", "X-1"),
        ("IdentificacionVehicular.PesoBrutoVehicular", "29.5"),
        ("IdentificacionVehicular.AnioModeloVM", "2022"),
        ("Seguros.AseguraRespCivil", "Aseguradora"),
        ("Seguros.PolizaRespCivil", "RC-1"),
        ("Remolques.0.SubTipoRem", "CTR003"),
        ("TiposFigura.RFCFigura", "CACX7605101P8"),
        (
            "Ubicaciones.0.FechaHoraSalidaLlegada",
            "2026-11-24T06:00:00",
        ),
    ]);
    let distance = own["distanceKm"].as_f64().unwrap();
    let mut consignees: Vec<&Value> = shipments.iter().map(|s| &s["consignee"]).collect();
    consignees.dedup();
    for index in 1..=consignees.len() {
        supplied.push((
            format!("Ubicaciones.{index}.FechaHoraSalidaLlegada"),
            "2026-11-24T22:00:00".to_owned(),
        ));
        // Halves and quarters add up exactly.
        let share = match (consignees.len(), index) {
            (1, _) => distance,
            (2, _) | (3, 1) => distance / 2.0,
            _ => distance / 4.0,
        };
        supplied.push((
            format!("Ubicaciones.{index}.DistanciaRecorrida"),
            share.to_string(),
        ));
    }
    for index in 0..all.len() {
        for (name, value) in [
            ("BienesTransp", "25174200"),
            ("Embalaje", "4H2"),
            ("TipoMateria", "03"),
        ] {
            supplied.push((format!("Mercancias.{index}.{name}"), value.to_owned()));
        }
    }
    let mut case = vec![("CartaPorte", own)];
    case.extend(shipments.into_iter().map(|shipment| ("Shipment", shipment)));
    if random.perhaps() {
        case.push(("Pedimento", json!({
            "year": "26", "customsOffice": "24", "patente": "3456", "number": "6000123", "regime": if south { "IMD" } else { "EXD" }, "rfc": rfc,
        })));
    }
    (case, supplied)
}

#[test]
fn a_thousand_carta_portes() {
    a_thousand(
        "carta-porte",
        carta_porte,
        &[
            "/cfdiKind",
            "/cfdiUuid",
            "/equipment/*/equipmentKind",
            "/equipment/*/equipmentNumber",
            "/equipment/*/plateState",
            "/goods/*/mid",
            "/goods/*/originCountry",
            "/rfc",
            "/scac",
            "/trip",
        ],
    );
}

#[test]
fn what_no_record_says_is_named_in_both_languages() {
    let cases: [(&str, Case); 6] = [
        (
            "ace-cover-sheet",
            vec![(
                "Manifest",
                json!({ "direction": "southbound", "equipment": [{ "plate": "31UB8L" }] }),
            )],
        ),
        (
            "pedimento",
            vec![(
                "Pedimento",
                json!({ "clave": "T3", "goods": [{ "commodityCode": "854430" }, { "commodityCode": "85443000" }] }),
            )],
        ),
        (
            "pedimento-csv",
            vec![(
                "TransitPedimento",
                json!({ "clave": "A1", "coves": ["COVE26A4F7K21"] }),
            )],
        ),
        (
            "carta-porte",
            vec![
                ("CartaPorte", json!({ "goods": [{}], "equipment": [{}] })),
                ("Shipment", json!({})),
            ],
        ),
        (
            "cove",
            vec![(
                "InvoiceSummary",
                json!({ "invoiceLines": [{}], "currency": "USD" }),
            )],
        ),
        ("doda", vec![("DodaIssued", json!({}))]),
    ];
    for (name, case) in cases {
        let Err(WriteError::Missing(missing)) = sent(name, &case, &[]) else {
            panic!("{name}");
        };
        assert!(missing.len() >= 4, "{name}: {missing:#?}");
        for gap in &missing {
            assert!(
                !gap.en.is_empty() && !gap.es.is_empty() && gap.en != gap.es,
                "{name}: {gap:?}"
            );
        }
        let names: BTreeSet<&str> = missing.iter().map(|gap| gap.pointer.as_str()).collect();
        assert_eq!(names.len(), missing.len(), "{name}: {missing:#?}");
    }
}

#[test]
fn what_is_supplied_wrong_keeps_the_document_back() {
    let (case, mut supplied) = pedimento(0);
    supplied.push(("tipoCambio".to_owned(), "dieciocho".to_owned()));
    match sent("pedimento", &case, &supplied) {
        Err(WriteError::Faulty(faults)) => {
            assert_eq!(faults[0].code, "number-form");
            assert!(faults[0].en.contains("tipoCambio"), "{faults:?}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn records_that_contradict_each_other_are_not_sent_as_one() {
    let (mut case, supplied) = (0..)
        .map(carta_porte)
        .find(|(case, _)| case.iter().filter(|(of, _)| *of == "Shipment").count() == 1)
        .unwrap();
    case[0].1["origin"] = json!("Nuevo Laredo, TAM");
    match sent("carta-porte", &case, &supplied) {
        Err(WriteError::Changed { pointer, is, .. }) => {
            assert_eq!(
                (pointer.as_str(), is.as_str()),
                ("/origin", "Nuevo Laredo, TAM")
            );
        }
        other => panic!("{other:?}"),
    }
}

/// What is missing of one member, in English.
fn gap(case: &Case, pointer: &str) -> String {
    let missing = match sent("pedimento", case, &[]) {
        Err(WriteError::Missing(missing)) => missing,
        Ok(_) | Err(_) => Vec::new(),
    };
    let found = missing.into_iter().find(|gap| gap.pointer == pointer);
    found.map_or_else(String::new, |gap| gap.en)
}

#[test]
fn a_code_of_the_other_kind_of_pedimento_is_named_as_that() {
    let transit = vec![("TransitPedimento", json!({ "clave": "A1" }))];
    assert!(gap(&transit, "/clave").contains("code T3"));
    let other = vec![("Pedimento", json!({ "clave": "T3" }))];
    assert!(gap(&other, "/clave").contains("no internal transit"));
}

#[test]
fn a_tariff_code_that_breaks_inside_a_letter_is_a_gap() {
    let case = vec![(
        "Pedimento",
        json!({ "goods": [{ "commodityCode": "8544300ñ0" }] }),
    )];
    assert!(gap(&case, "/goods/0/commodityCode").contains("10 digits"));
}
