use super::*;
use crate::draft::Severity;

pub(crate) fn whole() -> TruckManifestDocument {
    let text = |value: &str| value.to_owned();
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
            control_number: text("000000417"),
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
        scac: text("TOCQ"),
        mode: text("J"),
        country: text("MX"),
        trip: text("TOCQ2611240417"),
        manifest_type: text("X"),
        vehicle: Some(Vehicle {
            vin: text("1M8GDM9AXKP042788"),
            plate: text("47AK2F"),
            plate_state: text("TAM"),
            plate_country: text("MX"),
            seals: vec![],
        }),
        port: text("2304"),
        arrival_date: text("20261124"),
        arrival_time: text("0910"),
        bills: vec![
            bill("1", "TOCQ88402171", "480", "9120"),
            Bill {
                inbond: Some(Inbond {
                    entry_type: text("61"),
                    number: text("680001232"),
                    destination_port: text("5501"),
                    ..Inbond::default()
                }),
                weight_unit: text("L"),
                ..bill("2", "TOCQ88402172", "10", "100")
            },
        ],
        ..TruckManifestDocument::default()
    }
}

fn bill(line: &str, scn: &str, quantity: &str, weight: &str) -> Bill {
    let text = |value: &str| value.to_owned();
    Bill {
        line: text(line),
        amendment: (line == "1").then(|| vec![text("TOCQ"), text("2304"), text("A"), text(scn)]),
        bill_number: text(scn),
        quantity: text(quantity),
        unit: text("CTN"),
        weight: text(weight),
        weight_unit: text("K"),
        bill_type: text("0"),
        place_of_receipt: text("QUERETARO"),
        issuer_scac: text("TOCQ"),
        references: vec![Reference {
            qualifier: text("IB"),
            value: text("1"),
            description: text(""),
        }],
        parties: vec![
            Party {
                code: text("SH"),
                name: text("Arneses Queretanos"),
                address: vec![text("Av. Industria 1250"), text("Nave 2"), text("Patio 3")],
                city: text("Queretaro"),
                state: text("QR"),
                postal_code: text("76120"),
                country: text("MX"),
                ..Party::default()
            },
            Party {
                code: text("CN"),
                name: text("Gulf Prairie Assembly"),
                country: text("US"),
                ..Party::default()
            },
        ],
        equipment: vec![BillEquipment {
            code: text("TL"),
            number: text("31UB8L"),
            vid_seals: vec![text("7741093")],
            load_status: text("L"),
            seals: vec![text("7741094"), text("1"), text("2"), text("3"), text("4")],
            goods: vec![Goods {
                quantity: text(quantity),
                description: text("Wire harnesses for vehicles"),
                marks: text("AQ"),
                code_qualifier: text("J"),
                code: text("8544300000"),
                weight_unit: if line == "2" { text("L") } else { text("K") },
                weight: text(weight),
                country: text("MX"),
                hazards: vec![text("3480")],
                more: vec![Text {
                    description: text("with batteries"),
                    marks: text(""),
                }],
                ..Goods::default()
            }],
            ..BillEquipment::default()
        }],
        ..Bill::default()
    }
}

#[test]
fn what_is_written_is_read_again() {
    for reading in [
        Reading::default(),
        Reading {
            veh_plate: 11,
            veh_plate_state: 12,
            veh_plate_country: 13,
            ..Reading::default()
        },
    ] {
        for document in [
            whole(),
            TruckManifestDocument {
                bills: vec![],
                ..whole()
            },
        ] {
            let text = write(&document, &reading);
            let (again, faults) = read_documents(text.as_bytes(), &reading).unwrap();
            assert_eq!(again, vec![document], "{text}");
            let told: Vec<_> = faults.iter().map(|fault| fault.code).collect();
            // Each M13 is told.
            assert_eq!(told, vec!["bill-amends"; again[0].bills.len().min(1)]);
        }
    }
}

