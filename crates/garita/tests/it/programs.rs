//! Every program of `profiles/`: each of its examples is judged, with the field's identifiers, as it says.

use std::path::Path;

use garita_exchange::FieldChecks;
use garita_exchange::program::read_folder;
use garita_profile::Folder;
use garita_profile::examples::run_examples;
use garita_profile::uses;

use crate::world::{Folder as Temporary, garita};

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

#[test]
fn a_program_becomes_one_file_and_is_checked_as_such() {
    let profiles = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles");
    let alone = std::fs::read_dir(profiles)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("profile.yaml").is_file())
        .find(|path| uses::used_by(&read_folder(path).unwrap()).is_empty())
        .unwrap();
    let alone = alone.to_str().unwrap();
    let folder = Temporary::new("package");
    let (one, two) = (
        folder.path().join("one.json"),
        folder.path().join("two.json"),
    );
    let (one, two) = (one.to_str().unwrap(), two.to_str().unwrap());
    let made = garita(&["profile", "package", alone, "--out", one]);
    assert_eq!(made.code, 0, "{made:?}");
    assert!(
        made.out.contains("digest  ni:///sha-256;") && made.out.contains("core    ni:///sha-256;"),
        "{made:?}"
    );
    assert_eq!(
        garita(&["profile", "package", alone, "--out", two]).out,
        made.out
    );
    assert_eq!(std::fs::read(one).unwrap(), std::fs::read(two).unwrap());
    let checked = garita(&["profile", "check", "--no-scenarios", one]);
    assert_eq!(checked.code, 0, "{checked:?}");
    // The file is the folder.
    let same = garita(&["profile", "diff", alone, one]);
    assert_eq!((same.code, same.out.as_str()), (0, ""), "{same:?}");
    // A byte more, and nobody reads it.
    let longer = [std::fs::read(one).unwrap(), vec![b'\n']].concat();
    std::fs::write(two, longer).unwrap();
    let refused = garita(&["profile", "check", two]);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{refused:?}");
    assert!(refused.err.contains("package-not-canonical"), "{refused:?}");
}

#[test]
fn what_a_version_changes_is_said_in_both_languages() {
    let old = Temporary::new("diff-old");
    let new = Temporary::new("diff-new");
    let folders = [(&old, "1.0.0", "office"), (&new, "1.1.0", "office, other")];
    for (folder, version, issuers) in folders {
        let text = format!(
            "profile: boxes\nversion: {version}\ncharter: {{ signatories: [office] }}\nkinds: {{ box: {{ key: /credentialSubject/box, owner: office }} }}\nrecords: {{ Box: {{ issued-by: [{issuers}], about: {{ box: /credentialSubject }} }} }}\n"
        );
        folder.write("profile.yaml", &text);
    }
    let (old, new) = (old.path().to_str().unwrap(), new.path().to_str().unwrap());
    let english = garita(&["profile", "diff", old, new]);
    assert_eq!(english.code, 1, "{english:?}");
    assert_eq!(
        english.out,
        "[core] Profile `boxes`: version was `1.0.0` and is now `1.1.0`.\n[core] Record type `Box`: who may issue it gained `other`.\n"
    );
    let spanish = garita(&["profile", "diff", "--lang", "es", old, new]);
    assert!(
        spanish.out.contains(
            "[núcleo] Tipo de registro `Box`: se añade `other` a quienes pueden emitirlo."
        ),
        "{spanish:?}"
    );
    let json = garita(&["profile", "diff", "--json", old, new]);
    let told: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(told["changes"][1]["code"], "record-issuers-added");
    assert_eq!(told["changes"][1]["at"], "records.Box");
    assert_eq!(
        (&told["from"], &told["to"]),
        (&"1.0.0".into(), &"1.1.0".into())
    );
    let none = garita(&["profile", "diff", old, "/nowhere"]);
    assert_eq!(none.code, 2, "{none:?}");
}

/// The table beside a program's schemas, with the evidence for each identifier, says what the schemas say.
#[test]
fn the_tables_of_data_elements_are_what_the_schemas_say() {
    let programs = garita_node::programs::load(None).unwrap();
    for (program, record_type, rows_least, mapped_least) in [
        ("single-window", "Filing", 80, 40),
        ("crossing", "Manifest", 237, 50),
        ("payments", "PaymentOrder", 50, 3),
    ] {
        let path = format!(
            "{}/../../profiles/{program}/data-elements.csv",
            env!("CARGO_MANIFEST_DIR")
        );
        let table = std::fs::read_to_string(path).unwrap();
        let profile = programs.for_record_type(record_type).unwrap();
        let found = garita_profile::elements::elements(&profile, program);
        assert!(found.len() > 50, "{program}: {}", found.len());
        told_as_said(program, &table, &found, rows_least, mapped_least);
    }
}

fn told_as_said(
    program: &str,
    table: &str,
    found: &[garita_profile::elements::Element],
    rows_least: usize,
    mapped_least: usize,
) {
    let none = |text: &str| {
        if text == "none" {
            String::new()
        } else {
            text.to_owned()
        }
    };
    let (mut rows, mut mapped, mut wrong) = (0, 0, Vec::new());
    for line in table.lines().skip(1) {
        let row = crate::measures::cells(line);
        let [_, pointer, types, en, es, wco, evidence, uncefact, term] = &row[..] else {
            panic!("{line}");
        };
        assert_eq!(evidence.is_empty(), wco == "none", "{line}");
        for record_type in types.split_whitespace() {
            let element = found
                .iter()
                .find(|e| e.record_type == record_type && e.pointer == *pointer)
                .unwrap_or_else(|| panic!("{record_type} {pointer}"));
            let named = element.uncefact.clone().unwrap_or_default();
            let said = [&element.en, &element.es, &element.wco.join(" "), &named];
            if said != [en, es, &none(wco), &none(uncefact)] || element.term.as_ref() != Some(term)
            {
                wrong.push(format!("{line}: the schema says {said:?}"));
            }
            rows += 1;
            mapped += usize::from(!element.wco.is_empty());
        }
    }
    assert!(wrong.is_empty(), "{program}: {}", wrong.join("\n"));
    assert!(
        rows >= rows_least && mapped >= mapped_least,
        "{program}: {rows} {mapped}"
    );
}
