//! What a plain signature covers.

use garita_canon::{CanonError, Canonicalizer, HashAlgorithm, jcs};
use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha384};

use super::{Form, Suite};
use crate::keys::KeyType;
use crate::problem::{Code, Problem};

/// The two hashes that a signature covers, 32 bytes each, or 48 by SHA-384.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashData {
    /// Of the proof's options.
    pub proof: Vec<u8>,
    /// Of the document.
    pub document: Vec<u8>,
}

impl HashData {
    /// The bytes that are signed: one after the other.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.proof.as_slice(), &self.document].concat()
    }
}

/// The hashes over a document and a proof's options, as they are handed in: the document with just those proofs that are
/// signed too, the options without `proofValue` and with the contexts that apply to them. The kind of key decides by which hash.
///
/// # Errors
/// When one of them has no canonical form.
pub fn hash_data(
    document: &Value,
    proof_options: &Value,
    suite: Suite,
    key_type: KeyType,
    canonicalizer: &Canonicalizer,
) -> Result<HashData, Problem> {
    let algorithm = algorithm_of(key_type);
    Ok(HashData {
        proof: hash(proof_options, suite.form(), algorithm, canonicalizer)?,
        document: hash(document, suite.form(), algorithm, canonicalizer)?,
    })
}

/// The hash that goes with a key (Data Integrity ECDSA Cryptosuites 1.0 §3.2).
pub(crate) fn algorithm_of(key_type: KeyType) -> HashAlgorithm {
    match key_type {
        KeyType::Ed25519 | KeyType::P256 | KeyType::Bls12381G2 => HashAlgorithm::Sha256,
        KeyType::P384 => HashAlgorithm::Sha384,
        // No suite takes P-521, so that what is hashed here is never held against such a signature.
        KeyType::P521 => HashAlgorithm::Sha256,
    }
}

/// The hash of a document's canonical form. What is signed selectively is hashed as N-Quads too.
pub(super) fn hash(
    document: &Value,
    form: Form,
    algorithm: HashAlgorithm,
    canonicalizer: &Canonicalizer,
) -> Result<Vec<u8>, Problem> {
    match form {
        Form::Rdf | Form::Selective => {
            digest_rdf(canonicalizer.nquads_by(document, algorithm), algorithm)
        }
        Form::Json => match jcs::canonicalize(document) {
            Ok(text) => Ok(digest(algorithm, &text)),
            Err(error) => Err(Problem::new(
                Code::Canon(error.code()),
                "",
                error.to_string(),
            )),
        },
    }
}

/// The hash of a document's canonical N-Quads as if it had no proof.
pub(super) fn hash_unproved(
    document: &Value,
    algorithm: HashAlgorithm,
    canonicalizer: &Canonicalizer,
) -> Result<Vec<u8>, Problem> {
    let nquads = canonicalizer.nquads_without(document, "proof", algorithm);
    digest_rdf(nquads, algorithm)
}

fn digest_rdf(
    nquads: Result<String, CanonError>,
    algorithm: HashAlgorithm,
) -> Result<Vec<u8>, Problem> {
    match nquads {
        Ok(nquads) => Ok(digest(algorithm, nquads.as_bytes())),
        Err(error) => Err(canon_problem(&error)),
    }
}

/// The hash of a document's canonical N-Quads.
pub(crate) fn hash_rdf(
    document: &Value,
    algorithm: HashAlgorithm,
    canonicalizer: &Canonicalizer,
) -> Result<Vec<u8>, Problem> {
    hash(document, Form::Rdf, algorithm, canonicalizer)
}

/// The hash of bytes.
pub(crate) fn digest(algorithm: HashAlgorithm, bytes: &[u8]) -> Vec<u8> {
    match algorithm {
        HashAlgorithm::Sha256 => Sha256::digest(bytes).to_vec(),
        HashAlgorithm::Sha384 => Sha384::digest(bytes).to_vec(),
    }
}

/// Why there is no canonical form, with its place.
pub(crate) fn canon_problem(error: &CanonError) -> Problem {
    Problem::new(
        Code::Canon(error.code()),
        error.pointer().unwrap_or_default(),
        error.to_string(),
    )
}
