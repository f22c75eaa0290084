//! Logs of `did:webvh` that five other implementations wrote: the public test suite of the method (didwebvh-test-suite, `vectors`).

use std::path::{Path, PathBuf};

use garita_credential::webvh::{Documents, History, WebvhDid, verify};
use serde_json::Value;

use crate::common::{CANONICALIZER, parse, vectors_root};

/// What is not accepted of logs that should be, and why.
const GAPS: [(&str, &str, &str); 6] = [
    // Witnesses are did:keys (3.7.8); these are bare keys.
    (
        "witness-threshold/rust",
        "did-log-malformed",
        "/0/parameters/witness",
    ),
    (
        "witness-update/rust",
        "did-log-malformed",
        "/0/parameters/witness",
    ),
    // New witnesses are asked only after the entry that names them (3.7.8); here they approve it themselves.
    ("witness-update/java", "did-witness-missing", "/1"),
    ("witness-update/java-eecc", "did-witness-missing", "/1"),
    ("witness-update/python", "did-witness-missing", "/1"),
    ("witness-update/ts", "did-witness-missing", "/1"),
];

/// 2030-03-17: after every log but the one that is to lie in the future.
const NOW: i64 = 1_900_000_000_000;

#[test]
fn logs_of_others_are_read_and_broken_ones_refused() {
    let root = vectors_root().join("didwebvh-test-suite/vectors");
    if !root.is_dir() {
        println!("skipped: {} is not there", root.display());
        return;
    }
    let (mut good, mut refused) = (0, 0);
    for scenario in folders(&root) {
        let negative = name(&scenario).starts_with("negative-");
        for folder in folders(&scenario) {
            let case = format!("{}/{}", name(&scenario), name(&folder));
            let gap = GAPS.iter().find(|(gap, _, _)| *gap == case);
            match (read(&folder), gap, negative) {
                (None, _, true) => refused += 1,
                (Some(Ok(history)), None, false) => {
                    assert_eq!(history.to_jsonl().lines().count(), history.versions().len());
                    good += 1;
                }
                (Some(Err((_, _))), None, true) => refused += 1,
                (Some(Err(found)), Some((_, code, place)), false) => {
                    assert_eq!(found, ((*code).to_owned(), (*place).to_owned()), "{case}");
                }
                (found, _, _) => panic!("{case}: {found:?}"),
            }
        }
        // Scenarios of a DID alone say it in their script.
        let script = std::fs::read_to_string(scenario.join("script.yaml")).unwrap();
        let steps = script
            .lines()
            .filter_map(|line| line.trim().strip_prefix("did: \""));
        for did in steps.filter_map(|rest| rest.strip_suffix('"')) {
            let url = WebvhDid::parse(did).and_then(|did| did.log_url());
            assert!(url.is_err(), "{did}");
            refused += 1;
        }
    }
    println!("didwebvh: {good} logs read, {refused} refused as they should be");
    assert!(good >= 50 && refused >= 16);
}

/// The log of a folder under the DID that it ends with; `None` where that is none.
fn read(folder: &Path) -> Option<Result<History, (String, String)>> {
    let log = std::fs::read_to_string(folder.join("did.jsonl")).unwrap();
    let last = parse(log.lines().last()?).ok()?;
    let did = WebvhDid::parse(last.pointer("/state/id").and_then(Value::as_str)?).ok()?;
    let witness = std::fs::read(folder.join("did-witness.json")).ok();
    let documents = Documents {
        log: log.as_bytes(),
        witness: witness.as_deref(),
    };
    let verified = verify(&did, documents, NOW, &CANONICALIZER);
    Some(verified.map_err(|broken| (broken.problem.code().to_owned(), broken.problem.pointer)))
}

fn folders(root: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root).unwrap();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    folders
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}
