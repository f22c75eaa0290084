//! UN/EDIFACT messages: content, what a 309 of the same truck says, what is written is read again.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

use garita_formats::edi::acknowledge::{Acknowledgement, Stamp, acknowledge};
use garita_formats::edifact::{NameOrder, TripElement, TripReading, cusres};
use garita_formats::elements::untold;
use garita_formats::{DocumentKind, Draft, Readings, Severity, read, read_as, recognise};
use serde_json::{Value, json};

pub(crate) const CUSCAR: &str = "UNA:+.? '
UNB+UNOC:3+TOCQ:02+CBP-ACE:ZZ+261124:0810+417'
UNG+CUSCAR+TOCQ:ZZ+CBP-ACE:ZZ+261124:0810+417+UN+D:03B'
UNH+0417+CUSCAR:D:03B:UN'
BGM+85:::STANDARD+TOCQ2611240417+22'
DTM+132:202611240910:203'
LOC+60+2304:77'
RFF+ABO:MAN417'
RFF+SN:7741093'
NAD+CA+TOCQ:172'
NAD+VW+14133:109++CASAS:XOCHITL:CHAVEZ'
TDT+11++03+:::TR++I++:146::1M8GDM9AXKP042788'
TDT+11++03+:::TR++I++:215::47AK2F:MX'
LOC+89+TAM:163'
EQD+TL+31UB8L'
SEL+7741094'
RFF+ABZ:31UB8L'
LOC+89+TX:163'
LOC+89+US:162'
CNT+10:2'
CNI+1+:23'
RFF+AAM:TOCQ88402171'
CNT+11:480'
CNT+7:9120:KGM'
LOC+9+12345:78'
LOC+88+:::QUERETARO'
GEI+7+135'
NAD+OS+++Arneses Queretanos+Av. Industria 1250:Nave 2+Queretaro+QR:163+76120+MX'
CTA+IC'
COM+31264846516:TE'
NAD+CN+++Gulf Prairie Assembly++Laredo+TX:163+78045+US'
GID+1'
PAC+480++CTN'
FTX+AAA+++Wire harnesses for vehicles:with batteries'
MEA+AAI++K:9120'
SGP+31UB8L'
DGS+++3480'
CST++8544300000:122'
LOC+27+MX:162'
CNI+2+:23'
DOC+950:::61+680001232'
RFF+AAM:TOCQ88402172'
LOC+88+:::QUERETARO'
LOC+45+5501:77'
NAD+CZ+++O?'Brien ?+ Sons??+++++MX'
NAD+CN+++Gulf Prairie Assembly+++++US'
GID+1'
PAC+10++PLT'
FTX+AAA+++Cable'
MEA+AAE+G+LBR:100'
UNT+48+0417'
UNE+1+417'
UNZ+1+417'
";

pub(crate) const CUSREP: &str = "UNB+UNOA:4+TOCQ:02+CBP-ACE:ZZ+20261124:0810+418'
UNH+0418+CUSREP:D:03B:UN'
BGM+336:::STANDARD+TOCQ2611240417+22'
DTM+132:202611240910:203'
RFF+ABO:CTR418'
RFF+SN:7741093'
LOC+60+2304:77'
DOC+700+:23'
RFF+AAM:TOCQ88402171'
QTY+11:480'
DOC+700+:23'
RFF+AAM:TOCQ88402172'
NAD+CA+TOCQ:172'
TDT+11++03+:::TR++I++:215::47AK2F:MX'
LOC+89+TAM:163'
EQD+TE+31UB8L'
SEL+7741094'
UNT+17+0418'
UNZ+1+418'
";

