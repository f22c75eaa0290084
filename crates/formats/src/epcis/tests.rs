use serde_json::{Value, json};

use super::answer::{self, Heading, Outgoing};
use super::context::{Merged, Namespaces};
use super::query::{Query, Seen, SortKey, from_pairs};
use super::schedule::Schedule;
use super::{canonical, document, instant, single};
use crate::draft::Severity;

fn good() -> Value {
    json!({
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", { "ex": "https://ns.example.org/" }],
        "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-11-24T15:00:00Z",
        "epcisBody": { "eventList": [{
            "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "arriving", "disposition": "in_transit",
            "eventTime": "2026-11-24T09:10:00.000-06:00", "eventTimeZoneOffset": "-06:00",
            "eventID": "urn:uuid:0f0e0d0c-0b0a-4908-8706-050403020100",
            "epcList": ["urn:epc:id:sgtin:0614141.107346.2017"],
            "quantityList": [{ "epcClass": "urn:epc:class:lgtin:4012345.012345.998877", "quantity": 200, "uom": "KGM" }],
            "readPoint": { "id": "urn:epc:id:sgln:0614141.07346.1234" },
            "bizTransactionList": [{ "type": "po", "bizTransaction": "urn:epc:id:gdti:0614141.00001.1618034" }],
            "sourceList": [{ "type": "owning_party", "source": "urn:epc:id:pgln:4012345.00225" }],
            "persistentDisposition": { "set": ["completeness_verified"] },
            "sensorElementList": [{
                "sensorMetadata": { "time": "2026-11-24T15:00:00Z", "deviceID": "urn:epc:id:giai:4000001.111", "ex:shelf": "3" },
                "sensorReport": [{ "type": "Temperature", "value": 26.5, "uom": "CEL", "booleanValue": true }],
            }],
            "ex:lane": 6, "ex:seal": { "ex:number": "7741093" }, "ex:at": "2026-11-24T15:00:00Z",
        }] },
    })
}

fn changed(pointer: &str, value: Value) -> Vec<u8> {
    let mut document = good();
    *document.pointer_mut(pointer).unwrap() = value;
    document.to_string().into_bytes()
}

