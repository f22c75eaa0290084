//! Packages: one form, one digest, and nothing in them that a profile has not.

use garita_profile::Folder;
use garita_profile::package::{FILES_MAX, PACKAGE_BYTES_MAX, Packed, pack, unpack};
use serde_json::{Value, json};

fn folder() -> Folder {
    let text = "kinds: { box: b }\nrecords: { Box: b }\nstates: { open: o }\n";
    Folder::of([
        (
            "profile.yaml",
            "profile: boxes\nversion: 1.2.0\ncharter: { signatories: [office] }\nkinds: { box: { key: /credentialSubject/box, owner: office } }\nrecords: { Box: { issued-by: [office], about: { box: /credentialSubject } } }\n",
        ),
        (
            "schemas/Box.json",
            r#"{"type":"object","additionalProperties":false,"properties":{"box":{"type":"string"}}}"#,
        ),
        (
            "context.jsonld",
            r#"{"@context":{"Box":"https://e.example/Box","box":"https://e.example/box"}}"#,
        ),
        ("texts/en.yaml", text),
        ("texts/es.yaml", text),
    ])
}

fn packed() -> Packed {
    pack(&folder(), &[]).unwrap()
}

fn code(bytes: &[u8]) -> &'static str {
    unpack(bytes).unwrap_err().code()
}

/// The package with some members changed, in the one form again.
fn with(change: impl Fn(&mut Value)) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(&packed().bytes).unwrap();
    change(&mut value);
    serde_json_canonicalizer::to_vec(&value).unwrap()
}

#[test]
fn what_is_packed_comes_out() {
    let made = packed();
    assert_eq!(
        (made.profile.as_str(), made.version.as_str()),
        ("boxes", "1.2.0")
    );
    let opened = unpack(&made.bytes).unwrap();
    assert_eq!(opened.folder.0, folder().0);
    assert_eq!((&opened.digest, &opened.core), (&made.digest, &made.core));
    let loaded = garita_profile::Profile::load(&opened.folder).unwrap();
    assert_eq!(loaded.core_digest(), made.core);
    // Packed again it is the same file.
    assert_eq!(pack(&opened.folder, &[]).unwrap(), made);
}

#[test]
fn what_an_editor_does_is_no_other_version() {
    let mut other = folder();
    for bytes in other.0.values_mut() {
        let text = String::from_utf8(bytes.clone()).unwrap();
        *bytes = format!("\u{feff}{}", text.replace('\n', "\r\n")).into_bytes();
    }
    for junk in [
        ".DS_Store",
        "profile.yaml~",
        "examples/.x.json",
        "notes/a.yaml",
        "schemas/deep/Box.json",
    ] {
        other.0.insert(junk.to_owned(), vec![0xff]);
    }
    let made = pack(&other, &[]).unwrap();
    assert_eq!(made.left_out.len(), 5);
    assert_eq!((made.bytes, made.digest), (packed().bytes, packed().digest));
}

#[test]
fn words_change_the_whole_and_not_the_core() {
    let mut other = folder();
    other.0.insert(
        "texts/en.yaml".into(),
        b"kinds: { box: crate }\nrecords: { Box: b }\n".to_vec(),
    );
    let made = pack(&other, &[]).unwrap();
    assert_ne!(made.digest, packed().digest);
    assert_eq!(made.core, packed().core);
}

#[test]
fn no_name_leads_out_of_the_folder() {
    for path in [
        "../profile.yaml",
        "/etc/passwd",
        "schemas/../../x.json",
        "schemas/..json/x.json",
        "schemas\\x.json",
        "schemas/a/b.json",
        "schemas//b.json",
        "schemas/.json",
        "schemas/.x.json",
        "C:profile.yaml",
        "profile.yaml\u{0}",
        "schemas/a b.json",
        "bin/x",
        "",
    ] {
        let bytes = with(|v| v["files"][path] = json!("{}"));
        assert_eq!(code(&bytes), "package-path", "{path:?}");
    }
    let long = format!("schemas/{}.json", "x".repeat(200));
    assert_eq!(
        code(&with(|v| v["files"][&long] = json!("{}"))),
        "package-path"
    );
}

#[test]
fn one_file_has_one_form() {
    let made = String::from_utf8(packed().bytes).unwrap();
    let spaced = made.replacen(":", ": ", 1);
    assert_eq!(code(spaced.as_bytes()), "package-not-canonical");
    // The same name twice: one reader would take the first, another the last.
    let twice = made.replacen("\"files\":{", "\"files\":{\"context.jsonld\":\"{}\",", 1);
    assert_eq!(code(twice.as_bytes()), "package-not-canonical");
    let lines = with(|v| v["files"]["texts/en.yaml"] = json!("a: b\r\n"));
    assert_eq!(code(&lines), "package-not-canonical");
}

#[test]
fn a_package_is_what_it_says() {
    for (member, value) in [
        ("profile", "cases"),
        ("version", "1.2.1"),
        ("core", "ni:///sha-256;x"),
    ] {
        assert_eq!(
            code(&with(|v| v[member] = json!(value))),
            "package-differs",
            "{member}"
        );
    }
    let rule = "- { code: a, on: Box, must: \"true\", pointer: \"\" }\n";
    assert_eq!(
        code(&with(|v| v["files"]["rules.yaml"] = json!(rule))),
        "package-differs"
    );
    let gone = |v: &mut Value| drop(v["files"].as_object_mut().unwrap().remove("profile.yaml"));
    assert_eq!(code(&with(gone)), "package-unsound");
    assert_eq!(
        code(&with(|v| v["format"] = json!("tar"))),
        "package-malformed"
    );
    assert_eq!(code(&with(|v| v["more"] = json!(1))), "package-malformed");
    assert_eq!(code(b"PK\x03\x04"), "package-malformed");
}

#[test]
fn what_is_too_much_is_not_read() {
    assert_eq!(
        code(&vec![b' '; PACKAGE_BYTES_MAX + 1]),
        "package-too-large"
    );
    let many = with(|v| {
        for i in 0..=FILES_MAX {
            v["files"][format!("examples/{i}.json")] = json!("");
        }
    });
    assert_eq!(code(&many), "package-too-many-files");
}

#[test]
fn what_does_not_load_is_not_packed() {
    let mut bad = folder();
    bad.0.insert(
        "profile.yaml".into(),
        b"profile: boxes\nversion: 1.2.0\nversion: 2.0.0\n".to_vec(),
    );
    assert_eq!(pack(&bad, &[]).unwrap_err().code(), "package-unsound");
    let mut odd = folder();
    odd.0.insert("texts/en.yaml".into(), vec![0xff, 0xfe]);
    assert_eq!(pack(&odd, &[]).unwrap_err().code(), "package-not-text");
}
