//! EPCIS 2.0: the official examples, broken documents, every cut and flip, and events that come back as they went.

use std::path::{Path, PathBuf};

use garita_formats::epcis::{self, answer, canonical};
use garita_formats::{DocumentKind, Severity, read, recognise};
use serde_json::{Value, json};

/// The official examples, or nothing with a word that the test is skipped.
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn examples(folder: &str) -> Vec<PathBuf> {
    let root = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/vectors/epcis"
    ))
    .join(folder);
    let mut found = Vec::new();
    collect(&root, &mut found);
    found.sort();
    if found.is_empty() {
        println!("skipped: {} is not there", root.display());
    }
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|end| end == "jsonld") {
            found.push(path);
        }
    }
}

#[expect(clippy::unwrap_used, reason = "a test's own document")]
fn events_of(document: &Value) -> &Vec<Value> {
    document
        .pointer("/epcisBody/eventList")
        .or_else(|| document.pointer("/epcisBody/queryResults/resultsBody/eventList"))
        .and_then(Value::as_array)
        .unwrap()
}

#[test]
fn all_official_examples_are_read_without_a_fault_and_answered_equal() {
    let examples = examples("JSON");
    if examples.is_empty() {
        return;
    }
    assert_eq!(examples.len(), 47);
    for path in examples {
        let shown = path.display();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(recognise(&bytes), Some(DocumentKind::Epcis), "{shown}");
        let draft = read(DocumentKind::Epcis, &bytes).unwrap();
        let loud: Vec<_> = draft
            .faults
            .iter()
            .filter(|f| f.severity == Severity::Error)
            .collect();
        assert!(loud.is_empty(), "{shown}: {loud:?}");
        assert!(draft.is_complete(), "{shown}");
        assert_eq!(
            garita_formats::elements::untold(&draft),
            Vec::<String>::new(),
            "{shown}"
        );
        let original: Value = serde_json::from_slice(&bytes).unwrap();
        let document = epcis::document(&bytes).unwrap();
        assert_eq!(document.events.len(), events_of(&original).len());
        assert_eq!(draft.records.len(), document.events.len());
        let outgoing: Vec<_> = document
            .events
            .iter()
            .map(|event| answer::Outgoing {
                text: event.text.clone(),
                context: document.context.clone(),
                added: Vec::new(),
            })
            .collect();
        let heading = answer::Heading {
            query: "SimpleEventQuery",
            subscription: None,
            created: "2026-11-24T15:00:00Z",
        };
        let told: Value = serde_json::from_str(&answer::document(&heading, &outgoing)).unwrap();
        assert_eq!(events_of(&told), events_of(&original), "{shown}");
        assert_eq!(
            epcis::document(told.to_string().as_bytes())
                .unwrap()
                .problems,
            [],
            "{shown}"
        );
    }
}

#[test]
fn examples_with_a_simple_context_are_read_too() {
    // Some of these files say what the schema has no member for, have one value where it wants a list, or master data without ADD: they are
    // told so. All name the document by a blank node (`_:document1`), which is no URI.
    let (mut right, mut refused) = (0, Vec::new());
    for path in examples("JSON-simple-context") {
        let document = epcis::document(&std::fs::read(&path).unwrap()).unwrap();
        let others: Vec<_> = document
            .problems
            .iter()
            .filter(|p| p.severity == Severity::Error && p.pointer != "/id")
            .collect();
        if others.is_empty() {
            right += 1;
            continue;
        }
        refused.push(path.file_name().unwrap().to_owned());
    }
    assert!(right > 2 * refused.len(), "{right} right, not {refused:?}");
}

fn event() -> Value {
    json!({
        "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "arriving",
        "eventTime": "2026-11-24T09:10:00-06:00", "eventTimeZoneOffset": "-06:00",
        "eventID": "urn:uuid:0f0e0d0c-0b0a-4908-8706-050403020100",
        "epcList": ["urn:epc:id:sscc:4012345.0111111111"],
    })
}

fn document_of(event: &Value) -> Value {
    json!({
        "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-11-24T15:00:00Z",
        "epcisBody": { "eventList": [event] },
    })
}

