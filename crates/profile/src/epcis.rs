//! Records told as EPCIS events: which record types are, and with which words of the standard's vocabulary. All of it is the profile's.

use serde_json::{Map, Value, json};

use crate::case::CaseRef;
use crate::pointer::Path;

/// Types of event that a record may be told as.
pub const EVENT_TYPES: &[&str] = &["ObjectEvent", "AggregationEvent", "TransactionEvent"];
/// What an event says of its objects.
pub const ACTIONS: &[&str] = &["OBSERVE", "ADD", "DELETE"];
/// Business steps of CBV 2.0 §7.1.
pub const BIZ_STEPS: &[&str] = &[
    "accepting",
    "arriving",
    "assembling",
    "collecting",
    "commissioning",
    "consigning",
    "creating_class_instance",
    "cycle_counting",
    "decommissioning",
    "departing",
    "destroying",
    "disassembling",
    "dispensing",
    "encoding",
    "entering_exiting",
    "holding",
    "inspecting",
    "installing",
    "killing",
    "loading",
    "other",
    "packing",
    "picking",
    "receiving",
    "removing",
    "repackaging",
    "repairing",
    "replacing",
    "reserving",
    "retail_selling",
    "sampling",
    "sensor_reporting",
    "shipping",
    "staging_outbound",
    "stock_taking",
    "stocking",
    "storing",
    "transporting",
    "unloading",
    "unpacking",
    "void_shipping",
];
/// Dispositions of CBV 2.0 §7.2.
pub const DISPOSITIONS: &[&str] = &[
    "active",
    "available",
    "completeness_inferred",
    "completeness_verified",
    "conformant",
    "container_closed",
    "container_open",
    "damaged",
    "destroyed",
    "dispensed",
    "disposed",
    "encoded",
    "expired",
    "in_progress",
    "in_transit",
    "inactive",
    "mismatch_class",
    "mismatch_instance",
    "mismatch_quantity",
    "needs_replacement",
    "no_pedigree_match",
    "non_conformant",
    "non_sellable_other",
    "partially_dispensed",
    "recalled",
    "reserved",
    "retail_sold",
    "returned",
    "sellable_accessible",
    "sellable_not_accessible",
    "stolen",
    "unavailable",
    "unknown",
];
/// Kinds of business transaction of CBV 2.0 §7.3.
pub const TRANSACTION_TYPES: &[&str] = &[
    "bol",
    "cert",
    "desadv",
    "inv",
    "pedigree",
    "po",
    "poc",
    "prodorder",
    "recadv",
    "rma",
    "testprd",
    "testres",
    "upevt",
];

/// Before a case's kind and key, in the URI that names the case as an object.
pub const CASE_URI: &str = "https://w3id.org/garita/case/";
/// Prefix of our own members of such an event, and what it means.
pub const PREFIX: (&str, &str) = ("garita", "https://w3id.org/garita/record#");

/// One line of a profile's `epcis`: records of these types are told so. Of several lines that fit a record the first counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EpcisLine {
    /// Record types.
    pub on: Vec<String>,
    /// One of [`EVENT_TYPES`].
    pub event_type: String,
    /// One of [`ACTIONS`].
    pub action: String,
    /// Business step.
    pub step: Option<String>,
    /// Disposition.
    pub disposition: Option<String>,
    /// Only records in which each path finds one of these texts.
    pub only: Vec<(Path, Vec<String>)>,
    /// Kinds of case that stand as objects; empty: all that the record is about.
    pub objects: Vec<String>,
    /// Of an aggregation, the kind of case that holds the others.
    pub parent: Option<String>,
    /// Of an aggregation, what is held: kind of case and where its keys stand.
    pub children: Option<(String, Vec<Path>)>,
    /// Where it was read.
    pub read_point: Option<Numbered>,
    /// Where its objects are after it.
    pub biz_location: Option<Numbered>,
    /// Documents: kind of transaction, and its number.
    pub transactions: Vec<(String, Numbered)>,
}

