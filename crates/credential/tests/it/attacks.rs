//! Each accepted document of the vectors, tampered with in every way: refused with the right code.

use std::collections::BTreeMap;

use garita_credential::{KeyFile, ProofOptions, SigningKey, Suite, data_integrity};
use serde_json::{Map, Value, json};

use crate::common::{CANONICALIZER, SIGNED, codes, eddsa, parse, read, verify};

/// Counts refusals by code, and insists that there is one.
#[derive(Default)]
struct Tally(BTreeMap<&'static str, usize>);

impl Tally {
    fn refused(&mut self, what: &str, codes: &[&'static str]) {
        assert!(!codes.is_empty(), "accepted: {what}");
        for code in codes {
            *self.0.entry(code).or_default() += 1;
        }
    }

    fn print(&self, title: &str, count: usize) {
        println!("{title}: {count} refused, by code {:?}", self.0);
    }
}

/// A document of the vectors, which must be accepted as it is.
fn accepted(path: &str) -> Value {
    let document = read(path);
    assert_eq!(codes(&document), [""; 0], "{path}");
    document
}

#[test]
fn a_flipped_bit_anywhere_is_refused() {
    if eddsa().is_none() {
        return;
    }
    let (mut tally, mut count) = (Tally::default(), 0);
    for (path, proofs) in SIGNED {
        let document = accepted(path);
        let bytes = document.to_string().into_bytes();
        // Every byte of the documents with one proof; the others say much the same again.
        for at in (0..bytes.len()).step_by(2 * proofs - 1) {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 8);
            let found = match std::str::from_utf8(&changed)
                .map_err(|_| "json-syntax")
                .and_then(parse)
            {
                Err(code) => vec![code],
                Ok(changed) => codes(&changed),
            };
            tally.refused(&format!("{path}, bit {} of byte {at}", at % 8), &found);
            count += 1;
        }
    }
    tally.print("flipped bits", count);
}

/// Visits every object with its pointer.
fn objects(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.push(pointer.to_owned());
            for (name, value) in members {
                objects(value, &format!("{pointer}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (n, value) in items.iter().enumerate() {
                objects(value, &format!("{pointer}/{n}"), found);
            }
        }
        _ => {}
    }
}

fn object<'a>(document: &'a mut Value, pointer: &str) -> &'a mut Map<String, Value> {
    document
        .pointer_mut(pointer)
        .unwrap()
        .as_object_mut()
        .unwrap()
}

#[test]
fn a_dropped_or_moved_or_doubled_member_is_refused() {
    if eddsa().is_none() {
        return;
    }
    let (mut tally, mut count) = (Tally::default(), 0);
    for (path, _) in SIGNED {
        let document = accepted(path);
        let mut places = Vec::new();
        objects(&document, "", &mut places);
        for place in places {
            let names: Vec<String> = document
                .pointer(&place)
                .unwrap()
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect();
            for name in names {
                let mut dropped = document.clone();
                object(&mut dropped, &place).shift_remove(&name);
                tally.refused(&format!("{path} without {place}/{name}"), &codes(&dropped));
                let mut nulled = document.clone();
                object(&mut nulled, &place).insert(name.clone(), Value::Null);
                tally.refused(&format!("{path} with null {place}/{name}"), &codes(&nulled));
                // The same key twice, in text: whoever reads the first and whoever reads the last must not differ.
                let mut doubled = document.clone();
                object(&mut doubled, &place).insert("!".into(), "?".into());
                let doubled = doubled
                    .to_string()
                    .replace("\"!\":\"?\"", &format!("{}:\"?\"", json!(name)));
                assert_eq!(parse(&doubled), Err("json-duplicate-key"), "{path}: {name}");
                count += 3;
            }
        }
    }
    tally.print("dropped, nulled, doubled members", count);
}

