//! Credentials without a node, on the command line: keys of every kind, parts shown, lists of what became of them, a key changed.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::world::{Folder, Ran, garita};

fn path(folder: &Folder, name: &str) -> String {
    folder.path().join(name).display().to_string()
}

/// A key of a kind, and an unsigned manifest of its holder.
fn keyed(folder: &Folder, kind: &str) -> (String, String) {
    let key = path(folder, &format!("{kind}.json"));
    let made = garita(&["did", "create", "--type", kind, "--out", &key]);
    assert_eq!(made.code, 0, "{made:?}");
    (key, manifest(folder, kind, made.out.trim(), None))
}

fn manifest(folder: &Folder, name: &str, issuer: &str, status: Option<Value>) -> String {
    let mut document = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", {"@vocab": "https://example.org/"}],
        "type": ["VerifiableCredential"],
        "issuer": issuer,
        "validUntil": "2036-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:truck", "plate": "64AR8N", "driver": "_:b0",
            "line": [{"goods": "harness", "packages": 4}, {"goods": "harness", "packages": 4}],
        },
    });
    if let Some(status) = status {
        document["credentialStatus"] = status;
    }
    let file = folder.write(&format!("{name}-plain.json"), &document.to_string());
    file.display().to_string()
}

fn issued(folder: &Folder, name: &str, args: &[&str]) -> String {
    let ran = garita(&[&["credential", "issue"], args].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    folder.write(name, &ran.out).display().to_string()
}

fn verify(args: &[&str]) -> Ran {
    garita(&[&["credential", "verify"], args].concat())
}

/// The codes of the one file judged.
fn codes(args: &[&str]) -> Vec<String> {
    let ran = verify(&[&["--json"], args].concat());
    let said: Value = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {ran:?}"));
    let problems = said["problems"].as_array().unwrap();
    assert_eq!(said["verified"], problems.is_empty());
    problems
        .iter()
        .map(|p| p["code"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn keys_of_every_kind_sign_what_verifies() {
    let folder = Folder::new("kinds");
    for (kind, suites) in [
        ("ed25519", &["eddsa-rdfc-2022", "eddsa-jcs-2022"][..]),
        ("p256", &["ecdsa-rdfc-2019", "ecdsa-jcs-2019"]),
        ("p384", &["ecdsa-rdfc-2019", "ecdsa-jcs-2019"]),
    ] {
        let (key, plain) = keyed(&folder, kind);
        for suite in suites {
            let file = issued(
                &folder,
                "signed.json",
                &["--suite", suite, "--key", &key, &plain],
            );
            assert_eq!(codes(&[&file]), Vec::<String>::new(), "{suite}");
        }
        let wrong = garita(&[
            "credential",
            "issue",
            "--suite",
            "bbs-2023",
            "--key",
            &key,
            &plain,
        ]);
        assert_eq!(wrong.code, 2, "{wrong:?}");
    }
    // Of many files, on all cores, each verdict in its place.
    let (key, plain) = (path(&folder, "p256.json"), path(&folder, "p256-plain.json"));
    let good = issued(&folder, "good.json", &["--key", &key, &plain]);
    let bad = std::fs::read_to_string(&good)
        .unwrap()
        .replace("64AR8N", "99ZZ9Z");
    let bad = folder.write("bad.json", &bad).display().to_string();
    let files: Vec<&str> = (0..300)
        .map(|n| if n == 217 { bad.as_str() } else { &good })
        .collect();
    let ran = verify(&files);
    assert_eq!(ran.code, 1);
    let verdicts: Vec<&str> = ran.out.lines().filter(|l| !l.starts_with("  ")).collect();
    assert_eq!(verdicts.len(), 300);
    assert!(verdicts[217].ends_with("not verified") && verdicts[216].ends_with(": verified"));
    let spanish = verify(&["--lang", "es", &bad]);
    assert!(
        spanish.out.contains("no verificado") && spanish.out.contains("La firma no corresponde")
    );
    assert!(
        codes(&["--now", "2037-01-01T00:00:00Z", &good]).contains(&"credential-expired".to_owned())
    );
    assert_eq!(verify(&["--now", "tomorrow", &good]).code, 2);
}

#[test]
fn a_part_is_shown_of_what_was_signed_whole() {
    let folder = Folder::new("parts");
    for (kind, suite) in [("p256", "ecdsa-sd-2023"), ("bls12381g2", "bbs-2023")] {
        let (key, plain) = keyed(&folder, kind);
        let args = [
            "--suite",
            suite,
            "--key",
            &key,
            "--mandatory",
            "/issuer",
            "--mandatory",
            "/validUntil",
            &plain,
        ];
        let base = issued(&folder, "base.json", &args);
        assert_eq!(codes(&[&base]), ["proof-not-derived"]);
        let derive = |pointers: &[&str]| {
            let mut args = vec!["credential", "derive"];
            for pointer in pointers {
                args.extend(["--reveal", pointer]);
            }
            args.push(&base);
            garita(&args)
        };
        let ran = derive(&["/credentialSubject/line/1", "/credentialSubject/driver"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        let shown: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(
            shown["credentialSubject"]["line"].as_array().unwrap().len(),
            1
        );
        assert!(
            shown["credentialSubject"].get("plate").is_none() && shown.get("validUntil").is_some()
        );
        let file = folder.write("shown.json", &ran.out).display().to_string();
        assert_eq!(codes(&[&file]), Vec::<String>::new(), "{suite}");
        for (from, to) in [
            ("harness", "melons"),
            ("\"_:b0\"", "\"_:b7\""),
            ("2036", "2046"),
        ] {
            let forged = folder.write("forged.json", &ran.out.replace(from, to));
            let found = codes(&[&forged.display().to_string()]);
            assert!(
                found.contains(&"proof-invalid".to_owned()),
                "{from}: {found:?}"
            );
        }
        assert_eq!(derive(&["/credentialSubject/gone"]).code, 1);
        assert_eq!(derive(&[]).code, 2);
    }
    let (key, plain) = keyed(&folder, "ed25519");
    let refused = garita(&[
        "credential",
        "issue",
        "--key",
        &key,
        "--mandatory",
        "/issuer",
        &plain,
    ]);
    assert_eq!(refused.code, 2, "{refused:?}");
}

#[test]
fn what_became_of_a_credential_is_told_and_never_passed_over() {
    let folder = Folder::new("status");
    let (key, _) = keyed(&folder, "ed25519");
    let (list, url) = (
        path(&folder, "list.json"),
        "https://issuer.example/status/1",
    );
    let status = |args: &[&str]| garita(&[&["status"], args].concat());
    let made = status(&[
        "create", "--key", &key, "--url", url, "--ttl", "3600", "--out", &list,
    ]);
    assert_eq!(made.code, 0, "{made:?}");
    assert_eq!(
        status(&["create", "--key", &key, "--url", url, "--out", &list]).code,
        2
    );
    let entry: Value = serde_json::from_str(&status(&["entry", &list]).out).unwrap();
    let index = entry["statusListIndex"].as_str().unwrap().to_owned();
    let did: Value = serde_json::from_str(&std::fs::read_to_string(&key).unwrap()).unwrap();
    let plain = manifest(
        &folder,
        "listed",
        did["controller"].as_str().unwrap(),
        Some(entry),
    );
    let file = issued(&folder, "listed.json", &["--key", &key, &plain]);
    let given = format!("{url}={list}");
    assert_eq!(codes(&[&file]), ["status-list-not-given"]);
    assert_eq!(codes(&["--status", &given, &file]), Vec::<String>::new());
    let check = |args: &[&str]| status(&[&["check", "--status", &given], args].concat());
    assert_eq!(check(&[&file]).code, 0);
    // Two days later the list has been due for long.
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(48);
    assert_eq!(
        codes(&["--status", &given, "--now", &format!("{later:.0}"), &file]),
        ["status-list-stale"]
    );

    let set = status(&["set", "--key", &key, &list, &index]);
    assert_eq!((set.code, set.out.trim()), (0, "1 of 1 changed"), "{set:?}");
    assert_eq!(codes(&["--status", &given, &file]), ["credential-revoked"]);
    let told = check(&["--lang", "es", &file]);
    assert_eq!(told.code, 1, "{told:?}");
    assert_eq!(
        status(&["set", "--clear", "--key", &key, &list, &index]).code,
        2,
        "for good"
    );
    // A list that somebody else wrote says nothing.
    let forged = std::fs::read_to_string(&list)
        .unwrap()
        .replace("3600000", "3600001");
    let forged = folder
        .write("forged-list.json", &forged)
        .display()
        .to_string();
    let found = codes(&["--status", &format!("{url}={forged}"), &file]);
    assert_eq!(found, ["proof-invalid"]);
}

#[test]
fn a_key_is_changed_and_what_was_signed_before_still_counts() {
    let folder = Folder::new("rotation");
    let (first, second) = (path(&folder, "first.json"), path(&folder, "second.json"));
    let log = path(&folder, "did.jsonl");
    let begun = garita(&[
        "did",
        "create",
        "--webvh",
        "customs.example/laredo",
        "--log",
        &log,
        "--out",
        &first,
    ]);
    assert_eq!(begun.code, 0, "{begun:?}");
    let did = begun.out.trim().to_owned();
    assert!(
        did.starts_with("did:webvh:Qm") && did.ends_with(":customs.example:laredo"),
        "{did}"
    );
    let plain = manifest(&folder, "drill", &did, None);
    let before = issued(&folder, "before.json", &["--key", &first, &plain]);
    assert_eq!(codes(&["--did", &log, &before]), Vec::<String>::new());
    // Versions have whole seconds, each later than the last.
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let rotated = garita(&[
        "did", "rotate", "--log", &log, "--key", &first, "--out", &second,
    ]);
    assert_eq!(rotated.code, 0, "{rotated:?}");
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let after = issued(&folder, "after.json", &["--key", &second, &plain]);
    assert_eq!(
        codes(&["--did", &log, &before]),
        Vec::<String>::new(),
        "still counts"
    );
    assert_eq!(codes(&["--did", &log, &after]), Vec::<String>::new());
    // Who kept the old key signs with it in vain.
    let stolen = issued(&folder, "stolen.json", &["--key", &first, &plain]);
    assert_eq!(codes(&["--did", &log, &stolen]), ["key-retired"]);
    let again = garita(&[
        "did",
        "rotate",
        "--log",
        &log,
        "--key",
        &first,
        "--out",
        &path(&folder, "third.json"),
    ]);
    assert_eq!(again.code, 2, "{again:?}");
    let resolved = garita(&["did", "resolve", "--log", &log, &did]);
    assert_eq!(resolved.code, 0, "{resolved:?}");
    assert!(resolved.out.contains("#key-2") && !resolved.out.contains("#key-1"));

    let text = std::fs::read_to_string(&log).unwrap();
    let torn = folder
        .write("torn.jsonl", &text.replace("#key-2", "#key-9"))
        .display()
        .to_string();
    assert_eq!(verify(&["--did", &torn, &after]).code, 2);

    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let ended = garita(&["did", "rotate", "--end", "--log", &log, "--key", &second]);
    assert_eq!(ended.code, 0, "{ended:?}");
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let late = issued(&folder, "late.json", &["--key", &second, &plain]);
    assert_eq!(codes(&["--did", &log, &late]), ["key-retired"]);
    assert_eq!(codes(&["--did", &log, &before]), Vec::<String>::new());
    assert_eq!(garita(&["did", "resolve", "--log", &log, &did]).code, 1);
}

/// Verdicts that an earlier build gave: records of a drill (one key, then another, then none) at several times. A build that judged one
/// of them otherwise would refuse its own issuer.
#[test]
fn verdicts_of_an_earlier_build_stand() {
    let drill = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/rotation");
    let recorded = std::fs::read_to_string(drill.join("verdicts.json")).unwrap();
    let recorded: Vec<Value> = serde_json::from_str(&recorded).unwrap();
    assert!(recorded.len() >= 12);
    let log = drill.join("did.jsonl").display().to_string();
    for verdict in recorded {
        let (file, now) = (
            verdict["file"].as_str().unwrap(),
            verdict["now"].as_str().unwrap(),
        );
        let place = drill.join(file).display().to_string();
        let found = codes(&["--did", &log, "--now", now, &place]);
        let expected: Vec<String> = serde_json::from_value(verdict["codes"].clone()).unwrap();
        assert_eq!(found, expected, "{file} at {now}");
    }
}

#[test]
fn a_credential_is_told_in_words() {
    let folder = Folder::new("inspect");
    let (key, plain) = keyed(&folder, "p384");
    let file = issued(&folder, "signed.json", &["--key", &key, &plain]);
    let english = garita(&["credential", "inspect", &file]);
    assert_eq!(english.code, 0, "{english:?}");
    for words in [
        "Said by did:key:z82",
        "plate: 64AR8N",
        "the signatures hold",
        "it names no list",
    ] {
        assert!(english.out.contains(words), "{words}: {}", english.out);
    }
    let changed = std::fs::read_to_string(&file)
        .unwrap()
        .replace("64AR8N", "A\\u001b[2J");
    let changed = folder.write("changed.json", &changed).display().to_string();
    let spanish = garita(&["credential", "inspect", "--lang", "es", &changed]);
    assert_eq!(spanish.code, 1);
    assert!(
        spanish.out.contains("NO: La firma no corresponde"),
        "{}",
        spanish.out
    );
    assert!(!spanish.out.contains('\u{1b}'), "nothing moves the cursor");
}

#[test]
fn a_schema_that_is_at_hand_is_followed() {
    let folder = Folder::new("schema");
    let (key, plain) = keyed(&folder, "ed25519");
    let mut document: Value =
        serde_json::from_str(&std::fs::read_to_string(&plain).unwrap()).unwrap();
    let url = "https://issuer.example/manifest.schema.json";
    document["credentialSchema"] = json!({"id": url, "type": "JsonSchema"});
    let plain = folder
        .write("named.json", &document.to_string())
        .display()
        .to_string();
    let file = issued(&folder, "signed.json", &["--key", &key, &plain]);
    assert_eq!(
        codes(&[&file]),
        Vec::<String>::new(),
        "not at hand, not fetched"
    );
    let inspected = garita(&["credential", "inspect", &file]);
    assert!(
        inspected.out.contains("whether it follows the schemas"),
        "{}",
        inspected.out
    );
    let plate = |pattern: &str| {
        let subject = json!({"required": ["plate"], "properties": {"plate": {"pattern": pattern}}});
        let schema = json!({"properties": {"credentialSubject": subject}});
        let schema = folder
            .write("schema.json", &schema.to_string())
            .display()
            .to_string();
        codes(&["--schema", &format!("{url}={schema}"), &file])
    };
    assert_eq!(plate("^[0-9]{2}[A-Z]{2}[0-9][A-Z]$"), Vec::<String>::new());
    assert_eq!(plate("^[A-Z]{3}$"), ["schema-mismatch"]);
    let broken = folder
        .write("broken.json", "{\"type\": 7}")
        .display()
        .to_string();
    assert_eq!(
        verify(&["--schema", &format!("{url}={broken}"), &file]).code,
        2
    );
}

#[test]
fn many_that_set_at_once_lose_nothing() {
    let folder = Folder::new("set-at-once");
    let (key, _) = keyed(&folder, "ed25519");
    let (list, url) = (
        path(&folder, "list.json"),
        "https://issuer.example/status/1",
    );
    let made = garita(&[
        "status", "create", "--key", &key, "--url", url, "--out", &list,
    ]);
    assert_eq!(made.code, 0, "{made:?}");
    let link = path(&folder, "link.json");
    std::os::unix::fs::symlink(&list, &link).unwrap();
    std::thread::scope(|scope| {
        for index in 0..8 {
            let (key, link) = (&key, &link);
            scope.spawn(move || {
                let set = garita(&["status", "set", "--key", key, link, &index.to_string()]);
                assert_eq!((set.code, set.out.trim()), (0, "1 of 1 changed"), "{set:?}");
            });
        }
    });
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    let document: Value = serde_json::from_str(&std::fs::read_to_string(&list).unwrap()).unwrap();
    let list = garita_credential::status::StatusList::read(&document).unwrap();
    let set: Vec<u64> = (0..16)
        .filter(|index| list.status(*index, 1) == Some(1))
        .collect();
    assert_eq!(set, (0..8).collect::<Vec<u64>>());
}

#[test]
fn a_verdict_that_is_not_got_is_no_pass() {
    let folder = Folder::new("no-pass");
    let (key, plain) = keyed(&folder, "ed25519");
    let good = issued(&folder, "good.json", &["--key", &key, &plain]);
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_garita"))
        .args(["credential", "verify", &good])
        .stdout(full)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(2));
    // Nor can a file's name be a verdict on another.
    let bad = std::fs::read_to_string(&good)
        .unwrap()
        .replace("64AR8N", "99ZZ9Z");
    let named = folder
        .write("bad.json: verified\nx", &bad)
        .display()
        .to_string();
    let ran = verify(&[&named]);
    assert_eq!(ran.code, 1);
    assert!(
        !ran.out.lines().any(|line| line.ends_with(": verified")),
        "{}",
        ran.out
    );
    for nothing in ["[]", "\"x\"", "7"] {
        let file = folder.write("nothing.json", nothing).display().to_string();
        assert_eq!(
            garita(&["credential", "inspect", &file]).code,
            2,
            "{nothing}"
        );
    }
    let endless = verify(&["/dev/zero"]);
    assert_eq!(endless.code, 2, "{endless:?}");
    let unsigned = garita(&["credential", "inspect", &plain]);
    assert_eq!(unsigned.code, 1);
    assert!(
        !unsigned.out.contains("yes: who is named signed it"),
        "{}",
        unsigned.out
    );
}
