//! The command line: what it says and with which exit code. 0 done, 1 the answer is no, 2 unusable input.

use serde_json::{Value, json};

use crate::world::{Folder, garita, shared};

const CREDENTIAL: &str = r#"{
  "@context": ["https://www.w3.org/ns/credentials/v2"],
  "type": ["VerifiableCredential"],
  "issuer": "ISSUER",
  "validFrom": "2026-01-01T00:00:00Z",
  "credentialSubject": { "id": "did:example:truck" }
}"#;

/// A key and an unsigned credential of its holder.
fn keyed(folder: &Folder) -> (String, String) {
    let key = folder.path().join("key.json").display().to_string();
    let made = garita(&["did", "create", "--out", &key]);
    assert_eq!(made.code, 0, "{made:?}");
    assert!(made.out.starts_with("did:key:z6Mk"), "{made:?}");
    let file = folder.write("plain.json", &CREDENTIAL.replace("ISSUER", made.out.trim()));
    (key, file.display().to_string())
}

#[test]
fn a_credential_is_issued_and_verified_without_a_node() {
    let folder = Folder::new("credential");
    let (key, plain) = keyed(&folder);
    for suite in ["eddsa-rdfc-2022", "eddsa-jcs-2022"] {
        let issued = garita(&[
            "credential",
            "issue",
            "--suite",
            suite,
            "--key",
            &key,
            &plain,
        ]);
        assert_eq!(issued.code, 0, "{issued:?}");
        let signed: Value = serde_json::from_str(&issued.out).unwrap();
        assert_eq!(signed["proof"]["cryptosuite"], suite);
        let file = folder.write(&format!("{suite}.json"), &issued.out);
        let file = file.to_str().unwrap();
        let good = garita(&["credential", "verify", file]);
        assert_eq!(good.code, 0, "{good:?}");
        assert!(
            good.out.contains("verified") && !good.out.contains("not verified"),
            "{good:?}"
        );

        let mut changed = signed.clone();
        changed["credentialSubject"]["id"] = json!("did:example:another");
        let bad = folder.write("changed.json", &changed.to_string());
        let bad = bad.to_str().unwrap();
        let no = garita(&["credential", "verify", "--json", bad]);
        assert_eq!(no.code, 1, "{no:?}");
        let said: Value = serde_json::from_str(&no.out).unwrap();
        assert_eq!(said["verified"], false);
        assert_eq!(said["problems"][0]["code"], "proof-invalid");
        // One bad among good ones is told by file, and decides the exit code.
        let both = garita(&["credential", "verify", file, bad]);
        assert_eq!(both.code, 1);
        assert_eq!(both.out.matches("not verified").count(), 1, "{both:?}");
    }
    // An unknown member is refused, not dropped, by either suite.
    let mut odd: Value = serde_json::from_str(&std::fs::read_to_string(&plain).unwrap()).unwrap();
    odd["credentialSubject"]["colour"] = json!("red");
    let odd = folder.write("odd.json", &odd.to_string());
    for suite in ["eddsa-rdfc-2022", "eddsa-jcs-2022"] {
        let refused = garita(&[
            "credential",
            "issue",
            "--suite",
            suite,
            "--key",
            &key,
            odd.to_str().unwrap(),
        ]);
        assert_eq!((refused.code, refused.out.as_str()), (1, ""), "{refused:?}");
    }
    // Another's name is not to be signed.
    let other = folder.write(
        "other.json",
        &CREDENTIAL.replace(
            "ISSUER",
            "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
        ),
    );
    assert_eq!(
        garita(&[
            "credential",
            "issue",
            "--key",
            &key,
            other.to_str().unwrap()
        ])
        .code,
        1
    );
}