#[test]
fn a_whole_manifest_is_complete() {
    let draft = read(
        write(&whole(), &Reading::default()).as_bytes(),
        &Reading::default(),
    )
    .unwrap();
    let loud: Vec<_> = draft
        .faults
        .iter()
        .filter(|fault| fault.severity > Severity::Note)
        .map(|fault| fault.code)
        .collect();
    // Its first bill has M13.
    assert_eq!(loud, ["bill-amends"]);
    assert!(draft.is_complete(), "{:#?}", draft.records);
    assert_eq!(crate::elements::untold(&draft), Vec::<String>::new());
    let subject = &draft.record("Manifest").unwrap().subject;
    let expected = serde_json::json!({
        "scac": "TOCQ", "trip": "TOCQ2611240417", "direction": "northbound", "port": "2304",
        "estimatedArrival": "2026-11-24T15:10:00Z", "plate": "47AK2F", "plateState": "MX-TAM",
        "vin": "1M8GDM9AXKP042788", "empty": false,
        "equipment": [{"equipmentNumber": "31UB8L", "equipmentKind": "trailer"}],
        "seals": ["7741093", "7741094", "1", "2", "3", "4"],
        "shipments": [
            {"scn": "TOCQ88402171", "packages": 480, "grossWeightKg": 9120},
            {"scn": "TOCQ88402172", "packages": 10, "grossWeightKg": 45.359},
        ],
        "packages": 490, "grossWeightKg": 9165.359, "loadedAt": "QUERETARO",
    });
    assert_eq!(*subject, expected);
    let second = &draft.records[2];
    assert_eq!(second.subject["inBondNumber"], "680001232");
    assert_eq!(second.subject["destinationPort"], "5501");
    assert_eq!(second.subject["releaseType"], "INBOND");
    assert_eq!(second.subject["goods"][0]["unNumber"], "UN3480");
    assert_eq!(second.subject["goods"][0]["packageUnit"], "CT");
    assert_eq!(
        second.subject["shipper"]["streetAddress"],
        "Av. Industria 1250, Nave 2, Patio 3"
    );
    let place = draft.records[0].sources.get("/shipments/0/scn").unwrap();
    assert_eq!(
        (place.path.as_str(), place.text.as_str()),
        ("309 #0417/7 M1101", "TOCQ88402171")
    );
    assert_eq!(
        draft.records[0].sources.get("/plate").unwrap().path,
        "309 #0417/3 VEH12"
    );
}

#[test]
fn an_empty_truck_has_no_shipments() {
    let empty = TruckManifestDocument {
        bills: vec![Bill {
            line: "1".into(),
            equipment: vec![BillEquipment {
                code: "TL".into(),
                number: "31UB8L".into(),
                load_status: "E".into(),
                ..BillEquipment::default()
            }],
            ..Bill::default()
        }],
        ..whole()
    };
    let draft = read(
        write(&empty, &Reading::default()).as_bytes(),
        &Reading::default(),
    )
    .unwrap();
    assert!(draft.is_complete(), "{:#?}", draft);
    assert_eq!(draft.records.len(), 1);
    assert_eq!(draft.records[0].subject["empty"], true);
    assert!(draft.records[0].subject.get("shipments").is_none());
    assert_eq!(
        draft.records[0].subject["equipment"][0]["equipmentNumber"],
        "31UB8L"
    );
}

#[test]
fn both_readings_of_a_guide() {
    let other = Reading {
        truck_modes: vec!["T".into()],
        trip: TripElement::M1006,
        scn_without_scac: true,
        ..Reading::default()
    };
    let document = TruckManifestDocument {
        mode: "T".into(),
        voyage: "TOCQ261124".into(),
        trip: String::new(),
        vehicle: None,
        bills: vec![Bill {
            bill_number: "88402171".into(),
            equipment: vec![BillEquipment {
                code: "TR".into(),
                number: "47AK2F".into(),
                ..BillEquipment::default()
            }],
            ..bill("1", "", "1", "1")
        }],
        ..whole()
    };
    let text = write(&document, &other);
    let draft = read(text.as_bytes(), &other).unwrap();
    assert_eq!(crate::elements::untold(&draft), Vec::<String>::new());
    let subject = &draft.records[0].subject;
    assert_eq!(
        (&subject["trip"], &subject["plate"]),
        (&"TOCQ261124".into(), &"47AK2F".into())
    );
    assert_eq!(subject["shipments"][0]["scn"], "TOCQ88402171");
    let codes: Vec<_> = read(text.as_bytes(), &Reading::default())
        .unwrap()
        .faults
        .iter()
        .map(|fault| fault.code)
        .collect();
    for code in ["not-a-truck-manifest", "trip-elsewhere", "scn-form"] {
        assert!(codes.contains(&code), "{code} {codes:?}");
    }
}