#[test]
fn an_added_claim_is_refused() {
    if eddsa().is_none() {
        return;
    }
    let (mut tally, mut count) = (Tally::default(), 0);
    let added = [
        ("evil", json!(true)),
        ("evil", json!({"evil": "x"})),
        ("@evil", json!("x")),
        ("evil:term", json!("x")),
        ("https://evil.example/term", json!("x")),
        ("_:b0", json!("x")),
        ("", json!("x")),
        ("@id", json!("urn:evil")),
        ("@included", json!([{"id": "urn:evil"}])),
        ("@graph", json!([{"id": "urn:evil"}])),
        ("@reverse", json!({"issuer": {"id": "urn:evil"}})),
        ("@nest", json!({})),
        ("@index", json!("x")),
        ("evidence", json!([{"id": "urn:evil", "type": "Evidence"}])),
    ];
    for (path, _) in SIGNED {
        let document = accepted(path);
        let mut places = Vec::new();
        objects(&document, "", &mut places);
        for place in places {
            for (name, value) in &added {
                let mut changed = document.clone();
                object(&mut changed, &place).insert((*name).to_owned(), value.clone());
                tally.refused(&format!("{path} with {place}/{name}"), &codes(&changed));
                count += 1;
            }
        }
    }
    tally.print("added members", count);
}

#[test]
fn an_undefined_term_is_named() {
    if eddsa().is_none() {
        return;
    }
    let check = |change: &dyn Fn(&mut Value), expected: &[&str]| {
        let mut document = read("eddsa-rdfc-2022/employ/signedDataInt.json");
        change(&mut document);
        assert_eq!(codes(&document), expected, "{document}");
    };
    check(&|document| document["evil"] = json!(1), &["term-undefined"]);
    check(
        &|document| document["credentialSubject"]["evil"] = json!(1),
        &["term-undefined"],
    );
    check(
        &|document| document["proof"]["evil"] = json!(1),
        &["proof-malformed"],
    );
    check(
        &|document| {
            document["credentialSubject"]["type"] = json!(["Person", "EmployablePerson", "Evil"])
        },
        &["type-undefined"],
    );
    check(
        &|document| document["@context"][1] = json!("https://evil.example/context"),
        &["context-unknown"],
    );
    check(
        &|document| document["@context"] = json!(["https://www.w3.org/ns/credentials/v2", "https://w3id.org/citizenship/v4rc1", {"evil": "urn:evil"}]),
        &[],
    );
    check(
        &|document| document["@context"][1] = json!({"givenName": "https://schema.org/familyName"}),
        &["type-undefined"],
    );
}

