//! A document and a key at hand: secure the one with the other, or verify it. Securing Verifiable Credentials using JOSE and COSE, as
//! a command does it that is told by name what to do.
//!
//! Nothing is resolved: the key at hand is taken for whatever the signature names. Nor is it asked whether the document is in force, or
//! who may have signed it.
//!
//! ```
//! use garita_canon::{Canonicalizer, ContextSet};
//! use garita_credential::secured::{Feature, Operation, Task, run};
//! use garita_credential::{SigningKey, jwk};
//! use serde_json::json;
//!
//! let public = jwk::to_jwk(&SigningKey::from_seed([7; 32]).verification_key())?;
//! let mut secret = public.clone();
//! secret["d"] = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc".into();
//! let key = json!({
//!     "id": "https://issuer.example#1", "type": "JsonWebKey", "controller": "https://issuer.example",
//!     "publicKeyJwk": public, "secretKeyJwk": secret,
//! });
//! let credential = json!({
//!     "@context": ["https://www.w3.org/ns/credentials/v2"],
//!     "type": ["VerifiableCredential"],
//!     "issuer": "https://issuer.example",
//!     "credentialSubject": {"id": "did:example:truck"},
//! });
//! let canonicalizer = Canonicalizer::new(ContextSet::bundled());
//! let feature = Feature::from_name("credential_jose").unwrap();
//! let mut salt = || [0; 16]; // none is needed here; else random bytes
//! let issue = Task { operation: Operation::Issue, feature, input: &credential.to_string(), key: &key, concealable: &[] };
//! let token = run(&issue, &mut salt, &canonicalizer).unwrap();
//! let verify = Task { operation: Operation::Verify, input: &token, ..issue };
//! assert_eq!(run(&verify, &mut salt, &canonicalizer), Ok(String::new()));
//! # Ok::<(), garita_credential::keys::KeyError>(())
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use garita_canon::Canonicalizer;
use garita_canon::json::push_pointer;
use serde_json::Value;

use crate::did::shorten;
use crate::envelope::{self, BASE64, Claims, Content, Wrapping};
use crate::keys::{KeyError, KeyFile, VerificationKey};
use crate::presentation::Asked;
use crate::problem::{Code, Problem};
use crate::resolver::{ResolveError, ResolvedKey, Resolver};
use crate::sd_jwt::{Plan, Salt, pointer_of_path};
use crate::{cose, jose, jwk, sd_jwt, vc};

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Secure a document.
    Issue,
    /// Verify what is secured.
    Verify,
}

impl Operation {
    /// The operation of that name, `issue` or `verify`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "issue" => Some(Self::Issue),
            "verify" => Some(Self::Verify),
            _ => None,
        }
    }
}

/// What is secured, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Feature {
    /// What.
    pub content: Content,
    /// How.
    pub wrapping: Wrapping,
}

impl Feature {
    /// The feature of that name, such as `presentation_sdjwt`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let (content, wrapping) = name.split_once('_')?;
        Some(Self {
            content: match content {
                "credential" => Content::Credential,
                "presentation" => Content::Presentation,
                _ => return None,
            },
            wrapping: match wrapping {
                "jose" => Wrapping::Jwt,
                "sdjwt" => Wrapping::SdJwt,
                "cose" => Wrapping::Cose,
                _ => return None,
            },
        })
    }
}

/// What to do, with what.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a> {
    /// What is to be done.
    pub operation: Operation,
    /// What is secured, and how.
    pub feature: Feature,
    /// The document as JSON; to verify, the token, or the message in base64.
    pub input: &'a str,
    /// A JsonWebKey or Multikey document; to verify, its public half is enough.
    pub key: &'a Value,
    /// What a holder can conceal, as paths such as `credentialSubject.phoneNumbers[0]`.
    pub concealable: &'a [String],
}

/// Does it. Gives the token, or the message in base64 without padding; after verifying nothing.
///
/// Each call of `salt` gives 16 random bytes that are used nowhere else.
///
/// # Errors
/// With all that is wrong, as far as it can be seen.
pub fn run(
    task: &Task<'_>,
    salt: &mut dyn FnMut() -> Salt,
    canonicalizer: &Canonicalizer,
) -> Result<String, Vec<Problem>> {
    match task.operation {
        Operation::Issue => issue(task, salt, canonicalizer),
        Operation::Verify => verify(task).map(|()| String::new()),
    }
}

fn issue(
    task: &Task<'_>,
    salt: &mut dyn FnMut() -> Salt,
    canonicalizer: &Canonicalizer,
) -> Result<String, Vec<Problem>> {
    let one = |problem| vec![problem];
    let file = <KeyFile>::from_value(task.key).map_err(|error| one(unusable(&error)))?;
    let Feature { content, wrapping } = task.feature;
    if wrapping != Wrapping::SdJwt && !task.concealable.is_empty() {
        let message = "only an SD-JWT has parts that can be concealed";
        return Err(one(Problem::new(Code::ClaimNotConcealable, "", message)));
    }
    let document = Value::Object(jose::object(task.input.as_bytes()).map_err(one)?);
    let mut problems = check_members(content, &document);
    problems.extend(vc::check_terms(
        &with_urls_trimmed(&document),
        canonicalizer,
    ));
    if !problems.is_empty() {
        return Err(problems);
    }
    let claims = Claims::default();
    let encode = |message| STANDARD_NO_PAD.encode::<Vec<u8>>(message);
    let plan = Plan::of(task.concealable.iter().map(|path| pointer_of_path(path)));
    let salts: Vec<Salt> = (0..plan.salts()).map(|_| salt()).collect();
    match (wrapping, content) {
        (Wrapping::Jwt, Content::Credential) => jose::secure_credential(&document, &file, &claims),
        (Wrapping::Jwt, Content::Presentation) => {
            jose::secure_presentation(&document, &file, &claims)
        }
        (Wrapping::SdJwt, Content::Credential) => {
            sd_jwt::secure_credential(&document, &file, &claims, &plan, &salts)
        }
        (Wrapping::SdJwt, Content::Presentation) => {
            sd_jwt::secure_presentation(&document, &file, &claims, &plan, &salts)
        }
        (Wrapping::Cose, Content::Credential) => {
            cose::secure_credential(&document, &file, &claims).map(encode)
        }
        (Wrapping::Cose, Content::Presentation) => {
            cose::secure_presentation(&document, &file, &claims).map(encode)
        }
    }
}

