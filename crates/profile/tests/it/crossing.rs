//! The crossing profile: it loads, the checker finds nothing, every example is judged as it says, every scenario comes out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use garita_profile::admission::{AdmitContext, admit};
use garita_profile::calendar;
use garita_profile::case::{CaseRecord, CaseRef, CaseState, Directory, Party, RoleGrant, Standing};
use garita_profile::check::check;
use garita_profile::functions::instant_ms;
use garita_profile::rules::Identifiers;
use garita_profile::scenario::run_scenarios_in;
use garita_profile::{Folder, Profile, keys};
use serde_json::{Value, json};

/// Seeded orders for each expectation: the trials carry the thousands, this test keeps the minutes.
const ORDERS: usize = 3;

/// Stands in for the field's identifiers, which this crate does not know: the names that rules may use, and the values that the
/// examples mean to be wrong. That the real table judges them so is checked where both crates are at hand.
struct Field;

const NAMES: &[&str] = &[
    "scac",
    "scn",
    "plate",
    "vin",
    "caat",
    "container",
    "entry-number",
    "inbond-number",
    "rfc",
    "patente",
    "pedimento",
    "itn",
    "hts",
    "mid",
    "un-number",
    "cove",
];
const WRONG: &[&str] = &[
    "1M8GDM9A1KP042788",
    "CSQU3054384",
    "M7K-4410273-5",
    "M7K-4410274-5",
    "M7K-4410273-1",
    "680001239",
    "680001233",
    "URE180429TM5",
    "262434564000123",
    "X20171301987654",
];