/// One change to a good event: what is told, and where below the event.
#[test]
fn each_broken_event_is_told_by_code_and_place() {
    let table: &[(&str, Value, &str, &str)] = &[
        ("/type", json!("Event"), "event-type-unknown", "/type"),
        ("/type", json!(1), "value-malformed", "/type"),
        ("/action", json!("LOOK"), "word-unknown", "/action"),
        ("/action", json!(null), "value-malformed", "/action"),
        ("/bizStep", json!("crossing"), "word-unknown", "/bizStep"),
        (
            "/bizStep",
            json!("urn:epcglobal:cbv:bizstep:arriving"),
            "word-as-address",
            "/bizStep",
        ),
        ("/bizStep", json!(7), "value-malformed", "/bizStep"),
        (
            "/disposition",
            json!("gone"),
            "word-unknown",
            "/disposition",
        ),
        (
            "/eventTime",
            json!("2026-11-24"),
            "time-malformed",
            "/eventTime",
        ),
        (
            "/eventTime",
            json!("2026-11-24T09:10:00"),
            "time-malformed",
            "/eventTime",
        ),
        (
            "/eventTime",
            json!("2026-13-24T09:10:00Z"),
            "time-malformed",
            "/eventTime",
        ),
        (
            "/eventTime",
            json!("2026-11-24 09:10:00Z"),
            "time-malformed",
            "/eventTime",
        ),
        (
            "/eventTimeZoneOffset",
            json!("-6:00"),
            "offset-malformed",
            "/eventTimeZoneOffset",
        ),
        (
            "/eventTimeZoneOffset",
            json!("+14:30"),
            "offset-malformed",
            "/eventTimeZoneOffset",
        ),
        (
            "/eventTimeZoneOffset",
            json!("Z"),
            "offset-malformed",
            "/eventTimeZoneOffset",
        ),
        ("/eventID", json!("17"), "address-malformed", "/eventID"),
        (
            "/eventID",
            json!(format!("urn:x:{}", "y".repeat(1_000))),
            "event-id-too-long",
            "/eventID",
        ),
        ("/epcList", json!({}), "value-malformed", "/epcList"),
        (
            "/epcList",
            json!(["7501"]),
            "address-malformed",
            "/epcList/0",
        ),
        (
            "/epcList",
            json!(["urn:a:b", "urn:a:b"]),
            "item-twice",
            "/epcList/1",
        ),
        (
            "/quantityList",
            json!([{ "quantity": 3 }]),
            "member-missing",
            "/quantityList/0",
        ),
        (
            "/quantityList",
            json!([{ "epcClass": "urn:a:b", "quantity": "3" }]),
            "value-malformed",
            "/quantityList/0/quantity",
        ),
        (
            "/quantityList",
            json!([{ "epcClass": "urn:a:b", "uom": "kg" }]),
            "unit-malformed",
            "/quantityList/0/uom",
        ),
        (
            "/quantityList",
            json!([{ "epcClass": "urn:a:b", "ex:own": 1 }]),
            "member-unknown",
            "/quantityList/0/ex:own",
        ),
        (
            "/readPoint",
            json!("urn:epc:id:sgln:0614141.07346.1234"),
            "value-malformed",
            "/readPoint",
        ),
        ("/readPoint", json!({}), "member-missing", "/readPoint"),
        (
            "/bizTransactionList",
            json!([{ "type": "po" }]),
            "member-missing",
            "/bizTransactionList/0",
        ),
        (
            "/bizTransactionList",
            json!([{ "type": "order", "bizTransaction": "urn:a:b" }]),
            "word-unknown",
            "/bizTransactionList/0/type",
        ),
        (
            "/sourceList",
            json!([{ "source": "urn:a:b" }]),
            "member-missing",
            "/sourceList/0",
        ),
        (
            "/destinationList",
            json!([{ "type": "location", "source": "urn:a:b" }]),
            "member-missing",
            "/destinationList/0",
        ),
        (
            "/persistentDisposition",
            json!({ "set": [] }),
            "list-empty",
            "/persistentDisposition/set",
        ),
        (
            "/sensorElementList",
            json!([{}]),
            "member-missing",
            "/sensorElementList/0",
        ),
        (
            "/sensorElementList",
            json!([{ "sensorReport": [] }]),
            "list-empty",
            "/sensorElementList/0/sensorReport",
        ),
        (
            "/sensorElementList",
            json!([{ "sensorReport": [{ "type": "Warmth" }] }]),
            "word-unknown",
            "/sensorElementList/0/sensorReport/0/type",
        ),
        (
            "/sensorElementList",
            json!([{ "sensorReport": [{ "type": "Mass", "hexBinaryValue": "xyz" }] }]),
            "value-malformed",
            "/sensorElementList/0/sensorReport/0/hexBinaryValue",
        ),
        (
            "/errorDeclaration",
            json!({ "reason": "incorrect_data" }),
            "member-missing",
            "/errorDeclaration",
        ),
        (
            "/ilmd",
            json!({ "ex:lot": "A" }),
            "ilmd-without-add",
            "/ilmd",
        ),
        (
            "/certificationInfo",
            json!(["none"]),
            "address-malformed",
            "/certificationInfo/0",
        ),
        ("/lane", json!(6), "member-unknown", "/lane"),
        ("/parentID", json!("urn:a:b"), "member-unknown", "/parentID"),
    ];
    assert!(table.len() >= 30);
    assert!(table.len() >= 30);
    for (pointer, value, code, place) in table {
        let mut event = event();
        event[pointer.trim_start_matches('/')] = value.clone();
        let read = epcis::document(document_of(&event).to_string().as_bytes()).unwrap();
        let told: Vec<_> = read
            .problems
            .iter()
            .map(|p| (p.code, p.pointer.as_str()))
            .collect();
        let wanted = format!("/epcisBody/eventList/0{place}");
        assert!(
            told.contains(&(*code, wanted.as_str())),
            "{pointer} {value}: {told:?}"
        );
        let problem = read.problems.iter().find(|p| p.code == *code).unwrap();
        assert!(!problem.en.is_empty() && problem.en != problem.es);
        assert_eq!(
            (problem.event, problem.place.as_ref().map(|p| p.line)),
            (Some(0), Some(1)),
            "{pointer}"
        );
    }
    for (member, code) in [
        ("type", "member-missing"),
        ("eventTime", "member-missing"),
        ("eventTimeZoneOffset", "member-missing"),
        ("action", "member-missing"),
        ("epcList", "event-without-objects"),
    ] {
        let mut event = event();
        event.as_object_mut().unwrap().remove(member);
        let read = epcis::document(document_of(&event).to_string().as_bytes()).unwrap();
        assert!(
            read.problems.iter().any(|p| p.code == code),
            "{member}: {:?}",
            read.problems
        );
        assert!(!read.is_good());
    }
    for (kind, members, code) in [
        (
            "AggregationEvent",
            json!({ "action": "ADD", "childEPCs": ["urn:a:b"] }),
            "parent-unnamed",
        ),
        (
            "AggregationEvent",
            json!({ "action": "ADD", "parentID": "urn:a:b" }),
            "event-without-objects",
        ),
        (
            "AssociationEvent",
            json!({ "action": "ADD", "childEPCs": ["urn:a:b"] }),
            "member-missing",
        ),
        (
            "TransactionEvent",
            json!({ "action": "ADD", "epcList": [], "bizTransactionList": [] }),
            "list-empty",
        ),
        (
            "TransformationEvent",
            json!({ "inputEPCList": ["urn:a:b"] }),
            "event-without-objects",
        ),
        (
            "TransformationEvent",
            json!({ "action": "ADD", "inputEPCList": ["urn:a:b"], "outputEPCList": ["urn:a:c"] }),
            "member-unknown",
        ),
    ] {
        let mut event = members;
        event["type"] = json!(kind);
        event["eventTime"] = json!("2026-11-24T09:10:00-06:00");
        event["eventTimeZoneOffset"] = json!("-06:00");
        let read = epcis::document(document_of(&event).to_string().as_bytes()).unwrap();
        assert!(
            read.problems.iter().any(|p| p.code == code),
            "{kind}: {:?}",
            read.problems
        );
    }
}