pub(crate) const CUSRES: &str = "UNB+UNOA:4+CBP-ACE:ZZ+TOCQ:02+20261124:0820+7001'
UNG+CUSRES+CBP-ACE:ZZ+TOCQ:ZZ+20261124:0820+7001+UN+D:03B'
UNH+7001+CUSRES:D:03B:UN'
BGM+132:::STANDARD+TOCQ2611240417'
DTM+132:202611240910:203'
FTX+AIQ+++MAN417'
TDT+11++03+:::TR+TOCQ+I++:146::1M8GDM9AXKP042788'
LOC+60+2304:77'
ERP+1+LOC:2:20'
ERC+033'
FTX+AAO+++INVALID DDPP'
ERP+1'
ERC+509'
FTX+AAO+++MANIFEST REJECTED'
DOC+700'
PAC+480++CTN'
RFF+AAM:TOCQ88402171'
ERP+2'
ERC+021'
FTX+AAO+++INVALID WEIGHT UNIT'
UNT+19+7001'
UNE+1+7001'
UNZ+1+7001'
";

pub(crate) const STATUS: &str = "UNB+UNOA:4+CBP-ACE:ZZ+TOCQ:02+20261124:1512+7002'
UNH+7002+CUSRES:D:03B:UN'
BGM+34:::ST+TOCQ2611240417'
DTM+163:202611241510:203'
TDT+11++03+:::TR+TOCQ+I++:146::1M8GDM9AXKP042788'
LOC+24+2304:77'
RFF+ACD:47AK2F'
LOC+89+TAM:163'
ERP+1'
ERC+SN030'
FTX+AAO+++TRIP ARRIVED'
DOC+929:::01+ABC12345676'
PAC+480'
RFF+AAM:TOCQ88402171'
ERP+2'
ERC+SN053'
FTX+AAO+++RELEASED'
DOC+700'
RFF+AAM:TOCQ88402172'
ERP+2'
ERC+SN525'
FTX+AAO+++INVALID CARGO DESCRIPTION'
DOC+700'
RFF+AAM:TOCQ88402173'
ERP+2'
ERC+SN526'
FTX+AAO+++HOLD REMOVED'
UNT+27+7002'
UNZ+1+7002'
";

pub(crate) const ALL: [(DocumentKind, &str); 4] = [
    (DocumentKind::EdifactCuscar, CUSCAR),
    (DocumentKind::EdifactCusrep, CUSREP),
    (DocumentKind::EdifactCusres, CUSRES),
    (DocumentKind::EdifactCusres, STATUS),
];

fn draft(kind: DocumentKind, text: &str) -> Draft {
    let draft = read(kind, text.as_bytes()).unwrap();
    assert_eq!(untold(&draft), Vec::<String>::new());
    draft
}

fn loud(draft: &Draft) -> Vec<(&'static str, String)> {
    let faults = draft
        .faults
        .iter()
        .filter(|fault| fault.severity > Severity::Note);
    faults.map(|fault| (fault.code, fault.en.clone())).collect()
}

fn notes(draft: &Draft) -> Vec<&'static str> {
    let faults = draft
        .faults
        .iter()
        .filter(|fault| fault.severity == Severity::Note);
    faults.map(|fault| fault.code).collect()
}

fn subjects(draft: &Draft) -> Vec<(&str, &Value)> {
    let records = draft.records.iter();
    records
        .map(|record| (record.record_type.as_str(), &record.subject))
        .collect()
}

fn missing(draft: &Draft, record: usize) -> Vec<&str> {
    let gaps = draft.records[record].missing.iter();
    gaps.map(|gap| gap.pointer.as_str()).collect()
}

#[test]
fn each_message_is_recognised() {
    for (kind, text) in ALL {
        assert_eq!(recognise(text.as_bytes()), Some(kind));
        // Another message names its own kind.
        assert_eq!(recognise(text.replace("+CUS", "+BUS").as_bytes()), None);
    }
}

