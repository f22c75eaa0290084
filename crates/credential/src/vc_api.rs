//! The W3C CCG VC API: issuing, deriving and verifying over HTTP, as far as it is not HTTP. A body comes in, a status and a body go out.
//!
//! Whatever comes in, the answer is one that a client can read: 201 or 200, else 400 with all that is wrong. Whoever serves this decides
//! about keys; where a key is for several suites, `options.cryptosuite` may name one ([`Way::asked_for`]).

use garita_canon::Canonicalizer;
use serde_json::{Map, Value, json};

use crate::data_integrity::{self, Form, ProofOptions, Suite};
use crate::did::shorten;
use crate::envelope::{self, Content, Secured};
use crate::judge::{Checks, Judge};
use crate::keys::{KeyFile, KeyType, SigningKey};
use crate::problem::{Code, Problem};
use crate::selective::ecdsa_sd;
use crate::{jose, vc};

/// What a 1.1 credential needs besides, so that its proof's terms are defined (Data Integrity 1.0 §2.4.1).
const CONTEXT_DATA_INTEGRITY: &str = "https://w3id.org/security/data-integrity/v2";

/// What goes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Body, JSON.
    pub body: Value,
    /// What the body tells as `problemDetails`, for who tells it in further words.
    pub problems: Vec<Problem>,
}

impl Answer {
    /// An answer with nothing against it.
    #[must_use]
    pub fn new(status: u16, body: Value) -> Self {
        Self {
            status,
            body,
            problems: Vec::new(),
        }
    }

    fn made(name: &str, made: Value) -> Self {
        let mut body = Map::new();
        body.insert(name.to_owned(), made);
        Self::new(201, Value::Object(body))
    }

    fn refused(problems: Vec<Problem>) -> Self {
        Self {
            status: 400,
            body: json!({ "verified": false, "problemDetails": details(&problems) }),
            problems,
        }
    }

    fn verdict(problems: Vec<Problem>) -> Self {
        if problems.is_empty() {
            return Self::new(200, json!({ "verified": true, "problemDetails": [] }));
        }
        Self::refused(problems)
    }
}

/// How one address issues.
pub struct Issuer {
    /// The key, by what is done with it.
    pub way: Way,
}

/// What is done with a key.
pub enum Way {
    /// A proof over the whole document.
    Plain(Suite, KeyFile),
    /// `ecdsa-sd-2023`.
    EcdsaSd(KeyFile),
    /// `bbs-2023`.
    #[cfg(feature = "bbs")]
    Bbs(KeyFile<crate::bbs::SecretKey>),
    /// An envelope that is a `vc+jwt`.
    Jwt(KeyFile),
}

impl Way {
    /// What a request asks of a key: the suite of its `options.cryptosuite`, or the usual one for a key of that kind.
    ///
    /// # Errors
    /// `suite-unknown`, and `suite-key-mismatch` where the key is not for that suite.
    pub fn asked_for(body: &Value, file: KeyFile) -> Result<Self, Problem> {
        const PLACE: &str = "/options/cryptosuite";
        let kind = file.key.key_type();
        let mismatch = |name: &str| {
            let message = format!(
                "the key of `{}` is {}, not for {name}",
                file.controller,
                kind.name()
            );
            Problem::new(Code::SuiteKeyMismatch, PLACE, message)
        };
        let suite = match options_of(body)?.text("cryptosuite")? {
            None => Suite::usual(kind).ok_or_else(|| mismatch("whole documents"))?,
            Some(name) => Suite::from_name(name).ok_or_else(|| {
                let message = format!("no suite `{}` here", shorten(name));
                Problem::new(Code::SuiteUnknown, PLACE, message)
            })?,
        };
        if !suite.takes(kind) {
            return Err(mismatch(suite.as_str()));
        }
        match suite {
            Suite::EddsaRdfc2022
            | Suite::EddsaJcs2022
            | Suite::EcdsaRdfc2019
            | Suite::EcdsaJcs2019 => Ok(Self::Plain(suite, file)),
            Suite::EcdsaSd2023 => Ok(Self::EcdsaSd(file)),
            // Its keys sign no bytes, and are of another type.
            Suite::Bbs2023 => Err(mismatch(suite.as_str())),
        }
    }
}

impl Issuer {
    /// Who issues.
    #[must_use]
    pub fn controller(&self) -> &str {
        self.names().1
    }