fn seen<T>(look: impl FnOnce(&Seen<'_>) -> T) -> T {
    let document = good();
    let namespaces = Namespaces::of([&document["@context"]]);
    let event = &document["epcisBody"]["eventList"][0];
    look(&Seen {
        event,
        namespaces: &namespaces,
        recorded_ms: 1_795_532_400_000,
    })
}

fn known() -> Namespaces {
    let mut known = Namespaces::default();
    known.insert("my", "https://ns.example.org/");
    known
}

#[test]
fn a_good_document_has_no_fault_and_keeps_its_events_as_they_stand() {
    let text = good().to_string();
    let read = document(text.as_bytes()).unwrap();
    assert_eq!(read.problems, []);
    assert_eq!(read.events.len(), 1);
    assert_eq!(read.events[0].pointer, "/epcisBody/eventList/0");
    assert!(text.contains(&read.events[0].text));
    assert!(read.events[0].text.starts_with("{\"type\":\"ObjectEvent\""));
    assert_eq!(single(read.events[0].text.as_bytes()).unwrap().problems, []);
}

#[test]
fn each_parameter_takes_and_leaves() {
    let takes = |query: Value| {
        let query =
            Query::read(&query, &known()).unwrap_or_else(|slips| panic!("{query}: {slips:?}"));
        seen(|seen| query.takes(seen))
    };
    for (yes, no) in [
        (json!({}), json!({ "eventType": ["AggregationEvent"] })),
        (
            json!({ "eventType": ["ObjectEvent", "my:Own"] }),
            json!({ "eventType": ["my:Own"] }),
        ),
        (
            json!({ "GE_eventTime": "2026-11-24T15:10:00Z" }),
            json!({ "LT_eventTime": "2026-11-24T15:10:00Z" }),
        ),
        (
            json!({ "GE_recordTime": "2026-11-24T15:00:00Z" }),
            json!({ "LT_recordTime": "2026-11-24T15:00:00Z" }),
        ),
        (
            json!({ "EQ_action": ["ADD", "OBSERVE"] }),
            json!({ "EQ_action": ["DELETE"] }),
        ),
        (
            json!({ "EQ_bizStep": ["arriving"] }),
            json!({ "EQ_bizStep": ["departing"] }),
        ),
        (
            json!({ "EQ_bizStep": ["urn:epcglobal:cbv:bizstep:arriving"] }),
            json!({ "EQ_bizStep": ["cbv:BizStep-departing"] }),
        ),
        (
            json!({ "EQ_bizStep": ["cbv:BizStep-arriving"] }),
            json!({ "EQ_bizStep": ["https://ref.gs1.org/cbv/BizStep-loading"] }),
        ),
        (
            json!({ "EQ_disposition": ["in_transit"] }),
            json!({ "EQ_disposition": ["in_progress"] }),
        ),
        (
            json!({ "EQ_persistentDisposition_set": ["completeness_verified"] }),
            json!({ "EQ_persistentDisposition_unset": ["completeness_verified"] }),
        ),
        (
            json!({ "EQ_readPoint": ["urn:epc:id:sgln:0614141.07346.1234"] }),
            json!({ "EQ_bizLocation": ["urn:epc:id:sgln:0614141.07346.1234"] }),
        ),
        (
            json!({ "WD_readPoint": ["urn:epc:id:sgln:0614141.07346.1234"] }),
            json!({ "WD_readPoint": ["urn:epc:id:sgln:0614141.07346.0"] }),
        ),
        (
            json!({ "MATCH_epc": ["urn:epc:id:sgtin:0614141.107346.2017"] }),
            json!({ "MATCH_epc": ["urn:epc:id:sgtin:0614141.107346.2018"] }),
        ),
        (
            json!({ "MATCH_epc": ["urn:epc:idpat:sgtin:0614141.107346.*"] }),
            json!({ "MATCH_epc": ["urn:epc:idpat:sscc:0614141.*"] }),
        ),
        (
            json!({ "MATCH_anyEPC": ["urn:epc:idpat:sgtin:0614141.*.[2000-2020]"] }),
            json!({ "MATCH_parentID": ["urn:epc:idpat:sgtin:0614141.*.*"] }),
        ),
        (
            json!({ "MATCH_epcClass": ["urn:epc:class:lgtin:4012345.012345.998877"] }),
            json!({ "MATCH_inputEPCClass": ["urn:epc:class:lgtin:4012345.012345.998877"] }),
        ),
        (
            json!({ "MATCH_anyEPCClass": ["urn:epc:class:lgtin:4012345.012345.998877"] }),
            json!({ "MATCH_outputEPCClass": ["urn:x:y"] }),
        ),
        (
            json!({ "EQ_quantity": [200] }),
            json!({ "GT_quantity": 200 }),
        ),
        (
            json!({ "GE_quantity_KGM": 200 }),
            json!({ "GE_quantity_LBR": 200 }),
        ),
        (
            json!({ "EQ_eventID": ["urn:uuid:0f0e0d0c-0b0a-4908-8706-050403020100"] }),
            json!({ "EQ_eventID": ["urn:uuid:none"] }),
        ),
        (
            json!({ "EXISTS_sensorElementList": null }),
            json!({ "EXISTS_errorDeclaration": 1 }),
        ),
        (
            json!({ "EQ_bizTransaction_po": ["urn:epc:id:gdti:0614141.00001.1618034"] }),
            json!({ "EQ_bizTransaction_inv": ["urn:epc:id:gdti:0614141.00001.1618034"] }),
        ),
        (
            json!({ "EQ_source_owning_party": ["urn:epc:id:pgln:4012345.00225"] }),
            json!({ "EQ_destination_owning_party": ["urn:epc:id:pgln:4012345.00225"] }),
        ),
        (
            json!({ "EQ_type": ["Temperature"] }),
            json!({ "EQ_type": ["Mass"] }),
        ),
        (
            json!({ "EQ_type": ["gs1:Temperature"] }),
            json!({ "EQ_deviceID": ["urn:x:y"] }),
        ),
        (
            json!({ "EQ_deviceID": ["urn:epc:id:giai:4000001.111"] }),
            json!({ "EQ_microorganism": ["urn:x:y"] }),
        ),
        (
            json!({ "EQ_booleanValue": true }),
            json!({ "EQ_booleanValue": false }),
        ),
        (
            json!({ "GE_value_CEL": 26.5 }),
            json!({ "GT_value_CEL": 26.5 }),
        ),
        (
            json!({ "LE_value_CEL": 26.5 }),
            json!({ "LE_value_FAH": 26.5 }),
        ),
        (
            json!({ "GE_time": "2026-11-24T15:00:00Z" }),
            json!({ "LT_time": "2026-11-24T15:00:00Z" }),
        ),
        (json!({ "EQ_my:lane": 6 }), json!({ "EQ_other:lane": 6 })),
        (json!({ "GE_my:lane": 6 }), json!({ "GT_my:lane": 6 })),
        (
            json!({ "EQ_my:lane": ["5", "6"] }),
            json!({ "EQ_my:lane": ["5"] }),
        ),
        (
            json!({ "EQ_ex:lane": 6, "@context": { "ex": "https://ns.example.org/" } }),
            json!({ "EQ_ex:lane": 6, "@context": { "ex": "https://else.example.org/" } }),
        ),
        (
            json!({ "GE_my:at": "2026-11-24T15:00:00Z" }),
            json!({ "GT_my:at": "2026-11-24T15:00:00Z" }),
        ),
        (
            json!({ "EXISTS_my:seal": 1 }),
            json!({ "EXISTS_my:nothing": 1 }),
        ),
        (
            json!({ "EQ_INNER_my:number": ["7741093"] }),
            json!({ "EQ_my:number": ["7741093"] }),
        ),
        (
            json!({ "EXISTS_INNER_my:number": null }),
            json!({ "EXISTS_INNER_my:seal": null }),
        ),
        (
            json!({ "HASATTR_my:seal": ["my:number"] }),
            json!({ "HASATTR_my:seal": ["my:none"] }),
        ),
        (
            json!({ "EQ_SENSORMETADATA_my:shelf": ["3"] }),
            json!({ "EQ_SENSORREPORT_my:shelf": ["3"] }),
        ),
        (
            json!({ "EQ_ATTR_my:seal_ex:number": ["7741093"], "@context": { "ex": "https://ns.example.org/" } }),
            json!({ "EQ_ATTR_my:seal_ex:number": ["1"] }),
        ),
    ] {
        assert!(takes(yes.clone()), "{yes}");
        assert!(!takes(no.clone()), "{no}");
    }
}

#[test]
fn what_is_wrong_with_a_query_is_told_at_once() {
    let codes = |query: Value| -> Vec<(&'static str, String)> {
        Query::read(&query, &known())
            .unwrap_err()
            .into_iter()
            .map(|slip| {
                assert!(!slip.en.is_empty() && !slip.es.is_empty() && slip.en != slip.es);
                (slip.code, slip.parameter)
            })
            .collect()
    };
    let one = |query: Value, code: &'static str, parameter: &str| {
        assert_eq!(
            codes(query.clone()),
            [(code, parameter.to_owned())],
            "{query}"
        );
    };
    one(json!([]), "query-malformed", "query");
    one(
        json!({ "EQ_nothing": ["x"] }),
        "parameter-unknown",
        "EQ_nothing",
    );
    one(
        json!({ "GT_eventTime": "2026-11-24T15:00:00Z" }),
        "parameter-unknown",
        "GT_eventTime",
    );
    one(
        json!({ "GE_eventTime": "yesterday" }),
        "parameter-value",
        "GE_eventTime",
    );
    one(
        json!({ "GE_eventTime": "2026-11-24T15:00:00" }),
        "parameter-value",
        "GE_eventTime",
    );
    one(
        json!({ "EQ_bizStep": "arriving" }),
        "parameter-value",
        "EQ_bizStep",
    );
    one(json!({ "EQ_bizStep": [] }), "parameter-value", "EQ_bizStep");
    one(
        json!({ "EQ_bizStep": [1] }),
        "parameter-value",
        "EQ_bizStep",
    );
    one(
        json!({ "EQ_action": ["LOOK"] }),
        "parameter-value",
        "EQ_action",
    );
    one(
        json!({ "eventType": ["Event"] }),
        "parameter-value",
        "eventType",
    );
    one(
        json!({ "orderBy": "quantity" }),
        "parameter-value",
        "orderBy",
    );
    one(
        json!({ "orderBy": "eventTime", "orderDirection": "UP" }),
        "parameter-value",
        "orderDirection",
    );
    one(
        json!({ "eventCountLimit": 1 }),
        "parameter-needs-another",
        "eventCountLimit",
    );
    one(
        json!({ "orderBy": "eventTime", "eventCountLimit": 0 }),
        "parameter-value",
        "eventCountLimit",
    );
    one(
        json!({ "orderBy": "eventTime", "eventCountLimit": 1, "maxEventCount": 1 }),
        "parameters-exclude-each-other",
        "maxEventCount",
    );
    one(
        json!({ "GE_quantity": "many" }),
        "parameter-value",
        "GE_quantity",
    );
    one(
        json!({ "EXISTS_errorDeclaration": "yes" }),
        "parameter-value",
        "EXISTS_errorDeclaration",
    );
    one(
        json!({ "EQ_bizStep": vec!["x"; 2_001] }),
        "query-too-complex",
        "EQ_bizStep",
    );
    assert_eq!(
        codes(json!({ "EQ_a": 1, "EQ_b": 2, "maxEventCount": -1 })).len(),
        3
    );
}

