use std::sync::LazyLock;

use garita_canon::{Canonicalizer, ContextSet};
use serde_json::{Value, json};

use super::entry::{PLACEHOLDER, hash_of, multihash, preliminary, replace};
use super::*;
use crate::data_integrity::{self, ProofOptions, Purpose, Suite};
use crate::keys::SigningKey;
use crate::problem::Problem;
use crate::resolver::{KeyHistory, Resolver as _};

mod attacks;
mod forms;
mod witnessed;

static CANONICALIZER: LazyLock<Canonicalizer> =
    LazyLock::new(|| Canonicalizer::new(ContextSet::bundled()));

/// 2026-11-24T15:00:00Z.
const START: i64 = 1_795_532_400_000;
const DAY: i64 = 86_400_000;
const NOW: i64 = START + 100 * DAY;
const PLACE: &str = "cbp.example:office";

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed([n; 32])
}

fn multikey(n: u8) -> String {
    key(n).verification_key().to_multibase()
}

fn keys(numbers: &[u8]) -> Vec<String> {
    numbers.iter().map(|n| multikey(*n)).collect()
}

/// A document with key `n` under the name `key-n`.
fn state(did: &str, n: u8) -> Value {
    document(did, &[(format!("key-{n}"), key(n).verification_key())])
}

fn updates(numbers: &[u8]) -> Changes {
    Changes {
        update_keys: Some(keys(numbers)),
        ..Changes::default()
    }
}

fn begin(changes: Changes) -> History {
    create(
        PLACE,
        state(&template(PLACE), 1),
        changes,
        START,
        &key(1),
        &CANONICALIZER,
    )
    .unwrap()
}

/// Adds an entry `days` after the start, with key `n` in the document, signed by key `signer`.
fn add(
    history: &mut History,
    days: i64,
    n: u8,
    changes: Changes,
    signer: u8,
) -> Result<(), Problem> {
    let document = state(history.did().as_str(), n);
    history.update(
        document,
        changes,
        START + days * DAY,
        &key(signer),
        &CANONICALIZER,
    )
}

/// Three versions: keys 1, 2, 3, each signed by the one before.
fn three() -> History {
    let mut history = begin(updates(&[1]));
    add(&mut history, 10, 2, updates(&[2]), 1).unwrap();
    add(&mut history, 20, 3, updates(&[3]), 2).unwrap();
    history
}

fn check(did: &WebvhDid, log: &str) -> Result<History, Broken> {
    let documents = Documents {
        log: log.as_bytes(),
        witness: None,
    };
    verify(did, documents, NOW, &CANONICALIZER)
}

fn lines(history: &History) -> Vec<Value> {
    history
        .versions()
        .iter()
        .map(|version| version.entry().clone())
        .collect()
}

fn to_log(entries: &[Value]) -> String {
    entries.iter().map(|entry| format!("{entry}\n")).collect()
}

fn fault(did: &WebvhDid, entries: &[Value]) -> (&'static str, String) {
    let broken = check(did, &to_log(entries)).unwrap_err();
    (broken.problem.code(), broken.problem.pointer)
}

/// Chains and signs entry `n` anew, as its owner could; later entries are left as they were.
fn resign(entries: &mut [Value], n: usize, signer: &SigningKey) {
    let before = match n {
        0 => entries[0]["parameters"]["scid"].as_str().unwrap(),
        n => entries[n - 1]["versionId"].as_str().unwrap(),
    };
    let hash = hash_of(&preliminary(&entries[n], before)).unwrap();
    let draft = preliminary(&entries[n], &format!("{}-{hash}", n + 1));
    let id = signer.verification_key().to_multibase();
    let options = ProofOptions::assertion(format!("did:key:{id}#{id}"), START);
    entries[n] = data_integrity::create(
        &draft,
        Suite::EddsaJcs2022,
        signer,
        &options,
        &CANONICALIZER,
    )
    .unwrap();
}