    /// Verification method and controller.
    fn names(&self) -> (&str, &str) {
        match &self.way {
            Way::Plain(_, file) | Way::EcdsaSd(file) | Way::Jwt(file) => {
                (&file.id, &file.controller)
            }
            #[cfg(feature = "bbs")]
            Way::Bbs(file) => (&file.id, &file.controller),
        }
    }
}

/// What an issuer needs that must be new and random each time.
pub struct Fresh {
    /// Names of blank nodes.
    pub hmac_key: [u8; 32],
    /// A P-256 key for one document.
    pub proof_key: SigningKey,
    /// Bound into what is derived by bbs-2023.
    pub presentation_header: Vec<u8>,
}

impl Fresh {
    /// Made of what `random` gives; none where it gives nothing.
    pub fn from_random(mut random: impl FnMut() -> Option<[u8; 32]>) -> Option<Self> {
        // One number in four billion is beyond the curve's order and makes no key.
        let proof_key =
            (0..2).find_map(|_| SigningKey::from_bytes(KeyType::P256, &random()?).ok())?;
        Some(Self {
            proof_key,
            hmac_key: random()?,
            presentation_header: random()?.to_vec(),
        })
    }
}

/// `POST …/credentials/issue`: signs `credential`. `options.mandatoryPointers` where parts can be shown.
///
/// `status` is put in as `credentialStatus`, where the issuer keeps a list.
#[must_use]
pub fn issue(
    issuer: &Issuer,
    body: &Value,
    status: Option<Value>,
    fresh: &Fresh,
    now_ms: i64,
    canonicalizer: &Canonicalizer,
) -> Answer {
    match issued(issuer, body, status, fresh, now_ms, canonicalizer) {
        Ok(credential) => Answer::made("verifiableCredential", credential),
        Err(problems) => Answer::refused(problems),
    }
}

fn issued(
    issuer: &Issuer,
    body: &Value,
    status: Option<Value>,
    fresh: &Fresh,
    now_ms: i64,
    canonicalizer: &Canonicalizer,
) -> Result<Value, Vec<Problem>> {
    let one = |problem: Problem| vec![problem];
    let mut credential = member(body, "credential").map_err(one)?.clone();
    let options = options_of(body).map_err(one)?;
    let mandatory = options.pointers("mandatoryPointers").map_err(one)?;
    if let (Some(status), Some(members)) = (status, credential.as_object_mut()) {
        members.insert("credentialStatus".into(), status);
    }
    if vc::is_v1(&credential) {
        add_context(&mut credential);
    }
    let mut problems = vc::check_any(&credential, None);
    problems.extend(vc::check_known_resources(&credential));
    problems.extend(vc::check_terms(&credential, canonicalizer));
    let (id, controller) = issuer.names();
    if vc::issuer_of(&credential).is_some_and(|named| named != controller) {
        let message = format!("issues for `{controller}` alone");
        problems.push(Problem::new(Code::ControllerMismatch, "/issuer", message));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let proof = ProofOptions::assertion(id, now_ms);
    let selects = matches!(&issuer.way, Way::EcdsaSd(_)) || is_bbs(&issuer.way);
    if !selects && !mandatory.is_empty() {
        let message = "no part of what this signs can be shown";
        return Err(one(malformed("/options/mandatoryPointers", message)));
    }
    match &issuer.way {
        Way::Plain(suite, file) => {
            data_integrity::create(&credential, *suite, &file.key, &proof, canonicalizer)
                .map_err(one)
        }
        Way::EcdsaSd(file) => {
            let secrets = ecdsa_sd::Secrets {
                hmac_key: fresh.hmac_key,
                proof_key: fresh.proof_key.clone(),
                nonces: ecdsa_sd::Nonces::Random,
            };
            ecdsa_sd::create(
                &credential,
                &file.key,
                &proof,
                &mandatory,
                &secrets,
                canonicalizer,
            )
            .map_err(one)
        }
        #[cfg(feature = "bbs")]
        Way::Bbs(file) => crate::selective::bbs::create(
            &credential,
            &file.key,
            &proof,
            &mandatory,
            &fresh.hmac_key,
            canonicalizer,
        )
        .map_err(one),
        Way::Jwt(file) => {
            let token = jose::secure_credential(&credential, file, &jose::Claims::default())?;
            Ok(envelope::wrap(Content::Credential, &Secured::Jwt(token)))
        }
    }
}

#[cfg(feature = "bbs")]
fn is_bbs(way: &Way) -> bool {
    matches!(way, Way::Bbs(_))
}

#[cfg(not(feature = "bbs"))]
fn is_bbs(_: &Way) -> bool {
    false
}

/// `POST …/credentials/derive`: the part of `verifiableCredential` that `options.selectivePointers` and its issuer name.
#[must_use]
pub fn derive(
    body: &Value,
    #[cfg_attr(
        not(feature = "bbs"),
        expect(unused_variables, reason = "only bbs-2023 is random here")
    )]
    fresh: &Fresh,
    canonicalizer: &Canonicalizer,
) -> Answer {
    let derived = member(body, "verifiableCredential").and_then(|credential| {
        let options = options_of(body)?;
        let reveal = options.pointers("selectivePointers")?;
        let suite = credential
            .pointer("/proof/cryptosuite")
            .and_then(Value::as_str)
            .and_then(Suite::from_name);
        match suite {
            #[cfg(feature = "bbs")]
            Some(Suite::Bbs2023) => crate::selective::bbs::derive(
                credential,
                &reveal,
                &fresh.presentation_header,
                canonicalizer,
            ),
            Some(suite) if suite.form() != Form::Selective => Err(Problem::new(
                Code::ProofNotBase,
                "/proof",
                format!("no part of what {} signs can be shown", suite.as_str()),
            )),
            Some(_) | None => ecdsa_sd::derive(credential, &reveal, canonicalizer),
        }
    });
    match derived {
        Ok(derived) => Answer::made("verifiableCredential", derived),
        Err(problem) => Answer::refused(vec![problem]),
    }
}