#[test]
fn broken_documents_are_told_by_code() {
    let good = document_of(&event()).to_string();
    let refused = |bytes: &[u8]| epcis::document(bytes).unwrap_err().code();
    assert_eq!(refused(b""), "document-empty");
    assert_eq!(refused(b"[]"), "document-type-unknown");
    assert_eq!(
        refused(b"{\"type\":\"EPCISDoc\",\"epcisBody\":{}}"),
        "document-type-unknown"
    );
    assert_eq!(refused(&good.as_bytes()[..good.len() / 2]), "json-syntax");
    assert_eq!(
        refused("{\"type\":\"ObjectEvent\",\"a:b\":\"\u{fffd}".as_bytes()),
        "json-syntax"
    );
    assert_eq!(
        refused(b"{\"type\":\"ObjectEvent\",\"a:b\":\"\xe9\"}"),
        "encoding-mixed"
    );
    assert_eq!(refused(b"\xff\xfe{\x00"), "encoding-unknown");
    assert_eq!(refused(&vec![b' '; 200 << 20]), "document-too-large");
    assert_eq!(
        refused(
            format!(
                "{{\"type\":\"ObjectEvent\",\"a:b\":{}1{}}}",
                "[".repeat(100),
                "]".repeat(100)
            )
            .as_bytes()
        ),
        "json-too-deep"
    );
    assert_eq!(refused("[".repeat(1_000_000).as_bytes()), "json-syntax");
    assert!(
        epcis::document(format!("\u{feff}{good}").as_bytes())
            .unwrap()
            .is_good()
    );
    let mut many = document_of(&event());
    many["epcisBody"]["eventList"] = json!(vec![event(); epcis::EVENTS_MAX + 1]);
    let read = epcis::document(many.to_string().as_bytes()).unwrap();
    assert_eq!(read.problems[0].code, "events-too-many");
    let mut large = event();
    large["ex:note"] = json!("x".repeat(epcis::EVENT_BYTES_MAX));
    assert_eq!(
        epcis::document(document_of(&large).to_string().as_bytes())
            .unwrap()
            .problems[0]
            .code,
        "event-too-large"
    );
    for (member, code) in [
        ("@context", "member-missing"),
        ("schemaVersion", "member-missing"),
        ("creationDate", "member-missing"),
        ("epcisBody", "member-missing"),
    ] {
        let mut document = document_of(&event());
        document.as_object_mut().unwrap().remove(member);
        let read = epcis::document(document.to_string().as_bytes()).unwrap();
        assert!(read.problems.iter().any(|p| p.code == code), "{member}");
    }
    let mut faults = document_of(&json!({}));
    faults["epcisBody"]["eventList"] = json!(vec![json!({ "a": 1 }); 2_000]);
    let read = epcis::document(faults.to_string().as_bytes()).unwrap();
    assert_eq!(read.problems.len(), 1_000);
    assert!(read.problems_untold > 1_000 && !read.is_good());
}

