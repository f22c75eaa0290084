//! Data Integrity proofs (VC Data Integrity 1.0) with the cryptosuites of Data Integrity EdDSA Cryptosuites 1.0.
//!
//! What is signed is two hashes: that of the proof's own options, then that of the document without this proof. Each is
//! SHA-256 over one canonical form: N-Quads by RDFC-1.0 for `eddsa-rdfc-2022`, JCS for `eddsa-jcs-2022`.
//!
//! **Sets and chains.** Where a document carries several proofs, all must hold. One that names others in `previousProof`
//! signs the document together with them.
//!
//! Two things are stricter than the specifications. A document under `eddsa-rdfc-2022` must be strict JSON-LD (nothing
//! in it may stay unsigned), and an `eddsa-jcs-2022` proof must name exactly the document's contexts, not only the first
//! of them: a context appended in transit could give signed members another meaning.

use std::cell::OnceCell;

use garita_canon::{CanonError, Canonicalizer, jcs};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::keys::{KeyType, SigningKey, base58_multibase, to_base58_multibase};
use crate::problem::{Code, Problem};
use crate::resolver::Resolver;
use crate::time::{Precision, format_date_time_stamp, parse_date_time_stamp};
use crate::vc::is_url;

/// The most proofs of one document. Joint statements are affirmations, not proof sets, so honest sets are small.
pub const PROOFS_MAX: usize = 16;

/// Which cryptosuite. Closed: a new one breaks the build in each place that has to think about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Suite {
    /// RDF canonicalization, Ed25519. The default of the exchange.
    EddsaRdfc2022,
    /// JSON canonicalization, Ed25519.
    EddsaJcs2022,
}

impl Suite {
    /// All that are supported.
    pub const ALL: [Self; 2] = [Self::EddsaRdfc2022, Self::EddsaJcs2022];

    /// Its name in proofs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EddsaRdfc2022 => "eddsa-rdfc-2022",
            Self::EddsaJcs2022 => "eddsa-jcs-2022",
        }
    }

    /// The suite of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.as_str() == name)
    }

    /// The kind of key that it signs with.
    #[must_use]
    pub fn key_type(self) -> KeyType {
        match self {
            Self::EddsaRdfc2022 | Self::EddsaJcs2022 => KeyType::Ed25519,
        }
    }
}

/// What a proof is for: the verification relationship of the signer's DID document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To state something: credentials, records.
    AssertionMethod,
    /// To show who one is: presentations, requests.
    Authentication,
    /// To use a capability.
    CapabilityInvocation,
    /// To pass a capability on.
    CapabilityDelegation,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::AssertionMethod,
        Self::Authentication,
        Self::CapabilityInvocation,
        Self::CapabilityDelegation,
    ];

    /// Its name in proofs and DID documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AssertionMethod => "assertionMethod",
            Self::Authentication => "authentication",
            Self::CapabilityInvocation => "capabilityInvocation",
            Self::CapabilityDelegation => "capabilityDelegation",
        }
    }
}

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

/// What a verifier expects.
#[derive(Clone, Copy)]
pub struct VerifyOptions<'a> {
    /// Knows the keys.
    pub resolver: &'a dyn Resolver,
    /// The time at which keys and expiry are judged: when the document was logged; now, for one that was not. Without it,
    /// keys are judged by the latest known and expiry is not judged.
    pub at_ms: Option<i64>,
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

/// The two hashes that a signature covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashData {
    /// Of the proof's options.
    pub proof: [u8; 32],
    /// Of the document.
    pub document: [u8; 32],
}

impl HashData {
    /// The 64 bytes that are signed.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 64] {
        let mut bytes = [0; 64];
        let (first, second) = bytes.split_at_mut(32);
        first.copy_from_slice(&self.proof);
        second.copy_from_slice(&self.document);
        bytes
    }
}

/// The hashes over a document and a proof's options, as they are handed in: the document with just those proofs that are
/// signed too, the options without `proofValue` and with the contexts that apply to them.
///
/// # Errors
/// When one of them has no canonical form.
pub fn hash_data(
    document: &Value,
    proof_options: &Value,
    suite: Suite,
    canonicalizer: &Canonicalizer,
) -> Result<HashData, Problem> {
    Ok(HashData {
        proof: hash(proof_options, suite, canonicalizer)?,
        document: hash(document, suite, canonicalizer)?,
    })
}

