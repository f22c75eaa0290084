use std::path::PathBuf;

use serde_json::{Value, json};

use super::*;
use crate::draft::{Fault, Severity};
use crate::elements::untold;
use crate::kinds::DocumentKind;
use crate::out::CaseRecord;
use crate::{DraftRecord, projects, recognise};

const PROJECT: &str = r#"{
  "version": "0.9",
  "uri": "https://a.example/package.json",
  "publishedDate": "2026-03-12T12:00:00Z",
  "publisher": {"name": "Publisher"},
  "projects": [
    {
      "id": "us-tx-a",
      "title": "Bridge A",
      "status": "implementation",
      "type": "expansion",
      "sector": ["transport", "transport.road"],
      "period": {"startDate": "2024-01-01T00:00:00Z", "endDate": "2027-12-31T00:00:00Z"},
      "completion": {"endDate": "2026-02-01T00:00:00Z", "endDateDetails": "Portals came late", "finalValue": {"amount": 12.50, "currency": "USD"}},
      "budget": {"amount": {"amount": 83000000, "currency": "MXN"}, "approvalDate": "2024-05-01T00:00:00Z"},
      "publicAuthority": {"name": "GSA", "id": "1"},
      "parties": [
        {"name": "GSA", "id": "1", "roles": ["publicAuthority", "funder", "buyer"], "address": {"countryName": "United States"}},
        {"name": "Builder", "id": "2", "roles": ["supplier"]}
      ],
      "locations": [{"id": "1", "description": "Laredo", "address": {"countryName": "USA"}}, {"id": "2", "address": {"countryName": "México"}}],
      "milestones": [
        {"id": "1", "title": "Opening", "code": "completion", "type": "delivery", "dueDate": "2027-12-31T00:00:00Z", "status": "scheduled"},
        {"id": "start", "title": "Ground broken", "code": "commencement", "dateMet": "2025-01-10T00:00:00Z", "status": "met"},
        {"id": "3", "title": "Payment", "type": "payment", "dueDate": "2026-01-01T00:00:00Z"}
      ],
      "metrics": [{"id": "physicalProgress", "observations": [{"id": "1", "measure": "50", "unit": {"name": "percent"}, "period": {"endDate": "2026-01-07T00:00:00Z"}}]}],
      "forecasts": [{"id": "physicalProgress", "observations": [{"id": "1", "measure": 75.5, "unit": {"id": "P1"}, "period": {"endDate": "2026-06-07T00:00:00Z"}}]}]
    }
  ]
}
"#;

fn read_it(bytes: &[u8]) -> Result<Draft, ReadError> {
    read(bytes, &Reading::default())
}

fn schema(record_type: &str) -> jsonschema::Validator {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../profiles/infrastructure/schemas"
    );
    let path = PathBuf::from(folder).join(format!("{record_type}.json"));
    let schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
}

fn fit(records: &[DraftRecord]) {
    for record in records.iter().filter(|record| record.missing.is_empty()) {
        let errors: Vec<String> = schema(&record.record_type)
            .iter_errors(&record.subject)
            .map(|error| format!("{} {error}", error.instance_path()))
            .collect();
        assert!(
            errors.is_empty(),
            "{}: {errors:?}\n{:#}",
            record.record_type,
            record.subject
        );
        for pointer in record.sources.pointers() {
            assert!(record.subject.pointer(pointer).is_some(), "{pointer}");
        }
        assert_eq!(record.standing, Some("compiled"));
    }
}

/// A file of the standard's samples, or `None` with a word that the test is skipped.
fn sample(name: &str) -> Option<Vec<u8>> {
    let beside = ["../../../shared", "../../../../shared"].map(|shared| {
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join(shared)
            .join("samples/oc4ids")
            .join(name)
    });
    let found = beside.iter().find_map(|path| std::fs::read(path).ok());
    if found.is_none() {
        println!("skipped: {} is not there", beside[0].display());
    }
    found
}

