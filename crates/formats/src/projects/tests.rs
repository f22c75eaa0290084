use super::words::PHASES;
use super::*;
use crate::draft::{Fault, Severity};
use crate::elements::untold;
use crate::kinds::DocumentKind;
use crate::{DraftRecord, recognise};
use serde_json::{Value, json};
use std::path::PathBuf;

const LIST: &[u8] = include_bytes!("../../../../profiles/infrastructure/data/border-projects.csv");
const HISTORY: &[u8] =
    include_bytes!("../../../../profiles/infrastructure/data/border-projects-history.csv");

const HEAD: &str = "id,name_en,name_es,side,port,sponsor_agencies,type,phase,budget_amount,budget_currency,budget_year,\
    original_planned_completion,current_planned_completion,actual_completion,source,as_of,note";
const ROW: &str = "us-tx-a,Bridge A,Puente A,US,Laredo,GSA; CBP,new bridge,completion,1300000,USD,2024,\
    2023-spring,2024-Q1,2024-02-29,https://a.example | https://b.example,2024-07-01,as_of approximate";
const STATEMENTS: &str = "project_id,stated_on,fact,value,unit,source,note\n\
    us-tx-a,2024-01-05,planned_completion,2024-Q1,date,https://a.example,\n\
    us-tx-a,2024-07-01,actual_completion,2024-02-29,date,https://a.example,\n\
    us-tx-a,2024-01-05,cost,1300000,USD,https://a.example,contract; date approximate\n\
    us-tx-a,2024-01-05,physical_progress,95.5,percent,https://a.example,\n\
    us-tx-a,2024-01-05,phase,halted,,https://a.example,\n";

fn list() -> String {
    format!("{HEAD}\n{ROW}\n")
}

fn schema(record_type: &str) -> jsonschema::Validator {
    let path = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../profiles/infrastructure/schemas"
    ))
    .join(format!("{record_type}.json"));
    let schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
}

