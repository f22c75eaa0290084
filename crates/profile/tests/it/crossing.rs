//! The crossing profile: it loads, the checker finds nothing, every scenario comes out. Its examples are
//! judged with the field's identifiers, and with those of the other programs, in `garita`'s tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use garita_profile::calendar;
use garita_profile::check::check;
use garita_profile::scenario::run_scenarios_in;
use garita_profile::{Folder, Profile};
use serde_json::Value;

/// Seeded orders for each expectation: the trials carry the thousands, this test keeps the minutes.
const ORDERS: usize = 3;

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