/// What the standard's schemas say against a package; `None` where they are not there.
fn against_the_standard(package: &Value) -> Option<Vec<String>> {
    let parse = |bytes: Vec<u8>| serde_json::from_slice::<Value>(&bytes).unwrap();
    let (outer, inner) = (
        parse(sample("project-package-schema.json")?),
        parse(sample("project-schema.json")?),
    );
    let uri =
        "https://standard.open-contracting.org/infrastructure/schema/0__9__5/project-schema.json";
    let registry = jsonschema::Registry::new()
        .add(uri, inner)
        .unwrap()
        .prepare()
        .unwrap();
    let validator = jsonschema::options()
        .with_draft(jsonschema::Draft::Draft4)
        .with_registry(&registry)
        .should_validate_formats(true)
        .build(&outer)
        .unwrap();
    let told = validator
        .iter_errors(package)
        .map(|error| format!("{} {error}", error.instance_path()));
    Some(told.collect())
}

fn case(records: &[DraftRecord]) -> Vec<CaseRecord<'_>> {
    records
        .iter()
        .map(|record| CaseRecord {
            record_type: &record.record_type,
            subject: &record.subject,
            occurred: None,
        })
        .collect()
}

/// In, and out again.
fn again(bytes: &[u8]) -> Value {
    let draft = read_it(bytes).unwrap();
    let mut ids: Vec<&str> = Vec::new();
    for record in &draft.records {
        let id = record.subject["project"].as_str().unwrap();
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let out: Vec<ProjectOut> = ids
        .iter()
        .map(|id| {
            let own: Vec<DraftRecord> = draft
                .records
                .iter()
                .filter(|r| r.subject["project"] == *id)
                .cloned()
                .collect();
            project_out(id, &case(&own))
        })
        .collect();
    serde_json::from_str(&package(&read_head(bytes).unwrap(), &out)).unwrap()
}

#[test]
fn a_package_becomes_statements() {
    assert_eq!(recognise(PROJECT.as_bytes()), Some(DocumentKind::Oc4ids));
    let draft = read_it(PROJECT.as_bytes()).unwrap();
    let codes: Vec<&str> = draft.faults.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["title-in-one-language", "milestone-kind-untold"]);
    assert!(draft.is_complete());
    fit(&draft.records);
    assert_eq!(untold(&draft), Vec::<String>::new());
    let told: Vec<(&str, Value)> = draft
        .records
        .iter()
        .skip(1)
        .map(|record| {
            let mut subject = record.subject.clone();
            for (name, value) in [("project", "us-tx-a"), ("statedOn", "2026-03-12")] {
                if subject[name] == value {
                    subject.as_object_mut().unwrap().remove(name);
                }
            }
            assert_eq!(
                subject["sources"],
                json!(["https://a.example/package.json"])
            );
            subject.as_object_mut().unwrap().remove("sources");
            (record.record_type.as_str(), subject)
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                "ProjectStated",
                json!({
                    "nameEn": "Bridge A", "nameEs": "Bridge A", "side": "binational", "port": "Laredo", "phase": "implementation",
                    "projectClass": "road", "projectType": "expansion", "budgetAmount": "83000000", "budgetCurrency": "MXN",
                    "budgetYear": 2024, "currentTarget": "2027-12-31", "actualCompletion": "2026-02-01", "sponsors": ["GSA"],
                })
            ),
            (
                "DateStated",
                json!({"dateKind": "target", "date": "2027-12-31"})
            ),
            (
                "DateStated",
                json!({"dateKind": "actual", "date": "2026-02-01", "reasonText": "Portals came late"})
            ),
            (
                "MilestonePlanned",
                json!({"milestone": "milestone-1", "nameEn": "Opening", "nameEs": "Opening", "milestoneKind": "completion"})
            ),
            (
                "DateStated",
                json!({"milestone": "milestone-1", "dateKind": "target", "date": "2027-12-31"})
            ),
            (
                "MilestonePlanned",
                json!({"milestone": "start", "nameEn": "Ground broken", "nameEs": "Ground broken", "milestoneKind": "construction-start"})
            ),
            (
                "DateStated",
                json!({"milestone": "start", "dateKind": "actual", "date": "2025-01-10"})
            ),
            (
                "CostStated",
                json!({"amount": "83000000", "currency": "MXN", "costKind": "appropriation"})
            ),
            (
                "CostStated",
                json!({"amount": "12.5", "currency": "USD", "costKind": "final"})
            ),
            (
                "ProgressStated",
                json!({"progressMeasure": "physical", "percent": 50, "statedOn": "2026-01-07"})
            ),
            (
                "ProgressStated",
                json!({"progressMeasure": "physical", "percent": 75.5, "planned": true, "statedOn": "2026-06-07"})
            ),
            (
                "PartyNamed",
                json!({"partyName": "GSA", "partyRole": "sponsor", "partySide": "us"})
            ),
            (
                "PartyNamed",
                json!({"partyName": "GSA", "partyRole": "funder", "partySide": "us"})
            ),
            (
                "PartyNamed",
                json!({"partyName": "Builder", "partyRole": "contractor"})
            ),
        ]
    );
    let occurred: Vec<&str> = draft
        .records
        .iter()
        .map(|r| r.occurred.as_ref().unwrap().at.as_str())
        .collect();
    assert_eq!(
        (occurred[0], occurred[10], occurred[11]),
        (
            "2026-03-12T12:00:00Z",
            "2026-01-07T12:00:00Z",
            "2026-03-12T12:00:00Z"
        )
    );
    // Numbers stay as they were written.
    let document = draft.records[0].subject["documentText"].as_str().unwrap();
    assert!(
        document.starts_with("{\"budget\":") && document.contains("\"amount\":12.50"),
        "{document}"
    );
    let place = draft.records[2].sources.get("/date").unwrap();
    assert_eq!(
        (place.line, place.path.as_str()),
        (13, "/projects/0/period/endDate")
    );
}

