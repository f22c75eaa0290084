//! What has the wrong form, and limits.

use super::*;

const P256: &str = "zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv";

/// Changes entry `n` of the log of three as its owner could, and says what is refused.
fn owner_changes(n: usize, change: impl Fn(&mut Value)) -> (&'static str, String) {
    let history = three();
    let mut entries = lines(&history);
    change(&mut entries[n]);
    resign(&mut entries, n, &key([1, 1, 2][n]));
    fault(history.did(), &entries[..=n])
}

#[test]
fn parameters_that_are_none_are_refused_where_they_stand() {
    let check = |n: usize, name: &str, value: Value| {
        let (code, place) = owner_changes(n, |entry| entry["parameters"][name] = value.clone());
        let expected = format!("/{n}/parameters/{name}");
        assert_eq!((code, place), ("did-log-malformed", expected), "{value}");
    };
    let twice = json!([multikey(4), multikey(4)]);
    let many: Vec<String> = (0..=64).map(multikey).collect();
    for value in [
        json!("x"),
        json!({}),
        json!(5),
        json!([5]),
        json!(["x"]),
        twice,
        json!(many),
        json!([P256]),
    ] {
        check(1, "updateKeys", value);
    }
    for name in ["nextKeyHashes", "watchers"] {
        for value in [
            json!("x"),
            json!({}),
            json!(5),
            json!([5]),
            json!(["x", "x"]),
            json!(["x".repeat(2_049)]),
        ] {
            check(2, name, value);
        }
    }
    for name in ["portable", "deactivated"] {
        for value in [json!("true"), json!(0), json!(null), json!([])] {
            check(1, name, value);
        }
    }
    for value in [
        json!(-1),
        json!("60"),
        json!(0.5),
        json!((1_u64 << 31) + 1),
        json!([]),
    ] {
        check(1, "ttl", value);
    }
    for value in [
        json!("did:webvh:0.5"),
        json!("did:webvh:99.0"),
        json!(null),
        json!("didwebvh:1.0"),
    ] {
        check(1, "method", value.clone());
        check(0, "method", value);
    }
    check(1, "scid", three().did().scid().into());
    check(1, "colour", json!("red"));
    let (_, place) = owner_changes(1, |entry| entry["parameters"]["a/b~"] = json!(1));
    assert_eq!(place, "/1/parameters/a~1b~0");
    check(0, "prerotation", json!(true));
    // What may be left out later must be there first.
    for name in ["method", "updateKeys"] {
        let (code, place) = owner_changes(0, |entry| {
            entry["parameters"].as_object_mut().unwrap().remove(name);
        });
        let expected = format!("/0/parameters/{name}");
        assert_eq!((code, place), ("did-log-malformed", expected));
    }
}

#[test]
fn nulls_of_early_writers_are_borne_with() {
    let mut history = begin(updates(&[1]));
    add(&mut history, 1, 1, Changes::default(), 1).unwrap();
    let mut entries = lines(&history);
    for name in ["nextKeyHashes", "witness", "watchers", "ttl"] {
        entries[1]["parameters"][name] = Value::Null;
    }
    resign(&mut entries, 1, &key(1));
    let read = check(history.did(), &to_log(&entries)).unwrap();
    assert_eq!(read.latest().unwrap().parameters().ttl_s, 3_600);
}

