//! Selective Disclosure for JWTs, RFC 9901: a signed token whose holder chooses what it shows.
//!
//! Where a claim is to be concealed, the token holds the digest of a *disclosure* (a salt, the claim's name, its value); who gets
//! the disclosure too can check that it is what was signed. Salts are handed in; each must be of 16 random bytes, used once.
//!
//! Read strictly: every digest stands once, every disclosure is referred to, nothing of the mechanism is left in what comes out,
//! and digests are of SHA-256. Whether the holder must show that it is the holder (*key binding*, §4.3) is for the verifier to
//! decide, never for the token.
//!
//! | profile | `typ` | functions |
//! | --- | --- | --- |
//! | W3C credentials, VC-JOSE-COSE §3.2 | `vc+sd-jwt`, `vp+sd-jwt` | here: [`secure_credential`], [`verify_credential`], … |
//! | SD-JWT VC, a draft of the IETF | `dc+sd-jwt` | [`vc`] |
//!
//! ```
//! use garita_credential::{DidKeyResolver, KeyFile, SigningKey, jose, sd_jwt};
//! use serde_json::json;
//!
//! let file = KeyFile::did_key(SigningKey::from_seed([7; 32]));
//! let credential = json!({
//!     "@context": ["https://www.w3.org/ns/credentials/v2"],
//!     "type": ["VerifiableCredential"],
//!     "issuer": file.controller,
//!     "credentialSubject": {"id": "did:example:driver", "name": "Rosa", "born": "1990-01-01"},
//! });
//! let plan = sd_jwt::Plan::of(["/credentialSubject/name", "/credentialSubject/born"]);
//! let salts = [[1; 16], [2; 16]]; // random bytes, in truth
//! let claims = jose::Claims::default();
//! let token = sd_jwt::secure_credential(&credential, &file, &claims, &plan, &salts).unwrap();
//!
//! let shown = sd_jwt::present(&token, &["/credentialSubject/name"]).unwrap();
//! let opened = sd_jwt::verify_credential(&shown, None, &DidKeyResolver, None).unwrap();
//! let subject = &opened.document()["credentialSubject"];
//! assert_eq!(subject, &json!({"id": "did:example:driver", "name": "Rosa"}));
//! ```

mod binding;
mod disclosure;
mod issue;
mod present;
mod process;
pub mod vc;

use serde_json::{Map, Value};

use crate::envelope::{Claims, Content, Opened, Time, Wrapping, rules};
use crate::jose::{self, Jws, TOKEN_CHARS_MAX};
use crate::keys::KeyFile;
use crate::presentation::Asked;
use crate::problem::{Code, Problem};
use crate::resolver::Resolver;

pub use binding::{AskedBinding, Binding, bind};
pub use issue::{Plan, SALT_BYTES, Salt, pointer_of_path};
pub use present::{disclosable, present};

/// The most disclosures of one token: every value of a manifest of some hundred consignments.
pub const DISCLOSURES_MAX: usize = 10_000;

/// What a token with disclosures is made of, §4. Nothing of it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdJwt<'a> {
    /// The token that the issuer signed.
    pub issued: &'a str,
    /// The disclosures, as they are written.
    pub disclosures: Vec<&'a str>,
    /// The holder's signature over this showing of it.
    pub key_binding: Option<&'a str>,
    /// All but the holder's signature, the last `~` included: what `sd_hash` is of.
    presented: &'a str,
}

impl<'a> SdJwt<'a> {
    /// Takes a token apart.
    ///
    /// # Errors
    /// When it is too long, has too many disclosures, or isn't parts with `~` between them.
    pub fn parse(text: &'a str) -> Result<Self, Problem> {
        if text.len() > TOKEN_CHARS_MAX {
            let message = format!("more than {TOKEN_CHARS_MAX} characters");
            return Err(Problem::new(Code::TokenTooLong, "", message));
        }
        let malformed = |message: &str| Problem::new(Code::SdJwtMalformed, "", message);
        let (rest, last) = text
            .rsplit_once('~')
            .ok_or_else(|| malformed("there is no `~`, not even at the end"))?;
        let presented = text.get(..=rest.len()).unwrap_or_default();
        let mut parts = rest.split('~');
        let issued = parts.next().unwrap_or_default();
        let disclosures: Vec<&str> = parts.collect();
        if disclosures.iter().any(|one| one.is_empty()) {
            return Err(malformed("a disclosure is empty"));
        }
        if disclosures.len() > DISCLOSURES_MAX {
            let message = format!("more than {DISCLOSURES_MAX} disclosures");
            return Err(malformed(&message));
        }
        Ok(Self {
            issued,
            disclosures,
            key_binding: (!last.is_empty()).then_some(last),
            presented,
        })
    }
}