#[test]
fn a_project_alone_and_a_project_of_ours() {
    let whole: Value = serde_json::from_str(PROJECT).unwrap();
    let mut alone = whole["projects"][0].clone();
    alone["updated"] = json!("2026-03-10T00:00:00Z");
    let draft = read_it(alone.to_string().as_bytes()).unwrap();
    assert_eq!(
        recognise(alone.to_string().as_bytes()),
        Some(DocumentKind::Oc4ids)
    );
    assert_eq!(draft.records[1].subject["statedOn"], "2026-03-10");
    // Nothing says where it is published.
    assert!(
        draft
            .records
            .iter()
            .all(|record| record.missing.iter().any(|gap| gap.pointer == "/sources"))
    );
    assert!(!draft.is_complete());
    assert_eq!(untold(&draft), Vec::<String>::new());
    let text = PROJECT.replace("\"id\": \"us-tx-a\"", "\"id\": \"oc4ids-abc123-us-tx-a\"");
    let reading = Reading {
        own_prefix: Some("oc4ids-abc123".to_owned()),
    };
    let project = |reading: &Reading| {
        read(text.as_bytes(), reading).unwrap().records[0].subject["project"].clone()
    };
    assert_eq!(project(&reading), "us-tx-a");
    assert_eq!(project(&Reading::default()), "oc4ids-abc123-us-tx-a");
}

fn told(bytes: &[u8]) -> Vec<(&'static str, u32, String)> {
    let both = |en: &str, es: &str| assert!(!en.is_empty() && !es.is_empty() && en != es, "{en}");
    match read_it(bytes) {
        Ok(draft) => {
            for record in &draft.records {
                record.missing.iter().for_each(|gap| both(&gap.en, &gap.es));
            }
            fit(&draft.records);
            assert_eq!(untold(&draft), Vec::<String>::new());
            let of = |fault: &Fault| {
                both(&fault.en, &fault.es);
                let place = fault.place.clone().unwrap();
                (fault.code, place.line, place.path)
            };
            let missing = draft.records.iter().flat_map(|record| &record.missing);
            let missing = missing.map(|gap| ("missing", 0, gap.pointer.clone()));
            draft.faults.iter().map(of).chain(missing).collect()
        }
        Err(error) => {
            both(&error.en, &error.es);
            let place = error.place.clone();
            vec![(
                error.code(),
                place.as_ref().map_or(0, |place| place.line),
                place.map_or(String::new(), |place| place.path),
            )]
        }
    }
}

