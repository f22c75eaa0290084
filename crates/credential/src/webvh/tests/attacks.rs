//! Logs that were changed, by strangers and by their owners.

use super::*;

#[test]
fn a_changed_bit_anywhere_is_refused() {
    let history = three();
    let log = history.to_jsonl();
    let mut seen = std::collections::BTreeMap::new();
    // Every byte of every line, one bit each; all that can follow is a refusal.
    for place in (0..log.len()).step_by(3) {
        for bit in [0, 1, 5] {
            let mut bytes = log.clone().into_bytes();
            bytes[place] ^= 1 << bit;
            let documents = Documents {
                log: &bytes,
                witness: None,
            };
            let broken = verify(history.did(), documents, NOW, &CANONICALIZER).unwrap_err();
            *seen.entry(broken.problem.code()).or_insert(0) += 1;
            // What is before the changed line still holds.
            let line = log[..place].matches('\n').count();
            let held = broken.before.map_or(0, |before| before.versions().len());
            assert!(
                held == line || log.as_bytes()[place] == b'\n',
                "byte {place}"
            );
        }
    }
    for code in [
        "did-log-malformed",
        "did-log-broken",
        "proof-invalid",
        "did-log-key-unauthorized",
    ] {
        assert!(seen.contains_key(code), "{code}");
    }
}

#[test]
fn order_gaps_and_repeats_are_refused() {
    let history = three();
    let did = history.did();
    let all = lines(&history);
    let pick = |order: &[usize]| order.iter().map(|n| all[*n].clone()).collect::<Vec<_>>();
    for (order, pointer) in [
        (&[1, 0, 2][..], "/0/parameters/method"),
        (&[0, 2, 1], "/1/versionId"),
        (&[0, 2], "/1/versionId"),
        (&[1, 2], "/0/parameters/method"),
        (&[0, 1, 1], "/2/versionId"),
        (&[0, 1, 2, 2], "/3/versionId"),
    ] {
        let (code, place) = fault(did, &pick(order));
        assert_eq!(place, pointer, "{order:?}");
        let expected = if pointer.ends_with("method") {
            "did-log-malformed"
        } else {
            "did-log-broken"
        };
        assert_eq!(code, expected, "{order:?}");
    }
    // Nobody can tell that the end is missing, unless he has seen it.
    let shorter = check(did, &to_log(&pick(&[0, 1]))).unwrap();
    assert!(history.continues(&shorter) && !shorter.continues(&history));
    assert!(history.continues(&history));
    let mut fork = shorter.clone();
    add(&mut fork, 21, 4, updates(&[4]), 2).unwrap();
    assert!(fork.continues(&shorter) && !fork.continues(&history) && !history.continues(&fork));
    for bad in ["", "\n", "\n\n"] {
        assert_eq!(
            check(did, bad).unwrap_err().problem.code(),
            "did-log-malformed"
        );
    }
    let gap = history.to_jsonl().replacen('\n', "\n\n", 1);
    assert_eq!(
        check(did, &gap).unwrap_err().problem.code(),
        "did-log-malformed"
    );
}

#[test]
fn a_proof_of_another_entry_or_by_another_key_is_refused() {
    let history = three();
    let did = history.did();
    let mut swapped = lines(&history);
    let proof = swapped[1]["proof"].clone();
    swapped[1]["proof"] = swapped[2]["proof"].take();
    swapped[2]["proof"] = proof;
    assert_eq!(
        fault(did, &swapped),
        ("did-log-key-unauthorized", "/1/proof".into())
    );
    // An earlier proof of the right key.
    let mut history = begin(updates(&[1]));
    add(&mut history, 1, 1, Changes::default(), 1).unwrap();
    add(&mut history, 2, 1, Changes::default(), 1).unwrap();
    let mut replayed = lines(&history);
    replayed[2]["proof"] = replayed[1]["proof"].clone();
    assert_eq!(
        fault(history.did(), &replayed),
        ("proof-invalid", "/2/proof/0/proofValue".into())
    );
    // Keys that may not sign: a stranger's, the one that is only now named, the one that was replaced.
    for (n, signer) in [(0, 9), (1, 2), (1, 9), (2, 1), (2, 3)] {
        let history = three();
        let mut entries = lines(&history);
        resign(&mut entries, n, &key(signer));
        let expected = ("did-log-key-unauthorized", format!("/{n}/proof"));
        assert_eq!(fault(history.did(), &entries[..=n]), expected, "{signer}");
    }
    // A second proof by a stranger spoils a good one; a second one by another key in force does not.
    let history = begin(updates(&[1, 2]));
    let cosign = |signer: u8| {
        let mut entries = lines(&history);
        let id = multikey(signer);
        let options = ProofOptions::assertion(format!("did:key:{id}#{id}"), START);
        let suite = Suite::EddsaJcs2022;
        entries[0] =
            data_integrity::create(&entries[0], suite, &key(signer), &options, &CANONICALIZER)
                .unwrap();
        check(history.did(), &to_log(&entries))
    };
    assert!(cosign(2).is_ok());
    assert_eq!(
        cosign(9).unwrap_err().problem.code(),
        "did-log-key-unauthorized"
    );
}

