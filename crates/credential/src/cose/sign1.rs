//! COSE_Sign1: RFC 9052 §4.2, with the algorithms `EdDSA`, `ES256`, `ES384` and `ES512` of RFC 9053 §2.

use coset::cbor::{Value as Cbor, de, ser};
use coset::iana::{Algorithm, EnumI64 as _, HeaderParameter};
use coset::{
    CoseSign1, CoseSign1Builder, Header, HeaderBuilder, Label, RegisteredLabel,
    RegisteredLabelWithPrivate, TaggedCborSerializable as _,
};
use serde_json::{Map, Value};

use super::cwt;
use crate::envelope::{Content, Wrapping, is_media_type};
use crate::keys::{KeyType, SigningKey, VerificationKey};
use crate::problem::{Code, Problem};

/// The longest message that we read: a document as large as any that we take, its headers and the signature.
pub const MESSAGE_BYTES_MAX: usize = 8 * 1024 * 1024 + 16 * 1024;

/// `typ`, RFC 9596.
const TYP: i64 = 16;
/// CWT claims, RFC 9597.
const CWT_CLAIMS: i64 = HeaderParameter::CwtClaims as i64;

/// The headers that we understand. All are protected, but for `kid`, which may be a hint beside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Headers {
    /// The name of the key.
    pub kid: Option<String>,
    /// The type of the whole.
    pub typ: Option<String>,
    /// The type of the payload.
    pub content_type: Option<String>,
    /// CWT claims, by the names that JSON gives them.
    pub claims: Map<String, Value>,
}

/// A message as it was read. Its signature may be wrong: [`Sign1::verify`].
#[derive(Clone, Debug)]
pub struct Sign1 {
    message: CoseSign1,
    headers: Headers,
    algorithm: Algorithm,
}

impl Sign1 {
    /// Reads a message with its tag.
    ///
    /// # Errors
    /// When it is too long, not in the shortest encoding, no COSE_Sign1 or without a payload of its own; when a header asks for an
    /// extension (`crit`), is not signed though it must be, or names an algorithm that is none of ours.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        if bytes.len() > MESSAGE_BYTES_MAX {
            let message = format!("more than {MESSAGE_BYTES_MAX} bytes");
            return Err(Problem::new(Code::TokenTooLong, "", message));
        }
        if !is_shortest(bytes) {
            return Err(malformed("not CBOR in its shortest form"));
        }
        let message = CoseSign1::from_tagged_slice(bytes)
            .map_err(|error| malformed(&format!("no COSE_Sign1: {error}")))?;
        if message.payload.is_none() {
            return Err(malformed("the payload is elsewhere"));
        }
        let headers = read_headers(&message)?;
        let algorithm = match &message.protected.header.alg {
            None => return Err(malformed("the header names no algorithm")),
            Some(RegisteredLabelWithPrivate::Assigned(named)) => KeyType::ALL
                .into_iter()
                .filter_map(algorithm_of)
                .find(|known| known == named),
            Some(_) => None,
        };
        let algorithm = algorithm.ok_or_else(|| {
            let message = "the header names an algorithm that is not supported";
            Problem::new(Code::AlgorithmUnsupported, "", message)
        })?;
        Ok(Self {
            message,
            headers,
            algorithm,
        })
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// What is signed.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        self.message.payload.as_deref().unwrap_or_default()
    }

    /// Checks the signature by the algorithm of the key, RFC 9052 §4.4.
    ///
    /// # Errors
    /// When the header names another algorithm, or the signature doesn't match.
    pub fn verify(&self, key: &VerificationKey) -> Result<(), Problem> {
        if algorithm_of(key.key_type()) != Some(self.algorithm) {
            let message = format!(
                "a {} key does not sign by {:?}",
                key.key_type().name(),
                self.algorithm
            );
            return Err(Problem::new(Code::AlgorithmMismatch, "", message));
        }
        self.message
            .verify_signature(b"", |signature, signed| key.verify(signed, signature))
            .map_err(|error| Problem::new(Code::ProofInvalid, "", error.to_string()))
    }
}

impl Headers {
    /// Checks the type, which must be there, and that of the payload, which may.
    pub(super) fn check_type(&self, content: Content) -> Result<(), Problem> {
        let wrong = |name: &str, expected: &str| {
            let message = format!("{name} in the header must be `application/{expected}`");
            Problem::new(Code::MediaTypeMismatch, "", message)
        };
        let expected = Wrapping::Cose.typ(content);
        let is = |found: &Option<String>, expected: &str| {
            found
                .as_ref()
                .is_some_and(|found| is_media_type(found, expected))
        };
        if !is(&self.typ, &expected) {
            return Err(wrong("`typ`", &expected));
        }
        if self.content_type.is_some() && !is(&self.content_type, content.cty()) {
            return Err(wrong("the content type", content.cty()));
        }
        Ok(())
    }
}

