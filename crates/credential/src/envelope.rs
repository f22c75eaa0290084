//! Credentials and presentations inside something else that is signed: Securing Verifiable Credentials using JOSE and COSE, and
//! the enveloped types of the VC Data Model 2.0 §4.13.1 and §4.13.2.
//!
//! Here is what the three wrappings, [`crate::jose`], [`crate::sd_jwt`] and [`crate::cose`], have in common: their media types,
//! the rules of the payload, and the `data:` URLs by which one document carries another that is secured in its own way.

#[cfg(test)]
mod judge;
pub(crate) mod rules;
mod vc_jwt;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value, json};

use crate::data_integrity::KeysAt;
use crate::presentation::Asked;
use crate::problem::{Code, Problem};
use crate::resolver::Resolver;
use crate::vc::CONTEXT_V2;
use crate::{cose, jose, presentation, sd_jwt};

#[cfg(test)]
use judge::{judge_credential, judge_presentation};

/// RFC 2397 says only "base64"; both ways of ending it are met.
pub(crate) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What an envelope holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Content {
    /// A verifiable credential.
    Credential,
    /// A verifiable presentation.
    Presentation,
}

impl Content {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Credential, Self::Presentation];

    /// Its media type without `application/`.
    #[must_use]
    pub fn cty(self) -> &'static str {
        match self {
            Self::Credential => "vc",
            Self::Presentation => "vp",
        }
    }

    fn enveloped_type(self) -> &'static str {
        match self {
            Self::Credential => "EnvelopedVerifiableCredential",
            Self::Presentation => "EnvelopedVerifiablePresentation",
        }
    }
}

/// How an envelope is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wrapping {
    /// A JSON Web Token.
    Jwt,
    /// A token that shows what its holder chooses, RFC 9901.
    SdJwt,
    /// COSE_Sign1, RFC 9052.
    Cose,
}

impl Wrapping {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Jwt, Self::SdJwt, Self::Cose];

    /// The media type of the whole, without `application/`, such as `vc+jwt`.
    #[must_use]
    pub fn typ(self, content: Content) -> String {
        let suffix = match self {
            Self::Jwt => "jwt",
            Self::SdJwt => "sd-jwt",
            Self::Cose => "cose",
        };
        format!("{}+{suffix}", content.cty())
    }
}

/// Whether a `typ` or content type is `application/` and `expected`. Media types know no case; the prefix may be left out (RFC
/// 7515 §4.1.9, RFC 9596 §2).
pub(crate) fn is_media_type(found: &str, expected: &str) -> bool {
    let short = match found.split_at_checked("application/".len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case("application/") => rest,
        _ => found,
    };
    short.eq_ignore_ascii_case(expected)
}

/// Claims about a signature, beside the document that it secures. RFC 7519 §4.1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// When it was made, `iat`.
    pub issued_ms: Option<i64>,
    /// From when it no longer counts, `exp`.
    pub expires_ms: Option<i64>,
    /// What it answers, `nonce`.
    pub nonce: Option<String>,
    /// For whom it is made, `aud`.
    pub audience: Option<String>,
}

/// The times that an envelope is judged by. A time alone is one at which keys, too, must have been their owners' ([`KeysAt::Given`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// The time at which keys and expiry are judged. Without it, keys are judged by the latest known and expiry is not judged.
    pub at_ms: Option<i64>,
    /// Which of the times a key is judged at. What says no `iat` in the open is judged by the key of `at_ms` in any case.
    pub keys_at: KeysAt,
}

impl From<Option<i64>> for Time {
    fn from(at_ms: Option<i64>) -> Self {
        Self {
            at_ms,
            keys_at: KeysAt::Given,
        }
    }
}

impl Time {
    /// The time of the key that signed a token of these claims.
    pub(crate) fn of_key(self, claims: &Map<String, Value>) -> Option<i64> {
        let issued_ms = claims.get("iat").and_then(rules::numeric_date);
        self.keys_at.of_key(self.at_ms, issued_ms)
    }
}

/// A document whose envelope holds. Only the verifying functions make one.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    content: Content,
    document: Value,
    claims: Map<String, Value>,
    verification_method: String,
    controller: String,
}

impl Opened {
    /// The credential or presentation, without the claims about its signature.
    #[must_use]
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// The same, to keep.
    #[must_use]
    pub fn into_document(self) -> Value {
        self.document
    }

    /// The claims about the signature that stood beside the document: `iss`, `iat`, `exp`, `nonce`, `cnf`, ….
    #[must_use]
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The key that signed.
    #[must_use]
    pub fn verification_method(&self) -> &str {
        &self.verification_method
    }