#[test]
fn keys_that_were_committed_to_must_be_the_ones() {
    let committed = |hashes: &[u8]| Changes {
        next_key_hashes: Some(
            hashes
                .iter()
                .map(|n| key_hash(&key(*n).verification_key()))
                .collect(),
        ),
        ..Changes::default()
    };
    let next = |keys: &[u8], hashes: &[u8]| Changes {
        update_keys: updates(keys).update_keys,
        ..committed(hashes)
    };
    let mut history = begin(next(&[1], &[2, 3]));
    // The old key, a stranger, one of each; and whoever says nothing of the keys.
    for (changes, signer, code, place) in [
        (
            next(&[1], &[4]),
            1,
            "did-log-key-unauthorized",
            "/1/parameters/updateKeys",
        ),
        (
            next(&[9], &[4]),
            9,
            "did-log-key-unauthorized",
            "/1/parameters/updateKeys",
        ),
        (
            next(&[2, 9], &[4]),
            2,
            "did-log-key-unauthorized",
            "/1/parameters/updateKeys",
        ),
        (next(&[2], &[4]), 1, "did-log-key-unauthorized", "/1/proof"),
        (next(&[], &[4]), 2, "did-log-key-unauthorized", "/1/proof"),
        (
            committed(&[4]),
            1,
            "did-log-malformed",
            "/1/parameters/updateKeys",
        ),
        (
            updates(&[2]),
            2,
            "did-log-malformed",
            "/1/parameters/nextKeyHashes",
        ),
        (
            Changes::default(),
            1,
            "did-log-malformed",
            "/1/parameters/updateKeys",
        ),
    ] {
        let problem = add(&mut history, 1, 2, changes, signer).unwrap_err();
        assert_eq!((problem.code(), problem.pointer.as_str()), (code, place));
    }
    assert_eq!(history.versions().len(), 1);
    add(&mut history, 1, 2, next(&[2], &[3]), 2).unwrap();
    // To end the commitment is itself bound by it; the one after is free, and signed by the keys before it.
    add(&mut history, 2, 3, next(&[3], &[]), 3).unwrap();
    assert_eq!(
        add(&mut history, 3, 4, updates(&[4]), 4)
            .unwrap_err()
            .code(),
        "did-log-key-unauthorized"
    );
    add(&mut history, 3, 4, updates(&[4]), 3).unwrap();
    assert_eq!(check(history.did(), &history.to_jsonl()).unwrap(), history);
}

#[test]
fn nothing_follows_the_end() {
    for committed in [false, true] {
        let mut changes = updates(&[1]);
        if committed {
            changes = changes.next_keys(&[key(2).verification_key()]);
        }
        let mut history = begin(changes);
        let signer = key(if committed { 2 } else { 1 });
        history
            .deactivate(START + DAY, &signer, &CANONICALIZER)
            .unwrap();
        assert!(history.is_deactivated());
        let read = check(history.did(), &history.to_jsonl()).unwrap();
        assert!(read.is_deactivated());
        // Its past can be asked for; its keys are over.
        assert!(!read.at(START).unwrap().parameters().deactivated);
        assert_eq!(read.metadata(read.at(START).unwrap())["deactivated"], true);
        let entries = read.key_entries(Version::at_ms);
        assert!(
            entries
                .iter()
                .all(|entry| entry.until_ms == Some(START + DAY))
        );
        let problem = add(&mut history, 2, 1, updates(&[1]), 1).unwrap_err();
        assert_eq!(
            (problem.code(), problem.pointer.as_str()),
            ("did-deactivated", "/2")
        );
    }
    // Without keys the log ends as well, and the document stays.
    let mut history = begin(updates(&[1]));
    add(&mut history, 1, 1, updates(&[]), 1).unwrap();
    let problem = add(&mut history, 2, 1, updates(&[1]), 1).unwrap_err();
    assert_eq!(problem.code(), "did-log-key-unauthorized");
}