/// A number that the standard wants as a URI: a beginning, and the value behind it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Numbered {
    /// The beginning.
    pub uri: String,
    /// Where the value stands: the first path that finds something. Without paths the beginning is the whole.
    pub at: Vec<Path>,
}

/// What of a record an event is made from, beside its document.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The record's id: a URI, which becomes the event's name.
    pub id: &'a str,
    /// Its type.
    pub record_type: &'a str,
    /// Who issued it.
    pub issuer: &'a str,
    /// When it happened, date and time in UTC.
    pub occurred: &'a str,
    /// The cases it is about.
    pub about: &'a [CaseRef],
    /// The document as held: a view tells less.
    pub document: &'a Value,
}

/// The event that a record is, by the first line that fits; none where no line does, or nothing it is about is told.
pub fn event(lines: &[EpcisLine], told: &Told<'_>) -> Option<Value> {
    let line = lines.iter().find(|line| {
        line.on.iter().any(|on| on == told.record_type)
            && line.only.iter().all(|(path, wanted)| {
                path.first_text(told.document)
                    .is_some_and(|found| wanted.contains(&found))
            })
    })?;
    let mut event = Map::new();
    event.insert("eventID".to_owned(), json!(told.id));
    event.insert("type".to_owned(), json!(line.event_type));
    event.insert("eventTime".to_owned(), json!(told.occurred));
    event.insert("eventTimeZoneOffset".to_owned(), json!("+00:00"));
    event.insert("action".to_owned(), json!(line.action));
    let objects = || -> Vec<String> {
        told.about
            .iter()
            .filter(|case| line.objects.is_empty() || line.objects.contains(&case.kind))
            .map(|case| case_uri(&case.kind, &case.key))
            .collect()
    };
    if line.event_type == "AggregationEvent" {
        let parent = line.parent.as_ref()?;
        let parent = told.about.iter().find(|case| case.kind == *parent)?;
        let (kind, paths) = line.children.as_ref()?;
        let children: Vec<String> = paths
            .iter()
            .flat_map(|path| path.texts(told.document))
            .map(|key| case_uri(kind, &key))
            .collect();
        if children.is_empty() {
            return None;
        }
        event.insert(
            "parentID".to_owned(),
            json!(case_uri(&parent.kind, &parent.key)),
        );
        event.insert("childEPCs".to_owned(), json!(children));
    } else {
        let objects = objects();
        if objects.is_empty() {
            return None;
        }
        event.insert("epcList".to_owned(), json!(objects));
    }
    let transactions: Vec<Value> = line
        .transactions
        .iter()
        .flat_map(|(kind, number)| {
            number
                .uris(told.document)
                .into_iter()
                .map(move |uri| json!({ "type": kind, "bizTransaction": uri }))
        })
        .collect();
    if line.event_type == "TransactionEvent" && transactions.is_empty() {
        return None;
    }
    for (name, word) in [("bizStep", &line.step), ("disposition", &line.disposition)] {
        if let Some(word) = word {
            event.insert(name.to_owned(), json!(word));
        }
    }
    for (name, place) in [
        ("readPoint", &line.read_point),
        ("bizLocation", &line.biz_location),
    ] {
        if let Some(uri) = place
            .as_ref()
            .and_then(|place| place.uris(told.document).into_iter().next())
        {
            event.insert(name.to_owned(), json!({ "id": uri }));
        }
    }
    if !transactions.is_empty() {
        event.insert("bizTransactionList".to_owned(), json!(transactions));
    }
    event.insert(format!("{}:recordType", PREFIX.0), json!(told.record_type));
    event.insert(format!("{}:issuer", PREFIX.0), json!(told.issuer));
    Some(Value::Object(event))
}

impl Numbered {
    /// The URIs of all values that the first path with a value finds.
    fn uris(&self, document: &Value) -> Vec<String> {
        if self.at.is_empty() {
            return vec![self.uri.clone()];
        }
        self.at
            .iter()
            .map(|path| path.texts(document))
            .find(|found| !found.is_empty())
            .unwrap_or_default()
            .iter()
            .map(|value| format!("{}{}", self.uri, encoded(value)))
            .collect()
    }
}