    /// The party that controls the key.
    #[must_use]
    pub fn controller(&self) -> &str {
        &self.controller
    }

    /// Checks that the key is of the credential's issuer, or of the presentation's holder.
    ///
    /// # Errors
    /// With `controller-mismatch`; with `issuer-missing` where the document names nobody.
    pub fn check_controller(&self) -> Result<(), Problem> {
        let (speaker, place) = rules::speaker_of(self.content, self.document.as_object());
        let Some(speaker) = speaker else {
            let message = "the document does not name who speaks";
            return Err(Problem::new(Code::IssuerMissing, place, message));
        };
        if speaker == self.controller {
            return Ok(());
        }
        let message = format!(
            "signed by `{}`, not by `{}`",
            crate::did::shorten(&self.controller),
            crate::did::shorten(speaker)
        );
        Err(Problem::new(Code::ControllerMismatch, place, message))
    }
}

/// A document as it stands in a `data:` URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Secured {
    /// A JSON Web Token.
    Jwt(String),
    /// A token with its disclosures.
    SdJwt(String),
    /// The bytes of a COSE_Sign1.
    Cose(Vec<u8>),
}

/// Wraps a secured document, so that it can stand where a credential or a presentation can.
#[must_use]
pub fn wrap(content: Content, secured: &Secured) -> Value {
    let (wrapping, data) = match secured {
        Secured::Jwt(token) => (Wrapping::Jwt, format!(",{token}")),
        Secured::SdJwt(token) => (Wrapping::SdJwt, format!(",{token}")),
        Secured::Cose(bytes) => (
            Wrapping::Cose,
            format!(
                ";base64,{}",
                base64::engine::general_purpose::STANDARD.encode(bytes)
            ),
        ),
    };
    json!({
        "@context": CONTEXT_V2,
        "id": format!("data:application/{}{data}", wrapping.typ(content)),
        "type": content.enveloped_type(),
    })
}

/// Whether a document is an envelope, well made or not.
#[must_use]
pub fn is_one(document: &Value) -> bool {
    kind_of(document).is_some()
}

/// Whether a document is an envelope of a presentation, well made or not.
#[must_use]
pub fn is_presentation(document: &Value) -> bool {
    kind_of(document) == Some(Content::Presentation)
}

/// What an envelope holds, of those that the data model 2.0 knows.
///
/// # Errors
/// With `envelope-malformed`, also when something stands beside the envelope's `@context`, `id` and `type`: it would be signed by
/// nobody.
pub fn unwrap(document: &Value) -> Result<(Content, Secured), Problem> {
    let (content, kind, data) = parts(document)?;
    let is = |wrapping: Wrapping| wrapping.typ(content);
    let secured = if kind == is(Wrapping::Jwt) {
        Secured::Jwt(data.to_owned())
    } else if kind == is(Wrapping::SdJwt) {
        Secured::SdJwt(data.to_owned())
    } else if kind.strip_suffix(";base64") == Some(&is(Wrapping::Cose)) {
        let bytes = BASE64.decode(data);
        Secured::Cose(bytes.map_err(|_| malformed("/id", "the `data:` URL is not base64"))?)
    } else {
        let message = "the media type is none that is supported here";
        return Err(malformed("/id", message));
    };
    Ok((content, secured))
}

/// What an envelope says of itself, the media type of its `data:` URL without `application/`, and the data.
fn parts(document: &Value) -> Result<(Content, &str, &str), Problem> {
    let content = kind_of(document).ok_or_else(|| malformed("/type", "it is no envelope"))?;
    for name in document.as_object().into_iter().flat_map(Map::keys) {
        if !matches!(name.as_str(), "@context" | "id" | "type") {
            let mut place = String::new();
            garita_canon::json::push_pointer(&mut place, name);
            return Err(malformed(
                &place,
                "a member beside the envelope is not signed",
            ));
        }
    }
    let context = match document.get("@context") {
        Some(Value::Array(contexts)) => contexts.first(),
        context => context,
    };
    if context.and_then(Value::as_str) != Some(CONTEXT_V2) {
        let message = "the first context must be that of credentials";
        return Err(malformed("/@context", message));
    }
    let id = document.get("id").and_then(Value::as_str).unwrap_or("");
    // The URL Standard drops white space at the end, and makers of envelopes leave line feeds there.
    let (kind, data) = id
        .trim_ascii_end()
        .strip_prefix("data:application/")
        .and_then(|rest| rest.split_once(','))
        .ok_or_else(|| malformed("/id", "`id` must be a `data:` URL of a secured document"))?;
    if data.is_empty() {
        return Err(malformed("/id", "the `data:` URL is empty"));
    }
    Ok((content, kind, data))
}