#[test]
fn input_that_cannot_be_used_is_two() {
    let folder = Folder::new("unusable");
    let (key, plain) = keyed(&folder);
    let garbage = folder.write("garbage.json", "{ this is no JSON");
    let twice = folder.write("twice.json", r#"{"issuer":"a","issuer":"b"}"#);
    let (garbage, twice) = (garbage.to_str().unwrap(), twice.to_str().unwrap());
    let absent = folder.path().join("absent.json").display().to_string();
    let cases: [(&str, Vec<&str>); 19] = [
        ("no command", vec![]),
        ("an unknown command", vec!["fly"]),
        ("an unknown option", vec!["serve", "--moon"]),
        (
            "verify what is not there",
            vec!["credential", "verify", &absent],
        ),
        ("verify garbage", vec!["credential", "verify", garbage]),
        ("verify a key twice", vec!["credential", "verify", twice]),
        ("verify nothing", vec!["credential", "verify"]),
        (
            "an unknown check",
            vec!["credential", "verify", "--checks", "mood", &plain],
        ),
        (
            "issue garbage",
            vec!["credential", "issue", "--key", &key, garbage],
        ),
        (
            "issue without a key",
            vec!["credential", "issue", "--key", &absent, &plain],
        ),
        (
            "issue with a key that is none",
            vec!["credential", "issue", "--key", &plain, &plain],
        ),
        (
            "an unknown suite",
            vec![
                "credential",
                "issue",
                "--suite",
                "rot13",
                "--key",
                &key,
                &plain,
            ],
        ),
        ("a key over another", vec!["did", "create", "--out", &key]),
        ("serve an empty folder", vec!["serve", "--data", &absent]),
        (
            "a receipt that is none",
            vec!["log", "verify-receipt", garbage],
        ),
        (
            "a receipt that is another document",
            vec!["log", "verify-receipt", &plain],
        ),
        (
            "a receipt that is not there",
            vec!["log", "verify-receipt", &absent],
        ),
        ("a program that is none", vec!["profile", "check", &absent]),
        (
            "an importer that is none",
            vec!["import", "fax", "--dry-run", &plain],
        ),
    ];
    for (name, args) in cases {
        let ran = garita(&args);
        assert_eq!(ran.code, 2, "{name}: {ran:?}");
        assert!(
            !ran.err.is_empty() || !ran.out.is_empty(),
            "{name} says nothing"
        );
        assert!(!ran.err.contains("panicked"), "{name}: {ran:?}");
    }
    let mut other = serde_json::to_value(json!({})).unwrap();
    other["issuer"] = json!("did:example:a");
    let unsigned = garita(&["credential", "verify", &plain]);
    assert_eq!(unsigned.code, 1, "read well, and not signed: {unsigned:?}");
}

#[test]
fn credentials_of_another_implementation_verify() {
    let Some(vectors) = shared("vectors/vc-di-eddsa/TestVectors") else {
        return;
    };
    let file = |name: &str| vectors.join(name).display().to_string();
    let good = [
        "eddsa-rdfc-2022/signedDataInt.json",
        "eddsa-jcs-2022/signedJCS.json",
        "proof-set-chain/signedProofSet1.json",
        "proof-set-chain/signedProofSet2.json",
        "proof-set-chain/signedProofChain1.json",
        "proof-set-chain/signedProofChain2.json",
    ];
    let files: Vec<String> = good.iter().map(|name| file(name)).collect();
    let mut args = vec!["credential", "verify", "--checks", "proof", "--json"];
    args.extend(files.iter().map(String::as_str));
    let ran = garita(&args);
    assert_eq!(ran.code, 0, "{ran:?}");
    let said: Vec<Value> = ran
        .out
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(said.len(), good.len());
    assert!(said.iter().all(|s| s["verified"] == true));
    for (name, code) in [
        ("unsigned.json", "proof-missing"),
        ("Ed25519Signature2020/signedEdSig.json", "suite-unknown"),
        (
            "eddsa-rdfc-2022/employ/signedDataInt.json",
            "context-unknown",
        ),
    ] {
        let ran = garita(&[
            "credential",
            "verify",
            "--checks",
            "proof",
            "--json",
            &file(name),
        ]);
        assert_eq!(ran.code, 1, "{name}: {ran:?}");
        assert!(ran.out.contains(code), "{name}: {ran:?}");
    }
}

#[test]
fn documents_that_people_have_are_read_and_told() {
    let Some(samples) = shared("samples/border") else {
        return;
    };
    let file = |name: &str| samples.join(name).display().to_string();
    let northbound = file("synthetic-carta-porte31-northbound.xml");
    let asked = garita(&["import", "carta-porte", "--dry-run", &northbound]);
    assert_eq!(
        asked.code, 1,
        "a Carta Porte names no SCAC and no trip: {asked:?}"
    );
    assert!(
        asked.out.contains("missing /scac") && asked.out.contains("missing /trip"),
        "{asked:?}"
    );
    let supplied = garita(&[
        "import",
        "carta-porte",
        "--dry-run",
        "--json",
        "--with",
        "scac=TOCQ",
        "--with",
        "trip=TOCQ2611240417",
        &northbound,
    ]);
    let said: Value = serde_json::from_str(supplied.out.trim()).unwrap();
    assert_eq!(supplied.code == 0, said["complete"] == true, "{supplied:?}");
    let first = &said["records"][0];
    assert_eq!(first["recordType"], "CartaPorte", "{supplied:?}");
    // One spelling, as in the API: a member is no `snake_case` at any depth of what the importer makes.
    let mut snakes = Vec::new();
    member_names(&said, &mut snakes);
    snakes.retain(|name| name.contains('_'));
    assert_eq!(snakes, Vec::<String>::new());
    let same = garita(&["import", "auto", "--dry-run", &northbound]);
    assert_eq!(same.out, asked.out);

    let x12 = garita(&[
        "import",
        "x12-309",
        "--dry-run",
        &file("x12-309-ocean-004010.edi"),
    ]);
    assert_eq!(x12.code, 1, "{x12:?}");
    assert!(x12.out.contains("x12-segment-count"), "{x12:?}");
    // All faults at once, each with its line.
    assert!(
        x12.out.matches("fault ").count() > 1 && x12.out.contains("line "),
        "{x12:?}"
    );
    let domestic = garita(&[
        "import",
        "carta-porte",
        "--dry-run",
        &file("cfdi40-carta-porte31-domestic.xml"),
    ]);
    assert_eq!(domestic.code, 1);
    assert!(
        domestic.out.contains("carta-porte-domestic"),
        "{domestic:?}"
    );
    // The wrong importer for a file: unusable, told with its code.
    assert_eq!(
        garita(&["import", "x12-309", "--dry-run", &northbound]).code,
        2
    );
    // One unreadable among readable ones: the others are still told.
    let both = garita(&[
        "import",
        "auto",
        "--dry-run",
        &file("README.md"),
        &northbound,
    ]);
    assert_eq!(both.code, 2, "{both:?}");
    assert!(both.out.contains("carta-porte, "), "{both:?}");
}

#[test]
fn the_crossing_program_is_sound() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../profiles/crossing");
    let ran = garita(&["profile", "check", "--no-scenarios", root]);
    assert_eq!(ran.code, 0, "{ran:?}");
    // A program with an error is told by file and line.
    let folder = Folder::new("program");
    std::fs::write(
        folder.path().join("profile.yaml"),
        "profile: x\nversion: 1.0.0\nkinds: [\n",
    )
    .unwrap();
    let bad = garita(&["profile", "check", folder.path().to_str().unwrap()]);
    assert_eq!(bad.code, 1, "{bad:?}");
    assert!(bad.out.contains("profile.yaml:"), "{bad:?}");
}

