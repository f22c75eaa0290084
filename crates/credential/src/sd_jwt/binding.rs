//! Key binding: the holder signs one showing for one verifier, RFC 9901 §4.3.

use serde_json::{Map, Value, json};

use super::SdJwt;
use super::disclosure::digest;
use crate::data_integrity::Purpose;
use crate::envelope::rules::{numeric_date, times};
use crate::jose::{self, Jws};
use crate::jwk;
use crate::keys::{SigningKey, VerificationKey};
use crate::problem::{Code, Problem};
use crate::resolver::Resolver;
use crate::vc::is_url;

const TYP: &str = "kb+jwt";

/// What a holder answers to, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding<'a> {
    /// The verifier's challenge.
    pub nonce: &'a str,
    /// The verifier.
    pub audience: &'a str,
    /// The time.
    pub issued_ms: i64,
}

/// What a verifier asks of the holder's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskedBinding<'a> {
    /// The challenge that it set.
    pub nonce: &'a str,
    /// Its own name.
    pub audience: &'a str,
    /// The time.
    pub now_ms: i64,
    /// How old the signature may be; and how far ahead of `now_ms`, as clocks are.
    pub age_ms_max: i64,
}

/// Signs a showing with the holder's key.
///
/// # Errors
/// When the token cannot be read, is bound already, or names another key for its holder.
pub fn bind(token: &str, binding: Binding<'_>, key: &SigningKey) -> Result<String, Problem> {
    let parts = SdJwt::parse(token)?;
    if parts.key_binding.is_some() {
        return Err(unexpected());
    }
    let payload = Jws::parse(parts.issued)?.claims()?;
    if let Some(named) = payload.get("cnf").and_then(|cnf| cnf.get("jwk"))
        && jwk::from_jwk(named) != Ok(key.verification_key())
    {
        let message = "the token is of the holder of another key";
        return Err(Problem::new(Code::HolderKeyMissing, "/cnf", message));
    }
    let payload = json!({
        "iat": binding.issued_ms.div_euclid(1000),
        "aud": binding.audience,
        "nonce": binding.nonce,
        "sd_hash": digest(parts.presented),
    });
    let header = Map::from_iter([("typ".to_owned(), Value::from(TYP))]);
    let signature = jose::sign(header, payload.to_string().as_bytes(), key)?;
    Ok(format!("{token}{signature}"))
}

/// §7.3: the verifier decides whether there must be a key binding; a token with one where none is due, or the other way round, is
/// refused.
pub(super) fn check(
    parts: &SdJwt<'_>,
    confirmation: Option<&Value>,
    asked: Option<&AskedBinding<'_>>,
    resolver: &dyn Resolver,
    at_ms: Option<i64>,
) -> Result<(), Problem> {
    match (parts.key_binding, asked) {
        (None, None) => Ok(()),
        (Some(_), None) => Err(unexpected()),
        (None, Some(_)) => {
            let message = "the holder has not signed this showing";
            Err(Problem::new(Code::KeyBindingMissing, "", message))
        }
        (Some(signed), Some(asked)) => {
            let jws = Jws::parse(signed)?;
            jws.check_type(TYP, None)?;
            jws.verify(&holder_key(confirmation, resolver, at_ms)?)?;
            judge(&jws.claims()?, parts, asked)
        }
    }
}

fn judge(
    claims: &Map<String, Value>,
    parts: &SdJwt<'_>,
    asked: &AskedBinding<'_>,
) -> Result<(), Problem> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let wrong = |code, message: &str| Err(Problem::new(code, "", message));
    if text("sd_hash") != Some(&digest(parts.presented)) {
        let message = "the holder signed another showing of the token";
        return wrong(Code::KeyBindingMismatch, message);
    }
    if text("nonce") != Some(asked.nonce) {
        let message = "the holder's signature does not answer the challenge";
        return wrong(Code::ChallengeMismatch, message);
    }
    // One single text, §4.3: a list could name every verifier of the country.
    if text("aud") != Some(asked.audience) {
        let message = "the holder's signature is for another";
        return wrong(Code::DomainMismatch, message);
    }
    if let Some(problem) = times(claims, Some(asked.now_ms)).into_iter().next() {
        return Err(problem);
    }
    let issued_ms = claims.get("iat").and_then(numeric_date);
    if issued_ms.is_none_or(|at| asked.now_ms.saturating_sub(at).abs() > asked.age_ms_max) {
        let message = "the holder's signature is not of now";
        return wrong(Code::PresentationStale, message);
    }
    Ok(())
}

/// RFC 7800 §3.2 and §3.4: the key itself, or its name.
fn holder_key(
    confirmation: Option<&Value>,
    resolver: &dyn Resolver,
    at_ms: Option<i64>,
) -> Result<VerificationKey, Problem> {
    let missing = |message: &str| Problem::new(Code::HolderKeyMissing, "/cnf", message);
    let confirmation = confirmation
        .and_then(Value::as_object)
        .ok_or_else(|| missing("the issuer names no key of the holder"))?;
    match (confirmation.get("jwk"), confirmation.get("kid")) {
        (Some(key), None) => {
            jwk::from_jwk(key).map_err(|error| missing(&format!("the holder's key: {error}")))
        }
        (None, Some(Value::String(kid))) if is_url(kid) => {
            let found = resolver
                .key(kid, at_ms)
                .map_err(|error| Problem::new(error.kind(), "/cnf/kid", error.to_string()))?;
            if found.purposes.allow(Purpose::Authentication) {
                Ok(found.key)
            } else {
                Err(missing(
                    "the holder does not use this key to show who it is",
                ))
            }
        }
        _ => Err(missing(
            "`cnf` must hold either `jwk`, or a DID URL as `kid`",
        )),
    }
}

fn unexpected() -> Problem {
    let message = "the token carries a signature of its holder where none is due";
    Problem::new(Code::KeyBindingUnexpected, "", message)
}
