//! What holds of a payload in every wrapping.

use serde_json::{Map, Number, Value};

use super::{Claims, Content, Opened, unwrap};
use crate::data_integrity::Purpose;
use crate::did::shorten;
use crate::presentation::{self, Asked, CREDENTIALS_MAX};
use crate::problem::{Code, Problem};
use crate::resolver::{ResolvedKey, Resolver};
use crate::time::parse_date_time_stamp;
use crate::vc::{self, CONTEXT_V2};

/// Claims of a token that are about the signature, not of the document: RFC 7519 §4.1, RFC 7800 §3.1, OpenID Connect's `nonce`.
const CLAIMS: [&str; 9] = [
    "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "cnf",
];

/// Whether a name is that of a claim about the signature.
pub(super) fn is_claim(name: &str) -> bool {
    CLAIMS.contains(&name)
}

/// The last second of the year 9999: beyond it no date is meant, and milliseconds still fit.
const SECONDS_MAX: f64 = 253_402_300_799.0;

/// The document with the claims about its signature, as it is to be signed.
pub(crate) fn payload(
    content: Content,
    document: &Value,
    claims: &Claims,
) -> Result<Map<String, Value>, Vec<Problem>> {
    let Some(members) = document.as_object() else {
        let message = "what is to be signed is not a JSON object";
        return Err(vec![Problem::new(Code::DocumentMalformed, "", message)]);
    };
    let mut payload = members.clone();
    let seconds = |at_ms: i64| Value::from(at_ms.div_euclid(1000));
    let ours = [
        ("iat", claims.issued_ms.map(seconds)),
        ("exp", claims.expires_ms.map(seconds)),
        ("nonce", claims.nonce.clone().map(Value::from)),
        ("aud", claims.audience.clone().map(Value::from)),
    ];
    for (name, value) in ours {
        if let Some(value) = value {
            payload.insert(name.into(), value);
        }
    }
    let mut problems = form(content, &payload);
    problems.extend(times(&payload, None));
    if problems.is_empty() {
        Ok(payload)
    } else {
        Err(problems)
    }
}

/// Who says that a payload is theirs, and by which key; nothing of it is proven yet.
pub(crate) struct Speaker {
    content: Content,
    kid: Option<String>,
    base: Option<String>,
}

impl Speaker {
    pub(crate) fn of(content: Content, kid: Option<&str>, payload: &Map<String, Value>) -> Self {
        let iss = payload.get("iss").and_then(Value::as_str);
        Self {
            content,
            kid: kid.map(str::to_owned),
            base: iss
                .or_else(|| speaker_of(content, Some(payload)).0)
                .map(str::to_owned),
        }
    }

    /// The verification method: `kid` where it is an absolute URL, else as a fragment of who speaks. §4.1.
    pub(crate) fn method(&self) -> Result<String, Problem> {
        match (&self.kid, &self.base) {
            (Some(kid), _) if kid.len() <= crate::did::DID_CHARS_MAX && vc::is_url(kid) => {
                Ok(kid.clone())
            }
            (Some(kid), Some(base)) if vc::is_url(base) => {
                Ok(format!("{base}#{}", kid.trim_start_matches('#')))
            }
            (Some(_) | None, _) => Err(Problem::new(
                Code::KeyUnnamed,
                "",
                "`kid` must name the key by a DID URL, or by its fragment where `iss` names the signer",
            )),
        }
    }

    pub(crate) fn resolve(
        &self,
        resolver: &dyn Resolver,
        at_ms: Option<i64>,
    ) -> Result<ResolvedKey, Problem> {
        let purpose = match self.content {
            Content::Credential => Purpose::AssertionMethod,
            Content::Presentation => Purpose::Authentication,
        };
        let key = resolver
            .key(&self.method()?, at_ms)
            .map_err(|error| Problem::new(error.kind(), "", error.to_string()))?;
        if key.purposes.allow(purpose) {
            return Ok(key);
        }
        let message = format!(
            "the key's controller does not use it for {}",
            purpose.as_str()
        );
        Err(Problem::new(Code::PurposeMismatch, "", message))
    }
}

