//! The language: loading, checking, admission, forms, acts, boards and tables over one small program.

use std::collections::BTreeMap;
use std::sync::Arc;

use garita_profile::acts::{CaseView, acts, build_act};
use garita_profile::admission::{AdmitContext, Judgement, judge};
use garita_profile::board::board_row;
use garita_profile::case::{CaseRecord, CaseRef, CaseState, Directory, Party, RoleGrant, Standing};
use garita_profile::check::check;
use garita_profile::fold::fold_case;
use garita_profile::forms::{FieldKind, form};
use garita_profile::keys::{about, search_keys};
use garita_profile::knowledge::Knowledge;
use garita_profile::rules::Identifiers;
use garita_profile::tables::table_rows;
use garita_profile::{Finding, Folder, Profile};
use serde_json::{Value, json};

const PROFILE: &str = r#"profile: small
version: 0.1.0
charter: { signatories: [customs.us], notice: P14D }
kinds:
  shipment:
    key: /credentialSubject/scn
    owner: { role: carrier, holds: scac }
    seats: { broker: Shipment#/credentialSubject/broker }
records:
  Shipment:
    issued-by: [carrier]
    about: { shipment: /credentialSubject }
    audience: [{ to: customs.us }, { to: bridge, view: [/credentialSubject/scn] }, { to: seats }]
    search: { plate: /credentialSubject/plate }
    face: document
    brief: [/credentialSubject/weight]
  Entry: { issued-by: [customs.us], about: { shipment: /credentialSubject/scns/* }, accepts: report, audience: [{ to: customs.us }, { to: seats }] }
  HoldPlaced: { issued-by: [customs.us], about: { shipment: /credentialSubject/scn } }
  HoldRemoved: { follows: HoldPlaced }
life-cycle:
  shipment:
    tracks: { entry: { first: none, keeper: customs.us, moves: [{ on: Entry, to: on-file }] } }
    holds: { opens: HoldPlaced, closes: HoldRemoved, by: same-office }
    show:
      - { state: held, when: "holds.open.size() > 0" }
      - { state: ready, when: "entry == 'on-file'" }
      - { state: expected }
tables:
  waits: { row-per: shipment, columns: { weight: { at: Shipment#/credentialSubject/weight }, ready: { entered: ready }, filed: { entered: entry.on-file }, late: { is: "count.Shipment > 1" } } }
board:
  rows: shipment
  columns: [expected, { id: done, states: [ready, held], limit-min: 30 }]
  fields: [plate, since]
  needs: [{ id: no-entry, when: "entry == 'none'", act: hold, values: { plate: plate } }]
acts:
  hold: { issue: HoldPlaced, ask: reason, when: "state != 'held'", grave: true }
  file: { issue: Entry, many: true }
"#;

const RULES: &str = r#"
- { code: sum, on: Shipment, must: "within(sum('/credentialSubject/items/*/weight'), '/credentialSubject/weight', '2%')", pointer: /credentialSubject/weight, values: { sum: "sum('/credentialSubject/items/*/weight')" } }
- { code: scn-form, on: Shipment, must: "check('scn', subject.scn)", pointer: /credentialSubject/scn }
- { code: entry-agrees, on: Entry, severity: dispute, must: "latest('Shipment').broker == issuer || standing == 'act'" }
- { code: heavy, on: Shipment, when: "decimal(subject.weight) > 40000", must: "has('/credentialSubject/permit')", severity: warn }
"#;

fn schema(required: &[&str], properties: Value) -> String {
    json!({"type": "object", "additionalProperties": false, "required": required, "properties": properties}).to_string()
}

fn files() -> BTreeMap<String, String> {
    let scn = json!({"type": "string", "pattern": "^[A-Z]{4}[0-9]{4,12}$", "title": "SCN", "x-title-es": "SCN", "examples": ["TOCQ0001"]});
    let texts = |no_entry: &str, sum: &str| {
        format!(
            "kinds: {{ shipment: s }}\nstates: {{ held: h, ready: r, expected: e }}\nboard: {{ expected: e, done: d }}\nneeds: {{ no-entry: \"{no_entry}\" }}\nacts.hold: Hold\nacts.hold.not: held already\nacts.file: File\nrecords: {{ Shipment: s, Entry: e, HoldPlaced: h, HoldRemoved: r }}\nrules: {{ sum: \"{sum}\", scn-form: x, entry-agrees: y, heavy: z }}\n"
        )
    };
    let terms = "scn scns weight items plate broker permit mode reason Shipment Entry HoldPlaced HoldRemoved day";
    let context: serde_json::Map<String, Value> = terms
        .split(' ')
        .map(|t| (t.to_owned(), json!(format!("https://example.org/{t}"))))
        .collect();
    [
        ("profile.yaml", PROFILE.to_owned()),
        ("rules.yaml", RULES.to_owned()),
        ("context.jsonld", json!({ "@context": context }).to_string()),
        ("codelists/modes.csv", "code,en,es,valid-from,valid-to\nTR,Truck,Camión,,\nOLD,Old,Viejo,,2020-01-01\n".to_owned()),
        ("texts/en.yaml", texts("{plate} has no entry", "the items weigh {sum}")),
        ("texts/es.yaml", texts("{plate} sin entrada", "las partidas pesan {sum}")),
        (
            "schemas/Shipment.json",
            schema(
                &["scn", "weight"],
                json!({
                    "scn": scn, "weight": {"type": "string", "pattern": "^[0-9.]+$"}, "plate": {"type": "string"}, "broker": {"type": "string"},
                    "permit": {"type": "string"}, "mode": {"type": "string", "x-codes": "modes"},
                    "items": {"type": "array", "items": {"type": "object", "additionalProperties": false, "properties": {"weight": {"type": "string"}}}}
                }),
            ),
        ),
        ("schemas/Entry.json", schema(&["scns"], json!({"scns": {"type": "array", "items": scn, "minItems": 1}}))),
        ("schemas/HoldPlaced.json", schema(&["scn", "reason"], json!({"scn": scn, "reason": {"type": "string", "enum": ["nii", "docs"]}}))),
        ("schemas/HoldRemoved.json", schema(&[], json!({"reason": {"type": "string"}}))),
    ]
    .into_iter()
    .map(|(p, t)| (p.to_owned(), t))
    .collect()
}

fn folder(files: &BTreeMap<String, String>) -> Folder {
    Folder(
        files
            .iter()
            .map(|(p, t)| (p.clone(), t.clone().into_bytes()))
            .collect(),
    )
}

fn codes(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|f| format!("{} {}:{}", f.code, f.file, f.line))
        .collect()
}

fn small() -> Profile {
    Profile::load(&folder(&files())).unwrap_or_else(|f| panic!("{f:#?}"))
}

#[test]
fn a_sound_program_has_no_findings() {
    let report = check(&folder(&files()));
    assert!(report.findings.is_empty(), "{:#?}", report.findings);
}

#[test]
fn findings_name_the_slip_and_its_line() {
    // (file, what stands there, what the slip is, the code it gives)
    let slips = [
        (
            "profile.yaml",
            "on: Entry,",
            "on: Entri,",
            "unknown-record-type",
        ),
        (
            "profile.yaml",
            "owner: { role: carrier, holds: scac }",
            "ownr: { role: carrier }",
            "unknown-word",
        ),
        (
            "profile.yaml",
            "entry == 'on-file'\"",
            "entry == 'on-fil'\"",
            "expression-type",
        ),
        (
            "profile.yaml",
            "holds.open.size() > 0",
            "holds.opn.size() > 0",
            "expression-type",
        ),
        (
            "profile.yaml",
            "holds.open.size() > 0",
            "holds.open.size()",
            "expression-type",
        ),
        (
            "profile.yaml",
            "holds.open.size() > 0",
            "holds.open.size( > 0",
            "bad-expression",
        ),
        (
            "profile.yaml",
            "- { state: held, when: \"holds.open.size() > 0\" }",
            "- { state: held }",
            "show-unreachable",
        ),
        ("profile.yaml", "keeper: customs.us, ", "", "no-keeper"),
        (
            "profile.yaml",
            "Shipment#/credentialSubject/broker",
            "Shipment#/credentialSubject/brokr",
            "unknown-member",
        ),
        (
            "profile.yaml",
            "Entry: { issued-by: [customs.us]",
            "Entry: { issued-by: [customs.us, customs.mx]",
            "count-of-several",
        ),
        (
            "profile.yaml",
            "entered: entry.on-file",
            "entered: entry.gone",
            "unknown-state",
        ),
        (
            "profile.yaml",
            "states: [ready, held]",
            "states: [ready, hold]",
            "unknown-state",
        ),
        (
            "profile.yaml",
            "limit-min: 30 }",
            "show: strip, by: plate, places: [] }",
            "bad-places",
        ),
        (
            "profile.yaml",
            "limit-min: 30 }",
            "show: strip, by: plate, places: { '2304': 201 } }",
            "bad-places",
        ),
        (
            "profile.yaml",
            "limit-min: 30 }",
            "show: strip, by: dock, places: 3 }",
            "unknown-member",
        ),
        (
            "profile.yaml",
            "face: document",
            "page: night",
            "unknown-word",
        ),
        (
            "profile.yaml",
            "accepts: report, audience: [{ to: customs.us }, { to: seats }] }",
            "secret: office }",
            "secret-moves",
        ),
        ("profile.yaml", "act: hold,", "act: halt,", "unknown-act"),
        (
            "profile.yaml",
            "HoldRemoved: { follows: HoldPlaced }",
            "HoldRemoved: { follows: HoldRemoved }",
            "follows-cycle",
        ),
        (
            "profile.yaml",
            "version: 0.1.0",
            "version: 0.1.0\nversion: 2",
            "bad-yaml",
        ),
        (
            "rules.yaml",
            "on: Entry",
            "on: Entrance",
            "unknown-record-type",
        ),
        (
            "rules.yaml",
            "check('scn', subject.scn)",
            "chek('scn', subject.scn)",
            "expression-type",
        ),
        (
            "rules.yaml",
            "subject.weight",
            "subject.wight",
            "expression-type",
        ),
        (
            "rules.yaml",
            "values: { sum: ",
            "values: { summ: ",
            "text-values",
        ),
        (
            "rules.yaml",
            "latest('Shipment')",
            "latest('Shipments')",
            "unknown-record-type",
        ),
        ("texts/es.yaml", "{plate} sin", "sin", "text-values"),
        ("texts/es.yaml", "heavy: z", "heavier: z", "text-missing"),
        (
            "context.jsonld",
            "\"weight\"",
            "\"weigth\"",
            "context-term-missing",
        ),
        (
            "schemas/Shipment.json",
            "\"title\":\"SCN\"",
            "\"x-personal\":true",
            "personal-in-key",
        ),
        (
            "schemas/Shipment.json",
            "\"modes\"",
            "\"moods\"",
            "unknown-codelist",
        ),
        (
            "schemas/Shipment.json",
            "\"type\":\"array\"",
            "\"$ref\":\"https://example.org/x\"",
            "bad-schema",
        ),
        ("codelists/modes.csv", "Camión", "", "text-missing"),
        (
            "profile.yaml",
            "hold: { issue: HoldPlaced, ask: reason,",
            "hold: { issue: HoldPlaced,",
            "act-leaves-out",
        ),
        (
            "profile.yaml",
            "act: hold, values",
            "act: hold, glyph: doc, values",
            "unknown-look",
        ),
        (
            "profile.yaml",
            "acts:\n",
            "states: { held: grey }\nacts:\n",
            "unknown-look",
        ),
        (
            "profile.yaml",
            "\"holds.open.size() > 0\"",
            "\"agreed('HoldPlaced', 'nii', ['customs.us'])\"",
            "agreed-without-value",
        ),
        (
            "profile.yaml",
            "version: 0.1.0",
            "version: 0.1.0\nroles: [customs.us, carrier, bridge]\naffirmed-by: { Entry: [customs.su] }",
            "unknown-role",
        ),
        (
            "profile.yaml",
            "kinds:\n",
            "kinds:\n  trip: { key: /credentialSubject/plate, owner: carrier, parts: { loads: { kind: shipment, from: Entry, at: /credentialSubject/scns/* } } }\n",
            "parts-of-nobody",
        ),
        (
            "profile.yaml",
            "kinds:\n",
            "kinds:\n  trip: { key: /credentialSubject/plate, owner: carrier, parts: { loads: { kind: shipment, from: Shipment, at: /credentialSubject/items/* } } }\n",
            "part-key",
        ),
        (
            "profile.yaml",
            "acts:\n",
            "clocks: { due: { from: Shipment, last: 2, count: days, zone: Laredo, until: Entry, owner: customs.us } }\nacts:\n",
            "unknown-zone",
        ),
        (
            "schemas/HoldPlaced.json",
            "\"enum\":",
            "\"x-enum-en\":[\"Scan\",\"Papers\"],\"enum\":",
            "enum-words",
        ),
    ];
    for (file, from, to, code) in slips {
        let mut files = files();
        let text = files.get_mut(file).unwrap();
        assert!(text.contains(from), "{file}: {from}");
        *text = text.replacen(from, to, 1);
        if code == "count-of-several" {
            *text = text.replace("count.Shipment > 1", "count.Entry > 1");
        }
        let report = check(&folder(&files));
        let found = report.findings.iter().find(|f| f.code == code);
        assert!(
            found.is_some(),
            "{file}: {to}: {:?}",
            codes(&report.findings)
        );
        assert!(
            report
                .findings
                .iter()
                .all(|f| !f.help.is_empty() && !f.message.is_empty())
        );
        if [".yaml", ".csv"].iter().any(|e| file.ends_with(e)) && code != "no-keeper" {
            assert!(
                found.is_some_and(|f| f.line > 0 || f.file != file),
                "{code}: {found:?}"
            );
        }
    }
}

/// A seat is of one kind: on another the record would be disputed, and nothing would say so before it is filed.
#[test]
fn a_seat_of_another_kind_is_told() {
    let mut files = files();
    let text = files.get_mut("profile.yaml").unwrap();
    *text = text
        .replace(
            "kinds:\n",
            "kinds:\n  trip: { key: /credentialSubject/plate, owner: carrier }\n",
        )
        .replace(
            "Entry: { issued-by: [customs.us], about: { shipment: /credentialSubject/scns/* }",
            "Entry: { issued-by: [seat.broker], about: { shipment: /credentialSubject/scns/*, trip: /credentialSubject/plate }",
        );
    let report = check(&folder(&files));
    let found = report
        .findings
        .iter()
        .find(|f| f.code == "seat-not-in-kind")
        .unwrap_or_else(|| panic!("{:?}", codes(&report.findings)));
    assert!(
        found.message.contains("Entry is about a trip") && found.line > 0,
        "{found:?}"
    );
}

/// A program without texts has one finding a language, whose help are the lines to paste.
#[test]
fn many_missing_texts_are_told_at_once() {
    let mut files = files();
    files.insert("texts/es.yaml".to_owned(), String::new());
    let report = check(&folder(&files));
    let found: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|f| f.code == "text-missing")
        .collect();
    let [one] = found.as_slice() else {
        panic!("{:?}", codes(&report.findings));
    };
    assert_eq!(one.file, "texts/es.yaml");
    for line in [
        "kinds.shipment: \"\"",
        "acts.hold.not: \"\"",
        "rules.heavy: \"\"",
    ] {
        assert!(one.help.lines().any(|l| l == line), "{}", one.help);
    }
    let pasted: String = one.help.lines().skip(1).map(|l| format!("{l}\n")).collect();
    files.insert("texts/es.yaml".to_owned(), pasted.replace("\"\"", "x"));
    let left = check(&folder(&files)).findings;
    assert!(left.iter().all(|f| f.code != "text-missing"), "{left:#?}");
}

/// A move and a rule may ask who issues: in whose name an office speaks is not for it to choose.
#[test]
fn who_issues_is_asked_by_role() {
    let mut files = files();
    let text = files.get_mut("profile.yaml").unwrap();
    *text = text
        .replace(
            "moves: [{ on: Entry, to: on-file }]",
            "moves: [{ on: Entry, to: on-file, when: \"issuer_has('customs.us')\" }]",
        )
        .replace(
            "Entry: { issued-by: [customs.us]",
            "Entry: { issued-by: [customs.us, broker.us]",
        );
    let rules = files.get_mut("rules.yaml").unwrap();
    rules.push_str("- { code: not-yours, on: Entry, must: \"issuer_has('customs.us')\" }\n");
    for lang in ["en", "es"] {
        let texts = files.get_mut(&format!("texts/{lang}.yaml")).unwrap();
        *texts = texts.replace("heavy: z", "heavy: z, not-yours: not yours");
    }
    let profile = Profile::load(&folder(&files)).unwrap_or_else(|f| panic!("{f:#?}"));
    let (key, scns) = ("TOCQ0001", json!({"scns": ["TOCQ0001"]}));
    let case = CaseRef {
        kind: "shipment".into(),
        key: key.into(),
    };
    let shipment = json!({"scn": key, "weight": "1.0", "broker": "did:web:broker"});
    let shipment = record(document("Shipment", "did:web:acme", key, shipment));
    for (office, track, refused) in [
        ("did:web:broker", "none", true),
        ("did:web:cbp", "on-file", false),
    ] {
        let entry = document("Entry", office, key, scns.clone());
        let found = judged(&profile, &entry, std::slice::from_ref(&shipment)).problems;
        assert_eq!(
            found.iter().any(|p| p.code == "not-yours"),
            refused,
            "{office}: {found:?}"
        );
        let folded = state(&profile, &case, &[shipment.clone(), record(entry)]);
        assert!(
            folded.records.iter().all(|r| r.why.is_none()),
            "{folded:#?}"
        );
        assert_eq!(folded.tracks["entry"].state, track, "{office}");
    }
}

#[test]
fn core_and_face_are_two_digests() {
    let with_calendar = || {
        let mut files = files();
        files.insert(
            "calendars/us.federal.csv".to_owned(),
            "date,name\n2026-11-26,Thanksgiving\n".to_owned(),
        );
        files
    };
    let base = Profile::load(&folder(&with_calendar())).unwrap();
    let change = |file: &str, from: &str, to: &str| {
        let mut files = with_calendar();
        let text = files.get_mut(file).unwrap();
        *text = text.replacen(from, to, 1);
        let p = Profile::load(&folder(&files)).unwrap();
        (
            p.core_digest() == base.core_digest(),
            p.face_digest() == base.face_digest(),
        )
    };
    assert_eq!(
        change("texts/en.yaml", "the items weigh", "items weigh"),
        (true, false)
    );
    assert_eq!(
        change("profile.yaml", "limit-min: 30", "limit-min: 20"),
        (true, false)
    );
    assert!(!change("rules.yaml", "'2%'", "'3%'").0);
    assert!(!change("schemas/Shipment.json", "{4,12}", "{4,11}").0);
    assert_eq!(
        change(
            "profile.yaml",
            "version: 0.1.0",
            "# nothing\nversion: 0.1.0"
        ),
        (true, true)
    );
    // A holiday moved changes what is due; what it is called does not.
    assert!(!change("calendars/us.federal.csv", "2026-11-26", "2026-11-27").0);
    assert_eq!(
        change("calendars/us.federal.csv", "Thanksgiving", "Turkey day"),
        (true, true)
    );
    assert!(base.core_digest() != small().core_digest());
    assert!(base.core_digest().starts_with("ni:///sha-256;"));
}

struct Fake;
impl Identifiers for Fake {
    fn check(&self, name: &str, value: &str) -> Option<bool> {
        (name == "scn").then(|| !value.ends_with('9'))
    }
}

fn directory() -> Directory {
    let party = |roles: &[&str], scac: &[&str]| Party {
        roles: roles
            .iter()
            .map(|r| RoleGrant {
                role: (*r).to_owned(),
                from_ms: 0,
                until_ms: None,
            })
            .collect(),
        holds: BTreeMap::from([(
            "scac".to_owned(),
            scac.iter().map(|s| (*s).to_owned()).collect(),
        )]),
        ..Party::default()
    };
    Directory {
        parties: BTreeMap::from([
            ("did:web:acme".to_owned(), party(&["carrier"], &["TOCQ"])),
            ("did:web:rival".to_owned(), party(&["carrier"], &["RIVL"])),
            ("did:web:cbp".to_owned(), party(&["customs.us"], &[])),
            ("did:web:broker".to_owned(), party(&["broker.us"], &[])),
        ]),
        ..Directory::default()
    }
}

const NOW: i64 = 1_795_532_400_000;

fn document(ty: &str, issuer: &str, key: &str, subject: Value) -> Value {
    json!({
        "id": format!("ni:///sha-256;{ty}"), "type": ["VerifiableCredential", ty], "issuer": {"id": issuer},
        "about": [{"kind": "shipment", "key": key}], "occurred": "2026-11-24T15:00:00.000Z", "credentialSubject": subject
    })
}

fn record(document: Value) -> CaseRecord {
    CaseRecord {
        id: document["id"].as_str().unwrap().to_owned(),
        record_type: document["type"][1].as_str().unwrap().to_owned(),
        issuer: document["issuer"]["id"].as_str().unwrap().to_owned(),
        about: vec![CaseRef {
            kind: "shipment".into(),
            key: document["about"][0]["key"].as_str().unwrap().into(),
        }],
        occurred_ms: NOW,
        logged_ms: NOW,
        standing: Standing::Act,
        replaces: None,
        follows: Vec::new(),
        saw: Vec::new(),
        on_behalf_of: None,
        view: None,
        disputed: None,
        document: Arc::new(document),
    }
}

fn state(profile: &Profile, case: &CaseRef, records: &[CaseRecord]) -> CaseState {
    let records = Arc::new(records.to_vec());
    let fold = fold_case(
        profile.model(),
        case,
        &|_| records.clone(),
        &directory(),
        &Knowledge::all(),
        NOW + 60_000,
    );
    (*fold).clone()
}

fn judged(profile: &Profile, document: &Value, records: &[CaseRecord]) -> Judgement {
    let directory = directory();
    let case = CaseRef {
        kind: "shipment".into(),
        key: "TOCQ0001".into(),
    };
    let cases = BTreeMap::from([(case.clone(), state(profile, &case, records))]);
    let records = Arc::new(records.to_vec());
    let of = |_: &CaseRef| records.clone();
    let ctx = AdmitContext {
        directory: &directory,
        now_ms: NOW,
        logged_ms: NOW,
        cases: &cases,
        records: &of,
        identifiers: &Fake,
        linked: None,
        mandates: None,
    };
    judge(profile, document, &ctx)
}

#[test]
fn admission_tells_every_fault_at_once() {
    let p = small();
    let good = || {
        document(
            "Shipment",
            "did:web:acme",
            "TOCQ0001",
            json!({"scn": "TOCQ0001", "weight": "100.0", "items": [{"weight": "60.25"}, {"weight": "39.75"}]}),
        )
    };
    let shipment = record(good());
    let hold = record(document(
        "HoldPlaced",
        "did:web:cbp",
        "TOCQ0001",
        json!({"scn": "TOCQ0001", "reason": "nii"}),
    ));
    let check = |what: &str, doc: Value, records: &[CaseRecord], expected: &[&str]| {
        let j = judged(&p, &doc, records);
        let mut found: Vec<String> = j
            .problems
            .iter()
            .map(|p| format!("{} {}", p.code, p.pointer))
            .collect();
        found.sort();
        let mut expected: Vec<String> = expected.iter().map(|e| (*e).to_owned()).collect();
        expected.sort();
        assert_eq!(found, expected, "{what}: {j:#?}");
        assert!(
            j.problems
                .iter()
                .all(|p| !p.en.is_empty() && !p.es.is_empty())
        );
    };
    let with = |f: &dyn Fn(&mut Value)| {
        let mut d = good();
        f(&mut d);
        d
    };
    check("good", good(), &[], &[]);
    check(
        "a stranger with the right number",
        with(&|d| d["issuer"]["id"] = json!("did:web:rival")),
        &[],
        &["namespace-not-held /about"],
    );
    check(
        "the wrong role",
        with(&|d| d["issuer"]["id"] = json!("did:web:broker")),
        &[],
        &["issuer-role /issuer"],
    );
    check(
        "many at once",
        with(&|d| {
            d["credentialSubject"] =
                json!({"scn": "TOCQ0009", "mode": "??", "items": [{"weight": "1"}], "extra": 1});
            d["standing"] = json!("report");
            d.as_object_mut().unwrap().remove("occurred");
        }),
        &[],
        &[
            "about-mismatch /about",
            "code-unknown /credentialSubject/mode",
            "occurred-missing /occurred",
            "schema-additional /credentialSubject/extra",
            "schema-required /credentialSubject/weight",
            "scn-form /credentialSubject/scn",
            "source-missing /source",
            "standing-not-accepted /standing",
        ],
    );
    check(
        "an outdated code",
        with(&|d| d["credentialSubject"]["mode"] = json!("OLD")),
        &[],
        &["code-not-valid /credentialSubject/mode"],
    );
    check(
        "sums",
        with(&|d| d["credentialSubject"]["weight"] = json!("103")),
        &[],
        &["sum /credentialSubject/weight"],
    );
    let replaced = |kind: &str| {
        with(&|d| {
            d["credentialSubject"]["weight"] = json!("103");
            d["replaces"] = json!({"id": shipment.id, "kind": kind, "reason": "typed wrong"});
        })
    };
    check(
        "a correction states anew",
        replaced("corrects"),
        std::slice::from_ref(&shipment),
        &["sum /credentialSubject/weight"],
    );
    check(
        "a withdrawal states nothing: what it repeats may be refused by now",
        replaced("withdraws"),
        std::slice::from_ref(&shipment),
        &[],
    );
    // A text of the document that looks like a path points no rule elsewhere.
    let mut pointing = good();
    pointing["credentialSubject"]["weight"] = json!("/credentialSubject/scn");
    let pointed = judged(&p, &pointing, &[]);
    assert!(
        pointed.unchecked.iter().any(|u| u.code == "heavy"),
        "{pointed:#?}"
    );
    let mut pointing = good();
    pointing["credentialSubject"]["scn"] = json!("/nothing/at/all9");
    let pointed = judged(&p, &pointing, &[]);
    assert!(
        pointed.problems.iter().any(|x| x.code == "scn-form"),
        "{pointed:#?}"
    );
    check(
        "the future",
        with(&|d| d["occurred"] = json!("2027-01-01T00:00:00Z")),
        &[],
        &["occurred-in-the-future /occurred"],
    );
    check(
        "a view is not filed",
        with(&|d| d["view"] = json!("bridge")),
        &[],
        &["view-not-admitted /view"],
    );
    check(
        "another core",
        with(&|d| d["profile"] = json!("ni:///sha-256;x")),
        &[],
        &["profile-other /profile"],
    );
    check(
        "an unknown type",
        with(&|d| d["type"] = json!(["Zebra"])),
        &[],
        &["type-unknown /type"],
    );
    check(
        "no document at all",
        json!([1]),
        &[],
        &["type-missing /type"],
    );
    check(
        "a key with a colon",
        with(&|d| d["credentialSubject"]["scn"] = json!("TOCQ:0001")),
        &[],
        &[
            "about-key /credentialSubject",
            "schema-pattern /credentialSubject/scn",
        ],
    );
    let removed = |follows: Value| {
        let mut d = document("HoldRemoved", "did:web:cbp", "TOCQ0001", json!({}));
        d["follows"] = follows;
        d
    };
    let both = [shipment.clone(), hold.clone()];
    check("a removal", removed(json!([hold.id])), &both, &[]);
    check(
        "a removal of nothing",
        removed(json!([])),
        &both,
        &["follows-missing /follows"],
    );
    check(
        "a removal of what is not a hold",
        removed(json!([shipment.id])),
        &both,
        &["follows-other-type /follows/0"],
    );
    check(
        "a removal of an unknown hold",
        removed(json!(["ni:///sha-256;?"])),
        &both,
        &["follows-unknown /follows/0"],
    );
    check(
        "replacing another's",
        with(&|d| {
            d["replaces"] = json!({"id": hold.id, "kind": "erases"});
        }),
        &both,
        &[
            "replaces-kind /replaces/kind",
            "replaces-not-allowed /replaces/id",
            "replaces-other-type /replaces/id",
        ],
    );
    // What is not there makes a rule unknown, never failed.
    let mut report = document(
        "Entry",
        "did:web:broker",
        "TOCQ0001",
        json!({"scns": ["TOCQ0001"]}),
    );
    report["standing"] = json!("report");
    report["source"] = json!({"file": "x"});
    let j = judged(&p, &report, &[]);
    assert!(j.problems.is_empty(), "{j:#?}");
    assert_eq!(
        j.unchecked
            .iter()
            .map(|u| u.code.as_str())
            .collect::<Vec<_>>(),
        ["entry-agrees"]
    );
}

#[test]
fn pages_come_from_the_folder() {
    let p = small();
    let f = form(&p, "Shipment").unwrap();
    let fields: Vec<(&str, FieldKind, bool)> = f.sections[0]
        .fields
        .iter()
        .map(|f| (f.name.as_str(), f.kind, f.required))
        .collect();
    assert_eq!(fields[0], ("scn", FieldKind::Text, true));
    assert!(
        fields.contains(&("items", FieldKind::ObjectList, false))
            && fields.contains(&("mode", FieldKind::Select, false))
    );
    let case = CaseRef {
        kind: "shipment".into(),
        key: "TOCQ0001".into(),
    };
    let doc = document(
        "Shipment",
        "did:web:acme",
        "TOCQ0001",
        json!({"scn": "TOCQ0001", "weight": "100", "plate": "AB1", "broker": "did:web:broker"}),
    );
    assert_eq!(about(&p, &doc), Ok(vec![case.clone()]));
    assert_eq!(
        search_keys(&p, &doc),
        [("plate".to_owned(), "AB1".to_owned())]
    );
    let records = [record(doc)];
    let state = state(&p, &case, &records);
    let directory = directory();
    let view = CaseView {
        state: &state,
        records: &records,
        directory: &directory,
        as_of_ms: NOW + 3_600_000,
        linked: None,
    };
    let offers = acts(&p, view, "did:web:cbp", &["customs.us"]);
    assert_eq!(
        offers
            .iter()
            .map(|o| (o.id.as_str(), o.allowed))
            .collect::<Vec<_>>(),
        [("hold", true), ("file", true)]
    );
    assert_eq!(
        offers[0].ask.as_ref().map(|f| f.kind),
        Some(FieldKind::Radio)
    );
    assert!(acts(&p, view, "did:web:acme", &["carrier"]).is_empty());
    assert_eq!(
        build_act(&p, "hold", view, Some(&json!("nii"))),
        Ok(json!({"scn": "TOCQ0001", "reason": "nii"}))
    );
    assert_eq!(
        build_act(&p, "file", view, None),
        Ok(json!({"scns": ["TOCQ0001"]}))
    );
    assert_eq!(
        build_act(&p, "hold", view, None).unwrap_err().code(),
        "act-answer-missing"
    );
    let row = board_row(&p, p.id(), view, &["customs.us"]).unwrap();
    assert_eq!(
        (row.column.as_deref(), row.fields["plate"].as_str()),
        (Some("expected"), Some("AB1"))
    );
    assert_eq!(row.needs[0].text.es, "AB1 sin entrada");
    let rows = table_rows(&p, view);
    assert_eq!(rows[0].columns["weight"], json!("100"));
    assert_eq!(rows[0].columns["ready"], Value::Null);
    assert_eq!(rows[0].columns["late"], json!(false));
}

#[test]
fn the_crossing_profile_is_sound() {
    let root = std::path::Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../profiles/crossing"
    ));
    let mut files = BTreeMap::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if let (Ok(name), Ok(bytes)) = (path.strip_prefix(root), std::fs::read(&path)) {
                files.insert(name.to_string_lossy().into_owned(), bytes);
            }
        }
    }
    if !files.contains_key("profile.yaml") {
        println!("skipped: profiles/crossing is absent");
        return;
    }
    let report = check(&Folder(files));
    assert!(
        report.is_sound(),
        "{:#?}",
        report
            .findings
            .iter()
            .filter(|f| f.severity == garita_profile::FindingSeverity::Error)
            .collect::<Vec<_>>()
    );
}
