//! A proof's members: read strictly, and written.

use garita_canon::json::push_pointer;
use serde_json::{Map, Value, json};

use super::{Form, PROOFS_MAX, ProofOptions, Suite};
use crate::keys::{base58_multibase, base64url_multibase};
use crate::problem::{Code, Problem};
use crate::selective::PROOF_VALUE_BYTES_MAX;
use crate::time::{Precision, format_date_time_stamp, parse_date_time_stamp};
use crate::vc::is_url;

/// What a proof may say of itself (Data Integrity 1.0 §2.1). Another member would be signed, and nobody would know what it asks for.
const MEMBERS: [&str; 13] = [
    "@context",
    "id",
    "type",
    "cryptosuite",
    "created",
    "expires",
    "verificationMethod",
    "proofPurpose",
    "domain",
    "challenge",
    "nonce",
    "previousProof",
    "proofValue",
];

/// A proof whose form is right.
pub(super) struct ParsedProof<'a> {
    pub(super) members: &'a Map<String, Value>,
    pub(super) suite: Suite,
    pub(super) verification_method: &'a str,
    pub(super) purpose: &'a str,
    /// What `proofValue` holds.
    pub(super) value: Vec<u8>,
    pub(super) created_ms: Option<i64>,
    pub(super) expires_ms: Option<i64>,
    pub(super) domains: Vec<&'a str>,
    pub(super) challenge: Option<&'a str>,
    pub(super) id: Option<&'a str>,
    pub(super) previous: Vec<String>,
}

impl<'a> ParsedProof<'a> {
    pub(super) fn parse(proof: &'a Value, place: &str) -> Result<Self, Vec<Problem>> {
        let malformed = |name: &str, message: &str| {
            Problem::new(Code::ProofMalformed, format!("{place}{name}"), message)
        };
        let Some(members) = proof.as_object() else {
            return Err(vec![malformed("", "a proof is an object")]);
        };
        let mut problems = Vec::new();
        if let Some(other) = members
            .keys()
            .find(|name| !MEMBERS.contains(&name.as_str()))
        {
            let mut pointer = place.to_owned();
            push_pointer(&mut pointer, other);
            let message = "a proof has no such member";
            problems.push(Problem::new(Code::ProofMalformed, pointer, message));
        }
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
        // Of an unknown suite nothing is known about the value.
        let value = match (proof_value, suite.map(Suite::form)) {
            (Some(text), Some(Form::Rdf | Form::Json)) => {
                let bytes = base58_multibase(text).filter(|b| matches!(b.len(), 64 | 96));
                if bytes.is_none() {
                    problems.push(malformed(
                        "/proofValue",
                        "`proofValue` must be a signature in base58btc multibase (`z…`)",
                    ));
                }
                bytes
            }
            (Some(text), Some(Form::Selective)) => {
                let bytes = base64url_multibase(text, PROOF_VALUE_BYTES_MAX);
                if bytes.is_none() {
                    problems.push(malformed(
                        "/proofValue",
                        "`proofValue` must be base64url multibase (`u…`) of at most 1 MiB",
                    ));
                }
                bytes
            }
            (Some(_), None) | (None, _) => None,
        };
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
        match (suite, value, verification_method, purpose) {
            (Some(suite), Some(value), Some(verification_method), Some(purpose))
                if problems.is_empty() =>
            {
                Ok(Self {
                    members,
                    suite,
                    verification_method,
                    purpose,
                    value,
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

pub(super) fn proof_members(suite: Suite, options: &ProofOptions) -> Map<String, Value> {
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
pub(super) fn previous_proofs(
    proofs: &[Value],
    ids: &[String],
    place: &str,
) -> Result<Vec<Value>, Problem> {
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

/// The items of an array, or the one value that stands for it.
pub(super) fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        single => std::slice::from_ref(single),
    }
}
