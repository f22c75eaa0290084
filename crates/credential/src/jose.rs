//! Credentials and presentations as JSON Web Tokens: Securing Verifiable Credentials using JOSE and COSE §3.1, over JWS compact
//! serialization (RFC 7515 §7.1).
//!
//! The payload is the credential itself; there is no `vc` claim. What a signature was made by is decided by the key that its
//! issuer has published, never by the token: a token whose header names another algorithm is refused, and so is one that
//! brings a key of its own. Keys are found by `kid`: a DID URL, or a fragment of `iss`.
//!
//! ```
//! use garita_credential::{DidKeyResolver, KeyFile, SigningKey, jose};
//! use serde_json::json;
//!
//! let file = KeyFile::did_key(SigningKey::from_seed([7; 32]));
//! let credential = json!({
//!     "@context": ["https://www.w3.org/ns/credentials/v2"],
//!     "type": ["VerifiableCredential"],
//!     "issuer": file.controller,
//!     "credentialSubject": {"id": "did:example:truck"},
//! });
//! let token = jose::secure_credential(&credential, &file, &jose::Claims::default()).unwrap();
//! let opened = jose::verify_credential(&token, &DidKeyResolver, None).unwrap();
//! assert_eq!(opened.document(), &credential);
//! assert!(opened.check_controller().is_ok());
//! ```

mod jws;

use serde_json::{Map, Value};

use crate::envelope::{Content, Time, Wrapping, is_media_type, rules};
use crate::keys::KeyFile;
use crate::presentation::Asked;
use crate::problem::{Code, Problem};
use crate::resolver::Resolver;

pub use crate::envelope::{Claims, Opened};
pub(crate) use jws::object;
pub use jws::{Jws, TOKEN_CHARS_MAX, sign};

/// Signs a credential: `typ` is `vc+jwt`, `kid` the key's name.
///
/// # Errors
/// When it breaks the data model, says something else than `claims`, or carries `vc` or `vp`; when the key has no JOSE algorithm.
/// Terms that no context defines are the canonicalizer's to refuse: [`crate::vc::check_terms`].
pub fn secure_credential(
    credential: &Value,
    file: &KeyFile,
    claims: &Claims,
) -> Result<String, Vec<Problem>> {
    secure(Content::Credential, credential, file, claims)
}

/// Signs a presentation, whose credentials must be secured themselves: `typ` is `vp+jwt`.
///
/// # Errors
/// As [`secure_credential`]; when a credential in it is neither enveloped nor has a proof.
pub fn secure_presentation(
    presentation: &Value,
    file: &KeyFile,
    claims: &Claims,
) -> Result<String, Vec<Problem>> {
    secure(Content::Presentation, presentation, file, claims)
}

/// Verifies a credential in a `vc+jwt`. Keys and the signature's own expiry are judged at a time; without one, keys by the latest
/// known and expiry not at all. A [`Time`] says which key counts where it was changed since the token was made.
///
/// Judges the signature and the form: whether the credential is in force is [`crate::vc::check`], whether the signer is its
/// issuer [`Opened::check_controller`].
///
/// # Errors
/// With all that is wrong, as far as it can be seen: nothing is told of a payload whose signature does not hold.
pub fn verify_credential(
    token: &str,
    resolver: &dyn Resolver,
    at: impl Into<Time>,
) -> Result<Opened, Vec<Problem>> {
    verify(Content::Credential, token, resolver, at.into())
}

/// Verifies a presentation in a `vp+jwt`: the holder's signature, that it answers what was `asked` (`nonce`, `aud`, `iat`), and its
/// form. The credentials inside are judged as any others: [`crate::envelope::open_credential`].
///
/// # Errors
/// As [`verify_credential`].
pub fn verify_presentation(
    token: &str,
    asked: Asked<'_>,
    resolver: &dyn Resolver,
    at: impl Into<Time>,
) -> Result<Opened, Vec<Problem>> {
    let at = at.into();
    let opened = verify(Content::Presentation, token, resolver, at)?;
    rules::answers(&opened, asked, at.at_ms)?;
    Ok(opened)
}

fn secure(
    content: Content,
    document: &Value,
    file: &KeyFile,
    claims: &Claims,
) -> Result<String, Vec<Problem>> {
    let payload = rules::payload(content, document, claims)?;
    let header = header(content, Wrapping::Jwt, file);
    let payload = Value::Object(payload).to_string();
    sign(header, payload.as_bytes(), &file.key).map_err(|problem| vec![problem])
}

/// `kid`, `typ` and `cty`; the algorithm is the key's.
pub(crate) fn header(content: Content, wrapping: Wrapping, file: &KeyFile) -> Map<String, Value> {
    let mut header = Map::new();
    header.insert("kid".into(), file.id.clone().into());
    header.insert("typ".into(), wrapping.typ(content).into());
    header.insert("cty".into(), content.cty().into());
    header
}

fn verify(
    content: Content,
    token: &str,
    resolver: &dyn Resolver,
    at: Time,
) -> Result<Opened, Vec<Problem>> {
    let jws = Jws::parse(token).map_err(|problem| vec![problem])?;
    let payload = opened_payload(&jws, content, Wrapping::Jwt).map_err(|problem| vec![problem])?;
    let speaker = rules::Speaker::of(content, jws.text("kid"), &payload);
    let key = speaker
        .resolve(resolver, at.of_key(&payload))
        .and_then(|key| jws.verify(&key.key).map(|()| key))
        .map_err(|problem| vec![problem])?;
    rules::open(content, payload, speaker, key, at.at_ms)
}

/// The claims of a token that says it is what was expected. Not verified yet.
pub(crate) fn opened_payload(
    jws: &Jws<'_>,
    content: Content,
    wrapping: Wrapping,
) -> Result<Map<String, Value>, Problem> {
    jws.check_type(&wrapping.typ(content), Some(content.cty()))?;
    jws.claims()
}

impl Jws<'_> {
    /// Checks `typ`, which must be there, and `cty`, which may. Explicit typing keeps one kind of token from passing for another:
    /// RFC 8725 §3.11.
    pub(crate) fn check_type(&self, typ: &str, cty: Option<&str>) -> Result<(), Problem> {
        let wrong = |name: &str, expected: &str| {
            let message = format!("`{name}` in the header must be `{expected}`");
            Problem::new(Code::MediaTypeMismatch, "", message)
        };
        if !self
            .text("typ")
            .is_some_and(|found| is_media_type(found, typ))
        {
            return Err(wrong("typ", typ));
        }
        match (self.text("cty"), cty) {
            (Some(found), Some(expected)) if !is_media_type(found, expected) => {
                Err(wrong("cty", expected))
            }
            (Some(_) | None, _) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
