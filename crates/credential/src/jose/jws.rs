//! JSON Web Signature, compact serialization: RFC 7515 §7.1, with the algorithms `EdDSA`, `ES256`, `ES384` and `ES512`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use garita_canon::json;
use serde_json::{Map, Value};

use crate::did::shorten;
use crate::jwk::algorithm_of;
use crate::keys::{KeyType, SigningKey, VerificationKey};
use crate::problem::{Code, Problem};

/// The longest token that we read: a document as large as any that we take, in base64url, with its header and signature.
pub const TOKEN_CHARS_MAX: usize = 11 * 1024 * 1024;
/// The longest header, in base64url: a name of a key, types, and what others add; certificates are not for us.
const HEADER_CHARS_MAX: usize = 8 * 1024;

/// A token as it was read. Its signature may be wrong: [`Jws::verify`].
#[derive(Clone, Debug)]
pub struct Jws<'a> {
    /// Header and payload as they were signed.
    signing_input: &'a str,
    header: Map<String, Value>,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'a> Jws<'a> {
    /// Reads a token.
    ///
    /// # Errors
    /// When it is too long, not three parts of canonical base64url, or its header no JSON object with distinct names; when the
    /// header asks for an extension (`crit`, `b64`) or an algorithm that is none of ours, `none` first of all.
    pub fn parse(token: &'a str) -> Result<Self, Problem> {
        if token.len() > TOKEN_CHARS_MAX {
            let message = format!("more than {TOKEN_CHARS_MAX} characters");
            return Err(Problem::new(Code::TokenTooLong, "", message));
        }
        let (signing_input, signature) = token.rsplit_once('.').ok_or_else(|| malformed(PARTS))?;
        let (header, payload) = signing_input
            .split_once('.')
            .filter(|(_, payload)| !payload.contains('.'))
            .ok_or_else(|| malformed(PARTS))?;
        if header.len() > HEADER_CHARS_MAX {
            let message = format!("the header has more than {HEADER_CHARS_MAX} characters");
            return Err(Problem::new(Code::TokenTooLong, "", message));
        }
        Ok(Self {
            signing_input,
            header: read_header(&decode(header)?)?,
            payload: decode(payload)?,
            signature: decode(signature)?,
        })
    }

    /// A text of the header.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.header.get(name).and_then(Value::as_str)
    }

    /// What is signed.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The payload as a JWT claims set, RFC 7519 §4.
    ///
    /// # Errors
    /// When it isn't one JSON object, or one that two readers could read differently.
    pub fn claims(&self) -> Result<Map<String, Value>, Problem> {
        object(&self.payload)
    }

    /// Checks the signature by the algorithm of the key, RFC 7515 §5.2.
    ///
    /// # Errors
    /// When the header names another algorithm, or the signature doesn't match.
    pub fn verify(&self, key: &VerificationKey) -> Result<(), Problem> {
        let named = self.text("alg").unwrap_or_default();
        if algorithm_of(key.key_type()) != Some(named) {
            let message = format!("a {} key does not sign by {named}", key.key_type().name());
            return Err(Problem::new(Code::AlgorithmMismatch, "", message));
        }
        key.verify(self.signing_input.as_bytes(), &self.signature)
            .map_err(|error| Problem::new(Code::ProofInvalid, "", error.to_string()))
    }
}

/// Signs `payload`. `alg` is the key's, whatever `header` says.
///
/// # Errors
/// When the key signs by no JOSE algorithm, or did not sign.
pub fn sign(
    mut header: Map<String, Value>,
    payload: &[u8],
    key: &SigningKey,
) -> Result<String, Problem> {
    let kind = key.key_type();
    let algorithm = algorithm_of(kind).ok_or_else(|| {
        let message = format!("{} keys do not sign tokens", kind.name());
        Problem::new(Code::KeyTypeUnsupported, "", message)
    })?;
    header.insert("alg".into(), algorithm.into());
    let header = Value::Object(header).to_string();
    let mut token = String::with_capacity((header.len() + payload.len()) / 3 * 4 + 150);
    URL_SAFE_NO_PAD.encode_string(header, &mut token);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(payload, &mut token);
    let signature = key.sign(token.as_bytes())?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}

/// A JSON object, read strictly.
pub(crate) fn object(bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
    match json::parse(bytes, &json::Limits::default()) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Problem::new(
            Code::DocumentMalformed,
            "",
            "what is signed is not a JSON object",
        )),
        Err(error) => Err(Problem::new(
            Code::Canon(error.code()),
            error.pointer().unwrap_or_default(),
            error.to_string(),
        )),
    }
}

const PARTS: &str = "a token has three parts with dots between them";

fn malformed(message: &str) -> Problem {
    Problem::new(Code::JwsMalformed, "", message)
}

/// RFC 7515 §2: without padding; and in the one spelling, with no bits left over.
fn decode(part: &str) -> Result<Vec<u8>, Problem> {
    URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| malformed("a part is not base64url in its one spelling"))
}

fn read_header(bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
    let header = object(bytes)?;
    for name in ["crit", "b64"] {
        // RFC 7515 §4.1.11: who does not understand all of `crit` must refuse; we understand none. RFC 7797: `b64` changes what
        // is signed, and a reader that passed over it would read another payload.
        if header.contains_key(name) {
            let message = format!("`{name}` in the header is not supported");
            return Err(Problem::new(Code::JwsHeaderUnsupported, "", message));
        }
    }
    for name in ["alg", "kid", "typ", "cty"] {
        if header.get(name).is_some_and(|value| !value.is_string()) {
            return Err(malformed(&format!("`{name}` in the header is not a text")));
        }
    }
    let algorithm = header.get("alg").and_then(Value::as_str);
    let known = |kind| algorithm.is_some() && algorithm_of(kind) == algorithm;
    match algorithm {
        None => Err(malformed("the header names no algorithm")),
        Some(_) if KeyType::ALL.into_iter().any(known) => Ok(header),
        Some(other) => Err(Problem::new(
            Code::AlgorithmUnsupported,
            "",
            format!("algorithm `{}` is not supported", shorten(other)),
        )),
    }
}