/// The URI of a case.
pub fn case_uri(kind: &str, key: &str) -> String {
    format!("{CASE_URI}{kind}/{}", encoded(key))
}

/// As it may stand in a URI's path (RFC 3986 §3.3).
fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b':') {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Path {
        Path::parse(text).unwrap()
    }

    fn told<'a>(about: &'a [CaseRef], document: &'a Value) -> Told<'a> {
        Told {
            id: "ni:///sha-256;AAAA",
            record_type: "Seen",
            issuer: "did:web:a.example",
            occurred: "2026-11-24T15:00:00.000Z",
            about,
            document,
        }
    }

    #[test]
    fn the_first_line_that_fits_makes_the_event() {
        let number = |uri: &str, at: &str| Numbered {
            uri: uri.to_owned(),
            at: vec![path("/credentialSubject/none"), path(at)],
        };
        let line = EpcisLine {
            on: vec!["Seen".to_owned()],
            event_type: "ObjectEvent".to_owned(),
            action: "OBSERVE".to_owned(),
            step: Some("inspecting".to_owned()),
            disposition: Some("conformant".to_owned()),
            only: vec![(path("/credentialSubject/result"), vec!["good".to_owned()])],
            read_point: Some(number("https://a.example/p/", "/credentialSubject/place")),
            transactions: vec![(
                "bol".to_owned(),
                number("urn:a:", "/credentialSubject/bills/*"),
            )],
            ..EpcisLine::default()
        };
        let other = EpcisLine {
            only: Vec::new(),
            disposition: Some("non_conformant".to_owned()),
            objects: vec!["item".to_owned()],
            ..line.clone()
        };
        let lines = [line, other];
        let about = [
            CaseRef {
                kind: "load".to_owned(),
                key: "A:1 2".to_owned(),
            },
            CaseRef {
                kind: "item".to_owned(),
                key: "X".to_owned(),
            },
        ];
        let document = json!({ "credentialSubject": { "result": "good", "place": "6/a", "bills": ["1", "2"] } });
        let made = event(&lines, &told(&about, &document)).unwrap();
        assert_eq!(made["disposition"], "conformant");
        assert_eq!(
            made["epcList"][0],
            "https://w3id.org/garita/case/load/A:1%202"
        );
        assert_eq!(made["readPoint"]["id"], "https://a.example/p/6%2Fa");
        assert_eq!(made["bizTransactionList"][1]["bizTransaction"], "urn:a:2");
        let document = json!({ "credentialSubject": { "result": "bad" } });
        let made = event(&lines, &told(&about, &document)).unwrap();
        assert_eq!(made["disposition"], "non_conformant");
        assert_eq!(
            made["epcList"],
            json!(["https://w3id.org/garita/case/item/X"])
        );
        assert!(made.get("readPoint").is_none() && made.get("bizTransactionList").is_none());
        assert!(event(&lines, &told(&[], &document)).is_none());
        assert!(event(&lines[..1], &told(&about, &document)).is_none());
    }

    #[test]
    fn an_aggregation_names_its_parent_and_children() {
        let line = EpcisLine {
            on: vec!["Seen".to_owned()],
            event_type: "AggregationEvent".to_owned(),
            action: "ADD".to_owned(),
            parent: Some("load".to_owned()),
            children: Some((
                "item".to_owned(),
                vec![path("/credentialSubject/items/*/n")],
            )),
            ..EpcisLine::default()
        };
        let about = [CaseRef {
            kind: "load".to_owned(),
            key: "A".to_owned(),
        }];
        let document = json!({ "credentialSubject": { "items": [{ "n": "1" }, { "n": 2 }] } });
        let made = event(std::slice::from_ref(&line), &told(&about, &document)).unwrap();
        assert_eq!(made["parentID"], "https://w3id.org/garita/case/load/A");
        assert_eq!(made["childEPCs"][1], "https://w3id.org/garita/case/item/2");
        assert!(event(&[line], &told(&about, &json!({}))).is_none());
    }
}
