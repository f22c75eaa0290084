//! `ecdsa-sd-2023`: each statement is signed by a key that is made for this document alone, and the issuer signs that key.

use garita_canon::{Canonicalizer, HashAlgorithm};
use serde_json::Value;

use super::PROOF_VALUE_BYTES_MAX;
use super::disclosure::{Disclosure, split};
use super::statements::{Names, Statements, by_hmac, not_the_signed, shown};
use super::value::{
    base_of, begin, read_indexes, read_names, read_pointers, write_indexes, write_names,
    write_pointers,
};
use crate::ProofOptions;
use crate::cbor::{NotThat, Reader, Writer};
use crate::data_integrity::{Draft, Suite, digest, hash_rdf, split_proof};
use crate::keys::{
    KeyType, NotSigned, SigningKey, VerificationKey, base64url_multibase, to_base64url_multibase,
};
use crate::problem::{Code, Problem};

const BASE: [u8; 3] = [0xd9, 0x5d, 0x00];
const DERIVED: [u8; 3] = [0xd9, 0x5d, 0x01];
/// Bytes of a P-256 signature.
const SIGNATURE_BYTES: usize = 64;
/// Bytes of a name made by HMAC-SHA-256.
const NAME_BYTES: usize = 32;

/// What must be new and random for each document. Cannot be printed.
#[derive(Clone)]
pub struct Secrets {
    /// Names the blank nodes. The holder gets it with the base proof.
    pub hmac_key: [u8; 32],
    /// A P-256 key that signs the statements of this one document, and is then forgotten.
    pub proof_key: SigningKey,
    /// How it signs them.
    pub nonces: Nonces,
}

/// Where the nonce of each statement's signature comes from: the number that must never be known, nor used for two statements. The
/// signatures are of one form, and verify alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nonces {
    /// From the key and the statement (RFC 6979): what is handed in decides each byte of the proof, so that vectors can be made again.
    Repeatable,
    /// Drawn by AWS-LC itself, which is four times as fast: the proof is new each time, no function of what is handed in. The first draw of
    /// a process gathers entropy for some 40 ms, so that this is for those that sign again and again.
    Random,
}

impl Secrets {
    /// How a statement is signed.
    fn signer(&self) -> impl Fn(&str) -> Result<Vec<u8>, NotSigned> {
        let random = match self.nonces {
            Nonces::Repeatable => None,
            Nonces::Random => self.proof_key.with_random_nonces(),
        };
        move |line| {
            // Should AWS-LC fail, the signature is as good without it, only slower.
            let signature = random.as_ref().and_then(|key| key.sign(line.as_bytes()));
            signature.map_or_else(|| self.proof_key.sign(line.as_bytes()), Ok)
        }
    }
}

/// Signs a document so that its holder can show parts of it; what `mandatory` names is in all of them. The proof goes to the holder
/// alone: with it, anybody can show anything that the document says.
///
/// # Errors
/// When the document isn't an object, has proofs that this one would build on or has no canonical form, a pointer names nothing, or a key
/// is not of P-256 or did not sign.
pub fn create(
    document: &Value,
    key: &SigningKey,
    options: &ProofOptions,
    mandatory: &[String],
    secrets: &Secrets,
    canonicalizer: &Canonicalizer,
) -> Result<Value, Problem> {
    if key.key_type() != KeyType::P256 || secrets.proof_key.key_type() != KeyType::P256 {
        return Err(Problem::new(
            Code::SuiteKeyMismatch,
            "",
            "ecdsa-sd-2023 signs with keys of P-256",
        ));
    }
    let draft = Draft::begin(document, Suite::EcdsaSd2023, options)?;
    let statements = Statements::of(
        &draft.unsecured,
        |names| by_hmac(&secrets.hmac_key, names),
        canonicalizer,
    )?;
    let group = statements.group(mandatory)?;
    let sign = secrets.signer();
    let (mut always, mut signatures) = (String::new(), Vec::new());
    for (n, line) in statements.lines.iter().enumerate() {
        if group.members.contains(&n) {
            always.push_str(line);
        } else {
            signatures.push(sign(line)?);
        }
    }
    let public_key = secrets.proof_key.verification_key().to_multikey_bytes();
    let proof_hash = hash_rdf(&draft.config, HashAlgorithm::Sha256, canonicalizer)?;
    let base = Base {
        signature: key.sign(&signed_bytes(&proof_hash, &public_key, &always))?,
        public_key,
        hmac_key: secrets.hmac_key,
        signatures,
        mandatory: mandatory.to_vec(),
    };
    let value = to_base64url_multibase(&base.write());
    if value.len() > PROOF_VALUE_BYTES_MAX {
        return Err(Problem::new(
            Code::ProofMalformed,
            "",
            "the document has too many statements to be signed one by one",
        ));
    }
    Ok(draft.finish(value))
}