/// Members of a credential that the data model 2.0 knows, §4 and §5.
const MEMBERS: [&str; 18] = [
    "@context",
    "id",
    "type",
    "name",
    "description",
    "issuer",
    "validFrom",
    "validUntil",
    "credentialSubject",
    "credentialStatus",
    "credentialSchema",
    "refreshService",
    "termsOfUse",
    "evidence",
    "relatedResource",
    "confidenceMethod",
    "renderMethod",
    "proof",
];

/// A context with `@vocab` defines any member whatever, a misspelt one too, so that asking for a definition is not enough. What a
/// credential says belongs to its subject.
fn check_members(content: Content, document: &Value) -> Vec<Problem> {
    let members = match content {
        Content::Credential => document.as_object(),
        Content::Presentation => None,
    };
    members
        .into_iter()
        .flatten()
        .filter(|(name, _)| !MEMBERS.contains(&name.as_str()))
        .take(vc::PROBLEMS_MAX)
        .map(|(name, _)| {
            let mut place = String::new();
            push_pointer(&mut place, name);
            let message = format!("the data model has no member `{}`", shorten(name));
            Problem::new(Code::MemberUnknown, place, message)
        })
        .collect()
}

/// With the `data:` URLs of envelopes as the URL Standard reads them: their makers leave line feeds at the end, and linked data takes no
/// such text for an identifier.
fn with_urls_trimmed(document: &Value) -> Value {
    let mut document = document.clone();
    let credentials = match document.get_mut("verifiableCredential") {
        Some(Value::Array(credentials)) => credentials.as_mut_slice(),
        Some(one) => std::slice::from_mut(one),
        None => &mut [],
    };
    for credential in credentials.iter_mut().filter(|one| envelope::is_one(one)) {
        if let Some(Value::String(id)) = credential.get_mut("id") {
            id.truncate(id.trim_ascii_end().len());
        }
    }
    document
}

fn verify(task: &Task<'_>) -> Result<(), Vec<Problem>> {
    let one = |problem| vec![problem];
    let key = KeyAtHand::read(task.key).map_err(|error| one(unusable(&error)))?;
    let input = task.input.trim_ascii();
    let asked = Asked::default();
    // Without a time: expiry is for who has a clock.
    let opened = match (task.feature.wrapping, task.feature.content) {
        (Wrapping::Jwt, Content::Credential) => jose::verify_credential(input, &key, None),
        (Wrapping::Jwt, Content::Presentation) => {
            jose::verify_presentation(input, asked, &key, None)
        }
        (Wrapping::SdJwt, Content::Credential) => {
            sd_jwt::verify_credential(input, None, &key, None)
        }
        (Wrapping::SdJwt, Content::Presentation) => {
            sd_jwt::verify_presentation(input, asked, &key, None)
        }
        (Wrapping::Cose, content) => {
            let message = message_of(input).map_err(one)?;
            match content {
                Content::Credential => cose::verify_credential(&message, &key, None),
                Content::Presentation => cose::verify_presentation(&message, asked, &key, None),
            }
        }
    };
    opened.map(drop)
}

fn message_of(input: &str) -> Result<Vec<u8>, Problem> {
    if input.len() > cose::MESSAGE_BYTES_MAX.div_ceil(3) * 4 {
        let message = format!("more than {} bytes", cose::MESSAGE_BYTES_MAX);
        return Err(Problem::new(Code::TokenTooLong, "", message));
    }
    BASE64.decode(input).map_err(|_| {
        let message = "the message is not in base64";
        Problem::new(Code::CoseMalformed, "", message)
    })
}

/// The public half of a key document, for whatever verification method is asked for.
struct KeyAtHand {
    controller: String,
    key: VerificationKey,
}

impl KeyAtHand {
    fn read(document: &Value) -> Result<Self, KeyError> {
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        let key = match (document.get("publicKeyJwk"), text("publicKeyMultibase")) {
            (Some(public), None) => jwk::from_jwk(public)?,
            (None, Some(public)) => VerificationKey::from_multibase(public)?,
            _ => return Err(KeyError::File("one public key must be there")),
        };
        let id = text("id").and_then(|id| id.split('#').next());
        let controller = text("controller").or(id).unwrap_or_default();
        Ok(Self {
            controller: controller.to_owned(),
            key,
        })
    }
}

impl Resolver for KeyAtHand {
    fn key(&self, _: &str, _: Option<i64>) -> Result<ResolvedKey, ResolveError> {
        Ok(ResolvedKey::new(self.controller.clone(), self.key.clone()))
    }
}

fn unusable(error: &KeyError) -> Problem {
    Problem::new(error.kind(), "", error.to_string())
}

#[cfg(test)]
mod tests;
