//! Reads a trial's folder, and what its two test modules share.

use std::collections::BTreeMap;
use std::path::Path;

use garita_profile::Folder;
use garita_profile::scenario::{ScenarioReport, run_scenarios_in};

/// A trial's files.
pub(crate) fn folder(trial: &str) -> Folder {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/trials")
        .join(trial);
    let mut files = BTreeMap::new();
    read(&root, "", &mut files);
    Folder(files)
}

fn read(root: &Path, under: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(root).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{under}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
}

/// Runs a trial's scenarios and says all that is not as expected.
pub(crate) fn run(trial: &str, orders: usize) -> ScenarioReport {
    let report = run_scenarios_in(&folder(trial), orders);
    let faults: Vec<String> = report
        .faults
        .iter()
        .map(|f| format!("{}:{}: {}", f.file, f.line, f.what))
        .collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    report
}
