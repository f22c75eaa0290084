//! Credentials and presentations as COSE_Sign1 (RFC 9052 §4.2): Securing Verifiable Credentials using JOSE and COSE §3.3.
//!
//! The payload is the JSON of the document; claims about the signature stand beside it, as CWT claims in the protected header
//! (RFC 9597). A message is read with its tag and in the shortest encoding only. As in [`crate::jose`], the algorithm is that of the
//! key, and a header that names another is refused.

mod cwt;
mod sign1;

use serde_json::{Map, Value};

use crate::envelope::{Claims, Content, Opened, Time, Wrapping, rules};
use crate::jose::object;
use crate::keys::KeyFile;
use crate::presentation::Asked;
use crate::problem::{Code, Problem};
use crate::resolver::Resolver;

pub use sign1::{Headers, MESSAGE_BYTES_MAX, Sign1, sign};

/// Signs a credential: the type is `application/vc+cose`, the content's `application/vc`, `kid` the key's name.
///
/// # Errors
/// As [`crate::jose::secure_credential`].
pub fn secure_credential(
    credential: &Value,
    file: &KeyFile,
    claims: &Claims,
) -> Result<Vec<u8>, Vec<Problem>> {
    secure(Content::Credential, credential, file, claims)
}

/// Signs a presentation, whose credentials must be secured themselves: the type is `application/vp+cose`.
///
/// # Errors
/// As [`crate::jose::secure_presentation`].
pub fn secure_presentation(
    presentation: &Value,
    file: &KeyFile,
    claims: &Claims,
) -> Result<Vec<u8>, Vec<Problem>> {
    secure(Content::Presentation, presentation, file, claims)
}

/// Verifies a credential in an `application/vc+cose`; what is judged and what isn't as in [`crate::jose::verify_credential`].
///
/// # Errors
/// As there.
pub fn verify_credential(
    message: &[u8],
    resolver: &dyn Resolver,
    at: impl Into<Time>,
) -> Result<Opened, Vec<Problem>> {
    verify(Content::Credential, message, resolver, at.into())
}

/// Verifies a presentation in an `application/vp+cose`, as [`crate::jose::verify_presentation`] does.
///
/// # Errors
/// As there.
pub fn verify_presentation(
    message: &[u8],
    asked: Asked<'_>,
    resolver: &dyn Resolver,
    at: impl Into<Time>,
) -> Result<Opened, Vec<Problem>> {
    let at = at.into();
    let opened = verify(Content::Presentation, message, resolver, at)?;
    rules::answers(&opened, asked, at.at_ms)?;
    Ok(opened)
}

fn secure(
    content: Content,
    document: &Value,
    file: &KeyFile,
    claims: &Claims,
) -> Result<Vec<u8>, Vec<Problem>> {
    let payload = rules::payload(content, document, &Claims::default())?;
    let headers = Headers {
        kid: Some(file.id.clone()),
        typ: Some(format!("application/{}", Wrapping::Cose.typ(content))),
        content_type: Some(format!("application/{}", content.cty())),
        claims: cwt::of(claims),
    };
    let payload = Value::Object(payload).to_string();
    sign(&headers, payload.as_bytes(), &file.key).map_err(|problem| vec![problem])
}

fn verify(
    content: Content,
    message: &[u8],
    resolver: &dyn Resolver,
    at: Time,
) -> Result<Opened, Vec<Problem>> {
    let one = |problem| vec![problem];
    let message = Sign1::parse(message).map_err(one)?;
    let headers = message.headers();
    headers.check_type(content).map_err(one)?;
    let mut payload = object(message.payload()).map_err(one)?;
    merge(&mut payload, &headers.claims).map_err(one)?;
    let speaker = rules::Speaker::of(content, headers.kid.as_deref(), &payload);
    let key = speaker
        .resolve(resolver, at.of_key(&payload))
        .map_err(one)?;
    message.verify(&key.key).map_err(one)?;
    rules::open(content, payload, speaker, key, at.at_ms)
}

/// The claims of the header beside those of the payload, which may repeat them.
fn merge(payload: &mut Map<String, Value>, claims: &Map<String, Value>) -> Result<(), Problem> {
    for (name, claim) in claims {
        if payload.get(name).is_some_and(|other| other != claim) {
            let message = format!("`{name}` in the header and in the payload differ");
            return Err(Problem::new(
                Code::ClaimMismatch,
                format!("/{name}"),
                message,
            ));
        }
        payload.insert(name.clone(), claim.clone());
    }
    Ok(())
}

#[cfg(test)]
mod tests;
