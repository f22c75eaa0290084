//! Logs of `did:webvh`: as they stand, and signed anew, since no mutation of a log keeps its hashes.
//!
//! The witnesses' file follows the log after an empty line.

use garita_canon::json;
use garita_credential::SigningKey;
use garita_credential::resolution::{VersionQuery, resolve_history};
use garita_credential::webvh::{self, Changes, Documents, History, WebvhDid};
use serde_json::Value;

use crate::change::{changed, number};
use crate::did::answered;
use crate::office::{CANONICALIZER, NOW, told};

const PLACE: &str = "cbp.example:office";

/// A log and what witnesses it.
pub(crate) fn run(text: &str) {
    let (log, witness) = match text.split_once("\n\n") {
        Some((log, witness)) => (log, Some(witness)),
        None => (text, None),
    };
    let first = log.lines().next().unwrap_or_default();
    let Ok(entry) = json::parse(first.as_bytes(), &json::Limits::default()) else {
        return;
    };
    let did = entry.pointer("/state/id").and_then(Value::as_str);
    if let Some(Ok(did)) = did.map(WebvhDid::parse) {
        match judged(&did, log, witness) {
            Ok(history) => holds(&history, witness),
            Err(broken) => {
                told(std::slice::from_ref(&broken.problem));
                if let Some(before) = broken.before {
                    answers(&before);
                }
            }
        }
    }
    made(&entry, number(first.as_bytes()));
}

fn judged(did: &WebvhDid, log: &str, witness: Option<&str>) -> Result<History, webvh::Broken> {
    let documents = Documents {
        log: log.as_bytes(),
        witness: witness.map(str::as_bytes),
    };
    webvh::verify(did, documents, NOW, &CANONICALIZER)
}

/// What is written of a history is that history.
fn holds(history: &History, witness: Option<&str>) {
    let again = judged(history.did(), &history.to_jsonl(), witness);
    assert!(again.is_ok_and(|again| again.continues(history) && history.continues(&again)));
    answers(history);
}

fn answers(history: &History) {
    assert!(!history.versions().is_empty());
    for version in history.versions() {
        let (id, number) = (version.id(), version.number());
        for query in [
            VersionQuery::Id(id),
            VersionQuery::Number(number),
            VersionQuery::AtMs(version.at_ms()),
        ] {
            answered(&resolve_history(history, query));
        }
    }
    for query in [
        VersionQuery::Latest,
        VersionQuery::AtMs(i64::MIN),
        VersionQuery::Number(0),
    ] {
        answered(&resolve_history(history, query));
    }
    for entry in history.key_entries(webvh::Version::at_ms) {
        assert!(
            entry
                .until_ms
                .is_none_or(|until_ms| until_ms >= entry.from_ms)
        );
    }
}

/// A log of what an entry says, by a key of ours: what can be written is read, and no more with one of its values changed.
fn made(entry: &Value, number: usize) {
    let key = SigningKey::from_seed([1; 32]);
    let mut document = entry.get("state").cloned().unwrap_or_default();
    if let Some(members) = document.as_object_mut() {
        members.insert("id".into(), webvh::template(PLACE).into());
    }
    let parameters = entry.get("parameters");
    let said = |name: &str| parameters.and_then(|parameters| parameters.get(name));
    let texts = |name: &str| {
        let items = said(name)?.as_array()?.iter();
        items.map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let changes = Changes {
        next_key_hashes: texts("nextKeyHashes"),
        watchers: texts("watchers"),
        portable: said("portable").and_then(Value::as_bool),
        ttl_s: said("ttl")
            .and_then(Value::as_u64)
            .and_then(|ttl| u32::try_from(ttl).ok()),
        ..Changes::update_keys(&[key.verification_key()])
    };
    let made = webvh::create(
        PLACE,
        document.clone(),
        changes,
        NOW - 60_000,
        &key,
        &CANONICALIZER,
    );
    let mut history = match made {
        Ok(history) => history,
        Err(problem) => return told(&[problem]),
    };
    holds(&history, None);
    let written = history.latest().map(|version| version.entry().clone());
    if let Some((place, changed)) = written.and_then(|entry| changed(&entry, number, None)) {
        let verdict = judged(history.did(), &format!("{changed}\n"), None);
        assert!(verdict.is_err(), "changed at {place}: {changed:#}");
    }
    if let Some(members) = document.as_object_mut() {
        members.insert("id".into(), history.did().as_str().into());
    }
    match history.update(
        document,
        Changes::default(),
        NOW - 30_000,
        &key,
        &CANONICALIZER,
    ) {
        Ok(()) => holds(&history, None),
        Err(problem) => told(&[problem]),
    }
}