#[test]
fn broken_packages_are_told_by_place() {
    let long = format!("\"title\": \"{}\"", "x".repeat(201));
    let large = format!(
        "\"title\": \"Bridge A\", \"description\": \"{}\"",
        "x".repeat(60_000)
    );
    let large = [0, 1, 2, 3].iter().fold(large, |text, n| {
        format!("{text}, \"more{n}\": \"{}\"", "x".repeat(60_000))
    });
    let table: &[(&str, &str, &str, u32, &str)] = &[
        (
            "\"version\": \"0.9\"",
            "\"version\": \"0.8\"",
            "version-other",
            2,
            "/version",
        ),
        ("\"version\": \"0.9\",", "", "member-missing", 1, ""),
        (
            "\"uri\": \"https://a.example/package.json\",",
            "",
            "member-missing",
            1,
            "",
        ),
        (
            "\"publisher\": {\"name\": \"Publisher\"},",
            "",
            "member-missing",
            1,
            "",
        ),
        (
            "\"publishedDate\": \"2026-03-12T12:00:00Z\",",
            "",
            "member-missing",
            1,
            "",
        ),
        (
            "\"publishedDate\": \"2026-03-12T12:00:00Z\",",
            "",
            "missing",
            0,
            "/statedOn",
        ),
        (
            "2026-03-12T12:00:00Z",
            "March 2026",
            "date-form",
            4,
            "/publishedDate",
        ),
        (
            "2026-03-12T12:00:00Z",
            "2026-02-30T12:00:00Z",
            "date-form",
            4,
            "/publishedDate",
        ),
        ("\"projects\": [", "\"works\": [", "oc4ids-form", 1, ""),
        (
            "\"id\": \"us-tx-a\",",
            "",
            "member-missing",
            7,
            "/projects/0",
        ),
        ("\"id\": \"us-tx-a\",", "", "missing", 0, "/project"),
        (
            "\"id\": \"us-tx-a\"",
            "\"id\": \"US TX\"",
            "project-id-form",
            8,
            "/projects/0/id",
        ),
        (
            "\"id\": \"us-tx-a\"",
            "\"id\": {}",
            "member-form",
            8,
            "/projects/0/id",
        ),
        (
            "  ]\n}",
            "  , {\"id\": \"US-TX-A\"}]\n}",
            "project-repeated",
            30,
            "/projects/1/id",
        ),
        ("  ]\n}", "  , 7]\n}", "member-form", 30, "/projects/1"),
        ("\"title\": \"Bridge A\",", "", "missing", 0, "/nameEs"),
        (
            "\"title\": \"Bridge A\"",
            "\"title\": 7",
            "member-form",
            9,
            "/projects/0/title",
        ),
        (
            "\"title\": \"Bridge A\"",
            &long,
            "text-too-long",
            9,
            "/projects/0/title",
        ),
        (
            "\"title\": \"Bridge A\"",
            &large,
            "document-not-kept",
            7,
            "/projects/0",
        ),
        (
            "\"status\": \"implementation\"",
            "\"status\": \"building\"",
            "status-unknown",
            10,
            "/projects/0/status",
        ),
        (
            "\"status\": \"implementation\",",
            "",
            "missing",
            0,
            "/phase",
        ),
        (
            "\"sector\": [\"transport\", \"transport.road\"],",
            "",
            "missing",
            0,
            "/projectClass",
        ),
        (
            "\"transport.road\"]",
            "\"transport.road\", \"transport.rail\"]",
            "missing",
            0,
            "/projectClass",
        ),
        (
            "\"transport.road\"]",
            "\"transport.air\"]",
            "sector-unclassed",
            12,
            "/projects/0/sector",
        ),
        (
            "2027-12-31T00:00:00Z\"}",
            "2027-12-32T00:00:00Z\"}",
            "date-form",
            13,
            "/projects/0/period/endDate",
        ),
        (
            "2027-12-31T00:00:00Z\"}",
            "3027-12-31T00:00:00Z\"}",
            "date-form",
            13,
            "/projects/0/period/endDate",
        ),
        (
            "2027-12-31T00:00:00Z\"}",
            "2026-02-01T00:00:00Z\"}",
            "target-overwritten",
            13,
            "/projects/0/period/endDate",
        ),
        (
            "2026-02-01T00:00:00Z",
            "2026-04-01T00:00:00Z",
            "actual-after-statement",
            14,
            "/projects/0/completion/endDate",
        ),
        (
            "12.50, \"currency\": \"USD\"",
            "12.505, \"currency\": \"USD\"",
            "amount-form",
            14,
            "/finalValue/amount",
        ),
        (
            "12.50, \"currency\": \"USD\"",
            "-1, \"currency\": \"USD\"",
            "amount-form",
            14,
            "/finalValue/amount",
        ),
        (
            "12.50, \"currency\": \"USD\"",
            "0, \"currency\": \"USD\"",
            "amount-form",
            14,
            "/finalValue/amount",
        ),
        (
            "12.50, \"currency\": \"USD\"",
            "\"12.50\", \"currency\": \"USD\"",
            "amount-form",
            14,
            "/finalValue/amount",
        ),
        (
            "83000000",
            "8.3e7",
            "amount-form",
            15,
            "/budget/amount/amount",
        ),
        (
            "83000000",
            "1234567890123456",
            "amount-form",
            15,
            "/budget/amount/amount",
        ),
        (
            "\"MXN\"",
            "\"GBP\"",
            "currency-not-held",
            15,
            "/budget/amount/currency",
        ),
        (
            "2024-05-01T00:00:00Z",
            "2024",
            "date-form",
            15,
            "/budget/approvalDate",
        ),
        (
            "\"countryName\": \"USA\"}}, {\"id\": \"2\", \"address\": {\"countryName\": \"México\"}}]",
            "\"countryName\": \"Atlantis\"}}]",
            "missing",
            0,
            "/side",
        ),
        ("\"description\": \"Laredo\", ", "", "missing", 0, "/port"),
        (
            "\"id\": \"1\", \"title\": \"Opening\"",
            "\"id\": \"One thing\", \"title\": \"Opening\"",
            "milestone-id-form",
            23,
            "/milestones/0/id",
        ),
        (
            "\"id\": \"1\", \"title\": \"Opening\"",
            "\"title\": \"Opening\"",
            "member-missing",
            23,
            "/milestones/0",
        ),
        ("\"title\": \"Opening\", ", "", "missing", 0, "/nameEn"),
        (
            "2025-01-10T00:00:00Z",
            "10/01/2025",
            "date-form",
            24,
            "/milestones/1/dateMet",
        ),
        (
            "\"measure\": \"50\"",
            "\"measure\": \"150\"",
            "percent-form",
            27,
            "/measure",
        ),
        (
            "\"measure\": \"50\"",
            "\"measure\": \"half\"",
            "percent-form",
            27,
            "/measure",
        ),
        (
            "{\"name\": \"percent\"}",
            "{\"name\": \"km\"}",
            "percent-form",
            27,
            "/measure",
        ),
        (
            ", \"period\": {\"endDate\": \"2026-01-07T00:00:00Z\"}",
            "",
            "observation-undated",
            27,
            "/measure",
        ),
        ("\"Builder\"", "[]", "member-form", 19, "/parties/1/name"),
        (
            "\"title\": \"Bridge A\",",
            "\"title\": \"Bridge A\", \"title\": \"B\",",
            "json-key-repeated",
            9,
            "/projects/0",
        ),
        (
            "\"id\": \"us-tx-a\"",
            "\"id\": us-tx-a",
            "json-malformed",
            8,
            "/projects/0",
        ),
        ("  ]\n}\n", "  ]\n", "json-truncated", 31, ""),
    ];
    assert!(table.len() >= 30);
    let mut wrong = Vec::new();
    for (find, put, code, line, path) in table {
        assert!(PROJECT.contains(find), "{find}");
        let found = told(PROJECT.replacen(find, put, 1).as_bytes());
        let is_it = |(told, at, place): &(&str, u32, String)| {
            told == code && at == line && place.contains(path)
        };
        if !found.iter().any(is_it) {
            wrong.push(format!("{code} at {line}: {found:?}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    // A budget that can't be read is told once, not once for each record that it would be of.
    let count = |text: &str| {
        told(text.as_bytes())
            .iter()
            .filter(|(code, ..)| *code == "amount-form")
            .count()
    };
    assert_eq!(count(&PROJECT.replace("83000000", "-1")), 1);
    let many = format!("{{\"projects\": [{}{{}}]}}", "{},".repeat(PROJECTS_MAX));
    assert_eq!(told(many.as_bytes())[0].0, "oc4ids-too-many-projects");
    let deep = format!("{{\"projects\": {}", "[".repeat(1_000_000));
    assert_eq!(told(deep.as_bytes())[0].0, "json-too-deep");
}

#[test]
fn the_standards_own_example_goes_out_as_it_came() {
    let Some(bytes) = sample("example.json") else {
        return;
    };
    assert_eq!(recognise(&bytes), Some(DocumentKind::Oc4ids));
    let draft = read_it(&bytes).unwrap();
    fit(&draft.records);
    assert_eq!(untold(&draft), Vec::<String>::new());
    let codes: Vec<(&str, Severity)> = draft
        .faults
        .iter()
        .map(|fault| (fault.code, fault.severity))
        .collect();
    assert!(
        codes
            .iter()
            .all(|(_, severity)| *severity == Severity::Note),
        "{codes:?}"
    );
    // An end that equals the completion is no promise any more.
    assert!(codes.iter().any(|(code, _)| *code == "target-overwritten"));
    let of = |record_type: &str| {
        draft
            .records
            .iter()
            .filter(|r| r.record_type == record_type)
            .count()
    };
    assert_eq!(of("ProgressStated"), 6);
    let sample: Value = serde_json::from_slice(&bytes).unwrap();
    let out = again(&bytes);
    assert_eq!(out, sample);
    if let Some(errors) = against_the_standard(&out) {
        assert_eq!(errors, Vec::<String>::new());
    }
    assert_eq!(
        again(PROJECT.as_bytes()),
        serde_json::from_str::<Value>(PROJECT).unwrap()
    );
}

#[test]
fn what_is_stated_later_is_said_over_the_document() {
    let draft = read_it(PROJECT.as_bytes()).unwrap();
    let mut records = draft.records.clone();
    let later = |record_type: &str, subject: Value| {
        let mut record = draft.records[0].clone();
        record.record_type = record_type.to_owned();
        let mut subject = subject;
        subject["project"] = json!("us-tx-a");
        subject["statedOn"] = json!("2026-05-01");
        subject["sources"] = json!(["https://b.example"]);
        record.subject = subject;
        record
    };
    records.push(later(
        "DateStated",
        json!({"dateKind": "target", "date": "2028-Q1", "reasonCode": "staffing"}),
    ));
    records.push(later(
        "DateStated",
        json!({"dateKind": "actual", "date": "2026-04-30", "milestone": "milestone-1"}),
    ));
    records.push(later("PhaseStated", json!({"phase": "halted"})));
    records.push(later(
        "PartyNamed",
        json!({"partyName": "Builder", "partyRole": "operator"}),
    ));
    records.push(later(
        "ProgressStated",
        json!({"progressMeasure": "physical", "percent": 60}),
    ));
    let head = read_head(PROJECT.as_bytes()).unwrap();
    let out: Value =
        serde_json::from_str(&package(&head, &[project_out("us-tx-a", &case(&records))])).unwrap();
    let project = &out["projects"][0];
    assert_eq!(project["period"]["endDate"], "2028-03-31T00:00:00Z");
    assert_eq!(project["period"]["startDate"], "2024-01-01T00:00:00Z");
    assert_eq!(project["milestones"][0]["dateMet"], "2026-04-30T00:00:00Z");
    assert_eq!(project["milestones"][0]["status"], "met");
    assert_eq!(project["milestones"][2]["id"], "3");
    // The standard has no code for works that stand still.
    assert_eq!(project["status"], "implementation");
    assert_eq!(
        project["parties"][1]["roles"],
        json!(["supplier", "operator"])
    );
    assert_eq!(project["metrics"][0]["observations"][1]["measure"], "60");
    assert_eq!(
        project[EXTENSION]["dates"][0],
        json!({"dateKind": "target", "date": "2028-Q1", "reasonCode": "staffing", "statedOn": "2026-05-01", "sources": ["https://b.example"]})
    );
    assert_eq!(project[EXTENSION]["phases"][0]["phase"], "halted");
    assert_eq!(project[EXTENSION].get("stated"), None);
    assert_eq!(project["updated"], "2026-05-01T00:00:00Z");
    // What was stated before the document is kept in the extension and not said over it.
    records.push(later(
        "DateStated",
        json!({"dateKind": "target", "date": "2020"}),
    ));
    records.last_mut().unwrap().subject["statedOn"] = json!("2019-01-01");
    let text = package(
        &head,
        &[project_out("us-tx-a", &case(&records[records.len() - 1..]))],
    );
    let alone: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        alone["projects"][0]["period"]["endDate"],
        "2020-12-31T00:00:00Z"
    );
    let out: Value =
        serde_json::from_str(&package(&head, &[project_out("us-tx-a", &case(&records))])).unwrap();
    assert_eq!(
        out["projects"][0]["period"]["endDate"],
        "2028-03-31T00:00:00Z"
    );
    let both = [records[0].clone(), records[records.len() - 1].clone()];
    let out: Value =
        serde_json::from_str(&package(&head, &[project_out("us-tx-a", &case(&both))])).unwrap();
    assert_eq!(
        out["projects"][0]["period"]["endDate"],
        "2027-12-31T00:00:00Z"
    );
    assert_eq!(out["projects"][0][EXTENSION]["dates"][0]["date"], "2020");
    if let Some(errors) = against_the_standard(&out) {
        assert_eq!(errors, Vec::<String>::new());
    }
}

#[test]
fn the_projects_of_the_border_go_out_as_the_standard_asks() {
    let folder = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../profiles/infrastructure/data"
    ));
    let list =
        projects::read_list(&std::fs::read(folder.join("border-projects.csv")).unwrap()).unwrap();
    let history = std::fs::read(folder.join("border-projects-history.csv")).unwrap();
    let history = projects::read_statement_list(&history).unwrap();
    let all: Vec<DraftRecord> = history
        .records
        .iter()
        .chain(&list.records)
        .cloned()
        .collect();
    let out: Vec<ProjectOut> = list
        .records
        .iter()
        .map(|record| {
            let id = record.subject["project"].as_str().unwrap();
            let own: Vec<DraftRecord> = all
                .iter()
                .filter(|r| r.subject["project"] == id)
                .cloned()
                .collect();
            project_out(id, &case(&own))
        })
        .collect();
    let head = PackageHead {
        uri: "https://garita.example/projects.json".to_owned(),
        published_date: "2026-03-18T12:00:00Z".to_owned(),
        publisher: Publisher {
            name: "Garita".to_owned(),
            ..Publisher::default()
        },
        prefix: "oc4ids-abc123".to_owned(),
        ..PackageHead::default()
    };
    let text = package(&head, &out);
    let value: Value = serde_json::from_str(&text).unwrap();
    if let Some(errors) = against_the_standard(&value) {
        assert_eq!(errors, Vec::<String>::new());
    }
    let projects = value["projects"].as_array().unwrap();
    assert_eq!(projects.len(), 63);
    let of = |id: &str| {
        projects
            .iter()
            .find(|project| project["id"] == format!("oc4ids-abc123-{id}"))
            .unwrap()
    };
    assert!(projects.iter().all(|project| {
        project["id"]
            .as_str()
            .unwrap()
            .starts_with("oc4ids-abc123-")
    }));
    let bota = of("us-tx-bota");
    assert_eq!(bota["period"]["endDate"], "2031-09-22T00:00:00Z");
    assert_eq!(bota[EXTENSION]["dates"].as_array().unwrap().len(), 6);
    assert_eq!(bota[EXTENSION]["stated"]["originalTarget"], "2031-summer");
    assert_eq!(
        of("us-ca-otay-mesa-lpoe-mod")["completion"]["finalValue"],
        json!({"amount": 134_000_000, "currency": "USD"})
    );
    assert!(text.contains("\"amount\": 14598276333.02"));
    assert_eq!(
        of("mx-bc-mesa-de-otay-ii")["metrics"][0]["observations"][1]["measure"],
        "95"
    );
    // And in again, under the ids that they have here.
    let reading = Reading {
        own_prefix: Some("oc4ids-abc123".to_owned()),
    };
    let draft = read(text.as_bytes(), &reading).unwrap();
    fit(&draft.records);
    let known: Vec<&str> = list
        .records
        .iter()
        .map(|r| r.subject["project"].as_str().unwrap())
        .collect();
    assert!(
        draft
            .records
            .iter()
            .all(|r| known.contains(&r.subject["project"].as_str().unwrap()))
    );
    let loud: Vec<_> = draft
        .faults
        .iter()
        .filter(|fault| fault.severity == Severity::Error)
        .collect();
    assert!(loud.is_empty(), "{loud:?}");
}

#[test]
fn a_thousand_generated_projects_go_out_as_they_came() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut roll = |sides: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % sides
    };
    for case in 0..1_000 {
        let texts = ["\"\\\u{1}\n", "</x>", "日本 🚧", "=1+1", "", "x_garita"];
        let texts = texts.map(Value::from);
        let mut extra = json!({});
        for index in 0..roll(6) {
            let value = match roll(5) {
                0 => texts[usize::try_from(roll(6)).unwrap()].clone(),
                1 => json!([roll(9), null, true, {"a": [0.1, -5, 1e30]}]),
                2 => json!(i64::MIN),
                3 => json!({"": {"~/": "x"}}),
                _ => json!(12.5),
            };
            extra[format!("k{index}")] = value;
        }
        let project = json!({
            "id": format!("p-{case}"), "title": format!("Title {case}"), "status": "completion", "extra": extra,
            "metrics": [{"id": "physicalProgress", "observations": [
                {"id": "1", "measure": roll(101), "unit": {"name": "percent"}, "period": {"endDate": "2020-01-01T00:00:00Z"}}]}],
        });
        let whole = json!({
            "version": "0.9", "uri": "https://a.example/", "publishedDate": "2026-01-01T00:00:00Z", "publisher": {"name": "P"},
            "extensions": ["https://a.example/x.json"], "projects": [project],
        });
        assert_eq!(again(whole.to_string().as_bytes()), whole);
    }
}

