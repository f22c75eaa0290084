//! The generator, held against the profile and the importers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use garita_formats::Severity as FaultSeverity;
use garita_profile::Profile;
use garita_profile::admission::{AdmitContext, admit};
use garita_profile::case::{Directory, Party, RoleGrant};
use garita_profile::load::Folder;
use garita_profile::model::Severity;
use garita_profile::rules::Identifiers;
use serde_json::{Value, json};

use super::cast::NODES;
use super::life::{instant, merge, without_empty_lists};
use super::script::{Expect, MINUTE_MS, Script, What};
use super::world::{Plan, script};

struct Checks;

impl Identifiers for Checks {
    fn check(&self, name: &str, value: &str) -> Option<bool> {
        garita_formats::identifiers::check(name, value)
    }
}

fn day() -> Script {
    script(Plan::default())
}

fn did(key: &str) -> String {
    format!("did:web:demo.example:parties:{key}")
}

fn directory() -> Directory {
    let parties = NODES
        .iter()
        .flat_map(|node| node.parties)
        .map(|party| {
            let mut holds: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for (space, number) in party.holds {
                holds
                    .entry((*space).to_owned())
                    .or_default()
                    .push((*number).to_owned());
            }
            let roles = party
                .roles
                .iter()
                .map(|role| RoleGrant {
                    role: (*role).to_owned(),
                    from_ms: 0,
                    until_ms: None,
                })
                .collect();
            let party_entry = Party {
                name: party.name.to_owned(),
                country: party.country.to_owned(),
                roles,
                holds,
                places: party
                    .places
                    .iter()
                    .map(|place| (*place).to_owned())
                    .collect(),
                marks: Vec::new(),
            };
            (did(party.slug), party_entry)
        })
        .collect();
    Directory {
        parties,
        zones: BTreeMap::new(),
    }
}

fn read(folder: &Path, under: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(under).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(folder, &path, files);
        } else {
            let name = path
                .strip_prefix(folder)
                .unwrap()
                .to_string_lossy()
                .into_owned();
            files.insert(name, std::fs::read(&path).unwrap());
        }
    }
}

fn crossing() -> Profile {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles/crossing");
    let folder = if folder.exists() {
        folder
    } else {
        Path::new("/work/main/profiles/crossing").to_owned()
    };
    let mut files = BTreeMap::new();
    read(&folder, &folder, &mut files);
    Profile::load(&Folder(files)).unwrap()
}

/// `@key` becomes that party's DID.
fn resolve(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some(key) = text.strip_prefix('@') {
                *text = did(key);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(resolve),
        Value::Object(map) => map.values_mut().for_each(resolve),
        _ => {}
    }
}

/// Faults of a record by its issuer, without the cases it is about: those that another record answers are let through.
fn faults(
    profile: &Profile,
    directory: &Directory,
    actor: &str,
    standing: &str,
    record_type: &str,
    occurred_ms: i64,
    mut subject: Value,
) -> Vec<String> {
    resolve(&mut subject);
    let mut document = json!({
        "type": ["VerifiableCredential", record_type], "issuer": { "id": did(actor) },
        "occurred": instant(occurred_ms), "standing": standing, "credentialSubject": subject,
    });
    let about: Vec<Value> = garita_profile::keys::about(profile, &document)
        .unwrap_or_default()
        .into_iter()
        .map(|case| json!({ "kind": case.kind, "key": case.key }))
        .collect();
    merge(&mut document, json!({ "about": about }));
    if standing == "report" {
        merge(&mut document, json!({ "source": "the file" }));
    }
    let cases = BTreeMap::new();
    let problems = admit(
        profile,
        &document,
        &AdmitContext {
            directory,
            now_ms: occurred_ms,
            logged_ms: occurred_ms,
            cases: &cases,
            records: &|_| Arc::new(Vec::new()),
            identifiers: &Checks,
            linked: None,
            mandates: None,
        },
    );
    problems
        .into_iter()
        .filter(|problem| problem.severity == Severity::Refuse)
        .filter(|problem| {
            !problem.pointer.starts_with("/follows")
                && !problem.code.starts_with("follows")
                && problem.code != "about-missing"
        })
        .map(|problem| {
            format!(
                "{record_type} by {actor}: {} at {}: {}",
                problem.code, problem.pointer, problem.en
            )
        })
        .collect()
}

#[test]
fn the_same_seed_makes_the_same_day_and_another_seed_another() {
    assert_eq!(day(), day());
    assert_ne!(
        day(),
        script(Plan {
            seed: 2,
            ..Plan::default()
        })
    );
}

#[test]
fn two_hours_hold_more_than_200_trucks_and_5000_records() {
    let script = day();
    let trucks = script
        .errands
        .iter()
        .filter(|errand| {
            errand
                .steps
                .iter()
                .any(|step| step.at_ms <= script.day_ms + 120 * MINUTE_MS)
        })
        .count();
    let records = script.records_until(script.day_ms + 120 * MINUTE_MS);
    println!(
        "{trucks} trucks, {records} records, {} steps before the day",
        script.warm_up_steps()
    );
    assert!(trucks >= 200, "{trucks}");
    assert!(records >= 5_000, "{records}");
}