#[test]
fn a_cargo_report_field_by_field() {
    let draft = draft(DocumentKind::EdifactCuscar, CUSCAR);
    assert_eq!(loud(&draft), []);
    assert_eq!(
        notes(&draft),
        ["local-time", "name-order", "release-not-mapped"]
    );
    assert!(draft.is_complete());
    let manifest = json!({
        "scac": "TOCQ", "trip": "TOCQ2611240417", "direction": "northbound", "port": "2304",
        "estimatedArrival": "2026-11-24T15:10:00Z", "plate": "47AK2F", "plateState": "MX-TAM",
        "vin": "1M8GDM9AXKP042788", "empty": false, "driver": {"driverName": "XOCHITL CHAVEZ CASAS"},
        "equipment": [
            {"equipmentNumber": "31UB8L", "plate": "31UB8L", "plateState": "US-TX", "equipmentKind": "trailer"}
        ],
        "seals": ["7741093", "7741094"],
        "shipments": [
            {"scn": "TOCQ88402171", "packages": 480, "grossWeightKg": 9120},
            {"scn": "TOCQ88402172", "packages": 10, "grossWeightKg": 45.359},
        ],
        "packages": 490, "grossWeightKg": 9165.359, "loadedAt": "QUERETARO",
    });
    let first = json!({
        "scn": "TOCQ88402171", "direction": "northbound", "scac": "TOCQ", "trip": "TOCQ2611240417", "port": "2304",
        "loadedAt": "QUERETARO", "packages": 480, "grossWeightKg": 9120,
        "shipper": {
            "partyName": "Arneses Queretanos", "streetAddress": "Av. Industria 1250, Nave 2",
            "locality": "Queretaro", "region": "QR", "postalCode": "76120", "country": "MX",
        },
        "consignee": {
            "partyName": "Gulf Prairie Assembly", "locality": "Laredo", "region": "TX", "postalCode": "78045",
            "country": "US",
        },
        "goods": [{
            "goodsText": "Wire harnesses for vehicles\nwith batteries", "packages": 480, "packageUnit": "CT",
            "grossWeightKg": 9120, "originCountry": "MX", "commodityCode": "8544300000", "unNumber": "UN3480",
        }],
    });
    let second = json!({
        "scn": "TOCQ88402172", "direction": "northbound", "scac": "TOCQ", "trip": "TOCQ2611240417", "port": "2304",
        "loadedAt": "QUERETARO", "packages": 10, "grossWeightKg": 45.359, "releaseType": "INBOND",
        "inBondNumber": "680001232", "destinationPort": "5501",
        "shipper": {"partyName": "O'Brien + Sons?", "country": "MX"},
        "consignee": {"partyName": "Gulf Prairie Assembly", "country": "US"},
        "goods": [{"goodsText": "Cable", "packages": 10, "packageUnit": "PX", "grossWeightKg": 45.359}],
    });
    assert_eq!(
        subjects(&draft),
        [
            ("Manifest", &manifest),
            ("Shipment", &first),
            ("Shipment", &second)
        ]
    );
    let place = draft.records[2].sources.get("/shipper/partyName").unwrap();
    assert_eq!(
        (place.line, place.path.as_str(), place.text.as_str()),
        (45, "CUSCAR #0417/42 NAD04.1", "O'Brien + Sons?")
    );
}