fn malformed(place: &str, message: &str) -> Problem {
    Problem::new(Code::EnvelopeMalformed, place, message)
}

fn kind_of(document: &Value) -> Option<Content> {
    let kind = match document.get("type")? {
        Value::Array(types) if types.len() == 1 => types.first()?,
        kind => kind,
    };
    Content::ALL
        .into_iter()
        .find(|content| kind == content.enveloped_type())
}

/// Opens an enveloped credential, whatever its wrapping; also a `data:application/jwt` of version 1.1, whose claim `vc` it is.
///
/// # Errors
/// When it is no envelope of a credential, or as the `verify_credential` of its wrapping.
pub fn open_credential(
    document: &Value,
    resolver: &dyn Resolver,
    at: impl Into<Time>,
) -> Result<Opened, Vec<Problem>> {
    let (expected, at) = (Content::Credential, at.into());
    if let Some(token) = plain_token(document, expected).map_err(|problem| vec![problem])? {
        return vc_jwt::open(expected, token, resolver, at);
    }
    match unwrap(document).map_err(|problem| vec![problem])?.1 {
        Secured::Jwt(token) => jose::verify_credential(&token, resolver, at),
        Secured::SdJwt(token) => sd_jwt::verify_credential(&token, None, resolver, at),
        Secured::Cose(bytes) => cose::verify_credential(&bytes, resolver, at),
    }
}

/// Opens an enveloped presentation, whatever its wrapping, and checks that it answers what was asked; also a `data:application/jwt`
/// of version 1.1, whose claim `vp` it is. The credentials inside are still closed.
///
/// # Errors
/// When it is no envelope of a presentation, or as the `verify_presentation` of its wrapping.
pub fn open_presentation(
    document: &Value,
    asked: Asked<'_>,
    resolver: &dyn Resolver,
    at: impl Into<Time>,
) -> Result<Opened, Vec<Problem>> {
    let (expected, at) = (Content::Presentation, at.into());
    if let Some(token) = plain_token(document, expected).map_err(|problem| vec![problem])? {
        let opened = vc_jwt::open(expected, token, resolver, at)?;
        rules::answers(&opened, asked, at.at_ms)?;
        return Ok(opened);
    }
    match unwrap(document).map_err(|problem| vec![problem])?.1 {
        Secured::Jwt(token) => jose::verify_presentation(&token, asked, resolver, at),
        Secured::SdJwt(token) => sd_jwt::verify_presentation(&token, asked, resolver, at),
        Secured::Cose(bytes) => cose::verify_presentation(&bytes, asked, resolver, at),
    }
}

/// The token of an envelope that is a JSON Web Token and says no more of itself.
fn plain_token(document: &Value, expected: Content) -> Result<Option<&str>, Problem> {
    let (content, kind, data) = parts(document)?;
    if content != expected {
        let message = match expected {
            Content::Credential => "a presentation where a credential is due",
            Content::Presentation => "a credential where a presentation is due",
        };
        return Err(malformed("/type", message));
    }
    Ok((kind == vc_jwt::MEDIA_TYPE).then_some(data))
}

/// Opens the enveloped credentials of a presentation, in their order, and checks that each speaks of the holder who shows it. Those
/// that have a proof of their own are [`crate::data_integrity`]'s to judge.
///
/// # Errors
/// With all that is wrong, each fault by its place in the presentation.
pub fn open_credentials(
    presentation: &Opened,
    resolver: &dyn Resolver,
    at: impl Into<Time>,
) -> Result<Vec<Opened>, Vec<Problem>> {
    let at = at.into();
    let (mut opened, mut problems) = (Vec::new(), Vec::new());
    let document = presentation.document();
    let holder = presentation::holder_of(document);
    for (n, credential) in presentation::credentials_of(document).iter().enumerate() {
        if !is_one(credential) {
            continue;
        }
        let place = format!("/verifiableCredential/{n}");
        match open_credential(credential, resolver, at) {
            Ok(credential) => {
                let subject = credential.document().pointer("/credentialSubject/id");
                if holder.is_none() || subject.and_then(Value::as_str) != holder {
                    let message = "it speaks of another than who shows it";
                    problems.push(Problem::new(Code::HolderMismatch, place, message));
                }
                opened.push(credential);
            }
            // Inside the envelope there are places that the presentation does not have.
            Err(found) => problems.extend(found.into_iter().map(|mut problem| {
                problem.pointer.clone_from(&place);
                problem
            })),
        }
    }
    if problems.is_empty() {
        Ok(opened)
    } else {
        Err(problems)
    }
}

#[cfg(test)]
mod tests;
