use serde_json::json;

use super::*;
use crate::governance::Adoption;

fn folder(yaml: &str, types: &[&str]) -> Folder {
    let mut files = BTreeMap::new();
    let terms: serde_json::Map<String, Value> = types
        .iter()
        .chain(&["number"])
        .map(|name| {
            (
                (*name).to_owned(),
                json!(format!("https://example.org/{name}")),
            )
        })
        .collect();
    let schema = json!({
        "type": "object", "additionalProperties": false, "required": ["number"],
        "properties": { "number": { "type": "string" } },
    });
    let mut put = |name: String, text: String| files.insert(name, text.into_bytes());
    put("profile.yaml".to_owned(), yaml.to_owned());
    put(
        "context.jsonld".to_owned(),
        json!({ "@context": terms }).to_string(),
    );
    for name in types {
        put(format!("schemas/{name}.json"), schema.to_string());
    }
    Folder(files)
}

fn gate(version: &str) -> Folder {
    folder(
        &format!(
            "profile: gate\nversion: {version}\ncharter: {{ signatories: [customs.us] }}\n\
             kinds:\n  pass: {{ key: /credentialSubject/number, owner: {{ role: carrier }} }}\n\
             records:\n  Pass: {{ issued-by: [carrier], about: {{ pass: /credentialSubject/number }} }}\n\
             life-cycle:\n  pass: {{ show: [{{ state: open }}] }}\n"
        ),
        &["Pass"],
    )
}

fn beside() -> Folder {
    folder(
        "profile: beside\nversion: 1.0.0\nuses: { gate: ^1 }\n\
         records:\n  Note: { issued-by: [carrier], about: { pass: /credentialSubject/number } }\n",
        &["Note"],
    )
}

fn adopted(network: &mut Network, programs: &Programs, version: &str, from_ms: i64) {
    let (_, program) = programs
        .each()
        .find(|(_, p)| p.id == "gate" && p.version == version)
        .unwrap();
    network.profiles.insert(
        program.core_digest.clone(),
        Adoption {
            profile: "gate".into(),
            version: version.into(),
            entry: 0,
            signers: Vec::new(),
            from_ms,
            package: None,
            supersedes: None,
            signatories: Vec::new(),
            cosignatures: Vec::new(),
        },
    );
}

#[test]
fn what_governs_a_case_is_in_force_and_has_all_that_stands_on_it() {
    let (old, new, beside) = (gate("1.0.0"), gate("1.1.0"), beside());
    for order in [[&old, &new, &beside], [&beside, &new, &old]] {
        let programs = Programs::from_folders(&order).unwrap();
        let mut network = Network::default();
        adopted(&mut network, &programs, "1.0.0", i64::MIN);
        adopted(&mut network, &programs, "1.1.0", 1_000);
        for (at_ms, version) in [(999, "1.0.0"), (1_000, "1.1.0")] {
            let profile = programs.governing("pass", &network, at_ms).unwrap();
            assert_eq!(profile.program("gate").unwrap().version, version);
            assert!(profile.model().records.contains_key("Note"), "{version}");
            let issuing = programs.issuing("Pass", &network, at_ms).unwrap();
            assert_eq!(issuing.program("gate").unwrap().version, version);
        }
    }
}

#[test]
fn what_wants_the_newer_version_is_not_forced_onto_the_older() {
    let (old, new) = (gate("1.0.0"), gate("1.1.0"));
    let mut wants = beside();
    let text = String::from_utf8(wants.0["profile.yaml"].clone()).unwrap();
    wants.0.insert(
        "profile.yaml".into(),
        text.replace("^1", "^1.1").into_bytes(),
    );
    let programs = Programs::from_folders(&[&old, &new, &wants]).unwrap();
    let mut network = Network::default();
    adopted(&mut network, &programs, "1.0.0", i64::MIN);
    adopted(&mut network, &programs, "1.1.0", 1_000);
    let before = programs.governing("pass", &network, 0).unwrap();
    assert!(!before.model().records.contains_key("Note"));
    let after = programs.governing("pass", &network, 1_000).unwrap();
    assert!(after.model().records.contains_key("Note"));
}