#[test]
fn an_address_says_the_same_as_a_body() {
    let pairs = [
        ("EQ_bizStep", "arriving|departing"),
        ("GE_quantity", "100"),
        ("EXISTS_sensorElementList", "true"),
        ("EXISTS_errorDeclaration", "false"),
        ("EQ_booleanValue", "true"),
        ("orderBy", "eventTime"),
        ("eventCountLimit", "3"),
        ("EQ_my:lane", "6"),
    ];
    let query = from_pairs(pairs, &known()).unwrap();
    assert!(seen(|seen| query.takes(seen)));
    assert_eq!((query.count_limit, query.is_descending()), (Some(3), true));
    assert!(seen(|seen| matches!(
        query.sort_key(seen),
        SortKey::Time(_)
    )));
    let codes: Vec<_> = from_pairs(
        [
            ("EQ_x", "1"),
            ("orderBy", "eventTime"),
            ("orderBy", "recordTime"),
            ("GE_quantity", "x"),
        ],
        &known(),
    )
    .unwrap_err()
    .into_iter()
    .map(|slip| slip.code)
    .collect();
    assert_eq!(
        codes,
        ["parameter-unknown", "parameter-twice", "parameter-value"]
    );
}

#[test]
fn schedules_come_when_they_say() {
    let at = |text: &str| i64::try_from(instant(text).unwrap() / 1_000_000).unwrap();
    for (schedule, after, next) in [
        (
            json!({ "hour": "1", "minute": "5" }),
            "2026-11-24T15:00:00Z",
            "2026-11-25T01:05:00Z",
        ),
        (
            json!({ "hour": "1", "minute": "5" }),
            "2026-11-24T01:04:59.999Z",
            "2026-11-24T01:05:00Z",
        ),
        (
            json!({ "hour": "1", "minute": "5" }),
            "2026-11-24T01:05:00Z",
            "2026-11-25T01:05:00Z",
        ),
        (
            json!({ "second": "0/30" }),
            "2026-11-24T15:00:00Z",
            "2026-11-24T15:00:30Z",
        ),
        (
            json!({ "second": "[10-12],40" }),
            "2026-11-24T15:00:12Z",
            "2026-11-24T15:00:40Z",
        ),
        (
            json!({ "minute": "0" }),
            "2026-11-24T15:00:00Z",
            "2026-11-24T16:00:00Z",
        ),
        (
            json!({ "dayOfWeek": "1" }),
            "2026-11-24T15:00:00Z",
            "2026-11-30T00:00:00Z",
        ),
        (
            json!({ "dayOfMonth": "1", "month": "1", "hour": "12" }),
            "2026-11-24T15:00:00Z",
            "2027-01-01T12:00:00Z",
        ),
        (
            json!({ "dayOfMonth": "29", "month": "2" }),
            "2026-11-24T15:00:00Z",
            "2028-02-29T00:00:00Z",
        ),
    ] {
        let found = Schedule::read(&schedule).unwrap().next_after(at(after));
        assert_eq!(found, Some(at(next)), "{schedule}");
    }
    for (schedule, code) in [
        (json!({}), "schedule-empty"),
        (json!("0"), "schedule-malformed"),
        (json!({ "second": 0 }), "schedule-malformed"),
        (json!({ "second": "60" }), "schedule-malformed"),
        (json!({ "second": "[5-1]" }), "schedule-malformed"),
        (json!({ "second": "" }), "schedule-malformed"),
        (json!({ "second": "0/0" }), "schedule-malformed"),
        (json!({ "dayOfWeek": "0" }), "schedule-malformed"),
        (json!({ "year": "2026" }), "schedule-member-unknown"),
        (
            json!({ "dayOfMonth": "31", "month": "2" }),
            "schedule-never",
        ),
    ] {
        let slips = Schedule::read(&schedule).unwrap_err();
        assert_eq!(slips[0].code, code, "{schedule}");
    }
}