/// `POST …/credentials/verify`: judges `verifiableCredential`. `options.checks` of `["proof"]` leaves out whether it is in force;
/// `options.domain` and `options.challenge` are compared.
#[must_use]
pub fn verify_credential(body: &Value, judge: &Judge<'_>) -> Answer {
    let judged = member(body, "verifiableCredential").and_then(|credential| {
        let options = options_of(body)?;
        Ok(options.applied(judge)?.credential(credential))
    });
    Answer::verdict(judged.unwrap_or_else(|problem| vec![problem]))
}

/// `POST …/presentations/verify`: judges `verifiablePresentation` with all that is in it.
#[must_use]
pub fn verify_presentation(body: &Value, judge: &Judge<'_>) -> Answer {
    let judged = member(body, "verifiablePresentation").and_then(|presentation| {
        let options = options_of(body)?;
        Ok(options.applied(judge)?.presentation(presentation))
    });
    Answer::verdict(judged.unwrap_or_else(|problem| vec![problem]))
}

/// What a request asks for beside the document.
struct Options<'a>(Option<&'a Map<String, Value>>);

impl<'a> Options<'a> {
    fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.and_then(|members| members.get(name))
    }

    fn text(&self, name: &str) -> Result<Option<&'a str>, Problem> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(malformed(&format!("/options/{name}"), "must be a text")),
        }
    }

    fn pointers(&self, name: &str) -> Result<Vec<String>, Problem> {
        let wrong = || {
            malformed(
                &format!("/options/{name}"),
                "must be a list of JSON pointers",
            )
        };
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => items
                .iter()
                .map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong))
                .collect(),
            Some(_) => Err(wrong()),
        }
    }

    fn applied<'j>(&self, judge: &Judge<'j>) -> Result<Judge<'j>, Problem>
    where
        'a: 'j,
    {
        let proof_alone = match self.get("checks") {
            None => false,
            Some(Value::Array(checks)) if checks.iter().all(Value::is_string) => {
                checks.iter().any(|check| check == "proof")
            }
            Some(_) => return Err(malformed("/options/checks", "must be a list of texts")),
        };
        Ok(Judge {
            checks: Checks {
                dates: judge.checks.dates && !proof_alone,
                controller: judge.checks.controller && !proof_alone,
                ..judge.checks
            },
            domain: self.text("domain")?.or(judge.domain),
            challenge: self.text("challenge")?.or(judge.challenge),
            ..*judge
        })
    }
}

fn options_of(body: &Value) -> Result<Options<'_>, Problem> {
    match body.get("options") {
        None => Ok(Options(None)),
        Some(Value::Object(members)) => Ok(Options(Some(members))),
        Some(_) => Err(malformed("/options", "`options` must be an object")),
    }
}