/// Signs a document: returns it with one more proof. A document that has proofs keeps them, and they become a set.
///
/// # Errors
/// When the document isn't an object, has no canonical form, has too many proofs, or lacks a proof that this one builds on;
/// when the key isn't of the suite's kind.
pub fn create(
    document: &Value,
    suite: Suite,
    key: &SigningKey,
    options: &ProofOptions,
    canonicalizer: &Canonicalizer,
) -> Result<Value, Problem> {
    let members = as_document(document)?;
    if key.key_type() != suite.key_type() {
        return Err(Problem::new(
            Code::SuiteKeyMismatch,
            "",
            "the key is not of the suite's kind",
        ));
    }
    let mut proofs: Vec<Value> = match members.get("proof") {
        None => Vec::new(),
        Some(Value::Array(proofs)) => proofs.clone(),
        Some(single) => vec![single.clone()],
    };
    if proofs.len() >= PROOFS_MAX {
        return Err(Problem::new(
            Code::ProofsTooMany,
            "/proof",
            format!("more than {PROOFS_MAX} proofs"),
        ));
    }
    let previous = previous_proofs(&proofs, &options.previous_proof, "/proof")?;
    let mut proof = proof_members(suite, options);
    let context = members.get("@context");
    if let (Suite::EddsaJcs2022, Some(context)) = (suite, context) {
        proof.insert("@context".into(), context.clone());
    }
    let mut config = proof.clone();
    if let Some(context) = context {
        config.insert("@context".into(), context.clone());
    }
    let hashes = HashData {
        proof: hash(&Value::Object(config), suite, canonicalizer)?,
        document: match suite {
            Suite::EddsaRdfc2022 if previous.is_empty() => {
                rdf_hash(canonicalizer.nquads_without(document, "proof"))?
            }
            Suite::EddsaRdfc2022 | Suite::EddsaJcs2022 => {
                let mut unsecured = members.clone();
                unsecured.shift_remove("proof");
                if !previous.is_empty() {
                    unsecured.insert("proof".into(), previous.into());
                }
                hash(&Value::Object(unsecured), suite, canonicalizer)?
            }
        },
    };
    proof.insert(
        "proofValue".into(),
        to_base58_multibase(&key.sign(&hashes.to_bytes())).into(),
    );
    let proof = Value::Object(proof);
    let mut secured = members.clone();
    let proof = if proofs.is_empty() {
        proof
    } else {
        proofs.push(proof);
        Value::Array(proofs)
    };
    secured.insert("proof".into(), proof);
    Ok(Value::Object(secured))
}

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
        document_hash: None,
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
    /// The RDF hash of the document without any proof: the same for all proofs of a set.
    document_hash: Option<Result<[u8; 32], Problem>>,
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
        let key = match self
            .options
            .resolver
            .key(parsed.verification_method, self.options.at_ms)
        {
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
            if key.key.key_type() != parsed.suite.key_type() {
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
        match self.hashes(&parsed, place) {
            Ok(hashes) => {
                if key.as_ref().is_some_and(|key| {
                    key.key
                        .verify(&hashes.to_bytes(), &parsed.signature)
                        .is_err()
                }) {
                    let message = "the signature does not match the document and the key";
                    problems.push(Problem::new(
                        Code::ProofInvalid,
                        format!("{place}/proofValue"),
                        message,
                    ));
                }
            }
            Err(problem) => problems.push(problem),
        }
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

    fn hashes(&mut self, proof: &ParsedProof<'_>, place: &str) -> Result<HashData, Problem> {
        let mut config = proof.members.clone();
        config.shift_remove("proofValue");
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
        match proof.suite {
            // The proof's options are read with the document's contexts, whatever the proof itself brings.
            Suite::EddsaRdfc2022 => {
                if let Some(context) = context {
                    config.insert("@context".into(), context.clone());
                } else {
                    config.shift_remove("@context");
                }
            }
            Suite::EddsaJcs2022 => {
                if let Some(named) = proof.members.get("@context") {
                    if !context.is_some_and(|context| items(context) == items(named)) {
                        let message = "the proof's contexts are not the document's";
                        return Err(Problem::new(
                            Code::ProofContextMismatch,
                            format!("{place}/@context"),
                            message,
                        ));
                    }
                    // Equal but for the form (`"x"` or `["x"]`): the signer hashed the form that the proof has.
                    if context != Some(named) {
                        let document = own_document.get_or_insert_with(|| self.unsecured().clone());
                        if let Some(members) = document.as_object_mut() {
                            members.insert("@context".into(), named.clone());
                        }
                    }
                }
            }
        }
        let proof_hash = hash(&Value::Object(config), proof.suite, self.canonicalizer).map_err(
            |mut problem| {
                if !problem.pointer.starts_with("/@context") {
                    problem.pointer.insert_str(0, place);
                }
                problem
            },
        )?;
        let document = match (own_document, proof.suite) {
            (Some(document), suite) => hash(&document, suite, self.canonicalizer)?,
            (None, Suite::EddsaRdfc2022) => self
                .document_hash
                .get_or_insert_with(|| {
                    rdf_hash(self.canonicalizer.nquads_without(self.document, "proof"))
                })
                .clone()?,
            (None, Suite::EddsaJcs2022) => {
                hash(self.unsecured(), Suite::EddsaJcs2022, self.canonicalizer)?
            }
        };
        Ok(HashData {
            proof: proof_hash,
            document,
        })
    }
}

/// A proof whose form is right.
struct ParsedProof<'a> {
    members: &'a Map<String, Value>,
    suite: Suite,
    verification_method: &'a str,
    purpose: &'a str,
    signature: [u8; 64],
    created_ms: Option<i64>,
    expires_ms: Option<i64>,
    domains: Vec<&'a str>,
    challenge: Option<&'a str>,
    id: Option<&'a str>,
    previous: Vec<String>,
}