#[test]
fn witness_rules_that_can_never_be_met_are_refused() {
    let id = |n: u8| json!({"id": format!("did:key:{}", multikey(n))});
    let rule = |threshold: Value, witnesses: Value| json!({"threshold": threshold, "witnesses": witnesses});
    for value in [
        json!([]),
        json!("x"),
        json!({"threshold": 1}),
        json!({"witnesses": [id(7)]}),
        rule(json!(1), json!([])),
        rule(json!(0), json!([id(7)])),
        rule(json!(2), json!([id(7)])),
        rule(json!(-1), json!([id(7)])),
        rule(json!(1.5), json!([id(7), id(8)])),
        rule(json!("1"), json!([id(7)])),
        rule(json!(2), json!([id(7), id(7)])),
        rule(json!(1), json!([{"id": "did:web:a.example"}])),
        rule(json!(1), json!([{"id": format!("did:key:{P256}")}])),
        rule(
            json!(1),
            json!([{"id": format!("did:key:{}#x", multikey(7))}]),
        ),
        rule(json!(1), json!([multikey(7)])),
        rule(json!(1), json!([{}])),
        rule(json!(1), json!((0..65).map(id).collect::<Vec<_>>())),
        json!({"threshold": 1, "witnesses": [id(7)], "extra": 1}),
    ] {
        let (code, place) =
            owner_changes(1, |entry| entry["parameters"]["witness"] = value.clone());
        let expected = ("did-log-malformed", "/1/parameters/witness");
        assert_eq!((code, place.as_str()), expected, "{value}");
    }
}

#[test]
fn members_that_are_missing_or_wrong_are_refused_where_they_stand() {
    let history = three();
    for n in 0..3 {
        let check = |name: &str, value: Option<Value>, expected: &str| {
            let mut entries = lines(&history);
            match value.clone() {
                Some(value) => entries[n][name] = value,
                None => drop(entries[n].as_object_mut().unwrap().remove(name)),
            }
            let found = fault(history.did(), &entries);
            let expected = ("did-log-malformed", format!("/{n}{expected}"));
            assert_eq!(found, expected, "{value:?}");
        };
        for name in ["versionId", "versionTime", "parameters", "state", "proof"] {
            for value in [
                None,
                Some(json!(null)),
                Some(json!(5)),
                Some(json!([])),
                Some(json!("x")),
            ] {
                check(name, value, &format!("/{name}"));
            }
        }
        let id = lines(&history)[n]["versionId"].as_str().unwrap().to_owned();
        let hash = id.split_once('-').unwrap().1.to_owned();
        let number = n + 1;
        for bad in [
            hash.clone(),
            format!("0{id}"),
            format!("+{id}"),
            format!("{number}--{hash}"),
            format!("{id}-x"),
            format!("{number}-{}", &hash[..45]),
            format!("{number}-z{hash}"),
            format!("{number}-{}", "1".repeat(46)),
        ] {
            check("versionId", Some(bad.into()), "/versionId");
        }
        for bad in [
            "2026-12-04",
            "2026-12-04T15:00:00",
            "2026-12-04T15:00:00+01:00",
            "2026-12-04T15:00:00-00:00",
        ] {
            check("versionTime", Some(bad.into()), "/versionTime");
        }
        check("extra", Some(json!(1)), "");
    }
    for bad in [
        "5",
        "[]",
        "null",
        "{",
        "{}x",
        "{\"a\":1,\"a\":1}",
        "\u{feff}{}",
    ] {
        let broken = check(history.did(), bad).unwrap_err();
        assert_eq!(broken.problem.code(), "did-log-malformed", "{bad}");
    }
}

#[test]
fn proofs_of_another_kind_are_refused() {
    let change = |name: &str, value: Value| {
        let history = three();
        let mut entries = lines(&history);
        entries[1]["proof"][0][name] = value;
        fault(history.did(), &entries).0
    };
    let unknown = "suite-unknown";
    assert_eq!(change("cryptosuite", json!("eddsa-rdfc-2022")), unknown);
    assert_eq!(change("cryptosuite", json!("ecdsa-jcs-2019")), unknown);
    assert_eq!(change("cryptosuite", Value::Null), unknown);
    assert_eq!(change("type", json!("Ed25519Signature2020")), unknown);
    assert_eq!(
        change("proofPurpose", json!("authentication")),
        "purpose-mismatch"
    );
    assert_eq!(change("proofValue", json!("z")), "proof-malformed");
    assert_eq!(
        change("created", json!("2026-12-04T15:00:01Z")),
        "proof-invalid"
    );
    let other = format!("did:key:{}#{}", multikey(1), multikey(2));
    for method in [multikey(1), format!("did:key:{}", multikey(1)), other] {
        assert_eq!(
            change("verificationMethod", json!(method)),
            "did-log-key-unauthorized"
        );
    }
}

