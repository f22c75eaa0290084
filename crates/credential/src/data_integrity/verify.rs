//! Judging the proofs of a document.

use std::cell::OnceCell;

use garita_canon::{Canonicalizer, HashAlgorithm};
use serde_json::{Map, Value};

use super::draft::{as_document, stands_alone};
use super::hashes::{algorithm_of, hash, hash_rdf, hash_unproved};
use super::proof::{ParsedProof, items, previous_proofs};
use super::{Form, HashData, PROOFS_MAX, Verified, VerifiedProof, VerifyOptions};
use crate::keys::{KeyType, VerificationKey};
use crate::problem::{Code, Problem};
use crate::selective::ecdsa_sd;

/// Verifies every proof of a document. All must hold.
///
/// Judges proofs only: whether the document is a credential in force is [`crate::vc::check`], whether the signer is its
/// issuer [`crate::vc::check_controller`].
///
/// # Errors
/// With every fault of every proof, each with its place.
pub fn verify(
    document: &Value,
    options: &VerifyOptions<'_>,
    canonicalizer: &Canonicalizer,
) -> Result<Verified, Vec<Problem>> {
    let members = as_document(document).map_err(|problem| vec![problem])?;
    let (proofs, is_array) = match members.get("proof") {
        None => {
            return Err(vec![Problem::new(
                Code::ProofMissing,
                "/proof",
                "the document has no proof",
            )]);
        }
        Some(Value::Array(proofs)) => (proofs.as_slice(), true),
        Some(single) => (std::slice::from_ref(single), false),
    };
    if proofs.is_empty() {
        return Err(vec![Problem::new(
            Code::ProofMissing,
            "/proof",
            "the list of proofs is empty",
        )]);
    }
    if proofs.len() > PROOFS_MAX {
        let message = format!(
            "{} proofs, more than the {PROOFS_MAX} allowed",
            proofs.len()
        );
        return Err(vec![Problem::new(Code::ProofsTooMany, "/proof", message)]);
    }
    let mut job = Job {
        proofs,
        document,
        members,
        unsecured: OnceCell::new(),
        document_hashes: Vec::new(),
        options,
        canonicalizer,
    };
    let mut problems = repeated_ids(proofs);
    let mut verified = Vec::with_capacity(proofs.len());
    let mut all_hold = problems.is_empty();
    for (n, proof) in proofs.iter().enumerate() {
        let place = if is_array {
            format!("/proof/{n}")
        } else {
            "/proof".to_owned()
        };
        match job.verify(proof, &place) {
            Ok(proof) => verified.push(proof),
            // INVARIANT (all must hold): a proof that failed is counted as failed even if it gave no reason.
            Err(found) => {
                all_hold = false;
                problems.extend(found);
            }
        }
    }
    if all_hold {
        return Ok(Verified { proofs: verified });
    }
    if problems.is_empty() {
        problems.push(Problem::new(
            Code::ProofInvalid,
            "/proof",
            "a proof does not hold",
        ));
    }
    Err(problems)
}

/// One document's verification.
struct Job<'a> {
    proofs: &'a [Value],
    document: &'a Value,
    members: &'a Map<String, Value>,
    /// The document without any proof, copied where a proof needs more than its RDF hash.
    unsecured: OnceCell<Value>,
    /// The RDF hashes of the document without any proof: the same for all proofs of a set that hash alike.
    document_hashes: Vec<(HashAlgorithm, Result<Vec<u8>, Problem>)>,
    options: &'a VerifyOptions<'a>,
    canonicalizer: &'a Canonicalizer,
}