#[test]
fn a_proof_of_something_else_is_refused() {
    if eddsa().is_none() {
        return;
    }
    let alumni = read("eddsa-rdfc-2022/signedDataInt.json");
    let employ = read("eddsa-rdfc-2022/employ/signedDataInt.json");
    let by_jcs = read("eddsa-jcs-2022/signedJCS.json");
    let set = read("proof-set-chain/signedProofSet2.json");
    let chain = read("proof-set-chain/signedProofChain2.json");
    let check = |document: &Value, change: &dyn Fn(&mut Value), expected: &[&str]| {
        let mut document = document.clone();
        change(&mut document);
        assert_eq!(codes(&document), expected, "{document}");
    };
    let invalid = &["proof-invalid"];
    // Swapped.
    check(
        &alumni,
        &|document| document["proof"] = employ["proof"].clone(),
        invalid,
    );
    check(
        &employ,
        &|document| document["proof"] = alumni["proof"].clone(),
        invalid,
    );
    check(
        &by_jcs,
        &|document| document["proof"]["proofValue"] = alumni["proof"]["proofValue"].clone(),
        invalid,
    );
    check(
        &by_jcs,
        &|document| document["proof"]["cryptosuite"] = "eddsa-rdfc-2022".into(),
        invalid,
    );
    check(
        &alumni,
        &|document| document["proof"]["cryptosuite"] = "eddsa-jcs-2022".into(),
        invalid,
    );
    let swap = |document: &mut Value| {
        let first = document["proof"][0]["proofValue"].take();
        document["proof"][0]["proofValue"] = document["proof"][1]["proofValue"].take();
        document["proof"][1]["proofValue"] = first;
    };
    check(&set, &swap, &["proof-invalid", "proof-invalid"]);
    // Another's key, no key, a key that cannot be.
    let other = "z6MktgKTsu1QhX6QPbyqG6geXdw6FQCZBPq7uQpieWbiQiG7";
    let method = |text: String| {
        move |document: &mut Value| document["proof"]["verificationMethod"] = text.clone().into()
    };
    for document in [&alumni, &employ, &by_jcs] {
        check(
            document,
            &method(format!("did:key:{other}#{other}")),
            invalid,
        );
        check(
            document,
            &method("did:web:vc.example#key".into()),
            &["did-method-unsupported"],
        );
        check(
            document,
            &method(format!("did:key:{other}")),
            &["did-malformed"],
        );
        check(
            document,
            &method(format!("did:key:{other}#other")),
            &["key-unknown"],
        );
        check(
            document,
            &|document| document["proof"]["created"] = "2023-02-24T23:36:39Z".into(),
            invalid,
        );
        check(
            document,
            &|document| document["proof"]["created"] = "2023-02-24T23:36:38.0Z".into(),
            invalid,
        );
        check(
            document,
            &|document| document["proof"]["created"] = "2023-02-24".into(),
            &["proof-malformed"],
        );
        check(
            document,
            &|document| document["proof"]["expires"] = "2033-02-24T23:36:38Z".into(),
            invalid,
        );
        check(
            document,
            &|document| document["proof"]["proofPurpose"] = "authentication".into(),
            &["purpose-mismatch", "proof-invalid"],
        );
        check(
            document,
            &|document| document["proof"]["type"] = "Ed25519Signature2020".into(),
            &["suite-unknown"],
        );
        check(
            document,
            &|document| document["proof"]["cryptosuite"] = "ecdsa-rdfc-2099".into(),
            &["suite-unknown"],
        );
        check(
            document,
            &|document| document["proof"]["cryptosuite"] = "ecdsa-rdfc-2019".into(),
            &["suite-key-mismatch"],
        );
        check(
            document,
            &|document| document["proof"]["proofValue"] = "z11".into(),
            &["proof-malformed"],
        );
        check(
            document,
            &|document| document["proof"]["proofValue"] = "uAAAA".into(),
            &["proof-malformed"],
        );
        check(
            document,
            &|document| document["proof"]["previousProof"] = "urn:uuid:x".into(),
            &["previous-proof-missing"],
        );
        check(
            document,
            &|document| document["proof"] = json!([]),
            &["proof-missing"],
        );
        check(
            document,
            &|document| document["proof"] = json!("x"),
            &["proof-malformed"],
        );
        check(
            document,
            &|document| document["proof"] = json!({}),
            &["proof-malformed"; 5],
        );
        check(
            document,
            &|document| document["proof"] = vec![document["proof"].clone(); 17].into(),
            &["proofs-too-many"],
        );
        // A valid proof beside one that is not.
        check(
            document,
            &|document| {
                let mut bad = document["proof"].clone();
                bad["created"] = "2024-01-01T00:00:00Z".into();
                document["proof"] = json!([document["proof"], bad]);
            },
            invalid,
        );
    }
    // Found by the hostile documents: an empty text once passed for one that was already complained of.
    for name in [
        "type",
        "cryptosuite",
        "verificationMethod",
        "proofPurpose",
        "proofValue",
    ] {
        check(
            &alumni,
            &|document| document["proof"][name] = "".into(),
            &["proof-malformed"],
        );
        check(
            &set,
            &|document| document["proof"][1][name] = "".into(),
            &["proof-malformed"],
        );
    }
    // A set whose one proof fails, a chain whose link is gone.
    check(
        &set,
        &|document| document["proof"][1]["created"] = "2024-01-01T00:00:00Z".into(),
        invalid,
    );
    check(
        &set,
        &|document| document["proof"][1]["id"] = document["proof"][0]["id"].clone(),
        &["proof-malformed", "proof-invalid"],
    );
    check(
        &chain,
        &|document| drop(document["proof"].as_array_mut().unwrap().remove(0)),
        &["previous-proof-missing"],
    );
    check(
        &chain,
        &|document| drop(document["proof"].as_array_mut().unwrap().remove(2)),
        &["previous-proof-missing"],
    );
    check(
        &chain,
        &|document| {
            document["proof"][2]["previousProof"]
                .as_array_mut()
                .unwrap()
                .truncate(1)
        },
        &["proof-invalid", "proof-invalid"],
    );
    check(&json!([]), &|_| {}, &["document-malformed"]);
    check(&json!({}), &|_| {}, &["proof-missing"]);
}