#[test]
fn times_follow_each_other_and_do_not_lie_ahead() {
    let mut history = begin(updates(&[1]));
    for days in [0, -1] {
        let problem = add(&mut history, days, 2, updates(&[2]), 1).unwrap_err();
        let expected = ("did-log-time-wrong", "/1/versionTime");
        assert_eq!((problem.code(), problem.pointer.as_str()), expected);
    }
    add(&mut history, 10, 2, updates(&[2]), 1).unwrap();
    let at = |now_ms| {
        let log = history.to_jsonl();
        let documents = Documents {
            log: log.as_bytes(),
            witness: None,
        };
        verify(history.did(), documents, now_ms, &CANONICALIZER)
    };
    let written = START + 10 * DAY;
    assert!(at(written - AHEAD_MS_MAX).is_ok());
    let broken = at(written - AHEAD_MS_MAX - 1).unwrap_err();
    assert_eq!(broken.problem.code(), "did-log-time-wrong");
    assert_eq!(broken.before.unwrap().versions().len(), 1);
}

#[test]
fn documents_of_something_else_are_refused() {
    let check = |change: &dyn Fn(&mut Value), expected: (&str, &str)| {
        let (code, place) = owner_changes(1, |entry| change(&mut entry["state"]));
        assert_eq!((code, place.as_str()), expected);
    };
    let malformed = ("did-log-malformed", "/1/state/id");
    for id in [
        json!(null),
        json!("x"),
        json!(5),
        json!("did:web:cbp.example:office"),
    ] {
        check(&|state| state["id"] = id.clone(), malformed);
    }
    let mismatch = ("did-log-mismatch", "/1/state/id");
    let other = json!({"id": format!("did:webvh:{}:cbp.example:office", multihash(b"other"))});
    check(&|state| *state = other.clone(), mismatch);
    let moved = json!({"id": three().did().as_str().replace("office", "desk")});
    check(&|state| *state = moved.clone(), mismatch);
}

#[test]
fn a_document_that_cannot_be_read_has_no_keys_and_breaks_no_log() {
    let history = three();
    let mut entries = lines(&history);
    entries[1]["state"]["verificationMethod"] = json!([{"id": "#x", "type": "Multikey"}]);
    resign(&mut entries, 1, &key(1));
    resign(&mut entries, 2, &key(2));
    let read = check(history.did(), &to_log(&entries)).unwrap();
    let error = read.by_number(2).unwrap().document().unwrap_err();
    assert_eq!(error.code(), "did-document-malformed");
    let spans: Vec<_> = read
        .key_entries(Version::at_ms)
        .iter()
        .map(|entry| {
            (
                (entry.from_ms - START) / DAY,
                entry.until_ms.map(|at_ms| (at_ms - START) / DAY),
            )
        })
        .collect();
    assert_eq!(spans, [(0, Some(10)), (20, None)]);
    // We do not write such a one.
    let mut ours = three();
    let broken = entries[1]["state"].clone();
    let at_ms = START + 30 * DAY;
    let problem = ours.update(broken, Changes::default(), at_ms, &key(3), &CANONICALIZER);
    let problem = problem.unwrap_err();
    let found = (problem.code(), problem.pointer.as_str());
    assert_eq!(found, ("did-document-malformed", "/3/state"));
    assert_eq!(ours, three());
}

#[test]
fn large_logs_are_refused_before_they_are_read() {
    let history = begin(updates(&[1]));
    let code = |log: &str| check(history.did(), log).unwrap_err().problem.code();
    let padded = format!("{}{}", history.to_jsonl(), " ".repeat(LOG_BYTES_MAX));
    assert_eq!(code(&padded), "did-log-too-large");
    let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
    assert_eq!(code(&deep), "did-log-malformed");
}