impl Job<'_> {
    fn unsecured(&self) -> &Value {
        self.unsecured.get_or_init(|| {
            let mut members = self.members.clone();
            members.shift_remove("proof");
            Value::Object(members)
        })
    }

    fn verify(&mut self, proof: &Value, place: &str) -> Result<VerifiedProof, Vec<Problem>> {
        let parsed = ParsedProof::parse(proof, place)?;
        let mut problems = self.expectations(&parsed, place);
        let keys_at = self.options.keys_at;
        let at_ms = keys_at.of_key(self.options.at_ms, parsed.created_ms);
        let key = match self.options.resolver.key(parsed.verification_method, at_ms) {
            Ok(key) => Some(key),
            Err(error) => {
                problems.push(Problem::new(
                    error.kind(),
                    format!("{place}/verificationMethod"),
                    error.to_string(),
                ));
                None
            }
        };
        if let Some(key) = &key {
            if !parsed.suite.takes(key.key.key_type()) {
                let message = format!(
                    "{} cannot be used with {}",
                    key.key.key_type().name(),
                    parsed.suite.as_str()
                );
                problems.push(Problem::new(
                    Code::SuiteKeyMismatch,
                    format!("{place}/verificationMethod"),
                    message,
                ));
            }
            if !key.purposes.allow(self.options.purpose) {
                let message = format!(
                    "the key's controller does not use it for {}",
                    self.options.purpose.as_str()
                );
                problems.push(Problem::new(
                    Code::PurposeMismatch,
                    format!("{place}/verificationMethod"),
                    message,
                ));
            }
        }
        // Of a key that the suite does not take, that is what there is to say.
        let fits = key
            .as_ref()
            .map(|key| &key.key)
            .filter(|key| parsed.suite.takes(key.key_type()));
        let held = match parsed.suite.form() {
            Form::Rdf | Form::Json => self.plain(&parsed, fits, place),
            Form::Selective => self.selective(&parsed, fits, place),
        };
        problems.extend(held.err());
        match key {
            Some(key) if problems.is_empty() => Ok(VerifiedProof {
                suite: parsed.suite,
                verification_method: parsed.verification_method.to_owned(),
                controller: key.controller,
                purpose: self.options.purpose,
                created_ms: parsed.created_ms,
                expires_ms: parsed.expires_ms,
                id: parsed.id.map(str::to_owned),
            }),
            Some(_) | None => Err(problems),
        }
    }

    /// What the verifier asked for beside a signature that matches.
    fn expectations(&self, proof: &ParsedProof<'_>, place: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        let options = self.options;
        if proof.purpose != options.purpose.as_str() {
            let message = format!(
                "the proof is for `{}`, not for {}",
                crate::did::shorten(proof.purpose),
                options.purpose.as_str()
            );
            problems.push(Problem::new(
                Code::PurposeMismatch,
                format!("{place}/proofPurpose"),
                message,
            ));
        }
        if let (Some(at_ms), Some(expires_ms)) = (options.at_ms, proof.expires_ms)
            && at_ms >= expires_ms
        {
            problems.push(Problem::new(
                Code::ProofExpired,
                format!("{place}/expires"),
                "the proof's expiry is over",
            ));
        }
        if let Some(domain) = options.domain
            && !proof.domains.contains(&domain)
        {
            problems.push(Problem::new(
                Code::DomainMismatch,
                format!("{place}/domain"),
                format!("the proof is not for `{domain}`"),
            ));
        }
        if let Some(challenge) = options.challenge
            && proof.challenge != Some(challenge)
        {
            problems.push(Problem::new(
                Code::ChallengeMismatch,
                format!("{place}/challenge"),
                "the proof does not answer the challenge",
            ));
        }
        problems
    }

    /// Without a key that fits, the document is looked at all the same, to tell all that is wrong with it.
    fn plain(
        &mut self,
        proof: &ParsedProof<'_>,
        key: Option<&VerificationKey>,
        place: &str,
    ) -> Result<(), Problem> {
        let key_type = key.map_or(KeyType::Ed25519, VerificationKey::key_type);
        let hashes = self.hashes(proof, algorithm_of(key_type), place)?;
        let Some(key) = key else { return Ok(()) };
        key.verify(&hashes.to_bytes(), &proof.value).map_err(|_| {
            let message = "the signature does not match the document and the key";
            Problem::new(Code::ProofInvalid, format!("{place}/proofValue"), message)
        })
    }

    fn selective(
        &self,
        proof: &ParsedProof<'_>,
        key: Option<&VerificationKey>,
        place: &str,
    ) -> Result<(), Problem> {
        if !proof.previous.is_empty() {
            return Err(stands_alone(place));
        }
        self.same_contexts(proof, place)?;
        let config = self.config_of(proof);
        let proof_hash = hash_rdf(&config, HashAlgorithm::Sha256, self.canonicalizer)
            .map_err(|problem| within(place, problem))?;
        let Some(key) = key else { return Ok(()) };
        let judge = match proof.suite {
            #[cfg(feature = "bbs")]
            super::Suite::Bbs2023 => crate::selective::bbs::verify,
            _ => ecdsa_sd::verify,
        };
        judge(
            self.unsecured(),
            &proof_hash,
            &proof.value,
            key,
            self.canonicalizer,
        )
        .map_err(|problem| match problem.pointer.as_str() {
            "/proofValue" => problem.under(place),
            _ => problem,
        })
    }

    /// What a proof says of its contexts must be what holds: of a suite over RDF it would be signed by nobody.
    fn same_contexts(&self, proof: &ParsedProof<'_>, place: &str) -> Result<(), Problem> {
        let Some(named) = proof.members.get("@context") else {
            return Ok(());
        };
        let context = self.members.get("@context");
        if context.is_some_and(|context| items(context) == items(named)) {
            return Ok(());
        }
        let message = "the proof's contexts are not the document's";
        let pointer = format!("{place}/@context");
        Err(Problem::new(Code::ProofContextMismatch, pointer, message))
    }

    /// The proof's options as RDF: read with the document's contexts, whatever the proof itself brings.
    fn config_of(&self, proof: &ParsedProof<'_>) -> Value {
        let mut config = proof.members.clone();
        config.shift_remove("proofValue");
        match self.members.get("@context") {
            Some(context) => config.insert("@context".into(), context.clone()),
            None => config.shift_remove("@context"),
        };
        Value::Object(config)
    }

    fn hashes(
        &mut self,
        proof: &ParsedProof<'_>,
        algorithm: HashAlgorithm,
        place: &str,
    ) -> Result<HashData, Problem> {
        // The document that this proof signs, where it isn't just `unsecured`.
        let mut own_document = None;
        if !proof.previous.is_empty() {
            let previous = previous_proofs(self.proofs, &proof.previous, place)?;
            let mut document = self.unsecured().clone();
            if let Some(members) = document.as_object_mut() {
                members.insert("proof".into(), previous.into());
            }
            own_document = Some(document);
        }
        let context = self.members.get("@context");
        let form = proof.suite.form();
        self.same_contexts(proof, place)?;
        let config = if form == Form::Json {
            if let Some(named) = proof.members.get("@context") {
                // Equal but for the form (`"x"` or `["x"]`): the signer hashed the form that the proof has.
                if context != Some(named) {
                    let document = own_document.get_or_insert_with(|| self.unsecured().clone());
                    if let Some(members) = document.as_object_mut() {
                        members.insert("@context".into(), named.clone());
                    }
                }
            }
            let mut config = proof.members.clone();
            config.shift_remove("proofValue");
            Value::Object(config)
        } else {
            self.config_of(proof)
        };
        let proof_hash = hash(&config, form, algorithm, self.canonicalizer)
            .map_err(|problem| within(place, problem))?;
        let document = match (own_document, form) {
            (Some(document), _) => hash(&document, form, algorithm, self.canonicalizer)?,
            (None, Form::Rdf | Form::Selective) => self.document_hash(algorithm)?,
            (None, Form::Json) => hash(self.unsecured(), form, algorithm, self.canonicalizer)?,
        };
        Ok(HashData {
            proof: proof_hash,
            document,
        })
    }

    fn document_hash(&mut self, algorithm: HashAlgorithm) -> Result<Vec<u8>, Problem> {
        let known = self.document_hashes.iter().find(|(by, _)| *by == algorithm);
        if let Some((_, known)) = known {
            return known.clone();
        }
        let made = hash_unproved(self.document, algorithm, self.canonicalizer);
        self.document_hashes.push((algorithm, made.clone()));
        made
    }
}

/// A fault of the proof's options, by its place in the document; the contexts are the document's own.
fn within(place: &str, mut problem: Problem) -> Problem {
    if !problem.pointer.starts_with("/@context") {
        problem.pointer.insert_str(0, place);
    }
    problem
}

/// Two proofs of one id would leave open which one a later proof builds on.
fn repeated_ids(proofs: &[Value]) -> Vec<Problem> {
    let id = |proof: &Value| proof.get("id").and_then(Value::as_str).map(str::to_owned);
    let mut seen = std::collections::HashSet::new();
    proofs
        .iter()
        .enumerate()
        .filter_map(|(n, proof)| id(proof).map(|id| (n, id)))
        .filter(|(_, id)| !seen.insert(id.clone()))
        .map(|(n, _)| {
            Problem::new(
                Code::ProofMalformed,
                format!("/proof/{n}/id"),
                "two proofs have the same id",
            )
        })
        .collect()
}
