//! A proof on its way: what it signs, and where it goes.

use serde_json::{Map, Value};

use super::proof::{items, previous_proofs, proof_members};
use super::{Form, PROOFS_MAX, ProofOptions, Suite};
use crate::problem::{Code, Problem};

/// What a new proof is made of.
pub(crate) struct Draft {
    /// The document without any proof but those that the new one builds on.
    pub(crate) unsecured: Value,
    /// The proof's options, with the contexts that apply to them.
    pub(crate) config: Value,
    document: Map<String, Value>,
    proof: Map<String, Value>,
}

impl Draft {
    /// # Errors
    /// When the document isn't an object, has too many proofs, or lacks a proof that this one builds on.
    pub(crate) fn begin(
        document: &Value,
        suite: Suite,
        options: &ProofOptions,
    ) -> Result<Self, Problem> {
        let members = as_document(document)?;
        let mut unsecured = members.clone();
        let held = unsecured.shift_remove("proof");
        let proofs = held.as_ref().map_or(&[][..], items);
        if proofs.len() >= PROOFS_MAX {
            return Err(Problem::new(
                Code::ProofsTooMany,
                "/proof",
                format!("more than {PROOFS_MAX} proofs"),
            ));
        }
        if !options.previous_proof.is_empty() {
            if suite.form() == Form::Selective {
                return Err(stands_alone("/proof"));
            }
            let previous = previous_proofs(proofs, &options.previous_proof, "/proof")?;
            unsecured.insert("proof".into(), previous.into());
        }
        let mut proof = proof_members(suite, options);
        let context = unsecured.get("@context");
        if let (Form::Json, Some(context)) = (suite.form(), context) {
            proof.insert("@context".into(), context.clone());
        }
        let mut config = proof.clone();
        if let Some(context) = context {
            config.insert("@context".into(), context.clone());
        }
        Ok(Self {
            document: members.clone(),
            unsecured: Value::Object(unsecured),
            config: Value::Object(config),
            proof,
        })
    }

    /// The document with the proof, after those that it has.
    pub(crate) fn finish(mut self, proof_value: String) -> Value {
        self.proof.insert("proofValue".into(), proof_value.into());
        let proof = Value::Object(self.proof);
        let proof = match self.document.get_mut("proof").map(Value::take) {
            None => proof,
            Some(Value::Array(proofs)) if proofs.is_empty() => proof,
            Some(Value::Array(mut proofs)) => {
                proofs.push(proof);
                proofs.into()
            }
            Some(single) => Value::Array(vec![single, proof]),
        };
        self.document.insert("proof".into(), proof);
        Value::Object(self.document)
    }
}

/// A document with one proof, of that suite: the document without it, and the proof.
///
/// # Errors
/// When there is none, or another beside it, which would not hold for a part of the document.
pub(crate) fn split_proof(
    document: &Value,
    suite: Suite,
) -> Result<(Value, Map<String, Value>), Problem> {
    let mut unsecured = as_document(document)?.clone();
    let held = unsecured.shift_remove("proof").unwrap_or_default();
    match items(&held) {
        [Value::Object(proof)] if proof.get("cryptosuite") == Some(&suite.as_str().into()) => {
            Ok((Value::Object(unsecured), proof.clone()))
        }
        _ => Err(Problem::new(
            Code::ProofNotBase,
            "/proof",
            format!("there must be one proof, of {}", suite.as_str()),
        )),
    }
}

/// A proof for parts of a document cannot sign others of the whole.
pub(super) fn stands_alone(place: &str) -> Problem {
    Problem::new(
        Code::ProofMalformed,
        format!("{place}/previousProof"),
        "a proof from which parts are shown builds on no other",
    )
}

pub(super) fn as_document(document: &Value) -> Result<&Map<String, Value>, Problem> {
    document.as_object().ok_or_else(|| {
        Problem::new(
            Code::DocumentMalformed,
            "",
            "the document is not a JSON object",
        )
    })
}