impl Identifiers for Field {
    fn check(&self, name: &str, value: &str) -> Option<bool> {
        NAMES.contains(&name).then(|| !WRONG.contains(&value))
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles/crossing")
}

fn folder() -> Folder {
    let mut files = BTreeMap::new();
    read(&root(), "", &mut files);
    Folder(files)
}

fn read(at: &Path, under: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(at).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{under}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
}

const ISSUER: &str = "did:web:issuer.example";

/// An issuer with the example's roles that holds whatever number its case needs.
fn directory(roles: &[String], about: &[CaseRef]) -> Directory {
    let mut holds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for case in about {
        let parts: Vec<&str> = case.key.split(':').collect();
        match case.kind.as_str() {
            "pedimento" => holds
                .entry("patente".into())
                .or_default()
                .extend(parts.get(2).map(|p| (*p).to_owned())),
            _ => holds
                .entry("scac".into())
                .or_default()
                .push(case.key.chars().take(4).collect()),
        }
    }
    let roles = roles
        .iter()
        .map(|r| RoleGrant {
            role: r.clone(),
            from_ms: 0,
            until_ms: None,
        })
        .collect();
    let party = Party {
        roles,
        holds,
        ..Party::default()
    };
    Directory {
        parties: BTreeMap::from([(ISSUER.to_owned(), party)]),
        zones: BTreeMap::new(),
    }
}

#[test]
fn is_sound_and_has_every_text() {
    let report = check(&folder());
    let found: Vec<String> = report
        .findings
        .iter()
        .map(|f| format!("{}:{} {} {}", f.file, f.line, f.code, f.message))
        .collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn judges_every_example_as_it_says() {
    let folder = folder();
    let profile = Profile::load(&folder).unwrap();
    let (mut valid, mut invalid, mut wrong) = (0, 0, Vec::new());
    for (path, bytes) in folder.0.iter().filter(|(p, _)| p.starts_with("examples/")) {
        let example: Value = serde_json::from_slice(bytes).unwrap();
        let found = judge(&profile, &example);
        if example["expect"] == json!("valid") {
            valid += 1;
            // Only what keeps a record out or disputes it: a decisive act without `saw` is told, not refused.
            if !found.is_empty() {
                wrong.push(format!("{path}: {found:?}"));
            }
        } else {
            invalid += 1;
            let wanted = (
                example["expect"][0].as_str().unwrap().to_owned(),
                example["expect"][1].as_str().unwrap().to_owned(),
            );
            if !found.contains(&wanted) {
                wrong.push(format!("{path}: wanted {wanted:?}, found {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(
        valid >= 40 && invalid >= 40,
        "{valid} valid, {invalid} invalid"
    );
}

/// Faults of an example: (code, pointer).
fn judge(profile: &Profile, example: &Value) -> Vec<(String, String)> {
    let mut document = example["record"].clone();
    document["issuer"] = json!({ "id": ISSUER });
    let now_ms = instant_ms(example["now"].as_str().unwrap()).unwrap();
    let mut about = keys::about(profile, &document).unwrap_or_default();
    let mut all: Vec<CaseRecord> = Vec::new();
    // What a record answers is in hand: one of the type that it follows.
    let ty = keys::record_type(&document).unwrap().to_owned();
    if let Some(first) = profile
        .model()
        .records
        .get(&ty)
        .and_then(|t| t.follows.first())
    {
        if about.is_empty() {
            about.push(CaseRef {
                kind: "shipment".to_owned(),
                key: "TOCQ88402171".to_owned(),
            });
        }
        all.push(in_hand(
            "ni:///sha-256;followed",
            first,
            &about,
            now_ms,
            json!({"type": ["VerifiableCredential", first]}),
        ));
        document["follows"] = json!(["ni:///sha-256;followed"]);
    }
    for (i, other) in example["case"].as_array().into_iter().flatten().enumerate() {
        let ty = keys::record_type(other).unwrap();
        all.push(in_hand(
            &format!("ni:///sha-256;other-{i}"),
            ty,
            &keys::about(profile, other).unwrap(),
            now_ms,
            other.clone(),
        ));
    }
    document["about"] = about
        .iter()
        .map(|c| json!({"kind": c.kind, "key": c.key}))
        .collect();
    let roles: Vec<String> = example["issuer-roles"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|r| r.as_str().map(str::to_owned))
        .collect();
    let directory = directory(&roles, &about);
    let cases: BTreeMap<CaseRef, CaseState> = BTreeMap::new();
    let all = Arc::new(all);
    let records = |_: &CaseRef| all.clone();
    let context = AdmitContext {
        directory: &directory,
        now_ms,
        logged_ms: now_ms,
        cases: &cases,
        records: &records,
        identifiers: &Field,
        linked: None,
    };
    admit(profile, &document, &context)
        .into_iter()
        .filter(|p| p.code != "saw-missing")
        .map(|p| {
            assert!(
                !p.en.is_empty() && !p.es.is_empty() && !p.en.contains("does not keep the rule"),
                "{p:?}"
            );
            (p.code, p.pointer)
        })
        .collect()
}

fn in_hand(id: &str, ty: &str, about: &[CaseRef], at_ms: i64, document: Value) -> CaseRecord {
    CaseRecord {
        id: id.to_owned(),
        record_type: ty.to_owned(),
        issuer: ISSUER.to_owned(),
        about: about.to_vec(),
        occurred_ms: at_ms,
        logged_ms: at_ms,
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

#[test]
fn every_scenario_comes_out_in_any_order() {
    let report = run_scenarios_in(&folder(), ORDERS);
    let faults: Vec<String> = report
        .faults
        .iter()
        .map(|f| format!("{}:{}: {}", f.file, f.line, f.what))
        .collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert!(report.scenarios >= 14);
    assert!(
        report.unreached.is_empty(),
        "no scenario reaches {:?}",
        report.unreached
    );
}

#[test]
fn thanksgiving_is_no_working_day() {
    let profile = Profile::load(&folder()).unwrap();
    let day = "2026-11-26".parse().unwrap();
    assert!(!calendar::is_business_day(
        profile.model(),
        Some("us.federal"),
        day
    ));
    assert!(calendar::is_business_day(
        profile.model(),
        Some("mx.federal"),
        day
    ));
}

#[test]
fn context_defines_every_member_and_every_type() {
    let folder = folder();
    let profile = Profile::load(&folder).unwrap();
    let context = &profile.model().context["@context"];
    for (name, schema) in &profile.model().schemas {
        if folder.text(&format!("schemas/{name}.json")).is_none() {
            continue;
        }
        assert!(context.get(name).is_some(), "type {name}");
        let mut open = vec![schema];
        while let Some(now) = open.pop() {
            for (member, inner) in now
                .get("properties")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
            {
                assert!(context.get(member).is_some(), "{name}: {member}");
                open.push(inner);
            }
            open.extend(now.get("items"));
        }
    }
}