#[test]
fn moves_only_where_it_may() {
    let portable = |value| Changes {
        portable: value,
        ..updates(&[1])
    };
    let moved = |history: &History, scid: &str, known: Value| {
        let mut document = state(&format!("did:webvh:{scid}:new.example"), 1);
        document["alsoKnownAs"] = known;
        let mut next = history.clone();
        let at_ms = START + DAY;
        next.update(document, Changes::default(), at_ms, &key(1), &CANONICALIZER)
            .map(|()| next)
    };
    let history = begin(portable(Some(true)));
    let (did, scid) = (history.did().clone(), history.did().scid().to_owned());
    let next = moved(&history, &scid, json!([did.as_str()])).unwrap();
    let new_did = WebvhDid::parse(&format!("did:webvh:{scid}:new.example")).unwrap();
    // The log is good for both names, and for no third.
    assert_eq!(check(&did, &next.to_jsonl()).unwrap().versions().len(), 2);
    assert_eq!(
        check(&new_did, &next.to_jsonl())
            .unwrap()
            .latest()
            .unwrap()
            .did(),
        new_did.as_str()
    );
    let third = WebvhDid::parse(&format!("did:webvh:{scid}:other.example")).unwrap();
    let broken = check(&third, &next.to_jsonl()).unwrap_err();
    assert_eq!(
        (broken.problem.code(), broken.before),
        ("did-log-mismatch", None)
    );
    let entries = next.key_entries(Version::at_ms);
    assert_eq!(entries[0].until_ms, Some(START + DAY));
    assert!(entries[1].verification_method.starts_with(new_did.as_str()));

    let code = |moved: Result<History, Problem>| moved.unwrap_err().code();
    let names = json!([did.as_str()]);
    assert_eq!(code(moved(&history, &scid, json!([]))), "did-log-mismatch");
    assert_eq!(
        code(moved(&history, &scid, json!(did.as_str()))),
        "did-log-mismatch"
    );
    let other_scid = three().did().scid().to_owned();
    assert_eq!(
        code(moved(&history, &other_scid, names.clone())),
        "did-log-mismatch"
    );
    for fixed in [None, Some(false)] {
        let fixed = begin(portable(fixed));
        let names = json!([fixed.did().as_str()]);
        assert_eq!(
            code(moved(&fixed, fixed.did().scid(), names)),
            "did-log-mismatch"
        );
    }
    // To allow it later is refused; to forbid it is for good.
    let mut fixed = begin(portable(None));
    let late = add(&mut fixed, 1, 1, portable(Some(true)), 1).unwrap_err();
    assert_eq!(late.pointer, "/1/parameters/portable");
    let mut history = history;
    add(&mut history, 1, 1, portable(Some(false)), 1).unwrap();
    let mut document = state(&format!("did:webvh:{scid}:new.example"), 1);
    document["alsoKnownAs"] = names;
    let problem = history.update(
        document,
        Changes::default(),
        START + 2 * DAY,
        &key(1),
        &CANONICALIZER,
    );
    assert_eq!(problem.unwrap_err().code(), "did-log-mismatch");
}

#[test]
fn another_log_under_the_name_is_refused() {
    let history = three();
    // The same place and keys, another hash.
    let mut other = begin(Changes {
        ttl_s: Some(60),
        ..updates(&[1])
    });
    add(&mut other, 1, 2, updates(&[2]), 1).unwrap();
    assert_eq!(
        fault(history.did(), &lines(&other)),
        ("did-log-mismatch", "/0/parameters/scid".into())
    );
    // A first entry that claims the SCID, chained and signed as it should be, but not the one the SCID was made of.
    let scid = history.did().scid();
    let mut forged = lines(&other);
    forged[0] = replace(&forged[0], other.did().scid(), scid);
    resign(&mut forged, 0, &key(1));
    assert_eq!(
        fault(history.did(), &forged),
        ("did-log-broken", "/0/parameters/scid".into())
    );
    // The placeholder left in would hash alike.
    let mut left = lines(&history)[..1].to_vec();
    left[0]["state"]["id"] = "did:webvh:{SCID}:cbp.example:office".into();
    resign(&mut left, 0, &key(1));
    assert_eq!(
        fault(history.did(), &left),
        ("did-log-malformed", "/0".into())
    );
}