#[test]
fn every_cut_and_every_flip_is_answered() {
    let text = document_of(&event()).to_string().into_bytes();
    for at in 0..text.len() {
        let _ = epcis::document(&text[..at]);
        let mut flipped = text.clone();
        for bit in [0x01, 0x20, 0x80] {
            flipped[at] ^= bit;
            let _ = read(DocumentKind::Epcis, &flipped);
            flipped[at] ^= bit;
        }
    }
}

/// SplitMix64.
struct Random(u64);

#[expect(clippy::unwrap_used, reason = "a number below 2^30 fits")]
impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }

    fn value(&mut self, depth: u64) -> Value {
        match self.below(if depth > 3 { 5 } else { 7 }) {
            0 => json!(self.below(1_000_000)),
            1 => json!(f64::from(u32::try_from(self.below(1 << 30)).unwrap()) / 64.0 - 7.0),
            2 => json!(format!("ñ\"\\/\n{}", self.below(1_000))),
            3 => json!(self.below(2) == 0),
            4 => Value::Null,
            5 => Value::Array((0..self.below(4)).map(|_| self.value(depth + 1)).collect()),
            _ => (0..self.below(4))
                .map(|n| (format!("ex:m{n}"), self.value(depth + 1)))
                .collect(),
        }
    }
}

#[test]
fn a_thousand_made_events_come_back_equal() {
    for seed in 0..1_000 {
        let mut random = Random(seed);
        let events: Vec<Value> = (0..=random.below(4))
            .map(|n| {
                let mut event = event();
                event["eventID"] = json!(format!("urn:uuid:{seed}-{n}"));
                event["bizStep"] =
                    json!(epcis::vocabulary::BIZ_STEPS[usize::try_from(random.below(40)).unwrap()]);
                for extension in 0..random.below(5) {
                    event[format!("ex:e{extension}")] = random.value(0);
                }
                event
            })
            .collect();
        let outgoing: Vec<_> = events
            .iter()
            .map(|event| answer::Outgoing {
                text: event.to_string(),
                context: json!({ "ex": "https://ns.example.org/" }),
                added: vec![("recordTime", "2026-11-24T15:00:00Z".to_owned())],
            })
            .collect();
        let heading = answer::Heading {
            query: "q",
            subscription: None,
            created: "2026-11-24T15:00:00Z",
        };
        let told = answer::document(&heading, &outgoing);
        let read = epcis::document(told.as_bytes()).unwrap();
        assert_eq!(read.problems, [], "seed {seed}");
        for (back, mut sent) in read.events.into_iter().zip(events) {
            sent["recordTime"] = json!("2026-11-24T15:00:00Z");
            assert_eq!(canonical(&back.value), canonical(&sent), "seed {seed}");
        }
    }
}
