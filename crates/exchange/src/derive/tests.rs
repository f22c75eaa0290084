use std::sync::Arc;

use garita_credential::data_integrity::{self, VerifyOptions};
use garita_credential::{DidKeyResolver, KeyFile};
use garita_profile::{Folder, keys};
use serde_json::json;

use super::*;
use crate::governance::Network;
use crate::program::Programs;
use crate::shipped::folders;
use crate::signing::Draft;

const NOW_MS: i64 = 1_795_532_400_000;

fn view_key() -> ViewKey {
    let file = KeyFile::did_key(new_p256().unwrap());
    ViewKey {
        verification_method: file.id,
        key: Arc::new(file.key),
    }
}

/// Records that their programs' authors say are right, of types that have views, as their home would sign them.
fn records(programs: &Programs, folders: &[Folder]) -> Vec<(String, Value)> {
    let mut network = Network::default();
    network.id = encode::ni(&[7; 32]);
    network.simulated = true;
    let mut found = Vec::new();
    for (name, text) in folders.iter().flat_map(|folder| &folder.0) {
        if !name.starts_with("examples/") {
            continue;
        }
        let example: Value = serde_json::from_slice(text).unwrap();
        let Some(record_type) = example.pointer("/record/type/1").and_then(Value::as_str) else {
            continue;
        };
        let profile = programs.for_record_type(record_type).unwrap();
        let ty = &profile.model().records[record_type];
        if example["expect"] != "valid" || view::views(ty).is_empty() {
            continue;
        }
        let mut probe = example["record"].clone();
        probe["issuer"] = json!({ "id": "did:web:customs.example:parties:cbp" });
        let draft = Draft {
            record_type: record_type.to_owned(),
            issuer: "did:web:customs.example:parties:cbp".to_owned(),
            about: keys::about(&profile, &probe).unwrap(),
            occurred_ms: NOW_MS,
            subject: example["record"]["credentialSubject"].clone(),
            saw: vec![encode::ni(&[8; 32])],
            follows: vec![encode::ni(&[9; 32]), encode::ni(&[10; 32])],
            signed_by: Some(("A. Officer".to_owned(), "booth 4".to_owned())),
            ..Draft::default()
        };
        let document = draft.document(&network, &profile).unwrap();
        found.push((record_type.to_owned(), document));
    }
    found
}

#[test]
fn every_view_of_every_program_is_derived_and_shows_what_the_program_says() {
    let folders = folders();
    let programs = Programs::from_folders(&folders.iter().collect::<Vec<_>>()).unwrap();
    let canonicalizer = programs.canonicalizer().unwrap();
    let key = view_key();
    let options = VerifyOptions::assertion(&DidKeyResolver, Some(NOW_MS));
    let (mut types, mut views) = (BTreeSet::new(), 0);
    for (record_type, document) in records(&programs, &folders) {
        let profile = programs.for_record_type(&record_type).unwrap();
        let model = profile.model();
        let made = Deriver::make(&document, &record_type, model, &key, NOW_MS, &canonicalizer)
            .unwrap()
            .unwrap();
        for name in view::views(&model.records[&record_type]) {
            let derived = made.view(name).unwrap();
            let mut bare = derived.clone();
            bare.as_object_mut().unwrap().shift_remove("proof");
            let reduced = view::reduce(model, &document, &record_type, name).unwrap();
            assert_eq!(bare, reduced, "{record_type}, {name}");
            data_integrity::verify(derived, &options, &canonicalizer)
                .unwrap_or_else(|e| panic!("{record_type}, {name}: {e:?}"));
            let text = derived.to_string();
            for hidden in ["salt", "saw", "signedBy", "A. Officer"] {
                assert!(!text.contains(hidden), "{record_type}, {name}: {hidden}");
            }
            // The same bytes come from what was kept, for who is let in later.
            let kept = made.to_bytes();
            let again = later(&document, &record_type, name, &kept, model, &canonicalizer);
            assert_eq!(
                again.unwrap().as_ref(),
                Some(derived),
                "{record_type}, {name}"
            );
            views += 1;
        }
        types.insert(record_type);
    }
    assert!(types.len() >= 15 && views >= 30, "{types:?}, {views} views");
}

#[test]
fn nothing_of_a_view_can_be_changed_left_out_or_brought_in() {
    let folders = folders();
    let programs = Programs::from_folders(&folders.iter().collect::<Vec<_>>()).unwrap();
    let canonicalizer = programs.canonicalizer().unwrap();
    let (record_type, document) = records(&programs, &folders)
        .into_iter()
        .find(|(ty, _)| ty == "Appointment")
        .unwrap();
    let profile = programs.for_record_type(&record_type).unwrap();
    let (model, key) = (profile.model(), view_key());
    let make = |document: &Value| {
        Deriver::make(document, &record_type, model, &key, NOW_MS, &canonicalizer)
            .unwrap()
            .unwrap()
    };
    let derived = make(&document).view("bridge").unwrap().clone();
    let options = VerifyOptions::assertion(&DidKeyResolver, Some(NOW_MS));
    let holds = |document: &Value| data_integrity::verify(document, &options, &canonicalizer);
    holds(&derived).unwrap();
    let pointers = |value: &Value| {
        let mut found = Vec::new();
        leaves(value, "", &mut found);
        found
    };
    let mut tried = 0;
    for pointer in pointers(&derived) {
        if pointer.starts_with("/proof") || pointer.starts_with("/@context") {
            continue;
        }
        let mut changed = derived.clone();
        let leaf = changed.pointer_mut(&pointer).unwrap();
        *leaf = match leaf {
            Value::String(text) => json!(format!("{text}x")),
            Value::Bool(value) => json!(!*value),
            Value::Number(_) => json!(77),
            other => panic!("{pointer}: {other}"),
        };
        assert!(holds(&changed).is_err(), "changed: {pointer}");
        let mut without = derived.clone();
        let (above, name) = pointer.rsplit_once('/').unwrap();
        match without.pointer_mut(above).unwrap() {
            Value::Object(members) => drop(members.shift_remove(name)),
            Value::Array(items) => drop(items.remove(name.parse().unwrap())),
            other => panic!("{pointer}: {other}"),
        }
        assert!(holds(&without).is_err(), "left out: {pointer}");
        tried += 1;
    }
    assert!(tried > 10, "{tried}");
    // What the whole says and this view does not show cannot be put back without its own signature.
    for (name, value) in document["credentialSubject"].as_object().unwrap() {
        if derived["credentialSubject"].get(name).is_none() {
            let mut more = derived.clone();
            more["credentialSubject"][name] = value.clone();
            assert!(holds(&more).is_err(), "brought in: {name}");
        }
    }
    // Another record's proof.
    let mut other = document.clone();
    other["credentialSubject"]["plate"] = json!("99ZZ9Z");
    let mut swapped = derived.clone();
    swapped["proof"] = make(&other).view("bridge").unwrap()["proof"].clone();
    assert!(holds(&swapped).is_err());
    // The base proof itself, from which all could be shown, is taken by nobody.
    let mut whole = document.clone();
    whole["proof"] = serde_json::from_slice(&make(&document).to_bytes()).unwrap();
    let problems = holds(&whole).unwrap_err();
    assert!(
        problems.iter().any(|p| p.code() == "proof-not-derived"),
        "{problems:?}"
    );
}

fn leaves(value: &Value, here: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                leaves(member, &format!("{here}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                leaves(item, &format!("{here}/{index}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            found.push(here.to_owned());
        }
    }
}