#[test]
fn an_answer_keeps_events_and_names_a_context_for_all_that_agree() {
    let outgoing = |text: &str, context: Value| Outgoing {
        text: text.to_owned(),
        context,
        added: vec![
            ("recordTime", "2026-11-24T15:00:00Z".to_owned()),
            ("eventID", "urn:x:1".to_owned()),
        ],
    };
    let events = [
        outgoing(
            "{ \"ex:a\": 1.0, \"eventID\": \"urn:x:own\" }",
            json!([{ "ex": "https://a.example/" }]),
        ),
        outgoing("{}", json!({ "ey": "https://b.example/" })),
        outgoing("{\"ex:a\":2}", json!({ "ex": "https://c.example/" })),
    ];
    let heading = Heading {
        query: "SimpleEventQuery",
        subscription: Some("s\"1"),
        created: "2026-11-24T15:00:00Z",
    };
    let text = answer::document(&heading, &events);
    assert!(answer::is_json(&text), "{text}");
    assert!(text.contains("\"ex:a\": 1.0"), "{text}");
    let value: Value = serde_json::from_str(&text).unwrap();
    let list = &value["epcisBody"]["queryResults"]["resultsBody"]["eventList"];
    assert_eq!(
        value["@context"][1],
        json!({ "ex": "https://a.example/", "ey": "https://b.example/" })
    );
    assert_eq!(list[0]["eventID"], "urn:x:own");
    assert_eq!(list[1]["eventID"], "urn:x:1");
    assert_eq!(list[2]["@context"], json!({ "ex": "https://c.example/" }));
    assert_eq!(value["epcisBody"]["queryResults"]["subscriptionID"], "s\"1");
    assert_eq!(
        document(text.as_bytes())
            .unwrap()
            .problems
            .iter()
            .filter(|p| p.severity == Severity::Error && p.event.is_none())
            .count(),
        0
    );
    assert!(!Merged::default().take(&json!("https://else.example/context.jsonld")));
}