/// Signs a credential of which the holder can conceal what `plan` says: `typ` is `vc+sd-jwt`. One salt for each step of the plan.
///
/// # Errors
/// As [`crate::jose::secure_credential`]; when the plan names what isn't there or must stay visible, or salts are lacking.
pub fn secure_credential(
    credential: &Value,
    file: &KeyFile,
    claims: &Claims,
    plan: &Plan,
    salts: &[Salt],
) -> Result<String, Vec<Problem>> {
    secure(Content::Credential, credential, file, claims, plan, salts)
}

/// Signs a presentation of which parts can be concealed: `typ` is `vp+sd-jwt`.
///
/// # Errors
/// As [`secure_credential`].
pub fn secure_presentation(
    presentation: &Value,
    file: &KeyFile,
    claims: &Claims,
    plan: &Plan,
    salts: &[Salt],
) -> Result<String, Vec<Problem>> {
    let content = Content::Presentation;
    secure(content, presentation, file, claims, plan, salts)
}

/// Verifies a credential in a `vc+sd-jwt`; the document is what was disclosed of it. With `binding`, its holder must have signed
/// this showing; without, no such signature may be there. That one is of now: its key is judged at the time of judging. An `iat`
/// that stands in a disclosure says nothing of the issuer's key.
///
/// # Errors
/// As [`crate::jose::verify_credential`]; when a disclosure or the key binding is not as it must be.
pub fn verify_credential(
    token: &str,
    binding: Option<&AskedBinding<'_>>,
    resolver: &dyn Resolver,
    at: impl Into<Time>,
) -> Result<Opened, Vec<Problem>> {
    verify(Content::Credential, token, binding, resolver, at.into())
}

/// Verifies a presentation in a `vp+sd-jwt`, which is the holder's own; see [`crate::jose::verify_presentation`].
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
    let opened = verify(Content::Presentation, token, None, resolver, at)?;
    rules::answers(&opened, asked, at.at_ms)?;
    Ok(opened)
}

fn secure(
    content: Content,
    document: &Value,
    file: &KeyFile,
    claims: &Claims,
    plan: &Plan,
    salts: &[Salt],
) -> Result<String, Vec<Problem>> {
    let payload = rules::payload(content, document, claims)?;
    let header = jose::header(content, Wrapping::SdJwt, file);
    issue::issue(payload, header, plan, salts, &file.key).map_err(|problem| vec![problem])
}

fn verify(
    content: Content,
    token: &str,
    binding: Option<&AskedBinding<'_>>,
    resolver: &dyn Resolver,
    at: Time,
) -> Result<Opened, Vec<Problem>> {
    let one = |problem| vec![problem];
    let parts = SdJwt::parse(token).map_err(one)?;
    let jws = Jws::parse(parts.issued).map_err(one)?;
    let payload = jose::opened_payload(&jws, content, Wrapping::SdJwt).map_err(one)?;
    let speaker = rules::Speaker::of(content, jws.text("kid"), &payload);
    let key = speaker
        .resolve(resolver, at.of_key(&payload))
        .map_err(one)?;
    jws.verify(&key.key).map_err(one)?;
    let shown = shown(payload, &parts, binding, resolver, at.at_ms).map_err(one)?;
    rules::open(content, shown, speaker, key, at.at_ms)
}

/// What a payload, whose signature holds, says with its disclosures, §7.1; and that the right holder shows it, §7.3.
fn shown(
    payload: Map<String, Value>,
    parts: &SdJwt<'_>,
    binding: Option<&AskedBinding<'_>>,
    resolver: &dyn Resolver,
    at_ms: Option<i64>,
) -> Result<Map<String, Value>, Problem> {
    // The holder's key is what the issuer signed in the open; a disclosure cannot set another.
    binding::check(parts, payload.get("cnf"), binding, resolver, at_ms)?;
    process::process(payload, &parts.disclosures)
}

#[cfg(test)]
mod tests;