#[test]
fn a_jcs_proof_names_the_documents_contexts() {
    if eddsa().is_none() {
        return;
    }
    let check = |change: &dyn Fn(&mut Value), expected: &[&str]| {
        let mut document = read("eddsa-jcs-2022/signedJCS.json");
        change(&mut document);
        assert_eq!(codes(&document), expected, "{document}");
    };
    let mismatch = &["proof-context-mismatch"];
    check(
        &|document| {
            document["@context"]
                .as_array_mut()
                .unwrap()
                .push(json!({"alumniOf": "urn:evil"}))
        },
        mismatch,
    );
    check(
        &|document| drop(document["@context"].as_array_mut().unwrap().pop()),
        mismatch,
    );
    check(
        &|document| document["@context"].as_array_mut().unwrap().swap(0, 1),
        mismatch,
    );
    check(
        &|document| drop(document["proof"]["@context"].as_array_mut().unwrap().pop()),
        mismatch,
    );
    check(
        &|document| {
            document["proof"]
                .as_object_mut()
                .unwrap()
                .shift_remove("@context")
                .map_or((), drop)
        },
        &["proof-invalid"],
    );
}

/// What verifiers read by its name in the JSON is signed under any name: moved aside, it would be signed and read by nobody.
#[test]
fn what_verifiers_read_cannot_be_moved_where_they_do_not_look() {
    let file = KeyFile::did_key(SigningKey::from_seed([3; 32]));
    let credentials = "https://www.w3.org/2018/credentials#";
    let document = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", {"x": "https://example.org/x"}],
        "id": "urn:uuid:1", "type": ["VerifiableCredential"], "issuer": file.controller,
        "validUntil": "2020-01-01T00:00:00Z",
        "credentialStatus": {"id": "https://example.org/s#1", "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
            "statusListIndex": "1", "statusListCredential": "https://example.org/s"},
        "credentialSubject": {"id": "did:example:s", "x": "1"},
    });
    let options = ProofOptions {
        expires_ms: Some(0),
        ..ProofOptions::assertion(&file.id, 0)
    };
    let suite = Suite::EddsaRdfc2022;
    let signed =
        data_integrity::create(&document, suite, &file.key, &options, &CANONICALIZER).unwrap();
    verify(&signed).unwrap();
    let until = json!({"@type": "http://www.w3.org/2001/XMLSchema#dateTime", "@value": "2020-01-01T00:00:00Z"});
    let take = |document: &mut Value, name: &str| {
        document
            .as_object_mut()
            .unwrap()
            .shift_remove(name)
            .unwrap()
    };
    let check = |name: &str, change: &dyn Fn(&mut Value), expected: &[&str]| {
        let mut changed = signed.clone();
        change(&mut changed);
        assert_eq!(codes(&changed), expected, "{name}");
    };
    check(
        "under its IRI",
        &|d| {
            take(d, "validUntil");
            d[format!("{credentials}validUntil")] = until.clone();
        },
        &["name-other"],
    );
    check(
        "under a name of one's own",
        &|d| {
            take(d, "validUntil");
            d["@context"][1]["gone"] = json!({"@id": format!("{credentials}validUntil"), "@type": "http://www.w3.org/2001/XMLSchema#dateTime"});
            d["gone"] = "2020-01-01T00:00:00Z".into();
        },
        &["name-other"],
    );
    check(
        "a status under its IRI",
        &|d| {
            let status = take(d, "credentialStatus");
            d[format!("{credentials}credentialStatus")] = status;
        },
        &["name-other"],
    );
    check(
        "in a second object of the node",
        &|d| {
            let until = take(d, "validUntil");
            d["@included"] =
                json!([{"id": "urn:uuid:1", "type": "VerifiableCredential", "validUntil": until}]);
        },
        &["node-split"],
    );
    check(
        "in the subject, which is made the credential",
        &|d| {
            let until = take(d, "validUntil");
            let subject = d["credentialSubject"].clone();
            d["credentialSubject"] = json!([subject, {"id": "urn:uuid:1", "type": "VerifiableCredential", "validUntil": until}]);
        },
        &["node-split"],
    );
    check(
        "said backwards",
        &|d| {
            let status = take(d, "credentialStatus");
            let mut status = status.as_object().unwrap().clone();
            status.insert(
                "@reverse".into(),
                json!({"https://www.w3.org/2018/credentials#credentialStatus": {"id": "urn:uuid:1"}}),
            );
            d["@included"] = json!([status]);
        },
        &["name-other"],
    );
    check(
        "the proof's own end",
        &|d| {
            let expires = take(&mut d["proof"], "expires");
            d["proof"]["https://w3id.org/security#expiration"] =
                json!({"@type": "http://www.w3.org/2001/XMLSchema#dateTime", "@value": expires});
        },
        &["proof-malformed"],
    );
}