fn member<'a>(body: &'a Value, name: &str) -> Result<&'a Value, Problem> {
    let found = body.get(name).filter(|value| value.is_object());
    found.ok_or_else(|| malformed("", &format!("`{name}` must be there, as an object")))
}

fn malformed(pointer: &str, message: &str) -> Problem {
    Problem::new(Code::DocumentMalformed, pointer, message)
}

/// Contexts are a list here: the data model has refused any other form, or will.
fn add_context(credential: &mut Value) {
    let Some(Value::Array(contexts)) = credential.get_mut("@context") else {
        return;
    };
    if !contexts.iter().any(|url| url == CONTEXT_DATA_INTEGRITY) {
        contexts.push(CONTEXT_DATA_INTEGRITY.into());
    }
}

/// Faults as the VC Data Model 2.0 §7.2 has them, with our codes and places beside.
fn details(problems: &[Problem]) -> Vec<Value> {
    problems
        .iter()
        .map(|problem| {
            json!({
                "type": format!("https://www.w3.org/TR/vc-data-model#{}", kind(problem.code)),
                "title": problem.code.describe(crate::Lang::En),
                "detail": shorten(&problem.message),
                "code": problem.code(),
                "pointer": problem.pointer,
            })
        })
        .collect()
}

fn kind(code: Code) -> &'static str {
    match code {
        Code::ProofInvalid
        | Code::ProofMissing
        | Code::ProofMalformed
        | Code::ProofExpired
        | Code::SuiteUnknown
        | Code::SuiteKeyMismatch
        | Code::PurposeMismatch
        | Code::DomainMismatch
        | Code::ChallengeMismatch => "CRYPTOGRAPHIC_SECURITY_ERROR",
        Code::CredentialExpired | Code::CredentialNotYetValid => "VALIDITY_PERIOD_ERROR",
        _ => "MALFORMED_VALUE_ERROR",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_signs_by_the_suite_that_is_asked_for_where_it_fits() {
        let check = |kind: KeyType, options: Value, expected: Result<&str, &str>| {
            let mut secret = vec![7; kind.secret_bytes()];
            // Below every curve's order.
            secret[0] = 0;
            let key = SigningKey::from_bytes(kind, &secret).unwrap();
            let body = json!({ "options": options });
            let way = Way::asked_for(&body, KeyFile::did_key(key));
            let found = match &way {
                Ok(Way::Plain(suite, _)) => Ok(suite.as_str()),
                Ok(Way::EcdsaSd(_)) => Ok("ecdsa-sd-2023"),
                Ok(_) => Ok("another"),
                Err(problem) => Err(problem.code()),
            };
            assert_eq!(found, expected, "{} {options}", kind.name());
        };
        let asked = |name: &str| json!({ "cryptosuite": name });
        let (eddsa, p256) = (KeyType::Ed25519, KeyType::P256);
        check(eddsa, json!({}), Ok("eddsa-rdfc-2022"));
        check(eddsa, asked("eddsa-jcs-2022"), Ok("eddsa-jcs-2022"));
        check(eddsa, asked("ecdsa-sd-2023"), Err("suite-key-mismatch"));
        #[cfg(feature = "bbs")]
        check(eddsa, asked("bbs-2023"), Err("suite-key-mismatch"));
        check(eddsa, asked("none"), Err("suite-unknown"));
        check(
            eddsa,
            json!({ "cryptosuite": 1 }),
            Err("document-malformed"),
        );
        check(eddsa, json!([]), Err("document-malformed"));
        check(p256, json!({}), Ok("ecdsa-rdfc-2019"));
        check(p256, asked("ecdsa-sd-2023"), Ok("ecdsa-sd-2023"));
        check(p256, asked("eddsa-jcs-2022"), Err("suite-key-mismatch"));
        check(KeyType::P521, json!({}), Err("suite-key-mismatch"));
    }

    #[test]
    fn what_is_new_each_time_is_made_of_what_is_given_or_not_at_all() {
        assert!(Fresh::from_random(|| None).is_none());
        assert!(
            Fresh::from_random(|| Some([0; 32])).is_none(),
            "no key is zero"
        );
        let mut first = true;
        let fresh =
            Fresh::from_random(|| Some([if std::mem::take(&mut first) { 0 } else { 9 }; 32]));
        assert_eq!(fresh.unwrap().hmac_key, [9; 32]);
    }
}