#[test]
fn a_node_is_made_once_and_its_secrets_are_its_owners() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new("init");
    let data = folder.path().join("node").display().to_string();
    let args = [
        "init",
        "--data",
        &data,
        "--network",
        "Mine",
        "--listen",
        "127.0.0.1:8199",
        "--party",
        "customs:US customs:customs.us:place=2304",
    ];
    let made = garita(&args);
    assert_eq!(made.code, 0, "{made:?}");
    assert!(
        made.out
            .contains("customs: did:web:127.0.0.1%3A8199:parties:customs"),
        "{made:?}"
    );
    assert!(
        made.out.contains("http://127.0.0.1:8199/signin/"),
        "{made:?}"
    );
    let before = std::fs::read(folder.path().join("node/node.json")).unwrap();
    let again = garita(&args);
    assert_eq!(again.code, 2, "{again:?}");
    assert!(again.err.contains("holds a node already"), "{again:?}");
    assert_eq!(
        std::fs::read(folder.path().join("node/node.json")).unwrap(),
        before
    );
    for secret in [
        "admin.token",
        "customs.token",
        "keys/node.json",
        "keys/log.json",
        "keys/witness.json",
        "keys/customs.json",
        "keys/authority.json",
    ] {
        let mode = std::fs::metadata(folder.path().join("node").join(secret))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{secret}");
    }
    for (party, why) in [
        ("customs", "no role"),
        ("node:Name:carrier", "a reserved name"),
        ("Ab:Name:carrier", "capitals"),
        ("a:N:carrier:scac", "no value"),
    ] {
        let other = folder.path().join("other").display().to_string();
        let ran = garita(&["init", "--data", &other, "--party", party]);
        assert_eq!(ran.code, 2, "{why}: {ran:?}");
    }
    let far = folder.path().join("far").display().to_string();
    let plain = garita(&[
        "init",
        "--data",
        &far,
        "--url",
        "http://customs.example",
        "--party",
        "a:N:carrier",
    ]);
    assert_eq!(plain.code, 2, "plain http is for loopback: {plain:?}");
    // A node that does not run is told how to start.
    let silent = garita(&["peer", "invite", "--data", &data]);
    assert_eq!(silent.code, 1, "{silent:?}");
    assert!(silent.err.contains("garita serve"), "{silent:?}");
}

/// Names of all members, but for JSON pointers, which name places.
fn member_names(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                if !name.starts_with('/') {
                    into.push(name.clone());
                }
                member_names(inner, into);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| member_names(item, into)),
        _ => {}
    }
}
