//! Making records at their home: from a draft to a signed document.

use std::sync::{Arc, OnceLock};

use garita_canon::{Canonicalizer, ContextSet};
use garita_credential::data_integrity::{self, ProofOptions};
use garita_credential::keys::{SigningKey, VerificationKey};
use garita_credential::problem::Code;
use garita_credential::{Problem, Suite};
use garita_profile::Profile;
use garita_profile::case::{CaseRef, Replaces, Standing};
use garita_profile::model::Model;
use garita_tlog::{
    KeyId, NoteError, NoteSigner, NoteVerifier, SigningFailed, VerifierKey, key_id_ed25519,
};
use serde_json::{Map, Value, json};

use crate::core::HostedKey;
use crate::derive::{self, DeriveError, Deriver};
use crate::encode;
use crate::envelope::{ENVELOPE_CONTEXT_URL, VC_CONTEXT_URL, record_id};
use crate::governance::Network;
use crate::problem::{Fault, Refusal, RefusalKind};
use crate::program::context_url;

/// What a client states; the home adds the rest of the envelope.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Record type.
    pub record_type: String,
    /// Issuer's DID.
    pub issuer: String,
    /// Cases.
    pub about: Vec<CaseRef>,
    /// When it happened, ms since 1970.
    pub occurred_ms: i64,
    /// Standing.
    pub standing: Standing,
    /// What it states.
    pub subject: Value,
    /// What it replaces.
    pub replaces: Option<Replaces>,
    /// What it answers or closes.
    pub follows: Vec<String>,
    /// Heads seen.
    pub saw: Vec<String>,
    /// Mandate.
    pub on_behalf_of: Option<String>,
    /// Rule and trigger.
    pub automation: Option<(String, String)>,
    /// Source of a report.
    pub source: Option<String>,
    /// Attachments and leaned-on credentials.
    pub related: Vec<Value>,
    /// Who signed, under which post.
    pub signed_by: Option<(String, String)>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            record_type: String::new(),
            issuer: String::new(),
            about: Vec::new(),
            occurred_ms: 0,
            standing: Standing::Act,
            subject: Value::Object(Map::new()),
            replaces: None,
            follows: Vec::new(),
            saw: Vec::new(),
            on_behalf_of: None,
            automation: None,
            source: None,
            related: Vec::new(),
            signed_by: None,
        }
    }
}

impl Draft {
    /// The unsigned document with its id.
    ///
    /// # Errors
    /// When it has no canonical form, or the system has no randomness.
    pub fn document(self, network: &Network, profile: &Profile) -> Result<Value, Fault> {
        let salt: [u8; 16] = encode::random()
            .map_err(|e| Fault::whole("no-randomness", e.to_string(), e.to_string()))?;
        let kinds = self.about.iter().map(|c| c.kind.as_str());
        let program = profile
            .program_for(&self.record_type, kinds)
            .ok_or_else(|| Fault::whole("profile-unknown", "no program", "ningún programa"))?;
        let mut document = json!({
            "@context": [VC_CONTEXT_URL, ENVELOPE_CONTEXT_URL, context_url(program)],
            "type": ["VerifiableCredential", self.record_type],
            "issuer": { "id": self.issuer },
            "salt": encode::base64url(&salt),
            "network": network.id,
            "profile": program.core_digest,
            "occurred": encode::instant_text(self.occurred_ms),
            "standing": self.standing,
        });
        if let Value::Object(map) = &mut document {
            let mut put = |name: &str, value: Option<Value>| {
                if let Some(value) = value {
                    map.insert(name.to_owned(), value);
                }
            };
            let about: Vec<Value> = self
                .about
                .iter()
                .map(|c| json!({ "kind": c.kind, "key": c.key }))
                .collect();
            put("about", (!about.is_empty()).then(|| json!(about)));
            put("source", self.source.map(Value::String));
            put("onBehalfOf", self.on_behalf_of.map(Value::String));
            put("replaces", self.replaces.map(|r| json!(r)));
            put(
                "follows",
                (!self.follows.is_empty()).then(|| json!(self.follows)),
            );
            put("saw", (!self.saw.is_empty()).then(|| json!(self.saw)));
            put(
                "automation",
                self.automation
                    .map(|(rule, trigger)| json!({ "rule": rule, "trigger": trigger })),
            );
            put(
                "signedBy",
                self.signed_by
                    .map(|(person, post)| json!({ "person": person, "post": post })),
            );
            put("simulated", network.simulated.then_some(Value::Bool(true)));
            put(
                "relatedResource",
                (!self.related.is_empty()).then(|| json!(self.related)),
            );
            put("credentialSubject", Some(self.subject));
        }
        let id = record_id(&document)?;
        if let Value::Object(map) = &mut document {
            map.insert("id".to_owned(), Value::String(id));
        }
        Ok(document)
    }
}

/// The refusal where a key lies elsewhere and did not sign; none where what was to be signed is at fault.
pub fn signer_away(problem: &Problem) -> Option<Refusal> {
    matches!(problem.code, Code::SignerAway)
        .then(|| Refusal::one(RefusalKind::Unavailable, crate::verify::fault(problem)))
}

/// Signs documents with `eddsa-rdfc-2022`.
#[derive(Debug, Clone)]
pub struct Signer {
    canonicalizer: Arc<Canonicalizer>,
}