impl<'a> ParsedProof<'a> {
    fn parse(proof: &'a Value, place: &str) -> Result<Self, Vec<Problem>> {
        let malformed = |name: &str, message: &str| {
            Problem::new(Code::ProofMalformed, format!("{place}{name}"), message)
        };
        let Some(members) = proof.as_object() else {
            return Err(vec![malformed("", "a proof is an object")]);
        };
        let mut problems = Vec::new();
        let mut required = |name: &str| {
            let text = members
                .get(name)
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty());
            if text.is_none() {
                problems.push(malformed(
                    &format!("/{name}"),
                    &format!("`{name}` must be there, as a text"),
                ));
            }
            text
        };
        let (kind, suite_name) = (required("type"), required("cryptosuite"));
        let (verification_method, purpose, proof_value) = (
            required("verificationMethod"),
            required("proofPurpose"),
            required("proofValue"),
        );
        if let Some(kind) = kind.filter(|kind| *kind != "DataIntegrityProof") {
            let message = format!(
                "proof type `{}` is not supported",
                crate::did::shorten(kind)
            );
            // What follows from the type, such as a missing cryptosuite, would only confuse.
            return Err(vec![Problem::new(
                Code::SuiteUnknown,
                format!("{place}/type"),
                message,
            )]);
        }
        let suite = suite_name.and_then(Suite::from_name);
        if let (None, Some(name)) = (suite, suite_name) {
            let message = format!(
                "cryptosuite `{}` is not supported",
                crate::did::shorten(name)
            );
            problems.push(Problem::new(
                Code::SuiteUnknown,
                format!("{place}/cryptosuite"),
                message,
            ));
        }
        let signature = proof_value
            .and_then(base58_multibase)
            .and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
        if signature.is_none() && proof_value.is_some() {
            problems.push(malformed(
                "/proofValue",
                "`proofValue` must be 64 bytes in base58btc multibase (`z…`)",
            ));
        }
        let mut time = |name: &str| {
            let value = members.get(name)?;
            let at_ms = value.as_str().and_then(parse_date_time_stamp);
            if at_ms.is_none() {
                problems.push(malformed(
                    &format!("/{name}"),
                    "a time must have date, time and zone, such as 2026-11-24T15:10:00Z",
                ));
            }
            at_ms
        };
        let (created_ms, expires_ms) = (time("created"), time("expires"));
        let mut texts = |name: &str| -> Vec<&'a str> {
            let Some(value) = members.get(name) else {
                return Vec::new();
            };
            let texts: Option<Vec<&str>> = items(value).iter().map(Value::as_str).collect();
            texts
                .filter(|texts| !texts.is_empty() && texts.len() <= PROOFS_MAX)
                .unwrap_or_else(|| {
                    problems.push(malformed(
                        &format!("/{name}"),
                        &format!("`{name}` must be a text, or a short list of texts"),
                    ));
                    Vec::new()
                })
        };
        let (domains, previous) = (texts("domain"), texts("previousProof"));
        let mut single = |name: &str| {
            let value = members.get(name)?;
            if value.as_str().is_none() {
                problems.push(malformed(
                    &format!("/{name}"),
                    &format!("`{name}` must be a text"),
                ));
            }
            value.as_str()
        };
        let (challenge, id) = (single("challenge"), single("id"));
        let _nonce = single("nonce");
        if id.is_some_and(|id| !is_url(id)) {
            problems.push(malformed("/id", "a proof's id must be an absolute URL"));
        }
        match (suite, signature, verification_method, purpose) {
            (Some(suite), Some(signature), Some(verification_method), Some(purpose))
                if problems.is_empty() =>
            {
                Ok(Self {
                    members,
                    suite,
                    verification_method,
                    purpose,
                    signature,
                    created_ms,
                    expires_ms,
                    domains,
                    challenge,
                    id,
                    previous: previous.into_iter().map(str::to_owned).collect(),
                })
            }
            _ => Err(problems),
        }
    }
}

