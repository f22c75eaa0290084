//! Logs with witnesses.

use super::*;

fn witnessed_by(threshold: usize, numbers: &[u8]) -> Changes {
    let did_key = |n: &u8| format!("did:key:{}", multikey(*n));
    Changes {
        witness: Some(Some(WitnessRule {
            threshold,
            witnesses: numbers.iter().map(did_key).collect(),
        })),
        ..updates(&[1])
    }
}

fn proof(history: &History, number: u64, witness: u8) -> Value {
    let id = history.by_number(number).unwrap().id();
    witness_proof(id, &key(witness), START, &CANONICALIZER).unwrap()
}

/// Which entry lacks witnesses, with these proofs (version and witness), and how many entries hold all the same.
fn missing(history: &History, proofs: &[(u64, u8)]) -> Option<String> {
    let items: Vec<(&str, Vec<Value>)> = proofs
        .iter()
        .map(|(number, witness)| {
            let id = history.by_number(*number).unwrap().id();
            (id, vec![proof(history, *number, *witness)])
        })
        .collect();
    with_file(history, &witness_file(&items))
        .err()
        .map(|broken| {
            assert_eq!(broken.problem.code(), "did-witness-missing");
            let held = broken.before.map_or(0, |before| before.versions().len());
            format!("{} after {held}", broken.problem.pointer)
        })
}

fn with_file(history: &History, file: &Value) -> Result<History, Broken> {
    let (log, file) = (history.to_jsonl(), file.to_string());
    let documents = Documents {
        log: log.as_bytes(),
        witness: Some(file.as_bytes()),
    };
    verify(history.did(), documents, NOW, &CANONICALIZER)
}

#[test]
fn a_threshold_of_witnesses_must_approve() {
    let mut history = begin(witnessed_by(2, &[7, 8, 9]));
    add(&mut history, 1, 1, Changes::default(), 1).unwrap();
    let first = Some("/0 after 0".to_owned());
    let second = Some("/1 after 1".to_owned());
    assert_eq!(missing(&history, &[]), first);
    assert_eq!(missing(&history, &[(1, 7)]), first);
    // One witness twice is one; a stranger is none.
    assert_eq!(missing(&history, &[(1, 7), (1, 7)]), first);
    assert_eq!(missing(&history, &[(1, 7), (1, 6)]), first);
    assert_eq!(missing(&history, &[(1, 7), (1, 8)]), second);
    assert_eq!(missing(&history, &[(1, 7), (1, 8), (2, 7)]), second);
    // A later approval is one of all before.
    assert_eq!(missing(&history, &[(2, 7), (2, 9)]), None);
    assert_eq!(missing(&history, &[(1, 7), (2, 8), (2, 9)]), None);
    // The second entry falls, and its approval of the first with it.
    assert_eq!(missing(&history, &[(2, 8), (1, 7)]), first);
    // No file at all.
    let broken = check(history.did(), &history.to_jsonl()).unwrap_err();
    assert_eq!(broken.problem.code(), "did-witness-missing");
}

#[test]
fn proofs_of_a_version_that_is_not_there_say_nothing() {
    let mut history = begin(witnessed_by(1, &[7]));
    let published = history.clone();
    add(&mut history, 1, 1, Changes::default(), 1).unwrap();
    let id = history.by_number(2).unwrap().id();
    let ahead = json!([{"versionId": id, "proof": [proof(&history, 2, 7)]}]);
    assert!(with_file(&history, &ahead).is_ok());
    let broken = with_file(&published, &ahead).unwrap_err();
    assert_eq!(broken.problem.code(), "did-witness-missing");
    // The last entry falls for another reason, and the approvals of all before with it.
    let mut entries = lines(&history);
    entries[1]["state"]["x"] = json!(1);
    let (log, ahead) = (to_log(&entries), ahead.to_string());
    let documents = Documents {
        log: log.as_bytes(),
        witness: Some(ahead.as_bytes()),
    };
    let broken = verify(history.did(), documents, NOW, &CANONICALIZER).unwrap_err();
    let found = (broken.problem.code(), broken.before);
    assert_eq!(found, ("did-witness-missing", None));
}

