//! What a party gets of a record that it may not see whole: a document derived from the record's own proof (`ecdsa-sd-2023`).
//!
//! The home signs a record a second time, statement by statement: the **base proof**, which never leaves it. From it each view of the
//! record's type is derived, once, and kept as the same bytes ever after. A view so bears the issuer's signature over the very record
//! that others hold whole, and nobody can show other words under it. Made before the record is queued, off the sequencer's path.

use std::collections::{BTreeMap, BTreeSet};

use garita_canon::Canonicalizer;
use garita_credential::Problem;
use garita_credential::data_integrity::ProofOptions;
use garita_credential::keys::{KeyType, SigningKey};
use garita_credential::selective::ecdsa_sd::{self, Nonces, Secrets};
use garita_profile::model::Model;
use garita_profile::view;
use serde_json::Value;

use crate::core::{HostedKey, ViewKey};
use crate::encode;
use crate::problem::Refusal;
use crate::signing::signer_away;

/// How often new random bytes are asked for.
const KEY_TRIES: usize = 64;

/// Why a record has no base proof, or a view cannot be derived.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeriveError {
    /// The system has no randomness.
    #[error("no randomness: {0}")]
    Randomness(String),
    /// The record cannot be signed statement by statement, or not be shown in that part.
    #[error("{0}")]
    Problem(#[from] Problem),
    /// What was kept is no proof.
    #[error("the base proof that was kept cannot be read: {0}")]
    Kept(#[from] serde_json::Error),
}

/// A record's base proof, and the views that are derived from it, by name.
#[derive(Debug, Clone)]
pub(crate) struct Deriver {
    proof: Value,
    views: BTreeMap<String, Value>,
}

impl Deriver {
    /// Signs a whole record statement by statement, and derives all views of its type. None where the type has none.
    ///
    /// What the envelope and all views show is mandatory, so that a view of a type which has only one is checked by one signature.
    ///
    /// # Errors
    /// When the record cannot be signed so: it has too many statements, or the system no randomness.
    pub(crate) fn make(
        document: &Value,
        record_type: &str,
        model: &Model,
        key: &ViewKey,
        now_ms: i64,
        canonicalizer: &Canonicalizer,
    ) -> Result<Option<Self>, DeriveError> {
        let Some(ty) = model.records.get(record_type) else {
            return Ok(None);
        };
        let pointers: BTreeMap<&str, Vec<String>> = view::views(ty)
            .into_iter()
            .filter_map(|name| Some((name, view::pointers(model, document, record_type, name)?)))
            .collect();
        let shown: Option<BTreeSet<&String>> = pointers
            .values()
            .map(|view| view.iter().collect())
            .reduce(|all: BTreeSet<&String>, view| &all & &view);
        let Some(shown) = shown else {
            return Ok(None);
        };
        let mut mandatory = view::envelope_pointers(document);
        mandatory.extend(shown.into_iter().cloned());
        let secrets = Secrets {
            hmac_key: random()?,
            proof_key: new_p256()?,
            nonces: Nonces::Random,
        };
        let signed = ecdsa_sd::create(
            &unsigned(document),
            &key.key,
            &ProofOptions::assertion(&key.verification_method, now_ms),
            &mandatory,
            &secrets,
            canonicalizer,
        )?;
        let mut views = BTreeMap::new();
        for (name, reveal) in &pointers {
            // A view that shows nothing of the subject has no statement to be derived from: see `may_show`.
            if may_show(reveal) {
                let derived = ecdsa_sd::derive(&signed, reveal, canonicalizer)?;
                views.insert((*name).to_owned(), derived);
            }
        }
        Ok(Some(Self {
            proof: signed.get("proof").cloned().unwrap_or_default(),
            views,
        }))
    }

    /// [`Deriver::make`] with the key of a hosted party. None where it has no key for it, or the record cannot be signed so.
    ///
    /// # Errors
    /// When the key lies elsewhere and did not sign: a view that could be derived is not reduced for it, since it stays as it is made.
    pub(crate) fn of_hosted(
        document: &Value,
        record_type: &str,
        model: &Model,
        hosted: &HostedKey,
        now_ms: i64,
        canonicalizer: &Canonicalizer,
    ) -> Result<Option<Self>, Refusal> {
        let Some(key) = hosted.views.as_ref() else {
            return Ok(None);
        };
        match Self::make(document, record_type, model, key, now_ms, canonicalizer) {
            Ok(made) => Ok(made),
            Err(error) => {
                if let DeriveError::Problem(problem) = &error
                    && let Some(refusal) = signer_away(problem)
                {
                    return Err(refusal);
                }
                tracing::warn!(record_type, %error, "views are reduced, since they cannot be derived");
                Ok(None)
            }
        }
    }

    /// The document of a view; none where nothing of it can be derived.
    pub(crate) fn view(&self, name: &str) -> Option<&Value> {
        self.views.get(name)
    }

    /// The base proof as it is kept.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.proof.to_string().into_bytes()
    }
}

/// A view of a record that was logged earlier, from the base proof that its home kept. None where its type has no such view, or
/// nothing of it can be derived.
///
/// # Errors
/// When the base proof is not of this record.
pub(crate) fn later(
    document: &Value,
    record_type: &str,
    view_name: &str,
    base_proof: &[u8],
    model: &Model,
    canonicalizer: &Canonicalizer,
) -> Result<Option<Value>, DeriveError> {
    let reveal = view::pointers(model, document, record_type, view_name);
    let Some(reveal) = reveal.filter(|reveal| may_show(reveal)) else {
        return Ok(None);
    };
    let proof = serde_json::from_slice::<Value>(base_proof)?;
    let mut signed = unsigned(document);
    if let Value::Object(members) = &mut signed {
        members.insert("proof".to_owned(), proof);
    }
    Ok(Some(ecdsa_sd::derive(&signed, &reveal, canonicalizer)?))
}

/// A credential needs a subject, and a pointer to the subject would show all of it: where a view has nothing to show of this one, it
/// cannot be derived.
fn may_show(reveal: &[String]) -> bool {
    reveal
        .iter()
        .any(|pointer| pointer.starts_with("/credentialSubject"))
}

fn unsigned(document: &Value) -> Value {
    let mut bare = document.clone();
    if let Value::Object(members) = &mut bare {
        members.shift_remove("proof");
    }
    bare
}

/// A key of P-256 from the system's randomness.
///
/// # Errors
/// When the system has none.
pub fn new_p256() -> Result<SigningKey, DeriveError> {
    // Hardly ever are random bytes beyond the curve's order; again and again they never are.
    for _ in 0..KEY_TRIES {
        if let Ok(key) = SigningKey::from_bytes(KeyType::P256, &random::<32>()?) {
            return Ok(key);
        }
    }
    Err(DeriveError::Randomness(
        "the random bytes make no key".to_owned(),
    ))
}

fn random<const N: usize>() -> Result<[u8; N], DeriveError> {
    encode::random().map_err(|e| DeriveError::Randomness(e.to_string()))
}

#[cfg(test)]
mod tests;