pub(super) fn fit(records: &[DraftRecord]) {
    let mut schemas = std::collections::BTreeMap::new();
    for record in records {
        let schema = schemas
            .entry(record.record_type.clone())
            .or_insert_with(|| schema(&record.record_type));
        let errors: Vec<String> = schema
            .iter_errors(&record.subject)
            .map(|error| format!("{} {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:?}\n{:#}", record.subject);
        for pointer in record.sources.pointers() {
            assert!(record.subject.pointer(pointer).is_some(), "{pointer}");
        }
        assert_eq!(record.standing, Some("compiled"));
        assert!(record.source.as_ref().unwrap().starts_with("row "));
    }
}

fn told(
    read: impl Fn(&[u8]) -> Result<Draft, ReadError>,
    bytes: &[u8],
) -> Vec<(&'static str, u32, String)> {
    let both = |en: &str, es: &str| assert!(!en.is_empty() && !es.is_empty() && en != es, "{en}");
    match read(bytes) {
        Ok(draft) => {
            let loud = draft
                .faults
                .iter()
                .any(|fault| fault.severity == Severity::Error);
            assert_eq!(draft.is_complete(), !loud);
            let of = |fault: &Fault| {
                both(&fault.en, &fault.es);
                let place = fault.place.clone().unwrap();
                (fault.code, place.line, place.path)
            };
            draft.faults.iter().map(of).collect()
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

/// Each row: what to find in the right table, what to put there, the code, the line and the place. An empty code: nothing is told.
pub(super) fn broken(
    right: &str,
    read: fn(&[u8]) -> Result<Draft, ReadError>,
    table: &[(&str, &str, &str, u32, &str)],
) {
    assert_eq!(told(read, right.as_bytes()), []);
    assert!(table.len() >= 30);
    for (find, put, code, line, path) in table {
        assert!(right.contains(find), "{find}");
        let text = right.replacen(find, put, 1);
        let found = told(read, text.as_bytes());
        if code.is_empty() {
            assert_eq!(found, [], "{put}");
            continue;
        }
        let is_it = |(told, at, place): &(&str, u32, String)| {
            told == code && at == line && place.contains(path)
        };
        assert!(found.iter().any(is_it), "{find} -> {put}: {found:?}");
    }
}

#[test]
fn the_list_of_the_project_is_right() {
    assert_eq!(recognise(LIST), Some(DocumentKind::ProjectList));
    let draft = read_list(LIST).unwrap();
    let loud: Vec<&Fault> = draft
        .faults
        .iter()
        .filter(|f| f.severity > Severity::Note)
        .collect();
    assert!(loud.is_empty() && draft.is_complete(), "{loud:?}");
    assert_eq!(draft.records.len(), 63);
    fit(&draft.records);
    assert_eq!(untold(&draft), Vec::<String>::new());
    assert_eq!(
        draft.records[0].subject,
        json!({
            "project": "us-ca-otay-mesa-east-poe",
            "nameEn": "Otay Mesa East Port of Entry (with State Route 11 tolled approach)",
            "nameEs": "Garita Otay II (lado estadounidense)",
            "side": "us", "port": "Otay Mesa East", "state": "us-ca", "projectClass": "port",
            "projectType": "new land port of entry + tolled road", "phase": "implementation",
            "budgetAmount": "1300000000", "budgetCurrency": "USD", "budgetYear": 2025,
            "originalTarget": "2023", "currentTarget": "2028",
            "sponsors": ["SANDAG", "Caltrans", "GSA", "CBP"], "statedOn": "2026-03-10",
            "sources": [
                "https://www.sandiegouniontribune.com/news/transportation/story/2019-07-30/transit-authorities-to-kick-off-final-phase-state-route-11-to-new-border-crossing",
                "https://cbs8.com/article/news/local/delays-for-opening-otay-mesa-east-port-entry/509-12fe7009-ca73-4e2d-b1d2-07b465dfaa50",
                "https://www.sandiegored.com/en/news/u-s-to-begin-construction-on-otay-mesa-east-border-crossing-this-fall",
                "https://konceptos.com.mx/2026/03/10/garita-otay-ii-el-gigante-que-espera-su-momento",
            ],
            "sourceNote": "Current date stated as 'late 2027 or 2028'; later bound kept. Cost history 0.8 bn (2019), 1.1 (2022), 1.2 (2023), 1.3 (2025), one report near 1.5 (2023).",
        })
    );
    let occurred = draft.records[0].occurred.as_ref().unwrap();
    assert_eq!(occurred.at, "2026-03-10T12:00:00Z");
    assert_eq!(occurred.place.as_ref().unwrap().path, "row 2/as_of");
    let of = |project: &str| {
        let found = draft
            .records
            .iter()
            .find(|r| r.subject["project"] == project);
        &found.unwrap().subject
    };
    assert_eq!(
        of("mx-xx-19-aduanas-program")["budgetAmount"],
        "14598276333.02"
    );
    assert_eq!(of("mx-xx-19-aduanas-program")["projectClass"], "program");
    assert!(of("mx-xx-19-aduanas-program").get("state").is_none());
    assert_eq!(of("us-tx-presidio-rail")["side"], "binational");
    assert_eq!(of("us-ca-calexico-west-2a")["approximate"], true);
    assert_eq!(of("xx-green-corridors")["projectClass"], "other");
    assert!(of("us-tx-bota").get("approximate").is_none());
    let approximate = draft
        .records
        .iter()
        .filter(|r| r.subject.get("approximate").is_some())
        .count();
    let mut classes = std::collections::BTreeMap::<&str, usize>::new();
    for record in &draft.records {
        *classes
            .entry(record.subject["projectClass"].as_str().unwrap())
            .or_default() += 1;
    }
    assert_eq!(approximate, 13);
    assert_eq!(
        classes.into_iter().collect::<Vec<_>>(),
        [
            ("bridge", 11),
            ("other", 1),
            ("port", 26),
            ("program", 2),
            ("rail", 6),
            ("road", 12),
            ("sea-port", 2),
            ("water", 3)
        ]
    );
}

#[test]
fn the_statements_of_the_project_are_right() {
    assert_eq!(recognise(HISTORY), Some(DocumentKind::ProjectStatements));
    let draft = read_statement_list(HISTORY).unwrap();
    assert_eq!(draft.faults, []);
    assert_eq!(draft.records.len(), 85);
    fit(&draft.records);
    assert_eq!(untold(&draft), Vec::<String>::new());
    let count = |record_type: &str| {
        draft
            .records
            .iter()
            .filter(|r| r.record_type == record_type)
            .count()
    };
    let counts = ["DateStated", "CostStated", "ProgressStated", "PhaseStated"].map(count);
    assert_eq!(counts, [43, 36, 5, 1]);
    let with = |member: &str, value: &str| {
        let fits = |r: &&DraftRecord| r.subject.get(member) == Some(&json!(value));
        draft.records.iter().filter(fits).count()
    };
    let kinds = ["target", "actual", "start-target"].map(|kind| with("dateKind", kind));
    assert_eq!(kinds, [35, 6, 2]);
    let kinds = ["contract", "final", "estimate", "not-stated"].map(|kind| with("costKind", kind));
    assert_eq!(kinds, [4, 1, 1, 30]);
    let scopes = ["us-side", "state-share"].map(|scope| with("costScope", scope));
    assert_eq!(scopes, [2, 1]);
    let approximate = draft
        .records
        .iter()
        .filter(|r| r.subject.get("approximate").is_some())
        .count();
    assert_eq!(approximate, 11);
    assert_eq!(
        draft.records[0].subject,
        json!({
            "project": "mx-bc-mesa-de-otay-ii", "amount": "2800000000", "currency": "MXN", "costKind": "not-stated",
            "statedOn": "2022-02-01", "approximate": true, "sourceNote": "date approximate",
            "sources": ["https://alfredoalvarez.mx/avanzan-obras-de-la-garita-de-otay-ii-sera-mas-grande-que-las-dos-existentes/"],
        })
    );
    assert_eq!(draft.records[1].subject["percent"], 90);
    assert_eq!(draft.records[0].source.as_deref(), Some("row 2"));
}

#[test]
fn every_statement_is_of_a_listed_project() {
    let (list, history) = (
        read_list(LIST).unwrap(),
        read_statement_list(HISTORY).unwrap(),
    );
    assert_eq!(unknown_projects(&[&list, &history], |_| false), []);
    let unknown = unknown_projects(&[&history], |project| project != "us-tx-bota");
    assert_eq!(unknown.len(), 6);
    let (first, fault) = (unknown[0].draft, &unknown[0].fault);
    assert_eq!(
        (first, fault.code, fault.pointer.as_deref()),
        (0, "project-unknown", Some("/project"))
    );
    let place = fault.place.as_ref().unwrap();
    assert!(place.path.ends_with("/project_id") && place.text == "us-tx-bota");
    assert_eq!(
        history.records[fault.record.unwrap()].subject["project"],
        "us-tx-bota"
    );
}

#[test]
fn broken_lists_are_told_by_cell() {
    let doubled = format!("{ROW}\n{ROW}");
    let shouted = format!("{ROW}\n{}", ROW.replace("us-tx-a", "US-TX-A"));
    let long = "x".repeat(201);
    let note = "n".repeat(1_001);
    let many = vec!["https://a.example"; 21].join(" | ");
    let table: &[(&str, &str, &str, u32, &str)] = &[
        ("id,", "ident,", "column-missing", 1, "row 1"),
        ("id,", "ident,", "column-unknown", 1, "row 1/1"),
        ("port,", "Name EN,", "column-repeated", 1, "row 1/5"),
        ("note\n", "note,\n", "column-untitled", 1, "row 1/18"),
        (HEAD, "a,b,c", "columns-unknown", 1, "row 1"),
        ("us-tx-a,", "us_tx_a,", "project-id-form", 2, "/id"),
        ("us-tx-a,", "US-tx-a,", "project-id-form", 2, "/id"),
        ("us-tx-a,", "us,", "project-id-form", 2, "/id"),
        ("us-tx-a,", ",", "cell-missing", 2, "/id"),
        (ROW, &doubled, "project-repeated", 3, "/id"),
        (ROW, &shouted, "project-repeated", 3, "/id"),
        ("Bridge A", "", "cell-missing", 2, "/name_en"),
        ("Puente A", "", "cell-missing", 2, "/name_es"),
        ("Bridge A", &long, "cell-too-long", 2, "/name_en"),
        (
            "Bridge A",
            "Bridge\u{7}A",
            "control-character",
            2,
            "/name_en",
        ),
        (
            "Bridge A",
            "\"Bridge\nA\"",
            "control-character",
            2,
            "/name_en",
        ),
        (
            "Bridge A",
            "Bridge \u{202e}A",
            "control-character",
            2,
            "/name_en",
        ),
        (
            "Bridge A",
            "=HYPERLINK(1)",
            "formula-in-cell",
            2,
            "/name_en",
        ),
        ("Bridge A", "+1 A", "formula-in-cell", 2, "/name_en"),
        ("Bridge A", "-1+1", "formula-in-cell", 2, "/name_en"),
        ("Bridge A", "@SUM(1)", "formula-in-cell", 2, "/name_en"),
        ("Bridge A", "\"\tA\"", "formula-in-cell", 2, "/name_en"),
        ("Bridge A", "\"\r=1\"", "formula-in-cell", 2, "/name_en"),
        ("Bridge A", "'=1", "", 0, ""),
        (",US,", ",CA,", "side-unknown", 2, "/side"),
        (",US,", ",,", "cell-missing", 2, "/side"),
        (
            "GSA; CBP",
            "GSA;; CBP",
            "part-empty",
            2,
            "/sponsor_agencies",
        ),
        ("GSA; CBP", "", "cell-missing", 2, "/sponsor_agencies"),
        ("new bridge", "", "cell-missing", 2, "/type"),
        ("new bridge", "monument", "type-unclassed", 2, "/type"),
        ("completion,1", "built,1", "phase-unknown", 2, "/phase"),
        (
            "1300000",
            "-1300000",
            "amount-negative",
            2,
            "/budget_amount",
        ),
        ("1300000", "0", "amount-zero", 2, "/budget_amount"),
        ("1300000", "0.00", "amount-zero", 2, "/budget_amount"),
        ("1300000", "1.3 M", "amount-form", 2, "/budget_amount"),
        ("1300000", "1.3e6", "amount-form", 2, "/budget_amount"),
        ("1300000", "$1300000", "amount-form", 2, "/budget_amount"),
        (
            "1300000",
            "\"1,300,000\"",
            "amount-separators",
            2,
            "/budget_amount",
        ),
        (
            "1300000",
            "1.300.000",
            "amount-separators",
            2,
            "/budget_amount",
        ),
        (
            "1300000",
            "1234567890123456",
            "amount-too-large",
            2,
            "/budget_amount",
        ),
        ("1300000", "=1+1", "formula-in-cell", 2, "/budget_amount"),
        ("1300000", "", "amount-missing", 2, "/budget_amount"),
        ("USD", "EUR", "currency-unknown", 2, "/budget_currency"),
        ("USD", "", "currency-missing", 2, "/budget_currency"),
        ("USD,2024", "USD,24", "year-form", 2, "/budget_year"),
        ("USD,2024", "USD,1890", "year-form", 2, "/budget_year"),
        (
            "2023-spring",
            "spring 2023",
            "date-form",
            2,
            "/original_planned_completion",
        ),
        (
            "2023-spring",
            "2023-02-30",
            "date-not-in-calendar",
            2,
            "/original_planned_completion",
        ),
        (
            "2024-Q1",
            "1880",
            "date-out-of-range",
            2,
            "/current_planned_completion",
        ),
        (
            "2024-Q1",
            "2024-Q5",
            "date-form",
            2,
            "/current_planned_completion",
        ),
        (
            "2024-02-29",
            "2023-02-29",
            "date-not-in-calendar",
            2,
            "/actual_completion",
        ),
        (
            "2024-02-29",
            "2024-07-02",
            "actual-after-statement",
            2,
            "/actual_completion",
        ),
        (
            "2024-02-29",
            "2024-late",
            "actual-after-statement",
            2,
            "/actual_completion",
        ),
        ("2024-02-29", "2024-07", "", 0, ""),
        (
            "https://a.example | https://b.example",
            "",
            "cell-missing",
            2,
            "/source",
        ),
        (
            "https://a.example | https://b.example",
            &many,
            "cell-too-long",
            2,
            "/source",
        ),
        ("2024-07-01", "2024-07", "day-form", 2, "/as_of"),
        ("2024-07-01", "1/7/2024", "day-form", 2, "/as_of"),
        (
            "2024-07-01",
            "2024-06-31",
            "date-not-in-calendar",
            2,
            "/as_of",
        ),
        ("2024-07-01", "", "cell-missing", 2, "/as_of"),
        ("as_of approximate", &note, "cell-too-long", 2, "/note"),
        ("as_of approximate", "x,y", "csv-row-length", 2, "row 2"),
        (",as_of approximate", "", "csv-row-length", 2, "row 2"),
        ("Bridge A", "\"Bridge A", "csv-truncated", 2, "row 2"),
        ("Bridge A", "Bri\0dge", "encoding-unknown", 0, ""),
    ];
    broken(&list(), read_list, table);
}

#[test]
fn broken_statements_are_told_by_cell() {
    let note = "n".repeat(1_001);
    let table: &[(&str, &str, &str, u32, &str)] = &[
        ("project_id,", "project,", "column-missing", 1, "row 1"),
        ("project_id,", "project,", "column-unknown", 1, "row 1/1"),
        ("unit,", "fact,", "column-repeated", 1, "row 1/5"),
        ("note\n", "note,\n", "column-untitled", 1, "row 1/8"),
        ("us-tx-a,", "us tx a,", "project-id-form", 2, "/project_id"),
        ("us-tx-a,", "Us-tx-a,", "project-id-form", 2, "/project_id"),
        ("us-tx-a,", ",", "cell-missing", 2, "/project_id"),
        (
            "2024-01-05,planned",
            "2024-01,planned",
            "day-form",
            2,
            "/stated_on",
        ),
        (
            "2024-01-05,planned",
            "2024-01-32,planned",
            "date-not-in-calendar",
            2,
            "/stated_on",
        ),
        (
            "2024-01-05,planned",
            "2024-13-01,planned",
            "date-not-in-calendar",
            2,
            "/stated_on",
        ),
        (
            "2024-01-05,planned",
            "Jan 5,planned",
            "day-form",
            2,
            "/stated_on",
        ),
        (
            "2024-01-05,planned",
            "1799-01-05,planned",
            "date-out-of-range",
            2,
            "/stated_on",
        ),
        (
            "2024-01-05,planned",
            ",planned",
            "cell-missing",
            2,
            "/stated_on",
        ),
        (
            "2024-01-05,planned",
            "2025-01-05,planned",
            "promise-after-completion",
            2,
            "/stated_on",
        ),
        ("planned_completion", "opening", "fact-unknown", 2, "/fact"),
        ("planned_completion", "Cost", "fact-unknown", 2, "/fact"),
        ("planned_completion", "", "cell-missing", 2, "/fact"),
        ("planned_completion", "cost", "unit-unfit", 2, "/unit"),
        (
            "planned_completion",
            "physical_progress",
            "percent-form",
            2,
            "/value",
        ),
        ("2024-Q1", "late 2024", "date-form", 2, "/value"),
        ("2024-Q1", "2024-04-31", "date-not-in-calendar", 2, "/value"),
        ("2024-Q1", "3024", "date-out-of-range", 2, "/value"),
        ("2024-Q1", "", "cell-missing", 2, "/value"),
        ("2024-Q1", "@2024", "formula-in-cell", 2, "/value"),
        ("2024-Q1,date", "2024-Q1,USD", "unit-unfit", 2, "/unit"),
        ("2024-Q1,date", "2024-Q1,", "unit-unfit", 2, "/unit"),
        (
            "2024-02-29,date",
            "2024-07-02,date",
            "actual-after-statement",
            3,
            "/value",
        ),
        ("1300000,USD", "1300000,EUR", "currency-unknown", 4, "/unit"),
        ("1300000,USD", "1300000,usd", "currency-unknown", 4, "/unit"),
        ("1300000,USD", "1300000,date", "unit-unfit", 4, "/unit"),
        ("1300000,USD", "1300000,percent", "unit-unfit", 4, "/unit"),
        ("1300000,USD", "1300000,", "unit-unfit", 4, "/unit"),
        ("1300000,USD", "-5,USD", "amount-negative", 4, "/value"),
        ("1300000,USD", "0,USD", "amount-zero", 4, "/value"),
        (
            "1300000,USD",
            "\"1,300,000\",USD",
            "amount-separators",
            4,
            "/value",
        ),
        (
            "1300000,USD",
            "about 1300000,USD",
            "amount-form",
            4,
            "/value",
        ),
        ("1300000,USD", "1300000.005,USD", "amount-form", 4, "/value"),
        ("1300000,USD", "2024-Q1,USD", "amount-form", 4, "/value"),
        ("95.5", "101", "percent-out-of-range", 5, "/value"),
        ("95.5", "-1", "percent-out-of-range", 5, "/value"),
        ("95.5", "95%", "percent-form", 5, "/value"),
        ("95.5,percent", "95.5,date", "unit-unfit", 5, "/unit"),
        ("halted,", "stopped,", "phase-unknown", 6, "/value"),
        ("halted,,", "halted,percent,", "unit-unfit", 6, "/unit"),
        ("https://a.example", "", "cell-missing", 2, "/source"),
        (
            "https://a.example",
            "https://a.example |  | b",
            "part-empty",
            2,
            "/source",
        ),
        (
            "https://a.example",
            "=WEBSERVICE(1)",
            "formula-in-cell",
            2,
            "/source",
        ),
        (
            "https://a.example",
            "https://a.example\u{1b}",
            "control-character",
            2,
            "/source",
        ),
        ("contract;", &note, "cell-too-long", 4, "/note"),
        (
            "us-tx-a,2024-07-01,actual_completion,2024-02-29",
            "us-tx-a,2024-01-05,planned_completion,2024-q1",
            "date-form",
            3,
            "/value",
        ),
        (
            "us-tx-a,2024-07-01,actual_completion,2024-02-29",
            "us-tx-a,2024-01-05,planned_completion,2024-Q1",
            "statement-repeated",
            3,
            "/value",
        ),
        ("contract;", "contract,", "csv-row-length", 4, "row 4"),
        (
            "https://a.example,\n",
            "https://a.example\n",
            "csv-row-length",
            2,
            "row 2",
        ),
        ("contract;", "\"contract", "csv-truncated", 4, "row 4"),
    ];
    broken(STATEMENTS, read_statement_list, table);
}

#[test]
fn a_separated_amount_is_told_with_its_value() {
    let draft = read_list(list().replace("1300000", "\"1,300,000\"").as_bytes()).unwrap();
    assert!(draft.faults[0].en.ends_with(": 1300000") && draft.faults[0].es.ends_with(": 1300000"));
}

#[test]
fn one_error_keeps_the_whole_file_from_being_filed() {
    let text = format!(
        "{}{}\n",
        list(),
        ROW.replace("us-tx-a", "us-tx-b").replace("US,", "CA,")
    );
    let draft = read_list(text.as_bytes()).unwrap();
    assert_eq!((draft.records.len(), draft.is_complete()), (1, false));
    let many = "us-tx-a,x\n".repeat(30_000);
    let draft_error = read_list(format!("{HEAD}\n{many}").as_bytes()).unwrap_err();
    assert_eq!(draft_error.code(), "csv-too-many-rows");
    let many = "us-tx-a,x\n".repeat(ROWS_MAX);
    let draft = read_list(format!("{HEAD}\n{many}").as_bytes()).unwrap();
    assert!(draft.faults_untold > ROWS_MAX && !draft.is_complete());
    let large = vec![b'a'; crate::DOCUMENT_BYTES_MAX + 1];
    assert_eq!(read_list(&large).unwrap_err().code(), "document-too-large");
    assert_eq!(
        read_statement_list(&large).unwrap_err().code(),
        "document-too-large"
    );
}

pub(super) struct Roll(u64);

impl Roll {
    pub(super) fn new(seed: u64) -> Roll {
        Roll(seed)
    }

    pub(super) fn of(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides).unwrap()).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.of(from.len())]
    }

    pub(super) fn text(&mut self) -> String {
        let texts = [
            "Puente Ñ",
            "a \"b\" c",
            "x, y; z",
            "=1+1",
            "+52 867",
            "-1-1",
            "@a",
            "'=1",
            "'tis",
            "-5",
            "1e5",
            "½ 日本 🚧",
            "<b>&amp;</b>",
            "%0D%0A",
        ];
        self.pick(&texts).to_owned()
    }

    fn date(&mut self) -> String {
        let year = 1900 + self.of(301);
        match self.of(6) {
            0 => format!("{year}"),
            1 => format!("{year}-{:02}", 1 + self.of(12)),
            2 => format!("{year}-{:02}-{:02}", 1 + self.of(12), 1 + self.of(28)),
            3 => format!("{year}-Q{}", 1 + self.of(4)),
            4 => format!(
                "{year}-{}",
                self.pick(&["spring", "summer", "fall", "winter"])
            ),
            _ => format!("{year}-{}", self.pick(&["early", "mid", "late"])),
        }
    }

    pub(super) fn maybe<T>(&mut self, make: impl FnOnce(&mut Roll) -> T) -> Option<T> {
        (self.of(2) == 0).then(|| make(self))
    }
}

#[test]
fn a_thousand_generated_tables_come_back_equal() {
    let mut roll = Roll::new(0x9E37_79B9_7F4A_7C15);
    for _ in 0..1_000 {
        let mut projects = Vec::new();
        let mut statements = Vec::new();
        for number in 0..1 + roll.of(8) {
            let note = roll.maybe(Roll::text);
            let project = ListedProject {
                project: format!(
                    "{}-p{number}",
                    roll.pick(&["us-tx", "mx-son", "xx", "mx-xx"])
                ),
                name_en: roll.text(),
                name_es: roll.text(),
                side: roll.pick(&["us", "mx", "binational"]).to_owned(),
                port: roll.text(),
                sponsors: vec!["GSA".to_owned(), roll.text().replace(';', "·")],
                project_type: roll.text(),
                phase: roll.pick(PHASES).to_owned(),
                budget: roll.maybe(|roll| Budget {
                    amount: ["1", "0.5", "14598276333.02", "999999999999999"][roll.of(4)]
                        .to_owned(),
                    currency: roll.pick(&["USD", "MXN"]).to_owned(),
                    year: roll.maybe(|roll| 1950 + i16::try_from(roll.of(251)).unwrap()),
                }),
                original_target: roll.maybe(Roll::date),
                current_target: roll.maybe(Roll::date),
                actual_completion: roll.maybe(|_| "2019-Q2".to_owned()),
                sources: vec![roll.text(), "https://a.example/?a=1|2".to_owned()],
                stated_on: "2026-03-10".to_owned(),
                approximate: false,
                note,
            };
            let fact = Fact::ALL[roll.of(Fact::ALL.len())];
            let value = match fact {
                Fact::PlannedCompletion | Fact::ConstructionStart => roll.date(),
                Fact::ActualCompletion | Fact::ConstructionStarted => "2019-Q2".to_owned(),
                Fact::Cost => format!("{}.5", 1 + roll.of(1_000_000)),
                Fact::PhysicalProgress | Fact::FinancialProgress => format!("{}", roll.of(101)),
                Fact::Phase => roll.pick(PHASES).to_owned(),
            };
            statements.push(Statement {
                project: project.project.clone(),
                stated_on: format!("2019-07-{:02}", 1 + roll.of(31)),
                fact,
                value,
                currency: if fact == Fact::Cost {
                    "MXN".to_owned()
                } else {
                    String::new()
                },
                sources: project.sources.clone(),
                approximate: false,
                note: project.note.clone(),
            });
            projects.push(project);
        }
        let text = write_projects(&projects);
        let (read, faults) = read_projects(text.as_bytes()).unwrap();
        let errors =
            |faults: &[Fault]| faults.iter().any(|fault| fault.severity == Severity::Error);
        assert!(!errors(&faults), "{faults:?}\n{text}");
        assert_eq!(read, projects, "{text}");
        let draft = read_list(text.as_bytes()).unwrap();
        let again: Vec<ListedProject> = draft
            .records
            .iter()
            .map(|record| ListedProject::of_record(&record.subject))
            .collect();
        assert_eq!(again, projects);
        let text = write_statements(&statements);
        let (read, faults) = read_statements(text.as_bytes()).unwrap();
        assert!(!errors(&faults), "{faults:?}\n{text}");
        assert_eq!(read, statements, "{text}");
        let draft = read_statement_list(text.as_bytes()).unwrap();
        let again: Vec<Statement> = draft
            .records
            .iter()
            .map(|record| Statement::of_record(&record.record_type, &record.subject).unwrap())
            .zip(&statements)
            .map(|(again, first)| Statement {
                // A cost of no stated kind says so nowhere.
                note: first.note.clone(),
                ..again
            })
            .collect();
        assert_eq!(again, statements);
    }
}

#[test]
fn what_is_written_opens_as_no_formula_and_says_what_was_said() {
    let (projects, _) = read_projects(LIST).unwrap();
    let (statements, _) = read_statements(HISTORY).unwrap();
    let (list, history) = (write_projects(&projects), write_statements(&statements));
    assert_eq!(read_projects(list.as_bytes()).unwrap().0, projects);
    assert_eq!(read_statements(history.as_bytes()).unwrap().0, statements);
    let draft = read_statement_list(HISTORY).unwrap();
    for (record, statement) in draft.records.iter().zip(&statements) {
        let again = Statement::of_record(&record.record_type, &record.subject).unwrap();
        assert_eq!(again, *statement);
    }
    let mut hostile = projects[0].clone();
    hostile.name_en = "=cmd|' /C calc'!A0".to_owned();
    hostile.approximate = true;
    hostile.note = None;
    let text = write_projects(&[hostile]);
    assert!(text.contains(",'=cmd|") && text.trim_end().ends_with("as_of approximate"));
    let said = Statement::of_record(
        "CostStated",
        &json!({"project": "a-b", "amount": "5", "currency": "USD", "costKind": "contract", "costScope": "us-side",
            "statedOn": "2026-01-01", "sources": ["x"]}),
    );
    assert_eq!(said.unwrap().note.as_deref(), Some("contract; US side"));
    let milestone =
        json!({"project": "a-b", "milestone": "works", "dateKind": "target", "date": "2026"});
    assert_eq!(Statement::of_record("DateStated", &milestone), None);
}