impl Signer {
    /// A signer over the node's contexts.
    pub fn new(canonicalizer: Arc<Canonicalizer>) -> Self {
        Self { canonicalizer }
    }

    /// What the views of a hosted party's record are derived from, for a record that comes without it.
    ///
    /// # Errors
    /// When the party's key lies elsewhere and did not sign.
    pub(crate) fn deriver(
        &self,
        document: &Value,
        record_type: &str,
        model: &Model,
        hosted: &HostedKey,
        now_ms: i64,
    ) -> Result<Option<Deriver>, Refusal> {
        let canonicalizer = &self.canonicalizer;
        Deriver::of_hosted(document, record_type, model, hosted, now_ms, canonicalizer)
    }

    /// A view of a record that was logged earlier.
    ///
    /// # Errors
    /// When what was kept is not of this record.
    pub(crate) fn later_view(
        &self,
        document: &Value,
        record_type: &str,
        view: &str,
        base_proof: &[u8],
        model: &Model,
    ) -> Result<Option<Value>, DeriveError> {
        let canonicalizer = &self.canonicalizer;
        derive::later(
            document,
            record_type,
            view,
            base_proof,
            model,
            canonicalizer,
        )
    }

    /// The document with its proof.
    ///
    /// # Errors
    /// When the document has no canonical form: a member that no context defines, for one. With the place in the document. When the key
    /// lies elsewhere and did not sign: [`signer_away`].
    pub fn sign(&self, document: &Value, key: &HostedKey, now_ms: i64) -> Result<Value, Problem> {
        data_integrity::create(
            document,
            Suite::EddsaRdfc2022,
            &key.key,
            &options(&key.verification_method, now_ms),
            &self.canonicalizer,
        )
    }
}

/// Signs a governance entry with `eddsa-jcs-2022` under the key's `did:key`: the chain needs no context to be understood.
///
/// # Errors
/// When the document has no canonical form.
pub fn sign_jcs(document: &Value, key: &SigningKey, now_ms: i64) -> Result<Value, String> {
    sign_jcs_under(document, key, &did_key_method(key), now_ms).map_err(|e| e.to_string())
}

/// Signs a statement beside the log with `eddsa-jcs-2022` under a party's verification method.
///
/// # Errors
/// When the document has no canonical form.
pub fn sign_jcs_under(
    document: &Value,
    key: &SigningKey,
    verification_method: &str,
    now_ms: i64,
) -> Result<Value, Problem> {
    data_integrity::create(
        document,
        Suite::EddsaJcs2022,
        key,
        &options(verification_method, now_ms),
        jcs_canonicalizer(),
    )
}

/// A canonicalizer for `eddsa-jcs-2022`, which reads no context.
pub fn jcs_canonicalizer() -> &'static Canonicalizer {
    static EMPTY: OnceLock<Canonicalizer> = OnceLock::new();
    EMPTY.get_or_init(|| Canonicalizer::new(ContextSet::empty()))
}

/// The verification method of a key's `did:key`.
pub fn did_key_method(key: &SigningKey) -> String {
    let multibase = key.verification_key().to_multibase();
    format!("did:key:{multibase}#{multibase}")
}

/// The `did:key` of a key.
pub fn did_key(key: &SigningKey) -> String {
    format!("did:key:{}", key.verification_key().to_multibase())
}

fn options(verification_method: &str, now_ms: i64) -> ProofOptions {
    ProofOptions::assertion(verification_method, now_ms)
}

/// Signs checkpoints with the log's own key.
#[derive(Debug)]
pub struct LogSigner<'a> {
    origin: &'a str,
    key: &'a SigningKey,
}

impl<'a> LogSigner<'a> {
    /// A signer for a log's origin.
    pub fn new(origin: &'a str, key: &'a SigningKey) -> Self {
        Self { origin, key }
    }
}

/// Checks checkpoints under a log's key, as the network's list or a receipt names it.
#[derive(Debug, Clone)]
pub struct LogVerifier {
    origin: String,
    id: KeyId,
    key: VerificationKey,
}

impl LogVerifier {
    /// From a verifier key (C2SP signed note).
    ///
    /// # Errors
    /// When it is none, or its key is no Ed25519 point.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let parsed = VerifierKey::parse(text)?;
        let key = VerificationKey::from_ed25519(parsed.public_key())
            .map_err(|_| NoteError::VerifierKey)?;
        Ok(Self {
            origin: parsed.name().to_owned(),
            id: parsed.key_id(),
            key,
        })
    }

    /// The log's origin.
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

impl NoteVerifier for LogVerifier {
    fn name(&self) -> &str {
        &self.origin
    }

    fn key_id(&self) -> KeyId {
        self.id
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        self.key.verify(text, signature).is_ok()
    }
}

impl NoteSigner for LogSigner<'_> {
    fn name(&self) -> &str {
        self.origin
    }

    fn key_id(&self) -> KeyId {
        // INVARIANT: a node reads no key of its own but Ed25519 (`config::read_key`); another would name no log.
        let key = self.key.verification_key().ed25519_bytes();
        key_id_ed25519(self.origin, &key.unwrap_or_default())
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SigningFailed> {
        self.key.sign(text).map_err(|error| SigningFailed {
            reason: error.to_string(),
        })
    }
}