#[test]
fn a_log_that_we_write_verifies_and_is_what_it_was() {
    let history = three();
    let read = check(history.did(), &history.to_jsonl()).unwrap();
    assert_eq!(read, history);
    assert_eq!(read.to_jsonl().lines().count(), 3);
    assert_eq!(
        read.versions()
            .iter()
            .map(Version::number)
            .collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert!(read.did().as_str().ends_with(":cbp.example:office"));
    assert_eq!(read.did().scid().len(), 46);
    // Without the last line feed, and with carriage returns, it is the same log.
    assert_eq!(
        check(history.did(), history.to_jsonl().trim_end()).unwrap(),
        history
    );
    let dos = history.to_jsonl().replace('\n', "\r\n");
    assert_eq!(check(history.did(), &dos).unwrap(), history);
}

#[test]
fn hashes_are_those_of_the_specification() {
    // Version 1.0 §3.7.4 prints this preliminary entry and its hash.
    let entry: Value = serde_json::from_str(r#"{"versionId": "QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE", "versionTime": "2025-04-01T17:39:50Z", "parameters": {"witness": {"threshold": 2, "witnesses": [{"id": "did:key:z6Mkkc51mg2vpQzKWAbWQZupeGYhowaBjYkmvcKMTqteqHB4", "weight": 1}, {"id": "did:key:z6MkuDdJdKLCgwZuQuEi9xG6LVgJJ9Tebr74CXPYPSumqgJs", "weight": 1}, {"id": "did:key:z6MkoSWmQyp4fTk4ZQy4KUsss9dFX51XfEUzKKKj1J1JUsrF", "weight": 1}]}, "updateKeys": ["z6MkgzBDcBFV3sk4ypPE5YXMZHmS213A3HpYY2LmcVKV15jr"], "nextKeyHashes": ["QmZreDcjvWEpyRFznQeExWNCsvMLk5i59AcRJJuQC8UodJ"], "method": "did:webvh:0.5", "scid": "QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE"}, "state": {"@context": ["https://www.w3.org/ns/did/v1"], "id": "did:webvh:QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE:domain.example"}}"#).unwrap();
    assert_eq!(
        hash_of(&entry).unwrap(),
        "QmQ6FJ4fk2xheSSQoEjVpTgx9AQPKhJgtR9hn1nr4EeCrZ"
    );
    let scid = entry["versionId"].as_str().unwrap();
    let draft = replace(&preliminary(&entry, PLACEHOLDER), scid, PLACEHOLDER);
    assert_eq!(hash_of(&draft).unwrap(), scid);
    // SHA-256 of nothing, as a multihash.
    assert_eq!(
        multihash(b""),
        "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n"
    );
    assert_eq!(
        key_hash(&key(1).verification_key()),
        multihash(multikey(1).as_bytes())
    );
}

#[test]
fn travels_in_time() {
    let history = three();
    let number = |at_ms| history.at(at_ms).map(Version::number);
    assert_eq!(number(START - 1), None);
    assert_eq!(number(START), Some(1));
    assert_eq!(number(START + 10 * DAY - 1), Some(1));
    assert_eq!(number(START + 10 * DAY), Some(2));
    assert_eq!(number(i64::MAX), Some(3));
    let second = history.by_number(2).unwrap();
    assert_eq!(history.by_id(second.id()), Some(second));
    assert_eq!(history.by_id("2-QmX"), None);
    assert_eq!((history.by_number(0), history.by_number(4)), (None, None));
    let metadata = history.metadata(second);
    assert_eq!(metadata["versionId"], second.id());
    assert_eq!(metadata["versionTime"], "2026-12-04T15:00:00Z");
    assert_eq!(metadata["created"], "2026-11-24T15:00:00Z");
    assert_eq!(metadata["updated"], "2026-12-14T15:00:00Z");
    assert_eq!(metadata["ttl"], "3600");
    assert_eq!(
        (&metadata["portable"], &metadata["deactivated"]),
        (&json!(false), &json!(false))
    );
}

#[test]
fn keys_count_while_their_version_does() {
    let history = three();
    let known: KeyHistory = history.key_entries(Version::at_ms).into_iter().collect();
    let code = |n: u8, at_ms| {
        let method = format!("{}#key-{n}", history.did());
        known.key(&method, at_ms).map_or_else(
            |error| error.code(),
            |found| {
                assert_eq!(found.key, key(n).verification_key());
                assert_eq!(found.controller, history.did().as_str());
                "good"
            },
        )
    };
    let (before, first, second, third) = (
        Some(START - 1),
        Some(START),
        Some(START + 10 * DAY),
        Some(START + 20 * DAY),
    );
    assert_eq!(
        [before, first, second, third, None].map(|at_ms| code(1, at_ms)),
        [
            "key-not-yet-valid",
            "good",
            "key-retired",
            "key-retired",
            "key-retired"
        ]
    );
    assert_eq!(
        [before, first, second, third, None].map(|at_ms| code(2, at_ms)),
        [
            "key-not-yet-valid",
            "key-not-yet-valid",
            "good",
            "key-retired",
            "key-retired"
        ]
    );
    assert_eq!(
        [second, third, None].map(|at_ms| code(3, at_ms)),
        ["key-not-yet-valid", "good", "good"]
    );
    assert_eq!(code(4, None), "key-unknown");
    // Times of whoever logged the versions; one that runs backwards does not turn them round.
    let entries = history.key_entries(|version| if version.number() == 2 { 5 } else { 9 });
    assert!(entries.iter().all(|entry| entry.from_ms == 9));
}

#[test]
fn a_key_that_stays_has_one_entry_and_a_changed_one_two() {
    let mut history = begin(updates(&[1]));
    let did = history.did().as_str().to_owned();
    let step = |history: &mut History, days: i64, document: Value| {
        history.update(
            document,
            Changes::default(),
            START + days * DAY,
            &key(1),
            &CANONICALIZER,
        )
    };
    step(&mut history, 1, state(&did, 1)).unwrap();
    // Another key under the same name; then the same key for fewer purposes.
    let other = document(&did, &[("key-1".to_owned(), key(2).verification_key())]);
    step(&mut history, 2, other.clone()).unwrap();
    let mut fewer = other;
    fewer.as_object_mut().unwrap().remove("authentication");
    step(&mut history, 3, fewer).unwrap();
    let entries = history.key_entries(Version::at_ms);
    let spans: Vec<_> = entries
        .iter()
        .map(|entry| {
            let days = |at_ms: i64| (at_ms - START) / DAY;
            let signs = entry.purposes.allow(Purpose::Authentication);
            (days(entry.from_ms), entry.until_ms.map(days), signs)
        })
        .collect();
    assert_eq!(
        spans,
        [(0, Some(2), true), (2, Some(3), true), (3, None, false)]
    );
}