/// Judges a payload whose signature holds, and takes the claims out of it.
pub(crate) fn open(
    content: Content,
    payload: Map<String, Value>,
    speaker: Speaker,
    key: ResolvedKey,
    at_ms: Option<i64>,
) -> Result<Opened, Vec<Problem>> {
    let mut problems = form(content, &payload);
    problems.extend(times(&payload, at_ms));
    if !problems.is_empty() {
        return Err(problems);
    }
    let (claims, members): (Map<_, _>, Map<_, _>) =
        payload.into_iter().partition(|(name, _)| is_claim(name));
    Ok(Opened {
        content,
        document: Value::Object(members),
        claims,
        verification_method: speaker.method().map_err(|problem| vec![problem])?,
        controller: key.controller,
    })
}

/// Whether a presentation answers what was asked.
pub(crate) fn answers(
    opened: &Opened,
    asked: Asked<'_>,
    at_ms: Option<i64>,
) -> Result<(), Vec<Problem>> {
    let mut problems = Vec::new();
    let mut wrong = |code, place: &str, message: &str| {
        problems.push(Problem::new(code, place, message));
    };
    let claims = &opened.claims;
    if asked.challenge.is_some() && claims.get("nonce").and_then(Value::as_str) != asked.challenge {
        let message = "the presentation does not answer the challenge";
        wrong(Code::ChallengeMismatch, "/nonce", message);
    }
    if let Some(domain) = asked.domain
        && !claims.get("aud").is_some_and(|aud| names(aud, domain))
    {
        wrong(
            Code::DomainMismatch,
            "/aud",
            "the presentation is for another",
        );
    }
    if let Some(age_ms_max) = asked.age_ms_max {
        let issued_ms = claims.get("iat").and_then(numeric_date);
        // As far ahead as behind: two clocks that nobody set. Who asks for an age without knowing the time gets no answer.
        let age_ms = at_ms
            .zip(issued_ms)
            .map(|(now_ms, at)| now_ms.saturating_sub(at).abs());
        if age_ms.is_none_or(|age_ms| age_ms > age_ms_max) {
            wrong(
                Code::PresentationStale,
                "/iat",
                "the presentation is not of now",
            );
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

/// RFC 7519 §4.1.3: one audience, or several.
fn names(audience: &Value, domain: &str) -> bool {
    match audience {
        Value::Array(several) => several.iter().any(|one| one == domain),
        one => one == domain,
    }
}

/// Who speaks by a document, and where that stands.
pub(crate) fn speaker_of(
    content: Content,
    members: Option<&Map<String, Value>>,
) -> (Option<&str>, &'static str) {
    let (name, place) = match content {
        Content::Credential => ("issuer", "/issuer"),
        Content::Presentation => ("holder", "/holder"),
    };
    let speaker = match members.and_then(|members| members.get(name)) {
        Some(Value::String(id)) => Some(id.as_str()),
        Some(speaker) => speaker.get("id").and_then(Value::as_str),
        None => None,
    };
    (speaker, place)
}

/// The form of a payload, whenever it is looked at.
fn form(content: Content, payload: &Map<String, Value>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for name in ["vc", "vp"] {
        // §3.1.3: as in version 1.1. A reader of the one would see another credential than a reader of the other.
        if payload.contains_key(name) {
            let message = format!("the claim `{name}` may not stand in it");
            problems.push(Problem::new(
                Code::ClaimForbidden,
                format!("/{name}"),
                message,
            ));
        }
    }
    problems.extend(conflicts(content, payload));
    let document = Value::Object(payload.clone());
    match content {
        Content::Credential => problems.extend(vc::check(&document, None)),
        Content::Presentation => problems.extend(check_presentation(&document)),
    }
    problems
}

/// §3.1.3 and §4.1: a claim may repeat what the document says, and must not contradict it.
pub(super) fn conflicts(content: Content, payload: &Map<String, Value>) -> Vec<Problem> {
    let subject = payload.get("credentialSubject");
    let pairs = [
        ("iss", speaker_of(content, Some(payload)).0),
        ("jti", payload.get("id").and_then(Value::as_str)),
        (
            "sub",
            subject
                .and_then(|one| one.get("id"))
                .and_then(Value::as_str),
        ),
    ];
    let mut problems = Vec::new();
    for (name, said) in pairs {
        let Some(claim) = payload.get(name) else {
            continue;
        };
        let message = match claim.as_str() {
            None => format!("the claim `{name}` is not a text"),
            // Of several subjects, or of none that is named, `sub` can be any.
            Some(claim) if said.is_some_and(|said| said != claim) => {
                format!("the claim `{name}` contradicts the document")
            }
            Some(_) if name == "iss" && said.is_none() => {
                format!("the claim `{name}` names somebody, the document nobody")
            }
            Some(_) => continue,
        };
        problems.push(Problem::new(
            Code::ClaimMismatch,
            format!("/{name}"),
            message,
        ));
    }
    problems
}

/// `iat`, `exp`, `nbf`: of the signature, not of what is signed.
pub(crate) fn times(payload: &Map<String, Value>, at_ms: Option<i64>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut wrong = |code, name: &str, message: &str| {
        problems.push(Problem::new(code, format!("/{name}"), message));
    };
    for name in ["iat", "exp", "nbf"] {
        let Some(value) = payload.get(name) else {
            continue;
        };
        match (numeric_date(value), at_ms) {
            (None, _) => wrong(Code::ClaimMalformed, name, "not a time in seconds"),
            (Some(exp_ms), Some(at_ms)) if name == "exp" && at_ms >= exp_ms => {
                wrong(Code::ProofExpired, name, "the signature's expiry is over");
            }
            (Some(nbf_ms), Some(at_ms)) if name == "nbf" && at_ms < nbf_ms => {
                wrong(
                    Code::ProofNotYetValid,
                    name,
                    "the signature counts only later",
                );
            }
            (Some(_), _) => {}
        }
    }
    problems
}

/// RFC 7519 §2: seconds since 1970, with a fraction or not. A `dateTimeStamp` is read too: makers of credentials write one.
pub(crate) fn numeric_date(value: &Value) -> Option<i64> {
    let seconds = match value {
        Value::String(text) => return parse_date_time_stamp(text),
        Value::Number(number) => Number::as_f64(number)?,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    // Below 2^53 both ways, so nothing of a whole second is lost.
    (0.0..=SECONDS_MAX)
        .contains(&seconds)
        .then_some((seconds * 1000.0) as i64)
}

/// VC Data Model 2.0 §4.13, and §3.1.2: credentials in a presentation must be secured.
fn check_presentation(document: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut wrong = |code, place: &str, message: &str| {
        problems.push(Problem::new(code, place, message));
    };
    if document.pointer("/@context/0").and_then(Value::as_str) != Some(CONTEXT_V2) {
        let message = "the first context must be that of credentials";
        wrong(Code::PresentationMalformed, "/@context/0", message);
    }
    if !presentation::is_one(document) {
        let message = "`type` must include VerifiablePresentation";
        wrong(Code::PresentationMalformed, "/type", message);
    }
    if presentation::holder_of(document).is_none() {
        let message = "`holder` must be an absolute URL";
        wrong(Code::PresentationMalformed, "/holder", message);
    }
    let credentials = presentation::credentials_of(document);
    if credentials.is_empty() || credentials.len() > CREDENTIALS_MAX {
        let message = "a presentation shows between one and twenty credentials";
        wrong(
            Code::PresentationMalformed,
            "/verifiableCredential",
            message,
        );
    }
    for (n, credential) in credentials.iter().enumerate().take(CREDENTIALS_MAX) {
        let place = format!("/verifiableCredential/{n}");
        if !super::is_one(credential) {
            if credential.get("proof").is_none() {
                let message = "neither enveloped nor with a proof";
                wrong(Code::CredentialUnsecured, &place, message);
            }
            continue;
        }
        match unwrap(credential) {
            Ok((Content::Credential, _)) => {}
            Ok((Content::Presentation, _)) => {
                let message = "a presentation where a credential is due";
                wrong(Code::EnvelopeMalformed, &place, message);
            }
            Err(problem) => {
                let place = format!("{place}{}", problem.pointer);
                wrong(problem.code, &place, &shorten(&problem.message));
            }
        }
    }
    problems
}