fn as_document(document: &Value) -> Result<&Map<String, Value>, Problem> {
    document.as_object().ok_or_else(|| {
        Problem::new(
            Code::DocumentMalformed,
            "",
            "the document is not a JSON object",
        )
    })
}

fn proof_members(suite: Suite, options: &ProofOptions) -> Map<String, Value> {
    let mut proof = Map::new();
    let mut put = |name: &str, value: Value| {
        proof.insert(name.to_owned(), value);
    };
    put("type", "DataIntegrityProof".into());
    if let Some(id) = &options.id {
        put("id", id.clone().into());
    }
    put("cryptosuite", suite.as_str().into());
    if let Some(created_ms) = options.created_ms {
        put("created", written_time(created_ms).into());
    }
    if let Some(expires_ms) = options.expires_ms {
        put("expires", written_time(expires_ms).into());
    }
    put(
        "verificationMethod",
        options.verification_method.clone().into(),
    );
    put("proofPurpose", options.purpose.as_str().into());
    if let Some(domain) = &options.domain {
        put("domain", domain.clone().into());
    }
    if let Some(challenge) = &options.challenge {
        put("challenge", challenge.clone().into());
    }
    match options.previous_proof.as_slice() {
        [] => {}
        [single] => put("previousProof", single.clone().into()),
        several => put("previousProof", json!(several)),
    }
    proof
}

fn written_time(at_ms: i64) -> String {
    let precision = if at_ms % 1000 == 0 {
        Precision::Seconds
    } else {
        Precision::Milliseconds
    };
    format_date_time_stamp(at_ms, precision)
}

/// The proofs with these ids, in the order asked for (Data Integrity 1.0 §4.3, *matching proofs*).
fn previous_proofs(proofs: &[Value], ids: &[String], place: &str) -> Result<Vec<Value>, Problem> {
    ids.iter()
        .map(|id| {
            proofs
                .iter()
                .find(|proof| proof.get("id").and_then(Value::as_str) == Some(id))
                .cloned()
                .ok_or_else(|| {
                    let message =
                        format!("proof `{}` is not in the document", crate::did::shorten(id));
                    Problem::new(
                        Code::PreviousProofMissing,
                        format!("{place}/previousProof"),
                        message,
                    )
                })
        })
        .collect()
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

/// The items of an array, or the one value that stands for it.
fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        single => std::slice::from_ref(single),
    }
}

fn hash(
    document: &Value,
    suite: Suite,
    canonicalizer: &Canonicalizer,
) -> Result<[u8; 32], Problem> {
    match suite {
        Suite::EddsaRdfc2022 => rdf_hash(canonicalizer.nquads(document)),
        Suite::EddsaJcs2022 => jcs::digest(document)
            .map_err(|error| Problem::new(Code::Canon(error.code()), "", error.to_string())),
    }
}

fn rdf_hash(nquads: Result<String, CanonError>) -> Result<[u8; 32], Problem> {
    match nquads {
        Ok(nquads) => Ok(Sha256::digest(nquads).into()),
        Err(error) => Err(Problem::new(
            Code::Canon(error.code()),
            error.pointer().unwrap_or_default(),
            error.to_string(),
        )),
    }
}
