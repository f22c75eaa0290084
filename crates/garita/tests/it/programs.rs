//! Every program of `profiles/`: each of its examples is judged, with the field's identifiers, as it says.

use std::path::Path;

use garita_exchange::FieldChecks;
use garita_exchange::program::read_folder;
use garita_profile::Folder;
use garita_profile::examples::run_examples;

/// Issue 3, acceptance 1: so many examples of each program, half of them invalid.
const EXAMPLES_MIN: usize = 20;

#[test]
fn judges_every_example_as_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles");
    let mut folders: Vec<(String, Folder)> = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("profile.yaml").is_file())
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, read_folder(&entry.path()).unwrap())
        })
        .collect();
    folders.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(!folders.is_empty());
    let pool: Vec<&Folder> = folders.iter().map(|(_, folder)| folder).collect();
    let (mut examples, mut wrong) = (0, Vec::new());
    for (name, folder) in &folders {
        let report = run_examples(folder, &pool, &FieldChecks);
        wrong.extend(
            (report.faults.iter()).map(|f| format!("profiles/{name}/{}: {}", f.file, f.what)),
        );
        let judged = report.valid + report.invalid;
        if judged < EXAMPLES_MIN || report.invalid * 2 < judged {
            wrong.push(format!(
                "{name}: {} valid, {} invalid",
                report.valid, report.invalid
            ));
        }
        examples += judged;
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    println!("{examples} examples of {} programs", folders.len());
}
