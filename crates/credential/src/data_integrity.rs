//! Data Integrity proofs (VC Data Integrity 1.0) with the cryptosuites of Data Integrity EdDSA Cryptosuites 1.0 and Data Integrity
//! ECDSA Cryptosuites 1.0.
//!
//! What is signed is two hashes: that of the proof's own options, then that of the document without this proof. Each is
//! over one canonical form: N-Quads by RDFC-1.0 for the `rdfc` suites, JCS for the `jcs` suites; by SHA-256, or by SHA-384 where
//! the key is of P-384, inside RDFC-1.0 too.
//!
//! **Sets and chains.** Where a document carries several proofs, all must hold. One that names others in `previousProof`
//! signs the document together with them.
//!
//! Two things are stricter than the specifications. A document under an `rdfc` suite must be strict JSON-LD (nothing
//! in it may stay unsigned), and a proof of a `jcs` suite must name exactly the document's contexts, not only the first
//! of them: a context appended in transit could give signed members another meaning.

mod draft;
mod hashes;
mod proof;
mod suite;
mod verify;

use garita_canon::Canonicalizer;
use serde_json::Value;

use crate::keys::{SigningKey, to_base58_multibase};
use crate::problem::{Code, Problem};
use crate::resolver::Resolver;

pub(crate) use draft::{Draft, split_proof};
pub use hashes::{HashData, hash_data};
pub(crate) use hashes::{canon_problem, digest, hash_rdf};
pub use suite::{Form, Purpose, Suite};
pub use verify::verify;

/// The most proofs of one document. Joint statements are affirmations, not proof sets, so honest sets are small.
pub const PROOFS_MAX: usize = 16;

/// What a new proof says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofOptions {
    /// The key that signs, as others find it: a DID URL with a fragment.
    pub verification_method: String,
    /// When it was made. It decides nothing: a proof is judged by the time it was logged.
    pub created_ms: Option<i64>,
    /// From when the proof no longer counts.
    pub expires_ms: Option<i64>,
    /// What it is for.
    pub purpose: Purpose,
    /// For whom it is made.
    pub domain: Option<String>,
    /// What it answers.
    pub challenge: Option<String>,
    /// Its own id, a URL, so that later proofs can build on it.
    pub id: Option<String>,
    /// Ids of the document's proofs that this one builds on and signs too.
    pub previous_proof: Vec<String>,
}

impl ProofOptions {
    /// For stating something.
    #[must_use]
    pub fn assertion(verification_method: impl Into<String>, created_ms: i64) -> Self {
        Self {
            verification_method: verification_method.into(),
            created_ms: Some(created_ms),
            expires_ms: None,
            purpose: Purpose::AssertionMethod,
            domain: None,
            challenge: None,
            id: None,
            previous_proof: Vec::new(),
        }
    }
}

/// At which time a key must have been its owner's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeysAt {
    /// At the time given: when the document was logged, which nobody can choose afterwards.
    Given,
    /// When the proof (`created`) or the token (`iat`) says it was made, no later than the time given: for documents that no log has
    /// seen, so that what a party signed before it changed its key still counts. Who stole an old key can name an old time; a key that
    /// its history revokes does not count from then on, whatever the proof says before.
    Created,
}

impl KeysAt {
    /// The time of a key, of judging at `at_ms` what says that it was made at `made_ms`.
    pub(crate) fn of_key(self, at_ms: Option<i64>, made_ms: Option<i64>) -> Option<i64> {
        match (self, made_ms) {
            (Self::Created, Some(made_ms)) => {
                Some(at_ms.map_or(made_ms, |at_ms| at_ms.min(made_ms)))
            }
            (Self::Created | Self::Given, _) => at_ms,
        }
    }
}

/// What a verifier expects.
#[derive(Clone, Copy)]
pub struct VerifyOptions<'a> {
    /// Knows the keys.
    pub resolver: &'a dyn Resolver,
    /// The time at which keys and expiry are judged: when the document was logged; now, for one that was not. Without it,
    /// keys are judged by the latest known and expiry is not judged.
    pub at_ms: Option<i64>,
    /// Which of the times a key is judged at.
    pub keys_at: KeysAt,
    /// What every proof must be for.
    pub purpose: Purpose,
    /// For whom every proof must be, where that is asked.
    pub domain: Option<&'a str>,
    /// What every proof must answer, where that is asked.
    pub challenge: Option<&'a str>,
}

impl<'a> VerifyOptions<'a> {
    /// For a statement, judged at a time.
    #[must_use]
    pub fn assertion(resolver: &'a dyn Resolver, at_ms: Option<i64>) -> Self {
        Self {
            resolver,
            at_ms,
            keys_at: KeysAt::Given,
            purpose: Purpose::AssertionMethod,
            domain: None,
            challenge: None,
        }
    }
}

/// A document whose proofs all hold. Only [`verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    proofs: Vec<VerifiedProof>,
}

impl Verified {
    /// The proofs, in the document's order; at least one.
    #[must_use]
    pub fn proofs(&self) -> &[VerifiedProof] {
        &self.proofs
    }

    /// Whether one of the proofs was made by a key that this DID controls.
    #[must_use]
    pub fn is_controlled_by(&self, did: &str) -> bool {
        self.proofs.iter().any(|proof| proof.controller == did)
    }
}

/// One proof that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedProof {
    /// The cryptosuite.
    pub suite: Suite,
    /// The key that signed.
    pub verification_method: String,
    /// The DID that controls the key. Whether it is the issuer is a question of its own: [`crate::vc::check_controller`].
    pub controller: String,
    /// What it is for.
    pub purpose: Purpose,
    /// When the signer says it was made.
    pub created_ms: Option<i64>,
    /// From when it no longer counts.
    pub expires_ms: Option<i64>,
    /// Its own id.
    pub id: Option<String>,
}

/// Signs a document: returns it with one more proof. A document that has proofs keeps them, and they become a set.
///
/// # Errors
/// When the document isn't an object, has no canonical form, has too many proofs, or lacks a proof that this one builds on;
/// when the key isn't of the suite's kind, or the suite is one of [`crate::selective`], which need to know more.
pub fn create(
    document: &Value,
    suite: Suite,
    key: &SigningKey,
    options: &ProofOptions,
    canonicalizer: &Canonicalizer,
) -> Result<Value, Problem> {
    if !suite.takes(key.key_type()) {
        return Err(Problem::new(
            Code::SuiteKeyMismatch,
            "",
            format!(
                "{} does not sign by {}",
                key.key_type().name(),
                suite.as_str()
            ),
        ));
    }
    if suite.form() == Form::Selective {
        return Err(Problem::new(
            Code::SuiteUnknown,
            "",
            format!("{} needs to be told what is always shown", suite.as_str()),
        ));
    }
    let draft = Draft::begin(document, suite, options)?;
    let hashes = hash_data(
        &draft.unsecured,
        &draft.config,
        suite,
        key.key_type(),
        canonicalizer,
    )?;
    Ok(draft.finish(to_base58_multibase(&key.sign(&hashes.to_bytes())?)))
}