/// The part of a document with a base proof that the pointers and the issuer name, with a proof of its own.
///
/// # Errors
/// When there is no base proof of this suite, or more proofs than one; when a pointer names nothing, or a part of what can only be shown
/// whole.
pub fn derive(
    document: &Value,
    reveal: &[String],
    canonicalizer: &Canonicalizer,
) -> Result<Value, Problem> {
    let (unsecured, proof) = split_proof(document, Suite::EcdsaSd2023)?;
    let base = base_of(&proof, Base::read)?;
    let statements = Statements::of(
        &unsecured,
        |names| by_hmac(&base.hmac_key, names),
        canonicalizer,
    )?;
    let disclosure = Disclosure::of(&statements, &base.mandatory, reveal)?;
    let optional = disclosure.optional();
    if optional.len() != base.signatures.len() {
        return Err(not_the_signed().under("/proof"));
    }
    let signatures = optional
        .into_iter()
        .zip(base.signatures)
        .filter(|(n, _)| disclosure.chosen.members.contains(n))
        .map(|(_, signature)| signature)
        .collect();
    let derived = Derived {
        signature: base.signature,
        public_key: base.public_key,
        signatures,
        names: disclosure.names()?,
        mandatory: disclosure.mandatory(),
    };
    let value = derived.write().ok_or_else(not_the_signed)?;
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
    if proof_value.starts_with(&BASE) {
        return Err(Problem::new(
            Code::ProofNotDerived,
            "/proofValue",
            "a base proof is for its holder, who derives from it what he shows",
        ));
    }
    let derived = Derived::read(proof_value).map_err(|NotThat| {
        Problem::new(
            Code::ProofMalformed,
            "/proofValue",
            "`proofValue` is not a derived proof of ecdsa-sd-2023",
        )
    })?;
    let proof_key = VerificationKey::from_multikey_bytes(&derived.public_key)
        .ok()
        .filter(|key| key.key_type() == KeyType::P256)
        .ok_or_else(not_the_signed)?;
    let lines = shown(unsecured, &derived.names, canonicalizer)?;
    let (always, optional) = split(lines, &derived.mandatory)?;
    if optional.len() != derived.signatures.len() {
        return Err(not_the_signed());
    }
    key.verify(
        &signed_bytes(proof_hash, &derived.public_key, &always),
        &derived.signature,
    )
    .map_err(|_| not_the_signed())?;
    for (line, signature) in optional.into_iter().zip(&derived.signatures) {
        proof_key
            .verify(line.as_bytes(), signature)
            .map_err(|_| not_the_signed())?;
    }
    Ok(())
}

/// §3.5.1: hash of the options, the document's own key, hash of what is always shown.
fn signed_bytes(proof_hash: &[u8], public_key: &[u8], always: &str) -> Vec<u8> {
    let always = digest(HashAlgorithm::Sha256, always.as_bytes());
    [proof_hash, public_key, &always].concat()
}

/// What a base proof holds (§3.5.2).
struct Base {
    signature: Vec<u8>,
    public_key: Vec<u8>,
    hmac_key: [u8; 32],
    signatures: Vec<Vec<u8>>,
    mandatory: Vec<String>,
}

impl Base {
    fn write(&self) -> Vec<u8> {
        let mut out = Writer::after(&BASE);
        out.array(5);
        out.bytes(&self.signature);
        out.bytes(&self.public_key);
        out.bytes(&self.hmac_key);
        write_signatures(&mut out, &self.signatures);
        write_pointers(&mut out, &self.mandatory);
        out.into_bytes()
    }

    fn read(bytes: &[u8]) -> Result<Self, NotThat> {
        let mut items = begin(bytes, &BASE)?;
        let base = Self {
            signature: items.fixed::<SIGNATURE_BYTES>()?.to_vec(),
            public_key: items.bytes()?.to_vec(),
            hmac_key: items.fixed()?,
            signatures: read_signatures(&mut items)?,
            mandatory: read_pointers(&mut items)?,
        };
        items.end()?;
        Ok(base)
    }
}

/// What a derived proof holds (§3.5.5).
struct Derived {
    signature: Vec<u8>,
    public_key: Vec<u8>,
    signatures: Vec<Vec<u8>>,
    /// From canonical names to those that were signed.
    names: Names,
    /// Which of the statements shown are mandatory.
    mandatory: Vec<usize>,
}

impl Derived {
    /// None where a name is not one that was made here.
    fn write(&self) -> Option<Vec<u8>> {
        let mut out = Writer::after(&DERIVED);
        out.array(5);
        out.bytes(&self.signature);
        out.bytes(&self.public_key);
        write_signatures(&mut out, &self.signatures);
        write_names(&mut out, &self.names, |signed, out| {
            out.bytes(&base64url_multibase(signed, NAME_BYTES)?);
            Some(())
        })?;
        write_indexes(&mut out, &self.mandatory);
        Some(out.into_bytes())
    }

    fn read(bytes: &[u8]) -> Result<Self, NotThat> {
        let mut items = begin(bytes, &DERIVED)?;
        let signature = items.fixed::<SIGNATURE_BYTES>()?.to_vec();
        let public_key = items.bytes()?.to_vec();
        let signatures = read_signatures(&mut items)?;
        let names = read_names(&mut items, |items| {
            let name: [u8; NAME_BYTES] = items.fixed()?;
            Ok(to_base64url_multibase(&name))
        })?;
        let mandatory = read_indexes(&mut items)?;
        items.end()?;
        Ok(Self {
            signature,
            public_key,
            signatures,
            names,
            mandatory,
        })
    }
}

fn write_signatures(out: &mut Writer, signatures: &[Vec<u8>]) {
    out.array(signatures.len());
    for signature in signatures {
        out.bytes(signature);
    }
}

fn read_signatures(items: &mut Reader<'_>) -> Result<Vec<Vec<u8>>, NotThat> {
    (0..items.array()?)
        .map(|_| items.fixed::<SIGNATURE_BYTES>().map(|s| s.to_vec()))
        .collect()
}