#[test]
fn equal_values_have_one_text() {
    assert_eq!(
        canonical(&json!({ "b": [1, { "d": 1, "c": "é" }], "a": null })),
        canonical(&json!({ "a": null, "b": [1, { "c": "é", "d": 1 }] }))
    );
    assert_ne!(canonical(&json!({ "a": 1 })), canonical(&json!({ "a": 2 })));
}

#[test]
fn what_is_given_twice_is_told_with_its_place_and_kept_once() {
    let text = good()
        .to_string()
        .replace("\"ex:lane\":6", "\"ex:lane\":6,\n\"ex:\\u006cane\":7");
    let read = document(text.as_bytes()).unwrap();
    let told = &read.problems[0];
    assert_eq!(
        (told.code, told.severity, told.pointer.as_str(), told.event),
        (
            "json-member-twice",
            Severity::Warning,
            "/epcisBody/eventList/0/ex:lane",
            Some(0)
        )
    );
    assert_eq!(told.place.as_ref().unwrap().line, 2);
    assert_eq!(read.events[0].text.matches("ex:lane").count(), 1);
    assert!(read.events[0].text.contains("\"ex:lane\":7"));
    let faults = document(&changed(
        "/epcisBody/eventList/0/epcList",
        json!(["urn:a:b", "urn:a:b"]),
    ))
    .unwrap();
    assert_eq!(faults.problems[0].code, "item-twice");
    assert_eq!(
        faults.problems[0].pointer,
        "/epcisBody/eventList/0/epcList/1"
    );
    assert_eq!(faults.problems[0].event, Some(0));
}
