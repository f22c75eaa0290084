//! `bbs-2023`: all statements under one BBS signature; each derived proof is new, and two of them cannot be linked.

use std::sync::Arc;

use garita_canon::{Canonicalizer, HashAlgorithm};
use serde_json::Value;

use super::disclosure::{Disclosure, split};
use super::statements::{Names, Statements, by_hmac, not_the_signed, shown};
use super::value::{
    base_of, begin, read_indexes, read_names, read_pointers, write_indexes, write_names,
    write_pointers,
};
use crate::ProofOptions;
use crate::bbs::{SecretKey, proof_holds, prove};
use crate::cbor::{NotThat, Reader, Writer};
use crate::data_integrity::{Draft, Suite, digest, hash_rdf, split_proof};
use crate::keys::{KeyType, VerificationKey, to_base64url_multibase};
use crate::problem::{Code, Problem};

const BASE: [u8; 3] = [0xd9, 0x5d, 0x02];
const DERIVED: [u8; 3] = [0xd9, 0x5d, 0x03];
/// Prefixes of the suite's features that are not supported: holder binding and pseudonyms.
const OTHER_FEATURES: std::ops::RangeInclusive<u8> = 0x04..=0x09;

/// Signs a document so that its holder can show parts of it; what `mandatory` names is in all of them. The proof goes to the holder
/// alone. `hmac_key` must be new and random for each document.
///
/// # Errors
/// When the document isn't an object, has proofs that this one would build on, has no canonical form or more statements than
/// [`crate::bbs::MESSAGES_MAX`], or a pointer names nothing.
pub fn create(
    document: &Value,
    key: &SecretKey,
    options: &ProofOptions,
    mandatory: &[String],
    hmac_key: &[u8; 32],
    canonicalizer: &Canonicalizer,
) -> Result<Value, Problem> {
    let draft = Draft::begin(document, Suite::Bbs2023, options)?;
    let statements = statements(&draft.unsecured, hmac_key, canonicalizer)?;
    let group = statements.group(mandatory)?;
    let (mut always, mut messages) = (String::new(), Vec::new());
    for (n, line) in statements.lines.iter().enumerate() {
        if group.members.contains(&n) {
            always.push_str(line);
        } else {
            messages.push(line.clone().into_bytes());
        }
    }
    let proof_hash = hash_rdf(&draft.config, HashAlgorithm::Sha256, canonicalizer)?;
    let header = header_of(&proof_hash, &always);
    let signature = key.sign(&header, &messages).ok_or_else(|| {
        Problem::new(
            Code::ProofMalformed,
            "",
            "the document has too many statements for one signature",
        )
    })?;
    let mut out = Writer::after(&BASE);
    out.array(5);
    out.bytes(&signature);
    out.bytes(&header);
    out.bytes(key.verification_key().as_bytes());
    out.bytes(hmac_key);
    write_pointers(&mut out, mandatory);
    Ok(draft.finish(to_base64url_multibase(&out.into_bytes())))
}

/// The part of a document with a base proof that the pointers and the issuer name, with a proof of its own, new each time.
/// `presentation_header` is bound into it, as a verifier may ask; else it is empty.
///
/// # Errors
/// When there is no base proof of this suite, or more proofs than one; when a pointer names nothing, or a part of what can only be shown
/// whole.
pub fn derive(
    document: &Value,
    reveal: &[String],
    presentation_header: &[u8],
    canonicalizer: &Canonicalizer,
) -> Result<Value, Problem> {
    let (unsecured, proof) = split_proof(document, Suite::Bbs2023)?;
    let base = base_of(&proof, Base::read)?;
    let statements = statements(&unsecured, &base.hmac_key, canonicalizer)?;
    let disclosure = Disclosure::of(&statements, &base.mandatory, reveal)?;
    let (mut messages, mut selective) = (Vec::new(), Vec::new());
    for (index, n) in disclosure.optional().into_iter().enumerate() {
        if disclosure.chosen.members.contains(&n) {
            selective.push(index);
        }
        let line = statements.lines.get(n).map_or("", String::as_str);
        messages.push(line.as_bytes().to_vec());
    }
    let failed = || not_the_signed().under("/proof");
    let public_key =
        VerificationKey::from_bytes(KeyType::Bls12381G2, &base.public_key).map_err(|_| failed())?;
    let derived = Derived {
        proof: prove(
            &public_key,
            &base.signature,
            &base.header,
            presentation_header,
            &messages,
            &selective,
        )
        .ok_or_else(failed)?,
        names: disclosure.names()?,
        mandatory: disclosure.mandatory(),
        selective,
        presentation_header: presentation_header.to_vec(),
    };
    let value = derived.write().ok_or_else(failed)?;
    Ok(disclosure.finish(proof, &value))
}