#[test]
fn what_we_would_refuse_we_do_not_write() {
    let make = |place: &str, document: Value, changes: Changes, signer: u8| {
        create(
            place,
            document,
            changes,
            START,
            &key(signer),
            &CANONICALIZER,
        )
        .unwrap_err()
        .code()
    };
    let good = || state(&template(PLACE), 1);
    let first = || updates(&[1]);
    assert_eq!(make(PLACE, good(), first(), 2), "did-log-key-unauthorized");
    assert_eq!(
        make(PLACE, good(), Changes::default(), 1),
        "did-log-malformed"
    );
    assert_eq!(make("cbp.example:..", good(), first(), 1), "did-malformed");
    assert_eq!(
        make("cbp.example%3a8443", good(), first(), 1),
        "did-malformed"
    );
    assert_eq!(
        make("cbp.example:desk", good(), first(), 1),
        "did-log-mismatch"
    );
    assert_eq!(make(PLACE, json!({}), first(), 1), "did-log-malformed");
    let p256 = SigningKey::from_bytes(crate::KeyType::P256, &[7; 32]).unwrap();
    let made = create(PLACE, good(), first(), START, &p256, &CANONICALIZER);
    assert_eq!(made.unwrap_err().code(), "suite-key-mismatch");
}

#[test]
fn reads_addresses_by_the_grammar() {
    let scid = multihash(b"");
    let url = |rest: &str| {
        let did = WebvhDid::parse(&format!("did:webvh:{scid}:{rest}")).ok()?;
        assert_eq!((did.scid(), did.place()), (scid.as_str(), rest));
        did.log_url().ok()
    };
    for (rest, expected) in [
        ("example.com", "https://example.com/.well-known/did.jsonl"),
        (
            "issuer.example.com",
            "https://issuer.example.com/.well-known/did.jsonl",
        ),
        (
            "example.com:dids:issuer",
            "https://example.com/dids/issuer/did.jsonl",
        ),
        (
            "example.com%3A3000:dids:issuer",
            "https://example.com:3000/dids/issuer/did.jsonl",
        ),
        (
            "xn--jp-cd2fp15c.xn--fsq.jp:%E7%94%A8",
            "https://xn--jp-cd2fp15c.xn--fsq.jp/%E7%94%A8/did.jsonl",
        ),
    ] {
        assert_eq!(url(rest).as_deref(), Some(expected));
    }
    for bad in [
        "",
        "localhost",
        "localhost%3A8401",
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "a.localhost",
        "example",
        "a_b.example",
        "example.com%3A0",
        "example.com%3A70000",
        "example.com%3A80%3A80",
        "example.com:..",
        "example.com:.",
        "example.com::x",
        "example.com:a%2Fb",
        "example.com:a%5Cb",
        "example.com:%2e%2e",
        "example.com:a%00",
        "example.com:a%",
        "%65xample.com",
        "user%40example.com",
    ] {
        assert_eq!(url(bad), None, "{bad}");
    }
    let local = WebvhDid::parse(&format!("did:webvh:{scid}:localhost%3A8401:cbp")).unwrap();
    let at = "http://localhost:8401/cbp";
    assert_eq!(local.log_url_loopback().unwrap(), format!("{at}/did.jsonl"));
    assert_eq!(
        local.witness_url_loopback().unwrap(),
        format!("{at}/did-witness.json")
    );
    assert_eq!(
        local.to_web().unwrap().as_str(),
        "did:web:localhost%3A8401:cbp"
    );
    let public = WebvhDid::parse(&format!("did:webvh:{scid}:example.com")).unwrap();
    assert_eq!(
        public.witness_url().unwrap(),
        "https://example.com/.well-known/did-witness.json"
    );
    assert!(public.log_url_loopback().is_err());
    for bad in [
        format!("did:web:{scid}:example.com"),
        format!("did:webvh:{}:example.com", &scid[..45]),
        format!("did:webvh:{}0:example.com", &scid[..45]),
        format!("did:webvh:{}:example.com", "1".repeat(46)),
        "did:webvh:example.com".to_owned(),
        "did:webvh:{SCID}:example.com".to_owned(),
        format!("did:webvh:{scid}"),
        format!("did:webvh:{scid}:example.com#key-1"),
    ] {
        assert!(WebvhDid::parse(&bad).is_err(), "{bad}");
    }
}