#[test]
fn the_function_of_a_cargo_report() {
    let with = |function: &str| CUSCAR.replace("0417+22'", &format!("0417+{function}'"));
    // A change, and a report that a later one completes.
    for (function, code, severity) in [
        ("4", "replaces-earlier", Severity::Warning),
        ("5", "replaces-earlier", Severity::Warning),
        ("2", "preliminary", Severity::Note),
        ("6", "confirms-earlier", Severity::Warning),
    ] {
        let draft = draft(DocumentKind::EdifactCuscar, &with(function));
        let fault = draft
            .faults
            .iter()
            .find(|fault| fault.code == code)
            .unwrap();
        assert_eq!(fault.severity, severity);
        assert_eq!(fault.place.as_ref().unwrap().path, "CUSCAR #0417/2 BGM03");
        // Manifest and shipments change what stands in force; others are new.
        let amends = (code == "replaces-earlier").then(|| format!("function {function}"));
        for record in &draft.records {
            assert_eq!(record.amends, amends, "{}", record.record_type);
        }
    }
    // The trip is taken back, or its shipments.
    let reason = "FTX+CHG+++Truck broke down:near Saltillo'\nTDT+11++03+:::TR++I++:146";
    let cancelled = with("1")
        .replace("TDT+11++03+:::TR++I++:146", reason)
        .replace("UNT+48", "UNT+49");
    let cause = "Truck broke down near Saltillo";
    let one = draft(DocumentKind::EdifactCuscar, &cancelled);
    assert_eq!(loud(&one), []);
    let trip = json!({"scac": "TOCQ", "trip": "TOCQ2611240417", "cause": cause});
    assert_eq!(subjects(&one), [("TripCancelled", &trip)]);
    let two = draft(
        DocumentKind::EdifactCuscar,
        &cancelled.replace("0417+1'", "0417+3'"),
    );
    let (first, second) = (
        json!({"scn": "TOCQ88402171", "cause": cause}),
        json!({"scn": "TOCQ88402172", "cause": cause}),
    );
    assert_eq!(
        subjects(&two),
        [
            ("ShipmentCancelled", &first),
            ("ShipmentCancelled", &second)
        ]
    );
    // One shipment of a trip is taken out by its own state.
    let three = draft(
        DocumentKind::EdifactCuscar,
        &CUSCAR.replace("CNI+2+:23", "CNI+2+:22"),
    );
    assert_eq!(
        three.records[0].subject["shipments"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(three.records[2].record_type, "ShipmentCancelled");
    assert_eq!(missing(&three, 2), ["/cause"]);
    // Shipments without a trip.
    let alone = CUSCAR.replace(
        "BGM+85:::STANDARD+TOCQ2611240417",
        "BGM+87:::STANDARD+SYSTEM",
    );
    let four = draft(DocumentKind::EdifactCuscar, &alone);
    assert_eq!(four.records.len(), 2);
    assert!(four.records[0].subject.get("trip").is_none());
}

#[test]
fn both_readings_of_a_cargo_report() {
    let other = TripReading {
        trip: TripElement::Tdt8028,
        names: NameOrder::AsWritten,
        vin_lists: vec!["ZVN".into()],
        plate_lists: vec!["146".into()],
        truck_modes: vec!["31".into()],
        release_types: [("135".to_owned(), "PAPS".to_owned())].into(),
        zone: Some("America/Mexico_City".into()),
        ..TripReading::default()
    };
    let text = CUSCAR
        .replace("TDT+11++03+", "TDT+11+TRIP-9+31+")
        .replace(":146::1M8", ":ZVN::1M8")
        .replace(":215::", ":146::");
    let readings = Readings {
        edifact_trip: other,
        ..Readings::default()
    };
    let draft = read_as(DocumentKind::EdifactCuscar, text.as_bytes(), &readings).unwrap();
    assert_eq!(untold(&draft), Vec::<String>::new());
    assert_eq!(loud(&draft), []);
    let manifest = &draft.records[0].subject;
    assert_eq!(
        (&manifest["trip"], &manifest["plate"], &manifest["vin"]),
        (
            &"TRIP-9".into(),
            &"47AK2F".into(),
            &"1M8GDM9AXKP042788".into()
        )
    );
    assert_eq!(manifest["driver"]["driverName"], "CASAS XOCHITL CHAVEZ");
    assert_eq!(manifest["estimatedArrival"], "2026-11-24T15:10:00Z");
    assert_eq!(draft.records[1].subject["releaseType"], "PAPS");
    let codes: Vec<_> = loud(&read(DocumentKind::EdifactCuscar, text.as_bytes()).unwrap())
        .into_iter()
        .map(|(code, _)| code)
        .collect();
    assert_eq!(codes, ["not-a-truck-manifest", "vin-form"]);
}

#[test]
fn una_names_a_comma_and_other_delimiters() {
    let text = CUSCAR
        .replace(":+.? '", "|;,! ~")
        .replace("??", "\u{3}")
        .replace("?'", "\u{1}")
        .replace("?+", "\u{2}")
        .replace(':', "|")
        .replace('+', ";")
        .replace('\'', "~")
        .replace('\u{1}', "'")
        .replace('\u{2}', "+")
        .replace('\u{3}', "?")
        .replace("9120", "9120,5");
    let draft = draft(DocumentKind::EdifactCuscar, &text);
    assert_eq!(loud(&draft), []);
    assert_eq!(draft.records[1].subject["grossWeightKg"], 9120.5);
    assert_eq!(
        draft.records[2].subject["shipper"]["partyName"],
        "O'Brien + Sons?"
    );
    assert_eq!(
        recognise(text.as_bytes()),
        Some(DocumentKind::EdifactCuscar)
    );
}

#[test]
fn many_messages_and_interchanges_in_a_file() {
    let message = &CUSREP[CUSREP.find("UNH").unwrap()..CUSREP.find("UNZ").unwrap()];
    let second = message
        .replace("0418", "0419")
        .replace("2611240417", "2611240418");
    let two = CUSREP.replace("UNZ+1", &format!("{second}UNZ+2"));
    let other = CUSREP
        .replace("+418'", "+420'")
        .replace("2611240417", "2611240420");
    let draft = draft(DocumentKind::EdifactCusrep, &format!("{two}{other}"));
    assert_eq!(loud(&draft), []);
    let trips: Vec<&str> = draft
        .records
        .iter()
        .map(|record| record.subject["trip"].as_str().unwrap())
        .collect();
    assert_eq!(
        trips,
        ["TOCQ2611240417", "TOCQ2611240418", "TOCQ2611240420"]
    );
}

#[test]
fn a_message_is_acknowledged() {
    let stamp = Stamp {
        date: "20261124".into(),
        time: "0815".into(),
        control_number: 9,
    };
    let answer = |text: &str| {
        let kind = Acknowledgement::Contrl;
        let answer = acknowledge(text.as_bytes(), kind, &stamp, &Readings::default()).unwrap();
        String::from_utf8(answer).unwrap()
    };
    for (_, text) in ALL {
        let accepted = answer(text);
        assert!(
            accepted.contains("UCM+") && accepted.contains(":UN+7'"),
            "{accepted}"
        );
    }
    // An error without its code can't be worked on: the place is named.
    let refused = answer(&CUSRES.replace("ERC+033'", "ERC'"));
    assert!(refused.contains(":UN+4'\nUCS+8'\nUCD+13+2:1'"), "{refused}");
}

#[test]
fn a_conveyance_report_field_by_field() {
    let draft_of = |text: &str| draft(DocumentKind::EdifactCusrep, text);
    let draft = draft_of(CUSREP);
    assert_eq!(loud(&draft), []);
    let manifest = json!({
        "scac": "TOCQ", "trip": "TOCQ2611240417", "direction": "northbound", "port": "2304",
        "estimatedArrival": "2026-11-24T15:10:00Z", "plate": "47AK2F", "plateState": "MX-TAM", "empty": false,
        "equipment": [{"equipmentNumber": "31UB8L", "equipmentKind": "trailer"}],
        "seals": ["7741093", "7741094"],
        "shipments": [{"scn": "TOCQ88402171", "packages": 480}, {"scn": "TOCQ88402172"}],
    });
    assert_eq!(subjects(&draft), [("Manifest", &manifest)]);
    assert_eq!(
        missing(&draft, 0),
        [
            "/shipments/1/packages",
            "/shipments/0/grossWeightKg",
            "/shipments/1/grossWeightKg"
        ]
    );
    // A change of the trailer.
    let start = CUSREP.find("DOC+700").unwrap();
    let end = CUSREP.find("NAD+CA").unwrap();
    let short = format!("{}{}", &CUSREP[..start], &CUSREP[end..]);
    let vehicle = &short[short.find("TDT").unwrap()..short.find("EQD").unwrap()];
    let change = short
        .replace(vehicle, "")
        .replace("0417+22", "0417+4")
        .replace("UNT+17", "UNT+10");
    let draft = draft_of(&change);
    assert_eq!(loud(&draft), []);
    assert!(notes(&draft).contains(&"swapped-assumed"));
    let swapped = json!({
        "scac": "TOCQ", "trip": "TOCQ2611240417", "swapped": "trailer",
        "equipment": [{"equipmentNumber": "31UB8L", "equipmentKind": "trailer"}],
    });
    assert_eq!(subjects(&draft), [("Conveyance", &swapped)]);
    let both = draft_of(
        &short
            .replace("0417+22", "0417+4")
            .replace("UNT+17", "UNT+12"),
    );
    assert_eq!(missing(&both, 0), ["/swapped"]);
    // An arrival; one of in-bond goods is none of the truck.
    let arrival = CUSREP.replace("BGM+336", "BGM+98");
    let arrived =
        json!({"scac": "TOCQ", "trip": "TOCQ2611240417", "port": "2304", "plate": "47AK2F"});
    let draft = draft_of(&arrival);
    assert_eq!(subjects(&draft), [("ConveyanceArrived", &arrived)]);
    assert_eq!(loud(&draft), []);
    let inbond = draft_of(&arrival.replacen("DOC+700+:23", "DOC+950+680001232", 1));
    assert_eq!(loud(&inbond)[0].0, "inbond-event-not-carried");
    // A period is an appointment.
    let window = CUSREP.replace("132:202611240910:203", "132:202611240700-202611240730:719");
    let appointment = json!({
        "scac": "TOCQ", "trip": "TOCQ2611240417", "plate": "47AK2F", "plateState": "MX-TAM", "direction": "northbound",
        "window": {"windowStart": "2026-11-24T13:00:00Z", "windowEnd": "2026-11-24T13:30:00Z"},
    });
    let draft = draft_of(&window);
    assert_eq!(subjects(&draft), [("Appointment", &appointment)]);
    assert!(draft.is_complete());
    // A trip that is taken back says no more than that.
    let cancelled = draft_of(&CUSREP.replace("0417+22", "0417+1"));
    assert_eq!(cancelled.records[0].record_type, "TripCancelled");
    assert_eq!(missing(&cancelled, 0), ["/cause"]);
}

#[test]
fn a_response_field_by_field() {
    let rejected = draft(DocumentKind::EdifactCusres, CUSRES);
    assert_eq!(loud(&rejected), []);
    let subject = json!({
        "scac": "TOCQ", "trip": "TOCQ2611240417", "port": "2304", "errorCode": "033",
        "responseText": "INVALID DDPP; MANIFEST REJECTED; TOCQ88402171: INVALID WEIGHT UNIT",
    });
    assert_eq!(subjects(&rejected), [("ManifestRejected", &subject)]);
    assert_eq!(rejected.records[0].standing, Some("report"));
    let told: Vec<(&str, u32)> = rejected
        .faults
        .iter()
        .filter(|fault| fault.code == "customs-error")
        .map(|fault| (fault.en.as_str(), fault.place.as_ref().unwrap().line))
        .collect();
    assert_eq!(
        told,
        [
            (
                "customs answers 033 about the trip, LOC 2 20: INVALID DDPP",
                10
            ),
            (
                "customs answers 509 about the trip, ERP 1: MANIFEST REJECTED",
                13
            ),
            (
                "customs answers 021 about TOCQ88402171, ERP 2: INVALID WEIGHT UNIT",
                19
            ),
        ]
    );
    let start = CUSRES.find("ERP+1+LOC").unwrap();
    let end = CUSRES.find("UNT").unwrap();
    let text = format!(
        "{}ERP+1'\nERC+081'\nFTX+AAO+++MANIFEST TRANSMITTAL'\n{}",
        &CUSRES[..start],
        CUSRES[end..].replace("UNT+19", "UNT+10")
    );
    let accepted = draft(DocumentKind::EdifactCusres, &text);
    assert_eq!(loud(&accepted), []);
    let subject = json!({
        "scac": "TOCQ", "trip": "TOCQ2611240417", "port": "2304", "responseText": "MANIFEST TRANSMITTAL",
    });
    assert_eq!(subjects(&accepted), [("ManifestAccepted", &subject)]);
    // Other administrations answer by the function of the message.
    let text = text
        .replace("0417'\nDTM", "0417+29'\nDTM")
        .replace("ERC+081", "ERC+7");
    let text = text.replace("BGM+132", "BGM+961");
    let by_function = draft(DocumentKind::EdifactCusres, &text);
    assert_eq!(by_function.records[0].record_type, "ManifestAccepted");
    assert_eq!(loud(&by_function)[0].0, "status-unknown");
}

#[test]
fn a_status_field_by_field() {
    let draft = draft(DocumentKind::EdifactCusres, STATUS);
    assert_eq!(loud(&draft), []);
    let arrived =
        json!({"scac": "TOCQ", "trip": "TOCQ2611240417", "port": "2304", "plate": "47AK2F"});
    let released = json!({
        "scns": ["TOCQ88402171"], "decision": "release", "entryNumber": "ABC-1234567-6", "port": "2304",
    });
    let held = json!({"scn": "TOCQ88402172", "kind": "data", "cause": "INVALID CARGO DESCRIPTION"});
    let removed = json!({"scn": "TOCQ88402173", "cause": "HOLD REMOVED"});
    assert_eq!(
        subjects(&draft),
        [
            ("ConveyanceArrived", &arrived),
            ("ReleaseDecision", &released),
            ("HoldPlaced", &held),
            ("HoldRemoved", &removed),
        ]
    );
    assert_eq!(missing(&draft, 2), ["/endsWith"]);
    assert!(
        draft
            .records
            .iter()
            .all(|record| record.standing == Some("report"))
    );
    // The whole trip is released: all shipments that the message names.
    let trip = STATUS
        .replace("SN030", "SN038")
        .replace("ERC+SN053", "ERC+SN517");
    let draft = self::draft(DocumentKind::EdifactCusres, &trip);
    assert_eq!(draft.records[0].record_type, "ReleaseDecision");
    assert_eq!(
        draft.records[0].subject["scns"],
        json!(["TOCQ88402171", "TOCQ88402172", "TOCQ88402173"])
    );
}

#[test]
fn codes_of_a_response_are_configuration() {
    let mut reading = cusres::Reading::default();
    reading.outcomes.insert(
        0,
        cusres::Outcome {
            said_in: cusres::SaidIn::Gei,
            code: "9".into(),
            becomes: cusres::Becomes::HoldPlaced,
            hold: Some("documents".into()),
            ends_with: Some("the missing invoice".into()),
            general: false,
        },
    );
    let text = STATUS
        .replace("RFF+AAM:TOCQ88402172'", "RFF+AAM:TOCQ88402172'\nGEI+7+9'")
        .replace("ERC+SN525", "ERC+X9")
        .replace("UNT+27", "UNT+28");
    let draft = cusres::read(text.as_bytes(), &reading).unwrap();
    assert_eq!(untold(&draft), Vec::<String>::new());
    let held =
        json!({"scn": "TOCQ88402172", "kind": "documents", "endsWith": "the missing invoice"});
    assert_eq!(
        *draft
            .record("HoldPlaced")
            .map(|record| &record.subject)
            .unwrap(),
        held
    );
    assert_eq!(loud(&draft)[0].0, "status-unknown");
    let toml = serde_json::to_string(&reading).unwrap();
    assert_eq!(
        serde_json::from_str::<cusres::Reading>(&toml).unwrap(),
        reading
    );
}