#[test]
fn a_change_of_witnesses_is_approved_by_those_before() {
    let none = Changes {
        witness: Some(None),
        ..Changes::default()
    };
    let mut history = begin(updates(&[1]));
    assert_eq!(missing(&history, &[]), None);
    // The first witnesses are asked at once.
    add(&mut history, 1, 1, witnessed_by(1, &[7]), 1).unwrap();
    assert_eq!(missing(&history, &[]), Some("/1 after 1".into()));
    assert_eq!(missing(&history, &[(2, 7)]), None);
    // Their successors from the next entry on.
    add(&mut history, 2, 1, witnessed_by(1, &[8]), 1).unwrap();
    let found = missing(&history, &[(2, 7), (3, 8)]);
    assert_eq!(found, Some("/2 after 2".into()));
    assert_eq!(missing(&history, &[(3, 7)]), None);
    add(&mut history, 3, 1, Changes::default(), 1).unwrap();
    assert_eq!(missing(&history, &[(3, 7)]), Some("/3 after 3".into()));
    assert_eq!(missing(&history, &[(3, 7), (4, 8)]), None);
    // The end of witnessing is itself witnessed, what follows is not.
    add(&mut history, 4, 1, none, 1).unwrap();
    add(&mut history, 5, 1, Changes::default(), 1).unwrap();
    let found = missing(&history, &[(3, 7), (4, 8)]);
    assert_eq!(found, Some("/4 after 4".into()));
    assert_eq!(missing(&history, &[(3, 7), (5, 8)]), None);
    let metadata = history.metadata(history.by_number(1).unwrap());
    assert_eq!(metadata.get("witness"), None);
}

#[test]
fn proofs_that_do_not_hold_count_for_nobody() {
    let history = begin(witnessed_by(1, &[7]));
    let id = history.by_number(1).unwrap().id();
    let good = proof(&history, 1, 7);
    let judge = |proof: Value| {
        with_file(&history, &json!([{"versionId": id, "proof": [proof]}]))
            .err()
            .map(|broken| broken.problem.code())
    };
    assert_eq!(judge(good.clone()), None);
    let none = Some("did-witness-missing");
    let change = |name: &str, value: Value| {
        let mut proof = good.clone();
        proof[name] = value;
        judge(proof)
    };
    let other = proof(&begin(witnessed_by(1, &[8])), 1, 7);
    assert_eq!(judge(other.clone()), none);
    assert_eq!(change("proofValue", other["proofValue"].clone()), none);
    assert_eq!(change("proofPurpose", json!("authentication")), none);
    assert_eq!(change("cryptosuite", json!("eddsa-rdfc-2022")), none);
    assert_eq!(change("cryptosuite", Value::Null), none);
    let (seven, eight) = (multikey(7), multikey(8));
    for method in [
        format!("did:key:{seven}"),
        format!("did:key:{seven}#{eight}"),
        format!("did:key:{eight}#{seven}"),
        format!("did:key:{seven}#"),
        seven.clone(),
    ] {
        assert_eq!(change("verificationMethod", json!(method)), none);
    }
    for bad in [json!(null), json!(5), json!({}), json!([])] {
        assert_eq!(judge(bad), none);
    }
    // A bad proof beside a good one does no harm.
    let mut bad = good.clone();
    bad["created"] = json!("2026-01-01T00:00:00Z");
    let both = json!([{"versionId": id, "proof": [bad, good]}]);
    assert!(with_file(&history, &both).is_ok());
}

#[test]
fn files_that_are_none_are_refused() {
    let history = begin(witnessed_by(1, &[7]));
    let id = history.by_number(1).unwrap().id();
    let many = vec![json!({}); WITNESS_PROOFS_MAX + 1];
    for file in [
        json!(null),
        json!({}),
        json!([5]),
        json!([{}]),
        json!([{"versionId": 5}]),
        json!([{"versionId": id, "proof": {}}]),
        json!([{"versionId": id, "proof": "x"}]),
        json!([{"versionId": id, "proof": many}]),
        json!("x".repeat(WITNESS_BYTES_MAX)),
    ] {
        let broken = with_file(&history, &file).unwrap_err();
        assert_eq!(broken.problem.code(), "did-witness-malformed");
        assert_eq!(broken.before, None);
    }
    // For a log without witnesses it is not even read; what has no proofs says nothing.
    let plain = begin(updates(&[1]));
    assert!(with_file(&plain, &json!(null)).is_ok());
    let broken = with_file(&history, &json!([{"versionId": id}])).unwrap_err();
    assert_eq!(broken.problem.code(), "did-witness-missing");
    assert_eq!(witness_file(&[(id, Vec::new())]), json!([]));
}

#[test]
fn a_long_log_stands_as_far_as_it_was_approved() {
    let mut history = begin(witnessed_by(1, &[7, 8]));
    for n in 1..60 {
        add(&mut history, n, 1, Changes::default(), 1).unwrap();
    }
    assert_eq!(missing(&history, &[(59, 7)]), Some("/59 after 59".into()));
    assert_eq!(
        missing(&history, &[(30, 8), (2, 7)]),
        Some("/30 after 30".into())
    );
    assert_eq!(missing(&history, &[(60, 7)]), None);
}