#[test]
fn errands_and_labels_are_unique_and_ordered() {
    let script = day();
    let names: BTreeSet<&str> = script
        .errands
        .iter()
        .map(|errand| errand.name.as_str())
        .collect();
    assert_eq!(names.len(), script.errands.len());
    for errand in &script.errands {
        let labels: BTreeSet<&str> = errand
            .steps
            .iter()
            .map(|step| step.label.as_str())
            .collect();
        assert_eq!(labels.len(), errand.steps.len(), "{}", errand.name);
        assert!(
            errand.steps.is_sorted_by_key(|step| step.at_ms),
            "{}",
            errand.name
        );
    }
    let ids: BTreeSet<&str> = script.scenes.iter().map(|scene| scene.id).collect();
    assert_eq!(ids.len(), 26);
}

#[test]
fn every_subject_is_what_the_profile_wants() {
    let (profile, directory, script) = (crossing(), directory(), day());
    let mut wrong = Vec::new();
    let programs = garita_node::programs::load(None).unwrap();
    for step in script.steps() {
        let What::Submit(submission) = &step.what else {
            continue;
        };
        if submission.record_type == "Affirmation" {
            continue;
        }
        // What the other programs' records mean is judged by their homes when the demo runs; here their form.
        if !profile.model().records.contains_key(submission.record_type) {
            let of = programs.for_record_type(submission.record_type).unwrap();
            let schema = of.model().schemas.get(submission.record_type).unwrap();
            for member in schema["required"].as_array().unwrap() {
                let name = member.as_str().unwrap();
                let given = submission.subject.get(name).is_some();
                assert!(given, "{}: {name} is missing", submission.record_type);
            }
            continue;
        }
        let found = faults(
            &profile,
            &directory,
            step.actor,
            submission.standing.unwrap_or("act"),
            submission.record_type,
            submission.occurred_ms,
            submission.subject.clone(),
        );
        match step.expect {
            Expect::Logged => wrong.extend(found),
            Expect::Refused => assert!(!found.is_empty(), "{} should be refused", step.label),
            Expect::Either => {}
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(
        wrong.is_empty(),
        "{} faults:\n{}",
        wrong.len(),
        wrong
            .iter()
            .take(30)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n")
    );
}

#[test]
fn every_document_goes_through_the_importers() {
    let (profile, directory, script) = (crossing(), directory(), day());
    let mut wrong = BTreeSet::new();
    let (mut portes, mut manifests) = (0, 0);
    for step in script.steps() {
        match &step.what {
            What::CartaPorte {
                document,
                scac,
                trip,
            } => {
                portes += 1;
                let mut draft = garita_formats::carta_porte::read(document.as_bytes()).unwrap();
                wrong.extend(
                    draft
                        .faults
                        .iter()
                        // A demonstration signs for no taxpayer, and its documents say so.
                        .filter(|f| f.severity > FaultSeverity::Note && f.code != "seal-missing")
                        .map(|f| format!("{}: {}", f.code, f.en)),
                );
                let record = draft.records.first_mut().unwrap();
                assert!(record.supply("/scac", json!(scac)) && record.supply("/trip", json!(trip)));
                assert!(draft.is_complete());
                assert_eq!(draft.records.len(), 1, "no shipment besides");
                let subject = draft.records[0].subject.clone();
                wrong.extend(faults(
                    &profile,
                    &directory,
                    step.actor,
                    "act",
                    "CartaPorte",
                    step.at_ms,
                    subject,
                ));
            }
            What::Manifest309 {
                document,
                occurred_ms,
                manifest,
                shipments,
            } => {
                manifests += 1;
                let reading = garita_formats::x12_309::Reading::default();
                let draft = garita_formats::x12_309::read(document.as_bytes(), &reading).unwrap();
                wrong.extend(
                    draft
                        .faults
                        .iter()
                        .filter(|f| f.severity > FaultSeverity::Note)
                        .map(|f| format!("{}: {}", f.code, f.en)),
                );
                assert!(draft.is_complete());
                assert_eq!(draft.records.len(), 1 + shipments.len());
                let mut extras = vec![manifest.clone()];
                extras.extend(shipments.iter().cloned());
                for (record, more) in draft.records.into_iter().zip(extras) {
                    let mut subject = record.subject;
                    without_empty_lists(&mut subject);
                    merge(&mut subject, more);
                    wrong.extend(faults(
                        &profile,
                        &directory,
                        step.actor,
                        "act",
                        &record.record_type,
                        *occurred_ms,
                        subject,
                    ));
                }
            }
            _ => {}
        }
    }
    assert!(portes > 100 && manifests > 100, "{portes} {manifests}");
    assert!(
        wrong.is_empty(),
        "{} faults:\n{}",
        wrong.len(),
        wrong
            .iter()
            .take(30)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n")
    );
}