#[test]
fn nothing_that_stands_in_a_record_breaks_the_document() {
    let hostile = "\"}]}\u{0}\n</script>\u{202e}";
    let facts = ProjectFacts {
        name_en: hostile.to_owned(),
        budget_amount: Some("1}".to_owned()),
        budget_currency: Some("USD".to_owned()),
        current_target: Some(hostile.to_owned()),
        sponsors: vec![hostile.to_owned(), String::new()],
        stated: Stated {
            stated_on: hostile.to_owned(),
            sources: vec!["javascript:alert(1)".to_owned()],
            ..Stated::default()
        },
        ..ProjectFacts::default()
    };
    let out = ProjectOut {
        project: "us-tx-a".to_owned(),
        document: Some(DocumentOut {
            text: "[1".to_owned(),
            stated_on: String::new(),
        }),
        facts: Some(facts),
        ..ProjectOut::default()
    };
    let text = package(
        &PackageHead {
            other: [("x".to_owned(), "}{".to_owned())].into(),
            ..PackageHead::default()
        },
        &[out],
    );
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["projects"][0]["title"], hostile);
    assert_eq!(
        value["projects"][0]["documents"],
        json!([{"id": "source-1", "title": "javascript:alert(1)"}])
    );
    assert_eq!(value["projects"][0].get("budget"), None);
    assert_eq!(value.get("x"), None);
}