/// Signs `payload`. The algorithm is the key's.
///
/// # Errors
/// When the key signs by no COSE algorithm, or did not sign.
pub fn sign(headers: &Headers, payload: &[u8], key: &SigningKey) -> Result<Vec<u8>, Problem> {
    let kind = key.key_type();
    let algorithm = algorithm_of(kind).ok_or_else(|| {
        let message = format!("{} keys do not sign messages", kind.name());
        Problem::new(Code::KeyTypeUnsupported, "", message)
    })?;
    let mut protected = HeaderBuilder::new().algorithm(algorithm);
    if let Some(content_type) = &headers.content_type {
        protected = protected.content_type(content_type.clone());
    }
    if let Some(kid) = &headers.kid {
        protected = protected.key_id(kid.clone().into_bytes());
    }
    if let Some(claims) = cwt::write(&headers.claims) {
        protected = protected.value(CWT_CLAIMS, claims);
    }
    if let Some(typ) = &headers.typ {
        protected = protected.value(TYP, Cbor::Text(typ.clone()));
    }
    CoseSign1Builder::new()
        .protected(protected.build())
        .payload(payload.to_vec())
        .try_create_signature(b"", |signed| key.sign(signed))?
        .build()
        .to_tagged_vec()
        .map_err(|error| malformed(&error.to_string()))
}

/// The one algorithm of a kind of key, RFC 9053 §2. `None` for BLS12-381.
fn algorithm_of(kind: KeyType) -> Option<Algorithm> {
    match kind {
        KeyType::Ed25519 => Some(Algorithm::EdDSA),
        KeyType::P256 => Some(Algorithm::ES256),
        KeyType::P384 => Some(Algorithm::ES384),
        KeyType::P521 => Some(Algorithm::ES512),
        KeyType::Bls12381G2 => None,
    }
}

fn malformed(message: &str) -> Problem {
    Problem::new(Code::CoseMalformed, "", message)
}

/// Whether bytes are one item of CBOR, written as short as can be and with lengths: else what is not signed, the frame of the
/// message, could be written in many ways. RFC 8949 §4.2.1, but for the order of keys.
fn is_shortest(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    let Ok(item) = de::from_reader::<Cbor, _>(&mut rest) else {
        return false;
    };
    let mut again = Vec::with_capacity(bytes.len());
    ser::into_writer(&item, &mut again).is_ok() && rest.is_empty() && again == bytes
}

fn read_headers(message: &CoseSign1) -> Result<Headers, Problem> {
    let (protected, beside) = (&message.protected.header, &message.unprotected);
    let unsupported = |message: &str| Err(Problem::new(Code::CoseHeaderUnsupported, "", message));
    // RFC 9052 §3.1: who does not understand all of `crit` must refuse; we understand none.
    if !protected.crit.is_empty() || !beside.crit.is_empty() {
        return unsupported("`crit` is not supported");
    }
    if beside.alg.is_some()
        || beside.content_type.is_some()
        || value(beside, TYP).is_some()
        || value(beside, CWT_CLAIMS).is_some()
    {
        return unsupported("a header that must be signed stands beside the signed ones");
    }
    let kid = match (&protected.key_id[..], &beside.key_id[..]) {
        ([], []) => None,
        (kid, []) | ([], kid) => Some(kid),
        // RFC 9052 §3: no label may stand in both.
        _ => return unsupported("`kid` is there twice"),
    };
    let kid = kid.map(|kid| {
        String::from_utf8(kid.to_vec()).map_err(|_| {
            let message = "`kid` is not a text that names a key";
            Problem::new(Code::KeyUnnamed, "", message)
        })
    });
    Ok(Headers {
        kid: kid.transpose()?,
        typ: match value(protected, TYP) {
            None => None,
            Some(Cbor::Text(typ)) => Some(typ.clone()),
            // A number of CoAP's registry, RFC 9596 §2: never one of the types that we know.
            Some(Cbor::Integer(number)) => Some(i128::from(*number).to_string()),
            Some(_) => return unsupported("`typ` is neither a text nor a number"),
        },
        content_type: protected.content_type.as_ref().map(|found| match found {
            RegisteredLabel::Text(text) => text.clone(),
            RegisteredLabel::Assigned(number) => number.to_i64().to_string(),
        }),
        claims: value(protected, CWT_CLAIMS)
            .map(cwt::read)
            .transpose()?
            .unwrap_or_default(),
    })
}

fn value(header: &Header, label: i64) -> Option<&Cbor> {
    header
        .rest
        .iter()
        .find(|(known, _)| *known == Label::Int(label))
        .map(|(_, value)| value)
}
