//! Station 2, **verify**: the proof over the canonical form, under a key that the issuer had at the logged time.

use std::sync::Arc;

use garita_canon::Canonicalizer;
use garita_credential::data_integrity::{self, VerifyOptions};
use garita_credential::{Lang, Problem, vc};
use serde_json::Value;

use crate::derive::Deriver;
use crate::envelope::Envelope;
use crate::governance::Network;
use crate::parse::Parsed;
use crate::problem::{Fault, Refusal, RefusalKind};

/// A document whose proof holds. Only [`verify`], what is kept though disputed, and this node's own signing make one.
#[derive(Debug)]
pub struct Verified {
    /// The document.
    pub(crate) document: Arc<Value>,
    /// Its own bytes.
    pub(crate) bytes: Vec<u8>,
    /// Its envelope.
    pub(crate) envelope: Envelope,
    /// The request that must be done once, where its client named it.
    pub(crate) once: Option<Once>,
    /// What its views are derived from, where its home has made it.
    pub(crate) deriver: Option<Box<Deriver>>,
}

/// A client's Idempotency-Key: the same key with the same request is answered with the first one's record.
#[derive(Debug, Clone)]
pub struct Once {
    /// The key.
    pub key: String,
    /// SHA-256 of the request's body.
    pub request: [u8; 32],
}

impl Verified {
    /// A document that this node has just signed.
    pub(crate) fn own(document: Value, envelope: Envelope) -> Self {
        Self {
            bytes: document.to_string().into_bytes(),
            document: Arc::new(document),
            envelope,
            once: None,
            deriver: None,
        }
    }

    /// A document that was judged.
    pub(crate) fn of(parsed: Parsed) -> Self {
        Self {
            document: parsed.document,
            bytes: parsed.bytes,
            envelope: parsed.envelope,
            once: None,
            deriver: None,
        }
    }

    /// Its envelope.
    pub fn envelope(&self) -> &Envelope {
        &self.envelope
    }
}

/// Verifies a parsed document as logged at `logged_ms`.
///
/// # Errors
/// All problems of the proofs and of the credential's form.
pub fn verify(
    parsed: Parsed,
    network: &Network,
    canonicalizer: &Canonicalizer,
    logged_ms: i64,
) -> Result<Verified, Vec<Problem>> {
    let options = VerifyOptions::assertion(network, Some(logged_ms));
    let mut problems = vc::check(&parsed.document, Some(logged_ms));
    match data_integrity::verify(&parsed.document, &options, canonicalizer) {
        Ok(verified) => problems.extend(vc::check_controller(&parsed.document, &verified).err()),
        Err(found) => problems.extend(found),
    }
    if problems.is_empty() {
        Ok(Verified::of(parsed))
    } else {
        Err(problems)
    }
}

/// Problems of a credential as a refusal in both languages.
pub fn refusal(problems: &[Problem]) -> Refusal {
    Refusal {
        kind: RefusalKind::Unprocessable,
        faults: problems.iter().map(fault).collect(),
    }
}

/// One problem as a fault.
pub fn fault(problem: &Problem) -> Fault {
    let detail = if problem.message.is_empty() {
        String::new()
    } else {
        format!(" ({})", problem.message)
    };
    Fault {
        code: problem.code().to_owned(),
        pointer: problem.pointer.clone(),
        en: format!("{}{detail}", problem.code.describe(Lang::En)),
        es: format!(
            "{}{}",
            problem.code.describe(Lang::Es),
            quoted(&problem.message)
        ),
    }
}

/// What a message written in English quotes in backticks, for a sentence in another language: names and values need no translation.
fn quoted(message: &str) -> String {
    let parts: Vec<String> = message
        .split('`')
        .skip(1)
        .step_by(2)
        .map(|part| format!("`{part}`"))
        .collect();
    if parts.is_empty() || !message.matches('`').count().is_multiple_of(2) {
        String::new()
    } else {
        format!(" ({})", parts.join(", "))
    }
}
