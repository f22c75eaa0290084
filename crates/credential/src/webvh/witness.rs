//! Witnesses: who answers for a log beside its owner. §3.7.8.

use std::collections::HashMap;

use garita_canon::{Canonicalizer, json};
use serde_json::{Value, json};

use super::history::Version;
use super::{WITNESS_BYTES_MAX, WITNESS_PROOFS_MAX};
use crate::data_integrity::{self, ProofOptions, Suite, VerifyOptions};
use crate::keys::SigningKey;
use crate::problem::{Code, Problem};
use crate::resolver::DidKeyResolver;

/// A witness's proof of a version, by which it approves it and all before it. The key is a witness's `did:key`.
///
/// **The witness verifies the log before**, to the entry that it approves, against the copy that it holds.
///
/// # Errors
/// When the key is no Ed25519 key.
pub fn witness_proof(
    version_id: &str,
    key: &SigningKey,
    created_ms: i64,
    canonicalizer: &Canonicalizer,
) -> Result<Value, Problem> {
    let key_id = key.verification_key().to_multibase();
    let options = ProofOptions::assertion(format!("did:key:{key_id}#{key_id}"), created_ms);
    let mut signed = data_integrity::create(
        &json!({"versionId": version_id}),
        Suite::EddsaJcs2022,
        key,
        &options,
        canonicalizer,
    )?;
    Ok(signed.get_mut("proof").map(Value::take).unwrap_or_default())
}

/// The file of witnesses' proofs: `did-witness.json`. It is published before the log whose entries it approves.
#[must_use]
pub fn witness_file(proofs: &[(&str, Vec<Value>)]) -> Value {
    proofs
        .iter()
        .filter(|(_, proofs)| !proofs.is_empty())
        .map(|(id, proofs)| json!({"versionId": id, "proof": proofs}))
        .collect()
}

/// Cuts the versions down to those that are witnessed as they must be; returns what was missing.
///
/// The file is not even read for a log without witnesses.
pub(super) fn missing(
    versions: &mut Vec<Version>,
    file: Option<&[u8]>,
    canonicalizer: &Canonicalizer,
) -> Option<Problem> {
    if versions.iter().all(|version| version.witness.is_none()) {
        return None;
    }
    let mut proofs = match read(file, versions) {
        Ok(proofs) => proofs,
        Err(problem) => {
            versions.clear();
            return Some(problem);
        }
    };
    let mut fault = None;
    for _ in 0..CUTS_MAX {
        let mut newest = HashMap::new();
        let short = versions.iter().enumerate().find_map(|(n, version)| {
            let rule = version.witness.as_ref()?;
            // A witness counts once, however many proofs it gave, and approves all before the newest.
            let mut found = 0_usize;
            for witness in &rule.witnesses {
                let newest = *newest.entry(witness.as_str()).or_insert_with(|| {
                    let proofs = proofs.get_mut(witness)?.iter_mut();
                    let mut known = proofs.filter(|proof| proof.version < versions.len());
                    known.find_map(|proof| proof.holds(canonicalizer).then_some(proof.version))
                });
                found = found.saturating_add(usize::from(newest.is_some_and(|at| at >= n)));
            }
            (found < rule.threshold).then_some((n, found, rule.threshold))
        });
        let Some((n, found, threshold)) = short else {
            return fault;
        };
        let message = format!("{found} of {threshold} witnesses approve it");
        let pointer = format!("/{n}");
        fault = Some(Problem::new(Code::DidWitnessMissing, pointer, message));
        versions.truncate(n);
    }
    versions.clear();
    fault
}

/// How often a log is cut before all of it is given up.
const CUTS_MAX: usize = 8;

/// A proof on a version of the log.
struct Proof {
    version: usize,
    /// `{"versionId": …, "proof": …}`.
    document: Value,
    /// Whether it holds, once that is known.
    holds: Option<bool>,
}

impl Proof {
    /// One that does not hold is as if it were not there.
    fn holds(&mut self, canonicalizer: &Canonicalizer) -> bool {
        let document = &self.document;
        *self.holds.get_or_insert_with(|| {
            let suite = document.pointer("/proof/cryptosuite");
            let options = VerifyOptions::assertion(&DidKeyResolver, None);
            suite.and_then(Value::as_str) == Some(Suite::EddsaJcs2022.as_str())
                && data_integrity::verify(document, &options, canonicalizer).is_ok()
        })
    }
}

/// The proofs on versions of this log by the `did:key` that they name, those on newer versions first. Others say nothing of it.
fn read(file: Option<&[u8]>, versions: &[Version]) -> Result<HashMap<String, Vec<Proof>>, Problem> {
    let malformed = |pointer: String, message: &str| {
        Err(Problem::new(Code::DidWitnessMalformed, pointer, message))
    };
    let Some(file) = file else {
        return Ok(HashMap::new());
    };
    let known: HashMap<&str, usize> = versions
        .iter()
        .enumerate()
        .map(|(n, version)| (version.id.as_str(), n))
        .collect();
    let limits = json::Limits {
        bytes_max: WITNESS_BYTES_MAX,
        depth_max: 16,
        ..json::Limits::default()
    };
    let file = match json::parse(file, &limits) {
        Ok(file) => file,
        Err(error) => return malformed(String::new(), &error.to_string()),
    };
    let Some(list) = file.as_array() else {
        return malformed(String::new(), "the file must be a list");
    };
    let mut found: HashMap<String, Vec<Proof>> = HashMap::new();
    let mut left = WITNESS_PROOFS_MAX;
    for (n, item) in list.iter().enumerate() {
        let Some(version_id) = item.get("versionId").and_then(Value::as_str) else {
            return malformed(format!("/{n}/versionId"), "must be a text");
        };
        let proofs = match item.get("proof") {
            None => continue,
            Some(Value::Array(proofs)) => proofs,
            Some(_) => return malformed(format!("/{n}/proof"), "must be a list"),
        };
        let Some(fewer) = left.checked_sub(proofs.len()) else {
            return malformed(format!("/{n}/proof"), "there are too many proofs");
        };
        left = fewer;
        let Some(version) = known.get(version_id) else {
            continue;
        };
        for proof in proofs {
            // What names no did:key in full counts for nobody.
            let method = proof.get("verificationMethod").and_then(Value::as_str);
            if let Some((witness, _)) = method.and_then(|method| method.split_once('#')) {
                found.entry(witness.to_owned()).or_default().push(Proof {
                    version: *version,
                    document: json!({"versionId": version_id, "proof": proof}),
                    holds: None,
                });
            }
        }
    }
    for proofs in found.values_mut() {
        proofs.sort_by_key(|proof| std::cmp::Reverse(proof.version));
    }
    Ok(found)
}