/// Judges a derived proof: `proof_hash` is that of its options.
///
/// # Errors
/// When it is a base proof, is malformed, or does not hold.
pub(crate) fn verify(
    unsecured: &Value,
    proof_hash: &[u8],
    proof_value: &[u8],
    key: &VerificationKey,
    canonicalizer: &Canonicalizer,
) -> Result<(), Problem> {
    let problem = |code, message: &str| Err(Problem::new(code, "/proofValue", message));
    match proof_value {
        [0xd9, 0x5d, 0x02, ..] => {
            let message = "a base proof is for its holder, who derives from it what he shows";
            return problem(Code::ProofNotDerived, message);
        }
        [0xd9, 0x5d, feature, ..] if OTHER_FEATURES.contains(feature) => {
            let message = "holder binding and pseudonyms of bbs-2023 are not supported";
            return problem(Code::SuiteUnknown, message);
        }
        _ => {}
    }
    let Ok(derived) = Derived::read(proof_value) else {
        let message = "`proofValue` is not a derived proof of bbs-2023";
        return problem(Code::ProofMalformed, message);
    };
    let lines = shown(unsecured, &derived.names, canonicalizer)?;
    let (always, optional) = split(lines, &derived.mandatory)?;
    let messages: Vec<Vec<u8>> = optional.into_iter().map(String::into_bytes).collect();
    let holds = proof_holds(
        key,
        &derived.proof,
        &header_of(proof_hash, &always),
        &derived.presentation_header,
        &messages,
        &derived.selective,
    );
    if holds { Ok(()) } else { Err(not_the_signed()) }
}

/// Statements under names that are numbers, in the order of the HMACs of the canonical names (§3.3.2): there is nothing in them by which a
/// holder could be known again.
fn statements<'a>(
    document: &'a Value,
    hmac_key: &[u8; 32],
    canonicalizer: &'a Canonicalizer,
) -> Result<Statements<'a>, Problem> {
    let naming = |canonical: Names| {
        let hashed = by_hmac(hmac_key, canonical);
        let mut order: Vec<Arc<str>> = hashed.values().cloned().collect();
        order.sort_unstable();
        hashed
            .into_iter()
            .filter_map(|(node, name)| {
                let number = order.binary_search(&name).ok()?;
                Some((node, format!("b{number}").into()))
            })
            .collect()
    };
    Statements::of(document, naming, canonicalizer)
}

/// §3.4.2: hash of the options, hash of what is always shown.
fn header_of(proof_hash: &[u8], always: &str) -> Vec<u8> {
    [
        proof_hash,
        &digest(HashAlgorithm::Sha256, always.as_bytes()),
    ]
    .concat()
}

/// What a base proof holds (§3.3.1).
struct Base {
    signature: [u8; 80],
    header: [u8; 64],
    public_key: [u8; 96],
    hmac_key: [u8; 32],
    mandatory: Vec<String>,
}

impl Base {
    fn read(bytes: &[u8]) -> Result<Self, NotThat> {
        let mut items = begin(bytes, &BASE)?;
        let base = Self {
            signature: items.fixed()?,
            header: items.fixed()?,
            public_key: items.fixed()?,
            hmac_key: items.fixed()?,
            mandatory: read_pointers(&mut items)?,
        };
        items.end()?;
        Ok(base)
    }
}

/// What a derived proof holds (§3.3.6).
struct Derived {
    proof: Vec<u8>,
    names: Names,
    /// Which of the statements shown are mandatory.
    mandatory: Vec<usize>,
    /// Which of the messages signed the others are.
    selective: Vec<usize>,
    presentation_header: Vec<u8>,
}

impl Derived {
    fn write(&self) -> Option<Vec<u8>> {
        let mut out = Writer::after(&DERIVED);
        out.array(5);
        out.bytes(&self.proof);
        write_names(&mut out, &self.names, |signed, out| {
            out.unsigned(signed.strip_prefix('b')?.parse().ok()?);
            Some(())
        })?;
        write_indexes(&mut out, &self.mandatory);
        write_indexes(&mut out, &self.selective);
        out.bytes(&self.presentation_header);
        Some(out.into_bytes())
    }

    fn read(bytes: &[u8]) -> Result<Self, NotThat> {
        let mut items = begin(bytes, &DERIVED)?;
        let name = |items: &mut Reader<'_>| Ok(format!("b{}", items.unsigned()?));
        let derived = Self {
            proof: items.bytes()?.to_vec(),
            names: read_names(&mut items, name)?,
            mandatory: read_indexes(&mut items)?,
            selective: read_indexes(&mut items)?,
            presentation_header: items.bytes()?.to_vec(),
        };
        items.end()?;
        Ok(derived)
    }
}

#[cfg(test)]
mod tests;
